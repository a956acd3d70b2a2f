"""What may be done to a session's clock, pure: starting, stopping and going on, and time that is given back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import msgspec

from competition.plumbing.countdown import face, seconds_left
from schemas.boards import BoardSession
from schemas.problems import N_, Problem

MOST_AGO = 24 * 60
"""Minutes: how long ago a session may have begun that is only started now."""

MOST_BACK = 24 * 3600
_written = re.compile(r"(-|−)?(?:(\d{1,2}):(?=[0-5]\d:))?(\d{1,4})(?::([0-5]\d))?", re.ASCII)


class ClockRuns(Problem):
    """A clock that is to be started, and was."""

    status = 409
    sentence = N_("The clock of session {session} is running already. If it was started by mistake, reset it first.")


class ClockNotStarted(Problem):
    """A clock that is to be paused, or given time, before it was started."""

    status = 409
    sentence = N_("The clock of session {session} has not been started. Start it first.")


class ClockPaused(Problem):
    """A clock that is to be paused, and was."""

    status = 409
    sentence = N_("The clock of session {session} stands still already. Let it go on when the work goes on.")


class ClockNotPaused(Problem):
    """A clock that is to go on, and does."""

    status = 409
    sentence = N_("The clock of session {session} is running. There is nothing to do.")


class ClockChanged(Problem):
    """Time for a whole session, given on the grounds of a page that is out of date; or the same form, sent twice."""

    status = 409
    sentence = N_("The clock of session {session} was changed meanwhile. Look at it again before you give more time.")


class TimeUp(Problem):
    """A clock that is to be paused after its end."""

    status = 409
    sentence = N_("The time of session {session} is up. Give time back if somebody may go on.")


class TimeBackUnclear(Problem):
    """Minutes that cannot be read, or are none."""

    sentence = N_("“{time}” cannot be given back. Write minutes, such as 5, or minutes and seconds, such as 4:30.")


class TooMuchTaken(Problem):
    """A correction that would take more than was given."""

    sentence = N_("Only {given} was given, so no more can be taken back.")


class TimeBackNeedsReason(Problem):
    """Time given back without saying why."""

    sentence = N_("Time that is given back needs a reason, such as “power cut at the bench”; write it.")


class BeganTooLongAgo(Problem):
    """A start that lies further back than a day, or ahead."""

    sentence = N_("A session can have begun up to {most} minutes ago. Check the minutes.")


def started(session: BoardSession, now: datetime, *, ago: int = 0) -> BoardSession:
    """The clock running, since so many minutes ago."""
    if session.started_at is not None:
        raise ClockRuns(session=session.number)
    if not 0 <= ago <= MOST_AGO:
        raise BeganTooLongAgo(most=MOST_AGO)
    return msgspec.structs.replace(session, started_at=now - timedelta(minutes=ago))


def paused(session: BoardSession, now: datetime, *, most_extra: int) -> BoardSession:
    """The clock standing still from now on, if anybody still has time: ``most_extra`` is the most that a bench was given back."""
    if session.started_at is None:
        raise ClockNotStarted(session=session.number)
    if session.paused_at is not None:
        raise ClockPaused(session=session.number)
    if seconds_left(session, now, max(most_extra, 0)) <= 0:
        raise TimeUp(session=session.number)
    return msgspec.structs.replace(session, paused_at=now)


def resumed(session: BoardSession, now: datetime) -> BoardSession:
    """The clock going on with what was left: whole seconds that it stood still are counted, the rest of one moves its start."""
    if session.started_at is None:
        raise ClockNotStarted(session=session.number)
    if session.paused_at is None:
        raise ClockNotPaused(session=session.number)
    stood, rest = divmod(now - session.paused_at, timedelta(seconds=1))
    return msgspec.structs.replace(
        session, started_at=session.started_at + rest, paused_at=None, stopped=session.stopped + stood
    )


def lengthened(session: BoardSession, seconds: int, *, seen: int) -> BoardSession:
    """The clock with more time for everybody, or less of what it had more; ``seen`` is how long it stood still when looked at."""
    if session.started_at is None:
        raise ClockNotStarted(session=session.number)
    if session.stopped != seen:
        raise ClockChanged(session=session.number)
    return msgspec.structs.replace(session, stopped=given_in_all(session.stopped, seconds))


def given_in_all(before: int, seconds: int) -> int:
    """What a bench or a session was given in all, after these seconds too; no more is taken back than was given."""
    if before + seconds < 0:
        raise TooMuchTaken(given=face(before))
    return before + seconds


def seconds_in(written: str) -> int:
    """Seconds of a time written as minutes, m:ss or h:mm:ss; less than none where a minus says that it is taken back."""
    found = _written.fullmatch(written.strip())
    if found is None:
        raise TimeBackUnclear(time=written)
    minus, hours, minutes, seconds = found.groups()
    size = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds or 0)
    if not 0 < size <= MOST_BACK:
        raise TimeBackUnclear(time=written)
    return -size if minus else size


def reason_in(written: str) -> str:
    """The reason that somebody wrote."""
    reason = written.strip()
    if not reason:
        raise TimeBackNeedsReason
    return reason
