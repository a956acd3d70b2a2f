"""How judging is, just now: who has marked what, who is waited for, what must be decided; for every page that tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

from competition.judging import desk_store, progress, store
from competition.judging.panel_votes import disputed_panels, votes_to_see
from competition.judging.rules import Sheet
from competition.ledger.book import Book
from competition.plumbing.database import Connection
from schemas.base import Message
from schemas.desk import JudgeProgress, NotedMark, PanelVotes, ProgressRow
from schemas.hall import TabletLine


class Outlook(Message):
    """Judging at one moment: the sheets that are signed or must still be, and everybody's cells of the matrix.

    ``noted`` are marks that need a look, ``votes`` panels that do; ``people`` are named in them.
    """

    sheets: tuple[Sheet, ...]
    rows: tuple[ProgressRow, ...]
    missing: tuple[JudgeProgress, ...]
    noted: tuple[NotedMark, ...]
    votes: tuple[PanelVotes, ...]
    people: dict[UUID, str]

    def signed(self) -> int:
        """How many sheets are signed."""
        return sum(sheet.is_sealed() for sheet in self.sheets)

    def undecided(self) -> int:
        """How many marks and panels wait for somebody's decision."""
        marks = sum(noted.is_undecided for noted in self.noted)
        return marks + sum(votes.is_open or votes.closes_at is None for votes in self.votes)


NOTHING_YET = Outlook(sheets=(), rows=(), missing=(), noted=(), votes=(), people={})
"""Judging before there is a scheme."""


async def outlook_on(connection: Connection, book: Book, tablets: Sequence[TabletLine], *, now: datetime) -> Outlook:
    """How judging of an event is. The number of statements does not grow with the number of sheets."""
    sheets = await store.sheets_of_event(connection, book.event_id)
    flagged = await desk_store.flagged_marks(connection, book.event_id)
    # A flagged mark may be on the sheet of a judge who left the panel, which no list shows any more.
    noticed = await store.sheets_with(connection, (mark.sheet_id for _, _, mark in flagged))
    in_force = [book.record(mark.entrant_id).marks.get((mark.aspect, mark.judge_id)) for _, _, mark in flagged]
    positions = await store.positions_of(connection, (mark.id for mark in in_force if mark))
    competing = (sheet for sheet in noticed.values() if sheet.entrant_id in book.standings)
    noted = progress.noted(flagged, competing, book, positions)
    people = await desk_store.people_with(connection, _named(sheets, noted, book))
    votes = votes_to_see(sheets, book, people, now)
    disputed = disputed_panels(votes, sheets) | {each.mark.sheet_id for each in noted if each.is_undecided}
    to_be_signed = progress.to_be_signed(sheets, book)
    return Outlook(
        sheets=to_be_signed,
        rows=progress.matrix(sheets, book, disputed=disputed, on_tablet=progress.on_tablets(tablets)),
        missing=progress.missing(to_be_signed, book, tablets),
        noted=noted,
        votes=votes,
        people=people,
    )


def _named(sheets: Iterable[Sheet], noted: Iterable[NotedMark], book: Book) -> Iterator[UUID]:
    """Everybody whom the outlook names: judges, who entered marks for them, and who asked for re-votes."""
    yield from (sheet.judge_id for sheet in sheets)
    for each in noted:
        for mark in (each.mark, each.stands):
            if mark:
                yield mark.judge_id
                if isinstance(mark.entered_by, UUID):
                    yield mark.entered_by
    for record in book.records.values():
        yield from (revote.by for revote in record.revotes.values() if revote.by)
