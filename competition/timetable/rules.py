"""Sessions and the draw, pure: the same seed and list give the same places on anybody's machine.

Method ``leitai-draw-1``: for each contestant number take the SHA-256 of ``seed:number`` (UTF-8, the number in decimal), order
the numbers by these digests, and hand out the places in order: session 1 bench 1, session 1 bench 2, … session 2 bench 1, …
Sessions are filled evenly; when the numbers do not divide, the first sessions take one entrant more.

The commitment is the SHA-256 of ``nonce:seed``. The nonce, made by chance, hides even a seed of three dice until both are told;
the places depend on the seed alone, so that nobody can bend the draw by choosing a nonce.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.base import Message
from schemas.problems import N_, Problem
from schemas.timetable import DRAW_METHOD, Draw, DrawnPlace, Session

MOST_SESSIONS = 26
"""As many as there are letters to begin a code with."""
MOST_BENCHES = 200
MOST_MINUTES = 24 * 60

YEARS = range(2000, 2200)
"""The years in which sessions are held."""

UNTOLD = "…"
"""What stands for seed and nonce in a recipe until they may be told."""


class NotEnoughPlaces(Problem):
    """More entrants than benches in all sessions."""

    status = 409
    sentence = N_(
        "There are {entrants} entrants but only {places} places ({sessions} sessions of {benches} benches). Add sessions or benches."
    )


class NothingToDraw(Problem):
    """No eligible entrant."""

    status = 409
    sentence = N_("There is nobody to draw yet. Import the roster and confirm eligibility first.")


class AlreadyMarked(Problem):
    """A draw that would move entrants whose marks are recorded under their codes."""

    status = 409
    sentence = N_("Marks have been recorded under the codes of the last draw, so it cannot be drawn again.")


class BadTimes(Problem):
    """Sessions that no day has room for."""

    sentence = N_(
        "The sessions cannot be laid like this: {sessions} sessions of {minutes} minutes, {pause} minutes apart, {benches} benches. "
        "Give each at least one minute, one bench and one session a day; there is room for {most_sessions} sessions and {most_benches} benches."
    )


class DayTooShort(Problem):
    """The sessions of a day do not end on that day."""

    sentence = N_(
        "The sessions of a day would end after midnight. Start earlier, shorten them, or hold fewer than {per_day} on a day."
    )


class YearUnlikely(Problem):
    """A day in a year that nobody plans for."""

    sentence = N_("{day} cannot be the day of a session. Check the year.")


class TimeUnclear(Problem):
    """A time of day that cannot be read."""

    sentence = N_("“{time}” is not a time of day. Write it as 08:30.")


class Plan(Message):
    """How sessions are laid: ``per_day`` on a day, ``pause`` minutes apart, each day from ``time`` on by the venue's clock."""

    day: date
    time: time
    sessions: int
    per_day: int
    minutes: int
    pause: int
    benches: int


def session_times(plan: Plan, zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """Start and end of every session in UTC; each day begins at the same time on the venue's clock."""
    fits = (
        1 <= plan.sessions <= MOST_SESSIONS
        and 1 <= plan.benches <= MOST_BENCHES
        and 1 <= plan.minutes <= MOST_MINUTES
        and 0 <= plan.pause <= MOST_MINUTES
        and plan.per_day >= 1
    )
    if not fits:
        raise BadTimes(
            sessions=plan.sessions, minutes=plan.minutes, pause=plan.pause, benches=plan.benches,
            most_sessions=MOST_SESSIONS, most_benches=MOST_BENCHES,
        )  # fmt: skip
    if plan.day.year not in YEARS:
        raise YearUnlikely(day=plan.day.isoformat())
    on_a_day = min(plan.per_day, plan.sessions)
    busy = on_a_day * plan.minutes + (on_a_day - 1) * plan.pause
    if plan.time.hour * 60 + plan.time.minute + busy > MOST_MINUTES:
        raise DayTooShort(per_day=on_a_day)
    return tuple(_session(plan, number, ZoneInfo(zone)) for number in range(plan.sessions))


def plan_of(sessions: Sequence[Session], benches: int, zone: str) -> Plan | None:
    """The plan that laid these sessions, as far as they tell; None when there are none."""
    if not sessions:
        return None
    starts = [session.starts_at.astimezone(ZoneInfo(zone)) for session in sessions]
    per_day = sum(start.date() == starts[0].date() for start in starts)
    pause = sessions[1].starts_at - sessions[0].ends_at if per_day > 1 else timedelta()
    return Plan(
        day=starts[0].date(),
        time=starts[0].time(),
        sessions=len(sessions),
        per_day=per_day,
        minutes=_minutes(sessions[0].ends_at - sessions[0].starts_at),
        pause=_minutes(pause),
        benches=benches,
    )


def time_in(written: str) -> time:
    """The time of day that somebody wrote; raises ``TimeUnclear``."""
    try:
        return time.fromisoformat(written.strip())
    except ValueError:
        raise TimeUnclear(time=written) from None


def draw_places(seed: str, numbers: Iterable[int], *, sessions: int, benches: int, nonce: str) -> Draw:
    """Draw a session, a bench and a code for each contestant number; ``nonce`` hides the seed and changes no place."""
    listed = tuple(sorted(numbers))
    if not listed:
        raise NothingToDraw
    if len(listed) > sessions * benches:
        raise NotEnoughPlaces(entrants=len(listed), places=sessions * benches, sessions=sessions, benches=benches)
    shuffled = sorted(listed, key=lambda number: ticket(seed, number))
    places = (
        DrawnPlace(number=number, session=session, bench=bench, code=code_of(session, bench))
        for number, (session, bench) in zip(shuffled, _places_in_order(len(listed), sessions), strict=True)
    )
    return Draw(
        method=DRAW_METHOD,
        seed=seed,
        nonce=nonce,
        commitment=hashlib.sha256(f"{nonce}:{seed}".encode()).hexdigest(),
        numbers=listed,
        sessions=sessions,
        benches=benches,
        places=tuple(places),
    )


def ticket(seed: str, number: int) -> str:
    """What decides an entrant's turn: the lowest digest comes first."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def recipe(numbers: Sequence[int], sessions: int, seed: str | None, nonce: str | None) -> str:
    """Commands for any POSIX shell: one prints the commitment, one every number with its code in the order of the draw."""
    listed, count = " ".join(map(str, numbers)), len(numbers)
    tickets = f"""for n in {listed}; do printf '%s:%s' "$seed" "$n" | sha256sum | sed "s/ .*/ $n/"; done"""
    codes = (
        f"awk -v count={count} -v sessions={sessions} 'BEGIN {{ s = 1 }} "
        "++b > int(count / sessions) + (s <= count % sessions) { s++; b = 1 } "
        """{ printf "%d %c%02d\\n", $2, 64 + s, b }'"""
    )
    return f"""nonce={shlex.quote(UNTOLD if nonce is None else nonce)}
seed={shlex.quote(UNTOLD if seed is None else seed)}
printf '%s:%s' "$nonce" "$seed" | sha256sum
{tickets} | LC_ALL=C sort | {codes}"""


def code_of(session: int, bench: int) -> str:
    """The code that judges and boards know an entrant by, such as ``A07``: the session's letter and the bench."""
    letters = ""
    while session > 0:
        session, place = divmod(session - 1, 26)
        letters = chr(ord("A") + place) + letters
    return f"{letters}{bench:02d}"


def _places_in_order(count: int, sessions: int) -> Iterable[tuple[int, int]]:
    """Session and bench of every place that is filled."""
    for session in range(1, sessions + 1):
        size = count // sessions + (1 if session <= count % sessions else 0)
        for bench in range(1, size + 1):
            yield session, bench


def _session(plan: Plan, number: int, zone: ZoneInfo) -> tuple[datetime, datetime]:
    day, place = divmod(number, plan.per_day)
    first = datetime.combine(plan.day + timedelta(days=day), plan.time, zone).astimezone(UTC)
    start = first + place * timedelta(minutes=plan.minutes + plan.pause)
    return start, start + timedelta(minutes=plan.minutes)


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)
