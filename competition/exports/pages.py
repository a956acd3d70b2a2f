"""Downloads of publications, and the check of an event at the desk; the archive of its score sheets is in ``archive_pages``."""

from __future__ import annotations

from typing import Any, cast, get_args
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from competition.access.rules import may
from competition.access.store import insert_audit
from competition.exports import archive_pages
from competition.exports.files import Format, exported
from competition.exports.store import publication_of
from competition.exports.verify import verify_database
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import current_language, translate
from competition.plumbing.templating import page
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from schemas.access import Person
from schemas.base import Message
from schemas.problems import NotAllowed, NotFound

AnyRequest = Request[Person, Any, Any]


class VerificationPage(Message):
    """What a check of the event's ledger, publications and standings found."""

    person: Person
    event: EventHead
    ledger_entries: int
    ledger_digest: str
    lists: int
    checkpoints: int
    sheets: int
    signatures: int
    findings: tuple[str, ...]
    printed: str


@get("/desk/events/{event_id:uuid}/publications/{number:int}/{format:str}", may="export")
async def download(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    number: FromPath[int],
    format: FromPath[str],
) -> Response[bytes]:
    """A publication as a file: csv, xlsx, json or pdf; it has names, so drafts are for those who may see entrants."""
    if format not in get_args(Format):
        raise NotFound
    publication = await publication_of(connection, event_id, number)
    if publication is not None and publication.status == "draft" and not may(request.user.role, "see_entrants"):
        raise NotAllowed
    detail = {"number": number, "format": format}
    await insert_audit(connection, "export", str(event_id), detail, actor_id=request.user.id, now=clock.now())
    file = await exported(connection, event_id, cast("Format", format), number=number, language=current_language())
    disposition = f'attachment; filename="{file.name}"'
    return Response(file.content, media_type=file.media_type, headers={"content-disposition": disposition})


@get("/desk/events/{event_id:uuid}/verification", may="export")
async def verification_page(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], printed: FromQuery[str] = ""
) -> Template:
    """Hold the event's ledger against its checkpoints, and a printed one."""
    event = await event_on(connection, event_id)
    found = await verify_database(connection, event_id, printed=printed.strip() or None)
    content = VerificationPage(
        person=request.user,
        event=event,
        ledger_entries=found.ledger_entries,
        ledger_digest=found.ledger_digest,
        lists=found.lists,
        checkpoints=found.checkpoints,
        sheets=sum(sheet.holds for sheet in found.sheets),
        signatures=sum(len(sheet.signatures) for sheet in found.sheets if sheet.holds),
        findings=tuple(translate(finding.sentence, **finding.data) for finding in found.findings),
        printed=printed,
    )
    return page("verification.html", content)


HANDLERS = (download, verification_page, *archive_pages.HANDLERS)
