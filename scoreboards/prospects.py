"""What an entrant's page draws and reckons. Pure, and the same in ``static/kinds/entrant-prospect.js``: one table tests both."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from schemas.base import Message
from schemas.boards import BoardHead, BoardRow

WHOLE = 1000
"""A range is drawn on a line of so many parts, the worse end first."""


class Range(Message):
    """From where to where on its line something may still come, and where it is ``now``."""

    start: int
    end: int
    now: int


class Prospects(Message):
    """An entrant's row among its neighbours.

    ``places`` and ``totals`` are what is still possible, None when nothing can change. ``gaps`` are by code what a neighbour has
    more than the entrant (less: below zero), None where one of the two has no place yet.
    """

    own: BoardRow
    places: Range | None
    totals: Range | None
    gaps: dict[str, Decimal | None]


def prospects_of(head: BoardHead, rows: Sequence[BoardRow]) -> Prospects:
    """What the page of the entrant in the head's ``focus`` shows."""
    focus = head.focus
    assert focus is not None  # noqa: S101 - every entrant's page has one
    own = next(row for row in rows if row.code == focus.code)
    gaps = {row.code: row.total - own.total if row.rank and own.rank else None for row in rows if row is not own}
    places = totals = None
    if focus.best is not None and focus.worst is not None:
        places = _places(focus.best, focus.worst, own.rank or focus.worst)
    if focus.least is not None and focus.most is not None:
        most = max(focus.most, own.total)
        totals = Range(start=_share(focus.least, most), end=_share(focus.most, most), now=_share(own.total, most))
    return Prospects(own=own, places=places, totals=totals, gaps=gaps)


def _places(best: int, worst: int, now: int) -> Range:
    """On a line from the worst place that is still possible to the first."""
    last = max(worst, now)
    span = max(last - 1, 1)
    start, end, at = ((last - place) * WHOLE // span for place in (worst, best, now))
    return Range(start=start, end=end if last > 1 else WHOLE, now=at if last > 1 else WHOLE)


def _share(part: Decimal, whole: Decimal) -> int:
    return int(max(part, Decimal(0)) * WHOLE // whole) if whole > 0 else 0
