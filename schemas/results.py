"""Results: what the marks come to, with the trace that explains each figure, and what is published."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from schemas.base import Message, Text
from schemas.marks import MarkState

EntrantState = Literal["competing", "absent", "unranked", "withdrawn", "disqualified"]
"""``absent`` from everything so far; ``unranked`` by what the scheme says of a state; ``withdrawn`` of their own will;
``disqualified`` by the jury or a penalty, which outweighs a withdrawal."""

OUT: frozenset[EntrantState] = frozenset({"withdrawn", "disqualified"})
"""For whom the contest is over: their marks stay on record, and nobody need mark or sign for them any more."""

PanelFlag = Literal["too_few", "too_many", "apart", "revote", "disputed", "exclusive"]
"""What people must look at: fewer judges than the panel needs; more than should mark it; judges too far apart; levels to be judged
again; a judge says disqualified or did not finish where others gave readings; points on several exclusive aspects."""

PublicationStatus = Literal["draft", "provisional", "official"]


class JudgePoints(Message):
    """What one judge's reading of an aspect gives, and how: ``steps`` are the rule's own words with figures.

    ``counted`` is false where the panel dropped it as highest or lowest, or where there is no reading.
    """

    judge_id: UUID
    mark_id: UUID
    values: tuple[Decimal, ...]
    state: str
    points: Decimal
    counted: bool
    steps: tuple[Text, ...]


class AspectResult(Message):
    """The points of one aspect: every judge's, how many of them counted, and the combined figure.

    ``points`` is None while it is unmarked or too few have marked it. ``time`` is that of a time aspect, in seconds. ``state`` says
    why it has no reading at all; ``steps`` how the judges' points became one figure.
    """

    aspect: str
    points: Decimal | None
    judges: tuple[JudgePoints, ...]
    counted: int
    expected: int
    time: Decimal | None = None
    state: MarkState = "marked"
    flags: tuple[PanelFlag, ...] = ()
    steps: tuple[Text, ...] = ()


class SheetPoints(Message):
    """One judge's sum over a sub-criterion whose panel works by sheet, and whether it counted."""

    judge_id: UUID
    points: Decimal
    counted: bool


class SubCriterionResult(Message):
    """The points of one sub-criterion; ``sheets`` where its panel works by sheet. ``steps``: what was done to the sum."""

    id: str
    points: Decimal
    aspects: tuple[AspectResult, ...]
    sheets: tuple[SheetPoints, ...] = ()
    flags: tuple[PanelFlag, ...] = ()
    steps: tuple[Text, ...] = ()


class CriterionResult(Message):
    """The points of one criterion; ``steps``: what was done to the sum of its sub-criteria."""

    id: str
    points: Decimal
    sub_criteria: tuple[SubCriterionResult, ...]
    steps: tuple[Text, ...] = ()


class StageResult(Message):
    """The points of one stage, what was done to the sum of its criteria, and what they contribute to the total (unrounded)."""

    id: str
    points: Decimal
    contribution: Decimal
    criteria: tuple[CriterionResult, ...]
    steps: tuple[Text, ...] = ()


class PenaltyResult(Message):
    """What one kind of breach takes from the total."""

    penalty: str
    occurrences: int
    taken: Decimal


class EntrantResult(Message):
    """One entrant's total, opened down to the marks. ``marked`` of ``expected`` readings are in.

    ``last``: a state places this entrant behind everybody else who is ranked. ``steps``: what was done to the stages' sum.
    """

    entrant_id: UUID
    state: EntrantState
    total: Decimal
    stages: tuple[StageResult, ...]
    penalties: tuple[PenaltyResult, ...]
    marked: int
    expected: int
    last: bool = False
    steps: tuple[Text, ...] = ()


class Ranked(Message, gc=False):
    """An entrant's place: None while nothing is marked, or when not competing; ``shared`` when the keys do not part them."""

    entrant_id: UUID
    rank: int | None
    shared: bool


class Reach(Message):
    """What can still change for one entrant while marks are missing: the totals and the places still possible.

    Both ends of each range are sure to hold, unless a penalty, the jury, a state or their own will takes somebody out; not each
    combination within them can come about.
    """

    entrant_id: UUID
    least: Decimal
    most: Decimal
    best: int
    worst: int


class Contender(Message):
    """An entrant as closing needs to know them."""

    entrant_id: UUID
    number: int
    delegation: str


class Closed(Message):
    """One entrant when everything is in: place, total, scaled figure, awards, and whether they go on.

    Awards are ids; a medal is ``id:gold``, ``id:silver`` or ``id:bronze``.
    ``cut`` is the stage after which the entrant did not go on within the event. ``advances`` is None where nobody goes on.
    """

    entrant_id: UUID
    rank: int | None
    shared: bool
    total: Decimal
    scaled: Decimal | None
    awards: tuple[str, ...]
    advances: Literal["yes", "substitute", "no"] | None
    cut: str | None


class TeamPlace(Message):
    """A delegation's place in a team standing: its figure (None without enough members), and the members it is made of."""

    delegation: str
    rank: int | None
    shared: bool
    figure: Decimal | None
    members: tuple[UUID, ...]


class Closing(Message):
    """Everything that is made of the totals: by entrant in order of place, by team standing, and what the scale was made from."""

    entrants: tuple[Closed, ...]
    teams: dict[str, tuple[TeamPlace, ...]]
    scale_inputs: dict[str, Decimal]


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
