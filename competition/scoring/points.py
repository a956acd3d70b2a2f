"""From a reading to points: what one judge's values of one aspect give, and the steps that explain it.

One small function for each kind of aspect. The values have passed ``readings.check_reading``; the steps depend on their numeric
value only, so that 0.5 and 0.50 read alike.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from competition.scoring.rounding import quotient, shown, trimmed
from competition.scoring.tolerance import allowed, derivation
from schemas.base import Text
from schemas.marks import MarkState
from schemas.scheme import (
    Aspect,
    BandedCredit,
    Binary,
    Choice,
    Deduction,
    Judgement,
    LinearCredit,
    Measurement,
    Score,
)

HIGHEST_LEVEL = 3

_WITHOUT_READING = {
    "not_measured": Text(zh="未测量 → 不得分", en="not measured → no points"),
    "absent": Text(zh="缺席 → 不得分", en="absent → no points"),
    "not_attempted": Text(zh="未做 → 不得分", en="not attempted → no points"),
}

Outcome = tuple[Decimal, tuple[Text, ...]]


def mark_points(aspect: Aspect, values: tuple[Decimal, ...], state: MarkState) -> Outcome:
    """The points that ``values`` give, 0 to ``aspect.points``, and the steps to them in both languages."""
    if state != "marked":
        return Decimal(0), (_WITHOUT_READING[state],)
    match aspect:
        case Binary():
            points, steps = _binary(aspect, values[0])
        case Choice():
            points, steps = _choice(aspect, values[0])
        case Measurement():
            points, steps = _measurement(aspect, values)
        case Deduction():
            points, steps = _deduction(aspect, values)
        case Judgement():
            points, steps = _judgement(aspect, values[0])
        case Score():
            points, steps = _score(aspect, values[0])
    return trimmed(points), steps


def exact_points(aspect: Aspect, values: tuple[Decimal, ...], state: MarkState, parts: int) -> Decimal:
    """The same points times ``parts``, a multiple of 3: exact even for thirds, which have no last decimal."""
    if isinstance(aspect, Judgement) and state == "marked":
        return aspect.points * values[0] * (parts // HIGHEST_LEVEL)
    return mark_points(aspect, values, state)[0] * parts


def _binary(aspect: Binary, value: Decimal) -> Outcome:
    points = aspect.points if value else Decimal(0)
    return points, (_chain(Text(zh="是", en="yes") if value else Text(zh="否", en="no"), _gives(points, aspect)),)


def _choice(aspect: Choice, value: Decimal) -> Outcome:
    option = aspect.options[int(value)]
    chosen = Text(zh=f"“{option.name.zh}”", en=f"“{option.name.en}”")
    return option.points, (_chain(chosen, _gives(option.points, aspect)),)


def _measurement(aspect: Measurement, values: tuple[Decimal, ...]) -> Outcome:
    worst = max(values, key=lambda value: (abs(value - aspect.nominal), value))
    limit = allowed(aspect.tolerance)
    excess = abs(worst - aspect.nominal) - limit
    points, credit = _credit(aspect, excess, limit)
    reading = (*_worst_of(aspect, values, worst), *_off_nominal(aspect, worst))
    steps = derivation(aspect.tolerance, aspect.unit, aspect.places)
    return points, (*steps, _chain(*reading, *credit, _gives(points, aspect)))


def _worst_of(aspect: Measurement, values: tuple[Decimal, ...], worst: Decimal) -> tuple[Text, ...]:
    readings = ", ".join(shown(value, aspect.places) for value in values) + f" {aspect.unit}"
    if len(values) == 1:
        return (Text(zh=readings, en=readings),)
    figure = shown(worst, aspect.places)
    return (Text(zh=readings, en=readings), Text(zh=f"最差 {figure}", en=f"worst {figure}"))


def _off_nominal(aspect: Measurement, worst: Decimal) -> tuple[Text, ...]:
    if not aspect.nominal:
        return ()
    off, nominal = shown(abs(worst - aspect.nominal), aspect.places), shown(aspect.nominal, aspect.places)
    return (Text(zh=f"与 {nominal} 相差 {off}", en=f"{off} off {nominal}"),)


def _credit(aspect: Measurement, excess: Decimal, limit: Decimal) -> tuple[Decimal, tuple[Text, ...]]:
    over, within = shown(excess, aspect.places), shown(limit, aspect.places)
    if excess <= 0:
        return aspect.points, (Text(zh=f"在允差 {within} 之内", en=f"within {within}"),)
    beyond = Text(zh=f"超出允差 {within} 达 {over}", en=f"+{over} over {within}")
    match aspect.credit:
        case BandedCredit(bands=()):
            return Decimal(0), (beyond,)
        case BandedCredit(bands=bands):
            keep = next((band.keep for band in bands if excess <= band.over_up_to), None)
            if keep is None:
                return Decimal(0), (beyond, Text(zh="超过最后一档", en="beyond the last band"))
            percent = shown(keep * 100, 0)
            return aspect.points * keep, (beyond, Text(zh=f"保留 {percent} %", en=f"keeps {percent} %"))
        case LinearCredit(lose=lose, per=per):
            begun = (excess / per).to_integral_value(ROUND_CEILING)
            lost, each, step = shown(begun * lose, 2), shown(lose, 2), shown(per, aspect.places)
            zh = f"每超 {step} 扣 {each}，计 {begun} 次，扣 {lost}"
            en = f"{begun} × {step} begun, {each} each: −{lost}"
            return max(aspect.points - begun * lose, Decimal(0)), (beyond, Text(zh=zh, en=en))


def _deduction(aspect: Deduction, counts: tuple[Decimal, ...]) -> Outcome:
    lost, steps = Decimal(0), []
    for item, count in zip(aspect.items, counts, strict=True):
        if not count:
            continue
        taken = count * item.each if item.cap is None else min(count * item.each, item.cap)
        lost += taken
        sum_zh = sum_en = f"{shown(count, 0)} × {shown(item.each, 2)} = {shown(count * item.each, 2)}"
        if taken < count * item.each:
            sum_zh, sum_en = f"{sum_zh}，最多 {shown(taken, 2)}", f"{sum_en}, at most {shown(taken, 2)}"
        steps.append(
            Text(
                zh=f"{item.name.zh}：{sum_zh} → −{shown(taken, 2)}",
                en=f"{item.name.en}: {sum_en} → −{shown(taken, 2)}",
            )
        )
    points = max(aspect.points - lost, Decimal(0))
    if lost:
        in_all = Text(zh=f"合计 −{shown(lost, 2)}", en=f"−{shown(lost, 2)} in all")
    else:
        in_all = Text(zh="无扣分", en="nothing deducted")
    return points, (*steps, _chain(in_all, _gives(points, aspect)))


def _judgement(aspect: Judgement, value: Decimal) -> Outcome:
    level = int(value)
    points = quotient(aspect.points * level, HIGHEST_LEVEL)
    described, full = aspect.levels[level], shown(aspect.points, 2)
    chosen = Text(
        zh=f"等级 {level}（最高 {HIGHEST_LEVEL}）：“{described.zh}”",
        en=f"level {level} of {HIGHEST_LEVEL}: “{described.en}”",
    )
    share = Text(zh=f"{full} 的 {level}/{HIGHEST_LEVEL}", en=f"{level}/{HIGHEST_LEVEL} of {full}")
    return points, (_chain(chosen, share, _gives(points, aspect)),)


def _score(aspect: Score, value: Decimal) -> Outcome:
    given = shown(value, 0)
    return value, (_chain(Text(zh=f"评 {given} 分", en=f"{given} given"), _gives(value, aspect)),)


def _gives(points: Decimal, aspect: Aspect) -> Text:
    """The end of every chain: how many of the aspect's points."""
    given, full = shown(points, 2), shown(aspect.points, 2)
    return Text(zh=f"得 {given} / {full} 分", en=f"{given} of {full}")


def _chain(*links: Text) -> Text:
    """One step made of several links, joined by arrows."""
    return Text(zh=" → ".join(link.zh for link in links), en=" → ".join(link.en for link in links))
