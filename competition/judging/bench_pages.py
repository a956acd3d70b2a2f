"""The labels for the benches: a number to read from afar, and a code by which a judge's tablet finds whoever works there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.registration.frame import address_of, event_on
from competition.registration.store import EventHead
from competition.timetable.store import benches_of
from schemas.access import Person
from schemas.base import Message


class BenchLabel(Message):
    """One bench: its number, and the address that its code leads to, which names the bench and nobody."""

    number: int
    url: str


class BenchLabelsPage(Message):
    """The labels of an event, one to a printed page."""

    person: Person
    event: EventHead
    labels: tuple[BenchLabel, ...]


@get("/desk/events/{event_id:uuid}/benches", may="see_desk")
async def bench_labels_page(
    request: Request[Person, Any, Any], connection: NamedDependency[Connection], event_id: FromPath[UUID]
) -> Template:
    """A label for each bench, to be printed."""
    event, address = await event_on(connection, event_id), address_of(request)
    labels = tuple(
        BenchLabel(number=number, url=f"{address}/judge#bench={number}")
        for number in await benches_of(connection, event_id)
    )
    return page("bench_labels.html", BenchLabelsPage(person=request.user, event=event, labels=labels))


HANDLERS = (bench_labels_page,)
