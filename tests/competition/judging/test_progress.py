"""Who marked what, what is missing and what must be looked at, as pure folding."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.judging import progress
from competition.judging.rules import Sheet
from competition.ledger.book import Book
from schemas.desk import JudgeProgress, NotedMark, ProgressRow, SheetCell, SheetState
from schemas.hall import TabletLine, TabletStatus
from schemas.marks import Disqualification, Entry, Flag, Mark, Withdrawal
from tests.house import small_scheme

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
LU, FANG = UUID(int=1), UUID(int=2)
NAMES = {LU: "陆师傅", FANG: "方师傅"}
CODES = {"A01": UUID(int=11), "A02": UUID(int=12)}


def sheet(number: int, code: str, sub_criterion: str, judge: UUID, **changes: Any) -> Sheet:
    """A score sheet with this id."""
    return Sheet(
        id=UUID(int=number),
        event_id=UUID(int=9),
        entrant_id=CODES[code],
        code=code,
        sub_criterion=sub_criterion,
        judge_id=judge,
        judge=NAMES[judge],
        **{"sealed_at": None, **changes},
    )


SHEETS = (
    sheet(100, "A01", "A1", LU),
    sheet(101, "A01", "A1", FANG),
    sheet(102, "A01", "T1", LU, sealed_at=NOW),
    sheet(103, "A02", "A1", LU),
    sheet(104, "A02", "B1", FANG),
)


def mark(number: int, on: Sheet, aspect: str, value: int = 0, *flags: Flag, **changes: Any) -> Mark:
    """A mark with this id on a sheet."""
    made = Mark(
        id=UUID(int=number),
        sheet_id=on.id,
        entrant_id=on.entrant_id,
        sub_criterion=on.sub_criterion,
        judge_id=on.judge_id,
        device_id=None,
        aspect=aspect,
        values=(Decimal(value),),
        state="marked",
        base=0,
        made_at=NOW,
        recorded_at=NOW,
        supersedes=None,
        reason=None,
        note="",
        flags=flags,
    )
    return msgspec.structs.replace(made, **changes)


def book_of(*entries: Entry) -> Book:
    """A book after these entries."""
    written = Book(event_id=UUID(int=9), scheme=small_scheme())
    for entry in entries:
        written = written.with_entry(entry)
    return written


def book(*marked: tuple[Sheet, str], flags: tuple[Flag, ...] = ()) -> Book:
    """A book in which these aspects of these sheets have a mark."""
    return book_of(*(mark(1000 + number, on, aspect, 0, *flags) for number, (on, aspect) in enumerate(marked)))


def cell(number: int, judge: UUID, marked: int, expected: int, state: SheetState, on_tablet: int = 0) -> SheetCell:
    """A cell of the matrix."""
    return SheetCell(
        sheet_id=UUID(int=number),
        judge=NAMES[judge],
        marked=marked,
        expected=expected,
        state=state,
        on_tablet=on_tablet,
    )


def tablet(number: int, judge: UUID, *, on_tablet: dict[UUID, int] | None = None, **changes: Any) -> TabletLine:
    """A tablet of a judge that is connected, with so many marks of these sheets on it; None: it never said how it is."""
    status = None
    if on_tablet is not None:
        status = TabletStatus(
            queued=sum(on_tablet.values()),
            oldest_at=NOW,
            refused=0,
            photographs=0,
            clock=NOW,
            version="1",
            on_tablet=on_tablet,
        )
    line = TabletLine(
        device_id=UUID(int=number),
        name="平板",
        judge_id=judge,
        judge=NAMES[judge],
        is_connected=True,
        is_revoked=False,
        last_seen_at=NOW,
        status=status,
        skew_seconds=0,
        code=None,
        sub_criterion=None,
        is_shared=False,
    )
    return msgspec.structs.replace(line, **changes)


BEGUN = book((SHEETS[0], "A1.1"), (SHEETS[2], "T1.1"), (SHEETS[4], "B1.1"), (SHEETS[4], "B1.2"))


def test_matrix_has_a_row_an_entrant_and_a_cell_a_sub_criterion() -> None:
    """By code and in the scheme's order: T1, A1, B1; two judges share a cell; a sheet nobody has leaves it empty."""
    assert progress.matrix(SHEETS, BEGUN) == (
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


@pytest.mark.parametrize(
    ("changes", "asked", "state"),
    [
        ({}, {}, "begun"),
        ({}, {"on_tablet": {SHEETS[0].id: 3}}, "on_tablet"),
        ({"reopened_for": "读数抄错"}, {"on_tablet": {SHEETS[0].id: 3}}, "reopened"),
        ({"sealed_at": NOW}, {"on_tablet": {SHEETS[0].id: 3}}, "signed"),
        ({"sealed_at": NOW}, {"disputed": {SHEETS[0].id}}, "disputed"),
        ({"reopened_for": "读数抄错"}, {"disputed": {SHEETS[0].id}}, "disputed"),
    ],
)
def test_matrix_says_of_a_sheet_what_matters_most(
    changes: dict[str, Any], asked: dict[str, Any], state: SheetState
) -> None:
    """A dispute comes before all, then signed or reopened, then what is still on a tablet; its number is told in any case."""
    [row] = progress.matrix([msgspec.structs.replace(SHEETS[0], **changes)], BEGUN, **asked)
    waiting = asked.get("on_tablet", {}).get(SHEETS[0].id, 0)
    assert row.cells[1] == (cell(100, LU, 1, 2, state, waiting),)


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
    """Who has unsigned sheets, how many readings they lack, whose sheet is next, and the tablets they have in use."""
    first, second = tablet(1, LU), tablet(2, LU, is_connected=False)
    gone = tablet(3, LU, is_revoked=True)
    assert progress.missing(SHEETS, BEGUN, [first, gone, second]) == (
        JudgeProgress(
            judge_id=LU, judge="陆师傅", unsigned=2, missing_marks=3, next_code="A01", tablets=(first, second)
        ),
        JudgeProgress(judge_id=FANG, judge="方师傅", unsigned=2, missing_marks=2, next_code="A01", tablets=()),
    )


def test_missing_leaves_out_who_signed_everything() -> None:
    """A judge whose every sheet is signed has nothing left; with equal work the names decide."""
    signed = tuple(msgspec.structs.replace(each, sealed_at=NOW) for each in SHEETS)
    assert progress.missing(signed, BEGUN, []) == ()
    even = (sheet(100, "A01", "A1", LU), sheet(101, "A01", "A1", FANG))
    assert [judge.judge for judge in progress.missing(even, book(), [])] == ["方师傅", "陆师傅"]


@pytest.mark.parametrize("kind", [Withdrawal, Disqualification])
def test_nobody_need_sign_for_who_is_out(kind: type[Withdrawal | Disqualification]) -> None:
    """What is signed stays counted; taken back, the others are waited for again."""
    out = kind(id=UUID(int=1), entrant_id=CODES["A01"], lifted=False, by=LU, reason="伤病", recorded_at=NOW)
    gone = book_of(out).restated(1, CODES.values())
    back = gone.with_entry(msgspec.structs.replace(out, lifted=True)).restated(2, CODES.values())
    assert progress.to_be_signed(SHEETS, gone) == SHEETS[2:]
    assert progress.to_be_signed(SHEETS, back) == SHEETS


def test_on_tablets_adds_up_what_waits_for_a_sheet() -> None:
    """Two tablets of a judge may hold marks of one sheet; a tablet that never said anything holds nothing that is known of."""
    first, second = SHEETS[0].id, SHEETS[3].id
    lines = [tablet(1, LU, on_tablet={first: 2, second: 1}), tablet(2, LU, on_tablet={first: 3}), tablet(3, FANG)]
    assert progress.on_tablets(lines) == {first: 5, second: 1}


# Marks to look at -----------------------------------------------------------------------------------------------------

STANDS = mark(1, SHEETS[0], "A1.1", 5)


def noted(*entries: Mark) -> list[tuple[int, bool]]:
    """Which of these marks, each written in a revision of its own, are to be looked at: their ids, and whether undecided."""
    written = list(enumerate(entries, 1))
    flagged = [(position, position, each) for position, each in reversed(written) if each.flags]
    positions = {each.id: position for position, each in written}
    return [
        (each.mark.id.int, each.is_undecided) for each in progress.noted(flagged, SHEETS, book_of(*entries), positions)
    ]


@pytest.mark.parametrize("flag", ["conflict", "late", "quarantined"])
def test_noted_lists_a_mark_without_effect_until_somebody_decides(flag: Flag) -> None:
    """It is undecided until a ruling on its cell; where nothing stands, too."""
    other = mark(2, SHEETS[0], "A1.1", 7, flag)
    assert noted(STANDS, other) == [(2, True)]
    assert noted(other) == [(2, True)]
    assert noted(STANDS, other, mark(3, SHEETS[0], "A1.1", 7, origin="ruling")) == []
    assert noted(STANDS, other, mark(3, SHEETS[0], "A1.2", 7)) == [(2, True)]
    assert noted(STANDS, other, mark(3, SHEETS[1], "A1.1", 7)) == [(2, True)]


@pytest.mark.parametrize(("base", "is_listed"), [(0, True), (1, True), (2, False), (9, False)])
def test_noted_keeps_a_conflict_until_a_mark_is_made_in_knowledge_of_it(base: int, is_listed: bool) -> None:
    """A correction that waited on a tablet before the conflict was written decides nothing about it; one made after it does."""
    conflict = mark(2, SHEETS[0], "A1.1", 7, "conflict")
    correction = mark(3, SHEETS[0], "A1.1", 6, base=base, supersedes=STANDS.id, reason="input")
    assert noted(STANDS, conflict, correction) == ([(2, True)] if is_listed else [])
    assert noted(STANDS, conflict, correction, mark(4, SHEETS[0], "A1.1", 6, origin="ruling")) == []


def test_noted_leaves_out_what_says_the_same_as_what_stands() -> None:
    """A second tablet that sent the same value, be it written with more zeros, leaves nothing to decide."""
    same = mark(2, SHEETS[0], "A1.1", 5, "conflict", values=(Decimal("5.0"),))
    assert noted(STANDS, same) == []


def test_noted_lists_an_implausible_mark_while_it_stands() -> None:
    """It counts, and somebody should look; once it is corrected nobody need."""
    odd = mark(2, SHEETS[0], "A1.1", 99, "implausible")
    assert noted(odd) == [(2, False)]
    assert noted(odd, mark(3, SHEETS[0], "A1.1", 9)) == []


def test_noted_tells_what_stands_against_a_mark() -> None:
    """Both values are there, whose sheet it is, and whether that is signed; a sheet that nobody knows of is left out."""
    other = mark(2, SHEETS[0], "A1.1", 7, "late")
    written, positions = book_of(STANDS, other), {STANDS.id: 1}
    signed = msgspec.structs.replace(SHEETS[0], sealed_at=NOW)
    told = NotedMark(code="A01", mark=other, stands=STANDS, is_undecided=True, is_signed=True)
    assert progress.noted([(2, 2, other)], [signed], written, positions) == (told,)
    assert progress.noted([(2, 2, other)], [], written, positions) == ()
