"""The recount's one statement: every result of an event, computed by PostgreSQL in exact ``numeric`` from scheme and ledger.

It was written from the words of ``schemas`` alone and shares no line with ``competition.scoring``, so that a slip in one of the
two shows. The statement is long; it is read from the files of ``sql`` in the order in which figures come about. What it calls is
made anew in the session's own schema, because what scores belongs to the program, not to the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from competition.recount.figures import Contest, Recounted, RecountedEntrant
from schemas.base import canonical

_FOLDER = resources.files("competition.recount") / "sql"
_PARTS = (
    "scheme", "record", "panels", "groups", "totals", "places", "scale", "awards", "advancement", "teams",
)  # fmt: skip
_OF_ENTRANT = ("penalties", "stages", "criteria", "sub_criteria", "aspects", "times", "awards")
_OF_CONTEST = ("teams", "scale_inputs")


async def prepare(connection: Connection) -> None:
    """Make what the statement calls, for this connection; before a transaction that only reads, for there it is not allowed."""
    await connection.execute(_read("functions"))


LONGEST = 600.0
"""Seconds; some 40,000 marks are recounted in one, so that three million take a minute or two. Nothing else waits this long."""


async def recount_of_event(connection: Connection, event_id: UUID) -> Recounted:
    """The results of an event from its ledger as it is now; the connection must be prepared."""
    return _recounted(await _fetch(connection, "of_event", event_id))


async def recount_of_contests(connection: Connection, contests: Sequence[Contest]) -> tuple[Recounted, ...]:
    """The results of any number of contests, in their order; the connection must be prepared."""
    entrants = [
        (at, entrant_id, number, contest.delegations.get(entrant_id, ""))
        for at, contest in enumerate(contests)
        for entrant_id, number in contest.entrants.items()
    ]
    entries = [
        (at, position, canonical(entry).decode())
        for at, contest in enumerate(contests)
        for position, entry in enumerate(contest.entries, start=1)
    ]
    rows = await _fetch(
        connection,
        "of_contests",
        list(range(len(contests))),
        [canonical(contest.scheme).decode() for contest in contests],
        *_columns(entrants, 4),
        *_columns(entries, 3),
    )
    by_contest: list[list[Any]] = [[] for _ in contests]
    for row in rows:
        by_contest[row["contest"]].append(row)
    return tuple(_recounted(own) for own in by_contest)


async def _fetch(connection: Connection, source: str, *given: Any) -> list[Any]:
    """The statement's rows. Loops within loops are ruled out: the planner cannot know how many marks there are, and would.

    With the memory of a large event's marks they are not written to disk and read again for every step.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL enable_nestloop = off")
        await connection.execute("SET LOCAL work_mem = '128MB'")
        rows = await connection.fetch(_statement(source), *given, timeout=LONGEST)
        await connection.execute("SET LOCAL enable_nestloop TO DEFAULT")
        await connection.execute("SET LOCAL work_mem TO DEFAULT")
    return rows


@cache
def _statement(source: str) -> str:
    return "WITH RECURSIVE\n" + ",\n".join(_read(name) for name in (source, *_PARTS)) + _read("answer")


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    rows = list(rows)
    return [[row[column] for row in rows] for column in range(width)]


def _recounted(rows: Sequence[Any]) -> Recounted:
    """A contest from its rows, the first of which tells what is of nobody alone."""
    first = rows[0] if rows else {}
    entrants = {row["entrant_id"]: _entrant(row) for row in rows}
    of_contest = {name: msgspec.json.decode(first.get(name) or "{}") for name in _OF_CONTEST}
    return msgspec.convert({"entrants": entrants, **of_contest}, Recounted)


def _entrant(row: Any) -> RecountedEntrant:
    values = {name: value for name, value in row.items() if name != "contest" and name not in _OF_CONTEST}
    return msgspec.convert(values | {name: msgspec.json.decode(values[name]) for name in _OF_ENTRANT}, RecountedEntrant)
