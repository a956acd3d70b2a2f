"""The desk's pages about rosters: templates to fill in, the dry run of an import, its confirmation, the marked copy."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody
from litestar.response import Redirect, Template

from competition.ledger.actions import restate
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import current_language, translate
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration import actions, store
from competition.registration.actions import RosterIsAnother
from competition.registration.frame import event_on
from competition.registration.pages import entrants_answer
from competition.registration.roster_file import SHEET, write_marked, write_template, write_template_csv
from schemas.access import Person
from schemas.base import Command, Message
from schemas.problems import N_, Problem
from schemas.registration import BadCell, ImportPlan, PlannedRow, RowChange

MOST_SHOWN = 200
"""Rows and bad cells that the dry run lists; the marked copy of the roster has them all."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

AnyRequest = Request[Person, Any, Any]


class RosterPage(Message):
    """What importing a roster would do; the file itself travels in the page, so that exactly this file is confirmed."""

    person: Person
    event: store.EventHead
    file_name: str
    content: str
    plan: ImportPlan
    bad_cells: tuple[BadCell, ...]
    rows: tuple[PlannedRow, ...]
    changes: dict[RowChange, int]
    most_shown: int


class UploadForm(Command):
    """What the import form sends: a file, or None where none was chosen."""

    roster: UploadFile | None = None
    csrf: str = msgspec.field(default="", name="_csrf_token")


class RosterForm(Command):
    """What the dry run's forms send back: the file that was looked at, in base64, and its digest."""

    file_name: str
    content: str
    file_digest: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


class NoFile(Problem):
    """An import without a file."""

    sentence = N_("No file was chosen. Choose the roster you filled in, then look at it again.")


@get("/desk/roster-template.xlsx", may="see_entrants")
async def roster_template(
    connection: NamedDependency[Connection], event: FromQuery[UUID | None] = None
) -> Response[bytes]:
    """A workbook to fill in, with the delegations of an event to choose from."""
    names = [each.name for each in await store.delegations_of(connection, event)] if event else []
    content = write_template(current_language(), delegations=names)
    return _file(content, f"{SHEET.in_language(current_language())}.xlsx", XLSX)


@get("/desk/roster-template.csv", may="see_entrants")
async def roster_template_csv() -> Response[bytes]:
    """A CSV file to fill in."""
    return _file(write_template_csv(current_language()), f"{SHEET.in_language(current_language())}.csv", CSV)


@post("/desk/events/{event_id:uuid}/roster", may="manage_event", status_code=200)
async def plan_import(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: MultipartBody[UploadForm],
) -> Template:
    """Say what importing a roster would do; nothing is written."""
    try:
        if data.roster is None:
            raise NoFile
        file_name, content = PureWindowsPath(data.roster.filename).name, await data.roster.read()
        plan = await actions.plan_import(connection, event_id, file_name, content, sealer=state.sealer)
    except Problem as problem:
        return await entrants_answer(request, connection, event_id, problem=problem)
    return await _plan(request, connection, event_id, file_name, content, plan)


@post("/desk/events/{event_id:uuid}/roster/confirmed", may="manage_event", status_code=200)
async def import_roster(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: MultipartBody[RosterForm],
) -> Redirect | Template:
    """Import exactly the roster that was looked at; when a cell has become bad since, the new dry run is shown instead."""
    content = _content(data)
    try:
        async with connection.transaction():
            plan = await actions.import_roster(
                connection,
                event_id,
                data.file_name,
                content,
                file_digest=data.file_digest,
                sealer=state.sealer,
                now=clock.now(),
                actor_id=request.user.id,
            )
            await restate(connection, state.shelf, event_id)
    except actions.RosterHasBadCells:
        plan = await actions.plan_import(connection, event_id, data.file_name, content, sealer=state.sealer)
        return await _plan(request, connection, event_id, data.file_name, content, plan)
    written = sum(row.change != "unchanged" for row in plan.rows)
    said = N_("The roster is imported. Entrants added or changed: {count}.")
    return done(request, f"/desk/events/{event_id}/entrants", said, count=written)


@post("/desk/events/{event_id:uuid}/roster/marked", may="manage_event", status_code=200)
async def marked_roster(
    connection: NamedDependency[Connection], state: State, event_id: FromPath[UUID], data: MultipartBody[RosterForm]
) -> Response[bytes]:
    """The same roster as a workbook, its bad cells coloured, with a column that says what to correct."""
    content = _content(data)
    plan = await actions.plan_import(connection, event_id, data.file_name, content, sealer=state.sealer)
    marked = await asyncio.to_thread(write_marked, data.file_name, content, plan.bad_cells, current_language())
    stem = PureWindowsPath(data.file_name).stem
    return _file(marked, translate(N_("{name} to correct"), name=stem) + ".xlsx", XLSX)


HANDLERS = (roster_template, roster_template_csv, plan_import, import_roster, marked_roster)


async def _plan(
    request: AnyRequest, connection: Connection, event_id: UUID, file_name: str, content: bytes, plan: ImportPlan
) -> Template:
    changes: tuple[RowChange, ...] = ("new", "changed", "unchanged")
    shown = RosterPage(
        person=request.user,
        event=await event_on(connection, event_id),
        file_name=file_name,
        content=base64.b64encode(content).decode(),
        plan=plan,
        bad_cells=plan.bad_cells[:MOST_SHOWN],
        rows=plan.rows[:MOST_SHOWN],
        changes={change: sum(row.change == change for row in plan.rows) for change in changes},
        most_shown=MOST_SHOWN,
    )
    return page("roster.html", shown)


def _content(form: RosterForm) -> bytes:
    """The bytes of the file that was looked at; refused when they are not those."""
    try:
        content = base64.b64decode(form.content, validate=True)
    except (binascii.Error, ValueError):
        raise RosterIsAnother from None
    if hashlib.sha256(content).hexdigest() != form.file_digest:
        raise RosterIsAnother
    return content


def _file(content: bytes, name: str, media_type: str) -> Response[bytes]:
    """A download; a name of any script is sent as RFC 6266 says, with a plain one for old programs."""
    plain = (
        name if name.isascii() and name.isprintable() and '"' not in name else "roster" + PureWindowsPath(name).suffix
    )
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
