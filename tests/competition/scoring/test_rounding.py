"""Rounding happens at a declared point, to declared places, in a declared mode."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competition.scoring.rounding import quotient, rounded, shown, trimmed
from schemas.aspects import Rounding, RoundingMode


@pytest.mark.parametrize(
    ("value", "places", "mode", "expected"),
    [
        ("8.405", 2, "half_up", "8.41"),
        ("8.415", 2, "half_up", "8.42"),
        ("8.404999999999999999999999999", 2, "half_up", "8.40"),
        ("8.405", 2, "half_even", "8.40"),
        ("8.415", 2, "half_even", "8.42"),
        ("8.4051", 2, "half_even", "8.41"),
        ("8.409", 2, "down", "8.40"),
        ("-8.405", 2, "half_up", "-8.41"),
        ("7", 2, "half_up", "7.00"),
        ("7.5", 0, "half_up", "8"),
        ("123456789012345678901234567890.125", 2, "half_up", "123456789012345678901234567890.13"),
    ],
)
def test_rounded_gives_exactly_the_declared_places(value: str, places: int, mode: RoundingMode, expected: str) -> None:
    """A half goes where the mode says, and the written form has the declared places."""
    assert str(rounded(Decimal(value), Rounding(places=places, mode=mode))) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12.50", "12.5"), ("12.00", "12"), ("1E+1", "10"), ("-0.00", "0"), ("0.010", "0.01"), ("100", "100")],
)
def test_trimmed_has_one_form_for_one_value(value: str, expected: str) -> None:
    """Equal values are written alike, without exponents and needless zeros."""
    assert str(trimmed(Decimal(value))) == expected


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("1.5", 2, "1.50"),
        ("1.125", 2, "1.125"),
        ("0.016", 3, "0.016"),
        ("100", 0, "100"),
        ("-0.000", 3, "0.000"),
        ("0.6666666666666666666666666667", 2, "≈0.6667"),
    ],
)
def test_shown_hides_no_digit_unless_it_says_so(value: str, places: int, expected: str) -> None:
    """A figure in a sentence has the places asked for, more when it needs them, and a ≈ when it was cut."""
    assert shown(Decimal(value), places) == expected


def test_quotient_is_exact_when_it_ends() -> None:
    """A division that ends within 28 digits gives the plain figure."""
    assert [str(quotient(Decimal(dividend), 3)) for dividend in ("6", "1.5", "2")] == [
        "2",
        "0.5",
        "0.6666666666666666666666666667",
    ]
