"""The SQL of the hall's messages: who said what to whom, and who may say anything at an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from competition.judging.store import SEATED
from competition.plumbing.database import Connection
from schemas.base import Message
from schemas.tablet import HallMessage

MOST_SHOWN = 50

MESSAGE = """
    SELECT message.id, message.event_id, message.kind, account.name AS sender, message.words, message.sheet_id,
        CASE WHEN score_sheet.id IS NOT NULL THEN coalesce(place_drawn.code, '?') END AS code, message.aspect, message.answers, message.said_at, message.sender_id, message.to_id
    FROM message
    JOIN account ON account.id = message.sender_id
    LEFT JOIN score_sheet ON score_sheet.id = message.sheet_id
    LEFT JOIN place_drawn ON place_drawn.entrant_id = score_sheet.entrant_id
"""


class StoredMessage(Message):
    """A message with the accounts that said and are told it; a notice without ``to_id`` is for all judges of the event."""

    message: HallMessage
    sender_id: UUID
    to_id: UUID | None


async def message_with(connection: Connection, message_id: UUID) -> StoredMessage | None:
    """The message with this id."""
    row = await connection.fetchrow(f"{MESSAGE} WHERE message.id = $1", message_id)
    return _stored(row) if row else None


async def readers_of(connection: Connection, stored: StoredMessage) -> frozenset[UUID]:
    """The judges whose tablets show a message: whose problem it is, whom it is to, or all of the event."""
    if stored.message.kind == "problem":
        return frozenset({stored.sender_id})
    if stored.to_id is not None:
        return frozenset({stored.to_id})
    rows = await connection.fetch(f"SELECT judge_id FROM {SEATED} WHERE event_id = $1", stored.message.event_id)
    return frozenset(row[0] for row in rows)


async def messages_for(connection: Connection, judge_id: UUID) -> tuple[HallMessage, ...]:
    """A judge's own problems, the answers to them, and the notices to the judge or to all at the judge's events.

    The newest ``MOST_SHOWN``, in the order they were said.
    """
    rows = await connection.fetch(
        f"""
        {MESSAGE}
        WHERE (message.kind = 'problem' AND message.sender_id = $1)
            OR message.to_id = $1
            OR (
                message.kind = 'notice'
                AND message.to_id IS NULL
                AND message.event_id IN (SELECT event_id FROM {SEATED} WHERE judge_id = $1)
            )
        ORDER BY message.said_at DESC, message.id DESC
        LIMIT $2
        """,
        judge_id,
        MOST_SHOWN,
    )
    return tuple(_stored(row).message for row in reversed(rows))


async def messages_of_event(connection: Connection, event_id: UUID) -> tuple[StoredMessage, ...]:
    """Everything that was said at an event, in order."""
    rows = await connection.fetch(
        f"{MESSAGE} WHERE message.event_id = $1 ORDER BY message.said_at, message.id", event_id
    )
    return tuple(_stored(row) for row in rows)


async def insert_message(connection: Connection, stored: StoredMessage, *, device_id: UUID | None) -> bool:
    """Keep a message; False when there is one with this id already, which stays as it is."""
    said = stored.message
    done: str = await connection.execute(
        """
        INSERT INTO message (id, event_id, kind, sender_id, device_id, to_id, sheet_id, aspect, answers, words, said_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT DO NOTHING
        """,
        said.id, said.event_id, said.kind, stored.sender_id, device_id, stored.to_id, said.sheet_id, said.aspect,
        said.answers, said.words, said.said_at,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def count_since(connection: Connection, sender_id: UUID, device_id: UUID | None, since: datetime) -> int:
    """How many messages somebody sent from one tablet, or without one, after a moment."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM message WHERE sender_id = $1 AND device_id IS NOT DISTINCT FROM $2 AND said_at > $3",
            sender_id, device_id, since,
        )
    )  # fmt: skip


async def is_event(connection: Connection, event_id: UUID) -> bool:
    """Whether there is such an event."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM event WHERE id = $1)", event_id))


async def is_judge_at(connection: Connection, event_id: UUID, judge_id: UUID) -> bool:
    """Whether somebody judges, or judged, at an event."""
    return bool(
        await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM {SEATED} WHERE event_id = $1 AND judge_id = $2)",
            event_id, judge_id,
        )
    )  # fmt: skip


def _stored(row: Any) -> StoredMessage:
    values = dict(row.items())
    sender_id, to_id = values.pop("sender_id"), values.pop("to_id")
    return StoredMessage(message=HallMessage(**values), sender_id=sender_id, to_id=to_id)
