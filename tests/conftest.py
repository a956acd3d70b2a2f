"""What tests stand on: one real PostgreSQL for the run, and for each test a fresh migrated database of its own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import settings

from competition.plumbing.database import Connection
from competition.plumbing.listening import APPLICATION
from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres
from competition.staging.keeper import KEEPER
from tests.site import Site, running_site

# A machine may be busy with other things: how long one example takes tells nothing about the rule.
settings.register_profile("leitai", deadline=None)
settings.load_profile("leitai")

TEMPLATE = "leitai_template"
BESIDE = (APPLICATION, f"leitai {KEEPER}")
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DSN of this run's PostgreSQL, with a migrated template database in it."""
    embedded = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"))
    asyncio.run(_start(embedded))
    yield embedded.dsn
    asyncio.run(embedded.stop())


@pytest.fixture
async def dsn(postgres: str) -> AsyncIterator[str]:
    """The DSN of a migrated database that only this test uses; whoever connects there owns it."""
    async with fresh_database(postgres) as dsn:
        yield dsn


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[Connection]:
    """A connection to this test's database with the rights of the application."""
    connection = await asyncpg.connect(dsn, server_settings={"role": "leitai_app", "timezone": "UTC"})
    yield connection
    await connection.close()


@pytest.fixture
async def site(dsn: str, tmp_path: Path) -> AsyncIterator[Site]:
    """The real server over this test's database, on a free port; see ``tests/site.py``."""
    async with running_site(dsn, tmp_path) as site:
        yield site


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that a handler sends to the database, in order, while the test runs."""
    sent: list[str] = []
    for verb in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
        monkeypatch.setattr(asyncpg.Connection, verb, _noting(getattr(asyncpg.Connection, verb), sent))
    return sent


@pytest.fixture(scope="session")
def cases() -> Path:
    """The folder of real inputs beside the repository; a test that needs it is skipped where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip("the folder of real inputs (../shared/cases) is not there")
    return folder


def _noting(send: Callable[..., Awaitable[Any]], sent: list[str]) -> Callable[..., Awaitable[Any]]:
    """``send`` that also notes its statement, but for pools, boards (a role of their own) and what works beside (by the clock)."""

    @wraps(send)
    async def noting(connection: Any, query: str, *args: Any, **options: Any) -> Any:
        settings, is_reset = connection._params.server_settings, "pg_advisory_unlock_all" in query
        is_request = settings.get("role") == "leitai_app" and settings.get("application_name") not in BESIDE
        if is_request and not is_reset:
            sent.append(query)
        return await send(connection, query, *args, **options)

    return noting


@asynccontextmanager
async def fresh_database(postgres: str) -> AsyncIterator[str]:
    """A migrated database until the block is left, by its DSN."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield database_in(postgres, name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


def database_in(dsn: str, name: str) -> str:
    """The DSN of another database of the same server."""
    return dsn.replace("@/leitai?", f"@/{name}?")


async def _start(embedded: EmbeddedPostgres) -> None:
    await embedded.start()
    admin = await asyncpg.connect(embedded.dsn)
    await admin.execute(f"CREATE DATABASE {TEMPLATE}")
    await admin.close()
    await migrate(database_in(embedded.dsn, TEMPLATE))
