"""The real program as a process of its own: `leitai demo` over a data folder, started, killed, stopped and looked at from outside.

Nothing here reaches into the server: what is known of it comes from its exit, its files, its HTTP answers and its database.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec

from competition.demo.contest import DEMO_FILE, Demo
from competition.demo.robots import Seat
from competition.plumbing.database import Connection
from competition.server import SERVER_FILE, RunningServer

LOOPBACK = "127.0.0.1"
ROBOTS = 30
PAUSE = 0.01
START_SECONDS = 60.0
"""Long, for a machine that is busy with other tests; how long it really took is what ``start`` returns."""
LAST_LINES = 20
OPEN = b"The demo competition is open"


class Ended(Exception):
    """The program ended where it should have served; carries its exit code and its last words."""

    def __init__(self, code: int | None, said: str) -> None:
        self.code = code
        self.said = said
        super().__init__(f"exit code {code}:\n{said}")


class Program:
    """`leitai demo` without robots over one data folder, at one address for all its starts; ``root`` holds the program."""

    def __init__(
        self, data: Path, *, judges: int = ROBOTS, workers: int = 1, environment: Mapping[str, str] | None = None
    ) -> None:
        self.data = data
        self.root = Path(__file__).parents[1]
        self.port = free_port()
        self.base_url = f"http://{LOOPBACK}:{self.port}"
        self.log = data.with_name(f"{data.name}.log")
        self._options = ("--judges", str(judges), "--workers", str(workers), "--no-robots")
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> float:
        """Start the program; returns how many seconds it took until it answered. Raises ``Ended``."""
        said = self.log.stat().st_size if self.log.exists() else 0
        began = time.perf_counter()
        self.launch()
        try:
            while not await self.answers():
                await self._moment(began)
            took = time.perf_counter() - began
            # A moment after the first answer fresh tablet links are in `demo.json`, and the program says so.
            while OPEN not in self.log.read_bytes()[said:]:
                await self._moment(began)
        except BaseException:
            if self.is_running():
                await self.kill()
            raise
        return took

    def launch(self, *, port: int | None = None) -> None:
        """Start the program and do not wait for it."""
        command = [sys.executable, "-m", "competition", "demo", "--data", str(self.data), "--host", LOOPBACK]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port if port is None else port), *self._options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.root,
                env={**_clean(os.environ), "LEITAI_LANGUAGE": "en", "COLUMNS": "400", **self._environment},
            )

    async def kill(self) -> None:
        """Kill the server as a crash would: no handler runs. Its PostgreSQL is left to whoever minds it."""
        self.process.kill()
        await self.ended()

    async def stop(self) -> int:
        """Ask the server to end; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended()

    async def ended(self, *, within: float = START_SECONDS) -> int:
        """The exit code, once the program has ended; raises TimeoutError when it has not after ``within`` seconds."""
        async with asyncio.timeout(within):
            while self.process.poll() is None:  # noqa: ASYNC110 - another process sets no Event
                await asyncio.sleep(PAUSE)
        return self.process.returncode

    async def gone(self) -> None:
        """Wait until nothing works for the data folder any more; raises TimeoutError when something goes on."""
        async with asyncio.timeout(START_SECONDS):
            # A process on its way out has neither command line nor folder any more, yet holds its lock.
            while self.processes() or not self.is_at_rest():  # noqa: ASYNC110 - other processes set no Event
                await asyncio.sleep(PAUSE)

    async def answers(self) -> bool:
        """Whether the server is healthy; asked without an HTTP library, which would take longer to load than to ask."""
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
            try:
                writer.write(b"GET /healthz HTTP/1.1\r\nhost: leitai\r\nconnection: close\r\n\r\n")
                return (await reader.readline()).startswith(b"HTTP/1.1 200 ")
            finally:
                writer.close()
        return False

    def is_running(self) -> bool:
        """Whether the process that was started last is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        assert self._process is not None
        return self._process

    @property
    def demo(self) -> Demo:
        """What `demo.json` says."""
        return msgspec.json.decode((self.data / DEMO_FILE).read_bytes(), type=Demo)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The seats of all judges but the first, who is a person."""
        return tuple(Seat(enrol_url=judge.enrol_url, pin=judge.pin) for judge in self.demo.judges[1:])

    @property
    def running(self) -> RunningServer:
        """What the server noted about itself and its database."""
        return msgspec.json.decode((self.data / SERVER_FILE).read_bytes(), type=RunningServer)

    @property
    def postmaster(self) -> int:
        """The process id of the PostgreSQL over the data folder."""
        return int((self.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])

    def backends(self) -> list[int]:
        """The process ids of everything that PostgreSQL runs in the data folder, the postmaster among them."""
        return [pid for pid in _pids() if _folder_of(pid) == self.data / "postgres"]

    def workers(self) -> list[int]:
        """The process ids of the server processes that share the port."""
        return [pid for pid in self.processes() if "competition.worker" in _command(pid)]

    def processes(self) -> list[int]:
        """Every process that works for this data folder: server, keeper, PostgreSQL. Found by folder and command line."""
        named = [pid for pid in _pids() if str(self.data) in _command(pid)]
        return sorted({*named, *self.backends()} - {os.getpid()})

    def is_at_rest(self) -> bool:
        """Whether no process of PostgreSQL holds the lock that all of them inherit."""
        with (self.data / "postgres.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True

    def said(self) -> str:
        """The last lines that the program wrote to the terminal."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Connection]:
        """A connection to the server's database with the rights of its owner."""
        connection = await asyncpg.connect(self.running.dsn, server_settings={"timezone": "UTC"})
        try:
            yield connection
        finally:
            await connection.close()

    async def _moment(self, began: float) -> None:
        """Wait a little for what is about to happen, unless it no longer can."""
        if not self.is_running() or time.perf_counter() - began > START_SECONDS:
            raise Ended(self.process.poll(), self.said())
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def running(program: Program) -> AsyncIterator[Program]:
    """A program that runs until the block is left; then nothing of it is left behind, whatever happened."""
    await program.start()
    try:
        yield program
    finally:
        if program.is_running():
            await program.stop()
        await program.gone()


def free_port() -> int:
    """A port that nothing listens at just now."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def parent_of(pid: int) -> int:
    """The process that process ``pid`` belongs to."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Our environment without what would make this another program than the one over its own data folder."""
    return {name: value for name, value in environment.items() if not name.startswith(("LEITAI_", "DATABASE_URL"))}


def _pids() -> Iterator[int]:
    return (int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())


def _folder_of(pid: int) -> Path | None:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cwd").readlink()
    return None


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""
