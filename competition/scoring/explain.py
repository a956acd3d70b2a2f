"""The steps that explain what a reading gives, in both languages: every figure that the rule used, up to the points.

One small function for each kind of aspect. The steps depend on the readings' numeric value only, so that 0.5 and 0.50 read alike.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

from competition.scoring.explain_measured import measured_steps
from competition.scoring.explain_timed import timed_steps
from competition.scoring.links import chain, gives, keeps, part_of
from competition.scoring.points import deducted, exact_points, highest_score, taken
from competition.scoring.rounding import EXACT, figure, shown
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
    Score,
    Time,
)
from schemas.base import Text
from schemas.marks import MarkState

_WITHOUT_READING = {
    "not_measured": Text(zh="未测量 → 不得分", en="not measured → no points"),
    "absent": Text(zh="缺席 → 不得分", en="absent → no points"),
    "not_attempted": Text(zh="未做 → 不得分", en="not attempted → no points"),
    "did_not_finish": Text(zh="未完成 → 不得分", en="did not finish → no points"),
    "disqualified": Text(zh="取消资格 → 不得分", en="disqualified → no points"),
    "excluded": Text(zh="不参评 → 不得分", en="excluded → no points"),
}

Steps = tuple[Text, ...]


def mark_points(aspect: Aspect, values: tuple[Decimal, ...], state: MarkState) -> tuple[Decimal, Steps]:
    """The points that one judge's readings give, as a figure to write down, and the steps to them.

    Without a reading there are none; what the scheme's ``states`` make of that is said where the panel's figure is made.
    """
    if state != "marked":
        return Decimal(0), (_WITHOUT_READING[state],)
    with localcontext(EXACT):
        points = exact_points(aspect, values)
        return figure(points), _steps(aspect, values, points)


def _steps(aspect: Aspect, values: tuple[Decimal, ...], points: Decimal) -> Steps:  # noqa: PLR0911 - one for each kind
    match aspect:
        case Binary():
            return _binary(aspect, values[0], points)
        case Count():
            return _count(aspect, values[0], points)
        case Choice():
            return _choice(aspect, values[0], points)
        case Measurement():
            return measured_steps(aspect, values, points)
        case Deduction():
            return _deduction(aspect, values, points)
        case Judgement():
            return _judgement(aspect, values[0], points)
        case Score():
            return _score(aspect, values[0])
        case Time():
            return timed_steps(aspect, values, points)
        case External():
            return _external(aspect, values[0], points)


def _binary(aspect: Binary, value: Decimal, points: Decimal) -> Steps:
    return (chain(Text(zh="是", en="yes") if value else Text(zh="否", en="no"), gives(points, aspect.points)),)


def _count(aspect: Count, value: Decimal, points: Decimal) -> Steps:
    done = Text(
        zh=f"完成 {shown(value, 0)} 项，共 {aspect.possible} 项", en=f"{shown(value, 0)} of {aspect.possible} done"
    )
    return (chain(done, part_of(aspect.points, value, aspect.possible), gives(points, aspect.points)),)


def _choice(aspect: Choice, value: Decimal, points: Decimal) -> Steps:
    option = aspect.options[int(value)]
    chosen = Text(zh=f"“{option.name.zh}”", en=f"“{option.name.en}”")
    kept = () if option.points is not None or option.keep is None else (keeps(option.keep),)
    return (chain(chosen, *kept, gives(points, aspect.points)),)


def _deduction(aspect: Deduction, counts: tuple[Decimal, ...], points: Decimal) -> Steps:
    faults = tuple(_fault(item, count) for item, count in zip(aspect.items, counts, strict=True) if count)
    lost = deducted(aspect, counts)
    in_all = Text(zh="无扣分", en="nothing deducted")
    if faults:
        in_all = Text(zh=f"合计 −{shown(lost, 2)}", en=f"−{shown(lost, 2)} in all")
    floor: Steps = ()
    if aspect.least and aspect.points - lost < aspect.least:
        least = shown(aspect.least, 2)
        floor = (Text(zh=f"最低 {least}", en=f"not below {least}"),)
    return (*faults, chain(in_all, *floor, gives(points, aspect.points)))


def _fault(item: DeductionItem, count: Decimal) -> Text:
    off, whole = shown(taken(item, count), 2), count * item.each
    zh = en = f"{shown(count, 0)} × {shown(item.each, 2)} = {shown(whole, 2)}"
    if item.cap is not None and item.cap < whole:
        zh, en = f"{zh}，最多 {off}", f"{en}, at most {off}"
    return Text(zh=f"{item.name.zh}：{zh} → −{off}", en=f"{item.name.en}: {en} → −{off}")


def _judgement(aspect: Judgement, value: Decimal, points: Decimal) -> Steps:
    level, highest = int(value), len(aspect.levels) - 1
    described = aspect.levels[level]
    chosen = Text(
        zh=f"等级 {level}（最高 {highest}）：“{described.zh}”", en=f"level {level} of {highest}: “{described.en}”"
    )
    return (chain(chosen, part_of(aspect.points, value, highest), gives(points, aspect.points)),)


def _score(aspect: Score, value: Decimal) -> Steps:
    """A factor is told, but not yet applied: it multiplies the panel's figure."""
    given = shown(value, 0)
    links = [Text(zh=f"评 {given} 分", en=f"{given} given")]
    if aspect.factor != 1:
        factor = shown(aspect.factor, 0)
        links.append(Text(zh=f"系数 {factor} 在裁判合计后再乘", en=f"factor {factor} is applied to the panel's figure"))
    return (chain(*links, gives(value, highest_score(aspect))),)


def _external(aspect: External, value: Decimal, points: Decimal) -> Steps:
    out_of = shown(aspect.out_of, 0)
    brought = Text(zh=f"成绩 {shown(value, 0)}，满分 {out_of}", en=f"{shown(value, 0)} out of {out_of}")
    return (chain(brought, part_of(aspect.points, value, aspect.out_of), gives(points, aspect.points)),)
