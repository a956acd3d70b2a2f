"""The configured database: who may run Leitai on it, and what is said where it cannot be used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from competition.plumbing.database import DatabaseUnusable, RolesNotGranted, open_pool
from competition.plumbing.migrations import migrate
from competition.server import prepare
from tests.conftest import database_in

USER = "organiser_of_a_school"


@pytest.fixture
async def admin(postgres: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A superuser's connection; afterwards the plain user and its databases are gone."""
    connection = await asyncpg.connect(postgres)
    await connection.execute(f"CREATE ROLE {USER} LOGIN")
    yield connection
    for name in ("plain", "one", "two"):
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"DROP OWNED BY {USER}; DROP ROLE {USER}")
    await connection.close()


async def test_plain_user_is_enough_once_the_roles_are_granted(
    postgres: str, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """A user without any privilege but its own database is told what to grant, and runs Leitai when that is done."""
    await admin.execute(f"CREATE DATABASE plain OWNER {USER}")
    dsn = database_in(postgres, "plain").replace("leitai@", f"{USER}@")
    with pytest.raises(RolesNotGranted, match=f"GRANT leitai_app, leitai_board TO {USER};\nThen start Leitai again.$"):
        await prepare(dsn)
    await admin.execute(f"GRANT leitai_app, leitai_board TO {USER}")
    await prepare(dsn)
    async with await open_pool(dsn, "leitai_app", most=1) as pool:
        assert await pool.fetchval("SELECT current_user || (SELECT count(*) FROM event)") == "leitai_app0"


async def test_two_servers_that_start_at_once_migrate_once(
    postgres: str, admin: asyncpg.Connection[asyncpg.Record]
) -> None:
    """Of two servers on a new database one migrates, the other waits; two databases of one cluster do not disturb each other."""
    for name in ("one", "two"):
        await admin.execute(f"CREATE DATABASE {name}")
    one, two = database_in(postgres, "one"), database_in(postgres, "two")
    ran = await asyncio.gather(migrate(one), migrate(one), migrate(two), migrate(two))
    every_file = (
        "0001_house.sql",
        "0002_amendments.sql",
        "0003_tablets.sql",
        "0004_boards.sql",
        "0005_withdrawal.sql",
        "0006_displays.sql",
        "0007_accounts.sql",
    )
    assert sorted(ran) == [(), (), every_file, every_file]


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://nobody@127.0.0.1:9/none",
        "postgresql://leitai@127.0.0.1:not-a-port/none",
        "no dsn at all",
    ],
)
async def test_unreachable_database_is_told_in_one_sentence(dsn: str) -> None:
    """A wrong address, port or form of DATABASE_URL is told with what to check, not as a traceback."""
    with pytest.raises(DatabaseUnusable, match="Check DATABASE_URL"):
        await prepare(dsn)


async def test_missing_database_is_named(postgres: str) -> None:
    """A database that does not exist is named."""
    with pytest.raises(DatabaseUnusable, match="nowhere"):
        await prepare(database_in(postgres, "nowhere"))
