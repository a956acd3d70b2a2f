"""The listener hears of commits, finds what it did not hear, and comes back after every loss."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

import asyncpg
import pytest

from competition.plumbing import listening
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import APPLICATION, HALL, REVISIONS, HallNotice, Listener, read_notice, tell_hall

SOON = 5.0
T = TypeVar("T")


class Ear:
    """What a listener told: events that changed, notices of the hall, what each poll found, and how often something was missed."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[UUID] = asyncio.Queue()
        self.notices: asyncio.Queue[HallNotice] = asyncio.Queue()
        self.polls: asyncio.Queue[int] = asyncio.Queue()
        self.missed = 0

    @asynccontextmanager
    async def listening(self, dsn: str) -> AsyncIterator[None]:
        """A listener at work, after its first poll."""
        hear = {
            REVISIONS: lambda payload: self.events.put_nowait(UUID(payload)),
            HALL: lambda payload: self.notices.put_nowait(read_notice(payload)),
        }
        listener = Listener(dsn, "leitai_app", hear=hear, poll=self._poll, missed=self._miss)
        running = asyncio.create_task(listener.run())
        await soon(self.polls)
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def _poll(self, connection: Connection) -> None:
        self.polls.put_nowait(await connection.fetchval("SELECT count(*) FROM account"))

    def _miss(self) -> None:
        self.missed += 1


async def soon(queue: asyncio.Queue[T]) -> T:
    """The next thing that was told."""
    return await asyncio.wait_for(queue.get(), SOON)


async def notify(connection: Connection, event_id: UUID) -> None:
    """Notify as a commit of the ledger does."""
    await connection.execute("SELECT pg_notify('leitai_revision', $1)", str(event_id))


async def add_account(connection: Connection) -> None:
    """Something that only a poll finds."""
    await connection.execute(
        "INSERT INTO account (id, role, name, created_at) VALUES ($1, 'judge', 'J', now())", new_id()
    )


async def cut(dsn: str) -> None:
    """Terminate the listener's connection."""
    owner = await asyncpg.connect(dsn)
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()",
        APPLICATION,
    )
    await owner.close()


async def test_listener_hears_what_is_notified(dsn: str, connection: Connection) -> None:
    """Each channel's notifications reach its own ear, well before the next poll."""
    event_id, message_id, ear = new_id(), new_id(), Ear()
    async with ear.listening(dsn):
        await notify(connection, event_id)
        await tell_hall(connection, event_id, "message", message_id)
        assert await asyncio.wait_for(ear.events.get(), 1) == event_id
        assert await asyncio.wait_for(ear.notices.get(), 1) == HallNotice(
            event_id=event_id, what="message", id=message_id
        )


async def test_hall_is_told_only_what_is_committed(dsn: str, connection: Connection) -> None:
    """A notice belongs to the transaction of the change: when that is taken back, nobody hears of it."""
    ear = Ear()
    async with ear.listening(dsn):
        transaction = connection.transaction()
        await transaction.start()
        await tell_hall(connection, None, "sheets")
        await transaction.rollback()
        await tell_hall(connection, None, "device")
        assert await soon(ear.notices) == HallNotice(event_id=None, what="device", id=None)


async def test_listener_finds_what_it_did_not_hear(
    dsn: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not notified is found by the poll."""
    monkeypatch.setattr(listening, "POLL_SECONDS", 0.05)
    ear = Ear()
    async with ear.listening(dsn):
        await add_account(connection)
        while await soon(ear.polls) != 1:
            pass
    assert ear.events.empty()
    assert ear.missed == 0


async def test_listener_ignores_what_it_cannot_read(dsn: str, connection: Connection) -> None:
    """A payload that says nothing is noted, and the next one is heard."""
    event_id, ear = new_id(), Ear()
    async with ear.listening(dsn):
        await connection.execute("SELECT pg_notify('leitai_revision', 'nonsense'), pg_notify('leitai_hall', '{}')")
        await notify(connection, event_id)
        await tell_hall(connection, event_id, "sheets")
        assert await soon(ear.events) == event_id
        assert await soon(ear.notices) == HallNotice(event_id=event_id, what="sheets", id=None)


async def test_listener_comes_back_after_its_connection_is_cut(dsn: str, connection: Connection) -> None:
    """A terminated connection is opened again by itself; what happened meanwhile is polled, and said to have been missed."""
    event_id, ear = new_id(), Ear()
    async with ear.listening(dsn):
        await add_account(connection)
        await cut(dsn)
        assert await soon(ear.polls) == 1
        assert ear.missed == 1
        await notify(connection, event_id)
        assert await soon(ear.events) == event_id
