"""The book: what an event's ledger comes to at one revision. Pure; a new entry gives a new book.

Books are kept between transactions (see ``Shelf``). A kept book is used only while its revision is the database's own, read
under the event's lock, so that any number of servers may write to one event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID
from weakref import WeakValueDictionary

import msgspec

from competition.scoring.ranking import rank
from competition.scoring.record import EntrantRecord, fold
from competition.scoring.totals import entrant_result, figures
from schemas.marks import GENESIS, Entry, chain
from schemas.results import EntrantResult, Standing
from schemas.scheme import Aspect, Scheme


@dataclass(frozen=True)
class Book:
    """An event at one revision: its scheme, the head of its ledger, every entrant's record and standing."""

    event_id: UUID
    scheme: Scheme
    revision: int = 0
    position: int = 0
    digest: bytes = GENESIS
    records: Mapping[UUID, EntrantRecord] = field(default_factory=dict)
    standings: Mapping[UUID, Standing] = field(default_factory=dict)

    @cached_property
    def aspects(self) -> dict[str, Aspect]:
        """The scheme's aspects by id."""
        return {aspect.id: aspect for aspect in self.scheme.aspects()}

    def record(self, entrant_id: UUID) -> EntrantRecord:
        """What stands in the ledger for an entrant; an empty record when nothing does."""
        return self.records.get(entrant_id) or EntrantRecord(entrant_id=entrant_id)

    def result(self, entrant_id: UUID) -> EntrantResult:
        """An entrant's total, opened down to the marks."""
        return entrant_result(self.scheme, self.record(entrant_id))

    def with_entry(self, entry: Entry) -> Book:
        """This book after one more entry; standings follow when the book is restated."""
        position = self.position + 1
        record = fold(self.record(entry.entrant_id), entry)
        return replace(
            self,
            position=position,
            digest=chain(self.digest, position, entry),
            records={**self.records, entry.entrant_id: record},
        )

    def restated(self, revision: int, touched: Iterable[UUID]) -> Book:
        """This book with the touched entrants' totals new and everybody ranked again, as of ``revision``.

        A standing that did not change keeps the revision it had: boards are told only what changed.
        """
        totals = {**self.standings, **{entrant_id: _standing(self.result(entrant_id)) for entrant_id in touched}}
        places = rank(self.scheme, totals.values())
        standings = {}
        for place in places:
            old, new = self.standings.get(place.entrant_id), totals[place.entrant_id]
            now = msgspec.structs.replace(
                new, rank=place.rank, shared=place.shared, revision=old.revision if old else revision
            )
            standings[place.entrant_id] = old if old and now == old else msgspec.structs.replace(now, revision=revision)
        return replace(self, revision=revision, standings=standings)


class Shelf:
    """The books this process keeps, one for each event."""

    def __init__(self) -> None:
        self._books: dict[UUID, Book] = {}
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def turn(self, event_id: UUID) -> asyncio.Lock:
        """What this process's writers of an event queue at, so that each finds the book that the one before it has kept."""
        return self._turns.setdefault(event_id, asyncio.Lock())

    def book(self, event_id: UUID) -> Book | None:
        """The kept book of an event, of whatever revision."""
        return self._books.get(event_id)

    def keep(self, book: Book) -> None:
        """Keep a book of what has been committed, unless a newer one is kept."""
        kept = self._books.get(book.event_id)
        if kept is None or kept.revision < book.revision:
            self._books[book.event_id] = book


def _standing(result: EntrantResult) -> Standing:
    stages, criteria = figures(result)
    return Standing(
        entrant_id=result.entrant_id,
        revision=0,
        rank=None,
        shared=False,
        state=result.state,
        total=result.total,
        stages=stages,
        criteria=criteria,
        marked=result.marked,
        expected=result.expected,
    )
