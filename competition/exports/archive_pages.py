"""The archive of signed score sheets at the desk: how far signing has come, a sheet by its code, and the files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Coroutine
from typing import IO, Any, TypeVar
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream, Template

from competition.access.rules import may
from competition.access.store import insert_audit
from competition.exports import archive as archives
from competition.exports import archive_store
from competition.exports.files import ExportedFile, SpooledFile
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import current_language, sentence_of
from competition.plumbing.templating import page
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from schemas.access import Person
from schemas.base import Message
from schemas.problems import N_, Problem

CHUNK_BYTES = 1 << 20
"""How much of a large file is sent at a time."""

AnyRequest = Request[Person, Any, Any]
Made = TypeVar("Made")


class AskerLeft(Problem):
    """A request whose connection was closed while its answer was being made: nobody reads this."""

    status = 499
    sentence = N_("The connection was closed before the file was ready. Ask for it again.")


class ArchivePage(Message):
    """How far everybody's sheets are signed; ``sought`` is a code that was typed, and led nowhere."""

    person: Person
    event: EventHead
    rows: tuple[archive_store.EntrantSheets, ...]
    sessions: tuple[int, ...]
    sheets: int
    signed: int
    most: int
    sought: str = ""
    problem: str = ""


@get("/desk/events/{event_id:uuid}/archive", may="export")
async def archive_page(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], code: FromQuery[str] = ""
) -> Template | Redirect:
    """How far signing has come, and the files; a code that was typed leads to its sheet."""
    event = await event_on(connection, event_id)
    problem: Problem | None = None
    if code.strip():
        try:
            found = await archives.sheet_with_code(connection, event_id, code)
            return Redirect(f"/desk/events/{event_id}/sheets/{found}", status_code=303)
        except Problem as fault:
            problem = fault
    rows = await archive_store.sheets_by_entrant(connection, event_id)
    content = ArchivePage(
        person=request.user,
        event=event,
        rows=rows,
        sessions=tuple(sorted({row.session for row in rows if row.session})),
        sheets=sum(row.sheets for row in rows),
        signed=sum(row.signed for row in rows),
        most=archives.MOST_SHEETS,
        sought=code,
        problem=sentence_of(problem) if problem else "",
    )
    return page("archive.html", content, status_code=problem.status if problem else 200)


@get("/desk/events/{event_id:uuid}/archive/sheets", may="export")
async def download_sheets(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    session: FromQuery[int | None] = None,
    entrant: FromQuery[str] = "",
) -> Stream:
    """The signed sheets of the event, of a session, or of the entrant with this code, as a file."""
    detail = {"sheets": entrant or "all", "session": session}
    await insert_audit(connection, "export", str(event_id), detail, actor_id=request.user.id, now=clock.now())
    making = archives.archive(
        connection,
        event_id,
        session=session,
        code=entrant or None,
        shows_names=_shows_names(request.user),
        language=current_language(),
        now=clock.now(),
    )
    file = await _unless_left(request, making)
    length = os.fstat(file.content.fileno()).st_size
    headers = {**_headers(file), "content-length": str(length)}
    return Stream(_chunks(file.content), media_type=file.media_type, headers=headers)


@get("/desk/events/{event_id:uuid}/sheets/{sheet_id:uuid}/file", may="export")
async def download_sheet(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], sheet_id: FromPath[UUID]
) -> Response[bytes]:
    """One score sheet as a file, signed or not."""
    now = clock.now()
    await insert_audit(connection, "export", str(event_id), {"sheet": str(sheet_id)}, actor_id=request.user.id, now=now)
    shows_names = _shows_names(request.user)
    making = archives.one_sheet(
        connection, event_id, sheet_id, shows_names=shows_names, language=current_language(), now=now
    )
    file = await _unless_left(request, making)
    return Response(file.content, media_type=file.media_type, headers=_headers(file))


HANDLERS = (archive_page, download_sheets, download_sheet)


def _shows_names(person: Person) -> bool:
    """Whether this reader may know who the entrants are while marking is blind."""
    return may(person.role, "see_entrants")


def _headers(file: ExportedFile | SpooledFile) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{file.name}"'}


async def _unless_left(request: AnyRequest, making: Coroutine[Any, Any, Made]) -> Made:
    """What is made for a request; ended when whoever asked leaves, for others wait for their turn."""
    work, leaving = asyncio.create_task(making), asyncio.create_task(_left(request))
    try:
        await asyncio.wait((work, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise AskerLeft
        return work.result()
    finally:
        for task in (work, leaving):
            task.cancel()
        await asyncio.gather(work, leaving, return_exceptions=True)  # the connection is still theirs until they end


async def _left(request: AnyRequest) -> None:
    """Come back once whoever asked has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _chunks(content: IO[bytes]) -> AsyncGenerator[bytes, None]:
    """A file piece by piece; at the end, or when nobody reads on, it is closed."""
    with content:
        while chunk := await asyncio.to_thread(content.read, CHUNK_BYTES):
            yield chunk
