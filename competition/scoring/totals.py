"""From an entrant's record to the total, with the whole trace: judges, aspects, criteria, stages, penalties.

Nothing is rounded but where the scheme says so. Two thirds of a point have no last decimal, so sums are carried in
*parts*: every figure times one whole number that all divisors of the scheme go into (levels, sizes of panels, points of
stages). They stay exact to the declared rounding; only in the trace is a figure without an end cut, to 28 digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from math import lcm
from typing import TypeVar

from competition.scoring.points import HIGHEST_LEVEL, exact_points, mark_points
from competition.scoring.record import EntrantRecord
from competition.scoring.rounding import EXACT, quotient, rounded, trimmed
from schemas.base import Text
from schemas.marks import Mark, MarkState
from schemas.results import (
    AspectResult,
    CriterionResult,
    EntrantResult,
    EntrantState,
    JudgePoints,
    PenaltyResult,
    StageResult,
    SubCriterionResult,
)
from schemas.scheme import Aspect, Combine, Criterion, Panel, Scheme, Stage, SubCriterion

R = TypeVar("R")

Marks = dict[str, list[Mark]]
"""The marks in force by aspect."""

Judged = tuple[Decimal, Decimal, tuple[Text, ...]]
"""Points, the same in parts, and the steps to them."""

_FEWEST_FOR_EXTREMES = 3
_READINGS_REMEMBERED = 32_768


def entrant_result(scheme: Scheme, record: EntrantRecord) -> EntrantResult:
    """The total of one entrant by ``scheme``, opened down to the marks in force."""
    with localcontext(EXACT):
        parts = _parts(scheme)
        marks = _marks_by_aspect(scheme, record)
        stages, contributions = _unzip(_stage(stage, marks, parts) for stage in scheme.stages)
        penalties = _penalties(scheme, record)
        taken = sum((penalty.taken for penalty in penalties), Decimal(0))
        total = max(sum(contributions, Decimal(0)) - taken * parts, Decimal(0))
        return EntrantResult(
            entrant_id=record.entrant_id,
            state=_state(record, marks),
            total=rounded(total / parts, scheme.rounding),
            stages=stages,
            penalties=penalties,
            marked=sum(min(len(marks[aspect]), judges) for aspect, judges in _judges_by_aspect(scheme)),
            expected=sum(judges for _, judges in _judges_by_aspect(scheme)),
        )


def figures(result: EntrantResult) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """The points of each stage and of each criterion, by id; those without any mark are left out: nothing is not zero."""
    stages: dict[str, Decimal] = {}
    criteria: dict[str, Decimal] = {}
    for stage in result.stages:
        for criterion in stage.criteria:
            if any(aspect.points is not None for sub in criterion.sub_criteria for aspect in sub.aspects):
                criteria[criterion.id] = criterion.points
                stages[stage.id] = stage.points
    return stages, criteria


def combined(points: Sequence[Decimal], how: Combine) -> tuple[Decimal, int]:
    """One figure for what the judges present give, and how many of theirs it is made of.

    ``mean_without_extremes`` leaves out one highest and one lowest; of fewer than three judges nobody is left out.
    """
    ordered = sorted(points)
    match how:
        case "mean":
            counted = ordered
        case "median":
            counted = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
        case "mean_without_extremes":
            counted = ordered[1:-1] if len(ordered) >= _FEWEST_FOR_EXTREMES else ordered
    return sum(counted, Decimal(0)) / len(counted), len(counted)


def _stage(stage: Stage, marks: Marks, parts: int) -> tuple[StageResult, Decimal]:
    """A stage's points over its points in full, times its weight, is what it contributes to the total."""
    criteria, exact = _unzip(_criterion(criterion, marks, parts) for criterion in stage.criteria)
    points = _capped(exact, stage.points, parts)
    if stage.rounding is not None:
        points = rounded(points / parts, stage.rounding) * parts
    contribution = points * stage.weight / stage.points
    result = StageResult(
        id=stage.id,
        points=quotient(points, parts),
        contribution=quotient(contribution, parts),
        criteria=criteria,
    )
    return result, contribution


def _criterion(criterion: Criterion, marks: Marks, parts: int) -> tuple[CriterionResult, Decimal]:
    sub_criteria, exact = _unzip(_sub_criterion(sub, marks, parts) for sub in criterion.sub_criteria)
    points = _capped(exact, criterion.points, parts)
    return CriterionResult(id=criterion.id, points=quotient(points, parts), sub_criteria=sub_criteria), points


def _sub_criterion(sub: SubCriterion, marks: Marks, parts: int) -> tuple[SubCriterionResult, Decimal]:
    aspects, exact = _unzip(_aspect(aspect, sub.panel, marks[aspect.id], parts) for aspect in sub.aspects)
    points = _capped(exact, sub.points, parts)
    return SubCriterionResult(id=sub.id, points=quotient(points, parts), aspects=aspects), points


def _aspect(aspect: Aspect, panel: Panel, marks: list[Mark], parts: int) -> tuple[AspectResult, Decimal]:
    """The judges with a reading make the figure; when none of those who marked has one, there are no points."""
    judges, readings = [], []
    for mark in marks:
        points, exact, steps = _judged(aspect, mark.values, mark.state, parts)
        judges.append(
            JudgePoints(
                judge_id=mark.judge_id,
                mark_id=mark.id,
                values=mark.values,
                state=mark.state,
                points=points,
                steps=steps,
            )
        )
        if mark.state == "marked":
            readings.append(exact)
    points, counted, figure = _together(tuple(readings), panel.combine, parts)
    result = AspectResult(
        aspect=aspect.id,
        points=figure if marks else None,
        judges=tuple(judges),
        counted=counted,
        expected=panel.judges,
    )
    return result, points


@lru_cache(_READINGS_REMEMBERED)
def _judged(aspect: Aspect, values: tuple[Decimal, ...], state: MarkState, parts: int) -> Judged:
    """What a reading gives; remembered, because one new mark leaves all others as they were."""
    points, steps = mark_points(aspect, values, state)
    return points, exact_points(aspect, values, state, parts), steps


@lru_cache(_READINGS_REMEMBERED)
def _together(readings: tuple[Decimal, ...], how: Combine, parts: int) -> tuple[Decimal, int, Decimal]:
    """What the judges' readings come to: in parts, of how many, and as the figure of the trace; remembered likewise."""
    points, counted = combined(readings, how) if readings else (Decimal(0), 0)
    return points, counted, quotient(points, parts)


def _penalties(scheme: Scheme, record: EntrantRecord) -> tuple[PenaltyResult, ...]:
    given = ((penalty, record.penalties.get(penalty.id, 0)) for penalty in scheme.penalties)
    return tuple(
        PenaltyResult(penalty=penalty.id, occurrences=times, taken=trimmed(min(penalty.each * times, penalty.cap)))
        for penalty, times in given
        if times > 0
    )


def _state(record: EntrantRecord, marks: Marks) -> EntrantState:
    """Absent is who was absent from everything marked so far; a single reading makes them compete."""
    if record.disqualified:
        return "disqualified"
    states = {mark.state for of_aspect in marks.values() for mark in of_aspect}
    return "absent" if states == {"absent"} else "competing"


def _marks_by_aspect(scheme: Scheme, record: EntrantRecord) -> Marks:
    """The marks of aspects that the scheme has, judges in a fixed order."""
    marks: Marks = {aspect: [] for aspect, _ in _judges_by_aspect(scheme)}
    for (aspect, _), mark in record.marks.items():
        if aspect in marks:
            marks[aspect].append(mark)
    for of_aspect in marks.values():
        if len(of_aspect) > 1:
            of_aspect.sort(key=lambda mark: mark.judge_id.int)
    return marks


@lru_cache(16)
def _judges_by_aspect(scheme: Scheme) -> tuple[tuple[str, int], ...]:
    return tuple((aspect.id, sub.panel.judges) for sub in scheme.sub_criteria() for aspect in sub.aspects)


@lru_cache(16)
def _parts(scheme: Scheme) -> int:
    """The number that every divisor goes into: 3 levels, any number of judges present, the points of any stage."""
    most_judges = max((sub.panel.judges for sub in scheme.sub_criteria()), default=1)
    of_stages = lcm(*(stage.points.as_integer_ratio()[0] for stage in scheme.stages))
    return HIGHEST_LEVEL * lcm(*range(1, most_judges + 1)) * of_stages


def _capped(exact: Iterable[Decimal], points: Decimal, parts: int) -> Decimal:
    return min(sum(exact, Decimal(0)), points * parts)


def _unzip(pairs: Iterable[tuple[R, Decimal]]) -> tuple[tuple[R, ...], tuple[Decimal, ...]]:
    results, exact = [], []
    for result, points in pairs:
        results.append(result)
        exact.append(points)
    return tuple(results), tuple(exact)
