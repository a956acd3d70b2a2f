"""What the ledger says about one entrant now: marks in force, penalties, and whether they are still in the contest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from schemas.base import Message
from schemas.marks import (
    Disqualification,
    Entry,
    Mark,
    MarkState,
    PenaltyGiven,
    Photograph,
    Reopening,
    Retraction,
    Revote,
    Seal,
    Signature,
    Withdrawal,
)

Cell = tuple[str, UUID]
"""One aspect as one judge marks it: the aspect's id and the judge's."""


class Reading(Protocol):
    """What scoring needs to know of a mark, whether it comes from the ledger or from a file."""

    @property
    def id(self) -> UUID:
        """The mark's own id."""

    @property
    def judge_id(self) -> UUID:
        """Whose it is."""

    @property
    def aspect(self) -> str:
        """The id of the aspect it is of."""

    @property
    def values(self) -> tuple[Decimal, ...]:
        """What was read, as the aspect's kind asks for."""

    @property
    def state(self) -> MarkState:
        """``marked``, or why there is no reading."""


class Scored(Protocol):
    """What is scored: everything about one entrant that counts."""

    @property
    def entrant_id(self) -> UUID:
        """Who is scored."""

    @property
    def marks(self) -> Mapping[Cell, Reading]:
        """The marks in force, by cell."""

    @property
    def penalties(self) -> Mapping[str, int]:
        """How often each breach occurred, by the penalty's id."""

    @property
    def disqualified(self) -> bool:
        """Whether the jury ruled them out."""

    @property
    def withdrawn(self) -> bool:
        """Whether they left of their own will."""


class EntrantRecord(Message, frozen=True, kw_only=True):
    """The state of one entrant after some of the ledger. Nothing changes it: ``fold`` gives the next one.

    ``before`` holds, by the id of a mark that took another's place, that other one: a retraction brings it back. ``revotes`` are
    the latest of each aspect, by its id.
    """

    entrant_id: UUID
    marks: dict[Cell, Mark] = {}  # noqa: RUF012 - msgspec gives each record its own
    before: dict[UUID, Mark] = {}  # noqa: RUF012
    revotes: dict[str, Revote] = {}  # noqa: RUF012
    penalties: dict[str, int] = {}  # noqa: RUF012
    disqualified: bool = False
    withdrawn: bool = False

    def has_effect(self) -> bool:
        """Whether anything of this entrant counts: a mark in force, a penalty, a disqualification, a withdrawal."""
        return bool(self.marks or self.penalties or self.disqualified or self.withdrawn)


def fold(record: EntrantRecord, entry: Entry) -> EntrantRecord:
    """The record after one more entry of this entrant."""
    return fold_all(record, (entry,))


def fold_all(record: EntrantRecord, entries: Iterable[Entry]) -> EntrantRecord:
    """The record after these entries of this entrant, in the ledger's order.

    A mark with effect is the one in force for its cell from then on; one without changes nothing, and neither does what people
    sign or photograph.
    """
    marks, before, revotes = record.marks.copy(), record.before, record.revotes
    penalties, disqualified, withdrawn = record.penalties, record.disqualified, record.withdrawn
    for entry in entries:
        match entry:
            case Mark() if entry.has_effect():
                cell = (entry.aspect, entry.judge_id)
                if replaced := marks.get(cell):
                    before = {**before, entry.id: replaced}
                marks[cell] = entry
            case Retraction():
                marks = _without(marks, before, entry)
            case Revote():
                revotes = {**revotes, entry.aspect: entry}
            case PenaltyGiven():
                penalties = {**penalties, entry.penalty: entry.occurrences}
            case Disqualification():
                disqualified = not entry.lifted
            case Withdrawal():
                withdrawn = not entry.lifted
            case Mark() | Seal() | Signature() | Photograph() | Reopening():
                pass
    return EntrantRecord(
        entrant_id=record.entrant_id,
        marks=marks,
        before=before,
        revotes=revotes,
        penalties=penalties,
        disqualified=disqualified,
        withdrawn=withdrawn,
    )


def _without(marks: dict[Cell, Mark], before: Mapping[UUID, Mark], entry: Retraction) -> dict[Cell, Mark]:
    """The marks in force once one is taken back; of a mark that is not in force nothing is left to take."""
    cell = (entry.aspect, entry.judge_id)
    if (current := marks.get(cell)) is None or current.id != entry.mark:
        return marks
    if earlier := before.get(current.id):
        return {**marks, cell: earlier}
    return {other: mark for other, mark in marks.items() if other != cell}
