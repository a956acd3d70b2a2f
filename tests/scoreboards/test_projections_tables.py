"""Boards of delegations, benches and the latest marks: each made of what its audience may see, whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.base import Text
from schemas.boards import BenchRow, BoardHead, MedalRow, TeamMember, TeamRow, TickerRow
from schemas.results import TeamPlace
from schemas.staging import TeamTable, Touch
from scoreboards.facts import EventFacts, Outlook, PlaceFacts, Projection
from scoreboards.projections.ticker import MOST_ROWS
from tests.scoreboards.readings import (
    AWARDS,
    COLUMNS,
    NAME,
    NOW,
    SESSION,
    TITLE,
    entrant,
    facts,
    freeze,
    projected,
    prospect,
    publication,
    published,
    sign,
    standing,
    team,
)

OPEN = facts(is_blind=False)
SECOND = replace(
    SESSION, number=2, starts_at=NOW + timedelta(hours=4), ends_at=NOW + timedelta(hours=7), started_at=None
)


def medal_row(place: int, code: str, rank: int, name: str, *counts: int, shared: bool = False) -> MedalRow:
    """A delegation's awards."""
    return MedalRow(code=code, place=place, rank=rank, shared=shared, name=name, counts=counts)


def ticker_row(place: int, entrant: str, column: str, **other: object) -> TickerRow:
    """A mark of a blind event, as its last readings left it."""
    given = {"name": "", "delegation": "", "points": Decimal(8), "total": Decimal(40), "rank": 2, "at": NOW, **other}
    return TickerRow(code=f"{entrant}/{column}", place=place, entrant=entrant, column=column, **given)  # type: ignore[arg-type]


def with_teams(*places: TeamPlace) -> EventFacts:
    """An open event whose first team standing is this one, and whose second is empty."""
    tables = (
        TeamTable(id="team", name=Text(en="Teams"), measure="place", places=places),
        TeamTable(id="other", name=Text(en="Others"), measure="scale", places=()),
    )
    return replace(OPEN, outlook=Outlook(prospect=prospect(teams=tables)))


def with_winners(entrants: Sequence[tuple[str, str]], winners: dict[int, tuple[str, ...]]) -> EventFacts:
    """An open event with these entrants, by delegation and its code, and what they have won."""
    people = tuple(
        entrant(number, f"1-{number:02}", delegation=name, delegation_code=code)
        for number, (name, code) in enumerate(entrants, start=1)
    )
    won = {UUID(int=number): awards for number, awards in winners.items()}
    return replace(OPEN, entrants=people, outlook=Outlook(prospect=prospect(winners=won)))


# Teams ----------------------------------------------------------------------------------------------------------------


def test_teams_stand_with_the_members_that_count() -> None:
    """The delegation's own code, its figure, and its members in order of place."""
    assert projected(sign("teams"), OPEN) == Projection(
        head=BoardHead(
            id="hall", kind="teams", title=TITLE, event=NAME, status="live", has_names=True, measure="total"
        ),
        revision=10,
        rows=(
            TeamRow(
                code="D2", place=1, rank=1, shared=False, name="合肥", figure=Decimal("60.5"),
                members=(TeamMember(code="1-01", name="李娜"),),
            ),
            TeamRow(
                code="D1", place=2, rank=2, shared=False, name="芜湖", figure=Decimal(40),
                members=(TeamMember(code="1-02", name="王伟"),),
            ),
        ),
    )  # fmt: skip


def test_teams_with_too_few_members_come_last_and_equals_by_code() -> None:
    """Without a figure there is no rank; a member who is no longer seen is left out; figures are plain."""
    rows = projected(
        sign("teams"),
        with_teams(
            team("D10", None, None, 1),
            team("D9", None, None),
            team("合肥", 1, "8.3333333333", 1, 2, shared=True),
            team("芜湖", 1, "8.3333333333", 7, shared=True),
        ),
    ).rows
    assert [
        (row.place, row.code, row.rank, row.shared, row.figure, [member.code for member in row.members])
        for row in rows
        if isinstance(row, TeamRow)
    ] == [
        (1, "D1", 1, True, Decimal("8.333333"), []),
        (2, "D2", 1, True, Decimal("8.333333"), ["1-01", "1-02"]),
        (3, "D9", None, False, None, []),
        (4, "D10", None, False, None, ["1-02"]),
    ]


@pytest.mark.parametrize(
    ("chosen", "measure", "count"), [("", "place", 1), ("team", "place", 1), ("other", "scale", 0), ("gone", None, 0)]
)
def test_teams_show_the_standing_chosen(chosen: str, measure: str | None, count: int) -> None:
    """The scheme's first without a choice; nothing where the scheme has none such: no other in its stead."""
    projection = projected(sign("teams", team=chosen), with_teams(team("合肥", 1, "3", 2)))
    assert (projection.head.measure, len(projection.rows)) == (measure, count)


@pytest.mark.parametrize("kind", ["teams", "medals"])
def test_delegations_have_no_rows_while_names_are_hidden(kind: str) -> None:
    """They would tell whose a code is; the head says that there are no names."""
    projection = projected(sign(kind), facts())  # type: ignore[arg-type]
    assert (projection.head.has_names, projection.head.measure, projection.rows) == (False, None, ())


def test_delegations_of_a_list_stand_as_it_names_them() -> None:
    """After a publication names are those of the list, and awards and teams those it came with."""
    given = facts(
        publication=publication("official", published(1, "1-02", "王小伟", "88", number=1)),
        published_outlook=Outlook(prospect=prospect()),
    )
    teams, medals = projected(sign("teams"), given).rows, projected(sign("medals"), given).rows
    assert [(row.name, row.members) for row in teams if isinstance(row, TeamRow)] == [
        ("合肥", ()),
        ("芜湖", (TeamMember(code="1-02", name="王小伟"),)),
    ]
    assert medals == (medal_row(1, "D2", 1, "合肥", 0, 1, 1),)


# Medals ---------------------------------------------------------------------------------------------------------------


def test_medals_are_counted_by_delegation() -> None:
    """In the order of the head's awards."""
    assert projected(sign("medals"), OPEN) == Projection(
        head=BoardHead(id="hall", kind="medals", title=TITLE, event=NAME, status="live", has_names=True, awards=AWARDS),
        revision=10,
        rows=(medal_row(1, "D2", 1, "合肥", 1, 0, 1), medal_row(2, "D1", 2, "芜湖", 0, 1, 1)),
    )


def test_medals_rank_by_the_best_award_then_the_next() -> None:
    """One gold is more than three silvers; equals share a rank, by code; who has nothing is not on the table."""
    given = with_winners(
        [("甲", "D10"), ("甲", "D10"), ("甲", "D10"), ("乙", "D9"), ("丙", "D2"), ("丁", "D3"), ("丁", "D3")],
        {1: ("m:silver",), 2: ("m:silver",), 3: ("m:silver",), 4: ("m:gold",), 5: ("m:gold",), 6: ()},
    )
    assert projected(sign("medals"), given).rows == (
        medal_row(1, "D2", 1, "丙", 1, 0, 0, shared=True),
        medal_row(2, "D9", 1, "乙", 1, 0, 0, shared=True),
        medal_row(3, "D10", 3, "甲", 0, 3, 0),
    )


@examples(
    won=st.lists(
        st.tuples(st.sampled_from("甲乙丙丁"), st.sets(st.sampled_from([award.id for award in AWARDS])).map(tuple)),
        max_size=12,
    )
)
def test_medal_table_counts_every_award_once(won: list[tuple[str, tuple[str, ...]]]) -> None:
    """Whatever was won: nothing is lost, ranks follow the counts, and as many are ahead of a rank as it says."""
    given = with_winners(
        [(name, name) for name, _ in won], {number: awards for number, (_, awards) in enumerate(won, start=1)}
    )
    rows = [row for row in projected(sign("medals"), given).rows if isinstance(row, MedalRow)]
    assert sum(sum(row.counts) for row in rows) == sum(len(awards) for _, awards in won)
    assert [row.rank for row in rows] == [1 + sum(other.counts > row.counts for other in rows) for row in rows]
    assert [row.shared for row in rows] == [sum(other.counts == row.counts for other in rows) > 1 for row in rows]


# Benches --------------------------------------------------------------------------------------------------------------


def bench_row(place: int, code: str, bench: int, **other: object) -> BenchRow:
    """A bench of a blind event's first session, half marked."""
    given = {"session": 1, "name": "", "delegation": "", "state": "competing", "progress": 50, "extra": 0, **other}
    return BenchRow(code=code, place=place, bench=bench, **given)  # type: ignore[arg-type]


def test_benches_are_those_of_the_draw() -> None:
    """Every drawn place in order, with the time given back there and the session's clock."""
    assert projected(sign("benches"), facts()) == Projection(
        head=BoardHead(
            id="hall", kind="benches", title=TITLE, event=NAME, status="live", has_names=False, sessions=(SESSION,)
        ),
        revision=7,
        rows=(bench_row(1, "1-01", 1), bench_row(2, "1-02", 2, extra=90)),
    )


def test_benches_of_one_session_come_with_its_clock_alone() -> None:
    """A board for one hall leaves out the other's benches and clock."""
    given = facts(
        sessions=(SESSION, SECOND),
        places=(
            PlaceFacts(entrant_id=UUID(int=1), session=2, bench=1),
            PlaceFacts(entrant_id=UUID(int=2), session=1, bench=2),
        ),
    )
    shown = {number: projected(sign("benches", session=number), given) for number in (None, 1, 2, 3)}
    assert {
        number: ([session.number for session in one.head.sessions], [row.code for row in one.rows])
        for number, one in shown.items()
    } == {None: ([1, 2], ["1-01", "1-02"]), 1: ([1], ["1-01"]), 2: ([2], ["1-02"]), 3: ([], [])}


def test_benches_are_as_far_as_the_standings_that_are_shown() -> None:
    """Behind a freeze neither progress nor state moves; who withdrew has left the bench; a list names who worked there."""
    taken = freeze(standing(1, None, "0", state="absent"))
    gone = facts(entrants=(entrant(1, "1-02", status="withdrawn"), entrant(2, "1-01")))
    named = facts(publication=publication("official", published(1, "1-02", "王伟", "88", number=1)))
    assert [projected(sign("benches"), given).rows for given in (facts(freeze=taken), gone, named)] == [
        (bench_row(1, "1-01", 1, progress=0), bench_row(2, "1-02", 2, extra=90, progress=0, state="absent")),
        (bench_row(1, "1-01", 1),),
        (bench_row(1, "1-02", 2, extra=90, progress=100, name="王伟", delegation="合肥"),),
    ]


# The latest marks -----------------------------------------------------------------------------------------------------


def test_ticker_shows_the_latest_marks_first() -> None:
    """What a column has come to, with total and rank as the standings have them."""
    assert projected(sign("ticker"), facts()) == Projection(
        head=BoardHead(
            id="hall", kind="ticker", title=TITLE, event=NAME, status="live", has_names=False, columns=COLUMNS
        ),
        revision=10,
        rows=(
            ticker_row(1, "1-02", "theory", at=NOW + timedelta(minutes=9)),
            ticker_row(2, "1-01", "theory", total=Decimal("60.5"), rank=1),
        ),
    )


def test_ticker_leaves_out_what_has_nothing_to_show() -> None:
    """Who does not compete, who is not seen, and columns the board does not have; a column of no points yet has none."""
    touched = tuple(
        Touch(entrant_id=UUID(int=number), column=column, at=NOW)
        for number, column in [(1, "theory"), (2, "A"), (2, "gone"), (3, "A")]
    )
    given = facts(
        standings=(standing(1, None, "40", state="disqualified"), standing(2, 1, "60.5")),
        outlook=Outlook(prospect=prospect(touched=touched)),
    )
    assert projected(sign("ticker"), given).rows == (
        ticker_row(1, "1-01", "A", points=None, total=Decimal("60.5"), rank=1),
    )


@examples(
    touched=st.lists(
        st.builds(
            Touch,
            entrant_id=st.integers(min_value=1, max_value=9).map(lambda number: UUID(int=number)),
            column=st.sampled_from(["theory", "A"]),
            at=st.integers(min_value=0, max_value=99).map(lambda second: NOW + timedelta(seconds=second)),
        )
    )
)
def test_ticker_has_each_entrant_and_column_once(touched: list[Touch]) -> None:
    """The latest touch of each, at most a dozen, no later one left out."""
    entrants = tuple(entrant(number, f"1-{number}") for number in range(1, 10))
    given = facts(entrants=entrants, standings=(), outlook=Outlook(prospect=prospect(touched=tuple(touched))))
    rows = [row for row in projected(sign("ticker"), given).rows if isinstance(row, TickerRow)]
    latest = {(touch.entrant_id.int, touch.column): touch.at for touch in sorted(touched, key=lambda touch: touch.at)}
    assert [row.at for row in rows] == sorted(latest.values(), reverse=True)[:MOST_ROWS]
    assert all(latest[int(row.entrant.removeprefix("1-")), row.column] == row.at for row in rows)
