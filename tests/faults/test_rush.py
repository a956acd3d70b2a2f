"""The network was away and comes back: every tablet sends at once what it has kept meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest

from competition.demo.robots import Acknowledged
from tests.benchmarks.tablets import Desk, Load, desk_of
from tests.faults import oracles
from tests.program import Program, running

TABLETS = 48
"""As many as there are robots' seats on the panels of the demo."""

REQUESTS, MARKS = 5, 42
"""Each tablet has 210 marks to send, in five requests one after the other: 10,080 in all."""

WITHIN_SECONDS = 60.0


async def test_marks_kept_by_all_tablets_are_taken_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten thousand marks from all tablets at the same moment are acknowledged within a minute, each stored once, none refused."""
    async with running(Program(tmp_path / "data", judges=TABLETS)) as program, contextlib.AsyncExitStack() as stack:
        load = Load()
        stack.push_async_callback(load.close)
        await load.sit(program.seats)
        desks = [await stack.enter_async_context(desk_of(robot)) for robot in load.robots]
        began = time.perf_counter()
        acknowledged = list(chain.from_iterable(await asyncio.gather(*(send_all(desk) for desk in desks))))
        took = time.perf_counter() - began
        async with program.database() as connection:
            assert await oracles.lost(connection, acknowledged) == {}
            assert len(await oracles.recorded(connection)) == len(acknowledged) == TABLETS * REQUESTS * MARKS
            assert await oracles.faults_found(connection) == ()
    assert took < WITHIN_SECONDS
    with capsys.disabled():
        sys.stdout.write(
            f"\n  {len(acknowledged):,} marks of {TABLETS} tablets at once: all acknowledged after {took:.1f} s"
        )


async def send_all(desk: Desk) -> Sequence[Acknowledged]:
    """Send what one tablet has kept; returns what was acknowledged. Raises when anything but 200 comes back."""
    taken = []
    for _ in range(REQUESTS):
        command = desk.next_marks(MARKS)
        receipts = await desk.send(command)
        taken += [
            Acknowledged(mark=mark, receipt=receipt, waited=0)
            for mark, receipt in zip(command.marks, receipts, strict=True)
        ]
    return taken
