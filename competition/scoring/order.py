"""What puts one entrant before another: a key for each, the lowest first, the same for those who share a place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

from competition.scoring.tally import Tally
from schemas.closing import Places, RankKey
from schemas.results import EntrantState
from schemas.scheme import Scheme

Key = tuple[Decimal | int, ...]
"""The group an entrant is in, then the figures that part those of one group."""

Line = tuple[Key, UUID]
"""An entrant's place in the queue: the key, then the id, which keeps the order among equals steady and parts no places."""

NO_NUMBERS: Mapping[UUID, int] = MappingProxyType({})
"""Nobody has an entrant number."""

RANKED, RANKED_LAST, UNPLACED = 0, 1, 2
"""The groups in order; those without a place are in the groups from ``UNPLACED`` on."""

MISSING = Decimal("Infinity")
"""Stands for a figure that is not there: it comes last in whichever order."""

_WITHOUT_PLACE: dict[EntrantState, int] = {
    "competing": 2,
    "absent": 3,
    "unranked": 4,
    "withdrawn": 5,
    "disqualified": 6,
}
_ASCENDING_BY_NATURE = frozenset({"time", "penalties"})


def has_place(tally: Tally) -> bool:
    """Whether this entrant is ranked: competing, with at least one mark."""
    return tally.state == "competing" and tally.marked > 0


def key_of(scheme: Scheme, tally: Tally, *, numbers: Mapping[UUID, int], ahead: Key = ()) -> Key:
    """The key of one entrant by the entrant's own figures; ``ahead`` goes before those of the scheme's ranking.

    A majority is nobody's alone: here it parts nobody (``ranking`` works it out). Who has no number, where numbers are the last
    resort, comes behind those who have one.
    """
    if not has_place(tally):
        return (_WITHOUT_PLACE[tally.state],)
    figures = (_ordered(key, figure) for key, figure in zip(scheme.ranking, tally.keys, strict=True))
    last_resort = (numbers.get(tally.entrant_id, MISSING),) if scheme.last_resort == "number" else ()
    return (RANKED_LAST if tally.last else RANKED, *ahead, *figures, *last_resort)


def is_ascending(key: RankKey) -> bool:
    """Whether the lower figure comes first."""
    return key.order == "ascending" or (key.order is None and key.of in _ASCENDING_BY_NATURE)


def place(style: Places, *, before: int, sharing: int, groups: int) -> int:
    """The place of ``sharing`` equals, behind so many in so many groups of equals."""
    return {"1224": before + 1, "1223": groups + 1, "1334": before + sharing}[style]


def _ordered(key: RankKey, figure: Decimal | None) -> Decimal:
    if figure is None:
        return MISSING
    return figure if is_ascending(key) else figure.copy_negate()
