"""The desk's page about sessions, benches and the draw; and the public page by which anybody can run a draw again."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import ANYONE, may
from competition.ledger.actions import restate
from competition.plumbing import clock
from competition.plumbing.countdown import Phase, phase, seconds_left
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import address_of, event_on
from competition.registration.store import EventHead
from competition.timetable import actions, clock_store, rules, store
from competition.timetable.clock_store import BenchTime, TimeBackLine
from schemas.access import Person
from schemas.base import Command, Message
from schemas.boards import BoardSession
from schemas.problems import N_, NotFound, Problem
from schemas.timetable import PublicDraw, Session

AnyRequest = Request[Person, Any, Any]


class SessionLine(Message):
    """A session with the places drawn in it."""

    session: Session
    places: tuple[store.DrawnLine, ...]


class ClockLine(Message):
    """A session's clock, what it says now, and the benches that work by it; ``time_back_id`` is for the next that is given time."""

    session: BoardSession
    phase: Phase
    left: int
    benches: tuple[BenchTime, ...]
    time_back_id: UUID


class TimetablePage(Message):
    """Sessions, benches and the draw of an event. ``form`` is what the sessions' form shows.

    Numbers and names are told only where ``sees_names``: to everybody else the list has codes. ``seed`` is None for them too.
    ``clocks`` are those of sessions that somebody was drawn for, as of ``now``.
    """

    person: Person
    event: EventHead
    form: SessionsForm
    sessions: tuple[SessionLine, ...]
    benches: int
    eligible: int
    draw: store.StoredDraw | None
    seed: str | None
    draw_url: str
    clocks: tuple[ClockLine, ...]
    times_back: tuple[TimeBackLine, ...]
    now: datetime
    may_manage: bool
    may_run: bool
    sees_names: bool
    problem: str = ""


class DrawPage(Message):
    """A draw as everybody may see it, with the recipe to run it again, and all draws of the event."""

    event: EventHead
    draw: PublicDraw
    recipe: str
    draws: tuple[store.DrawLine, ...]


class SessionsForm(Command):
    """What the sessions' form sends; day and time are those of the venue."""

    day: date
    time: str = "08:00"
    sessions: int = 1
    per_day: int = 3
    minutes: int = 180
    pause: int = 30
    benches: int = 8
    csrf: str = msgspec.field(default="", name="_csrf_token")


class DrawForm(Command):
    """What the draw's form sends: a seed from the hall, or nothing."""

    seed: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}/timetable", may="see_desk")
async def timetable_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
) -> Template:
    """Sessions, benches and the draw."""
    return await timetable_answer(request, connection, event_id)


@post("/desk/events/{event_id:uuid}/sessions", may="manage_event")
async def lay_sessions(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[SessionsForm],
) -> Redirect | Template:
    """Lay sessions and benches; places that were drawn on earlier ones are gone."""
    event = await event_on(connection, event_id)
    try:
        plan = rules.Plan(
            day=data.day,
            time=rules.time_in(data.time),
            sessions=data.sessions,
            per_day=data.per_day,
            minutes=data.minutes,
            pause=data.pause,
            benches=data.benches,
        )
        times = rules.session_times(plan, event.time_zone)
        async with connection.transaction():
            await actions.lay_sessions(
                connection, event_id, times, benches=plan.benches, actor_id=request.user.id, now=clock.now()
            )
            await restate(connection, state.shelf, event_id)
    except Problem as problem:
        return await timetable_answer(request, connection, event_id, form=data, problem=problem)
    said = N_("The sessions are laid. The draw comes next.")
    return done(request, f"/desk/events/{event_id}/timetable#draw", said)


@post("/desk/events/{event_id:uuid}/draws", may="manage_event")
async def draw(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[DrawForm],
) -> Redirect | Template:
    """Draw a place for everybody who is eligible."""
    try:
        await actions.draw(connection, state.shelf, event_id, seed=data.seed, actor_id=request.user.id, now=clock.now())
    except Problem as problem:
        return await timetable_answer(request, connection, event_id, problem=problem)
    return done(
        request,
        f"/desk/events/{event_id}/timetable#draw",
        N_("The places are drawn. Show the public page of the draw in the hall: it holds the commitment to the seed."),
        (f"/desk/events/{event_id}/judges", N_("Next: the judges")),
    )


@get("/draws/{draw_id:uuid}", may=ANYONE)
async def draw_page(
    request: AnyRequest, connection: NamedDependency[Connection], draw_id: FromPath[UUID]
) -> Template | Response[PublicDraw]:
    """A draw for everybody: how it was made and, once it may be told, with which seed; for programs the same as JSON."""
    event, drawn = await _public(connection, draw_id)
    if MediaType.HTML not in request.headers.get("accept", ""):
        return Response(drawn, media_type=MediaType.JSON, headers={"vary": "accept"})
    content = DrawPage(
        event=event,
        draw=drawn,
        recipe=rules.recipe(drawn.numbers, drawn.sessions, drawn.seed, drawn.nonce),
        draws=await store.draws_of(connection, event.id),
    )
    answer = page("draw.html", content)
    answer.headers["vary"] = "accept"
    return answer


@get("/draws/{draw_id:uuid}/draw.json", may=ANYONE)
async def draw_file(connection: NamedDependency[Connection], draw_id: FromPath[UUID]) -> PublicDraw:
    """The draw as JSON, at an address that can be clicked."""
    return (await _public(connection, draw_id))[1]


HANDLERS = (timetable_page, lay_sessions, draw, draw_page, draw_file)


async def timetable_answer(
    request: AnyRequest,
    connection: Connection,
    event_id: UUID,
    *,
    form: SessionsForm | None = None,
    problem: Problem | None = None,
) -> Template:
    """The timetable's page; with what kept a form from being done."""
    event = await event_on(connection, event_id)
    sees_names = may(request.user.role, "see_entrants")
    sessions = await store.sessions_of(connection, event_id)
    benches = len(await store.benches_of(connection, event_id))
    places = await store.places_of(connection, event_id)
    drawn = await store.last_draw(connection, event_id) if places else None
    tells = drawn is not None and (sees_names or drawn.is_revealed)
    base_url = address_of(request)
    now = clock.now()
    content = TimetablePage(
        person=request.user,
        event=event,
        form=form or _form(rules.plan_of(sessions, benches, event.time_zone), event),
        sessions=tuple(
            SessionLine(session=session, places=tuple(place for place in places if place.session == session.number))
            for session in sessions
        ),
        benches=benches,
        eligible=len(await store.numbers_to_draw(connection, event_id)),
        draw=drawn,
        seed=drawn.draw.seed if drawn and tells else None,
        draw_url=f"{base_url}/draws/{drawn.id}" if drawn else "",
        clocks=await _clocks(connection, event_id, now) if drawn else (),
        times_back=await clock_store.times_back_of(connection, event_id) if drawn else (),
        now=now,
        may_manage=may(request.user.role, "manage_event"),
        may_run=may(request.user.role, "run_clock"),
        sees_names=sees_names,
        problem=sentence_of(problem) if problem else "",
    )
    return page("timetable.html", content, status_code=problem.status if problem else HTTPStatus.OK)


async def _clocks(connection: Connection, event_id: UUID, now: datetime) -> tuple[ClockLine, ...]:
    clocks = await clock_store.clocks_of(connection, event_id)
    benches = await clock_store.bench_times_of(connection, event_id)
    return tuple(
        ClockLine(
            session=session,
            phase=phase(session, now),
            left=seconds_left(session, now),
            benches=benches[session.number],
            time_back_id=clock.new_id(),
        )
        for session in clocks.values()
        if session.number in benches
    )


async def _public(connection: Connection, draw_id: UUID) -> tuple[EventHead, PublicDraw]:
    """A draw without what may not be told yet."""
    stored = await store.draw_with(connection, draw_id)
    if stored is None:
        raise NotFound
    event = await event_on(connection, stored.event_id)
    newest = (await store.draws_of(connection, event.id))[0]
    drawn = stored.draw
    return event, PublicDraw(
        id=stored.id,
        competition=event.competition,
        event=event.name,
        drawn_at=stored.drawn_at,
        holds=newest.id == stored.id and await store.has_places(connection, event.id),
        method=drawn.method,
        commitment=drawn.commitment,
        numbers=drawn.numbers,
        sessions=drawn.sessions,
        benches=drawn.benches,
        seed=drawn.seed if stored.is_revealed else None,
        nonce=drawn.nonce if stored.is_revealed else None,
        places=drawn.places if stored.is_revealed else None,
    )


def _form(plan: rules.Plan | None, event: EventHead) -> SessionsForm:
    """The form as it was last filled in, or as a first proposal."""
    if plan is None:
        return SessionsForm(day=event.starts_on)
    return SessionsForm(
        day=plan.day,
        time=plan.time.strftime("%H:%M"),
        sessions=plan.sessions,
        per_day=plan.per_day,
        minutes=plan.minutes,
        pause=plan.pause,
        benches=plan.benches,
    )
