"""What may be off: the same to both sides, to each side its own, by size, and by length."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from competition.scoring.rounding import EXACT
from competition.scoring.tolerance import BothSides, NoToleranceForSize, allowed, derivation, sides
from schemas.aspects import Measurement, ToleranceByLength, ToleranceBySize
from schemas.base import Text
from tests.competition.scoring.kinds import (
    LENGTH,
    ROUGH,
    RUNOUT,
    SQUARE,
    THIRDS,
    TRAVEL,
    fixed,
    limits,
    measurement,
)


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [
        (fixed("0.007"), "0.007"),
        (TRAVEL, "0.015"),
        (ToleranceBySize(size=Decimal(500), steps=TRAVEL.steps), "0.010"),
        (ToleranceBySize(size=Decimal("500.1"), steps=TRAVEL.steps), "0.015"),
        (SQUARE, "0.012"),
        (ToleranceByLength(allowed=Decimal("0.015"), per=Decimal(300), length=Decimal(250)), "0.0125"),
        (ToleranceByLength(allowed=Decimal("0.015"), per=Decimal(300), length=Decimal(600)), "0.03"),
        (None, "0"),
    ],
)
def test_allowed_follows_size_and_length(tolerance: BothSides | None, expected: str) -> None:
    """A tolerance by size takes the first step that reaches it, a tolerance by length grows in proportion."""
    assert allowed(tolerance) == Decimal(expected)


def test_allowed_by_length_keeps_thirds() -> None:
    """A tolerance without a last decimal is not cut where a figure to read would be."""
    third = Fraction(4, 300)
    assert allowed(THIRDS) == EXACT.divide(third.numerator, third.denominator)


def test_allowed_refuses_a_size_beyond_the_last_step() -> None:
    """A size that no step reaches has no tolerance, rather than the last one's."""
    with pytest.raises(NoToleranceForSize, match="no step for a size of 1300 mm"):
        allowed(ToleranceBySize(size=Decimal(1300), steps=TRAVEL.steps))


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (RUNOUT, ("-0.010", "0.010")),
        (measurement(limits("-0.03", "0.02"), nominal="10"), ("-0.03", "0.02")),
        (measurement(limits(upper="0.02")), (None, "0.02")),
        (measurement(limits()), (None, None)),
        (measurement(), ("0", "0")),
        (LENGTH, ("0", "0")),
        (ROUGH, (None, "0")),
    ],
)
def test_sides_are_deviations(aspect: Measurement, expected: tuple[str | None, str | None]) -> None:
    """The deviations that cost nothing; a free side has none, and a finer surface than asked for is no fault."""
    assert sides(aspect) == tuple(None if side is None else Decimal(side) for side in expected)


def test_derivation_tells_only_what_was_worked_out() -> None:
    """A fixed tolerance speaks for itself; a table and a length tell the step or the proportion."""
    assert [derivation(tolerance, "mm", 3) for tolerance in (None, fixed("0.01"), TRAVEL, SQUARE)] == [
        (),
        (),
        (
            Text(
                zh="测量范围 650 mm，属 ≤800 mm 一档 → 允差 0.015 mm",
                en="size 650 mm, step up to 800 mm → 0.015 mm allowed",
            ),
        ),
        (
            Text(
                zh="每 500 mm 允差 0.020 mm，测量长度 300 mm → 允差 0.012 mm",
                en="0.020 mm per 500 mm, over 300 mm → 0.012 mm allowed",
            ),
        ),
    ]
