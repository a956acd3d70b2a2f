"""What the tests of the boards stand on: a contest in the database, and the boards behind a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
import uvicorn

from competition.plumbing.database import Connection
from competition.plumbing.transport import AnsweringProtocol, LiveProtocol
from competition.plumbing.web import Edge
from scoreboards.app import create_scoreboards
from tests.scoreboards.house import House


@pytest.fixture
async def house(dsn: str) -> AsyncIterator[House]:
    """The contest of this test, written by the database's owner."""
    connection = await asyncpg.connect(dsn)
    yield House(connection)
    await connection.close()


@pytest.fixture
async def board(dsn: str) -> AsyncIterator[Connection]:
    """A connection with the rights of the boards."""
    connection = await asyncpg.connect(dsn, server_settings={"role": "leitai_board", "timezone": "UTC"})
    yield connection
    await connection.close()


@pytest.fixture
async def address(dsn: str) -> AsyncIterator[str]:
    """The boards of this test's database behind a real server: its host and port."""
    async with serving(dsn) as address:
        yield address


@asynccontextmanager
async def serving(dsn: str, *, base_url: str | None = None, patience: float = 5.0) -> AsyncIterator[str]:
    """Serve the boards of a database in this loop; gives host and port."""
    app = create_scoreboards(dsn, base_url=base_url, patience=patience)
    server = uvicorn.Server(
        uvicorn.Config(
            Edge(app), port=0, http=AnsweringProtocol, ws=LiveProtocol, ws_per_message_deflate=False, loop="none", lifespan="on", log_config=None,
            timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells by this flag alone
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        await running
