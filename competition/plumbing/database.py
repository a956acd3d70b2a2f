"""The database: pools under the two roles that do the daily work, and the types that stores speak of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

DatabaseRole = Literal["leitai_app", "leitai_board"]

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


async def open_pool(dsn: str, role: DatabaseRole, *, most: int) -> Pool:
    """Open a pool whose connections run as ``role``: the role is a connection setting, so that RESET cannot shed it."""
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=most,
        command_timeout=30,
        reset=_leave_as_it_is,
        server_settings={"role": role, "application_name": f"leitai {role}", "timezone": "UTC"},
    )


async def _leave_as_it_is(_connection: Connection) -> None:
    """What a pool does on release beyond ending an open transaction: nothing, since no store changes its session.

    asyncpg's own RESET would be one more round trip to the database in every request.
    """
