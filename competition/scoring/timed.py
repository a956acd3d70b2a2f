"""What a time gives: which of the runs counts, and the points for time left, time over, or the band it falls into. Exact."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from competition.scoring.arithmetic import NOTHING, mean, total, worth
from competition.scoring.rounding import EXACT
from schemas.aspects import Time, TimeBand, TimeBands, TimeItself, TimeLeft, TimeOver


def runs_in_time(aspect: Time, values: Sequence[Decimal]) -> Sequence[Decimal]:
    """The runs that are times: those not beyond ``stop``."""
    stop = aspect.stop
    return values if stop is None else [value for value in values if value <= stop]


def time_of(aspect: Time, values: Sequence[Decimal]) -> Decimal | None:
    """The time that counts, in seconds: a mean is not settled. None when a run that is needed is missing or beyond ``stop``."""
    runs = runs_in_time(aspect, values)
    if not runs or (aspect.take != "best" and len(runs) < aspect.runs):
        return None
    match aspect.take:
        case "best":
            return min(runs)
        case "worst":
            return max(runs)
        case "mean":
            return mean(runs)
        case "sum":
            return total(runs)


def timed_points(aspect: Time, values: Sequence[Decimal]) -> Decimal:
    """The points that the runs give."""
    time = time_of(aspect, values)
    if time is None:
        return NOTHING
    match aspect.credit:
        case TimeLeft() as credit:
            return min(gained(credit, time), aspect.points)
        case TimeOver() as credit:
            return max(EXACT.subtract(aspect.points, lost(credit, time)), NOTHING)
        case TimeBands() as credit:
            band = band_of(credit, time)
            return EXACT.multiply(aspect.points, band.keep) if band else NOTHING
        case TimeItself():
            return NOTHING


def left(credit: TimeLeft, time: Decimal) -> Decimal:
    """The seconds left at ``time``, none from the limit on."""
    return max(EXACT.subtract(credit.limit, time), NOTHING)


def gained(credit: TimeLeft, time: Decimal) -> Decimal:
    """The points that the time left would give, however many the aspect has."""
    return worth(left(credit, time), credit.gain, credit.per, credit.count)


def over(credit: TimeOver, time: Decimal) -> Decimal:
    """The seconds over the limit at ``time``."""
    return max(EXACT.subtract(time, credit.limit), NOTHING)


def lost(credit: TimeOver, time: Decimal) -> Decimal:
    """The points that the time over takes, however many there are."""
    return worth(over(credit, time), credit.lose, credit.per, credit.count)


def band_of(credit: TimeBands, time: Decimal) -> TimeBand | None:
    """The first band that reaches ``time``."""
    return next((band for band in credit.bands if time <= band.up_to), None)
