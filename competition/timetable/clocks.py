"""What can be done to the clock of a session: start, pause, go on, reset, and give time back to a bench or to everybody.

Each is one transaction, written down with who did it, and told to the boards.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from competition.access.store import insert_audit
from competition.ledger.store import announce
from competition.plumbing.database import Connection
from competition.timetable import clock_rules as rules
from competition.timetable import clock_store, store
from schemas.boards import BoardSession
from schemas.problems import NotFound


async def start_clock(
    connection: Connection, event_id: UUID, session: int, *, ago: int = 0, actor_id: UUID | None, now: datetime
) -> None:
    """Start a session's clock, at the present moment or as many minutes ago as it was forgotten."""
    async with _clock(connection, event_id, session, "start_clock", {"ago": ago}, actor_id, now) as (session_id, clock):
        await clock_store.put_clock(connection, session_id, rules.started(clock, now, ago=ago))


async def pause_clock(
    connection: Connection, event_id: UUID, session: int, *, actor_id: UUID | None, now: datetime
) -> None:
    """Stop a session's clock for everybody: what stands still is nobody's loss."""
    async with _clock(connection, event_id, session, "pause_clock", {}, actor_id, now) as (session_id, clock):
        benches = (await clock_store.bench_times_of(connection, event_id)).get(session, ())
        most = max((bench.extra for bench in benches), default=0)
        await clock_store.put_clock(connection, session_id, rules.paused(clock, now, most_extra=most))


async def resume_clock(
    connection: Connection, event_id: UUID, session: int, *, actor_id: UUID | None, now: datetime
) -> None:
    """Let a session's clock go on."""
    async with _clock(connection, event_id, session, "resume_clock", {}, actor_id, now) as (session_id, clock):
        await clock_store.put_clock(connection, session_id, rules.resumed(clock, now))


async def reset_clock(
    connection: Connection, event_id: UUID, session: int, *, reason: str, actor_id: UUID | None, now: datetime
) -> None:
    """Forget that a session's clock was started; what benches were given back stays theirs."""
    detail = {"reason": rules.reason_in(reason)}
    async with _clock(connection, event_id, session, "reset_clock", detail, actor_id, now) as (session_id, clock):
        if clock.started_at is None:
            raise rules.ClockNotStarted(session=session)
        await clock_store.delete_clock(connection, session_id)


async def lengthen_session(
    connection: Connection,
    event_id: UUID,
    session: int,
    seconds: int,
    reason: str,
    *,
    seen: int,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Give everybody in a session time back; ``seen`` is how long its clock had stood still when that was decided."""
    detail = {"seconds": seconds, "reason": rules.reason_in(reason)}
    async with _clock(connection, event_id, session, "lengthen_session", detail, actor_id, now) as (session_id, clock):
        await clock_store.put_clock(connection, session_id, rules.lengthened(clock, seconds, seen=seen))


async def give_time_back(
    connection: Connection,
    event_id: UUID,
    session: int,
    bench: int,
    seconds: int,
    reason: str,
    *,
    id: UUID,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Give one bench time back for a fault that was not theirs; the same ``id`` twice gives it once."""
    async with connection.transaction():
        session_id, _ = await _locked(connection, event_id, session)
        if await clock_store.has_time_back(connection, id):
            return
        benches = (await clock_store.bench_times_of(connection, event_id)).get(session, ())
        place = next((place for place in benches if place.bench == bench), None)
        if place is None:
            raise NotFound
        rules.given_in_all(place.extra, seconds)
        reason = rules.reason_in(reason)
        await clock_store.insert_time_back(
            connection, id, session_id, place.id, seconds, reason, given_by=actor_id, now=now
        )
        detail = {"session": session, "bench": bench, "seconds": seconds, "reason": reason}
        await insert_audit(connection, "give_time_back", str(event_id), detail, actor_id=actor_id, now=now)
        await announce(connection, event_id)


@asynccontextmanager
async def _clock(
    connection: Connection,
    event_id: UUID,
    session: int,
    verb: str,
    detail: dict[str, Any],
    actor_id: UUID | None,
    now: datetime,
) -> AsyncIterator[tuple[UUID, BoardSession]]:
    """A session and its clock within a transaction that writes down what was done to it, and tells the boards."""
    async with connection.transaction():
        yield await _locked(connection, event_id, session)
        await insert_audit(connection, verb, str(event_id), {"session": session, **detail}, actor_id=actor_id, now=now)
        await announce(connection, event_id)


async def _locked(connection: Connection, event_id: UUID, session: int) -> tuple[UUID, BoardSession]:
    await store.lock_event(connection, event_id)
    clocks = await clock_store.clocks_of(connection, event_id)
    found = next(((session_id, clock) for session_id, clock in clocks.items() if clock.number == session), None)
    if found is None:
        raise NotFound
    return found
