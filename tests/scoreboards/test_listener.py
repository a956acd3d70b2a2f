"""The listener hears of commits, finds what it did not hear, and comes back after every loss."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
import websockets

from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres
from scoreboards import listener as listener_module
from scoreboards.listener import APPLICATION, Listener
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import House

SOON = 5.0


class Ear:
    """What a listener told: hints, and the revisions of each poll."""

    def __init__(self) -> None:
        self.hints: asyncio.Queue[UUID] = asyncio.Queue()
        self.polls: asyncio.Queue[Mapping[UUID, int]] = asyncio.Queue()

    @asynccontextmanager
    async def listening(self, dsn: str) -> AsyncIterator[None]:
        """A listener at work."""
        listener = Listener(dsn, hear=self.hints.put_nowait, compare=self.polls.put_nowait)
        running = asyncio.create_task(listener.run())
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def poll(self) -> Mapping[UUID, int]:
        """The next poll's answer."""
        return await asyncio.wait_for(self.polls.get(), SOON)

    async def hint(self) -> UUID:
        """The next hint."""
        return await asyncio.wait_for(self.hints.get(), SOON)


async def test_listener_hears_of_a_commit(dsn: str, house: House) -> None:
    """A notification names the event that changed, well before the next poll."""
    event_id = await house.insert_event()
    ear = Ear()
    async with ear.listening(dsn):
        assert await ear.poll() == {event_id: 0}
        await house.stand(event_id, [])
        assert await asyncio.wait_for(ear.hints.get(), 1) == event_id


async def test_listener_finds_what_it_did_not_hear(dsn: str, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that was not notified is found by the poll."""
    monkeypatch.setattr(listener_module, "POLL_SECONDS", 0.05)
    event_id = await house.insert_event()
    ear = Ear()
    async with ear.listening(dsn):
        await ear.poll()
        await house.stand(event_id, [], notify=False)
        while await ear.poll() != {event_id: 1}:
            pass
    assert ear.hints.empty()


async def test_listener_ignores_what_is_no_event(dsn: str, house: House) -> None:
    """A payload that is no id is noted, and the next one is heard."""
    event_id = await house.insert_event()
    ear = Ear()
    async with ear.listening(dsn):
        await ear.poll()
        await house.connection.execute("SELECT pg_notify('leitai_revision', 'nonsense')")
        await house.stand(event_id, [])
        assert await ear.hint() == event_id


async def test_listener_comes_back_after_its_connection_is_cut(dsn: str, house: House) -> None:
    """A terminated connection is opened again by itself, and what happened meanwhile is found at once."""
    event_id = await house.insert_event()
    ear = Ear()
    async with ear.listening(dsn):
        await ear.poll()
        await house.stand(event_id, [], notify=False)
        await house.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()",
            APPLICATION,
        )
        assert await ear.poll() == {event_id: 1}
        await house.stand(event_id, [])
        assert await ear.hint() == event_id


async def test_boards_survive_a_restart_of_the_database(tmp_path: Path) -> None:
    """When PostgreSQL restarts, the same server goes on: its viewers are told what changed, and nobody lends a hand."""
    async with EmbeddedPostgres(tmp_path) as postgres:
        await migrate(postgres.dsn)
        connection = await asyncpg.connect(postgres.dsn)
        event_id = await House(connection).insert_event()
        async with serving(postgres.dsn) as address, websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
            assert json.loads(await viewer.recv())["revision"] == 0
            await postgres.stop()
            await postgres.start()
            connection = await asyncpg.connect(postgres.dsn)
            await House(connection).stand(event_id, [])
            async with asyncio.timeout(SOON):
                while json.loads(await viewer.recv())["revision"] < 1:
                    pass
            async with httpx.AsyncClient(base_url=f"http://{address}") as client:
                assert (await client.get("/boards/hall/state")).json()["revision"] == 1
        await connection.close()
