"""The desk's pages about registration: competitions and events, delegations, entrants, the roster's import, one entrant."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import may
from competition.ledger.actions import restate
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration import actions, store
from competition.registration.frame import event_on
from competition.registration.rules import STATUSES, skill_level_text
from schemas.access import Person
from schemas.base import Command, Message, Text
from schemas.problems import N_, NotFound, Problem
from schemas.registration import Delegation, EntrantLine, EntrantStatus

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Europe/Berlin",
    "Europe/Paris", "Europe/London", "America/New_York", "UTC")  # fmt: skip
"""Time zones to choose from; any other may be typed."""

AnyRequest = Request[Person, Any, Any]


class DeskPage(Message):
    """The desk's first page. ``form`` is what was sent when it could not be done, and ``problem`` says why."""

    person: Person
    competitions: tuple[store.CompetitionLine, ...]
    may_manage: bool
    today: date
    zones: tuple[str, ...]
    form: CompetitionForm | None = None
    problem: str = ""


class EntrantsPage(Message):
    """Who competes in an event. ``is_adding``: delegations, one after the other."""

    person: Person
    event: store.EventHead
    delegations: tuple[Delegation, ...]
    entrants: tuple[EntrantLine, ...]
    statuses: dict[EntrantStatus, int]
    status_words: dict[EntrantStatus, Text]
    skill_levels: dict[str, Text]
    may_manage: bool
    is_adding: bool = False
    form: DelegationForm | None = None
    problem: str = ""


class EntrantPage(Message):
    """One entrant. ``document`` and ``phone`` are in full only in the answer to opening them."""

    person: Person
    event: store.EventHead
    entrant: EntrantLine
    status_word: Text
    skill_level: Text
    may_manage: bool
    may_open: bool
    document: str | None = None
    phone: str | None = None
    problem: str = ""


class CompetitionForm(Command):
    """What the form for a new competition sends."""

    starts_on: date
    ends_on: date
    name_zh: str = ""
    name_en: str = ""
    place: str = ""
    time_zone: str = "Asia/Shanghai"
    csrf: str = msgspec.field(default="", name="_csrf_token")


class EventForm(Command):
    """What the form for a new event sends; an unticked box sends nothing."""

    name_zh: str = ""
    name_en: str = ""
    is_blind: bool = False
    csrf: str = msgspec.field(default="", name="_csrf_token")


class DelegationForm(Command):
    """What the form for a new delegation sends."""

    code: str = ""
    name: str = ""
    quota: int = 0
    csrf: str = msgspec.field(default="", name="_csrf_token")


class StatusForm(Command):
    """What the status forms send; ``back`` is the page to return to."""

    status: EntrantStatus
    reason: str = ""
    back: Literal["entrants", "entrant"] = "entrant"
    csrf: str = msgspec.field(default="", name="_csrf_token")


STATUS_SET = {
    "registered": N_("Eligibility is taken back: the entrant is registered."),
    "eligible": N_("The entrant is eligible."),
    "withdrawn": N_("The entrant is withdrawn."),
}


# Competitions and events ----------------------------------------------------------------------------------------------


@get("/desk", may="see_desk")
async def desk_page(request: AnyRequest, connection: NamedDependency[Connection]) -> Template:
    """Competitions and their events."""
    return await _desk(request, connection)


@post("/desk/competitions", may="manage_event")
async def create_competition(
    request: AnyRequest, connection: NamedDependency[Connection], data: URLEncodedBody[CompetitionForm]
) -> Redirect | Template:
    """Announce a competition."""
    try:
        competition_id = await actions.create_competition(
            connection,
            Text(zh=data.name_zh, en=data.name_en),
            place=data.place,
            starts_on=data.starts_on,
            ends_on=data.ends_on,
            time_zone=data.time_zone.strip(),
            actor_id=request.user.id,
            now=clock.now(),
        )
    except Problem as problem:
        return await _desk(request, connection, form=data, problem=problem)
    return done(
        request, f"/desk#competition-{competition_id}", N_("The competition is announced; its events come next.")
    )


@post("/desk/competitions/{competition_id:uuid}/events", may="manage_event")
async def create_event(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    competition_id: FromPath[UUID],
    data: URLEncodedBody[EventForm],
) -> Redirect | Template:
    """Add an event to a competition; its entrants come next."""
    try:
        event_id = await actions.create_event(
            connection,
            competition_id,
            Text(zh=data.name_zh, en=data.name_en),
            is_blind=data.is_blind,
            actor_id=request.user.id,
            now=clock.now(),
        )
    except actions.NameMissing as problem:
        return await _desk(request, connection, problem=problem)
    return done(
        request, f"/desk/events/{event_id}/entrants", N_("The event is added; its delegations and entrants come next.")
    )


# Delegations and entrants ---------------------------------------------------------------------------------------------


@get("/desk/events/{event_id:uuid}/entrants", may="see_entrants")
async def entrants_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    adding: FromQuery[bool] = False,
) -> Template:
    """Delegations, entrants and the way to import a roster; who is ``adding`` delegations goes on with the next."""
    return await entrants_answer(request, connection, event_id, is_adding=adding)


@post("/desk/events/{event_id:uuid}/delegations", may="manage_event")
async def add_delegation(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[DelegationForm],
) -> Redirect | Template:
    """Add a delegation."""
    try:
        await actions.add_delegation(
            connection,
            event_id,
            code=data.code,
            name=data.name,
            quota=data.quota,
            actor_id=request.user.id,
            now=clock.now(),
        )
    except Problem as problem:
        return await entrants_answer(request, connection, event_id, form=data, problem=problem)
    back = f"/desk/events/{event_id}/entrants?adding=true#delegations"
    return done(request, back, N_("The delegation {name} is added."), name=data.name.strip())


@post("/desk/events/{event_id:uuid}/eligibility", may="manage_event")
async def confirm_registered(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, event_id: FromPath[UUID]
) -> Redirect:
    """Pass everybody who is registered as eligible."""
    async with connection.transaction():
        count = await actions.confirm_registered(connection, event_id, actor_id=request.user.id, now=clock.now())
        await restate(connection, state.shelf, event_id)
    return done(
        request,
        f"/desk/events/{event_id}/entrants",
        N_("Eligibility is confirmed. Entrants confirmed: {count}."),
        (f"/desk/events/{event_id}/scheme", N_("Next: the scheme")),
        count=count,
    )


# One entrant ----------------------------------------------------------------------------------------------------------


@get("/desk/entrants/{entrant_id:uuid}", may="see_entrants")
async def entrant_page(
    request: AnyRequest, connection: NamedDependency[Connection], entrant_id: FromPath[UUID]
) -> Template:
    """One entrant, the document and the phone number masked."""
    return await _entrant(request, connection, entrant_id)


@post("/desk/entrants/{entrant_id:uuid}/status", may="manage_event")
async def set_status(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    entrant_id: FromPath[UUID],
    data: URLEncodedBody[StatusForm],
) -> Redirect | Template:
    """Pass an entrant as eligible, take that back, or withdraw them; the standings follow."""
    event_id = await _event_of(connection, entrant_id)
    try:
        async with connection.transaction():
            await actions.set_entrant_status(
                connection, entrant_id, data.status, reason=data.reason, actor_id=request.user.id, now=clock.now()
            )
            await restate(connection, state.shelf, event_id)
    except Problem as problem:
        return await _entrant(request, connection, entrant_id, problem=problem)
    listed = f"/desk/events/{event_id}/entrants#entrant-{entrant_id}"
    return done(request, f"/desk/entrants/{entrant_id}" if data.back == "entrant" else listed, STATUS_SET[data.status])


@post("/desk/entrants/{entrant_id:uuid}/document", may="open_document", status_code=200)
async def open_document(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, entrant_id: FromPath[UUID]
) -> Template:
    """The document in full, for this one answer; that it was opened, and by whom, is written down."""
    document = await actions.open_document(
        connection, entrant_id, sealer=state.sealer, actor_id=request.user.id, now=clock.now()
    )
    return await _entrant(request, connection, entrant_id, document=document)


@post("/desk/entrants/{entrant_id:uuid}/phone", may="open_document", status_code=200)
async def open_phone(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, entrant_id: FromPath[UUID]
) -> Template:
    """The phone number in full, likewise."""
    phone = await actions.open_phone(
        connection, entrant_id, sealer=state.sealer, actor_id=request.user.id, now=clock.now()
    )
    return await _entrant(request, connection, entrant_id, phone=phone)


HANDLERS = (
    desk_page,
    create_competition,
    create_event,
    entrants_page,
    add_delegation,
    confirm_registered,
    entrant_page,
    set_status,
    open_document,
    open_phone,
)


# Helpers --------------------------------------------------------------------------------------------------------------


async def _desk(
    request: AnyRequest,
    connection: Connection,
    *,
    form: CompetitionForm | None = None,
    problem: Problem | None = None,
) -> Template:
    content = DeskPage(
        person=request.user,
        competitions=await store.competitions(connection),
        may_manage=may(request.user.role, "manage_event"),
        today=clock.now().date(),
        zones=ZONES,
        form=form,
        problem=sentence_of(problem) if problem else "",
    )
    return page("desk.html", content, status_code=problem.status if problem else 200)


async def entrants_answer(
    request: AnyRequest,
    connection: Connection,
    event_id: UUID,
    *,
    is_adding: bool = False,
    form: DelegationForm | None = None,
    problem: Problem | None = None,
) -> Template:
    """The page of an event's entrants, with what kept something from being done."""
    event = await event_on(connection, event_id)
    entrants = await store.entrants_of(connection, event_id)
    content = EntrantsPage(
        person=request.user,
        event=event,
        delegations=await store.delegations_of(connection, event_id),
        entrants=entrants,
        statuses={status: sum(entrant.status == status for entrant in entrants) for status in STATUSES},
        status_words=dict(STATUSES),
        skill_levels={entrant.skill_level: skill_level_text(entrant.skill_level) for entrant in entrants},
        may_manage=may(request.user.role, "manage_event"),
        is_adding=is_adding,
        form=form,
        problem=sentence_of(problem) if problem else "",
    )
    return page("entrants.html", content, status_code=problem.status if problem else 200)


async def _entrant(
    request: AnyRequest,
    connection: Connection,
    entrant_id: UUID,
    *,
    document: str | None = None,
    phone: str | None = None,
    problem: Problem | None = None,
) -> Template:
    entrant = await store.entrant(connection, entrant_id)
    if entrant is None:
        raise NotFound
    content = EntrantPage(
        person=request.user,
        event=await event_on(connection, await _event_of(connection, entrant_id)),
        entrant=entrant,
        status_word=STATUSES[entrant.status],
        skill_level=skill_level_text(entrant.skill_level),
        may_manage=may(request.user.role, "manage_event"),
        may_open=may(request.user.role, "open_document"),
        document=document,
        phone=phone,
        problem=sentence_of(problem) if problem else "",
    )
    answer = page("entrant.html", content, status_code=problem.status if problem else 200)
    answer.headers["cache-control"] = "no-store"
    return answer


async def _event_of(connection: Connection, entrant_id: UUID) -> UUID:
    event_id = await store.event_of_entrant(connection, entrant_id)
    if event_id is None:
        raise NotFound
    return event_id
