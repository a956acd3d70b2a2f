"""What can be wrong with gates: they look at nothing, at themselves or in a circle, never open, or are always open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from competition.schemes.check import places
from competition.schemes.check.places import Faults, Group, fault, parts_of
from competition.scoring.points import least_points
from schemas.aspects import Aspect
from schemas.problems import N_
from schemas.scheme import Criterion, Gate, Scheme, Stage, SubCriterion

Node = tuple[str, str]
"""A part of the scheme: the word that gates have for its kind, and its id."""

Needs = Mapping[Node, list[Node]]
"""What each part waits for."""


def of_gates(scheme: Scheme) -> Faults:
    """Every gate."""
    located = list(_located(scheme))
    parts = {_node(part): part for _, part in located}
    below = {_node(part): [_node(one) for one in _parts_of(part)] for _, part in located}
    gates = {_node(part): [(gate.of, gate.id)] if (gate := _gate_of(part)) else [] for _, part in located}
    needs = {node: [*below[node], *gates[node]] for node in below}
    for at, part in located:
        if gate := _gate_of(part):
            yield from _of_target(_node(part), gate, below, needs, f"{at}.gate.id")
            if target := parts.get((gate.of, gate.id)):
                yield from _of_height(gate, target, f"{at}.gate.at_least")


def _of_target(node: Node, gate: Gate, below: Needs, needs: Needs, place: str) -> Faults:
    target = (gate.of, gate.id)
    if target not in needs:
        sentence = N_(
            "The gate looks at “{id}”, which this scheme does not have. Correct the id, or take the gate out."
        )
        yield fault(place, sentence, id=gate.id)
    elif node in _reached(target, needs):
        sentence = N_("This gate looks at points that wait for {id} themselves. Let it look at a part that does not.")
        yield fault(place, sentence, id=node[1])
    elif target in _reached(node, below):
        sentence = N_("This gate looks at a part of {id} itself. Let it look at another part.")
        yield fault(place, sentence, id=node[1])


def _of_height(gate: Gate, target: Group | Aspect, place: str) -> Faults:
    if gate.at_least > target.points:
        sentence = N_("{at_least} is above the {points} points of {id}: the gate never opens. Lower it.")
        yield fault(place, sentence, at_least=gate.at_least, points=target.points, id=gate.id)
    elif gate.at_least <= _fewest(target):
        sentence = N_("{id} never has fewer than {at_least} points: the gate is always open. Raise it, or take it out.")
        yield fault(place, sentence, at_least=gate.at_least, id=gate.id)


def _fewest(part: Group | Aspect) -> Decimal:
    """The fewest points that a part can have, if its readings are as bad as can be."""
    match part:
        case Stage() | Criterion() | SubCriterion():
            return part.floor if part.gate is None else min(part.floor, Decimal(0))
        case _:
            return min(least_points(part), Decimal(0))


def _located(scheme: Scheme) -> Iterator[tuple[str, Group | Aspect]]:
    yield from places.stages(scheme)
    yield from places.criteria(scheme)
    yield from places.sub_criteria(scheme)
    yield from places.aspects(scheme)


def _node(part: Group | Aspect) -> Node:
    match part:
        case Stage():
            return "stage", part.id
        case Criterion():
            return "criterion", part.id
        case SubCriterion():
            return "sub_criterion", part.id
        case _:
            return "aspect", part.id


def _parts_of(part: Group | Aspect) -> tuple[Group | Aspect, ...]:
    return parts_of(part) if isinstance(part, Group) else ()


def _gate_of(part: Group | Aspect) -> Gate | None:
    return part.gate if isinstance(part, Group) else None


def _reached(start: Node, edges: Needs) -> set[Node]:
    """``start`` and all that can be reached from it."""
    reached, ahead = {start}, [start]
    while ahead:
        new = [node for node in edges.get(ahead.pop(), ()) if node not in reached]
        reached.update(new)
        ahead.extend(new)
    return reached
