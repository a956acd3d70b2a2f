"""The pages of the boards: the list, a board (right before any script runs), and its state for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, cast

from litestar import MediaType, Request, Response, get
from litestar.datastructures import Cookie, State
from litestar.params import FromPath, FromQuery
from litestar.plugins.jinja import JinjaTemplateEngine

from competition.plumbing.database import Pool
from competition.plumbing.locale import COOKIE, LANGUAGES, Language, current_language, speaking
from schemas.base import Message, Text
from schemas.boards import BoardHead, BoardRow
from schemas.problems import N_, NotFound
from scoreboards import store
from scoreboards.hub import Board, Hub

YEAR = 365 * 24 * 3600

AnyRequest = Request[Any, Any, Any]


class NoSuchBoard(NotFound):
    """The address names no board."""

    sentence = N_("There is no board called {board}. Check the link, or choose one from the list of boards.")


class Occasion(Message):
    """The boards of one competition."""

    competition: Text
    place: str
    boards: tuple[store.BoardLine, ...]


class BoardsPage(Message):
    """The list of boards, by competition."""

    occasions: tuple[Occasion, ...]
    path: str
    other_language: Language


class BoardPage(Message):
    """One board as its page shows it. ``as_of`` is when the database last confirmed it; ``address`` is what the QR code says."""

    board: BoardHead
    rows: tuple[BoardRow, ...]
    revision: int
    venue: store.Venue
    changed_at: datetime
    as_of: datetime
    is_current: bool
    is_named: bool
    address: str
    path: str
    other_language: Language


@get("/boards", media_type=MediaType.HTML)
async def boards_page(request: AnyRequest, state: State, lang: FromQuery[str | None] = None) -> Response[str]:
    """Every board, with its status."""
    async with cast("Pool", state.pool).acquire() as connection:
        lines = await store.boards(connection)
    with speaking(_language(lang)):
        page = BoardsPage(occasions=_by_competition(lines), path="/boards", other_language=_other_language())
        return _answer(request, "boards.html", page, lang)


@get("/boards/{board_id:str}", media_type=MediaType.HTML)
async def board_page(
    request: AnyRequest, state: State, board_id: FromPath[str], lang: FromQuery[str | None] = None
) -> Response[str]:
    """One board for the hall, the phone and everything between."""
    hub = cast("Hub", state.hub)
    board = await _board(hub, board_id)
    path = f"/boards/{board_id}"
    with speaking(_language(lang)):
        page = BoardPage(
            board=board.state.projection.head,
            rows=board.state.projection.rows,
            revision=board.state.revision,
            venue=board.venue,
            changed_at=board.state.at,
            as_of=hub.now() - timedelta(seconds=hub.age()),
            is_current=hub.is_current(),
            is_named=any(row.name for row in board.state.projection.rows),
            address=f"{state.base_url or str(request.base_url).rstrip('/')}{path}",
            path=path,
            other_language=_other_language(),
        )
        return _answer(request, "board.html", page, lang)


@get("/boards/{board_id:str}/state", media_type=MediaType.JSON)
async def board_state(request: AnyRequest, state: State, board_id: FromPath[str]) -> Response[bytes]:
    """The board's snapshot. The ETag is its revision; Age is how many seconds ago the database confirmed it."""
    hub = cast("Hub", state.hub)
    board = await _board(hub, board_id)
    etag = f'"{board.state.revision}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Age": str(int(hub.age()))}
    if _has_seen(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(board.state.snapshot, headers=headers, media_type=MediaType.JSON)


HANDLERS = (boards_page, board_page, board_state)


async def _board(hub: Hub, board_id: str) -> Board:
    board = await hub.board(board_id)
    if board is None:
        raise NoSuchBoard(board=board_id)
    return board


def _by_competition(lines: Iterable[store.BoardLine]) -> tuple[Occasion, ...]:
    groups = groupby(lines, key=lambda line: (line.competition, line.place))
    return tuple(Occasion(competition=name, place=place, boards=tuple(boards)) for (name, place), boards in groups)


def _answer(request: AnyRequest, template: str, page: Message, lang: str | None) -> Response[str]:
    """Render now, in the language that was asked for; keep the choice when it came with the address."""
    engine = cast("JinjaTemplateEngine", request.app.template_engine)
    content = engine.get_template(template).render(page=page)
    cookies = [Cookie(key=COOKIE, value=lang, path="/", max_age=YEAR, samesite="lax")] if lang in LANGUAGES else []
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie", "Content-Language": current_language()}
    return Response(content, media_type=MediaType.HTML, headers=headers, cookies=cookies)


def _language(lang: str | None) -> Language:
    return next((language for language in LANGUAGES if language == lang), current_language())


def _other_language() -> Language:
    return next(language for language in LANGUAGES if language != current_language())


def _has_seen(if_none_match: str, etag: str) -> bool:
    """Whether a conditional request names this state; a proxy that compresses may have marked the tag as weak."""
    return if_none_match.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
