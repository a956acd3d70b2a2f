"""Many who follow one board over sockets of their own: those who keep up, the slow, the silent, the hostile and the gone."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from competition.plumbing.transport import Farewell
from scoreboards import viewers as viewers_module
from scoreboards.board import Board
from scoreboards.frames import LAST_CHUNK, Way
from scoreboards.viewers import FEW, Crowd, Viewers, send_to_each
from tests.scoreboards.rows import NOW, VENUE, projection, row

URI = parse_uri("ws://boards.example/boards/hall/live")
PATIENCE, LITTLE_PATIENCE = 20.0, 0.8


class Someone:
    """The other side of a connection: what it reads, as the ``websockets`` library understands it."""

    def __init__(self, connection: socket.socket, way: Way) -> None:
        self.connection = connection
        self.protocol = ClientProtocol(URI, state=OPEN, max_size=None)
        self.protocol.extensions = [PerMessageDeflate(True, True, 12, 12)] if way == "deflated" else []
        self.raw = b""

    async def read(self) -> bool:
        """Read what is there; False at the end."""
        data = await asyncio.get_running_loop().sock_recv(self.connection, 1 << 16)
        self.raw += data
        self.protocol.receive_data(data) if data else self.protocol.receive_eof()
        return bool(data)

    async def hear(self, *, until: int) -> list[tuple[str, int]]:
        """Kind and revision of all messages up to this revision."""
        heard: list[tuple[str, int]] = []
        async with asyncio.timeout(5):
            while not heard or heard[-1][1] < until:
                await self.read()
                heard += self.messages()
        return heard

    def messages(self) -> list[tuple[str, int]]:
        """Kind and revision of the messages that were read."""
        frames = [one for one in self.protocol.events_received() if isinstance(one, Frame)]
        decoded = [json.loads(bytes(one.data)) for one in frames if one.opcode is Opcode.TEXT]
        return [(one["type"], one["revision"]) for one in decoded]

    async def end(self) -> CloseCode | int | None:
        """Read to the end; the code of the farewell."""
        async with asyncio.timeout(5):
            with suppress(ConnectionResetError):
                while await self.read():
                    pass
        return self.protocol.close_rcvd.code if self.protocol.close_rcvd else None

    async def say(self, data: bytes) -> None:
        """Send bytes."""
        await asyncio.get_running_loop().sock_sendall(self.connection, data)


class Hall:
    """A board with its viewers."""

    def __init__(self) -> None:
        self.board = Board(projection(1), VENUE, NOW)
        self.crowd = Crowd(self.board)
        self.viewers = Viewers(PATIENCE)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1000)
        self._connections: list[socket.socket] = [self._listening]

    def enter(self, way: Way = "socket", since: int | None = None, *, room: int | None = None) -> Someone:
        """Somebody who follows the board; with little ``room`` in the kernel, somebody who soon blocks."""
        theirs = socket.socket()
        if room:
            theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        theirs.connect(self._listening.getsockname())
        theirs.setblocking(False)
        ours, _ = self._listening.accept()
        ours.setblocking(False)
        if room:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, room)
        self._connections.append(theirs)
        self.viewers.admit(self.crowd, ours, way, since, self.board.status(NOW))
        return Someone(theirs, way)

    async def show(self, revision: int, total: str, *, rows: int = 2) -> None:
        """Another state of the board."""
        base = self.board.revision
        changed = [row(f"{n}", n, total) for n in range(1, rows + 1)]
        assert self.board.advance(projection(revision, *changed), NOW)
        [frame] = self.board.news_since(base)
        await self.viewers.tell(self.crowd, frame, base)

    def be_impatient(self) -> None:
        """From now on who takes nothing is soon cut off."""
        self.viewers.close()
        self.viewers = Viewers(LITTLE_PATIENCE)

    def close(self) -> None:
        """Everybody leaves."""
        self.viewers.close()
        for connection in self._connections:
            connection.close()


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    """A hall that is empty as yet."""
    hall = Hall()
    yield hall
    hall.close()


async def until(fact: Callable[[], object]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(5):
        while not fact():  # noqa: ASYNC110 - what is waited for is the kernel's, and rings no bell
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("way", ["socket", "deflated"])
async def test_viewer_is_told_everything_once_and_in_order(hall: Hall, way: Way) -> None:
    """A viewer gets the snapshot and then each patch, whether compressed or not."""
    someone = hall.enter(way)
    for revision in range(2, 6):
        await hall.show(revision, str(revision))
    patches = [("patch", revision) for revision in range(2, 6)]
    assert await someone.hear(until=5) == [("snapshot", 1), *patches]


async def test_viewer_who_has_it_all_is_told_so(hall: Hall) -> None:
    """Who comes back with the latest revision hears the status at once; with an older one, what it missed."""
    await hall.show(2, "30")
    assert await hall.enter(since=2).hear(until=2) == [("status", 2)]
    assert await hall.enter(since=1).hear(until=2) == [("patch", 2)]
    assert await hall.enter(since=9).hear(until=2) == [("snapshot", 2)]


async def test_stream_is_told_events(hall: Hall) -> None:
    """A stream hears when to come again, then the same messages as events, and at the end why there are no more."""
    someone = hall.enter("stream")
    await hall.show(2, "30")
    hall.viewers.dismiss(hall.crowd, Farewell(4404, "gone"))
    await someone.end()
    told = [line for line in someone.raw.splitlines() if line.startswith((b"id", b"event", b"retry"))]
    assert told == [b"retry: 2000", b"id: 1", b"event: snapshot", b"id: 2", b"event: patch", b"event: closed"]
    assert someone.raw.endswith(LAST_CHUNK)


async def test_slow_viewer_skips_to_the_latest(hall: Hall) -> None:
    """Nothing is kept for who takes nothing; then it gets the rest of its frame and what is latest, and keeps up again."""
    slow, quick = hall.enter(room=2048), hall.enter()
    for revision in range(2, 60):
        await hall.show(revision, str(revision), rows=60)
        assert (await quick.hear(until=revision))[-1][1] == revision
    [behind] = hall.crowd.behind
    assert behind.lag is not None
    assert len(behind.lag.rest) < 20_000
    heard = await slow.hear(until=59)
    assert heard[0] == ("snapshot", 1)
    assert heard[-1] == ("snapshot", 59)
    assert len(heard) < 20
    await until(lambda: not hall.crowd.behind)
    await hall.show(60, "99", rows=60)
    assert await slow.hear(until=60) == [("patch", 60)]


async def test_viewer_who_never_reads_is_cut_off(hall: Hall) -> None:
    """Who takes nothing for so long is reset; the others notice nothing, and nothing of it stays."""
    hall.be_impatient()
    lazy, quick = hall.enter(room=2048), hall.enter()
    revision = 1
    async with asyncio.timeout(5):
        while lazy.connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
            revision += 1
            await hall.show(revision, str(revision), rows=60)
            await quick.hear(until=revision)
    assert (len(hall.viewers), len(hall.crowd)) == (1, 1)


async def test_viewer_who_reads_slowly_is_kept(hall: Hall) -> None:
    """Who takes a little now and then is behind, but is no silent one."""
    hall.be_impatient()
    slow = hall.enter(room=2048)
    for revision in range(2, 10):
        await hall.show(revision, str(revision), rows=300)
    for _ in range(6):
        await asyncio.sleep(LITTLE_PATIENCE / 4)
        for _ in range(6):
            await slow.read()
    assert len(hall.viewers) == 1
    await slow.hear(until=9)


async def test_who_comes_or_speaks_while_a_frame_is_told_misses_nothing(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the parts of a crowd others are let in: who comes, pings, stumbles or leaves then is told everything once."""
    monkeypatch.setattr(viewers_module, "CHUNK", 1)
    crowd = [hall.enter() for _ in range(6)]
    telling = asyncio.create_task(hall.show(2, "30"))
    await asyncio.sleep(0)
    late = hall.enter()
    crowd[4].protocol.send_ping(b"still there?")
    await crowd[4].say(b"".join(crowd[4].protocol.data_to_send()))
    crowd[5].connection.close()
    await telling
    await hall.show(3, "40")
    for someone in crowd[:5]:
        assert await someone.hear(until=3) == [("snapshot", 1), ("patch", 2), ("patch", 3)]
    assert await late.hear(until=3) == [("snapshot", 2), ("patch", 3)]
    await until(lambda: len(hall.viewers) == 6)


async def test_ping_is_answered(hall: Hall) -> None:
    """A ping comes back as a pong, by itself or, in the midst of a frame, after it."""
    someone = hall.enter()
    await someone.hear(until=1)
    someone.protocol.send_ping(b"one")
    await someone.say(b"".join(someone.protocol.data_to_send()))
    async with asyncio.timeout(5):
        await someone.read()
    assert someone.protocol.events_received() == [Frame(Opcode.PONG, b"one")]


async def test_flood_of_pings_keeps_nothing(hall: Hall) -> None:
    """A viewer who pings without end and reads nothing makes nothing grow, and is cut off."""
    hall.be_impatient()
    someone = hall.enter(room=2048)
    for revision in range(2, 12):
        await hall.show(revision, str(revision), rows=60)
    [behind] = hall.crowd.behind
    someone.protocol.send_ping(b"x" * 125)
    flood = b"".join(someone.protocol.data_to_send()) * 5000
    with suppress(ConnectionError):
        async with asyncio.timeout(5):
            while True:
                await someone.say(flood)
                assert len(behind.heard) < 131
    assert len(hall.viewers) == 0


@pytest.mark.parametrize(("said", "code"), [(b"\x81\x85", 1008), (b"\x09\x00", 1002), (b"\x88\x80\0\0\0\0", 1005)])
async def test_farewell_is_said_and_the_connection_ends(hall: Hall, said: bytes, code: int) -> None:
    """Who speaks, breaks the rules or says goodbye is answered and let go; byte by byte it is the same."""
    someone = hall.enter()
    await someone.hear(until=1)
    for byte in said:
        await someone.say(bytes((byte,)))
        await asyncio.sleep(0.005)
    assert await someone.end() == code
    someone.connection.close()
    await until(lambda: len(hall.viewers) == 0)


async def test_who_does_not_go_is_cut_off(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was told farewell and stays, whatever it still says, does not stay for long."""
    monkeypatch.setattr(viewers_module, "LEAVE_SECONDS", 0.1)
    someone = hall.enter()
    hall.viewers.dismiss(hall.crowd, Farewell(4404, "gone"))
    assert await someone.end() == 4404
    with suppress(ConnectionError):
        async with asyncio.timeout(5):
            while len(hall.viewers):
                await someone.say(b"and another thing")
                await asyncio.sleep(0.01)
    assert len(hall.viewers) == 0


async def test_dismissed_crowd_takes_nobody_in(hall: Hall) -> None:
    """Who comes when the board is gone is told so."""
    hall.viewers.dismiss(hall.crowd, Farewell(4404, "gone"))
    assert await hall.enter().end() == 4404


async def test_server_that_ends_says_so(hall: Hall) -> None:
    """Everybody is told to come back: sockets by code 1012, streams by their end."""
    someone, listener = hall.enter(), hall.enter("stream")
    hall.be_impatient()
    assert await someone.end() == 1012
    await listener.end()
    assert listener.raw.endswith(LAST_CHUNK)


async def test_who_leaves_leaves_nothing(hall: Hall) -> None:
    """Hundreds who vanish, time and again, leave neither descriptors nor memory; and a viewer costs less than 2 KB."""
    await leave_abruptly([hall.enter() for _ in range(200)], hall)
    gc.collect()
    descriptors = open_descriptors()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        crowd = [hall.enter(way) for way in ("socket", "deflated") for _ in range(100)]
        for someone in crowd:
            del someone.protocol
        gc.collect()
        while_there, _ = tracemalloc.get_traced_memory()
        await leave_abruptly(crowd, hall)
        del crowd, someone
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (while_there - before) / 200 < 2048
    assert (after - before) / 200 < 100
    assert open_descriptors() == descriptors


def open_descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def leave_abruptly(crowd: list[Any], hall: Hall) -> None:
    """Vanish, half of them by a reset, while the board goes on."""
    for number, someone in enumerate(crowd):
        if number % 2:
            someone.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        someone.connection.close()
    revision = hall.board.revision + 1
    await hall.show(revision, str(revision))
    await until(lambda: not len(hall.viewers))
    hall._connections = [one for one in hall._connections if one.fileno() >= 0]


def test_writing_to_all_tells_who_took_less() -> None:
    """Whoever is full, closed or broken among the many is told with how much it took; all others got everything."""
    pairs = [socket.socketpair() for _ in range(6)]
    for ours, theirs in pairs:
        ours.setblocking(False)
        theirs.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            pairs[1][0].send(b"y" * 4096)
    pairs[3][1].close()
    pairs[4][0].close()
    assert send_to_each([ours for ours, _ in pairs], b"x" * 2000) == [
        (pairs[1][0], 0), (pairs[3][0], -1), (pairs[4][0], -1)
    ]  # fmt: skip
    assert [pairs[number][1].recv(4096) for number in (0, 2, 5)] == [b"x" * 2000] * 3
    for pair in pairs:
        for one in pair:
            one.close()


@pytest.mark.parametrize("has_ring", [True, False], ids=["ring", "one by one"])
async def test_hundreds_are_told_whichever_way_they_are_written_to(
    hall: Hall, has_ring: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the kernel's ring and without it, each of many hears everything once, be they quick, slow or gone."""
    if not has_ring:
        monkeypatch.setattr(hall.viewers, "_ring", None)
    quick, slow, gone = [hall.enter() for _ in range(2 * FEW)], hall.enter(room=2048), hall.enter()
    for revision in range(2, 20):
        await hall.show(revision, str(revision), rows=60)
        gone.connection.close()
        for someone in quick:
            assert (await someone.hear(until=revision))[-1][1] == revision
    assert (await slow.hear(until=19))[-1] == ("snapshot", 19)
    await until(lambda: len(hall.viewers) == 2 * FEW + 1)


async def test_ring_that_fails_is_done_without(hall: Hall) -> None:
    """Should the kernel break the ring, nobody is told half a frame: who was to get it comes back, and is written to one by one."""
    if hall.viewers._ring is None:
        pytest.skip("this kernel gives no ring")
    crowd = [hall.enter() for _ in range(FEW + 1)]
    os.close(hall.viewers._ring._descriptor)
    hall.viewers._ring._descriptor = os.open("/dev/null", os.O_RDONLY)
    await hall.show(2, "30")
    assert (vars(hall.viewers)["_ring"], len(hall.viewers)) == (None, 0)
    for someone in crowd:
        assert await someone.end() is None
    assert await hall.enter().hear(until=2) == [("snapshot", 2)]
