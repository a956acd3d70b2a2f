"""What a revision costs the boards' process before it is sent: reading what a mark has changed, projecting, comparing, encoding."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from rich.table import Table

from competition.plumbing.clock import now
from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres
from schemas.scheme import Scheme
from scoreboards.facts import columns_of
from scoreboards.hub import Hub, Key
from scoreboards.store import board_pool
from tests.benchmarks.boards.machine import circumstances
from tests.scoreboards.house import KINDS, House, small_scheme

ENTRANTS = (24, 200, 1_000)
TASKS = "ABCDEFGH"
REVISIONS = 100
WARM_UP = 10
MARKS = 4
"""So many entrants have another total at each revision."""
DELEGATIONS = 8
BENCHES = 25
PAGES = 5
SETTLE_SECONDS = 0.002


@dataclass(frozen=True)
class Cost:
    """Milliseconds of CPU a revision, with one board of standings followed, and with one of each kind and five pages."""

    entrants: int
    one: float
    all: float


async def measure(folder: Path) -> list[Cost]:
    """Events of every size, each in the same database."""
    postgres = EmbeddedPostgres(folder)
    await postgres.start()
    try:
        await migrate(postgres.dsn)
        return [await costs_of(postgres.dsn, entrants) for entrants in ENTRANTS]
    finally:
        await postgres.stop()


async def costs_of(dsn: str, entrants: int) -> Cost:
    """An event with so many entrants, all of them marked."""
    owner = await asyncpg.connect(dsn)
    try:
        house, scheme, board = House(owner), small_scheme(tuple(TASKS)), f"hall-{entrants}"
        event_id = await house.insert_event(is_blind=False, scheme=scheme, board=board)
        for kind in KINDS:
            await house.insert_board(event_id, f"{board}-{kind}", kind)
        people = [
            (f"欧阳建{n}", f"代表队{n % DELEGATIONS}", f"{n // BENCHES + 1}-{n % BENCHES + 1:02}")
            for n in range(entrants)
        ]
        ids = await house.insert_entrants(event_id, people)
        await house.stand(event_id, [standing(ids, scheme, number, 0) for number in range(entrants)])
        one = [Key(board, "public", None)]
        pages = [Key(board, "public", people[number][2]) for number in range(PAGES)]
        everything = [*one, *(Key(f"{board}-{kind}", "public", None) for kind in KINDS), *pages]
        return Cost(
            entrants,
            *[await cost_of(dsn, house, event_id, ids, scheme, followed) for followed in (one, everything)],
        )
    finally:
        await owner.close()


async def cost_of(
    dsn: str, house: House, event_id: UUID, ids: Sequence[UUID], scheme: Scheme, followed: Sequence[Key]
) -> float:
    """The mean of many revisions, in milliseconds, while these boards are followed by one viewer each."""
    used = []
    async with AsyncExitStack() as stack:
        hub = Hub(await stack.enter_async_context(await board_pool(dsn)), now=now)
        stack.callback(hub.close)
        viewers = [stack.enter_context(await follower(hub, key)) for key in followed]
        for revision in range(1, WARM_UP + REVISIONS + 1):
            touched = [(MARKS * revision + mark * 3) % len(ids) for mark in range(MARKS)]
            await house.stand(event_id, [standing(ids, scheme, number, revision) for number in touched], notify=False)
            for viewer in viewers:
                drain(viewer)
            await asyncio.sleep(SETTLE_SECONDS)
            before = cpu()
            await hub.refresh(event_id)
            used.append(cpu() - before)
    return statistics.mean(used[WARM_UP:]) * 1000


def standing(ids: Sequence[UUID], scheme: Scheme, number: int, revision: int) -> dict[str, Any]:
    """An entrant's standing at a revision: another total at the same place."""
    total = Decimal(len(ids) - number) + Decimal(revision % 7) / 10
    columns = columns_of(scheme)
    return {
        "entrant_id": ids[number],
        "rank": number + 1,
        "total": str(total),
        "marked": 5,
        "stages": {column.id: total / 3 for column in columns if column.kind == "stage"},
        "criteria": {column.id: total / 7 for column in columns if column.kind == "criterion"},
    }


async def follower(hub: Hub, key: Key) -> contextlib.AbstractContextManager[socket.socket]:
    """Somebody who follows a board."""
    assert await hub.board_at(key) is not None
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    hub.admit(key, ours, "socket", None)
    return theirs


def drain(viewer: socket.socket) -> None:
    """Take whatever was said."""
    with contextlib.suppress(BlockingIOError):
        while viewer.recv(1 << 20):
            pass


def cpu() -> float:
    """Seconds of CPU that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def table_of(costs: Sequence[Cost]) -> Table:
    """The table of what a revision costs."""
    table = Table(
        title="A revision in the boards' process, milliseconds of CPU",
        caption=circumstances(),
        title_justify="left",
        caption_justify="left",
    )
    for name in ("entrants", "one board followed", f"one of each kind, and {PAGES} entrants' pages"):
        table.add_column(name, justify="right")
    for cost in costs:
        table.add_row(f"{cost.entrants:,}", f"{cost.one:.2f}", f"{cost.all:.2f}")
    return table
