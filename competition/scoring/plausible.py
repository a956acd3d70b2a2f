"""Which measured values and times surprise nobody: beyond them a slip of the finger or the unit is likelier than a reading."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.rounding import EXACT
from competition.scoring.tolerance import Sides, sides
from schemas.aspects import GradedCredit, Measurement, RangedCredit, Time, TimeBands, TimeItself, TimeLeft, TimeOver

LARGEST_READING = Decimal(1_000_000)
"""No reading of any kind is larger than this, in any unit; it also keeps every sum exact."""

LONGEST_EXPONENT = 6
"""A zero may be written with an exponent that no database takes; nobody enters one above that of the largest reading."""

FAR_OUTSIDE = 10
"""A reading more than this many times the tolerance (or a deduction this many times the points) looks like a slip."""


def plausible(aspect: Measurement) -> tuple[Decimal, Decimal]:
    """The readings between which none is surprising."""
    lower, upper = _widest(aspect)
    far = FAR_OUTSIDE * max((side.copy_abs() for side in (lower, upper) if side), default=LARGEST_READING)
    low, high = EXACT.subtract(aspect.nominal, far), EXACT.add(aspect.nominal, far)
    if aspect.least is not None or lower is None:
        low = -LARGEST_READING if aspect.least is None else aspect.least
    if aspect.most is not None or upper is None:
        high = LARGEST_READING if aspect.most is None else aspect.most
    return low, high


def longest(aspect: Time) -> Decimal | None:
    """The longest time that the rule speaks of; None where it names none."""
    if aspect.stop is not None:
        return aspect.stop
    match aspect.credit:
        case TimeLeft(limit=limit) | TimeOver(limit=limit):
            return limit
        case TimeBands(bands=bands):
            return max((band.up_to for band in bands), default=None)
        case TimeItself():
            return None


def _widest(aspect: Measurement) -> Sides:
    """The deviations allowed, or those that ranges or grades still speak of."""
    match aspect.credit:
        case RangedCredit(ranges=ranges) if ranges:
            lowest, highest = min(held.lower for held in ranges), max(held.upper for held in ranges)
            return EXACT.subtract(lowest, aspect.nominal), EXACT.subtract(highest, aspect.nominal)
        case GradedCredit(grades=grades) if grades:
            return None, grades[-1]
        case _:
            return sides(aspect)
