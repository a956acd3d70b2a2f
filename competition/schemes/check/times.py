"""What can be wrong with a time: its limit, its bands, and the time at which everything stops."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from competition.schemes.check.places import (
    FINEST_PLACES,
    MOST_READINGS,
    Faults,
    above_zero,
    fault,
    listed,
    not_below_zero,
    share,
    within,
)
from schemas.aspects import Time, TimeBands, TimeItself, TimeLeft, TimeOver
from schemas.problems import N_


def of_time(aspect: Time, place: str) -> Faults:
    """Everything about one time aspect."""
    yield from within(aspect.runs, 1, MOST_READINGS, f"{place}.runs")
    yield from within(aspect.places, 0, FINEST_PLACES, f"{place}.places")
    if aspect.stop is not None:
        yield from above_zero(aspect.stop, f"{place}.stop")
    match aspect.credit:
        case TimeLeft() as credit:
            yield from above_zero(credit.limit, f"{place}.credit.limit")
            yield from above_zero(credit.gain, f"{place}.credit.gain")
            yield from above_zero(credit.per, f"{place}.credit.per")
            yield from _of_stop(aspect, credit.limit, place)
            yield from _of_most(aspect, credit, f"{place}.credit")
        case TimeOver() as credit:
            yield from not_below_zero(credit.limit, f"{place}.credit.limit")
            yield from above_zero(credit.lose, f"{place}.credit.lose")
            yield from above_zero(credit.per, f"{place}.credit.per")
            yield from _of_stop(aspect, credit.limit, place)
        case TimeBands() as credit:
            yield from _of_bands(credit, aspect, f"{place}.credit.bands")
        case TimeItself():
            pass


def _of_stop(aspect: Time, limit: Decimal, place: str) -> Faults:
    """For a loss over the limit the stop must lie behind it; for a gain it may also be the limit itself."""
    if aspect.stop is None or aspect.stop > limit or (aspect.stop == limit and isinstance(aspect.credit, TimeLeft)):
        return
    sentence = N_("The time stops at {stop} s, before the limit of {limit} s has its effect. Correct one of the two.")
    yield fault(f"{place}.stop", sentence, stop=aspect.stop, limit=limit)


def _of_most(aspect: Time, credit: TimeLeft, place: str) -> Faults:
    """Even who needs no time at all must be able to get all points."""
    if credit.per <= 0:
        return
    steps = credit.limit / credit.per
    match credit.count:
        case "begun":
            steps = steps.to_integral_value(ROUND_CEILING)
        case "full":
            steps = steps.to_integral_value(ROUND_FLOOR)
        case "exact":
            pass
    if steps * credit.gain < aspect.points:
        sentence = N_(
            "Even without any time used {id} gives {most} of its {points} points. Raise the gain, or lower them."
        )
        yield fault(f"{place}.gain", sentence, id=aspect.id, most=steps * credit.gain, points=aspect.points)


def _of_bands(credit: TimeBands, aspect: Time, place: str) -> Faults:
    if not credit.bands or credit.bands[0].keep < 1:
        yield fault(place, N_("No band of {id} keeps all of its points. Let the first one keep 1."), id=aspect.id)
    for at, band in listed(credit.bands, place):
        yield from above_zero(band.up_to, f"{at}.up_to")
        yield from share(band.keep, f"{at}.keep")
    for (_, before), (at, band) in pairwise(listed(credit.bands, place)):
        if band.up_to <= before.up_to:
            yield fault(f"{at}.up_to", N_("The times are out of order. List them from short to long."))
        if band.keep >= before.keep:
            sentence = N_("This band keeps no less than a nearer one before it. Lower its share, or join the two.")
            yield fault(f"{at}.keep", sentence)
        if aspect.stop is not None and before.up_to >= aspect.stop:
            sentence = N_("The time stops at {stop} s, so nothing reaches this band. Correct one of the two.")
            yield fault(f"{at}.up_to", sentence, stop=aspect.stop)
