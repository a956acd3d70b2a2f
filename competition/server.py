"""Running the server: the database first, then migrations, then the web server; and everything down again in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, cast

import asyncpg
import msgspec
import uvicorn
from litestar.types import ASGIApp

from competition.app import create_app
from competition.plumbing.database import assert_roles, owner_connection, why_not_migrated
from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import (
    DataFolderInUse,
    DataFolderUnusable,
    EmbeddedPostgres,
    PostgresUnavailable,
    assert_durable,
    start_embedded,
)
from competition.plumbing.settings import Settings
from competition.plumbing.transport import LiveProtocol
from schemas.base import Message
from schemas.problems import N_, Problem

SERVER_FILE = "server.json"
GRACE_SECONDS = 5
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


async def serve(settings: Settings, *, when_ready: Hook, before: Hook | None = None) -> None:
    """Serve until told to stop; ``before`` runs on the migrated database before the first answer, ``when_ready`` after it."""
    listening = _listen(settings.host, settings.port)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(listening)
        if settings.database_url:
            dsn = settings.database_url
            await prepare(dsn)
        else:
            dsn = await stack.enter_async_context(_own_database(settings.data))
        server = _Server(web_config(create_app(settings, dsn)))
        base_url = settings.base_url or _address(listening)
        if before is not None:
            await before(dsn, base_url)
        ready = asyncio.create_task(_once_ready(server, dsn, base_url, when_ready))
        ready.add_done_callback(lambda _: _end_when_failed(server, ready))
        await server.serve(sockets=[listening])
        ready.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ready
    if not server.started:
        raise SystemExit(1)


def web_config(app: ASGIApp) -> uvicorn.Config:
    """How the web server is set up, in tests as in life."""
    return uvicorn.Config(
        cast("Any", app),
        http="httptools",
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
    """uvicorn, except that a signal ends it in order and is not raised again: the database is stopped after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


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
        with contextlib.suppress(OSError):
            note.unlink()
        await embedded.stop()


def _leave(note: Path, running: RunningServer) -> None:
    try:
        note.write_bytes(msgspec.json.encode(running))
        note.chmod(0o600)
    except OSError as refusal:
        raise DataFolderUnusable(folder=note.parent, why=refusal.strerror) from refusal


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


async def _once_ready(server: _Server, dsn: str, base_url: str, when_ready: Hook) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn tells by this flag alone
        await asyncio.sleep(0.02)
    gc.collect()
    gc.freeze()
    await when_ready(dsn, base_url)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Asked here as well: of a name that is none, `create_server` would tell no reason of its own.
        socket.getaddrinfo(host or None, port, family, socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return socket.create_server((host, port), family=family, backlog=4096)
    except socket.gaierror as refusal:
        raise CannotListen(host=host, port=port, why=refusal.strerror) from refusal
    except UnicodeError as refusal:
        raise CannotListen(host=host, port=port, why=os.strerror(errno.EINVAL)) from refusal
    except OSError as refusal:
        raise CannotListen(host=host, port=port, why=os.strerror(refusal.errno or 0)) from refusal


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
