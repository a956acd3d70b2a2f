"""A scheme made ready for scoring many entrants: every part by its place in one list, in an order that each can be computed in.

Made once for a scheme and kept. What a reading gives is remembered by aspect, for among thousands of entrants readings repeat.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Literal

from competition.scoring.explain import mark_points
from competition.scoring.panels import combined
from competition.scoring.points import exact_points, highest_score, least_points, most_points
from competition.scoring.remembered import Remembered
from competition.scoring.rounding import EXACT, figure, rounded
from schemas.aspects import Aspect, Score
from schemas.base import Text
from schemas.marks import MarkState, WithoutReading
from schemas.scheme import Criterion, Gate, Panel, Scheme, Stage, StateRule, SubCriterion

Bound = Literal["least", "most"]

Group = SubCriterion | Criterion | Stage

MOST_TOLD = 2_000
"""Readings of an aspect whose steps are remembered: texts are large."""

USUAL: dict[WithoutReading, StateRule] = {
    "not_measured": StateRule(state="not_measured"),
    "absent": StateRule(state="absent"),
    "not_attempted": StateRule(state="not_attempted"),
    "did_not_finish": StateRule(state="did_not_finish"),
    "disqualified": StateRule(state="disqualified", rank="none"),
    "excluded": StateRule(state="excluded"),
}


class AspectPlan:
    """An aspect and the panel that marks it.

    ``judged[values]`` are one judge's points, exact, and rounded where the panel says so, unless that belongs to the judge's whole
    sheet; ``told[values, state]`` the same as a figure to write down, with the steps to it; ``figure[points]`` the figure that the
    judges' points come to: combined, times the factor, rounded.
    """

    __slots__ = ("aspect", "factor", "figure", "judged", "judges", "panel", "told")

    def __init__(self, aspect: Aspect, panel: Panel) -> None:
        self.aspect, self.panel = aspect, panel
        self.judges = aspect.judges or panel.judges
        self.factor = aspect.factor if isinstance(aspect, Score) and aspect.factor != 1 else None
        self.judged = Remembered(self._judge)
        self.told = Remembered(self._tell, MOST_TOLD)
        self.figure = Remembered(self._combine)

    def _judge(self, values: tuple[Decimal, ...]) -> Decimal:
        points = exact_points(self.aspect, values)
        each = self.panel.each if self.panel.by == "aspect" else None
        return points if each is None else rounded(points, each)

    def _tell(self, reading: tuple[tuple[Decimal, ...], MarkState]) -> tuple[Decimal, tuple[Text, ...]]:
        values, state = reading
        points, steps = mark_points(self.aspect, values, state)
        return (figure(self.judged[values]) if state == "marked" else points), steps

    def _combine(self, points: tuple[Decimal, ...]) -> Decimal:
        combination = self.weighed(combined(points, self.panel))
        return combination if self.aspect.rounding is None else rounded(combination, self.aspect.rounding)

    def bound(self, which: Bound) -> Decimal:
        """The least or the most points that one judge can give, before the factor; rounded as the judge's points are."""
        points = self._utmost(which)
        each = self.panel.each if self.panel.by == "aspect" else None
        return points if each is None else rounded(points, each)

    def weighed(self, points: Decimal) -> Decimal:
        """``points`` times the factor of the component."""
        return points if self.factor is None else EXACT.multiply(points, self.factor)

    def _utmost(self, which: Bound) -> Decimal:
        if not isinstance(self.aspect, Score):
            return least_points(self.aspect) if which == "least" else most_points(self.aspect)
        return self.aspect.least if which == "least" else highest_score(self.aspect)


@dataclass(slots=True, eq=False)
class GroupPlan:
    """A group: where it and its parts stand in the list, and what is done to their sum.

    ``scale`` is what the sum is multiplied by and divided by; ``exclusive`` are lists of parts of which only the best counts.
    """

    group: Group
    place: int
    parts: tuple[int, ...]
    scale: tuple[Decimal, Decimal] | None
    exclusive: tuple[tuple[int, ...], ...]
    gate: tuple[int, Decimal] | None
    by_sheet: bool


@dataclass(slots=True, eq=False)
class Plan:
    """A scheme, its aspects and groups in one list of places (aspects first), and its groups in the order of computing."""

    scheme: Scheme
    aspects: tuple[AspectPlan, ...]
    aspect_places: dict[str, int]
    group_places: dict[tuple[str, str], int]
    groups: tuple[GroupPlan, ...]
    rules: dict[WithoutReading, StateRule]
    expected: int

    @property
    def places(self) -> int:
        """How many places the list has."""
        return len(self.aspects) + len(self.groups)

    def place(self, of: str, id: str) -> int:
        """The place of an aspect or a group by its id."""
        return self.aspect_places[id] if of == "aspect" else self.group_places[of, id]


@lru_cache(32)
def plan_of(scheme: Scheme) -> Plan:
    """The plan of a scheme without faults."""
    aspects = tuple(AspectPlan(aspect, sub.panel) for sub in scheme.sub_criteria() for aspect in sub.aspects)
    aspect_places = {plan.aspect.id: place for place, plan in enumerate(aspects)}
    named = [(kind, group) for kind, group, _ in _groups(scheme)]
    group_places = {(kind, group.id): len(aspects) + place for place, (kind, group) in enumerate(named)}
    groups = tuple(_group_plans(scheme, aspect_places, group_places))
    return Plan(
        scheme=scheme,
        aspects=aspects,
        aspect_places=aspect_places,
        group_places=group_places,
        groups=_in_order(groups),
        rules=USUAL | {rule.state: rule for rule in scheme.states},
        expected=sum(plan.judges for plan in aspects),
    )


def fullest(group: Group) -> Decimal:
    """The most that the parts of a group come to; of exclusive aspects only the greatest."""
    if not isinstance(group, SubCriterion):
        parts: Sequence[Group] = group.criteria if isinstance(group, Stage) else group.sub_criteria
        return sum((part.points for part in parts), Decimal(0))
    most = {aspect.id: most_points(aspect) for aspect in group.aspects}
    for ids in group.exclusive:
        best = max(ids, key=most.__getitem__)
        most |= {id_: Decimal(0) for id_ in ids if id_ != best}
    return sum(most.values(), Decimal(0))


def _group_plans(
    scheme: Scheme, aspect_places: dict[str, int], group_places: dict[tuple[str, str], int]
) -> Iterator[GroupPlan]:
    for kind, group, parts in _groups(scheme):
        places = aspect_places if kind == "sub_criterion" else {id_: at for (_, id_), at in _below(kind, group_places)}
        exclusive = group.exclusive if isinstance(group, SubCriterion) else ()
        yield GroupPlan(
            group=group,
            place=group_places[kind, group.id],
            parts=tuple(places[part] for part in parts),
            scale=(group.points, fullest(group)) if group.fit == "scale" else None,
            exclusive=tuple(tuple(aspect_places[id_] for id_ in ids) for ids in exclusive),
            gate=_gate(group.gate, aspect_places, group_places),
            by_sheet=isinstance(group, SubCriterion) and group.panel.by == "sheet",
        )


def _groups(scheme: Scheme) -> Iterator[tuple[str, Group, tuple[str, ...]]]:
    """Every group with its kind and the ids of its parts, from the inside out."""
    for sub in scheme.sub_criteria():
        yield "sub_criterion", sub, tuple(aspect.id for aspect in sub.aspects)
    for criterion in scheme.criteria():
        yield "criterion", criterion, tuple(sub.id for sub in criterion.sub_criteria)
    for stage in scheme.stages:
        yield "stage", stage, tuple(criterion.id for criterion in stage.criteria)


def _below(kind: str, places: dict[tuple[str, str], int]) -> Iterator[tuple[tuple[str, str], int]]:
    inner = {"criterion": "sub_criterion", "stage": "criterion"}[kind]
    return ((named, place) for named, place in places.items() if named[0] == inner)


def _gate(
    gate: Gate | None, aspect_places: dict[str, int], group_places: dict[tuple[str, str], int]
) -> tuple[int, Decimal] | None:
    if gate is None:
        return None
    place = aspect_places[gate.id] if gate.of == "aspect" else group_places[gate.of, gate.id]
    return place, gate.at_least


def _in_order(groups: tuple[GroupPlan, ...]) -> tuple[GroupPlan, ...]:
    """The groups so that each comes after its parts and after what its gate looks at."""
    by_place = {group.place: group for group in groups}
    needs = {
        group.place: {place for place in (*group.parts, *(group.gate or ())[:1]) if place in by_place}
        for group in groups
    }
    return tuple(by_place[int(place)] for place in TopologicalSorter(needs).static_order())
