"""The desk's page about one score sheet: what stands on it, how that came about, who signed, and signing it as chief judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template
from markupsafe import Markup

from competition.access.rules import may
from competition.judging import desk_store, rules, signing, store
from competition.judging.drawings import drawing_svg
from competition.judging.history import history_of, photographs_in
from competition.ledger.actions import read_book
from competition.ledger.book import Book
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.scoring.explain import mark_points
from schemas.access import Person
from schemas.base import Command, Message
from schemas.desk import GivenMark, SheetHistory
from schemas.marks import Drawing, Entry, Photograph, SignSheet
from schemas.problems import N_, NotFound, Problem
from schemas.scheme import SubCriterion

AnyRequest = Request[Person, Any, Any]

_drawing = msgspec.json.Decoder(Drawing)


class ScoreSheetPage(Message):
    """One judge's sheet with its whole history; ``people`` and ``tablets`` are names, ``drawn`` the signatures as pictures.

    ``may_sign``: the reader is a chief judge who has not signed under the sign-off in force; ``signature_id`` is for that.
    """

    person: Person
    event: EventHead
    sheet: rules.Sheet
    sub_criterion: SubCriterion
    marks: dict[str, GivenMark]
    settled: tuple[str, ...]
    history: SheetHistory
    photographs: dict[str, tuple[Photograph, ...]]
    drawn: dict[UUID, Markup]
    people: dict[UUID, str]
    tablets: dict[UUID, str]
    may_reopen: bool
    may_enter: bool
    may_sign: bool
    signature_id: UUID
    problem: str = ""


class SignatureForm(Command):
    """What the chief judge's signing form sends: the sign-off that was read, a name, and strokes where a script took them."""

    id: UUID
    seal: UUID
    name: str = ""
    drawing: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class SignatureUnreadable(Problem):
    """A drawing that is none."""

    status = 400


@get("/desk/events/{event_id:uuid}/sheets/{sheet_id:uuid}", may="see_marks")
async def score_sheet_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    sheet_id: FromPath[UUID],
) -> Template:
    """One judge's sheet: its marks, all that happened to it, and what can be done about it."""
    return await _score_sheet(request, connection, state, event_id, sheet_id)


@post("/desk/events/{event_id:uuid}/sheets/{sheet_id:uuid}/signature", may="reopen_sheet")
async def sign_sheet(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    sheet_id: FromPath[UUID],
    data: URLEncodedBody[SignatureForm],
) -> Redirect | Template:
    """Sign under a signed sheet as its chief judge."""
    await sheet_of(connection, event_id, sheet_id)
    try:
        command = SignSheet(id=data.id, seal=data.seal, role="chief_judge", drawing=_drawn(data))
        await signing.sign_score_sheet(connection, state.shelf, sheet_id, command, person=request.user, now=clock.now())
    except Problem as problem:
        return await _score_sheet(request, connection, state, event_id, sheet_id, problem=problem)
    return done(request, f"/desk/events/{event_id}/sheets/{sheet_id}", N_("Your signature is under the sheet."))


HANDLERS = (score_sheet_page, sign_sheet)


async def sheet_of(connection: Connection, event_id: UUID, sheet_id: UUID) -> rules.Sheet:
    """The event's sheet with this id; ``NotFound`` when there is none."""
    sheet = await store.sheet_with(connection, sheet_id)
    if sheet is None or sheet.event_id != event_id:
        raise NotFound
    return sheet


def sub_criterion_of(book: Book, sheet: rules.Sheet) -> SubCriterion:
    """What a sheet is marked by; ``NotFound`` when the scheme no longer has it."""
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    if sub is None:
        raise NotFound
    return sub


def marks_given(sheet: rules.Sheet, sub: SubCriterion, book: Book) -> dict[str, GivenMark]:
    """The marks in force on a sheet with what they give, by aspect."""
    given = {}
    for mark in rules.marks_on(sheet, sub, book.record(sheet.entrant_id)):
        points, steps = mark_points(book.aspects[mark.aspect], mark.values, mark.state)
        given[mark.aspect] = GivenMark(mark=mark, points=points, steps=steps)
    return given


async def _score_sheet(
    request: AnyRequest,
    connection: Connection,
    state: State,
    event_id: UUID,
    sheet_id: UUID,
    *,
    problem: Problem | None = None,
) -> Template:
    event, sheet = await event_on(connection, event_id), await sheet_of(connection, event_id, sheet_id)
    book = await read_book(connection, state.shelf, event_id)
    sub, record = sub_criterion_of(book, sheet), book.record(sheet.entrant_id)
    written = await desk_store.entries_about(connection, sheet)
    drawings = await desk_store.drawings_with(connection, (entry.id for _, entry in written))
    history = history_of(sheet, written, record, drawings)
    named = {each for _, entry in written for each in _named_in(entry)}
    has_signed = any(line.holds and line.role == "chief_judge" for line in history.signatures)
    content = ScoreSheetPage(
        person=request.user,
        event=event,
        sheet=sheet,
        sub_criterion=sub,
        marks=marks_given(sheet, sub, book),
        settled=tuple(aspect.id for aspect in rules.settled(sub, record, sheet.judge_id)),
        history=history,
        photographs=photographs_in(written),
        drawn={entry_id: drawing_svg(each) for entry_id, each in drawings.items() if each.strokes},
        people=await desk_store.people_with(connection, {*named, sheet.judge_id}),
        tablets=await desk_store.tablet_names(connection, named),
        may_reopen=may(request.user.role, "reopen_sheet"),
        may_enter=may(request.user.role, "enter_paper"),
        may_sign=may(request.user.role, "reopen_sheet") and sheet.is_sealed() and not has_signed,
        signature_id=new_id(),
        problem=sentence_of(problem) if problem else "",
    )
    return page("score_sheet.html", content, status_code=problem.status if problem else 200)


def _named_in(entry: Entry) -> Iterator[UUID]:
    """The people and the tablet that an entry names."""
    for field in ("judge_id", "device_id", "entered_by", "by"):
        if isinstance(named := getattr(entry, field, None), UUID):
            yield named


def _drawn(form: SignatureForm) -> Drawing:
    """The signature that a form brought: strokes where a script took them, else the name alone."""
    if not form.drawing:
        return Drawing(width=1, height=1, strokes=(), name=form.name.strip())
    try:
        return _drawing.decode(form.drawing)
    except msgspec.DecodeError as fault:
        raise SignatureUnreadable from fault
