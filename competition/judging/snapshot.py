"""What a tablet works with: its judge's sheets with their marks, panels, re-votes and papers, as of the last commit.

One maker for the answer to ``GET /judge/sheets`` and for what is told to a connected tablet. The number of statements does not grow
with the number of sheets.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import asdict

from competition.access.rules import DeviceIsLocked
from competition.judging import panels, papers_store, revotes, rules, store
from competition.judging.messages_store import messages_for
from competition.judging.rules import Sheet
from competition.ledger.actions import read_book
from competition.ledger.book import Book, Shelf
from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.scoring.explain import mark_points
from competition.scoring.plan import plan_of
from competition.timetable import clock_store
from schemas.access import Person
from schemas.marks import CorrectionReason, Mark
from schemas.tablet import OwnEvent, OwnMark, OwnRevote, OwnSession, OwnSheet, PanelView, Tablet, Vote

REASONS: tuple[CorrectionReason, ...] = get_args(CorrectionReason)


async def tablet_of(
    connection: Connection,
    shelf: Shelf,
    sealer: Sealer,
    person: Person,
    *,
    version: str,
    now: datetime,
) -> Tablet:
    """Everything that the tablet of this judge works with."""
    device = await store.device_with(connection, person.device_id) if person.device_id else None
    if device is None:
        raise DeviceIsLocked
    sheets = await store.sheets_of_judge(connection, person.id)
    events = []
    for event in await store.events_with(connection, (sheet.event_id for sheet in sheets)):
        book = await read_book(connection, shelf, event.id)
        own = [sheet for sheet in sheets if sheet.event_id == event.id]
        used = {sheet.sub_criterion for sheet in own}
        events.append(
            OwnEvent(
                id=event.id,
                name=event.name,
                competition=event.competition,
                revision=book.revision,
                time_zone=event.time_zone,
                is_blind=event.is_blind,
                scheme_digest=book.scheme_digest,
                sessions=await _sessions(connection, event.id),
                sub_criteria=tuple(sub for sub in book.scheme.sub_criteria() if sub.id in used),
                sheets=await own_sheets(connection, book, own, now=now),
            )
        )
    return Tablet(
        judge_id=person.id,
        judge=person.name,
        device_id=device.id,
        device=device.name,
        version=version,
        rescue_key=b64encode(sealer.device_key(device.id)).decode(),
        server_time=now,
        reasons=REASONS,
        events=tuple(events),
        messages=await messages_for(connection, person.id),
    )


async def own_sheets(
    connection: Connection, book: Book, sheets: Sequence[Sheet], *, now: datetime
) -> tuple[OwnSheet, ...]:
    """Sheets of one event as their own judges see them; they may be of different judges."""
    ids = [sheet.id for sheet in sheets]
    in_force = {sheet.id: _marks_on(sheet, book) for sheet in sheets}
    positions = await store.positions_of(connection, (mark.id for marks in in_force.values() for mark in marks))
    signatures = await papers_store.signatures_of(connection, ids)
    photographs = await papers_store.photographs_of(connection, ids)
    together = panels.panels_of(await store.panels_with(connection, ids))
    shown = []
    for sheet in sheets:
        seen = _Seen(sheet, book, together[sheet.entrant_id, sheet.sub_criterion], now)
        shown.append(
            OwnSheet(
                id=sheet.id,
                code=sheet.code,
                name=seen.name(),
                bench=sheet.bench,
                session=sheet.session,
                sub_criterion=sheet.sub_criterion,
                marks=tuple(_own_mark(mark, book, positions[mark.id]) for mark in in_force[sheet.id]),
                settled=tuple(seen.settled()),
                panel=tuple(seen.panel()),
                revotes=tuple(seen.revotes()),
                sealed_at=sheet.sealed_at,
                seal=sheet.seal,
                sheet_digest=sheet.sheet_digest,
                reopened_for=sheet.reopened_for,
                signatures=signatures.get(sheet.id, ()),
                photographs=photographs.get(sheet.id, ()),
            )
        )
    return tuple(shown)


async def _sessions(connection: Connection, event_id: UUID) -> tuple[OwnSession, ...]:
    """The sessions of an event in order, with their clocks and what benches were given back."""
    clocks = await clock_store.clocks_of(connection, event_id)
    places = await clock_store.bench_times_of(connection, event_id)
    return tuple(
        OwnSession(
            **asdict(session),
            time_back=tuple((place.bench, place.extra) for place in places.get(session.number, ()) if place.extra),
        )
        for session in clocks.values()
    )


def _own_mark(mark: Mark, book: Book, position: int) -> OwnMark:
    """A mark in force with its place in the ledger and what it gives by the scheme."""
    points, steps = mark_points(book.aspects[mark.aspect], mark.values, mark.state)
    return OwnMark(
        id=mark.id,
        aspect=mark.aspect,
        values=mark.values,
        state=mark.state,
        flags=mark.flags,
        points=points,
        steps=steps,
        position=position,
        revote=None if mark.revote is UNSET else mark.revote,
    )


def _marks_on(sheet: Sheet, book: Book) -> tuple[Mark, ...]:
    sub = book.scheme.sub_criterion(sheet.sub_criterion)
    return rules.marks_on(sheet, sub, book.record(sheet.entrant_id)) if sub else ()


class _Seen:
    """What the judge of one sheet sees of the whole panel's marks."""

    def __init__(self, sheet: Sheet, book: Book, panel: Sequence[Sheet], now: datetime) -> None:
        self._sheet = sheet
        self._sub = book.scheme.sub_criterion(sheet.sub_criterion)
        self._aspects = self._sub.aspects if self._sub else ()
        self._record = book.record(sheet.entrant_id)
        self._plan = plan_of(book.scheme)
        self._together = panel
        self._now = now

    def name(self) -> str:
        """The entrant's name, unless the event or the scheme has this sheet marked by code."""
        return "" if self._sub is None or self._sub.blind else self._sheet.name

    def settled(self) -> Iterator[str]:
        """The aspects that others have marked for this judge."""
        return (aspect.id for aspect in self._aspects if rules.is_settled(aspect, self._record, self._sheet.judge_id))

    def panel(self) -> Iterator[PanelView]:
        """The aspects that all have marked; of a judge who is alone there is no panel."""
        if len(self._together) < 2:  # noqa: PLR2004 - two make a panel
            return
        for aspect in self._aspects:
            shown = panels.shown_votes(aspect, self._record, self._together, self._now)
            # Whoever has not voted yet, having come to the panel later or not needing to, may still do so: unseen.
            if shown and (self._sheet.judge_id in shown or not panels.is_opinion(aspect)):
                yield PanelView(
                    aspect=aspect.id,
                    votes=tuple(
                        self._vote(other, *shown[other.judge_id]) for other in self._together if other.judge_id in shown
                    ),
                    is_apart=panels.are_apart(aspect, (mark for mark, _ in shown.values()), self._plan),
                )

    def revotes(self) -> Iterator[OwnRevote]:
        """The last re-vote of each aspect."""
        for aspect in self._aspects:
            if revote := self._record.revotes.get(aspect.id):
                yield OwnRevote(
                    id=revote.id,
                    aspect=aspect.id,
                    closes_at=revote.closes_at,
                    is_open=panels.is_open(revote, self._record, self._together, self._now),
                    awaits_own=self._sheet.is_current
                    and revotes.is_awaited(revote, self._record, self._sheet.judge_id, self._now),
                )

    def _vote(self, other: Sheet, mark: Mark, first: Mark | None) -> Vote:
        points, _ = self._plan.aspects[self._plan.aspect_places[mark.aspect]].told[mark.values, mark.state]
        return Vote(
            judge=other.judge,
            is_own=other.judge_id == self._sheet.judge_id,
            values=mark.values,
            state=mark.state,
            points=points,
            first=first.values if first else None,
        )
