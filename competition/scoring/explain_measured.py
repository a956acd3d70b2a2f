"""The steps from measured values to points: which reading counts, how far outside it lies, and what that keeps."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.guide import between, reach
from competition.scoring.links import BEYOND_LAST_BAND, alike, chain, gives, keeps, listed, loses
from competition.scoring.measured import Measured, band_of, grade_of, lost, range_of, what_counts
from competition.scoring.rounding import shown
from competition.scoring.tolerance import allowed, derivation
from schemas.aspects import BandedCredit, GradedCredit, Limits, LinearCredit, Measurement, RangedCredit
from schemas.base import Text

_TAKEN = {
    "worst": Text(zh="最差", en="worst"),
    "best": Text(zh="最好", en="best"),
    "mean": Text(zh="平均", en="mean"),
}

Links = tuple[Text, ...]


def measured_steps(aspect: Measurement, values: tuple[Decimal, ...], points: Decimal) -> tuple[Text, ...]:
    """How the tolerance came about, where it was worked out, and the chain from the readings to the points."""
    measured = what_counts(aspect, values)
    worked_out: Links = ()
    match aspect.credit:
        case RangedCredit() as credit:
            links = _in_ranges(aspect, credit, measured)
        case GradedCredit() as credit:
            links = _on_grades(aspect, credit, measured)
        case BandedCredit() | LinearCredit() as credit if isinstance(aspect.tolerance, Limits):
            links = (*_by_limits(aspect, aspect.tolerance, measured), *_kept(aspect, credit, measured))
        case BandedCredit() | LinearCredit() as credit:
            tolerance = aspect.tolerance
            worked_out = derivation(tolerance, aspect.unit, aspect.places)
            links = (*_off_nominal(aspect, measured), _by_tolerance(aspect, credit, allowed(tolerance), measured))
            links = (*links, *_kept(aspect, credit, measured))
    return (*worked_out, chain(*_readings(aspect, values, measured), *links, gives(points, aspect.points)))


def _readings(aspect: Measurement, values: tuple[Decimal, ...], measured: Measured) -> Links:
    readings = listed(values, aspect.places, aspect.unit)
    if len(values) == 1:
        return (readings,)
    name, figure = _TAKEN[aspect.take], shown(measured.value, aspect.places)
    return readings, Text(zh=f"{name.zh} {figure}", en=f"{name.en} {figure}")


def _off_nominal(aspect: Measurement, measured: Measured) -> Links:
    if not aspect.nominal:
        return ()
    off, nominal = shown(measured.off.copy_abs(), aspect.places), shown(aspect.nominal, aspect.places)
    return (Text(zh=f"与 {nominal} 相差 {off}", en=f"{off} off {nominal}"),)


def _by_tolerance(aspect: Measurement, credit: BandedCredit | LinearCredit, limit: Decimal, measured: Measured) -> Text:
    """Within or beyond a tolerance to both sides; the side is told where it matters."""
    over, within = shown(measured.excess, aspect.places), shown(limit, aspect.places)
    if measured.side == "within":
        return Text(zh=f"在允差 {within} 之内", en=f"within {within}")
    beyond = Text(zh=f"超出允差 {within} 达 {over}", en=f"+{over} over {within}")
    if isinstance(credit, LinearCredit) or all(band.side == "both" for band in credit.bands):
        return beyond
    if measured.side == "above":
        return Text(zh=f"偏大，{beyond.zh}", en=f"{beyond.en}, above")
    return Text(zh=f"偏小，{beyond.zh}", en=f"{beyond.en}, below")


def _by_limits(aspect: Measurement, limits: Limits, measured: Measured) -> Links:
    """Within or beyond limits of their own to each side, told as the readings they stand for."""
    low = None if limits.lower is None else aspect.nominal + limits.lower
    high = None if limits.upper is None else aspect.nominal + limits.upper
    over = shown(measured.excess, aspect.places)
    if measured.side == "above" and high is not None:
        limit = shown(high, aspect.places)
        return (Text(zh=f"高于上限 {limit} 达 {over}", en=f"{over} above {limit}"),)
    if measured.side == "below" and low is not None:
        limit = shown(low, aspect.places)
        return (Text(zh=f"低于下限 {limit} 达 {over}", en=f"{over} below {limit}"),)
    within = reach(low, high, aspect.places)
    return (Text(zh="两侧都不限", en="free to both sides") if within is None else _meets(within),)


def _kept(aspect: Measurement, credit: BandedCredit | LinearCredit, measured: Measured) -> Links:
    """What lies beyond the tolerance keeps or loses; nothing to tell within, or where it is pass or fail."""
    if measured.side == "within" or credit == BandedCredit():
        return ()
    if isinstance(credit, LinearCredit):
        step = shown(credit.per, aspect.places)
        return (loses(measured.excess, credit.lose, (credit.per, step), credit.count, lost(credit, measured)),)
    band = band_of(credit.bands, measured)
    return (BEYOND_LAST_BAND if band is None else keeps(band.keep),)


def _in_ranges(aspect: Measurement, credit: RangedCredit, measured: Measured) -> Links:
    nominal = shown(aspect.nominal, aspect.places)
    if not measured.off:
        return (Text(zh=f"等于 {nominal}", en=f"equals {nominal}"),)
    held = range_of(credit.ranges, measured.value)
    if held is None:
        return (alike(f"≠ {nominal}"), Text(zh="不在任何一档之内", en="within none of the ranges"))
    return _meets(between(held.lower, held.upper, aspect.places)), keeps(held.keep)


def _on_grades(aspect: Measurement, credit: GradedCredit, measured: Measured) -> Links:
    grade, wanted = grade_of(credit, measured.value), grade_of(credit, aspect.nominal)
    if grade is None:
        last = shown(credit.grades[-1], 0)
        return (Text(zh=f"超过最后一级 {last}", en=f"beyond the last grade {last}"),)
    reached = shown(credit.grades[grade], 0)
    of_grade = Text(zh=f"属 {reached} 级", en=f"grade {reached}")
    if wanted is None or grade <= wanted:
        return of_grade, _meets(f"≤ {shown(aspect.nominal, 0)}")
    worse, required = grade - wanted, shown(credit.grades[wanted], 0)
    by = Text(zh=f"比 {required} 级差 {worse} 级", en=f"worse than {required} by {worse}")
    if worse > len(credit.keep):
        return of_grade, by, BEYOND_LAST_BAND
    return of_grade, by, keeps(credit.keep[worse - 1])


def _meets(requirement: str) -> Text:
    return Text(zh=f"符合 {requirement}", en=f"meets {requirement}")
