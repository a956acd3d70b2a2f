"""Reading a stored ledger with nothing believed: every link, every column and every entry is looked at. Pure.

A link is checked against the digest that is stored one row before. Once all links hold, every stored digest is the true
one, and a single digest that was printed outside pins all of the ledger; and one broken link is one finding, not one for
every row after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from uuid import UUID

import msgspec

from competition.exports import findings as say
from competition.exports.findings import Finding, finding
from competition.exports.signed import SheetWatch
from competition.scoring.record import EntrantRecord, fold
from schemas.base import Message, Text, canonical
from schemas.marks import GENESIS, Entry

_entry = msgspec.json.Decoder(Entry)


class LedgerRow(Message):
    """One row of the ledger as it is stored."""

    position: int
    id: UUID
    kind: str
    entrant_id: UUID
    revision: int
    body: str
    digest: bytes


class LedgerReader:
    """Takes the rows in order; keeps where it stands, what the entries come to, what is signed, and what does not agree.

    ``names`` are the entrants' codes, ``people`` the names of accounts.
    """

    def __init__(self, *, most_revision: int, names: Mapping[UUID, str], people: Mapping[UUID, str]) -> None:
        self.position, self.digest, self.entries = 0, GENESIS, 0
        self.records: dict[UUID, EntrantRecord] = {}
        self.findings: list[Finding] = []
        self.sheets = SheetWatch(entrants=names, people=people)
        self._revision, self._most_revision, self._names = 0, most_revision, names

    def read(self, row: LedgerRow) -> None:
        """Take the next row."""
        entrant = self._names.get(row.entrant_id, str(row.entrant_id))
        if row.position != self.position + 1:
            self._note(say.ENTRIES_MISSING, first=self.position + 1, last=row.position - 1)
        elif _link(self.digest, row) != row.digest:
            self._note(say.LINK_BROKEN, position=row.position, entrant=entrant)
        if not self._revision <= row.revision <= self._most_revision:
            least, most = self._revision, self._most_revision
            self._note(say.REVISION_DIFFERS, position=row.position, stated=row.revision, least=least, most=most)
        try:
            self._take(row, _entry.decode(row.body), entrant)
        except msgspec.DecodeError as fault:
            self._note(say.ENTRY_UNREADABLE, position=row.position, entrant=entrant, why=say.unread(fault))
        self.position, self.digest, self._revision = row.position, row.digest, row.revision
        self.entries += 1

    def _take(self, row: LedgerRow, entry: Entry, entrant: str) -> None:
        if canonical(entry).decode() != row.body:
            self._note(say.ENTRY_REWORDED, position=row.position, entrant=entrant)
        for column, stated, computed in (
            ("id", row.id, entry.id),
            ("kind", row.kind, entry.__struct_config__.tag),
            ("entrant_id", row.entrant_id, entry.entrant_id),
        ):
            if stated != computed:
                self._note(
                    say.COLUMN_DIFFERS, position=row.position, column=column, stated=str(stated), computed=str(computed)
                )
        record = self.records.get(entry.entrant_id) or EntrantRecord(entrant_id=entry.entrant_id)
        self.records[entry.entrant_id] = record = fold(record, entry)
        self.sheets.take(row.position, entry, record)

    def _note(self, sentence: str, **data: str | int | Text) -> None:
        self.findings.append(finding(sentence, **data))


def _link(previous: bytes, row: LedgerRow) -> bytes:
    """What ``schemas.marks.chain`` gives, over the text as it is stored."""
    return hashlib.sha256(previous + row.position.to_bytes(8, "big") + row.body.encode()).digest()
