"""Closing: everything that is made of the totals, once, by the scheme's own rules: places, scale, awards, teams, who goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from competition.scoring.advancement import Advance, advance_of
from competition.scoring.awards import awards_of
from competition.scoring.cuts import cut_of
from competition.scoring.placed import Placed
from competition.scoring.ranking import rank
from competition.scoring.scale import scaled
from competition.scoring.tally import Tally
from competition.scoring.teams import medal_points_of, team_places
from schemas.results import Closed, Closing, Contender
from schemas.scheme import Scheme


def close(scheme: Scheme, tallies: Iterable[Tally], contenders: Iterable[Contender]) -> Closing:
    """What these figures come to; ``contenders`` say everybody's number and delegation.

    Everybody with figures is listed; scale, awards, teams and advancement look only at those with a place. ``entered``, the base
    of an award, counts everybody who has figures or is a contender.
    """
    figures = {tally.entrant_id: tally for tally in tallies}
    by_id = {contender.entrant_id: contender for contender in contenders}
    ranked = rank(scheme, figures.values(), numbers={id_: contender.number for id_, contender in by_id.items()})
    totals = {row.entrant_id: figures[row.entrant_id].exact_total() for row in ranked if row.rank is not None}
    on_scale, inputs = scaled(scheme.scale, totals)
    placed = [
        Placed(
            entrant_id=row.entrant_id,
            rank=row.rank,
            total=totals[row.entrant_id],
            scaled=on_scale.get(row.entrant_id),
            delegation=by_id[row.entrant_id].delegation if row.entrant_id in by_id else "",
        )
        for row in ranked
        if row.rank is not None
    ]
    awards = awards_of(scheme.awards, placed, entered=len(figures.keys() | by_id.keys()))
    advance: Mapping[UUID, Advance] = advance_of(scheme.advancement, placed) if scheme.advancement else {}
    cut = cut_of(scheme, figures.values())
    delegations = {contender.delegation for contender in by_id.values() if contender.delegation}
    return Closing(
        entrants=tuple(
            Closed(
                entrant_id=row.entrant_id,
                rank=row.rank,
                shared=row.shared,
                total=figures[row.entrant_id].total,
                scaled=on_scale.get(row.entrant_id),
                awards=awards.get(row.entrant_id, ()),
                advances=advance.get(row.entrant_id, "no") if scheme.advancement else None,
                cut=cut.get(row.entrant_id),
            )
            for row in ranked
        ),
        teams={
            standing.id: team_places(
                standing,
                placed,
                delegations=delegations,
                medal_points=medal_points_of(standing, scheme.awards, awards),
                places=scheme.places,
            )
            for standing in scheme.teams
        },
        scale_inputs=inputs,
    )
