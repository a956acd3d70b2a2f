"""The viewers: the program in `viewers` as a process of its own, told what to do and asked what it has seen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import msgspec

from schemas.base import Message
from tests.benchmarks.boards.machine import load_core, on_core

OPEN_SECONDS = 120.0
ARRIVAL_SECONDS = 10.0
"""How long a frame may take to the last viewer before it is given up."""


class Target(Message):
    """Where viewers connect: an address, the path of the stream, and what the protocol wants beside.

    ``state_path``: where a viewer who missed something fetches the state. ``hello``: said first, and heard back by whoever is in.
    """

    host: str
    port: int
    path: str
    state_path: str = "-"
    hello: str = "-"


class Seen(Message):
    """What the viewers have seen since they came; ``behind``: how many have not come to the ``newest`` revision."""

    readers: int
    stalled: int
    newest: int
    behind: int
    frames: int
    bytes: int
    lost: int
    doubled: int
    gaps: int
    healed: int
    garbled: int
    closed: int
    let_go: int

    def unhealed(self) -> int:
        """Gaps that stayed."""
        return self.gaps - self.healed

    def faults(self) -> int:
        """What must never happen: frames that are lost, doubled or not what others got, gaps that stay, connections that end."""
        return self.behind + self.lost + self.doubled + self.garbled + self.closed + self.unhealed()


class Swarm:
    """Many viewers of one board."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.reached: dict[int, int] = {}
        """When each revision had come to every viewer (nanoseconds of the monotonic clock)."""
        self._process = process
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._bell = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def open(self, viewers: int, *, since: int | None = None) -> None:
        """Let more viewers connect, and wait until all are in; ``since`` is the revision they say they have."""
        await self._open(f"open {viewers} {-1 if since is None else since}", viewers)

    async def stall(self, viewers: int) -> None:
        """Let viewers connect who will never read."""
        await self._open(f"stall {viewers} -1", viewers)

    async def drop(self, viewers: int) -> None:
        """Let the viewers who came last reset their connections."""
        await self._do(f"drop {viewers}")

    async def seen(self) -> Seen:
        """What the viewers have seen so far."""
        return msgspec.json.decode((await self._do("stats")).partition(" ")[2], type=Seen)

    async def all_at(self, revision: int) -> int | None:
        """When a revision had come to every viewer (nanoseconds of the monotonic clock); None when it does not come."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ARRIVAL_SECONDS):
                while revision not in self.reached:
                    self._bell.clear()
                    await self._bell.wait()
                return self.reached[revision]
        return None

    async def close(self) -> None:
        """Let all viewers go."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
        await self._reader

    async def _open(self, order: str, viewers: int) -> None:
        _, opened, failed = (await self._do(order)).split()
        if int(opened) != viewers:
            raise click.ClickException(f"Of {viewers} viewers {opened} got in and {failed} did not.")

    async def _do(self, order: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(order.encode() + b"\n")
        async with asyncio.timeout(OPEN_SECONDS):
            return await self._answers.get()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, revision, moment, *_ = *line.decode().split(), "", ""
            if word == "all":
                self.reached[int(revision)] = int(moment)
                self._bell.set()
            else:
                self._answers.put_nowait(line.decode().strip())


@asynccontextmanager
async def swarming(program: Path, target: Target) -> AsyncIterator[Swarm]:
    """Viewers of a target, none yet, until the block is left."""
    with on_core(load_core()):
        process = await asyncio.create_subprocess_exec(
            program, target.host, str(target.port), target.path, target.state_path, target.hello,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
    swarm = Swarm(process)
    try:
        yield swarm
    finally:
        await swarm.close()
