"""Writing to the ledger: the one way by which anything enters it.

Every writer takes the event's lock, reads under it, adds entries to a ``Pen``, and leaves: entries, standings and the new head
are written in one statement and committed together, or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from competition.ledger import store
from competition.ledger.book import Book, Shelf
from competition.plumbing.database import Connection
from competition.scoring.record import fold_all
from schemas.marks import Entry, Mark
from schemas.problems import N_, NotFound, Problem

MOST_WORDS = 2000
"""How long a note or a reason may be, in characters."""


class NoScheme(Problem):
    """The event cannot be marked yet."""

    status = 409
    sentence = N_("This event has no marking scheme yet. Import one at the organiser's desk first.")


class WordsCannotBeKept(Problem):
    """A note or a reason that no page could show or no database hold."""

    sentence = N_(
        "A note or reason may have {most} characters at most, none of them invisible. Write it shorter, in plain words."
    )


class Pen:
    """The right to write one event's ledger, for as long as its lock is held.

    ``book`` is the event as of this moment, own entries included; ``revision`` is the one this transaction makes.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.revision = book.revision + 1
        self._written: list[tuple[int, Entry, bytes]] = []
        self._touched: set[UUID] = set()
        self._announced = False
        self._is_shown: bool | None = None

    def announce(self, *, is_shown: bool) -> None:
        """Make a new revision although nothing is added; ``is_shown``: whether what everybody may see has changed."""
        self._announced, self._is_shown = True, is_shown

    def add(self, entry: Entry) -> int:
        """Append an entry; returns its position. Raises ``WordsCannotBeKept`` when its note or reason cannot stand there."""
        _check_words(entry)
        self.book = self.book.with_entry(entry)
        self._written.append((self.book.position, entry, self.book.digest))
        self._touched.add(entry.entrant_id)
        return self.book.position

    async def put_down(self, connection: Connection, now: datetime) -> Book:
        """Write what was added and how everybody stands after it; returns the book to keep, the old one when nothing was added."""
        if not self._written and not self._announced:
            return self.book
        if self._written and self._written[0][0] == 1:
            await store.lock_scheme(connection, self.book.event_id, now)
        book = self.book.restated(self.revision, self._touched & self.book.standings.keys())
        await _write(connection, book, self._written, is_shown=self._is_shown)
        return book


@asynccontextmanager
async def writing(connection: Connection, shelf: Shelf, event_id: UUID, *, now: datetime) -> AsyncIterator[Pen]:
    """Hold an event's pen for one transaction; when the block is left without an error, all of it is durable."""
    # Whoever holds a transaction already may hold the event's row as well, and must not wait for others who wait for that row.
    is_outermost = not connection.is_in_transaction()
    async with shelf.turn(event_id) if is_outermost else nullcontext():
        async with connection.transaction():
            head = await locked(connection, event_id)
            pen = Pen(await _book(connection, shelf, event_id, head))
            yield pen
            book = await pen.put_down(connection, now)
        if is_outermost:
            shelf.keep(book)


async def restate(
    connection: Connection,
    shelf: Shelf,
    event_id: UUID,
    *,
    is_shown: bool | None = True,
    head: store.Head | None = None,
) -> None:
    """State an event's standings anew because something other than a mark changed: who competes, by which scheme, what is public.

    ``is_shown`` is as for ``store.write``: who competes everybody sees at once, also while marks are hidden. An event without a
    scheme has no standings yet; its boards are told. It belongs in the transaction of that change; the book is kept only when it is
    committed here, for an outer one could still be rolled back. ``head`` is given by whoever changed the scheme, as ``locked`` gave
    it before: a freeze that falls due in between would take the old standings by the new scheme, and is left to the next writer.
    """
    async with connection.transaction():
        head = head or await locked(connection, event_id)
        if await store.scheme_of(connection, event_id) is None:
            await store.announce(connection, event_id)
            return
        book = await _load(connection, head, await _empty_book(connection, event_id))
        competing = await store.competing_entrants(connection, event_id)
        await store.delete_standings(connection, event_id, list(book.standings.keys() - competing.keys()))
        remaining = {entrant_id: standing for entrant_id, standing in book.standings.items() if entrant_id in competing}
        book = replace(book, standings=remaining, numbers=competing, leaderboard=None).restated(
            head.revision + 1, competing
        )
        await _write(connection, book, [], is_shown=is_shown)
    if not connection.is_in_transaction():
        shelf.keep(book)


async def locked(connection: Connection, event_id: UUID) -> store.Head:
    """Hold an event's row until the transaction ends. A freeze that is due is taken first: nothing written from here on is in it.

    Raises ``NotFound`` when there is no such event.
    """
    head = await store.lock_event(connection, event_id)
    if head is None:
        raise NotFound
    return await store.take_freeze(connection, event_id) if head.is_freeze_due else head


async def read_book(connection: Connection, shelf: Shelf, event_id: UUID) -> Book:
    """The event's book for reading, as of the last commit."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        head = await store.head_of(connection, event_id)
        if head is None:
            raise NotFound
        book = await _book(connection, shelf, event_id, head)
    shelf.keep(book)
    return book


async def past_book(
    connection: Connection, event_id: UUID, *, revision: int, position: int, scheme_digest: str
) -> Book:
    """The event's book as it was when its ledger had reached a position, by the scheme of then and for those who compete now.

    It has no standings: what it comes to is for whoever asks to work out. A scheme that was replaced before anything was marked by
    it is kept nowhere; then it is the one in force.
    """
    written: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in await store.entries(connection, event_id, to=position):
        written[entry.entrant_id].append(entry)
    book = await _empty_book(connection, event_id)
    if scheme := await store.scheme_with(connection, event_id, scheme_digest):
        book = replace(book, scheme=scheme, scheme_digest=scheme_digest)
    records = {entrant_id: fold_all(book.record(entrant_id), own) for entrant_id, own in written.items()}
    numbers = await store.competing_entrants(connection, event_id)
    return replace(book, revision=revision, position=position, records=records, numbers=numbers)


def _check_words(entry: Entry) -> None:
    """What people write is kept as it is, so it must be fit to keep: PostgreSQL reads no NUL in JSON, workbooks no control."""
    words = entry.note if isinstance(entry, Mark) else (getattr(entry, "reason", "") or "")
    if len(words) > MOST_WORDS or any(ord(letter) < ord(" ") and letter not in "\t\r\n" for letter in words):
        raise WordsCannotBeKept(most=MOST_WORDS)


async def _book(connection: Connection, shelf: Shelf, event_id: UUID, head: store.Head) -> Book:
    """The event's book at ``head``: the kept one, brought up to date when another process wrote meanwhile."""
    kept = shelf.book(event_id)
    if kept is not None and kept.revision == head.revision:
        return kept
    digest = await store.scheme_digest_of(connection, event_id)
    if kept is not None and 0 < kept.position <= head.position and kept.scheme_digest == digest:
        return await _load(connection, head, kept)
    return await _load(connection, head, await _empty_book(connection, event_id))


async def _empty_book(connection: Connection, event_id: UUID) -> Book:
    scheme, digest = await store.scheme_of(connection, event_id), await store.scheme_digest_of(connection, event_id)
    if scheme is None or digest is None:
        raise NoScheme
    return Book(event_id=event_id, scheme=scheme, scheme_digest=digest)


async def _load(connection: Connection, head: store.Head, start: Book) -> Book:
    """The book at ``head``, from an earlier one by the same scheme: a ledger only grows."""
    written: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in await store.entries(connection, start.event_id, after=start.position):
        written[entry.entrant_id].append(entry)
    records = {entrant_id: fold_all(start.record(entrant_id), own) for entrant_id, own in written.items()}
    numbers = await store.competing_entrants(connection, start.event_id)
    standings = await store.standings_of(connection, start.event_id)
    # What was only announced has changed nobody's place.
    is_same = not written and (numbers, standings) == (start.numbers, start.standings)
    return replace(
        start,
        revision=head.revision,
        position=head.position,
        digest=head.digest,
        records={**start.records, **records},
        numbers=numbers,
        standings=standings,
        leaderboard=start.leaderboard if is_same else None,
    )


async def _write(
    connection: Connection, book: Book, written: Sequence[tuple[int, Entry, bytes]], *, is_shown: bool | None
) -> None:
    changed = [standing for standing in book.standings.values() if standing.revision == book.revision]
    head = store.Head(revision=book.revision, position=book.position, digest=book.digest)
    await store.write(connection, book.event_id, head, written, changed, is_shown=is_shown)
