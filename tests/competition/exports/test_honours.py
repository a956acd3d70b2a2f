"""What is made of a publication's totals, as exports carry it."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from competition.exports.csv_file import results_csv
from competition.exports.files import WRITERS
from competition.exports.honours import Honours, TeamLine, TeamTable, honour_columns, honours_of, team_tables
from competition.exports.package_file import package_json
from competition.exports.pdf_file import results_pdf
from competition.exports.sheet import provenance_columns, row_columns
from competition.plumbing.locale import speaking
from schemas.aspects import Rounding
from schemas.results import TeamPlace
from schemas.scheme import Cut

if TYPE_CHECKING:
    from tests.competition.exports.conftest import World

replace = msgspec.structs.replace
D = Decimal


def said(world: World) -> dict[str, list[object]]:
    """What each column says of everybody in the list's order, in English."""
    with speaking("en"):
        columns = honour_columns(world.scheme, world.honours)
        return {column.id: [column.of(row) for row in world.publication.rows] for column in columns}


def test_nothing_is_made_of_totals_unless_the_scheme_says_so(world: World) -> None:
    """Without scale, awards, teams and next tier there are no columns and no tables, and nothing is computed."""
    assert world.honours == Honours(entrants={}, teams={})
    assert (said(world), team_tables(world.scheme, world.honours, world.publication.rows)) == ({}, ())


def test_columns_say_what_a_total_comes_to(honoured: World) -> None:
    """Ties at the last place are in; who has no place has nothing."""
    assert said(honoured) == {
        "scaled": [D(100), D("94.5"), D("91.2"), D("91.2"), None, None, None],
        "awards": [
            "First prize, Best of delegation",
            "Second prize, Best of delegation",
            "Second prize",
            "Second prize",
            "",
            "",
            "",
        ],
        "advances": ["goes on", "substitute", "", "", "", "", ""],
    }


def test_columns_name_the_stage_after_which_somebody_was_out(honoured: World) -> None:
    """Where a stage decides who goes on within the event, its name stands with everybody who did not."""
    theory, practice = honoured.scheme.stages
    scheme = replace(
        honoured.scheme,
        stages=(replace(theory, cut=Cut(top=2)), practice),
        scale=None, awards=(), advancement=None,
    )  # fmt: skip
    world = dataclasses.replace(honoured, package=replace(honoured.package, scheme=scheme))
    assert said(world) == {"cut": ["", "", "Theory", "Theory", "", "", ""]}


def test_every_column_of_an_export_is_documented(honoured: World) -> None:
    """Each column of a sheet, whatever the scheme has, says in a sentence what it holds."""
    columns = [
        *row_columns(honoured.scheme),
        *honour_columns(honoured.scheme, honoured.honours),
        *provenance_columns(honoured.publication),
    ]
    assert [column.id for column in columns if not column.about.endswith(".")] == []


def test_teams_stand_with_the_members_that_count(honoured: World) -> None:
    """Figures of one standing have as many decimals as the longest; members go by code and name; too few have no place."""
    with speaking("en"):
        tables = team_tables(honoured.scheme, honoured.honours, honoured.publication.rows)
    wuhu, hefei = ('A01 =HYPERLINK("http://x.example","奖金")', "B01 王芳"), ("A02 𠮷田龘", "A03 李明")
    nobody = TeamLine(rank=None, shared=False, delegation="=SUM(A1)", figure=None, members=())
    assert tables == (
        TeamTable(
            name="Team total",
            places=2,
            lines=(
                TeamLine(rank=1, shared=False, delegation="芜湖", figure=D("176.07"), members=wuhu),
                TeamLine(rank=2, shared=False, delegation="合肥", figure=D(171), members=hefei),
                nobody,
            ),
        ),
        TeamTable(
            name="Mean place",
            places=1,
            lines=(
                TeamLine(rank=1, shared=False, delegation="芜湖", figure=D(2), members=wuhu),
                TeamLine(rank=2, shared=False, delegation="合肥", figure=D("2.5"), members=hefei),
                nobody,
            ),
        ),
    )


@pytest.mark.parametrize(
    ("rounding", "figures", "places"),
    [
        (None, ("3", "12"), 0),
        (None, ("2", "88.035"), 3),
        (None, ("2.5", "87.33333333333333333333333333"), 4),
        (Rounding(places=1), ("2", "88.1"), 1),
        (Rounding(places=6), ("2", "88.123456"), 6),
        (None, (), 0),
    ],
)
def test_figures_of_a_team_standing_have_one_length(
    honoured: World, rounding: Rounding | None, figures: tuple[str, ...], places: int
) -> None:
    """They have the decimals that the scheme declares, else those of the longest, endless means aside."""
    standing = replace(honoured.scheme.teams[0], rounding=rounding)
    nobody = TeamPlace(delegation="芜湖", rank=None, shared=False, figure=None, members=())
    teams = (*(replace(nobody, figure=D(figure)) for figure in figures), nobody)
    scheme = replace(honoured.scheme, teams=(standing,))
    [table] = team_tables(scheme, Honours(entrants={}, teams={standing.id: teams}), ())
    assert table.places == places


def test_list_without_names_or_delegations_names_nobody(honoured: World) -> None:
    """Where a list keeps codes only, nothing that is made of it says more, and there are no teams."""
    package = replace(
        honoured.package,
        entrants=tuple(replace(one, name="", delegation="") for one in honoured.package.entrants),
        publication=replace(
            honoured.publication,
            rows=tuple(replace(row, name="", delegation="") for row in honoured.publication.rows),
        ),
    )
    assert team_tables(package.scheme, honours_of(package), package.publication.rows) == ()


def test_files_are_written_with_what_is_made_of_their_totals(honoured: World) -> None:
    """The table and the sheet that people download are those with awards; the package is as it was, since it computes again."""
    package, heading, made = honoured.package, honoured.heading, honoured.honours
    written = {name: WRITERS[name](package, heading, "en") for name in WRITERS if name != "xlsx"}
    assert written == {
        "csv": results_csv(package.publication, package.scheme, made, language="en"),
        "pdf": results_pdf(package.publication, package.scheme, made, honoured.signing, heading=heading, language="en"),
        "json": package_json(package),
    }
