"""One latest state per board, and the last patches that led to it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.boards import BoardHead, BoardRow, BoardStatus
from scoreboards.board import PATCHES_KEPT, Board
from scoreboards.frames import Frame
from tests.scoreboards.rows import HEAD, NOW, VENUE, projection, row, swapped


def new_board() -> Board:
    """A board at revision 1."""
    return Board(projection(1), VENUE, NOW)


def decoded(frames: tuple[Frame, ...]) -> list[Any]:
    """The messages in frames."""
    return [json.loads(frame.text) for frame in frames]


def outline(frames: tuple[Frame, ...]) -> list[tuple[int, int, list[str], list[str]]]:
    """Of patches: base, revision, whose rows they carry, who is gone."""
    return [
        (one["base"], one["revision"], [row["code"] for row in one["rows"]], one["gone"]) for one in decoded(frames)
    ]


def test_snapshot_says_everything() -> None:
    """A snapshot carries the head and every row, decimals as text."""
    snapshot = json.loads(new_board().snapshot)
    head = msgspec.convert(snapshot.pop("board"), BoardHead)
    assert head == HEAD
    assert snapshot == {
        "type": "snapshot",
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
    assert outline(board.news_since(1)) == [(1, 2, ["B"], [])]


def test_patch_tells_who_came_and_who_is_gone() -> None:
    """Who comes is a row of the patch; of who is gone it says the code."""
    board = new_board()
    board.advance(projection(2, row("B", 1, "10"), row("C", 2, "5")), NOW)
    assert outline(board.news_since(1)) == [(1, 2, ["B", "C"], ["A"])]


def test_revision_without_a_change_is_kept() -> None:
    """What moved the event but nothing on the board is no news, and no number tells of it."""
    board = new_board()
    assert not board.advance(projection(2), NOW)
    assert (board.revision, board.news_since(1)) == (1, ())


def test_revision_never_falls_and_grows_with_every_change() -> None:
    """A visible change without a revision of its own, or with an older one, counts the board's own revision on."""
    board = new_board()
    board.advance(swapped(9), NOW)
    board.advance(projection(3), NOW)
    assert board.revision == 10


def test_other_head_is_told_by_a_snapshot() -> None:
    """A patch cannot tell another status; nor are the patches before it of use any more."""
    board = new_board()
    board.advance(swapped(2), NOW)
    board.advance(projection(3, head=replace(HEAD, status="provisional")), NOW)
    for since in (1, 2):
        assert [(one["type"], one["revision"]) for one in decoded(board.news_since(since))] == [("snapshot", 3)]


def test_news_are_patches_in_order_or_the_snapshot() -> None:
    """From a known revision the patches lead on; from nowhere, the future or a forgotten past the snapshot does."""
    board = new_board()
    for revision, total in ((2, "11"), (4, "12")):
        board.advance(projection(revision, row("A", 1, "20"), row("B", 2, total)), NOW)
    assert outline(board.news_since(1)) == [(1, 2, ["B"], []), (2, 4, ["B"], [])]
    assert outline(board.news_since(2)) == [(2, 4, ["B"], [])]
    for since in (None, 0, 3, 99, -1):
        assert [one["type"] for one in decoded(board.news_since(since))] == ["snapshot"]


def test_news_never_weigh_more_than_the_snapshot() -> None:
    """Who is far behind gets the snapshot, not a heap of patches; and only so many patches are kept."""
    board = new_board()
    for revision in range(2, PATCHES_KEPT * 2):
        board.advance(projection(revision, row("A", 1, "20"), row("B", 2, str(revision))), NOW)
        assert all(
            sum(len(frame.text) for frame in board.news_since(since)) <= len(board.snapshot)
            for since in range(1, revision)
        )


def test_whoever_goes_with_many_is_told_by_a_snapshot() -> None:
    """A patch that would name more who are gone than the snapshot says in all is not sent."""
    crowd = [row(f"N{number:03}", number, "1") for number in range(3, 203)]
    board = Board(projection(1, row("A", 1, "20"), row("B", 2, "10"), *crowd), VENUE, NOW)
    board.advance(projection(2), NOW)
    assert [(one["type"], len(one["rows"])) for one in decoded(board.news_since(1))] == [("snapshot", 2)]


def test_status_says_how_the_board_is() -> None:
    """That nothing has changed is said with the revision and the status."""
    assert json.loads(new_board().status(NOW).text) == {
        "type": "status", "revision": 1, "status": "live", "at": "2026-05-01T06:00:00Z",
    }  # fmt: skip


states = st.lists(
    st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 9), min_size=1).map(
        lambda totals: tuple(row(code, place, str(total)) for place, (code, total) in enumerate(totals.items(), 1))
    ),
    max_size=12,
)


@given(states, st.booleans())
def test_news_from_anywhere_lead_to_the_latest_state(shown: list[tuple[BoardRow, ...]], is_frozen: bool) -> None:
    """Whoever applies the news since any revision it ever had, has exactly the latest rows."""
    board = new_board()
    known = {1: rows_of(board)}
    for revision, changed in enumerate(shown, start=2):
        status: BoardStatus = "frozen" if is_frozen and revision == 5 else "live"
        board.advance(projection(revision, *changed, head=replace(HEAD, status=status)), NOW)
        known[board.revision] = rows_of(board)
    for since, rows in known.items():
        assert applied(since, rows, board.news_since(since)) == (board.revision, rows_of(board))


def applied(revision: int, had: dict[str, Any], news: tuple[Frame, ...]) -> tuple[int, dict[str, Any]]:
    """What a client has that takes the news as it should."""
    rows = dict(had)
    for message in decoded(news):
        if message["type"] == "snapshot":
            rows = {}
        else:
            assert message["base"] == revision
        for code in message.get("gone", ()):
            del rows[code]
        rows |= {row["code"]: row for row in message["rows"]}
        revision = message["revision"]
    return revision, rows


def rows_of(board: Board) -> dict[str, Any]:
    """The latest rows."""
    return {row["code"]: row for row in json.loads(board.snapshot)["rows"]}
