"""Gold, silver and bronze: shared within a window of the figure, and what sharing leaves for the next medal.

The rule of the WorldSkills Competition; which figure, how wide the window and whether it chains are the scheme's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

from competition.scoring.placed import Placed
from competition.scoring.rounding import EXACT, settled
from schemas.closing import Medals

MEDALS: tuple[Literal["gold"], Literal["silver"], Literal["bronze"]] = ("gold", "silver", "bronze")
"""The medals, best first; an entrant's medal is written ``id:gold``."""


def medals_of(award: Medals, placed: Sequence[Placed]) -> dict[UUID, str]:
    """Who of those in order of place gets which medal; of those who share a place, the one with the higher figure comes first."""
    field = [(who, figure) for who in placed if (figure := who.figure(award.of)) is not None]
    field.sort(key=lambda each: (each[0].rank, each[1].copy_negate()))
    gold, silver, bronze = _counts(award, [figure for _, figure in field])
    medals = ["gold"] * gold + ["silver"] * silver + ["bronze"] * bronze
    kinds = MEDALS[: _kinds(award, len(placed))]
    return {
        who.entrant_id: f"{award.id}:{medal}" for (who, _), medal in zip(field, medals, strict=False) if medal in kinds
    }


def _kinds(award: Medals, ranked: int) -> int:
    """How many kinds of medals a field of this size gets."""
    if not award.small_fields:
        return len(MEDALS)
    return max((small.medals for small in award.small_fields if small.entrants <= ranked), default=0)


def _counts(award: Medals, figures: Sequence[Decimal]) -> tuple[int, int, int]:
    """How many gold, silver and bronze there are for these figures in order of place."""
    gold = _sharing(award, figures)
    behind = figures[gold:]
    if gold > 2:  # noqa: PLR2004 - the rule's own number: a third gold takes silver's and bronze's place
        return gold, 0, _sharing(award, behind, next_to=figures[gold - 1])
    if gold == 2:  # noqa: PLR2004 - a second gold takes silver's place
        return gold, 0, _sharing(award, behind)
    silver = _sharing(award, behind)
    last_silver = behind[silver - 1] if silver > 1 else None
    return gold, silver, _sharing(award, behind[silver:], next_to=last_silver)


def _sharing(award: Medals, figures: Sequence[Decimal], *, next_to: Decimal | None = None) -> int:
    """How many of the first in order are within the window of ``next_to``; without it, of the first of them."""
    count = 0
    for figure in figures:
        if next_to is None:
            next_to = figure
        if settled(EXACT.subtract(next_to, figure)).copy_abs() > award.window:
            break
        count += 1
        if award.chained:
            next_to = figure
    return count
