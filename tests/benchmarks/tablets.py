"""Tablets that send as fast as they are answered, and the bare inserts they are compared with, in a process of their own.

The process is driven through a pipe: a request struct in, an answer struct out. It shares the machine with the server, so it
does as little as it can: one kept connection for each tablet, requests put together by hand, no HTTP library.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from multiprocessing.connection import Connection as Pipe
from random import Random
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import msgspec
import uvloop

from competition.demo.readings import reading
from competition.demo.robots import Acknowledged, Robot, Seat
from competition.plumbing import clock
from schemas.aspects import Aspect
from schemas.base import canonical
from schemas.marks import Receipt, Receipts, RecordMark, RecordMarks
from schemas.tablet import OwnEvent, Tablet

READINGS = 4
"""How many readings of a cell are made beforehand; a correction takes the next, so that standings really move."""

BARE_TABLE = "CREATE TABLE IF NOT EXISTS bare_insert (id uuid PRIMARY KEY, body text NOT NULL)"
BARE_INSERT = "INSERT INTO bare_insert (id, body) SELECT * FROM unnest($1::uuid[], $2::text[])"
"""The baseline: asyncpg, one INSERT and its COMMIT; a batch is one INSERT of many rows."""


@dataclass(frozen=True)
class Sit:
    """Enrol a tablet for each seat."""

    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Mark:
    """Let so many tablets send batches of so many marks, each as soon as the last one is acknowledged."""

    tablets: int
    batch: int
    seconds: float


@dataclass(frozen=True)
class Insert:
    """Let so many connections do nothing but insert batches of rows like marks and commit."""

    dsn: str
    connections: int
    batch: int
    seconds: float


@dataclass(frozen=True)
class Judge:
    """Let so many robots mark at a human pace: ``pace`` seconds from mark to mark."""

    robots: int
    pace: float
    seconds: float


@dataclass(frozen=True)
class Figures:
    """What was done in how many seconds; and of each acknowledged request how long it took, when it ended, its revision."""

    rows: int
    seconds: float
    waited: Sequence[float] = ()
    acknowledged: Sequence[tuple[float, int]] = ()

    def per_second(self) -> float:
        """Rows acknowledged a second."""
        return self.rows / self.seconds


Request = Sit | Mark | Insert | Judge

Cell = tuple[UUID, Aspect, Iterator[tuple[Decimal, ...]]]
"""Where a mark goes: a sheet, an aspect on it, and the readings to send there in turn."""


def serve(pipe: Pipe) -> None:
    """Answer requests until the pipe is closed; runs in the load's own process."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        load = Load()
        with contextlib.suppress(EOFError):
            while True:
                pipe.send(runner.run(load.answer(pipe.recv())))
        runner.run(load.close())


class Load:
    """The tablets of this process, enrolled once."""

    def __init__(self) -> None:
        self.robots: list[Robot] = []
        self._heard: list[Acknowledged] = []
        self._heard_at: list[float] = []

    async def answer(self, request: Request) -> Figures:
        """Do what is asked and tell the figures."""
        match request:
            case Sit(seats=seats):
                return await self.sit(seats)
            case Mark(tablets=tablets, batch=batch, seconds=seconds):
                return await self.mark(tablets, batch, seconds)
            case Insert(dsn=dsn, connections=connections, batch=batch, seconds=seconds):
                return await insert(dsn, connections, batch, seconds)
            case Judge(robots=robots, pace=pace, seconds=seconds):
                return await self.judge(robots, pace, seconds)

    async def sit(self, seats: Sequence[Seat]) -> Figures:
        """Enrol a tablet for each seat."""
        self.robots = [
            Robot(seat, pace=0, chance=Random(place), on_receipt=self._hear) for place, seat in enumerate(seats)
        ]
        began = time.perf_counter()
        await asyncio.gather(*(robot.enrol() for robot in self.robots))
        return Figures(rows=len(seats), seconds=time.perf_counter() - began)

    async def judge(self, robots: int, pace: float, seconds: float) -> Figures:
        """Let robots mark as people do, for some time."""
        self._heard.clear()
        self._heard_at.clear()
        for robot in self.robots:
            robot._pace = pace
        tasks = [asyncio.create_task(robot.mark_everything()) for robot in self.robots[:robots]]
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        took = time.perf_counter() - began
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return Figures(
            rows=len(self._heard),
            seconds=took,
            waited=[one.waited for one in self._heard],
            acknowledged=[(at, one.receipt.revision) for at, one in zip(self._heard_at, self._heard, strict=True)],
        )

    async def mark(self, tablets: int, batch: int, seconds: float) -> Figures:
        """Let tablets send as fast as they are answered, for some time."""
        async with contextlib.AsyncExitStack() as stack:
            desks = [await stack.enter_async_context(desk_of(robot)) for robot in self.robots[:tablets]]
            acknowledged: list[tuple[float, int]] = []
            waited: list[float] = []

            async def once(desk: Desk) -> int:
                command = desk.next_marks(batch)
                began = time.perf_counter()
                receipts = await desk.send(command)
                ended = time.perf_counter()
                waited.append(ended - began)
                acknowledged.append((ended, receipts[-1].revision))
                return len(receipts)

            rows, took = await repeat([partial(once, desk) for desk in desks], seconds)
        return Figures(rows=rows, seconds=took, waited=waited, acknowledged=acknowledged)

    async def close(self) -> None:
        """Hang up."""
        for robot in self.robots:
            await robot._http.aclose()

    def _hear(self, acknowledged: Acknowledged) -> None:
        self._heard.append(acknowledged)
        self._heard_at.append(time.perf_counter())


class Desk:
    """One tablet with its cells, and its one connection."""

    def __init__(
        self, event: OwnEvent, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chance: Random
    ) -> None:
        self._event = event
        self._head = head
        self._reader = reader
        self._writer = writer
        self._standing: dict[tuple[UUID, str], UUID] = {}
        self._cells = itertools.cycle(list(self._cells_of(event, chance)))

    def next_marks(self, count: int) -> RecordMarks:
        """The next marks: each on the next cell, correcting what stands there."""
        return RecordMarks(sent_at=clock.now(), marks=tuple(self._mark() for _ in range(count)))

    async def send(self, command: RecordMarks) -> list[Receipt]:
        """Send marks and wait for the receipts; raises when one is missing or has no effect."""
        body = canonical(command)
        self._writer.write(self._head + b"content-length: %d\r\n\r\n" % len(body) + body)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        answer = await self._reader.readexactly(int(length.partition(b":")[2]))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"{head.decode()}{answer.decode()}")
        results = msgspec.json.decode(answer, type=Receipts).results
        receipts = [one for one in results if isinstance(one, Receipt) and "conflict" not in one.flags]
        if len(receipts) != len(command.marks):
            raise RuntimeError(f"not every mark was taken: {answer.decode()}")
        return receipts

    def _mark(self) -> RecordMark:
        sheet_id, aspect, readings = next(self._cells)
        supersedes = self._standing.get((sheet_id, aspect.id))
        mark = RecordMark(
            id=clock.new_id(),
            sheet_id=sheet_id,
            aspect=aspect.id,
            base=self._event.revision,
            made_at=clock.now(),
            values=next(readings),
            supersedes=supersedes,
            reason="input" if supersedes else None,
        )
        self._standing[sheet_id, aspect.id] = mark.id
        return mark

    def _cells_of(self, event: OwnEvent, chance: Random) -> Iterator[Cell]:
        subs = {sub.id: sub for sub in event.sub_criteria}
        for sheet in event.sheets:
            if sheet.sealed_at is None:
                self._standing |= {(sheet.id, mark.aspect): mark.id for mark in sheet.marks}
                for aspect in subs[sheet.sub_criterion].aspects:
                    readings = [reading(aspect, chance.random(), chance) for _ in range(READINGS)]
                    yield sheet.id, aspect, itertools.cycle(readings)


@contextlib.asynccontextmanager
async def desk_of(robot: Robot) -> AsyncIterator[Desk]:
    """The enrolled robot's tablet on a connection of its own."""
    tablet = msgspec.json.decode((await robot._send("GET", "/judge/sheets")).content, type=Tablet)
    event = tablet.events[0]
    address = urlsplit(str(robot._http.base_url))
    cookies = "; ".join(f"{name}={value}" for name, value in robot._http.cookies.items())
    head = (
        f"POST /events/{event.id}/marks HTTP/1.1\r\nhost: {address.netloc}\r\naccept: application/json\r\n"
        f"content-type: application/json\r\ncookie: {cookies}\r\nx-csrftoken: {robot._http.cookies['leitai_csrf']}\r\n"
    )
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        yield Desk(event, head.encode(), reader, writer, robot._chance)
    finally:
        writer.close()


async def insert(dsn: str, connections: int, batch: int, seconds: float) -> Figures:
    """Insert rows of a mark's size and commit, on so many connections at once."""
    body = "x" * 480
    async with contextlib.AsyncExitStack() as stack:
        opened = []
        for _ in range(connections):
            opened.append(await asyncpg.connect(dsn))
            stack.push_async_callback(opened[-1].close)
        await opened[0].execute(BARE_TABLE)
        await opened[0].execute("TRUNCATE bare_insert")

        async def once(connection: asyncpg.Connection[asyncpg.Record]) -> int:
            await connection.execute(BARE_INSERT, [clock.new_id() for _ in range(batch)], [body] * batch)
            return batch

        rows, took = await repeat([partial(once, connection) for connection in opened], seconds)
    return Figures(rows=rows, seconds=took)


async def repeat(actions: Sequence[Callable[[], Awaitable[int]]], seconds: float) -> tuple[int, float]:
    """Do each action again and again, all at once, for some time; returns what they add up to and how long it took."""
    began = time.perf_counter()
    until = began + seconds

    async def go_on(action: Callable[[], Awaitable[int]]) -> int:
        rows = 0
        while time.perf_counter() < until:
            rows += await action()
        return rows

    rows = sum(await asyncio.gather(*(go_on(action) for action in actions)))
    return rows, time.perf_counter() - began
