"""Places: the keys in their order, what shared places are called, cuts, majorities, and nobody gains by the order of input."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.ranking import rank
from competition.scoring.tally import Tally
from schemas.closing import Places, RankKey
from schemas.scheme import Cut, Scheme
from tests.competition.scoring.fields import Row, fields, rows, scheme, schemes, stage, tally

THREE_KEYS = scheme(
    ranking=(RankKey(of="total"), RankKey(of="stage", id="practice"), RankKey(of="time", id="assembly")),
)
MAJORITY = scheme(
    ranking=(RankKey(of="total"), RankKey(of="majority", id="panel"), RankKey(of="time", id="assembly")),
)
CUT = scheme(stages=(stage("theory", Cut(top=2)), stage("practice", Cut(top=1)), stage("final")))


@pytest.mark.parametrize(
    ("tallies", "places"),
    [
        ((), ()),
        ((tally(1, "80", "0", "0"), tally(2, "90", "0", "0")), ((2, 1, False), (1, 2, False))),
        (
            (tally(1, "90", "0", "0"), tally(2, "80", "0", "0"), tally(3, "80.00", "0", "0"), tally(4, "70", "0", "0")),
            ((1, 1, False), (2, 2, True), (3, 2, True), (4, 4, False)),
        ),
        (  # practice decides, then the shorter time; no time is the longest
            (
                tally(1, "80", "60", "9"),
                tally(2, "80", "61", None),
                tally(3, "80", "60", "8"),
                tally(4, "80", "60", None),
            ),
            ((2, 1, False), (3, 2, False), (1, 3, False), (4, 4, False)),
        ),
        (  # no points in practice come behind none got
            (tally(1, "80", None, "1"), tally(2, "80", "0", "9"), tally(3, "80", None, "1")),
            ((2, 1, False), (1, 2, True), (3, 2, True)),
        ),
        (
            (tally(3, "80", "0", "0"), tally(1, "80", "0", "0"), tally(2, "80", "0", "0")),
            ((1, 1, True), (2, 1, True), (3, 1, True)),
        ),
        (  # unmarked, absent, unranked, withdrawn, disqualified; a mark that gives nothing is a mark
            (
                tally(7, "99", "0", "0", state="withdrawn"),
                tally(1, "99", "0", "0", state="disqualified"),
                tally(2, "99", "0", "0", state="unranked"),
                tally(3, "0", "0", "0", state="absent"),
                tally(4, "0", "0", "0", marked=0),
                tally(5, "0", "0", "0"),
                tally(6, "50", "0", "0"),
            ),
            (
                (6, 1, False),
                (5, 2, False),
                (4, None, False),
                (3, None, False),
                (2, None, False),
                (7, None, False),
                (1, None, False),
            ),
        ),
        (  # whom a state ranks last are behind all others, in the order of the keys among themselves
            (
                tally(1, "99", "0", "0", last=True),
                tally(2, "10", "0", "0"),
                tally(3, "99", "0", "0", last=True),
                tally(4, "99", "1", "0", last=True),
            ),
            ((2, 1, False), (4, 2, False), (1, 3, True), (3, 3, True)),
        ),
    ],
)
def test_rank_gives_places(tallies: tuple[Tally, ...], places: tuple[Row, ...]) -> None:
    """These figures come to these places, in this order."""
    assert rows(rank(THREE_KEYS, tallies)) == places


@pytest.mark.parametrize(
    ("style", "places"),
    [
        ("1224", (1, 1, 3, 4, 4, 4, 7)),
        ("1223", (1, 1, 2, 3, 3, 3, 4)),
        ("1334", (2, 2, 3, 6, 6, 6, 7)),
    ],
)
def test_shared_places_are_called_as_the_scheme_says(style: Places, places: tuple[int, ...]) -> None:
    """Two first, one alone, three equals and the last one."""
    tallies = [tally(number, total) for number, total in enumerate(("9", "9", "8", "7", "7", "7", "6"), start=1)]
    ranked = rank(scheme(places=style), tallies)
    assert tuple(row.rank for row in ranked) == places
    assert tuple(row.shared for row in ranked) == (True, True, False, True, True, True, False)


def test_number_parts_equals_as_the_last_resort() -> None:
    """The lower number comes first; those without one come behind and share."""
    tallies = [tally(number, "50") for number in (1, 2, 3, 4)] + [tally(5, "60")]
    numbers = {UUID(int=1): 30, UUID(int=3): 4, UUID(int=5): 99}
    assert rows(rank(scheme(last_resort="number"), tallies, numbers=numbers)) == (
        (5, 1, False),
        (3, 2, False),
        (1, 3, False),
        (2, 4, True),
        (4, 4, True),
    )


def test_majority_parts_only_equals() -> None:
    """Of three with the same total the judges' majority decides, and the time only what the majority leaves open."""
    tallies = [
        tally(1, "24", None, "5", panels={"panel": ("8", "7", "6")}),
        tally(2, "24", None, "5", panels={"panel": ("9", "8", "7")}),
        tally(3, "24", None, "4", panels={"panel": ("8", "7", "6")}),
        tally(4, "24", None, "1"),
        tally(5, "25", None, "9", panels={"panel": ("1", "1", "1")}),
        tally(6, "24", None, "5", panels={"panel": ("1", "1", "1")}, state="disqualified"),
        tally(7, "24", None, "5", panels={"panel": ("9", "9", "9")}, state="disqualified"),
    ]
    # 2 beats 1 and 3; they beat nobody, and 3 was faster; 4 has no panel and comes last
    assert rows(rank(MAJORITY, tallies)) == (
        (5, 1, False),
        (2, 2, False),
        (3, 3, False),
        (1, 4, False),
        (4, 5, False),
        (6, None, False),
        (7, None, False),
    )


def test_majority_parts_equals_on_either_side_of_a_cut() -> None:
    """Who went on and who did not are never compared, and neither are those with other points in the stage of the cut."""
    by = scheme(
        stages=(stage("theory", Cut(top=2)),), ranking=(RankKey(of="total"), RankKey(of="majority", id="panel"))
    )
    tallies = [
        tally(number, "24", None, stages={"theory": theory}, panels={"panel": panel})
        for number, theory, panel in (
            (1, "90", ("5", "5")),
            (2, "80", ("6", "6")),
            (3, "70", ("7", "7")),
            (4, "70", ("8", "8")),
            (5, "60", ("9", "9")),
        )
    ]
    assert rows(rank(by, tallies)) == ((2, 1, False), (1, 2, False), (4, 3, False), (3, 4, False), (5, 5, False))


def test_majority_ascending_prefers_who_wins_less() -> None:
    """Turned round, the majority puts who wins fewer comparisons first."""
    fewest = scheme(ranking=(RankKey(of="total"), RankKey(of="majority", id="panel", order="ascending")))
    tallies = [tally(1, "5", None, panels={"panel": ("3", "2")}), tally(2, "5", None, panels={"panel": ("4", "1")})]
    assert rows(rank(fewest, tallies)) == ((1, 1, True), (2, 1, True))
    tallies.append(tally(3, "5", None, panels={"panel": ("5", "3")}))
    assert rows(rank(fewest, tallies)) == ((1, 1, True), (2, 1, True), (3, 3, False))


def test_who_is_cut_is_placed_by_the_points_of_that_stage() -> None:
    """Behind all who go on: first the later cut's, then the earlier cut's; equal points go by the scheme's ranking."""
    tallies = [
        tally(1, "10", stages={"theory": "90", "practice": "10", "final": "1"}),
        tally(2, "95", stages={"theory": "90", "practice": "9"}),
        tally(3, "50", stages={"theory": "80"}),
        tally(4, "60", stages={"theory": "80"}),
        tally(5, "99", stages={"theory": "70", "practice": "99"}),
        tally(6, "99", stages={"practice": "99"}),
        tally(7, "98", stages={"theory": "85"}, last=True),
    ]
    assert rows(rank(CUT, tallies)) == (
        (1, 1, False),
        (2, 2, False),
        (4, 3, False),
        (3, 4, False),
        (5, 5, False),
        (6, 6, False),
        (7, 7, False),
    )


def test_who_was_cut_stays_behind_the_finalist_when_another_is_thrown_out() -> None:
    """Of two who went on one is disqualified in practice: nobody moves up into practice, whatever they had in all."""
    tallies = [
        tally(1, "160", stages={"theory": "90", "practice": "70"}, state="disqualified"),
        tally(2, "60", stages={"theory": "60", "practice": "0"}),
        tally(3, "99", stages={"theory": "59", "practice": "40"}),
        tally(4, "50", stages={"theory": "50"}),
    ]
    top_two = scheme(stages=(stage("theory", Cut(top=2)), stage("practice")))
    assert rows(rank(top_two, tallies)) == ((2, 1, False), (3, 2, False), (4, 3, False), (1, None, False))


def test_who_is_cut_with_the_same_figures_shares_the_place() -> None:
    """The same points in the stage and equal on all keys: a shared place among those who did not go on."""
    tallies = [
        tally(number, "10", stages={"theory": str(points)}) for number, points in ((1, 9), (2, 9), (3, 5), (4, 5))
    ]
    assert rows(rank(CUT, tallies)) == ((1, 1, True), (2, 1, True), (3, 3, True), (4, 3, True))


@given(schemes, fields.flatmap(lambda field: st.tuples(st.just(field), st.permutations(field))))
def test_rank_ignores_the_order_of_input(by: Scheme, drawn: tuple[list[Tally], list[Tally]]) -> None:
    """The same entrants in any order have the same places in the same order, whatever the scheme."""
    field, shuffled = drawn
    numbers = {tally.entrant_id: tally.entrant_id.int % 5 for tally in field if tally.entrant_id.int % 3}
    assert rank(by, field, numbers=numbers) == rank(by, shuffled, numbers=numbers)


@given(fields)
def test_a_place_is_one_more_than_those_who_are_better(field: list[Tally]) -> None:
    """A place counts who is strictly better on the keys; it is shared exactly when somebody is equal on all."""
    worst = Decimal(10**9)
    keys = {
        tally.entrant_id: (tally.last, -tally.total, *(worst if key is None else key for key in tally.keys[1:]))
        for tally in field
        if tally.state == "competing" and tally.marked
    }
    expected = {
        entrant: (1 + sum(other < key for other in keys.values()), sum(other == key for other in keys.values()) > 1)
        for entrant, key in keys.items()
    }
    ranked = rank(scheme(ranking=(RankKey(of="total"), RankKey(of="time"), RankKey(of="penalties"))), field)
    assert {place.entrant_id: (place.rank, place.shared) for place in ranked if place.rank} == expected
    assert {place.entrant_id for place in ranked} == {tally.entrant_id for tally in field}


@given(schemes, fields)
def test_styles_differ_only_in_names(by: Scheme, field: list[Tally]) -> None:
    """However shared places are called, order and sharing are the same, and no place is before a better one."""
    ranked = rank(by, field)
    assert [(row.entrant_id, row.shared) for row in ranked] == [
        (row.entrant_id, row.shared)
        for row in rank(scheme(ranking=by.ranking, stages=by.stages, last_resort=by.last_resort), field)
    ]
    places = [row.rank for row in ranked if row.rank is not None]
    assert places == sorted(places)
