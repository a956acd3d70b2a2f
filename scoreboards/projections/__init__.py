"""The kinds of boards, each made of a ``Sight`` alone: what an audience may not see is not in it, so no kind can show it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import TypeVar
from uuid import UUID

import msgspec

from schemas.base import Message, Text
from schemas.boards import (
    Audience,
    BoardAward,
    BoardColumn,
    BoardHead,
    BoardKind,
    BoardRow,
    BoardSession,
    BoardStatus,
    Row,
    Theme,
)
from schemas.results import Reach
from schemas.staging import Prospect, RevealStep
from scoreboards.facts import BoardSign, PlaceFacts

MOST_PLACES = 6
LEAST_SHOWN = Decimal("0.000001")
"""What is smaller could only be written with an exponent."""

LAST = 2**31
"""Behind every rank."""

R = TypeVar("R", bound=Row)


class Seen(Message):
    """One entrant as the audience sees them: a row of the standings with all columns. ``id`` joins them to the prospect."""

    id: UUID | None
    row: BoardRow


class Act(Message):
    """A reveal as far as it is shown: the steps up to now, of as many as may be known. ``following`` is for the presenter alone."""

    awards: tuple[BoardAward, ...]
    revealed: tuple[RevealStep, ...]
    steps: int
    is_paused: bool
    following: RevealStep | None


class Sight(Message, dict=True):
    """What an audience may see of an event. ``seen`` are the entrants, in order of place.

    While names are hidden, ``prospect`` has neither winners nor teams, and ``delegations`` (code by name) is empty. ``act`` is None
    while the curtain is closed.
    """

    event: Text
    theme: Theme
    audience: Audience
    status: BoardStatus
    has_names: bool
    revision: int
    published_at: datetime | None = None
    frozen_at: datetime | None = None
    columns: tuple[BoardColumn, ...] = ()
    by_total: bool = False
    seen: tuple[Seen, ...] = ()
    delegations: dict[str, str] = {}  # noqa: RUF012 - msgspec gives each its own
    prospect: Prospect = Prospect(revision=0)
    sessions: tuple[BoardSession, ...] = ()
    places: tuple[PlaceFacts, ...] = ()
    act: Act | None = None

    # There may be a page for each of a thousand entrants: what is looked up for every one of them is laid out once.

    @cached_property
    def indices(self) -> dict[str, int]:
        """Where each code is in ``seen``."""
        return {one.row.code: index for index, one in enumerate(self.seen)}

    @cached_property
    def reaches(self) -> dict[UUID, Reach]:
        """What is still possible for each entrant."""
        return {reach.entrant_id: reach for reach in self.prospect.reaches}

    @cached_property
    def ranked(self) -> tuple[BoardRow, ...]:
        """The rows that have a rank, the first first."""
        return tuple(sorted((one.row for one in self.seen if one.row.rank), key=lambda row: row.rank or LAST))


def head_of(sign: BoardSign, sight: Sight, kind: BoardKind) -> BoardHead:
    """What the heads of all kinds have in common."""
    return BoardHead(
        id=sign.id,
        kind=kind,
        title=sign.title,
        event=sight.event,
        status=sight.status,
        has_names=sight.has_names,
        audience=sight.audience,
        published_at=sight.published_at,
        frozen_at=sight.frozen_at,
        theme=sight.theme,
    )


def numbered(rows: Iterable[R]) -> tuple[R, ...]:
    """Rows in their order with their places, from 1 on."""
    return tuple(msgspec.structs.replace(row, place=place) for place, row in enumerate(rows, start=1))


def chosen(ids: Sequence[str], columns: Sequence[BoardColumn]) -> tuple[int, ...]:
    """The indices of the columns that a board shows: those chosen for it, or all where none of them is left."""
    return tuple(index for index, column in enumerate(columns) if column.id in ids) or tuple(range(len(columns)))


def whole(total: Decimal) -> Decimal:
    """A total with all its places, so that a board can tell one without a last decimal and mark it ≈."""
    return plain(total) if abs(total) < LEAST_SHOWN or total == total.to_integral_value() else total


def plain(value: Decimal) -> Decimal:
    """A figure that any client can read: no exponent, and at most six places of a panel's endless mean."""
    exponent = value.as_tuple().exponent
    places = min(max(-exponent, 0), MOST_PLACES) if isinstance(exponent, int) else 0
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def natural(code: str) -> list[tuple[int, str]]:
    """Codes as people count them: 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", code) if part]
