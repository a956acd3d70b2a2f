"""The keeper over a real database: what it writes and when, one of several, on time, and after the database was away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.ledger.actions import read_book, writing
from competition.ledger.book import Shelf
from competition.plumbing.background import running
from competition.plumbing.clock import new_id, now
from competition.plumbing.database import Connection, Pool, open_pool
from competition.plumbing.listening import REVISIONS, Listener
from competition.results.prospect import prospect_of
from competition.results.store import contenders_of
from competition.staging import actions, keeper, keeper_store
from competition.staging.keeper import Keeper, keep
from schemas.base import Text
from schemas.closing import PlacesAward
from schemas.marks import PenaltyGiven
from schemas.staging import Prospect
from tests.house import NOW, Contest, found_contest, mark_all, small_scheme

PATIENCE = 8.0
SCHEME = msgspec.structs.replace(
    small_scheme(), awards=(PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),)
)


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three with a board, all of it marked."""
    contest = await found_contest(connection, scheme=SCHEME)
    await mark_all(connection, Shelf(), contest)
    title = Text(zh="总排名", en="Standings")
    await actions.open_board(
        connection, contest.event_id, "hall", "standings", title, person=contest.organiser, now=NOW
    )
    return contest


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """A server's pool."""
    async with await open_pool(dsn, "leitai_app", most=4) as pool:
        yield pool


@asynccontextmanager
async def keeping(dsn: str, pool: Pool) -> AsyncIterator[Keeper]:
    """A keeper at work as in the server, with its listener."""
    kept = Keeper(pool, Shelf(), now=now)
    listener = Listener(
        dsn, "leitai_app", hear={REVISIONS: lambda event_id: kept.moved(UUID(event_id))}, poll=kept.poll
    )
    async with running(kept.run, listener.run):
        yield kept


async def until(is_so: Callable[[], Awaitable[object]]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE):
        while not await is_so():  # noqa: ASYNC110 - it happens in the database
            await asyncio.sleep(0.02)


async def written(connection: Connection) -> tuple[int, int, int] | None:
    """The prospect's revision, number, and how often it was shown."""
    row = await connection.fetchrow("SELECT revision, number, shown FROM prospect")
    return (row[0], row[1], row[2]) if row else None


async def is_current(connection: Connection) -> bool:
    """Whether the prospect is as new as the event."""
    same: bool = await connection.fetchval(
        "SELECT coalesce((SELECT prospect.revision FROM prospect), -1) = event.revision FROM event"
    )
    return same


async def penalise(connection: Connection, contest: Contest, code: str, occurrences: int) -> None:
    """Take so many points from somebody."""
    entry = PenaltyGiven(
        id=new_id(), entrant_id=contest.entrants[code], penalty="late", occurrences=occurrences, by=contest.chief.id,
        reason="迟到", recorded_at=NOW,
    )  # fmt: skip
    async with writing(connection, Shelf(), contest.event_id, now=NOW) as pen:
        pen.add(entry)


async def winners(connection: Connection, contest: Contest, column: str = "prospect.body") -> set[str]:
    """The codes of those with an award, by the prospect or by what a freeze kept of it."""
    body = await connection.fetchval(
        f"SELECT {column} FROM prospect, event LEFT JOIN board_freeze ON lifted_at IS NULL"
    )
    codes = {entrant_id: code for code, entrant_id in contest.entrants.items()}
    return {codes[one] for one in msgspec.json.decode(body, type=Prospect).winners}


# One computation ------------------------------------------------------------------------------------------------------


async def test_a_prospect_is_written_as_its_rules_say(connection: Connection, contest: Contest, pool: Pool) -> None:
    """What is written is what the book comes to; once done there is nothing to do; boards are told only of what is new."""
    heard: list[object] = []
    await connection.add_listener(REVISIONS, lambda *told: heard.append(told[-1]))
    assert await keeper_store.lagging(connection) == (contest.event_id,)
    assert await keep(pool, Shelf(), contest.event_id)
    book = await read_book(connection, Shelf(), contest.event_id)
    made = prospect_of(book, await contenders_of(connection, contest.event_id))
    assert await keeper_store.prospect_kept(connection, contest.event_id) == made
    assert await written(connection) == (book.revision, 1, 1)
    assert await keeper_store.lagging(connection) == ()
    await connection.execute("UPDATE event SET revision = revision + 1")
    assert await keeper_store.lagging(connection, [contest.event_id]) == (contest.event_id,)
    assert await keeper_store.lagging(connection, [new_id()]) == ()
    assert await keep(pool, Shelf(), contest.event_id)
    assert await written(connection) == (book.revision + 1, 1, 1)
    assert heard == [str(contest.event_id)]


async def test_what_is_hidden_is_not_counted_as_shown(connection: Connection, contest: Contest, pool: Pool) -> None:
    """During a freeze the prospect goes on, for the jury; lifted, the next is shown again. What the freeze kept stays."""
    await keep(pool, Shelf(), contest.event_id)
    await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    await penalise(connection, contest, "A01", 1)
    await keep(pool, Shelf(), contest.event_id)
    revision = await connection.fetchval("SELECT revision FROM event")
    assert await written(connection) == (revision, 2, 1)
    assert await winners(connection, contest) == {"A02", "A03"}
    assert await winners(connection, contest, "board_freeze.prospect") == {"A01", "A02", "A03"}
    await actions.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    await penalise(connection, contest, "A02", 1)
    await keep(pool, Shelf(), contest.event_id)
    assert await written(connection) == (revision + 2, 3, 2)


async def test_a_freeze_that_was_faster_is_completed(connection: Connection, contest: Contest, pool: Pool) -> None:
    """Taken before anything was worked out, it gets what the standings had come to then, whatever was marked since."""
    await penalise(connection, contest, "A01", 1)
    await actions.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
    await penalise(connection, contest, "A02", 2)
    assert await connection.fetchval("SELECT prospect FROM board_freeze") is None
    await keep(pool, Shelf(), contest.event_id)
    assert await winners(connection, contest) == {"A03"}
    assert await winners(connection, contest, "board_freeze.prospect") == {"A02", "A03"}
    row = await connection.fetchrow("SELECT prospect_shown, shown FROM board_freeze, prospect")
    assert tuple(row or ()) == (1, 1)
    assert await keeper_store.unfinished_freeze(connection, contest.event_id) is None


async def test_only_one_of_two_servers_works(connection: Connection, contest: Contest, pool: Pool) -> None:
    """While another is at it nothing is done here, and it is known that somebody has to look again."""
    async with pool.acquire() as other, other.transaction():
        assert await keeper_store.try_to_keep(other, contest.event_id)
        assert not await keep(pool, Shelf(), contest.event_id)
        assert await written(connection) is None
    assert await keep(pool, Shelf(), contest.event_id)


async def test_an_event_without_a_board_is_left_alone(connection: Connection, contest: Contest) -> None:
    """Nobody looks at what it comes to."""
    await actions.close_board(connection, contest.event_id, "hall", person=contest.organiser, now=NOW)
    assert await keeper_store.lagging(connection) == ()


# At work --------------------------------------------------------------------------------------------------------------


async def test_keeper_works_out_what_moves_but_once_a_second(
    dsn: str, connection: Connection, contest: Contest, pool: Pool
) -> None:
    """Twenty changes in a row are one or two computations, and the last of them is in the end."""
    async with keeping(dsn, pool):
        await until(lambda: is_current(connection))
        first = await written(connection)
        for turn in range(20):
            await penalise(connection, contest, "A01", turn % 4)
        await until(lambda: is_current(connection))
    last = await written(connection)
    assert first is not None
    assert last is not None
    assert last[1] - first[1] <= 2
    assert await winners(connection, contest) == {"A02", "A03"}


async def test_two_keepers_do_the_work_of_one(dsn: str, connection: Connection, contest: Contest, pool: Pool) -> None:
    """Two servers on one database: every change is worked out once, and both are done with it."""
    async with keeping(dsn, pool), keeping(dsn, pool):
        await until(lambda: is_current(connection))
        for code in ("A01", "A02"):
            before = await written(connection)
            await penalise(connection, contest, code, 1)
            await until(lambda: is_current(connection))
            after = await written(connection)
            assert before is not None
            assert after is not None
            assert after[1] == before[1] + 1


async def test_keeper_takes_a_freeze_when_it_is_due(
    dsn: str, connection: Connection, contest: Contest, pool: Pool
) -> None:
    """Nobody writes anything: it is taken all the same, soon after its time."""
    async with keeping(dsn, pool):
        await until(lambda: is_current(connection))
        due_at = datetime.now(UTC) + timedelta(seconds=1.5)
        await actions.freeze(connection, contest.event_id, due_at, person=contest.chief, now=now())
        await until(lambda: connection.fetchval("SELECT is_hidden FROM event"))
        late_by = datetime.now(UTC) - due_at
    assert timedelta() <= late_by < timedelta(seconds=1)
    row = await connection.fetchrow("SELECT taken_at, prospect IS NOT NULL FROM board_freeze")
    assert tuple(row or ()) == (due_at, True)
    assert await connection.fetchval("SELECT count(*) FROM frozen_standing") == 3


async def test_keeper_goes_on_when_the_database_was_away(
    dsn: str, connection: Connection, contest: Contest, pool: Pool
) -> None:
    """All its connections are cut, and what was written meanwhile was heard by nobody: it is found."""
    async with keeping(dsn, pool):
        await until(lambda: is_current(connection))
        admin = await asyncpg.connect(dsn)
        await admin.execute(
            """
            SELECT pg_terminate_backend(pid)
            FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'leitai%'
            """
        )
        await penalise(connection, contest, "A01", 3)
        await until(lambda: is_current(connection))
        await admin.close()
    assert await winners(connection, contest) == {"A02", "A03"}


@pytest.mark.usefixtures("contest")
async def test_keeper_survives_a_fault_of_one_event(
    dsn: str, connection: Connection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be worked out is told in the log; the next change is tried again."""
    faults = iter([True])

    def stumbling(*args: Any) -> Prospect:
        if next(faults, False):
            raise ZeroDivisionError
        return prospect_of(*args)

    monkeypatch.setattr(keeper, "prospect_of", stumbling)
    async with keeping(dsn, pool):
        await until(lambda: is_current(connection))
