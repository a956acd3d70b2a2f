"""Scaled figures: exact until the one rounding at the end, with what they were made from, for everybody to recompute."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, localcontext
from uuid import UUID

from competition.scoring.arithmetic import mean, total
from competition.scoring.rounding import EXACT, figure, rounded, settled
from schemas.closing import PercentOfBest, Scale, WorldSkillsLike, ZScore

Inputs = dict[str, Decimal]
"""What a scale was made from: ``best``; ``median`` and ``mad``, with what stands for it when zero; ``mean`` and ``deviation``."""

_NORMAL_BY_MEAN_DEVIATION = Decimal("1.253314")
"""The standard deviation of a normal distribution in mean absolute deviations, √(π/2), to six places."""


def scaled(scale: Scale | None, totals: Mapping[UUID, Decimal]) -> tuple[dict[UUID, Decimal], Inputs]:
    """Each total on the scale of the whole field, and what the scale was made from; without a scale or a field there is neither."""
    if scale is None or not totals:
        return {}, {}
    with localcontext(EXACT):
        match scale:
            case PercentOfBest():
                figures, inputs = _percent_of_best(totals)
            case WorldSkillsLike():
                figures, inputs = _worldskills_like(scale, totals)
            case ZScore():
                figures, inputs = _z_score(scale, totals)
    on_scale = {entrant_id: figure(rounded(value, scale.rounding)) for entrant_id, value in figures.items()}
    return on_scale, {name: figure(value) for name, value in inputs.items()}


def median(values: Collection[Decimal]) -> Decimal:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    lower, upper = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return EXACT.divide(EXACT.add(lower, upper), 2)


def _percent_of_best(totals: Mapping[UUID, Decimal]) -> tuple[Mapping[UUID, Decimal], Inputs]:
    """Where nobody is above zero there is nothing to be a percentage of, and everybody has 0."""
    best = max(totals.values())
    share = {entrant_id: 100 * points / best if best > 0 else Decimal(0) for entrant_id, points in totals.items()}
    return share, {"best": best}


def _worldskills_like(scale: WorldSkillsLike, totals: Mapping[UUID, Decimal]) -> tuple[Mapping[UUID, Decimal], Inputs]:
    middle = median(totals.values())
    mad = median([abs(points - middle) for points in totals.values()])
    inputs = {"median": middle, "mad": mad}
    is_flat = not settled(mad)
    unit = scale.factor * mad
    if is_flat and scale.when_flat == "mean_deviation":
        inputs["mean_deviation"] = mean([abs(points - middle) for points in totals.values()])
        unit = _NORMAL_BY_MEAN_DEVIATION * inputs["mean_deviation"]
    elif is_flat and scale.when_flat == "standard_deviation":
        unit = inputs["standard_deviation"] = _deviation(totals.values(), len(totals))
    around = _around(scale.centre, scale.spread, totals, middle, unit)
    return {entrant_id: min(max(value, scale.least), scale.most) for entrant_id, value in around.items()}, inputs


def _z_score(scale: ZScore, totals: Mapping[UUID, Decimal]) -> tuple[Mapping[UUID, Decimal], Inputs]:
    middle = mean(list(totals.values()))
    deviation = _deviation(totals.values(), len(totals) if scale.of == "field" else len(totals) - 1)
    return _around(scale.centre, scale.spread, totals, middle, deviation), {"mean": middle, "deviation": deviation}


def _around(
    centre: Decimal, spread: Decimal, totals: Mapping[UUID, Decimal], middle: Decimal, unit: Decimal
) -> Mapping[UUID, Decimal]:
    """``centre + spread x (total - middle) / unit``; everybody at the centre where the unit is nothing."""
    if not settled(unit):
        return dict.fromkeys(totals, centre)
    return {entrant_id: centre + spread * (points - middle) / unit for entrant_id, points in totals.items()}


def _deviation(values: Collection[Decimal], divisor: int) -> Decimal:
    """The root of the mean square deviation; nothing in a field whose values do not differ."""
    if len({settled(value) for value in values}) == 1:
        return Decimal(0)
    middle = mean(list(values))
    return (total((value - middle) ** 2 for value in values) / divisor).sqrt()
