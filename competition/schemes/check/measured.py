"""What can be wrong with a measurement: its instrument, its tolerance, and what beyond it keeps or loses."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from itertools import pairwise
from typing import Literal

from competition.schemes.check.places import (
    FINEST_PLACES,
    MOST_READINGS,
    Faults,
    above_zero,
    fault,
    listed,
    share,
    within,
)
from competition.scoring.rounding import settled
from competition.scoring.tolerance import sides
from schemas.aspects import (
    Band,
    BandedCredit,
    FixedTolerance,
    GradedCredit,
    Limits,
    LinearCredit,
    Measurement,
    Range,
    RangedCredit,
    Tolerance,
    ToleranceByLength,
    ToleranceBySize,
)
from schemas.problems import N_

Side = Literal["above", "below"]


def of_measurement(aspect: Measurement, place: str) -> Faults:
    """Everything about one measured aspect."""
    yield from _of_instrument(aspect, place)
    needs_tolerance = isinstance(aspect.credit, BandedCredit | LinearCredit)
    if needs_tolerance and aspect.tolerance is None:
        sentence = N_("{id} has no tolerance. Write the deviation allowed, 0 if none is.")
        yield fault(f"{place}.tolerance", sentence, id=aspect.id)
    elif not needs_tolerance and aspect.tolerance is not None:
        sentence = N_("{id} has its own ranges or grades, and no tolerance belongs to them. Take it out.")
        yield fault(f"{place}.tolerance", sentence, id=aspect.id)
    wrong = tuple(_of_tolerance(aspect.tolerance, f"{place}.tolerance"))
    yield from wrong
    if not wrong and (aspect.tolerance is not None or not needs_tolerance):
        yield from _of_grid(aspect, f"{place}.places")
    match aspect.credit:
        case BandedCredit(bands=bands):
            yield from _of_bands(bands, _sides(aspect.tolerance), f"{place}.credit.bands")
        case LinearCredit(lose=lose, per=per):
            yield from above_zero(lose, f"{place}.credit.lose")
            yield from above_zero(per, f"{place}.credit.per")
        case RangedCredit() as credit:
            yield from _of_ranges(credit, aspect, f"{place}.credit.ranges")
        case GradedCredit() as credit:
            yield from _of_grades(credit, aspect.nominal, f"{place}.credit")


def _of_instrument(aspect: Measurement, place: str) -> Faults:
    yield from within(aspect.places, 0, FINEST_PLACES, f"{place}.places")
    yield from within(aspect.readings, 1, MOST_READINGS, f"{place}.readings")
    if aspect.least is not None and aspect.least > aspect.nominal:
        sentence = N_("{id}: the nominal value {nominal} is below the least reading {least}. Correct one of them.")
        yield fault(f"{place}.least", sentence, id=aspect.id, nominal=aspect.nominal, least=aspect.least)
    if aspect.most is not None and aspect.most < aspect.nominal:
        sentence = N_("{id}: the nominal value {nominal} is above the greatest reading {most}. Correct one of them.")
        yield fault(f"{place}.most", sentence, id=aspect.id, nominal=aspect.nominal, most=aspect.most)


def _of_grid(aspect: Measurement, place: str) -> Faults:
    """What the instrument shows comes in steps, and one of them, or a mean of some, must be within what is allowed."""
    lower, upper = sides(aspect)
    if lower is None or upper is None:
        return
    steps = Decimal(max(aspect.readings, 1) if aspect.take == "mean" else 1).scaleb(aspect.places)
    lowest, highest = settled(aspect.nominal + lower), settled(aspect.nominal + upper)
    if (lowest * steps).to_integral_value(ROUND_CEILING) > highest * steps:
        sentence = N_(
            "No reading with {places} decimals lies from {lowest} to {highest}, so none of {id} can be good. Give the "
            "instrument more decimals, or widen what is allowed."
        )
        yield fault(place, sentence, places=aspect.places, lowest=lowest, highest=highest, id=aspect.id)


# Tolerances -----------------------------------------------------------------------------------------------------------


def _of_tolerance(tolerance: Tolerance | None, place: str) -> Faults:
    match tolerance:
        case FixedTolerance(allowed=allowed):
            yield from _of_deviation(allowed, place)
        case Limits(lower=None, upper=None):
            yield fault(place, N_("Both sides are free, so every reading is good. Write lower, upper or both."))
        case Limits(lower=lower, upper=upper) if lower is not None and upper is not None and lower > upper:
            sentence = N_("The lower limit {lower} is above the upper limit {upper}. Exchange or correct them.")
            yield fault(f"{place}.lower", sentence, lower=lower, upper=upper)
        case ToleranceByLength(allowed=allowed, per=per, length=length):
            yield from _of_deviation(allowed, place)
            yield from above_zero(per, f"{place}.per")
            yield from above_zero(length, f"{place}.length")
        case ToleranceBySize():
            yield from _of_sizes(tolerance, place)


def _of_sizes(tolerance: ToleranceBySize, place: str) -> Faults:
    yield from above_zero(tolerance.size, f"{place}.size")
    if tolerance.size > max((step.up_to for step in tolerance.steps), default=Decimal(0)):
        sentence = N_("No step reaches the size {size}. Add one that does, or correct the size.")
        yield fault(f"{place}.size", sentence, size=tolerance.size)
    for (_, before), (at, step) in pairwise(listed(tolerance.steps, f"{place}.steps")):
        if step.up_to <= before.up_to:
            yield fault(f"{at}.up_to", N_("The sizes are out of order. List them from small to large."))
    for at, step in listed(tolerance.steps, f"{place}.steps"):
        yield from _of_deviation(step.allowed, at)


def _of_deviation(allowed: Decimal, place: str) -> Faults:
    if allowed < 0:
        yield fault(f"{place}.allowed", N_("A tolerance cannot be negative. Write the deviation allowed, 0 or more."))


def _sides(tolerance: Tolerance | None) -> tuple[Side, ...]:
    """The sides on which a reading can be out of tolerance."""
    match tolerance:
        case Limits(lower=None):
            return ("above",)
        case Limits(upper=None):
            return ("below",)
        case _:
            return ("above", "below")


# Credits --------------------------------------------------------------------------------------------------------------


def _of_bands(bands: tuple[Band, ...], sides: tuple[Side, ...], place: str) -> Faults:
    """On its side each band reaches further than those before it and keeps less; otherwise one of them never counts."""
    nearest: dict[Side, Band] = {}
    for at, band in listed(bands, place):
        yield from share(band.keep, f"{at}.keep")
        yield from above_zero(band.over_up_to, f"{at}.over_up_to")
        its_sides = [side for side in sides if band.side in ("both", side)]
        before = [nearest[side] for side in its_sides if side in nearest]
        reached = [side for side in its_sides if side not in nearest or nearest[side].over_up_to < band.over_up_to]
        if not its_sides:
            yield fault(
                f"{at}.side", N_("The tolerance leaves this side free, so nothing reaches this band. Take it out.")
            )
        elif not reached:
            sentence = N_("Nothing reaches this band: the one before it goes to {before}. List them from near to far.")
            yield fault(f"{at}.over_up_to", sentence, before=min(one.over_up_to for one in before))
        if any(band.keep >= one.keep for one in before):
            sentence = N_("This band keeps no less than a nearer one before it. Lower its share, or join the two.")
            yield fault(f"{at}.keep", sentence)
        nearest |= dict.fromkeys(reached, band)


def _of_ranges(credit: RangedCredit, aspect: Measurement, place: str) -> Faults:
    if not credit.ranges:
        yield fault(place, N_("There is no range. Write one or more."))
    for number, (at, one) in enumerate(listed(credit.ranges, place)):
        yield from share(one.keep, f"{at}.keep")
        if one.lower > one.upper:
            sentence = N_("The lower limit {lower} is above the upper limit {upper}. Exchange or correct them.")
            yield fault(f"{at}.lower", sentence, lower=one.lower, upper=one.upper)
            continue
        is_below = aspect.least is not None and one.upper < aspect.least
        if is_below or (aspect.most is not None and one.lower > aspect.most):
            yield fault(at, N_("No reading of the instrument is in this range. Correct it, or take it out."))
        for earlier_at, earlier in list(listed(credit.ranges, place))[:number]:
            yield from _of_two_ranges(earlier, one, earlier_at, at)


def _of_two_ranges(earlier: Range, later: Range, earlier_place: str, place: str) -> Faults:
    """A later range may lie beside an earlier one or hold all of it; the earlier one counts where both hold a reading."""
    if earlier.lower <= later.lower and later.upper <= earlier.upper:
        sentence = N_("Nothing reaches this range: {earlier} holds all of it. List them from narrow to wide.")
        yield fault(place, sentence, earlier=earlier_place)
    elif max(earlier.lower, later.lower) < min(earlier.upper, later.upper) and not (
        later.lower <= earlier.lower and earlier.upper <= later.upper
    ):
        sentence = N_("This range overlaps with {earlier}. Let one end where the other begins.")
        yield fault(place, sentence, earlier=earlier_place)


def _of_grades(credit: GradedCredit, nominal: Decimal, place: str) -> Faults:
    if not credit.grades:
        yield fault(f"{place}.grades", N_("There is no grade. Write one or more."))
        return
    for (_, before), (at, grade) in pairwise(listed(credit.grades, f"{place}.grades")):
        if grade <= before:
            yield fault(at, N_("The grades are out of order. List them from small to large."))
    if nominal > max(credit.grades):
        sentence = N_("No grade reaches the nominal value {nominal}. Add one that does, or correct the value.")
        yield fault(f"{place}.grades", sentence, nominal=nominal)
    for at, keep in listed(credit.keep, f"{place}.keep"):
        yield from share(keep, at)
    for (_, kept), (at, keep) in pairwise(listed(credit.keep, f"{place}.keep")):
        if keep >= kept:
            yield fault(at, N_("A grade further off keeps no less than the one before it. Lower its share."))
    worse = sum(grade > nominal for grade in credit.grades) - (nominal not in credit.grades)
    if len(credit.keep) > max(worse, 0):
        sentence = N_(
            "Only {worse} grades are worse than that of the nominal value, but {shares} shares are kept. Take some out."
        )
        yield fault(f"{place}.keep", sentence, worse=max(worse, 0), shares=len(credit.keep))
