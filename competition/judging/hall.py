"""The hall: the tablets connected to this server, and what each is told when something changes; and the desk's pages that follow.

A change comes here as a hint (see ``plumbing.listening``), waits a moment for others, and becomes one round for its event: what
was written since the last round, which sheets that touches, and who of those connected has them open to marking.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from competition.judging import hall_store
from competition.judging.hall_notes import Notes, heard_since, line_of, shown_since
from competition.judging.lines import HallTablet, Line
from competition.judging.messages_store import message_with, readers_of
from competition.judging.rounds import Rounds
from competition.ledger.book import Shelf
from competition.plumbing.database import UNREACHABLE, Connection, Pool
from competition.plumbing.listening import HallNotice
from schemas.access import Person
from schemas.hall import Said, TabletLine, TabletStatus

COALESCE_SECONDS = 0.125
"""At the most eight rounds a second: what is marked in between comes with the next one."""

REST = 3
"""How many times as long as this process worked during a round is rested after it: thousands of marks that pour in come first."""

REST_MOST_SECONDS = 0.6
RETRY_SECONDS = 0.5
"""How long to wait after a reading of the database failed."""

CURRENT_SECONDS = 6.0
"""How long ago the database may have answered; three polls may fail before nobody is told any more that all is well."""

PARTING_SECONDS = 1.0
"""How long a tablet may be without a line before it counts as gone: its browser goes from page to page."""

log = logging.getLogger("leitai")


What = Literal["round", "sheets", "message", "opened"]


class _Work(NamedTuple):
    """What waits to be told: a round of an event, a message, that the sheets are others, or what is open at other servers."""

    what: What
    id: UUID | None


class Hall:
    """All connected tablets and the desk's pages that follow an event, told what changes."""

    def __init__(self, pool: Pool, shelf: Shelf, *, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self.now = now
        self._tablets: dict[UUID, HallTablet] = {}
        self._elsewhere: tuple[hall_store.Opened, ...] = ()
        self._rounds = Rounds(shelf, self._tablets, now=now, moved=self.moved)
        self._desks: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._revisions: dict[UUID, int] = {}
        self._waiting: dict[_Work, None] = {}
        self._wake = asyncio.Event()
        self.notes = Notes(pool, self._tablets, now=now)
        self._checked = asyncio.get_running_loop().time()

    # Who is here ------------------------------------------------------------------------------------------------------

    async def join(self, person: Person, device_id: UUID) -> Line:
        """Open a line to a tablet. What is written from now on is told; what was before, the tablet fetches after this."""
        tablet = self._tablets.setdefault(device_id, HallTablet(device_id, person))
        line = Line(tablet)
        tablet.lines.add(line)
        try:
            async with self._pool.acquire() as connection:
                tablet.name = await hall_store.device_name(connection, device_id)
                tablet.events = await hall_store.events_of_judge(connection, person.id)
                for event_id in tablet.events:
                    await self._rounds.watch(connection, event_id)
        except BaseException:
            self.leave(line)
            raise
        if tablet.shared:
            line.say(tablet.shared)
        return line

    def leave(self, line: Line) -> None:
        """Close a line; a tablet that opens no other is soon gone."""
        line.tablet.lines.discard(line)
        asyncio.get_running_loop().call_later(PARTING_SECONDS, self._part_from, line.tablet)

    def _part_from(self, tablet: HallTablet) -> None:
        if tablet.lines or self._tablets.get(tablet.device_id) is not tablet:
            return
        del self._tablets[tablet.device_id]
        self._share(tablet.person.id)
        self.notes.part_from(tablet)

    def heard(self, tablet: HallTablet, status: TabletStatus) -> None:
        """A tablet says how it is."""
        opened = tablet.opened()
        tablet.status, tablet.heard_at = status, self.now()
        if tablet.opened() != opened:
            self._share(tablet.person.id)

    def tablet(self, device_id: UUID) -> HallTablet | None:
        """The tablet with this id, while it is connected."""
        return self._tablets.get(device_id)

    @contextmanager
    def following(self, event_id: UUID, revision: int) -> Iterator[asyncio.Event]:
        """Let a page of the desk follow an event: the bell rings when something of it changes."""
        bell = asyncio.Event()
        self._desks[event_id].add(bell)
        self._revisions[event_id] = max(revision, self._revisions.get(event_id, 0))
        try:
            yield bell
        finally:
            self._desks[event_id].discard(bell)
            if not self._desks[event_id]:
                del self._desks[event_id], self._revisions[event_id]

    def revision(self, event_id: UUID) -> int:
        """The revision of an event that is followed, as last heard."""
        return self._revisions[event_id]

    def is_current(self) -> bool:
        """Whether the database has answered lately: otherwise nobody here would be told anything."""
        return asyncio.get_running_loop().time() - self._checked <= CURRENT_SECONDS

    # What is heard ----------------------------------------------------------------------------------------------------

    def moved(self, event_id: UUID) -> None:
        """A hint that an event's revision has moved."""
        if event_id in self._desks or event_id in self._rounds.revisions():
            self._want("round", event_id)

    def notice(self, notice: HallNotice) -> None:
        """A hint that something else has changed."""
        match notice.what:
            case "sheets":
                self._want("sheets", notice.event_id)
            case "message":
                self._want("message", notice.id)
            case "device":
                self._doubt(notice.id)
            case "tablet":
                self._want("opened", None)
        self._ring(notice.event_id)

    async def poll(self, connection: Connection) -> None:
        """Read the revisions of the events that matter here: whatever was notified and not heard is found now."""
        told = self._revisions | self._rounds.revisions()
        now = await hall_store.revisions(connection, told)
        self._checked = asyncio.get_running_loop().time()
        for event_id, revision in now.items():
            if revision != told[event_id]:
                self._want("round", event_id)

    def missed(self) -> None:
        """The connection to the database was lost: what else was said meanwhile nobody knows, so everybody looks again."""
        self._want("sheets", None)
        self._doubt(None)
        self._ring(None)

    # What is told -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Tell what is said to have changed, until cancelled; what is said meanwhile waits for the next round."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            began = time.process_time()
            try:
                await self._tell()
            except UNREACHABLE as error:
                log.info("the hall waits for the database: %r", error)
                self._wake.set()
                await asyncio.sleep(RETRY_SECONDS)
            await asyncio.sleep(min(max(COALESCE_SECONDS, REST * (time.process_time() - began)), REST_MOST_SECONDS))

    async def _tell(self) -> None:
        """Do what waits. What the database keeps from being done stays; what fails by itself is let go, and all look again."""
        for work in tuple(self._waiting):
            del self._waiting[work]
            try:
                await self._do(work)
            except UNREACHABLE:
                self._waiting[work] = None
                raise
            except Exception:
                log.exception("the hall could not tell of %s", work)
                self._look_again(None)

    async def _do(self, work: _Work) -> None:
        match work:
            case _Work("round", UUID() as event_id):
                await self._tell_event(event_id)
            case _Work("sheets", event_id):
                await self._tell_laid(event_id)
            case _Work("message", UUID() as message_id):
                await self._tell_message(message_id)
            case _Work("opened", _):
                await self._tell_opened()

    async def _tell_event(self, event_id: UUID) -> None:
        """One round: sheets that entries touched, or whose re-vote has ended, go to their judges; the desk is rung."""
        async with self._pool.acquire() as connection:
            await self._rounds.tell(connection, event_id)
            if event_id in self._desks:
                self._revisions |= await hall_store.revisions(connection, [event_id])
        self._ring(event_id)

    async def _tell_laid(self, event_id: UUID | None) -> None:
        """Panels, places or the scheme are others: those whom it concerns now, or did before, look again."""
        if event_id is not None:
            async with self._pool.acquire() as connection:
                judges = await hall_store.judges_of_event(connection, event_id)
                seated = [tablet for tablet in self._tablets.values() if tablet.person.id in judges]
                for tablet in seated:
                    tablet.events.add(event_id)
                if seated:
                    await self._rounds.watch(connection, event_id)
        self._look_again(event_id)

    async def _tell_message(self, message_id: UUID) -> None:
        async with self._pool.acquire() as connection:
            stored = await message_with(connection, message_id)
            readers = await readers_of(connection, stored) if stored else frozenset()
        for tablet in self._tablets.values():
            if stored and tablet.person.id in readers:
                tablet.say(Said(message=stored.message))

    async def _tell_opened(self) -> None:
        """Tablets at other servers may have opened a sheet that is open here, or left it."""
        judges = {tablet.person.id for tablet in self._tablets.values()}
        async with self._pool.acquire() as connection:
            self._elsewhere = await hall_store.opened_elsewhere(
                connection, judges, here=self._tablets.keys(), heard_since=heard_since(self.now())
            )
        for judge_id in judges:
            self._share(judge_id)

    def _want(self, what: What, id: UUID | None) -> None:
        """Have this told in the next round. With no tablet here there is nobody to tell it to: whoever comes looks by itself."""
        if what != "round" and not self._tablets:
            return
        self._waiting[_Work(what, id)] = None
        self._wake.set()

    def _look_again(self, event_id: UUID | None) -> None:
        for tablet in self._tablets.values():
            if event_id is None or event_id in tablet.events:
                tablet.look_again()

    def _share(self, judge_id: UUID) -> None:
        """Tell the tablets of a judge which of them have the same sheet open; those of others never have: a sheet has one judge."""
        own = [tablet for tablet in self._tablets.values() if tablet.person.id == judge_id]
        away = [other for other in self._elsewhere if other.judge_id == judge_id]
        for tablet in own:
            opened = tablet.opened()
            others = [other.name for other in own if other is not tablet and opened and other.opened() == opened]
            others += [other.name for other in away if other.sheet_id == opened]
            tablet.share(opened, tuple(sorted(others)))

    def _doubt(self, device_id: UUID | None) -> None:
        """Let it be asked at once whether this tablet, or every one, is still welcome."""
        for tablet in self._tablets.values():
            if device_id in (None, tablet.device_id):
                for line in tablet.lines:
                    line.doubt.set()

    def _ring(self, event_id: UUID | None) -> None:
        for followed, bells in self._desks.items():
            if event_id in (None, followed):
                for bell in bells:
                    bell.set()


async def tablets_of(connection: Connection, hall: Hall, event_id: UUID) -> tuple[TabletLine, ...]:
    """The tablets of everybody who judges at an event, those that are connected first, then by judge."""
    now = hall.now()
    found = await hall_store.tablets_at(
        connection, event_id, revoked_since=shown_since(now), heard_since=heard_since(now)
    )
    here = {known.device_id: hall.tablet(known.device_id) for known in found}
    opened = {sheet_id for tablet in here.values() if tablet and (sheet_id := tablet.opened())}
    opened |= {known.status.sheet_id for known in found if known.is_here and known.status and known.status.sheet_id}
    places = await hall_store.places_of(connection, event_id, opened)
    lines = (line_of(known, here[known.device_id], places) for known in found)
    return tuple(sorted(lines, key=lambda line: not line.is_connected))
