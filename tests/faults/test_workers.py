"""Several server processes behind one port: each hears every commit, one that dies is replaced, a restarted database heals all."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from competition.plumbing import clock
from competition.watching.follow import follow
from tests.faults import oracles
from tests.faults.hall import hall_of
from tests.program import Program, running

WORKERS = 2
VIEWERS = 8
JUDGES = 4
MARKS = 8
"""So many between one fault and the next."""
PATIENCE = 20.0
"""Generous for a busy machine."""


class Viewers:
    """Programs that follow one board, as many to each process as the kernel sends there; ``revisions`` are what each has."""

    def __init__(self) -> None:
        self.revisions = [-1] * VIEWERS

    async def watch(self, number: int, page: str) -> None:
        """Follow the board for ever."""
        async for seen in follow(page, now=clock.now):
            self.revisions[number] = seen.state.revision if seen.state and seen.connection == "live" else -1

    async def reach(self, revision: int) -> None:
        """Wait until everybody has this revision; raises TimeoutError when somebody never does."""
        async with asyncio.timeout(PATIENCE):
            while min(self.revisions) < revision:  # noqa: ASYNC110 - each viewer is a task of its own
                await asyncio.sleep(0.05)


@asynccontextmanager
async def watching(page: str) -> AsyncIterator[Viewers]:
    """Viewers of the board until the block is left."""
    viewers = Viewers()
    tasks = [asyncio.create_task(viewers.watch(number, page)) for number in range(VIEWERS)]
    try:
        yield viewers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_processes_that_share_the_port_are_one_server(tmp_path: Path) -> None:
    """Marks reach viewers of every process; no kill of a process or of the database loses one; all of it ends together.

    Also when the process that minds them is killed: no worker goes on answering, and the next start finds the place free.
    """
    program = Program(tmp_path / "data", judges=JUDGES, workers=WORKERS)
    async with running(program):
        async with watching(program.demo.boards[0].url) as viewers, hall_of(program.seats, pace=0.02, seed=1) as hall:
            for fault in (None, "process", "database"):
                before = program.workers()
                match fault:
                    case "process":
                        os.kill(before[0], signal.SIGKILL)
                    case "database":
                        os.kill(program.postmaster, signal.SIGINT)
                await hall.acknowledge(MARKS)
                await viewers.reach(max(one.receipt.revision for one in hall.acknowledged))
                assert len(await _all_back(program)) == WORKERS
                assert len(set(before) & set(program.workers())) == (WORKERS - 1 if fault == "process" else WORKERS)
        async with program.database() as connection:
            assert await oracles.lost(connection, hall.acknowledged) == {}
            assert await oracles.faults_found(connection) == ()
        await program.kill()
        await program.gone()
        assert program.workers() == []
        await program.start()
        assert await program.stop() == 0
        assert program.processes() == []


async def _all_back(program: Program) -> list[int]:
    async with asyncio.timeout(PATIENCE):
        while len(there := program.workers()) < WORKERS:  # noqa: ASYNC110 - other processes set no Event
            await asyncio.sleep(0.05)
    return there
