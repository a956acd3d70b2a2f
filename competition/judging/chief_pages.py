"""The chief judge's page: who has marked what, who is waited for, how the tablets are, what must be decided, who asks for help."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.judging import actions, desk_store, messages
from competition.judging.hall import tablets_of
from competition.judging.messages import ProblemLine
from competition.judging.outlook import NOTHING_YET, Outlook, outlook_on
from competition.ledger.actions import read_book
from competition.ledger.store import scheme_of
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.errors import FieldsUnreadable
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from schemas.access import Person
from schemas.aspects import Aspect
from schemas.base import Command, Message
from schemas.desk import NotedMark
from schemas.hall import TabletLine
from schemas.marks import Say
from schemas.problems import N_, Problem
from schemas.scheme import SubCriterion

MOST_NOTED = 50
"""How many marks that need a look the page lists; the others come up as these are decided."""

IS_DECIDED = N_("It is decided, and on record.")

AnyRequest = Request[Person, Any, Any]


class JudgingPage(Message):
    """How judging is, just now; nothing is there before there is a scheme.

    ``noted`` are the first of the outlook's, ``tablet_names`` the tablets that they came from. ``message_ids`` are for what may be
    said from here: an answer to each problem without one, and a notice (None).
    """

    person: Person
    event: EventHead
    now: datetime
    sub_criteria: tuple[SubCriterion, ...]
    aspects: dict[str, Aspect]
    outlook: Outlook
    noted: tuple[NotedMark, ...]
    tablets: tuple[TabletLine, ...]
    tablet_names: dict[UUID, str]
    problems: tuple[ProblemLine, ...]
    judges: dict[UUID, str]
    message_ids: dict[UUID | None, UUID]
    problem: str = ""


class RulingForm(Command):
    """What the forms send that let a mark count or leave it out."""

    reason: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


class RulingsForm(Command):
    """What the form sends that decides about all marks of one tablet: browsers send one alone as a value, several as a list."""

    reason: str
    marks: UUID | list[UUID] = []  # noqa: RUF012 - msgspec gives each form its own
    csrf: str = msgspec.field(default="", name="_csrf_token")


class RevoteForm(Command):
    """What the form for a re-vote sends: whose work and which aspect."""

    entrant_id: UUID
    aspect: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


class SayForm(Command):
    """What the forms for an answer and for a notice send; the id makes sure that it is said once. ``to`` nobody: to all judges."""

    id: UUID
    words: str
    answers: UUID | None = None
    to: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}/judging", may="see_desk")
async def judging_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
) -> Template:
    """Who has marked what, who is waited for, what needs a decision, who asks for help, and how the tablets are."""
    return await _judging(request, connection, state, event_id)


@post("/desk/events/{event_id:uuid}/marks/{mark_id:uuid}/ruling", may="reopen_sheet")
async def let_count(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    mark_id: FromPath[UUID],
    data: URLEncodedBody[RulingForm],
) -> Redirect | Template:
    """Let a mark count that had no effect."""
    try:
        await actions.let_count(connection, state.shelf, mark_id, data.reason, person=request.user, now=clock.now())
    except Problem as problem:
        return await _judging(request, connection, state, event_id, problem=problem)
    return _back(request, event_id, "look", IS_DECIDED)


@post("/desk/events/{event_id:uuid}/rulings", may="reopen_sheet")
async def let_all_count(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[RulingsForm],
) -> Redirect | Template:
    """Let marks count against which nothing stands, one after the other, so that tablets need not wait for the last of them."""
    try:
        for mark_id in _chosen_marks(data):
            await actions.let_count(connection, state.shelf, mark_id, data.reason, person=request.user, now=clock.now())
    except Problem as problem:
        return await _judging(request, connection, state, event_id, problem=problem)
    return _back(request, event_id, "look", IS_DECIDED)


@post("/desk/events/{event_id:uuid}/marks/{mark_id:uuid}/left-out", may="reopen_sheet")
async def leave_out(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    mark_id: FromPath[UUID],
    data: URLEncodedBody[RulingForm],
) -> Redirect | Template:
    """Leave a mark out that had no effect."""
    try:
        await actions.leave_out(connection, state.shelf, mark_id, data.reason, person=request.user, now=clock.now())
    except Problem as problem:
        return await _judging(request, connection, state, event_id, problem=problem)
    return _back(request, event_id, "look", IS_DECIDED)


@post("/desk/events/{event_id:uuid}/left-out", may="reopen_sheet")
async def leave_all_out(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[RulingsForm],
) -> Redirect | Template:
    """Leave marks out, one after the other."""
    try:
        for mark_id in _chosen_marks(data):
            await actions.leave_out(connection, state.shelf, mark_id, data.reason, person=request.user, now=clock.now())
    except Problem as problem:
        return await _judging(request, connection, state, event_id, problem=problem)
    return _back(request, event_id, "look", IS_DECIDED)


@post("/desk/events/{event_id:uuid}/revotes", may="reopen_sheet")
async def open_revote(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[RevoteForm],
) -> Redirect | Template:
    """Let a panel vote again on an aspect."""
    try:
        await actions.open_revote(
            connection, state.shelf, event_id, data.entrant_id, data.aspect, person=request.user, now=clock.now()
        )
    except Problem as problem:
        return await _judging(request, connection, state, event_id, problem=problem)
    return _back(request, event_id, "votes", N_("The panel is asked to vote again."))


@post("/desk/events/{event_id:uuid}/messages", may="reopen_sheet")
async def say(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[SayForm],
) -> Redirect | Template:
    """Answer a judge's problem, or tell one judge or all of them something."""
    try:
        command = Say(id=data.id, words=data.words, answers=data.answers, to=_chosen(data.to))
        await messages.say(connection, event_id, command, request.user, clock.now())
    except Problem as problem:
        return await _judging(request, connection, state, event_id, problem=problem)
    said = N_("The answer is on its way.") if data.answers else N_("The judges are told.")
    return _back(request, event_id, "problems", said)


HANDLERS = (judging_page, let_count, let_all_count, leave_out, leave_all_out, open_revote, say)


def _chosen_marks(data: RulingsForm) -> list[UUID]:
    return data.marks if isinstance(data.marks, list) else [data.marks]


def _chosen(judge: str) -> UUID | None:
    """The judge whom a list of them names; None for all."""
    try:
        return UUID(judge) if judge else None
    except ValueError as fault:
        raise FieldsUnreadable(fields="to") from fault


async def _judging(
    request: AnyRequest,
    connection: Connection,
    state: State,
    event_id: UUID,
    *,
    problem: Problem | None = None,
) -> Template:
    event, now = await event_on(connection, event_id), clock.now()
    has_scheme = await scheme_of(connection, event_id) is not None
    book = await read_book(connection, state.shelf, event_id) if has_scheme else None
    tablets = await tablets_of(connection, state.hall, event_id)
    problems = await messages.problems_of(connection, event_id)
    outlook = await outlook_on(connection, book, tablets, now=now) if book else NOTHING_YET
    given = [mark for each in outlook.noted for mark in (each.mark, each.stands) if mark]
    content = JudgingPage(
        person=request.user,
        event=event,
        now=now,
        sub_criteria=tuple(book.scheme.sub_criteria()) if book else (),
        aspects=book.aspects if book else {},
        outlook=outlook,
        noted=outlook.noted[:MOST_NOTED],
        tablets=tablets,
        tablet_names=await desk_store.tablet_names(connection, (mark.device_id for mark in given if mark.device_id)),
        problems=problems,
        judges=await desk_store.judges_of(connection, event_id),
        message_ids={None: new_id(), **{line.problem.id: new_id() for line in problems if not line.answers}},
        problem=sentence_of(problem) if problem else "",
    )
    return page("judging.html", content, status_code=problem.status if problem else 200)


def _back(request: AnyRequest, event_id: UUID, part: str, sentence: str) -> Redirect:
    return done(request, f"/desk/events/{event_id}/judging#{part}", sentence)
