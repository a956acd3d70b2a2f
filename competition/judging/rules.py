"""What a mark must be to be taken, what is flagged about it, when it may be taken back and when a sheet signed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET

from competition.judging import revotes
from competition.scoring.readings import check_reading, is_implausible
from competition.scoring.record import EntrantRecord
from schemas.access import Person
from schemas.aspects import Aspect
from schemas.base import Message, digest
from schemas.marks import (
    UNDO_SECONDS,
    Entry,
    Flag,
    Mark,
    RecordMark,
    Reopening,
    Retraction,
    RetractMark,
)
from schemas.problems import N_, Problem
from schemas.scheme import Scheme, SubCriterion

CLOCK_SKEW = timedelta(minutes=2)
MOST_MARKS_PER_REQUEST = 500
UNDO_LASTS = timedelta(seconds=UNDO_SECONDS)
UNDO_SLACK = timedelta(seconds=2)
"""A finger may lift as the time ends, and the tablet may set its clock in between."""


class Sheet(Message):
    """A score sheet: one judge's marks for one entrant and one sub-criterion.

    It is current while its judge is on the panel and its entrant has not withdrawn; afterwards it is kept, so that what comes late
    from a tablet finds it. ``name`` is the entrant's, empty while the event is blind; ``bench`` and ``session`` are 0 without a
    place. ``seal`` and ``sheet_digest`` are those of the sign-off in force; ``reopened_for`` is set while it stands reopened.
    """

    id: UUID
    event_id: UUID
    entrant_id: UUID
    code: str
    sub_criterion: str
    judge_id: UUID
    sealed_at: datetime | None
    is_current: bool = True
    time_zone: str = "UTC"
    judge: str = ""
    name: str = ""
    bench: int = 0
    session: int = 0
    seal: UUID | None = None
    sheet_digest: str | None = None
    reopened_for: str | None = None

    def is_sealed(self) -> bool:
        """Whether its judge has signed it and the chief judge has not reopened it."""
        return self.sealed_at is not None


class NoSuchSheet(Problem):
    """The sheet does not exist, or is another judge's; which of both is not told."""

    status = 404
    sentence = N_(
        "This score sheet is not one of yours. Go back to your list; ask the organiser if a sheet is missing there."
    )


class NoSuchJudge(Problem):
    """A panel with somebody who does not exist, or may not mark."""

    sentence = N_(
        "One of those chosen cannot sit on a panel: only judges with an account can. Reload the page and choose again."
    )


class NoSuchAspect(Problem):
    """The scheme has no such aspect on this sheet."""

    sentence = N_("The sheet {code} has no aspect {aspect}. Reload the sheet; nothing else was changed.")


class MarkIdReused(Problem):
    """A mark with this id is recorded, with another content."""

    sentence = N_("A different mark was already recorded under this mark's id; that one stands. Enter the value again.")


class EntryIdReused(Problem):
    """A sign-off or a reopening under the id of something else."""

    status = 409
    sentence = N_("Something else was already recorded under this request's id. Reload the page and try once more.")


class CorrectionNeedsReason(Problem):
    """A correction without its reason."""

    sentence = N_("A correction needs a reason: choose why {aspect} is corrected.")


class NothingToTakeBack(Problem):
    """A retraction of what is no mark of this judge on this sheet, or one that another replaced or that was taken back."""

    status = 409
    sentence = N_("This mark does not stand on the sheet {code} any more, so it was not taken back. Look at the sheet.")


class TooLateToTakeBack(Problem):
    """A retraction after its time."""

    status = 409
    sentence = N_("A mark can be taken back for {seconds} seconds. Correct {aspect} instead, and say why.")


class VotesAreOpen(Problem):
    """A retraction of a vote that the others on the panel can see."""

    status = 409
    sentence = N_("Everybody on the panel has voted on {aspect} and sees your vote. Correct it instead, and say why.")


class TooManyMarks(Problem):
    """One request with more marks than are taken at once."""

    status = 413
    sentence = N_("One request may carry {most} marks at most; send the others in the next.")


class SheetIsIncomplete(Problem):
    """A sign-off with aspects unmarked."""

    status = 409
    sentence = N_("The sheet {code} cannot be signed yet: {count} aspects have no mark ({aspects}).")


class SheetHasChanged(Problem):
    """A sign-off of something else than what is recorded."""

    status = 409
    sentence = N_(
        "The sheet {code} is not what was shown when you signed. Reload it, read it once more, and sign again."
    )


class VoteIsAwaited(Problem):
    """A sign-off by a judge who is to vote again."""

    status = 409
    sentence = N_("The panel votes again on {aspect}. Vote on the sheet {code}, or wait until {at}; then sign.")


class SheetIsSealed(Problem):
    """A second sign-off, or a change to what is signed."""

    status = 409
    sentence = N_("The sheet {code} was signed at {at}. Ask the chief judge to reopen it if something is wrong.")


class SheetIsOpen(Problem):
    """A reopening of a sheet that is open."""

    status = 409
    sentence = N_("The sheet {code} is open already; its judge can enter marks.")


class ReopeningNeedsReason(Problem):
    """A reopening without its reason."""

    sentence = N_("Reopening a signed sheet needs a reason; write why.")


def judged(
    command: RecordMark,
    sheet: Sheet | None,
    scheme: Scheme,
    record: EntrantRecord | None,
    *,
    person: Person,
    sent_at: datetime,
    now: datetime,
    is_quarantined: bool = False,
) -> Mark:
    """The mark that this command becomes; raises when it cannot be taken, flags what the chief judge should know.

    A mark is never refused for being late or in conflict: it is kept, flagged, and has no effect until somebody decides.
    """
    if sheet is None or record is None or sheet.judge_id != person.id:
        raise NoSuchSheet
    aspect = aspect_on(sheet, scheme, command.aspect)
    check_reading(aspect, command.values, command.state)
    if command.supersedes is not None and command.reason is None and not _answers_revote(command, record, person.id):
        raise CorrectionNeedsReason(aspect=aspect.name)
    flags: list[Flag] = [*_flags_of_place(command, sheet, record, now)]
    if is_quarantined:
        flags.append("quarantined")
    if abs(now - sent_at) > CLOCK_SKEW:
        flags.append("clock_skew")
    if command.state == "marked" and is_implausible(aspect, command.values):
        flags.append("implausible")
    return Mark(
        id=command.id,
        sheet_id=sheet.id,
        entrant_id=sheet.entrant_id,
        sub_criterion=sheet.sub_criterion,
        judge_id=person.id,
        device_id=person.device_id,
        aspect=command.aspect,
        values=command.values,
        state=command.state,
        base=command.base,
        made_at=command.made_at,
        recorded_at=now,
        supersedes=command.supersedes,
        reason=command.reason,
        note=command.note,
        flags=tuple(flags),
        sequence=command.sequence,
        revote=command.revote,
        confirmed=command.confirmed,
    )


def retracted(
    command: RetractMark,
    mark: Entry | None,
    sheet: Sheet,
    scheme: Scheme,
    record: EntrantRecord,
    *,
    person: Person,
    now: datetime,
) -> Retraction:
    """The retraction of a mark that this command becomes: of the judge's own one, at once after it was made.

    The mark is the one in force, on an open sheet; or one without effect, which nothing was signed with.
    """
    if not isinstance(mark, Mark) or (mark.sheet_id, _author(mark)) != (sheet.id, person.id):
        raise NothingToTakeBack(code=sheet.code)
    stands = record.marks.get((mark.aspect, mark.judge_id))
    if mark.has_effect() and (stands is None or stands.id != mark.id):
        raise NothingToTakeBack(code=sheet.code)
    aspect = aspect_on(sheet, scheme, mark.aspect)
    if mark.has_effect() and sheet.sealed_at is not None:
        raise SheetIsSealed(code=sheet.code, at=time_at(sheet, sheet.sealed_at))
    if not -UNDO_SLACK <= command.made_at - mark.made_at <= UNDO_LASTS + UNDO_SLACK:
        raise TooLateToTakeBack(seconds=UNDO_SECONDS, aspect=aspect.name)
    return Retraction(
        id=command.id,
        sheet_id=sheet.id,
        entrant_id=sheet.entrant_id,
        sub_criterion=sheet.sub_criterion,
        judge_id=person.id,
        device_id=person.device_id,
        aspect=aspect.id,
        mark=mark.id,
        made_at=command.made_at,
        recorded_at=now,
    )


def time_at(sheet: Sheet, moment: datetime) -> str:
    """A time of day where the competition is."""
    return f"{moment.astimezone(ZoneInfo(sheet.time_zone)):%H:%M}"


def aspect_on(sheet: Sheet, scheme: Scheme, aspect_id: str) -> Aspect:
    """The aspect with this id on the sheet."""
    sub = scheme.sub_criterion(sheet.sub_criterion)
    aspect = next((aspect for aspect in sub.aspects if aspect.id == aspect_id), None) if sub else None
    if aspect is None:
        raise NoSuchAspect(code=sheet.code, aspect=aspect_id)
    return aspect


def is_same(command: RecordMark, mark: Mark, person: Person) -> bool:
    """Whether a command that comes again, from this person, is the one that was recorded."""
    again = RecordMark(
        id=mark.id,
        sheet_id=mark.sheet_id,
        aspect=mark.aspect,
        base=mark.base,
        made_at=mark.made_at,
        values=mark.values,
        state=mark.state,
        supersedes=mark.supersedes,
        reason=mark.reason,
        note=mark.note,
        sequence=mark.sequence,
        revote=mark.revote,
        confirmed=mark.confirmed,
    )
    return again == command and _author(mark) == person.id


def is_same_retraction(command: RetractMark, entry: Entry, sheet_id: UUID, person: Person) -> bool:
    """Whether what is recorded is this person's retraction of this mark on this sheet."""
    return isinstance(entry, Retraction) and (
        (entry.mark, entry.sheet_id, entry.judge_id) == (command.mark, sheet_id, person.id)
    )


def is_same_reopening(entry: Entry, sheet_id: UUID, person: Person) -> bool:
    """Whether what is recorded is this person's reopening of this sheet."""
    return isinstance(entry, Reopening) and (entry.sheet_id, entry.by) == (sheet_id, person.id)


def missing(sub: SubCriterion, record: EntrantRecord, judge_id: UUID) -> tuple[Aspect, ...]:
    """The aspects of a sub-criterion that this judge still has to mark for this entrant."""
    return tuple(aspect for aspect in sub.aspects if not is_marked(aspect, record, judge_id))


def is_marked(aspect: Aspect, record: EntrantRecord, judge_id: UUID) -> bool:
    """Whether nothing is left for this judge to mark: it is done, or enough others did what not the whole panel marks."""
    return (aspect.id, judge_id) in record.marks or is_settled(aspect, record, judge_id)


def settled(sub: SubCriterion, record: EntrantRecord, judge_id: UUID) -> tuple[Aspect, ...]:
    """The aspects of a sub-criterion that others have marked for the panel, so that this judge need not."""
    return tuple(aspect for aspect in sub.aspects if is_settled(aspect, record, judge_id))


def is_settled(aspect: Aspect, record: EntrantRecord, judge_id: UUID) -> bool:
    """Whether enough others marked what not the whole panel marks, and this judge did not."""
    if aspect.judges is None or (aspect.id, judge_id) in record.marks:
        return False
    return sum(marked == aspect.id for marked, _ in record.marks) >= aspect.judges


def marks_on(sheet: Sheet, sub: SubCriterion, record: EntrantRecord) -> tuple[Mark, ...]:
    """The marks in force on a sheet, in the scheme's order."""
    found = (record.marks.get((aspect.id, sheet.judge_id)) for aspect in sub.aspects)
    return tuple(mark for mark in found if mark is not None)


def check_sign_off(
    sheet: Sheet, sub: SubCriterion, record: EntrantRecord, signed: Iterable[UUID], *, now: datetime
) -> str:
    """The digest of exactly what is signed; raises when the sheet is sealed, incomplete, or not what the judge was shown.

    Nobody signs while the own vote in an open re-vote is awaited.
    """
    if sheet.sealed_at is not None:
        raise SheetIsSealed(code=sheet.code, at=time_at(sheet, sheet.sealed_at))
    if lacking := missing(sub, record, sheet.judge_id):
        raise SheetIsIncomplete(code=sheet.code, count=len(lacking), aspects=", ".join(aspect.id for aspect in lacking))
    for aspect in sub.aspects:
        revote = record.revotes.get(aspect.id)
        if revote is not None and revotes.is_awaited(revote, record, sheet.judge_id, now):
            raise VoteIsAwaited(code=sheet.code, aspect=aspect.name, at=time_at(sheet, revote.closes_at))
    marks = marks_on(sheet, sub, record)
    if {mark.id for mark in marks} != set(signed):
        raise SheetHasChanged(code=sheet.code)
    return sheet_digest(sheet, marks)


def sheet_digest(sheet: Sheet, marks: Iterable[Mark]) -> str:
    """The digest of a sheet's readings: which sheet, and for each aspect the mark, its state and its values."""
    readings = {mark.aspect: {"mark": mark.id, "state": mark.state, "values": mark.values} for mark in marks}
    return digest({"sheet": sheet.id, "readings": readings})


def recused(judge_employer: str, entrant_employer: str) -> bool:
    """Whether a judge must not mark this entrant: both belong to the same employer."""
    return judge_employer.strip().casefold() == entrant_employer.strip().casefold() != ""


def _author(mark: Mark) -> UUID:
    """Who entered a mark: its judge, or whoever did in that judge's name."""
    return mark.judge_id if mark.entered_by is UNSET else mark.entered_by


def _answers_revote(command: RecordMark, record: EntrantRecord, judge_id: UUID) -> bool:
    """Whether a mark is a vote given again, which needs no reason; a second change of mind does."""
    if command.revote is UNSET:
        return False
    revote = record.revotes.get(command.aspect)
    current = record.marks.get((command.aspect, judge_id))
    is_second = current is not None and current.id == command.supersedes and current.revote == command.revote
    return revote is None or not is_second


def _flags_of_place(command: RecordMark, sheet: Sheet, record: EntrantRecord, now: datetime) -> Iterator[Flag]:
    """What keeps a mark without effect in its cell: another stands there, the sheet is signed, the time to vote again is over."""
    current = record.marks.get((command.aspect, sheet.judge_id))
    if (current.id if current else None) != command.supersedes:
        yield "conflict"
    if sheet.is_sealed() or not sheet.is_current or _is_late_vote(command, record, now):
        yield "late"


def _is_late_vote(command: RecordMark, record: EntrantRecord, now: datetime) -> bool:
    """Whether a mark answers a re-vote that no longer waits for it."""
    if command.revote is UNSET:
        return False
    revote = record.revotes.get(command.aspect)
    return revote is None or revote.id != command.revote or now >= revote.closes_at
