"""Results: what the marks come to, with the trace that explains each figure, and what is published."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Message, Text

EntrantState = Literal["competing", "absent", "disqualified"]
PublicationStatus = Literal["draft", "provisional", "official"]


class JudgePoints(Message):
    """What one judge's reading of an aspect gives, and how: ``steps`` are the rule's own words with figures."""

    judge_id: UUID
    mark_id: UUID
    values: tuple[Decimal, ...]
    state: str
    points: Decimal
    steps: tuple[Text, ...]


class AspectResult(Message):
    """The points of one aspect: every judge's, which of them counted, and the combined figure (None while unmarked)."""

    aspect: str
    points: Decimal | None
    judges: tuple[JudgePoints, ...]
    counted: int
    expected: int


class SubCriterionResult(Message):
    """The points of one sub-criterion: the sum of its aspects, never more than its own points."""

    id: str
    points: Decimal
    aspects: tuple[AspectResult, ...]


class CriterionResult(Message):
    """The points of one criterion: the sum of its sub-criteria, never more than its own points."""

    id: str
    points: Decimal
    sub_criteria: tuple[SubCriterionResult, ...]


class StageResult(Message):
    """The points of one stage and what they contribute to the total once weighted (exact, unrounded)."""

    id: str
    points: Decimal
    contribution: Decimal
    criteria: tuple[CriterionResult, ...]


class PenaltyResult(Message):
    """What one kind of breach takes from the total."""

    penalty: str
    occurrences: int
    taken: Decimal


class EntrantResult(Message):
    """One entrant's total, opened down to the marks. ``marked`` of ``expected`` readings are in."""

    entrant_id: UUID
    state: EntrantState
    total: Decimal
    stages: tuple[StageResult, ...]
    penalties: tuple[PenaltyResult, ...]
    marked: int
    expected: int


class Ranked(Message):
    """An entrant's place: None while nothing is marked, or when not competing; ``shared`` when the keys do not part them."""

    entrant_id: UUID
    rank: int | None
    shared: bool


class Standing(Message):
    """One row of the standings, as stored: figures by stage and criterion, place, and the revision that last changed it."""

    entrant_id: UUID
    revision: int
    rank: int | None
    shared: bool
    state: EntrantState
    total: Decimal
    stages: dict[str, Decimal]
    criteria: dict[str, Decimal]
    marked: int
    expected: int


class PublishedRow(Message):
    """One line of a publication, as everybody may read it: no document, no phone."""

    rank: int | None
    shared: bool
    code: str
    number: int
    name: str
    delegation: str
    state: EntrantState
    total: Decimal
    stages: dict[str, Decimal]
    criteria: dict[str, Decimal]


class Publication(Message):
    """An immutable, numbered result list: the rows, the ledger they come from, and a digest over both."""

    event_id: UUID
    number: int
    status: PublicationStatus
    revision: int
    ledger_position: int
    ledger_digest: str
    scheme_digest: str
    published_at: datetime
    rows: tuple[PublishedRow, ...]
