"""The benches of the sessions, who works there, how far their marks are, and the sessions' clocks."""

from __future__ import annotations

import msgspec

from schemas.boards import BenchRow
from scoreboards.facts import BoardSign, PlaceFacts, Projection
from scoreboards.projections import Seen, Sight, head_of, numbered


def benches(sign: BoardSign, sight: Sight) -> Projection:
    """Every drawn place of all sessions, or of the one chosen for the board: of that alone is the clock, too."""
    only = sign.settings.session
    seen = {one.id: one for one in sight.seen if one.id}
    rows = [
        _row(place, seen[place.entrant_id])
        for place in sight.places
        if place.entrant_id in seen and only in (None, place.session)
    ]
    rows.sort(key=lambda row: (row.session, row.bench))
    sessions = tuple(session for session in sight.sessions if only in (None, session.number))
    return Projection(
        head=msgspec.structs.replace(head_of(sign, sight, "benches"), sessions=sessions),
        revision=sight.revision,
        rows=numbered(rows),
    )


def _row(place: PlaceFacts, one: Seen) -> BenchRow:
    return BenchRow(
        code=one.row.code,
        place=0,
        session=place.session,
        bench=place.bench,
        name=one.row.name,
        delegation=one.row.delegation,
        state=one.row.state,
        progress=one.row.progress,
        extra=place.extra,
    )
