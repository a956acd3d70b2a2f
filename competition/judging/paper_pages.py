"""What tablets and the desk send and fetch beside marks: sign-offs, signatures, photographs, messages of the hall."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from litestar import Request, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from competition.judging import messages, papers_store, photographs, signing
from competition.plumbing import clock
from competition.plumbing.database import Connection, Pool
from competition.plumbing.errors import FieldsUnreadable
from schemas.access import Person
from schemas.marks import Receipt, Say, SealSheet, SignSheet
from schemas.problems import NotFound
from schemas.tablet import HallMessage

AnyRequest = Request[Person, Any, Any]

FOR_EVER = "private, max-age=31536000, immutable"
"""A photograph never changes; whoever may see it may keep it."""

STUDIO = photographs.Studio()


@post("/score-sheets/{sheet_id:uuid}/seal", may="mark", status_code=200)
async def seal_score_sheet(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: JSONBody[SealSheet],
) -> Receipt:
    """Sign a sheet off."""
    return await signing.seal_score_sheet(connection, state.shelf, sheet_id, data, person=request.user, now=clock.now())


@post("/score-sheets/{sheet_id:uuid}/signatures", may="mark", status_code=200)
async def sign_score_sheet(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    sheet_id: FromPath[UUID],
    data: JSONBody[SignSheet],
) -> Receipt:
    """Sign under a sign-off, on a tablet."""
    return await signing.sign_score_sheet(connection, state.shelf, sheet_id, data, person=request.user, now=clock.now())


@put("/score-sheets/{sheet_id:uuid}/photographs/{photograph_id:uuid}", may="mark", status_code=200)
async def keep_photograph(
    request: AnyRequest,
    state: State,
    sheet_id: FromPath[UUID],
    photograph_id: FromPath[UUID],
    aspect: FromQuery[str],
    taken_at: FromQuery[datetime],
) -> Receipt:
    """Keep a photograph; no connection of the pool waits while it is on its way and made anew."""
    if taken_at.tzinfo is None:
        raise FieldsUnreadable(fields="taken_at")
    async with STUDIO.place():
        picture = await STUDIO.develop(await request.body())
    shot = photographs.Shot(id=photograph_id, sheet_id=sheet_id, aspect=aspect, taken_at=taken_at)
    async with cast("Pool", state.pool).acquire() as connection:
        return await photographs.keep_photograph(
            connection, state.shelf, shot, picture, person=request.user, now=clock.now()
        )


@get("/photographs/{photograph_id:uuid}", may="mark")
async def own_photograph(
    request: AnyRequest, connection: NamedDependency[Connection], photograph_id: FromPath[UUID]
) -> Response[bytes]:
    """A photograph of one of the judge's own sheets."""
    return _picture(await papers_store.picture_with(connection, photograph_id, judge_id=request.user.id))


@get("/desk/photographs/{photograph_id:uuid}", may="see_marks")
async def photograph(connection: NamedDependency[Connection], photograph_id: FromPath[UUID]) -> Response[bytes]:
    """A photograph of anybody's sheet."""
    return _picture(await papers_store.picture_with(connection, photograph_id, judge_id=None))


@post("/events/{event_id:uuid}/messages", may="mark", status_code=200)
async def say(
    request: AnyRequest, connection: NamedDependency[Connection], event_id: FromPath[UUID], data: JSONBody[Say]
) -> HallMessage:
    """Tell the chief judge of a problem, from a tablet."""
    return await messages.say(connection, event_id, data, request.user, clock.now())


HANDLERS = (seal_score_sheet, sign_score_sheet, keep_photograph, own_photograph, photograph, say)


def _picture(jpeg: bytes | None) -> Response[bytes]:
    if jpeg is None:
        raise NotFound
    return Response(jpeg, media_type="image/jpeg", headers={"cache-control": FOR_EVER})
