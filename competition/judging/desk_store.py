"""The SQL of the desk's pages about judging: what the ledger holds about marks and sheets, read by people. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from competition.judging.rules import Sheet
from competition.judging.store import SEATED
from competition.plumbing.database import Connection
from schemas.marks import Drawing, Entry, Mark

_entry = msgspec.json.Decoder(Entry)
_mark = msgspec.json.Decoder(Mark)
_drawing = msgspec.json.Decoder(Drawing)


async def judges_of(connection: Connection, event_id: UUID) -> dict[UUID, str]:
    """Everybody who has a score sheet or a seat at an event, by name."""
    rows = await connection.fetch(
        f"""
        SELECT id, name
        FROM account
        WHERE id IN (SELECT judge_id FROM {SEATED} WHERE event_id = $1)
        ORDER BY name, id
        """,
        event_id,
    )
    return {row[0]: row[1] for row in rows}


async def people_with(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these accounts."""
    rows = await connection.fetch("SELECT id, name FROM account WHERE id = ANY($1)", list(set(ids)))
    return {row[0]: row[1] for row in rows}


async def tablet_names(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these tablets are called."""
    rows = await connection.fetch("SELECT id, name FROM device WHERE id = ANY($1)", list(set(ids)))
    return {row[0]: row[1] for row in rows}


async def flagged_marks(connection: Connection, event_id: UUID) -> tuple[tuple[int, int, Mark], ...]:
    """The marks that something was noticed about beside a wrong clock, the newest first, with their positions and revisions.

    Not those that their judges took back at once, or the chief judge left out.
    """
    rows = await connection.fetch(
        """
        SELECT position, revision, body
        FROM ledger
        WHERE event_id = $1
            AND kind = 'mark'
            AND body::jsonb -> 'flags' ?| ARRAY['conflict', 'late', 'quarantined', 'implausible']
            AND id NOT IN (
                SELECT (body::jsonb ->> 'mark')::uuid FROM ledger WHERE event_id = $1 AND kind = 'retraction'
            )
        ORDER BY position DESC
        """,
        event_id,
    )
    return tuple((row[0], row[1], _mark.decode(row[2])) for row in rows)


async def entries_about(connection: Connection, sheet: Sheet) -> tuple[tuple[int, Entry], ...]:
    """Everything the ledger holds about a score sheet, in order, with its position; the re-votes of its panel as well."""
    rows = await connection.fetch(
        """
        SELECT position, body
        FROM ledger
        WHERE entrant_id = $1
            AND (
                body::jsonb ->> 'sheet_id' = $2
                OR (kind = 'revote' AND body::jsonb ->> 'sub_criterion' = $3)
            )
        ORDER BY position
        """,
        sheet.entrant_id, str(sheet.id), sheet.sub_criterion,
    )  # fmt: skip
    return tuple((row[0], _entry.decode(row[1])) for row in rows)


async def drawings_with(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Drawing]:
    """The drawings of these sign-offs and signatures, where there are any."""
    rows = await connection.fetch("SELECT id, body FROM drawing WHERE id = ANY($1)", list(set(ids)))
    return {row[0]: _drawing.decode(row[1]) for row in rows}
