"""What a measured value gives: which of the readings counts, how far outside it lies, and what that keeps of the points. Exact."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from competition.scoring.arithmetic import NOTHING, mean, worth
from competition.scoring.rounding import EXACT, settled
from competition.scoring.tolerance import Sides, sides
from schemas.aspects import Band, BandedCredit, GradedCredit, LinearCredit, Measurement, Range, RangedCredit


class Measured(NamedTuple):
    """A value, how far it is off the nominal one, and by how much (0 or more) it lies outside what is allowed, on which side."""

    value: Decimal
    off: Decimal
    excess: Decimal
    side: Literal["within", "above", "below"]


def what_counts(aspect: Measurement, values: Sequence[Decimal]) -> Measured:
    """The reading that counts of ``values``, or their mean.

    The worst is the one farthest outside what is allowed; of equals the one farther off the nominal value, then the higher. The
    best is the first by the same order turned round.
    """
    allowed = sides(aspect)
    if len(values) == 1:
        return _measured(aspect, values[0], allowed)
    if aspect.take == "mean":
        return _measured(aspect, mean(values), allowed)
    measured = [_measured(aspect, value, allowed) for value in values]
    return (max if aspect.take == "worst" else min)(measured, key=_badness)


def measured_points(aspect: Measurement, values: Sequence[Decimal]) -> Decimal:
    """The points that the readings ``values`` give."""
    measured = what_counts(aspect, values)
    match aspect.credit:
        case BandedCredit(bands=bands):
            if measured.side == "within":
                return aspect.points
            band = band_of(bands, measured)
            return EXACT.multiply(aspect.points, band.keep) if band else NOTHING
        case LinearCredit() as credit:
            return max(EXACT.subtract(aspect.points, lost(credit, measured)), NOTHING)
        case RangedCredit(ranges=ranges):
            if not measured.off:
                return aspect.points
            held = range_of(ranges, measured.value)
            return EXACT.multiply(aspect.points, held.keep) if held else NOTHING
        case GradedCredit() as credit:
            return EXACT.multiply(aspect.points, kept_by_grade(credit, aspect.nominal, measured.value))


def band_of(bands: Sequence[Band], measured: Measured) -> Band | None:
    """The first band of the reading's side that reaches its excess."""
    excess = settled(measured.excess)
    for band in bands:
        if band.side in {"both", measured.side} and excess <= band.over_up_to:
            return band
    return None


def lost(credit: LinearCredit, measured: Measured) -> Decimal:
    """The points that the excess takes, however many there are."""
    return worth(measured.excess, credit.lose, credit.per, credit.count)


def range_of(ranges: Sequence[Range], value: Decimal) -> Range | None:
    """The first range that holds ``value``."""
    return next((held for held in ranges if held.lower <= value <= held.upper), None)


def grade_of(credit: GradedCredit, value: Decimal) -> int | None:
    """The place in the scale of the first grade that is not below ``value``; None beyond the last."""
    return next((place for place, grade in enumerate(credit.grades) if value <= grade), None)


def kept_by_grade(credit: GradedCredit, nominal: Decimal, value: Decimal) -> Decimal:
    """The share that the grade of ``value`` keeps: all of it at the nominal grade or a better one."""
    grade, wanted = grade_of(credit, value), grade_of(credit, nominal)
    if grade is None:
        return NOTHING
    if wanted is None or grade <= wanted:
        return Decimal(1)
    return credit.keep[grade - wanted - 1] if grade - wanted <= len(credit.keep) else NOTHING


def _measured(aspect: Measurement, value: Decimal, allowed: Sides) -> Measured:
    off, (lower, upper) = EXACT.subtract(value, aspect.nominal), allowed
    if upper is not None and _exceeds(over := EXACT.subtract(off, upper)):
        return Measured(value, off, over, "above")
    if lower is not None and _exceeds(under := EXACT.subtract(lower, off)):
        return Measured(value, off, under, "below")
    return Measured(value, off, NOTHING, "within")


def _exceeds(excess: Decimal) -> bool:
    """Whether there is an excess at all; settled only where it seems so, because most readings are within."""
    return excess > 0 and settled(excess) > 0


def _badness(measured: Measured) -> tuple[Decimal, Decimal, Decimal]:
    return measured.excess, measured.off.copy_abs(), measured.value
