"""What an audience may see of an event: the one place where facts become a board. Pure.

Everything a board shows, in whatever form, is made of a ``Projection``; what is not in it cannot leak from any page, state,
socket or ETag. Two sets of facts that differ only in what is hidden project to the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from uuid import UUID

import msgspec

from schemas.base import Message, Text
from schemas.boards import BoardColumn, BoardHead, BoardRow, BoardStatus
from schemas.registration import EntrantStatus
from schemas.results import Publication, PublishedRow, Standing
from schemas.scheme import Criterion, Scheme, Stage

ALL = 100
MOST_PLACES = 6
LEAST_SHOWN = Decimal("0.000001")
"""What is smaller could only be written with an exponent."""
LAST = 2**31


class BoardSign(Message):
    """A board as it was set up: its id and its title."""

    id: str
    title: Text


class EntrantFacts(Message):
    """What is known of an entrant that a board could show. ``code`` is None before the draw."""

    id: UUID
    number: int
    code: str | None
    name: str
    delegation: str
    status: EntrantStatus


class EventFacts(Message):
    """Everything a board of an event is made of, hidden or not, as one moment's reading of the database."""

    id: UUID
    name: Text
    is_blind: bool
    revision: int
    columns: tuple[BoardColumn, ...]
    entrants: tuple[EntrantFacts, ...]
    standings: tuple[Standing, ...]
    publication: Publication | None


class Sight(Message):
    """What the audience is shown: rows from the live standings or from a publication, and whether names go with them."""

    source: Literal["standings", "publication"]
    names: bool
    status: BoardStatus


class Projection(Message):
    """A board as its audience may see it; ``revision`` is the event's when this was last able to change."""

    head: BoardHead
    revision: int
    rows: tuple[BoardRow, ...]


def columns_of(scheme: Scheme | None) -> tuple[BoardColumn, ...]:
    """The columns of figures: every stage, each followed by its criteria where there are several."""
    columns: list[BoardColumn] = []
    for stage in scheme.stages if scheme else ():
        columns.append(_column("stage", stage))
        if len(stage.criteria) > 1:
            columns += [_column("criterion", criterion) for criterion in stage.criteria]
    return tuple(columns)


def sight_of(facts: EventFacts) -> Sight:
    """Decide what the public sees. Draft publications do not exist for it."""
    publication = facts.publication
    if publication and publication.status != "draft":
        return Sight(source="publication", names=True, status=publication.status)
    is_marked = any(standing.marked for standing in facts.standings)
    return Sight(source="standings", names=not facts.is_blind, status="live" if is_marked else "preparing")


def project(sign: BoardSign, facts: EventFacts) -> Projection:
    """The board ``sign`` of an event, as the public may see it.

    Once a list is published the board is exactly that list: neither its rows nor its revision tell of marks made after it.
    """
    sight = sight_of(facts)
    publication = facts.publication if sight.source == "publication" else None
    return Projection(
        head=BoardHead(
            id=sign.id,
            title=sign.title,
            event=facts.name,
            columns=facts.columns,
            status=sight.status,
            published_at=publication.published_at if publication else None,
        ),
        revision=publication.revision if publication else facts.revision,
        rows=_published_rows(publication, facts.columns) if publication else _live_rows(facts, names=sight.names),
    )


def _column(kind: Literal["stage", "criterion"], part: Stage | Criterion) -> BoardColumn:
    return BoardColumn(id=part.id, kind=kind, name=part.name, points=part.points)


def _published_rows(publication: Publication, columns: Sequence[BoardColumn]) -> tuple[BoardRow, ...]:
    return tuple(
        BoardRow(
            code=row.code or _by_number(row.number),
            place=place,
            rank=row.rank,
            shared=row.shared,
            name=row.name,
            delegation=row.delegation,
            total=_whole(row.total),
            figures=_figures(row, columns),
            progress=ALL,
            state=row.state,
        )
        for place, row in enumerate(publication.rows, start=1)
    )


def _live_rows(facts: EventFacts, *, names: bool) -> tuple[BoardRow, ...]:
    standings = {standing.entrant_id: standing for standing in facts.standings}
    rows = [
        _live_row(entrant, standings.get(entrant.id), facts.columns, names=names)
        for entrant in facts.entrants
        if entrant.status != "withdrawn" and (entrant.code or names)
    ]
    rows.sort(key=_order)
    return tuple(msgspec.structs.replace(row, place=place) for place, row in enumerate(rows, start=1))


def _live_row(
    entrant: EntrantFacts, standing: Standing | None, columns: Sequence[BoardColumn], *, names: bool
) -> BoardRow:
    row = BoardRow(
        code=entrant.code or _by_number(entrant.number),
        place=0,
        rank=None,
        shared=False,
        name=entrant.name if names else "",
        delegation=entrant.delegation if names else "",
        total=Decimal(0),
        figures=(None,) * len(columns),
        progress=0,
        state=standing.state if standing else "competing",
    )
    # Who is absent, unranked or disqualified stays on the board, without points: what was marked is nobody's business in the hall.
    if standing is None or standing.state != "competing" or not standing.marked:
        return row
    return msgspec.structs.replace(
        row,
        rank=standing.rank,
        shared=standing.shared,
        total=_whole(standing.total),
        figures=_figures(standing, columns),
        progress=min(standing.marked * ALL // max(standing.expected, 1), ALL),
    )


def _figures(row: Standing | PublishedRow, columns: Sequence[BoardColumn]) -> tuple[Decimal | None, ...]:
    figures = [(row.stages if column.kind == "stage" else row.criteria).get(column.id) for column in columns]
    return tuple(None if figure is None else _plain(figure) for figure in figures)


def _whole(total: Decimal) -> Decimal:
    """A total with all its places, so that a board can tell one without a last decimal and mark it ≈."""
    return _plain(total) if abs(total) < LEAST_SHOWN or total == total.to_integral_value() else total


def _plain(value: Decimal) -> Decimal:
    """A figure that any client can read: no exponent, and at most six places of a panel's endless mean."""
    exponent = value.as_tuple().exponent
    places = min(max(-exponent, 0), MOST_PLACES) if isinstance(exponent, int) else 0
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _by_number(number: int) -> str:
    """What stands for a code before the draw, where entrants are named anyway; while blind such an entrant is not shown."""
    return f"#{number}"


def _order(row: BoardRow) -> tuple[int, bool, list[tuple[int, str]]]:
    """Ranked first; then who is not marked yet, then who does not compete; always the same among equals, by code."""
    return row.rank or LAST, row.state != "competing", _natural(row.code)


def _natural(code: str) -> list[tuple[int, str]]:
    """Codes as people count them: 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", code) if part]
