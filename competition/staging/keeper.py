"""The keeper: works out what standings come to as they move, and takes freezes on time. It works beside everything else.

Several servers have one each: for every event whichever is first works, and the others find it done. Whatever was not heard, the
poll finds; whatever the database keeps from being done waits until it is back.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import msgspec

from competition.ledger.actions import locked, past_book, read_book
from competition.ledger.book import Shelf
from competition.plumbing.database import UNREACHABLE, Connection, Pool
from competition.results.prospect import prospect_of
from competition.results.store import contenders_of
from competition.staging import keeper_store as store

KEEPER = "keeper"
"""What the database calls the keeper's connections."""

COALESCE_SECONDS = 1.0
"""At most one computation a second for an event: what is marked in between comes with the next one."""

REST = 3
"""How many times as long as a computation took is rested after it: marks that pour in come first."""

ROUND_SECONDS = 0.1
RETRY_SECONDS = 0.5
"""How long to wait after a reading of the database failed."""

SHORTEST_SECONDS = 0.02
DOZE_SECONDS = 2.0
"""The longest sleep: nobody knows what is done to a machine's clock meanwhile."""

log = logging.getLogger("leitai")


class Keeper:
    """What is heard of events, and when whose turn is."""

    def __init__(self, pool: Pool, shelf: Shelf, *, now: Callable[[], datetime]) -> None:
        self._pool = pool
        self._shelf = shelf
        self._now = now
        self._moved: set[UUID] = set()
        self._turns: dict[UUID, float] = {}
        self._rested: dict[UUID, float] = {}
        self._freezes: dict[UUID, datetime] = {}
        self._wake = asyncio.Event()

    # What is heard ----------------------------------------------------------------------------------------------------

    def moved(self, event_id: UUID) -> None:
        """A hint that an event's revision has moved."""
        self._moved.add(event_id)
        self._wake.set()

    async def poll(self, connection: Connection) -> None:
        """Find whatever was notified and not heard."""
        self._moved |= set(await store.lagging(connection))
        if self._moved or await store.freezes_due(connection) != self._freezes:
            self._wake.set()

    # What is done -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Keep events until cancelled."""
        self._wake.set()
        while True:
            try:
                await self._round()
            except UNREACHABLE as error:
                log.info("the keeper waits for the database: %r", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            try:
                async with asyncio.timeout(self._doze()):
                    await self._wake.wait()
                await asyncio.sleep(ROUND_SECONDS)
            except TimeoutError:
                pass

    async def _round(self) -> None:
        """Take what is due, then work out what lags and has its turn."""
        self._wake.clear()
        moved, self._moved = self._moved, set()
        try:
            async with self._pool.acquire() as connection:
                self._freezes = await store.freezes_due(connection)
                for event_id, due_at in self._freezes.items():
                    if due_at <= self._now():
                        await _take(connection, event_id)
                lagging = await store.lagging(connection, moved) if moved else ()
        except BaseException:
            self._moved |= moved
            raise
        for event_id in lagging:
            self._turns.setdefault(event_id, self._rested.get(event_id, 0.0))
        for event_id, turn in tuple(self._turns.items()):
            if turn <= _seconds():
                await self._keep(event_id)

    async def _keep(self, event_id: UUID) -> None:
        """Work an event out, or leave it to who is at it; either way it rests, and whatever came meanwhile comes next."""
        began = time.monotonic()
        is_done = False
        try:
            is_done = await keep(self._pool, self._shelf, event_id)
        except UNREACHABLE:
            raise
        except Exception:
            log.exception("what the standings of %s come to could not be worked out", event_id)
            is_done = True
        finally:
            rested = _seconds() + max(COALESCE_SECONDS, REST * (time.monotonic() - began))
            self._rested[event_id] = rested
            if is_done:
                del self._turns[event_id]
            else:
                self._turns[event_id] = rested

    def _doze(self) -> float:
        """How many seconds nothing is to be done unless something is heard."""
        turns = [turn - _seconds() for turn in self._turns.values()]
        freezes = [(due_at - self._now()).total_seconds() for due_at in self._freezes.values()]
        return max(min([DOZE_SECONDS, *turns, *freezes]), SHORTEST_SECONDS)


async def keep(pool: Pool, shelf: Shelf, event_id: UUID) -> bool:
    """Bring an event's prospect up to date; False when another server is at it, which may not know yet what was heard here."""
    async with pool.acquire() as keeping, keeping.transaction():
        if not await store.try_to_keep(keeping, event_id):
            return False
        async with pool.acquire() as connection:
            book = await read_book(connection, shelf, event_id)
            contenders = await contenders_of(connection, event_id)
            present = await store.prospect_kept(connection, event_id)
            unfinished = await store.unfinished_freeze(connection, event_id)
            past = (
                await past_book(
                    connection,
                    event_id,
                    revision=unfinished.revision,
                    position=unfinished.position,
                    scheme_digest=unfinished.scheme_digest,
                )
                if unfinished
                else None
            )
        prospect = await asyncio.to_thread(prospect_of, book, contenders)
        then = await asyncio.to_thread(prospect_of, past, contenders) if past else None
        is_new = present is None or prospect != msgspec.structs.replace(present, revision=prospect.revision)
        await store.put_prospect(keeping, event_id, prospect, is_new=is_new)
        if unfinished and then:
            await store.finish_freeze(keeping, event_id, unfinished.id, then)
    return True


async def _take(connection: Connection, event_id: UUID) -> None:
    """Take a freeze that is due, unless some writer was first; by the database's clock it may be due a little later."""
    async with connection.transaction():
        await locked(connection, event_id)


def _seconds() -> float:
    return asyncio.get_running_loop().time()
