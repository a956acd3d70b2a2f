"""The SQL of exports: what is exported, and everything that `leitai verify` compares."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import msgspec

from competition.exports.checkpoint import Checkpoint
from competition.exports.reader import LedgerRow
from competition.exports.sheet import Heading
from competition.plumbing.database import Connection
from competition.schemes import store as schemes
from schemas.base import Message, Text
from schemas.marks import Entry
from schemas.package import Package, PackageEntrant
from schemas.results import Publication

_entry = msgspec.json.Decoder(Entry)
_publication = msgspec.json.Decoder(Publication)

ROWS_AT_ONCE = 500
"""How many entries of a ledger are held in memory while it is read through."""


class StoredPublication(Message):
    """A publication as it is stored, nothing believed."""

    event_id: UUID
    number: int
    status: str
    revision: int
    body: str
    digest: str
    published_at: datetime


class Entrant(Message):
    """Who is registered, as findings name them."""

    id: UUID
    number: int
    code: str
    is_withdrawn: bool


class StoredSheet(Message):
    """A score sheet as its record states it: whose it is, and the sign-off in force with the digest that was signed."""

    id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    seal: UUID | None
    sheet_digest: str | None


async def heading_of(connection: Connection, event_id: UUID) -> Heading | None:
    """The heading of an event's sheets."""
    row = await connection.fetchrow(
        """
        SELECT competition.name_zh, competition.name_en, event.name_zh, event.name_en,
            competition.place, competition.time_zone
        FROM event
        JOIN competition ON competition.id = event.competition_id
        WHERE event.id = $1
        """,
        event_id,
    )
    if row is None:
        return None
    return Heading(
        competition=Text(zh=row[0], en=row[1]), event=Text(zh=row[2], en=row[3]), place=row[4], time_zone=row[5]
    )


async def publication_of(connection: Connection, event_id: UUID, number: int | None = None) -> Publication | None:
    """A publication by its number, or the newest."""
    body = await connection.fetchval(
        """
        SELECT body
        FROM publication
        WHERE event_id = $1 AND number = COALESCE($2, number)
        ORDER BY number DESC
        LIMIT 1
        """,
        event_id,
        number,
    )
    return None if body is None else _publication.decode(body)


async def package_of(connection: Connection, event_id: UUID, number: int | None = None) -> Package | None:
    """The package of a publication (the newest without a ``number``): its scheme, and the ledger as far as it was published.

    Entrants are named as in the publication, so that a name corrected later does not change what was published.
    """
    heading = await heading_of(connection, event_id)
    publication = await publication_of(connection, event_id, number)
    if heading is None or publication is None:
        return None
    scheme = (await schemes.schemes_in_force(connection, event_id)).get(publication.scheme_digest)
    if scheme is None:
        return None
    ids = {entrant.number: entrant.id for entrant in await entrants_of(connection, event_id)}
    return Package(
        format="leitai-package-1",
        competition=heading.competition,
        event=heading.event,
        scheme=scheme,
        entrants=tuple(
            PackageEntrant(
                id=ids[row.number], code=row.code, number=row.number, name=row.name, delegation=row.delegation
            )
            for row in publication.rows
            if row.number in ids
        ),
        ledger=await ledger_up_to(connection, event_id, publication.ledger_position),
        publication=publication,
    )


async def entrants_of(connection: Connection, event_id: UUID) -> tuple[Entrant, ...]:
    """Everybody who is registered for an event, with their code once there is one."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number, COALESCE(place_drawn.code, '') AS code,
            entrant.status = 'withdrawn' AS is_withdrawn
        FROM entrant
        LEFT JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        WHERE entrant.event_id = $1
        ORDER BY entrant.number
        """,
        event_id,
    )
    return tuple(Entrant(**dict(row)) for row in rows)


async def people_of(connection: Connection, event_id: UUID) -> dict[UUID, str]:
    """Everybody who has a score sheet of an event or signed one, by name."""
    rows = await connection.fetch(
        """
        SELECT id, name
        FROM account
        WHERE id IN (
            SELECT judge_id FROM score_sheet WHERE event_id = $1
            UNION
            SELECT (body::jsonb ->> 'by')::uuid FROM ledger WHERE event_id = $1 AND kind = 'signature'
        )
        """,
        event_id,
    )
    return {row[0]: row[1] for row in rows}


async def sheets_of(connection: Connection, event_id: UUID) -> tuple[StoredSheet, ...]:
    """The records of all score sheets of an event, in the order of their ids."""
    rows = await connection.fetch(
        """
        SELECT id, entrant_id, sub_criterion, judge_id, seal_id AS seal,
            CASE WHEN seal_id IS NOT NULL THEN sheet_digest END AS sheet_digest
        FROM score_sheet
        WHERE event_id = $1
        ORDER BY id
        """,
        event_id,
    )
    return tuple(StoredSheet(**dict(row)) for row in rows)


async def ledger_up_to(connection: Connection, event_id: UUID, position: int) -> tuple[Entry, ...]:
    """The ledger's entries up to and including ``position``, in order."""
    rows = await connection.fetch(
        """
        SELECT body
        FROM ledger
        WHERE event_id = $1 AND position <= $2
        ORDER BY position
        """,
        event_id,
        position,
    )
    return tuple(_entry.decode(row[0]) for row in rows)


async def ledger_of(connection: Connection, event_id: UUID) -> AsyncIterator[LedgerRow]:
    """The whole ledger in order, a part of it in memory at a time; needs a transaction."""
    statement = """
        SELECT position, id, kind, entrant_id, revision, body, digest
        FROM ledger
        WHERE event_id = $1
        ORDER BY position
        """
    async for row in connection.cursor(statement, event_id, prefetch=ROWS_AT_ONCE):
        yield LedgerRow(**dict(row))


async def checkpoints_of(connection: Connection, event_id: UUID) -> tuple[Checkpoint, ...]:
    """Every checkpoint of an event that was written down, in order."""
    rows = await connection.fetch(
        """
        SELECT position, encode(digest, 'hex') AS digest, reason, at
        FROM checkpoint
        WHERE event_id = $1
        ORDER BY position, at
        """,
        event_id,
    )
    return tuple(Checkpoint(**dict(row)) for row in rows)


async def publications_of(connection: Connection, event_id: UUID) -> tuple[StoredPublication, ...]:
    """Every publication of an event, in order."""
    rows = await connection.fetch(
        """
        SELECT event_id, number, status, revision, body, digest, published_at
        FROM publication
        WHERE event_id = $1
        ORDER BY number
        """,
        event_id,
    )
    return tuple(StoredPublication(**dict(row)) for row in rows)
