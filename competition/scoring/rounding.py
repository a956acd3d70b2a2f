"""Rounding at a declared point, and the one form in which an exact figure is written."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal

from schemas.scheme import Rounding

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_ONE = Decimal(1)
_SIX_PLACES = Decimal("1E-6")
_FOUR_PLACES = Decimal("1E-4")

# Contexts of our own: whatever precision other code asks of Python, a total stays the same.
EXACT = Context(prec=60)
"""Wide enough that sums and products of points never round."""
FIGURE = Context(prec=28)
"""What a figure without a last decimal, such as two thirds, is cut to when it is written down."""


def rounded(value: Decimal, rounding: Rounding) -> Decimal:
    """``value`` with exactly the declared number of places; ``half_up`` moves a half away from zero."""
    return value.quantize(_ONE.scaleb(-rounding.places), _MODES[rounding.mode], EXACT)


def quotient(dividend: Decimal, divisor: Decimal | int) -> Decimal:
    """``dividend / divisor`` as a figure to write down: exact when it ends within 28 digits."""
    return trimmed(FIGURE.divide(dividend, divisor))


def trimmed(value: Decimal) -> Decimal:
    """``value`` unchanged, in its one plain form: 12.50 is 12.5, 1E+1 is 10, -0.00 is 0."""
    if not value:
        return Decimal(0)
    whole = value.to_integral_value(context=EXACT)
    return whole.quantize(_ONE, context=EXACT) if whole == value else value.normalize(EXACT)


def shown(value: Decimal, places: int) -> str:
    """``value`` for a sentence: at least ``places`` decimals, more when it has them; beyond six cut and marked ≈."""
    short = trimmed(value)
    if short != short.quantize(_SIX_PLACES, ROUND_HALF_UP, EXACT):
        return f"≈{short.quantize(_FOUR_PLACES, ROUND_HALF_UP, EXACT)}"
    return f"{short:.{max(places, -int(short.as_tuple().exponent))}f}"
