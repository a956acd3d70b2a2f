"""The database: pools under the two roles that do the daily work, and the types that stores speak of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

import asyncpg

from competition.plumbing.reasons import reason
from schemas.problems import N_, Problem

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

CONNECT_SECONDS = 10

DatabaseRole = Literal["leitai_app", "leitai_board"]
DAILY_ROLES: tuple[DatabaseRole, ...] = ("leitai_app", "leitai_board")

UNREACHABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was told to end while idle, and used before it has
    ConnectionError,
    asyncio.TimeoutError,
    FileNotFoundError,
)
"""What asyncpg raises when the database is away for a moment: nothing is known to have failed, so the same may be tried again."""


OLDEST_VERSION = 15


class DatabaseUnusable(Problem):
    """The configured database cannot be reached, or does not let us in."""

    status = 503
    sentence = N_("The database could not be used: {why}. Check DATABASE_URL, and that PostgreSQL is running.")


class DatabaseTooOld(Problem):
    """A PostgreSQL older than those Leitai is tried on."""

    status = 503
    sentence = N_(
        "This is PostgreSQL {version}; Leitai needs {oldest} or later. Upgrade it, or let Leitai run its own."
    )


class RolesNotGranted(Problem):
    """The database user may neither make nor use the two roles that do the daily work."""

    status = 503
    sentence = N_(
        "The database user {user} cannot use the roles leitai_app and leitai_board. Let an administrator run once:\n"
        "CREATE ROLE leitai_app NOLOGIN; CREATE ROLE leitai_board NOLOGIN; GRANT leitai_app, leitai_board TO {user};\n"
        "Then start Leitai again."
    )


@asynccontextmanager
async def owner_connection(dsn: str) -> AsyncIterator[Connection]:
    """A connection as the configured user, for what only the owner may do; says plainly why there is none."""
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as refusal:
        raise DatabaseUnusable(why=reason(refusal)) from refusal
    try:
        version = connection.get_server_version()
        if version.major < OLDEST_VERSION:
            raise DatabaseTooOld(version=version.major, oldest=OLDEST_VERSION)
        yield connection
    finally:
        await connection.close()


async def why_not_migrated(dsn: str, refusal: asyncpg.InsufficientPrivilegeError) -> Problem:
    """What keeps this user from migrating: the roles are not there and may not be made, or something else."""
    async with owner_connection(dsn) as owner:
        roles = await owner.fetchval("SELECT count(*) FROM pg_roles WHERE rolname IN ('leitai_app', 'leitai_board')")
        user = await owner.fetchval("SELECT current_user")
    return DatabaseUnusable(why=str(refusal)) if roles == len(DAILY_ROLES) else RolesNotGranted(user=user)


async def assert_roles(dsn: str) -> None:
    """Make sure that the pools will open: the configured user can work under both roles."""
    for role in DAILY_ROLES:
        try:
            connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, server_settings={"role": role})
        except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError) as refusal:
            async with owner_connection(dsn) as owner:
                raise RolesNotGranted(user=await owner.fetchval("SELECT current_user")) from refusal
        await connection.close()


async def open_pool(dsn: str, role: DatabaseRole, *, most: int, name: str = "", **settings: str) -> Pool:
    """Open a pool whose connections run as ``role``: the role is a connection setting, so that RESET cannot shed it.

    ``name`` is what the database calls them, where they are not those that answer requests; ``settings`` are more of PostgreSQL's.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=most,
        command_timeout=30,
        reset=_leave_as_it_is,
        server_settings={"role": role, "application_name": f"leitai {name or role}", "timezone": "UTC", **settings},
    )


async def _leave_as_it_is(_connection: Connection) -> None:
    """What a pool does on release beyond ending an open transaction: nothing, since no store changes its session.

    asyncpg's own RESET would be one more round trip to the database in every request.
    """
