"""What a delivery costs: every contender with the same viewers, in turn, round after round."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from tests.benchmarks.boards.contenders import Contender, Server
from tests.benchmarks.boards.machine import circumstances, cpu_seconds, memory_bytes, quantile
from tests.benchmarks.boards.swarm import Seen, Swarm, swarming

TARGETS = {1_000: 1.35, 5_000: 1.25, 10_000: 1.15}
"""Times the floor, by the number of viewers."""

WARM_UP = 3
"""Broadcasts before those that count."""
LAST_WORK_SECONDS = 0.02
"""How long a server may still be busy with a broadcast that everybody has."""


@dataclass
class Burst:
    """What some seconds of broadcasts, each sent when the one before had come to everybody, have cost."""

    deliveries: int
    bytes: int
    cpu: float
    delays: list[float]
    """From publishing to the last viewer, in seconds."""

    def cost(self) -> float:
        """CPU-seconds of the server per million deliveries."""
        return self.cpu / self.deliveries * 1e6 if self.deliveries else float("nan")


@dataclass
class Row:
    """One contender: its bursts by number of viewers, its memory, and what its viewers have seen."""

    name: str
    bursts: dict[int, list[Burst]] = field(default_factory=dict)
    memory: dict[int, float] = field(default_factory=dict)
    """Bytes per viewer."""
    seen: Seen | None = None

    def cost(self, viewers: int) -> float:
        """The median of the rounds."""
        return statistics.median(burst.cost() for burst in self.bursts[viewers])

    def ratio(self, floor: Row, viewers: int) -> float:
        """Times the floor: the median of the rounds' own ratios."""
        pairs = zip(self.bursts[viewers], floor.bursts[viewers], strict=True)
        return statistics.median(burst.cost() / bare.cost() for burst, bare in pairs)

    def frame_bytes(self) -> float:
        """How long a frame was on average."""
        bursts = [burst for bursts in self.bursts.values() for burst in bursts]
        return sum(burst.bytes for burst in bursts) / max(1, sum(burst.deliveries for burst in bursts))

    def p99(self, viewers: int) -> float:
        """To the last viewer, in seconds."""
        return quantile([delay for burst in self.bursts[viewers] for delay in burst.delays], 0.99)


@dataclass
class Party:
    """A server that runs with its viewers, and the row it fills."""

    server: Server
    swarm: Swarm
    row: Row
    memory_before: int


async def measure(
    contenders: Sequence[Contender], swarm: Path, folder: Path, *, sizes: Sequence[int], rounds: int, seconds: float
) -> list[Row]:
    """Every contender at every number of viewers; all of them stay connected while it is another's turn."""
    async with AsyncExitStack() as stack:
        parties: list[Party] = []
        for contender in contenders:
            home = folder / str(len(parties))
            home.mkdir()
            parties.append(await stack.enter_async_context(party_of(contender, swarm, home)))
        before = 1
        for viewers in sizes:
            for party in parties:
                await party.swarm.open(viewers - before)
                await burst(party, seconds=0)
                party.row.memory[viewers] = (memory_bytes(party.server.pids()) - party.memory_before) / viewers
            for _ in range(rounds):
                for party in parties:
                    party.row.bursts.setdefault(viewers, []).append(await burst(party, seconds=seconds))
            before = viewers
        for party in parties:
            party.row.seen = await party.swarm.seen()
        return [party.row for party in parties]


@asynccontextmanager
async def party_of(contender: Contender, swarm: Path, folder: Path) -> AsyncIterator[Party]:
    """A contender that runs, with its first viewer and first frame behind it: what every server does once is no viewer's memory."""
    async with contender.start(folder) as server, swarming(swarm, server.target) as viewers:
        await viewers.open(1)
        await server.publish()
        yield Party(server, viewers, Row(contender.name), memory_bytes(server.pids()))


async def burst(party: Party, *, seconds: float) -> Burst:
    """Broadcast for some seconds."""
    for _ in range(WARM_UP):
        await party.swarm.all_at(await party.server.publish())
    pids, delays, before = party.server.pids(), [], await party.swarm.seen()
    used, until = cpu_seconds(pids), time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic_ns()
        reached = await party.swarm.all_at(await party.server.publish())
        if reached is None:
            break
        delays.append((reached - began) / 1e9)
    await asyncio.sleep(LAST_WORK_SECONDS)
    cpu, after = cpu_seconds(pids) - used, await party.swarm.seen()
    return Burst(after.frames - before.frames, after.bytes - before.bytes, cpu, delays)


def costs(rows: Sequence[Row], sizes: Sequence[int]) -> Table:
    """The table of what a delivery costs."""
    caption = f"In cells: CPU-seconds of the server per million deliveries · times the floor. {circumstances()}"
    table = Table(title="Fan-out", caption=caption, title_justify="left", caption_justify="left")
    table.add_column("server")
    for viewers in sizes:
        table.add_column(f"{viewers:,} viewers", justify="right")
    for name in (f"p99 to the last of {middle_of(sizes):,}", "memory per viewer", "frame", "faults"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.name,
            *(f"{row.cost(viewers):.1f} · {row.ratio(rows[0], viewers):.2f}" for viewers in sizes),
            f"{row.p99(middle_of(sizes)) * 1000:.0f} ms",
            f"{row.memory[sizes[-1]] / 1024:.1f} KB",
            f"{row.frame_bytes():,.0f} B",
            str(row.seen.faults() if row.seen else "?"),
        )
    targets = [f"≤ {TARGETS[viewers]:.2f}" if viewers in TARGETS else "" for viewers in sizes]
    table.add_section()
    table.add_row("target for Leitai", *targets, "", "< 2 KB", "", "0")
    return table


def middle_of(sizes: Sequence[int]) -> int:
    """The number of viewers whose waiting is told."""
    return sizes[len(sizes) // 2]
