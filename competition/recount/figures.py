"""What a recount is made from, and what it says of each entrant."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from schemas.base import Message
from schemas.marks import Entry
from schemas.results import EntrantState
from schemas.scheme import Scheme


class Contest(Message):
    """A contest that is in no database: its scheme, its entrants with their numbers, and its ledger in order."""

    scheme: Scheme
    entrants: dict[UUID, int]
    entries: tuple[Entry, ...]


class RecountedEntrant(Message):
    """One entrant's results as PostgreSQL computes them, every figure exact to 150 decimals.

    Figures by id: of every group (None without any figure below), of aspects with a mark (None where too few have marked),
    ``times`` in seconds, ``penalties`` each by its own cap.
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


Recounted = dict[UUID, RecountedEntrant]
"""Every entrant of one contest, those with a place first and in its order."""
