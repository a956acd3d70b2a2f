"""The desk's page of the reveal: preparing it from a result list, rehearsing it, and stepping through it in front of everybody."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.results.store import Board, PublicationLine, boards_of, open_sheets, publications_of
from competition.staging import actions, store
from schemas.access import Person
from schemas.base import Command, Message
from schemas.problems import N_, NotFound, Problem
from schemas.staging import Reveal, RevealOrder, RevealScript, RevealStep

AnyRequest = Request[Person, Any, Any]

MODE_SET = {
    "closed": N_("The reveal is closed."),
    "rehearsal": N_("The rehearsal is on: screens show invented results."),
    "live": N_("The reveal is live."),
}


class NotSureToGoLive(Problem):
    """A reveal that is to go live without the box that confirms it."""

    sentence = N_("Going live shows the real results on every screen, step by step. Confirm it if you mean it.")


class RevealPage(Message):
    """The reveal of an event as whoever presents it sees it: where it is, what comes next, and all its steps.

    ``script`` is the one in force: the invented one in a rehearsal. ``now`` and ``following`` are None at the curtain and behind
    the last step. ``source`` is the list it was made from. ``open_sheets`` are counted only while it may still be prepared anew.
    """

    person: Person
    event: EventHead
    reveal: Reveal | None
    script: RevealScript | None
    now: RevealStep | None
    following: RevealStep | None
    publications: tuple[PublicationLine, ...]
    source: PublicationLine | None
    boards: tuple[Board, ...]
    open_sheets: int
    problem: str = ""

    @property
    def mark(self) -> str:
        """What is another as soon as anybody changed anything about the reveal."""
        return mark_of(self.reveal)


class RevealMark(Message):
    """What the page asks for every second."""

    mark: str


class PrepareFields(Command):
    """What the form sends that prepares a reveal."""

    number: int
    order: RevealOrder
    csrf: str = msgspec.field(default="", name="_csrf_token")


class ModeFields(Command):
    """What the buttons send that rehearse a reveal, show it, or close it; showing it needs to be confirmed."""

    mode: Literal["closed", "rehearsal", "live"]
    is_sure: bool = False
    csrf: str = msgspec.field(default="", name="_csrf_token")


class StepFields(Command):
    """What Next, Back and the list of steps send: the very step that is wanted, so that pressing twice never skips one."""

    to: int
    mode: Literal["rehearsal", "live"]
    csrf: str = msgspec.field(default="", name="_csrf_token")


class PauseFields(Command):
    """What the button sends that closes the curtain before a step, or opens it again."""

    is_paused: bool = False
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}/reveal", may="present")
async def reveal_page(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID]
) -> Template:
    """Where the reveal is, what comes next, and its buttons."""
    return await _reveal(request, connection, event_id)


@get("/desk/events/{event_id:uuid}/reveal/mark", may="present")
async def reveal_mark(connection: NamedDependency[Connection], event_id: FromPath[UUID]) -> RevealMark:
    """Whether the page that somebody has open is still right."""
    return RevealMark(mark=mark_of(await store.reveal_of(connection, event_id)))


@post("/desk/events/{event_id:uuid}/reveal", may="present")
async def prepare_reveal(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[PrepareFields],
) -> Redirect | Template:
    """Make the steps of the reveal from a result list."""
    try:
        await actions.prepare_reveal(
            connection, event_id, data.number, data.order, person=request.user, now=clock.now()
        )
    except Problem as problem:
        return await _reveal(request, connection, event_id, problem=problem)
    return _back(request, event_id, N_("The steps of the reveal are made."))


@post("/desk/events/{event_id:uuid}/reveal/mode", may="present")
async def set_reveal_mode(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[ModeFields],
) -> Redirect | Template:
    """Rehearse the reveal, show it for real, or close it."""
    try:
        if data.mode == "live" and not data.is_sure:
            raise NotSureToGoLive
        await actions.set_reveal_mode(connection, event_id, data.mode, person=request.user, now=clock.now())
    except Problem as problem:
        return await _reveal(request, connection, event_id, problem=problem)
    return _back(request, event_id, MODE_SET[data.mode])


@post("/desk/events/{event_id:uuid}/reveal/step", may="present")
async def step_reveal(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[StepFields],
) -> Redirect | Template:
    """Let all screens show a step."""
    try:
        await actions.step_reveal(connection, event_id, data.to, mode=data.mode, person=request.user, now=clock.now())
    except Problem as problem:
        return await _reveal(request, connection, event_id, problem=problem)
    return _back(request, event_id, N_("All screens show step {step}."), step=data.to)


@post("/desk/events/{event_id:uuid}/reveal/pause", may="present")
async def pause_reveal(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[PauseFields],
) -> Redirect | Template:
    """Close the curtain before the step that is shown, or open it again."""
    move = actions.pause_reveal if data.is_paused else actions.resume_reveal
    try:
        await move(connection, event_id, person=request.user, now=clock.now())
    except Problem as problem:
        return await _reveal(request, connection, event_id, problem=problem)
    return _back(request, event_id, N_("The curtain is closed.") if data.is_paused else N_("The curtain is open."))


HANDLERS = (reveal_page, reveal_mark, prepare_reveal, set_reveal_mode, step_reveal, pause_reveal)


def mark_of(reveal: Reveal | None) -> str:
    """A word that tells two moments of a reveal apart."""
    if reveal is None:
        return ""
    made = f"{reveal.script.publication}:{reveal.script.order}"
    return f"{made}:{reveal.mode}:{reveal.step}:{'paused' if reveal.is_paused else 'on'}"


async def _reveal(
    request: AnyRequest, connection: Connection, event_id: UUID, *, problem: Problem | None = None
) -> Template:
    if isinstance(problem, NotFound):
        raise problem
    event = await event_on(connection, event_id)
    reveal = await store.reveal_of(connection, event_id)
    script = (reveal.rehearsal if reveal.mode == "rehearsal" else reveal.script) if reveal else None
    steps = script.steps if script else ()
    step = reveal.step if reveal else 0
    publications = await publications_of(connection, event_id)
    content = RevealPage(
        person=request.user,
        event=event,
        reveal=reveal,
        script=script,
        now=steps[step - 1] if step else None,
        following=steps[step] if step < len(steps) else None,
        publications=publications,
        source=next((line for line in publications if script and line.number == script.publication), None),
        boards=tuple(board for board in await boards_of(connection, event_id) if board.kind == "podium"),
        open_sheets=0 if reveal and reveal.mode != "closed" else await open_sheets(connection, event_id),
        problem=sentence_of(problem) if problem else "",
    )
    return page("reveal.html", content, status_code=problem.status if problem else 200)


def _back(request: AnyRequest, event_id: UUID, sentence: str, **facts: int) -> Redirect:
    return done(request, f"/desk/events/{event_id}/reveal", sentence, **facts)
