"""Leitai's boards over facts in memory: projections, hub, streams and transport as they are, and no database behind them.

Each line on stdin is a moment at which everybody's figures have changed; what the line says does not matter.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import uvicorn
from litestar import Litestar
from litestar.datastructures import State

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.listening import POLL_SECONDS
from competition.server import web_config
from schemas.base import Text
from schemas.boards import BoardColumn
from schemas.results import Standing
from scoreboards import hub as hub_module
from scoreboards import readings, sockets, store
from scoreboards.facts import BoardSign, EntrantFacts, EventFacts
from scoreboards.hub import Hub
from scoreboards.readings import Counters, EventReading, Venue
from tests.benchmarks.boards.servers.lines import each_line, run

BOARD = "hall"
EVENT = UUID(int=1)
ROWS = 11
"""So many rows are a patch of about 2 KB."""

COLUMNS = tuple(
    BoardColumn(id=letter, kind="criterion", name=Text(zh=f"任务{letter}", en=f"Task {letter}"), points=Decimal(25))
    for letter in "ABCD"
)
READING = EventReading(
    facts=EventFacts(
        id=EVENT,
        name=Text(zh="数控机床装调维修工", en="CNC machine tool assembly and maintenance"),
        is_blind=False,
        revision=1,
        shown=1,
        columns=COLUMNS,
        entrants=tuple(
            EntrantFacts(
                id=UUID(int=number), number=number, code=f"1-{number:02}", name="欧阳建国", delegation="安徽省芜湖市",
                delegation_code="D1", status="eligible",
            )
            for number in range(1, ROWS + 1)
        ),
        standings=(),
    ),
    venue=Venue(
        competition_id=UUID(int=2),
        competition=Text(zh="职业技能大赛", en="Skills contest"), place="芜湖", time_zone="Asia/Shanghai"
    ),
    signs=(BoardSign(id=BOARD, title=Text(zh="实时排名", en="Live standings")),),
    setting="",
)  # fmt: skip


class Memory:
    """The facts of one event, as its stores would read them."""

    def __init__(self) -> None:
        self._put(0)

    def move(self) -> None:
        """Give everybody another total."""
        self._put(self.reading.facts.revision + 1)

    def _put(self, revision: int) -> None:
        standings = tuple(
            Standing(
                entrant_id=UUID(int=number), revision=revision, rank=number, shared=False, state="competing",
                total=100 - number + Decimal(revision % 100) / 100,
                stages={}, criteria={column.id: Decimal(20 - number) for column in COLUMNS}, marked=40, expected=80,
            )
            for number in range(1, ROWS + 1)
        )  # fmt: skip
        facts = READING.facts.moved(revision=revision, shown=revision, standings=standings)
        self.reading = msgspec.structs.replace(READING, facts=facts)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        """What stands for a connection of the pool."""
        yield None

    async def event_of_board(self, _: Connection, board_id: str) -> UUID | None:
        """The one event has the one board."""
        return EVENT if board_id == BOARD else None

    async def facts(self, _: Connection, _before: UUID | EventReading) -> EventReading | None:
        """The facts as they are now."""
        return self.reading

    def counters(self) -> dict[UUID, Counters]:
        """What the listener's poll would read."""
        return {EVENT: self.reading.counters}


async def main() -> None:
    """Serve until stdin ends."""
    memory = Memory()
    hub = Hub(memory, now=clock.now)  # type: ignore[arg-type]
    store.event_of_board = memory.event_of_board  # type: ignore[assignment]
    readings.facts_of = readings.facts_after = memory.facts  # type: ignore[assignment]
    hub_module.COALESCE_SECONDS = 0
    app = Litestar(
        route_handlers=[*sockets.HANDLERS],
        openapi_config=None,
        logging_config=None,
        state=State({"base_url": None, "hub": hub, "pool": memory}),
    )
    config = web_config(app)
    config.port = int(sys.argv[1])
    server = uvicorn.Server(config)

    async def move(_: str) -> None:
        memory.move()
        hub.compare(memory.counters())

    async def poll() -> None:
        while True:
            hub.compare(memory.counters())
            await asyncio.sleep(POLL_SECONDS)

    async with asyncio.TaskGroup() as tasks:
        working = [tasks.create_task(hub.run()), tasks.create_task(poll())]
        serving = tasks.create_task(server.serve())
        await each_line(move)
        server.should_exit = True
        await serving
        for task in working:
            task.cancel()
    hub.close()


if __name__ == "__main__":
    run(main())
