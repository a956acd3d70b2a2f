"""The judge's tablet: own sheets, marks with their receipts, signing off; and the chief judge's reopening."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, cast, get_args
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, URLEncodedBody
from litestar.response import Redirect, Template

from competition.judging import actions, rules, store
from competition.judging.commits import SharedCommits
from competition.ledger.actions import read_book
from competition.ledger.book import Book, Shelf
from competition.ledger.store import written_with
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.scoring.explain import mark_points
from competition.scoring.guide import Guide, guide_to
from schemas.access import Person
from schemas.aspects import Measurement, Score, Time, TimeItself
from schemas.base import Command, Message
from schemas.marks import CorrectionReason, Mark, Receipt, Receipts, RecordMarks, ReopenSheet, SealSheet
from schemas.scheme import SubCriterion
from schemas.tablet import OwnEvent, OwnMark, OwnSheet, Tablet

REASONS: tuple[CorrectionReason, ...] = get_args(CorrectionReason)

AnyRequest = Request[Person, Any, Any]


class SheetPage(Message):
    """One score sheet as the tablet shows it, with a guide to each measured aspect and the way to the next sheet.

    ``points`` are what the marks come to, a score's factor included; ``sum`` is None while there is no mark.
    """

    judge_id: UUID
    judge: str
    event: OwnEvent
    sheet: OwnSheet
    sub_criterion: SubCriterion
    guides: dict[str, Guide]
    marks: dict[str, OwnMark]
    positions: dict[str, int]
    points: dict[str, Decimal]
    sum: Decimal | None
    reasons: tuple[CorrectionReason, ...]
    next_sheet: UUID | None


class TabletPage(Message):
    """The judge's list of sheets; ``done`` counts the signed ones."""

    judge_id: UUID
    judge: str
    events: tuple[OwnEvent, ...]
    expected: dict[str, int]
    done: int
    total: int


class ReopenForm(Command):
    """What the desk's reopening form sends."""

    reason: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/judge", may="mark")
async def tablet_page(request: AnyRequest, connection: NamedDependency[Connection], state: State) -> Template:
    """The judge's own sheets, by entrant's code."""
    tablet = await _tablet(connection, state.shelf, request.user, clock.now())
    sheets = [sheet for event in tablet.events for sheet in event.sheets]
    content = TabletPage(
        judge_id=tablet.judge_id,
        judge=tablet.judge,
        events=tablet.events,
        expected={sub.id: len(sub.aspects) for event in tablet.events for sub in event.sub_criteria},
        done=sum(sheet.sealed_at is not None for sheet in sheets),
        total=len(sheets),
    )
    return page("tablet.html", content)


@get("/judge/sheets", may="mark")
async def tablet(request: AnyRequest, connection: NamedDependency[Connection], state: State) -> Tablet:
    """Everything the judge's tablet works with, in one answer."""
    return await _tablet(connection, state.shelf, request.user, clock.now())


@get("/judge/sheets/{sheet_id:uuid}", may="mark")
async def sheet_page(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, sheet_id: FromPath[UUID]
) -> Template:
    """One score sheet to mark and sign."""
    tablet = await _tablet(connection, state.shelf, request.user, clock.now())
    for event in tablet.events:
        for place, sheet in enumerate(event.sheets):
            if sheet.id == sheet_id:
                following = (*event.sheets[place + 1 :], *event.sheets[:place])
                sub = next(sub for sub in event.sub_criteria if sub.id == sheet.sub_criterion)
                points = _weighed(sub, sheet.marks)
                content = SheetPage(
                    judge_id=tablet.judge_id,
                    judge=tablet.judge,
                    event=event,
                    sheet=sheet,
                    sub_criterion=sub,
                    guides={aspect.id: guide_to(aspect) for aspect in sub.aspects if isinstance(aspect, Measurement)},
                    marks={mark.aspect: mark for mark in sheet.marks},
                    positions=await _positions(connection, sheet),
                    points=points,
                    sum=sum(points.values(), start=Decimal(0)) if sheet.marks else None,
                    reasons=tablet.reasons,
                    next_sheet=next((other.id for other in following if other.sealed_at is None), None),
                )
                return page("sheet.html", content)
    raise rules.NoSuchSheet


@post("/events/{event_id:uuid}/marks", may="mark", status_code=200)
async def record_marks(
    request: AnyRequest, state: State, event_id: FromPath[UUID], data: JSONBody[RecordMarks]
) -> Receipts:
    """Record a batch of marks; the answer comes when they are durable, with a receipt or a refusal for each."""
    commits = cast("SharedCommits", state.commits)
    outcomes = await commits.submit(event_id, actions.Submission(person=request.user, command=data))
    return Receipts(results=actions.receipts(data.marks, outcomes))


@post("/score-sheets/{sheet_id:uuid}/seal", may="mark", status_code=200)
async def seal_score_sheet(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: JSONBody[SealSheet],
) -> Receipt:
    """Sign a sheet off."""
    return await actions.seal_score_sheet(connection, state.shelf, sheet_id, data, person=request.user, now=clock.now())


@delete("/score-sheets/{sheet_id:uuid}/seal", may="reopen_sheet", status_code=200)
async def reopen_score_sheet(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: JSONBody[ReopenSheet],
) -> Receipt:
    """Reopen a signed sheet."""
    return await actions.reopen_score_sheet(
        connection, state.shelf, sheet_id, data, person=request.user, now=clock.now()
    )


@post("/desk/score-sheets/{sheet_id:uuid}/reopen", may="reopen_sheet")
async def reopen_by_form(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: URLEncodedBody[ReopenForm],
) -> Redirect:
    """Reopen a signed sheet from the desk."""
    command = ReopenSheet(id=new_id(), reason=data.reason)
    await actions.reopen_score_sheet(connection, state.shelf, sheet_id, command, person=request.user, now=clock.now())
    event_id = await store.event_of_sheet(connection, sheet_id)
    return Redirect(f"/desk/events/{event_id}", status_code=303)


HANDLERS = (tablet_page, tablet, sheet_page, record_marks, seal_score_sheet, reopen_score_sheet, reopen_by_form)


async def _tablet(connection: Connection, shelf: Shelf, person: Person, now: datetime) -> Tablet:
    """All that one judge works with."""
    sheets = await store.sheets_of_judge(connection, person.id)
    reopened = await store.reopenings_of_judge(connection, person.id)
    events = []
    for event in await store.events_with(connection, (sheet.event_id for sheet in sheets)):
        book = await read_book(connection, shelf, event.id)
        own = tuple(sheet for sheet in sheets if sheet.event_id == event.id)
        used = {sheet.sub_criterion for sheet in own}
        events.append(
            OwnEvent(
                id=event.id,
                name=event.name,
                competition=event.competition,
                revision=book.revision,
                time_zone=event.time_zone,
                sub_criteria=tuple(sub for sub in book.scheme.sub_criteria() if sub.id in used),
                sheets=tuple(_own_sheet(sheet, book, reopened.get(sheet.id)) for sheet in own),
            )
        )
    return Tablet(judge_id=person.id, judge=person.name, server_time=now, reasons=REASONS, events=tuple(events))


def _weighed(sub: SubCriterion, marks: tuple[OwnMark, ...]) -> dict[str, Decimal]:
    """What a sheet's marks come to, by aspect; a time that is a result by itself gives no points."""
    aspects = {aspect.id: aspect for aspect in sub.aspects}
    points = {}
    for mark in marks:
        match aspects[mark.aspect]:
            case Score(factor=factor):
                points[mark.aspect] = mark.points * factor
            case Time(credit=TimeItself()):
                pass
            case _:
                points[mark.aspect] = mark.points
    return points


async def _positions(connection: Connection, sheet: OwnSheet) -> dict[str, int]:
    """Where in the ledger the sheet's marks stand, by aspect."""
    written = await written_with(connection, (mark.id for mark in sheet.marks))
    return {mark.aspect: written[mark.id].position for mark in sheet.marks if mark.id in written}


def _own_sheet(sheet: rules.Sheet, book: Book, reopened: store.Reopened | None) -> OwnSheet:
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    record = book.record(sheet.entrant_id)
    marks = rules.marks_on(sheet, sub, record) if sub else ()
    settled = rules.settled(sub, record, sheet.judge_id) if sub else ()
    return OwnSheet(
        id=sheet.id,
        code=sheet.code,
        sub_criterion=sheet.sub_criterion,
        marks=tuple(own_mark(mark, book) for mark in marks),
        settled=tuple(aspect.id for aspect in settled),
        sealed_at=sheet.sealed_at,
        reopened_for=reopened.reason if reopened else None,
    )


def own_mark(mark: Mark, book: Book) -> OwnMark:
    """A mark in force with what it gives by the scheme."""
    points, steps = mark_points(book.aspects[mark.aspect], mark.values, mark.state)
    return OwnMark(
        id=mark.id,
        aspect=mark.aspect,
        values=mark.values,
        state=mark.state,
        flags=mark.flags,
        points=points,
        steps=steps,
    )
