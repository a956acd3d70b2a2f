"""The desk's page about an event's marking scheme: read it, choose or upload one, try a value, take it away as a file."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import PureWindowsPath
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import may
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of, translate
from competition.plumbing.templating import page
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.schemes import actions, store
from competition.schemes.files import read_scheme, shipped, shipped_scheme
from competition.schemes.rules import faults_of
from competition.scoring.guide import Guide, guide_to
from competition.scoring.points import mark_points
from competition.scoring.readings import NotANumber, check_reading, expected_readings, is_implausible
from schemas.access import Person
from schemas.base import Command, Message, Text, canonical
from schemas.problems import N_, NotFound, Problem
from schemas.scheme import Aspect, Measurement, Scheme, SubCriterion

LONGEST_VALUE = 40
"""Characters of a value to try."""

AnyRequest = Request[Person, Any, Any]


class Faulty(Message):
    """Something wrong with an uploaded scheme: the place in the file, and what to do, in the reader's language."""

    place: str
    sentence: str


class SchemePage(Message):
    """An event's scheme. ``refused`` is the file that was sent and not taken: with its ``faults``, or with a ``problem``."""

    person: Person
    event: EventHead
    stored: store.StoredScheme | None
    guides: dict[str, Guide]
    names: dict[str, Text]
    library: dict[str, Text]
    may_manage: bool
    done: bool = False
    refused: str = ""
    faults: tuple[Faulty, ...] = ()
    problem: str = ""


class Tried(Message):
    """What a tried value gives."""

    points: Decimal
    steps: tuple[Text, ...]
    is_implausible: bool


class TryPage(Message):
    """One aspect, and what the values in the address give by it."""

    person: Person
    event: EventHead
    sub_criterion: SubCriterion
    aspect: Aspect
    guide: Guide | None
    values: tuple[str, ...]
    tried: Tried | None = None
    problem: str = ""


class ChooseForm(Command):
    """What the form with the shipped schemes sends."""

    name: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


class UploadForm(Command):
    """What the upload form sends: a file, or None where none was chosen."""

    scheme: UploadFile | None = None
    csrf: str = msgspec.field(default="", name="_csrf_token")


class NoSchemeFile(Problem):
    """An upload without a file."""

    sentence = N_("No file was chosen. Choose the scheme's JSON file and send it again.")


@get("/desk/events/{event_id:uuid}/scheme", may="see_desk")
async def scheme_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    done: FromQuery[bool] = False,
) -> Template:
    """The whole scheme, readable by people."""
    return await _scheme(request, connection, event_id, done=done)


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
    return Redirect(f"/desk/events/{event_id}/scheme?done=true", status_code=303)


@post("/desk/events/{event_id:uuid}/scheme/file", may="manage_event")
async def upload_scheme(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: MultipartBody[UploadForm],
) -> Redirect | Template:
    """Give the event the scheme in a JSON file; whatever is wrong with it is listed, and then nothing is changed."""
    file_name = ""
    try:
        if data.scheme is None:
            raise NoSchemeFile
        file_name = PureWindowsPath(data.scheme.filename).name
        scheme = read_scheme(await data.scheme.read(), file_name)
        if faults := faults_of(scheme):
            listed = tuple(
                Faulty(place=fault.place, sentence=translate(fault.sentence, **fault.data)) for fault in faults
            )
            return await _scheme(request, connection, event_id, refused=file_name, faults=listed)
        await _import(request, connection, state, event_id, scheme)
    except Problem as problem:
        return await _scheme(request, connection, event_id, refused=file_name, problem=problem)
    return Redirect(f"/desk/events/{event_id}/scheme?done=true", status_code=303)


@get("/desk/events/{event_id:uuid}/scheme.json", may="see_desk")
async def scheme_file(connection: NamedDependency[Connection], event_id: FromPath[UUID]) -> Response[bytes]:
    """The scheme as the very bytes that its hash is taken of."""
    stored = await store.scheme_of(connection, event_id)
    if stored is None:
        raise NotFound
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{stored.scheme.code}-{stored.scheme.version}").strip("-") or "scheme"
    disposition = f'attachment; filename="{name}.json"'
    return Response(
        canonical(stored.scheme), media_type="application/json", headers={"content-disposition": disposition}
    )


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
        values=(*values, *("" for _ in range(expected_readings(the_aspect) - len(values)))),
    )
    try:
        tried = _try(the_aspect, values) if any(each.strip() for each in values) else None
    except Problem as problem:
        return page("scheme_try.html", msgspec.structs.replace(content, problem=sentence_of(problem)))
    return page("scheme_try.html", msgspec.structs.replace(content, tried=tried))


HANDLERS = (scheme_page, choose_scheme, upload_scheme, scheme_file, try_page)


async def _scheme(
    request: AnyRequest,
    connection: Connection,
    event_id: UUID,
    *,
    done: bool = False,
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
        library={name: shipped_scheme(name).name for name in shipped()},
        may_manage=may(request.user.role, "manage_event"),
        done=done,
        refused=refused,
        faults=faults,
        problem=sentence_of(problem) if problem else "",
    )
    status_code = problem.status if problem else Problem.status if faults else 200
    return page("scheme.html", content, status_code=status_code)


async def _import(request: AnyRequest, connection: Connection, state: State, event_id: UUID, scheme: Scheme) -> None:
    await event_on(connection, event_id)
    await actions.import_scheme(connection, state.shelf, event_id, scheme, actor_id=request.user.id, now=clock.now())


def _names(scheme: Scheme) -> dict[str, Text]:
    """What the keys of the ranking are called: ``stage practice``, ``criterion E``."""
    stages = {f"stage {stage.id}": stage.name for stage in scheme.stages}
    return stages | {f"criterion {criterion.id}": criterion.name for criterion in scheme.criteria()}


def _aspect(scheme: Scheme, id: str) -> tuple[SubCriterion, Aspect] | None:
    return next(((sub, aspect) for sub in scheme.sub_criteria() for aspect in sub.aspects if aspect.id == id), None)


def _try(aspect: Aspect, written: tuple[str, ...]) -> Tried:
    """What the written values give; counts that were left empty are none."""
    values = tuple(_value(aspect, each) for each in written)
    check_reading(aspect, values, "marked")
    points, steps = mark_points(aspect, values, "marked")
    return Tried(points=points, steps=steps, is_implausible=is_implausible(aspect, values))


def _value(aspect: Aspect, written: str) -> Decimal:
    if aspect.__struct_config__.tag == "deduction" and not written.strip():
        return Decimal(0)
    try:
        return Decimal(written.strip()[:LONGEST_VALUE])
    except InvalidOperation:
        raise NotANumber(aspect=aspect.id) from None
