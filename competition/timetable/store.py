"""The SQL of the timetable: sessions, benches, draws and the places they gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.base import Message, canonical
from schemas.timetable import Draw, DrawnPlace, Session

_draw = msgspec.json.Decoder(Draw)


class StoredDraw(Message):
    """A draw as it was made, and whether its seed may be told: marking is open, or results are out."""

    id: UUID
    event_id: UUID
    draw: Draw
    drawn_at: datetime
    is_revealed: bool


class DrawnLine(Message):
    """A place with who has it; for the desk."""

    entrant_id: UUID
    session: int
    bench: int
    code: str
    number: int
    name: str
    delegation: str
    is_withdrawn: bool


class DrawLine(Message):
    """A draw of an event, as a list of them shows it."""

    id: UUID
    drawn_at: datetime
    commitment: str


async def lock_event(connection: Connection, event_id: UUID) -> int | None:
    """Hold the event against marks that come at the same time; returns how many ledger entries it has."""
    position: int | None = await connection.fetchval(
        "SELECT ledger_position FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id
    )
    return position


async def sessions_of(connection: Connection, event_id: UUID) -> tuple[Session, ...]:
    """An event's sessions in order."""
    rows = await connection.fetch(
        "SELECT id, number, starts_at, ends_at FROM session WHERE event_id = $1 ORDER BY number", event_id
    )
    return tuple(Session(**dict(row.items())) for row in rows)


async def benches_of(connection: Connection, event_id: UUID) -> dict[int, UUID]:
    """An event's benches by number."""
    rows = await connection.fetch("SELECT number, id FROM bench WHERE event_id = $1 ORDER BY number", event_id)
    return {row[0]: row[1] for row in rows}


async def replace_sessions(
    connection: Connection, event_id: UUID, times: Sequence[tuple[datetime, datetime]], benches: int
) -> None:
    """Lay the sessions and benches anew; places drawn on the old ones go with them."""
    await delete_places(connection, event_id)
    await connection.execute("DELETE FROM session WHERE event_id = $1", event_id)
    await connection.execute("DELETE FROM bench WHERE event_id = $1", event_id)
    await connection.executemany(
        "INSERT INTO session (id, event_id, number, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5)",
        [(new_id(), event_id, number, start, end) for number, (start, end) in enumerate(times, 1)],
    )
    await connection.executemany(
        "INSERT INTO bench (id, event_id, number) VALUES ($1, $2, $3)",
        [(new_id(), event_id, number) for number in range(1, benches + 1)],
    )


async def numbers_to_draw(connection: Connection, event_id: UUID) -> dict[int, UUID]:
    """The contestant numbers of all eligible entrants, and who they are."""
    rows = await connection.fetch(
        "SELECT number, id FROM entrant WHERE event_id = $1 AND status = 'eligible' ORDER BY number", event_id
    )
    return {row[0]: row[1] for row in rows}


async def insert_draw(
    connection: Connection, event_id: UUID, draw: Draw, *, drawn_by: UUID | None, now: datetime
) -> UUID:
    """Keep a draw whole."""
    draw_id = new_id()
    await connection.execute(
        "INSERT INTO draw (id, event_id, seed, method, body, drawn_by, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        draw_id, event_id, draw.seed, draw.method, canonical(draw).decode(), drawn_by, now,
    )  # fmt: skip
    return draw_id


async def delete_places(connection: Connection, event_id: UUID) -> None:
    """Forget the places of an earlier draw."""
    await connection.execute("DELETE FROM place_drawn WHERE event_id = $1", event_id)


async def insert_places(
    connection: Connection,
    event_id: UUID,
    places: Sequence[DrawnPlace],
    *,
    entrants: dict[int, UUID],
    sessions: dict[int, UUID],
    benches: dict[int, UUID],
) -> None:
    """Give every entrant the place that was drawn."""
    await connection.execute(
        """
        INSERT INTO place_drawn (event_id, entrant_id, session_id, bench_id, code)
        SELECT $1, new.*
        FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) AS new
        """,
        event_id,
        [entrants[place.number] for place in places],
        [sessions[place.session] for place in places],
        [benches[place.bench] for place in places],
        [place.code for place in places],
    )  # fmt: skip


async def places_of(connection: Connection, event_id: UUID) -> tuple[DrawnLine, ...]:
    """Every place that was drawn and still holds, by session and bench."""
    rows = await connection.fetch(
        """
        SELECT entrant.id AS entrant_id, session.number AS session, bench.number AS bench, place_drawn.code, entrant.number,
            entrant.name, delegation.name AS delegation,
            entrant.status = 'withdrawn' OR coalesce(standing.state = 'withdrawn', false) AS is_withdrawn
        FROM place_drawn
        JOIN session ON session.id = place_drawn.session_id
        JOIN bench ON bench.id = place_drawn.bench_id
        JOIN entrant ON entrant.id = place_drawn.entrant_id
        JOIN delegation ON delegation.id = entrant.delegation_id
        LEFT JOIN standing ON standing.entrant_id = entrant.id
        WHERE place_drawn.event_id = $1
        ORDER BY session.number, bench.number
        """,
        event_id,
    )
    return tuple(DrawnLine(**dict(row.items())) for row in rows)


async def has_places(connection: Connection, event_id: UUID) -> bool:
    """Whether the places of the last draw still hold."""
    return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM place_drawn WHERE event_id = $1)", event_id))


async def draws_of(connection: Connection, event_id: UUID) -> tuple[DrawLine, ...]:
    """Every draw of an event, the newest first."""
    rows = await connection.fetch(
        """
        SELECT id, drawn_at, body->>'commitment' AS commitment
        FROM draw
        WHERE event_id = $1
        ORDER BY drawn_at DESC, id DESC
        """,
        event_id,
    )
    return tuple(DrawLine(**dict(row.items())) for row in rows)


async def last_draw(connection: Connection, event_id: UUID) -> StoredDraw | None:
    """The draw that holds: the newest."""
    draw_id = await connection.fetchval(
        "SELECT id FROM draw WHERE event_id = $1 ORDER BY drawn_at DESC, id DESC LIMIT 1", event_id
    )
    return await draw_with(connection, draw_id) if draw_id else None


async def draw_with(connection: Connection, draw_id: UUID) -> StoredDraw | None:
    """The draw with this id."""
    row = await connection.fetchrow(
        """
        SELECT draw.id, draw.event_id, draw.body, draw.drawn_at,
            NOT event.is_blind OR EXISTS (
                SELECT FROM publication
                WHERE publication.event_id = event.id AND publication.status <> 'draft'
            ) AS is_revealed
        FROM draw
        JOIN event ON event.id = draw.event_id
        WHERE draw.id = $1
        """,
        draw_id,
    )
    if row is None:
        return None
    return StoredDraw(id=row[0], event_id=row[1], draw=_draw.decode(row[2]), drawn_at=row[3], is_revealed=row[4])
