"""What the organiser's desk shows of judging and results: who marked what, what is missing, how everybody stands."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Message, Text
from schemas.hall import TabletLine
from schemas.marks import Drawing, Mark, MarkState, Retraction, Signer
from schemas.results import EntrantState

# Progress -------------------------------------------------------------------------------------------------------------

SheetState = Literal["empty", "begun", "on_tablet", "complete", "signed", "reopened", "disputed"]
"""How far a score sheet has come. ``on_tablet``: its judge's tablet says that marks of it wait there; ``complete``: everything is
received, and it is not signed; ``disputed``: the chief judge must look at it, whatever else it is."""


class SheetCell(Message):
    """One judge's sheet in the progress matrix: how many aspects are marked, how far it is, how many marks wait on its tablet."""

    sheet_id: UUID
    judge: str
    marked: int
    expected: int
    state: SheetState
    on_tablet: int = 0


class ProgressRow(Message):
    """One entrant in the progress matrix: for each sub-criterion its judges' sheets."""

    code: str
    cells: tuple[tuple[SheetCell, ...], ...]


class JudgeProgress(Message):
    """What is still missing from one judge, whose sheet is next, and how that judge's tablets are."""

    judge_id: UUID
    judge: str
    unsigned: int
    missing_marks: int
    next_code: str
    tablets: tuple[TabletLine, ...]


# What the chief judge must look at ------------------------------------------------------------------------------------


class NotedMark(Message):
    """A flagged mark, and the mark that stands in its cell; None where none does, and where it stands itself.

    ``is_undecided``: it has no effect, says something else than what stands, and came after it: somebody must say which counts.
    """

    code: str
    mark: Mark
    stands: Mark | None
    is_undecided: bool
    is_signed: bool


class VoteLine(Message):
    """What one judge of a panel gave; ``first`` is the vote before a re-vote. Without a state the judge has not voted."""

    judge: str
    values: tuple[Decimal, ...]
    state: MarkState | None
    first: tuple[Decimal, ...] | None
    has_answered: bool


class PanelVotes(Message):
    """The votes of a panel on an aspect that the chief judge should see: too far apart, or being voted on again.

    ``closes_at`` is when the last re-vote ends or ended, and ``asked_by`` who wanted it (empty: the scheme's rule).
    """

    entrant_id: UUID
    code: str
    sub_criterion: str
    aspect: str
    votes: tuple[VoteLine, ...]
    is_apart: bool
    is_open: bool
    closes_at: datetime | None
    asked_by: str


# One score sheet ------------------------------------------------------------------------------------------------------


class GivenMark(Message):
    """A mark in force, what it gives by the scheme, and the steps that lead there."""

    mark: Mark
    points: Decimal
    steps: tuple[Text, ...]


MarkFate = Literal["in_force", "replaced", "taken_back", "without_effect"]


class MarkLine(Message):
    """A mark in the history of its cell: its place in the ledger, what became of it, and how it was taken back."""

    position: int
    mark: Mark
    fate: MarkFate
    retraction: Retraction | None = None


class SignatureLine(Message):
    """A signature under a sheet, or a sign-off without one; ``holds`` is False once the sheet was reopened after it."""

    id: UUID
    role: Signer
    by: UUID | None
    drawing: Drawing | None
    signed_at: datetime
    holds: bool


class ReopeningLine(Message):
    """A reopening of a sheet: by whom (None: by the rule of re-votes), why, when."""

    by: UUID | None
    reason: str
    at: datetime


class SheetHistory(Message):
    """All that ever happened to one score sheet: the marks of each aspect, and what was signed and reopened, the oldest first."""

    marks: dict[str, tuple[MarkLine, ...]]
    signatures: tuple[SignatureLine, ...]
    reopenings: tuple[ReopeningLine, ...]


# Standings ------------------------------------------------------------------------------------------------------------


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
