"""From a reading to points: what one judge's readings of one aspect give, exactly, and between which bounds.

One small function for each kind of aspect. The readings have passed ``readings.check_reading``. Everything is computed in
``rounding.EXACT``, whatever context the caller works in; nothing is rounded, and a score is not yet multiplied by its factor.
"""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.arithmetic import NOTHING, share, total
from competition.scoring.measured import measured_points
from competition.scoring.rounding import EXACT
from competition.scoring.timed import timed_points
from schemas.aspects import (
    Aspect,
    Binary,
    Choice,
    Count,
    Deduction,
    DeductionItem,
    External,
    Judgement,
    Measurement,
    Option,
    Score,
    Time,
    TimeItself,
)


def exact_points(aspect: Aspect, values: tuple[Decimal, ...]) -> Decimal:  # noqa: PLR0911 - one for each kind
    """The points that one judge's readings give."""
    match aspect:
        case Binary():
            return aspect.points if values[0] else NOTHING
        case Judgement():
            return share(aspect.points, values[0], len(aspect.levels) - 1)
        case Score():
            return values[0]
        case Measurement():
            return measured_points(aspect, values)
        case Deduction():
            return max(EXACT.subtract(aspect.points, deducted(aspect, values)), aspect.least)
        case Choice():
            return option_points(aspect, aspect.options[int(values[0])])
        case Count():
            return share(aspect.points, values[0], aspect.possible)
        case Time():
            return timed_points(aspect, values)
        case External():
            return share(aspect.points, values[0], aspect.out_of)


def most_points(aspect: Aspect) -> Decimal:
    """The most that the aspect's figure can be."""
    if isinstance(aspect, Time) and isinstance(aspect.credit, TimeItself):
        return NOTHING
    return aspect.points


def least_points(aspect: Aspect) -> Decimal:
    """The least that the aspect's figure can be; below zero where an aspect may take from its group."""
    match aspect:
        case Deduction():
            return aspect.least
        case Score():
            return EXACT.multiply(aspect.least, aspect.factor)
        case Choice():
            return min((option_points(aspect, option) for option in aspect.options), default=NOTHING)
        case _:
            return NOTHING


def highest_score(aspect: Score) -> Decimal:
    """The highest score a judge can give, before the factor."""
    return aspect.points if aspect.most is None else aspect.most


def option_points(aspect: Choice, option: Option) -> Decimal:
    """What an option of a choice gives: its own points, or the share it keeps."""
    if option.points is not None:
        return option.points
    return EXACT.multiply(aspect.points, option.keep or NOTHING)


def deducted(aspect: Deduction, counts: tuple[Decimal, ...]) -> Decimal:
    """What all faults together take, however many points there are."""
    return total(taken(item, count) for item, count in zip(aspect.items, counts, strict=True))


def taken(item: DeductionItem, count: Decimal) -> Decimal:
    """What ``count`` faults of one kind take."""
    whole = EXACT.multiply(count, item.each)
    return whole if item.cap is None else min(whole, item.cap)
