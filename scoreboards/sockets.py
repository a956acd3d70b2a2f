"""The live address of a board: a WebSocket that tells everything from ``since`` on."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from litestar import websocket
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from competition.plumbing.database import UNREACHABLE
from competition.plumbing.transport import DATABASE_AWAY, Farewell, LiveSocket, converse, hear_nothing, say
from competition.plumbing.web import is_same_origin
from scoreboards.hub import Board, Hub

NO_SUCH_BOARD = 4404


def opened_here(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a socket that another site's page opened: browsers allow that, and no CORS rule stops it."""
    state = connection.app.state
    if not is_same_origin(connection.headers.get("origin"), connection.headers.get("host", ""), state.base_url):
        raise PermissionDeniedException


@websocket("/boards/{board_id:str}/live", guards=[opened_here])
async def live(socket: LiveSocket, state: State, board_id: FromPath[str], since: FromQuery[int | None] = None) -> None:
    """Follow a board: a snapshot, or patches from revision ``since``; then patches and heartbeats as they come."""
    await socket.accept()
    await converse(socket, _speak(socket, state, board_id, since), hear_nothing(socket))


async def _speak(socket: LiveSocket, state: State, board_id: str, since: int | None) -> Farewell:
    hub = cast("Hub", state.hub)
    try:
        board: Board | None = await hub.board(board_id)
    except UNREACHABLE:
        return DATABASE_AWAY
    if board is None:
        return Farewell(NO_SUCH_BOARD, "no such board")
    if not hub.is_current():
        # What is known may be old by now, and a viewer that hears a board takes it for live.
        return DATABASE_AWAY
    await board.follow(partial(say, socket), since, patience=state.patience)
    return Farewell(NO_SUCH_BOARD, "this board was taken down")
