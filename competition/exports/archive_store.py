"""The SQL of the archive: which score sheets were signed, what the ledger holds about them, and how far signing has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import msgspec

from competition.judging.history import Placed
from competition.judging.rules import Sheet
from competition.judging.store import SHEET
from competition.plumbing.database import Connection
from schemas.base import Message
from schemas.marks import Entry

_entry = msgspec.json.Decoder(Entry)


class NamedEntrant(Message):
    """Who an entrant is, for those who may know."""

    number: int
    name: str
    delegation: str


class EntrantSheets(Message):
    """How far the score sheets of an entrant are: how many there are, how many are signed, and by whom else by hand."""

    code: str
    session: int
    sheets: int
    signed: int
    competitor: int
    chief_judge: int


async def signed_sheets(
    connection: Connection, event_id: UUID, *, session: int | None = None, code: str | None = None
) -> tuple[Sheet, ...]:
    """The score sheets of an event that were ever signed, also those that are open again: all, of a session, or of an entrant."""
    rows = await connection.fetch(
        f"""
        {SHEET}
        WHERE score_sheet.event_id = $1
            AND session.number IS NOT DISTINCT FROM coalesce($2, session.number)
            AND place_drawn.code IS NOT DISTINCT FROM coalesce($3, place_drawn.code)
            AND score_sheet.id::text IN (
                SELECT body::jsonb ->> 'sheet_id' FROM ledger WHERE event_id = $1 AND kind = 'seal'
            )
        """,
        event_id,
        session,
        code,
    )
    return tuple(Sheet(**dict(row.items())) for row in rows)


async def entries_of(connection: Connection, entrants: Collection[UUID]) -> dict[UUID, tuple[Placed, ...]]:
    """Everything that the ledger holds about each of these entrants, in order, with its position."""
    rows = await connection.fetch(
        "SELECT entrant_id, position, body FROM ledger WHERE entrant_id = ANY($1) ORDER BY position", list(entrants)
    )
    found: defaultdict[UUID, list[Placed]] = defaultdict(list)
    for entrant_id, position, body in rows:
        found[entrant_id].append((position, _entry.decode(body)))
    return {entrant_id: tuple(entries) for entrant_id, entries in found.items()}


async def entrants_named(connection: Connection, entrants: Collection[UUID]) -> dict[UUID, NamedEntrant]:
    """Who these entrants are."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number, entrant.name, delegation.name
        FROM entrant
        JOIN delegation ON delegation.id = entrant.delegation_id
        WHERE entrant.id = ANY($1)
        """,
        list(entrants),
    )
    return {row[0]: NamedEntrant(number=row[1], name=row[2], delegation=row[3]) for row in rows}


async def sheets_by_entrant(connection: Connection, event_id: UUID) -> tuple[EntrantSheets, ...]:
    """How far the sheets of everybody are who competes, by code; a sheet of a judge who lost the seat counts once it is signed."""
    rows = await connection.fetch(
        f"""
        SELECT sheet.code, sheet.session, count(*) AS sheets, count(sheet.seal) AS signed,
            count(*) FILTER (WHERE 'competitor' = ANY(signature.roles)) AS competitor,
            count(*) FILTER (WHERE 'chief_judge' = ANY(signature.roles)) AS chief_judge
        FROM ({SHEET} WHERE score_sheet.event_id = $1) AS sheet
        CROSS JOIN LATERAL (
            SELECT array_agg(ledger.body::jsonb ->> 'role') AS roles
            FROM ledger
            WHERE ledger.kind = 'signature'
                AND ledger.body::jsonb ->> 'sheet_id' = sheet.id::text
                AND ledger.body::jsonb ->> 'seal' = sheet.seal::text
        ) AS signature
        WHERE sheet.is_current
            OR sheet.seal IS NOT NULL
        GROUP BY sheet.code, sheet.session
        ORDER BY sheet.code, sheet.session
        """,
        event_id,
    )
    return tuple(EntrantSheets(**dict(row)) for row in rows)


async def sheet_with_digest(connection: Connection, event_id: UUID, start: str) -> UUID | None:
    """The score sheet of an event that was once signed with a digest beginning like this; None where none or more than one was."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT (body::jsonb ->> 'sheet_id')::uuid
        FROM ledger
        WHERE event_id = $1
            AND kind = 'seal'
            AND starts_with(body::jsonb ->> 'sheet_digest', $2)
        LIMIT 2
        """,
        event_id,
        start,
    )
    return rows[0][0] if len(rows) == 1 else None
