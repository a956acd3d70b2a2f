"""Several server processes behind one port: started, minded, brought back when one dies, and ended together.

Each is ``python -m competition.worker``, with its number and the data folder for those who look for it. Its order comes on its
standard input, which stays open for as long as this process lives: when it ends, for whatever reason, the worker ends in order. On
its standard output it says once that it answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import msgspec

from competition.plumbing.settings import Settings
from schemas.base import Message
from schemas.problems import N_, Problem

READY = b"ready\n"
AGAIN_SECONDS = 1.0
"""How long to wait before a worker that died is replaced."""

END_SECONDS = 10.0
"""How long a worker may take to end in order before it is made to."""

log = logging.getLogger("leitai")


class WorkerFailed(Problem):
    """A worker ended before it answered for the first time."""

    status = 500
    sentence = N_(
        "A server process could not be started; the lines above say why. Mend that, or start with --workers 1."
    )


class Order(Message):
    """What a worker is to do: serve the database at ``dsn`` at this host and port, with these settings."""

    data: str
    database_url: str | None
    host: str
    port: int
    base_url: str | None
    secret: bytes
    dsn: str

    def settings(self) -> Settings:
        """The settings that the worker runs with."""
        return Settings(
            data=Path(self.data),
            database_url=self.database_url,
            host=self.host,
            port=self.port,
            base_url=self.base_url,
            secret=self.secret,
        )


def order_of(settings: Settings, dsn: str, port: int) -> Order:
    """The order for workers of a server with these settings; ``port`` is the one that was taken."""
    return Order(
        data=str(settings.data),
        database_url=settings.database_url,
        host=settings.host,
        port=port,
        base_url=settings.base_url,
        secret=settings.secret,
        dsn=dsn,
    )


@asynccontextmanager
async def working(order: Order, count: int) -> AsyncIterator[None]:
    """Keep ``count`` workers until the block is left, which is entered once all of them answer.

    Raises ``WorkerFailed`` when one of them never does.
    """
    answering = [asyncio.get_running_loop().create_future() for _ in range(count)]
    keepers = [asyncio.create_task(_keep(order, number, first)) for number, first in enumerate(answering, start=1)]
    try:
        await asyncio.gather(*answering)
        yield
    finally:
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, *answering, return_exceptions=True)


async def _keep(order: Order, number: int, first: asyncio.Future[None]) -> None:
    """Keep one worker; ``first`` is settled when it answers for the first time, or ends instead."""
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "competition.worker",
            str(number),
            order.data,
            stdin=PIPE,
            stdout=PIPE,
            start_new_session=True,
        )
        try:
            code = await _mind(process, order, first)
        finally:
            await _end(process)
        if not first.done():
            first.set_exception(WorkerFailed())
            return
        log.warning("server process %d ended by itself (%d); starting another", number, code)
        await asyncio.sleep(AGAIN_SECONDS)


async def _mind(process: Process, order: Order, first: asyncio.Future[None]) -> int:
    """Give a worker its order, and wait until it ends."""
    told, said = cast("asyncio.StreamWriter", process.stdin), cast("asyncio.StreamReader", process.stdout)
    with contextlib.suppress(ConnectionError):  # it may be gone already; its exit code says so
        told.write(msgspec.json.encode(order) + b"\n")
        await told.drain()
    if await said.readline() == READY and not first.done():
        first.set_result(None)
    return await process.wait()


async def _end(process: Process) -> None:
    """Let a worker end in order, or make it."""
    if process.returncode is not None:
        return
    cast("asyncio.StreamWriter", process.stdin).close()
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
