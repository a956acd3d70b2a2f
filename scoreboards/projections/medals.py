"""The medal table: awards by delegation."""

from __future__ import annotations

from collections import Counter, defaultdict

import msgspec

from schemas.boards import MedalRow
from scoreboards.facts import BoardSign, Projection
from scoreboards.projections import Sight, head_of, natural, numbered


def medals(sign: BoardSign, sight: Sight) -> Projection:
    """Every delegation that has an award, ranked by how many of the best, equals by the next, and so on."""
    awards = sight.prospect.awards
    counts = _counts(sight, tuple(award.id for award in awards))
    ahead = sorted(counts.values(), reverse=True)
    rows = [
        MedalRow(
            code=sight.delegations.get(name, name),
            place=0,
            rank=ahead.index(count) + 1,
            shared=ahead.count(count) > 1,
            name=name,
            counts=count,
        )
        for name, count in counts.items()
    ]
    rows.sort(key=lambda row: (row.rank, natural(row.code)))
    return Projection(
        head=msgspec.structs.replace(head_of(sign, sight, "medals"), awards=awards),
        revision=sight.revision,
        rows=numbered(rows),
    )


def _counts(sight: Sight, awards: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    won: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in sight.seen:
        won[one.row.delegation].update(sight.prospect.winners.get(one.id, ()) if one.id else ())
    counts = {name: tuple(delegation[award] for award in awards) for name, delegation in won.items()}
    return {name: count for name, count in counts.items() if any(count)}
