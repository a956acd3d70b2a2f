"""Exact figures: the precision that sums are carried in, rounding at a declared point, and the one form a figure is written in.

Two thirds of a point have no last decimal. They are carried to ``EXACT``'s 200 digits, and *settled* before anything is
decided by them: rounded at 150 decimals, where what the last digits lost cannot be seen. All divisors of a scheme together are
far smaller than 10^70 (``schemes.rules`` checks it), so two figures that differ at all differ long before that decimal, and a half
is a half exactly when it was one on paper.
"""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from schemas.aspects import Rounding

EXACT = Context(prec=200)
"""What sums, products and quotients of points are computed in. Our own: what other code asks of Python does not matter."""

FIGURE = Context(prec=28)
"""What a figure without a last decimal is cut to when it is written down."""

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_ONE = Decimal(1)
_SETTLED = _ONE.scaleb(-150)
_SHORT, _TINY = Context(prec=60), -90
"""A value of so few digits, and not as tiny as what a cancellation leaves, ends before it would be rounded."""
_SIX_PLACES = Decimal("1E-6")
_FOUR_PLACES = Decimal("1E-4")


def settled(value: Decimal) -> Decimal:
    """``value`` without the trace of divisions that have no last decimal: three thirds are one."""
    if value.adjusted() > _TINY and _SHORT.plus(value) == value:
        return value
    return value.quantize(_SETTLED, ROUND_HALF_EVEN, EXACT)


def rounded(value: Decimal, rounding: Rounding) -> Decimal:
    """``value`` with exactly the declared number of places; ``half_up`` moves a half away from zero."""
    return settled(value).quantize(_ONE.scaleb(-rounding.places), _MODES[rounding.mode], EXACT)


def figure(value: Decimal) -> Decimal:
    """``value`` as it is written down and compared: exact when it ends within 28 digits, in its one plain form."""
    return trimmed(FIGURE.plus(settled(value)))


def quotient(dividend: Decimal, divisor: Decimal | int) -> Decimal:
    """``dividend / divisor`` as a figure to write down."""
    return trimmed(FIGURE.divide(dividend, divisor))


def trimmed(value: Decimal) -> Decimal:
    """``value`` unchanged, in its one plain form: 12.50 is 12.5, 1E+1 is 10, -0.00 is 0."""
    if not value:
        return Decimal(0)
    whole = value.to_integral_value(context=EXACT)
    return whole.quantize(_ONE, context=EXACT) if whole == value else value.normalize(EXACT)


@lru_cache(65_536)
def shown(value: Decimal, places: int) -> str:
    """``value`` for a sentence: at least ``places`` decimals, more when it has them; beyond six cut and marked ≈."""
    short = trimmed(settled(value))
    if short != short.quantize(_SIX_PLACES, ROUND_HALF_UP, EXACT):
        return f"≈{short.quantize(_FOUR_PLACES, ROUND_HALF_UP, EXACT)}"
    return f"{short:.{max(places, -int(short.as_tuple().exponent))}f}"
