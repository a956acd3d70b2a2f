"""What a judge's tablet works with: the judge's own sheets, and the sub-criteria they are marked by.

Codes, no names, while marking is blind; and of other judges' marks nothing before the whole panel has given its own.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Message, Text
from schemas.boards import BoardSession
from schemas.marks import CorrectionReason, Drawing, Flag, MarkState, Signer
from schemas.scheme import SubCriterion


class OwnMark(Message):
    """A judge's own mark in force, its place in the ledger, and what it gives by the scheme.

    ``revote`` is the re-vote it answers.
    """

    id: UUID
    aspect: str
    values: tuple[Decimal, ...]
    state: MarkState
    flags: tuple[Flag, ...]
    points: Decimal
    steps: tuple[Text, ...]
    position: int
    revote: UUID | None = None


class Vote(Message):
    """What one judge of the panel gave, as all of it may see once everybody has; ``first`` is the vote before a re-vote."""

    judge: str
    is_own: bool
    values: tuple[Decimal, ...]
    state: MarkState
    points: Decimal
    first: tuple[Decimal, ...] | None = None


class OwnRevote(Message):
    """A re-vote of an aspect: ``awaits_own`` until this judge has voted again; ``is_open`` while anybody still may."""

    id: UUID
    aspect: str
    closes_at: datetime
    is_open: bool
    awaits_own: bool


class PanelView(Message):
    """An aspect that the whole panel has marked: everybody's vote, and whether they are further apart than the scheme likes.

    Votes that are opinions (levels, points given) are shown only to judges who have given their own.
    """

    aspect: str
    votes: tuple[Vote, ...]
    is_apart: bool


class OwnSignature(Message):
    """A signature under a sheet; ``holds`` is False once the sheet was reopened after it, and the drawing is then left out."""

    id: UUID
    role: Signer
    drawing: Drawing | None
    signed_at: datetime
    holds: bool


class OwnPhotograph(Message):
    """A photograph that the server has."""

    id: UUID
    aspect: str
    taken_at: datetime


class OwnSheet(Message):
    """One of a judge's score sheets: ``code`` says whose, ``sub_criterion`` which definition it follows.

    ``name`` is the entrant's, empty while marking is blind. ``bench`` and ``session`` are numbers, 0 where no place is drawn.
    ``settled`` are the aspects without a mark of this judge's that need none: as many others marked them as should. ``seal`` is the
    id of the sign-off in force and ``sheet_digest`` what it signed.
    """

    id: UUID
    code: str
    name: str
    bench: int
    session: int
    sub_criterion: str
    marks: tuple[OwnMark, ...]
    settled: tuple[str, ...]
    panel: tuple[PanelView, ...]
    revotes: tuple[OwnRevote, ...]
    sealed_at: datetime | None
    seal: UUID | None
    sheet_digest: str | None
    reopened_for: str | None
    signatures: tuple[OwnSignature, ...]
    photographs: tuple[OwnPhotograph, ...]


class OwnSession(BoardSession):
    """When a batch of entrants competes, and its clock. ``time_back``: benches' numbers, and the seconds each was given back."""

    time_back: tuple[tuple[int, int], ...] = ()


class OwnEvent(Message):
    """An event a judge marks at: its sub-criteria and the judge's sheets.

    ``scheme_digest`` names the version of the scheme that the forms are drawn by.
    """

    id: UUID
    name: Text
    competition: Text
    revision: int
    time_zone: str
    is_blind: bool
    scheme_digest: str
    sessions: tuple[OwnSession, ...]
    sub_criteria: tuple[SubCriterion, ...]
    sheets: tuple[OwnSheet, ...]


MessageKind = Literal["problem", "answer", "notice"]
"""A judge's problem (``problem``), what the chief judge answers to it, or what the chief judge tells judges unasked."""


class HallMessage(Message):
    """A message of the hall as its readers see it: who says what, about which sheet, and which problem it answers."""

    id: UUID
    event_id: UUID
    kind: MessageKind
    sender: str
    words: str
    sheet_id: UUID | None
    code: str | None
    aspect: str | None
    answers: UUID | None
    said_at: datetime


class Tablet(Message):
    """Everything a tablet needs to work on, in one answer.

    ``device`` is the tablet's name, ``version`` that of the app the server has now. ``rescue_key`` (32 bytes, base64) is this
    tablet's own: it encrypts a rescue file that only the desk of this server can open, and proves that this tablet made it.
    """

    judge_id: UUID
    judge: str
    device_id: UUID
    device: str
    version: str
    rescue_key: str
    server_time: datetime
    reasons: tuple[CorrectionReason, ...]
    events: tuple[OwnEvent, ...]
    messages: tuple[HallMessage, ...]
