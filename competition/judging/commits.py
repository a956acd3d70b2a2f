"""Shared commits: what tablets send while one commit is in flight goes into the next one, all together.

There is no timer: an idle server commits a lone mark at once, a busy one commits as many as came meanwhile, and the disk is
never queued for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from dataclasses import dataclass, field
from uuid import UUID

from competition.judging import rules
from competition.judging.actions import Submission, record_marks
from competition.judging.clerk import Outcome
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.database import UNREACHABLE, Pool
from schemas.problems import Busy

MOST_MARKS_WAITING = 20_000
"""Beyond this a tablet is told to come again: what waits must stay small enough to be committed within seconds."""
MOST_MARKS_PER_COMMIT = 1_000

log = logging.getLogger("leitai")


@dataclass
class _Waiting:
    """One request that waits for its commit."""

    submission: Submission
    outcome: asyncio.Future[tuple[Outcome, ...]]


@dataclass
class _Queue:
    """What waits for one event's next commit."""

    waiting: deque[_Waiting] = field(default_factory=deque)
    marks: int = 0
    writer: asyncio.Task[None] | None = None


class SharedCommits:
    """Takes submissions from any number of requests and commits those of one event together."""

    def __init__(self, pool: Pool, shelf: Shelf) -> None:
        self._pool = pool
        self._shelf = shelf
        self._queues: dict[UUID, _Queue] = {}

    async def submit(self, event_id: UUID, submission: Submission) -> tuple[Outcome, ...]:
        """Record a tablet's marks; returns when they are durable. Raises ``Busy`` when too much waits already."""
        count = len(submission.command.marks)
        if count > rules.MOST_MARKS_PER_REQUEST:
            raise rules.TooManyMarks(most=rules.MOST_MARKS_PER_REQUEST)
        queue = self._queues.setdefault(event_id, _Queue())
        if queue.marks + count > MOST_MARKS_WAITING:
            raise Busy
        waiting = _Waiting(submission, asyncio.get_running_loop().create_future())
        queue.waiting.append(waiting)
        queue.marks += count
        if queue.writer is None:
            queue.writer = asyncio.create_task(self._write(event_id, queue))
        return await waiting.outcome

    async def close(self) -> None:
        """Wait for what is on its way to the disk."""
        writers = [queue.writer for queue in self._queues.values() if queue.writer]
        await asyncio.gather(*writers, return_exceptions=True)

    async def _write(self, event_id: UUID, queue: _Queue) -> None:
        try:
            while queue.waiting:
                batch = _next_batch(queue)
                await self._commit(event_id, batch)
        finally:
            self._queues.pop(event_id, None)

    async def _commit(self, event_id: UUID, batch: list[_Waiting]) -> None:
        """Commit a batch; when that fails, each request alone, so that one bad request cannot fail its neighbours.

        While the database is away, nobody waits for one try after the other: all are told at once to come again.
        """
        try:
            async with self._pool.acquire() as connection:
                outcomes = await record_marks(
                    connection, self._shelf, event_id, [waiting.submission for waiting in batch], now=clock.now()
                )
        except UNREACHABLE as failure:
            log.warning("database unreachable (%r); %d requests are told to come again", failure, len(batch))
            for waiting in batch:
                _settle(waiting, Busy())
            return
        except Exception as failure:  # noqa: BLE001 - whatever it was, each waiting request is told
            if len(batch) == 1:
                _settle(batch[0], failure)
                return
            log.warning("a shared commit failed (%r); its %d requests are committed one by one", failure, len(batch))
            for waiting in batch:
                await self._commit(event_id, [waiting])
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            _settle(waiting, outcome)


def _next_batch(queue: _Queue) -> list[_Waiting]:
    batch: list[_Waiting] = []
    marks = 0
    while queue.waiting and marks < MOST_MARKS_PER_COMMIT:
        batch.append(queue.waiting.popleft())
        marks += len(batch[-1].submission.command.marks)
    queue.marks -= marks
    return batch


def _settle(waiting: _Waiting, outcome: tuple[Outcome, ...] | Exception) -> None:
    """Tell a request its outcome, unless its tablet has gone away meanwhile."""
    if waiting.outcome.done():
        return
    if isinstance(outcome, Exception):
        waiting.outcome.set_exception(outcome)
    else:
        waiting.outcome.set_result(outcome)
