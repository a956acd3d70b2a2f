"""The SQL of amendments: the proposal of an event, and the versions of its scheme that were in force."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from schemas.base import Message, canonical
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest

_scheme = msgspec.json.Decoder(Scheme)


class Proposal(Message):
    """A scheme that somebody wants to put in force, and since when."""

    scheme: Scheme
    digest: str
    by: str
    at: datetime


class Version(Message):
    """A version of a scheme that was or is in force: from which position of the ledger on, since when, by whom and why.

    The first one is the scheme by which marking began; it has neither author nor reason.
    """

    number: int
    digest: str
    position: int
    reason: str
    by: str
    at: datetime


async def proposal_of(connection: Connection, event_id: UUID) -> Proposal | None:
    """What is proposed for an event."""
    row = await connection.fetchrow(
        """
        SELECT scheme_proposal.body, scheme_proposal.digest, COALESCE(account.name, '') AS by, scheme_proposal.at
        FROM scheme_proposal
        LEFT JOIN account ON account.id = scheme_proposal.by
        WHERE scheme_proposal.event_id = $1
        """,
        event_id,
    )
    return Proposal(scheme=_scheme.decode(row[0]), digest=row[1], by=row[2], at=row[3]) if row else None


async def write_proposal(
    connection: Connection, event_id: UUID, scheme: Scheme, *, by: UUID | None, now: datetime
) -> None:
    """Keep a proposal, in place of the one before."""
    await connection.execute(
        """
        INSERT INTO scheme_proposal (event_id, body, digest, by, at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (event_id) DO UPDATE SET
            body = excluded.body,
            digest = excluded.digest,
            by = excluded.by,
            at = excluded.at
        """,
        event_id, canonical(scheme).decode(), scheme_digest(scheme), by, now,
    )  # fmt: skip


async def delete_proposal(connection: Connection, event_id: UUID) -> None:
    """Drop what is proposed for an event."""
    await connection.execute("DELETE FROM scheme_proposal WHERE event_id = $1", event_id)


async def versions_of(connection: Connection, event_id: UUID) -> tuple[Version, ...]:
    """The versions of an event's scheme, the first one first; none while it was never amended."""
    rows = await connection.fetch(
        """
        SELECT scheme_version.number, scheme_version.digest, scheme_version.position, scheme_version.reason,
            COALESCE(account.name, '') AS by, scheme_version.at
        FROM scheme_version
        LEFT JOIN account ON account.id = scheme_version.by
        WHERE scheme_version.event_id = $1
        ORDER BY scheme_version.number
        """,
        event_id,
    )
    return tuple(Version(**dict(row.items())) for row in rows)


async def keep_first_version(connection: Connection, event_id: UUID) -> None:
    """Keep the scheme in force as the first version, unless versions are kept already."""
    await connection.execute(
        """
        INSERT INTO scheme_version (event_id, number, body, digest, position, reason, by, at)
        SELECT event_id, 1, body, digest, 0, '', NULL, imported_at
        FROM scheme
        WHERE event_id = $1
            AND NOT EXISTS (SELECT FROM scheme_version WHERE event_id = $1)
        """,
        event_id,
    )


async def add_version(connection: Connection, event_id: UUID, *, reason: str, by: UUID | None, now: datetime) -> int:
    """Make what is proposed the next version, from the ledger's head on; returns its number."""
    number: int = await connection.fetchval(
        """
        INSERT INTO scheme_version (event_id, number, body, digest, position, reason, by, at)
        SELECT proposal.event_id, 1 + (SELECT max(number) FROM scheme_version WHERE event_id = $1),
            proposal.body, proposal.digest, event.ledger_position, $2, $3, $4
        FROM scheme_proposal AS proposal
        JOIN event ON event.id = proposal.event_id
        WHERE proposal.event_id = $1
        RETURNING number
        """,
        event_id, reason, by, now,
    )  # fmt: skip
    return number


async def put_in_force(connection: Connection, event_id: UUID, now: datetime) -> None:
    """Make the newest version the scheme of the event."""
    await connection.execute(
        """
        UPDATE scheme
        SET body = version.body, digest = version.digest, imported_at = $2
        FROM scheme_version AS version
        WHERE scheme.event_id = $1
            AND version.event_id = $1
            AND version.number = (SELECT max(number) FROM scheme_version WHERE event_id = $1)
        """,
        event_id,
        now,
    )
