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
from msgspec import UNSET, UnsetType

from schemas.base import Command, Message, Text, canonical

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A time with its zone; one without is refused rather than guessed."""

WithoutReading = Literal["not_measured", "absent", "not_attempted", "did_not_finish", "disqualified", "excluded"]
"""Why there is no reading. None of them is a zero; what each does to total and place, the scheme's ``states`` say."""

MarkState = Literal["marked"] | WithoutReading
"""``marked`` has readings; the others say why there are none."""

CorrectionReason = Literal["input", "totalling", "transfer", "wrong_aspect", "wrong_entrant", "other"]

Flag = Literal["conflict", "late", "quarantined", "clock_skew", "implausible"]
"""``conflict``: another mark already stands in this cell and this one does not supersede it: kept, without effect.
``late``: it arrived after the sheet was signed off, or after its judge left the panel or its entrant the contest: kept, without
effect, until the chief judge decides. Once the sheet is open again, its judge may also enter it again.
``quarantined``: it comes from a rescue file of a tablet that was taken out of use: kept, without effect, until somebody decides.
``clock_skew``: the tablet's clock differed from the server's by more than two minutes when it sent the mark.
``implausible``: a reading that looks like a typing error, such as one outside the instrument's range."""

WITHOUT_EFFECT: frozenset[Flag] = frozenset({"conflict", "late", "quarantined"})

Signer = Literal["judge", "competitor", "chief_judge"]
"""Who signs a sheet by hand: its judge, the competitor it is about, and the chief judge."""

Origin = Literal["paper", "ruling"]
"""Where a mark comes from that its judge did not enter: ``paper``, entered late from a paper sheet (补录), or ``ruling``, a mark
without effect that the chief judge lets count.
"""

UNDO_SECONDS = 10
"""How long after a mark its judge may take it back without a reason, by the tablet's clock."""


class RecordMark(Command):
    """A judge's reading of one aspect on one score sheet, with the id the tablet gave it.

    ``values`` are readings as the aspect's kind asks for. ``base`` is the revision the tablet saw, ``made_at`` the tablet's
    clock. ``supersedes`` names the mark this one corrects; a correction needs a ``reason``, unless it answers a re-vote:
    ``revote`` then names that re-vote. ``sequence`` counts the entries of one tablet, from 1. ``confirmed``: the judge was told
    that the reading is unlikely, and held the key to say that it is right. Marks of older tablets have none of the three.
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
    sequence: int | UnsetType = UNSET
    revote: UUID | UnsetType = UNSET
    confirmed: bool | UnsetType = UNSET


class RecordMarks(Command):
    """One request of a tablet: any number of marks, in the order they were made; ``sent_at`` is the tablet's clock now."""

    sent_at: Moment
    marks: tuple[RecordMark, ...]


class RetractMark(Command):
    """A judge takes back a mark just made, within ``UNDO_SECONDS`` by the tablet's own clock: the cell is as it was before."""

    id: UUID
    mark: UUID
    made_at: Moment


class Drawing(Command, frozen=True, kw_only=True):
    """A signature by hand: strokes of points (x, y) on a field of ``width`` × ``height``, in CSS pixels; y grows downwards.

    Whoever cannot draw signs by ``name`` alone, and has no strokes.
    """

    width: int
    height: int
    strokes: tuple[tuple[tuple[int, int], ...], ...]
    name: str = ""


class SealSheet(Command):
    """A judge's sign-off: the id of the sign-off itself, and the marks that were read back, so that nothing else is signed.

    ``drawing`` is the judge's signature by hand; sign-offs of older tablets and of programs have none.
    """

    id: UUID
    marks: tuple[UUID, ...]
    drawing: Drawing | None = None


class SignSheet(Command):
    """The competitor's or the chief judge's signature under a signed sheet: under the very sign-off that ``seal`` names.

    ``name`` is the signer's own, where it is given; a competitor whose work is marked under a code gives none.
    """

    id: UUID
    seal: UUID
    role: Signer
    drawing: Drawing


class ReopenSheet(Command):
    """The chief judge's reopening, with its own id and the reason."""

    id: UUID
    reason: str


class Say(Command):
    """A message of the hall, with the id its sender gave it: a judge's problem, the answer to one, or a notice to judges.

    ``sheet_id`` and ``aspect`` say what it is about. An answer names the message it ``answers``; a notice goes ``to`` one judge, or
    to all of the event.
    """

    id: UUID
    words: str
    sheet_id: UUID | None = None
    aspect: str | None = None
    answers: UUID | None = None
    to: UUID | None = None


class Mark(Message, tag="mark", tag_field="kind"):
    """A recorded mark; its ``judge_id`` is whose mark it is.

    ``entered_by`` is who entered it where that was not the judge, and ``origin`` where they had it from. Fields that are not set
    are left out of the canonical form, so that older entries keep theirs.
    """

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
    sequence: int | UnsetType = UNSET
    revote: UUID | UnsetType = UNSET
    confirmed: bool | UnsetType = UNSET
    entered_by: UUID | UnsetType = UNSET
    origin: Origin | UnsetType = UNSET

    def has_effect(self) -> bool:
        """Whether this mark counts: flagged ones that need the chief judge do not."""
        return WITHOUT_EFFECT.isdisjoint(self.flags)


class Retraction(Message, tag="retraction", tag_field="kind"):
    """A mark that its judge took back at once: of the one in force, the one before it is again, or none is.

    One without effect may be taken back as well; nothing else then changes, and nobody can let it count any more. That is also how
    the chief judge decides against such a mark: then the entry says who left it out (``by``) and for what ``reason``.
    """

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    device_id: UUID | None
    aspect: str
    mark: UUID
    made_at: datetime
    recorded_at: datetime
    by: UUID | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class Revote(Message, tag="revote", tag_field="kind"):
    """The judges of a panel are to judge an aspect again: the ``votes`` (marks, one of each judge) lie too far apart.

    Until ``closes_at`` each may answer with a mark that names this re-vote; the vote of a judge who does not stands. ``by`` is the
    chief judge who asked for it, or None where the scheme's rule did.
    """

    id: UUID
    entrant_id: UUID
    sub_criterion: str
    aspect: str
    votes: tuple[UUID, ...]
    by: UUID | None
    closes_at: datetime
    recorded_at: datetime


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


class Signature(Message, tag="signature", tag_field="kind"):
    """A signature by hand under a signed sheet, bound to the sheet's digest; ``drawing_digest`` is that of the ``Drawing``.

    It holds while ``seal`` does: a reopening voids it. ``by`` is the account that signed; None for a competitor, who has none.
    """

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    device_id: UUID | None
    seal: UUID
    role: Signer
    by: UUID | None
    sheet_digest: str
    drawing_digest: str
    recorded_at: datetime


class Photograph(Message, tag="photograph", tag_field="kind"):
    """A picture as evidence for an aspect; ``digest`` is the SHA-256 of the picture as it is kept, re-encoded, in hexadecimal."""

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    device_id: UUID | None
    aspect: str
    digest: str
    taken_at: datetime
    recorded_at: datetime


class Reopening(Message, tag="reopening", tag_field="kind"):
    """The reopening of a sealed sheet, with the reason; the seal before it no longer holds.

    ``by`` is the chief judge who did it or asked for the re-vote it is for, or None where the scheme's rule opened that re-vote.
    """

    id: UUID
    sheet_id: UUID
    entrant_id: UUID
    sub_criterion: str
    judge_id: UUID
    by: UUID | None
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


class Withdrawal(Message, tag="withdrawal", tag_field="kind"):
    """An entrant has left the contest of their own will (or, with ``lifted``, is in it again); the marks stay on record."""

    id: UUID
    entrant_id: UUID
    lifted: bool
    by: UUID
    reason: str
    recorded_at: datetime


Entry = (
    Mark
    | Retraction
    | Revote
    | Seal
    | Signature
    | Photograph
    | Reopening
    | PenaltyGiven
    | Disqualification
    | Withdrawal
)


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
