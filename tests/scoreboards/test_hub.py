"""One latest state per board, the last patches, and viewers without a queue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.base import Text
from schemas.boards import BoardHead, BoardRow
from scoreboards.hub import COALESCE_SECONDS, PATCHES_KEPT, Board, Hub
from scoreboards.store import Venue
from scoreboards.visibility import Projection

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
VENUE = Venue(competition=Text(zh="大赛", en="Contest"), place="芜湖", time_zone="Asia/Shanghai")
HEAD = BoardHead(
    id="hall",
    title=Text(zh="榜", en="Board"),
    event=Text(zh="赛", en="Event"),
    columns=(),
    status="live",
    published_at=None,
)


def row(code: str, place: int, total: str) -> BoardRow:
    """One entrant's row."""
    return BoardRow(
        code=code, place=place, rank=place, shared=False, name="", delegation="", total=Decimal(total), figures=(),
        progress=50, state="competing",
    )  # fmt: skip


def projection(revision: int, *rows: BoardRow, head: BoardHead = HEAD) -> Projection:
    """A board at a revision; by default with A before B."""
    return Projection(head=head, revision=revision, rows=rows or (row("A", 1, "20"), row("B", 2, "10")))


def swapped(revision: int, total: str = "30") -> Projection:
    """The board after B has overtaken A."""
    return projection(revision, row("B", 1, total), row("A", 2, "20"))


def new_board() -> Board:
    """A board at revision 1."""
    return Board(projection(1), VENUE, NOW)


def decoded(frames: tuple[str, ...] | list[str]) -> list[Any]:
    """The messages in frames."""
    return [json.loads(frame) for frame in frames]


def test_snapshot_says_everything() -> None:
    """A snapshot carries the head and every row, decimals as text."""
    assert json.loads(new_board().state.snapshot) == {
        "type": "snapshot",
        "board": {
            "id": "hall",
            "title": {"zh": "榜", "en": "Board"},
            "event": {"zh": "赛", "en": "Event"},
            "columns": [],
            "status": "live",
            "published_at": None,
        },
        "revision": 1,
        "at": "2026-05-01T06:00:00Z",
        "rows": [
            {
                "code": code, "place": place, "rank": place, "shared": False, "name": "", "delegation": "", "total": total,
                "figures": [], "progress": 50, "state": "competing",
            }
            for code, place, total in (("A", 1, "20"), ("B", 2, "10"))
        ],
    }  # fmt: skip


def test_patch_carries_changed_rows_whole() -> None:
    """A patch leads from one revision to the next and carries only the rows that differ."""
    board = new_board()
    assert board.advance(projection(2, row("A", 1, "20"), row("B", 2, "15")), NOW)
    assert [
        (one["base"], one["revision"], [r["code"] for r in one["rows"]]) for one in decoded(board.frames_since(1))
    ] == [(1, 2, ["B"])]


def test_revision_without_a_change_is_an_empty_patch() -> None:
    """A mark that moves nothing still moves the revision, so that no viewer falls behind."""
    board = new_board()
    assert board.advance(projection(2), NOW)
    assert decoded(board.frames_since(1)) == [
        {"type": "patch", "base": 1, "revision": 2, "at": "2026-05-01T06:00:00Z", "rows": []}
    ]


def test_same_projection_again_is_no_news() -> None:
    """Reading the same again tells nobody anything."""
    board = new_board()
    assert not board.advance(projection(1), NOW)
    assert board.frames_since(1) == ()


def test_revision_never_falls_and_grows_with_every_change() -> None:
    """A visible change without a revision of its own, or with an older one, counts the board's own revision on."""
    board = new_board()
    board.advance(swapped(9), NOW)
    board.advance(projection(3), NOW)
    assert board.state.revision == 10


@pytest.mark.parametrize(
    "after",
    [
        projection(2, head=replace(HEAD, status="provisional")),
        projection(2, row("A", 1, "20")),
        projection(2, row("A", 1, "20"), row("B", 2, "10"), row("C", 3, "5")),
    ],
    ids=["another status", "somebody left", "somebody came"],
)
def test_what_a_patch_cannot_tell_is_a_snapshot(after: Projection) -> None:
    """Another head, or another set of entrants, is told by a snapshot."""
    board = new_board()
    board.advance(after, NOW)
    assert [one["type"] for one in decoded(board.frames_since(1))] == ["snapshot"]


def test_frames_since_gives_patches_in_order_or_the_snapshot() -> None:
    """From a known revision the patches lead on; from nowhere, the future or a forgotten past the snapshot does."""
    board = new_board()
    for revision in range(2, 4):
        board.advance(projection(revision), NOW)
    assert [(one["base"], one["revision"]) for one in decoded(board.frames_since(1))] == [(1, 2), (2, 3)]
    assert [(one["base"], one["revision"]) for one in decoded(board.frames_since(2))] == [(2, 3)]
    for since in (None, 0, 99, -1):
        assert [one["type"] for one in decoded(board.frames_since(since))] == ["snapshot"]


def test_frames_since_never_weigh_more_than_the_snapshot() -> None:
    """Who is far behind gets the snapshot, not a heap of patches; and only so many patches are kept."""
    board = new_board()
    for revision in range(2, PATCHES_KEPT * 2):
        board.advance(projection(revision), NOW)
        assert all(
            sum(map(len, board.frames_since(since))) <= len(board.state.snapshot) for since in range(1, revision)
        )


async def test_viewer_gets_snapshot_patches_and_heartbeats() -> None:
    """A viewer is told everything once, in order."""
    board = new_board()
    async with following(board) as seen:
        board.advance(swapped(2), NOW)
        await settle()
        board.beat(NOW)
        await settle()
    assert [(one["type"], one["revision"]) for one in decoded(seen)] == [
        ("snapshot", 1),
        ("patch", 2),
        ("heartbeat", 2),
    ]
    assert board.viewers == set()


async def test_viewer_who_has_it_all_is_told_so() -> None:
    """A viewer that comes back with the latest revision gets a heartbeat at once."""
    board = new_board()
    board.beat(NOW)
    async with following(board, since=1) as seen:
        await settle()
    assert decoded(seen) == [{"type": "heartbeat", "revision": 1, "at": "2026-05-01T06:00:00Z"}]


async def test_slow_viewer_skips_to_the_latest() -> None:
    """While a viewer drains nothing is kept for it; then it gets what is latest, in fewer bytes than what it missed."""
    board, gate, seen = new_board(), asyncio.Event(), []

    async def send(frame: str) -> None:
        seen.append(frame)
        await gate.wait()

    follower = asyncio.create_task(board.follow(send, None))
    await settle()
    for revision in range(2, 40):
        board.advance(swapped(revision, str(revision)), NOW)
        await settle()
    gate.set()
    await settle()
    follower.cancel()
    assert [(one["type"], one["revision"]) for one in decoded(seen)] == [("snapshot", 1), ("snapshot", 39)]


async def test_viewer_who_never_reads_is_let_go() -> None:
    """A viewer that takes nothing for so long is dropped."""
    board = new_board()

    async def send(_: str) -> None:
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await board.follow(send, None, patience=0.01)
    assert board.viewers == set()


async def test_closed_board_lets_its_viewers_go() -> None:
    """Following a board that is taken down ends."""
    board = new_board()

    async def send(_: str) -> None:
        return

    follower = asyncio.create_task(board.follow(send, None))
    await settle()
    board.close()
    await asyncio.wait_for(follower, 1)


async def test_hub_says_how_old_its_knowledge_is() -> None:
    """A hub is current only while the database confirms what it knows."""
    hub = Hub(None, now=lambda: NOW)  # type: ignore[arg-type]
    assert not hub.is_current()
    hub.compare({})
    assert hub.is_current()
    assert hub.age() < 1


def test_patches_are_few() -> None:
    """About ten patches a second at the most."""
    assert COALESCE_SECONDS == 0.1


@asynccontextmanager
async def following(board: Board, since: int | None = None) -> AsyncIterator[list[str]]:
    """A viewer who reads at once; gives what it has seen."""
    seen: list[str] = []

    async def send(frame: str) -> None:
        seen.append(frame)

    follower = asyncio.create_task(board.follow(send, since))
    await settle()
    yield seen
    follower.cancel()
    await asyncio.gather(follower, return_exceptions=True)


async def settle() -> None:
    """Let every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)
