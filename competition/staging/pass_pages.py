"""The desk's forms of passes: making one, whose addresses are shown this once, and revoking one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import address_of, event_on
from competition.registration.store import EventHead
from competition.results.store import Board, boards_of
from competition.staging import actions, kinds
from competition.staging.board_desk import AnyRequest, PassFields, boards_answer
from schemas.access import Person
from schemas.base import Message
from schemas.problems import N_, NotFound, Problem

MOST_HOURS = 24 * 365
"""A number of hours beyond it is no time that a computer can add."""


class PassPage(Message):
    """A pass that was just made: the page of each board with it, for this once."""

    person: Person
    event: EventHead
    audience: Literal["jury", "presenter"]
    note: str
    expires_at: datetime
    boards: tuple[tuple[Board, str], ...]


@post("/desk/events/{event_id:uuid}/passes", may="manage_boards")
async def open_pass(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[PassFields],
) -> Template:
    """Make a pass and show its addresses."""
    event, now = await event_on(connection, event_id), clock.now()
    lasts = timedelta(hours=data.hours) if abs(data.hours) < MOST_HOURS else timedelta.max
    try:
        token = await actions.open_pass(
            connection, event_id, data.audience, data.note, lasts, person=request.user, now=now
        )
    except NotFound:
        raise
    except Problem as problem:
        return await boards_answer(request, connection, event_id, at="passes", a_pass=data, problem=problem)
    boards = await boards_of(connection, event_id)
    content = PassPage(
        person=request.user,
        event=event,
        audience=data.audience,
        note=data.note.strip(),
        expires_at=now + lasts,
        boards=tuple(
            (board, kinds.forms_of(board, address_of(request), token)[0].url)
            for board in boards
            if data.audience == "jury" or board.kind == "podium"
        ),
    )
    return page("board_pass.html", content)


@post("/desk/events/{event_id:uuid}/passes/{pass_id:uuid}/close", may="manage_boards")
async def close_pass(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    pass_id: FromPath[UUID],
) -> Redirect:
    """Revoke a pass: its addresses open nothing any more."""
    await actions.close_pass(connection, event_id, pass_id, person=request.user, now=clock.now())
    return done(request, f"/desk/events/{event_id}/boards#passes", N_("The pass is revoked."))


HANDLERS = (open_pass, close_pass)
