"""The desk's pages about the contest as it runs: overview, standings opened down to marks, penalties, who is out, publishing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import may
from competition.judging.desk_store import judges_of
from competition.judging.messages import problems_of
from competition.judging.outlook import NOTHING_YET, outlook_on
from competition.ledger.actions import read_book
from competition.ledger.book import Book
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead, entrants_of
from competition.results import actions, rules, store
from competition.schemes.store import scheme_of
from competition.scoring.compute import taken_from
from competition.timetable.store import last_draw
from schemas.access import Person
from schemas.aspects import Aspect
from schemas.base import Command, Message, Text
from schemas.desk import FigureColumn, StandingRow
from schemas.problems import N_, NotFound
from schemas.results import EntrantResult, Publication, PublicationStatus
from schemas.scheme import Criterion, Scheme, Stage

AnyRequest = Request[Person, Any, Any]

PUBLISHED = {
    "draft": N_("A draft of the results is kept."),
    "provisional": N_("The provisional results are published."),
    "official": N_("The official results are published."),
}


class OverviewPage(Message):
    """How far the event has come, and while it is set up what to do next.

    ``waited_for`` are judges with sheets to sign, ``undecided`` the marks and panels that wait for the chief judge, ``unanswered``
    the judges' problems that do.
    """

    person: Person
    event: EventHead
    boards: tuple[store.Board, ...]
    marked: int
    expected: int
    signed: int
    sheets: int
    waited_for: int
    undecided: int
    unanswered: int
    entrants: int
    entrants_listed: int
    has_scheme: bool
    has_draw: bool
    last: Publication | None


class ResultsPage(Message):
    """The standings and what can be done with them."""

    person: Person
    event: EventHead
    columns: tuple[FigureColumn, ...]
    rows: tuple[StandingRow, ...]
    publications: tuple[store.PublicationLine, ...]
    open_sheets: int
    ledger_position: int
    checkpoint: str
    shows_names: bool
    may_publish: bool
    may_export: bool


class TracePage(Message):
    """One entrant's total, opened down to every mark. Judges are named by their seat's name."""

    person: Person
    event: EventHead
    row: StandingRow
    result: EntrantResult
    scheme: Scheme
    names: dict[str, Text]
    aspects: dict[str, Aspect]
    judges: dict[UUID, str]
    is_withdrawn: bool
    may_penalise: bool
    may_withdraw: bool


class PublishForm(Command):
    """What the publishing form sends."""

    status: PublicationStatus
    csrf: str = msgspec.field(default="", name="_csrf_token")


class PenaltyForm(Command):
    """What the penalty form sends."""

    penalty: str
    occurrences: int
    reason: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class OutForm(Command):
    """What the forms of disqualification and withdrawal send; ``lifted`` takes it back."""

    reason: str = ""
    lifted: bool = False
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}", may="see_desk")
async def overview_page(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, event_id: FromPath[UUID]
) -> Template:
    """How far the event has come, what waits for somebody, and which boards it has."""
    event = await event_on(connection, event_id)
    has_scheme = await scheme_of(connection, event_id) is not None
    book = await read_book(connection, state.shelf, event_id) if has_scheme else None
    outlook = await outlook_on(connection, book, (), now=clock.now()) if book else NOTHING_YET
    content = OverviewPage(
        person=request.user,
        event=event,
        boards=await store.boards_of(connection, event_id),
        marked=sum(standing.marked for standing in book.standings.values()) if book else 0,
        expected=sum(standing.expected for standing in book.standings.values()) if book else 0,
        signed=outlook.signed(),
        sheets=len(outlook.sheets),
        waited_for=len(outlook.missing),
        undecided=outlook.undecided(),
        unanswered=sum(not line.answers for line in await problems_of(connection, event_id)),
        entrants=len(book.standings) if book else 0,
        entrants_listed=len(await entrants_of(connection, event_id)),
        has_scheme=has_scheme,
        has_draw=await last_draw(connection, event_id) is not None,
        last=await store.last_public(connection, event_id),
    )
    return page("overview.html", content)


@get("/desk/events/{event_id:uuid}/results", may="see_marks")
async def results_page(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, event_id: FromPath[UUID]
) -> Template:
    """The standings as of now, and the publications so far."""
    event = await event_on(connection, event_id)
    book = await read_book(connection, state.shelf, event_id)
    content = ResultsPage(
        person=request.user,
        event=event,
        columns=_columns(book.scheme),
        rows=await _rows(connection, book, request.user, event),
        publications=await store.publications_of(connection, event_id),
        open_sheets=await store.open_sheets(connection, event_id),
        ledger_position=book.position,
        checkpoint=f"{book.position}:{book.digest.hex()}",
        shows_names=_shows_names(request.user),
        may_publish=may(request.user.role, "publish"),
        may_export=may(request.user.role, "export"),
    )
    return page("results.html", content)


@get("/desk/events/{event_id:uuid}/results/{entrant_id:uuid}", may="see_marks")
async def trace_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    entrant_id: FromPath[UUID],
) -> Template:
    """One entrant's total with every step that leads to it."""
    event = await event_on(connection, event_id)
    book = await read_book(connection, state.shelf, event_id)
    row = next(
        (row for row in await _rows(connection, book, request.user, event) if row.entrant_id == entrant_id), None
    )
    if row is None:
        raise NotFound
    scheme = book.scheme
    content = TracePage(
        person=request.user,
        event=event,
        row=row,
        result=book.result(entrant_id),
        scheme=scheme,
        names=_names(scheme),
        aspects=book.aspects,
        judges=await judges_of(connection, event_id),
        is_withdrawn=book.record(entrant_id).withdrawn,
        may_penalise=may(request.user.role, "penalise"),
        may_withdraw=may(request.user.role, "withdraw"),
    )
    return page("trace.html", content)


@post("/desk/events/{event_id:uuid}/publications", may="publish")
async def publish(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[PublishForm],
) -> Redirect:
    """Publish the results as they stand."""
    await actions.publish(connection, state.shelf, event_id, data.status, person=request.user, now=clock.now())
    return done(request, f"/desk/events/{event_id}/results", PUBLISHED[data.status])


@post("/desk/events/{event_id:uuid}/results/{entrant_id:uuid}/penalties", may="penalise")
async def give_penalty(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    entrant_id: FromPath[UUID],
    data: URLEncodedBody[PenaltyForm],
) -> Redirect:
    """Set how often an entrant committed a breach."""
    await actions.give_penalty(
        connection,
        state.shelf,
        event_id,
        entrant_id,
        data.penalty,
        data.occurrences,
        data.reason,
        person=request.user,
        now=clock.now(),
    )
    said = N_("The penalty is on record. Occurrences: {count}.")
    return done(request, f"/desk/events/{event_id}/results/{entrant_id}", said, count=data.occurrences)


@post("/desk/events/{event_id:uuid}/results/{entrant_id:uuid}/disqualification", may="penalise")
async def disqualify(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    entrant_id: FromPath[UUID],
    data: URLEncodedBody[OutForm],
) -> Redirect:
    """Take an entrant out of the contest, or lift that."""
    await actions.disqualify(
        connection,
        state.shelf,
        event_id,
        entrant_id,
        data.reason,
        lifted=data.lifted,
        person=request.user,
        now=clock.now(),
    )
    said = N_("The disqualification is lifted.") if data.lifted else N_("The entrant is disqualified.")
    return done(request, f"/desk/events/{event_id}/results/{entrant_id}", said)


@post("/desk/events/{event_id:uuid}/results/{entrant_id:uuid}/withdrawal", may="withdraw")
async def withdraw(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    entrant_id: FromPath[UUID],
    data: URLEncodedBody[OutForm],
) -> Redirect:
    """Record that an entrant has left the contest, or take that back."""
    await actions.withdraw(
        connection,
        state.shelf,
        event_id,
        entrant_id,
        data.reason,
        lifted=data.lifted,
        person=request.user,
        now=clock.now(),
    )
    said = N_("The withdrawal is taken back.") if data.lifted else N_("The withdrawal is on record.")
    return done(request, f"/desk/events/{event_id}/results/{entrant_id}", said)


HANDLERS = (overview_page, results_page, trace_page, publish, give_penalty, disqualify, withdraw)


async def _rows(connection: Connection, book: Book, person: Person, event: EventHead) -> tuple[StandingRow, ...]:
    """The standings in order of place; names only for whoever may see entrants."""
    labels = await store.labels_of(connection, event.id)
    shows_names = _shows_names(person)
    rows = (
        _row(book, entrant_id, labels[entrant_id], shows_names=shows_names)
        for entrant_id in book.standings
        if entrant_id in labels
    )
    return tuple(sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.code)))


def _row(book: Book, entrant_id: UUID, label: rules.EntrantLabel, *, shows_names: bool) -> StandingRow:
    standing = book.standings[entrant_id]
    return StandingRow(
        entrant_id=entrant_id,
        rank=standing.rank,
        shared=standing.shared,
        code=label.code,
        name=label.name if shows_names else "",
        delegation=label.delegation if shows_names else "",
        state=standing.state,
        total=standing.total,
        stages=tuple(standing.stages.get(stage.id) for stage in book.scheme.stages),
        criteria=tuple(standing.criteria.get(task.id) for task in _tasks(book.scheme)),
        penalties=taken_from(book.scheme, book.record(entrant_id)),
        marked=standing.marked,
        expected=standing.expected,
    )


def _names(scheme: Scheme) -> dict[str, Text]:
    """What the parts of a trace are called, by kind and id: ``criterion E``, ``penalty late``."""
    return (
        {f"criterion {criterion.id}": criterion.name for criterion in scheme.criteria()}
        | {f"sub_criterion {sub.id}": sub.name for sub in scheme.sub_criteria()}
        | {f"penalty {penalty.id}": penalty.name for penalty in scheme.penalties}
    )


def _columns(scheme: Scheme) -> tuple[FigureColumn, ...]:
    parts: tuple[Stage | Criterion, ...] = (*scheme.stages, *_tasks(scheme))
    return tuple(FigureColumn(id=part.id, name=part.name, points=part.points) for part in parts)


def _tasks(scheme: Scheme) -> tuple[Criterion, ...]:
    """The criteria worth a column of their own: those that are not a whole stage already."""
    return tuple(criterion for stage in scheme.stages if len(stage.criteria) > 1 for criterion in stage.criteria)


def _shows_names(person: Person) -> bool:
    return may(person.role, "see_entrants")
