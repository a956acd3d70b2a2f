"""What a recount is made from, and what it says of each entrant."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Message
from schemas.marks import Entry
from schemas.results import EntrantState
from schemas.scheme import Scheme


class Contest(Message):
    """A contest that is in no database: its scheme, its entrants with their numbers, and its ledger in order.

    ``delegations`` are those of the entrants who belong to one.
    """

    scheme: Scheme
    entrants: dict[UUID, int]
    entries: tuple[Entry, ...]
    delegations: dict[UUID, str] = {}  # noqa: RUF012 - msgspec gives each contest its own


class RecountedEntrant(Message):
    """One entrant's results as PostgreSQL computes them, every figure exact to 150 decimals.

    Figures by id: of every group (None without any figure below), of aspects with a mark (None where too few have marked),
    ``times`` in seconds, ``penalties`` each by its own cap. What is made of the total is told as a ``Closed`` tells it.
    """

    entrant_id: UUID
    state: EntrantState
    total: Decimal
    marked: int
    expected: int
    rank: int | None
    shared: bool
    last: bool
    penalties: dict[str, Decimal]
    stages: dict[str, Decimal | None]
    criteria: dict[str, Decimal | None]
    sub_criteria: dict[str, Decimal | None]
    aspects: dict[str, Decimal | None]
    times: dict[str, Decimal]
    cut: str | None = None
    scaled: Decimal | None = None
    awards: tuple[str, ...] = ()
    advances: Literal["yes", "substitute", "no"] | None = None


class RecountedTeam(Message):
    """A delegation in a team standing: place, figure and the members it is made of, the best first."""

    rank: int | None
    shared: bool
    figure: Decimal | None
    members: tuple[UUID, ...]


class Recounted(Message):
    """One contest: every entrant, those with a place first and in its order; team standings by id and delegation.

    ``scale_inputs`` are what the scale was made from, as in a ``Closing``.
    """

    entrants: dict[UUID, RecountedEntrant]
    teams: dict[str, dict[str, RecountedTeam]]
    scale_inputs: dict[str, Decimal]
