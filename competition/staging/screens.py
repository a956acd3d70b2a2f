"""The hall screens connected to this server, and the pages of the desk that list them: who is told when something changes.

Orders are in the database and are told of by notifications, so that it does not matter at which of several servers a screen is.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from competition.plumbing.clock import new_id
from competition.plumbing.listening import HallNotice
from schemas.problems import N_, Problem

MOST_PAGES = 4
"""How many windows one screen may have open: one is meant, and a reload may meet the one before."""

Newest = Callable[[str, str | None], Awaitable[int | None]]
"""The newest public revision of a board, or of an entrant's page of it; None when there is no such page."""


class TooManyWindows(Problem):
    """One screen's cookie is in more windows than a screen has."""

    status = 429
    sentence = N_("This screen is open in too many windows. Close the others.")


class Screens:
    """Bells: one for every window of a hall screen, and one for every page of the desk that lists the screens.

    ``id`` tells this server process from others that have screens of the same database.
    """

    def __init__(self, *, now: Callable[[], datetime], newest: Newest) -> None:
        self.id = new_id()
        self.now = now
        self.newest = newest
        self._windows: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._lists: set[asyncio.Event] = set()

    @contextmanager
    def window(self, display_id: UUID) -> Iterator[asyncio.Event]:
        """A window of a hall screen: the bell rings when it may have another order."""
        if len(self._windows[display_id]) >= MOST_PAGES:
            raise TooManyWindows
        bell = asyncio.Event()
        self._windows[display_id].add(bell)
        try:
            yield bell
        finally:
            self._windows[display_id].discard(bell)
            if not self._windows[display_id]:
                del self._windows[display_id]

    @contextmanager
    def listed(self) -> Iterator[asyncio.Event]:
        """A page of the desk that lists the screens: the bell rings when something of them changes."""
        bell = asyncio.Event()
        self._lists.add(bell)
        try:
            yield bell
        finally:
            self._lists.discard(bell)

    def is_here(self, display_id: UUID) -> bool:
        """Whether a window of this screen is connected to this server."""
        return display_id in self._windows

    def notice(self, notice: HallNotice) -> None:
        """A hint that one screen, or every one, has another order, or came, or went."""
        for display_id, bells in self._windows.items():
            if notice.id in (None, display_id):
                _ring(bells)
        _ring(self._lists)

    def missed(self) -> None:
        """The connection to the database was lost: whatever was told meanwhile is looked for."""
        self.notice(HallNotice(event_id=None, what="display", id=None))


def _ring(bells: set[asyncio.Event]) -> None:
    for bell in bells:
        bell.set()
