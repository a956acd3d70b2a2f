"""The desk's page about an amendment: send another scheme, see what it would change, apply it whole or drop it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access.rules import may
from competition.amendments import actions, store
from competition.judging.desk_store import judges_of
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.results.rules import EntrantLabel, without_delegations
from competition.results.store import labels_of
from competition.schemes.store import scheme_of
from competition.schemes.uploads import Faulty, UploadForm, uploaded_scheme
from competition.scoring.awards import award_names
from schemas.access import Person
from schemas.base import Command, Message, Text
from schemas.problems import N_, NotFound, Problem
from schemas.results import Closed, TeamPlace
from schemas.scheme import Scheme

MOST_MARKS = 200
"""How many changed marks the page lists; it says how many there are."""

AnyRequest = Request[Person, Any, Any]


class MarkRow(Message):
    """A mark that would give other points; ``problem`` says why it could not be scored."""

    code: str
    aspect: str
    judge: str
    before: Decimal
    after: Decimal | None
    problem: str


class EntrantRow(Message):
    """An entrant for whom something would change."""

    code: str
    before: Closed
    after: Closed


class TeamRow(Message):
    """A delegation that would stand otherwise in a team standing."""

    name: Text
    delegation: str
    before: TeamPlace | None
    after: TeamPlace | None


class AmendmentPage(Message):
    """What is proposed and what it would change; without a proposal, the form to send one. ``refused`` names a file not taken.

    ``marks`` are those that would give other points, or, where ``is_blocked``, those that could not be scored. Delegations in
    ``teams`` are only for those who may see whose they are; ``teams_changed`` is for everybody.
    """

    person: Person
    event: EventHead
    scheme: Scheme
    is_locked: bool
    versions: tuple[store.Version, ...]
    may_amend: bool
    may_see_teams: bool
    awards: dict[str, Text] = {}  # noqa: RUF012 - msgspec gives each page its own
    stages: dict[str, Text] = {}  # noqa: RUF012
    proposal: store.Proposal | None = None
    revision: int = 0
    is_blocked: bool = False
    entrants: tuple[EntrantRow, ...] = ()
    marks: tuple[MarkRow, ...] = ()
    marks_changed: int = 0
    teams: tuple[TeamRow, ...] = ()
    teams_changed: int = 0
    refused: str = ""
    faults: tuple[Faulty, ...] = ()
    problem: str = ""


class ApplyForm(Command):
    """The form that applies exactly the preview that was shown."""

    digest: str
    revision: int
    reason: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class DropForm(Command):
    """The form that drops the proposal that was shown."""

    digest: str
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/desk/events/{event_id:uuid}/scheme/amendment", may="see_marks")
async def amendment_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
) -> Template:
    """What is proposed for this event, and what it would change."""
    return await _page(request, connection, state, event_id)


@post("/desk/events/{event_id:uuid}/scheme/amendment", may="manage_event")
async def propose(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: MultipartBody[UploadForm],
) -> Redirect | Template:
    """Propose the scheme in a file; whatever is wrong with it is listed, and then nothing is proposed."""
    sent = await uploaded_scheme(data.scheme)
    problem = sent.problem
    if sent.scheme is not None:
        try:
            await actions.propose(connection, event_id, sent.scheme, actor_id=request.user.id, now=clock.now())
            return _back(
                request,
                event_id,
                N_("The amendment is proposed. Look at what it would change before it is put in force."),
            )
        except Problem as refusal:
            problem = refusal
    return await _page(
        request, connection, state, event_id, refused=sent.file_name, faults=sent.faults, problem=problem
    )


@post("/desk/events/{event_id:uuid}/scheme/amendment/apply", may="manage_event")
async def apply(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[ApplyForm],
) -> Redirect | Template:
    """Put the previewed scheme in force."""
    try:
        await actions.apply_proposal(
            connection,
            state.shelf,
            event_id,
            digest=data.digest,
            revision=data.revision,
            reason=data.reason,
            actor_id=request.user.id,
            now=clock.now(),
        )
    except Problem as problem:
        return await _page(request, connection, state, event_id, problem=problem)
    return _back(
        request,
        event_id,
        N_("The amendment is in force. All totals and places were computed again by it."),
        then=(f"/desk/events/{event_id}/results", N_("Results")),
    )


@post("/desk/events/{event_id:uuid}/scheme/amendment/drop", may="manage_event")
async def drop(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    data: URLEncodedBody[DropForm],
) -> Redirect | Template:
    """Drop what is proposed."""
    try:
        await actions.drop_proposal(connection, event_id, digest=data.digest, actor_id=request.user.id, now=clock.now())
    except Problem as problem:
        return await _page(request, connection, state, event_id, problem=problem)
    return _back(request, event_id, N_("The proposal is dropped."))


HANDLERS = (amendment_page, propose, apply, drop)


def _back(request: AnyRequest, event_id: UUID, sentence: str, then: tuple[str, str] = ("", "")) -> Redirect:
    return done(request, f"/desk/events/{event_id}/scheme/amendment", sentence, then)


async def _page(
    request: AnyRequest,
    connection: Connection,
    state: State,
    event_id: UUID,
    *,
    refused: str = "",
    faults: tuple[Faulty, ...] = (),
    problem: Problem | None = None,
) -> Template:
    event = await event_on(connection, event_id)
    stored = await scheme_of(connection, event_id)
    if stored is None:
        raise NotFound
    content = AmendmentPage(
        person=request.user,
        event=event,
        scheme=stored.scheme,
        is_locked=stored.locked_at is not None,
        versions=await store.versions_of(connection, event_id),
        may_amend=may(request.user.role, "manage_event"),
        may_see_teams=may(request.user.role, "see_entrants"),
        refused=refused,
        faults=faults,
        problem=sentence_of(problem) if problem else "",
    )
    preview = await actions.preview(connection, state.shelf, event_id)
    if preview is not None:
        content = await _with_preview(connection, content, preview)
    status_code = problem.status if problem else Problem.status if faults else 200
    return page("amendment.html", content, status_code=status_code)


async def _with_preview(connection: Connection, content: AmendmentPage, preview: actions.Preview) -> AmendmentPage:
    labels = await labels_of(connection, content.event.id)
    judges = await judges_of(connection, content.event.id)
    amended, before, after = preview.amended, content.scheme, preview.proposal.scheme
    teams = {team.id: team.name for team in (*before.teams, *after.teams)}
    entrants = [
        EntrantRow(
            code=_code(labels, row.entrant_id),
            before=row.before if content.may_see_teams else without_delegations(row.before, before),
            after=row.after if content.may_see_teams else without_delegations(row.after, after),
        )
        for row in amended.entrants
    ]
    marks = [
        MarkRow(
            code=_code(labels, mark.entrant_id),
            aspect=mark.aspect,
            judge=judges.get(mark.judge_id, ""),
            before=mark.before,
            after=mark.after,
            problem=sentence_of(mark.problem) if mark.problem else "",
        )
        for mark in amended.blocking or amended.marks
    ]
    return msgspec.structs.replace(
        content,
        proposal=preview.proposal,
        revision=preview.revision,
        is_blocked=bool(amended.blocking),
        awards=award_names(before) | award_names(after),
        stages={stage.id: stage.name for stage in (*before.stages, *after.stages)},
        entrants=tuple(sorted(entrants, key=lambda row: (row.after.rank is None, row.after.rank or 0, row.code))),
        marks=tuple(sorted(marks, key=lambda row: (row.code, row.aspect, row.judge)))[:MOST_MARKS],
        marks_changed=len(marks),
        teams=tuple(
            TeamRow(name=teams[row.team], delegation=row.delegation, before=row.before, after=row.after)
            for row in amended.teams
            if content.may_see_teams
        ),
        teams_changed=len(amended.teams),
    )


def _code(labels: dict[UUID, EntrantLabel], entrant_id: UUID) -> str:
    label = labels.get(entrant_id)
    return label.code if label else ""
