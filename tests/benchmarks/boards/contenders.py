"""Who is measured: how each server is started, where its viewers go, and how a frame is published to all of them."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Protocol

import click

from tests.benchmarks.boards.contest import Contest, contest
from tests.benchmarks.boards.machine import HERE, compiled, family, on_core, server_core
from tests.benchmarks.boards.swarm import Target
from tests.program import LOOPBACK, free_port

SERVERS = HERE / "servers"
ROOT = HERE.parents[2]
NPM = ROOT / ".tools" / "npm"
PACKAGES = ("ws@8.23.0", "socket.io@4.8.4", "bun@1.4.5")
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")

FRAME_BYTES = 2048
JUDGES = 4
"""So many marks at once are patches of about 2 KB on average."""
START_SECONDS = 60.0
END_SECONDS = 10.0
PAUSE = 0.02


class Server(Protocol):
    """A server that runs, with a board that viewers can follow."""

    target: Target

    def pids(self) -> list[int]:
        """The processes whose time and memory count."""

    async def publish(self) -> int:
        """Send everybody one frame; returns the revision that it brings them to."""


@dataclass(frozen=True)
class Contender:
    """One row of the table: a name, how it is started, and why it cannot be on this machine, if it cannot."""

    name: str
    start: Callable[[Path], AbstractAsyncContextManager[Server]]
    lacks: Callable[[], str | None] = lambda: None


def install_packages() -> None:
    """Install the npm packages that some contenders are, into the tools' folder."""
    npm = shutil.which("npm")
    if npm is None:
        raise click.ClickException("npm is not installed: install Node.js, or leave --with-npm out.")
    NPM.mkdir(parents=True, exist_ok=True)
    subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", NPM, *PACKAGES], check=True)


def frame_of(revision: int) -> str:
    """A patch of exactly 2 KB."""
    head = f'{{"type":"patch","base":{revision - 1},"revision":{revision},"at":"2026-05-01T06:00:00Z","rows":["'
    return f'{head}{"x" * (FRAME_BYTES - len(head) - 3)}"]}}'


class Piped:
    """A server that sends what comes on its stdin, line by line, to all viewers."""

    def __init__(self, process: asyncio.subprocess.Process, target: Target) -> None:
        self.target = target
        self._process = process
        self._revision = 0

    def pids(self) -> list[int]:
        """The server and what it has started."""
        return family(self._process.pid)

    async def publish(self) -> int:
        """Send the next frame."""
        self._revision += 1
        await self.say(frame_of(self._revision))
        return self._revision

    async def say(self, text: str) -> None:
        """Send a frame with this text."""
        assert self._process.stdin is not None
        self._process.stdin.write(text.encode() + b"\n")
        await self._process.stdin.drain()


def piped(
    *command: str | Path, folder: Path = ROOT, path: str = "/live", state_path: str = "-", hello: str = "-"
) -> Callable[[Path], AbstractAsyncContextManager[Piped]]:
    """How to start a server that is a command whose last word is the port."""

    @asynccontextmanager
    async def start(_: Path) -> AsyncIterator[Piped]:
        port = free_port()
        async with started(*command, str(port), folder=folder) as process:
            await listening(port, process)
            target = Target(host=LOOPBACK, port=port, path=path, state_path=state_path, hello=hello)
            yield Piped(process, target)

    return start


def python(name: str) -> tuple[str, ...]:
    """The command of a server in Python."""
    return sys.executable, "-m", f"tests.benchmarks.boards.servers.{name}"


@asynccontextmanager
async def floor(folder: Path) -> AsyncIterator[Piped]:
    """The bare loop of writes, compiled first."""
    async with piped(compiled(SERVERS / "floor.c", folder))(folder) as server:
        yield server


hub = piped(*python("leitai_hub"), path="/boards/hall/live", state_path="/boards/hall/state")
"""Leitai's boards over facts in memory."""


class FromCommits:
    """Leitai's boards of a real database, apart from the contest: a frame goes out because marks were committed."""

    def __init__(self, process: asyncio.subprocess.Process, target: Target, marked: Contest) -> None:
        self.target = target
        self.process = process
        self.contest = marked

    def pids(self) -> list[int]:
        """The process of the boards; contest and database are not what is measured."""
        return family(self.process.pid)

    async def publish(self) -> int:
        """Let several judges mark at once."""
        return max(one.revision for one in await asyncio.gather(*(self.contest.mark() for _ in range(JUDGES))))

    async def tasks(self) -> int:
        """How many tasks the event loop of the boards has."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"tasks\n")
        return int(await self.process.stdout.readline())


@asynccontextmanager
async def from_commits(folder: Path) -> AsyncIterator[FromCommits]:
    """A contest, and its boards as a process of their own."""
    port = free_port()
    async with contest(folder) as marked:
        dsn, board = marked.program.running.dsn, marked.board.id
        async with started(*python("leitai_boards"), dsn, str(port), folder=ROOT) as process:
            await listening(port, process)
            path, state_path = f"/boards/{board}/live", f"/boards/{board}/state"
            yield FromCommits(process, Target(host=LOOPBACK, port=port, path=path, state_path=state_path), marked)


class Nchan:
    """The web server nginx with nchan, to which frames are posted over one kept connection."""

    def __init__(self, process: asyncio.subprocess.Process, target: Target) -> None:
        self.target = target
        self._process = process
        self._revision = 0
        self._connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def pids(self) -> list[int]:
        """The server and its worker."""
        return family(self._process.pid)

    async def publish(self) -> int:
        """Post the next frame."""
        if self._connection is None:
            self._connection = await asyncio.open_connection(self.target.host, self.target.port)
        reader, writer = self._connection
        self._revision += 1
        body = frame_of(self._revision).encode()
        writer.write(b"POST /publish HTTP/1.1\r\nhost: nchan\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        return self._revision


@asynccontextmanager
async def nchan(folder: Path) -> AsyncIterator[Server]:
    """The web server nginx with nchan, as one process."""
    port, (files, _) = free_port(), resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = folder / "nchan.conf"
    text = Template((SERVERS / "nchan.conf").read_text())
    settings.write_text(text.substitute(module=NCHAN, folder=folder, port=port, files=files))
    async with started(
        "nginx", "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(settings), folder=folder
    ) as process:
        await listening(port, process)
        yield Nchan(process, Target(host=LOOPBACK, port=port, path="/live"))


@asynccontextmanager
async def started(*command: str | Path, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server on the servers' core, until the block is left."""
    with on_core(server_core()):
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def listening(port: int, process: asyncio.subprocess.Process) -> None:
    """Wait until a server takes connections; raises ClickException when it ends instead, or takes too long."""
    until = time.monotonic() + START_SECONDS
    while process.returncode is None and time.monotonic() < until:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.close()
            return
        await asyncio.sleep(PAUSE)
    raise click.ClickException(f"A server did not start listening at port {port}: exit code {process.returncode}.")


def _without_package(name: str) -> Callable[[], str | None]:
    return lambda: None if (NPM / "node_modules" / name).exists() else f"npm package {name} (--with-npm installs it)"


def _without_nchan() -> str | None:
    return None if NCHAN.exists() and shutil.which("nginx") else "Debian package libnginx-mod-nchan"


CONTENDERS = (
    Contender("floor: a C loop of write()", floor),
    Contender("Leitai: the hub alone", hub),
    Contender("Leitai: from the commit on", from_commits),
    Contender(
        "uWebSockets (in Bun)",
        piped(NPM / "node_modules" / ".bin" / "bun", SERVERS / "uwebsockets.mjs", folder=NPM),
        _without_package("bun"),
    ),
    Contender("nginx nchan", nchan, _without_nchan),
    Contender("Node ws", piped("node", SERVERS / "node_ws.mjs", folder=NPM), _without_package("ws")),
    Contender("websockets.broadcast", piped(*python("websockets_broadcast"))),
    Contender("raw ASGI send on uvicorn", piped(*python("asgi_send"))),
    Contender(
        "socket.io",
        piped("node", SERVERS / "socket_io.mjs", folder=NPM, path="/socket.io/?EIO=4&transport=websocket", hello="40"),
        _without_package("socket.io"),
    ),
    Contender("Litestar ChannelsPlugin", piped(*python("litestar_channels"))),
)
"""In the order of the table; the floor, by which the others are measured, comes first."""
