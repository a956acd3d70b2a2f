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
    """Where an event's ledger stands, and whether a freeze of its boards is due that nobody has taken yet."""

    revision: int
    position: int
    digest: bytes
    is_freeze_due: bool = False


class Written(Message):
    """An entry as the ledger holds it: its position, the revision it made, and the entry itself."""

    position: int
    revision: int
    entry: Entry


async def lock_event(connection: Connection, event_id: UUID) -> Head | None:
    """Lock the event's row against every other writer and read its head; the first statement of any transaction that writes.

    A freeze is due by the database's clock, which all servers share: whatever begins after that finds it due.
    """
    row = await connection.fetchrow(
        """
        SELECT revision, ledger_position, ledger_digest, coalesce(freeze_due_at <= clock_timestamp(), false)
        FROM event
        WHERE id = $1
        FOR NO KEY UPDATE
        """,
        event_id,
    )
    return Head(revision=row[0], position=row[1], digest=row[2], is_freeze_due=row[3]) if row else None


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


async def scheme_with(connection: Connection, event_id: UUID, digest: str) -> Scheme | None:
    """The scheme of an event with this digest, in force or before an amendment."""
    body = await connection.fetchval(
        """
        SELECT body FROM scheme WHERE event_id = $1 AND digest = $2
        UNION ALL
        SELECT body FROM scheme_version WHERE event_id = $1 AND digest = $2
        LIMIT 1
        """,
        event_id,
        digest,
    )
    return _scheme.decode(body) if body else None


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


async def entries(
    connection: Connection, event_id: UUID, *, after: int = 0, to: int | None = None
) -> tuple[Entry, ...]:
    """The ledger of an event after a position, in order; the whole of it after position 0, or only ``to`` a position."""
    rows = await connection.fetch(
        """
        SELECT body
        FROM ledger
        WHERE event_id = $1
            AND position > $2
            AND position <= coalesce($3, position)
        ORDER BY position
        """,
        event_id,
        after,
        to,
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
    *,
    is_shown: bool | None = None,
) -> None:
    """Append entries (position, entry, digest), write changed standings, move the head and tell the boards, in one statement.

    ``is_shown``: whether everybody may see what changed; None for what only goes on show while nothing is hidden.
    """
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
            SET revision = $2, ledger_position = $3, ledger_digest = $4,
                shown = shown + coalesce($20, NOT is_hidden)::int
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
        [standing.expected for standing in standings], is_shown,
    )  # fmt: skip


async def announce(connection: Connection, event_id: UUID, *, is_shown: bool = True) -> None:
    """Make a new revision of an event because something beside its standings is another, and tell the boards.

    ``is_shown``: whether everybody may see what is another; else no public number may tell that anything is.
    """
    await connection.execute(
        """
        WITH moved AS (
            UPDATE event
            SET revision = revision + 1, shown = shown + $2::boolean::int
            WHERE id = $1
        )
        SELECT pg_notify('leitai_revision', $1::text)
        """,
        event_id,
        is_shown,
    )


async def take_freeze(connection: Connection, event_id: UUID) -> Head:
    """Take the event's freeze, under its lock: keep the standings and what they come to, hide what follows; the new head."""
    row = await connection.fetchrow(
        """
        WITH taken AS (
            UPDATE board_freeze
            SET taken_at = due_at, revision = event.revision, position = event.ledger_position, scheme_digest = scheme.digest,
                prospect = prospect.body, prospect_shown = coalesce(prospect.shown, 0)
            FROM event
            LEFT JOIN scheme ON scheme.event_id = event.id
            LEFT JOIN prospect ON prospect.event_id = event.id
            WHERE event.id = $1
                AND board_freeze.event_id = event.id
                AND board_freeze.taken_at IS NULL
                AND board_freeze.lifted_at IS NULL
            RETURNING board_freeze.id
        ), kept AS (
            INSERT INTO frozen_standing (freeze_id, entrant_id, event_id, revision, rank, shared, state, total, stages, criteria,
                marked, expected)
            SELECT taken.id, entrant_id, event_id, revision, rank, shared, state, total, stages, criteria, marked, expected
            FROM taken, standing
            WHERE event_id = $1
        )
        UPDATE event
        SET revision = revision + 1, shown = shown + 1, is_hidden = true, freeze_due_at = NULL
        WHERE id = $1
        RETURNING revision, ledger_position, ledger_digest, pg_notify('leitai_revision', $1::text)
        """,
        event_id,
    )
    assert row is not None  # noqa: S101 - its lock is held
    return Head(revision=row[0], position=row[1], digest=row[2])


async def settle_hidden(connection: Connection, event_id: UUID) -> None:
    """State anew, under the event's lock, whether what is marked is hidden: by a freeze that holds, or by a published list."""
    await connection.execute(
        """
        UPDATE event
        SET is_hidden = EXISTS (
                SELECT FROM board_freeze WHERE event_id = $1 AND taken_at IS NOT NULL AND lifted_at IS NULL
            ) OR EXISTS (
                SELECT FROM publication WHERE event_id = $1 AND status <> 'draft'
            )
        WHERE id = $1
        """,
        event_id,
    )


async def insert_checkpoint(connection: Connection, event_id: UUID, head: Head, *, reason: str, now: datetime) -> None:
    """Note the head of the ledger, as it is printed on whatever is made now; twice in one moment is one checkpoint."""
    await connection.execute(
        "INSERT INTO checkpoint (event_id, position, digest, reason, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        event_id, head.position, head.digest, reason, now,
    )  # fmt: skip


def _unpacked(row: Any) -> dict[str, Any]:
    values = dict(row.items())
    return values | {name: msgspec.json.decode(values[name]) for name in ("stages", "criteria")}
