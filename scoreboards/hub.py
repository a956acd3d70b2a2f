"""The hub: every board that anybody asks for, kept current by what the listener hears, and told to all who follow it.

A board is loaded when it is asked for the first time, for each audience and each entrant's page by itself, and unloaded when nobody
has followed or asked for it for a while. All boards of an event are made of the same reading of it. Those who follow one by a pass
follow that pass's own, and are sent away when the pass is withdrawn or has run out.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from competition.plumbing.database import UNREACHABLE, Connection, Pool
from competition.plumbing.transport import TRY_AGAIN_LATER, Farewell
from schemas.boards import Audience
from scoreboards import readings, store
from scoreboards.board import Board
from scoreboards.facts import BoardSign, Projection
from scoreboards.frames import Way
from scoreboards.readings import Counters, EventReading
from scoreboards.viewers import Crowd, Viewers
from scoreboards.visibility import project

COALESCE_SECONDS = 0.1
"""At the most ten patches a second: what is marked in between comes with the next one."""

STATUS_SECONDS = 3.5
"""The status follows the listener's polls (every two seconds), as soon as this much time has passed: every four seconds.

So a status always means that the database has just confirmed the revision. A viewer who hears nothing for ten seconds knows
that something is wrong, be it the network, this process or the database."""

CURRENT_SECONDS = 6.0
"""How long ago the database may have answered for a board to be called current; three polls may fail before it is not."""

FULL_LOOK_SECONDS = 30.0
"""How often events are looked at although nothing was heard of them, and read whole, so that no fault of a reading stays."""

IDLE_SECONDS = 60.0
"""A board that nobody has followed or asked for in so long is forgotten until somebody does."""

RETRY_SECONDS = 0.5
"""How long to wait after a reading of the database failed."""

SEND_SECONDS = 20.0
"""A viewer who takes nothing for this long is no viewer: its connection is closed."""

NO_SUCH_BOARD = 4404
TAKEN_DOWN = Farewell(NO_SUCH_BOARD, "this board was taken down")
CANNOT_BE_MADE = Farewell(TRY_AGAIN_LATER, "this board cannot be made just now")
PASS_REFUSED = Farewell(4403, "this pass is not good for this board")

log = logging.getLogger("leitai.boards")


class Key(NamedTuple):
    """Which board, for whom; with an ``entrant``'s code it is their page. ``holding``: the digest of the pass it is followed by."""

    board_id: str
    audience: Audience
    entrant: str | None
    holding: bytes | None = None


class Shown:
    """A board that is loaded: of which reading it is made, who follows it, and when it was last asked for."""

    __slots__ = ("asked", "board", "crowd", "event_id", "key", "reading")

    def __init__(self, key: Key, reading: EventReading, board: Board) -> None:
        self.key = key
        self.event_id = reading.facts.id
        self.reading = reading
        self.board = board
        self.crowd = Crowd(board)
        self.asked = 0.0


class Hub:
    """All boards that anybody has asked for. ``patience`` is for how many seconds a viewer may take nothing."""

    def __init__(self, pool: Pool, *, now: Callable[[], datetime], patience: float = SEND_SECONDS) -> None:
        self._pool = pool
        self.now = now
        self.viewers = Viewers(patience)
        self._shown: dict[Key, Shown] = {}
        self._readings: dict[UUID, EventReading] = {}
        self._stale: set[UUID] = set()
        self._doubted: set[UUID] = set()
        self._wake = asyncio.Event()
        self._loading = asyncio.Lock()
        self._checked = self._looked = self._told = float("-inf")
        self._is_status_due = False

    def age(self) -> float:
        """Seconds since the database last confirmed what is shown."""
        return asyncio.get_running_loop().time() - self._checked

    def is_current(self) -> bool:
        """Whether what is shown may be called live."""
        return self.age() <= CURRENT_SECONDS

    async def board(self, board_id: str, audience: Audience = "public", entrant: str | None = None) -> Board | None:
        """A board, read from the database when it is asked for the first time; None when there is none such."""
        return await self.board_at(Key(board_id, audience, entrant))

    async def board_at(self, key: Key) -> Board | None:
        """The same, to be followed by whoever holds the key's pass."""
        shown = self._current(key)
        if shown is None:
            async with self._loading:
                shown = self._current(key) or await self._load(key)
        if shown is None:
            return None
        shown.asked = asyncio.get_running_loop().time()
        return shown.board

    def admit(self, key: Key, connection: socket.socket, way: Way, since: int | None) -> None:
        """Let whoever is at this connection follow a board that was just asked for."""
        shown = self._current(key)
        if shown is None:
            connection.close()
            return
        self.viewers.admit(shown.crowd, connection, way, since, shown.board.status(self.now()))

    def hear(self, event_id: UUID) -> None:
        """A hint that an event has changed."""
        if event_id in self._readings:
            self._stale.add(event_id)
            self._wake.set()

    async def poll(self, connection: Connection) -> None:
        """Read the counters of all events: whatever was notified and not heard is found now. And look whose passes still hold."""
        self.compare(await readings.counters(connection))
        if held := {key.holding for key in self._shown if key.holding}:
            self._part_with(held - await store.passes_that_hold(connection, held, self.now()))

    def compare(self, counters: Mapping[UUID, Counters]) -> None:
        """The counters of all events, as just read: those that moved are read again, and now and then all of them.

        This alone tells how old our knowledge is. To read an event again does not: what is hidden may have been the cause.
        """
        self._checked = asyncio.get_running_loop().time()
        self._unload_idle()
        is_full_look = self._checked - self._looked >= FULL_LOOK_SECONDS
        if is_full_look:
            self._looked = self._checked
            self._doubted.update(self._readings)
        for event_id, reading in self._readings.items():
            if is_full_look or counters.get(event_id) != reading.counters:
                self.hear(event_id)
        if self._checked - self._told >= STATUS_SECONDS:
            self._told = self._checked
            self._is_status_due = True
            self._wake.set()

    async def run(self) -> None:
        """Read again whatever is said to have changed, until cancelled; what is said meanwhile waits for the next round."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            began = asyncio.get_running_loop().time()
            stale, self._stale = self._stale, set()
            were_read = [await self._try_to_refresh(event_id) for event_id in stale]
            if self._is_status_due and all(were_read):
                self._is_status_due = False
                await self._tell_status()
            if stale:
                took = asyncio.get_running_loop().time() - began
                await asyncio.sleep(pause_after(took) if all(were_read) else RETRY_SECONDS)

    async def refresh(self, event_id: UUID) -> None:
        """Read an event again, move its boards, and tell those who follow them; what nobody follows moves when it is asked for."""
        kept = None if event_id in self._doubted else self._readings.get(event_id)
        async with self._pool.acquire() as connection:
            found = await (readings.facts_after(connection, kept) if kept else readings.facts_of(connection, event_id))
        self._doubted.discard(event_id)
        if found and event_id in self._readings:
            self._readings[event_id] = found
        for shown in [shown for shown in self._shown.values() if shown.event_id == event_id]:
            if found is None:
                self._take_down(shown)
            elif shown.crowd:
                base = shown.board.revision
                if self._advance(shown, found):
                    for frame in shown.board.news_since(base):
                        await self.viewers.tell(shown.crowd, frame, base)
                # There may be a page for each of hundreds of entrants: let others in between.
                await asyncio.sleep(0)

    def close(self) -> None:
        """Part with all viewers: the server ends."""
        self.viewers.close()

    def _current(self, key: Key) -> Shown | None:
        """A board that is loaded, as of the last reading; one that somebody follows is moved, and told, by ``refresh`` alone."""
        shown = self._shown.get(key)
        if shown and not shown.crowd:
            self._advance(shown, self._readings[shown.event_id])
        return self._shown.get(key)

    def _advance(self, shown: Shown, reading: EventReading) -> bool:
        """Move a board on to a reading, or take it down where it is there no more; whether there is anything new on it."""
        if shown.reading is reading:
            return False
        projection = projected(reading, shown.key)
        if projection is None:
            self._take_down(shown)
            return False
        shown.reading, shown.board.venue = reading, reading.venue
        return shown.board.advance(projection, self.now())

    def _take_down(self, shown: Shown) -> None:
        self._unload(shown)
        self.viewers.dismiss(shown.crowd, TAKEN_DOWN)

    async def _try_to_refresh(self, event_id: UUID) -> bool:
        try:
            await self.refresh(event_id)
        except UNREACHABLE as error:
            log.info("boards wait for the database: %r", error)
            self.hear(event_id)
            return False
        except Exception:
            # One event that cannot be read must not stop the boards of all others. Its own must not be called good any more: who
            # follows them is sent away, and whoever comes back has it tried again.
            log.exception("the boards of event %s could not be made", event_id)
            for shown in [shown for shown in self._shown.values() if shown.event_id == event_id]:
                self._unload(shown)
                self.viewers.dismiss(shown.crowd, CANNOT_BE_MADE)
        return True

    async def _tell_status(self) -> None:
        for shown in list(self._shown.values()):
            if shown.crowd:
                await self.viewers.tell(shown.crowd, shown.board.status(self.now()), shown.board.revision)

    def _part_with(self, passes: Collection[bytes]) -> None:
        """Send away who follows by one of these passes: they no longer hold."""
        for shown in [shown for shown in self._shown.values() if shown.key.holding in passes]:
            self._unload(shown)
            self.viewers.dismiss(shown.crowd, PASS_REFUSED)

    async def _load(self, key: Key) -> Shown | None:
        at_hand = next((one for one in self._readings.values() if _sign_in(one, key.board_id)), None)
        reading = at_hand or await self._read(key.board_id)
        projection = projected(reading, key) if reading else None
        if reading is None or projection is None:
            return None
        event_id = reading.facts.id
        shown = self._shown[key] = Shown(key, reading, Board(projection, reading.venue, self.now()))
        if at_hand is None:
            self._readings[event_id] = reading
            # Whatever was committed between the reading and this line was told to nobody: look once more.
            self.hear(event_id)
        return shown

    async def _read(self, board_id: str) -> EventReading | None:
        async with self._pool.acquire() as connection:
            event_id = await store.event_of_board(connection, board_id)
            reading = await readings.facts_of(connection, event_id) if event_id else None
        if self._checked == float("-inf"):
            self._checked = asyncio.get_running_loop().time()
        return reading

    def _unload_idle(self) -> None:
        for shown in list(self._shown.values()):
            if not shown.crowd and self._checked - shown.asked >= IDLE_SECONDS:
                self._unload(shown)

    def _unload(self, shown: Shown) -> None:
        self._shown.pop(shown.key, None)
        if all(other.event_id != shown.event_id for other in self._shown.values()):
            self._readings.pop(shown.event_id, None)


def pause_after(took: float) -> float:
    """How long to wait after a round: until the next is due; where many follow, so long that half the time is left for others."""
    return max(COALESCE_SECONDS - took, min(took, COALESCE_SECONDS))


def projected(reading: EventReading, key: Key) -> Projection | None:
    """The board that a key names, as its audience may see it."""
    sign = _sign_in(reading, key.board_id)
    return project(sign, reading.facts, key.audience, key.entrant) if sign else None


def _sign_in(reading: EventReading, board_id: str) -> BoardSign | None:
    return next((sign for sign in reading.signs if sign.id == board_id), None)
