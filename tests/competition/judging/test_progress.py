"""Who marked what and what is missing, as pure folding: the matrix and the list of judges with work left."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from competition.judging import progress
from competition.judging.rules import Sheet
from competition.ledger.book import Book
from schemas.desk import JudgeProgress, ProgressRow, SheetCell, SheetState
from schemas.marks import Flag, Mark
from tests.house import small_scheme

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
LU, FANG = UUID(int=1), UUID(int=2)
NAMES = {LU: "陆师傅", FANG: "方师傅"}
CODES = {"A01": UUID(int=11), "A02": UUID(int=12)}


def sheet(number: int, code: str, sub_criterion: str, judge: UUID, *, sealed: bool = False) -> Sheet:
    """A score sheet with this id."""
    return Sheet(
        id=UUID(int=number),
        event_id=UUID(int=9),
        entrant_id=CODES[code],
        code=code,
        sub_criterion=sub_criterion,
        judge_id=judge,
        sealed_at=NOW if sealed else None,
    )


SHEETS = (
    sheet(100, "A01", "A1", LU),
    sheet(101, "A01", "A1", FANG),
    sheet(102, "A01", "T1", LU, sealed=True),
    sheet(103, "A02", "A1", LU),
    sheet(104, "A02", "B1", FANG),
)


def book(*marked: tuple[Sheet, str], flags: tuple[Flag, ...] = ()) -> Book:
    """A book in which these aspects of these sheets have a mark."""
    written = Book(event_id=UUID(int=9), scheme=small_scheme())
    for number, (on, aspect) in enumerate(marked):
        written = written.with_entry(
            Mark(
                id=UUID(int=1000 + number),
                sheet_id=on.id,
                entrant_id=on.entrant_id,
                sub_criterion=on.sub_criterion,
                judge_id=on.judge_id,
                device_id=None,
                aspect=aspect,
                values=(Decimal(0),),
                state="marked",
                base=0,
                made_at=NOW,
                recorded_at=NOW,
                supersedes=None,
                reason=None,
                note="",
                flags=flags,
            )
        )
    return written


def cell(number: int, judge: UUID, marked: int, expected: int, state: SheetState) -> SheetCell:
    """A cell of the matrix."""
    return SheetCell(sheet_id=UUID(int=number), judge=NAMES[judge], marked=marked, expected=expected, state=state)


BEGUN = book((SHEETS[0], "A1.1"), (SHEETS[2], "T1.1"), (SHEETS[4], "B1.1"), (SHEETS[4], "B1.2"))


def test_matrix_has_a_row_an_entrant_and_a_cell_a_sub_criterion() -> None:
    """By code and in the scheme's order: T1, A1, B1; two judges share a cell; a sheet nobody has leaves it empty."""
    assert progress.matrix(SHEETS, BEGUN, NAMES, reopened=()) == (
        ProgressRow(
            code="A01",
            cells=(
                (cell(102, LU, 1, 1, "signed"),),
                (cell(100, LU, 1, 2, "begun"), cell(101, FANG, 0, 2, "empty")),
                (),
            ),
        ),
        ProgressRow(code="A02", cells=((), (cell(103, LU, 0, 2, "empty"),), (cell(104, FANG, 2, 2, "complete"),))),
    )


def test_matrix_shows_which_sheets_were_reopened() -> None:
    """A reopened sheet says so until it is signed again, however much of it is marked."""
    reopened = [UUID(int=102), UUID(int=104)]
    rows = progress.matrix(SHEETS, BEGUN, NAMES, reopened)
    assert [each.state for row in rows for sheets in row.cells for each in sheets] == [
        "signed",
        "begun",
        "empty",
        "empty",
        "reopened",
    ]


def test_matrix_counts_only_marks_in_force() -> None:
    """A mark without effect, late or in conflict, does not fill its aspect."""
    assert progress.marked(SHEETS[0], book((SHEETS[0], "A1.1"), flags=("late",))) == 0
    assert progress.marked(SHEETS[0], book((SHEETS[1], "A1.1"))) == 0
    assert progress.marked(SHEETS[0], book((SHEETS[0], "A1.1"), flags=("implausible",))) == 1


def test_matrix_of_a_sheet_that_the_scheme_no_longer_knows_expects_nothing() -> None:
    """A sheet laid out by an earlier scheme asks for no mark."""
    stray = msgspec.structs.replace(SHEETS[0], sub_criterion="X9")
    assert (progress.marked(stray, BEGUN), progress.expected_marks(stray, BEGUN)) == (0, 0)


def test_missing_lists_judges_with_most_to_do_first() -> None:
    """Who has unsigned sheets, how many readings they lack, whose sheet is next, and when they were heard of."""
    assert progress.missing(SHEETS, BEGUN, NAMES, last_seen={LU: NOW}) == (
        JudgeProgress(judge_id=LU, judge="陆师傅", unsigned=2, missing_marks=3, next_code="A01", last_seen_at=NOW),
        JudgeProgress(judge_id=FANG, judge="方师傅", unsigned=2, missing_marks=2, next_code="A01", last_seen_at=None),
    )


def test_missing_leaves_out_who_signed_everything() -> None:
    """A judge whose every sheet is signed has nothing left; with equal work the names decide."""
    signed = tuple(msgspec.structs.replace(each, sealed_at=NOW) for each in SHEETS)
    assert progress.missing(signed, BEGUN, NAMES, last_seen={}) == ()
    even = (sheet(100, "A01", "A1", LU), sheet(101, "A01", "A1", FANG))
    assert [judge.judge for judge in progress.missing(even, book(), NAMES, last_seen={})] == ["方师傅", "陆师傅"]
