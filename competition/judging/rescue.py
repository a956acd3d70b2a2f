"""Rescue files: what waited on a tablet that cannot send it, brought to the desk and recorded as if the tablet had sent it.

A file is sealed with its tablet's own key, so that it proves which tablet made it and nobody else can read it. Bringing it twice,
or the tablet sending the same afterwards, records nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from competition.access.store import insert_audit
from competition.judging import actions, messages, rules, signing, store
from competition.judging.actions import Submission
from competition.judging.rules import Sheet
from competition.ledger.book import Shelf
from competition.ledger.store import written_with
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.sealing import Sealer
from schemas.access import Person
from schemas.base import Command, Message
from schemas.marks import (
    Mark,
    MarkState,
    Receipt,
    RecordMark,
    RecordMarks,
    Refusal,
    RetractMark,
    Say,
    SealSheet,
    SignSheet,
)
from schemas.problems import N_, Problem

MOST_BYTES = 6 * 1024 * 1024
"""Some ten thousand marks; a tablet holds a few hundred."""

Kind = Literal["mark", "retraction", "seal", "signature", "message"]
Order = RecordMark | RetractMark | SealSheet | SignSheet | Say


class RescueFileUnreadable(Problem):
    """A file that is none, was altered, or was made for another server."""

    sentence = N_(
        "This is not a rescue file of a tablet of this server, or it was changed. "
        "Choose the file as the tablet saved it; on the tablet it can be saved again."
    )


class RescuedEntryUnreadable(Problem):
    """One entry of a rescue file that nobody can read."""

    sentence = N_(
        "This entry could not be read, so it was not recorded. Ask the judge what it was; the others were read."
    )


class RescuedFromAnother(Problem):
    """An entry that another judge made on the same tablet."""

    sentence = N_("Another judge made this entry, so it was not recorded. Save a rescue file as that judge.")


class RescuedOutOfUse(Problem):
    """What a tablet that was taken out of use cannot do any more: sign, say something, take back what counts."""

    status = 403
    sentence = N_(
        "The tablet was taken out of use, so this was not done. Its marks are kept, without effect, to decide on."
    )


class RescueLine(Message):
    """What became of one entry: a receipt, a refusal, or (a message) that it was said.

    ``was_known``: the server had it already. ``code`` and ``aspect`` say what it is about, ``at`` when it was made by the tablet.
    """

    kind: Kind | None
    id: UUID | None
    at: datetime | None = None
    code: str | None = None
    sub_criterion: str | None = None
    aspect: str | None = None
    values: tuple[Decimal, ...] = ()
    state: MarkState | None = None
    was_known: bool = False
    receipt: Receipt | None = None
    refusal: Refusal | None = None


class RescueReport(Message):
    """What came of a rescue file: whose tablet, when it was made, and each entry in the order it was made."""

    judge: str
    device: str
    made_at: datetime
    is_quarantined: bool
    lines: tuple[RescueLine, ...]


class _File(Command):
    """The file as it is saved: ``sealed`` is AES-256-GCM with the tablet's key, the tag at its end."""

    format: Literal["leitai-rescue-1"]
    device_id: UUID
    nonce: bytes
    sealed: bytes


class _Content(Message):
    """What is sealed: entries as the outbox keeps them, in the order of their sequence."""

    judge_id: UUID
    made_at: datetime
    entries: tuple[msgspec.Raw, ...]


class _Entry(Message):
    """An entry of the outbox; what else the tablet notes in it is its own affair."""

    kind: Kind
    event_id: UUID
    judge_id: UUID
    at: datetime
    command: msgspec.Raw
    sheet_id: UUID | None = None


class _Read(Message):
    """An entry that could be read."""

    entry: _Entry
    order: Order


_file = msgspec.json.Decoder(_File)
_content = msgspec.json.Decoder(_Content)
_entry = msgspec.json.Decoder(_Entry)
_orders: Mapping[Kind, msgspec.json.Decoder[Order]] = {
    "mark": msgspec.json.Decoder(RecordMark),
    "retraction": msgspec.json.Decoder(RetractMark),
    "seal": msgspec.json.Decoder(SealSheet),
    "signature": msgspec.json.Decoder(SignSheet),
    "message": msgspec.json.Decoder(Say),
}


async def import_rescue(
    connection: Connection, shelf: Shelf, sealer: Sealer, file_bytes: bytes, *, person: Person, now: datetime
) -> RescueReport:
    """Record everything in a rescue file in its order, in the name of the tablet's judge; ``person`` brings it.

    From a tablet out of use marks are kept without effect, unless it took them back again, and nothing else is done. Raises
    ``RescueFileUnreadable``.
    """
    device_id, content = _opened(file_bytes, sealer)
    device = await store.device_with(connection, device_id)
    if device is None:
        raise RescueFileUnreadable
    detail = {
        "made_at": content.made_at,
        "entries": len(content.entries),
        "file": hashlib.sha256(file_bytes).hexdigest(),
    }
    await insert_audit(connection, "import_rescue", str(device_id), detail, actor_id=person.id, now=now)
    desk = _Desk(connection, shelf, device, now)
    return RescueReport(
        judge=device.judge.name,
        device=device.name,
        made_at=content.made_at,
        is_quarantined=device.is_out_of_use,
        lines=await desk.take([_read(raw) for raw in content.entries]),
    )


def _opened(file_bytes: bytes, sealer: Sealer) -> tuple[UUID, _Content]:
    """Which tablet made the file, and what is in it."""
    try:
        if len(file_bytes) > MOST_BYTES:
            raise RescueFileUnreadable
        file = _file.decode(file_bytes)
        text = AESGCM(sealer.device_key(file.device_id)).decrypt(file.nonce, file.sealed, None)
        return file.device_id, _content.decode(text)
    except (msgspec.DecodeError, InvalidTag, ValueError) as unreadable:
        raise RescueFileUnreadable from unreadable


def _read(raw: msgspec.Raw) -> _Read | None:
    """An entry with its command; None when it is of no form that anything could be made of."""
    try:
        entry = _entry.decode(raw)
        return _Read(entry=entry, order=_orders[entry.kind].decode(entry.command))
    except (msgspec.DecodeError, ValueError):
        return None


class _Desk:
    """Takes the entries of one tablet, one after the other."""

    def __init__(self, connection: Connection, shelf: Shelf, device: store.Device, now: datetime) -> None:
        self._connection = connection
        self._shelf = shelf
        self._device = device
        self._now = now

    async def take(self, entries: Sequence[_Read | None]) -> tuple[RescueLine, ...]:
        """What became of each entry."""
        readable = [each for each in entries if each is not None]
        known = await written_with(self._connection, [each.order.id for each in readable])
        sheets = await store.sheets_with(self._connection, [one for one in map(_sheet_of, readable) if one])
        lines: list[RescueLine] = []
        for together in _runs(entries):
            for each, outcome in zip(together, await self._outcomes(together), strict=True):
                line = _line(each, outcome, sheets)
                lines.append(msgspec.structs.replace(line, was_known=line.id in known))
        return tuple(lines)

    async def _outcomes(self, together: Sequence[_Read | None]) -> Sequence[Receipt | Problem | None]:
        first = together[0]
        if first is None:
            return [RescuedEntryUnreadable()]
        if first.entry.judge_id != self._device.judge.id:
            return [RescuedFromAnother() for _ in together]
        if isinstance(first.order, RecordMark):
            return await self._marks(first.entry.event_id, [each.order for each in together if each])
        if self._device.is_out_of_use and not await self._changes_nothing(first.order):
            return [RescuedOutOfUse()]
        try:
            return [await self._obey(first)]
        except Problem as problem:
            return [problem]

    async def _marks(self, event_id: UUID, orders: Sequence[Order]) -> Sequence[Receipt | Problem]:
        """Record marks of one event; how far the tablet's clock was off when it would have sent them nobody knows."""
        marks = tuple(order for order in orders if isinstance(order, RecordMark))
        submission = Submission(
            person=self._device.judge,
            command=RecordMarks(sent_at=self._now, marks=marks),
            is_quarantined=self._device.is_out_of_use,
        )
        try:
            [outcomes] = await actions.record_marks(
                self._connection, self._shelf, event_id, [submission], now=self._now
            )
        except Problem as problem:  # no such event, or none that can be marked
            return [problem] * len(marks)
        return outcomes

    async def _changes_nothing(self, order: Order) -> bool:
        """Whether an entry only takes back a mark that has no effect anyhow, so that nobody lets it count."""
        if not isinstance(order, RetractMark):
            return False
        known = await written_with(self._connection, [order.mark])
        mark = known[order.mark].entry if order.mark in known else None
        return isinstance(mark, Mark) and not mark.has_effect()

    async def _obey(self, read: _Read) -> Receipt | None:
        """Do what an entry says that is no mark."""
        connection, shelf, judge, now = self._connection, self._shelf, self._device.judge, self._now
        sheet_id = read.entry.sheet_id
        match read.order:
            case Say() as say:
                await messages.say(connection, read.entry.event_id, say, judge, now)
                return None
            case _ if sheet_id is None:
                raise RescuedEntryUnreadable
            case RetractMark() as retract:
                return await actions.retract_mark(connection, shelf, sheet_id, retract, person=judge, now=now)
            case SealSheet() as seal:
                return await signing.seal_score_sheet(connection, shelf, sheet_id, seal, person=judge, now=now)
            case SignSheet() as sign:
                return await signing.sign_score_sheet(connection, shelf, sheet_id, sign, person=judge, now=now)
            case _:
                raise RescuedEntryUnreadable


def _runs(entries: Sequence[_Read | None]) -> Iterator[list[_Read | None]]:
    """Entries in their order: marks of one event and one judge that follow each other together, everything else alone."""
    for (place, _), run in groupby(enumerate(entries), key=lambda numbered: _together(*numbered)):
        together = [each for _, each in run]
        most = rules.MOST_MARKS_PER_REQUEST if place < 0 else 1
        for start in range(0, len(together), most):
            yield together[start : start + most]


def _together(place: int, read: _Read | None) -> tuple[int, tuple[UUID, UUID] | None]:
    """What marks that can go together have in common; of everything else its own place."""
    if read is None or not isinstance(read.order, RecordMark):
        return place, None
    return -1, (read.entry.event_id, read.entry.judge_id)


def _sheet_of(read: _Read) -> UUID | None:
    return read.order.sheet_id if isinstance(read.order, RecordMark | Say) else read.entry.sheet_id


def _line(read: _Read | None, outcome: Receipt | Problem | None, sheets: Mapping[UUID, Sheet]) -> RescueLine:
    refusal = None
    if isinstance(outcome, Problem):
        refused = read.order.id if read else UUID(int=0)
        refusal = Refusal(id=refused, type=outcome.type(), detail=sentence_of(outcome))
    receipt = outcome if isinstance(outcome, Receipt) else None
    if read is None:
        return RescueLine(kind=None, id=None, refusal=refusal)
    order, sheet = read.order, sheets.get(_sheet_of(read) or UUID(int=0))
    return RescueLine(
        kind=read.entry.kind,
        id=order.id,
        at=read.entry.at,
        code=sheet.code if sheet else None,
        sub_criterion=sheet.sub_criterion if sheet else None,
        aspect=order.aspect if isinstance(order, RecordMark | Say) else None,
        values=order.values if isinstance(order, RecordMark) else (),
        state=order.state if isinstance(order, RecordMark) else None,
        receipt=receipt,
        refusal=refusal,
    )
