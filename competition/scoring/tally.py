"""An entrant's figures without the trace: all that places, awards and boards need to know."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from competition.scoring.compute import Computed, aspect_time, capped, compute, sheet_sums
from competition.scoring.plan import Plan, plan_of
from competition.scoring.record import Scored
from competition.scoring.rounding import figure, settled
from schemas.base import Message
from schemas.closing import RankKey
from schemas.results import EntrantState
from schemas.scheme import Scheme


class Tally(Message, frozen=True, kw_only=True):
    """One entrant's figures.

    ``stages`` and ``criteria`` leave out those without any mark: nothing is not zero. ``keys`` has a figure for each key of the
    scheme's ranking, in order; None where there is none (nothing marked, no time, or a majority, which is nobody's alone).
    ``panels`` has, for each sub-criterion that a majority key names, what each judge gave in all. ``last``: behind all others.
    ``uncut`` is the total with every digit it is carried in, where it has no last decimal and ``total`` is cut to be written down.
    """

    entrant_id: UUID
    state: EntrantState
    total: Decimal
    stages: dict[str, Decimal]
    criteria: dict[str, Decimal]
    marked: int
    expected: int
    keys: tuple[Decimal | None, ...]
    panels: dict[str, dict[UUID, Decimal]] = {}  # noqa: RUF012 - msgspec gives each tally its own
    last: bool = False
    uncut: Decimal | None = None

    def exact_total(self) -> Decimal:
        """The total as whatever is made of it is computed: two thirds, and not the twenty-eight digits they are written with."""
        return self.total if self.uncut is None else self.uncut


def tally(scheme: Scheme, record: Scored) -> Tally:
    """The figures of one entrant by ``scheme``: those of ``totals.entrant_result``, without the trace."""
    plan = plan_of(scheme)
    return tally_of(plan, compute(plan, record), record.entrant_id)


def tally_of(plan: Plan, computed: Computed, entrant_id: UUID) -> Tally:
    """The figures of one entrant from what was computed by the plan of the scheme."""
    scheme = plan.scheme
    return Tally(
        entrant_id=entrant_id,
        state=computed.state,
        total=computed.total,
        stages=_figures(computed, [(stage.id, plan.group_places["stage", stage.id]) for stage in scheme.stages]),
        criteria=_figures(computed, [(one.id, plan.group_places["criterion", one.id]) for one in scheme.criteria()]),
        marked=computed.marked,
        expected=plan.expected,
        keys=tuple([_key(plan, computed, key) for key in scheme.ranking]),
        panels={key.id: _panel(plan, computed, key.id) for key in scheme.ranking if key.of == "majority"},
        last=computed.last,
        uncut=None if scheme.rounding or computed.total == settled(computed.sum) else computed.sum,
    )


def _figures(computed: Computed, places: Sequence[tuple[str, int]]) -> dict[str, Decimal]:
    return {id_: figure(points) for id_, place in places if (points := computed.figures[place]) is not None}


def _key(plan: Plan, computed: Computed, key: RankKey) -> Decimal | None:
    """An entrant's figure for one key of the ranking."""
    match key.of:
        case "total":
            return computed.total
        case "penalties":
            return figure(capped(plan.scheme, computed.taken))
        case "majority":
            return None
        case "time":
            place = plan.aspect_places[key.id]
            return aspect_time(plan.aspects[place], computed.readings[place])
        case _:
            points = computed.figures[plan.place(key.of, key.id)]
            return None if points is None else figure(points)


def _panel(plan: Plan, computed: Computed, id: str) -> dict[UUID, Decimal]:
    """What each judge gave in all over a sub-criterion."""
    group = next(group for group in plan.groups if group.place == plan.group_places["sub_criterion", id])
    return {
        judge: figure(points) for judge, points in sheet_sums(plan, group, computed.readings, computed.states).items()
    }
