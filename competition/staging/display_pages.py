"""The page of a hall screen, and the desk's page that lists the screens and tells them what to show."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

import competition
from competition.access.rules import ANYONE, may
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import LANGUAGES, sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web import asked_from, policy
from competition.plumbing.web_done import done
from competition.registration.frame import address_of
from competition.staging import display_lines, displays
from competition.staging import displays_store as store
from competition.staging.display_lines import SCREEN_COOKIE
from competition.staging.displays_store import Showable
from competition.staging.screens import Screens
from schemas.access import Person
from schemas.base import Command, Message, Text
from schemas.problems import N_, Problem
from schemas.staging import DisplayLine, DisplayOrder

YEAR = 365 * 24 * 3600

AnyRequest = Request[Person, Any, Any]


class ScreenPage(Message):
    """A hall screen as it is to look now; ``desk`` is where its code is typed in."""

    order: DisplayOrder
    desk: str
    version: str


class Shown(Message):
    """A screen in the list: the board it is pointed at, in which language, and the newest revision there is of what it shows.

    ``address`` is the path of its address.
    """

    line: DisplayLine
    board: Showable | None
    language: str
    address: str
    newest: int | None


class DisplaysPage(Message):
    """All hall screens. ``code`` is the code that somebody came with, ``form`` what was sent when it could not be done."""

    person: Person
    shown: tuple[Shown, ...]
    boards: tuple[Showable, ...]
    forms: tuple[str, ...]
    may_manage: bool
    version: str
    screen: str
    now: datetime
    form: PairForm
    problem: str = ""


class PairForm(Command):
    """What the form for a new screen sends."""

    code: str = ""
    name: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class NameForm(Command):
    """What the form for another name sends."""

    name: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


class PointForm(Command):
    """What the form sends that points a screen at a board: one of the list, in a language of its own or none, or any address."""

    board: str = ""
    language: str = ""
    address: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class BlankForm(Command):
    """What the button sends that makes a screen black, or not."""

    is_blank: bool
    csrf: str = msgspec.field(default="", name="_csrf_token")


class MessageForm(Command):
    """What the form for a message sends; an empty message takes it away."""

    zh: str = ""
    en: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


# A screen -------------------------------------------------------------------------------------------------------------


@get("/screen", may=ANYONE)
async def screen_page(request: AnyRequest, connection: NamedDependency[Connection], state: State) -> Template:
    """What this hall screen shows: its code until it has a name, then whatever it is told to."""
    host = request.client.host if request.client else None
    display, token = await displays.let_in(
        connection, request.cookies.get(SCREEN_COOKIE), asked_from=asked_from(host), now=clock.now()
    )
    order = displays.order_for(display, state.sealer)
    desk = f"{address_of(request)}/desk/displays?{urlencode({'code': order.code})}#pair"
    answer = page("screen.html", ScreenPage(order=order, desk=desk, version=competition.__version__))
    answer.headers["content-security-policy"] = policy(frame_src="'self'")
    if token:
        answer.cookies.append(
            Cookie(
                key=SCREEN_COOKIE,
                value=token,
                max_age=YEAR,
                path="/screen",
                httponly=True,
                samesite="lax",
                secure=request.url.scheme == "https",
            )
        )
    return answer


# The desk's list -----------------------------------------------------------------------------------------------------


@get("/desk/displays", may="see_desk")
async def displays_page(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, code: FromQuery[str] = ""
) -> Template:
    """Every hall screen: what it shows, how it is, and what it can be told."""
    return await _displays(request, connection, state, form=PairForm(code=code))


@post("/desk/displays", may="manage_boards")
async def pair(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, data: URLEncodedBody[PairForm]
) -> Redirect | Template:
    """Name the screen that shows a code."""
    try:
        display_id = await displays.pair(connection, data.code, data.name, person=request.user, now=clock.now())
    except Problem as problem:
        return await _displays(request, connection, state, form=data, problem=problem)
    return _back(request, display_id, N_("The screen {name} is paired."), name=data.name.strip())


@post("/desk/displays/{display_id:uuid}/name", may="manage_boards")
async def rename(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    display_id: FromPath[UUID],
    data: URLEncodedBody[NameForm],
) -> Redirect | Template:
    """Call a screen otherwise."""
    try:
        await displays.rename(connection, display_id, data.name, person=request.user, now=clock.now())
    except displays.BadDisplayName as problem:
        return await _displays(request, connection, state, problem=problem)
    return _back(request, display_id, N_("The screen is called {name} now."), name=data.name.strip())


@post("/desk/displays/{display_id:uuid}/address", may="manage_boards")
async def point(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    display_id: FromPath[UUID],
    data: URLEncodedBody[PointForm],
) -> Redirect | Template:
    """Point a screen at another board, or at none."""
    query = f"?{urlencode({'lang': data.language})}" if data.language in LANGUAGES else ""
    address = data.address.strip() or (f"/boards/{data.board}{query}" if data.board else "")
    try:
        await displays.point(connection, display_id, address, sealer=state.sealer, person=request.user, now=clock.now())
    except displays.BadDisplayAddress as problem:
        return await _displays(request, connection, state, problem=problem)
    return _back(
        request, display_id, N_("The screen shows its new page.") if address else N_("The screen shows no board.")
    )


@post("/desk/displays/{display_id:uuid}/blank", may="manage_boards")
async def blank(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    display_id: FromPath[UUID],
    data: URLEncodedBody[BlankForm],
) -> Redirect:
    """Make a screen black, or let it show what it has."""
    await displays.blank(connection, display_id, data.is_blank, person=request.user, now=clock.now())
    said = N_("The screen is black.") if data.is_blank else N_("The screen is seen again.")
    return _back(request, display_id, said)


@post("/desk/displays/{display_id:uuid}/message", may="manage_boards")
async def say(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    display_id: FromPath[UUID],
    data: URLEncodedBody[MessageForm],
) -> Redirect | Template:
    """Put a message over what a screen shows, or take it away."""
    return await _say(request, connection, state, display_id, data)


@post("/desk/displays/{display_id:uuid}/reload", may="manage_boards")
async def reload(request: AnyRequest, connection: NamedDependency[Connection], display_id: FromPath[UUID]) -> Redirect:
    """Let a screen load everything anew."""
    await displays.reload(connection, display_id, person=request.user, now=clock.now())
    return _back(request, display_id, N_("The screen loads everything anew."))


@post("/desk/displays/{display_id:uuid}/forget", may="manage_boards")
async def forget(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    display_id: FromPath[UUID],
) -> Redirect:
    """Let a screen go."""
    await displays.forget(connection, display_id, person=request.user, now=clock.now())
    return _back(request, None, N_("The screen is let go."))


@post("/desk/displays/all/blank", may="manage_boards")
async def blank_all(
    request: AnyRequest, connection: NamedDependency[Connection], data: URLEncodedBody[BlankForm]
) -> Redirect:
    """Make all screens black, or let them show what they have."""
    await displays.blank(connection, None, data.is_blank, person=request.user, now=clock.now())
    said = N_("All screens are black.") if data.is_blank else N_("All screens are seen again.")
    return _back(request, None, said)


@post("/desk/displays/all/message", may="manage_boards")
async def say_all(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, data: URLEncodedBody[MessageForm]
) -> Redirect | Template:
    """Put a message over what all screens show, or take it away."""
    return await _say(request, connection, state, None, data)


@post("/desk/displays/all/reload", may="manage_boards")
async def reload_all(request: AnyRequest, connection: NamedDependency[Connection]) -> Redirect:
    """Let all screens load everything anew."""
    await displays.reload(connection, None, person=request.user, now=clock.now())
    return _back(request, None, N_("All screens load everything anew."))


HANDLERS = (
    screen_page,
    displays_page,
    pair,
    rename,
    point,
    blank,
    say,
    reload,
    forget,
    blank_all,
    say_all,
    reload_all,
    *display_lines.HANDLERS,
)


async def _displays(
    request: AnyRequest,
    connection: Connection,
    state: State,
    *,
    form: PairForm | None = None,
    problem: Problem | None = None,
) -> Template:
    now, screens = clock.now(), cast("Screens", state.screens)
    boards = await store.showables(connection)
    lines = await store.displays(connection, now)
    content = DisplaysPage(
        person=request.user,
        shown=tuple([await _shown(line, boards, screens) for line in lines]),
        boards=boards,
        forms=tuple(f"/boards/{board.id}{form}" for board in boards for form in ("", "/embed", "/overlay", "/print")),
        may_manage=may(request.user.role, "manage_boards"),
        version=competition.__version__,
        screen=f"{address_of(request)}/screen",
        now=now,
        form=form or PairForm(),
        problem=sentence_of(problem) if problem else "",
    )
    return page("displays.html", content, status_code=problem.status if problem else 200)


async def _say(
    request: AnyRequest, connection: Connection, state: State, display_id: UUID | None, data: MessageForm
) -> Redirect | Template:
    try:
        await displays.say(connection, display_id, Text(zh=data.zh, en=data.en), person=request.user, now=clock.now())
    except displays.MessageTooLong as problem:
        return await _displays(request, connection, state, problem=problem)
    is_said = bool(data.zh.strip() or data.en.strip())
    return _back(request, display_id, N_("The message is shown.") if is_said else N_("The message is taken away."))


async def _shown(line: DisplayLine, boards: tuple[Showable, ...], screens: Screens) -> Shown:
    address = line.order.address or ""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    board_id = displays.board_at(address)
    is_public = bool(board_id) and line.sealed_pass is None
    return Shown(
        line=line,
        board=next((board for board in boards if board.id == board_id), None),
        language=query.get("lang", [""])[0],
        address=parts.path,
        newest=await screens.newest(board_id, displays.entrant_at(address)) if is_public else None,
    )


def _back(request: AnyRequest, display_id: UUID | None, sentence: str, **facts: str) -> Redirect:
    part = f"display-{display_id}" if display_id else "all"
    return done(request, f"/desk/displays#{part}", sentence, **facts)
