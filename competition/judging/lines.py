"""A tablet as this server knows it while it is connected: its lines, what waits to be said on each, and how it last said it is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from competition.judging.hall_store import Noted
from schemas.access import Person
from schemas.base import Message, canonical, digest
from schemas.hall import LookAgain, SheetsChanged, SlotShared, TabletHears, TabletStatus
from schemas.tablet import OwnSheet

MOST_BYTES_WAITING = 256 * 1024
"""What may wait for a tablet that is slow to take it; beyond it is told only to look again, which says all of it."""

NOTE_EVERY = timedelta(seconds=5)
"""How often at the most the status of a tablet is written down when something in it changed."""

NOTE_ANYWAY = timedelta(seconds=30)
"""How often it is written down that a tablet was heard of, though nothing changed."""

Frame = str
"""A message as it is sent."""


def frame_of(message: Message) -> Frame:
    """What is sent to say this."""
    return canonical(message).decode()


NEVER = datetime.max.replace(tzinfo=UTC)
LOOK_AGAIN = frame_of(LookAgain())


class Line:
    """One connection of a tablet: what waits to be said on it, and which sheets it was told.

    ``bell`` rings when something waits, ``doubt`` when whoever is at the other end may no longer be welcome.
    """

    def __init__(self, tablet: HallTablet) -> None:
        self.tablet = tablet
        self.bell = asyncio.Event()
        self.doubt = asyncio.Event()
        self._told: dict[UUID, str] = {}
        self._waiting: list[Frame] = []
        self._bytes = 0

    def say(self, message: TabletHears) -> None:
        """Let a message wait for its turn."""
        self._put(frame_of(message))

    def show(self, event_id: UUID, revision: int, sheets: Sequence[OwnSheet]) -> None:
        """Tell those of the sheets that are not as this line was told last."""
        news = []
        for sheet in sheets:
            if self._told.get(sheet.id) != (now := digest(sheet)):
                self._told[sheet.id] = now
                news.append(sheet)
        if news:
            self.say(SheetsChanged(event_id=event_id, revision=revision, sheets=tuple(news)))

    def look_again(self) -> None:
        """Let the tablet fetch everything anew. What it was told before does not count any more: it may fetch what lies between."""
        self._told.clear()
        if LOOK_AGAIN not in self._waiting:
            self._put(LOOK_AGAIN)

    def take(self) -> list[Frame]:
        """Everything that waits, in order."""
        taken, self._waiting, self._bytes = self._waiting, [], 0
        return taken

    def _put(self, frame: Frame) -> None:
        if self._bytes + len(frame) > MOST_BYTES_WAITING:
            self._told.clear()
            shared = self.tablet.shared
            self._waiting = [LOOK_AGAIN, *([frame_of(shared)] if shared else [])]
            self._bytes = sum(map(len, self._waiting))
        else:
            self._waiting.append(frame)
            self._bytes += len(frame)
        self.bell.set()


class HallTablet:
    """A tablet: its judge, the events they mark at, its lines (several, where its browser has several pages open), its status.

    ``shared`` is what it was told last of others that have the same sheet open, if there are any.
    """

    def __init__(self, device_id: UUID, person: Person) -> None:
        self.device_id = device_id
        self.person = person
        self.name = ""
        self.events: set[UUID] = set()
        self.lines: set[Line] = set()
        self.status: TabletStatus | None = None
        self.heard_at: datetime | None = None
        self.shared: SlotShared | None = None
        self._noted: TabletStatus | None = None
        self._noted_at: datetime | None = None

    def say(self, message: TabletHears) -> None:
        """Say something on every line."""
        for line in self.lines:
            line.say(message)

    def show(self, event_id: UUID, revision: int, sheets: Sequence[OwnSheet]) -> None:
        """Tell on every line those of its judge's sheets that are new there."""
        for line in self.lines:
            line.show(event_id, revision, sheets)

    def look_again(self) -> None:
        """Let it fetch everything anew."""
        for line in self.lines:
            line.look_again()

    def opened(self) -> UUID | None:
        """The sheet it has open."""
        return self.status.sheet_id if self.status else None

    def share(self, sheet_id: UUID | None, others: tuple[str, ...]) -> None:
        """Tell which other tablets have this tablet's sheet open, where that is other than it was."""
        now = SlotShared(sheet_id=sheet_id, tablets=others) if sheet_id and others else None
        before, self.shared = self.shared, now
        if before and (now is None or now.sheet_id != before.sheet_id):
            self.say(SlotShared(sheet_id=before.sheet_id, tablets=()))
        if now and now != before:
            self.say(now)

    def is_worth_noting(self, now: datetime) -> bool:
        """Whether something changed that is not written down yet and may be, or nothing was written down for long."""
        if self.heard_at is None or self.heard_at == self._noted_at:
            return False
        if self._noted_at is None:
            return True
        return now - self._noted_at >= (NOTE_EVERY if self.has_news() else NOTE_ANYWAY)

    def has_news(self) -> bool:
        """Whether its status says something else than what is written down, its clock aside."""
        return _substance(self.status) != _substance(self._noted)

    def note(self) -> Noted | None:
        """What there is to be written down of it; None when it was never heard of."""
        if self.heard_at is None:
            return None
        return Noted(device_id=self.device_id, at=self.heard_at, status=self.status, is_here=bool(self.lines))

    def noted(self, note: Noted) -> None:
        """This is written down now."""
        self._noted, self._noted_at = note.status, note.at


def _substance(status: TabletStatus | None) -> TabletStatus | None:
    return status and msgspec.structs.replace(status, clock=NEVER)
