"""Freezes: what they keep, to the very mark; what is hidden behind them, and shown again; and what an earlier database becomes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.ledger import store as ledger
from competition.ledger.actions import locked, restate, writing
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, open_pool
from competition.plumbing.listening import REVISIONS
from competition.plumbing.migrations import known_migrations, migrate
from competition.results import actions as results
from competition.staging import actions, rules, store
from schemas.marks import PenaltyGiven
from schemas.problems import NotFound
from schemas.results import Standing
from schemas.staging import FreezeLine
from tests.house import NOW, Contest, findings, found_contest, mark, mark_all, record, seal_all, stored_standings


async def counters(connection: Connection) -> tuple[int, int, bool, datetime | None]:
    """The event's revision, what of it is shown, whether anything is hidden, and when a freeze is due."""
    row = await connection.fetchrow("SELECT revision, shown, is_hidden, freeze_due_at FROM event")
    assert row is not None
    return row[0], row[1], row[2], row[3]


async def frozen(connection: Connection) -> dict[UUID, Standing]:
    """What the freeze that holds has kept, without revisions."""
    rows = await connection.fetch(
        """
        SELECT frozen_standing.*
        FROM frozen_standing
        JOIN board_freeze ON board_freeze.id = freeze_id AND lifted_at IS NULL
        ORDER BY entrant_id
        """
    )
    return {row["entrant_id"]: msgspec.structs.replace(standing_in(row), revision=0) for row in rows}


def standing_in(row: Any) -> Standing:
    """A standing of a row of the database."""
    figures = {part: msgspec.json.decode(row[part], type=dict[str, Decimal]) for part in ("stages", "criteria")}
    return Standing(**{name: row[name] for name in Standing.__struct_fields__} | figures)


def late(contest: Contest, code: str, occurrences: int = 1) -> PenaltyGiven:
    """A penalty, the shortest thing that changes a total."""
    return PenaltyGiven(
        id=new_id(), entrant_id=contest.entrants[code], penalty="late", occurrences=occurrences, by=contest.chief.id,
        reason="迟到", recorded_at=NOW,
    )  # fmt: skip


async def freeze(connection: Connection, contest: Contest, due_at: datetime | None = None) -> FreezeLine:
    """Freeze by the chief judge, by the clock of the day."""
    return await actions.freeze(connection, contest.event_id, due_at, person=contest.chief, now=datetime.now(UTC))


async def test_a_freeze_keeps_what_was_and_hides_what_follows(connection: Connection) -> None:
    """The frozen standings never move again; what follows makes revisions that are not shown, until the freeze is lifted."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    revision, shown, *_ = await counters(connection)
    then = await stored_standings(connection, contest)
    line = await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    assert line == FreezeLine(id=line.id, due_at=NOW, taken_at=NOW, by=contest.chief.name)
    assert await store.freeze_of(connection, contest.event_id) == line
    frozen_at = await counters(connection)
    assert frozen_at == (revision + 2, shown + 2, True, None)
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.add(late(contest, "A01", 3))
    assert await counters(connection) == (frozen_at[0] + 1, frozen_at[1], True, None)
    assert await frozen(connection) == then
    assert await stored_standings(connection, contest) != then
    await actions.lift_freeze(connection, contest.event_id, person=contest.organiser, now=NOW)
    assert await counters(connection) == (frozen_at[0] + 2, frozen_at[1] + 1, False, None)
    assert await store.freeze_of(connection, contest.event_id) is None
    lifted = await connection.fetchrow("SELECT lifted_at, lifted_by FROM board_freeze")
    assert tuple(lifted or ()) == (NOW, contest.organiser.id)
    verbs = await connection.fetch("SELECT verb, actor_id FROM audit ORDER BY id DESC LIMIT 2")
    assert [tuple(row) for row in verbs] == [("lift_freeze", contest.organiser.id), ("freeze", contest.chief.id)]
    assert await findings(connection, contest) == ()


async def test_a_freeze_keeps_who_had_withdrawn_and_hides_who_does_after(connection: Connection) -> None:
    """A withdrawal after marks is the ledger's: before a freeze it is kept like a mark, behind one it is hidden like a mark."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    told = []
    for code in ("A01", "A02"):
        await results.withdraw(
            connection, shelf, contest.event_id, contest.entrants[code], "伤病", person=contest.chief, now=NOW
        )
        if code == "A01":
            await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
        told.append((await counters(connection))[1:3])
    assert told[0] == told[1]
    states = [
        {code: standings[entrant_id].state for code, entrant_id in contest.entrants.items()}
        for standings in (await frozen(connection), await stored_standings(connection, contest))
    ]
    assert states == [
        {"A01": "withdrawn", "A02": "competing", "A03": "competing"},
        {"A01": "withdrawn", "A02": "withdrawn", "A03": "competing"},
    ]
    await actions.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    assert await findings(connection, contest) == ()


async def test_an_event_has_one_freeze(connection: Connection) -> None:
    """Neither a second one nor one for a far future is set; there is nothing to lift without one; no event, no freeze."""
    contest = await found_contest(connection)
    now = datetime.now(UTC)
    with pytest.raises(rules.NothingIsFrozen):
        await actions.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    with pytest.raises(rules.FreezeIsTooFar):
        await freeze(connection, contest, now + timedelta(days=90))
    with pytest.raises(NotFound):
        await actions.freeze(connection, new_id(), person=contest.chief, now=NOW)
    for due_at in (None, now + timedelta(hours=1)):
        await freeze(connection, contest, due_at)
        for again in (None, now + timedelta(hours=2)):
            with pytest.raises(rules.FreezeIsOn):
                await freeze(connection, contest, again)
        await actions.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)


async def test_a_freeze_that_is_due_later_can_be_called_off(connection: Connection) -> None:
    """Until its time nothing is hidden; called off it never comes."""
    contest, shelf = await found_contest(connection), Shelf()
    due_at = datetime.now(UTC) + timedelta(seconds=0.4)
    line = await freeze(connection, contest, due_at)
    assert line == FreezeLine(id=line.id, due_at=due_at, taken_at=None, by=contest.chief.name)
    assert (await counters(connection))[2:] == (False, due_at)
    await actions.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    await asyncio.sleep(0.5)
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.add(late(contest, "A01"))
    assert (await counters(connection))[2:] == (False, None)
    assert await connection.fetchval("SELECT count(*) FROM frozen_standing") == 0


async def test_whoever_writes_first_takes_a_due_freeze_in_the_same_transaction(
    dsn: str, connection: Connection
) -> None:
    """The freeze has its own revision before the write's; a write that fails leaves it to the next; books and boards go along."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    then = await stored_standings(connection, contest)
    await freeze(connection, contest, datetime.now(UTC) + timedelta(seconds=0.2))
    revision, shown, *_ = await counters(connection)
    await asyncio.sleep(0.3)

    async def fail() -> None:
        async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
            pen.add(late(contest, "A01"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert (await counters(connection))[:3] == (revision, shown, False)
    heard: asyncio.Queue[object] = asyncio.Queue()
    listener = await asyncpg.connect(dsn)
    await listener.add_listener(REVISIONS, lambda *told: heard.put_nowait(told[-1]))
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        assert pen.revision == revision + 2
        pen.add(late(contest, "A01"))
    assert await asyncio.wait_for(heard.get(), 5) == str(contest.event_id)
    await listener.close()
    assert await counters(connection) == (revision + 2, shown + 1, True, None)
    assert await frozen(connection) == then
    kept = shelf.book(contest.event_id)
    assert kept is not None
    assert kept.revision == revision + 2
    assert await findings(connection, contest) == ()


async def test_what_was_begun_before_is_in_and_what_begins_after_is_not(dsn: str, connection: Connection) -> None:
    """A writer that holds the event while the freeze becomes due is in it; one begun after, that waits for it, is behind."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest)
    due_at = datetime.now(UTC) + timedelta(seconds=0.5)
    await freeze(connection, contest, due_at)
    async with await open_pool(dsn, "leitai_app", most=2) as pool, pool.acquire() as first, pool.acquire() as second:
        async with writing(first, Shelf(), contest.event_id, now=NOW) as pen:
            pen.add(late(contest, "A01", 1))
            await asyncio.sleep((due_at - datetime.now(UTC)).total_seconds() + 0.1)

            async def begin() -> None:
                async with writing(second, Shelf(), contest.event_id, now=NOW) as behind:
                    behind.add(late(contest, "A02", 1))

            waiting = asyncio.create_task(begin())
            await asyncio.sleep(0.1)
            assert not waiting.done()
        await waiting
    live, kept = await stored_standings(connection, contest), await frozen(connection)
    moved = {code for code, entrant_id in contest.entrants.items() if live[entrant_id].total != kept[entrant_id].total}
    assert moved == {"A02"}


async def test_a_freeze_by_hand_hides_what_waits_for_the_event(dsn: str, connection: Connection) -> None:
    """A mark that has to wait while somebody freezes is behind the freeze, though its statement was under way before."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest)
    async with await open_pool(dsn, "leitai_app", most=1) as pool, pool.acquire() as other:
        async with connection.transaction():
            await locked(connection, contest.event_id)
            waiting = asyncio.create_task(restate_late(other, contest))
            await asyncio.sleep(0.1)
            await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
            shown = (await counters(connection))[1]
        await waiting
    assert (await counters(connection))[1:3] == (shown, True)
    live, kept = await stored_standings(connection, contest), await frozen(connection)
    assert live != kept


async def restate_late(connection: Connection, contest: Contest) -> None:
    """Give a penalty with a shelf of its own."""
    async with writing(connection, Shelf(), contest.event_id, now=NOW) as pen:
        pen.add(late(contest, "A03", 2))


async def test_marks_of_many_writers_are_parted_at_the_very_moment(dsn: str, connection: Connection) -> None:
    """Two servers, six writers at once: no transaction that began at or after the time is in what was kept."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest)
    due_at = datetime.now(UTC) + timedelta(seconds=0.7)
    await freeze(connection, contest, due_at)
    before = await counters(connection)
    shelves, begun = (Shelf(), Shelf()), dict[int, datetime]()
    end = due_at + timedelta(seconds=0.5)
    async with await open_pool(dsn, "leitai_app", most=6) as pool:

        async def keep_writing(number: int) -> None:
            async with pool.acquire() as own:
                for turn in range(10_000):
                    if datetime.now(UTC) >= end:
                        return
                    async with writing(own, shelves[number % 2], contest.event_id, now=NOW) as pen:
                        at = await own.fetchval("SELECT now()")
                        begun[pen.add(late(contest, f"A0{1 + number % 3}", turn % 4))] = at

        await asyncio.gather(*(keep_writing(number) for number in range(6)))
    position = await connection.fetchval("SELECT position FROM board_freeze")
    behind = [place for place, at in begun.items() if at >= due_at]
    assert behind
    assert min(behind) > position
    assert [place for place in begun if place <= position], "nobody was before the time"
    revision, shown, is_hidden, _ = await counters(connection)
    assert is_hidden
    assert revision == before[0] + len(begun) + 1
    assert shown == before[1] + len([place for place in begun if place <= position]) + 1
    assert await frozen(connection) == await standings_at(dsn, contest, position)
    assert await findings(connection, contest) == ()


async def standings_at(dsn: str, contest: Contest, position: int) -> dict[UUID, Standing]:
    """How everybody stood when the ledger had reached a position, worked out anew from its entries."""
    async with owner(dsn) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("DELETE FROM ledger WHERE position > $1", position)
        await restate(connection, Shelf(), contest.event_id)
        standings = await stored_standings(connection, contest)
        await transaction.rollback()
    return standings


@asynccontextmanager
async def owner(dsn: str) -> AsyncIterator[Connection]:
    """A connection that may do everything."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


# Publications, changes of other kinds, and databases of before --------------------------------------------------------


async def test_publications_hide_and_drafts_do_not(connection: Connection) -> None:
    """A draft is a revision that nobody sees; a provisional list is shown, and hides what is marked after it."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    await seal_all(connection, shelf, contest)
    revision, shown, *_ = await counters(connection)
    seen = []
    for status in ("draft", "provisional", "official"):
        await results.publish(connection, shelf, contest.event_id, status, person=contest.organiser, now=NOW)
        seen.append((await counters(connection))[:3])
    assert seen == [(revision + 1, shown, False), (revision + 2, shown + 1, True), (revision + 3, shown + 2, True)]
    rows = await connection.fetch(
        "SELECT number, shown, body::jsonb ->> 'revision' FROM published_prospect ORDER BY number"
    )
    assert [tuple(row) for row in rows] == [(number, 0, str(revision + number - 1)) for number in (1, 2, 3)]
    await record(connection, shelf, contest, contest.judges[0], mark(contest.sheet("A01", "T1", 0), "T1.1", "1"))
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.add(late(contest, "A01"))
    assert (await counters(connection))[1:3] == (shown + 2, True)
    await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    await actions.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    assert (await counters(connection))[2] is True


async def test_what_everybody_may_know_is_shown_though_marks_are_hidden(connection: Connection) -> None:
    """Who competes and whatever is announced moves what is shown, also during a freeze; the books stay right and are kept."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    revision, shown, *_ = await counters(connection)
    await restate(connection, shelf, contest.event_id)
    kept = shelf.book(contest.event_id)
    await ledger.announce(connection, contest.event_id)
    assert (await counters(connection))[:3] == (revision + 2, shown + 2, True)
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        assert kept is not None
        assert pen.book.revision == revision + 2
        assert pen.book.leaderboard is kept.leaderboard  # nobody's place was worked out again
        assert pen.book.leaderboard is not None


async def test_an_earlier_database_keeps_its_revisions_and_hides_what_was_published(postgres: str) -> None:
    """Every revision so far was shown; published events are hidden, those with drafts are not; boards are standings."""
    admin = await asyncpg.connect(postgres)
    await admin.execute("CREATE DATABASE before_boards")
    dsn = postgres.replace("@/leitai?", "@/before_boards?")
    async with owner(dsn) as connection:
        await connection.execute(
            "CREATE TABLE migration (name text PRIMARY KEY, digest text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())"
        )
        for one in known_migrations()[:3]:
            await connection.execute(one.sql)
            await connection.execute("INSERT INTO migration (name, digest) VALUES ($1, $2)", one.name, one.digest)
        await connection.execute(
            """
            INSERT INTO competition (id, name_zh, name_en, starts_on, ends_on, time_zone, created_at)
            VALUES ('00000000-0000-7000-8000-000000000001', 'x', 'x', '2026-05-01', '2026-05-01', 'UTC', now());
            INSERT INTO event (id, competition_id, name_zh, name_en, revision, created_at)
            SELECT ('00000000-0000-7000-8000-00000000001' || number)::uuid, '00000000-0000-7000-8000-000000000001', 'x', 'x', number, now()
            FROM generate_series(7, 9) AS number;
            INSERT INTO publication (event_id, number, status, revision, body, digest, published_at)
            VALUES ('00000000-0000-7000-8000-000000000018', 1, 'draft', 1, '{}', '', now()),
                ('00000000-0000-7000-8000-000000000019', 1, 'draft', 1, '{}', '', now()),
                ('00000000-0000-7000-8000-000000000019', 2, 'provisional', 1, '{}', '', now());
            INSERT INTO board (id, event_id, title_zh, title_en, created_at)
            VALUES ('hall', '00000000-0000-7000-8000-000000000018', '榜', 'Board', now());
            """
        )
        await migrate(dsn)
        events = await connection.fetch("SELECT revision, shown, is_hidden, freeze_due_at FROM event ORDER BY id")
        boards = await connection.fetch("SELECT id, kind, settings FROM board")
    assert [tuple(row) for row in events] == [(7, 7, False, None), (8, 8, False, None), (9, 9, True, None)]
    assert [tuple(row) for row in boards] == [("hall", "standings", "{}")]
    await admin.execute("DROP DATABASE before_boards")
    await admin.close()
