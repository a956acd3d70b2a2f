"""Places: the keys in their order, shared places skip the next, and the order of input is nobody's advantage."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.scoring.ranking import Tally, rank, tally_of
from competition.scoring.record import EntrantRecord
from competition.scoring.totals import entrant_result
from schemas.base import Text
from schemas.results import EntrantState, Ranked, Standing
from schemas.scheme import RankKey, Rounding, Scheme

NAME = Text(zh="名", en="name")
SCHEME = Scheme(
    format="leitai-scheme-1",
    code="test",
    version="1",
    name=NAME,
    trade=NAME,
    stages=(),
    rounding=Rounding(places=2),
    ranking=(RankKey(of="total"), RankKey(of="stage", id="practice"), RankKey(of="criterion", id="E")),
)


def tally(
    number: int, total: str, practice: str = "0", task: str = "0", *, state: EntrantState = "competing", marked: int = 1
) -> Tally:
    """An entrant's figures; the number is the entrant's id."""
    return Tally(
        entrant_id=UUID(int=number),
        state=state,
        marked=marked,
        total=Decimal(total),
        stages={"practice": Decimal(practice)},
        criteria={"E": Decimal(task)},
    )


@pytest.mark.parametrize(
    ("tallies", "places"),
    [
        ((), ()),
        ((tally(1, "80"), tally(2, "90")), ((2, 1, False), (1, 2, False))),
        (
            (tally(1, "90"), tally(2, "80"), tally(3, "80.00"), tally(4, "70")),
            ((1, 1, False), (2, 2, True), (3, 2, True), (4, 4, False)),
        ),
        (
            (tally(1, "80", "60"), tally(2, "80", "61"), tally(3, "80", "60", "15"), tally(4, "80", "60", "15")),
            ((2, 1, False), (3, 2, True), (4, 2, True), (1, 4, False)),
        ),
        (
            (tally(3, "80"), tally(1, "80"), tally(2, "80")),
            ((1, 1, True), (2, 1, True), (3, 1, True)),
        ),
        (
            (
                tally(1, "99", state="disqualified"),
                tally(2, "0", state="absent"),
                tally(3, "0", marked=0),
                tally(4, "0"),
                tally(5, "50"),
            ),
            ((5, 1, False), (4, 2, False), (3, None, False), (2, None, False), (1, None, False)),
        ),
    ],
)
def test_rank_gives_places(tallies: tuple[Tally, ...], places: tuple[tuple[int, int | None, bool], ...]) -> None:
    """These figures come to these places, in this order."""
    expected = tuple(Ranked(entrant_id=UUID(int=number), rank=place, shared=shared) for number, place, shared in places)
    assert rank(SCHEME, tallies) == expected


def test_rank_takes_stored_standings_as_well() -> None:
    """A standing as stored ranks as its tally does, whatever place it had before."""
    standing = Standing(
        entrant_id=UUID(int=1),
        revision=7,
        rank=4,
        shared=True,
        state="competing",
        total=Decimal(80),
        stages={},
        criteria={},
        marked=1,
        expected=1,
    )
    assert rank(SCHEME, [standing]) == (Ranked(entrant_id=UUID(int=1), rank=1, shared=False),)


def test_tally_of_keeps_the_figures() -> None:
    """A result without marks is a tally of nothing, and has no place."""
    empty = tally_of(entrant_result(SCHEME, EntrantRecord(entrant_id=UUID(int=1))))
    assert empty == Tally(
        entrant_id=UUID(int=1), state="competing", marked=0, total=Decimal("0.00"), stages={}, criteria={}
    )
    assert rank(SCHEME, [empty]) == (Ranked(entrant_id=UUID(int=1), rank=None, shared=False),)


few = st.integers(0, 3).map(str)
fields = st.lists(
    st.builds(
        tally,
        st.integers(1, 10**6),
        few,
        few,
        few,
        state=st.sampled_from(["competing", "competing", "competing", "absent", "disqualified"]),
        marked=st.integers(0, 2),
    ),
    max_size=12,
    unique_by=lambda tally: tally.entrant_id,
)


@settings(deadline=None)
@given(fields.flatmap(lambda field: st.tuples(st.just(field), st.permutations(field))))
def test_rank_ignores_the_order_of_input(drawn: tuple[list[Tally], list[Tally]]) -> None:
    """The same entrants in any order have the same places in the same order."""
    field, shuffled = drawn
    assert rank(SCHEME, field) == rank(SCHEME, shuffled)


@settings(deadline=None)
@given(fields)
def test_a_place_is_one_more_than_those_who_are_better(field: list[Tally]) -> None:
    """A place counts who is strictly better on the keys; it is shared exactly when somebody is equal on all."""
    keys = {
        tally.entrant_id: (tally.total, tally.stages["practice"], tally.criteria["E"])
        for tally in field
        if tally.state == "competing" and tally.marked
    }
    expected = {
        entrant: (1 + sum(other > key for other in keys.values()), sum(other == key for other in keys.values()) > 1)
        for entrant, key in keys.items()
    }
    ranked = rank(SCHEME, field)
    assert {place.entrant_id: (place.rank, place.shared) for place in ranked if place.rank} == expected
    assert {place.entrant_id for place in ranked} == {tally.entrant_id for tally in field}
