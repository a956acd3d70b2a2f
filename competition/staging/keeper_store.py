"""The SQL of the keeper: which freezes are due, whose prospect lags behind, and what it writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from competition.results.prospect import encoded
from schemas.base import Message
from schemas.staging import Prospect

KEEPING = 0x1E17A4
"""The advisory lock of whoever works a prospect out; its second key is made of the event's id."""

_prospect = msgspec.json.Decoder(Prospect)


class UnfinishedFreeze(Message):
    """A freeze that holds, and that kept what standings had come to some time before it was taken."""

    id: UUID
    revision: int
    position: int
    scheme_digest: str


async def freezes_due(connection: Connection) -> dict[UUID, datetime]:
    """When the freezes that are not taken yet are due, by event."""
    rows = await connection.fetch("SELECT id, freeze_due_at FROM event WHERE freeze_due_at IS NOT NULL")
    return {row[0]: row[1] for row in rows}


async def lagging(connection: Connection, events: Iterable[UUID] | None = None) -> tuple[UUID, ...]:
    """Those events, of the given ones or of all, with a board and a scheme whose prospect is older than they are."""
    rows = await connection.fetch(
        """
        SELECT event.id
        FROM event
        LEFT JOIN prospect ON prospect.event_id = event.id
        WHERE ($1::uuid[] IS NULL OR event.id = ANY($1))
            AND event.revision > coalesce(prospect.revision, -1)
            AND EXISTS (SELECT FROM board WHERE board.event_id = event.id)
            AND EXISTS (SELECT FROM scheme WHERE scheme.event_id = event.id)
        ORDER BY event.id
        """,
        None if events is None else list(events),
    )
    return tuple(row[0] for row in rows)


async def try_to_keep(connection: Connection, event_id: UUID) -> bool:
    """Become the one who works out an event's prospect until the transaction ends; False when somebody else is."""
    is_mine: bool = await connection.fetchval(
        "SELECT pg_try_advisory_xact_lock($1, hashtext($2))", KEEPING, str(event_id)
    )
    return is_mine


async def prospect_kept(connection: Connection, event_id: UUID) -> Prospect | None:
    """The prospect as it was last written."""
    body = await connection.fetchval("SELECT body FROM prospect WHERE event_id = $1", event_id)
    return _prospect.decode(body) if body else None


async def put_prospect(connection: Connection, event_id: UUID, prospect: Prospect, *, is_new: bool) -> None:
    """Write a prospect; when it ``is_new``, saying something else than the one before, boards are told."""
    # No freeze and no publication can come between what is read here and the commit.
    is_hidden = await connection.fetchval("SELECT is_hidden FROM event WHERE id = $1 FOR SHARE", event_id)
    await connection.execute(
        """
        WITH written AS (
            INSERT INTO prospect (event_id, revision, number, shown, body)
            VALUES ($1, $2, 1, $4, $5)
            ON CONFLICT (event_id) DO UPDATE SET
                revision = excluded.revision,
                number = prospect.number + $3,
                shown = prospect.shown + $4,
                body = excluded.body
        )
        SELECT pg_notify('leitai_revision', $1::text)
        WHERE $3 > 0
        """,
        event_id, prospect.revision, int(is_new), int(is_new and not is_hidden), encoded(prospect),
    )  # fmt: skip


async def unfinished_freeze(connection: Connection, event_id: UUID) -> UnfinishedFreeze | None:
    """The freeze that holds for an event, if what it kept is older than its standings."""
    row = await connection.fetchrow(
        """
        SELECT id, revision, position, coalesce(scheme_digest, '') AS scheme_digest
        FROM board_freeze
        WHERE event_id = $1
            AND taken_at IS NOT NULL
            AND lifted_at IS NULL
            AND coalesce((prospect::jsonb ->> 'revision')::bigint, -1) < revision
        """,
        event_id,
    )
    return UnfinishedFreeze(**dict(row.items())) if row else None


async def finish_freeze(connection: Connection, event_id: UUID, freeze_id: UUID, prospect: Prospect) -> None:
    """Write what the standings had come to when a freeze was taken, and tell the boards."""
    await connection.execute(
        """
        WITH finished AS (
            UPDATE board_freeze
            SET prospect = $3, prospect_shown = prospect_shown + 1
            WHERE id = $2
        ), moved AS (
            UPDATE prospect
            SET number = number + 1, shown = shown + 1
            WHERE event_id = $1
        )
        SELECT pg_notify('leitai_revision', $1::text)
        """,
        event_id, freeze_id, encoded(prospect),
    )  # fmt: skip
