"""What was marked last: an entrant, a column, and what it has come to."""

from __future__ import annotations

import msgspec

from schemas.boards import BoardRow, TickerRow
from schemas.staging import Touch
from scoreboards.facts import BoardSign, Projection
from scoreboards.projections import Sight, head_of, numbered

MOST_ROWS = 12


def ticker(sign: BoardSign, sight: Sight) -> Projection:
    """The latest marks first, at most twelve. Who is absent, unranked, withdrawn or disqualified has no points to show."""
    indices = {column.id: index for index, column in enumerate(sight.columns)}
    rows = {one.id: one.row for one in sight.seen if one.id and one.row.state == "competing"}
    touched = {
        (touch.entrant_id, touch.column): touch
        for touch in sorted(sight.prospect.touched, key=lambda touch: touch.at)
        if touch.entrant_id in rows and touch.column in indices
    }
    shown = [_row(touch, rows[touch.entrant_id], indices[touch.column]) for touch in touched.values()]
    latest = sorted(sorted(shown, key=lambda row: row.code), key=lambda row: row.at, reverse=True)
    return Projection(
        head=msgspec.structs.replace(head_of(sign, sight, "ticker"), columns=sight.columns),
        revision=sight.revision,
        rows=numbered(latest[:MOST_ROWS]),
    )


def _row(touch: Touch, row: BoardRow, column: int) -> TickerRow:
    return TickerRow(
        code=f"{row.code}/{touch.column}",
        place=0,
        entrant=row.code,
        name=row.name,
        delegation=row.delegation,
        column=touch.column,
        points=row.figures[column],
        total=row.total,
        rank=row.rank,
        at=touch.at,
    )
