"""A board on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from rich.console import Console

from competition.plumbing.locale import speaking
from competition.watching.follow import Connection, Seen
from competition.watching.terminal import drawn
from schemas.base import Text
from schemas.boards import (
    BenchRow,
    BoardAward,
    BoardColumn,
    BoardHead,
    BoardKind,
    BoardRow,
    MedalRow,
    PodiumRow,
    Row,
    Snapshot,
    TeamMember,
    TeamRow,
    TickerRow,
)

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
TASK = BoardColumn(id="A", kind="criterion", name=Text(zh="任务A", en="Task A"), points=Decimal(20))
GOLD = BoardAward(id="m:gold", name=Text(zh="金牌", en="Gold"), medal="gold")


def lines(kind: BoardKind, *rows: Row, connection: Connection = "live", **head: Any) -> list[list[str]]:
    """The words of each line that is drawn."""
    board = BoardHead(
        id="x", kind=kind, title=Text(zh="总榜", en="All"), event=Text(zh="数控", en="CNC"), status="live", has_names=True, **head
    )  # fmt: skip
    seen = Seen(state=Snapshot(board=board, revision=7, at=NOW, rows=rows), connection=connection, heard_at=NOW)
    console = Console(width=120)
    with console.capture() as said:
        console.print(drawn(seen))
    return [line.split() for line in said.get().splitlines()]


WHO: dict[str, Any] = {"name": "Ann", "delegation": "Wuhu"}
RANKED: dict[str, Any] = {"place": 1, "rank": 1, "shared": True}


@pytest.mark.parametrize(
    ("kind", "row", "head", "line"),
    [
        (
            "standings",
            BoardRow(code="A07", total=Decimal("61.2"), figures=(Decimal(12),), progress=60, state="competing", **RANKED, **WHO),
            {"columns": (TASK,)},
            ["1=", "A07", "Ann", "Wuhu", "12.00", "61.20", "60%"],
        ),
        (
            "teams",
            TeamRow(code="WH", name="Wuhu", figure=None, members=(TeamMember(code="A07", name="Ann"),), **RANKED),
            {},
            ["1=", "Wuhu", "–", "Ann"],
        ),
        ("medals", MedalRow(code="WH", name="Wuhu", counts=(2,), **RANKED), {"awards": (GOLD,)}, ["1=", "Wuhu", "2"]),
        (
            "benches",
            BenchRow(code="A07", place=1, session=1, bench=7, state="competing", progress=5, extra=0, **WHO),
            {},
            ["1", "7", "A07", "Ann", "5%"],
        ),
        (
            "ticker",
            TickerRow(
                code="A07/A", place=1, entrant="A07", column="A", points=None, total=Decimal(3), rank=None, at=NOW,
                name="", delegation="",
            ),
            {"columns": (TASK,)},
            [f"{NOW.astimezone():%H:%M:%S}", "A07", "Task", "A", "–", "3.00", "–"],
        ),
        (
            "podium",
            PodiumRow(code="A07", total=Decimal(9), awards=("m:gold",), **RANKED, **WHO),
            {"awards": (GOLD,)},
            ["1=", "Ann", "Wuhu", "9.00", "Gold"],
        ),
    ],
)  # fmt: skip
def test_drawn_shows_each_kind(kind: BoardKind, row: Row, head: dict[str, Any], line: list[str]) -> None:
    """Every kind of board is a table of its own, below its title and its status."""
    title, status, _, shown = lines(kind, row, **head)
    assert (title, status, shown) == (["All", "CNC"], ["LIVE", "#7"], line)


@pytest.mark.parametrize(
    ("connection", "said"),
    [("reconnecting", "正在重新连接"), ("stale", f"{NOW.astimezone():%H:%M:%S}")],
)
def test_drawn_is_honest(connection: Connection, said: str) -> None:
    """What is not heard is not called live, in the reader's language."""
    with speaking("zh-CN"):
        _, status, *_ = lines("standings", connection=connection)
    assert said in " ".join(status)


def test_drawn_leaves_out_parts_that_do_not_fit_and_hidden_names() -> None:
    """On a narrow terminal parts go from the right; place, code and total stay. Halves are rounded up, as on a screen."""
    columns = tuple(
        BoardColumn(id=id_, kind="criterion", name=Text(zh="任务", en="A long name of a task"), points=Decimal(20))
        for id_ in "ABC"
    )
    board = BoardHead(
        id="x", kind="standings", title=Text(zh="总榜", en="All"), event=Text(zh="数控", en="CNC"), status="live", has_names=False, columns=columns
    )  # fmt: skip
    row = BoardRow(
        code="A07", place=1, rank=1, shared=False, name="", delegation="", total=Decimal(36), figures=(Decimal("9.625"),) * 3, progress=60,
        state="competing",
    )  # fmt: skip
    seen = Seen(state=Snapshot(board=board, revision=7, at=NOW, rows=(row,)), connection="live", heard_at=NOW)
    console = Console(width=40)
    with console.capture() as said:
        console.print(drawn(seen, width=40))
    assert [line.split() for line in said.get().splitlines()[2:]] == [
        ["Rank", "Code", "A", "B", "Total", "Marked"],
        ["1", "A07", "9.63", "9.63", "36.00", "60%"],
    ]
