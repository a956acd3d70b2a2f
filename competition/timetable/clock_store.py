"""The SQL of the sessions' clocks, and of the time that benches are given back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from competition.plumbing.database import Connection
from schemas.base import Message
from schemas.boards import BoardSession


class TimeBackLine(Message):
    """Time that a bench was given back, or that was taken from what it was given; for the desk."""

    session: int
    bench: int
    code: str
    seconds: int
    reason: str
    by: str
    at: datetime


class BenchTime(Message):
    """A bench of a session somebody works at, and the seconds it was given back in all."""

    id: UUID
    bench: int
    code: str
    extra: int


async def clocks_of(connection: Connection, event_id: UUID) -> dict[UUID, BoardSession]:
    """The clocks of an event's sessions in order, by the session's id."""
    rows = await connection.fetch(
        """
        SELECT session.id, number, starts_at, ends_at, extract(epoch FROM ends_at - starts_at)::int AS seconds, started_at, paused_at,
            coalesce(stopped, 0) AS stopped
        FROM session
        LEFT JOIN session_clock ON session_clock.session_id = session.id
        WHERE event_id = $1
        ORDER BY number
        """,
        event_id,
    )
    return {row["id"]: BoardSession(**{name: row[name] for name in BoardSession.__struct_fields__}) for row in rows}


async def put_clock(connection: Connection, session_id: UUID, session: BoardSession) -> None:
    """Write the clock of a session as it is now run."""
    await connection.execute(
        """
        INSERT INTO session_clock (session_id, started_at, paused_at, stopped)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (session_id) DO UPDATE SET
            started_at = excluded.started_at,
            paused_at = excluded.paused_at,
            stopped = excluded.stopped
        """,
        session_id, session.started_at, session.paused_at, session.stopped,
    )  # fmt: skip


async def delete_clock(connection: Connection, session_id: UUID) -> None:
    """Forget that a session was started."""
    await connection.execute("DELETE FROM session_clock WHERE session_id = $1", session_id)


async def bench_times_of(connection: Connection, event_id: UUID) -> Mapping[int, tuple[BenchTime, ...]]:
    """Who works at which bench of each session, and what they were given back."""
    rows = await connection.fetch(
        """
        SELECT session.number AS session, bench.id, bench.number AS bench, place_drawn.code, coalesce(sum(time_back.seconds), 0)::int AS extra
        FROM place_drawn
        JOIN session ON session.id = place_drawn.session_id
        JOIN bench ON bench.id = place_drawn.bench_id
        LEFT JOIN time_back ON time_back.session_id = session.id AND time_back.bench_id = bench.id
        WHERE place_drawn.event_id = $1
        GROUP BY session.number, bench.id, bench.number, place_drawn.code
        ORDER BY session.number, bench.number
        """,
        event_id,
    )
    found: dict[int, tuple[BenchTime, ...]] = {}
    for row in rows:
        line = BenchTime(id=row["id"], bench=row["bench"], code=row["code"], extra=row["extra"])
        found[row["session"]] = (*found.get(row["session"], ()), line)
    return found


async def insert_time_back(
    connection: Connection,
    time_back_id: UUID,
    session_id: UUID,
    bench_id: UUID,
    seconds: int,
    reason: str,
    *,
    given_by: UUID | None,
    now: datetime,
) -> None:
    """Give a bench time back."""
    await connection.execute(
        """
        INSERT INTO time_back (id, session_id, bench_id, seconds, reason, given_by, given_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        time_back_id, session_id, bench_id, seconds, reason, given_by, now,
    )  # fmt: skip


async def has_time_back(connection: Connection, time_back_id: UUID) -> bool:
    """Whether this very form was taken before."""
    return bool(
        await connection.fetchval("SELECT EXISTS (SELECT FROM time_back WHERE id = $1)", time_back_id),
    )


async def times_back_of(connection: Connection, event_id: UUID) -> tuple[TimeBackLine, ...]:
    """All time that was given back at an event, the latest first."""
    rows = await connection.fetch(
        """
        SELECT session.number AS session, bench.number AS bench, coalesce(place_drawn.code, '') AS code, seconds, reason,
            coalesce(account.name, '') AS by, given_at AS at
        FROM time_back
        JOIN session ON session.id = time_back.session_id
        JOIN bench ON bench.id = time_back.bench_id
        LEFT JOIN place_drawn ON place_drawn.session_id = session.id AND place_drawn.bench_id = bench.id
        LEFT JOIN account ON account.id = given_by
        WHERE session.event_id = $1
        ORDER BY given_at DESC, time_back.id DESC
        """,
        event_id,
    )
    return tuple(TimeBackLine(**dict(row.items())) for row in rows)
