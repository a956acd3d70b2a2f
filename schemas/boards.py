"""What a board is told: a snapshot, then patches, each with its revision; the HTTP state is a snapshot too.

A client keeps the rows by ``code``. It takes a patch whose ``base`` is the revision it has; on any gap it fetches the state again.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from schemas.base import Message, Text

BoardStatus = Literal["preparing", "live", "frozen", "provisional", "official"]


class BoardColumn(Message):
    """One column of figures: a stage or a criterion, with the most it can give."""

    id: str
    kind: Literal["stage", "criterion"]
    name: Text
    points: Decimal


class BoardRow(Message):
    """One entrant as this audience may see them. ``name`` and ``delegation`` are empty while marking is blind.

    ``place`` orders the rows (1 is first, ties in a fixed order); ``rank`` is what is shown, None before any mark.
    A figure is None while nothing of its column is marked: unmarked never looks like the lowest score. ``progress`` is the
    share of readings that are in, 0 to 100, and 100 only when all are.
    """

    code: str
    place: int
    rank: int | None
    shared: bool
    name: str
    delegation: str
    total: Decimal
    figures: tuple[Decimal | None, ...]
    progress: int
    state: str


class BoardHead(Message):
    """What changes rarely: which board this is, its title, columns and status."""

    id: str
    title: Text
    event: Text
    columns: tuple[BoardColumn, ...]
    status: BoardStatus
    published_at: datetime | None


class Snapshot(Message, tag="snapshot", tag_field="type"):
    """Everything a board shows at one revision, rows in their order."""

    board: BoardHead
    revision: int
    at: datetime
    rows: tuple[BoardRow, ...]


class Patch(Message, tag="patch", tag_field="type"):
    """The rows that changed from ``base`` to ``revision``, whole; all others stay as they are."""

    base: int
    revision: int
    at: datetime
    rows: tuple[BoardRow, ...]


class Heartbeat(Message, tag="heartbeat", tag_field="type"):
    """Nothing changed; the connection and the revision are good."""

    revision: int
    at: datetime


LiveMessage = Snapshot | Patch | Heartbeat
