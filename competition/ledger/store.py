"""The SQL of the ledger: its head, its entries, and the standings written with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from schemas.base import Message, canonical
from schemas.marks import Entry
from schemas.results import Standing
from schemas.scheme import Scheme

_entry = msgspec.json.Decoder(Entry)
_scheme = msgspec.json.Decoder(Scheme)


class Head(Message):
    """Where an event's ledger stands."""

    revision: int
    position: int
    digest: bytes


class Written(Message):
    """An entry as the ledger holds it: its position, the revision it made, and the entry itself."""

    position: int
    revision: int
    entry: Entry


async def lock_event(connection: Connection, event_id: UUID) -> Head | None:
    """Lock the event's row against every other writer and read its head; the first statement of any transaction that writes."""
    row = await connection.fetchrow(
        "SELECT revision, ledger_position, ledger_digest FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id
    )
    return Head(revision=row[0], position=row[1], digest=row[2]) if row else None


async def head_of(connection: Connection, event_id: UUID) -> Head | None:
    """Where an event's ledger stands, without a lock."""
    row = await connection.fetchrow(
        "SELECT revision, ledger_position, ledger_digest FROM event WHERE id = $1", event_id
    )
    return Head(revision=row[0], position=row[1], digest=row[2]) if row else None


async def scheme_of(connection: Connection, event_id: UUID) -> Scheme | None:
    """The event's marking scheme."""
    body = await connection.fetchval("SELECT body FROM scheme WHERE event_id = $1", event_id)
    return _scheme.decode(body) if body else None


async def scheme_digest_of(connection: Connection, event_id: UUID) -> str | None:
    """The digest of the event's marking scheme; it changes when the scheme is amended."""
    digest: str | None = await connection.fetchval("SELECT digest FROM scheme WHERE event_id = $1", event_id)
    return digest


async def lock_scheme(connection: Connection, event_id: UUID, now: datetime) -> None:
    """Lock the scheme for good: what is marked by a scheme cannot be marked by another."""
    await connection.execute(
        "UPDATE scheme SET locked_at = $2 WHERE event_id = $1 AND locked_at IS NULL", event_id, now
    )


async def competing_entrants(connection: Connection, event_id: UUID) -> dict[UUID, int]:
    """Everybody who is ranked, with the entrant number: who has a place in the draw, and did not withdraw."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number
        FROM entrant
        JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        WHERE entrant.event_id = $1
            AND entrant.status <> 'withdrawn'
        ORDER BY entrant.id
        """,
        event_id,
    )
    return {row[0]: row[1] for row in rows}


async def entries(connection: Connection, event_id: UUID, *, after: int = 0) -> tuple[Entry, ...]:
    """The ledger of an event after a position, in order; the whole of it after position 0."""
    rows = await connection.fetch(
        "SELECT body FROM ledger WHERE event_id = $1 AND position > $2 ORDER BY position", event_id, after
    )
    return tuple(_entry.decode(row[0]) for row in rows)


async def written_with(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Written]:
    """Those of the given ids that are in a ledger already."""
    rows = await connection.fetch("SELECT id, position, revision, body FROM ledger WHERE id = ANY($1)", list(ids))
    return {row[0]: Written(position=row[1], revision=row[2], entry=_entry.decode(row[3])) for row in rows}


async def standings_of(connection: Connection, event_id: UUID) -> dict[UUID, Standing]:
    """The stored standings of an event."""
    rows = await connection.fetch(
        """
        SELECT entrant_id, revision, rank, shared, state, total, stages, criteria, marked, expected
        FROM standing
        WHERE event_id = $1
        """,
        event_id,
    )
    return {row["entrant_id"]: msgspec.convert(_unpacked(row), Standing) for row in rows}


async def delete_standings(connection: Connection, event_id: UUID, entrants: Sequence[UUID]) -> None:
    """Take entrants out of the standings who are no longer ranked."""
    await connection.execute("DELETE FROM standing WHERE event_id = $1 AND entrant_id = ANY($2)", event_id, entrants)


async def write(
    connection: Connection,
    event_id: UUID,
    head: Head,
    written: Sequence[tuple[int, Entry, bytes]],
    standings: Sequence[Standing],
) -> None:
    """Append entries (position, entry, digest), write changed standings, move the head and tell the boards, in one statement."""
    await connection.execute(
        """
        WITH appended AS (
            INSERT INTO ledger (event_id, revision, position, id, kind, entrant_id, body, digest)
            SELECT $1, $2, new.*
            FROM unnest($5::bigint[], $6::uuid[], $7::text[], $8::uuid[], $9::text[], $10::bytea[]) AS new
        ), ranked AS (
            INSERT INTO standing (event_id, revision, entrant_id, rank, shared, state, total, stages, criteria, marked, expected)
            SELECT $1, $2, new.*
            FROM unnest($11::uuid[], $12::int[], $13::boolean[], $14::text[], $15::numeric[], $16::jsonb[], $17::jsonb[],
                $18::int[], $19::int[]) AS new
            ON CONFLICT (entrant_id) DO UPDATE SET
                revision = excluded.revision,
                rank = excluded.rank,
                shared = excluded.shared,
                state = excluded.state,
                total = excluded.total,
                stages = excluded.stages,
                criteria = excluded.criteria,
                marked = excluded.marked,
                expected = excluded.expected
        ), moved AS (
            UPDATE event
            SET revision = $2, ledger_position = $3, ledger_digest = $4
            WHERE id = $1
        )
        SELECT pg_notify('leitai_revision', $1::text)
        """,
        event_id, head.revision, head.position, head.digest,
        [position for position, _, _ in written],
        [entry.id for _, entry, _ in written],
        [entry.__struct_config__.tag for _, entry, _ in written],
        [entry.entrant_id for _, entry, _ in written],
        [canonical(entry).decode() for _, entry, _ in written],
        [digest for _, _, digest in written],
        [standing.entrant_id for standing in standings],
        [standing.rank for standing in standings],
        [standing.shared for standing in standings],
        [standing.state for standing in standings],
        [standing.total for standing in standings],
        [canonical(standing.stages).decode() for standing in standings],
        [canonical(standing.criteria).decode() for standing in standings],
        [standing.marked for standing in standings],
        [standing.expected for standing in standings],
    )  # fmt: skip


async def insert_checkpoint(connection: Connection, event_id: UUID, head: Head, *, reason: str, now: datetime) -> None:
    """Note the head of the ledger, as it is printed on whatever is made now; twice in one moment is one checkpoint."""
    await connection.execute(
        "INSERT INTO checkpoint (event_id, position, digest, reason, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        event_id, head.position, head.digest, reason, now,
    )  # fmt: skip


def _unpacked(row: Any) -> dict[str, Any]:
    values = dict(row.items())
    return values | {name: msgspec.json.decode(values[name]) for name in ("stages", "criteria")}
