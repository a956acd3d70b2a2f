"""One entrant's page: their row, the rows before and behind it, what is still possible, and what the first places need."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile

import msgspec

from schemas.boards import BoardRow, Focus, Need
from schemas.results import Reach
from scoreboards.facts import BoardSign, Projection
from scoreboards.projections import LAST, Sight, chosen, head_of, plain
from scoreboards.projections.standings import in_columns

PLACES = (1, 2, 3)


def entrant(sign: BoardSign, sight: Sight, code: str) -> Projection | None:
    """The page of the entrant with this code; None when this audience sees no such entrant."""
    index = sight.indices.get(code)
    if index is None:
        return None
    own = sight.seen[index]
    reach = sight.reaches.get(own.id) if own.id else None
    focus = _focus(own.row, sight.ranked, reach, by_total=sight.by_total)
    indices = chosen(sign.settings.columns, sight.columns)
    columns = tuple(sight.columns[index] for index in indices)
    return Projection(
        head=msgspec.structs.replace(head_of(sign, sight, "entrant"), columns=columns, focus=focus),
        revision=sight.revision,
        rows=tuple(in_columns(one.row, indices) for one in sight.seen[max(index - 1, 0) : index + 2]),
    )


def _focus(own: BoardRow, ranked: Sequence[BoardRow], reach: Reach | None, *, by_total: bool) -> Focus:
    if reach is None or own.state != "competing":
        return Focus(code=own.code, least=None, most=None, best=None, worst=None, needs=())
    needs = [_need(own, ranked, place, reach.most) for place in PLACES] if by_total else []
    return Focus(
        code=own.code,
        least=plain(reach.least),
        most=plain(reach.most),
        best=reach.best,
        worst=reach.worst,
        needs=tuple(need for need in needs if need),
    )


def _need(own: BoardRow, ranked: Sequence[BoardRow], place: int, most: Decimal) -> Need | None:
    """What ``own`` lacks to the total of a place, with the ``ranked`` in order; None where nobody is yet, and any mark may do.

    Where shared places are skipped nobody may have the place itself: then it is the total of those ahead of it, or the best one.
    """
    if own.rank and own.rank <= place:
        return Need(place=place, points=None, is_possible=True)
    if not ranked or (not own.rank and (ranked[-1].rank or 0) < place):
        return None
    ahead = [row.total for row in takewhile(lambda row: (row.rank or LAST) <= place, ranked)]
    ahead = ahead or sorted(row.total for row in ranked if row.code != own.code)[-1:]
    if not ahead:
        return None
    return Need(place=place, points=plain(min(ahead) - own.total), is_possible=most >= min(ahead))
