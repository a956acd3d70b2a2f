"""What can be wrong beside the tree of groups: sections of the standards specification, penalties, states."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from competition.schemes.check import places
from competition.schemes.check.places import Faults, above_zero, fault, listed, not_below_zero
from competition.scoring.rounding import trimmed
from schemas.problems import N_
from schemas.scheme import Penalty, Scheme


def of_sections(scheme: Scheme) -> Faults:
    """Weights against the points of the aspects, within the tolerance that the scheme states."""
    yield from not_below_zero(scheme.section_tolerance, "$.section_tolerance")
    known = {section.id for section in scheme.sections}
    points: dict[str, Decimal] = defaultdict(Decimal)
    for at, aspect in places.aspects(scheme):
        if aspect.section is not None and aspect.section not in known:
            sentence = N_("{aspect} belongs to section “{id}”, which this scheme does not have. Correct it.")
            yield fault(f"{at}.section", sentence, aspect=aspect.id, id=aspect.section)
        elif aspect.section is None and scheme.sections:
            yield fault(f"{at}.section", N_("{aspect} belongs to no section. Name one of them."), aspect=aspect.id)
        else:
            points[aspect.section or ""] += aspect.points
    if scheme.sections:
        yield from _of_weights(scheme, points)


def _of_weights(scheme: Scheme, points: dict[str, Decimal]) -> Faults:
    for at, section in listed(scheme.sections, "$.sections"):
        yield from above_zero(section.weight, f"{at}.weight")
    weights = sum((section.weight for section in scheme.sections), Decimal(0))
    of_aspects = sum((aspect.points for aspect in scheme.aspects()), Decimal(0))
    if weights != of_aspects:
        sentence = N_("The sections' weights sum to {sum}, the aspects to {points} points. Make the two agree.")
        yield fault("$.sections", sentence, sum=weights, points=of_aspects)
    off = {section.id: points[section.id] - section.weight for section in scheme.sections}
    far = sum((abs(by) for by in off.values()), Decimal(0))
    if far > max(scheme.section_tolerance, Decimal(0)):
        named = "; ".join(f"{id_} {trimmed(by):+f}" for id_, by in off.items() if by)
        sentence = N_("The aspects are {sum} points off their sections, more than {tolerance}: {named}. Move points.")
        yield fault("$.sections", sentence, sum=far, tolerance=scheme.section_tolerance, named=named)


def of_breaches(scheme: Scheme) -> Faults:
    """Penalties, the cap over all of them, and what states mean."""
    for at, penalty in listed(scheme.penalties, "$.penalties"):
        yield from _of_penalty(penalty, at)
    if scheme.penalty_cap is not None:
        yield from above_zero(scheme.penalty_cap, "$.penalty_cap")
        caps = [penalty.cap for penalty in scheme.penalties if penalty.cap is not None]
        if len(caps) == len(scheme.penalties) and sum(caps) <= scheme.penalty_cap:
            sentence = N_("All penalties together take {sum} at most, so the cap of {cap} cannot bite. Take it out.")
            yield fault("$.penalty_cap", sentence, sum=sum(caps), cap=scheme.penalty_cap)
    seen = set()
    for at, rule in listed(scheme.states, "$.states"):
        if rule.state in seen:
            yield fault(f"{at}.state", N_("The state {state} has a rule already. Join the two."), state=rule.state)
        seen.add(rule.state)


def _of_penalty(penalty: Penalty, place: str) -> Faults:
    """Who is out by a breach need not lose points as well."""
    if penalty.each < 0 or (penalty.each == 0 and penalty.out_at is None):
        yield fault(f"{place}.each", N_("The penalty {id} takes nothing. Write a figure above 0."), id=penalty.id)
    if penalty.cap is not None and penalty.cap < penalty.each:
        sentence = N_("The penalty {id} takes {each} each time but {cap} at most. Raise the cap.")
        yield fault(f"{place}.cap", sentence, id=penalty.id, each=penalty.each, cap=penalty.cap)
    if penalty.out_at is not None:
        yield from above_zero(Decimal(penalty.out_at), f"{place}.out_at")
