"""Taking a mark back: at once, by its judge, while it stands and nobody signed; the cell is then as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from competition.judging import actions, rules
from competition.ledger import store as ledger
from competition.ledger.actions import read_book
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.recount.actions import check_recount
from competition.results.store import contenders_of
from schemas.access import Person
from schemas.marks import Receipt, Retraction, RetractMark
from schemas.problems import Problem
from schemas.results import Standing
from tests.house import (
    NOW,
    findings,
    found_contest,
    mark,
    marks_in_force,
    receipt_of,
    recomputed_standings,
    record,
    seal,
    stored_standings,
)

LATER = NOW + timedelta(minutes=30)


async def test_a_mark_taken_back_leaves_the_cell_as_it_was(connection: Connection) -> None:
    """The entry, the receipt, the standings; then the cell takes a first mark again."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    made = mark(sheet, "T1.1", "80")
    await record(connection, shelf, contest, judge, made)
    undo = RetractMark(id=new_id(), mark=made.id, made_at=NOW + timedelta(seconds=9))
    receipt = await actions.retract_mark(connection, shelf, sheet, undo, person=judge, now=LATER)
    again = await actions.retract_mark(connection, Shelf(), sheet, undo, person=judge, now=LATER)
    assert receipt == again == Receipt(id=undo.id, position=2, revision=receipt.revision)
    entries = await ledger.entries(connection, contest.event_id)
    assert entries[1:] == (
        Retraction(
            id=undo.id,
            sheet_id=sheet,
            entrant_id=contest.entrants[contest.codes[0]],
            sub_criterion="T1",
            judge_id=judge.id,
            device_id=None,
            aspect="T1.1",
            mark=made.id,
            made_at=undo.made_at,
            recorded_at=LATER,
        ),
    )
    standings = await stored_standings(connection, contest)
    assert standings == await recomputed_standings(connection, contest)
    assert {standing.total for standing in standings.values()} == {Decimal(0)}
    [outcome] = await record(connection, shelf, contest, judge, mark(sheet, "T1.1", "70"))
    assert receipt_of(outcome).flags == ()
    assert await findings(connection, contest) == ()


async def test_a_correction_taken_back_brings_back_what_it_corrected(connection: Connection) -> None:
    """The first reading counts again, and the next correction supersedes that one."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "80")
    slip = mark(sheet, "T1.1", "8", supersedes=first.id, reason="input")
    await record(connection, shelf, contest, judge, first, slip)
    await _take_back(connection, sheet, slip.id, judge)
    standing = (await stored_standings(connection, contest))[contest.entrants[contest.codes[0]]]
    assert standing.stages["theory"] == 80
    [outcome] = await record(
        connection, shelf, contest, judge, mark(sheet, "T1.1", "90", supersedes=first.id, reason="input")
    )
    assert receipt_of(outcome).flags == ()
    assert await findings(connection, contest) == ()


@pytest.mark.parametrize(("seconds", "is_taken"), [(0, True), (12, True), (12.001, False), (-2, True), (-2.001, False)])
async def test_only_within_its_seconds_by_the_tablets_own_clock(
    connection: Connection, seconds: float, is_taken: bool
) -> None:
    """Ten seconds and a little slack between the two entries, however late they arrive and however wrong the clock is."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    yesterday = NOW - timedelta(days=1)
    made = mark(sheet, "T1.1", "80", made_at=yesterday)
    await record(connection, shelf, contest, judge, made)
    undo = RetractMark(id=new_id(), mark=made.id, made_at=yesterday + timedelta(seconds=seconds))
    refused = await _refused(connection, sheet, undo, judge)
    assert refused is (None if is_taken else rules.TooLateToTakeBack)


async def test_only_the_own_mark_in_force_on_an_open_sheet(connection: Connection) -> None:
    """Replaced, another's, on another sheet, taken back already, signed: each is refused, nothing is written."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, other = contest.judges
    sheet, second = (contest.sheet(code, "T1", 0) for code in contest.codes[:2])
    first = mark(sheet, "T1.1", "80")
    correction = mark(sheet, "T1.1", "82", supersedes=first.id, reason="input")
    gone = mark(second, "T1.1", "70")
    await record(connection, shelf, contest, judge, first, correction, gone)
    await _take_back(connection, second, gone.id, judge)
    written = await connection.fetchval("SELECT count(*) FROM ledger")
    assert [
        await _refused(connection, on, _undo(mark_id), person)
        for on, mark_id, person in (
            (sheet, first.id, judge),
            (sheet, correction.id, other),
            (second, correction.id, judge),
            (second, gone.id, judge),
            (sheet, new_id(), judge),
            (new_id(), correction.id, judge),
        )
    ] == [
        rules.NothingToTakeBack,
        rules.NoSuchSheet,
        rules.NothingToTakeBack,
        rules.NothingToTakeBack,
        rules.NothingToTakeBack,
        rules.NoSuchSheet,
    ]
    assert await connection.fetchval("SELECT count(*) FROM ledger") == written
    standing = mark(second, "T1.1", "71")
    await record(connection, shelf, contest, judge, standing)
    await seal(connection, shelf, contest, second)
    assert await _refused(connection, second, _undo(standing.id), judge) is rules.SheetIsSealed


async def test_a_mark_without_effect_is_taken_back_and_nothing_else_changes(connection: Connection) -> None:
    """In conflict, or late on the sheet that was signed: gone for good, once; what stands stands, and the sheet stays signed."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first, conflict = mark(sheet, "T1.1", "80"), mark(sheet, "T1.1", "81")
    late = mark(sheet, "T1.1", "82", supersedes=first.id, reason="input")
    await record(connection, shelf, contest, judge, first, conflict)
    await seal(connection, shelf, contest, sheet)
    await record(connection, shelf, contest, judge, late)
    before = await stored_standings(connection, contest)
    for kept in (conflict, late):
        assert await _refused(connection, sheet, _undo(kept.id), judge) is None
        assert await _refused(connection, sheet, _undo(kept.id), judge) is rules.NothingToTakeBack
    assert await _refused(connection, sheet, _undo(first.id), judge) is rules.SheetIsSealed
    assert [each.id for each in await marks_in_force(connection, contest.event_id, sheet)] == [first.id]
    after = await stored_standings(connection, contest)
    assert _totals(after) == _totals(before) == _totals(await recomputed_standings(connection, contest))
    book = await read_book(connection, Shelf(), contest.event_id)
    await check_recount(connection, book, await contenders_of(connection, contest.event_id), {})
    assert await findings(connection, contest) == ()


async def test_a_retraction_under_the_id_of_something_else_is_refused(connection: Connection) -> None:
    """The id of a mark, or of the retraction of another mark, is no retraction of this one."""
    contest, shelf = await found_contest(connection), Shelf()
    judge = contest.judges[0]
    sheets = [contest.sheet(code, "T1", 0) for code in contest.codes[:2]]
    marks = [mark(sheet, "T1.1", "80") for sheet in sheets]
    await record(connection, shelf, contest, judge, *marks)
    undo = _undo(marks[0].id)
    assert await _refused(connection, sheets[0], undo, judge) is None
    for taken in (marks[0].id, undo.id):
        again = RetractMark(id=taken, mark=marks[1].id, made_at=NOW)
        assert await _refused(connection, sheets[1], again, judge) is rules.EntryIdReused


def _undo(mark_id: UUID) -> RetractMark:
    return RetractMark(id=new_id(), mark=mark_id, made_at=NOW + timedelta(seconds=5))


def _totals(standings: Mapping[UUID, Standing]) -> dict[UUID, Decimal]:
    return {entrant_id: standing.total for entrant_id, standing in standings.items()}


async def _take_back(connection: Connection, sheet_id: UUID, mark_id: UUID, judge: Person) -> None:
    await actions.retract_mark(connection, Shelf(), sheet_id, _undo(mark_id), person=judge, now=NOW)


async def _refused(
    connection: Connection, sheet_id: UUID, command: RetractMark, person: Person
) -> type[Problem] | None:
    """Why a retraction was refused, if it was."""
    try:
        await actions.retract_mark(connection, Shelf(), sheet_id, command, person=person, now=NOW)
    except Problem as problem:
        return type(problem)
    return None
