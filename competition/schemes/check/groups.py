"""What can be wrong with stages, criteria and sub-criteria: sums, weights, floors, exclusive lists."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from competition.schemes.check import places
from competition.schemes.check.places import ALL_OF_IT, Faults, Group, above_zero, fault, listed, most_total, parts_of
from schemas.problems import N_
from schemas.scheme import Criterion, Cut, Scheme, Stage, SubCriterion

_PARTS = {Stage: "criteria", Criterion: "sub_criteria", SubCriterion: "aspects"}


def of_groups(scheme: Scheme) -> Faults:
    """Every group by itself, and what the stages are to the total."""
    yield from _of_weights(scheme)
    if scheme.floor > most_total(scheme):
        sentence = N_("The floor {floor} is above the most the total can be, {most}. Lower it.")
        yield fault("$.floor", sentence, floor=scheme.floor, most=most_total(scheme))
    for at, stage in places.stages(scheme):
        yield from _of_group(stage, at)
        if stage.cut is not None:
            yield from _of_cut(scheme, stage, stage.cut, f"{at}.cut")
    for at, criterion in places.criteria(scheme):
        yield from _of_group(criterion, at)
    for at, sub in places.sub_criteria(scheme):
        yield from _of_group(sub, at)
        yield from _of_exclusive(sub, f"{at}.exclusive")
        if sub.day is not None and sub.day < 1:
            yield fault(f"{at}.day", N_("Days are counted from 1. Correct the day, or leave it out."))


def full_sum(group: Group) -> Decimal:
    """The most that the parts of a group can come to: of exclusive aspects only the greatest counts."""
    points = {part.id: part.points for part in parts_of(group)}
    for ids in group.exclusive if isinstance(group, SubCriterion) else ():
        known = [id_ for id_ in ids if id_ in points]
        for id_ in sorted(known, key=points.__getitem__)[:-1]:
            points[id_] = Decimal(0)
    return sum(points.values(), Decimal(0))


def _of_weights(scheme: Scheme) -> Faults:
    if not scheme.stages:
        yield fault("$.stages", N_("The scheme has no stage. Write at least one."))
    weights = [stage.weight for stage in scheme.stages if stage.weight is not None]
    if weights and len(weights) < len(scheme.stages):
        yield fault(
            "$.stages", N_("Some stages have a weight and others have none. Give one to all of them or to none.")
        )
    elif weights and sum(weights) != ALL_OF_IT:
        sentence = N_("The weights of the stages sum to {sum}. Make them sum to 100.")
        yield fault("$.stages", sentence, sum=sum(weights))
    for at, stage in places.stages(scheme):
        if stage.weight is None:
            continue
        if stage.weight < 0:
            yield fault(f"{at}.weight", N_("The weight of {id} is negative. Write 0 or more."), id=stage.id)
        if not stage.points:
            sentence = N_("{id} has a weight but no points of which a share could be taken. Give it points.")
            yield fault(f"{at}.weight", sentence, id=stage.id)


def _of_group(group: Group, place: str) -> Faults:
    parts = parts_of(group)
    if group.points < 0 or (group.points == 0 and (not parts or any(part.points for part in parts))):
        yield fault(f"{place}.points", N_("{id} gives no points. Write a figure above 0."), id=group.id)
    if group.floor > group.points:
        sentence = N_("The floor {floor} is above the {points} points of {id}. Lower it.")
        yield fault(f"{place}.floor", sentence, floor=group.floor, points=group.points, id=group.id)
    yield from _of_sum(group, f"{place}.{_PARTS[type(group)]}")


def _of_sum(group: Group, place: str) -> Faults:
    total = full_sum(group)
    match group.fit:
        case "exact" if total != group.points:
            sentence = N_("The parts of {id} sum to {sum}, but it gives {points} points. Make the two agree.")
        case "cap" if total <= group.points:
            sentence = N_(
                "The parts of {id} sum to {sum}, so the cap of {points} cannot bite. Lower its points, or take the fit out."
            )
        case "scale" if total <= 0:
            sentence = N_("The parts of {id} sum to {sum}; nothing can be scaled from it to {points}. Add to them.")
        case _:
            return
    yield fault(place, sentence, id=group.id, sum=total, points=group.points)


def _of_exclusive(sub: SubCriterion, place: str) -> Faults:
    known = {aspect.id for aspect in sub.aspects}
    times = Counter(id_ for ids in sub.exclusive for id_ in ids)
    for at, ids in listed(sub.exclusive, place):
        if len(ids) < 2:  # noqa: PLR2004 - one alone excludes nothing
            yield fault(at, N_("One alone excludes nothing. Name two aspects or more, or take the list out."))
        for id_ in dict.fromkeys(ids):
            if id_ not in known:
                yield fault(at, N_("{sub} has no aspect {id}. Correct the id, or take it out."), sub=sub.id, id=id_)
            elif times[id_] > 1:
                yield fault(at, N_("The aspect {id} stands in these lists more than once. Leave it in one."), id=id_)


def _of_cut(scheme: Scheme, stage: Stage, cut: Cut, place: str) -> Faults:
    if cut.top is None and cut.percent is None and cut.at_least is None:
        yield fault(place, N_("The cut has no condition. Write top, percent or at_least."))
    if stage is scheme.stages[-1]:
        yield fault(place, N_("No stage follows {id}, so nobody goes on from it. Take the cut out."), id=stage.id)
    if cut.top is not None:
        yield from above_zero(Decimal(cut.top), f"{place}.top")
    if cut.percent is not None:
        yield from places.percentage(cut.percent, f"{place}.percent")
    if cut.at_least is not None and cut.at_least > stage.points:
        sentence = N_("{at_least} is above the {points} points of {id}: nobody reaches it. Lower it.")
        yield fault(f"{place}.at_least", sentence, at_least=cut.at_least, points=stage.points, id=stage.id)
