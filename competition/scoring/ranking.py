"""Places by the scheme's ordered keys; equal on every key is a shared place, and as many are skipped: 1, 2, 2, 4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from itertools import groupby
from uuid import UUID

from competition.scoring.totals import figures
from schemas.base import Message
from schemas.results import EntrantResult, EntrantState, Ranked, Standing
from schemas.scheme import RankKey, Scheme

_LAST = {"competing": 0, "absent": 1, "disqualified": 2}


class Tally(Message, frozen=True, kw_only=True):
    """One entrant's figures without the trace: all that ranking needs to know. A stored ``Standing`` has them too."""

    entrant_id: UUID
    state: EntrantState
    marked: int
    total: Decimal
    stages: dict[str, Decimal]
    criteria: dict[str, Decimal]


Tallied = Tally | Standing


def tally_of(result: EntrantResult) -> Tally:
    """The figures of ``result`` that ranking needs."""
    stages, criteria = figures(result)
    return Tally(
        entrant_id=result.entrant_id,
        state=result.state,
        marked=result.marked,
        total=result.total,
        stages=stages,
        criteria=criteria,
    )


def rank(scheme: Scheme, tallies: Iterable[Tallied]) -> tuple[Ranked, ...]:
    """Everybody in order of place, whatever the order they came in.

    Who has no mark yet, or does not compete, has no place and comes last: unmarked, absent, disqualified. Among
    equals the entrant's id keeps the order steady; it parts no places.
    """
    by_id = sorted(tallies, key=lambda tally: tally.entrant_id.int)
    placed = [tally for tally in by_id if has_place(tally)]
    unplaced = sorted((tally for tally in by_id if not has_place(tally)), key=lambda tally: _LAST[tally.state])
    return (
        *_places(_parted(placed, scheme.ranking)),
        *(Ranked(entrant_id=tally.entrant_id, rank=None, shared=False) for tally in unplaced),
    )


def has_place(tally: Tallied) -> bool:
    """Whether this entrant is ranked: competing, with at least one mark."""
    return tally.state == "competing" and tally.marked > 0


def _parted(tallies: list[Tallied], keys: Sequence[RankKey]) -> Iterator[list[Tallied]]:
    """Groups of equals, best first: the first key parts what it can, and each tie it leaves goes to the next."""
    if not keys or len(tallies) <= 1:
        yield tallies
        return
    figure = partial(_figure, keys[0])
    for _, equals in groupby(sorted(tallies, key=figure, reverse=True), key=figure):  # stable: ids stay in order
        yield from _parted(list(equals), keys[1:])


def _figure(key: RankKey, tally: Tallied) -> Decimal:
    match key.of:
        case "total":
            return tally.total
        case "stage":
            return tally.stages.get(key.id, Decimal(0))
        case "criterion":
            return tally.criteria.get(key.id, Decimal(0))


def _places(groups: Iterable[list[Tallied]]) -> Iterator[Ranked]:
    place = 1
    for equals in groups:
        for tally in equals:
            yield Ranked(entrant_id=tally.entrant_id, rank=place, shared=len(equals) > 1)
        place += len(equals)
