"""Cuts: after which stage somebody did not go on."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from competition.scoring.order import has_place
from competition.scoring.tally import Tally
from competition.scoring.within import how_many, within
from schemas.scheme import Cut, Scheme


def cut_of(scheme: Scheme, tallies: Iterable[Tally]) -> dict[UUID, str]:
    """The stage after which somebody with a place did not go on; who is still in has none.

    A cut decides from its first mark on, so that places are right while its stage is still being marked. Those still in who have
    nothing in the stage did not take part and do not go on. What happens in a later stage changes nothing in who came through
    this one: who is ranked last, or has no place but a figure in a later stage, counts by the stage's points like everybody.
    """
    still_in = list(tallies)
    cut: dict[UUID, str] = {}
    for at, stage in enumerate(scheme.stages):
        if stage.cut is None:
            continue
        later = {after.id for after in scheme.stages[at + 1 :]}
        still_in = [tally for tally in still_in if has_place(tally) or not later.isdisjoint(tally.stages)]
        took_part = [tally for tally in still_in if stage.id in tally.stages]
        if not took_part:
            continue
        goes_on = _going_on(stage.cut, stage.id, took_part)
        cut |= {
            tally.entrant_id: stage.id for tally in still_in if has_place(tally) and tally.entrant_id not in goes_on
        }
        still_in = [tally for tally in still_in if tally.entrant_id in goes_on]
    return cut


def _going_on(cut: Cut, stage: str, took_part: list[Tally]) -> set[UUID]:
    """Who of those who took part goes on: within the number, and not below the line."""
    number = how_many(len(took_part), count=cut.top, percent=cut.percent, rounding=cut.rounding)
    best_first = sorted(took_part, key=lambda tally: tally.stages[stage], reverse=True)
    inside = within(best_first, number, cut.ties, equal=lambda tally: tally.stages[stage])
    return {tally.entrant_id for tally in inside if cut.at_least is None or tally.stages[stage] >= cut.at_least}
