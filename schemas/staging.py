"""What is put on show beside the standings: what they come to so far, the freeze, the reveal, the displays."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from schemas.base import Command, Message, Text
from schemas.boards import BoardAward, PodiumRow
from schemas.results import Reach, TeamPlace


class Touch(Message):
    """An entrant and a column of figures that were marked, and when last."""

    entrant_id: UUID
    column: str
    at: datetime


class TeamTable(Message):
    """One standing of delegations, by the names of the delegations."""

    id: str
    name: Text
    measure: Literal["total", "scale", "place", "medal_points"]
    places: tuple[TeamPlace, ...]


class Prospect(Message):
    """What an event's standings come to at one ``revision``: awards, teams, what can still change, and what was marked last.

    ``awards`` are those of the scheme, the best first; ``winners`` the ids of the awards that each entrant would have now.
    ``reaches`` is empty once nothing can change any more. ``touched``: the latest first, some thirty at the most.
    """

    revision: int
    awards: tuple[BoardAward, ...] = ()
    winners: dict[UUID, tuple[str, ...]] = {}  # noqa: RUF012 - msgspec gives each its own
    teams: tuple[TeamTable, ...] = ()
    reaches: tuple[Reach, ...] = ()
    touched: tuple[Touch, ...] = ()


# The reveal -----------------------------------------------------------------------------------------------------------

RevealOrder = Literal["places", "awards"]
"""Stepwise from the last place, those who share one together; or by award, from the least to the best."""


class RevealStep(Message):
    """What one step brings: a heading, such as an award or a place, and the rows, in the order of place."""

    heading: Text
    rows: tuple[PodiumRow, ...]


class RevealScript(Message):
    """All steps of a reveal in order, made once from a result list: whatever is marked afterwards changes nothing in it."""

    publication: int
    order: RevealOrder
    awards: tuple[BoardAward, ...]
    steps: tuple[RevealStep, ...]


class Reveal(Message):
    """How far the reveal of an event is. A rehearsal goes through ``rehearsal``, in which nobody and no total is real."""

    mode: Literal["closed", "rehearsal", "live"]
    step: int
    is_paused: bool
    script: RevealScript
    rehearsal: RevealScript


# Freezes --------------------------------------------------------------------------------------------------------------


class FreezeLine(Message):
    """A freeze as staff see it: since when, or from when on; until it is lifted."""

    id: UUID
    due_at: datetime
    taken_at: datetime | None
    by: str


# Displays -------------------------------------------------------------------------------------------------------------


class DisplayOrder(Message, tag="order", tag_field="type"):
    """What a hall screen is to do: show ``address`` (None for nothing), or be blank; ``message`` goes over it in any case.

    ``reload`` counts: whenever it is another than before, the screen loads everything anew.
    """

    name: str
    code: str
    address: str | None
    is_blank: bool
    message: Text
    reload: int


class DisplayReport(Command):
    """What a hall screen says of itself: what it shows, page, revision, and how good its connection is."""

    address: str = ""
    page: int = 1
    pages: int = 1
    revision: int | None = None
    connection: Literal["unknown", "live", "reconnecting", "stale"] = "unknown"
    version: str = ""
    width: int = 0
    height: int = 0


class DisplayLine(Message):
    """A hall screen in the list: its order, its last report and when that was; ``is_connected`` as of now.

    ``sealed_pass`` belongs into the order's address, and only the screen itself is told it.
    """

    id: UUID
    order: DisplayOrder
    report: DisplayReport
    sealed_pass: bytes | None
    seen_at: datetime | None
    is_connected: bool


class DisplaysChanged(Message, tag="changed", tag_field="type"):
    """Something of the hall screens changed: whoever looks at their list looks again."""


class PassLine(Message):
    """An address for an audience that is not everybody: who opened it, and until when it holds."""

    id: UUID
    audience: Literal["jury", "presenter"]
    note: str
    expires_at: datetime
