"""Recounting an event, and refusing results on which the two scorers do not agree."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

from competition.ledger.book import Book
from competition.plumbing.database import Connection
from competition.recount import rules, store
from competition.recount.figures import Recounted
from schemas.problems import N_, Problem

FIRST_DIFFERENCES = 3
"""How many differences a refusal names; ``leitai verify`` tells all."""


class ResultsDiffer(Problem):
    """Results that come out differently when they are computed a second time."""

    status = 409
    sentence = N_(
        "Computed a second time from the ledger, the results differ ({count}): {first}. They cannot become official. "
        "Run leitai verify, and show what it says to whoever looks after Leitai."
    )


async def recount(connection: Connection, event_id: UUID) -> Recounted:
    """The results of an event as PostgreSQL computes them from the ledger; in a transaction, as of what it sees."""
    await store.prepare(connection)
    return await store.recount_of_event(connection, event_id)


async def check_recount(connection: Connection, book: Book, names: Mapping[UUID, str]) -> None:
    """Raise ``ResultsDiffer`` unless a recount gives the book's results; ``names`` are how entrants are called."""
    recounted = await recount(connection, book.event_id)
    found = await asyncio.to_thread(
        _compare, recounted, book
    )  # a second of work at 500 entrants; tablets are answered meanwhile
    if found:
        first = rules.told(found[:FIRST_DIFFERENCES], names)
        raise ResultsDiffer(count=len(found), first=first)


def _compare(recounted: Recounted, book: Book) -> tuple[rules.Difference, ...]:
    results = {entrant_id: book.result(entrant_id) for entrant_id in book.standings}
    return rules.differences(recounted, results, book.standings)
