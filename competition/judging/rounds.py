"""Rounds: what was written to an event's ledger since the last one, which sheets that touches, and their judges being told.

An event is watched as long as somebody connected marks there. A re-vote that ends by the clock is told as if something was written.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

from competition.judging import hall_store
from competition.judging.lines import HallTablet
from competition.judging.snapshot import own_sheets
from competition.ledger.actions import NoScheme, read_book
from competition.ledger.book import Book, Shelf
from competition.plumbing.database import UNREACHABLE, Connection
from schemas.problems import NotFound
from schemas.tablet import OwnSheet

MOST_AT_ONCE = 40
"""So many works, each by one sub-criterion, are told in one go; between two of them the server answers others."""

AFTER_CLOSING = timedelta(milliseconds=50)
"""How long after the end of a re-vote its sheets are told again, so that every clock agrees that it has ended."""

Work = tuple[UUID, str]
"""An entrant's work by one sub-criterion: all who judge it are told when one of them has."""


class Watch:
    """An event at which connected judges mark: up to where they were told, and what is due to be told."""

    def __init__(self, book: Book) -> None:
        self.revision = book.revision
        self.position = book.position
        self.due: set[Work] = set()
        self.closings: dict[UUID, asyncio.TimerHandle] = {}


class Rounds:
    """The events that are watched. ``moved`` is called when the clock has made a round of an event due."""

    def __init__(
        self,
        shelf: Shelf,
        tablets: Mapping[UUID, HallTablet],
        *,
        now: Callable[[], datetime],
        moved: Callable[[UUID], None],
    ) -> None:
        self._shelf = shelf
        self._tablets = tablets
        self._now = now
        self._moved = moved
        self._watches: dict[UUID, Watch] = {}

    def revisions(self) -> dict[UUID, int]:
        """Up to which revision of each watched event its tablets were told."""
        return {event_id: watch.revision for event_id, watch in self._watches.items()}

    async def watch(self, connection: Connection, event_id: UUID) -> None:
        """Begin to watch an event, unless it is watched already or cannot be marked yet."""
        if event_id in self._watches:
            return
        try:
            book = await read_book(connection, self._shelf, event_id)
        except (NoScheme, NotFound):
            return
        watch = self._watches.setdefault(event_id, Watch(book))
        self._await_closings(watch, book, book.records)

    async def tell(self, connection: Connection, event_id: UUID) -> None:
        """One round of an event, if it is watched; when nobody is left to be told, it is watched no more."""
        watch = self._watches.get(event_id)
        if watch is None:
            return
        if not self._judges(event_id):
            del self._watches[event_id]
            for closing in watch.closings.values():
                closing.cancel()
            return
        book = await read_book(connection, self._shelf, event_id)
        changes = await hall_store.changes_since(connection, event_id, watch.position)
        self._await_closings(watch, book, {one.entrant_id for one in changes})
        watch.due |= {(one.entrant_id, one.sub_criterion) for one in changes if one.sub_criterion}
        revisions = range(watch.revision + 1, book.revision + 1)
        watch.revision, watch.position = book.revision, book.position
        if not {one.revision for one in changes}.issuperset(revisions):
            # A revision without an entry is a draw, a withdrawal, a publication or an amendment: more may be other than sheets.
            watch.due.clear()
            for tablet in self._tablets_at(event_id):
                tablet.look_again()
        while works := set(islice(watch.due, MOST_AT_ONCE)):
            watch.due -= works
            try:
                await self._show(connection, book, works)
            except UNREACHABLE:
                watch.due |= works
                raise

    async def _show(self, connection: Connection, book: Book, works: Collection[Work]) -> None:
        sheets = await hall_store.sheets_of_works(connection, book.event_id, works, self._judges(book.event_id))
        shown: defaultdict[UUID, list[OwnSheet]] = defaultdict(list)
        for sheet, own in zip(sheets, await own_sheets(connection, book, sheets, now=self._now()), strict=True):
            shown[sheet.judge_id].append(own)
        for tablet in self._tablets_at(book.event_id):
            tablet.show(book.event_id, book.revision, shown[tablet.person.id])

    def _await_closings(self, watch: Watch, book: Book, entrants: Iterable[UUID]) -> None:
        """Let the re-votes of these entrants be told again when their time is over."""
        loop = asyncio.get_running_loop()
        for revote in (revote for entrant_id in entrants for revote in book.record(entrant_id).revotes.values()):
            wait = revote.closes_at - self._now() + AFTER_CLOSING
            if wait > timedelta() and revote.id not in watch.closings:
                over = partial(self._close, book.event_id, watch, revote.id, (revote.entrant_id, revote.sub_criterion))
                watch.closings[revote.id] = loop.call_later(wait.total_seconds(), over)

    def _close(self, event_id: UUID, watch: Watch, revote_id: UUID, work: Work) -> None:
        del watch.closings[revote_id]
        watch.due.add(work)
        self._moved(event_id)

    def _tablets_at(self, event_id: UUID) -> list[HallTablet]:
        return [tablet for tablet in self._tablets.values() if event_id in tablet.events]

    def _judges(self, event_id: UUID) -> set[UUID]:
        return {tablet.person.id for tablet in self._tablets_at(event_id)}
