"""Places by the scheme's ordered keys, whatever the order of input; equal on every key is a shared place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from uuid import UUID

from competition.scoring.cuts import cut_of
from competition.scoring.majority import wins
from competition.scoring.order import MISSING, NO_NUMBERS, UNPLACED, Key, Line, has_place, is_ascending, key_of, place
from competition.scoring.tally import Tally
from schemas.closing import Places
from schemas.results import Ranked
from schemas.scheme import Scheme


def rank(scheme: Scheme, tallies: Iterable[Tally], *, numbers: Mapping[UUID, int] = NO_NUMBERS) -> tuple[Ranked, ...]:
    """Everybody in order of place, whatever the order they came in.

    First those who went on from every cut, then the others, the later cut first; behind them those whom a state ranks last. Who
    has no mark yet, or does not compete, has no place: unmarked, absent, unranked, withdrawn, disqualified, in this order.
    ``numbers`` are the entrant numbers, for a scheme whose last resort they are.
    """
    return tuple(places_of(queue(scheme, tallies, numbers=numbers), scheme.places))


def queue(scheme: Scheme, tallies: Iterable[Tally], *, numbers: Mapping[UUID, int]) -> list[Line]:
    """Everybody's line, in order: what the whole field decides, cuts and majorities, is in the keys."""
    tallies = list(tallies)
    cuts = _ahead_by_cuts(scheme, tallies)
    keys = {
        tally.entrant_id: key_of(scheme, tally, numbers=numbers, ahead=cuts.get(tally.entrant_id, ()))
        for tally in tallies
    }
    before = len(next(iter(cuts.values()), ())) + 1
    for index, key in enumerate(scheme.ranking):
        if key.of == "majority":
            placed = [tally for tally in tallies if has_place(tally)]
            _judge_majority(key.id, placed, keys, before + index, ascending=is_ascending(key))
    return sorted((key, entrant_id) for entrant_id, key in keys.items())


def places_of(lines: Iterable[Line], style: Places) -> Iterator[Ranked]:
    """The places of those in order; the styles differ only in what a group of equals is called."""
    before, groups = 0, 0
    for key, equals in groupby(lines, key=lambda line: line[0]):
        entrants = [entrant_id for _, entrant_id in equals]
        rank, shared = None, False
        if key[0] < UNPLACED:
            rank, shared = place(style, before=before, sharing=len(entrants), groups=groups), len(entrants) > 1
        for entrant_id in entrants:
            yield Ranked(entrant_id=entrant_id, rank=rank, shared=shared)
        before, groups = before + len(entrants), groups + 1


def _ahead_by_cuts(scheme: Scheme, tallies: list[Tally]) -> dict[UUID, Key]:
    """What goes before the scheme's keys where there are cuts: how early the cut was, and the points of its stage."""
    if all(stage.cut is None for stage in scheme.stages):
        return {}
    cuts = cut_of(scheme, tallies)
    how_early = {stage.id: before_last for before_last, stage in enumerate(reversed(scheme.stages), start=1)}
    ahead: dict[UUID, Key] = {tally.entrant_id: (0, 0) for tally in tallies}
    for tally in tallies:
        if stage := cuts.get(tally.entrant_id):
            points = tally.stages.get(stage)
            ahead[tally.entrant_id] = (how_early[stage], MISSING if points is None else points.copy_negate())
    return ahead


def _judge_majority(
    sub_criterion: str, placed: list[Tally], keys: dict[UUID, Key], index: int, *, ascending: bool
) -> None:
    """Write into the keys, at ``index``, the wins of each among those whom the keys before leave equal."""

    def before(tally: Tally) -> Key:
        return keys[tally.entrant_id][:index]

    for equal, group in groupby(sorted(placed, key=before), key=before):
        judged = [tally for tally in group if tally.panels.get(sub_criterion)]
        won = wins([tally.panels[sub_criterion] for tally in judged])
        for tally, figure in zip(judged, won, strict=True):
            rest = keys[tally.entrant_id][index + 1 :]
            keys[tally.entrant_id] = (*equal, figure if ascending else -figure, *rest)
