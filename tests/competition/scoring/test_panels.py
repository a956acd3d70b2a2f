"""Panels: who is dropped of those present, and what the rest come to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competition.scoring.panels import combined, counting, is_apart
from competition.scoring.rounding import figure
from schemas.aspects import Rounding
from schemas.scheme import Panel

FIVE = Panel(judges=5, drop_highest=1, drop_lowest=1)


def given(*points: str) -> list[Decimal]:
    """What judges gave, in their order."""
    return [Decimal(one) for one in points]


@pytest.mark.parametrize(
    ("points", "panel", "expected", "counted"),
    [
        (("8",), Panel(judges=1), "8", [0]),
        (("8", "9"), Panel(judges=2), "8.5", [0, 1]),
        (("8", "9"), Panel(judges=2, combine="sum"), "17", [0, 1]),
        (("8", "9", "9.5"), Panel(judges=3, combine="median"), "9", [1]),
        (("9", "8", "9.5", "7"), Panel(judges=4, combine="median"), "8.5", [1, 0]),
        (("8",), Panel(judges=3, combine="median"), "8", [0]),
        (("7", "8", "9", "8", "10"), FIVE, "8.333333333333333333333333333", [1, 3, 2]),
        (("7", "8", "9", "10"), FIVE, "8.5", [1, 2]),
        (("7", "8", "9"), FIVE, "8", [1]),
        (("7", "9"), FIVE, "8", [0, 1]),
        (("7",), FIVE, "7", [0]),
        (("7", "7", "7", "7"), FIVE, "7", [1, 2]),
        (("1", "9", "8", "7", "2"), Panel(judges=5, drop_lowest=2), "8", [3, 2, 1]),
        (("1", "9", "8", "7", "2"), Panel(judges=5, drop_highest=2, combine="sum"), "10", [0, 4, 3]),
        (
            ("1", "9", "8", "7", "2", "6"),
            Panel(judges=6, drop_highest=1, drop_lowest=1, combine="median"),
            "6.5",
            [5, 3],
        ),
        (("1", "2", "2"), Panel(judges=3, rounding=Rounding(places=2)), "1.67", [0, 1, 2]),
        (("1", "1.01"), Panel(judges=2, rounding=Rounding(places=2)), "1.01", [0, 1]),
        (("1", "1.01"), Panel(judges=2, rounding=Rounding(places=2, mode="half_even")), "1", [0, 1]),
        (("-1", "-1.01"), Panel(judges=2, rounding=Rounding(places=2)), "-1.01", [1, 0]),
        (("1", "2", "2"), Panel(judges=3, rounding=Rounding(places=2, mode="down")), "1.66", [0, 1, 2]),
    ],
)
def test_combined_makes_one_figure_of_the_judges_present(
    points: tuple[str, ...], panel: Panel, expected: str, counted: list[int]
) -> None:
    """Sum, mean or median of those who are left when the highest and lowest of those present are dropped, then rounded."""
    assert (figure(combined(given(*points), panel)), counting(given(*points), panel)) == (Decimal(expected), counted)


@pytest.mark.parametrize(
    ("points", "most_apart", "expected"),
    [
        (("80", "90"), "10", False),
        (("80", "90.01"), "10", True),
        (("80",), "0", False),
        ((), "0", False),
        (("80", "99"), None, False),
    ],
)
def test_judges_are_apart_beyond_the_threshold(points: tuple[str, ...], most_apart: str | None, expected: bool) -> None:
    """Exactly the threshold is not apart; without one nobody is."""
    panel = Panel(judges=2, most_apart=None if most_apart is None else Decimal(most_apart))
    assert is_apart(given(*points), panel) is expected
