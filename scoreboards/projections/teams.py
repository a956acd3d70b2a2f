"""A standing of delegations: places, figures, and the members that count."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from schemas.boards import TeamMember, TeamRow
from schemas.results import TeamPlace
from schemas.staging import TeamTable
from scoreboards.facts import BoardSign, Projection
from scoreboards.projections import LAST, Seen, Sight, head_of, natural, numbered, plain


def teams(sign: BoardSign, sight: Sight) -> Projection:
    """The team standing chosen for the board, or the scheme's first; those without enough members come last."""
    table = _table(sign.settings.team, sight.prospect.teams)
    seen = {one.id: one for one in sight.seen if one.id}
    rows = [_row(place, sight.delegations, seen) for place in (table.places if table else ())]
    rows.sort(key=lambda row: (row.rank or LAST, natural(row.code)))
    return Projection(
        head=msgspec.structs.replace(head_of(sign, sight, "teams"), measure=table.measure if table else None),
        revision=sight.revision,
        rows=numbered(rows),
    )


def _table(team: str, tables: tuple[TeamTable, ...]) -> TeamTable | None:
    return next((table for table in tables if team in ("", table.id)), None)


def _row(place: TeamPlace, codes: Mapping[str, str], seen: Mapping[UUID, Seen]) -> TeamRow:
    members = sorted((seen[member].row for member in place.members if member in seen), key=lambda row: row.place)
    return TeamRow(
        code=codes.get(place.delegation, place.delegation),
        place=0,
        rank=place.rank,
        shared=place.shared,
        name=place.delegation,
        figure=None if place.figure is None else plain(place.figure),
        members=tuple(TeamMember(code=row.code, name=row.name) for row in members),
    )
