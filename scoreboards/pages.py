"""The pages of the boards: the list, a board in each of its forms (right before any script runs), and its state for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any, Literal, cast
from urllib.parse import quote, urlencode

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery
from litestar.plugins.jinja import JinjaTemplateEngine

from competition.plumbing.database import Pool
from competition.plumbing.locale import COOKIE, LANGUAGES, Language, current_language, speaking
from competition.plumbing.web import policy
from schemas.base import Message, Text
from schemas.boards import Audience
from schemas.problems import N_, NotFound
from scoreboards import store
from scoreboards.board import Board
from scoreboards.forms import TOP, BoardPage, Shape
from scoreboards.hub import Hub
from scoreboards.passes import PASS, audience_for

YEAR = 365 * 24 * 3600
OURS = policy(frame_ancestors="'self'")
"""A board may be framed by our own page of a hall screen."""
ANYBODYS = policy(frame_ancestors="*")

AnyRequest = Request[Any, Any, Any]


class NoSuchBoard(NotFound):
    """The address names no board."""

    sentence = N_("There is no board called {board}. Check the link, or choose one from the list of boards.")


class NoSuchEntrantOnBoard(NotFound):
    """The address names nobody who is on this board."""

    sentence = N_("Nobody on this board has the code {code}. Choose an entrant on the board.")


class ShownEvent(Message):
    """The boards of one event."""

    name: Text
    boards: tuple[store.BoardLine, ...]


class Occasion(Message):
    """The boards of one competition, by event."""

    competition: Text
    place: str
    events: tuple[ShownEvent, ...]


class BoardsPage(Message):
    """The list of boards, by competition."""

    occasions: tuple[Occasion, ...]
    path: str
    other_language: Language


@get("/boards", media_type=MediaType.HTML)
async def boards_page(request: AnyRequest, state: State, lang: FromQuery[str | None] = None) -> Response[str]:
    """Every board, with its kind and its status."""
    async with cast("Pool", state.pool).acquire() as connection:
        lines = await store.boards(connection)
    with speaking(_language(lang)):
        page = BoardsPage(occasions=_by_competition(lines), path="/boards", other_language=_other_language())
        return _remembering(_answer(request, "boards.html", page, "public"), lang)


@get("/boards/{board_id:str}", media_type=MediaType.HTML)
async def board_page(
    request: AnyRequest, state: State, board_id: FromPath[str], lang: FromQuery[str | None] = None
) -> Response[str]:
    """One board for the hall, the phone and everything between."""
    return _remembering(await _page(request, state, board_id, Shape(form="board"), lang=lang), lang)


@get("/boards/{board_id:str}/entrants/{code:str}", media_type=MediaType.HTML)
async def entrant_page(
    request: AnyRequest, state: State, board_id: FromPath[str], code: FromPath[str], lang: FromQuery[str | None] = None
) -> Response[str]:
    """One entrant of a board of standings: where they stand, and what is still possible."""
    return _remembering(await _page(request, state, board_id, Shape(form="board"), code=code, lang=lang), lang)


@get("/boards/{board_id:str}/embed", media_type=MediaType.HTML)
async def embed_page(
    request: AnyRequest, state: State, board_id: FromPath[str], lang: FromQuery[str | None] = None
) -> Response[str]:
    """A board with a small head, for a frame in anybody's page."""
    return await _page(request, state, board_id, Shape(form="embed"), lang=lang)


@get("/boards/{board_id:str}/overlay", media_type=MediaType.HTML)
async def overlay_page(
    request: AnyRequest,
    state: State,
    board_id: FromPath[str],
    widget: FromQuery[str] = "",
    top: FromQuery[int] = TOP,
    entrant: FromQuery[str | None] = None,
    theme: FromQuery[Literal["dark", "light"]] = "dark",
    lang: FromQuery[str | None] = None,
) -> Response[str]:
    """One widget of a board with nothing painted behind it, to be laid over a picture."""
    shape = Shape(form="overlay", widget=widget, top=top, entrant=entrant, is_light=theme == "light")
    return await _page(request, state, board_id, shape, lang=lang)


@get("/boards/{board_id:str}/print", media_type=MediaType.HTML)
async def print_page(
    request: AnyRequest, state: State, board_id: FromPath[str], lang: FromQuery[str | None] = None
) -> Response[str]:
    """A board on plain A4 sheets."""
    return await _page(request, state, board_id, Shape(form="print"), lang=lang)


@get("/boards/{board_id:str}/state", media_type=MediaType.JSON)
async def board_state(request: AnyRequest, state: State, board_id: FromPath[str]) -> Response[bytes]:
    """The board's snapshot. The ETag is its revision; Age is how many seconds ago the database confirmed it."""
    return await _state(request, state, board_id)


@get("/boards/{board_id:str}/entrants/{code:str}/state", media_type=MediaType.JSON)
async def entrant_state(
    request: AnyRequest, state: State, board_id: FromPath[str], code: FromPath[str]
) -> Response[bytes]:
    """The snapshot of one entrant's page."""
    return await _state(request, state, board_id, code)


HANDLERS = (
    boards_page, board_page, entrant_page, embed_page, overlay_page, print_page, board_state, entrant_state,
)  # fmt: skip


async def _page(
    request: AnyRequest, state: State, board_id: str, shape: Shape, *, code: str | None = None, lang: str | None
) -> Response[str]:
    hub = cast("Hub", state.hub)
    audience, board = await _board(request, state, board_id, code)
    path = f"/boards/{board_id}" if code is None else f"/boards/{board_id}/entrants/{quote(code, safe='')}"
    with speaking(_language(lang)):
        page = BoardPage(
            board=board.state.projection.head,
            rows=board.state.projection.rows,
            revision=board.state.revision,
            venue=board.venue,
            shape=shape,
            changed_at=board.state.at,
            as_of=hub.now() - timedelta(seconds=_age(hub)),
            now=hub.now(),
            is_current=hub.is_current(),
            path=path,
            query=f"?{urlencode({PASS: request.query_params[PASS]})}" if audience != "public" else "",
            address=f"{state.base_url or str(request.base_url).rstrip('/')}{path}",
            other_language=_other_language(),
        )
        template = f"{shape.form}.html" if shape.form in ("overlay", "print") else "board.html"
        answer = _answer(request, template, page, audience)
        answer.headers["Content-Security-Policy"] = ANYBODYS if shape.form == "embed" else OURS
        return answer


async def _state(request: AnyRequest, state: State, board_id: str, code: str | None = None) -> Response[bytes]:
    hub = cast("Hub", state.hub)
    audience, board = await _board(request, state, board_id, code)
    etag = f'"{board.state.revision}"'
    headers = {"ETag": etag, "Cache-Control": _keeping(audience), "Age": str(_age(hub))}
    if has_seen(request.headers.get("if-none-match", ""), etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(board.snapshot, headers=headers, media_type=MediaType.JSON)


async def _board(request: AnyRequest, state: State, board_id: str, code: str | None) -> tuple[Audience, Board]:
    hub = cast("Hub", state.hub)
    audience = await audience_for(state.pool, board_id, request.query_params.get(PASS), hub.now())
    board = await hub.board(board_id, audience, code)
    if board is None and code is not None and await hub.board(board_id, audience) is not None:
        raise NoSuchEntrantOnBoard(code=code)
    if board is None:
        raise NoSuchBoard(board=board_id)
    return audience, board


def _age(hub: Hub) -> int:
    """How many whole seconds ago the database confirmed what is shown; a year while it has not yet."""
    return int(min(hub.age(), YEAR))


def _by_competition(lines: Iterable[store.BoardLine]) -> tuple[Occasion, ...]:
    groups = groupby(lines, key=lambda line: (line.competition, line.place))
    return tuple(Occasion(competition=name, place=place, events=_by_event(boards)) for (name, place), boards in groups)


def _by_event(lines: Iterable[store.BoardLine]) -> tuple[ShownEvent, ...]:
    groups = groupby(lines, key=lambda line: line.event)
    return tuple(ShownEvent(name=name, boards=tuple(boards)) for name, boards in groups)


def _answer(request: AnyRequest, template: str, page: Message, audience: Audience) -> Response[str]:
    """Render now, in the language that was asked for."""
    engine = cast("JinjaTemplateEngine", request.app.template_engine)
    content = engine.get_template(template).render(page=page)
    headers = {
        "Cache-Control": _keeping(audience),
        "Vary": "Accept-Language, Cookie",
        "Content-Language": current_language(),
    }
    return Response(content, media_type=MediaType.HTML, headers=headers)


def _keeping(audience: Audience) -> str:
    """Who may keep an answer: what is not for everybody, nobody."""
    return "no-cache" if audience == "public" else "private, no-store"


def _remembering(answer: Response[str], lang: str | None) -> Response[str]:
    """Keep the language that came with the address, in our own pages; in a frame of another site nothing is kept."""
    if lang in LANGUAGES:
        answer.set_cookie(key=COOKIE, value=lang, path="/", max_age=YEAR, samesite="lax")
    return answer


def _language(lang: str | None) -> Language:
    return next((language for language in LANGUAGES if language == lang), current_language())


def _other_language() -> Language:
    return next(language for language in LANGUAGES if language != current_language())


def has_seen(if_none_match: str, etag: str) -> bool:
    """Whether a conditional request names this state; a proxy that compresses may have marked the tag as weak."""
    return if_none_match.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
