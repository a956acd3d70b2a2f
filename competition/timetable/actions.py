"""What can be done with the timetable: laying sessions and benches, and drawing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from competition.access.store import insert_audit
from competition.ledger.actions import restate
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.plumbing.listening import tell_hall
from competition.timetable import rules, store
from schemas.problems import NotFound


async def lay_sessions(
    connection: Connection,
    event_id: UUID,
    times: Sequence[tuple[datetime, datetime]],
    *,
    benches: int,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Lay an event's sessions (start and end of each) and its benches; refused once marks are recorded."""
    async with connection.transaction():
        await _refuse_when_marked(connection, event_id)
        await store.replace_sessions(connection, event_id, times, benches)
        await insert_audit(
            connection,
            "lay_sessions",
            str(event_id),
            {"sessions": len(times), "benches": benches},
            actor_id=actor_id,
            now=now,
        )
        await tell_hall(connection, event_id, "sheets")


async def draw(
    connection: Connection, shelf: Shelf, event_id: UUID, *, seed: str = "", actor_id: UUID | None, now: datetime
) -> UUID:
    """Draw places for all eligible entrants; without a seed from the hall (dice, a lottery's number) one is made by chance."""
    async with connection.transaction():
        await _refuse_when_marked(connection, event_id)
        sessions, benches = await store.sessions_of(connection, event_id), await store.benches_of(connection, event_id)
        entrants = await store.numbers_to_draw(connection, event_id)
        drawn = rules.draw_places(
            seed.strip() or secrets.token_hex(16),
            entrants,
            sessions=len(sessions),
            benches=len(benches),
            nonce=secrets.token_hex(16),
        )
        draw_id = await store.insert_draw(connection, event_id, drawn, drawn_by=actor_id, now=now)
        await store.delete_places(connection, event_id)
        await store.insert_places(
            connection,
            event_id,
            drawn.places,
            entrants=entrants,
            sessions={session.number: session.id for session in sessions},
            benches=benches,
        )
        await insert_audit(
            connection,
            "draw",
            str(event_id),
            {"draw": str(draw_id), "commitment": drawn.commitment},
            actor_id=actor_id,
            now=now,
        )
        await restate(connection, shelf, event_id)
        await tell_hall(connection, event_id, "sheets")
    return draw_id


async def _refuse_when_marked(connection: Connection, event_id: UUID) -> None:
    position = await store.lock_event(connection, event_id)
    if position is None:
        raise NotFound
    if position:
        raise rules.AlreadyMarked
