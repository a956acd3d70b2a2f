"""Somebody with a place, as awards, team standings and advancement look at them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from schemas.base import Message
from schemas.closing import Figure


class Placed(Message, frozen=True, kw_only=True):
    """Place and figures of one ranked entrant; those who share a place have the same ``rank``.

    ``total`` is exact, as ``Tally.exact_total`` gives it; ``scaled`` is None without a scale, ``delegation`` empty for somebody who
    belongs to none.
    """

    entrant_id: UUID
    rank: int
    total: Decimal
    scaled: Decimal | None
    delegation: str

    def figure(self, of: Figure) -> Decimal | None:
        """The total, or the scaled figure."""
        return self.total if of == "total" else self.scaled
