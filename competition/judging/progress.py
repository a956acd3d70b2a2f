"""Who marked what and what is missing: pure folding of sheets and books into what the desk shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from competition.judging.rules import Sheet, is_marked
from competition.ledger.book import Book
from schemas.desk import JudgeProgress, ProgressRow, SheetCell, SheetState


def matrix(
    sheets: Sequence[Sheet], book: Book, judges: Mapping[UUID, str], reopened: Iterable[UUID]
) -> tuple[ProgressRow, ...]:
    """One row an entrant (by code), one cell a sub-criterion, in it each judge's sheet."""
    open_again = set(reopened)
    rows = []
    for code, of_entrant in groupby(sheets, key=lambda sheet: sheet.code):
        own = list(of_entrant)
        cells = tuple(
            tuple(_cell(sheet, book, judges, open_again) for sheet in own if sheet.sub_criterion == sub.id)
            for sub in book.scheme.sub_criteria()
        )
        rows.append(ProgressRow(code=code, cells=cells))
    return tuple(rows)


def missing(
    sheets: Sequence[Sheet], book: Book, judges: Mapping[UUID, str], last_seen: Mapping[UUID, datetime]
) -> tuple[JudgeProgress, ...]:
    """The judges with unsigned sheets, those with most to do first."""
    progress = []
    for judge_id, name in judges.items():
        unsigned = [sheet for sheet in sheets if sheet.judge_id == judge_id and not sheet.is_sealed()]
        if unsigned:
            progress.append(
                JudgeProgress(
                    judge_id=judge_id,
                    judge=name,
                    unsigned=len(unsigned),
                    missing_marks=sum(expected_marks(sheet, book) - marked(sheet, book) for sheet in unsigned),
                    next_code=unsigned[0].code,
                    last_seen_at=last_seen.get(judge_id),
                )
            )
    return tuple(sorted(progress, key=lambda judge: (-judge.missing_marks, -judge.unsigned, judge.judge)))


def marked(sheet: Sheet, book: Book) -> int:
    """How many aspects of a sheet leave nothing to mark."""
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    record = book.record(sheet.entrant_id)
    return sum(is_marked(aspect, record, sheet.judge_id) for aspect in sub.aspects) if sub else 0


def expected_marks(sheet: Sheet, book: Book) -> int:
    """How many aspects a sheet has."""
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    return len(sub.aspects) if sub else 0


def _cell(sheet: Sheet, book: Book, judges: Mapping[UUID, str], open_again: set[UUID]) -> SheetCell:
    done, expected = marked(sheet, book), expected_marks(sheet, book)
    return SheetCell(
        sheet_id=sheet.id,
        judge=judges.get(sheet.judge_id, ""),
        marked=done,
        expected=expected,
        state=_state(sheet, done, expected, is_reopened=sheet.id in open_again),
    )


def _state(sheet: Sheet, done: int, expected: int, *, is_reopened: bool) -> SheetState:
    if sheet.is_sealed():
        return "signed"
    if is_reopened:
        return "reopened"
    if done == expected:
        return "complete"
    return "begun" if done else "empty"
