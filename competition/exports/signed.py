"""Which score sheets are signed, and whether what was signed is what is there: a walk along the ledger. Pure.

At each sign-off the sheet's digest is computed again from the marks in force; from then on no mark may change the sheet until it
is reopened, and whoever signs by hand must sign that digest, under that sign-off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

import msgspec

from competition.exports import findings as say
from competition.exports.findings import Finding, GivenSignature, SignedSheet, finding
from competition.plumbing.locale import translate
from competition.scoring.record import EntrantRecord
from schemas.base import Message, Text, digest
from schemas.marks import Entry, Mark, Reopening, Retraction, Seal, Signature, Signer

Names = Mapping[UUID, str]

_Key = tuple[UUID, str]
"""A sheet and its sub-criterion."""


class Signing(Message):
    """How far the score sheets of a ledger are signed: those that are, and how many it tells of in all."""

    sheets: tuple[SignedSheet, ...]
    known: int

    def said(self) -> str:
        """How many are signed, and by whom by hand, in the current language."""
        signers = [given.role for sheet in self.sheets for given in sheet.signatures]
        return translate(
            "{signed} of {sheets} (by hand: judge {judge}, competitor {competitor}, chief judge {chief_judge})",
            signed=len(self.sheets),
            sheets=self.known,
            judge=signers.count("judge"),
            competitor=signers.count("competitor"),
            chief_judge=signers.count("chief_judge"),
        )


class SheetWatch:
    """Takes the entries in order, each with its entrant's record after it; keeps who signed what, and what does not agree.

    ``signatures`` are the signatures by hand as findings name them: whose, on which sheet. ``entrants`` are codes and ``people``
    names of accounts, as findings tell them; an id tells itself.
    """

    def __init__(self, *, entrants: Names, people: Names) -> None:
        self.findings: list[Finding] = []
        self.signatures: dict[UUID, Text] = {}
        self._signed: dict[_Key, SignedSheet] = {}
        self._known: set[_Key] = set()
        self._entrants, self._people = entrants, people

    def take(self, position: int, entry: Entry, record: EntrantRecord) -> None:
        """Take the next entry."""
        match entry:
            case Mark() | Retraction():
                self._look_at(position, entry, record)
            case Seal():
                self._seal(position, entry, record)
            case Signature():
                self._sign(position, entry)
            case Reopening():
                self._signed.pop((entry.sheet_id, entry.sub_criterion), None)
            case _:
                return
        self._known.add((entry.sheet_id, entry.sub_criterion))

    def signed(self) -> tuple[SignedSheet, ...]:
        """The sheets that are signed as the ledger stands, by entrant, sub-criterion and judge."""
        return tuple(
            sorted(self._signed.values(), key=lambda one: (one.entrant, one.sub_criterion, one.judge, one.sheet_id))
        )

    def signing(self) -> Signing:
        """How far it has come as the ledger stands."""
        return Signing(sheets=self.signed(), known=len(self._known))

    def _look_at(self, position: int, entry: Mark | Retraction, record: EntrantRecord) -> None:
        key = (entry.sheet_id, entry.sub_criterion)
        signed = self._signed.get(key)
        if signed is None or not signed.holds or digest_of(entry.sheet_id, _marks(key, record)) == signed.sheet_digest:
            return
        self._signed[key] = msgspec.structs.replace(signed, holds=False)
        self._note(say.SHEET_CHANGED, position, entry, self._signer("judge", entry.judge_id))

    def _seal(self, position: int, entry: Seal, record: EntrantRecord) -> None:
        key = (entry.sheet_id, entry.sub_criterion)
        computed = digest_of(entry.sheet_id, _marks(key, record))
        self._signed[key] = SignedSheet(
            sheet_id=entry.sheet_id,
            entrant=self._entrants.get(entry.entrant_id, str(entry.entrant_id)),
            sub_criterion=entry.sub_criterion,
            judge_id=entry.judge_id,
            judge=self._people.get(entry.judge_id, ""),
            seal=entry.id,
            sheet_digest=entry.sheet_digest,
            signed_at=entry.recorded_at,
            position=position,
            signatures=(),
            holds=computed == entry.sheet_digest,
        )
        if computed != entry.sheet_digest:
            signer = self._signer("judge", entry.judge_id)
            self._note(say.SEAL_DIFFERS, position, entry, signer, stated=entry.sheet_digest, computed=computed)

    def _sign(self, position: int, entry: Signature) -> None:
        key, signer = (entry.sheet_id, entry.sub_criterion), self._signer(entry.role, entry.by)
        sheet = self._sheet(entry)
        self.signatures[entry.id] = Text(
            zh=f"{sheet.zh} 评分表上{signer.zh}的手写签名", en=f"signature of {signer.en} on the sheet {sheet.en}"
        )
        signed = self._signed.get(key)
        if signed is None or signed.seal != entry.seal:
            self._note(say.SIGNATURE_LOOSE, position, entry, signer)
            return
        if signed.sheet_digest != entry.sheet_digest:
            self._note(
                say.SIGNATURE_DIFFERS, position, entry, signer, stated=entry.sheet_digest, computed=signed.sheet_digest
            )
            return
        given = GivenSignature(role=entry.role, by=entry.by, signed_at=entry.recorded_at, position=position)
        self._signed[key] = msgspec.structs.replace(signed, signatures=(*signed.signatures, given))

    def _note(
        self, sentence: str, position: int, entry: Mark | Retraction | Seal | Signature, signer: Text, **data: str
    ) -> None:
        self.findings.append(finding(sentence, position=position, sheet=self._sheet(entry), signer=signer, **data))

    def _sheet(self, entry: Mark | Retraction | Seal | Signature) -> Text:
        entrant = self._entrants.get(entry.entrant_id, str(entry.entrant_id))
        return sheet_named(entrant, entry.sub_criterion, self._people.get(entry.judge_id, str(entry.judge_id)))

    def _signer(self, role: Signer, by: UUID | None) -> Text:
        role_said = say.SIGNERS[role]
        if by is None:
            return role_said
        name = self._people.get(by, str(by))
        return Text(zh=f"{role_said.zh}{name}", en=f"{role_said.en} {name}")


def sheet_named(entrant: str, sub_criterion: str, judge: str) -> Text:
    """How a finding names a score sheet: of whom, of what, and whose."""
    return Text(zh=f"{entrant} {sub_criterion}（{judge}）", en=f"{entrant} {sub_criterion} ({judge})")


def digest_of(sheet_id: UUID, marks: Iterable[Mark]) -> str:
    """What a sheet with these marks comes to: the digest that is signed, computed apart from where it is when somebody signs."""
    readings = {mark.aspect: {"mark": mark.id, "state": mark.state, "values": mark.values} for mark in marks}
    return digest({"sheet": sheet_id, "readings": readings})


def _marks(key: _Key, record: EntrantRecord) -> Iterator[Mark]:
    """The marks in force on a sheet."""
    return (mark for mark in record.marks.values() if (mark.sheet_id, mark.sub_criterion) == key)
