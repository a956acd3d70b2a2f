"""From an entrant's record to the total, with the whole trace: judges, panels, aspects, groups, stages, penalties."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from competition.scoring.compute import ZERO, Computed, aspect_time, compute, sheet_sums
from competition.scoring.flags import aspect_flags, sub_criterion_flags
from competition.scoring.outline import group_steps, panel_steps, total_steps
from competition.scoring.panels import counting
from competition.scoring.plan import AspectPlan, GroupPlan, Plan, plan_of
from competition.scoring.record import Reading, Scored
from competition.scoring.rounding import figure, trimmed
from schemas.base import Text
from schemas.results import (
    AspectResult,
    CriterionResult,
    EntrantResult,
    JudgePoints,
    PenaltyResult,
    SheetPoints,
    StageResult,
    SubCriterionResult,
)
from schemas.scheme import Criterion, Scheme, Stage, SubCriterion


def entrant_result(scheme: Scheme, record: Scored) -> EntrantResult:
    """The total of one entrant by ``scheme``, opened down to the marks in force."""
    plan = plan_of(scheme)
    computed = compute(plan, record)
    trace = _Trace(plan, computed)
    return EntrantResult(
        entrant_id=record.entrant_id,
        state=computed.state,
        total=computed.total,
        stages=tuple(
            trace.stage(stage, contribution)
            for stage, contribution in zip(scheme.stages, computed.contributions, strict=True)
        ),
        penalties=tuple(
            PenaltyResult(penalty=penalty.id, occurrences=record.penalties[penalty.id], taken=trimmed(taken))
            for penalty, taken in zip(scheme.penalties, computed.taken, strict=True)
            if record.penalties.get(penalty.id, 0) > 0
        ),
        marked=computed.marked,
        expected=plan.expected,
        last=computed.last,
        steps=total_steps(plan, computed),
    )


class _Trace:
    """Writes down what was computed, part by part."""

    def __init__(self, plan: Plan, computed: Computed) -> None:
        self.plan, self.computed = plan, computed
        self.groups = {group.place: group for group in plan.groups}

    def stage(self, stage: Stage, contribution: Decimal) -> StageResult:
        """A stage, its criteria, and what it gives to the total."""
        group = self._group("stage", stage.id)
        return StageResult(
            id=stage.id,
            points=self._points(group),
            contribution=figure(contribution),
            criteria=tuple(self._criterion(criterion) for criterion in stage.criteria),
            steps=self._steps(group),
        )

    def _criterion(self, criterion: Criterion) -> CriterionResult:
        group = self._group("criterion", criterion.id)
        return CriterionResult(
            id=criterion.id,
            points=self._points(group),
            sub_criteria=tuple(self._sub_criterion(sub) for sub in criterion.sub_criteria),
            steps=self._steps(group),
        )

    def _sub_criterion(self, sub: SubCriterion) -> SubCriterionResult:
        group = self._group("sub_criterion", sub.id)
        return SubCriterionResult(
            id=sub.id,
            points=self._points(group),
            aspects=tuple(self._aspect(place) for place in group.parts),
            sheets=tuple(self._sheets(group)) if group.by_sheet else (),
            flags=tuple(sub_criterion_flags(self.plan, group, self.computed)),
            steps=self._steps(group),
        )

    def _sheets(self, group: GroupPlan) -> Iterator[SheetPoints]:
        sums = sheet_sums(self.plan, group, self.computed.readings, self.computed.states)
        panel = self.plan.aspects[group.parts[0]].panel
        counted = counting(list(sums.values()), panel) if len(sums) >= panel.fewest else []
        for place, (judge_id, points) in enumerate(sums.items()):
            yield SheetPoints(judge_id=judge_id, points=figure(points), counted=place in counted)

    def _aspect(self, place: int) -> AspectResult:
        aspect, points = self.plan.aspects[place], self.computed.figures[place]
        marks = sorted(self.computed.readings[place], key=lambda mark: mark.judge_id.int)
        read = [mark for mark in marks if mark.state == "marked"]
        given = [aspect.judged[mark.values] for mark in read]
        counted = self._counted(aspect, given) if points is not None and given else []
        counting_marks = {read[at].id for at in counted}
        return AspectResult(
            aspect=aspect.aspect.id,
            points=None if points is None else figure(points),
            judges=tuple(_judge(aspect, mark, counts=mark.id in counting_marks) for mark in marks),
            counted=len(counted),
            expected=aspect.judges,
            time=aspect_time(aspect, marks),
            state=self.computed.states.get(place, "marked"),
            flags=tuple(aspect_flags(self.plan, place, self.computed)),
            steps=panel_steps(aspect, given, counted, self.computed.states.get(place), self.plan.rules),
        )

    def _counted(self, aspect: AspectPlan, given: list[Decimal]) -> list[int]:
        """By sheet all count here: who is dropped is dropped with the whole sheet."""
        return list(range(len(given))) if aspect.panel.by == "sheet" else counting(given, aspect.panel)

    def _group(self, kind: str, id: str) -> GroupPlan:
        return self.groups[self.plan.group_places[kind, id]]

    def _points(self, group: GroupPlan) -> Decimal:
        return figure(self.computed.figures[group.place] or ZERO)

    def _steps(self, group: GroupPlan) -> tuple[Text, ...]:
        return group_steps(group, self.computed)


def _judge(aspect: AspectPlan, mark: Reading, *, counts: bool) -> JudgePoints:
    points, steps = aspect.told[mark.values, mark.state]
    return JudgePoints(
        judge_id=mark.judge_id,
        mark_id=mark.id,
        values=mark.values,
        state=mark.state,
        points=points,
        counted=counts,
        steps=steps,
    )
