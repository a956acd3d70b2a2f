"""The live address of a board: a WebSocket, or a stream of events, that tells everything from ``since`` on.

Litestar routes, guards and finds the board. Then the connection is taken from the server, and the hub alone speaks on it.
"""

from __future__ import annotations

from typing import Any, cast

from litestar import Request, get, websocket
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.types import ASGIApp, Receive, Scope, Send

from competition.plumbing.database import UNREACHABLE
from competition.plumbing.transport import DATABASE_AWAY, Farewell, LiveSocket, take_socket, take_stream
from competition.plumbing.web import is_same_origin
from schemas.problems import Busy
from scoreboards import store
from scoreboards.hub import NO_SUCH_BOARD, PASS_REFUSED, Hub, Key
from scoreboards.pages import NoSuchBoard, NoSuchEntrantOnBoard
from scoreboards.passes import PASS, PassRefused, audience_for
from scoreboards.wire import agreed_on_compression

BOARD, ENTRANT = "/boards/{board_id:str}/live", "/boards/{board_id:str}/entrants/{code:str}/live"
EXTENSIONS = "sec-websocket-extensions"
MOST_DIGITS = 19
"""What PostgreSQL counts revisions with has no more; Python refuses to read a number of thousands."""
STREAM_HEADERS = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"))
"""The second keeps proxies such as nginx from collecting what is to be passed on at once."""

AnyRequest = Request[Any, Any, Any]


def opened_here(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a socket that another site's page opened: browsers allow that, and no CORS rule stops it."""
    state = connection.app.state
    if not is_same_origin(connection.headers.get("origin"), connection.headers.get("host", ""), state.base_url):
        raise PermissionDeniedException


@websocket(BOARD, guards=[opened_here])
async def follow_board(
    socket: LiveSocket, state: State, board_id: FromPath[str], since: FromQuery[int | None] = None
) -> None:
    """Follow a board: a snapshot, or patches from revision ``since``; then patches and the status as they come."""
    await _follow(socket, state, board_id, None, since)


@websocket(ENTRANT, guards=[opened_here])
async def follow_entrant(
    socket: LiveSocket,
    state: State,
    board_id: FromPath[str],
    code: FromPath[str],
    since: FromQuery[int | None] = None,
) -> None:
    """Follow one entrant's page."""
    await _follow(socket, state, board_id, code, since)


@get(BOARD, media_type="text/event-stream")
async def stream_board(
    request: AnyRequest, state: State, board_id: FromPath[str], since: FromQuery[int | None] = None
) -> ASGIApp:
    """Follow a board as server-sent events, for whose network forbids sockets."""
    return await _stream(request, state, board_id, None, since)


@get(ENTRANT, media_type="text/event-stream")
async def stream_entrant(
    request: AnyRequest,
    state: State,
    board_id: FromPath[str],
    code: FromPath[str],
    since: FromQuery[int | None] = None,
) -> ASGIApp:
    """Follow one entrant's page as server-sent events."""
    return await _stream(request, state, board_id, code, since)


HANDLERS = (follow_board, follow_entrant, stream_board, stream_entrant)


async def _follow(live: LiveSocket, state: State, board_id: str, code: str | None, since: int | None) -> None:
    hub = cast("Hub", state.hub)
    match await _key_or_refusal(live, state, board_id, code):
        case Farewell() as refusal:
            await live.accept()
            await live.close(code=refusal.code, reason=refusal.reason)
        case key:
            agreed = agreed_on_compression(live.headers.get(EXTENSIONS, ""))
            if connection := await take_socket(live, {EXTENSIONS: agreed} if agreed else {}):
                hub.admit(key, connection, "deflated" if agreed else "socket", since)


async def _stream(request: AnyRequest, state: State, board_id: str, code: str | None, since: int | None) -> ASGIApp:
    hub = cast("Hub", state.hub)
    key = await _key_of(request, state, board_id, code)
    if key is None:
        raise NoSuchBoard(board=board_id) if code is None else NoSuchEntrantOnBoard(code=code)
    if not hub.is_current():
        raise Busy
    seen = request.headers.get("last-event-id", "")
    first = int(seen) if seen.isdecimal() and len(seen) <= MOST_DIGITS else since

    async def answer(scope: Scope, _: Receive, send: Send) -> None:
        keeping = b"no-cache" if key.audience == "public" else b"private, no-store"
        if connection := await take_stream(scope, send, headers=[*STREAM_HEADERS, (b"cache-control", keeping)]):
            hub.admit(key, connection, "stream", first)

    return answer


async def _key_or_refusal(live: LiveSocket, state: State, board_id: str, code: str | None) -> Key | Farewell:
    hub = cast("Hub", state.hub)
    try:
        key = await _key_of(live, state, board_id, code)
    except PassRefused:
        return PASS_REFUSED
    except UNREACHABLE:
        return DATABASE_AWAY
    if key is None:
        return Farewell(NO_SUCH_BOARD, "no such board")
    # What is known may be old by now, and a viewer that hears a board takes it for live.
    return key if hub.is_current() else DATABASE_AWAY


async def _key_of(
    connection: ASGIConnection[Any, Any, Any, Any], state: State, board_id: str, code: str | None
) -> Key | None:
    """The board that is asked for, loaded; None when there is none such."""
    hub = cast("Hub", state.hub)
    token = connection.query_params.get(PASS)
    audience = await audience_for(state.pool, board_id, token, hub.now())
    key = Key(board_id, audience, code, None if token is None else store.pass_digest(token))
    return key if await hub.board_at(key) else None
