"""What the formulas of the sheet that computes again give: every figure computed as a spreadsheet does."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from decimal import Decimal

from competition.scoring.compute import capped, penalty_taken
from competition.scoring.order import is_ascending
from competition.scoring.plan import fullest
from competition.scoring.rounding import rounded
from schemas.aspects import Rounding
from schemas.base import Message
from schemas.closing import RankKey
from schemas.results import AspectResult, EntrantResult, PublishedRow, SubCriterionResult
from schemas.scheme import Scheme, Stage

NOISE = Rounding(places=9)
"""Binary numbers are off by some 1E-13; rounded here before the declared rounding, a half is a half again."""

WORST = Decimal(1_000_000_000)
"""Stands for a figure that is not there, so that it comes last."""


class Again(Message):
    """One entrant's figures as the formulas give them.

    ``group`` is 1 for who is ranked by the keys, 2 for who is ranked behind them, 0 for who has no place.
    """

    stages: dict[str, Decimal]
    contributions: dict[str, Decimal]
    times: dict[str, int]
    taken: dict[str, Decimal]
    all_taken: Decimal
    stands: bool
    total: Decimal
    group: int
    keys: tuple[Decimal, ...]


def again_of(row: PublishedRow, scheme: Scheme, trace: EntrantResult | None) -> Again:
    """A row computed again as the formulas do; ``trace`` is the same result opened down to the marks."""
    times = {penalty.penalty: penalty.occurrences for penalty in trace.penalties} if trace else {}
    taken = {penalty.id: penalty_taken(penalty, times.get(penalty.id, 0)) for penalty in scheme.penalties}
    all_taken = capped(scheme, taken.values())
    stages = {stage.id: _stage_points(row, stage) for stage in scheme.stages}
    contributions = {
        stage.id: stages[stage.id] if stage.weight is None else stages[stage.id] * stage.weight / stage.points
        for stage in scheme.stages
    }
    stands = trace is None or not _is_zeroed(scheme, trace)
    exact = max(sum(contributions.values(), Decimal(0)) - all_taken, scheme.floor) if stands else Decimal(0)
    total = exact if scheme.rounding is None else rounded(rounded(exact, NOISE), scheme.rounding)
    return Again(
        stages=stages,
        contributions=contributions,
        times=times,
        taken=taken,
        all_taken=all_taken,
        stands=stands,
        total=total,
        group=_group(row, trace),
        keys=tuple(_key(key, row, trace, stages, total, all_taken) for key in scheme.ranking),
    )


def _is_zeroed(scheme: Scheme, trace: EntrantResult) -> bool:
    zeroing = {rule.state for rule in scheme.states if rule.total == "zero"}
    return any(aspect.state in zeroing for aspect in _aspects_of(trace))


def _group(row: PublishedRow, trace: EntrantResult | None) -> int:
    if row.state != "competing" or not (trace.marked > 0 if trace else row.rank is not None):
        return 0
    return 2 if trace is not None and trace.last else 1


def _stage_points(row: PublishedRow, stage: Stage) -> Decimal:
    exact = sum((row.criteria.get(criterion.id, Decimal(0)) for criterion in stage.criteria), Decimal(0))
    if stage.fit == "scale":
        exact = exact * stage.points / fullest(stage)
    exact = max(min(exact, stage.points), stage.floor)
    if stage.rounding is not None:
        exact = rounded(rounded(exact, NOISE), stage.rounding)
    if stage.gate is None:
        return exact
    figures = {"stage": row.stages, "criterion": row.criteria}.get(stage.gate.of)
    if figures is None:
        return row.stages.get(stage.id, Decimal(0))
    return exact if figures.get(stage.gate.id, Decimal(0)) >= stage.gate.at_least else Decimal(0)


def _key(
    key: RankKey,
    row: PublishedRow,
    trace: EntrantResult | None,
    stages: Mapping[str, Decimal],
    total: Decimal,
    all_taken: Decimal,
) -> Decimal:
    """An entrant's figure for a key as the sheet compares it; where there is none, one that comes last."""
    missing = WORST if is_ascending(key) else -WORST
    match key.of:
        case "total":
            return rounded(total, NOISE)
        case "penalties":
            return rounded(all_taken, NOISE)
        case "stage":
            return rounded(stages[key.id], NOISE) if key.id in row.stages else missing
        case "criterion":
            return rounded(row.criteria[key.id], NOISE) if key.id in row.criteria else missing
        case "sub_criterion":
            subs = (
                ()
                if trace is None
                else (sub for stage in trace.stages for one in stage.criteria for sub in one.sub_criteria)
            )
            return next((rounded(sub.points, NOISE) for sub in subs if sub.id == key.id and _has_figure(sub)), missing)
        case _:
            aspects = () if trace is None else _aspects_of(trace)
            found = next((aspect for aspect in aspects if aspect.aspect == key.id), None)
            figure = None if found is None else found.time if key.of == "time" else found.points
            return missing if figure is None else rounded(figure, NOISE)


def _has_figure(sub: SubCriterionResult) -> bool:
    """Whether anything counts in a sub-criterion; of sheets that are too few none does."""
    is_counted = not sub.sheets or any(sheet.counted for sheet in sub.sheets)
    return is_counted and any(aspect.points is not None for aspect in sub.aspects)


def _aspects_of(result: EntrantResult) -> Iterable[AspectResult]:
    """Every aspect of a trace."""
    return (
        aspect
        for stage in result.stages
        for one in stage.criteria
        for sub in one.sub_criteria
        for aspect in sub.aspects
    )


def ranks_of(rows: tuple[PublishedRow, ...], again: tuple[Again, ...], scheme: Scheme) -> tuple[int | None, ...]:
    """Everybody's place by the formula: counted are those who come before, and where they push back, the equals."""
    lines = [
        (own.group, *_signed(scheme, own, row)) if own.group else None for row, own in zip(rows, again, strict=True)
    ]
    in_order = sorted(line for line in lines if line is not None)
    if scheme.places == "1334":
        return tuple(None if line is None else bisect_right(in_order, line) for line in lines)
    return tuple(None if line is None else 1 + bisect_left(in_order, line) for line in lines)


def _signed(scheme: Scheme, again: Again, row: PublishedRow) -> Iterable[Decimal | int]:
    for key, figure in zip(scheme.ranking, again.keys, strict=True):
        yield figure if is_ascending(key) else -figure
    if scheme.last_resort == "number":
        yield row.number
