"""The desk's forms of a freeze: now or at a time, and lifting it or calling it off."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect, Template

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.templating import moment
from competition.plumbing.web_done import done
from competition.registration.frame import event_on
from competition.staging import actions
from competition.staging.board_desk import AnyRequest, FreezeFields, boards_answer
from schemas.base import Command
from schemas.problems import N_, NotFound, Problem

THIS_MINUTE = timedelta(minutes=1)


class FreezeTimeUnreadable(Problem):
    """Something that is no day and time."""

    sentence = N_("{typed} is no day and time. Write it like 2026-05-01T14:30, or freeze at once.")


class FreezeTimeIsPast(Problem):
    """A freeze that should have begun before it was asked for: what everybody has seen since cannot be taken back."""

    sentence = N_(
        "That time has passed, and what the boards showed since cannot be taken back. Freeze now, or choose a later time."
    )


class NotSure(Problem):
    """A freeze that is to be lifted without the box that confirms it."""

    sentence = N_("Lifting the freeze shows everything at once. Tick the box if you mean it.")


class LiftFields(Command):
    """What the form sends that lifts a freeze; a ticked box confirms it."""

    is_sure: bool = False
    csrf: str = msgspec.field(default="", name="_csrf_token")


@post("/desk/events/{event_id:uuid}/freeze", may="freeze")
async def freeze(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[FreezeFields],
) -> Redirect | Template:
    """Freeze the boards, at once or at a time."""
    event, now = await event_on(connection, event_id), clock.now()
    try:
        due_at = moment_in(data.due_at, event.time_zone, now) if data.due_at else None
        line = await actions.freeze(connection, event_id, due_at, person=request.user, now=now)
    except NotFound:
        raise
    except Problem as problem:
        return await boards_answer(request, connection, event_id, at="freeze", freeze=data, problem=problem)
    if line.taken_at:
        return _back(request, event_id, N_("The boards are frozen."))
    return _back(request, event_id, N_("The boards freeze at {due}."), due=moment(line.due_at, event.time_zone))


@post("/desk/events/{event_id:uuid}/freeze/lift", may="freeze")
async def lift_freeze(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    event_id: FromPath[UUID],
    data: URLEncodedBody[LiftFields],
) -> Redirect | Template:
    """Lift the freeze, or call off the one that is due: only a freeze that holds needs to be confirmed."""
    event = await event_on(connection, event_id)
    try:
        if event.freeze and event.freeze.taken_at and not data.is_sure:
            raise NotSure
        await actions.lift_freeze(connection, event_id, person=request.user, now=clock.now())
    except Problem as problem:
        return await boards_answer(request, connection, event_id, at="freeze", problem=problem)
    return _back(request, event_id, N_("Nothing is frozen any more."))


HANDLERS = (freeze, lift_freeze)


def moment_in(typed: str, zone: str, now: datetime) -> datetime:
    """A day and time at the venue, as a browser sends it. Raises where it is none, or has passed."""
    try:
        due_at = datetime.fromisoformat(typed.strip()).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise FreezeTimeUnreadable(typed=typed) from None
    if due_at < now - THIS_MINUTE:
        raise FreezeTimeIsPast
    return due_at


def _back(request: AnyRequest, event_id: UUID, sentence: str, **facts: str) -> Redirect:
    return done(request, f"/desk/events/{event_id}/boards", sentence, **facts)
