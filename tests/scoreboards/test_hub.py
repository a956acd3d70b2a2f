"""The boards that anybody asks for: loaded, kept current, told, and forgotten."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from competition.plumbing.clock import now
from scoreboards import hub as hub_module
from scoreboards import readings
from scoreboards.hub import COALESCE_SECONDS, FULL_LOOK_SECONDS, IDLE_SECONDS, Hub, Key, pause_after
from scoreboards.readings import EventReading
from scoreboards.store import board_pool
from tests.scoreboards.house import House


@pytest.fixture
async def event(house: House) -> tuple[UUID, list[UUID]]:
    """A blind event with a board and two entrants drawn to benches."""
    event_id = await house.insert_event()
    return event_id, await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01"), ("李娜", "合肥", "1-02")])


@pytest.fixture
async def hub(dsn: str) -> AsyncIterator[Hub]:
    """A hub that is told nothing by itself."""
    async with await board_pool(dsn) as pool:
        hub = Hub(pool, now=now)
        yield hub
        hub.close()


async def polled(hub: Hub, house: House) -> None:
    """Let a poll happen, and what it finds be read."""
    hub.compare(await readings.counters(house.connection))
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
    """However many pages of an event are asked for, it is read once; and when it moves, what has changed is."""
    read: list[str] = []
    for name in ("facts_of", "facts_after"):
        monkeypatch.setattr(readings, name, noting(name, read))
    for entrant in (None, "1-01", "1-02"):
        await hub.board("hall", "public", entrant)
    assert read == ["facts_of"]
    event_id, (first, _) = event
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    await hub.refresh(event_id)
    assert read == ["facts_of", "facts_after"]
    shown = [await hub.board("hall", "public", entrant) for entrant in (None, "1-01")]
    assert [board.state.projection.rows[0].code for board in shown if board] == ["1-01", "1-01"]


def noting(name: str, read: list[str]) -> Callable[..., Awaitable[EventReading | None]]:
    """One way of reading, which notes that it was taken."""
    reading: Callable[..., Awaitable[EventReading | None]] = getattr(readings, name)

    async def noted(*given: object) -> EventReading | None:
        read.append(name)
        return await reading(*given)

    return noted


async def test_board_moves_when_it_is_followed_or_asked_for(
    hub: Hub, house: House, event: tuple[UUID, list[UUID]]
) -> None:
    """Before anybody's eyes it moves at once; where nobody looks it costs nothing until somebody asks for it or comes to it."""
    followed, other, page = [await hub.board("hall", "public", entrant) for entrant in (None, "1-01", "1-02")]
    assert followed
    assert other
    assert page
    with follower(hub, Key("hall", "public", None)) as viewer:
        event_id, (first, _) = event
        await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
        await hub.refresh(event_id)
        assert viewer.recv(1 << 16).count(b'"type":"snapshot"') == 2  # the head has changed: it is live now
        assert (followed.revision, other.revision, page.revision) == (1, 0, 0)
        assert await hub.board("hall", "public", "1-01") is other
        assert other.revision == 1
        with follower(hub, Key("hall", "public", "1-02")) as late:
            assert page.revision == 1
            assert b'"revision":1' in late.recv(1 << 16)


@contextmanager
def follower(hub: Hub, key: Key) -> Iterator[socket.socket]:
    """Somebody's end of a connection by which they follow a board."""
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        hub.admit(key, ours, "socket", None)
        yield theirs


async def test_now_and_then_events_are_read_whole(hub: Hub, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """Should a standing ever change without a revision, no board keeps it wrong for long."""
    event_id, (first, _) = event
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    totals = []
    board = await hub.board("hall")
    assert board is not None
    await polled(hub, house)
    await house.connection.execute("UPDATE standing SET total = 41")
    for looked in (hub._looked, float("-inf")):
        hub._looked = looked
        hub.hear(event_id)
        await polled(hub, house)
        assert await hub.board("hall") is board
        totals.append(json.loads(board.snapshot)["rows"][0]["total"])
    assert totals == ["40", "41"]


async def test_board_follows_the_counters(hub: Hub, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """A poll finds what moved, were it notified or not; what is the same is not read again."""
    board = await hub.board("hall")
    assert board is not None
    event_id, (first, _) = event
    await polled(hub, house)
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}], notify=False)
    await polled(hub, house)
    assert await hub.board("hall") is board
    assert (board.revision, board.state.projection.head.status) == (1, "live")
    hub.compare(await readings.counters(house.connection))
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
