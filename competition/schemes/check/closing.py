"""What can be wrong with what is made of the totals: ranking keys, scales, teams and who goes on."""

from __future__ import annotations

from decimal import Decimal

from competition.schemes.check import places
from competition.schemes.check.places import (
    Faults,
    above_zero,
    fault,
    listed,
    most_total,
    not_below_zero,
    percentage,
    within,
)
from schemas.aspects import Time, TimeItself
from schemas.closing import Advancement, Medals, PercentOfBest, RankKey, TeamStanding, WorldSkillsLike, ZScore
from schemas.problems import N_
from schemas.scheme import Scheme

_FEWEST_FOR_A_MAJORITY = 2

_NO_SUB_CRITERION = N_(
    "The ranking names “{id}”, which is no sub-criterion of this scheme. Correct the id, or take the key out."
)
_NEEDS_NO_ID = N_("The key “{of}” is about the whole scheme, not about “{id}”. Take the id out.")

_NOT_NAMED = {
    "total": _NEEDS_NO_ID,
    "stage": N_("The ranking names “{id}”, which is no stage of this scheme. Correct the id, or take the key out."),
    "criterion": N_(
        "The ranking names “{id}”, which is no criterion of this scheme. Correct the id, or take the key out."
    ),
    "sub_criterion": _NO_SUB_CRITERION,
    "aspect": N_("The ranking names “{id}”, which is no aspect of this scheme. Correct the id, or take the key out."),
    "time": N_(
        "The ranking names “{id}”, which is no time aspect of this scheme. Correct the id, or take the key out."
    ),
    "penalties": _NEEDS_NO_ID,
    "majority": _NO_SUB_CRITERION,
}
"""What is said of a key whose id names nothing of its kind."""


def of_ranking(scheme: Scheme) -> Faults:
    """The keys, and times that no key compares."""
    if not scheme.ranking:
        yield fault("$.ranking", N_("Nothing says how entrants are ranked. Name at least the total."))
    named = {
        "total": {""},
        "stage": {stage.id for stage in scheme.stages},
        "criterion": {criterion.id for criterion in scheme.criteria()},
        "sub_criterion": {sub.id for sub in scheme.sub_criteria()},
        "aspect": {aspect.id for aspect in scheme.aspects()},
        "time": {aspect.id for aspect in scheme.aspects() if isinstance(aspect, Time)},
        "penalties": {""},
        "majority": {sub.id for sub in scheme.sub_criteria()},
    }
    seen: set[tuple[str, str]] = set()
    for at, key in listed(scheme.ranking, "$.ranking"):
        if key.id not in named[key.of]:
            yield fault(f"{at}.id", _NOT_NAMED[key.of], id=key.id, of=key.of)
        else:
            yield from _of_key(scheme, key, at)
        if (key.of, key.id) in seen:
            yield fault(at, N_("This key stands in the ranking already and parts nobody here. Take it out."))
        seen.add((key.of, key.id))
    for at, aspect in places.aspects(scheme):
        if isinstance(aspect, Time) and isinstance(aspect.credit, TimeItself) and ("time", aspect.id) not in seen:
            sentence = N_("The time {id} gives no points and no ranking key compares it. Add a key, or give it points.")
            yield fault(at, sentence, id=aspect.id)


def _of_key(scheme: Scheme, key: RankKey, place: str) -> Faults:
    sub = scheme.sub_criterion(key.id) if key.of == "majority" else None
    if sub is not None and sub.panel.judges < _FEWEST_FOR_A_MAJORITY:
        sentence = N_("{id} has one judge, and one makes no majority. Name more judges, or take the key out.")
        yield fault(place, sentence, id=key.id)
    elif sub is not None and any(aspect.judges is not None for aspect in sub.aspects):
        sentence = N_(
            "Not every judge of {id} marks all of it, so a majority would compare unequal sums. Take the key out."
        )
        yield fault(place, sentence, id=key.id)
    if key.of == "penalties" and not scheme.penalties:
        yield fault(place, N_("The scheme has no penalties to rank by. Add one, or take the key out."))


def of_scale(scheme: Scheme) -> Faults:
    """The parameters of the scaled figures."""
    match scheme.scale:
        case WorldSkillsLike() as scale:
            yield from above_zero(scale.spread, "$.scale.spread")
            yield from above_zero(scale.factor, "$.scale.factor")
            if scale.least >= scale.most:
                sentence = N_("The scale goes from {least} to {most}. Correct one of the two.")
                yield fault("$.scale.least", sentence, least=scale.least, most=scale.most)
            else:
                yield from within(scale.centre, scale.least, scale.most, "$.scale.centre")
        case ZScore(spread=spread):
            yield from above_zero(spread, "$.scale.spread")
        case PercentOfBest() | None:
            pass


def of_teams(scheme: Scheme) -> Faults:
    """The standings of delegations."""
    for at, team in listed(scheme.teams, "$.teams"):
        yield from _of_team(scheme, team, at)


def _of_team(scheme: Scheme, team: TeamStanding, place: str) -> Faults:
    if team.of == "scale" and scheme.scale is None:
        yield fault(f"{place}.of", N_("The scheme has no scale. Add one, or look at the total."))
    if team.of == "medal_points":
        if not any(isinstance(award, Medals) for award in scheme.awards):
            yield fault(f"{place}.of", N_("The scheme gives no medals to count. Add them to the awards."))
        if any(points < 0 for points in team.medal_points) or not any(team.medal_points):
            yield fault(
                f"{place}.medal_points", N_("Medals are worth 0 points or more, and one of them is. Correct it.")
            )
    if team.best is not None:
        yield from above_zero(Decimal(team.best), f"{place}.best")
    yield from above_zero(Decimal(team.fewest), f"{place}.fewest")


def of_advancement(scheme: Scheme) -> Faults:
    """Who goes on."""
    if scheme.advancement is not None:
        yield from _of_advancement(scheme.advancement, most_total(scheme), "$.advancement")


def _of_advancement(rule: Advancement, most: Decimal, place: str) -> Faults:
    if (rule.top is None) == (rule.percent is None):
        yield fault(place, N_("Write how many go on: either top, a number, or percent. Not both, not none."))
    if rule.top is not None:
        yield from above_zero(Decimal(rule.top), f"{place}.top")
    if rule.percent is not None:
        yield from percentage(rule.percent, f"{place}.percent")
    if rule.most_per_delegation is not None:
        yield from above_zero(Decimal(rule.most_per_delegation), f"{place}.most_per_delegation")
    if rule.at_least is not None and rule.at_least > most:
        sentence = N_("No total is above {most}, so nobody reaches {at_least}. Lower it.")
        yield fault(f"{place}.at_least", sentence, at_least=rule.at_least, most=most)
    yield from not_below_zero(rule.substitutes, f"{place}.substitutes")
