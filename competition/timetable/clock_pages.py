"""The forms of the timetable's page that run the clocks of the sessions."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.web_done import done
from competition.timetable import clock_rules as rules
from competition.timetable import clocks
from competition.timetable.pages import timetable_answer
from schemas.access import Person
from schemas.base import Command
from schemas.problems import N_, Problem

AnyRequest = Request[Person, Any, Any]


class StartForm(Command):
    """What the button that starts a clock sends: how many minutes ago the session began."""

    ago: int = 0
    csrf: str = msgspec.field(default="", name="_csrf_token")


class ResetForm(Command):
    """What the form that resets a clock sends."""

    reason: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class TimeBackForm(Command):
    """What the form that gives time back sends: bench 0 is everybody; ``id`` makes it count once, ``seen`` is the clock's stop."""

    id: UUID
    seen: int
    bench: int
    time: str = ""
    reason: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


@post("/desk/events/{event_id:uuid}/sessions/{session:int}/clock/start", may="run_clock")
async def start_clock(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    session: FromPath[int],
    data: URLEncodedBody[StartForm],
) -> Redirect | Template:
    """Start the clock of a session."""
    start = clocks.start_clock(connection, event_id, session, ago=data.ago, actor_id=request.user.id, now=clock.now())
    return await _done(request, connection, event_id, session, start, N_("The clock of session {session} runs."))


@post("/desk/events/{event_id:uuid}/sessions/{session:int}/clock/pause", may="run_clock")
async def pause_clock(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    session: FromPath[int],
) -> Redirect | Template:
    """Stop the clock of a session for everybody."""
    pause = clocks.pause_clock(connection, event_id, session, actor_id=request.user.id, now=clock.now())
    return await _done(request, connection, event_id, session, pause, N_("The clock of session {session} is stopped."))


@post("/desk/events/{event_id:uuid}/sessions/{session:int}/clock/resume", may="run_clock")
async def resume_clock(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    session: FromPath[int],
) -> Redirect | Template:
    """Let the clock of a session go on."""
    resume = clocks.resume_clock(connection, event_id, session, actor_id=request.user.id, now=clock.now())
    return await _done(request, connection, event_id, session, resume, N_("The clock of session {session} runs on."))


@post("/desk/events/{event_id:uuid}/sessions/{session:int}/clock/reset", may="run_clock")
async def reset_clock(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    session: FromPath[int],
    data: URLEncodedBody[ResetForm],
) -> Redirect | Template:
    """Take back that the clock of a session was started."""
    reset = clocks.reset_clock(
        connection, event_id, session, reason=data.reason, actor_id=request.user.id, now=clock.now()
    )
    return await _done(
        request, connection, event_id, session, reset, N_("The clock of session {session} is not started any more.")
    )


@post("/desk/events/{event_id:uuid}/sessions/{session:int}/time-back", may="run_clock")
async def give_time_back(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    session: FromPath[int],
    data: URLEncodedBody[TimeBackForm],
) -> Redirect | Template:
    """Give one bench time back, or everybody in the session."""
    given = _given(request, connection, event_id, session, data)
    said = N_("Bench {bench} has its time back.") if data.bench else N_("Session {session} has its time back.")
    return await _done(request, connection, event_id, session, given, said, bench=data.bench)


HANDLERS = (start_clock, pause_clock, resume_clock, reset_clock, give_time_back)


async def _given(request: AnyRequest, connection: Connection, event_id: UUID, session: int, data: TimeBackForm) -> None:
    seconds, actor_id, now = rules.seconds_in(data.time), request.user.id, clock.now()
    if data.bench:
        await clocks.give_time_back(
            connection, event_id, session, data.bench, seconds, data.reason, id=data.id, actor_id=actor_id, now=now
        )
    else:
        await clocks.lengthen_session(
            connection, event_id, session, seconds, data.reason, seen=data.seen, actor_id=actor_id, now=now
        )


async def _done(
    request: AnyRequest,
    connection: Connection,
    event_id: UUID,
    session: int,
    action: Awaitable[None],
    sentence: str,
    **facts: int,
) -> Redirect | Template:
    """Back to the session's clock, with what was done or with what kept it from being done."""
    try:
        await action
    except Problem as problem:
        return await timetable_answer(request, connection, event_id, problem=problem)
    back = f"/desk/events/{event_id}/timetable#clock-{session}"
    return done(request, back, sentence, session=session, **facts)
