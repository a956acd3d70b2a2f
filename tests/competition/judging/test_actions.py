"""Recording marks, signing and reopening over a real database: exactly once, in order, with author and reason."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competition.access import actions as access
from competition.judging import actions, rules
from competition.judging.actions import Submission
from competition.judging.store import seats_of, sheet_with, sheets_of_judge
from competition.ledger import store as ledger
from competition.ledger.actions import WordsCannotBeKept, restate
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import HALL, REVISIONS
from schemas.access import Person
from schemas.base import canonical
from schemas.marks import GENESIS, Mark, Receipt, RecordMark, Refusal, Reopening, ReopenSheet
from schemas.problems import NotFound, Problem
from schemas.results import Standing
from tests.competition.amendments.drafts import coarser_paper
from tests.competition.amendments.steps import amend
from tests.house import (
    NOW,
    Contest,
    add_person,
    as_recorded,
    findings,
    found_contest,
    mark,
    mark_all,
    marks_for,
    marks_in_force,
    receipt_of,
    recomputed_standings,
    record,
    seal,
    seal_all,
    sent,
    standings_from,
    stored_standings,
)

LATER = NOW + timedelta(minutes=30)


# A mark ---------------------------------------------------------------------------------------------------------------


async def test_mark_is_written_with_everything_that_follows_from_it(connection: Connection) -> None:
    """One mark: the receipt, the ledger's row, its link, the standings, the lock of the scheme, in one go."""
    contest, shelf = await found_contest(connection), Shelf()
    revision = 1 + await connection.fetchval("SELECT revision FROM event")
    code, judge = contest.codes[0], contest.judges[0]
    command = mark(contest.sheet(code, "A1", 0), "A1.1", "0.013", base=4, note="复测")
    receipt = receipt_of((await record(connection, shelf, contest, judge, command))[0])
    [written] = as_recorded(contest, [(judge, command)])
    link = hashlib.sha256(GENESIS + b"\0\0\0\0\0\0\0\1" + canonical(written)).digest()
    assert msgspec.structs.replace(receipt, steps=()) == Receipt(
        id=command.id, position=1, revision=revision, flags=(), points=Decimal(20)
    )
    assert [step.en for step in receipt.steps] == ["0.013 mm → +0.003 over 0.010 → keeps 50 % → 20.00 of 40.00"]
    assert [tuple(row) for row in await connection.fetch("SELECT * FROM ledger")] == [
        (contest.event_id, 1, command.id, "mark", written.entrant_id, revision, canonical(written).decode(), link)
    ]
    assert await ledger.head_of(connection, contest.event_id) == ledger.Head(revision=revision, position=1, digest=link)
    assert await connection.fetchval("SELECT locked_at FROM scheme") == NOW
    standings = await stored_standings(connection, contest)
    assert standings == await recomputed_standings(connection, contest)
    assert {
        code: (standings[entrant_id].rank, standings[entrant_id].total, standings[entrant_id].marked)
        for code, entrant_id in contest.entrants.items()
    } == {
        contest.codes[0]: (1, Decimal(14), 1),
        contest.codes[1]: (None, Decimal(0), 0),
        contest.codes[2]: (None, Decimal(0), 0),
    }
    assert await findings(connection, contest) == ()


async def test_mark_tells_the_boards_once_it_is_durable(dsn: str, connection: Connection) -> None:
    """One notice a commit, with the event's id, when the revision can be read by others; none for what was known already."""
    contest, shelf = await found_contest(connection), Shelf()
    listener = await asyncpg.connect(dsn)
    heard: list[object] = []
    await listener.add_listener(REVISIONS, lambda *told: heard.append(told[-1]))
    commands = [command for person, command in marks_for(contest, contest.codes[0]) if person == contest.judges[0]]
    for _ in range(3):
        await record(connection, shelf, contest, contest.judges[0], *commands)
    await listener.execute("SELECT 1")
    assert heard == [str(contest.event_id)]
    await listener.close()


async def test_a_batch_is_answered_in_its_order(connection: Connection) -> None:
    """Receipts and refusals stand where the marks stood, and what is refused keeps no neighbour out."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, code = contest.judges[0], contest.codes[0]
    sheet, others = contest.sheet(code, "A1", 0), contest.sheet(code, "B1", 1)
    commands = (
        mark(sheet, "A1.1", "0.008"),
        mark(sheet, "A1.9", "1"),
        mark(others, "B1.1", "2"),
        mark(new_id(), "A1.1", "1"),
        mark(sheet, "A1.2", "1", "2"),
        mark(sheet, "A1.2", "NaN"),
        mark(sheet, "A1.2", "1", note="\x00"),
        mark(sheet, "A1.2", "1"),
    )
    outcomes = await record(connection, shelf, contest, judge, *commands)
    answers = actions.receipts(commands, outcomes)
    assert [(answer.id, answer.type if isinstance(answer, Refusal) else answer.position) for answer in answers] == [
        (commands[0].id, 1),
        (commands[1].id, "no-such-aspect"),
        (commands[2].id, "no-such-sheet"),
        (commands[3].id, "no-such-sheet"),
        (commands[4].id, "wrong-number-of-readings"),
        (commands[5].id, "not-a-number"),
        (commands[6].id, "words-cannot-be-kept"),
        (commands[7].id, 2),
    ]
    assert await findings(connection, contest) == ()


async def test_two_judges_of_a_panel_mark_the_same_aspect_apart(connection: Connection) -> None:
    """Each judge's reading stands in a cell of its own, and the aspect is their mean."""
    contest, shelf = await found_contest(connection), Shelf()
    code = contest.codes[0]
    for judge, value in ((0, "0.008"), (1, "0.013")):
        outcomes = await record(
            connection, shelf, contest, contest.judges[judge], mark(contest.sheet(code, "A1", judge), "A1.1", value)
        )
        assert receipt_of(outcomes[0]).flags == ()
    standing = (await stored_standings(connection, contest))[contest.entrants[code]]
    assert (standing.criteria, standing.total) == ({"A": Decimal(30)}, Decimal(21))


# The same again -------------------------------------------------------------------------------------------------------


async def test_mark_sent_again_gets_the_same_receipt_and_one_row(connection: Connection) -> None:
    """A lost answer, four times over, a reload, and the same mark twice in one batch: one row, one receipt."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, command = contest.judges[0], mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80")
    [first] = await record(connection, shelf, contest, judge, command)
    again = [await record(connection, shelf, contest, judge, command, now=LATER) for _ in range(3)]
    twice = await record(connection, Shelf(), contest, judge, command, command, now=LATER)
    assert again == [(first,)] * 3
    assert twice == (first, first)
    entries = await ledger.entries(connection, contest.event_id)
    assert [(entry.id, entry.recorded_at) for entry in entries] == [(command.id, NOW)]


async def test_mark_sent_again_after_an_amendment_is_received_without_points(connection: Connection) -> None:
    """A reading that was corrected, and that the scheme no longer knows: the receipt says where it is, not what it gives."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet, judge = contest.sheet(contest.codes[0], "T1", 0), contest.judges[0]
    slip = mark(sheet, "T1.1", "80")
    right = mark(sheet, "T1.1", "40", supersedes=slip.id, reason="input")
    first, second = [receipt_of(each) for each in await record(connection, shelf, contest, judge, slip, right)]
    await amend(connection, contest, coarser_paper(), shelf=shelf)
    again = [receipt_of(each) for each in await record(connection, shelf, contest, judge, slip, right)]
    assert again[0] == Receipt(id=slip.id, position=1, revision=first.revision)
    assert (again[1].id, again[1].position, again[1].points) == (right.id, second.position, Decimal(40))


async def test_two_tabs_that_send_one_outbox_at_once_record_it_once(dsn: str, connection: Connection) -> None:
    """Two connections with the same marks in the same moment: one row each, and both tabs get the same receipts."""
    contest = await found_contest(connection)
    commands = [command for person, command in marks_for(contest, contest.codes[0]) if person == contest.judges[0]]
    other = await asyncpg.connect(dsn, server_settings={"role": "leitai_app"})
    first, second = await asyncio.gather(
        record(connection, Shelf(), contest, contest.judges[0], *commands),
        record(other, Shelf(), contest, contest.judges[0], *commands),
    )
    await other.close()
    assert first == second
    assert await _ids_in_ledger(connection) == {command.id: 1 for command in commands}
    assert await findings(connection, contest) == ()


async def test_marks_sent_five_times_in_any_order_are_recorded_exactly_once(connection: Connection) -> None:
    """Every mark five times, shuffled, in batches of seven from many requests: as if each had come once (acceptance 8)."""
    contest, shelf = await found_contest(connection), Shelf()
    made = [pair for code in contest.codes for pair in marks_for(contest, code)]
    rain = made * 5
    Random(11).shuffle(rain)
    for start in range(0, len(rain), 7):
        submissions = [sent(person, command) for person, command in rain[start : start + 7]]
        await actions.record_marks(connection, shelf, contest.event_id, submissions, now=NOW)
    assert await _ids_in_ledger(connection) == {command.id: 1 for _, command in made}
    rained = await stored_standings(connection, contest)
    assert rained == standings_from(contest, as_recorded(contest, made))
    assert await findings(connection, contest) == ()


async def test_a_known_id_with_another_body_is_refused_and_noted(connection: Connection) -> None:
    """The first mark stands, the other is refused, and the record tells whose tablet sent it (acceptance 7)."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, other, code = *contest.judges, contest.codes[0]
    command = mark(contest.sheet(code, "A1", 0), "A1.1", "0.008")
    neighbour = mark(contest.sheet(code, "A1", 0), "A1.2", "0")
    await record(connection, shelf, contest, judge, command)
    changed = msgspec.structs.replace(command, values=(Decimal("0.009"),))
    stolen = msgspec.structs.replace(command, sheet_id=contest.sheet(code, "A1", 1))
    answers = actions.receipts(
        (changed, neighbour), await record(connection, shelf, contest, judge, changed, neighbour)
    )
    [refused] = await record(connection, shelf, contest, other, stolen)
    assert [type(answer).__name__ for answer in answers] == ["Refusal", "Receipt"]
    assert isinstance(refused, rules.MarkIdReused)
    assert (rules.MarkIdReused.status, rules.MarkIdReused.type()) == (422, "mark-id-reused")
    assert await _ids_in_ledger(connection) == {command.id: 1, neighbour.id: 1}
    [kept] = [entry for entry in await ledger.entries(connection, contest.event_id) if entry.id == command.id]
    assert isinstance(kept, Mark)
    assert kept.values == (Decimal("0.008"),)
    audited = await connection.fetch(
        "SELECT verb, subject, actor_id FROM audit WHERE verb = 'reuse_mark_id' ORDER BY id"
    )
    assert [tuple(row) for row in audited] == [
        ("reuse_mark_id", str(command.id), judge.id),
        ("reuse_mark_id", str(command.id), other.id),
    ]


async def test_a_mark_id_used_twice_in_one_batch_keeps_the_first(connection: Connection) -> None:
    """Within one request too, the second body under an id is refused."""
    contest, shelf = await found_contest(connection), Shelf()
    command = mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80")
    other = msgspec.structs.replace(command, values=(Decimal(90),))
    first, second = await record(connection, shelf, contest, contest.judges[0], command, other)
    assert receipt_of(first).position == 1
    assert isinstance(second, rules.MarkIdReused)


async def test_a_recorded_mark_sent_to_another_event_is_refused_alone(connection: Connection) -> None:
    """The address of another event knows nothing of the sheet, and the neighbours in the request are taken."""
    first, second, shelf = await found_contest(connection), await found_contest(connection), Shelf()
    command = mark(first.sheet(first.codes[0], "T1", 0), "T1.1", "80")
    await record(connection, shelf, first, first.judges[0], command)
    neighbour = mark(second.sheet(second.codes[0], "T1", 0), "T1.1", "70")
    submissions = [sent(first.judges[0], command), sent(second.judges[0], neighbour)]
    [[strayed], [taken]] = await actions.record_marks(connection, shelf, second.event_id, submissions, now=NOW)
    assert isinstance(strayed, rules.NoSuchSheet)
    assert receipt_of(taken).position == 1


# Corrections, conflicts, late marks -----------------------------------------------------------------------------------


async def test_a_correction_supersedes_with_a_reason(connection: Connection) -> None:
    """The new reading counts, the old stays in the ledger, and without a reason nothing happens."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "75")
    await record(connection, shelf, contest, judge, first)
    unexplained = mark(sheet, "T1.1", "57", supersedes=first.id)
    explained = mark(sheet, "T1.1", "57", supersedes=first.id, reason="transfer", note="抄反了")
    refused, taken = await record(connection, shelf, contest, judge, unexplained, explained)
    assert isinstance(refused, rules.CorrectionNeedsReason)
    assert receipt_of(taken).flags == ()
    assert await marks_in_force(connection, contest.event_id, sheet) == (
        await _mark(connection, contest, explained.id),
    )
    assert [entry.id for entry in await ledger.entries(connection, contest.event_id)] == [first.id, explained.id]
    assert (await _standing(connection, contest, contest.codes[0])).stages == {"theory": Decimal(57)}
    assert await findings(connection, contest) == ()


async def test_two_marks_for_one_cell_are_both_kept_and_the_second_has_no_effect(connection: Connection) -> None:
    """No silent last-write-wins: the second is flagged for the chief judge and changes no total (acceptance 9)."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first, second = mark(sheet, "T1.1", "75"), mark(sheet, "T1.1", "60")
    await record(connection, shelf, contest, judge, first)
    before = await stored_standings(connection, contest)
    [outcome] = await record(connection, shelf, contest, judge, second, now=LATER)
    assert receipt_of(outcome).flags == ("conflict",)
    assert receipt_of(outcome).position == 2
    assert await stored_standings(connection, contest) == before
    assert await recomputed_standings(connection, contest) == before
    assert await marks_in_force(connection, contest.event_id, sheet) == (await _mark(connection, contest, first.id),)
    [noted] = await _flagged(connection, contest)
    assert (noted.id, noted.values, noted.flags, noted.recorded_at) == (second.id, (Decimal(60),), ("conflict",), LATER)


async def test_a_stale_replay_does_not_undo_a_correction(connection: Connection) -> None:
    """The recorded case: 7.5 entered offline, corrected to 6.0 meanwhile, 7.5 replayed: 6.0 stays, the chief judge is shown 7.5."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "5.0")
    offline = mark(sheet, "T1.1", "7.5", supersedes=first.id, reason="input", made_at=NOW + timedelta(minutes=1))
    corrected = mark(sheet, "T1.1", "6.0", supersedes=first.id, reason="input", made_at=NOW + timedelta(minutes=2))
    await record(connection, shelf, contest, judge, first)
    await record(connection, shelf, contest, judge, corrected, now=NOW + timedelta(minutes=2))
    [outcome] = await record(connection, shelf, contest, judge, offline, now=LATER)
    assert receipt_of(outcome).flags == ("conflict",)
    assert (await _standing(connection, contest, contest.codes[0])).stages == {"theory": Decimal("6.0")}
    assert [noted.values for noted in await _flagged(connection, contest)] == [(Decimal("7.5"),)]
    assert [entry.id for entry in await ledger.entries(connection, contest.event_id)] == [
        first.id,
        corrected.id,
        offline.id,
    ]


async def test_a_mark_after_the_seal_is_kept_without_effect(connection: Connection) -> None:
    """Made offline before signing elsewhere, sent after: taken late, flagged, the signed figures stand (acceptance 18)."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet, "T1.1", "75")
    await record(connection, shelf, contest, judge, first)
    await seal(connection, shelf, contest, sheet)
    before = await stored_standings(connection, contest)
    late = mark(sheet, "T1.1", "80", supersedes=first.id, reason="input")
    [outcome] = await record(connection, shelf, contest, judge, late, now=LATER)
    assert (receipt_of(outcome).flags, receipt_of(outcome).position) == (("late",), 3)
    assert await stored_standings(connection, contest) == before == await recomputed_standings(connection, contest)
    assert [noted.flags for noted in await _flagged(connection, contest)] == [("late",)]
    await _reopen(connection, shelf, contest, sheet)
    entered = mark(sheet, "T1.1", "80", supersedes=first.id, reason="input")
    [outcome] = await record(connection, shelf, contest, judge, entered, now=LATER)
    assert receipt_of(outcome).flags == ()
    assert (await _standing(connection, contest, contest.codes[0])).stages == {"theory": Decimal(80)}
    assert await findings(connection, contest) == ()


async def test_a_wrong_clock_changes_neither_order_nor_effect(connection: Connection) -> None:
    """Tablets a day off, the server's clock set back ten minutes: what came later counts (acceptance 19)."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    tomorrow, yesterday, set_back = NOW + timedelta(hours=26), NOW - timedelta(days=1), NOW - timedelta(minutes=10)
    first = mark(sheet, "T1.1", "75", made_at=tomorrow)
    second = mark(sheet, "T1.1", "76", supersedes=first.id, reason="input", made_at=yesterday)
    receipts = []
    for command, sent_at, now in ((first, tomorrow, NOW), (second, yesterday, set_back)):
        submission = sent(judge, command, sent_at=sent_at)
        [[outcome]] = await actions.record_marks(connection, shelf, contest.event_id, [submission], now=now)
        receipts.append(receipt_of(outcome))
    assert [(receipt.position, receipt.flags) for receipt in receipts] == [(1, ("clock_skew",)), (2, ("clock_skew",))]
    assert (await _standing(connection, contest, contest.codes[0])).stages == {"theory": Decimal(76)}
    assert await findings(connection, contest) == ()


Steps = list[tuple[int, int, int]]
Turns = list[tuple[int, int, int]]

places = st.integers(0, 1)
steps = st.lists(st.tuples(places, st.integers(0, 2), st.integers(0, 3)), max_size=14)
turns = st.lists(st.tuples(places, st.integers(1, 4), st.integers(0, 3)), max_size=12)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, turns=turns)
async def test_any_interleaving_of_tablets_comes_to_the_same_as_in_order_once(
    dsn: str, connection: Connection, contest: Contest, steps: Steps, turns: Turns
) -> None:
    """Two outboxes, cut into any batches, interleaved and sent again in part, give what each mark once and in order gives."""
    await _wipe(dsn, contest)
    made = _made(contest, steps)
    shelf = Shelf()
    for delivery in _deliveries(contest, made, turns):
        await actions.record_marks(connection, shelf, contest.event_id, delivery, now=NOW)
    assert await stored_standings(connection, contest) == standings_from(contest, as_recorded(contest, made))
    assert await _ids_in_ledger(connection) == {command.id: 1 for _, command in made}
    assert await _flagged(connection, contest) == []
    assert await findings(connection, contest) == ()


def _made(contest: Contest, steps: Steps) -> list[tuple[Person, RecordMark]]:
    """What judges entered: judge 0 theory, judge 1 the wiring's level; a second reading of a cell corrects the first."""
    made, last = [], dict[tuple[int, int], UUID]()
    for judge, place, value in steps:
        code, before = contest.codes[place], last.get((judge, place))
        changes: dict[str, Any] = {"supersedes": before, "reason": "input"} if before else {}
        sub_criterion, aspect = (("T1", "T1.1"), ("B1", "B1.1"))[judge]
        command = mark(contest.sheet(code, sub_criterion, judge), aspect, str(value), **changes)
        last[judge, place] = command.id
        made.append((contest.judges[judge], command))
    return made


def _deliveries(contest: Contest, made: list[tuple[Person, RecordMark]], turns: Turns) -> Iterator[list[Submission]]:
    """Requests as they might arrive: each tablet in its own order, with a part of what it had sent before once more."""
    outboxes = [[command for person, command in made if person == judge] for judge in contest.judges]
    done = [0, 0]
    for judge, count, back in [*turns, (0, len(made), 0), (1, len(made), 2)]:
        first = max(0, done[judge] - back)
        done[judge] = min(done[judge] + count, len(outboxes[judge]))
        resent = sent(contest.judges[judge], *outboxes[judge][first : done[judge]])
        yield [resent, resent] if back == 3 else [resent]


# Reopening ------------------------------------------------------------------------------------------------------------


async def test_reopening_takes_the_seal_back_with_a_reason(connection: Connection) -> None:
    """What was signed stays on record; the sheet is open, its marks stand, and its judge is told why."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    judge, sheet_id = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    await seal(connection, shelf, contest, sheet_id)
    before = await stored_standings(connection, contest)
    command = ReopenSheet(id=new_id(), reason=" 读数抄错 ")
    first = await actions.reopen_score_sheet(connection, shelf, sheet_id, command, person=contest.chief, now=LATER)
    again = await actions.reopen_score_sheet(connection, shelf, sheet_id, command, person=contest.chief, now=LATER)
    *_, last = await ledger.entries(connection, contest.event_id)
    assert first == again
    assert last == Reopening(
        id=command.id,
        sheet_id=sheet_id,
        entrant_id=contest.entrants[contest.codes[0]],
        sub_criterion="T1",
        judge_id=judge.id,
        by=contest.chief.id,
        reason="读数抄错",
        recorded_at=LATER,
    )
    assert await _reopened_for(connection, judge) == {sheet_id: "读数抄错"}
    assert await stored_standings(connection, contest) == before
    await seal(connection, shelf, contest, sheet_id, now=LATER)
    assert await _reopened_for(connection, judge) == {}
    assert await findings(connection, contest) == ()


async def test_reopening_needs_a_signed_sheet_and_a_reason(connection: Connection) -> None:
    """No reason, no signature, no sheet: each is refused with its own sentence, and nothing is written."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    sheet_id = contest.sheet(contest.codes[0], "T1", 0)
    assert await _refused_reopening(connection, contest, sheet_id, "抄错") is rules.SheetIsOpen
    await seal(connection, shelf, contest, sheet_id)
    written = await connection.fetchval("SELECT count(*) FROM ledger")
    assert await _refused_reopening(connection, contest, sheet_id, " ") is rules.ReopeningNeedsReason
    assert await _refused_reopening(connection, contest, sheet_id, "\x00") is WordsCannotBeKept
    assert await _refused_reopening(connection, contest, new_id(), "抄错") is rules.NoSuchSheet
    assert await connection.fetchval("SELECT count(*) FROM ledger") == written
    sheet = await sheet_with(connection, sheet_id)
    assert sheet is not None
    assert sheet.is_sealed()


# Panels ---------------------------------------------------------------------------------------------------------------


async def test_panels_make_a_sheet_for_every_seat_and_entrant(connection: Connection) -> None:
    """Judge 0 has theory and assembly of everybody, judge 1 assembly and wiring, and each sees only the own ones."""
    contest = await found_contest(connection)
    assert set(contest.sheets) == {
        (code, sub_criterion, judge)
        for code in contest.codes
        for sub_criterion, judge in (("T1", 0), ("A1", 0), ("A1", 1), ("B1", 1))
    }
    for place, judge in enumerate(contest.judges):
        own = await sheets_of_judge(connection, judge.id)
        assert {sheet.id for sheet in own} == {sheet_id for key, sheet_id in contest.sheets.items() if key[2] == place}
        assert [(sheet.code, sheet.sub_criterion) for sheet in own] == sorted(
            key[:2] for key in contest.sheets if key[2] == place
        )


async def test_a_judge_has_no_sheet_for_the_own_employers_entrants(connection: Connection) -> None:
    """Recusal: the sheet is not made, the other judge's is, and the panel's count says so."""
    probe = await found_contest(connection)
    [employer] = {
        row["employer"]
        for row in await connection.fetch("SELECT employer FROM entrant WHERE id = $1", probe.entrants["A01"])
    }
    contest = await found_contest(connection, employers=(f" {employer} ", ""))
    assert {(sub_criterion, judge) for code, sub_criterion, judge in contest.sheets if code == "A01"} == {
        ("A1", 1),
        ("B1", 1),
    }
    assert len(contest.sheets) == 10
    assert await actions.lay_out_sheets(connection, contest.event_id) == Counter({"T1": 1, "A1": 1})


async def test_laying_out_again_keeps_the_sheets_of_who_left_out_of_sight(connection: Connection) -> None:
    """A judge who leaves a panel sees its sheets no more, but what comes late finds them; the new judge gets theirs."""
    contest, shelf = await found_contest(connection), Shelf()
    newcomer = await add_person(connection, "judge")
    begun = contest.sheet(contest.codes[0], "T1", 0)
    await record(connection, shelf, contest, contest.judges[0], mark(begun, "T1.1", "80"))
    await actions.lay_out_sheets(connection, contest.event_id)
    assert {sheet.id for judge in contest.judges for sheet in await sheets_of_judge(connection, judge.id)} == set(
        contest.sheets.values()
    )
    await _seat(connection, contest, "T1", newcomer.id)
    await actions.lay_out_sheets(connection, contest.event_id)
    theory = [sheet for sheet in await sheets_of_judge(connection, contest.judges[0].id) if sheet.sub_criterion == "T1"]
    assert theory == []
    untouched = contest.sheet(contest.codes[1], "T1", 0)
    [late] = await record(connection, shelf, contest, contest.judges[0], mark(untouched, "T1.1", "70"))
    assert isinstance(late, Receipt)
    assert late.flags == ("late",)
    assert [sheet.code for sheet in await sheets_of_judge(connection, newcomer.id)] == list(contest.codes)


async def test_only_who_may_mark_sits_on_a_panel(connection: Connection) -> None:
    """Somebody unknown, an organiser, an account out of use: the panel stays as it was."""
    contest = await found_contest(connection)
    gone = await add_person(connection, "judge")
    await connection.execute("UPDATE account SET is_active = false WHERE id = $1", gone.id)
    before = await seats_of(connection, contest.event_id)
    for stranger in (new_id(), contest.organiser.id, gone.id):
        with pytest.raises(rules.NoSuchJudge):
            await _seat(connection, contest, "T1", contest.judges[0].id, stranger)
    assert await seats_of(connection, contest.event_id) == before
    await _seat(connection, contest, "T1", contest.chief.id)
    assert [(seat.sub_criterion, seat.judge_id) for seat in await seats_of(connection, contest.event_id)][-1] == (
        "T1",
        contest.chief.id,
    )
    audited = await connection.fetchval(
        "SELECT detail FROM audit WHERE verb = 'seat_panel' ORDER BY at DESC, id DESC LIMIT 1"
    )
    assert msgspec.json.decode(audited) == {"sub_criterion": "T1", "judges": [str(contest.chief.id)]}


async def test_who_is_out_of_use_keeps_a_seat_but_gets_none(connection: Connection) -> None:
    """Beside a judge who was taken out of use a replacement is seated; the one out of use sits down nowhere else, nor again."""
    contest = await found_contest(connection)
    out, replacement = contest.judges[0], await add_person(connection, "judge")
    await access.deactivate(connection, out.id, actor_id=contest.organiser.id, now=NOW)
    await _seat(connection, contest, "T1", out.id, replacement.id)
    assert await _seated(connection, contest, "T1") == {out.id, replacement.id}
    await _seat(connection, contest, "T1", replacement.id)
    for sub_criterion in ("T1", "B1"):
        before = await _seated(connection, contest, sub_criterion)
        with pytest.raises(rules.NoSuchJudge):
            await _seat(connection, contest, sub_criterion, *before, out.id)
        assert await _seated(connection, contest, sub_criterion) == before
    assert await _seated(connection, contest, "T1") == {replacement.id}


async def test_tablets_hear_of_panels_and_sheets_once_they_are_durable(dsn: str, connection: Connection) -> None:
    """Seating a panel and laying out its sheets are told to the hall; what is rolled back is not."""
    contest = await found_contest(connection)
    listener = await asyncpg.connect(dsn)
    heard: list[object] = []
    await listener.add_listener(HALL, lambda *told: heard.append(told[-1]))
    await _seat(connection, contest, "T1", contest.judges[1].id)
    await actions.lay_out_sheets(connection, contest.event_id)
    with pytest.raises(rules.NoSuchJudge):
        await _seat(connection, contest, "T1", new_id())
    await listener.execute("SELECT 1")
    notice = {"event_id": str(contest.event_id), "what": "sheets", "id": None}
    assert [msgspec.json.decode(str(told)) for told in heard] == [notice, notice]
    await listener.close()


async def test_sheets_of_no_event_are_not_laid_out(connection: Connection) -> None:
    """An event that does not exist is not found."""
    with pytest.raises(NotFound):
        await actions.lay_out_sheets(connection, new_id())


async def test_everything_marked_and_signed_verifies(connection: Connection) -> None:
    """A whole contest: 21 marks and 12 seals in one chain, and every total as the ledger gives it."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    await seal_all(connection, shelf, contest)
    head = await ledger.head_of(connection, contest.event_id)
    assert head is not None
    assert head.position == 33
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """One contest for all examples of a property."""
    return await found_contest(connection)


async def _wipe(dsn: str, contest: Contest) -> None:
    """As the owner, with the ledger's trigger away: no mark was ever made."""
    owner = await asyncpg.connect(dsn)
    await owner.execute("SET session_replication_role = replica")
    await owner.execute("DELETE FROM ledger")
    await owner.execute("UPDATE event SET ledger_position = 0, ledger_digest = decode(repeat('00', 32), 'hex')")
    await owner.execute("UPDATE scheme SET locked_at = NULL")
    await owner.execute("DELETE FROM standing")
    await restate(owner, Shelf(), contest.event_id)
    await owner.close()


async def _ids_in_ledger(connection: Connection) -> Counter[UUID]:
    return Counter(row["id"] for row in await connection.fetch("SELECT id FROM ledger"))


async def _mark(connection: Connection, contest: Contest, mark_id: UUID) -> Mark:
    [found] = [entry for entry in await ledger.entries(connection, contest.event_id) if entry.id == mark_id]
    assert isinstance(found, Mark)
    return found


async def _flagged(connection: Connection, contest: Contest) -> list[Mark]:
    """The marks on which something was noted."""
    entries = await ledger.entries(connection, contest.event_id)
    return [entry for entry in entries if isinstance(entry, Mark) and entry.flags]


async def _standing(connection: Connection, contest: Contest, code: str) -> Standing:
    return (await stored_standings(connection, contest))[contest.entrants[code]]


async def _reopen(connection: Connection, shelf: Shelf, contest: Contest, sheet_id: UUID) -> None:
    command = ReopenSheet(id=new_id(), reason="读数抄错")
    await actions.reopen_score_sheet(connection, shelf, sheet_id, command, person=contest.chief, now=NOW)


async def _reopened_for(connection: Connection, judge: Person) -> dict[UUID, str]:
    sheets = await sheets_of_judge(connection, judge.id)
    return {sheet.id: sheet.reopened_for for sheet in sheets if sheet.reopened_for is not None}


async def _refused_reopening(connection: Connection, contest: Contest, sheet_id: UUID, reason: str) -> type[Problem]:
    command = ReopenSheet(id=new_id(), reason=reason)
    with pytest.raises(Problem) as refused:
        await actions.reopen_score_sheet(connection, Shelf(), sheet_id, command, person=contest.chief, now=NOW)
    return refused.type


async def _seated(connection: Connection, contest: Contest, sub_criterion: str) -> set[UUID]:
    seats = await seats_of(connection, contest.event_id)
    return {seat.judge_id for seat in seats if seat.sub_criterion == sub_criterion}


async def _seat(connection: Connection, contest: Contest, sub_criterion: str, *judges: UUID) -> None:
    await actions.seat_panel(
        connection, contest.event_id, sub_criterion, judges, actor_id=contest.organiser.id, now=LATER
    )
