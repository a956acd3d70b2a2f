"""The standings of an event, with all columns of figures or those chosen."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from schemas.boards import BoardRow
from scoreboards.facts import BoardSign, Projection
from scoreboards.projections import Sight, chosen, head_of


def standings(sign: BoardSign, sight: Sight) -> Projection:
    """Everybody in order of place."""
    indices = chosen(sign.settings.columns, sight.columns)
    columns = tuple(sight.columns[index] for index in indices)
    head = msgspec.structs.replace(head_of(sign, sight, "standings"), columns=columns)
    return Projection(
        head=head, revision=sight.revision, rows=tuple(in_columns(one.row, indices) for one in sight.seen)
    )


def in_columns(row: BoardRow, indices: Sequence[int]) -> BoardRow:
    """A row with the figures of these columns alone; with all of them it is the very row."""
    if len(indices) == len(row.figures):
        return row
    return msgspec.structs.replace(row, figures=tuple(row.figures[index] for index in indices))
