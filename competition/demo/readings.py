"""Plausible readings: what a judge would enter for an entrant of some skill, for every kind of aspect."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from random import Random

from competition.scoring.plausible import longest
from competition.scoring.points import highest_score, option_points
from competition.scoring.readings import expected_readings
from competition.scoring.tolerance import sides
from schemas.aspects import (
    Aspect,
    Binary,
    Choice,
    Count,
    Deduction,
    External,
    GradedCredit,
    Judgement,
    Measurement,
    RangedCredit,
    Score,
    Time,
)

SOME_TIME = Decimal(120)
"""Seconds; how long a task takes whose rule names no time."""


def reading(aspect: Aspect, skill: float, chance: Random) -> tuple[Decimal, ...]:  # noqa: PLR0911 - one for each kind
    """A plausible reading for an entrant of this skill (0 to 1)."""
    match aspect:
        case Binary():
            return (Decimal(int(chance.random() < 0.35 + 0.65 * skill)),)
        case Count(possible=possible):
            return (Decimal(sum(chance.random() < 0.35 + 0.6 * skill for _ in range(possible))),)
        case Choice(options=options):
            best = max(range(len(options)), key=lambda place: option_points(aspect, options[place]))
            return (Decimal(best if chance.random() < skill else chance.randrange(len(options))),)
        case Measurement():
            return tuple(_measured(aspect, skill, chance) for _ in range(expected_readings(aspect)))
        case Deduction(items=items):
            return tuple(Decimal(sum(chance.random() > 0.45 + 0.5 * skill for _ in range(3))) for _ in items)
        case Judgement(levels=levels):
            highest = len(levels) - 1
            return (Decimal(min(highest, max(0, round(chance.gauss(0.2 + 0.8 * skill, 0.17) * highest)))),)
        case Score(least=least, step=step):
            score = least + (highest_score(aspect) - least) * _share(skill, chance)
            return (max(_down_to(score, step), (least / step).to_integral_value(ROUND_CEILING) * step),)
        case Time(runs=runs):
            return tuple(_timed(aspect, skill, chance) for _ in range(runs))
        case External(out_of=out_of, places=places):
            return ((out_of * _share(skill, chance)).quantize(Decimal(1).scaleb(-places), ROUND_DOWN),)


def _measured(aspect: Measurement, skill: float, chance: Random) -> Decimal:
    """A value that a skilled hand keeps near what the rule asks for, within what the instrument shows."""
    match aspect.credit:
        case RangedCredit(ranges=ranges) if ranges and chance.random() > skill / 2:
            held = chance.choice(ranges)
            value = held.lower + (held.upper - held.lower) * _figure(chance.random())
        case GradedCredit(grades=grades):
            worse = [grade for grade in grades if grade >= aspect.nominal] or list(grades)
            value = worse[min(len(worse) - 1, int(abs(chance.gauss(0, 2 - 1.5 * skill))))]
        case _:
            value = aspect.nominal + _off(aspect, skill, chance)
    if aspect.least is not None:
        value = max(value, aspect.least)
    if aspect.most is not None:
        value = min(value, aspect.most)
    return value.quantize(Decimal(1).scaleb(-aspect.places), ROUND_DOWN)


def _off(aspect: Measurement, skill: float, chance: Random) -> Decimal:
    """A deviation from the nominal value; geometric errors, whose nominal value is zero, have no sign."""
    spread = _figure(chance.gauss(0, 1.5 - skill))
    lower, upper = sides(aspect)
    if lower is None or upper is None:
        edge = next((side for side in (upper, lower) if side is not None), Decimal(0))
        inwards = (abs(edge) or Decimal(1)) * (1 if upper is None else -1)
        return edge + inwards * (1 + spread)
    if aspect.nominal == 0 and lower == -upper:
        return upper * abs(spread)
    return (lower + upper) / 2 + (upper - lower) / 2 * spread


def _timed(aspect: Time, skill: float, chance: Random) -> Decimal:
    """A time that a skilled entrant keeps well under what the rule names."""
    seconds = (longest(aspect) or SOME_TIME) * _figure(max(0.1, chance.gauss(1.15 - 0.5 * skill, 0.08)))
    smallest = Decimal(1).scaleb(-aspect.places)
    return max(seconds.quantize(smallest, ROUND_DOWN), smallest)


def _share(skill: float, chance: Random) -> Decimal:
    return _figure(min(1.0, max(0.2, chance.gauss(0.45 + 0.5 * skill, 0.05))))


def _down_to(value: Decimal, step: Decimal) -> Decimal:
    """The multiple of ``step`` at ``value`` or next to it, towards zero."""
    return (value / step).to_integral_value(ROUND_DOWN) * step


def _figure(number: float) -> Decimal:
    """A chance number as a figure; it makes a reading up and never touches a mark."""
    return Decimal(str(round(number, 4)))
