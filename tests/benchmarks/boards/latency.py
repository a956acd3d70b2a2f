"""How long it takes from a mark's receipt to the last of all viewers, on the whole server while tablets mark."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
from rich.table import Table

from tests.benchmarks.boards.contest import Contest, contest
from tests.benchmarks.boards.machine import circumstances, cpu_seconds, memory_bytes, pin, quantile, server_core
from tests.benchmarks.boards.swarm import Seen, Swarm, Target, swarming
from tests.benchmarks.marks import Arrival
from tests.program import LOOPBACK

MARKS_A_SECOND = 20
STALLED = 50
TARGET_SECONDS = 0.4
SETTLE_SECONDS = 1.0
MOST_SETTLING = 10
FLOOD_MARKS_A_SECOND = 150
FULL_BYTES = 300_000
"""When everybody has read so much, nothing more goes into the buffers that the kernel keeps for those who never read."""
FLOOD_SECONDS = 2.0
MOST_FLOODS = 20


@dataclass(frozen=True)
class Trial:
    """Some time of marking before so many viewers: how long everybody waited, and what it cost the server."""

    viewers: str
    delays: list[float]
    """From each acknowledgement to the last viewer, in seconds."""
    seen: Seen
    cpu: float
    """Of one core."""
    grown: int
    """Bytes of memory."""


async def measure(swarm: Path, folder: Path, *, viewers: int, seconds: float) -> list[Trial]:
    """Two trials: everybody reads; then some more come who never do, and it takes long enough for them to be let go."""
    async with watched(swarm, folder) as (marked, crowd):
        await crowd.open(viewers)
        first = await trial(f"{viewers:,}", marked, crowd, seconds)
        await crowd.stall(STALLED)
        await flood(marked, crowd, viewers)
        return [first, await trial(f"{viewers:,} and {STALLED} who never read", marked, crowd, 2 * seconds)]


@asynccontextmanager
async def watched(swarm: Path, folder: Path) -> AsyncIterator[tuple[Contest, Swarm]]:
    """The whole server on a core of its own, with viewers of its board, none yet."""
    async with contest(folder) as marked:
        pin(marked.program.process.pid, server_core())
        live, state = urlsplit(marked.board.live_url), urlsplit(marked.board.state_url)
        target = Target(host=LOOPBACK, port=marked.program.port, path=live.path, state_path=state.path)
        async with swarming(swarm, target) as crowd:
            yield marked, crowd


async def flood(marked: Contest, crowd: Swarm, viewers: int) -> None:
    """Mark until the buffers of those who never read are full."""
    before = (await crowd.seen()).bytes
    for _ in range(MOST_FLOODS):
        await marked.mark_steadily(FLOOD_MARKS_A_SECOND, FLOOD_SECONDS)
        if ((await crowd.seen()).bytes - before) / viewers > FULL_BYTES:
            break


async def trial(viewers: str, marked: Contest, crowd: Swarm, seconds: float) -> Trial:
    """Mark for some time."""
    pid = marked.program.process.pid
    await marked.mark_steadily(MARKS_A_SECOND, SETTLE_SECONDS)
    held, used, began = memory_bytes([pid]), cpu_seconds([pid]), time.monotonic()
    before = len(marked.acknowledged)
    await marked.mark_steadily(MARKS_A_SECOND, seconds)
    acknowledged = marked.acknowledged[before:]
    cpu = (cpu_seconds([pid]) - used) / (time.monotonic() - began)
    seen = await settled(marked, crowd)
    delays = [(crowd.reached[one.revision] - one.at) / 1e9 for one in acknowledged if one.revision in crowd.reached]
    return Trial(viewers, delays, seen, cpu, memory_bytes([pid]) - held)


async def settled(marked: Contest, crowd: Swarm) -> Seen:
    """What the viewers have seen once they are where the board's state is; after a while, whether they are or not."""
    async with httpx.AsyncClient() as http:
        for _ in range(MOST_SETTLING):
            await asyncio.sleep(SETTLE_SECONDS)
            state = msgspec.json.decode((await http.get(marked.board.state_url)).content, type=Arrival)
            seen = await crowd.seen()
            if seen.newest == state.revision and not seen.behind:
                return seen
    return msgspec.structs.replace(seen, behind=max(seen.behind, seen.readers * (seen.newest < state.revision)))


def waits(trials: Sequence[Trial]) -> Table:
    """The table of waiting."""
    table = Table(
        title=f"From a mark's receipt to the last viewer, {MARKS_A_SECOND} marks a second",
        caption=f"Target: p99 ≤ {TARGET_SECONDS * 1000:.0f} ms, nobody behind, no gap unhealed. {circumstances()}",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("viewers")
    for name in ("marks", "p50", "p95", "p99", "most", "behind at the end", "gaps", "unhealed", "other faults",
                 "let go", "server's CPU", "memory grew by"):  # fmt: skip
        table.add_column(name, justify="right")
    for one in trials:
        table.add_row(
            one.viewers,
            str(len(one.delays)),
            *(f"{delay * 1000:.0f} ms" for delay in (statistics.median(one.delays), quantile(one.delays, 0.95),
                                                     quantile(one.delays, 0.99), max(one.delays))),
            str(one.seen.behind), str(one.seen.gaps), str(one.seen.unhealed()),
            str(one.seen.faults() - one.seen.behind - one.seen.unhealed()), str(one.seen.let_go),
            f"{one.cpu:.0%}", f"{one.grown / 1e6:.1f} MB",
        )  # fmt: skip
    return table
