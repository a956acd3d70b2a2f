"""The worked example of each shipped scheme: marks, and what a person made of them on paper, step by step, in ``by_hand.md``.

``expected.csv`` and ``expected_teams.csv`` hold the figures of that paper; a fraction such as 25/3 is one without a last decimal.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from competition.schemes.files import shipped, shipped_scheme
from competition.scoring.rounding import quotient
from competition.tabulation.tabulate import Line, Tabulation, tabulate
from schemas.results import EntrantResult, SubCriterionResult

EXAMPLES = Path(__file__).parent / "examples"
CNC, DRILL, INNOVATION = "cnc-machine-tool-assembly", "enterprise-drill", "innovation-results"
ROADSHOW, WORLDSKILLS = "panel-roadshow", "worldskills-style"

Row = dict[str, str | int | bool | Decimal | None]

FIXED = ("entrant", "state", "total", "rank", "shared", "scaled", "awards", "advances")
"""The columns of ``expected.csv`` before those of single stages and criteria."""


@cache
def worked(name: str) -> Tabulation:
    """What the program makes of an example's files."""
    folder = EXAMPLES / name
    return tabulate(shipped_scheme(name), folder / "marks.csv", folder / "entrants.csv", lambda *_: None)


def test_every_shipped_scheme_has_an_example() -> None:
    """No scheme is shipped whose figures nobody has checked."""
    assert tuple(sorted(folder.name for folder in EXAMPLES.iterdir())) == shipped()


@pytest.mark.parametrize("name", shipped())
def test_everybody_gets_what_was_worked_out_on_paper(name: str) -> None:
    """In order of place: state, total, place, scaled figure, awards, who goes on, and the points of stages and criteria."""
    expected = list(on_paper(name))
    parts = [column for column in expected[0] if column not in FIXED]
    assert [row_of(line, parts) for line in worked(name).lines] == expected


@pytest.mark.parametrize("name", shipped())
def test_delegations_get_what_was_worked_out_on_paper(name: str) -> None:
    """Every team standing in order of place; a scheme without one has no such table."""
    path = EXAMPLES / name / "expected_teams.csv"
    expected = [
        (row["standing"], row["delegation"], number(row["rank"]), row["shared"] == "yes", number(row["figure"]))
        for row in (table(path) if path.exists() else ())
    ]
    assert [
        (standing, team.delegation, team.rank, team.shared, team.figure)
        for standing, teams in worked(name).closing.teams.items()
        for team in teams
    ] == expected


def test_an_example_gives_the_same_at_a_prompt(tmp_path: Path) -> None:
    """``leitai score`` writes the figures of the WorldSkills example, and what its scale was made from."""
    folder = EXAMPLES / WORLDSKILLS
    files = (folder / "marks.csv", "--entrants", folder / "entrants.csv", "--out", tmp_path / "results.json")
    subprocess.run(
        [sys.executable, "-m", "competition", "score", WORLDSKILLS, *map(str, files)],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    results = json.loads((tmp_path / "results.json").read_text("utf-8"), parse_float=Decimal)
    expected = list(on_paper(WORLDSKILLS))
    assert [
        {column: figure(row["criteria"].get(column)) for column in "ABCDEF"}
        | {"total": Decimal(row["total"]), "scaled": figure(row["scaled"]), "awards": " ".join(row["awards"])}
        | {column: row[column] for column in ("entrant", "state", "rank", "shared", "advances")}
        for row in results["entrants"]
    ] == expected
    assert results["scale_inputs"] == {"median": "76.63", "mad": "6.2"}


# What lies behind a figure --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entrant", "sheets"),
    [
        ("P01", {"88": True, "91": True, "90": True, "86": False, "93": False}),
        ("P04", {"80": False, "82": True, "81": True, "86": False}),
        ("P06", {"82": False, "70": False, "76": True}),
    ],
)
def test_the_highest_and_lowest_sheet_present_are_dropped(entrant: str, sheets: dict[str, bool]) -> None:
    """Of five, four and three sheets: what is left is the middle."""
    opened = sub(ROADSHOW, entrant, "A1").sheets
    assert {str(sheet.points): sheet.counted for sheet in opened} == sheets


def test_four_sheets_are_too_few_for_the_jury() -> None:
    """R13: three of the seven are recused, so there is no figure and the sheet asks for people's attention; R04 has five."""
    flags = {entrant: sub(INNOVATION, entrant, "A1").flags for entrant in ("R04", "R13")}
    assert flags == {"R04": (), "R13": ("too_few",)}


def test_a_new_vote_replaces_the_one_before() -> None:
    """W1's method of diagnosis was voted 3, 1, 2, which is two apart, then 3, 3, 2: that counts and asks for nothing more."""
    [method] = [aspect for aspect in sub(WORLDSKILLS, "W1", "D2").aspects if aspect.aspect == "D2.1"]
    levels = [judge.values for judge in method.judges]
    assert (levels, method.points, method.flags) == (
        [(Decimal(3),), (Decimal(3),), (Decimal(2),)],
        quotient(Decimal(16), 9),
        (),
    )


def test_the_better_run_counts_and_a_run_beyond_the_stop_does_not() -> None:
    """The times of the drill; one run is enough for entrant 10, two late ones are none for entrant 6."""
    entrants = ("1", "2", "3", "5", "6", "8", "10")
    times = {entrant: sub(DRILL, entrant, "T1").aspects[0].time for entrant in entrants}
    paper = ("296.75", "300", "300.01", "600", "", "", "300")
    assert times == dict(zip(entrants, map(number, paper), strict=True))


def test_penalties_are_capped_one_by_one() -> None:
    """Entrant 106: four breaches of safety would be 12 and are 10; six times over time would be 6 and are 5."""
    taken = [(penalty.penalty, penalty.occurrences, penalty.taken) for penalty in result(CNC, "106").penalties]
    assert taken == [("safety", 4, Decimal(10)), ("overtime", 6, Decimal(5))]


# Reading ----------------------------------------------------------------------------------------------------------------


def on_paper(name: str) -> Iterator[Row]:
    """The rows of ``expected.csv``."""
    for row in table(EXAMPLES / name / "expected.csv"):
        parts = {column: number(written) for column, written in row.items() if column not in FIXED}
        yield {
            **parts,
            "entrant": row["entrant"],
            "state": row["state"],
            "total": Decimal(row["total"]),
            "rank": number(row["rank"]),
            "shared": row["shared"] == "yes",
            "scaled": number(row["scaled"]),
            "awards": row["awards"],
            "advances": row["advances"] or None,
        }


def row_of(line: Line, parts: list[str]) -> Row:
    """The program's figures in the form of the paper's."""
    closed, figures = line.closed, {**line.tally.stages, **line.tally.criteria}
    return {
        **{part: figures.get(part) for part in parts},
        "entrant": line.person.entrant,
        "state": line.tally.state,
        "total": closed.total,
        "rank": closed.rank,
        "shared": closed.shared,
        "scaled": closed.scaled,
        "awards": " ".join(closed.awards),
        "advances": closed.advances,
    }


def sub(name: str, entrant: str, id: str) -> SubCriterionResult:
    """One sub-criterion of an entrant's result, opened."""
    stages = result(name, entrant).stages
    subs = (sub for stage in stages for criterion in stage.criteria for sub in criterion.sub_criteria)
    return next(one for one in subs if one.id == id)


def result(name: str, entrant: str) -> EntrantResult:
    """An entrant's result, opened."""
    return worked(name).trace(next(line for line in worked(name).lines if line.person.entrant == entrant))


def table(path: Path) -> list[Mapping[str, str]]:
    """A CSV file's rows by heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(written: str) -> Decimal | None:
    """A figure on paper: a decimal, a fraction, or nothing."""
    whole, _, parts = written.partition("/")
    return quotient(Decimal(whole), int(parts or 1)) if written else None


def figure(written: str | None) -> Decimal | None:
    """A figure of the JSON file, where there is one."""
    return None if written is None else Decimal(written)
