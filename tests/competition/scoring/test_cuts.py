"""Cuts between stages: who goes on, and after which stage the others did not."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.cuts import cut_of
from competition.scoring.tally import Tally
from schemas.aspects import Rounding
from schemas.results import EntrantState
from schemas.scheme import Cut
from tests.competition.scoring.fields import scheme, stage, tally

THEORY = {1: "95", 2: "90", 3: "80", 4: "80", 5: "70"}


def field() -> list[Tally]:
    """Five entrants with theory marks, two of them equal, and one without."""
    return [
        *(tally(number, points, stages={"theory": points}) for number, points in THEORY.items()),
        tally(6, "99", stages={"practice": "99"}),
    ]


@pytest.mark.parametrize(
    ("cut", "out"),
    [
        (Cut(top=5), {6}),
        (Cut(top=4), {5, 6}),
        (Cut(top=3), {5, 6}),
        (Cut(top=3, ties="out"), {3, 4, 5, 6}),
        (Cut(percent=Decimal(50)), {5, 6}),  # 2.5 of five: three, and the fourth is the third's equal
        (Cut(percent=Decimal(50), rounding=Rounding(places=0, mode="down")), {3, 4, 5, 6}),
        (Cut(at_least=Decimal(80)), {5, 6}),
        (Cut(at_least=Decimal("80.01")), {3, 4, 5, 6}),
        (Cut(top=1, at_least=Decimal(60)), {2, 3, 4, 5, 6}),
        (Cut(top=4, at_least=Decimal(91)), {2, 3, 4, 5, 6}),
        (Cut(), {6}),
    ],
)
def test_cut_of_one_stage(cut: Cut, out: set[int]) -> None:
    """These do not go on; whoever has nothing in the stage does not either."""
    by_theory = scheme(stages=(stage("theory", cut), stage("practice")))
    assert cut_of(by_theory, field()) == {UUID(int=number): "theory" for number in out}


def test_cut_waits_for_the_first_mark_of_its_stage() -> None:
    """Before anything is marked in the stage nobody is cut."""
    by_final = scheme(stages=(stage("theory"), stage("final", Cut(top=1))))
    assert cut_of(by_final, field()) == {}


def test_cuts_follow_each_other() -> None:
    """The second cut counts only those whom the first let through, whatever points the others have in its stage."""
    two_cuts = scheme(stages=(stage("theory", Cut(top=3)), stage("practice", Cut(percent=Decimal(50))), stage("final")))
    tallies = [
        tally(1, "0", stages={"theory": "90", "practice": "50"}),
        tally(2, "0", stages={"theory": "80", "practice": "70"}),
        tally(3, "0", stages={"theory": "70", "practice": "60"}),
        tally(4, "0", stages={"theory": "60", "practice": "99"}),
    ]
    # half of three is 1.5, so two go on
    assert cut_of(two_cuts, tallies) == {UUID(int=4): "theory", UUID(int=1): "practice"}


def test_cut_counts_only_those_with_a_place() -> None:
    """Somebody disqualified before going on takes nobody's place; somebody ranked last by a later stage keeps theirs."""
    top_two = scheme(stages=(stage("theory", Cut(top=2)), stage("practice")))
    tallies = [
        tally(1, "90", stages={"theory": "90"}, state="disqualified"),
        tally(2, "80", stages={"theory": "80"}, last=True),
        tally(3, "70", stages={"theory": "70"}),
        tally(4, "60", stages={"theory": "60"}),
        tally(5, "50", stages={"theory": "50"}, marked=0),
    ]
    assert cut_of(top_two, tallies) == {UUID(int=4): "theory"}


@pytest.mark.parametrize("state", ["disqualified", "withdrawn", "unranked", "absent"])
@pytest.mark.parametrize(
    ("cut", "points", "out"),
    [
        (Cut(top=2), "90", {3, 4}),
        (Cut(top=2), "65", {4}),  # the points of theory gave no seat
        (Cut(top=2), "70", {4}),
        (Cut(top=2, ties="out"), "70", {3, 4}),
        (Cut(percent=Decimal(75)), "50", set()),  # three of four who took part
        (Cut(percent=Decimal(75)), "65", {4}),
        (Cut(top=2, at_least=Decimal(65)), "75", {3, 4}),
        (Cut(top=3, at_least=Decimal(65)), "60", {4}),
        (Cut(top=1), "90", {2, 3, 4}),
    ],
)
def test_who_had_gone_on_leaves_no_seat(state: EntrantState, cut: Cut, points: str, out: set[int]) -> None:
    """Whoever loses the place in the final still counts in theory by its points, and is not told as cut."""
    by_theory = scheme(stages=(stage("theory", cut), stage("final")))
    tallies = [
        tally(1, "0", stages={"theory": points, "final": "0"}, state=state),
        tally(2, "0", stages={"theory": "80"}),
        tally(3, "0", stages={"theory": "70"}),
        tally(4, "0", stages={"theory": "60"}),
    ]
    assert cut_of(by_theory, tallies) == {UUID(int=number): "theory" for number in out}


def test_each_cut_counts_who_had_gone_on_from_it() -> None:
    """Out in practice: a seat from theory, none from practice; out in the final: a seat from both."""
    two_cuts = scheme(stages=(stage("theory", Cut(top=4)), stage("practice", Cut(top=2)), stage("final")))
    tallies = [
        tally(1, "0", stages={"theory": "90", "practice": "99"}, state="disqualified"),
        tally(2, "0", stages={"theory": "85", "practice": "95", "final": "0"}, state="disqualified"),
        tally(3, "0", stages={"theory": "80", "practice": "90"}),
        tally(4, "0", stages={"theory": "70", "practice": "80"}),
        tally(5, "0", stages={"theory": "60", "practice": "99"}),
        tally(6, "0", stages={"theory": "95"}, state="disqualified"),
    ]
    assert cut_of(two_cuts, tallies) == {UUID(int=5): "theory", UUID(int=4): "practice"}


cuts = st.builds(
    Cut,
    top=st.none() | st.integers(1, 5),
    percent=st.none() | st.sampled_from([Decimal(30), Decimal(50), Decimal(75)]),
    at_least=st.none() | st.integers(0, 3).map(Decimal),
    ties=st.sampled_from(["in", "out"]),
)
figures = st.dictionaries(st.sampled_from(["theory", "practice", "final"]), st.integers(0, 3).map(str))


@given(
    st.none() | cuts,
    cuts,
    st.lists(figures, min_size=1, max_size=9),
    st.sampled_from(["disqualified", "withdrawn", "unranked"]),
)
def test_who_is_thrown_out_of_the_final_moves_nobody(
    first: Cut | None, second: Cut, field: list[dict[str, str]], state: EntrantState
) -> None:
    """Whatever the cuts, they let the same others through after somebody with a figure in the last stage loses the place."""
    two_cuts = scheme(stages=(stage("theory", first), stage("practice", second), stage("final")))
    before = [tally(number, "0", stages=stages) for number, stages in enumerate(field)]
    after = [
        msgspec.structs.replace(one, state=state) if not at and "final" in one.stages else one
        for at, one in enumerate(before)
    ]
    placed = {one.entrant_id for one in after if one.state == "competing"}
    cut = cut_of(two_cuts, before)
    assert cut_of(two_cuts, after) == {entrant_id: cut[entrant_id] for entrant_id in cut if entrant_id in placed}
