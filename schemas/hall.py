"""What tablets and the server tell each other while they are connected, and what the chief judge sees of the tablets."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from schemas.base import Command, Message
from schemas.marks import Moment
from schemas.tablet import HallMessage, OwnSheet

# From the server to a tablet ------------------------------------------------------------------------------------------


class Hello(Message, tag="hello", tag_field="type"):
    """The first word on a connection, and a heartbeat every few seconds after it: the server's time and the app it serves."""

    server_time: datetime
    version: str


class SheetsChanged(Message, tag="sheets", tag_field="type"):
    """Sheets of this judge as they are at ``revision``: each takes the place of the one with its id."""

    event_id: UUID
    revision: int
    sheets: tuple[OwnSheet, ...]


class LookAgain(Message, tag="look_again", tag_field="type"):
    """Something else changed (the draw, a session or its clock, the scheme, the panels): fetch ``/judge/sheets``."""


class Said(Message, tag="message", tag_field="type"):
    """A message for this judge."""

    message: HallMessage


class SlotShared(Message, tag="slot", tag_field="type"):
    """The other tablets that have this sheet open just now, by name; none: this tablet is alone with it again."""

    sheet_id: UUID
    tablets: tuple[str, ...]


class OutOfUse(Message, tag="revoked", tag_field="type"):
    """This tablet was taken out of use; the connection ends."""


TabletHears = Hello | SheetsChanged | LookAgain | Said | SlotShared | OutOfUse

# From a tablet to the server ------------------------------------------------------------------------------------------


class TabletStatus(Command, tag="status", tag_field="type", frozen=True, kw_only=True):
    """How a tablet is: what waits in its outbox and since when, its battery (percent), its clock now, and what it has open.

    ``queued`` counts entries that wait for a receipt, ``refused`` those that need their judge, ``photographs`` pictures not sent
    yet. ``battery`` is None where the browser does not tell. ``is_kept``: the browser promised not to clear what is stored.
    ``on_tablet`` counts the marks that wait, by sheet.
    """

    queued: int
    oldest_at: Moment | None
    refused: int
    photographs: int
    clock: Moment
    version: str
    battery: int | None = None
    is_charging: bool | None = None
    is_kept: bool | None = None
    sheet_id: UUID | None = None
    on_tablet: dict[UUID, int] = {}  # noqa: RUF012 - msgspec gives each status its own


# What the desk sees ---------------------------------------------------------------------------------------------------


class TabletLine(Message):
    """A tablet as the chief judge sees it: connected or last seen when, and its last status.

    ``skew_seconds`` is how far its clock runs ahead of the server's (behind: below zero). ``is_shared``: another tablet has the
    same sheet open.
    """

    device_id: UUID
    name: str
    judge_id: UUID
    judge: str
    is_connected: bool
    is_revoked: bool
    last_seen_at: datetime | None
    status: TabletStatus | None
    skew_seconds: int
    code: str | None
    sub_criterion: str | None
    is_shared: bool


class DeskHears(Message, tag="changed", tag_field="type"):
    """Something of the event changed: its marks (then at ``revision``), its tablets or its messages."""

    event_id: UUID
    revision: int
