"""Marks that others than the judge enter: from paper, and by the chief judge's ruling; each with who, whence and why."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.judging import actions, rules, rulings
from competition.judging.desk_store import flagged_marks
from competition.judging.store import sheet_with
from competition.ledger import store as ledger
from competition.ledger.actions import read_book
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.recount.actions import check_recount
from competition.results.store import contenders_of
from competition.scoring.readings import WrongNumberOfReadings
from schemas.access import Person
from schemas.marks import Mark, Receipt, RecordMark, Reopening, ReopenSheet, Retraction, RetractMark
from schemas.problems import NotFound, Problem
from tests.competition.judging.voting import found_panel, revotes_in, vote, vote_all, votes_in_force
from tests.house import (
    NOW,
    Contest,
    add_person,
    as_recorded,
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


# From paper -----------------------------------------------------------------------------------------------------------


async def test_a_mark_from_paper_is_the_judges_and_says_who_entered_it(connection: Connection) -> None:
    """It counts like one from the tablet, is told apart from one, and comes to the same standings."""
    contest = await found_contest(connection)
    scorekeeper = await add_person(connection, "scorekeeper")
    command = mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80", note="纸质评分表 12 号")
    [receipt] = await _from_paper(connection, scorekeeper, command)
    [again] = await _from_paper(connection, scorekeeper, command)
    [recorded] = await ledger.entries(connection, contest.event_id)
    [expected] = as_recorded(contest, [(contest.judges[0], command)])
    assert receipt == again
    assert (receipt.position, receipt.points, receipt.flags) == (1, Decimal(80), ())
    assert recorded == msgspec.structs.replace(expected, recorded_at=LATER, entered_by=scorekeeper.id, origin="paper")
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_paper_over_a_mark_needs_that_mark_and_a_reason(connection: Connection) -> None:
    """Over nothing, over another one, without a reason: refused; over the mark that was shown: a correction."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "80")
    await record(connection, shelf, contest, contest.judges[0], first)
    commands = [
        mark(sheet, "T1.1", "85"),
        mark(sheet, "T1.1", "85", supersedes=new_id(), reason="transfer"),
        mark(sheet, "T1.1", "85", supersedes=first.id),
        mark(sheet, "T1.1", "85", supersedes=first.id, reason="transfer"),
    ]
    assert [await _refused(connection, command, contest.chief) for command in commands] == [
        rulings.CellHasChanged,
        rulings.CellHasChanged,
        rules.CorrectionNeedsReason,
        None,
    ]
    assert await _levels(connection, contest) == [Decimal(80), Decimal(85)]


async def test_paper_is_refused_on_a_signed_sheet_with_the_way_on(connection: Connection) -> None:
    """What is signed is signed: reopened first, it takes the paper, and its judge signs again."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "80")
    await record(connection, shelf, contest, contest.judges[0], first)
    await seal(connection, shelf, contest, sheet)
    command = mark(sheet, "T1.1", "85", supersedes=first.id, reason="transfer")
    assert await _refused(connection, command, contest.chief) is rulings.ReopenFirst
    await _reopen(connection, contest, sheet)
    assert await _refused(connection, command, contest.chief) is None
    await seal(connection, shelf, contest, sheet)
    assert await findings(connection, contest) == ()


async def test_paper_is_read_like_a_tablets_mark(connection: Connection) -> None:
    """Readings of another number, another sheet's aspect, no sheet, a sheet that is not the one of the address."""
    contest = await found_contest(connection)
    sheet, other = contest.sheet(contest.codes[0], "T1", 0), contest.sheet(contest.codes[1], "T1", 0)
    refused = [
        await _refused(connection, command, contest.chief, sheet_id=at)
        for command, at in (
            (mark(sheet, "T1.1"), sheet),
            (mark(sheet, "A1.1", "0.008"), sheet),
            (mark(sheet, "T1.1", "80"), new_id()),
            (mark(sheet, "T1.1", "80"), other),
        )
    ]
    assert refused == [WrongNumberOfReadings, rules.NoSuchAspect, rules.NoSuchSheet, rules.NoSuchSheet]


async def test_a_paper_sheet_is_one_revision_or_nothing(connection: Connection) -> None:
    """Its marks stand in one revision, in their order; with one that cannot be taken none is, and the others may come again."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet = contest.sheet(contest.codes[0], "A1", 0)
    first, second = mark(sheet, "A1.1", "0.008"), mark(sheet, "A1.2", "1")
    wrong = mark(sheet, "A1.2", "1", "2")
    for faulty in (wrong, mark(sheet, "A1.1", "0.004")):
        with pytest.raises(Problem):
            await actions.record_paper(connection, shelf, sheet, [first, faulty], person=contest.chief, now=LATER)
    assert await ledger.entries(connection, contest.event_id) == ()
    receipts = await _from_paper(connection, contest.chief, first, second)
    again = await _from_paper(connection, contest.chief, second, first)
    assert [(receipt.id, receipt.position) for receipt in receipts] == [(first.id, 1), (second.id, 2)]
    assert len({receipt.revision for receipt in receipts}) == 1
    assert again == receipts[::-1]
    assert await findings(connection, contest) == ()


async def test_a_papers_id_belongs_to_who_entered_it(connection: Connection) -> None:
    """The judge's tablet cannot take it for its own mark, nor can another at the desk."""
    contest, shelf = await found_contest(connection), Shelf()
    command = mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80")
    await _from_paper(connection, contest.chief, command)
    [outcome] = await record(connection, shelf, contest, contest.judges[0], command)
    assert isinstance(outcome, rules.MarkIdReused)
    stranger = await add_person(connection, "scorekeeper")
    assert await _refused(connection, command, stranger) is rules.MarkIdReused


async def test_the_last_vote_from_paper_opens_the_revote(connection: Connection) -> None:
    """It does not matter who typed it: the panel is complete and lies apart."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 3))
    await _from_paper(connection, contest.chief, mark(contest.sheet(contest.codes[0], "B1", 2), "B1.1", "1"))
    assert len(await revotes_in(connection, contest)) == 1


# Rulings --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["conflict", "late"])
async def test_the_chief_judge_lets_a_mark_count_that_had_no_effect(connection: Connection, flag: str) -> None:
    """A new mark with the same reading takes the place of what stood; both stay on record, and a signed sheet is open again."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "80")
    await record(connection, shelf, contest, judge, first)
    if flag == "late":
        await seal(connection, shelf, contest, sheet)
    change: dict[str, Any] = {"supersedes": first.id, "reason": "input"} if flag == "late" else {}
    kept = mark(sheet, "T1.1", "60", **change)
    [outcome] = await record(connection, shelf, contest, judge, kept)
    assert receipt_of(outcome).flags == (flag,)
    receipt = await actions.let_count(connection, shelf, kept.id, " 裁判确认 60 ", person=contest.chief, now=LATER)
    again = await actions.let_count(connection, Shelf(), kept.id, "裁判确认 60", person=contest.chief, now=LATER)
    assert (receipt.id, receipt.position) == (again.id, again.position)
    *_, before, ruling = await ledger.entries(connection, contest.event_id)
    assert isinstance(before, Reopening) is (flag == "late")
    if isinstance(before, Reopening):
        assert (before.sheet_id, before.by, before.reason) == (sheet, contest.chief.id, "裁判确认 60")
    opened = await sheet_with(connection, sheet)
    assert opened is not None
    assert (opened.is_sealed(), opened.reopened_for) == (False, "裁判确认 60" if flag == "late" else None)
    assert ruling == Mark(
        id=receipt.id,
        sheet_id=sheet,
        entrant_id=contest.entrants[contest.codes[0]],
        sub_criterion="T1",
        judge_id=judge.id,
        device_id=None,
        aspect="T1.1",
        values=(Decimal(60),),
        state="marked",
        base=0,
        made_at=LATER,
        recorded_at=LATER,
        supersedes=first.id,
        reason="other",
        note="裁判确认 60",
        flags=(),
        entered_by=contest.chief.id,
        origin="ruling",
    )
    standing = (await stored_standings(connection, contest))[contest.entrants[contest.codes[0]]]
    assert standing.stages["theory"] == 60
    assert await findings(connection, contest) == ()


@pytest.mark.parametrize("flag", ["conflict", "late"])
async def test_a_ruling_may_leave_a_mark_out(connection: Connection, flag: str) -> None:
    """What stands stays, and stays signed; the entry says who decided and why, and nobody can decide about the mark again."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    first, kept = mark(sheet, "T1.1", "80"), mark(sheet, "T1.1", "60")
    await record(connection, shelf, contest, contest.judges[0], first)
    if flag == "late":
        await seal(connection, shelf, contest, sheet)
    await record(connection, shelf, contest, contest.judges[0], kept)
    before, signed = await ledger.entries(connection, contest.event_id), await sheet_with(connection, sheet)
    receipt = await actions.leave_out(connection, shelf, kept.id, " 80 无误 ", person=contest.chief, now=LATER)
    again = await actions.leave_out(connection, Shelf(), kept.id, "80 无误", person=contest.chief, now=LATER)
    assert receipt == again
    assert await ledger.entries(connection, contest.event_id) == (
        *before,
        Retraction(
            id=receipt.id,
            sheet_id=sheet,
            entrant_id=contest.entrants[contest.codes[0]],
            sub_criterion="T1",
            judge_id=contest.judges[0].id,
            device_id=None,
            aspect="T1.1",
            mark=kept.id,
            made_at=LATER,
            recorded_at=LATER,
            by=contest.chief.id,
            reason="80 无误",
        ),
    )
    assert await sheet_with(connection, sheet) == signed
    assert await flagged_marks(connection, contest.event_id) == ()
    assert [each.id for each in await marks_in_force(connection, contest.event_id, sheet)] == [first.id]
    assert await _refused_ruling(connection, contest, kept.id) is rulings.NothingToDecide
    for mark_id, reason in ((kept.id, "再说一次"), (first.id, "80 无误"), (kept.id, " ")):
        with pytest.raises(rulings.RulingNeedsReason if reason == " " else rulings.NothingToDecide):
            await actions.leave_out(connection, Shelf(), mark_id, reason, person=contest.chief, now=LATER)
    book = await read_book(connection, Shelf(), contest.event_id)
    await check_recount(connection, book, await contenders_of(connection, contest.event_id), {})
    assert await findings(connection, contest) == ()


async def test_a_ruling_needs_a_reason_and_something_to_decide(connection: Connection) -> None:
    """No reason, no such mark, a mark that was replaced, one that says what stands."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "80")
    second = mark(sheet, "T1.1", "82", supersedes=first.id, reason="input")
    same = mark(sheet, "T1.1", "82")
    other = mark(sheet, "T1.1", "83")
    await record(connection, shelf, contest, contest.judges[0], first, second, same, other)
    refused = [
        await _refused_ruling(connection, contest, other.id, reason="  "),
        await _refused_ruling(connection, contest, new_id()),
        await _refused_ruling(connection, contest, first.id),
        await _refused_ruling(connection, contest, same.id),
    ]
    assert refused == [rulings.RulingNeedsReason, NotFound, rulings.NothingToDecide, rulings.NothingToDecide]
    assert len(await ledger.entries(connection, contest.event_id)) == 4


async def test_a_mark_that_its_judge_took_back_is_never_let_count(connection: Connection) -> None:
    """A second value, taken back at once: the chief judge is not shown it, and cannot decide for it."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first, conflict = mark(sheet, "T1.1", "80"), mark(sheet, "T1.1", "60")
    await record(connection, shelf, contest, judge, first, conflict)
    assert [noted.id for *_, noted in await flagged_marks(connection, contest.event_id)] == [conflict.id]
    undo = RetractMark(id=new_id(), mark=conflict.id, made_at=NOW)
    await actions.retract_mark(connection, shelf, sheet, undo, person=judge, now=NOW)
    assert await flagged_marks(connection, contest.event_id) == ()
    assert await _refused_ruling(connection, contest, conflict.id) is rulings.NothingToDecide
    assert [each.id for each in await marks_in_force(connection, contest.event_id, sheet)] == [first.id]
    book = await read_book(connection, Shelf(), contest.event_id)
    await check_recount(connection, book, await contenders_of(connection, contest.event_id), {})
    assert await findings(connection, contest) == ()


async def test_a_late_vote_that_is_let_count_answers_its_revote(connection: Connection) -> None:
    """The chief judge takes a second vote that came too late: it counts, and is shown as that judge's second one."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    late = await vote(connection, shelf, contest, 2, 2, supersedes=first[2], revote=revote.id, now=LATER)
    assert late.flags == ("late",)
    ruling = await actions.let_count(connection, shelf, late.id, "网络中断", person=contest.chief, now=LATER)
    assert (await votes_in_force(connection, contest))[2] == (2, ruling.id)


async def _from_paper(connection: Connection, person: Person, *commands: RecordMark) -> tuple[Receipt, ...]:
    return await actions.record_paper(connection, Shelf(), commands[0].sheet_id, commands, person=person, now=LATER)


async def _refused(
    connection: Connection, command: RecordMark, person: Person, *, sheet_id: UUID | None = None
) -> type[Problem] | None:
    """Why a mark from paper was refused, if it was."""
    try:
        await actions.record_paper(
            connection, Shelf(), sheet_id or command.sheet_id, [command], person=person, now=LATER
        )
    except Problem as problem:
        return type(problem)
    return None


async def _refused_ruling(
    connection: Connection, contest: Contest, mark_id: UUID, *, reason: str = "裁定"
) -> type[Problem]:
    with pytest.raises(Problem) as refused:
        await actions.let_count(connection, Shelf(), mark_id, reason, person=contest.chief, now=LATER)
    return refused.type


async def _reopen(connection: Connection, contest: Contest, sheet_id: UUID) -> None:
    command = ReopenSheet(id=new_id(), reason="读数抄错")
    await actions.reopen_score_sheet(connection, Shelf(), sheet_id, command, person=contest.chief, now=NOW)


async def _levels(connection: Connection, contest: Contest) -> list[Decimal]:
    entries = await ledger.entries(connection, contest.event_id)
    return [entry.values[0] for entry in entries if isinstance(entry, Mark)]
