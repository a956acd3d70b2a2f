"""A scheme whose divisors have no small common multiple could not be summed exactly, and is told so."""

from __future__ import annotations

from typing import Any

import pytest

from competition.schemes.check.exactness import MOST
from tests.competition.schemes.check.good import STAGE, SUB, TASK, part, told

PRIMES = [number for number in range(2, 400) if all(number % smaller for smaller in range(2, number))]
TOO_MANY = (
    "$: Levels, counts, judges and scaled sums divide by so many different numbers that sums would not stay exact. "
    "Use fewer of them, such as the same number of levels everywhere."
)


def counts(possible: list[int]) -> dict[str, Any]:
    """A sub-criterion of counts, each of a number of its own."""
    aspects = [part(f"N{number}", 1, kind="count", possible=number) for number in possible]
    points = {f"{place}.points": len(possible) for place in (STAGE, TASK, SUB)}
    return points | {f"{SUB}.panel.judges": 1, f"{SUB}.aspects": aspects}


def test_a_few_divisors_are_exact() -> None:
    """The product of the first 40 primes is below the limit."""
    assert told("binary", counts(PRIMES[:40])) == []


def test_too_many_divisors_are_told() -> None:
    """The product of the first 41 primes is above it."""
    assert told("binary", counts(PRIMES[:41])) == [TOO_MANY]


@pytest.mark.parametrize(
    "more",
    [
        {f"{SUB}.panel.judges": 30},
        {f"{STAGE}.weight": 100, f"{STAGE}.points": "36.0001", f"{STAGE}.fit": "scale"},
        {f"{SUB}.points": "36.000001", f"{SUB}.fit": "scale", f"{TASK}.fit": "scale", f"{STAGE}.fit": "scale"},
    ],
)
def test_judges_and_scaled_sums_divide_as_well(more: dict[str, Any]) -> None:
    """Beside 39 counts there is no room for thirty judges, or for sums that are scaled or weighed."""
    assert told("binary", counts(PRIMES[:39])) == []
    assert told("binary", counts(PRIMES[:39]) | more) == [TOO_MANY]


def test_the_limit_is_what_rounding_relies_on() -> None:
    """Two figures that differ do so by more than a divisor's square, long before the 150th decimal."""
    assert MOST**2 < 10**149
