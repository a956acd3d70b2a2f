"""Both scorers on any number of random contests: ``python -m tests.recount --cases 100000`` (or ``make recount``).

Each case is a scheme and marks from a seed of its own, so that a case that differs is made again by ``--seed N --cases 1``.
The second scorer works in a PostgreSQL of its own, on many contests at a time, while this process computes the same by the first.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import asyncpg
import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from competition.ledger.book import Book
from competition.plumbing.database import Connection
from competition.plumbing.postgres import EmbeddedPostgres
from competition.recount import actions, store
from competition.recount.figures import Contest
from competition.recount.rules import Difference, told
from competition.scoring.record import EntrantRecord, fold_all
from schemas.base import Message
from schemas.marks import Entry, Mark
from schemas.results import Contender
from tests.random_contests import random_contest

AT_ONCE = 200
"""How many contests go into one statement."""

MOST_TOLD = 20
"""How many of the cases that differ are listed."""


class Compared(Message, frozen=True, kw_only=True):
    """A batch of cases: how large it was, and what differs, by seed."""

    entrants: int
    marks: int
    found: dict[int, tuple[Difference, ...]]


def scored(contest: Contest) -> Book:
    """What the first scorer makes of a contest."""
    written: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in contest.entries:
        written[entry.entrant_id].append(entry)
    records = {one: fold_all(EntrantRecord(entrant_id=one), written[one]) for one in contest.entrants}
    book = Book(event_id=UUID(int=0), scheme=contest.scheme, numbers=contest.entrants, records=records)
    return book.restated(1, contest.entrants)


def contenders(contest: Contest) -> tuple[Contender, ...]:
    """Everybody's number and delegation."""
    return tuple(
        Contender(entrant_id=one, number=number, delegation=contest.delegations.get(one, ""))
        for one, number in contest.entrants.items()
    )


async def compare(connection: Connection, seeds: Sequence[int]) -> Compared:
    """Let both scorers compute the contests of these seeds; the connection must be prepared."""
    contests = [random_contest(seed) for seed in seeds]
    recounted, books = await asyncio.gather(
        store.recount_of_contests(connection, contests),
        asyncio.to_thread(lambda: [scored(contest) for contest in contests]),
    )
    found = {
        seed: actions.compare(own, book, contenders(contest))
        for seed, contest, own, book in zip(seeds, contests, recounted, books, strict=True)
    }
    return Compared(
        entrants=sum(len(contest.entrants) for contest in contests),
        marks=sum(isinstance(entry, Mark) for contest in contests for entry in contest.entries),
        found={seed: own for seed, own in found.items() if own},
    )


@click.command()
@click.option("--cases", default=1000, show_default=True, help="How many contests to compare.")
@click.option("--seed", default=0, show_default=True, help="The seed of the first; each next has the next number.")
def main(cases: int, seed: int) -> None:
    """Compare both scorers on random contests, and list where they differ."""
    sys.exit(asyncio.run(_run(cases, seed)))


async def _run(cases: int, seed: int) -> int:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="leitai-recount-") as folder:
        embedded = EmbeddedPostgres(Path(folder))
        await embedded.start()
        try:
            compared = [batch async for batch in _batches(embedded.dsn, range(seed, seed + cases))]
        finally:
            await embedded.stop()
    _tell(compared, cases, time.perf_counter() - begun)
    return 1 if any(batch.found for batch in compared) else 0


async def _batches(dsn: str, seeds: range) -> AsyncIterator[Compared]:
    connection = await asyncpg.connect(dsn)
    await store.prepare(connection)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("contests", total=len(seeds))
        for start in range(0, len(seeds), AT_ONCE):
            batch = seeds[start : start + AT_ONCE]
            yield await compare(connection, batch)
            bar.advance(task, len(batch))
    await connection.close()


def _tell(compared: Sequence[Compared], cases: int, seconds: float) -> None:
    console = Console()
    found = {seed: own for batch in compared for seed, own in batch.found.items()}
    table = Table("contests", "entrants", "marks", "seconds", "that differ", title="Both scorers")
    entrants, marks = sum(batch.entrants for batch in compared), sum(batch.marks for batch in compared)
    table.add_row(*(f"{figure:,}" for figure in (cases, entrants, marks, round(seconds), len(found))))
    console.print(table)
    if not found:
        return
    parts = Counter(difference.part for own in found.values() for difference in own)
    console.print("by part:", ", ".join(f"{part} {times}" for part, times in parts.most_common()))
    for seed, own in list(found.items())[:MOST_TOLD]:
        console.print(f"seed {seed}: {told(own[:1], {}).en}", highlight=False)


if __name__ == "__main__":
    main()
