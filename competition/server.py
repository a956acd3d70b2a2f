"""Running the server: the database first, then migrations, then the web server; and everything down again in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

import asyncpg
import msgspec
import uvicorn
from litestar.types import ASGIApp

from competition.app import create_app
from competition.plumbing.database import assert_roles, owner_connection, why_not_migrated
from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres, assert_durable, start_embedded
from competition.plumbing.postgres_problems import DataFolderInUse, DataFolderUnusable, PostgresUnavailable
from competition.plumbing.reasons import reason
from competition.plumbing.settings import Settings
from competition.plumbing.transport import AnsweringProtocol, LiveProtocol
from competition.workers import order_of, working
from schemas.base import Message
from schemas.problems import N_, Problem

SERVER_FILE = "server.json"
GRACE_SECONDS = 5
BACKLOG = 4096
"""How many may wait to be let in: a whole hall comes back in the same second."""
MOST_HEARD = 8 * 1024
"""Bytes of the largest message that is taken over a socket: a tablet's status with what waits for almost two hundred sheets."""
AGAIN_SECONDS = 1.0
"""How long to wait before a database that could not be started again is tried once more."""

log = logging.getLogger("leitai")


class CannotListen(Problem):
    """The address or port cannot be listened at."""

    status = 500
    sentence = N_(
        "Leitai cannot listen at {host} port {port}: {why}. Stop what uses the port, or choose another with --port."
    )


class NoSuchHost(Problem):
    """What is to be listened at is no address of this machine."""

    status = 500
    sentence = N_(
        "Leitai cannot listen at {host}: this machine has no such address. Write another after --host: 0.0.0.0 for the whole "
        "hall, 127.0.0.1 for this machine alone."
    )


class CannotShare(Problem):
    """Several processes are to share a port where they cannot."""

    status = 500
    sentence = N_("Several server processes can share a port on Linux only. Start with --workers 1.")


class RunningServer(Message):
    """What a server notes in its data folder, so that `leitai` commands on the same machine reach its database."""

    pid: int
    dsn: str


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[str]:
    """The DSN of a migrated, durable database: the one that is configured, or our own, started and stopped here.

    When a server already runs on the data folder, its database is used.
    """
    if settings.database_url:
        await prepare(settings.database_url)
        yield settings.database_url
        return
    try:
        embedded = await start_embedded(settings.data)
    except DataFolderInUse:
        dsn = _dsn_of_running(settings.data)
        if dsn is None:
            raise
        yield dsn
        return
    try:
        await prepare(embedded.dsn)
        yield embedded.dsn
    finally:
        await embedded.stop()


async def prepare(dsn: str) -> None:
    """Refuse a database that could lose marks, and bring a good one up to date."""
    async with owner_connection(dsn) as connection:
        await assert_durable(connection)
    try:
        migrated = await migrate(dsn)
    except asyncpg.InsufficientPrivilegeError as refusal:
        raise await why_not_migrated(dsn, refusal) from refusal
    for name in migrated:
        log.info("migrated: %s", name)
    await assert_roles(dsn)


Hook = Callable[[str, str], Awaitable[None]]
"""What is called with the database's DSN and the server's address."""

Ready = Callable[[], Awaitable[None]]
"""What is called once a process answers."""


async def serve(settings: Settings, *, workers: int = 1, when_ready: Hook, before: Hook | None = None) -> None:
    """Serve until told to stop; ``before`` runs on the migrated database before the first answer, ``when_ready`` after it.

    Several ``workers`` are processes of their own that share the port; this one only minds them and the database. SIGINT or
    SIGTERM ends it in order at any time: what is being started is given up, what answers ends, and the database is stopped last.
    """
    taken = _listen(settings.host, settings.port) if workers == 1 else _reserve(settings.host, settings.port)
    with until_told():
        await _serve(settings, taken, workers, when_ready, before)


async def _serve(settings: Settings, taken: socket.socket, workers: int, when_ready: Hook, before: Hook | None) -> None:
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(taken)
        if settings.database_url:
            dsn = settings.database_url
            await prepare(dsn)
        else:
            dsn = await stack.enter_async_context(_own_database(settings.data))
        base_url = settings.base_url or _address(taken)
        if before is not None:
            await before(dsn, base_url)
        if workers == 1:
            await _serve_here(settings, dsn, taken, partial(when_ready, dsn, base_url))
        else:
            async with working(order_of(settings, dsn, taken.getsockname()[1]), workers):
                await when_ready(dsn, base_url)
                await asyncio.Event().wait()


async def serve_one(settings: Settings, dsn: str, *, when_ready: Ready) -> None:
    """Be one of several processes that serve the same port, until cancelled."""
    with socket.create_server(
        (settings.host, settings.port), family=_family(settings.host), backlog=BACKLOG, reuse_port=True
    ) as shared:
        await _serve_here(settings, dsn, shared, when_ready)


@contextmanager
def until_told() -> Iterator[Callable[[], None]]:
    """A block that SIGINT and SIGTERM end without an error, whatever it waits for; calling what it gives does the same.

    It is cancelled once. Told again, it goes on ending: the database in it is stopped in order.
    """
    loop, doing, is_told = asyncio.get_running_loop(), cast("asyncio.Task[None]", asyncio.current_task()), False

    def tell() -> None:
        nonlocal is_told
        if not is_told:
            is_told = True
            doing.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, tell)
    try:
        yield tell
    except asyncio.CancelledError:
        if not is_told:
            raise
        doing.uncancel()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def web_config(app: ASGIApp) -> uvicorn.Config:
    """How the web server is set up, in tests as in life."""
    return uvicorn.Config(
        cast("Any", app),
        http=AnsweringProtocol,
        ws=LiveProtocol,
        ws_per_message_deflate=False,
        ws_max_size=MOST_HEARD,
        loop="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        forwarded_allow_ips=os.environ.get("LEITAI_TRUSTED_PROXIES", "127.0.0.1"),
    )


class _Server(uvicorn.Server):
    """uvicorn, except that signals are not its own: ``until_told`` hears them, also before and after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _own_database(data: Path) -> AsyncIterator[str]:
    """Our own PostgreSQL, brought back whenever it dies, and noted for other commands while it runs."""
    embedded = await start_embedded(data)
    note = data / SERVER_FILE
    keeper = asyncio.create_task(_keep_running(embedded))
    try:
        await prepare(embedded.dsn)
        _leave(note, RunningServer(pid=os.getpid(), dsn=embedded.dsn))
        yield embedded.dsn
    finally:
        keeper.cancel()
        await asyncio.wait([keeper])  # however it ended: the database is still to be stopped
        with contextlib.suppress(OSError):
            note.unlink()
        await embedded.stop()


def _leave(note: Path, running: RunningServer) -> None:
    try:
        note.write_bytes(msgspec.json.encode(running))
        note.chmod(0o600)
    except OSError as refusal:
        raise DataFolderUnusable(folder=note.parent, why=reason(refusal)) from refusal


async def _keep_running(embedded: EmbeddedPostgres) -> None:
    while True:
        await embedded.wait()
        log.warning("the database has ended by itself; starting it again")
        try:
            await embedded.start()
        except PostgresUnavailable as problem:
            # Such as a full disk: once there is room, marks can be taken again.
            log.error("%s", problem)  # noqa: TRY400 - the sentence says it; a traceback would not
            await asyncio.sleep(AGAIN_SECONDS)


async def _serve_here(settings: Settings, dsn: str, listening: socket.socket, when_ready: Ready) -> None:
    """Answer in this process until cancelled, and then end in order."""
    _allow_many_files()
    server = _Server(web_config(create_app(settings, dsn)))
    ready = asyncio.create_task(_once_ready(server, when_ready))
    ready.add_done_callback(lambda _: _end_when_failed(server, ready))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await serving
        ready.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ready
    if not server.started:
        raise SystemExit(1)


def _allow_many_files() -> None:
    """Take as many open files as the system lets us: every viewer is one, and many systems give a thousand unless asked."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # where "no limit" is more than the kernel gives
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _once_ready(server: _Server, when_ready: Ready) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn tells by this flag alone
        await asyncio.sleep(0.02)
    gc.collect()
    gc.freeze()
    await when_ready()


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started, so that a taken one is told at once."""
    try:
        # Asked here as well: of a name that is none, `create_server` would tell no reason of its own.
        socket.getaddrinfo(host or None, port, _family(host), socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return socket.create_server((host, port), family=_family(host), backlog=BACKLOG)
    except (socket.gaierror, UnicodeError) as refusal:
        raise NoSuchHost(host=host) from refusal
    except OSError as refusal:
        if refusal.errno == errno.EADDRNOTAVAIL:
            raise NoSuchHost(host=host) from refusal
        raise CannotListen(host=host, port=port, why=reason(refusal)) from refusal


def _reserve(host: str, port: int) -> socket.socket:
    """Hold the port for several processes that will share it: nobody is answered here.

    Taken first as by one process alone, for another server's workers would let it be shared. The kernel spreads who comes over all
    who share the port only on Linux.
    """
    if sys.platform != "linux":
        raise CannotShare
    with _listen(host, port) as alone:
        address = alone.getsockname()
    held = socket.socket(_family(host), socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind(address)
    return held


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _end_when_failed(server: _Server, ready: asyncio.Task[None]) -> None:
    if not ready.cancelled() and ready.exception() is not None:
        server.should_exit = True


def _dsn_of_running(data: Path) -> str | None:
    try:
        return msgspec.json.decode((data / SERVER_FILE).read_bytes(), type=RunningServer).dsn
    except (OSError, msgspec.DecodeError):
        return None
