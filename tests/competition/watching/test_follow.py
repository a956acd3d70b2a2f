"""A program that follows a board: how messages become its state, and what it does when the network or the board goes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from competition.plumbing import clock
from competition.watching.follow import Address, BoardClosed, NotABoard, Seen, follow, receive
from schemas.base import Text
from schemas.boards import BoardHead, Patch, Row, Snapshot, Status, TeamRow
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import House

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
HEAD = BoardHead(id="teams", kind="teams", title=Text(en="Teams"), event=Text(en="CNC"), status="live", has_names=True)
_encode = msgspec.json.Encoder(decimal_format="string").encode


def team(place: int, code: str, figure: str) -> TeamRow:
    """A delegation's row."""
    return TeamRow(code=code, place=place, rank=place, shared=False, name=code, figure=Decimal(figure), members=())


def state(revision: int, *rows: TeamRow) -> Snapshot[Row]:
    """What is known at a revision."""
    return Snapshot(board=HEAD, revision=revision, at=NOW, rows=rows)


KNOWN = state(7, team(1, "WH", "90"), team(2, "HF", "80"), team(3, "AQ", "70"))


@pytest.mark.parametrize(
    ("known", "message", "expected"),
    [
        (None, KNOWN, (KNOWN, False)),
        (state(99), KNOWN, (KNOWN, False)),
        (
            KNOWN,
            Patch(base=7, revision=9, at=NOW, rows=(team(1, "HF", "95"), team(2, "WH", "90")), gone=("AQ",)),
            (state(9, team(1, "HF", "95"), team(2, "WH", "90")), False),
        ),
        (KNOWN, Patch[TeamRow](base=8, revision=9, at=NOW, rows=()), (KNOWN, True)),
        (KNOWN, Patch[TeamRow](base=6, revision=9, at=NOW, rows=()), (KNOWN, True)),
        (KNOWN, Patch(base=5, revision=6, at=NOW, rows=(team(1, "AQ", "99"),)), (KNOWN, False)),
        (None, Patch[TeamRow](base=6, revision=9, at=NOW, rows=()), (None, True)),
        (KNOWN, Status(revision=7, status="live", at=NOW), (KNOWN, False)),
        (KNOWN, Status(revision=8, status="live", at=NOW), (KNOWN, True)),
        (None, Status(revision=0, status="live", at=NOW), (None, True)),
    ],
)
def test_receive_applies_what_fits(
    known: Snapshot[Row] | None, message: Any, expected: tuple[Snapshot[Row] | None, bool]
) -> None:
    """A snapshot is the truth; a patch fits on its base alone; a gap is told, and what is old changes nothing."""
    assert receive(known, _encode(message)) == expected


def test_address_keeps_the_pass_and_nothing_else() -> None:
    """State and stream lie below the page; a pass goes along, the page's own options do not."""
    address = Address(page="https://x.example/boards/cnc/?lang=en&pass=a%2Bb")
    assert address.state() == "https://x.example/boards/cnc/state?pass=a%2Bb"
    assert address.live(7) == "wss://x.example/boards/cnc/live?pass=a%2Bb&since=7"
    assert Address(page="http://x/boards/cnc").live(None) == "ws://x/boards/cnc/live"


@asynccontextmanager
async def followed(page: str) -> AsyncIterator[Any]:
    """What a follower sees, until the block is left."""
    seen = follow(page, now=clock.now)
    try:
        yield seen
    finally:
        await seen.aclose()


async def test_follow_sees_a_mark(dsn: str, house: House) -> None:
    """A mark is seen as soon as it is in."""
    event_id = await house.insert_event()
    [first] = await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
    async with serving(dsn) as address:
        page = f"http://{address}/boards/hall"
        async with followed(page) as seen, asyncio.timeout(20):
            assert (await anext(seen)).connection == "live"
            await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
            assert await _until(seen, total="40") == "live"


async def test_follow_of_no_board_says_so(dsn: str, house: House) -> None:
    """What is no board is told at once, and a board that is taken down ends the following."""
    event_id = await house.insert_event()
    async with serving(dsn) as address, asyncio.timeout(20):
        async with followed(f"http://{address}/boards/nowhere") as seen:
            with pytest.raises(NotABoard):
                await anext(seen)
        async with followed(f"http://{address}/boards/hall") as seen:
            await anext(seen)
            await house.connection.execute("DELETE FROM board")
            await house.stand(event_id, [])
            with pytest.raises(BoardClosed):
                await _until(seen, total="never")


async def _until(seen: AsyncIterator[Seen], *, total: str) -> str:
    async for one in seen:
        if one.state and [str(row.total) for row in one.state.rows] == [total]:  # type: ignore[attr-defined]
            return one.connection
    raise AssertionError
