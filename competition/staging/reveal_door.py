"""Where whoever presents comes in: straight to the reveal where there is one event, else to a list of the events."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.staging import desk_store
from schemas.access import Person
from schemas.base import Message

AnyRequest = Request[Person, Any, Any]


class RevealsPage(Message):
    """The reveals of all events."""

    person: Person
    reveals: tuple[desk_store.RevealLine, ...]


@get("/desk/reveal", may="present")
async def reveals_page(request: AnyRequest, connection: NamedDependency[Connection]) -> Redirect | Template:
    """The reveal of the one event there is, or all to choose from."""
    reveals = await desk_store.reveals(connection)
    if len(reveals) == 1:
        return Redirect(f"/desk/events/{reveals[0].event_id}/reveal", status_code=303)
    return page("reveals.html", RevealsPage(person=request.user, reveals=reveals))


HANDLERS = (reveals_page,)
