"""Who gets which award of the scheme: places, medals, lines and the best of each delegation."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from competition.scoring.medals import MEDALS, medals_of
from competition.scoring.placed import Placed
from competition.scoring.rounding import EXACT, settled
from competition.scoring.scale import median
from competition.scoring.within import how_many, within
from schemas.base import Text
from schemas.closing import Award, BestOfDelegation, Line, Medals, PlacesAward
from schemas.scheme import Scheme

Winners = dict[UUID, str]
"""Who gets one award, and what is written for it: its id, or the medal's."""


def award_names(scheme: Scheme) -> dict[str, Text]:
    """What each award that an entrant can have is called, by the id in a closing; a medal is ``id:gold`` and so on."""
    names: dict[str, Text] = {}
    for award in scheme.awards:
        if isinstance(award, Medals):
            names |= {f"{award.id}:{medal}": name for medal, name in zip(MEDALS, award.names, strict=True)}
        else:
            names[award.id] = award.name
    return names


def awards_of(awards: Iterable[Award], placed: Sequence[Placed], *, entered: int) -> dict[UUID, tuple[str, ...]]:
    """The awards of those in order of place who have one, in the scheme's order; ``entered`` counts those without a place too.

    Awards for places follow each other: each reaches to the sum of the numbers so far. Who is out of one, by a tie or below its
    pass line, leaves the place in it empty and is looked at again for the next.
    """
    got: dict[UUID, tuple[str, ...]] = {}
    with_place_award: set[UUID] = set()
    reach: int | None = 0
    for award in awards:
        match award:
            case PlacesAward():
                number = _number(award, placed, entered)
                reach = None if reach is None or number is None else reach + number
                winners = _within_reach(award, placed, reach, without=with_place_award)
                with_place_award |= winners.keys()
            case Medals():
                winners = medals_of(award, placed)
            case Line():
                winners = _beyond_line(award, placed, without=got)
            case BestOfDelegation():
                winners = _best_of_delegation(award, placed)
        for entrant_id, written in winners.items():
            got[entrant_id] = (*got.get(entrant_id, ()), written)
    return got


def _number(award: PlacesAward, placed: Sequence[Placed], entered: int) -> int | None:
    """How many places the award is for."""
    base = {
        "entered": entered,
        "ranked": len(placed),
        "passed": sum(_passes(who, award.at_least) for who in placed),
    }[award.base]
    return how_many(base, count=award.count, percent=award.percent, rounding=award.rounding)


def _within_reach(
    award: PlacesAward, placed: Sequence[Placed], reach: int | None, *, without: Container[UUID]
) -> Winners:
    inside = within(placed, reach, award.ties, equal=lambda who: who.rank)
    return {
        who.entrant_id: award.id for who in inside if who.entrant_id not in without and _passes(who, award.at_least)
    }


def _passes(who: Placed, at_least: Decimal | None) -> bool:
    return at_least is None or who.total >= at_least


def _beyond_line(award: Line, placed: Sequence[Placed], *, without: Container[UUID]) -> Winners:
    """Who has no award yet and reaches the line; the median is that of everybody ranked."""
    figures = {who.entrant_id: figure for who in placed if (figure := who.figure(award.of)) is not None}
    if not figures:
        return {}
    line = median(figures.values()) if award.at_least is None else award.at_least
    beyond = {entrant_id: settled(EXACT.subtract(figure, line)) for entrant_id, figure in figures.items()}
    return {
        entrant_id: award.id
        for entrant_id, distance in beyond.items()
        if entrant_id not in without and (distance > 0 or (distance == 0 and not award.above))
    }


def _best_of_delegation(award: BestOfDelegation, placed: Sequence[Placed]) -> Winners:
    best: dict[str, int] = {}
    for who in placed:
        best.setdefault(who.delegation, who.rank)
    return {who.entrant_id: award.id for who in placed if who.delegation and who.rank == best[who.delegation]}
