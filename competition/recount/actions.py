"""Recounting an event, and refusing results on which the two scorers do not agree."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from competition.ledger.book import Book
from competition.plumbing.database import Connection
from competition.recount import rules, store
from competition.recount.figures import Recounted
from competition.scoring.closing import close
from competition.scoring.tally import tally
from schemas.problems import N_, Problem
from schemas.results import Closing, Contender

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


async def check_recount(
    connection: Connection, book: Book, contenders: Sequence[Contender], names: Mapping[UUID, str]
) -> None:
    """Raise ``ResultsDiffer`` unless a recount gives the book's results and what is made of them.

    ``contenders`` say everybody's number and delegation, ``names`` what entrants are called.
    """
    recounted = await recount(connection, book.event_id)
    found = await asyncio.to_thread(
        compare, recounted, book, contenders
    )  # a second of work at 500 entrants; tablets are answered meanwhile
    if found:
        first = rules.told(found[:FIRST_DIFFERENCES], names)
        raise ResultsDiffer(count=len(found), first=first)


def compare(recounted: Recounted, book: Book, contenders: Sequence[Contender]) -> tuple[rules.Difference, ...]:
    """Everything on which a recount and a book, with what it comes to for these contenders, do not agree."""
    results = {entrant_id: book.result(entrant_id) for entrant_id in book.standings}
    return rules.differences(recounted, results, book.standings, _closed(book, contenders))


def _closed(book: Book, contenders: Sequence[Contender]) -> Closing:
    return close(book.scheme, [tally(book.scheme, book.record(one)) for one in book.standings], contenders)
