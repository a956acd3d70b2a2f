"""What the boards read of an event with a board's own rights."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from competition.plumbing.database import Connection
from scoreboards.store import facts_of
from scoreboards.visibility import Projection, project
from tests.scoreboards.house import House, published_row, small_scheme

BEFORE = ["theory", "practice", "A", "B"]
AFTER = ["theory", "practice", "A", "C", "D"]


@pytest.fixture
async def board(dsn: str) -> AsyncIterator[Connection]:
    """A connection with the rights of the boards."""
    connection = await asyncpg.connect(dsn, server_settings={"role": "leitai_board"})
    yield connection
    await connection.close()


async def shown(board: Connection, event_id: UUID) -> Projection:
    """What the event's board shows."""
    reading = await facts_of(board, event_id)
    assert reading is not None
    return project(reading.signs[0], reading.facts)


def columns(projection: Projection) -> list[str]:
    """The columns of a board by id."""
    return [column.id for column in projection.head.columns]


async def test_published_list_keeps_the_columns_of_the_scheme_it_names(board: Connection, house: House) -> None:
    """An amendment after a list changes nothing on the board; the next list has the columns of the new scheme."""
    event_id = await house.insert_event()
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")])
    before = await shown(board, event_id)
    await house.amend(event_id, small_scheme(("A", "C", "D")))
    assert (columns(before), await shown(board, event_id)) == (BEFORE, before)
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "91")], number=2)
    assert columns(await shown(board, event_id)) == AFTER


async def test_live_board_follows_the_scheme_in_force(board: Connection, house: House) -> None:
    """Before any list, a draft being none, the board has the columns by which marks are scored now."""
    event_id = await house.insert_event()
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], status="draft")
    before = await shown(board, event_id)
    await house.amend(event_id, small_scheme(("A", "C", "D")))
    assert (columns(before), columns(await shown(board, event_id))) == (BEFORE, AFTER)


@pytest.mark.parametrize("column", ["reason", "by"])
async def test_boards_read_no_reason_of_an_amendment(board: Connection, column: str) -> None:
    """Of a scheme's versions a board reads what gives its columns, not who amended it and why."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await board.execute(f"SELECT {column} FROM scheme_version")
