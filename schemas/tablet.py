"""What a judge's tablet works with: the judge's own sheets, and the sub-criteria they are marked by. Codes, no names."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from schemas.base import Message, Text
from schemas.marks import CorrectionReason, Flag, MarkState
from schemas.scheme import SubCriterion


class OwnMark(Message):
    """A judge's own mark in force, with what it gives by the scheme."""

    id: UUID
    aspect: str
    values: tuple[Decimal, ...]
    state: MarkState
    flags: tuple[Flag, ...]
    points: Decimal
    steps: tuple[Text, ...]


class OwnSheet(Message):
    """One of a judge's score sheets: ``code`` says whose, ``sub_criterion`` which definition it follows.

    ``settled`` are the aspects without a mark of this judge's that need none: as many others marked them as should.
    """

    id: UUID
    code: str
    sub_criterion: str
    marks: tuple[OwnMark, ...]
    settled: tuple[str, ...]
    sealed_at: datetime | None
    reopened_for: str | None


class OwnEvent(Message):
    """An event a judge marks at: its sub-criteria and the judge's sheets."""

    id: UUID
    name: Text
    competition: Text
    revision: int
    time_zone: str
    sub_criteria: tuple[SubCriterion, ...]
    sheets: tuple[OwnSheet, ...]


class Tablet(Message):
    """Everything a tablet needs to work on, in one answer."""

    judge_id: UUID
    judge: str
    server_time: datetime
    reasons: tuple[CorrectionReason, ...]
    events: tuple[OwnEvent, ...]
