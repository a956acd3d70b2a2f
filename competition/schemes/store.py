"""The SQL of schemes: one for each event, replaceable until its first mark."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from schemas.base import Message, canonical
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest

_scheme = msgspec.json.Decoder(Scheme)


class StoredScheme(Message):
    """An event's scheme, its digest, and since when it is locked."""

    scheme: Scheme
    digest: str
    imported_at: datetime
    locked_at: datetime | None


async def scheme_of(connection: Connection, event_id: UUID) -> StoredScheme | None:
    """The scheme of an event."""
    row = await connection.fetchrow(
        "SELECT body, digest, imported_at, locked_at FROM scheme WHERE event_id = $1", event_id
    )
    return (
        StoredScheme(scheme=_scheme.decode(row[0]), digest=row[1], imported_at=row[2], locked_at=row[3])
        if row
        else None
    )


async def schemes_in_force(connection: Connection, event_id: UUID) -> dict[str, Scheme]:
    """Every scheme by which an event was marked, now or before an amendment, by its digest."""
    rows = await connection.fetch(
        """
        SELECT digest, body
        FROM scheme
        WHERE event_id = $1
        UNION ALL
        SELECT digest, body
        FROM scheme_version
        WHERE event_id = $1
        """,
        event_id,
    )
    return {row[0]: _scheme.decode(row[1]) for row in rows}


async def lock_scheme(connection: Connection, event_id: UUID) -> datetime | None:
    """Hold an event's scheme against a first mark that comes at the same time; returns since when it is locked."""
    await connection.execute("SELECT FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id)
    locked_at: datetime | None = await connection.fetchval("SELECT locked_at FROM scheme WHERE event_id = $1", event_id)
    return locked_at


async def write_scheme(connection: Connection, event_id: UUID, scheme: Scheme, now: datetime) -> None:
    """Give an event its scheme, or another one."""
    await connection.execute(
        """
        INSERT INTO scheme (event_id, body, digest, imported_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (event_id) DO UPDATE SET
            body = excluded.body,
            digest = excluded.digest,
            imported_at = excluded.imported_at
        """,
        event_id, canonical(scheme).decode(), scheme_digest(scheme), now,
    )  # fmt: skip
