"""What can be done in judging: seating panels, recording marks and taking them back, rulings, re-votes, reopening a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from competition.access.rules import may
from competition.access.store import insert_audit
from competition.judging import panels, rules, rulings, store
from competition.judging.clerk import Clerk, Outcome
from competition.ledger.actions import NoScheme, writing
from competition.ledger.book import Shelf
from competition.ledger.store import Written, lock_event, scheme_of, written_with
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import tell_hall
from competition.plumbing.locale import sentence_of
from competition.scoring.readings import check_reading
from schemas.access import Person
from schemas.base import Message
from schemas.marks import (
    Mark,
    Receipt,
    RecordMark,
    RecordMarks,
    Refusal,
    Reopening,
    ReopenSheet,
    RetractMark,
)
from schemas.problems import NotFound, Problem
from schemas.scheme import Scheme


class Submission(Message):
    """One request of one judge's tablet; ``is_quarantined`` when that tablet was taken out of use."""

    person: Person
    command: RecordMarks
    is_quarantined: bool = False


async def seat_panel(
    connection: Connection,
    event_id: UUID,
    sub_criterion: str,
    judges: Sequence[UUID],
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Seat these judges on the panel of a sub-criterion; who sits there already may stay, even out of use."""
    async with connection.transaction():
        seats = await store.seats_of(connection, event_id)
        new = set(judges) - {seat.judge_id for seat in seats if seat.sub_criterion == sub_criterion}
        roles = await store.roles_of(connection, new)
        if any(not may(roles.get(judge_id, "spectator"), "mark") for judge_id in new):
            raise rules.NoSuchJudge
        await store.set_seats(connection, event_id, sub_criterion, judges)
        detail = {"sub_criterion": sub_criterion, "judges": judges}
        await insert_audit(connection, "seat_panel", str(event_id), detail, actor_id=actor_id, now=now)
        await tell_hall(connection, event_id, "sheets")


async def lay_out_sheets(connection: Connection, event_id: UUID) -> Counter[str]:
    """Make every judge's score sheets for every entrant with a place, except where the judge is recused.

    Returns how many recusals there were for each sub-criterion.
    """
    async with connection.transaction():
        if await lock_event(connection, event_id) is None:
            raise NotFound
        seats, employers = await store.seats_of(connection, event_id), await store.employers_drawn(connection, event_id)
        pairs = [(entrant_id, employer, seat) for entrant_id, employer in employers.items() for seat in seats]
        recusals = Counter(seat.sub_criterion for _, employer, seat in pairs if rules.recused(seat.employer, employer))
        sheets = [
            (entrant_id, seat.sub_criterion, seat.judge_id)
            for entrant_id, employer, seat in pairs
            if not rules.recused(seat.employer, employer)
        ]
        await store.lay_out_sheets(connection, event_id, sheets)
        await tell_hall(connection, event_id, "sheets")
    return recusals


async def record_marks(
    connection: Connection, shelf: Shelf, event_id: UUID, submissions: Sequence[Submission], *, now: datetime
) -> list[tuple[Outcome, ...]]:
    """Record the marks of several tablets in one transaction; returns what became of each, in the order of the submissions.

    A mark that cannot be taken never keeps another from being taken.
    """
    commands = [command for submission in submissions for command in submission.command.marks]
    async with writing(connection, shelf, event_id, now=now) as pen:
        sheets = await store.panels_with(connection, (command.sheet_id for command in commands))
        clerk = Clerk(pen, sheets, await written_with(connection, (command.id for command in commands)), now)
        outcomes = [
            tuple(
                clerk.take(
                    command,
                    submission.person,
                    submission.command.sent_at,
                    is_quarantined=submission.is_quarantined,
                )
                for command in submission.command.marks
            )
            for submission in submissions
        ]
        await clerk.put_away(connection)
        reused = [outcome for row in outcomes for outcome in row if isinstance(outcome, rules.MarkIdReused)]
        for problem in reused:
            subject = str(problem.data["id"])
            await insert_audit(
                connection, "reuse_mark_id", subject, {"why": str(problem)}, actor_id=problem.data["by"], now=now
            )
    return outcomes


def receipts(commands: Iterable[RecordMark], outcomes: Iterable[Outcome]) -> tuple[Receipt | Refusal, ...]:
    """What the tablet is told, in its judge's language."""
    return tuple(
        Refusal(id=command.id, type=outcome.type(), detail=sentence_of(outcome))
        if isinstance(outcome, Problem)
        else outcome
        for command, outcome in zip(commands, outcomes, strict=True)
    )


async def retract_mark(
    connection: Connection, shelf: Shelf, sheet_id: UUID, command: RetractMark, *, person: Person, now: datetime
) -> Receipt:
    """Take back a mark just made: its judge only, while it stands, nobody has signed, and no other judge has seen it.

    One that was kept without effect may be taken back as well, so that nobody lets it count.
    """
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        known = await written_with(connection, [command.id, command.mark])
        if again := known.get(command.id):
            if not rules.is_same_retraction(command, again.entry, sheet_id, person):
                raise rules.EntryIdReused
            return Receipt(id=command.id, position=again.position, revision=again.revision)
        panel = await store.panels_with(connection, [sheet_id])
        sheet = next(sheet for sheet in panel if sheet.id == sheet_id)
        if sheet.judge_id != person.id:
            raise rules.NoSuchSheet
        record = pen.book.record(sheet.entrant_id)
        mark = known[command.mark].entry if command.mark in known else None
        retraction = rules.retracted(command, mark, sheet, pen.book.scheme, record, person=person, now=now)
        if await store.retraction_of(connection, sheet.entrant_id, command.mark):
            raise rules.NothingToTakeBack(code=sheet.code)
        aspect = pen.book.aspects[retraction.aspect]
        if panels.is_seen(aspect, command.mark, record, panel, now):
            raise rules.VotesAreOpen(aspect=aspect.name)
        position = pen.add(retraction)
    return Receipt(id=command.id, position=position, revision=pen.revision)


async def record_paper(
    connection: Connection,
    shelf: Shelf,
    sheet_id: UUID,
    commands: Sequence[RecordMark],
    *,
    person: Person,
    now: datetime,
) -> tuple[Receipt, ...]:
    """Enter late what a judge wrote on one paper sheet, in that judge's name and as such: all of it, or nothing."""
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        panel = await store.panels_with(connection, [sheet_id])
        sheet = next(sheet for sheet in panel if sheet.id == sheet_id)
        if any(command.sheet_id != sheet_id for command in commands):
            raise rules.NoSuchSheet
        clerk = Clerk(pen, panel, await written_with(connection, (command.id for command in commands)), now)
        answers = []
        for command in commands:
            if not (receipt := clerk.again(command, person)):
                aspect = rules.aspect_on(sheet, pen.book.scheme, command.aspect)
                record = pen.book.record(sheet.entrant_id)
                receipt = clerk.enter(rulings.from_paper(command, sheet, aspect, record, person=person, now=now))
            answers.append(receipt)
        await clerk.put_away(connection)
    return tuple(answers)


async def let_count(
    connection: Connection, shelf: Shelf, mark_id: UUID, reason: str, *, person: Person, now: datetime
) -> Receipt:
    """Decide for a mark, as the chief judge: what it says counts from now on. The same ruling twice is one.

    A signed sheet is open again with it, for its judge to sign once more.
    """
    reason, sheet_id = reason.strip(), await _sheet_of_mark(connection, mark_id)
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        panel = await store.panels_with(connection, [sheet_id])
        sheet = next(sheet for sheet in panel if sheet.id == sheet_id)
        known, record = await written_with(connection, [mark_id]), pen.book.record(sheet.entrant_id)
        mark = known[mark_id].entry
        assert isinstance(mark, Mark)  # noqa: S101 - it was found among the marks
        if ruled := rulings.has_ruled(mark, record, reason, person):
            [again] = (await written_with(connection, [ruled.id])).values()
            return Receipt(id=ruled.id, position=again.position, revision=again.revision, flags=ruled.flags)
        aspect = rules.aspect_on(sheet, pen.book.scheme, mark.aspect)
        check_reading(aspect, mark.values, mark.state)  # by an amended scheme it may be none any more
        ruling = rulings.let_count(
            mark,
            sheet,
            record,
            id=new_id(),
            reason=reason,
            person=person,
            now=now,
            is_taken_back=await store.retraction_of(connection, sheet.entrant_id, mark_id) is not None,
        )
        clerk = Clerk(pen, panel, known, now)
        if sheet.is_sealed():
            clerk.reopen(sheet, reason, person.id)
        receipt = clerk.enter(ruling)
        await clerk.put_away(connection)
    return receipt


async def leave_out(
    connection: Connection, shelf: Shelf, mark_id: UUID, reason: str, *, person: Person, now: datetime
) -> Receipt:
    """Decide against a mark without effect, as the chief judge: what stands, and is signed, stays. The same twice is one."""
    reason, sheet_id = reason.strip(), await _sheet_of_mark(connection, mark_id)
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        sheet = await store.sheet_with(connection, sheet_id)
        [known] = (await written_with(connection, [mark_id])).values()
        assert sheet is not None  # noqa: S101 - it has a mark
        assert isinstance(known.entry, Mark)  # noqa: S101 - it was found among the marks
        if retraction_id := await store.retraction_of(connection, sheet.entrant_id, mark_id):
            [again] = (await written_with(connection, [retraction_id])).values()
            if rulings.has_left_out(again.entry, reason, person):
                return Receipt(id=retraction_id, position=again.position, revision=again.revision)
        entry = rulings.leave_out(
            known.entry,
            sheet,
            pen.book.record(sheet.entrant_id),
            id=new_id(),
            reason=reason,
            person=person,
            now=now,
            is_taken_back=retraction_id is not None,
        )
        position = pen.add(entry)
    return Receipt(id=entry.id, position=position, revision=pen.revision)


async def open_revote(
    connection: Connection,
    shelf: Shelf,
    event_id: UUID,
    entrant_id: UUID,
    aspect_id: str,
    *,
    person: Person,
    now: datetime,
) -> Receipt:
    """Have the panel of an entrant vote again on an aspect, as the chief judge; as often as it takes."""
    async with writing(connection, shelf, event_id, now=now) as pen:
        sub = next((sub for sub in pen.book.scheme.sub_criteria() if aspect_id in {a.id for a in sub.aspects}), None)
        panel = await store.panel_of(connection, entrant_id, sub.id) if sub else ()
        if not panel or panel[0].event_id != event_id:
            raise NotFound
        aspect, sheet = pen.book.aspects[aspect_id], panel[0]
        rulings.check_revote(aspect, sheet, pen.book.record(entrant_id), panel, now)
        clerk = Clerk(pen, panel, {}, now)
        revote_id = new_id()
        position = clerk.open_revote(aspect, sheet, id=revote_id, by=person.id)
        await clerk.put_away(connection)
    return Receipt(id=revote_id, position=position, revision=pen.revision)


async def reopen_score_sheet(
    connection: Connection, shelf: Shelf, sheet_id: UUID, command: ReopenSheet, *, person: Person, now: datetime
) -> Receipt:
    """Open a signed sheet again, with a reason; what was signed stays on record."""
    reason = command.reason.strip()
    if not reason:
        raise rules.ReopeningNeedsReason
    event_id = await event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        if again := await written(connection, command.id):
            if not rules.is_same_reopening(again.entry, sheet_id, person):
                raise rules.EntryIdReused
            return Receipt(id=command.id, position=again.position, revision=again.revision)
        sheet = await store.sheet_with(connection, sheet_id)
        if sheet is None:
            raise NotFound
        if not sheet.is_sealed():
            raise rules.SheetIsOpen(code=sheet.code)
        position = pen.add(
            Reopening(
                id=command.id,
                sheet_id=sheet.id,
                entrant_id=sheet.entrant_id,
                sub_criterion=sheet.sub_criterion,
                judge_id=sheet.judge_id,
                by=person.id,
                reason=reason,
                recorded_at=now,
            )
        )
        await store.reopen(connection, sheet.id, by=person.id, reason=reason, now=now)
    return Receipt(id=command.id, position=position, revision=pen.revision)


async def scheme_for(connection: Connection, event_id: UUID) -> Scheme:
    """The scheme that an event is marked by."""
    scheme = await scheme_of(connection, event_id)
    if scheme is None:
        raise NoScheme
    return scheme


async def event_of(connection: Connection, sheet_id: UUID) -> UUID:
    """Which event a sheet belongs to; raises ``NoSuchSheet``."""
    event_id = await store.event_of_sheet(connection, sheet_id)
    if event_id is None:
        raise rules.NoSuchSheet
    return event_id


async def _sheet_of_mark(connection: Connection, mark_id: UUID) -> UUID:
    sheet_id = await store.sheet_of_mark(connection, mark_id)
    if sheet_id is None:
        raise NotFound
    return sheet_id


async def written(connection: Connection, entry_id: UUID) -> Written | None:
    """What a ledger holds under this id already."""
    return (await written_with(connection, [entry_id])).get(entry_id)
