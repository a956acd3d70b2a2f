"""A trace in the words of the files: judges by name, marks by row, and as a table of figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from competition.plumbing.locale import text, translate
from competition.tabulation.tabulate import Line, Tabulation
from schemas.base import Text
from schemas.problems import N_
from schemas.results import AspectResult, SubCriterionResult

Value = str | int | Decimal | None

HEADINGS = (
    N_("Entrant"),
    N_("Figure"),
    N_("Id"),
    N_("Name"),
    N_("Judge"),
    N_("Row"),
    N_("Readings"),
    N_("State"),
    N_("Points"),
    N_("Counted"),
    N_("Flags"),
    N_("How"),
)
"""The columns of the trace as a table: one row for each figure."""


def trace_of(tabulation: Tabulation, line: Line) -> dict[str, Any]:
    """The trace of an entrant as plain values: as ``EntrantResult``, with ``judge`` and ``row`` in place of their ids."""
    whole: dict[str, Any] = msgspec.to_builtins(tabulation.trace(line), builtin_types=(Decimal, UUID))
    del whole["entrant_id"]
    names = tabulation.book.judges
    for sub in _within(whole["stages"], "criteria", "sub_criteria"):
        for sheet in sub["sheets"]:
            sheet["judge"] = names[sheet.pop("judge_id")]
        for judge in _within(sub["aspects"], "judges"):
            place = tabulation.book.row_of(judge.pop("mark_id"))
            judge |= {"judge": names[judge.pop("judge_id")], "row": place.row, "sheet": place.sheet}
    return whole


def trace_rows(tabulation: Tabulation, line: Line) -> Iterator[tuple[Value, ...]]:
    """The trace of an entrant as rows of a table, from the total down to the judges' marks."""
    result, entrant = tabulation.trace(line), line.person.entrant
    scheme = tabulation.scheme
    yield _row(entrant, N_("Total"), points=result.total, state=line.tally.state, steps=result.steps)
    penalties = {penalty.id: penalty for penalty in scheme.penalties}
    for taken in result.penalties:
        name, times = text(penalties[taken.penalty].name), f"{taken.occurrences}"
        yield _row(entrant, N_("Penalty"), taken.penalty, name, readings=times, points=-taken.taken)
    for stage, of_stage in zip(scheme.stages, result.stages, strict=True):
        yield _row(entrant, N_("Stage"), stage.id, text(stage.name), points=of_stage.points, steps=of_stage.steps)
        for criterion, of_criterion in zip(stage.criteria, of_stage.criteria, strict=True):
            yield _row(
                entrant,
                N_("Criterion"),
                criterion.id,
                text(criterion.name),
                points=of_criterion.points,
                steps=of_criterion.steps,
            )
            for sub, of_sub in zip(criterion.sub_criteria, of_criterion.sub_criteria, strict=True):
                names = {aspect.id: text(aspect.name) for aspect in sub.aspects}
                yield from _sub_rows(tabulation, entrant, text(sub.name), of_sub, names)


def _sub_rows(
    tabulation: Tabulation, entrant: str, name: str, sub: SubCriterionResult, names: dict[str, str]
) -> Iterator[tuple[Value, ...]]:
    flags = ", ".join(sub.flags)
    yield _row(entrant, N_("Sub-criterion"), sub.id, name, points=sub.points, flags=flags, steps=sub.steps)
    for sheet in sub.sheets:
        judge = tabulation.book.judges[sheet.judge_id]
        yield _row(entrant, N_("Score sheet"), sub.id, name, judge, points=sheet.points, counted=sheet.counted)
    for aspect in sub.aspects:
        yield from _aspect_rows(tabulation, entrant, names[aspect.aspect], aspect)


def _aspect_rows(tabulation: Tabulation, entrant: str, name: str, aspect: AspectResult) -> Iterator[tuple[Value, ...]]:
    yield _row(
        entrant,
        N_("Aspect"),
        aspect.aspect,
        name,
        points=aspect.points,
        state="" if aspect.state == "marked" else aspect.state,
        flags=", ".join(aspect.flags),
        steps=aspect.steps,
    )
    for judge in aspect.judges:
        yield _row(
            entrant,
            N_("Mark"),
            aspect.aspect,
            name,
            tabulation.book.judges[judge.judge_id],
            row=tabulation.book.row_of(judge.mark_id).row,
            readings="; ".join(f"{value:f}" for value in judge.values),
            state=judge.state,
            points=judge.points,
            counted=judge.counted,
            steps=judge.steps,
        )


def _row(
    entrant: str,
    figure: str,
    id: str = "",
    name: str = "",
    judge: str = "",
    *,
    row: int | None = None,
    readings: str = "",
    state: str = "",
    points: Decimal | None = None,
    counted: bool | None = None,
    flags: str = "",
    steps: Iterable[Text] = (),
) -> tuple[Value, ...]:
    was_counted = "" if counted is None else translate("yes") if counted else translate("no")
    how = "; ".join(text(step) for step in steps)
    return (entrant, translate(figure), id, name, judge, row, readings, state, points, was_counted, flags, how)


def _within(values: Iterable[dict[str, Any]], *names: str) -> Iterator[dict[str, Any]]:
    """All that lie so many names deep."""
    if not names:
        yield from values
        return
    for value in values:
        yield from _within(value[names[0]], *names[1:])
