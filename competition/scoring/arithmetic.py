"""Sums, means and steps of a scale: what measured values, times and faults share. Exact, whatever context Python works in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from competition.scoring.rounding import EXACT, settled
from schemas.aspects import Steps

NOTHING = Decimal(0)
_ONE_MORE = Decimal(1)


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum."""
    whole = NOTHING
    for value in values:
        whole = EXACT.add(whole, value)
    return whole


def mean(values: Sequence[Decimal]) -> Decimal:
    """The mean, to ``EXACT``'s last digit: to be settled before it decides anything."""
    return EXACT.divide(total(values), len(values))


def share(points: Decimal, part: Decimal, whole: Decimal | int) -> Decimal:
    """``points x part / whole``; divided last, so that three thirds are one."""
    return EXACT.divide(EXACT.multiply(points, part), whole)


def steps_in(amount: Decimal, per: Decimal, count: Steps) -> Decimal:
    """How many steps of ``per``, such as 0.01 mm or a minute, there are in ``amount``, which is not negative."""
    if count == "exact":
        return EXACT.divide(amount, per)
    whole = settled(amount)
    full = EXACT.divide_int(whole, per)
    return EXACT.add(full, _ONE_MORE) if count == "begun" and EXACT.remainder(whole, per) else full


def worth(amount: Decimal, each: Decimal, per: Decimal, count: Steps) -> Decimal:
    """What the steps of ``per`` in ``amount`` come to at ``each``."""
    return share(each, amount, per) if count == "exact" else EXACT.multiply(steps_in(amount, per, count), each)
