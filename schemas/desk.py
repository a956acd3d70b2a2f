"""What the organiser's desk shows of judging and results: who marked what, what is missing, how everybody stands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Message, Text
from schemas.marks import CorrectionReason, Flag, MarkState
from schemas.results import EntrantState

SheetState = Literal["empty", "begun", "complete", "signed", "reopened"]


class SheetCell(Message):
    """One judge's sheet in the progress matrix: how many aspects are marked, and how far it has come."""

    sheet_id: UUID
    judge: str
    marked: int
    expected: int
    state: SheetState


class ProgressRow(Message):
    """One entrant in the progress matrix: for each sub-criterion its judges' sheets."""

    code: str
    cells: tuple[tuple[SheetCell, ...], ...]


class JudgeProgress(Message):
    """What is still missing from one judge."""

    judge_id: UUID
    judge: str
    unsigned: int
    missing_marks: int
    next_code: str
    last_seen_at: datetime | None


class NotedMark(Message):
    """A mark that the chief judge should look at, and why."""

    code: str
    aspect: str
    judge: str
    values: tuple[Decimal, ...]
    state: MarkState
    flags: tuple[Flag, ...]
    reason: CorrectionReason | None
    recorded_at: datetime


class StandingRow(Message):
    """One line of the standings at the desk; ``name`` and ``delegation`` are empty for whoever may see codes only."""

    entrant_id: UUID
    rank: int | None
    shared: bool
    code: str
    name: str
    delegation: str
    state: EntrantState
    total: Decimal
    stages: tuple[Decimal | None, ...]
    criteria: tuple[Decimal | None, ...]
    penalties: Decimal
    marked: int
    expected: int


class FigureColumn(Message):
    """A heading of the standings: a stage or a criterion."""

    id: str
    name: Text
    points: Decimal
