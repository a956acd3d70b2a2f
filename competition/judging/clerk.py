"""The clerk of an event: takes marks under its lock, each in view of those before it, and opens the re-votes that they call for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from competition.judging import panels, rules, store
from competition.judging.revotes import REVOTE_LASTS
from competition.ledger.actions import Pen
from competition.ledger.store import Written
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.scoring.explain import mark_points
from competition.scoring.readings import check_reading
from schemas.access import Person
from schemas.aspects import Aspect
from schemas.marks import Mark, Receipt, RecordMark, Reopening, Revote
from schemas.problems import Problem

Outcome = Receipt | Problem
"""What became of one mark: durable, or not taken and why."""


class Clerk:
    """Takes marks one by one; ``sheets`` are those the marks are on and the rest of their panels, ``known`` what is written."""

    def __init__(self, pen: Pen, sheets: Iterable[rules.Sheet], known: Mapping[UUID, Written], now: datetime) -> None:
        self._pen = pen
        self._sheets = {sheet.id: sheet for sheet in sheets if sheet.event_id == pen.book.event_id}
        self._panels = panels.panels_of(self._sheets.values())
        self._known = dict(known)
        self._now = now
        self._reopened: list[Reopening] = []

    def take(self, command: RecordMark, person: Person, sent_at: datetime, *, is_quarantined: bool = False) -> Outcome:
        """Take one mark of a tablet: the same receipt for the same mark again, a problem when it cannot be taken."""
        try:
            if again := self.again(command, person):
                return again
            sheet = self._sheets.get(command.sheet_id)
            record = self._pen.book.record(sheet.entrant_id) if sheet else None
            mark = rules.judged(
                command,
                sheet,
                self._pen.book.scheme,
                record,
                person=person,
                sent_at=sent_at,
                now=self._now,
                is_quarantined=is_quarantined,
            )
            return self.enter(mark)
        except Problem as problem:
            return problem

    def again(self, command: RecordMark, person: Person) -> Receipt | None:
        """The receipt of a mark that is recorded already; raises when something else is, under its id."""
        written = self._known.get(command.id)
        if written is None:
            return None
        mark = written.entry
        if not isinstance(mark, Mark) or not rules.is_same(command, mark, person):
            raise rules.MarkIdReused(id=command.id, by=person.id)
        if mark.sheet_id not in self._sheets:  # recorded, and now sent again to another event's address
            raise rules.NoSuchSheet
        return self._receipt(mark, written.position, written.revision)

    def enter(self, mark: Mark) -> Receipt:
        """Write a mark down; if it is the last of a panel's votes and they are far apart, all are asked to vote again."""
        position = self._pen.add(mark)
        self._known[mark.id] = Written(position=position, revision=self._pen.revision, entry=mark)
        aspect = self._pen.book.aspects[mark.aspect]
        if panels.may_call_for_revote(aspect) and mark.has_effect():
            panel = self._panels[mark.entrant_id, mark.sub_criterion]
            if panels.revote_is_due(aspect, self._pen.book.record(mark.entrant_id), panel):
                self.open_revote(aspect, self._sheets[mark.sheet_id], id=new_id(), by=None)
        return self._receipt(mark, position, self._pen.revision)

    def open_revote(self, aspect: Aspect, sheet: rules.Sheet, *, id: UUID, by: UUID | None) -> int:
        """Ask the panel of this sheet to vote again on an aspect; what those seated signed is reopened. Returns the position.

        Whoever left the panel cannot vote again, so that judge's sheet stays signed.
        """
        panel = self._panels[sheet.entrant_id, sheet.sub_criterion]
        votes = panels.votes(aspect, self._pen.book.record(sheet.entrant_id), panel)
        position = self._pen.add(
            Revote(
                id=id,
                entrant_id=sheet.entrant_id,
                sub_criterion=sheet.sub_criterion,
                aspect=aspect.id,
                votes=tuple(mark.id for mark in votes.values()),
                by=by,
                closes_at=self._now + REVOTE_LASTS,
                recorded_at=self._now,
            )
        )
        for own in panel:
            if own.is_current and own.is_sealed() and own.judge_id in votes:
                self.reopen(own, f"重评 / re-vote {aspect.id}", by)
        return position

    def reopen(self, sheet: rules.Sheet, reason: str, by: UUID | None) -> None:
        """Open a signed sheet again; what was signed stays on record."""
        entry = Reopening(
            id=new_id(),
            sheet_id=sheet.id,
            entrant_id=sheet.entrant_id,
            sub_criterion=sheet.sub_criterion,
            judge_id=sheet.judge_id,
            by=by,
            reason=reason,
            recorded_at=self._now,
        )
        self._pen.add(entry)
        self._reopened.append(entry)
        self._sheets[sheet.id] = opened = msgspec.structs.replace(sheet, sealed_at=None)
        panel = self._panels[sheet.entrant_id, sheet.sub_criterion]
        panel[panel.index(sheet)] = opened

    async def put_away(self, connection: Connection) -> None:
        """Note on the sheets what was reopened."""
        for entry in self._reopened:
            await store.reopen(connection, entry.sheet_id, by=entry.by, reason=entry.reason, now=self._now)

    def _receipt(self, mark: Mark, position: int, revision: int) -> Receipt:
        receipt = Receipt(id=mark.id, position=position, revision=revision, flags=mark.flags)
        aspect = self._pen.book.aspects[mark.aspect]
        try:
            check_reading(aspect, mark.values, mark.state)
        except Problem:  # sent again after an amendment by which it is no reading any more
            return receipt
        points, steps = mark_points(aspect, mark.values, mark.state)
        return msgspec.structs.replace(receipt, points=points, steps=steps)
