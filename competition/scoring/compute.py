"""All figures of one entrant, exact and without words: the one calculation behind totals, traces and places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from uuid import UUID

from competition.scoring.panels import combined, counting, together
from competition.scoring.plan import AspectPlan, Bound, GroupPlan, Plan
from competition.scoring.record import Reading, Scored
from competition.scoring.rounding import EXACT, figure, rounded, settled
from competition.scoring.timed import time_of
from schemas.aspects import Time
from schemas.marks import WithoutReading
from schemas.results import EntrantState
from schemas.scheme import Panel, Penalty, Scheme, StateRule

ZERO = Decimal(0)

GRAVEST_FIRST: tuple[WithoutReading, ...] = (
    "disqualified",
    "did_not_finish",
    "absent",
    "not_attempted",
    "not_measured",
    "excluded",
)
"""Which state an aspect has when its judges give different ones and none a reading."""


@dataclass(slots=True)
class Computed:
    """One entrant's exact figures by the places of a plan; None where nothing, or too little, is marked.

    ``sums`` are those of the groups' parts, before anything is done to them; ``states`` say why aspects have no reading. ``taken``
    is what each penalty takes, ``contributions`` what each stage gives to the total, ``sum`` the total before its rounding.
    """

    readings: Sequence[Sequence[Reading]]
    figures: list[Decimal | None]
    sums: dict[int, Decimal]
    states: dict[int, WithoutReading]
    contributions: tuple[Decimal, ...]
    taken: tuple[Decimal, ...]
    sum: Decimal
    total: Decimal
    state: EntrantState
    last: bool
    marked: int

    def points(self, place: int) -> Decimal:
        """The points at a place; none where there is no figure."""
        return self.figures[place] or ZERO


Missing = Bound | None
"""What is taken for marks that are not in yet: nothing, or whatever makes the figure the least or the most."""

OUTERMOST: dict[Bound, Callable[[Iterable[Decimal]], Decimal]] = {"least": min, "most": max}


def compute(plan: Plan, record: Scored, *, missing: Missing = None) -> Computed:
    """Every figure of an entrant by the plan of the scheme."""
    with localcontext(EXACT):
        readings = readings_of(plan, record)
        states: dict[int, WithoutReading] = {}
        figures: list[Decimal | None] = [None] * plan.places
        marked = 0
        for place, aspect in enumerate(plan.aspects):
            given = readings[place]
            if given:
                marked += min(len(given), aspect.judges)
            if given or missing is not None:
                figures[place] = _aspect(plan, place, given, states, missing)
        sums: dict[int, Decimal] = {}
        for group in plan.groups:
            points = _sum(plan, group, readings, figures, states, missing)
            if points is not None:
                sums[group.place] = points
                figures[group.place] = _held(group, points, figures, missing)
        contributions = tuple(_contributions(plan, figures))
        taken = tuple(penalty_taken(penalty, record.penalties.get(penalty.id, 0)) for penalty in plan.scheme.penalties)
        rules = [plan.rules[state] for state in states.values()]
        total = _total(plan, contributions, taken, rules)
        return Computed(
            readings=readings,
            figures=figures,
            sums=sums,
            states=states,
            contributions=contributions,
            taken=taken,
            sum=total,
            total=figure(total) if plan.scheme.rounding is None else rounded(total, plan.scheme.rounding),
            state=_state(plan, record, rules),
            last=any(rule.rank == "last" for rule in rules),
            marked=marked,
        )


def readings_of(plan: Plan, record: Scored) -> list[list[Reading]]:
    """The marks in force by the place of their aspect; those of aspects that the scheme does not have are left out."""
    readings: list[list[Reading]] = [[] for _ in plan.aspects]
    places = plan.aspect_places
    for mark in record.marks.values():
        place = places.get(mark.aspect)
        if place is not None:
            readings[place].append(mark)
    return readings


def sheet_sums(
    plan: Plan, group: GroupPlan, readings: Sequence[Sequence[Reading]], states: Mapping[int, WithoutReading]
) -> dict[UUID, Decimal]:
    """What each judge present gives in all over a sub-criterion, as its panel rounds it; judges in a fixed order.

    An aspect without any reading, whose state gives everything, is given by each of them.
    """
    panel = plan.aspects[group.parts[0]].panel
    given = _sheets(plan, group, readings)
    everything = {
        place: plan.aspects[place].aspect.points
        for place in group.parts
        if place in states and plan.rules[states[place]].gives == "everything"
    }
    return {
        judge: _own_sum(group, panel, everything | given[judge]) for judge in sorted(given, key=lambda one: one.int)
    }


def aspect_time(aspect: AspectPlan, given: Sequence[Reading]) -> Decimal | None:
    """The time of a time aspect (seconds): its judges' times combined as their points are; None without any."""
    if not isinstance(aspect.aspect, Time):
        return None
    times = [
        time for mark in given if mark.state == "marked" and (time := time_of(aspect.aspect, mark.values)) is not None
    ]
    if not times:
        return None
    return figure(together([times[place] for place in counting(times, aspect.panel)], aspect.panel))


def is_out(plan: Plan, record: Scored) -> bool:
    """Whether the contest is over for this entrant, whatever is still marked: they left, or were ruled out."""
    return record.withdrawn or _is_ruled_out(plan, record)


def penalty_taken(penalty: Penalty, occurrences: int) -> Decimal:
    """What so many occurrences of a breach take."""
    taken = penalty.each * occurrences
    return taken if penalty.cap is None else min(taken, penalty.cap)


def taken_from(scheme: Scheme, record: Scored) -> Decimal:
    """What an entrant's penalties take together."""
    given = (penalty_taken(penalty, record.penalties.get(penalty.id, 0)) for penalty in scheme.penalties)
    return capped(scheme, given)


def capped(scheme: Scheme, taken: Iterable[Decimal]) -> Decimal:
    """What penalties that take this much by themselves take together."""
    sum_taken = sum(taken, ZERO)
    return sum_taken if scheme.penalty_cap is None else min(sum_taken, scheme.penalty_cap)


def is_open(group: GroupPlan, figures: Sequence[Decimal | None]) -> bool:
    """Whether what the group's gate looks at is enough."""
    return group.gate is None or settled(figures[group.gate[0]] or ZERO) >= group.gate[1]


def _aspect(
    plan: Plan, place: int, given: list[Reading], states: dict[int, WithoutReading], missing: Missing
) -> Decimal | None:
    """The figure of an aspect. The states of aspects that have marks and no reading are noted in ``states``."""
    aspect = plan.aspects[place]
    judged = aspect.judged
    points = tuple([judged[mark.values] for mark in given if mark.state == "marked"])
    if missing is not None and len(given) < aspect.judges:
        without = _without_reading(plan, aspect, given)[1] if given and not points else ZERO
        foreseen = _foreseen(aspect, points, without, aspect.judges - len(given), missing)
        # What stays unmarked adds nothing, and among exclusive aspects that can be less than a figure of zero.
        return None if missing == "least" and not given and foreseen >= ZERO else foreseen
    if not points:
        states[place], figure_without = _without_reading(plan, aspect, given)
        return figure_without
    return _figure(aspect, points)


def _without_reading(plan: Plan, aspect: AspectPlan, given: Sequence[Reading]) -> tuple[WithoutReading, Decimal]:
    """The state of an aspect that has marks and no reading, and what it gives."""
    state = next(state for state in GRAVEST_FIRST if any(mark.state == state for mark in given))
    return state, aspect.aspect.points if plan.rules[state].gives == "everything" else ZERO


def _figure(aspect: AspectPlan, points: tuple[Decimal, ...]) -> Decimal | None:
    if aspect.panel.by == "sheet":
        return aspect.weighed(together(points, aspect.panel))
    if len(points) < min(aspect.panel.fewest, aspect.judges):
        return None
    return aspect.figure[points]


def _foreseen(aspect: AspectPlan, points: tuple[Decimal, ...], without: Decimal, lacking: int, bound: Bound) -> Decimal:
    """The least or most an aspect can come to: any number of the judges lacking give their utmost, the others no reading."""
    utmost = aspect.bound(bound)
    figures = (points + (utmost,) * more for more in range(lacking + 1))
    return OUTERMOST[bound]((_figure(aspect, given) or ZERO) if given else without for given in figures)


def _sum(
    plan: Plan,
    group: GroupPlan,
    readings: Sequence[Sequence[Reading]],
    figures: Sequence[Decimal | None],
    states: Mapping[int, WithoutReading],
    missing: Missing,
) -> Decimal | None:
    """The sum of a group's parts; None while none of them has a figure."""
    if group.by_sheet:
        sums = sheet_sums(plan, group, readings, states)
        panel = plan.aspects[group.parts[0]].panel
        if missing is not None and any(len(readings[place]) < panel.judges for place in group.parts):
            return _foreseen_by_sheet(plan, group, readings, missing)
        if sums:
            return combined(list(sums.values()), panel) if len(sums) >= panel.fewest else None
    marked = {place: points for place in group.parts if (points := figures[place]) is not None}
    return _summed(group, marked) if marked else None


def _held(group: GroupPlan, points: Decimal, figures: Sequence[Decimal | None], missing: Missing) -> Decimal:
    """The sum of a group's parts as it counts: scaled, capped, not below the floor, rounded, through the gate.

    While marks are missing, a gate that is shut at the least may still open, and one that is open at the most may still shut.
    """
    if group.scale is not None:
        points = points * group.scale[0] / group.scale[1]
    points = max(min(points, group.group.points), group.group.floor)
    if group.group.rounding is not None:
        points = rounded(points, group.group.rounding)
    passed = is_open(group, figures)
    if group.gate is not None and missing is not None and passed is (missing == "most"):
        return OUTERMOST[missing]((points, ZERO))
    return points if passed else ZERO


def _foreseen_by_sheet(plan: Plan, group: GroupPlan, readings: Sequence[Sequence[Reading]], bound: Bound) -> Decimal:
    """The least or most a sub-criterion can come to: whatever is open on the sheets there, any number of others at their utmost."""
    panel = plan.aspects[group.parts[0]].panel
    utmost = {place: _utmost(plan, place, bound) for place in group.parts}
    if bound == "least":
        utmost = {place: points for place, points in utmost.items() if points < ZERO}
    sums = [_own_sum(group, panel, utmost | own) for own in _sheets(plan, group, readings).values()]
    other = _own_sum(group, panel, utmost)
    sheets = ([*sums, *[other] * more] for more in range(max(panel.judges - len(sums), 0) + 1))
    return OUTERMOST[bound](combined(given, panel) if len(given) >= panel.fewest else ZERO for given in sheets)


def _utmost(plan: Plan, place: int, bound: Bound) -> Decimal:
    aspect = plan.aspects[place]
    return aspect.weighed(aspect.bound(bound))


def _sheets(plan: Plan, group: GroupPlan, readings: Sequence[Sequence[Reading]]) -> dict[UUID, dict[int, Decimal]]:
    """What each judge present gives for each aspect of a sub-criterion."""
    given: dict[UUID, dict[int, Decimal]] = {}
    for place in group.parts:
        aspect = plan.aspects[place]
        for mark in readings[place]:
            if mark.state == "marked":
                given.setdefault(mark.judge_id, {})[place] = aspect.weighed(aspect.judged[mark.values])
    return given


def _own_sum(group: GroupPlan, panel: Panel, points: Mapping[int, Decimal]) -> Decimal:
    """One judge's sheet in all; where the panel works by sheet, as it rounds it."""
    total = _summed(group, points)
    return total if panel.each is None or panel.by == "aspect" else rounded(total, panel.each)


def _summed(group: GroupPlan, points: Mapping[int, Decimal]) -> Decimal:
    """The sum of the parts; of mutually exclusive ones only the best."""
    if group.exclusive:
        counted = dict(points)
        for places in group.exclusive:
            present = [place for place in places if place in counted]
            for place in sorted(present, key=counted.__getitem__)[:-1]:
                del counted[place]
        points = counted
    return sum(points.values(), ZERO)


def _contributions(plan: Plan, figures: Sequence[Decimal | None]) -> list[Decimal]:
    """What each stage gives to the total: its share of its points in full times its weight, or its points."""
    contributions = []
    for stage in plan.scheme.stages:
        points = figures[plan.group_places["stage", stage.id]] or ZERO
        contributions.append(points if stage.weight is None else points * stage.weight / stage.points)
    return contributions


def _total(
    plan: Plan, contributions: Sequence[Decimal], taken: Sequence[Decimal], rules: Sequence[StateRule]
) -> Decimal:
    if any(rule.total == "zero" for rule in rules):
        return ZERO
    return max(sum(contributions, ZERO) - capped(plan.scheme, taken), plan.scheme.floor)


def _state(plan: Plan, record: Scored, rules: Sequence[StateRule]) -> EntrantState:
    """Absent is who was absent from everything marked so far; a single reading makes them compete."""
    unranked = {rule.state for rule in rules if rule.rank == "none"}
    if "disqualified" in unranked or _is_ruled_out(plan, record):
        return "disqualified"
    if record.withdrawn:
        return "withdrawn"
    if unranked:
        return "unranked"
    places = plan.aspect_places
    if rules and all(mark.state == "absent" for mark in record.marks.values() if mark.aspect in places):
        return "absent"
    return "competing"


def _is_ruled_out(plan: Plan, record: Scored) -> bool:
    """Whether the jury or a penalty has put an end to the contest for this entrant."""
    return record.disqualified or any(
        penalty.out_at is not None and record.penalties.get(penalty.id, 0) >= penalty.out_at
        for penalty in plan.scheme.penalties
    )
