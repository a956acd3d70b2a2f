"""What tablets fetch and send about marks: own sheets, marks with their receipts, retractions; and the chief judge's reopening."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, URLEncodedBody
from litestar.response import Redirect

from competition.judging import actions, store
from competition.judging.app_files import app_version
from competition.judging.commits import SharedCommits
from competition.judging.snapshot import tablet_of
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.web_done import done
from schemas.access import Person
from schemas.base import Command, digest
from schemas.marks import Receipt, Receipts, RecordMarks, ReopenSheet, RetractMark
from schemas.problems import N_
from schemas.tablet import Tablet

SERVER_TIME = "x-server-time"
"""The header that tells a tablet the server's clock; ``Date`` has whole seconds only, and proxies write it."""

EPOCH = datetime.fromtimestamp(0, UTC)

AnyRequest = Request[Person, Any, Any]


class ReopenForm(Command):
    """What the desk's reopening form sends."""

    reason: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/judge/sheets", may="mark")
async def tablet(
    request: AnyRequest, connection: NamedDependency[Connection], state: State
) -> Response[Tablet] | Response[None]:
    """Everything the judge's tablet works with, in one answer; nothing but the time where the tablet has it already."""
    now = clock.now()
    content = await tablet_of(connection, state.shelf, state.sealer, request.user, version=app_version(), now=now)
    etag = f'"{digest(msgspec.structs.replace(content, server_time=EPOCH))}"'
    headers = {"etag": etag, SERVER_TIME: now.isoformat()}
    if request.headers.get("if-none-match") == etag:
        return Response(None, status_code=304, headers=headers)
    return Response(content, headers=headers)


@post("/events/{event_id:uuid}/marks", may="mark", status_code=200)
async def record_marks(
    request: AnyRequest, state: State, event_id: FromPath[UUID], data: JSONBody[RecordMarks]
) -> Response[Receipts]:
    """Record a batch of marks; the answer comes when they are durable, with a receipt or a refusal for each."""
    commits = cast("SharedCommits", state.commits)
    outcomes = await commits.submit(event_id, actions.Submission(person=request.user, command=data))
    receipts = Receipts(results=actions.receipts(data.marks, outcomes))
    return Response(receipts, headers={SERVER_TIME: clock.now().isoformat()})


@post("/score-sheets/{sheet_id:uuid}/retractions", may="mark", status_code=200)
async def retract_mark(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: JSONBody[RetractMark],
) -> Response[Receipt]:
    """Take back a mark just made."""
    now = clock.now()
    receipt = await actions.retract_mark(connection, state.shelf, sheet_id, data, person=request.user, now=now)
    return Response(receipt, headers={SERVER_TIME: now.isoformat()})


@delete("/score-sheets/{sheet_id:uuid}/seal", may="reopen_sheet", status_code=200)
async def reopen_score_sheet(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: JSONBody[ReopenSheet],
) -> Receipt:
    """Reopen a signed sheet."""
    return await actions.reopen_score_sheet(
        connection, state.shelf, sheet_id, data, person=request.user, now=clock.now()
    )


@post("/desk/score-sheets/{sheet_id:uuid}/reopen", may="reopen_sheet")
async def reopen_by_form(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: URLEncodedBody[ReopenForm],
) -> Redirect:
    """Reopen a signed sheet from the desk."""
    command = ReopenSheet(id=new_id(), reason=data.reason)
    await actions.reopen_score_sheet(connection, state.shelf, sheet_id, command, person=request.user, now=clock.now())
    event_id = await store.event_of_sheet(connection, sheet_id)
    return done(request, f"/desk/events/{event_id}/sheets/{sheet_id}", N_("The sheet is open again."))


HANDLERS = (tablet, record_marks, retract_mark, reopen_score_sheet, reopen_by_form)
