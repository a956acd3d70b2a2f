"""The desk's page about an event's marking scheme: read it, choose or upload one, try a value, take it away as a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import may
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.schemes import actions, downloads, store
from competition.schemes.files import shipped, shipped_scheme
from competition.schemes.trying import Tried, most_of_judge, tried
from competition.schemes.uploads import Faulty, UploadForm, uploaded_scheme
from competition.scoring.guide import Guide, guide_to
from competition.scoring.readings import expected_readings
from schemas.access import Person
from schemas.aspects import Aspect, Measurement
from schemas.base import Command, Message, Text
from schemas.problems import N_, NotFound, Problem
from schemas.scheme import Scheme, SubCriterion

AnyRequest = Request[Person, Any, Any]


class SchemePage(Message):
    """An event's scheme. ``refused`` is the file that was sent and not taken: with its ``faults``, or with a ``problem``."""

    person: Person
    event: EventHead
    stored: store.StoredScheme | None
    guides: dict[str, Guide]
    names: dict[str, Text]
    sections: dict[str, Decimal]
    library: dict[str, Text]
    may_manage: bool
    refused: str = ""
    faults: tuple[Faulty, ...] = ()
    problem: str = ""


class TryPage(Message):
    """One aspect, and what the values in the address give by it."""

    person: Person
    event: EventHead
    sub_criterion: SubCriterion
    aspect: Aspect
    guide: Guide | None
    most: Decimal
    values: tuple[str, ...]
    tried: Tried | None = None
    problem: str = ""


class ChooseForm(Command):
    """What the form with the shipped schemes sends."""

    name: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}/scheme", may="see_desk")
async def scheme_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
) -> Template:
    """The whole scheme, readable by people."""
    return await _scheme(request, connection, event_id)


@post("/desk/events/{event_id:uuid}/scheme/shipped", may="manage_event")
async def choose_scheme(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[ChooseForm],
) -> Redirect | Template:
    """Give the event a scheme that comes with Leitai."""
    try:
        await _import(request, connection, state, event_id, shipped_scheme(data.name))
    except Problem as problem:
        return await _scheme(request, connection, event_id, problem=problem)
    return _chosen(request, event_id)


@post("/desk/events/{event_id:uuid}/scheme/file", may="manage_event")
async def upload_scheme(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: MultipartBody[UploadForm],
) -> Redirect | Template:
    """Give the event the scheme in a file; whatever is wrong with it is listed, and then nothing is changed."""
    sent = await uploaded_scheme(data.scheme)
    problem = sent.problem
    if sent.scheme is not None:
        try:
            await _import(request, connection, state, event_id, sent.scheme)
            return _chosen(request, event_id)
        except Problem as refusal:
            problem = refusal
    return await _scheme(request, connection, event_id, refused=sent.file_name, faults=sent.faults, problem=problem)


@get("/desk/events/{event_id:uuid}/scheme/try", may="see_desk")
async def try_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    aspect: FromQuery[str],
    value: Annotated[list[str] | None, QueryParameter()] = None,
) -> Template:
    """Try values on one aspect: the points they give and the way there. Nothing is recorded."""
    event = await event_on(connection, event_id)
    stored = await store.scheme_of(connection, event_id)
    found = _aspect(stored.scheme, aspect) if stored else None
    if found is None:
        raise NotFound
    sub_criterion, the_aspect = found
    values = tuple(value or ())
    content = TryPage(
        person=request.user,
        event=event,
        sub_criterion=sub_criterion,
        aspect=the_aspect,
        guide=guide_to(the_aspect) if isinstance(the_aspect, Measurement) else None,
        most=most_of_judge(the_aspect),
        values=(*values, *("" for _ in range(expected_readings(the_aspect) - len(values)))),
    )
    try:
        outcome = tried(the_aspect, values) if any(each.strip() for each in values) else None
    except Problem as problem:
        return page("scheme_try.html", msgspec.structs.replace(content, problem=sentence_of(problem)))
    return page("scheme_try.html", msgspec.structs.replace(content, tried=outcome))


HANDLERS = (scheme_page, choose_scheme, upload_scheme, try_page, *downloads.HANDLERS)


async def _scheme(
    request: AnyRequest,
    connection: Connection,
    event_id: UUID,
    *,
    refused: str = "",
    faults: tuple[Faulty, ...] = (),
    problem: Problem | None = None,
) -> Template:
    event = await event_on(connection, event_id)
    stored = await store.scheme_of(connection, event_id)
    aspects = tuple(stored.scheme.aspects()) if stored else ()
    content = SchemePage(
        person=request.user,
        event=event,
        stored=stored,
        guides={aspect.id: guide_to(aspect) for aspect in aspects if isinstance(aspect, Measurement)},
        names=_names(stored.scheme) if stored else {},
        sections=_sections(stored.scheme) if stored else {},
        library={name: shipped_scheme(name).name for name in shipped()},
        may_manage=may(request.user.role, "manage_event"),
        refused=refused,
        faults=faults,
        problem=sentence_of(problem) if problem else "",
    )
    status_code = problem.status if problem else Problem.status if faults else 200
    return page("scheme.html", content, status_code=status_code)


def _chosen(request: AnyRequest, event_id: UUID) -> Redirect:
    return done(
        request,
        f"/desk/events/{event_id}/scheme",
        N_("The event has this scheme now. It can be replaced until the first mark."),
        (f"/desk/events/{event_id}/timetable", N_("Next: the timetable")),
    )


async def _import(request: AnyRequest, connection: Connection, state: State, event_id: UUID, scheme: Scheme) -> None:
    await event_on(connection, event_id)
    await actions.import_scheme(connection, state.shelf, event_id, scheme, actor_id=request.user.id, now=clock.now())


def _names(scheme: Scheme) -> dict[str, Text]:
    """What the keys of the ranking and the gates are about: ``stage practice``, ``criterion E``, ``time D1.1``."""
    names = {f"stage {stage.id}": stage.name for stage in scheme.stages}
    names |= {f"criterion {criterion.id}": criterion.name for criterion in scheme.criteria()}
    for kind in ("sub_criterion", "majority"):
        names |= {f"{kind} {sub.id}": sub.name for sub in scheme.sub_criteria()}
    for kind in ("aspect", "time"):
        names |= {f"{kind} {aspect.id}": aspect.name for aspect in scheme.aspects()}
    return names


def _sections(scheme: Scheme) -> dict[str, Decimal]:
    """The points that the aspects of each section come to."""
    points = {section.id: Decimal(0) for section in scheme.sections}
    for aspect in scheme.aspects():
        if aspect.section in points:
            points[aspect.section] += aspect.points
    return points


def _aspect(scheme: Scheme, id: str) -> tuple[SubCriterion, Aspect] | None:
    return next(((sub, aspect) for sub in scheme.sub_criteria() for aspect in sub.aspects if aspect.id == id), None)
