"""What is made of a publication's totals: scaled figures, awards, team standings and who goes on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Literal
from uuid import UUID

from competition.exports.sheet import Cell, Column
from competition.plumbing.locale import text, translate
from competition.scoring.awards import award_names
from competition.scoring.closing import close
from competition.scoring.record import EntrantRecord, fold_all
from competition.scoring.tally import tally
from schemas.base import Message, Text
from schemas.marks import Entry
from schemas.package import Package
from schemas.problems import N_
from schemas.results import Closed, Contender, PublishedRow, TeamPlace
from schemas.scheme import Scheme

GOES_ON = {"yes": N_("goes on"), "substitute": N_("substitute")}

MOST_DECIMALS = 4
"""How many decimals the figures of a team standing share at most."""


class Honours(Message):
    """What the totals of a publication come to, by contestant number and by team standing; empty where the scheme makes nothing."""

    entrants: dict[int, Closed]
    teams: dict[str, tuple[TeamPlace, ...]]


class TeamLine(Message):
    """A delegation in a team standing; ``members`` are those its figure is made of, by code and name."""

    rank: int | None
    shared: bool
    delegation: str
    figure: Decimal | None
    members: tuple[str, ...]


class TeamTable(Message):
    """One team standing: its name in the current language, its lines, and with how many decimals its figures are written."""

    name: str
    places: int
    lines: tuple[TeamLine, ...]


def honours_of(package: Package) -> Honours:
    """Close the contest of a package by its scheme, as far as its ledger goes."""
    if not has_honours(package.scheme):
        return Honours(entrants={}, teams={})
    entries: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in package.ledger:
        entries[entry.entrant_id].append(entry)
    closing = close(
        package.scheme,
        [tally(package.scheme, _record(one.id, entries[one.id])) for one in package.entrants],
        [Contender(entrant_id=one.id, number=one.number, delegation=one.delegation) for one in package.entrants],
    )
    numbers = {one.id: one.number for one in package.entrants}
    return Honours(entrants={numbers[one.entrant_id]: one for one in closing.entrants}, teams=closing.teams)


def has_honours(scheme: Scheme) -> bool:
    """Whether anything is made of the totals by this scheme."""
    return bool(scheme.teams) or has_awards(scheme)


def has_awards(scheme: Scheme) -> bool:
    """Whether anything is made of an entrant's total besides the place."""
    return bool(scheme.scale or scheme.awards or scheme.advancement or _has_cut(scheme))


def honour_columns(scheme: Scheme, honours: Honours) -> tuple[Column, ...]:
    """What an entrant's total comes to, each column only where the scheme has it."""
    awards, stages = award_names(scheme), {stage.id: stage.name for stage in scheme.stages}
    columns: list[Column] = []
    if scheme.scale:
        columns.append(_column("scaled", N_("Scaled"), "points", SCALED, honours, lambda closed: closed.scaled))
    if scheme.awards:
        columns.append(_column("awards", N_("Awards"), "text", AWARDS, honours, lambda closed: _awards(closed, awards)))
    if scheme.advancement:
        columns.append(_column("advances", N_("Goes on"), "text", ADVANCES, honours, _advances))
    if _has_cut(scheme):
        columns.append(_column("cut", N_("Cut after"), "text", CUT, honours, lambda closed: _cut(closed, stages)))
    return tuple(columns)


def scaled_places(scheme: Scheme) -> int:
    """How many decimals a scaled figure is written with."""
    return scheme.scale.rounding.places if scheme.scale else 0


def team_tables(scheme: Scheme, honours: Honours, rows: Iterable[PublishedRow]) -> tuple[TeamTable, ...]:
    """The team standings in the scheme's order; none while nobody's delegation is known."""
    names = {
        honours.entrants[row.number].entrant_id: f"{row.code} {row.name}".strip()
        for row in rows
        if row.number in honours.entrants
    }
    return tuple(
        TeamTable(
            name=text(standing.name),
            places=standing.rounding.places if standing.rounding else _places(honours.teams[standing.id]),
            lines=tuple(_team_line(team, names) for team in honours.teams[standing.id]),
        )
        for standing in scheme.teams
        if honours.teams.get(standing.id)
    )


def _record(entrant_id: UUID, entries: Iterable[Entry]) -> EntrantRecord:
    return fold_all(EntrantRecord(entrant_id=entrant_id), entries)


def _has_cut(scheme: Scheme) -> bool:
    return any(stage.cut for stage in scheme.stages)


def _column(
    id: str,
    heading: str,
    kind: Literal["text", "points"],
    about: str,
    honours: Honours,
    of: Callable[[Closed], Cell],
) -> Column:
    def cell(row: PublishedRow) -> Cell:
        closed = honours.entrants.get(row.number)
        return None if closed is None else of(closed)

    return Column(id=id, heading=translate(heading), kind=kind, about=about, of=cell)


def _awards(closed: Closed, names: Mapping[str, Text]) -> str:
    return translate(", ").join(text(names[award]) for award in closed.awards)


def _advances(closed: Closed) -> str:
    return translate(GOES_ON[closed.advances]) if closed.advances in GOES_ON else ""


def _cut(closed: Closed, stages: Mapping[str, Text]) -> str:
    return text(stages[closed.cut]) if closed.cut else ""


def _team_line(team: TeamPlace, names: Mapping[UUID, str]) -> TeamLine:
    return TeamLine(
        rank=team.rank,
        shared=team.shared,
        delegation=team.delegation,
        figure=team.figure,
        members=tuple(names.get(member, "") for member in team.members),
    )


def _places(teams: Iterable[TeamPlace]) -> int:
    """As many decimals as the longest of the figures has, up to a point, so that they stand below each other."""
    return min(MOST_DECIMALS, max((_decimals(team.figure) for team in teams if team.figure is not None), default=0))


def _decimals(figure: Decimal) -> int:
    return len(f"{figure:f}".partition(".")[2])


SCALED = N_("The total on the scale of the marking scheme.")
AWARDS = N_("The awards of the entrant, by name.")
ADVANCES = N_("Says whether the entrant goes on to the next tier, or is a substitute; empty for everybody else.")
CUT = N_("The stage after which the entrant did not go on within the event.")
