"""Signing a sheet: its judge's sign-off, and the signatures by hand of judge, competitor and chief judge under it.

A signature is bound to one sign-off: a reopening voids both, and whoever signs again signs what the sheet says then.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from competition.judging import papers_store, rules, store
from competition.judging.actions import event_of, written
from competition.judging.drawings import check_drawing
from competition.ledger.actions import Pen, writing
from competition.ledger.book import Shelf
from competition.ledger.store import written_with
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Person
from schemas.base import digest
from schemas.marks import Entry, Mark, Receipt, Seal, SealSheet, Signature, SignSheet
from schemas.problems import N_, NotAllowed, Problem


class JudgeSignsWithSignOff(Problem):
    """A judge's signature apart from the sign-off."""

    sentence = N_("A judge signs a sheet by signing it off. Read the sheet back and sign it there.")


class SignOffHasChanged(Problem):
    """A signature under a sign-off that is not in force."""

    status = 409
    sentence = N_(
        "The sheet {code} was reopened, or signed anew, since it was shown. Read it once more and sign again."
    )


class SignedInThisRole(Problem):
    """A second signature of the same role under one sign-off."""

    status = 409
    sentence = N_("This signature is already under the sheet {code}. It stands as long as the sheet is not reopened.")


class NamedWhileBlind(Problem):
    """A competitor's name under a sheet that is marked by code."""

    sentence = N_("Marking is by code: the competitor signs by hand and writes no name.")


async def seal_score_sheet(
    connection: Connection, shelf: Shelf, sheet_id: UUID, command: SealSheet, *, person: Person, now: datetime
) -> Receipt:
    """Sign a sheet off: its judge only, with every aspect marked, and exactly what the judge was shown."""
    if command.drawing is not None:
        check_drawing(command.drawing)
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        sheet = await store.sheet_with(connection, sheet_id)
        if sheet is None or sheet.judge_id != person.id:
            raise rules.NoSuchSheet
        if again := await written(connection, command.id):
            if not await _is_same_seal(connection, again.entry, sheet, command):
                raise rules.EntryIdReused
            return Receipt(id=command.id, position=again.position, revision=again.revision)
        sub = pen.book.scheme.sub_criterion(sheet.sub_criterion)
        if sub is None:
            raise rules.NoSuchSheet
        sheet_digest = rules.check_sign_off(sheet, sub, pen.book.record(sheet.entrant_id), command.marks, now=now)
        position = pen.add(
            Seal(
                id=command.id,
                sheet_id=sheet.id,
                entrant_id=sheet.entrant_id,
                sub_criterion=sheet.sub_criterion,
                judge_id=person.id,
                device_id=person.device_id,
                sheet_digest=sheet_digest,
                recorded_at=now,
            )
        )
        await papers_store.seal(connection, sheet.id, command.id, sheet_digest, now)
        if command.drawing is not None:
            await _sign(
                connection,
                pen,
                sheet,
                SignSheet(id=new_id(), seal=command.id, role="judge", drawing=command.drawing),
                sheet_digest,
                person=person,
                now=now,
            )
    return Receipt(id=command.id, position=position, revision=pen.revision)


async def sign_score_sheet(
    connection: Connection, shelf: Shelf, sheet_id: UUID, command: SignSheet, *, person: Person, now: datetime
) -> Receipt:
    """Sign under a judge's sign-off: the competitor on that judge's tablet, or the chief judge as such; each once."""
    check_drawing(command.drawing)
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        if again := await written(connection, command.id):
            if not _is_same_signature(again.entry, sheet_id, command, person):
                raise rules.EntryIdReused
            return Receipt(id=command.id, position=again.position, revision=again.revision)
        sheet = await store.sheet_with(connection, sheet_id)
        if sheet is None:
            raise rules.NoSuchSheet
        sub = pen.book.scheme.sub_criterion(sheet.sub_criterion)
        _check_signer(sheet, command, person, is_blind=not sheet.name or sub is None or sub.blind)
        if sheet.seal != command.seal or sheet.sheet_digest is None:
            raise SignOffHasChanged(code=sheet.code)
        if await papers_store.signature_under(connection, sheet_id, command.seal, command.role):
            raise SignedInThisRole(code=sheet.code)
        position = await _sign(connection, pen, sheet, command, sheet.sheet_digest, person=person, now=now)
    return Receipt(id=command.id, position=position, revision=pen.revision)


def _check_signer(sheet: rules.Sheet, command: SignSheet, person: Person, *, is_blind: bool) -> None:
    """Raise unless this person, or the competitor before them, may sign this sheet in this role."""
    match command.role:
        case "judge":
            raise JudgeSignsWithSignOff
        case "chief_judge":
            if person.role != "chief_judge":
                raise NotAllowed
        case "competitor":
            if sheet.judge_id != person.id or person.device_id is None:
                raise rules.NoSuchSheet
            if is_blind and command.drawing.name:
                raise NamedWhileBlind


async def _sign(
    connection: Connection,
    pen: Pen,
    sheet: rules.Sheet,
    command: SignSheet,
    sheet_digest: str,
    *,
    person: Person,
    now: datetime,
) -> int:
    """Enter a signature and keep its drawing; returns its position."""
    position = pen.add(
        Signature(
            id=command.id,
            sheet_id=sheet.id,
            entrant_id=sheet.entrant_id,
            sub_criterion=sheet.sub_criterion,
            judge_id=sheet.judge_id,
            device_id=person.device_id,
            seal=command.seal,
            role=command.role,
            by=None if command.role == "competitor" else person.id,
            sheet_digest=sheet_digest,
            drawing_digest=digest(command.drawing),
            recorded_at=now,
        )
    )
    await papers_store.insert_drawing(connection, sheet.event_id, command.id, command.drawing, now)
    return position


async def _is_same_seal(connection: Connection, entry: Entry, sheet: rules.Sheet, command: SealSheet) -> bool:
    """Whether a sign-off that comes again is the one on record: of the same sheet, marks and drawing."""
    if not isinstance(entry, Seal) or entry.sheet_id != sheet.id:
        return False
    found = [known.entry for known in (await written_with(connection, set(command.marks))).values()]
    marks = [mark for mark in found if isinstance(mark, Mark)]
    signature = await papers_store.signature_under(connection, sheet.id, entry.id, "judge")
    drawn, signed = command.drawing and digest(command.drawing), signature and signature.drawing_digest
    return (
        len({mark.aspect for mark in marks}) == len(set(command.marks))
        and rules.sheet_digest(sheet, marks) == entry.sheet_digest
        and drawn == signed
    )


def _is_same_signature(entry: Entry, sheet_id: UUID, command: SignSheet, person: Person) -> bool:
    """Whether a signature that comes again is the one on record."""
    if not isinstance(entry, Signature):
        return False
    signer = entry.judge_id if entry.role == "competitor" else entry.by
    recorded = (entry.sheet_id, entry.seal, entry.role, entry.drawing_digest, signer)
    return recorded == (sheet_id, command.seal, command.role, digest(command.drawing), person.id)
