"""The first so many: how many that is, and who is within it when places are shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from competition.scoring.rounding import EXACT, rounded
from schemas.aspects import Rounding
from schemas.closing import Ties

T = TypeVar("T")


def how_many(base: int, *, count: int | None, percent: Decimal | None, rounding: Rounding) -> int | None:
    """``count``, or ``percent`` of ``base`` rounded; the lower where both are given, and None, no limit, where neither is."""
    numbers = [] if count is None else [count]
    if percent is not None:
        numbers.append(int(rounded(EXACT.multiply(base, EXACT.scaleb(percent, -2)), rounding)))
    return min(numbers, default=None)


def within(ordered: Iterable[T], number: int | None, ties: Ties, *, equal: Callable[[T], object]) -> list[T]:
    """The first ``number`` of those in order; neighbours whose ``equal`` is the same are in together, or out together.

    A number counts people, whatever their places are called: where two share a place and ties are out, both must fit.
    """
    inside: list[T] = []
    for _, equals in groupby(ordered, key=equal):
        sharing = list(equals)
        if number is not None and (len(inside) >= number or (ties == "out" and len(inside) + len(sharing) > number)):
            break
        inside += sharing
    return inside
