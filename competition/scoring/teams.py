"""Standings of delegations: what counts of each ranked member, how many members, and how they are put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from competition.scoring.arithmetic import mean, total
from competition.scoring.medals import MEDALS
from competition.scoring.order import place
from competition.scoring.placed import Placed
from competition.scoring.rounding import figure, rounded, settled
from schemas.closing import Award, Line, Medals, Places, TeamStanding
from schemas.results import TeamPlace

Member = tuple[UUID, Decimal]
"""A ranked member, and what counts of them."""


def team_places(
    standing: TeamStanding,
    placed: Iterable[Placed],
    *,
    delegations: Collection[str],
    medal_points: Mapping[UUID, Decimal],
    places: Places,
) -> tuple[TeamPlace, ...]:
    """Every delegation in order of place, equals by name; then those with too few members, which have no place.

    ``placed`` are in order of place, which decides who counts among equal members where only the best do; ``medal_points`` as
    ``medal_points_of`` gives them, and ``places`` what shared places are called.
    """
    members = _members(standing, placed, medal_points)
    taken = {name: _taken(standing, members.get(name, [])) for name in sorted(delegations)}
    figures = {name: _together(standing, counting) for name, counting in taken.items() if counting}
    by_place = standing.of == "place"
    in_order = sorted(figures, key=lambda name: figures[name] if by_place else figures[name].copy_negate())
    ranked: list[TeamPlace] = []
    for groups, (shared_figure, equals) in enumerate(groupby(in_order, key=figures.__getitem__)):
        names = list(equals)
        rank = place(places, before=len(ranked), sharing=len(names), groups=groups)
        ranked += [_team(name, rank, len(names) > 1, shared_figure, taken[name]) for name in names]
    return (*ranked, *(_team(name, None, False, None, []) for name in taken if name not in figures))


def medal_points_of(
    standing: TeamStanding, awards: Iterable[Award], got: Mapping[UUID, Collection[str]]
) -> dict[UUID, Decimal]:
    """What everybody's medals and line awards are worth; of several the best one."""
    gold, silver, bronze, line = standing.medal_points
    worth: dict[str, Decimal] = {}
    for award in awards:
        match award:
            case Medals():
                worth |= {
                    f"{award.id}:{medal}": points for medal, points in zip(MEDALS, (gold, silver, bronze), strict=True)
                }
            case Line():
                worth[award.id] = line
    return {
        who: max((worth[one] for one in written if one in worth), default=Decimal(0)) for who, written in got.items()
    }


def _members(
    standing: TeamStanding, placed: Iterable[Placed], medal_points: Mapping[UUID, Decimal]
) -> Mapping[str, list[Member]]:
    members: defaultdict[str, list[Member]] = defaultdict(list)
    for who in placed:
        counts = _counts(standing, who, medal_points)
        if counts is not None:
            members[who.delegation].append((who.entrant_id, counts))
    return members


def _counts(standing: TeamStanding, who: Placed, medal_points: Mapping[UUID, Decimal]) -> Decimal | None:
    match standing.of:
        case "total" | "scale":
            return who.figure(standing.of)
        case "place":
            return Decimal(who.rank)
        case "medal_points":
            return medal_points.get(who.entrant_id, Decimal(0))


def _taken(standing: TeamStanding, members: list[Member]) -> list[Member]:
    """The members that count, best first; none where there are too few."""
    if len(members) < standing.fewest:
        return []
    best_first = sorted(members, key=lambda member: settled(member[1]), reverse=standing.of != "place")
    return best_first[: standing.best]


def _together(standing: TeamStanding, members: Sequence[Member]) -> Decimal:
    counted = [counts for _, counts in members]
    combined = total(counted) if standing.combine == "sum" else mean(counted)
    return figure(combined if standing.rounding is None else rounded(combined, standing.rounding))


def _team(name: str, rank: int | None, shared: bool, combined: Decimal | None, members: Iterable[Member]) -> TeamPlace:
    return TeamPlace(
        delegation=name,
        rank=rank,
        shared=shared,
        figure=combined,
        members=tuple(entrant_id for entrant_id, _ in members),
    )
