"""A board on a terminal: one table for each kind, and the honest status above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from competition.plumbing.locale import text, translate
from competition.plumbing.templating import rounded
from competition.watching.follow import Seen
from schemas.boards import (
    BenchRow,
    BoardColumn,
    BoardHead,
    BoardKind,
    BoardRow,
    BoardStatus,
    MedalRow,
    PodiumRow,
    Row,
    TeamRow,
    TickerRow,
)
from schemas.problems import N_

BLANK = "–"
BETWEEN = 2
"""Blanks between two columns."""

STATUS_WORDS: dict[BoardStatus, str] = {
    "preparing": N_("PREPARING"),
    "live": N_("LIVE"),
    "frozen": N_("FROZEN"),
    "rehearsal": N_("REHEARSAL"),
    "provisional": N_("PROVISIONAL"),
    "official": N_("OFFICIAL"),
}

Cells = tuple[list[str], Iterable[list[str]]]
"""The head of a table, and its lines."""


def drawn(seen: Seen, *, most: int | None = None, width: int | None = None) -> RenderableType:
    """What is known of a board, as a terminal shows it: at the most so many rows, and no more parts than fit the width."""
    if seen.state is None:
        return Line(translate("RECONNECTING"), style="yellow")
    board, rows = seen.state.board, seen.state.rows[:most]
    head, told = _TABLES[board.kind](board, rows)
    lines = list(told)
    if width is not None:
        head, lines = _fitting(head, lines, {_tag(column) for column in board.columns}, width)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, word in enumerate(head):
        table.add_column(word, justify="right" if number and word in _figures(board) else "left", no_wrap=True)
    for line in lines:
        table.add_row(*line, style="dim" if seen.connection == "stale" else "")
    return Group(_title(board), _status(seen, board), table)


def _title(board: BoardHead) -> Line:
    return Line.assemble((text(board.title), "bold"), "  ", (text(board.event), "dim"))


def _status(seen: Seen, board: BoardHead) -> Line:
    if seen.connection == "stale" and seen.heard_at:
        said = translate("STALE since {time}", time=f"{seen.heard_at.astimezone():%H:%M:%S}")
        return Line(said, style="yellow")
    if seen.connection == "reconnecting":
        return Line(translate("RECONNECTING"), style="yellow")
    revision = seen.state.revision if seen.state else 0
    return Line.assemble((translate(STATUS_WORDS[board.status]), "green"), f"  #{revision}")


def _standings(board: BoardHead, rows: tuple[Row, ...]) -> Cells:
    head = [translate("Rank"), translate("Code")]
    head += [translate("Entrant"), translate("Delegation")] if board.has_names else []
    head += [*map(_tag, board.columns), translate("Total"), translate("Marked")]
    return head, (
        [
            _rank(row.rank, shared=row.shared),
            row.code,
            *((row.name, row.delegation) if board.has_names else ()),
            *map(rounded, row.figures),
            rounded(row.total if row.rank else None),
            f"{row.progress}%",
        ]
        for row in cast("tuple[BoardRow, ...]", rows)
    )


def _teams(_: BoardHead, rows: tuple[Row, ...]) -> Cells:
    return [translate("Rank"), translate("Delegation"), translate("Total"), translate("Entrants")], (
        [_rank(row.rank, shared=row.shared), row.name, rounded(row.figure), "  ".join(m.name for m in row.members)]
        for row in cast("tuple[TeamRow, ...]", rows)
    )


def _medals(board: BoardHead, rows: tuple[Row, ...]) -> Cells:
    head = [translate("Rank"), translate("Delegation"), *(text(award.name) for award in board.awards)]
    return head, (
        [_rank(row.rank, shared=row.shared), row.name, *map(str, row.counts)]
        for row in cast("tuple[MedalRow, ...]", rows)
    )


def _benches(_: BoardHead, rows: tuple[Row, ...]) -> Cells:
    head = [translate("Session"), translate("Bench"), translate("Code"), translate("Entrant"), translate("Marked")]
    return head, (
        [str(row.session), str(row.bench), row.code, row.name, f"{row.progress}%"]
        for row in cast("tuple[BenchRow, ...]", rows)
    )


def _ticker(board: BoardHead, rows: tuple[Row, ...]) -> Cells:
    columns = {column.id: text(column.name) for column in board.columns}
    head = [translate("Time"), translate("Entrant"), "", translate("Points"), translate("Total"), translate("Rank")]
    return head, (
        [
            f"{row.at.astimezone():%H:%M:%S}",
            row.name or row.entrant,
            columns.get(row.column, row.column),
            rounded(row.points),
            rounded(row.total),
            _rank(row.rank, shared=False),
        ]
        for row in cast("tuple[TickerRow, ...]", rows)
    )


def _podium(board: BoardHead, rows: tuple[Row, ...]) -> Cells:
    awards = {award.id: text(award.name) for award in board.awards}
    head = [translate("Rank"), translate("Entrant"), translate("Delegation"), translate("Total"), translate("Award")]
    return head, (
        [
            _rank(row.rank, shared=row.shared),
            row.name,
            row.delegation,
            rounded(row.total),
            ", ".join(awards.get(award, award) for award in row.awards),
        ]
        for row in cast("tuple[PodiumRow, ...]", rows)
    )


_TABLES: dict[BoardKind, Callable[[BoardHead, Any], Cells]] = {
    "standings": _standings,
    "entrant": _standings,
    "teams": _teams,
    "medals": _medals,
    "benches": _benches,
    "ticker": _ticker,
    "podium": _podium,
}


def _figures(board: BoardHead) -> set[str]:
    """The heads of columns that hold figures."""
    named = {*map(_tag, board.columns), *(text(award.name) for award in board.awards)}
    return named | {translate(word) for word in ("Total", "Marked", "Points", "Rank", "Session", "Bench")}


def _tag(column: BoardColumn) -> str:
    """What stands above a column: a stage's name; of the many criteria the letter alone."""
    return column.id if column.kind == "criterion" else text(column.name)


def _fitting(head: list[str], lines: list[list[str]], parts: set[str], width: int) -> tuple[list[str], list[list[str]]]:
    """The columns that fit: parts go from the right, places and totals never."""
    rows = [head, *lines]
    while sum(max(map(cell_len, cells)) + BETWEEN for cells in zip(*rows, strict=True)) - BETWEEN > width:
        last = max((number for number, word in enumerate(rows[0]) if word in parts), default=None)
        if last is None:
            break
        rows = [row[:last] + row[last + 1 :] for row in rows]
    return rows[0], rows[1:]


def _rank(rank: int | None, *, shared: bool) -> str:
    return BLANK if rank is None else f"{rank}=" if shared else str(rank)
