"""Marks and the ledger: what a judge sends, what is written, and what comes back.

The ledger is the one truth. Its entries are facts in the order they were written; each carries its position, and each position
chains to the one before (``chain``), so that a printed checkpoint pins everything up to it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from schemas.base import Command, Message, Text, canonical

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; one without is refused rather than guessed."""

WithoutReading = Literal["not_measured", "absent", "not_attempted", "did_not_finish", "disqualified", "excluded"]
"""Why there is no reading. None of them is a zero; what each does to total and place, the scheme's ``states`` say."""

MarkState = Literal["marked"] | WithoutReading
"""``marked`` has readings; the others say why there are none."""

CorrectionReason = Literal["input", "totalling", "transfer", "wrong_aspect", "wrong_entrant", "other"]

Flag = Literal["conflict", "late", "clock_skew", "implausible"]
"""``conflict``: another mark already stands in this cell and this one does not supersede it: kept, without effect.
``late``: it arrived after the sheet was signed off, or after its judge left the panel or its entrant the contest: kept, without
effect. Once the chief judge reopens the sheet, its judge may enter it again.
``clock_skew``: the tablet's clock differed from the server's by more than two minutes when it sent the mark.
``implausible``: a reading that looks like a typing error, such as one outside the instrument's range."""

WITHOUT_EFFECT: frozenset[Flag] = frozenset({"conflict", "late"})


class RecordMark(Command):
    """A judge's reading of one aspect on one score sheet, with the id the tablet gave it.

    ``values`` are readings as the aspect's kind asks for. ``base`` is the revision the tablet saw, ``made_at`` the tablet's
    clock. ``supersedes`` names the mark this one corrects; a correction needs a ``reason``.
    """

    id: UUID
    sheet_id: UUID
    aspect: str
    base: int
    made_at: Moment
    values: tuple[Decimal, ...] = ()
    state: MarkState = "marked"
    supersedes: UUID | None = None
    reason: CorrectionReason | None = None
    note: str = ""


class RecordMarks(Command):
    """One request of a tablet: any number of marks, in the order they were made; ``sent_at`` is the tablet's clock now."""

    sent_at: Moment
    marks: tuple[RecordMark, ...]


class SealSheet(Command):
    """A judge's sign-off: the id of the sign-off itself, and the marks that were read back, so that nothing else is signed."""

    id: UUID
    marks: tuple[UUID, ...]


class ReopenSheet(Command):
    """The chief judge's reopening, with its own id and the reason."""

    id: UUID
    reason: str


class Mark(Message, tag="mark", tag_field="kind"):
    """A recorded mark."""

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    device_id: UUID | None
    aspect: str
    values: tuple[Decimal, ...]
    state: MarkState
    base: int
    made_at: datetime
    recorded_at: datetime
    supersedes: UUID | None
    reason: CorrectionReason | None
    note: str
    flags: tuple[Flag, ...]

    def has_effect(self) -> bool:
        """Whether this mark counts: flagged ones that need the chief judge do not."""
        return WITHOUT_EFFECT.isdisjoint(self.flags)


class Seal(Message, tag="seal", tag_field="kind"):
    """A judge's sign-off of one score sheet, bound to the digest of exactly what was signed."""

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    device_id: UUID | None
    sheet_digest: str
    recorded_at: datetime


class Reopening(Message, tag="reopening", tag_field="kind"):
    """The chief judge's reopening of a sealed sheet, with the reason; the seal before it no longer holds."""

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    by: UUID
    reason: str
    recorded_at: datetime


class PenaltyGiven(Message, tag="penalty", tag_field="kind"):
    """So many occurrences of a breach in all, taken from the entrant's total; a later entry replaces an earlier one."""

    id: UUID
    entrant_id: UUID
    penalty: str
    occurrences: int
    by: UUID
    reason: str
    recorded_at: datetime


class Disqualification(Message, tag="disqualification", tag_field="kind"):
    """An entrant is out of the contest (or, with ``lifted``, in it again); the marks stay on record."""

    id: UUID
    entrant_id: UUID
    lifted: bool
    by: UUID
    reason: str
    recorded_at: datetime


Entry = Mark | Seal | Reopening | PenaltyGiven | Disqualification


class Receipt(Message, tag="receipt", tag_field="kind"):
    """This entry is durable: its id, its place in the event's ledger, the revision it made and what was noticed about it.

    For a mark also what its readings give by the scheme, and the steps that lead there.
    """

    id: UUID
    position: int
    revision: int
    flags: tuple[Flag, ...] = ()
    points: Decimal | None = None
    steps: tuple[Text, ...] = ()


class Refusal(Message, tag="refusal", tag_field="kind"):
    """This mark was not taken, and why, in the reader's language; ``type`` is the problem's stable name."""

    id: UUID
    type: str
    detail: str


class Receipts(Message):
    """The answer to one request: for every mark sent, in order, a receipt or a refusal."""

    results: tuple[Receipt | Refusal, ...]


GENESIS = bytes(32)
"""What the first entry of a ledger chains to."""


def chain(previous: bytes, position: int, entry: Entry) -> bytes:
    """The digest of a ledger up to ``entry``: SHA-256 of the previous digest, the position and the canonical entry.

    The position is written as eight bytes, most significant first; a stranger can compute the same with any SHA-256.
    """
    return hashlib.sha256(previous + position.to_bytes(8, "big") + canonical(entry)).digest()
