"""The desk's page for a rescue file: it is brought in, and shown entry by entry what became of it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody
from litestar.response import Template

from competition.judging.rescue import RescueReport, import_rescue
from competition.ledger.store import scheme_of
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.sealing import Sealer
from competition.plumbing.templating import page
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from schemas.access import Person
from schemas.aspects import Aspect
from schemas.base import Command, Message
from schemas.problems import N_, Problem

AnyRequest = Request[Person, Any, Any]


class RescuePage(Message):
    """What came of a rescue file, or the ``problem`` that it has as a whole; ``aspects`` are the event's, by id."""

    person: Person
    event: EventHead
    aspects: dict[str, Aspect]
    report: RescueReport | None = None
    problem: str = ""


class RescueForm(Command):
    """What the form for a rescue file sends: the file, or None where none was chosen."""

    file: UploadFile | None = None
    csrf: str = msgspec.field(default="", name="_csrf_token")


class NoRescueFile(Problem):
    """An upload without a file."""

    sentence = N_("No file was chosen. Choose the rescue file that the tablet saved, and send it again.")


@post("/desk/events/{event_id:uuid}/rescue", may="import_rescue", status_code=200)
async def bring_in(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: MultipartBody[RescueForm],
) -> Template:
    """Bring in a rescue file; the same file again brings nothing twice."""
    event, scheme = await event_on(connection, event_id), await scheme_of(connection, event_id)
    content = RescuePage(
        person=request.user,
        event=event,
        aspects={aspect.id: aspect for aspect in scheme.aspects()} if scheme else {},
    )
    try:
        if data.file is None:
            raise NoRescueFile
        report = await import_rescue(
            connection,
            state.shelf,
            cast("Sealer", state.sealer),
            await data.file.read(),
            person=request.user,
            now=clock.now(),
        )
    except Problem as problem:
        refused = msgspec.structs.replace(content, problem=sentence_of(problem))
        return page("rescue.html", refused, status_code=problem.status)
    return page("rescue.html", msgspec.structs.replace(content, report=report))


HANDLERS = (bring_in,)
