"""What can be wrong with awards: shares of nobody, medals without a scale, lines that nobody reaches."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from competition.schemes.check.places import (
    ALL_OF_IT,
    Faults,
    above_zero,
    fault,
    listed,
    most_total,
    not_below_zero,
    percentage,
    within,
)
from schemas.closing import BestOfDelegation, Line, Medals, PlacesAward, SmallField
from schemas.problems import N_
from schemas.scheme import Scheme

_KINDS_OF_MEDALS = 3


def of_awards(scheme: Scheme) -> Faults:
    """Every award, and what the shares come to together."""
    for at, award in listed(scheme.awards, "$.awards"):
        if ":" in award.id:
            yield fault(f"{at}.id", N_("The id {id} holds a colon, which parts medals. Write it without."), id=award.id)
        match award:
            case PlacesAward():
                yield from _of_places(award, most_total(scheme), at)
            case Medals():
                yield from _of_medals(award, scheme, at)
            case Line():
                yield from _of_line(award, scheme, at)
            case BestOfDelegation():
                pass
    percents = [award.percent for award in scheme.awards if isinstance(award, PlacesAward) and award.percent]
    if sum(percents) > ALL_OF_IT:
        yield fault("$.awards", N_("The awards go to {sum} percent together. Lower some of them."), sum=sum(percents))


def _of_places(award: PlacesAward, most: Decimal, place: str) -> Faults:
    if (award.count is None) == (award.percent is None):
        yield fault(place, N_("Write how many get the award {id}: either count or percent."), id=award.id)
    if award.count is not None:
        yield from above_zero(Decimal(award.count), f"{place}.count")
    if award.percent is not None:
        yield from percentage(award.percent, f"{place}.percent")
    if award.base == "passed" and award.at_least is None:
        sentence = N_("The award {id} goes by those who passed, but has no pass line. Write at_least.")
        yield fault(f"{place}.base", sentence, id=award.id)
    if award.at_least is not None and award.at_least > most:
        sentence = N_("No total is above {most}, so nobody reaches {at_least}. Lower it.")
        yield fault(f"{place}.at_least", sentence, at_least=award.at_least, most=most)


def _of_medals(award: Medals, scheme: Scheme, place: str) -> Faults:
    if award.of == "scale" and scheme.scale is None:
        yield fault(f"{place}.of", N_("The scheme has no scale. Add one, or look at the total."))
    yield from not_below_zero(award.window, f"{place}.window")
    for at, field in listed(award.small_fields, f"{place}.small_fields"):
        yield from above_zero(Decimal(field.entrants), f"{at}.entrants")
        yield from within(field.medals, 1, _KINDS_OF_MEDALS, f"{at}.medals")
    for (_, before), (at, field) in pairwise(listed(award.small_fields, f"{place}.small_fields")):
        if not _is_larger(before, field):
            yield fault(at, N_("The fields are out of order. List them from few entrants and medals to many."))


def _is_larger(before: SmallField, field: SmallField) -> bool:
    return field.entrants > before.entrants and field.medals > before.medals


def _of_line(award: Line, scheme: Scheme, place: str) -> Faults:
    if award.of == "scale" and scheme.scale is None:
        yield fault(f"{place}.of", N_("The scheme has no scale. Add one, or look at the total."))
    most = most_total(scheme)
    is_out_of_reach = award.at_least is not None and award.of == "total" and award.at_least > most
    if award.at_least is not None and is_out_of_reach:
        sentence = N_("No total is above {most}, so nobody reaches {at_least}. Lower it.")
        yield fault(f"{place}.at_least", sentence, at_least=award.at_least, most=most)
