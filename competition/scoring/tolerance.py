"""How far a measured value may be off: fixed, between limits, by the size of the machine, or in proportion to a length."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.rounding import EXACT, shown
from schemas.aspects import (
    FixedTolerance,
    GradedCredit,
    Limits,
    Measurement,
    RangedCredit,
    ToleranceByLength,
    ToleranceBySize,
)
from schemas.base import Text
from schemas.problems import N_, Problem

_NOT_OFF = Decimal(0)

BothSides = FixedTolerance | ToleranceBySize | ToleranceByLength
"""Tolerances that allow the same to both sides."""

Sides = tuple[Decimal | None, Decimal | None]
"""The lowest and the highest deviation allowed; None where that side is free."""


class NoToleranceForSize(Problem):
    """The tolerance table ends below the size measured over."""

    sentence = N_("The tolerance table has no step for a size of {size} mm. Add a step that reaches it to the scheme.")


def allowed(tolerance: BothSides | None) -> Decimal:
    """The deviation allowed to both sides, in the aspect's unit; without a tolerance there is none."""
    match tolerance:
        case FixedTolerance():
            return tolerance.allowed
        case ToleranceBySize(size=size, steps=steps):
            for step in steps:
                if size <= step.up_to:
                    return step.allowed
            raise NoToleranceForSize(size=size)
        case ToleranceByLength(allowed=portion, per=per, length=length):
            return EXACT.divide(EXACT.multiply(portion, length), per)
        case None:
            return _NOT_OFF


def sides(aspect: Measurement) -> Sides:
    """The deviations from the nominal value that ``aspect`` does not mind.

    Ranges give full points to the nominal value alone; a scale of grades minds nothing below the nominal grade.
    """
    match aspect.credit:
        case RangedCredit():
            return _NOT_OFF, _NOT_OFF
        case GradedCredit():
            return None, _NOT_OFF
        case _:
            pass
    if isinstance(aspect.tolerance, Limits):
        return aspect.tolerance.lower, aspect.tolerance.upper
    limit = allowed(aspect.tolerance)
    return limit.copy_negate(), limit


def derivation(tolerance: BothSides | None, unit: str, places: int) -> tuple[Text, ...]:
    """How the deviation allowed came about; nothing to tell when it is fixed."""
    figure = f"{shown(allowed(tolerance), places)} {unit}"
    match tolerance:
        case ToleranceBySize():
            size = shown(tolerance.size, 0)
            up_to = shown(next(step.up_to for step in tolerance.steps if tolerance.size <= step.up_to), 0)
            zh = f"测量范围 {size} mm，属 ≤{up_to} mm 一档 → 允差 {figure}"
            return (Text(zh=zh, en=f"size {size} mm, step up to {up_to} mm → {figure} allowed"),)
        case ToleranceByLength():
            portion, per, length = shown(tolerance.allowed, places), shown(tolerance.per, 0), shown(tolerance.length, 0)
            zh = f"每 {per} mm 允差 {portion} {unit}，测量长度 {length} mm → 允差 {figure}"
            return (Text(zh=zh, en=f"{portion} {unit} per {per} mm, over {length} mm → {figure} allowed"),)
        case _:
            return ()
