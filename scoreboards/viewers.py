"""The viewers of all boards in this process: sockets of our own, watched together and written to one after the other.

Who keeps up is an entry in its board's crowd, and no code runs for it alone: what is said to the crowd is one frame, written to
every socket as it is. Who cannot take a frame at once falls behind, and only the rest of that frame is kept for it; when it has
taken that, it gets whatever leads to the latest state, and keeps up again. Who takes nothing for too long is cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import selectors
import socket
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Protocol

from competition.plumbing.transport import Farewell, forget_at_once
from scoreboards import wire
from scoreboards.frames import SERVICE_RESTART, Frame, Way, ending, opening
from scoreboards.ring import BROKEN, SLOTS, open_ring

CHUNK = SLOTS
"""To how many a frame is written before others are let in, such as a judge's request: some eight milliseconds."""

FEW = 32
"""To so few a frame is written one by one."""

OUT_OF_REACH_SECONDS = 60
"""A viewer whose machine has acknowledged nothing for so long is out of reach; the kernel would go on hoping for minutes."""

LEAVE_SECONDS = 3.0
"""How long a viewer who was told farewell may take to go by itself."""

SWEEPS = 4
"""How often, within the time that a viewer may take nothing or may take to leave, it is looked who has."""

READ_BYTES = 4096
CLOSED = -1
"""What stands for the descriptor of a connection that was closed."""

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE

log = logging.getLogger("leitai.boards")


class News(Protocol):
    """What a crowd follows: a board."""

    @property
    def revision(self) -> int:
        """The latest revision."""

    def news_since(self, revision: int | None) -> tuple[Frame, ...]:
        """What leads from a revision to the latest."""


class Crowd:
    """All who follow one board. ``ready`` are those who have its latest revision, by how they listen; the others are ``behind``.

    While a frame is told, ``stepped_out`` are those who were ready when it began and must not be told it any more; else None.
    """

    __slots__ = ("behind", "board", "farewell", "ready", "stepped_out")

    def __init__(self, board: News) -> None:
        self.board = board
        self.ready: dict[Way, dict[socket.socket, Viewer]] = {"socket": {}, "deflated": {}, "stream": {}}
        self.behind: set[Viewer] = set()
        self.stepped_out: set[socket.socket] | None = None
        self.farewell: Farewell | None = None

    def __len__(self) -> int:
        return sum(map(len, self.ready.values())) + len(self.behind)


class Viewer:
    """Somebody who follows a board: the connection, how it listens, and what of a frame of its own has not wholly arrived.

    Without a ``lag`` it keeps up, and is ready in its crowd.
    """

    __slots__ = ("connection", "crowd", "heard", "lag", "way")

    def __init__(self, connection: socket.socket, crowd: Crowd, way: Way) -> None:
        self.connection = connection
        self.crowd = crowd
        self.way = way
        self.heard = b""
        self.lag: Lag | None = None


class Lag:
    """What a viewer who has fallen behind must take before it is told the news since ``revision``.

    ``rest`` is of the frame it is in the midst of; ``ping`` is to be answered after it. Who ``is_leaving`` is told nothing more. It
    is cut off once ``deadline`` has passed and nothing was taken. ``is_watched``: for whether there is room again.
    """

    __slots__ = ("deadline", "is_leaving", "is_watched", "ping", "rest", "revision")

    def __init__(self, revision: int | None, rest: bytes | memoryview, deadline: float) -> None:
        self.revision = revision
        self.rest = rest
        self.deadline = deadline
        self.ping: bytes | None = None
        self.is_leaving = False
        self.is_watched = False


class Viewers:
    """Everybody who is connected. ``patience`` is for how many seconds one may take nothing."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._selector = selectors.DefaultSelector()
        self._loop.add_reader(self._watch(), self._attend)
        self._ring = open_ring()
        self._behind: set[Viewer] = set()
        self._sweep: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._selector.get_map())

    def admit(self, crowd: Crowd, connection: socket.socket, way: Way, since: int | None, welcome: Frame) -> None:
        """Let somebody follow from revision ``since`` on; who has it all already is told so by the ``welcome``."""
        viewer = Viewer(connection, crowd, way)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, OUT_OF_REACH_SECONDS * 1000)
        self._selector.register(connection, READ, viewer)
        is_latest = since == crowd.board.revision
        self._fall_behind(viewer, since, opening(way) + (welcome.to(way) if is_latest else b""))
        if crowd.farewell:
            self._part(viewer, ending(way, crowd.farewell))
        else:
            self._catch_up(viewer)

    async def tell(self, crowd: Crowd, frame: Frame, base: int) -> None:
        """Write a frame, which leads on from revision ``base``, to all who are ready; one frame after the other."""
        crowd.stepped_out = set()
        # Taken for all at once: who is admitted or catches up meanwhile has the news already.
        rounds = [(ready, list(ready), frame.to(way)) for way, ready in crowd.ready.items() if ready]
        for ready, connections, data in rounds:
            for begin in range(0, len(connections), CHUNK):
                chosen = connections[begin : begin + CHUNK]
                if crowd.stepped_out:
                    chosen = [connection for connection in chosen if connection not in crowd.stepped_out]
                for connection, taken in self._send_to_all(chosen, data):
                    self._stumble(ready[connection], taken, data, base=base, revision=frame.revision)
                await asyncio.sleep(0)
        crowd.stepped_out = None

    def dismiss(self, crowd: Crowd, farewell: Farewell) -> None:
        """Part with all who follow a board, and with whoever still comes to it."""
        crowd.farewell = farewell
        everybody = chain.from_iterable(ready.values() for ready in crowd.ready.values())
        for viewer in (*everybody, *crowd.behind):
            self._part(viewer, ending(viewer.way, farewell))

    def close(self) -> None:
        """Part with everybody: the server ends. Nobody is waited for."""
        if self._sweep:
            self._sweep.cancel()
        self._loop.remove_reader(self._watch())
        for key in list(self._selector.get_map().values()):
            viewer: Viewer = key.data
            with contextlib.suppress(OSError):
                if viewer.lag is None or not viewer.lag.rest:
                    viewer.connection.send(ending(viewer.way, SERVICE_RESTART))
            self._let_go(viewer)
        self._selector.close()
        if self._ring:
            self._ring.close()

    # What happens at a connection ---------------------------------------------------------------------------------------

    def _attend(self) -> None:
        """Somebody says something, takes something again, or has left."""
        for key, what in self._selector.select(0):
            viewer: Viewer = key.data
            try:
                if what & WRITE:
                    self._catch_up(viewer)
                if what & READ and viewer.connection.fileno() != CLOSED:
                    self._listen(viewer)
            except OSError:
                self._let_go(viewer)

    def _listen(self, viewer: Viewer) -> None:
        try:
            data = viewer.connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        if not data:
            self._let_go(viewer)
        elif viewer.lag and viewer.lag.is_leaving:
            return  # whatever it still says
        elif viewer.way == "stream":
            self._part(viewer, ending(viewer.way, wire.SPEAKS))
        else:
            heard = wire.read(viewer.heard + data, is_compressed=viewer.way == "deflated")
            viewer.heard = heard.rest
            if heard.ping is not None:
                self._answer(viewer, heard.ping)
            if heard.farewell:
                self._part(viewer, heard.farewell)

    def _answer(self, viewer: Viewer, ping: bytes) -> None:
        """Answer a ping; while the viewer is in the midst of a frame it waits, and a later ping takes its place."""
        if viewer.lag:
            viewer.lag.ping = ping
            return
        pong = wire.pong(ping)
        taken = _send(viewer.connection, pong)
        if taken < len(pong):
            # Which revision it has is not certain while a frame is told: it will get the snapshot.
            self._fall_behind(viewer, None, pong[taken:])
            self._watch_for_room(viewer)

    def _part(self, viewer: Viewer, last: bytes) -> None:
        """Say the last words, after the frame that the viewer is in the midst of, and let it go in its own time."""
        lag = viewer.lag or self._fall_behind(viewer, None, b"")
        if lag.is_leaving:
            return
        lag.rest = bytes(lag.rest) + last
        lag.is_leaving = True
        lag.deadline = self._loop.time() + LEAVE_SECONDS
        self._catch_up(viewer)

    # Falling behind and catching up -------------------------------------------------------------------------------------

    def _stumble(self, viewer: Viewer, taken: int, data: bytes, *, base: int, revision: int) -> None:
        """A frame was not taken as a whole: it has not been begun, is to be finished, or the viewer has left."""
        if taken == BROKEN:
            self._let_go(viewer)
            return
        self._fall_behind(viewer, revision if taken else base, memoryview(data)[taken:] if taken else b"")
        self._watch_for_room(viewer)

    def _send_to_all(self, connections: Sequence[socket.socket], data: bytes) -> list[tuple[socket.socket, int]]:
        """Write the same to all; gives those who took less, and how much (-1: broken)."""
        if self._ring is None or len(connections) <= FEW:
            return send_to_each(connections, data)
        try:
            return self._ring.send(connections, data)
        except OSError:
            log.exception("io_uring is of no use any more; frames are written socket by socket")
            self._ring.close()
            self._ring = None
            # Nobody knows who got what: they come back by themselves, and are told all of it.
            return [(connection, BROKEN) for connection in connections]

    def _fall_behind(self, viewer: Viewer, revision: int | None, rest: bytes | memoryview) -> Lag:
        self._step_out(viewer)
        viewer.lag = Lag(revision, rest, self._loop.time() + self._patience)
        viewer.crowd.behind.add(viewer)
        self._behind.add(viewer)
        self._sweep = self._sweep or self._sweep_soon()
        return viewer.lag

    def _catch_up(self, viewer: Viewer) -> None:
        """Give a viewer who is behind as much as it takes, until it keeps up."""
        lag = viewer.lag
        try:
            while lag:
                if lag.rest:
                    taken = _send(viewer.connection, lag.rest)
                    if taken and not lag.is_leaving:
                        lag.deadline = self._loop.time() + self._patience
                    if taken < len(lag.rest):
                        lag.rest = memoryview(lag.rest)[taken:]
                        self._watch_for_room(viewer)
                        return
                    lag.rest = b""
                elif lag.is_leaving:
                    self._watch_for_room(viewer, is_watched=False)
                    viewer.connection.shutdown(socket.SHUT_WR)
                    return
                elif lag.ping is not None:
                    lag.rest, lag.ping = wire.pong(lag.ping), None
                elif news := viewer.crowd.board.news_since(lag.revision):
                    lag.rest = (
                        news[0].to(viewer.way) if len(news) == 1 else b"".join(one.to(viewer.way) for one in news)
                    )
                    lag.revision = viewer.crowd.board.revision
                else:
                    self._watch_for_room(viewer, is_watched=False)
                    self._keep_up(viewer)
                    return
        except OSError:
            self._let_go(viewer)

    def _keep_up(self, viewer: Viewer) -> None:
        viewer.lag = None
        self._behind.discard(viewer)
        viewer.crowd.behind.discard(viewer)
        viewer.crowd.ready[viewer.way][viewer.connection] = viewer

    def _watch_for_room(self, viewer: Viewer, *, is_watched: bool = True) -> None:
        if viewer.lag and viewer.lag.is_watched != is_watched:
            viewer.lag.is_watched = is_watched
            self._selector.modify(viewer.connection, READ | WRITE if is_watched else READ, viewer)

    def _cut_off(self) -> None:
        """Cut off all who have taken nothing for too long, and look again as long as anybody is behind."""
        now = self._loop.time()
        for viewer in [viewer for viewer in self._behind if viewer.lag and viewer.lag.deadline <= now]:
            with contextlib.suppress(OSError):
                forget_at_once(viewer.connection)
            self._let_go(viewer)
        self._sweep = self._sweep_soon() if self._behind else None

    def _sweep_soon(self) -> asyncio.TimerHandle:
        return self._loop.call_later(min(self._patience, LEAVE_SECONDS) / SWEEPS, self._cut_off)

    def _let_go(self, viewer: Viewer) -> None:
        """Forget a viewer: nothing of it stays."""
        self._step_out(viewer)
        viewer.crowd.behind.discard(viewer)
        self._behind.discard(viewer)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(viewer.connection)
        viewer.connection.close()

    def _step_out(self, viewer: Viewer) -> None:
        was_ready = viewer.crowd.ready[viewer.way].pop(viewer.connection, None)
        if was_ready and viewer.crowd.stepped_out is not None:
            viewer.crowd.stepped_out.add(viewer.connection)

    def _watch(self) -> int:
        """What becomes readable when something happens at any connection: the selector's own descriptor."""
        return self._selector.fileno()


def send_to_each(connections: Sequence[socket.socket], data: bytes) -> list[tuple[socket.socket, int]]:
    """Write the same to one after the other, without a line of Python for each; gives those who took less, and how much."""
    taken: list[int] = []
    sending = map(socket.socket.send, connections, repeat(data))
    while len(taken) < len(connections):
        # What was counted before an error stays in the list, and the next round goes on after it.
        try:
            taken.extend(sending)
        except BlockingIOError:
            taken.append(0)
        except OSError:
            taken.append(BROKEN)
    if taken.count(len(data)) == len(connections):
        return []
    return [(one, count) for one, count in zip(connections, taken, strict=True) if count != len(data)]


def _send(connection: socket.socket, data: bytes | memoryview) -> int:
    try:
        return connection.send(data)
    except BlockingIOError:
        return 0
