"""The script of a reveal: all its steps, made once from a result list; and one of invented people to rehearse it with. Pure.

However a contest ends, the best come last and singly. By places everybody who has one is shown, from the last on; by awards those
who have one, from the least award to the best, and then the first three places. Nobody without a place is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from competition.results.prospect import board_awards
from competition.scoring.awards import awards_of
from competition.scoring.order import place
from competition.scoring.placed import Placed
from competition.scoring.scale import scaled
from competition.staging.rules import NoAwardsToShow, NothingToReveal
from schemas.base import Text
from schemas.boards import PodiumRow
from schemas.closing import BestOfDelegation
from schemas.results import PublishedRow
from schemas.scheme import Scheme
from schemas.staging import RevealOrder, RevealScript, RevealStep

MOST_STEPS = 40
"""A ceremony by places has no more steps than this: whoever is further behind is shown first, all in one."""

FEWEST_SINGLE = 10
"""So many places have a step of their own where there are too many, or as many as have an award."""

PODIUM = 3
LAST_TWO, TEENS = 100, range(11, 14)
ORDINALS = {1: "st", 2: "nd", 3: "rd"}

INVENTED_BEST = Decimal("0.96")
INVENTED_STEP = Decimal("0.007")
INVENTED_SPREAD = Decimal("0.7")
INVENTED_DELEGATIONS = 8
SHUFFLE = 7
HUNDREDTHS = Decimal("0.01")


def script(number: int, rows: Sequence[PublishedRow], scheme: Scheme, order: RevealOrder) -> RevealScript:
    """The reveal of the result list with this number, by the scheme that the list was made with.

    Raises ``NothingToReveal`` where nobody has a place, and ``NoAwardsToShow`` where the scheme gives no awards to go by.
    """
    ranked = sorted((row for row in rows if row.rank is not None), key=lambda row: row.rank or 0)
    if not ranked:
        raise NothingToReveal
    winners = _winners(ranked, scheme, entered=len(rows))
    podium_rows = [_podium_row(row, at, winners.get(row.number, ())) for at, row in enumerate(ranked, start=1)]
    awards = board_awards(scheme)
    if order == "awards" and not awards:
        raise NoAwardsToShow
    steps = _by_awards(podium_rows, scheme) if order == "awards" else _by_places(podium_rows)
    return RevealScript(publication=number, order=order, awards=awards, steps=tuple(steps))


def rehearsal(number: int, rows: Sequence[PublishedRow], scheme: Scheme, order: RevealOrder) -> RevealScript:
    """The same ceremony with invented people and totals: as many as have a place, and nothing else that is true."""
    count = sum(row.rank is not None for row in rows)
    return script(number, [_invented(index, count, scheme) for index in range(count)], scheme, order)


def _winners(ranked: Sequence[PublishedRow], scheme: Scheme, *, entered: int) -> dict[int, tuple[str, ...]]:
    """The awards of everybody on a list, by contestant number, worked out from the list itself."""
    ids = {row.number: UUID(int=row.number) for row in ranked}
    on_scale, _ = scaled(scheme.scale, {ids[row.number]: row.total for row in ranked})
    placed = [
        Placed(
            entrant_id=ids[row.number],
            rank=row.rank or 0,
            total=row.total,
            scaled=on_scale.get(ids[row.number]),
            delegation=row.delegation,
        )
        for row in ranked
    ]
    return {winner.int: awards for winner, awards in awards_of(scheme.awards, placed, entered=entered).items()}


def _by_places(rows: Sequence[PodiumRow]) -> list[RevealStep]:
    """From the last place to the first, those who share one together; too many begin with one long list."""
    groups = [tuple(group) for _, group in groupby(rows, key=lambda row: row.rank)]
    single = len(groups)
    if single > MOST_STEPS:
        awarded = max((at for at, group in enumerate(groups, start=1) if any(row.awards for row in group)), default=0)
        single = min(max(awarded, FEWEST_SINGLE), MOST_STEPS - 1)
    behind = tuple(row for group in groups[single:] for row in group)
    steps = [RevealStep(heading=_from_place(behind[0].rank or 0), rows=behind)] if behind else []
    return steps + [RevealStep(heading=_place(group[0].rank or 0), rows=group) for group in reversed(groups[:single])]


def _by_awards(rows: Sequence[PodiumRow], scheme: Scheme) -> list[RevealStep]:
    """From the least award to the best, each with those whose best it is; then the first three places.

    What is given to the best of each delegation besides everything else ranks behind all other awards: it must give nobody away.
    """
    besides = {award.id for award in scheme.awards if isinstance(award, BestOfDelegation)}
    awards = sorted(board_awards(scheme), key=lambda award: award.id in besides)
    podium = [row for row in rows if (row.rank or 0) <= PODIUM]
    best = {row.code: next(award.id for award in awards if award.id in row.awards) for row in rows if row.awards}
    on_podium = {row.code for row in podium}
    steps = []
    for award in reversed(awards):
        winners = tuple(row for row in rows if best.get(row.code) == award.id and row.code not in on_podium)
        if winners:
            steps.append(RevealStep(heading=award.name, rows=winners))
    return steps + _by_places(podium)


def _podium_row(row: PublishedRow, at: int, awards: Iterable[str]) -> PodiumRow:
    return PodiumRow(
        code=row.code or f"#{row.number}",
        place=at,
        rank=row.rank,
        shared=row.shared,
        name=row.name,
        delegation=row.delegation,
        total=_without_exponent(row.total),
        awards=tuple(awards),
    )


def _without_exponent(total: Decimal) -> Decimal:
    """A total as any client can read it: 1E+2 is 100, and what is less than a millionth is nothing."""
    return Decimal(round(total)) if "E" in str(total) else total


def _place(rank: int) -> Text:
    return Text(zh=f"第{rank}名", en=f"{_ordinal(rank)} place")


def _from_place(rank: int) -> Text:
    return Text(zh=f"第{rank}名及以后", en=f"{_ordinal(rank)} place and below")


def _ordinal(number: int) -> str:
    ending = "th" if number % LAST_TWO in TEENS else ORDINALS.get(number % 10, "th")
    return f"{number}{ending}"


def _invented(index: int, count: int, scheme: Scheme) -> PublishedRow:
    """Somebody who is nobody, in order of place; the name says so in both languages."""
    most = sum((stage.points if stage.weight is None else stage.weight for stage in scheme.stages), Decimal(0))
    behind = index * min(INVENTED_STEP, INVENTED_SPREAD / count)
    number = 1 + (index * SHUFFLE % count if count % SHUFFLE else index)  # numbers do not follow the places
    return PublishedRow(
        rank=place(scheme.places, before=index, sharing=1, groups=index),
        shared=False,
        code=f"R{number:02}",
        number=number,
        name=f"选手 Entrant {number:02}",
        delegation=f"代表队 Delegation {number % INVENTED_DELEGATIONS + 1}",
        state="competing",
        total=(most * (INVENTED_BEST - behind)).quantize(HUNDREDTHS),
        stages={},
        criteria={},
    )
