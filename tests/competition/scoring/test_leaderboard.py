"""The leaderboard after any updates: the same places as ranking everybody anew, and exactly what changed."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.scoring.leaderboard import Leaderboard
from competition.scoring.ranking import rank
from competition.scoring.tally import Tally
from schemas.closing import Places, RankKey
from schemas.results import Ranked
from schemas.scheme import Scheme
from tests.competition.scoring.fields import Row, fields, rows, scheme, schemes, tally

BY_OWN_FIGURES = (RankKey(of="total"), RankKey(of="time", id="run"), RankKey(of="penalties"))


def difference(before: Iterable[Ranked], after: Iterable[Ranked]) -> set[Ranked]:
    """The rows that somebody has now and had not before."""
    return set(after) - set(before)


@pytest.mark.parametrize(
    ("style", "number", "total", "changed"),
    [
        ("1224", 4, "9", ((1, 1, True), (4, 1, True), (2, 3, True), (3, 3, True))),
        ("1224", 1, "7", ((2, 1, True), (3, 1, True), (1, 3, True), (4, 3, True))),
        ("1224", 3, "8.5", ((3, 2, False), (2, 3, False))),
        ("1224", 3, "7", ((2, 2, False), (3, 3, True), (4, 3, True))),
        ("1224", 5, "10", ((5, 1, False), (1, 2, False), (2, 3, True), (3, 3, True), (4, 5, False))),
        ("1224", 2, "8.00", ()),
        ("1223", 4, "9", ((1, 1, True), (4, 1, True))),
        ("1223", 4, "8", ((4, 2, True),)),
        ("1223", 1, "8", ((1, 1, True), (2, 1, True), (3, 1, True), (4, 2, False))),
        ("1334", 3, "9.5", ((3, 1, False), (1, 2, False), (2, 3, False))),
        ("1334", 4, "9", ((1, 2, True), (4, 2, True), (2, 4, True), (3, 4, True))),
    ],
)
def test_with_tally_gives_who_changed(style: Places, number: int, total: str, changed: tuple[Row, ...]) -> None:
    """With totals of 9, 8, 8 and 7, one new total changes exactly these rows."""
    field = [tally(index, points) for index, points in enumerate(("9", "8", "8", "7"), start=1)]
    before = Leaderboard.of(scheme(places=style), field)
    after, rows_changed = before.with_tallies((tally(number, total),))
    assert sorted(rows(rows_changed)) == sorted(changed)
    assert set(rows_changed) == difference(before.ranked(), after.ranked())


def test_leaderboard_without_a_mark() -> None:
    """Taking part is no place yet; the first mark gives one, a disqualification takes it, and the others move up."""
    board = Leaderboard.of(scheme(), [tally(1, "5"), tally(2, "0", marked=0)])
    assert rows(board.ranked()) == ((1, 1, False), (2, None, False))
    board, changed = board.with_tallies((tally(2, "6"),))
    assert rows(changed) == ((2, 1, False), (1, 2, False))
    board, changed = board.with_tallies((tally(2, "6", state="disqualified"),))
    assert sorted(rows(changed), key=str) == [(1, 1, False), (2, None, False)]
    for state in ("withdrawn", "absent"):
        board, changed = board.with_tallies((tally(2, "6", state=state),))
        assert rows(changed) == ()
    assert (board.place_of(UUID(int=2)), board.place_of(UUID(int=3))) == (
        Ranked(entrant_id=UUID(int=2), rank=None, shared=False),
        None,
    )


def test_leaderboard_parts_by_number() -> None:
    """Where the entrant number is the last resort, an update keeps to it."""
    numbers = {UUID(int=1): 2, UUID(int=2): 1}
    board = Leaderboard.of(scheme(last_resort="number"), [tally(1, "5"), tally(2, "4")], numbers=numbers)
    _, changed = board.with_tallies((tally(2, "5"),))
    assert rows(changed) == ((2, 1, False), (1, 2, False))


def test_an_update_leaves_the_leaderboard_before_it() -> None:
    """Whoever still reads the leaderboard of before sees it unchanged."""
    before = Leaderboard.of(scheme(), [tally(1, "5"), tally(2, "4")])
    before.with_tallies((tally(2, "6"),))
    assert rows(before.ranked()) == ((1, 1, False), (2, 2, False))


def _agrees(by: Scheme, field: list[Tally], updates: list[list[Tally]]) -> None:
    board = Leaderboard.of(by, field)
    tallies = {one.entrant_id: one for one in field}
    for update in updates:
        before = board
        board, changed = board.with_tallies(update)
        tallies |= {one.entrant_id: one for one in update}
        expected = rank(by, tallies.values())
        assert board.ranked() == expected
        assert [board.place_of(row.entrant_id) for row in expected] == list(expected)
        assert len(changed) == len(set(changed))
        assert set(changed) == difference(before.ranked(), expected)


def _renumbered(field: list[Tally]) -> list[Tally]:
    """The same figures for entrants 1 to 8, some of them more than once."""
    return [
        tally(
            1 + one.entrant_id.int % 8,
            str(one.total),
            *(None if key is None else str(key) for key in one.keys[1:]),
            state=one.state,
            marked=one.marked,
            last=one.last,
            stages={name: str(points) for name, points in one.stages.items()},
            panels={name: tuple(map(str, given.values())) for name, given in one.panels.items()},
        )
        for one in field
    ]


updates = st.lists(fields.map(_renumbered).map(lambda field: field[:3]) | fields.map(_renumbered), max_size=8)


@given(st.sampled_from(["1224", "1223", "1334"]), fields.map(_renumbered), fields, updates)
def test_leaderboard_is_the_ranking(
    style: Places, some: list[Tally], more: list[Tally], updates: list[list[Tally]]
) -> None:
    """Whatever updates in whatever portions: the same places as ranking anew, and what is said to change is what changed."""
    field = list({one.entrant_id: one for one in [*some, *more]}.values())
    _agrees(scheme(places=style, ranking=BY_OWN_FIGURES), field, updates)


@settings(max_examples=30)
@given(
    st.sampled_from(["1224", "1223", "1334"]), st.lists(st.tuples(st.integers(1, 120), st.integers(0, 12)), max_size=60)
)
def test_small_portions_move_within_a_large_field(style: Places, moves: list[tuple[int, int]]) -> None:
    """Of a hundred entrants up to three move at once: also then every place and every change is that of ranking anew."""
    field = [tally(number, str(number % 10)) for number in range(1, 101)]
    portions = [moves[start : start + 3] for start in range(0, len(moves), 3)]
    _agrees(
        scheme(places=style),
        field,
        [[tally(number, str(points), marked=min(points, 1)) for number, points in portion] for portion in portions],
    )


@settings(max_examples=50)
@given(schemes, fields.map(_renumbered), updates)
def test_leaderboard_of_any_scheme_is_the_ranking(by: Scheme, some: list[Tally], updates: list[list[Tally]]) -> None:
    """With cuts and majorities too, where everybody is ranked anew."""
    _agrees(by, list({one.entrant_id: one for one in some}.values()), updates)
