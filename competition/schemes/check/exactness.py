"""Whether the figures of a scheme can be kept exact: all that it divides by, and what those divisors come to together."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import lcm

from competition.schemes.check.groups import full_sum
from competition.schemes.check.places import Faults, Group, fault, parts_of
from schemas.aspects import (
    Aspect,
    Count,
    External,
    Judgement,
    LinearCredit,
    Measurement,
    Time,
    TimeLeft,
    TimeOver,
    ToleranceByLength,
)
from schemas.problems import N_
from schemas.scheme import Panel, Scheme, SubCriterion

MOST = 10**70
"""The common multiple of all divisors stays below this, so that ``scoring.rounding`` tells any two figures apart."""


def of_divisors(scheme: Scheme) -> Faults:
    """The divisors of every figure on the way to the total, all together."""
    together = 1
    for stage in scheme.stages:
        weighed = 1 if stage.weight is None else _numerator(stage.points)
        together = lcm(together, _of_group(stage) * weighed)
    if together >= MOST:
        sentence = N_(
            "Levels, counts, judges and scaled sums divide by so many different numbers that sums would not stay exact. "
            "Use fewer of them, such as the same number of levels everywhere."
        )
        yield fault("$", sentence)


def _of_group(group: Group) -> int:
    """What the sum of a group is divided by; a rounding in between would only make it less."""
    if isinstance(group, SubCriterion):
        parts: Iterable[int] = (_of_aspect(aspect) * _of_panel(group.panel) for aspect in group.aspects)
    else:
        parts = (_of_group(part) for part in parts_of(group) if isinstance(part, Group))
    return lcm(1, *parts) * (_numerator(full_sum(group)) if group.fit == "scale" else 1)


def _of_panel(panel: Panel) -> int:
    """Any number of judges may be present."""
    return 1 if panel.combine == "sum" else lcm(*range(1, panel.judges + 1))


def _of_aspect(aspect: Aspect) -> int:
    match aspect:
        case Count(possible=possible):
            return possible
        case Judgement(levels=levels):
            return len(levels) - 1
        case External(out_of=out_of):
            return _numerator(out_of)
        case Measurement() | Time():
            return _of_measured(aspect)
        case _:
            return 1


def _of_measured(aspect: Measurement | Time) -> int:
    divisor = 1
    if aspect.take == "mean":
        divisor *= aspect.readings if isinstance(aspect, Measurement) else aspect.runs
    if isinstance(aspect, Measurement) and isinstance(aspect.tolerance, ToleranceByLength):
        divisor *= _numerator(aspect.tolerance.per)
    if isinstance(aspect.credit, LinearCredit | TimeLeft | TimeOver) and aspect.credit.count == "exact":
        divisor *= _numerator(aspect.credit.per)
    return divisor


def _numerator(value: Decimal) -> int:
    """What is left to divide by once the decimals are: 100 / 12.5 is 100 x 10 / 125."""
    return abs(value.as_integer_ratio()[0]) or 1
