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

from competition.scoring.leaderboard import Leaderboard
from competition.scoring.record import EntrantRecord, fold
from competition.scoring.tally import Tally, tally
from competition.scoring.totals import entrant_result
from schemas.aspects import Aspect
from schemas.marks import GENESIS, Entry, chain
from schemas.results import EntrantResult, Ranked, Standing
from schemas.scheme import Scheme


@dataclass(frozen=True)
class Book:
    """An event at one revision: its scheme, the head of its ledger, every entrant's number, record and standing.

    ``leaderboard`` has the same places as the standings, ready for the next change; without one the next change makes it.
    """

    event_id: UUID
    scheme: Scheme
    scheme_digest: str = ""
    revision: int = 0
    position: int = 0
    digest: bytes = GENESIS
    numbers: Mapping[UUID, int] = field(default_factory=dict)
    records: Mapping[UUID, EntrantRecord] = field(default_factory=dict)
    standings: Mapping[UUID, Standing] = field(default_factory=dict)
    leaderboard: Leaderboard | None = field(default=None, compare=False, repr=False)

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
        """This book with the touched entrants' totals new and everybody's place right again, as of ``revision``.

        A standing that did not change keeps the revision it had: boards are told only what changed.
        """
        leaderboard = self.leaderboard
        if leaderboard is None:
            tallies = {one: tally(self.scheme, self.record(one)) for one in {*self.standings, *touched}}
            leaderboard = Leaderboard.of(self.scheme, tallies.values(), numbers=self.numbers)
            places = leaderboard.ranked()
        else:
            tallies = {one: tally(self.scheme, self.record(one)) for one in touched}
            leaderboard, places = leaderboard.with_tallies(tallies.values())
        standings = dict(self.standings)
        for entrant_id in {*tallies, *(place.entrant_id for place in places)}:
            old, figures = standings.get(entrant_id), tallies.get(entrant_id)
            place = leaderboard.place_of(entrant_id)
            standings[entrant_id] = _standing(figures, place, old, revision)
        return replace(self, revision=revision, standings=standings, leaderboard=leaderboard)


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


def _standing(figures: Tally | None, place: Ranked | None, old: Standing | None, revision: int) -> Standing:
    """An entrant's row; the old one, with its revision, where it says the same."""
    given = figures or old
    assert given is not None and place is not None  # noqa: PT018, S101 - whoever moves is on the leaderboard with figures
    now = Standing(
        entrant_id=given.entrant_id,
        revision=old.revision if old else revision,
        rank=place.rank,
        shared=place.shared,
        state=given.state,
        total=given.total,
        stages=given.stages,
        criteria=given.criteria,
        marked=given.marked,
        expected=given.expected,
    )
    return old if old and now == old else msgspec.structs.replace(now, revision=revision)
