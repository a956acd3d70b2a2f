"""How many marks are acknowledged a second, how long a judge waits, and how long until every board shows it.

``python -m tests.benchmarks.marks`` (or ``make bench``) starts the demo server on a fresh data folder, the load in a process of
its own, and boards in this one. The baseline of each row is measured in the same round on the same PostgreSQL: bare asyncpg,
INSERT and COMMIT of rows of the same size, with as many connections as there are tablets. Rounds are interleaved, figures are
medians of the rounds; ratios travel better between machines than figures.

Measured (two cores shared by everything, Python 3.11, PostgreSQL 18.6): see ``README.md`` beside this file.
"""

from __future__ import annotations

import asyncio
import bisect
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import click
import msgspec
import websockets
from rich.console import Console
from rich.table import Table

from schemas.base import Message
from tests.benchmarks.tablets import Figures, Insert, Judge, Mark, Request, Sit, serve
from tests.program import Program, running

TABLETS = (1, 8, 32)
BATCHES = (1, 50)
ROBOTS = 30
HUMAN_PACE = 4.0
"""Seconds from a judge's mark to the next: what `leitai demo` does by default."""

ACKNOWLEDGED_TARGET = 0.050
ON_BOARDS_TARGET = 0.500


class Arrival(Message):
    """What of a board's message tells how current it is."""

    revision: int


class Bench:
    """A running server, and the load that is put on it from another process."""

    def __init__(self, program: Program, pipe: Pipe) -> None:
        self.program = program
        self._pipe = pipe

    async def do(self, request: Request) -> Figures:
        """Let the load's process do something; returns what came of it."""
        self._pipe.send(request)
        figures: Figures = await asyncio.to_thread(self._pipe.recv)
        return figures


class Throughput(Message):
    """Rows a second in each round for one number of tablets and one size of batch: marks, and bare inserts beside them."""

    tablets: int
    batch: int
    marks: list[float]
    bare: list[float]

    def ratio(self) -> float:
        """Marks for each bare insert: the median of the rounds' own ratios."""
        return statistics.median(marks / bare for marks, bare in zip(self.marks, self.bare, strict=True))


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Interleaved rounds; figures are their medians.")
@click.option("--seconds", default=2.0, show_default=True, help="How long each measurement of a round takes.")
@click.option("--boards", default=50, show_default=True, help="How many boards watch.")
@click.option("--human-seconds", default=20.0, show_default=True, help="How long robots mark at a human pace.")
def main(rounds: int, seconds: float, boards: int, human_seconds: float) -> None:
    """Measure a server on a fresh data folder and print the tables."""
    asyncio.run(measure(rounds=rounds, seconds=seconds, boards=boards, human_seconds=human_seconds))


async def measure(*, rounds: int, seconds: float, boards: int, human_seconds: float) -> None:
    """Start everything, measure, print."""
    out = Console(width=110)
    async with started() as bench:
        await bench.do(Sit(bench.program.seats[: max(TABLETS)]))
        async with watching(bench.program.demo.boards[0].live_url, boards) as arrivals:
            human = await bench.do(Judge(robots=ROBOTS, pace=HUMAN_PACE, seconds=human_seconds))
            flat_out = await bench.do(Mark(tablets=ROBOTS, batch=1, seconds=2 * seconds))
            await asyncio.sleep(1)
        out.print(latencies(human, flat_out, arrivals))
        rows = [Throughput(tablets=tablets, batch=batch, marks=[], bare=[]) for tablets in TABLETS for batch in BATCHES]
        for _ in range(rounds):
            for row in rows:
                bare = Insert(bench.program.running.dsn, row.tablets, row.batch, seconds)
                row.bare.append((await bench.do(bare)).per_second())
                row.marks.append((await bench.do(Mark(row.tablets, row.batch, seconds))).per_second())
        out.print(throughput(rows))


@asynccontextmanager
async def started() -> AsyncIterator[Bench]:
    """A server on a fresh data folder and the load's process, until the block is left."""
    with tempfile.TemporaryDirectory(prefix="leitai-bench-") as folder, load() as pipe:
        async with running(Program(Path(folder, "data"), judges=max(TABLETS))) as program:
            yield Bench(program, pipe)


@contextmanager
def load() -> Iterator[Pipe]:
    """The load's own process, as a pipe to it."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=serve, args=(theirs,))
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join()


@asynccontextmanager
async def watching(live_url: str, boards: int) -> AsyncIterator[list[list[tuple[float, int]]]]:
    """Boards that follow a live address; of each, when which revision arrived."""
    arrivals: list[list[tuple[float, int]]] = [[] for _ in range(boards)]
    tasks = [asyncio.create_task(watch(live_url, seen)) for seen in arrivals]
    while not all(arrivals):  # noqa: ASYNC110 - filled by the boards
        await asyncio.sleep(0.01)
    try:
        yield arrivals
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def watch(live_url: str, seen: list[tuple[float, int]]) -> None:
    """Note when each message arrives."""
    async with websockets.connect(live_url, compression=None) as socket:
        async for message in socket:
            # One by one, since they are looked at while more arrive.
            seen.append(  # noqa: PERF401
                (time.perf_counter(), msgspec.json.decode(message, type=Arrival).revision)
            )


def delays(acknowledged: Sequence[tuple[float, int]], arrivals: Sequence[Sequence[tuple[float, int]]]) -> list[float]:
    """Seconds from each acknowledgement to the first message of each board that is as new; below zero where the board was first."""
    found = []
    for seen in arrivals:
        revisions = [revision for _, revision in seen]
        found += [seen[bisect.bisect_left(revisions, revision)][0] - at for at, revision in acknowledged]
    return found


def latencies(human: Figures, flat_out: Figures, arrivals: Sequence[Sequence[tuple[float, int]]]) -> Table:
    """The table of waiting: for the judge, and for the boards."""
    table = Table(title="How long it takes (milliseconds)", caption=circumstances(), title_justify="left")
    table.add_column("from → to")
    for name in ("load", "n", "median", "p95", "most", "target"):
        table.add_column(name, justify="left" if name == "load" else "right")
    for name, figures in (("at a human pace", human), ("flat out", flat_out)):
        load = f"{ROBOTS} judges {name}: {figures.per_second():,.0f} marks/s"
        table.add_row("tap → receipt", load, *_spread(figures.waited), f"median ≤ {ACKNOWLEDGED_TARGET * 1000:.0f}")
        late = delays(figures.acknowledged, arrivals)
        table.add_row(
            f"receipt → {len(arrivals)} boards", load, *_spread(late), f"most ≤ {ON_BOARDS_TARGET * 1000:.0f}"
        )
    return table


def throughput(rows: Sequence[Throughput]) -> Table:
    """The table of marks a second."""
    table = Table(title="Acknowledged a second", caption=circumstances(), title_justify="left")
    for name in (
        "tablets",
        "marks in a request",
        "marks/s",
        "bare asyncpg INSERT+COMMIT rows/s",
        "ratio",
        "rounds' marks/s",
    ):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            str(row.tablets),
            str(row.batch),
            f"{statistics.median(row.marks):,.0f}",
            f"{statistics.median(row.bare):,.0f}",
            f"{row.ratio():.2f}",
            " ".join(f"{one:,.0f}" for one in sorted(row.marks)),
        )
    return table


def circumstances() -> str:
    """On what this was measured."""
    return (
        f"{os.cpu_count()} cores shared by server, PostgreSQL, load and boards; load average {os.getloadavg()[0]:.1f};"
        f" Python {platform.python_version()}"
    )


def _spread(seconds: Sequence[float]) -> tuple[str, str, str, str]:
    ordered = sorted(one * 1000 for one in seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return str(len(ordered)), f"{statistics.median(ordered):.1f}", f"{p95:.1f}", f"{ordered[-1]:.1f}"


if __name__ == "__main__":
    main()
