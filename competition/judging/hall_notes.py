"""How the tablets are: written down while they are connected and when they go, and put together for the desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from competition.judging import hall_store
from competition.judging.hall_store import Known, Place
from competition.judging.lines import HallTablet
from competition.plumbing.database import UNREACHABLE, Pool
from competition.plumbing.listening import tell_hall
from schemas.hall import TabletLine

LOOK_SECONDS = 1.0
"""How often it is looked which tablets have news to be written down."""

RETRY_SECONDS = 0.5
REVOKED_SHOWN = timedelta(hours=24)
"""How long a tablet is shown after it was taken out of use; one that had something queued is shown for good."""

HEARD_WITHIN = timedelta(seconds=75)
"""A tablet that its server has not written down for this long is there no more: that server died, and could not say so."""

log = logging.getLogger("leitai")


class Notes:
    """Writes down how each tablet is: news within seconds, at once when it goes; then the desks hear that there is something new.

    ``tablets`` are those that are connected, by id.
    """

    def __init__(self, pool: Pool, tablets: dict[UUID, HallTablet], *, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._tablets = tablets
        self._now = now
        self._parted: list[HallTablet] = []
        self._bell = asyncio.Event()

    def part_from(self, tablet: HallTablet) -> None:
        """A tablet has gone."""
        self._parted.append(tablet)
        self._bell.set()

    async def run(self) -> None:
        """Write down whatever there is, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._bell.wait()
            except TimeoutError:
                pass
            self._bell.clear()
            try:
                await self.write()
            except UNREACHABLE as error:
                log.info("how the tablets are waits for the database: %r", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def write(self) -> None:
        """Write down what there is to be written now, and tell the desks where it is news."""
        now, parted = self._now(), tuple(self._parted)
        worth = [*parted, *(tablet for tablet in self._tablets.values() if tablet.is_worth_noting(now))]
        if not worth:
            return
        news = {event_id for tablet in worth if tablet in parted or tablet.has_news() for event_id in tablet.events}
        notes = {tablet: note for tablet in worth if (note := tablet.note())}
        async with self._pool.acquire() as connection, connection.transaction():
            await hall_store.note_tablets(connection, tuple(notes.values()))
            for event_id in news:
                await tell_hall(connection, event_id, "tablet")
        for tablet, note in notes.items():
            tablet.noted(note)
        del self._parted[: len(parted)]


def shown_since(now: datetime) -> datetime:
    """Since when a tablet must have been taken out of use to be shown nevertheless."""
    return now - REVOKED_SHOWN


def heard_since(now: datetime) -> datetime:
    """Since when a tablet must have been heard of to be connected to another server."""
    return now - HEARD_WITHIN


def line_of(known: Known, tablet: HallTablet | None, places: Mapping[UUID, Place]) -> TabletLine:
    """A tablet as the desk sees it: as it is connected, or else as it was when last heard."""
    status = tablet.status if tablet and tablet.status else known.status
    said_at = tablet.heard_at if tablet and tablet.status else known.said_at
    is_connected = tablet is not None or known.is_here
    place = places.get(status.sheet_id) if is_connected and status and status.sheet_id else None
    is_own = place is not None and place.judge_id == known.judge_id
    return TabletLine(
        device_id=known.device_id,
        name=known.name,
        judge_id=known.judge_id,
        judge=known.judge,
        is_connected=is_connected,
        is_revoked=known.revoked_at is not None,
        last_seen_at=_later(known.last_seen_at, tablet.heard_at if tablet else None),
        status=status,
        skew_seconds=round((status.clock - said_at).total_seconds()) if status and said_at else 0,
        code=place.code if place and is_own else None,
        sub_criterion=place.sub_criterion if place and is_own else None,
        is_shared=tablet is not None and tablet.shared is not None,
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
