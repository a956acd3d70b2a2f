"""The desk's page of an event's boards: what there is, at which addresses, and opening, changing and closing one."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.web_done import done
from competition.staging import actions
from competition.staging.board_desk import AnyRequest, BoardFields, boards_answer
from schemas.boards import BoardKind
from schemas.problems import N_, NotFound, Problem


@get("/desk/events/{event_id:uuid}/boards", may="see_desk")
async def boards_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    new: FromQuery[BoardKind | None] = None,
) -> Template:
    """An event's boards; ``new`` is the kind of a further one that is to be opened."""
    return await boards_answer(request, connection, event_id, kind=new)


@post("/desk/events/{event_id:uuid}/boards", may="manage_boards")
async def open_board(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[BoardFields],
) -> Redirect | Template:
    """Open a board."""
    try:
        settings, now = data.settings(), clock.now()
        await actions.open_board(
            connection, event_id, data.id, data.kind, data.title(), settings, person=request.user, now=now
        )
    except NotFound:
        raise
    except Problem as problem:
        return await boards_answer(request, connection, event_id, at="new", board=data, problem=problem)
    return _back(request, event_id, N_("The board is open."), data.id)


@post("/desk/events/{event_id:uuid}/boards/{board_id:str}", may="manage_boards")
async def change_board(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    board_id: FromPath[str],
    data: URLEncodedBody[BoardFields],
) -> Redirect | Template:
    """Give a board another title or other settings."""
    try:
        await actions.change_board(
            connection, event_id, board_id, data.title(), data.settings(), person=request.user, now=clock.now()
        )
    except NotFound:
        raise
    except Problem as problem:
        sent = msgspec.structs.replace(data, id=board_id)
        return await boards_answer(request, connection, event_id, at="board", board=sent, problem=problem)
    return _back(request, event_id, N_("The board is changed."), board_id)


@post("/desk/events/{event_id:uuid}/boards/{board_id:str}/close", may="manage_boards")
async def close_board(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    board_id: FromPath[str],
) -> Redirect:
    """Close a board."""
    await actions.close_board(connection, event_id, board_id, person=request.user, now=clock.now())
    return _back(request, event_id, N_("The board is closed."))


HANDLERS = (boards_page, open_board, change_board, close_board)


def _back(request: AnyRequest, event_id: UUID, sentence: str, board_id: str = "") -> Redirect:
    part = f"#board-{board_id}" if board_id else ""
    return done(request, f"/desk/events/{event_id}/boards{part}", sentence)
