"""The desk's page of a competition's theme: name, two colours and a logo for its boards, and how well the colours can be read."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody
from litestar.response import Redirect, Template

from competition.plumbing import clock, colours
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.staging import actions, store
from competition.staging.board_desk import AnyRequest
from schemas.access import Person
from schemas.base import Command, Message, Text
from schemas.boards import Theme
from schemas.problems import N_, NotFound, Problem

OWN_COLOUR = "#ff5d3a"
"""What stands where a theme leaves its colour empty: the accent of the hall's theme (``tokens.css``)."""


class Verdict(Message):
    """How well a colour can be read on a board: its contrast there, and what boards take for lines and text if need be.

    ``is_colour``: what was typed is one; an empty field stands for Leitai's own, and for the first colour in the second.
    """

    typed: str
    is_colour: bool
    shown: str
    contrast: str
    grade: Literal["text", "lines", "weak"]
    line: str
    ink: str


class ThemePage(Message):
    """A competition's theme as the form has it, and what its colours come to."""

    person: Person
    event: EventHead
    theme: Theme
    primary: Verdict
    accent: Verdict
    problem: str = ""


class ThemeFields(Command):
    """What the theme's form sends."""

    name_zh: str = ""
    name_en: str = ""
    primary: str = ""
    accent: str = ""
    logo: UploadFile | None = None
    has_no_logo: bool = False
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}/theme", may="manage_boards")
async def theme_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    primary: FromQuery[str | None] = None,
    accent: FromQuery[str | None] = None,
) -> Template:
    """The theme; with colours in the address it says how those would do, and nothing is kept."""
    event = await event_on(connection, event_id)
    kept = await store.theme_of(connection, event.competition_id) or Theme()
    theme = msgspec.structs.replace(
        kept,
        primary=kept.primary if primary is None else primary,
        accent=kept.accent if accent is None else accent,
    )
    return _theme(request, event, theme)


@post("/desk/events/{event_id:uuid}/theme", may="manage_boards")
async def set_theme(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: MultipartBody[ThemeFields],
) -> Redirect | Template:
    """Dress all boards of the event's competition."""
    event = await event_on(connection, event_id)
    kept = await store.theme_of(connection, event.competition_id) or Theme()
    theme = Theme(
        name=Text(zh=data.name_zh, en=data.name_en),
        primary=data.primary,
        accent=data.accent,
        logo="" if data.has_no_logo else kept.logo,
    )
    logo = await data.logo.read() if data.logo else None
    try:
        await actions.set_theme(
            connection, event.competition_id, theme, logo or None, person=request.user, now=clock.now()
        )
    except NotFound:
        raise
    except Problem as problem:
        return _theme(request, event, theme, problem=problem)
    said = N_("The theme is kept; boards wear it at once.")
    return done(request, f"/desk/events/{event_id}/boards#theme", said)


HANDLERS = (theme_page, set_theme)


def verdict(typed: str, own: str) -> Verdict:
    """How well a colour can be read on a board's dark ground; ``own`` is what stands there while none is typed."""
    is_empty = not typed.strip()
    colour = colours.parse(own if is_empty else typed.strip())
    shown = colour or colours.BLACK
    ratio = colours.contrast(shown, colours.HALL)
    return Verdict(
        typed=typed,
        is_colour=colour is not None,
        shown=colours.written(shown),
        contrast=f"{ratio:.1f}",
        grade="text" if ratio >= colours.TEXT else "lines" if ratio >= colours.DRAWN else "weak",
        line=_shade(shown, colours.DRAWN),
        ink=_shade(shown, colours.TEXT),
    )


def _shade(colour: colours.Colour, least: float) -> str:
    return colours.written(colours.readable(colour, colours.HALL, colours.WHITE, least))


def _theme(request: AnyRequest, event: EventHead, theme: Theme, *, problem: Problem | None = None) -> Template:
    content = ThemePage(
        person=request.user,
        event=event,
        theme=theme,
        primary=(primary := verdict(theme.primary, OWN_COLOUR)),
        accent=verdict(theme.accent, primary.shown),
        problem=sentence_of(problem) if problem else "",
    )
    return page("theme.html", content, status_code=problem.status if problem else 200)
