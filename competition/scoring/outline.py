"""The trace in words above the single reading: how judges became one figure, and what was done to a sum. Both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from competition.scoring.compute import ZERO, Computed, capped, is_open
from competition.scoring.panels import combined, together
from competition.scoring.plan import AspectPlan, GroupPlan, Plan
from competition.scoring.rounding import EXACT, rounded, settled, shown
from schemas.aspects import Rounding
from schemas.base import Text
from schemas.marks import WithoutReading
from schemas.scheme import Panel, StateRule

_MODES = {
    "half_up": Text(zh="四舍五入", en="half up"),
    "half_even": Text(zh="四舍六入五成双", en="half to even"),
    "down": Text(zh="截尾", en="cut off"),
}
_COMBINED = {
    "sum": Text(zh="之和", en="sum"),
    "mean": Text(zh="平均", en="mean"),
    "median": Text(zh="中位数", en="median"),
}


def panel_steps(
    aspect: AspectPlan,
    given: Sequence[Decimal],
    counted: Sequence[int],
    state: WithoutReading | None,
    rules: Mapping[WithoutReading, StateRule],
) -> tuple[Text, ...]:
    """How the points of an aspect's judges became its figure; nothing to tell of a single judge's own."""
    if state is not None:
        if rules[state].gives == "everything":
            return (
                Text(
                    zh=f"按规则得满分 {_figure(aspect.aspect.points)}",
                    en=f"by rule all {_figure(aspect.aspect.points)} points",
                ),
            )
        return ()
    if not counted:
        return ()
    panel, steps = aspect.panel, []
    figure = together([given[place] for place in counted], panel)
    if len(given) > 1:
        steps.append(_combination(panel, given, counted, figure))
    if panel.rounding is not None and panel.by == "aspect":
        figure = combined(given, panel)
        steps.append(_rounding(panel.rounding, figure))
    if aspect.factor is not None:
        figure = aspect.weighed(figure)
        steps.append(_same(f"× {_figure(aspect.factor)} = {_figure(figure)}"))
    if aspect.aspect.rounding is not None and panel.by == "aspect":
        steps.append(_rounding(aspect.aspect.rounding, aspect.figure[tuple(given)]))
    return tuple(steps)


def group_steps(group: GroupPlan, computed: Computed) -> tuple[Text, ...]:
    """What was done to the sum of a group's parts; nothing to tell of a plain sum."""
    return tuple(_group_steps(group, computed)) if computed.figures[group.place] is not None else ()


def total_steps(plan: Plan, computed: Computed) -> tuple[Text, ...]:
    """How the stages' contributions, less the penalties, became the total."""
    return tuple(_total_steps(plan, computed))


def _combination(panel: Panel, given: Sequence[Decimal], counted: Sequence[int], figure: Decimal) -> Text:
    """Judges' points in order, the dropped ones in brackets: 8, 9, (10), (6) → mean 8.5."""
    listed = ", ".join(
        _figure(points) if place in counted else f"({_figure(points)})" for place, points in enumerate(given)
    )
    how = _COMBINED[panel.combine]
    return Text(zh=f"{listed} → {how.zh} {_figure(figure)}", en=f"{listed} → {how.en} {_figure(figure)}")


def _group_steps(group: GroupPlan, computed: Computed) -> Iterator[Text]:
    points = computed.sums[group.place]
    if group.scale is not None:
        most, full = group.scale
        scaled = EXACT.divide(EXACT.multiply(points, most), full)
        yield _same(f"{_figure(points)} × {_figure(most)} / {_figure(full)} = {_figure(scaled)}")
        points = scaled
    if settled(points) > group.group.points:
        points = group.group.points
        yield Text(zh=f"最多 {_figure(points)} 分", en=f"at most {_figure(points)}")
    if settled(points) < group.group.floor:
        points = group.group.floor
        yield Text(zh=f"最少 {_figure(points)} 分", en=f"at least {_figure(points)}")
    if group.group.rounding is not None:
        yield _rounding(group.group.rounding, rounded(points, group.group.rounding))
    if group.gate is not None:
        place, at_least = group.gate
        reached = f"{_figure(computed.figures[place] or ZERO)} / {_figure(at_least)}"
        id_ = group.group.gate.id if group.group.gate else ""
        if is_open(group, computed.figures):
            yield Text(zh=f"{id_} 达到门槛：{reached}", en=f"{id_} is enough: {reached}")
        else:
            yield Text(zh=f"{id_} 未达门槛：{reached} → 不计分", en=f"{id_} is not enough: {reached} → does not count")


def _total_steps(plan: Plan, computed: Computed) -> Iterator[Text]:
    scheme = plan.scheme
    parts = " + ".join(_figure(points) for points in computed.contributions)
    taken = capped(plan.scheme, computed.taken)
    less = f" − {_figure(taken)}" if taken else ""
    zeroing = [state for state in computed.states.values() if plan.rules[state].total == "zero"]
    if zeroing:
        yield Text(zh="按规则总分为 0", en="by rule the total is 0")
    elif len(computed.contributions) > 1 or less:
        yield _same(f"{parts}{less} = {_figure(computed.sum)}")
    if scheme.rounding is not None:
        yield _rounding(scheme.rounding, computed.total)


def _rounding(rounding: Rounding, figure: Decimal) -> Text:
    mode, written = _MODES[rounding.mode], f"{figure:.{rounding.places}f}"
    return Text(
        zh=f"{mode.zh}到 {rounding.places} 位小数 → {written}",
        en=f"{rounding.places} decimals, {mode.en} → {written}",
    )


def _same(words: str) -> Text:
    return Text(zh=words, en=words)


def _figure(points: Decimal) -> str:
    return shown(points, 2)
