"""What can be done in judging: seating panels, recording marks, signing a sheet, reopening one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from competition.access.rules import may
from competition.access.store import insert_audit
from competition.judging import rules, store
from competition.ledger.actions import NoScheme, Pen, writing
from competition.ledger.book import Shelf
from competition.ledger.store import Written, lock_event, scheme_of, written_with
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.scoring.explain import mark_points
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
    Seal,
    SealSheet,
)
from schemas.problems import NotFound, Problem
from schemas.scheme import Scheme


class Submission(Message):
    """One request of one judge's tablet."""

    person: Person
    command: RecordMarks


Outcome = Receipt | Problem
"""What became of one mark: durable, or not taken and why."""


async def seat_panel(
    connection: Connection,
    event_id: UUID,
    sub_criterion: str,
    judges: Sequence[UUID],
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Seat these judges on the panel of a sub-criterion."""
    async with connection.transaction():
        roles = await store.roles_of(connection, judges)
        if any(not may(roles.get(judge_id, "spectator"), "mark") for judge_id in judges):
            raise rules.NoSuchJudge
        await store.set_seats(connection, event_id, sub_criterion, judges)
        detail = {"sub_criterion": sub_criterion, "judges": judges}
        await insert_audit(connection, "seat_panel", str(event_id), detail, actor_id=actor_id, now=now)


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
    return recusals


async def record_marks(
    connection: Connection, shelf: Shelf, event_id: UUID, submissions: Sequence[Submission], *, now: datetime
) -> list[tuple[Outcome, ...]]:
    """Record the marks of several tablets in one transaction; returns what became of each, in the order of the submissions.

    A mark that cannot be taken never keeps another from being taken.
    """
    commands = [command for submission in submissions for command in submission.command.marks]
    async with writing(connection, shelf, event_id, now=now) as pen:
        sheets = await store.sheets_with(connection, (command.sheet_id for command in commands))
        known = await written_with(connection, (command.id for command in commands))
        clerk = _Clerk(pen, {sheet.id: sheet for sheet in sheets.values() if sheet.event_id == event_id}, known, now)
        outcomes = [
            tuple(
                clerk.take(command, submission.person, submission.command.sent_at)
                for command in submission.command.marks
            )
            for submission in submissions
        ]
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


async def seal_score_sheet(
    connection: Connection, shelf: Shelf, sheet_id: UUID, command: SealSheet, *, person: Person, now: datetime
) -> Receipt:
    """Sign a sheet off: its judge only, with every aspect marked, and exactly what the judge was shown."""
    event_id = await _event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        if again := await _written(connection, command.id):
            if not rules.is_same_seal(again.entry, sheet_id, person):
                raise rules.EntryIdReused
            return Receipt(id=command.id, position=again.position, revision=again.revision)
        sheet = await store.sheet_with(connection, sheet_id)
        if sheet is None or sheet.judge_id != person.id:
            raise rules.NoSuchSheet
        sub = pen.book.scheme.sub_criterion(sheet.sub_criterion)
        if sub is None:
            raise rules.NoSuchSheet
        sheet_digest = rules.check_sign_off(sheet, sub, pen.book.record(sheet.entrant_id), command.marks)
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
        await store.seal(connection, sheet.id, sheet_digest, now)
    return Receipt(id=command.id, position=position, revision=pen.revision)


async def reopen_score_sheet(
    connection: Connection, shelf: Shelf, sheet_id: UUID, command: ReopenSheet, *, person: Person, now: datetime
) -> Receipt:
    """Open a signed sheet again, with a reason; what was signed stays on record."""
    reason = command.reason.strip()
    if not reason:
        raise rules.ReopeningNeedsReason
    event_id = await _event_of(connection, sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        if again := await _written(connection, command.id):
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


class _Clerk:
    """Takes marks one by one under the event's lock, each in view of those taken before it."""

    def __init__(self, pen: Pen, sheets: dict[UUID, rules.Sheet], known: dict[UUID, Written], now: datetime) -> None:
        self.pen = pen
        self.aspects = pen.book.aspects
        self.sheets = sheets
        self.known = known
        self.now = now

    def take(self, command: RecordMark, person: Person, sent_at: datetime) -> Outcome:
        """Take one mark: the same receipt for the same mark again, a problem when it cannot be taken."""
        try:
            if written := self.known.get(command.id):
                return self._again(command, written, person)
            sheet = self.sheets.get(command.sheet_id)
            record = self.pen.book.record(sheet.entrant_id) if sheet else None
            mark = rules.judged(
                command, sheet, self.pen.book.scheme, record, person=person, sent_at=sent_at, now=self.now
            )
            position = self.pen.add(mark)
        except Problem as problem:
            return problem
        self.known[mark.id] = Written(position=position, revision=self.pen.revision, entry=mark)
        return self._receipt(mark, position, self.pen.revision)

    def _again(self, command: RecordMark, written: Written, person: Person) -> Receipt:
        mark = written.entry
        if not isinstance(mark, Mark) or not rules.is_same(command, mark, person):
            raise rules.MarkIdReused(id=command.id, by=person.id)
        if mark.sheet_id not in self.sheets:  # recorded, and now sent again to another event's address
            raise rules.NoSuchSheet
        return self._receipt(mark, written.position, written.revision)

    def _receipt(self, mark: Mark, position: int, revision: int) -> Receipt:
        aspect = self.aspects[mark.aspect]
        points, steps = mark_points(aspect, mark.values, mark.state)
        return Receipt(id=mark.id, position=position, revision=revision, flags=mark.flags, points=points, steps=steps)


async def _event_of(connection: Connection, sheet_id: UUID) -> UUID:
    event_id = await store.event_of_sheet(connection, sheet_id)
    if event_id is None:
        raise rules.NoSuchSheet
    return event_id


async def _written(connection: Connection, entry_id: UUID) -> Written | None:
    return (await written_with(connection, [entry_id])).get(entry_id)
