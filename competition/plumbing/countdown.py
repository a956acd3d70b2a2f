"""What a session's clock says at a moment. Pure, and the same in ``static/countdown.js``: one table of cases tests both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from schemas.boards import BoardSession

Phase = Literal["due", "late", "missed", "running", "last", "paused", "over"]
"""While nobody started the clock: ``due`` before its time, ``late`` in it, ``missed`` after it. ``last``: its last ten minutes."""

LAST_SECONDS = 10 * 60
LINGER = timedelta(minutes=15)
"""How long the end of a session is of interest, and how long before it begins the next one is."""

SECOND = timedelta(seconds=1)


def seconds_left(session: BoardSession, now: datetime, extra: int = 0) -> int:
    """Whole seconds that are left, ``extra`` among them; less than none once the time is up; all before the clock is started."""
    if session.started_at is None:
        return session.seconds + extra
    ran = ((session.paused_at or now) - session.started_at) // SECOND
    return session.seconds + extra - ran + session.stopped


def phase(session: BoardSession, now: datetime, extra: int = 0) -> Phase:
    """What this clock, or that of a bench with ``extra`` seconds, is doing."""
    left = seconds_left(session, now, extra)
    if session.started_at is None:
        return "due" if now < session.starts_at else "late" if now < session.ends_at else "missed"
    if session.paused_at is not None:
        return "paused"
    return "running" if left > LAST_SECONDS else "last" if left > 0 else "over"


def ends_at(session: BoardSession, now: datetime, extra: int = 0) -> datetime:
    """When the time is up if nothing stops the clock any more; the timetable's word before it is started."""
    if session.started_at is None:
        return session.ends_at + extra * SECOND
    return (
        session.started_at + (session.seconds + session.stopped + extra) * SECOND + (now - (session.paused_at or now))
    )


def of_the_hour(sessions: Sequence[BoardSession], now: datetime, extras: Mapping[int, int]) -> BoardSession | None:
    """The session a hall looks at: the one under way, else the one that has just ended, else the next; None without any.

    ``extras`` are the most seconds given back to a bench, by session: it is under way as long as anybody works.
    """
    begun = [session for session in sessions if session.started_at is not None]
    latest = max(begun, key=lambda session: (session.started_at, session.number)) if begun else None
    coming = next((session for session in sessions if session.started_at is None and now < session.ends_at), None)
    if latest is None or coming is None:
        return latest or coming or (sessions[-1] if sessions else None)
    left = seconds_left(latest, now, extras.get(latest.number, 0)) * SECOND
    is_passed = latest.paused_at is None and left <= timedelta()
    return coming if is_passed and (left <= -LINGER or coming.starts_at - now <= LINGER) else latest


def face(seconds: int) -> str:
    """Seconds as a clock shows them: 2:05:09, 59:03, 0:09; what is past the end with a plus before it."""
    hours, rest = divmod(abs(seconds), 3600)
    minutes = f"{hours}:{rest // 60:02d}" if hours else str(rest // 60)
    return f"{'+' if seconds < 0 else ''}{minutes}:{rest % 60:02d}"
