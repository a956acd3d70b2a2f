"""What can still change: the least and most total each entrant can come to, and the best and worst place, while marks are missing.

Penalties, rulings of the jury, withdrawals, and states that leave somebody without a place are not foreseen. Every range holds for
certain; it may be wider than what can really happen, for each missing mark is taken as if it could be anything, whatever the other
marks are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from competition.scoring.compute import ZERO, compute, is_out
from competition.scoring.plan import Plan, plan_of
from competition.scoring.ranking import rank
from competition.scoring.record import Scored
from competition.scoring.tally import tally
from schemas.base import Message
from schemas.closing import Places
from schemas.results import Reach
from schemas.scheme import Scheme

Height = tuple[int, Decimal]
"""How high an entrant stands: those that a state puts behind all others are lower than any total."""

BEHIND, NO_PLACE = -1, -2


class _Range(Message, frozen=True, kw_only=True):
    """Between which heights an entrant will be; ``rank`` is the place now where nothing of theirs is missing."""

    entrant_id: UUID
    least: Height
    most: Height
    rank: int | None


def reach(scheme: Scheme, records: Iterable[Scored], *, numbers: Mapping[UUID, int] | None = None) -> tuple[Reach, ...]:
    """What everybody who competes, or still may, can come to, in the order of the records."""
    ranges = _ranges(scheme, tuple(records), numbers or {})
    if all(one.rank is not None for one in ranges):
        return tuple(_reach(one, one.rank or 1, one.rank or 1) for one in ranges)
    if not _goes_by_total(scheme):
        return tuple(_reach(one, 1, len(ranges)) for one in ranges)
    field = _Field(scheme.places, ranges)
    return tuple(_reach(one, field.best(one), field.worst(one)) for one in ranges)


def _ranges(scheme: Scheme, records: Sequence[Scored], numbers: Mapping[UUID, int]) -> list[_Range]:
    """The ranges of all who have a place, or may have one when more is marked."""
    plan = plan_of(scheme)
    tallies = [tally(scheme, record) for record in records]
    places = {place.entrant_id: place.rank for place in rank(scheme, tallies, numbers=numbers)}
    ranges = []
    for record, own in zip(records, tallies, strict=True):
        if own.marked < own.expected and not is_out(plan, record):
            ranges.append(_open_range(plan, record, is_competing=own.state == "competing"))
        elif own.state == "competing":
            height = (BEHIND if own.last else 0, own.total)
            ranges.append(_Range(entrant_id=own.entrant_id, least=height, most=height, rank=places[own.entrant_id]))
    return ranges


def _open_range(plan: Plan, record: Scored, *, is_competing: bool) -> _Range:
    """While marks are missing, a state may still come that the scheme says makes the total zero, or puts behind all others.

    Who has no place now may have one by the next reading, or never.
    """
    least, most = (compute(plan, record, missing=bound).total for bound in ("least", "most"))
    if any(rule.total == "zero" for rule in plan.rules.values()):
        least, most = min(least, ZERO), max(most, ZERO)
    may_be_last = any(rule.rank == "last" for rule in plan.rules.values())
    group = NO_PLACE if not is_competing else BEHIND if may_be_last else 0
    return _Range(entrant_id=record.entrant_id, least=(group, least), most=(0, most), rank=None)


def _goes_by_total(scheme: Scheme) -> bool:
    """Whether a higher total is always a better place."""
    first = scheme.ranking[0]
    is_total = first.of == "total" and first.order != "ascending"
    return is_total and all(stage.cut is None for stage in scheme.stages)


class _Field:
    """Everybody's ranges, sorted so that those ahead of one can be counted."""

    def __init__(self, places: Places, ranges: Sequence[_Range]) -> None:
        self.places = places
        self.least = sorted(one.least for one in ranges)
        self.most = sorted(one.most for one in ranges)
        self.final: defaultdict[Height, list[int]] = defaultdict(list)
        for one in ranges:
            if one.rank is not None:
                self.final[one.least].append(one.rank)

    def best(self, one: _Range) -> int:
        """Behind those who will be ahead whatever comes; where places are not skipped, they may all share one."""
        ahead = len(self.least) - bisect_right(self.least, one.most)
        if one.rank is not None:
            ahead += sum(rank < one.rank for rank in self.final[one.least])
        return 1 + (min(ahead, 1) if self.places == "1223" else ahead)

    def worst(self, one: _Range) -> int:
        """Behind everybody who may come to as much; equals with nothing missing are in their order already."""
        ahead = len(self.most) - bisect_left(self.most, one.least) - 1
        if one.rank is not None:
            ahead -= sum(rank >= one.rank for rank in self.final[one.least]) - 1
            if self.places == "1334":
                ahead += self.final[one.least].count(one.rank) - 1
        return 1 + ahead


def _reach(one: _Range, best: int, worst: int) -> Reach:
    return Reach(entrant_id=one.entrant_id, least=one.least[1], most=one.most[1], best=best, worst=worst)
