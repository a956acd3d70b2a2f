"""Who marked what and what is missing: pure folding of sheets, books and tablets into what the desk shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from uuid import UUID

from competition.judging.rules import Sheet, is_marked
from competition.ledger.book import Book
from schemas.desk import JudgeProgress, NotedMark, ProgressRow, SheetCell, SheetState
from schemas.hall import TabletLine
from schemas.marks import Mark
from schemas.results import OUT

NOTHING_WAITS: Mapping[UUID, int] = {}


def matrix(
    sheets: Sequence[Sheet],
    book: Book,
    *,
    disputed: Collection[UUID] = (),
    on_tablet: Mapping[UUID, int] = NOTHING_WAITS,
) -> tuple[ProgressRow, ...]:
    """One row an entrant (by code), one cell a sub-criterion, in it each judge's sheet.

    ``disputed`` are sheets; ``on_tablet`` are the marks that wait on tablets, by sheet.
    """
    rows = []
    for code, of_entrant in groupby(sheets, key=lambda sheet: sheet.code):
        own = [
            (sheet.sub_criterion, _cell(sheet, book, sheet.id in disputed, on_tablet.get(sheet.id, 0)))
            for sheet in of_entrant
        ]
        cells = tuple(tuple(cell for of, cell in own if of == sub.id) for sub in book.scheme.sub_criteria())
        rows.append(ProgressRow(code=code, cells=cells))
    return tuple(rows)


def to_be_signed(sheets: Iterable[Sheet], book: Book) -> tuple[Sheet, ...]:
    """The sheets that are signed or must still be: nobody need sign for who withdrew or was disqualified half way."""
    out = {entrant_id for entrant_id, standing in book.standings.items() if standing.state in OUT}
    return tuple(sheet for sheet in sheets if sheet.is_sealed() or sheet.entrant_id not in out)


def missing(sheets: Sequence[Sheet], book: Book, tablets: Iterable[TabletLine]) -> tuple[JudgeProgress, ...]:
    """The judges with unsigned sheets, those with most to do first."""
    in_use = [tablet for tablet in tablets if not tablet.is_revoked]
    unsigned: dict[UUID, list[Sheet]] = {}
    for sheet in sheets:
        if not sheet.is_sealed():
            unsigned.setdefault(sheet.judge_id, []).append(sheet)
    progress = [
        JudgeProgress(
            judge_id=judge_id,
            judge=own[0].judge,
            unsigned=len(own),
            missing_marks=sum(expected_marks(sheet, book) - marked(sheet, book) for sheet in own),
            next_code=own[0].code,
            tablets=tuple(tablet for tablet in in_use if tablet.judge_id == judge_id),
        )
        for judge_id, own in unsigned.items()
    ]
    return tuple(sorted(progress, key=lambda judge: (-judge.missing_marks, -judge.unsigned, judge.judge)))


def on_tablets(tablets: Iterable[TabletLine]) -> dict[UUID, int]:
    """How many marks wait on tablets, by sheet; those in use and those taken out of use."""
    waiting: dict[UUID, int] = {}
    for tablet in tablets:
        for sheet_id, count in (tablet.status.on_tablet if tablet.status else {}).items():
            waiting[sheet_id] = waiting.get(sheet_id, 0) + count
    return waiting


def noted(
    flagged: Iterable[tuple[int, int, Mark]], sheets: Iterable[Sheet], book: Book, positions: Mapping[UUID, int]
) -> tuple[NotedMark, ...]:
    """The flagged marks (with their positions) that somebody must still look at, in the order given.

    A mark without effect is decided as soon as another came into force in its cell after it, and where it says what stands anyway;
    one with effect is looked at while it stands. ``positions`` are those of the marks in force.
    """
    known = {sheet.id: sheet for sheet in sheets}
    found = []
    for position, revision, mark in flagged:
        sheet = known.get(mark.sheet_id)
        stands = book.record(mark.entrant_id).marks.get((mark.aspect, mark.judge_id))
        is_undecided = not mark.has_effect() and (
            stands is None
            or not (_decides(stands, positions[stands.id], position, revision) or _says_the_same(mark, stands))
        )
        if sheet and (is_undecided or (stands is not None and stands.id == mark.id)):
            found.append(
                NotedMark(
                    code=sheet.code,
                    mark=mark,
                    stands=stands if is_undecided else None,
                    is_undecided=is_undecided,
                    is_signed=sheet.is_sealed(),
                )
            )
    return tuple(found)


def marked(sheet: Sheet, book: Book) -> int:
    """How many aspects of a sheet leave nothing to mark."""
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    record = book.record(sheet.entrant_id)
    return sum(is_marked(aspect, record, sheet.judge_id) for aspect in sub.aspects) if sub else 0


def expected_marks(sheet: Sheet, book: Book) -> int:
    """How many aspects a sheet has."""
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    return len(sub.aspects) if sub else 0


def _decides(stands: Mark, at: int, position: int, revision: int) -> bool:
    """Whether what stands came after a mark (its position and revision), from somebody who could know of it."""
    return at > position and (stands.origin == "ruling" or stands.base >= revision)


def _says_the_same(one: Mark, other: Mark) -> bool:
    return (one.state, one.values) == (other.state, other.values)


def _cell(sheet: Sheet, book: Book, is_disputed: bool, on_tablet: int) -> SheetCell:
    done, expected = marked(sheet, book), expected_marks(sheet, book)
    state: SheetState
    if is_disputed:
        state = "disputed"
    elif sheet.is_sealed():
        state = "signed"
    elif sheet.reopened_for is not None:
        state = "reopened"
    elif on_tablet:
        state = "on_tablet"
    elif done == expected:
        state = "complete"
    else:
        state = "begun" if done else "empty"
    return SheetCell(
        sheet_id=sheet.id, judge=sheet.judge, marked=done, expected=expected, state=state, on_tablet=on_tablet
    )
