"""Every kind of aspect turns readings into points by its rule, exactly, between its bounds, in any context."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.arithmetic import total
from competition.scoring.points import exact_points, highest_score, least_points, most_points
from competition.scoring.readings import check_reading
from competition.scoring.rounding import rounded, settled
from schemas.aspects import Aspect, Count, Deduction, Rounding, Score
from tests.competition.scoring.kinds import (
    ELEMENT,
    FIVE,
    LEFT,
    LEVELS,
    NAME,
    ORDER,
    PAPER,
    RACE,
    SAFETY,
    SHARES,
    TEETH,
    THEORY,
    WIRES,
    YES,
    decimals,
    marked,
)


@pytest.mark.parametrize(
    ("aspect", "values", "points"),
    [
        (YES, ("1",), Fraction(2)),
        (YES, ("0",), Fraction(0)),
        (TEETH, ("0",), Fraction(0)),
        (TEETH, ("7",), Fraction(7, 6)),
        (TEETH, ("12",), Fraction(2)),
        (LEVELS, ("0",), Fraction(10)),
        (LEVELS, ("2",), Fraction(5)),
        (SHARES, ("0",), Fraction(15)),
        (SHARES, ("1",), Fraction(9, 2)),
        (SHARES, ("2",), Fraction(0)),
        (WIRES, ("0", "0"), Fraction(3)),
        (WIRES, ("4", "0"), Fraction(1)),
        (WIRES, ("9", "1"), Fraction(7, 10)),
        (WIRES, ("9", "9"), Fraction(0)),
        (SAFETY, ("0",), Fraction(0)),
        (SAFETY, ("2",), Fraction(-4)),
        (SAFETY, ("3",), Fraction(-5)),
        (ORDER, ("0",), Fraction(0)),
        (ORDER, ("1",), Fraction(2, 3)),
        (ORDER, ("3",), Fraction(2)),
        (FIVE, ("4",), Fraction(12, 5)),
        (PAPER, ("86.50",), Fraction(173, 2)),
        (ELEMENT, ("-3",), Fraction(-3)),
        (ELEMENT, ("2",), Fraction(2)),
        (THEORY, ("0",), Fraction(0)),
        (THEORY, ("86",), Fraction(344, 15)),
        (THEORY, ("150",), Fraction(40)),
    ],
)
def test_exact_points_gives_what_the_rule_says(aspect: Aspect, values: tuple[str, ...], points: Fraction) -> None:
    """A reading gives the points of its kind's rule: to 150 decimals where there is no last one."""
    expected = settled(Context(prec=200).divide(points.numerator, points.denominator))
    assert settled(exact_points(aspect, decimals(*values))) == expected


def test_exact_points_leave_a_half_a_half() -> None:
    """Seven parts of seven of 0.815 round up like a 0.815 that was written down."""
    sevenths = Count(id="N", name=NAME, points=Decimal("0.815"), possible=7)
    half = total([exact_points(sevenths, decimals("1"))] * 7)
    assert str(rounded(half, Rounding(places=2))) == "0.82"


@pytest.mark.parametrize(
    ("aspect", "least", "most"),
    [
        (YES, "0", "2"),
        (WIRES, "0", "3"),
        (SAFETY, "-5", "0"),
        (PAPER, "0", "100"),
        (ELEMENT, "-6", "6"),
        (LEFT, "0", "10"),
        (RACE, "0", "0"),
    ],
)
def test_points_have_bounds(aspect: Aspect, least: str, most: str) -> None:
    """A figure lies between nothing and the points, below zero only where the aspect says so."""
    assert (least_points(aspect), most_points(aspect)) == (Decimal(least), Decimal(most))


def test_highest_score_is_the_points_unless_given() -> None:
    """A score without a maximum of its own goes up to the points."""
    assert (highest_score(PAPER), highest_score(ELEMENT)) == (Decimal(100), Decimal(3))


@given(marked())
def test_points_lie_between_their_bounds(read: tuple[Aspect, tuple[Decimal, ...]]) -> None:
    """Whatever is read, an aspect's figure is within its bounds; a score's after its factor."""
    aspect, values = read
    check_reading(aspect, values, "marked")
    factor = aspect.factor if isinstance(aspect, Score) else 1
    assert least_points(aspect) <= exact_points(aspect, values) * factor <= most_points(aspect)


@given(marked(), st.integers(1, 40), st.sampled_from(["ROUND_UP", "ROUND_DOWN", "ROUND_05UP"]))
def test_points_do_not_depend_on_the_context(
    read: tuple[Aspect, tuple[Decimal, ...]], precision: int, rounding: str
) -> None:
    """Whatever precision and rounding other code asks of Python, the points are the same to the last digit."""
    aspect, values = read
    expected = exact_points(aspect, values)
    with localcontext(Context(prec=precision, rounding=rounding)):
        assert str(exact_points(aspect, values)) == str(expected)


@given(st.sampled_from([WIRES, SAFETY]), st.data())
def test_one_more_fault_never_gives_more(aspect: Deduction, data: st.DataObject) -> None:
    """Another occurrence of any fault leaves the points or lowers them."""
    counts = data.draw(st.lists(st.integers(0, 9), min_size=len(aspect.items), max_size=len(aspect.items)))
    item = data.draw(st.integers(0, len(counts) - 1))
    more = tuple(Decimal(count + (place == item)) for place, count in enumerate(counts))
    assert exact_points(aspect, more) <= exact_points(aspect, tuple(map(Decimal, counts)))
