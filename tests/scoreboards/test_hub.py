"""The boards that anybody asks for: loaded, kept current, told, and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from competition.plumbing.clock import now
from competition.plumbing.database import open_pool
from scoreboards import hub as hub_module
from scoreboards import store
from scoreboards.hub import COALESCE_SECONDS, FULL_LOOK_SECONDS, IDLE_SECONDS, Hub, pause_after
from tests.scoreboards.house import House


@pytest.fixture
async def event(house: House) -> tuple[UUID, list[UUID]]:
    """A blind event with a board and two entrants drawn to benches."""
    event_id = await house.insert_event()
    return event_id, await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01"), ("李娜", "合肥", "1-02")])


@pytest.fixture
async def hub(dsn: str) -> AsyncIterator[Hub]:
    """A hub that is told nothing by itself."""
    async with await open_pool(dsn, "leitai_board", most=2) as pool:
        hub = Hub(pool, now=now)
        yield hub
        hub.close()


async def polled(hub: Hub, house: House) -> None:
    """Let a poll happen, and what it finds be read."""
    hub.compare(await store.counters(house.connection))
    working = asyncio.create_task(hub.run())
    await asyncio.sleep(0.1)
    working.cancel()


@pytest.mark.usefixtures("event")
async def test_board_is_loaded_when_it_is_asked_for(hub: Hub) -> None:
    """For each audience and each entrant a board is one of its own; what is not there is none."""
    board = await hub.board("hall")
    assert board is not None
    assert await hub.board("hall") is board
    jury, page = await hub.board("hall", "jury"), await hub.board("hall", "public", "1-02")
    assert jury is not None
    assert page is not None
    assert (jury.state.projection.head.audience, page.state.projection.head.kind) == ("jury", "entrant")
    assert [await hub.board("nowhere"), await hub.board("hall", "public", "9-99")] == [None, None]


async def test_all_boards_of_an_event_are_one_reading(
    hub: Hub, house: House, event: tuple[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many pages of an event are asked for, it is read once; and once more when it moves."""
    read, facts_of = [], store.facts_of

    async def counted(connection: object, event_id: UUID) -> store.EventReading | None:
        read.append(event_id)
        return await facts_of(connection, event_id)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "facts_of", counted)
    for entrant in (None, "1-01", "1-02"):
        await hub.board("hall", "public", entrant)
    assert len(read) == 1
    event_id, (first, _) = event
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    await hub.refresh(event_id)
    assert len(read) == 2
    shown = [await hub.board("hall", "public", entrant) for entrant in (None, "1-01")]
    assert [board.state.projection.rows[0].code for board in shown if board] == ["1-01", "1-01"]


async def test_board_follows_the_counters(hub: Hub, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """A poll finds what moved, were it notified or not; what is the same is not read again."""
    board = await hub.board("hall")
    assert board is not None
    event_id, (first, _) = event
    await polled(hub, house)
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}], notify=False)
    await polled(hub, house)
    assert (board.revision, board.state.projection.head.status) == (1, "live")
    hub.compare(await store.counters(house.connection))
    assert not hub._stale


async def test_board_that_is_taken_down_is_gone(hub: Hub, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """A deleted board is no longer found, in no audience."""
    await hub.board("hall")
    await hub.board("hall", "jury")
    await house.connection.execute("DELETE FROM board")
    await hub.refresh(event[0])
    assert [await hub.board("hall"), await hub.board("hall", "jury")] == [None, None]
    assert (hub._shown, hub._readings) == ({}, {})


@pytest.mark.usefixtures("event")
async def test_board_that_nobody_asks_for_is_forgotten(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has followed or asked for in a while takes no more work; asked for again, it is there again."""
    assert IDLE_SECONDS > FULL_LOOK_SECONDS
    monkeypatch.setattr(hub_module, "IDLE_SECONDS", 0.05)
    await hub.board("hall", "public", "1-01")
    await asyncio.sleep(0.06)
    await hub.board("hall")
    hub.compare({})
    assert [key.entrant for key in hub._shown] == [None]
    await asyncio.sleep(0.06)
    hub.compare({})
    assert (hub._shown, hub._readings) == ({}, {})
    assert await hub.board("hall", "public", "1-01") is not None


async def test_hub_says_how_old_its_knowledge_is(hub: Hub, event: tuple[UUID, list[UUID]]) -> None:
    """Knowledge is as old as the last poll: to read an event again makes it no younger, for what is hidden may be the cause."""
    assert not hub.is_current()
    await hub.board("hall")
    hub.compare({})
    assert hub.is_current()
    await asyncio.sleep(0.05)
    await hub.refresh(event[0])
    assert hub.age() >= 0.05


def test_patches_are_few() -> None:
    """Rounds begin ten times a second at the most; where one takes long, as much time is left for others."""
    assert COALESCE_SECONDS == 0.1
    assert [pause_after(took) for took in (0, 0.02, 0.06, 0.3)] == [0.1, 0.08, 0.06, 0.1]
