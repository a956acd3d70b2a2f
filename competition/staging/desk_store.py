"""The SQL of the desk's page of boards: which addresses are taken, which list everybody sees, and what has come in behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from competition.plumbing.database import Connection
from schemas.base import Message, Text


class ListOut(Message):
    """The list that everybody sees: its number, and the revision that it was made at."""

    number: int
    revision: int
    published_at: datetime


class RevealLine(Message):
    """An event with how far its reveal is; ``mode`` is None while none is prepared."""

    event_id: UUID
    event: Text
    competition: Text
    mode: Literal["closed", "rehearsal", "live"] | None


async def addresses_taken(connection: Connection) -> frozenset[str]:
    """The addresses of all boards."""
    return frozenset(row[0] for row in await connection.fetch("SELECT id FROM board"))


async def list_out(connection: Connection, event_id: UUID) -> ListOut | None:
    """The newest list of an event that is no draft."""
    row = await connection.fetchrow(
        """
        SELECT number, revision, published_at
        FROM publication
        WHERE event_id = $1
            AND status <> 'draft'
        ORDER BY number DESC
        LIMIT 1
        """,
        event_id,
    )
    return ListOut(number=row[0], revision=row[1], published_at=row[2]) if row else None


async def came_since_list(connection: Connection, event_id: UUID, revision: int) -> int:
    """How many entries have come in after a list was made."""
    count = await connection.fetchval(
        "SELECT count(*) FROM ledger WHERE event_id = $1 AND revision > $2", event_id, revision
    )
    return int(count)


async def came_since_freeze(connection: Connection, event_id: UUID, freeze_id: UUID) -> int:
    """How many more readings there are now than the frozen standings count."""
    count = await connection.fetchval(
        """
        SELECT (SELECT coalesce(sum(marked), 0) FROM standing WHERE event_id = $1)
            - (SELECT coalesce(sum(marked), 0) FROM frozen_standing WHERE freeze_id = $2)
        """,
        event_id, freeze_id,
    )  # fmt: skip
    return int(count)


async def reveals(connection: Connection) -> tuple[RevealLine, ...]:
    """Every event with its reveal: those that are prepared first, the newest before the others."""
    rows = await connection.fetch(
        """
        SELECT event.id, event.name_zh, event.name_en, competition.name_zh, competition.name_en, reveal.mode
        FROM event
        JOIN competition ON competition.id = event.competition_id
        LEFT JOIN reveal ON reveal.event_id = event.id
        ORDER BY reveal.prepared_at DESC NULLS LAST, competition.starts_on DESC, event.created_at, event.id
        """
    )
    return tuple(
        RevealLine(
            event_id=row[0], event=Text(zh=row[1], en=row[2]), competition=Text(zh=row[3], en=row[4]), mode=row[5]
        )
        for row in rows
    )
