"""The desk's form for late entry from paper (补录): what is typed is entered whole, or shown again with every fault."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import FormMultiDict, State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import may
from competition.judging import actions, rules
from competition.judging.late_entry import REASONS, STATES, PaperField, PaperHasFaults, PaperSheet, commands_of
from competition.judging.sheet_pages import marks_given, sheet_of, sub_criterion_of
from competition.ledger.actions import read_book
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.errors import Unreadable
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.scoring.readings import expected_readings
from schemas.access import Person
from schemas.base import Message
from schemas.desk import GivenMark
from schemas.marks import CorrectionReason, MarkState
from schemas.problems import N_, Problem
from schemas.scheme import SubCriterion

AnyRequest = Request[Person, Any, Any]


class PaperPage(Message):
    """The form of a score sheet's paper: for each aspect what was typed so far, and what is wrong with it."""

    person: Person
    event: EventHead
    sheet: rules.Sheet
    sub_criterion: SubCriterion
    paper: PaperSheet
    marked: dict[str, GivenMark]
    settled: tuple[str, ...]
    readings: dict[str, int]
    states: tuple[MarkState, ...]
    reasons: tuple[CorrectionReason, ...]
    sees_marks: bool
    faults: dict[str, str]
    problem: str = ""


@get("/desk/events/{event_id:uuid}/sheets/{sheet_id:uuid}/paper", may="enter_paper")
async def paper_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    sheet_id: FromPath[UUID],
) -> Template:
    """The form by which a paper sheet is entered late."""
    return await _paper(request, connection, state, event_id, sheet_id)


@post("/desk/events/{event_id:uuid}/sheets/{sheet_id:uuid}/paper", may="enter_paper")
async def enter_paper(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    sheet_id: FromPath[UUID],
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect | Template:
    """Enter a paper sheet: all that was typed, or nothing as long as something of it is wrong."""
    sheet, book = await sheet_of(connection, event_id, sheet_id), await read_book(connection, state.shelf, event_id)
    sub = sub_criterion_of(book, sheet)
    paper = _typed(FormMultiDict.from_form_data(data), sub)
    try:
        commands = commands_of(paper, sheet_id, sub)
        await actions.record_paper(connection, state.shelf, sheet_id, commands, person=request.user, now=clock.now())
    except Problem as problem:
        return await _paper(request, connection, state, event_id, sheet_id, paper=paper, problem=problem)
    seen_at = f"sheets/{sheet_id}" if may(request.user.role, "see_marks") else "judging"
    return done(request, f"/desk/events/{event_id}/{seen_at}", N_("The paper sheet is entered."))


HANDLERS = (paper_page, enter_paper)


async def _paper(
    request: AnyRequest,
    connection: Connection,
    state: State,
    event_id: UUID,
    sheet_id: UUID,
    *,
    paper: PaperSheet | None = None,
    problem: Problem | None = None,
) -> Template:
    event, sheet = await event_on(connection, event_id), await sheet_of(connection, event_id, sheet_id)
    book = await read_book(connection, state.shelf, event_id)
    sub = sub_criterion_of(book, sheet)
    faults = problem.faults if isinstance(problem, PaperHasFaults) else {}
    content = PaperPage(
        person=request.user,
        event=event,
        sheet=sheet,
        sub_criterion=sub,
        paper=paper or _blank(sub, book.revision),
        marked=marks_given(sheet, sub, book),
        settled=tuple(aspect.id for aspect in rules.settled(sub, book.record(sheet.entrant_id), sheet.judge_id)),
        readings={aspect.id: expected_readings(aspect) for aspect in sub.aspects},
        states=STATES,
        reasons=REASONS,
        sees_marks=may(request.user.role, "see_marks"),
        faults={aspect: sentence_of(fault) for aspect, fault in faults.items()},
        problem=sentence_of(problem) if problem else "",
    )
    return page("paper.html", content, status_code=problem.status if problem else 200)


def _blank(sub: SubCriterion, base: int) -> PaperSheet:
    """A form that nothing was typed into yet; each mark that may come has its id already."""
    fields = {aspect.id: PaperField(id=new_id()) for aspect in sub.aspects}
    return PaperSheet(fields=fields, note="", base=base, shown_at=clock.now())


def _typed(form: FormMultiDict, sub: SubCriterion) -> PaperSheet:
    """What the form of a paper sheet holds, as it was typed."""
    typed = {
        "fields": {
            aspect.id: {
                "id": form[f"id:{aspect.id}"],
                "values": form.getall(f"value:{aspect.id}", []),
                "state": form.get(f"state:{aspect.id}", "marked"),
                "supersedes": form.get(f"supersedes:{aspect.id}") or None,
                "reason": form.get(f"reason:{aspect.id}", ""),
            }
            for aspect in sub.aspects
            if f"id:{aspect.id}" in form
        },
        "note": form.get("note"),
        "base": form.get("base"),
        "shown_at": form.get("shown_at"),
    }
    try:
        return msgspec.convert(typed, PaperSheet, strict=False)
    except msgspec.ValidationError as fault:
        raise Unreadable from fault
