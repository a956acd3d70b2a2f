"""Penalties, disqualification, withdrawal and publishing over a real database."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.judging import actions as judging
from competition.ledger import store as ledger
from competition.ledger.actions import WordsCannotBeKept
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, open_pool
from competition.results import actions, rules, store
from schemas.access import Person
from schemas.base import canonical, digest
from schemas.marks import Disqualification, PenaltyGiven, ReopenSheet, Withdrawal
from schemas.problems import NotFound
from schemas.results import Publication, PublicationStatus, PublishedRow
from schemas.scheme_form import scheme_digest
from tests.house import (
    NOW,
    Contest,
    findings,
    found_contest,
    found_event,
    mark,
    mark_all,
    recomputed_standings,
    record,
    seal,
    seal_all,
    stored_standings,
)

BEST = {"T1.1": ("100",)}


async def signed_contest(connection: Connection, shelf: Shelf) -> Contest:
    """Three entrants, all marked and signed: A01 has 94.17, A02 and A03 share 88.17."""
    contest = await found_contest(connection)
    await mark_all(connection, shelf, contest, {contest.codes[0]: BEST})
    await seal_all(connection, shelf, contest)
    return contest


# Penalties, disqualification, withdrawal ------------------------------------------------------------------------------


async def test_equal_totals_share_their_place(connection: Connection) -> None:
    """Two with the same figures are both second, and nobody is third."""
    contest = await signed_contest(connection, Shelf())
    assert await _places(connection, contest) == {
        "A01": (1, False, Decimal("94.17")),
        "A02": (2, True, Decimal("88.17")),
        "A03": (2, True, Decimal("88.17")),
    }


async def test_the_schemes_next_key_parts_equal_totals(connection: Connection) -> None:
    """The same total from more practice stands before the one from more theory."""
    contest, shelf = await found_contest(connection), Shelf()
    # Theory counts 0.3 a point and practice 0.7: 70 points of theory are worth the 30 of the cabinet that powers up.
    readings = {"A01": {"T1.1": ("100",), "B1.2": ("0",)}, "A02": {"T1.1": ("30",), "B1.2": ("1",)}}
    await mark_all(connection, shelf, contest, readings)
    assert await _places(connection, contest) == {
        "A01": (3, False, Decimal("73.17")),
        "A02": (2, False, Decimal("73.17")),
        "A03": (1, False, Decimal("88.17")),
    }


async def test_penalty_takes_from_the_total_up_to_its_cap(connection: Connection) -> None:
    """A point an occurrence, three at most; the last word replaces the earlier, and nought takes it back."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    totals = []
    for occurrences in (1, 7, 9999, 2, 0):
        await _penalise(connection, shelf, contest, "A01", occurrences=occurrences)
        totals.append((await _places(connection, contest))["A01"][2])
    assert totals == [Decimal(each) for each in ("93.17", "91.17", "91.17", "92.17", "94.17")]
    entries = await ledger.entries(connection, contest.event_id)
    first = entries[-5]
    assert first == PenaltyGiven(
        id=first.id,
        entrant_id=contest.entrants["A01"],
        penalty="late",
        occurrences=1,
        by=contest.chief.id,
        reason="迟到十分钟",
        recorded_at=NOW,
    )
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_penalty_moves_places(connection: Connection) -> None:
    """A point less parts a tie, and every standing that moved carries the new revision."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    await _penalise(connection, shelf, contest, "A02")
    assert await _places(connection, contest) == {
        "A01": (1, False, Decimal("94.17")),
        "A02": (3, False, Decimal("87.17")),
        "A03": (2, False, Decimal("88.17")),
    }
    revision = await connection.fetchval("SELECT revision FROM event")
    stored = await ledger.standings_of(connection, contest.event_id)
    changed = {code for code, entrant_id in contest.entrants.items() if stored[entrant_id].revision == revision}
    assert changed == {"A02", "A03"}


async def test_penalty_is_refused_without_reason_rule_or_entrant(connection: Connection) -> None:
    """No reason, no such breach, no such count, nobody of that id: the ledger stays as it was."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    before = await ledger.head_of(connection, contest.event_id)
    for changes, problem in (
        ({"reason": "  "}, rules.ReasonMissing),
        ({"reason": "x\x00"}, WordsCannotBeKept),
        ({"penalty": "rudeness"}, rules.NoSuchPenalty),
        ({"occurrences": -1}, rules.NoSuchPenalty),
        ({"occurrences": 10**30}, rules.NoSuchPenalty),
    ):
        with pytest.raises(problem):
            await _penalise(connection, shelf, contest, "A01", **changes)
    with pytest.raises(NotFound):
        await actions.give_penalty(
            connection, shelf, contest.event_id, new_id(), "late", 1, "迟到", person=contest.chief, now=NOW
        )
    assert await ledger.head_of(connection, contest.event_id) == before


async def test_disqualification_takes_the_place_and_keeps_the_marks(connection: Connection) -> None:
    """Out of the ranking with the total on record; the others move up; lifted, everything is as before."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    before = await stored_standings(connection, contest)
    await _disqualify(connection, shelf, contest, "A01")
    assert await _places(connection, contest) == {
        "A01": (None, False, Decimal("94.17")),
        "A02": (1, True, Decimal("88.17")),
        "A03": (1, True, Decimal("88.17")),
    }
    standing = (await stored_standings(connection, contest))[contest.entrants["A01"]]
    assert (standing.state, standing.marked) == ("disqualified", 7)
    *_, last = await ledger.entries(connection, contest.event_id)
    assert last == Disqualification(
        id=last.id,
        entrant_id=contest.entrants["A01"],
        lifted=False,
        by=contest.chief.id,
        reason="携带手机",
        recorded_at=NOW,
    )
    await _disqualify(connection, shelf, contest, "A01", lifted=True)
    assert await stored_standings(connection, contest) == before
    assert await findings(connection, contest) == ()


async def test_disqualification_needs_a_reason_and_somebody(connection: Connection) -> None:
    """Without a reason nothing is written, nor for somebody who is not ranked."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    with pytest.raises(rules.ReasonMissing):
        await _disqualify(connection, shelf, contest, "A01", reason=" ")
    with pytest.raises(NotFound):
        await actions.disqualify(
            connection, shelf, contest.event_id, new_id(), "携带手机", person=contest.chief, now=NOW
        )
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'disqualification'") == 0


async def test_withdrawal_takes_the_place_and_keeps_the_marks(connection: Connection) -> None:
    """As a disqualification does, by another word, and by the organiser too; taken back, everything is as before."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    before = await stored_standings(connection, contest)
    await _withdraw(connection, shelf, contest, "A01", person=contest.organiser)
    assert await _places(connection, contest) == {
        "A01": (None, False, Decimal("94.17")),
        "A02": (1, True, Decimal("88.17")),
        "A03": (1, True, Decimal("88.17")),
    }
    standing = (await stored_standings(connection, contest))[contest.entrants["A01"]]
    assert (standing.state, standing.marked) == ("withdrawn", 7)
    *_, last = await ledger.entries(connection, contest.event_id)
    assert last == Withdrawal(
        id=last.id,
        entrant_id=contest.entrants["A01"],
        lifted=False,
        by=contest.organiser.id,
        reason="伤病",
        recorded_at=NOW,
    )
    assert await findings(connection, contest) == ()
    await _withdraw(connection, shelf, contest, "A01", lifted=True)
    assert await stored_standings(connection, contest) == before
    assert await findings(connection, contest) == ()


async def test_disqualification_outweighs_a_withdrawal(connection: Connection) -> None:
    """Whoever leaves cannot escape it so; lifted, they have withdrawn."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    states = []
    await _withdraw(connection, shelf, contest, "A01")
    for lifted in (False, True):
        await _disqualify(connection, shelf, contest, "A01", lifted=lifted)
        states.append((await stored_standings(connection, contest))[contest.entrants["A01"]].state)
    assert states == ["disqualified", "withdrawn"]
    assert await findings(connection, contest) == ()


async def test_the_same_said_twice_is_recorded_once(connection: Connection) -> None:
    """A form that is sent again, or a second person with the same form, adds nothing to the ledger."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    for lifted in (False, True):
        for reason in ("伤病", "伤病，再说一次"):
            await _withdraw(connection, shelf, contest, "A01", reason=reason, lifted=lifted)
            await _disqualify(connection, shelf, contest, "A02", reason=reason, lifted=lifted)
    rows = await connection.fetch(
        """
        SELECT kind, (body::json ->> 'lifted')::boolean, body::json ->> 'reason' FROM ledger
        WHERE kind IN ('withdrawal', 'disqualification') ORDER BY position
        """
    )
    assert [tuple(row) for row in rows] == [
        ("withdrawal", False, "伤病"),
        ("disqualification", False, "伤病"),
        ("withdrawal", True, "伤病"),
        ("disqualification", True, "伤病"),
    ]


async def test_withdrawal_needs_a_reason_and_somebody(connection: Connection) -> None:
    """Without a reason nothing is written, nor for somebody who is not in the standings."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    with pytest.raises(rules.ReasonMissing):
        await _withdraw(connection, shelf, contest, "A01", reason=" ")
    with pytest.raises(NotFound):
        await actions.withdraw(connection, shelf, contest.event_id, new_id(), "伤病", person=contest.chief, now=NOW)
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'withdrawal'") == 0


# Publishing -----------------------------------------------------------------------------------------------------------


async def test_publication_is_kept_whole_with_checkpoint_and_record(connection: Connection) -> None:
    """A numbered list with its digest, a checkpoint of the ledger, a line in the record, a revision the boards hear of."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    head = await ledger.head_of(connection, contest.event_id)
    assert head is not None
    published = await _publish(connection, shelf, contest, "provisional")
    figures = await stored_standings(connection, contest)
    labels = await store.labels_of(connection, contest.event_id)
    assert published == Publication(
        event_id=contest.event_id,
        number=1,
        status="provisional",
        revision=head.revision + 1,
        ledger_position=33,
        ledger_digest=head.digest.hex(),
        scheme_digest=scheme_digest(contest.scheme),
        published_at=NOW,
        rows=tuple(
            PublishedRow(
                rank=figures[contest.entrants[code]].rank,
                shared=figures[contest.entrants[code]].shared,
                code=code,
                number=labels[contest.entrants[code]].number,
                name=contest.names[code],
                delegation=labels[contest.entrants[code]].delegation,
                state="competing",
                total=figures[contest.entrants[code]].total,
                stages=figures[contest.entrants[code]].stages,
                criteria=figures[contest.entrants[code]].criteria,
            )
            for code in ("A01", "A02", "A03")
        ),
    )
    rows = await connection.fetch("SELECT * FROM publication")
    assert [tuple(row) for row in rows] == [
        (
            contest.event_id,
            1,
            "provisional",
            head.revision + 1,
            canonical(published).decode(),
            digest(published),
            contest.organiser.id,
            NOW,
        )
    ]
    assert await store.last_public(connection, contest.event_id) == published
    [line] = await store.publications_of(connection, contest.event_id)
    assert line == store.PublicationLine(
        number=1,
        status="provisional",
        revision=head.revision + 1,
        digest=digest(published),
        published_at=NOW,
        by=contest.organiser.name,
    )
    checkpoints = await connection.fetch("SELECT position, digest, reason FROM checkpoint")
    assert [tuple(row) for row in checkpoints] == [(33, head.digest, "publication:1")]
    audited = await connection.fetchrow("SELECT actor_id, subject, detail FROM audit WHERE verb = 'publish'")
    assert audited is not None
    assert tuple(audited)[:2] == (contest.organiser.id, str(contest.event_id))
    assert msgspec.json.decode(audited["detail"]) == {"number": 1, "status": "provisional"}
    assert await findings(connection, contest) == ()


async def test_publications_are_numbered_and_each_stands_for_itself(connection: Connection) -> None:
    """Draft, provisional, official: three numbers, and the last public one is not the draft made after it."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    statuses: tuple[PublicationStatus, ...] = ("draft", "provisional", "official", "draft")
    numbers = [(await _publish(connection, shelf, contest, status)).number for status in statuses]
    lines = await store.publications_of(connection, contest.event_id)
    last = await store.last_public(connection, contest.event_id)
    assert numbers == [1, 2, 3, 4]
    assert [(line.number, line.status) for line in lines] == [
        (4, "draft"),
        (3, "official"),
        (2, "provisional"),
        (1, "draft"),
    ]
    assert last is not None
    assert (last.number, last.status) == (3, "official")
    assert await findings(connection, contest) == ()


async def test_publications_made_at_the_same_time_have_numbers_of_their_own(dsn: str, connection: Connection) -> None:
    """Two organisers press the button at once: two lists, two numbers."""
    contest = await signed_contest(connection, Shelf())
    other = await asyncpg.connect(dsn, server_settings={"role": "leitai_app"})
    published = await asyncio.gather(
        _publish(connection, Shelf(), contest, "provisional"), _publish(other, Shelf(), contest, "provisional")
    )
    await other.close()
    assert sorted(each.number for each in published) == [1, 2]


async def test_publishing_waits_for_every_signature(connection: Connection) -> None:
    """A draft of unfinished marking is made; provisional and official are refused until the last sheet is signed."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    assert (await _publish(connection, shelf, contest, "draft")).number == 1
    *others, last = sorted(contest.sheets.values())
    for sheet_id in others:
        await seal(connection, shelf, contest, sheet_id)
    for status in ("provisional", "official"):
        with pytest.raises(rules.SheetsAreOpen) as refused:
            await _publish(connection, shelf, contest, status)
        assert refused.value.data == {"count": 1}
    await seal(connection, shelf, contest, last)
    assert (await _publish(connection, shelf, contest, "provisional")).number == 2


async def test_publishing_waits_for_panels_that_have_nobody(connection: Connection) -> None:
    """A task that nobody was given to mark is not silently worth nothing: the list waits until it has a judge."""
    contest, shelf = await found_contest(connection), Shelf()
    await judging.seat_panel(connection, contest.event_id, "B1", [], actor_id=None, now=NOW)
    await judging.lay_out_sheets(connection, contest.event_id)
    aspects = {"T1": ("T1.1",), "A1": ("A1.1", "A1.2"), "B1": ()}
    for (_, sub_criterion, judge), sheet_id in contest.sheets.items():
        if made := [mark(sheet_id, aspect, "0") for aspect in aspects[sub_criterion]]:
            await record(connection, shelf, contest, contest.judges[judge], *made)
            await seal(connection, shelf, contest, sheet_id)
    with pytest.raises(rules.SheetsAreMissing) as refused:
        await _publish(connection, shelf, contest, "provisional")
    assert refused.value.data == {"count": 3}
    await _withdraw(connection, shelf, contest, "A01")
    with pytest.raises(rules.SheetsAreMissing) as refused:
        await _publish(connection, shelf, contest, "provisional")
    assert refused.value.data == {"count": 2}


async def test_nobody_need_sign_for_who_is_out(connection: Connection) -> None:
    """Unsigned sheets of who was disqualified or withdrew do not hold the list up; lifting it does again."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    for (code, _, _), sheet_id in contest.sheets.items():
        if code == "A03":
            await seal(connection, shelf, contest, sheet_id)
    await _disqualify(connection, shelf, contest, "A01")
    with pytest.raises(rules.SheetsAreOpen):
        await _publish(connection, shelf, contest, "provisional")
    await _withdraw(connection, shelf, contest, "A02")
    published = await _publish(connection, shelf, contest, "provisional")
    assert [(row.rank, row.code, row.state) for row in published.rows] == [
        (1, "A03", "competing"),
        (None, "A01", "disqualified"),
        (None, "A02", "withdrawn"),
    ]
    await _withdraw(connection, shelf, contest, "A02", lifted=True)
    with pytest.raises(rules.SheetsAreOpen):
        await _publish(connection, shelf, contest, "provisional")


async def test_official_is_what_was_provisional(connection: Connection) -> None:
    """Without a provisional list, or when anything was written after it, results do not become official."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    with pytest.raises(rules.NothingProvisional):
        await _publish(connection, shelf, contest, "official")
    await _publish(connection, shelf, contest, "draft")
    with pytest.raises(rules.NothingProvisional):
        await _publish(connection, shelf, contest, "official")
    await _publish(connection, shelf, contest, "provisional")
    await _penalise(connection, shelf, contest, "A01")
    with pytest.raises(rules.ChangedSinceProvisional) as refused:
        await _publish(connection, shelf, contest, "official")
    assert refused.value.data == {"number": 2}
    again = await _publish(connection, shelf, contest, "provisional")
    official = await _publish(connection, shelf, contest, "official")
    assert official.rows == again.rows
    assert (official.ledger_position, official.ledger_digest) == (again.ledger_position, again.ledger_digest)
    assert await findings(connection, contest) == ()


async def test_a_reopened_sheet_holds_the_next_list_up(connection: Connection) -> None:
    """After a reopening neither a provisional nor an official list can be made until it is signed again."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    first = await _publish(connection, shelf, contest, "provisional")
    sheet = contest.sheet("A01", "T1", 0)
    command = ReopenSheet(id=new_id(), reason="读数抄错")
    await judging.reopen_score_sheet(connection, shelf, sheet, command, person=contest.chief, now=NOW)
    for status in ("provisional", "official"):
        with pytest.raises(rules.SheetsAreOpen):
            await _publish(connection, shelf, contest, status)
    await seal(connection, shelf, contest, sheet)
    second = await _publish(connection, shelf, contest, "provisional")
    assert second.rows == first.rows
    assert second.ledger_position == first.ledger_position + 2


async def test_publishing_an_event_of_nobody_is_refused(connection: Connection) -> None:
    """An event without a draw has nothing to publish, one that does not exist is not found; nothing is kept."""
    contest = await found_contest(connection)
    empty = await found_event(connection, contest.organiser)
    await connection.execute("UPDATE scheme SET event_id = $1", empty)
    with pytest.raises(rules.NothingToPublish):
        await actions.publish(connection, Shelf(), empty, "draft", person=contest.organiser, now=NOW)
    with pytest.raises(NotFound):
        await actions.publish(connection, Shelf(), new_id(), "draft", person=contest.organiser, now=NOW)
    assert await connection.fetchval("SELECT count(*) FROM publication") == 0


async def test_a_refused_publication_leaves_nothing(connection: Connection) -> None:
    """No number is used up, no checkpoint, no line in the record, no revision."""
    contest, shelf = await found_contest(connection), Shelf()
    before = await ledger.head_of(connection, contest.event_id)
    with pytest.raises(rules.SheetsAreOpen):
        await _publish(connection, shelf, contest, "provisional")
    assert await ledger.head_of(connection, contest.event_id) == before
    assert [await connection.fetchval(f"SELECT count(*) FROM {table}") for table in ("publication", "checkpoint")] == [
        0,
        0,
    ]
    assert await connection.fetchval("SELECT count(*) FROM audit WHERE verb = 'publish'") == 0


async def test_boards_read_publications_under_their_own_role(dsn: str, connection: Connection) -> None:
    """What is published can be read by a board's process, names and all, and nothing else of the people in it."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    published = await _publish(connection, shelf, contest, "provisional")
    async with await open_pool(dsn, "leitai_board", most=1) as pool, pool.acquire() as board:
        body = await board.fetchval("SELECT body FROM publication WHERE status <> 'draft'")
    assert msgspec.json.decode(body, type=Publication) == published
    people = await connection.fetch("SELECT document_masked, phone_masked, employer FROM entrant")
    assert [value for row in people for value in row if value in body] == []


async def _publish(connection: Connection, shelf: Shelf, contest: Contest, status: PublicationStatus) -> Publication:
    return await actions.publish(connection, shelf, contest.event_id, status, person=contest.organiser, now=NOW)


async def _penalise(connection: Connection, shelf: Shelf, contest: Contest, code: str, **changes: Any) -> None:
    given = {"penalty": "late", "occurrences": 1, "reason": "迟到十分钟", **changes}
    await actions.give_penalty(
        connection, shelf, contest.event_id, contest.entrants[code], **given, person=contest.chief, now=NOW
    )


async def _disqualify(
    connection: Connection, shelf: Shelf, contest: Contest, code: str, *, reason: str = "携带手机", lifted: bool = False
) -> None:
    entrant_id: UUID = contest.entrants[code]
    await actions.disqualify(
        connection, shelf, contest.event_id, entrant_id, reason, lifted=lifted, person=contest.chief, now=NOW
    )


async def _withdraw(
    connection: Connection,
    shelf: Shelf,
    contest: Contest,
    code: str,
    *,
    reason: str = "伤病",
    lifted: bool = False,
    person: Person | None = None,
) -> None:
    await actions.withdraw(
        connection,
        shelf,
        contest.event_id,
        contest.entrants[code],
        reason,
        lifted=lifted,
        person=person or contest.chief,
        now=NOW,
    )


async def _places(connection: Connection, contest: Contest) -> dict[str, tuple[int | None, bool, Decimal]]:
    stored = await stored_standings(connection, contest)
    return {
        code: (stored[entrant_id].rank, stored[entrant_id].shared, stored[entrant_id].total)
        for code, entrant_id in sorted(contest.entrants.items())
    }
