"""What others than a sheet's own judge may enter on it: marks from paper, and what the chief judge rules. Pure.

Nobody changes what is signed: a sheet is open again with whatever changes it, and its judge signs it once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from competition.judging import panels, rules
from competition.judging.rules import Sheet
from competition.scoring.readings import check_reading, is_implausible
from competition.scoring.record import EntrantRecord
from schemas.access import Person
from schemas.aspects import Aspect
from schemas.marks import Entry, Mark, RecordMark, Retraction
from schemas.problems import N_, Problem


class ReopenFirst(Problem):
    """A mark from paper on a sheet that is signed."""

    status = 409
    sentence = N_(
        "The sheet {code} was signed at {at}. Reopen it first, with a reason; its judge signs it again after."
    )


class CellHasChanged(Problem):
    """A mark from paper over another than the one that was shown."""

    status = 409
    sentence = N_(
        "{aspect} on the sheet {code} has another mark by now. Reload the page, look at it, and enter yours again."
    )


class NothingToDecide(Problem):
    """A ruling on a mark that its judge took back, that another replaced, or that says nothing else than what stands."""

    status = 409
    sentence = N_("There is nothing to decide about this mark on the sheet {code} any more. Reload the page.")


class RulingNeedsReason(Problem):
    """A ruling without its reason."""

    sentence = N_("A decision needs a reason; write why.")


class NothingToVoteOn(Problem):
    """A re-vote of what is not voted on."""

    status = 409
    sentence = N_("The panel does not vote on {aspect}: only levels and scores that judges give can be voted on again.")


class PanelIsIncomplete(Problem):
    """A re-vote before the first vote is over."""

    status = 409
    sentence = N_(
        "Not everybody on the panel has voted on {aspect} yet. Wait for the first vote, then ask for another."
    )


class RevoteIsOpen(Problem):
    """A re-vote while there is one."""

    status = 409
    sentence = N_("The panel is voting on {aspect} again already, until {at}. Wait for that.")


def from_paper(
    command: RecordMark, sheet: Sheet, aspect: Aspect, record: EntrantRecord, *, person: Person, now: datetime
) -> Mark:
    """The mark that a paper sheet's reading becomes; unlike a tablet's it is refused where not the mark that was shown stands."""
    check_open(sheet)
    check_reading(aspect, command.values, command.state)
    current = record.marks.get((aspect.id, sheet.judge_id))
    if (current.id if current else None) != command.supersedes:
        raise CellHasChanged(code=sheet.code, aspect=aspect.name)
    if current is not None and command.reason is None:
        raise rules.CorrectionNeedsReason(aspect=aspect.name)
    is_slip = command.state == "marked" and is_implausible(aspect, command.values)
    return Mark(
        id=command.id,
        sheet_id=sheet.id,
        entrant_id=sheet.entrant_id,
        sub_criterion=sheet.sub_criterion,
        judge_id=sheet.judge_id,
        device_id=person.device_id,
        aspect=aspect.id,
        values=command.values,
        state=command.state,
        base=command.base,
        made_at=command.made_at,
        recorded_at=now,
        supersedes=command.supersedes,
        reason=command.reason,
        note=command.note,
        flags=("implausible",) if is_slip else (),
        sequence=command.sequence,
        revote=command.revote,
        confirmed=command.confirmed,
        entered_by=person.id,
        origin="paper",
    )


def let_count(
    mark: Mark,
    sheet: Sheet,
    record: EntrantRecord,
    *,
    id: UUID,
    reason: str,
    person: Person,
    now: datetime,
    is_taken_back: bool,
) -> Mark:
    """The mark by which the chief judge decides for one without effect; where the sheet is signed it is reopened for this.

    It is a mark of its own with the same readings, in the place of what stands; both stay on record.
    """
    current = _undecided(mark, sheet, record, reason, is_taken_back=is_taken_back)
    return Mark(
        id=id,
        sheet_id=mark.sheet_id,
        entrant_id=mark.entrant_id,
        sub_criterion=mark.sub_criterion,
        judge_id=mark.judge_id,
        device_id=person.device_id,
        aspect=mark.aspect,
        values=mark.values,
        state=mark.state,
        base=mark.base,
        made_at=now,
        recorded_at=now,
        supersedes=current.id if current else None,
        reason="other" if current else None,
        note=reason,
        flags=tuple(flag for flag in mark.flags if flag == "implausible"),
        revote=mark.revote,
        entered_by=person.id,
        origin="ruling",
    )


def leave_out(
    mark: Mark,
    sheet: Sheet,
    record: EntrantRecord,
    *,
    id: UUID,
    reason: str,
    person: Person,
    now: datetime,
    is_taken_back: bool,
) -> Retraction:
    """The entry by which the chief judge decides against a mark without effect: what stands, and is signed, stays as it is."""
    _undecided(mark, sheet, record, reason, is_taken_back=is_taken_back)
    return Retraction(
        id=id,
        sheet_id=mark.sheet_id,
        entrant_id=mark.entrant_id,
        sub_criterion=mark.sub_criterion,
        judge_id=mark.judge_id,
        device_id=person.device_id,
        aspect=mark.aspect,
        mark=mark.id,
        made_at=now,
        recorded_at=now,
        by=person.id,
        reason=reason,
    )


def check_open(sheet: Sheet) -> None:
    """Raise when a sheet is signed."""
    if sheet.sealed_at is not None:
        raise ReopenFirst(code=sheet.code, at=rules.time_at(sheet, sheet.sealed_at))


def check_revote(aspect: Aspect, sheet: Sheet, record: EntrantRecord, panel: Sequence[Sheet], now: datetime) -> None:
    """Raise unless the chief judge may have this aspect voted on again."""
    if not panels.is_opinion(aspect):
        raise NothingToVoteOn(aspect=aspect.name)
    if not panels.is_complete(aspect, panels.votes(aspect, record, panel), panel):
        raise PanelIsIncomplete(aspect=aspect.name)
    revote = record.revotes.get(aspect.id)
    if revote is not None and panels.is_open(revote, record, panel, now):
        raise RevoteIsOpen(aspect=aspect.name, at=rules.time_at(sheet, revote.closes_at))


def has_ruled(mark: Mark, record: EntrantRecord, reason: str, person: Person) -> Mark | None:
    """This person's ruling for this mark, where it stands already: the same form came twice."""
    current = record.marks.get((mark.aspect, mark.judge_id))
    if current is None or current.origin != "ruling":
        return None
    said = (current.values, current.state, current.note, current.entered_by)
    return current if said == (mark.values, mark.state, reason, person.id) else None


def has_left_out(retraction: Entry, reason: str, person: Person) -> bool:
    """Whether this person has left a mark out already, for this reason: the same form came twice."""
    return isinstance(retraction, Retraction) and (retraction.by, retraction.reason) == (person.id, reason)


def _undecided(mark: Mark, sheet: Sheet, record: EntrantRecord, reason: str, *, is_taken_back: bool) -> Mark | None:
    """What stands against a mark that is to be decided about; raises where there is no reason, or nothing to decide."""
    if not reason:
        raise RulingNeedsReason
    current = record.marks.get((mark.aspect, mark.judge_id))
    says_the_same = current is not None and (current.values, current.state) == (mark.values, mark.state)
    if is_taken_back or mark.has_effect() or says_the_same:
        raise NothingToDecide(code=sheet.code)
    return current
