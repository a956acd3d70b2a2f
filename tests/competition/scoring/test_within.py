"""The first so many of those in order: rounding of percentages, and ties at the end of the number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competition.scoring.within import how_many, within
from schemas.aspects import Rounding, RoundingMode
from schemas.closing import Ties


@pytest.mark.parametrize(
    ("base", "count", "percent", "mode", "expected"),
    [
        (27, None, "10", "half_up", 3),  # 2.7
        (27, None, "20", "half_up", 5),  # 5.4
        (27, None, "30", "half_up", 8),  # 8.1
        (25, None, "10", "half_up", 3),  # 2.5
        (25, None, "10", "half_even", 2),
        (27, None, "10", "down", 2),
        (3, None, "33.3333", "down", 0),
        (0, None, "50", "half_up", 0),
        (27, 6, None, "half_up", 6),
        (27, 6, "10", "half_up", 3),
        (27, 2, "10", "half_up", 2),
        (27, None, None, "half_up", None),
    ],
)
def test_how_many(base: int, count: int | None, percent: str | None, mode: RoundingMode, expected: int | None) -> None:
    """A count is itself, a percentage is rounded, the lower of both holds, and neither is no limit."""
    share = None if percent is None else Decimal(percent)
    assert how_many(base, count=count, percent=share, rounding=Rounding(places=0, mode=mode)) == expected


@pytest.mark.parametrize(
    ("number", "ties", "expected"),
    [
        (0, "in", ""),
        (1, "in", "a"),
        (2, "in", "abbb"),
        (2, "out", "a"),
        (3, "out", "a"),
        (4, "out", "abbb"),
        (4, "in", "abbb"),
        (5, "in", "abbbc"),
        (9, "out", "abbbc"),
        (None, "out", "abbbc"),
    ],
)
def test_within_takes_equals_together(number: int | None, ties: Ties, expected: str) -> None:
    """Of one leader, three equals and one more, so many are within the number."""
    assert "".join(within("abbbc", number, ties, equal=str)) == expected
