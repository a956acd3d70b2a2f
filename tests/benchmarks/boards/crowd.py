"""Many who come, stay, are cut off and come back; and what a server holds of those who have left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from tests.benchmarks.boards.contenders import FromCommits, from_commits
from tests.benchmarks.boards.machine import circumstances, descriptors, memory_bytes
from tests.benchmarks.boards.swarm import Swarm, swarming

MARKS_A_SECOND = 5
RETURN_TARGET_SECONDS = 3.0
ROUND_VIEWERS = 200
FIRST_ROUNDS = 10
"""Rounds before what the server holds is noted: what it allocates once is no leak."""
SETTLE_SECONDS = 1.0


@dataclass(frozen=True)
class Holding:
    """What the server holds."""

    descriptors: int
    tasks: int
    memory: int

    def __str__(self) -> str:
        return f"{self.descriptors} descriptors, {self.tasks} tasks, {self.memory / 1e6:.1f} MB"


@dataclass(frozen=True)
class Finding:
    """One line of the table."""

    what: str
    figure: str
    target: str = ""


async def measure(
    swarm: Path, folder: Path, *, viewers: int, stay: float, returning: int, rounds: int
) -> list[Finding]:
    """Everything, on the boards of a contest whose tablets go on marking."""
    async with from_commits(folder) as boards, swarming(swarm, boards.target) as crowd:
        await crowd.open(1)
        marking = asyncio.create_task(boards.contest.mark_steadily(MARKS_A_SECOND))
        empty = await holding_of(boards)
        findings = [
            await coming(crowd, viewers),
            await staying(boards, crowd, stay),
            await coming_back(crowd, returning),
            await leaving(boards, crowd, viewers, empty),
            await many_rounds(boards, crowd, rounds),
        ]
        if not marking.cancel():
            await marking
        await asyncio.wait([marking])
        return findings


async def coming(crowd: Swarm, viewers: int) -> Finding:
    """Let them all come as fast as they are let in."""
    began = time.monotonic()
    await crowd.open(viewers)
    took = time.monotonic() - began
    return Finding(f"{viewers:,} viewers come", f"all in after {took:.1f} s, {viewers / took:,.0f} a second")


async def staying(boards: FromCommits, crowd: Swarm, seconds: float) -> Finding:
    """Let them stay."""
    marked = len(boards.contest.acknowledged)
    await asyncio.sleep(seconds)
    marks = boards.contest.acknowledged[marked:]
    await crowd.all_at(marks[-1].revision)
    seen = await crowd.seen()
    figure = f"{seen.readers - 1:,} are there and have heard of {len(marks)} marks; {seen.faults()} faults"
    return Finding(f"… and stay for {seconds:.0f} s", figure, "all, 0 faults")


async def coming_back(crowd: Swarm, viewers: int) -> Finding:
    """Cut some off and let them come back at once, with the revision they had."""
    before = await crowd.seen()
    began = time.monotonic()
    await crowd.drop(viewers)
    await crowd.open(viewers, since=before.newest)
    all_in, seen = time.monotonic(), await crowd.seen()
    reached = await crowd.all_at(seen.newest) if seen.behind else 0
    what, target = f"{viewers:,} are cut off and come back at once", f"{RETURN_TARGET_SECONDS:.0f} s, 0 faults"
    if reached is None:
        return Finding(what, f"after a long time {(await crowd.seen()).behind} are not right", target)
    took = max(all_in, reached / 1e9) - began
    after = await crowd.seen()
    return Finding(
        what, f"every one of {after.readers - 1:,} is right after {took:.2f} s; {after.faults()} faults", target
    )


async def leaving(boards: FromCommits, crowd: Swarm, viewers: int, empty: Holding) -> Finding:
    """Let all of them leave without a word."""
    await crowd.drop(viewers)
    await asyncio.sleep(SETTLE_SECONDS)
    return Finding("all leave without a word", f"before: {empty}; after: {await holding_of(boards)}", "the same")


async def many_rounds(boards: FromCommits, crowd: Swarm, rounds: int) -> Finding:
    """Let some come and leave without a word, again and again."""
    for number in range(FIRST_ROUNDS + rounds):
        if number == FIRST_ROUNDS:
            await asyncio.sleep(SETTLE_SECONDS)
            before = await holding_of(boards)
        await crowd.open(ROUND_VIEWERS)
        await crowd.drop(ROUND_VIEWERS)
    await asyncio.sleep(SETTLE_SECONDS)
    figure = f"before: {before}; after: {await holding_of(boards)}"
    return Finding(f"{rounds} rounds of {ROUND_VIEWERS} who come and leave without a word", figure, "the same")


async def holding_of(boards: FromCommits) -> Holding:
    """What the boards' process holds now."""
    return Holding(descriptors(boards.process.pid), await boards.tasks(), memory_bytes(boards.pids()))


def table_of(findings: Sequence[Finding]) -> Table:
    """The table of coming and leaving."""
    title = f"Coming and leaving, {MARKS_A_SECOND} marks a second"
    table = Table(
        "what", "figure", "target", title=title, caption=circumstances(), title_justify="left", caption_justify="left"
    )
    for one in findings:
        table.add_row(one.what, one.figure, one.target)
    return table
