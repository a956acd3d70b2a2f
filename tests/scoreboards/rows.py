"""A small board to show: two entrants, A before B."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from schemas.base import Text
from schemas.boards import BoardHead, BoardRow
from scoreboards.facts import Projection
from scoreboards.readings import Venue

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
VENUE = Venue(
    competition_id=UUID(int=1), competition=Text(zh="大赛", en="Contest"), place="芜湖", time_zone="Asia/Shanghai"
)
HEAD = BoardHead(
    id="hall",
    kind="standings",
    title=Text(zh="榜", en="Board"),
    event=Text(zh="赛", en="Event"),
    status="live",
    has_names=False,
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
