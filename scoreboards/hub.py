"""The hub: one latest state per board, encoded once, the last patches that led to it, and the viewers who follow.

A viewer has no queue. It knows the revision it was sent last; whenever it is ready for more, it takes what leads from there to the
latest state, by patches or by a snapshot, whichever is fewer bytes. However slow it is, nothing is kept for it alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.database import UNREACHABLE, Connection, Pool
from schemas.base import Message
from schemas.boards import Heartbeat, Patch, Snapshot
from scoreboards import store
from scoreboards.visibility import EventFacts, Projection, project

COALESCE_SECONDS = 0.1
"""At the most ten patches a second: what is marked in between comes with the next one."""

HEARTBEAT_SECONDS = 3.5
"""Heartbeats follow the listener's polls (every two seconds), as soon as this much time has passed: one every four seconds.

So a heartbeat always means that the database has just confirmed the revision. A viewer who hears nothing for ten seconds knows
that something is wrong, be it the network, this process or the database."""

CURRENT_SECONDS = 6.0
"""How long ago the database may have answered for a board to be called current; three polls may fail before it is not."""

FULL_LOOK_SECONDS = 30.0
"""What changes without a revision (a board's title, a corrected name) is seen at the latest after this."""

RETRY_SECONDS = 0.5
"""How long to wait after a reading of the database failed."""

SEND_SECONDS = 20.0
"""A viewer who takes nothing for this long is no viewer: its connection is closed."""

PATCHES_KEPT = 64

log = logging.getLogger("leitai.boards")
_encoder = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical")

Send = Callable[[str], Awaitable[None]]


class State(Message):
    """A board at one revision: what was projected, and its snapshot as every viewer and every state request gets it."""

    revision: int
    at: datetime
    projection: Projection
    snapshot: bytes


class Frame(Message):
    """One encoded patch."""

    base: int
    revision: int
    text: str


class Viewer:
    """One follower of a board: what it has seen, and the bell that says there is more."""

    __slots__ = ("beat", "bell", "revision")

    def __init__(self, revision: int | None, beat: int) -> None:
        self.revision = revision
        self.beat = beat
        self.bell = asyncio.Event()
        self.bell.set()


class Board:
    """One board: its state, its last patches, its viewers. ``venue`` is what its page says about the occasion."""

    def __init__(self, projection: Projection, venue: store.Venue, at: datetime) -> None:
        self.venue = venue
        self.viewers: set[Viewer] = set()
        self.is_closed = False
        self.state = _state(projection, projection.revision, at)
        self._patches: deque[Frame] = deque(maxlen=PATCHES_KEPT)
        self._snapshot = self.state.snapshot.decode()
        self._beats = 0
        self._heartbeat = _heartbeat(self.state.revision, at)

    def advance(self, projection: Projection, at: datetime) -> bool:
        """Move to a new projection and wake the viewers; False when there is nothing new in it.

        The revision only ever grows. Should something visible have changed without a revision, the board counts on by itself.
        """
        before = self.state
        has_changed = _content(projection) != _content(before.projection)
        revision = max(projection.revision, before.revision + has_changed)
        if revision == before.revision:
            return False
        self.state = _state(projection, revision, at)
        self._snapshot = self.state.snapshot.decode()
        self._heartbeat = _heartbeat(revision, at)
        patch = patch_between(before, self.state)
        if patch is None:
            self._patches.clear()
        else:
            self._patches.append(Frame(base=patch.base, revision=patch.revision, text=_encoder.encode(patch).decode()))
        self.wake()
        return True

    def beat(self, at: datetime) -> None:
        """Tell everybody that the connection and the revision are good."""
        self._beats += 1
        self._heartbeat = _heartbeat(self.state.revision, at)
        self.wake()

    def close(self) -> None:
        """Let go of all viewers: this board is no more."""
        self.is_closed = True
        self.wake()

    def wake(self) -> None:
        """Ring every viewer's bell."""
        for viewer in self.viewers:
            viewer.bell.set()

    def frames_since(self, revision: int | None) -> tuple[str, ...]:
        """What leads from ``revision`` to the latest state: nothing, patches, or the snapshot if shorter or if no patch fits."""
        if revision == self.state.revision:
            return ()
        patches = [patch for patch in self._patches if revision is not None and patch.base >= revision]
        if patches and patches[0].base == revision and sum(len(patch.text) for patch in patches) < len(self._snapshot):
            return tuple(patch.text for patch in patches)
        return (self._snapshot,)

    async def follow(self, send: Send, since: int | None, *, patience: float = SEND_SECONDS) -> None:
        """Send a viewer everything from ``since`` on until the board closes; one that has it all already is at once told so.

        Raises TimeoutError when the viewer takes nothing for ``patience`` seconds.
        """
        viewer = Viewer(since, self._beats - 1)
        self.viewers.add(viewer)
        try:
            while True:
                await viewer.bell.wait()
                viewer.bell.clear()
                if self.is_closed:
                    return
                for frame in self._news_for(viewer):
                    async with asyncio.timeout(patience):
                        await send(frame)
        finally:
            self.viewers.discard(viewer)

    def _news_for(self, viewer: Viewer) -> tuple[str, ...]:
        frames = self.frames_since(viewer.revision)
        viewer.revision = self.state.revision
        if not frames and viewer.beat != self._beats:
            frames = (self._heartbeat,)
        viewer.beat = self._beats
        return frames


class Hub:
    """All boards that anybody has asked for, kept current by what the listener hears."""

    def __init__(self, pool: Pool, *, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self.now = now
        self._boards: dict[UUID, dict[str, Board]] = {}
        self._revisions: dict[UUID, int] = {}
        self._stale: set[UUID] = set()
        self._wake = asyncio.Event()
        self._loading = asyncio.Lock()
        self._checked = float("-inf")
        self._looked = self._beaten = float("-inf")

    def age(self) -> float:
        """Seconds since the database last confirmed what is shown."""
        return asyncio.get_running_loop().time() - self._checked

    def is_current(self) -> bool:
        """Whether what is shown may be called live."""
        return self.age() <= CURRENT_SECONDS

    async def board(self, board_id: str) -> Board | None:
        """The board with this id, read from the database when it is asked for the first time; None when there is none."""
        if board := self._loaded(board_id):
            return board
        async with self._loading:
            return self._loaded(board_id) or await self._load(board_id)

    def hear(self, event_id: UUID) -> None:
        """A hint that an event has changed."""
        if event_id in self._boards:
            self._stale.add(event_id)
            self._wake.set()

    async def poll(self, connection: Connection) -> None:
        """Read the revisions of all events: whatever was notified and not heard is found now."""
        self.compare(await store.revisions(connection))

    def compare(self, revisions: Mapping[UUID, int]) -> None:
        """The revisions of all events, as just read: those that moved are read again, and now and then all of them."""
        self._checked = asyncio.get_running_loop().time()
        is_full_look = self._checked - self._looked >= FULL_LOOK_SECONDS
        if is_full_look:
            self._looked = self._checked
        for event_id in self._boards:
            if is_full_look or revisions.get(event_id) != self._revisions.get(event_id):
                self.hear(event_id)
        if self._checked - self._beaten >= HEARTBEAT_SECONDS:
            self._beat()

    async def run(self) -> None:
        """Read again whatever is said to have changed, until cancelled; what is said meanwhile waits for the next round."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            stale, self._stale = self._stale, set()
            were_read = [await self._try_to_refresh(event_id) for event_id in stale]
            await asyncio.sleep(COALESCE_SECONDS if all(were_read) else RETRY_SECONDS)

    async def refresh(self, event_id: UUID) -> None:
        """Read an event again and move its boards."""
        async with self._pool.acquire() as connection:
            found = await store.facts_of(connection, event_id)
        self._checked = asyncio.get_running_loop().time()
        boards = self._boards.get(event_id, {})
        signs = {sign.id: sign for sign in found.signs} if found else {}
        for board_id, board in list(boards.items()):
            if found and board_id in signs:
                board.venue = found.venue
                board.advance(project(signs[board_id], found.facts), self.now())
            else:
                del boards[board_id]
                board.close()
        self._note(event_id, found.facts if found else None)

    async def _try_to_refresh(self, event_id: UUID) -> bool:
        try:
            await self.refresh(event_id)
        except UNREACHABLE as error:
            log.info("boards wait for the database: %r", error)
            self.hear(event_id)
            return False
        except Exception:
            # One event that cannot be read must not stop the boards of all others; the next revision tries again.
            log.exception("the boards of event %s could not be made", event_id)
        return True

    def _beat(self) -> None:
        self._beaten = self._checked
        for boards in self._boards.values():
            for board in boards.values():
                board.beat(self.now())

    def _loaded(self, board_id: str) -> Board | None:
        return next((boards[board_id] for boards in self._boards.values() if board_id in boards), None)

    async def _load(self, board_id: str) -> Board | None:
        async with self._pool.acquire() as connection:
            event_id = await store.event_of_board(connection, board_id)
            found = await store.facts_of(connection, event_id) if event_id else None
        sign = next((sign for sign in found.signs if sign.id == board_id), None) if found else None
        if not event_id or not found or not sign:
            return None
        self._checked = asyncio.get_running_loop().time()
        board = Board(project(sign, found.facts), found.venue, self.now())
        self._boards.setdefault(event_id, {})[board_id] = board
        self._note(event_id, found.facts)
        # Whatever was committed between the reading and this line was told to nobody: look once more.
        self.hear(event_id)
        return board

    def _note(self, event_id: UUID, facts: EventFacts | None) -> None:
        if facts:
            self._revisions[event_id] = facts.revision
        if not self._boards.get(event_id):
            self._boards.pop(event_id, None)
            self._revisions.pop(event_id, None)


def patch_between(before: State, after: State) -> Patch | None:
    """The rows that differ, whole; None where a patch cannot tell it: another head, or an entrant who came or went."""
    old = {row.code: row for row in before.projection.rows}
    rows = after.projection.rows
    if before.projection.head != after.projection.head or old.keys() != {row.code for row in rows}:
        return None
    changed = tuple(row for row in rows if row != old[row.code])
    return Patch(base=before.revision, revision=after.revision, at=after.at, rows=changed)


def _state(projection: Projection, revision: int, at: datetime) -> State:
    snapshot = Snapshot(board=projection.head, revision=revision, at=at, rows=projection.rows)
    return State(revision=revision, at=at, projection=projection, snapshot=_encoder.encode(snapshot))


def _heartbeat(revision: int, at: datetime) -> str:
    return _encoder.encode(Heartbeat(revision=revision, at=at)).decode()


def _content(projection: Projection) -> tuple[object, object]:
    return projection.head, projection.rows
