"""A real contest for the boards to show: the demo over its own database, and tablets that mark at a given pace."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from competition.demo.contest import DemoBoard
from tests.benchmarks.tablets import Desk, Load, desk_of
from tests.program import LOOPBACK, Program, running

TABLETS = 30
APART = 7
"""So many cells lie between where one judge is and where the next."""


@dataclass(frozen=True)
class Acknowledged:
    """When a tablet heard that its marks are durable (nanoseconds of the monotonic clock), and the revision they made."""

    at: int
    revision: int


class Contest:
    """The demo as it runs, with tablets enrolled."""

    def __init__(self, program: Program, desks: Sequence[Desk]) -> None:
        self.program = program
        self._desks = [(desk, asyncio.Lock()) for desk in desks]
        self._turn = 0
        self.acknowledged: list[Acknowledged] = []
        """Every mark that was made, in the order of the receipts."""

    @property
    def board(self) -> DemoBoard:
        """The board that everybody watches."""
        return self.program.demo.boards[0]

    async def mark(self) -> Acknowledged:
        """Let the next tablet send a mark."""
        self._turn += 1
        desk, lock = self._desks[self._turn % len(self._desks)]
        async with lock:
            if desk._reader.at_eof():  # the server lets go of a connection on which nothing was said for a while
                desk._reader, desk._writer = await asyncio.open_connection(LOOPBACK, self.program.port)
            receipts = await desk.send(desk.next_marks(1))
        self.acknowledged.append(Acknowledged(time.monotonic_ns(), receipts[-1].revision))
        return self.acknowledged[-1]

    async def mark_steadily(self, per_second: float, seconds: float = math.inf) -> None:
        """Let tablets send single marks at a steady pace for some time."""
        began, number = time.monotonic(), 0
        async with asyncio.TaskGroup() as tasks:
            while number < per_second * seconds:
                tasks.create_task(self.mark())
                number += 1
                await asyncio.sleep(began + number / per_second - time.monotonic())


@asynccontextmanager
async def contest(folder: Path) -> AsyncIterator[Contest]:
    """A contest on a fresh data folder, until the block is left."""
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(running(Program(folder / "data", judges=TABLETS)))
        load = Load()
        stack.push_async_callback(load.close)
        await load.sit(program.seats)
        desks = [await stack.enter_async_context(desk_of(robot)) for robot in load.robots]
        for place, desk in enumerate(desks):
            # Judges are not all at the same entrant.
            for _ in range(place * APART):
                next(desk._cells)
        yield Contest(program, desks)
