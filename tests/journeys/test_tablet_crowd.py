"""Many judges' tablets at once on a bad network: whatever happens on the way, each mark is in the ledger once.

``LEITAI_TABLETS=50 LEITAI_QUEUED=200`` does it with as many as a large hall has (``make bench-tablets``); the default is for
every day.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
from collections.abc import AsyncIterator, Sequence
from itertools import cycle, islice
from pathlib import Path

import msgspec

from competition.demo.contest import DemoJudge, enrol_url
from competition.plumbing import clock
from tests.faults.chaos import Chaos, Fault, evenly, network
from tests.journeys.conftest import Opening, Tell
from tests.journeys.tablets import TabletInHand, fleet, hold, p95
from tests.program import Program, running

TABLETS = int(os.environ.get("LEITAI_TABLETS", "12"))
QUEUED = int(os.environ.get("LEITAI_QUEUED", "50"))
ONE_BY_ONE = 20
"""Marks of each tablet that are entered one after the other while the network misbehaves."""

MARKS_A_SECOND = 25
"""Of all tablets together: browsers, server and network share a small machine, and fifty judges do not enter more."""

SEATS = 48
"""As many robots' seats as the panels of the demo have."""

FAULTY = 0.2
CUT_EVERY_SECONDS = 2.0
RECEIPT_SECONDS = 60.0
"""Far above what it takes, which is printed: a busy machine fails no test."""

RUSH_SECONDS = 60.0
PATIENCE = 120.0
MOST_SECONDS = 600.0


async def test_a_hall_of_tablets_loses_nothing(tmp_path: Path, open_browser: Opening, tell: Tell) -> None:
    """On a network with faults, and after one that was away, the marks of all tablets are received, and each is recorded once."""
    program = Program(tmp_path / "data", judges=min(TABLETS, SEATS))
    async with running(program), network(program.base_url) as chaos:
        # One hall for both, since to open so many browsers takes most of the time.
        tablets = await fleet(open_browser, await seated(program, TABLETS), chaos.address)
        await survive_faults(chaos, tablets, tell)
        await come_back_at_once(chaos, tablets, tell)
        async with program.database() as connection:
            await hold(connection, tablets)
    assert [len(tablet.acknowledged) for tablet in tablets] == [len(tablet.made) for tablet in tablets]


async def survive_faults(chaos: Chaos, tablets: Sequence[TabletInHand], tell: Tell) -> None:
    """With a fault on every fifth request, and sockets cut all the time, every mark gets its receipt within seconds.

    It goes on until every kind of fault has been met: on a busy machine more marks travel in one request.
    """
    chaos.answers.clear()
    chaos.shares = evenly(FAULTY)
    async with asyncio.timeout(MOST_SECONDS), cutting(chaos):
        while set(chaos.met) != set(Fault):
            await asyncio.gather(*(tablet.enter(ONE_BY_ONE, pause=TABLETS / MARKS_A_SECOND) for tablet in tablets))
            await asyncio.gather(*(tablet.cleared(within=PATIENCE) for tablet in tablets))
    chaos.shares = {}
    waited = [one.waited for tablet in tablets for one in tablet.acknowledged]
    assert len(waited) == sum(len(tablet.made) for tablet in tablets)
    tell(
        f"{TABLETS} tablets, {len(waited):,} marks, {chaos.met.total()} faults on {len(chaos.answers)} requests: receipts after"
        f" median {statistics.median(waited):.2f} s, p95 {p95(waited):.1f} s, most {max(waited):.1f} s"
    )
    assert p95(waited) < RECEIPT_SECONDS


async def come_back_at_once(chaos: Chaos, tablets: Sequence[TabletInHand], tell: Tell) -> None:
    """The network was away for all tablets: what they kept is taken within a minute, and whatever is put off is so by a 503."""
    chaos.go_out()
    await asyncio.gather(*(tablet.enter(QUEUED) for tablet in tablets))
    assert {await tablet.queued() for tablet in tablets} == {QUEUED}
    chaos.answers.clear()
    chaos.come_back()
    took = max(await asyncio.gather(*(tablet.cleared(within=PATIENCE) for tablet in tablets)))
    refused = [answer for answer in chaos.answers if answer.status >= 400]
    assert [answer for answer in refused if (answer.status, answer.has_retry_after) != (503, True)] == []
    tell(
        f"{TABLETS} tablets back with {QUEUED} marks each: {TABLETS * QUEUED:,} after {took:.1f} s, {len(refused)} put off"
    )
    assert took < RUSH_SECONDS


async def seated(program: Program, count: int) -> list[DemoJudge]:
    """So many judges, each with a fresh link; from the first again where there are not as many."""
    async with program.database() as connection:
        accounts = {row["name"]: row["id"] for row in await connection.fetch("SELECT id, name FROM account")}
        return [
            msgspec.structs.replace(
                judge,
                enrol_url=await enrol_url(connection, program.base_url, accounts[judge.name], now=clock.now()),
            )
            for judge in islice(cycle(program.demo.judges), count)
        ]


@contextlib.asynccontextmanager
async def cutting(chaos: Chaos) -> AsyncIterator[None]:
    """Cut all WebSockets again and again, until the block is left."""

    async def cut() -> None:
        while True:
            await asyncio.sleep(CUT_EVERY_SECONDS)
            chaos.cut_sockets()

    task = asyncio.create_task(cut())
    try:
        yield
    finally:
        task.cancel()
