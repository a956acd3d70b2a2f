"""The desk's page of what is made of the totals: scaled figures, awards, teams, who goes on, and what can still change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from competition.access.rules import may
from competition.ledger.actions import read_book
from competition.ledger.book import Book, Shelf
from competition.plumbing.database import Connection
from competition.plumbing.templating import page
from competition.registration.frame import event_on
from competition.registration.store import EventHead
from competition.results.rules import without_delegations
from competition.results.store import contenders_of, labels_of
from competition.schemes.store import scheme_of
from competition.scoring.awards import award_names
from competition.scoring.closing import close
from competition.scoring.reach import reach
from competition.scoring.record import EntrantRecord
from competition.scoring.tally import tally
from schemas.access import Person
from schemas.base import Message, Text
from schemas.results import Closed, Closing, Contender, EntrantState, Reach, TeamPlace
from schemas.scheme import Scheme

AnyRequest = Request[Person, Any, Any]


class ClosingRow(Message):
    """One entrant: the place and what comes with it, and what can still change (None where nothing more can, or for who is out)."""

    code: str
    name: str
    delegation: str
    state: EntrantState
    closed: Closed
    reach: Reach | None


class TeamTable(Message):
    """One standing of delegations."""

    name: Text
    places: tuple[TeamPlace, ...]


class ClosingPage(Message):
    """What the totals come to now; empty before there are any.

    Names, delegations and so the teams are only for those who may see whose they are: a member's code would tell the delegation.
    """

    person: Person
    event: EventHead
    scheme: Scheme | None
    rows: tuple[ClosingRow, ...] = ()
    awards: dict[str, Text] = {}  # noqa: RUF012 - msgspec gives each page its own
    stages: dict[str, Text] = {}  # noqa: RUF012
    teams: tuple[TeamTable, ...] = ()
    scale_inputs: dict[str, Decimal] = {}  # noqa: RUF012
    codes: dict[UUID, str] = {}  # noqa: RUF012
    shows_names: bool = False
    is_open: bool = False


@get("/desk/events/{event_id:uuid}/closing", may="see_marks")
async def closing_page(
    request: AnyRequest, connection: NamedDependency[Connection], state: State, event_id: FromPath[UUID]
) -> Template:
    """Awards, teams, scales and who goes on, by the standings as of now."""
    event = await event_on(connection, event_id)
    return page("closing.html", await closing_of(connection, state.shelf, event, request.user))


HANDLERS = (closing_page,)


async def closing_of(connection: Connection, shelf: Shelf, event: EventHead, person: Person) -> ClosingPage:
    """The page as this person may see it."""
    if await scheme_of(connection, event.id) is None:
        return ClosingPage(person=person, event=event, scheme=None)
    book = await read_book(connection, shelf, event.id)
    labels = await labels_of(connection, event.id)
    contenders = [one for one in await contenders_of(connection, event.id) if one.entrant_id in book.standings]
    records = [book.record(one.entrant_id) for one in contenders]
    closing, reached = await asyncio.to_thread(_closed, book, records, contenders)
    reaches = {one.entrant_id: one for one in reached}
    is_open = any(one.least != one.most for one in reaches.values())
    shows_names = may(person.role, "see_entrants")
    rows = [
        ClosingRow(
            code=labels[closed.entrant_id].code,
            name=labels[closed.entrant_id].name if shows_names else "",
            delegation=labels[closed.entrant_id].delegation if shows_names else "",
            state=book.standings[closed.entrant_id].state,
            closed=closed if shows_names else without_delegations(closed, book.scheme),
            reach=reaches.get(closed.entrant_id) if is_open else None,
        )
        for closed in closing.entrants
    ]
    return ClosingPage(
        person=person,
        event=event,
        scheme=book.scheme,
        rows=tuple(sorted(rows, key=lambda row: (row.closed.rank is None, row.closed.rank or 0, row.code))),
        awards=award_names(book.scheme),
        stages={stage.id: stage.name for stage in book.scheme.stages},
        teams=tuple(
            TeamTable(name=team.name, places=closing.teams[team.id]) for team in book.scheme.teams if shows_names
        ),
        scale_inputs=closing.scale_inputs,
        codes={entrant_id: label.code for entrant_id, label in labels.items()},
        shows_names=shows_names,
        is_open=is_open,
    )


def _closed(
    book: Book, records: Sequence[EntrantRecord], contenders: Sequence[Contender]
) -> tuple[Closing, tuple[Reach, ...]]:
    closing = close(book.scheme, [tally(book.scheme, record) for record in records], contenders)
    return closing, reach(book.scheme, records, numbers=book.numbers)
