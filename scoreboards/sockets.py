"""The live address of a board: a WebSocket that tells everything from ``since`` on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

from litestar import WebSocket, websocket
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.types import WebSocketSendEvent

from competition.plumbing.database import UNREACHABLE
from competition.plumbing.web import is_same_origin
from scoreboards.hub import Hub
from scoreboards.transport import abort_of

NO_SUCH_BOARD = 4404
TRY_AGAIN_LATER = 1013
BOARDS_ONLY_SPEAK = 1008

LiveSocket = WebSocket[Any, Any, Any]


def opened_here(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a socket that another site's page opened: browsers allow that, and no CORS rule stops it."""
    state = connection.app.state
    if not is_same_origin(connection.headers.get("origin"), connection.headers.get("host", ""), state.base_url):
        raise PermissionDeniedException


@websocket("/boards/{board_id:str}/live", guards=[opened_here])
async def live(socket: LiveSocket, state: State, board_id: FromPath[str], since: FromQuery[int | None] = None) -> None:
    """Follow a board: a snapshot, or patches from revision ``since``; then patches and heartbeats as they come."""
    await socket.accept()
    hub = cast("Hub", state.hub)
    try:
        board = await hub.board(board_id)
    except UNREACHABLE:
        await socket.close(code=TRY_AGAIN_LATER, reason="the database is away")
        return
    if board is None:
        await socket.close(code=NO_SUCH_BOARD, reason="no such board")
        return
    if not hub.is_current():
        # What is known may be old by now, and a viewer that hears a board takes it for live.
        await socket.close(code=TRY_AGAIN_LATER, reason="the database is away")
        return

    async def send(frame: str) -> None:
        event: WebSocketSendEvent = {"type": "websocket.send", "text": frame, "bytes": None}
        await socket.send(event)

    await _converse(socket, board.follow(send, since, patience=state.patience))


async def _converse(socket: LiveSocket, follow: Coroutine[Any, Any, None]) -> None:
    """Speak and listen at once; whichever ends first ends the other."""
    speaking = asyncio.create_task(follow)
    listening = asyncio.create_task(_hear_out(socket))
    try:
        await asyncio.wait({speaking, listening}, return_when=asyncio.FIRST_COMPLETED)
        if listening.done():
            if not listening.result():
                await socket.close(code=BOARDS_ONLY_SPEAK, reason="boards only speak")
        elif isinstance(speaking.exception(), TimeoutError):
            abort_of(socket.scope)()
        elif speaking.exception() is None:
            await socket.close(code=NO_SUCH_BOARD, reason="this board was taken down")
    finally:
        speaking.cancel()
        listening.cancel()
        await asyncio.gather(speaking, listening, return_exceptions=True)


async def _hear_out(socket: LiveSocket) -> bool:
    """Wait for the viewer: True when it has left, False when it says something, which no viewer needs to."""
    message = await socket.receive()
    return message["type"] == "websocket.disconnect"
