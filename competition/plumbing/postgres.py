"""Embedded PostgreSQL: when no database is given, Leitai runs one of its own over the data folder.

Three files lie beside the cluster (``postgres/``) in the data folder. ``leitai.lock`` is locked by the one server that
uses the folder. ``postgres.lock`` is locked by all processes of the running cluster, which inherit it: free means that
the last one has gone, whatever a leftover ``postmaster.pid`` says. ``postgres.log`` is what PostgreSQL has to tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self
from urllib.parse import quote

import asyncpg

from competition.plumbing import postgres_keeper
from competition.plumbing.database import UNREACHABLE, Connection
from competition.plumbing.postgres_problems import (
    ClusterNotMade,
    ClusterNotStarted,
    ClusterStillRuns,
    DataFolderInUse,
    DataFolderUnusable,
    NoSocketFolder,
    NotDurable,
    NotOnThisSystem,
    PostgresUnavailable,
    RootNotDropped,
)
from competition.plumbing.postgres_programs import (
    Programs,
    clean_environment,
    find_programs,
    initdb_command,
    initdb_locales,
    made_by,
    server_command,
)
from competition.plumbing.reasons import reason

CLUSTER = "postgres"
"""Where the cluster lies in the data folder."""
SOCKETS_PREFIX = "leitai-"
SOCKET_PATH_BYTES = 103
"""The longest path of a socket that every system takes (macOS 103, Linux 107)."""

START_SECONDS = 120.0
"""How long PostgreSQL may take to answer; long, for it may have to recover first."""
STOP_SECONDS = 20.0
"""How long the keeper may take to stop PostgreSQL; a little more than the sum of its own patience."""
TAIL_LINES = 12
"""How many lines of the log a problem quotes."""
PAUSE = 0.01
"""Seconds between two looks at something that is about to happen."""
LONGEST_PAUSE = 0.1

MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")

TUNING = """
# Leitai: modest settings for a small machine, free to change. What Leitai relies on is set at each start.
max_connections = 100
shared_buffers = 128MB
max_wal_size = 512MB
log_checkpoints = off
"""


async def start_embedded(data: Path) -> EmbeddedPostgres:
    """Start PostgreSQL over the data folder ``data``, making the cluster first if there is none.

    Raises a ``PostgresUnavailable`` that says what is wrong and what to do.
    """
    embedded = EmbeddedPostgres(data)
    await embedded.start()
    return embedded


async def assert_durable(connection: Connection) -> None:
    """Make sure that a commit survives a crash; raises ``NotDurable`` at the first setting that is off.

    Every ``synchronous_commit`` but ``off`` waits for this server's disk. Without it a crash of PostgreSQL loses marks
    at once; without the others only a power cut does, so no trial would show it and it must be checked instead.
    """
    for setting in MUST_BE_ON:
        value = await connection.fetchval("SELECT current_setting($1)", setting)
        if value == "off":
            raise NotDurable(setting=setting, value=value)


class EmbeddedPostgres:
    """A PostgreSQL of our own over a data folder, running between ``start`` and ``stop`` or inside ``async with``.

    ``dsn`` is its address for asyncpg, the same for every start of this object: when PostgreSQL has ended by itself
    (``wait`` tells), ``start`` brings it back and open pools find it again.
    """

    def __init__(self, data: Path) -> None:
        if sys.platform == "win32":
            raise NotOnThisSystem(system="Windows")
        self.data = data.absolute()
        self.cluster = self.data / CLUSTER
        self.log = self.data / "postgres.log"
        self.sockets = _new_sockets_folder()
        self.dsn = f"postgresql://leitai@/leitai?host={quote(str(self.sockets))}&port=5432"
        self._lock: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start PostgreSQL and return when it answers; does nothing while it runs. Raises ``PostgresUnavailable``."""
        if self._is_running():
            return
        try:
            await self._run()
            await self._become_ready()
        except BaseException:
            await self.stop()
            raise

    async def wait(self) -> None:
        """Return when PostgreSQL has ended, whether it was stopped or died."""
        while self._is_running():  # noqa: ASYNC110 - another process sets no Event
            await asyncio.sleep(LONGEST_PAUSE)

    async def stop(self) -> None:
        """Stop PostgreSQL in order, or by force after some seconds, and free the data folder; harmless when stopped."""
        keeper, self._keeper = self._keeper, None
        try:
            if keeper is not None:
                _let_go(keeper)
                if await _code_within(keeper, STOP_SECONDS) is None:
                    keeper.kill()
                    keeper.wait()
        finally:
            shutil.rmtree(self.sockets, ignore_errors=True)
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None

    def _is_running(self) -> bool:
        return self._keeper is not None and self._keeper.poll() is None

    async def _run(self) -> None:
        try:
            self._claim()
            async with self._alone() as alive:
                programs = find_programs(self.cluster)
                if made_by(self.cluster) is None:
                    await self._make(programs, alive)
                _forget_stale_pid(self.cluster)
                self._launch(self.cluster, server_command(programs, self.cluster, self.sockets), alive)
        except OSError as problem:
            raise DataFolderUnusable(folder=self.data, why=reason(problem)) from problem

    def _claim(self) -> None:
        """Lock the data folder for this server; the system unlocks it when the process ends, however it ends."""
        if self._lock is not None:
            return
        self.data.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.data / "leitai.lock", os.O_RDWR | os.O_CREAT, 0o600)
        if not _take(lock):
            pid = os.pread(lock, 20, 0).decode().strip()
            os.close(lock)
            raise DataFolderInUse(folder=self.data, pid=pid or "?")
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        self._lock = lock

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[int]:
        """Wait until no process of an earlier start works in the cluster; gives the locked ``postgres.lock``.

        After a kill of the server the old PostgreSQL needs a moment to go: its keeper sees to that.
        """
        alive = os.open(self.data / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            until = time.monotonic() + STOP_SECONDS
            while not _take(alive):
                if time.monotonic() > until:
                    raise ClusterStillRuns(folder=self.cluster, pid=_postmaster(self.cluster) or "?")
                await asyncio.sleep(PAUSE)
            _leave_sockets(alive, self.sockets)
            yield alive
        finally:
            os.close(alive)

    async def _make(self, programs: Programs, alive: int) -> None:
        """Make the cluster beside its place and move it there when whole, so that a kill never leaves half a one."""
        unfinished = self.data / "postgres.new"
        for locale in initdb_locales(programs.major):
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(0o700)
            keeper = self._launch(unfinished, initdb_command(programs, unfinished, locale), alive)
            if await _code_within(keeper, START_SECONDS) == 0:
                break
        else:
            raise self._failure(ClusterNotMade, folder=self.cluster)
        with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(TUNING)
            configuration.flush()
            os.fsync(configuration.fileno())
        unfinished.rename(self.cluster)
        _sync(self.data)

    def _launch(self, cluster: Path, command: list[str], alive: int) -> subprocess.Popen[bytes]:
        """Run a program of PostgreSQL under a keeper; whatever descends from it holds ``alive`` open."""
        if self._keeper is not None:
            _let_go(self._keeper)
        self.sockets.mkdir(0o700)
        keeper = [sys.executable, "-I", "-S", postgres_keeper.__file__, str(self.log), str(cluster), str(self.sockets)]
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as log:
            self._log_start = log.tell()
            self._keeper = subprocess.Popen(  # noqa: S603 - the programs are found by us
                keeper + command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=(alive,),
                # A Ctrl-C at the terminal is for the server, which stops PostgreSQL last.
                start_new_session=True,
                cwd="/",
                umask=0o077,
                env=clean_environment(os.environ),
            )
        return self._keeper

    async def _become_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        pause = PAUSE
        while not await self._answers():
            if not self._is_running() or time.monotonic() > until:
                raise self._failure(ClusterNotStarted, log=self.log)
            await asyncio.sleep(pause)
            # During a long recovery every question leaves a line in the log.
            pause = min(1.5 * pause, LONGEST_PAUSE)

    async def _answers(self) -> bool:
        """Whether the database ``leitai`` takes connections; makes it when the cluster is new."""
        try:
            connection = await asyncpg.connect(self.dsn)
        except asyncpg.InvalidCatalogNameError:
            await self._make_database()
            return False
        except UNREACHABLE:
            return False
        await connection.close()
        return True

    async def _make_database(self) -> None:
        connection = await asyncpg.connect(self.dsn, database="postgres")
        try:
            await connection.execute("CREATE DATABASE leitai")
        finally:
            await connection.close()

    def _failure(self, kind: type[PostgresUnavailable], **data: object) -> PostgresUnavailable:
        """The problem that the end of the keeper and of the log tell of."""
        tail = _tail(self.log, self._log_start)
        if self._keeper is not None and self._keeper.poll() == postgres_keeper.NO_WAY and os.geteuid() == 0:
            return RootNotDropped(tail=tail)
        return kind(tail=tail, **data)


def _new_sockets_folder() -> Path:
    """A path, not yet made, for the private folder of the socket, short enough for one."""
    folders = dict.fromkeys(("/tmp", tempfile.gettempdir()))  # noqa: S108 - a private folder is made in it
    for folder in folders:
        path = Path(folder) / f"{SOCKETS_PREFIX}{secrets.token_hex(4)}"
        if os.access(folder, os.W_OK | os.X_OK) and len(os.fsencode(path / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
            return path
    raise NoSocketFolder(folders=", ".join(folders))


def _take(lock: int) -> bool:
    """Lock an open file for this process and those that inherit it; false when others have it."""
    import fcntl  # noqa: PLC0415 - Windows lacks it

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _leave_sockets(alive: int, sockets: Path) -> None:
    """Write the sockets' folder into ``postgres.lock``, and remove the one named there if its keeper could not."""
    before = Path(os.pread(alive, 4096, 0).decode())
    if before.name.startswith(SOCKETS_PREFIX):
        shutil.rmtree(before, ignore_errors=True)
    os.ftruncate(alive, 0)
    os.pwrite(alive, str(sockets).encode(), 0)


def _let_go(keeper: subprocess.Popen[bytes]) -> None:
    """Close the pipe to a keeper, who then stops what it keeps."""
    if keeper.stdin is not None:
        keeper.stdin.close()


async def _code_within(keeper: subprocess.Popen[bytes], seconds: float) -> int | None:
    """The exit code of ``keeper`` when it ends within ``seconds``, else None."""
    until = time.monotonic() + seconds
    while keeper.poll() is None and time.monotonic() < until:  # noqa: ASYNC110 - another process sets no Event
        await asyncio.sleep(PAUSE)
    return keeper.poll()


def _forget_stale_pid(cluster: Path) -> None:
    """Remove a ``postmaster.pid`` whose number another program has by now: PostgreSQL would take it for a postmaster.

    Called when nothing that Leitai started is left. A postmaster that somebody started by hand stays respected.
    """
    pid = _postmaster(cluster)
    program = _program(pid) if pid else ""
    if pid is None or (program and not _is_at_work(pid, program, cluster)):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _postmaster(cluster: Path) -> int | None:
    """The number in ``postmaster.pid``; None when there is none."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return abs(int((cluster / "postmaster.pid").read_text().splitlines()[0]))
    return None


def _program(pid: int) -> str:
    """The name of the program that runs as process ``pid``; empty when there is none, marked when nobody buried it."""
    if postgres_keeper.LINUX:
        with contextlib.suppress(OSError):
            name, _, state = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
            return f"{name} <defunct>" if state.startswith("Z") else name
        return ""
    told = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607 - the programs are found by us
    return Path(told.stdout.strip()).name


def _is_at_work(pid: int, program: str, cluster: Path) -> bool:
    """Whether process ``pid`` is PostgreSQL in ``cluster``; where its folder is not to be seen, its name must do."""
    if program not in ("postgres", "postmaster"):
        return False
    try:
        return Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return True


def _sync(folder: Path) -> None:
    """Make a renaming inside ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tail(log: Path, start: int) -> str:
    """The last lines of what was logged from byte ``start`` on."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(start)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-TAIL_LINES:])
    return ""
