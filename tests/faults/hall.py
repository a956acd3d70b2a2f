"""A hall full of robot judges at a running program, and the book of what it has acknowledged to them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial

from competition.demo.robots import Acknowledged, Seat, run_robots

PAUSE = 0.01
PATIENCE = 60.0


class Hall:
    """Robots that mark until all sheets are signed; ``acknowledged`` is every mark they hold a receipt for."""

    def __init__(self) -> None:
        self.acknowledged: list[Acknowledged] = []
        self._heard: set[int] = set()
        self._robots: list[asyncio.Task[None]] = []

    async def fill(self, seats: Sequence[Seat], *, pace: float, seed: int) -> None:
        """Let a robot sit down on every seat; returns once each has marked, so that none is still at the door."""
        self._robots = [
            asyncio.create_task(
                run_robots(
                    [seat],
                    pace=pace,
                    seed=seed + place,
                    on_receipt=partial(self._take, place),
                    tablet=f"tablet {place}",
                )
            )
            for place, seat in enumerate(seats)
        ]
        async with asyncio.timeout(PATIENCE):
            while len(self._heard) < len(seats):
                await self._moment()

    async def acknowledge(self, more: int) -> int:
        """Wait until so many more marks are acknowledged, or all robots have done; returns how many more there are."""
        before = len(self.acknowledged)
        async with asyncio.timeout(PATIENCE):
            while len(self.acknowledged) < before + more and not self.is_done():
                await self._moment()
        return len(self.acknowledged) - before

    async def finish(self) -> None:
        """Wait until every robot has signed all its sheets."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._robots)

    def is_done(self) -> bool:
        """Whether all robots have signed all their sheets."""
        return all(robot.done() for robot in self._robots)

    async def clear(self) -> None:
        """Send everybody home."""
        for robot in self._robots:
            robot.cancel()
        await asyncio.gather(*self._robots, return_exceptions=True)

    async def _moment(self) -> None:
        """Wait a little; a robot that stumbled stumbles here."""
        for robot in self._robots:
            if robot.done():
                robot.result()
        await asyncio.sleep(PAUSE)

    def _take(self, place: int, acknowledged: Acknowledged) -> None:
        self._heard.add(place)
        self.acknowledged.append(acknowledged)


@contextlib.asynccontextmanager
async def hall_of(seats: Sequence[Seat], *, pace: float, seed: int) -> AsyncIterator[Hall]:
    """A hall with a robot on every seat, all at work, until the block is left."""
    hall = Hall()
    try:
        await hall.fill(seats, pace=pace, seed=seed)
        yield hall
    finally:
        await hall.clear()
