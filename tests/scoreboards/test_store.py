"""What the boards read of the database beside events, and what they may not read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from competition.plumbing.database import Connection
from schemas.boards import Theme
from scoreboards import store
from tests.scoreboards.house import KINDS, NOW, House, published_row
from tests.scoreboards.readings import reveal


async def test_list_of_boards_says_what_everybody_sees(board: Connection, house: House) -> None:
    """A status for each kind in one statement: a freeze before marks, a list before a freeze; a podium goes by the reveal."""

    async def listed() -> set[tuple[str, str]]:
        sent: list[str] = []
        with board.query_logger(lambda query: sent.append(query.query)):
            lines = await store.boards(board)
        await asyncio.sleep(0)
        assert len(sent) == 1
        assert {line.kind for line in lines} == {"standings", *KINDS}
        return {("podium" if line.kind == "podium" else "others", line.status) for line in lines}

    event_id = await house.insert_event()
    await house.insert_boards(event_id)
    (first,) = await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
    seen = [await listed()]
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    await house.reveal(event_id, reveal("closed"))
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], status="draft")
    seen.append(await listed())
    await house.freeze(event_id)
    await house.reveal(event_id, reveal("rehearsal"))
    seen.append(await listed())
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], number=2)
    await house.reveal(event_id, reveal("live"))
    seen.append(await listed())
    assert seen == [
        {("others", "preparing"), ("podium", "preparing")},
        {("others", "live"), ("podium", "preparing")},
        {("others", "frozen"), ("podium", "rehearsal")},
        {("others", "provisional"), ("podium", "live")},
    ]


async def test_pass_is_good_until_it_expires(board: Connection, house: House) -> None:
    """For its own event and audience; neither an unknown token nor one out of time says more than nothing."""
    event_id = await house.insert_event()
    token = await house.open_pass(event_id, "jury", expires_at=NOW + timedelta(hours=1))
    times = [NOW, NOW + timedelta(minutes=59), NOW + timedelta(hours=1)]
    assert [await store.audience_of(board, token, now) for now in times] == [
        (event_id, "jury"),
        (event_id, "jury"),
        None,
    ]
    assert await store.audience_of(board, "pass-nobody-has", NOW) is None


async def test_theme_and_logo_are_read_by_their_addresses(board: Connection, house: House) -> None:
    """The theme by its competition, the logo by its digest."""
    event_id = await house.insert_event()
    await house.dress(event_id, Theme(primary="#102030", logo="abc"), b"RIFF")
    competition_id = await board.fetchval("SELECT id FROM competition")
    assert await store.theme_of(board, competition_id) == Theme(primary="#102030", logo="abc")
    assert (
        await store.theme_of(board, event_id),
        await store.logo_of(board, "abc"),
        await store.logo_of(board, ""),
    ) == (
        None,
        b"RIFF",
        None,
    )


@pytest.mark.parametrize("column", ["reason", "by"])
async def test_boards_read_no_reason_of_an_amendment(board: Connection, column: str) -> None:
    """Of a scheme's versions a board reads what gives its columns, not who amended it and why."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await board.execute(f"SELECT {column} FROM scheme_version")


@pytest.mark.parametrize("query", ["reason FROM time_back", "note FROM board_pass", "code FROM display"])
async def test_boards_read_nothing_that_no_board_shows(board: Connection, query: str) -> None:
    """Why time was given back, whom a pass is for, and where screens hang."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await board.execute(f"SELECT {query}")
