"""Who goes on to the next tier, who stands by, and who does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from competition.scoring.placed import Placed
from competition.scoring.within import how_many, within
from schemas.closing import Advancement

Advance = Literal["yes", "substitute", "no"]


def advance_of(rule: Advancement, placed: Sequence[Placed]) -> dict[UUID, Advance]:
    """Whether each of those in order of place goes on.

    Those below the line and those beyond their delegation's number leave the queue first; then the number is taken from the front
    of it, and the substitutes from what remains: nobody stands by who could not have gone on. A tie at any of these numbers is in
    or out as the rule says.
    """
    number = how_many(len(placed), count=rule.top, percent=rule.percent, rounding=rule.rounding)
    best = _best_places(placed)

    def turn(who: Placed) -> tuple[bool, int]:
        """When this entrant's turn is; the same for equals."""
        is_one_of_each = rule.one_of_each and best.get(who.delegation) == who.rank
        return not is_one_of_each, who.rank

    queue = sorted(_within_quota(rule, placed), key=turn)
    go_on = within(queue, number, rule.ties, equal=turn)
    stand_by = within(queue[len(go_on) :], rule.substitutes, rule.ties, equal=turn)
    advance: dict[UUID, Advance] = {who.entrant_id: "no" for who in placed}
    advance |= {who.entrant_id: "yes" for who in go_on}
    advance |= {who.entrant_id: "substitute" for who in stand_by}
    return advance


def _best_places(placed: Sequence[Placed]) -> dict[str, int]:
    """The best place within each delegation; who belongs to none is nobody's best."""
    best: dict[str, int] = {}
    for who in placed:
        if who.delegation:
            best.setdefault(who.delegation, who.rank)
    return best


def _within_quota(rule: Advancement, placed: Sequence[Placed]) -> list[Placed]:
    """Those at or above the line and within what their delegation may send, in order of place; no delegation, no quota."""
    above = [who for who in placed if rule.at_least is None or who.total >= rule.at_least]
    delegations = defaultdict(list)
    for who in above:
        delegations[who.delegation].append(who)
    sent = {
        who.entrant_id
        for delegation, members in delegations.items()
        for who in within(
            members, rule.most_per_delegation if delegation else None, rule.ties, equal=lambda who: who.rank
        )
    }
    return [who for who in above if who.entrant_id in sent]
