"""What can be wrong with an aspect that is decided, counted, chosen, judged, scored or brought from elsewhere."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from competition.schemes.check import measured, places, times
from competition.schemes.check.panels import counting
from competition.schemes.check.places import FINEST_PLACES, Faults, above_zero, fault, listed, share, within
from schemas.aspects import (
    Aspect,
    Binary,
    Choice,
    Count,
    Deduction,
    DeductionItem,
    External,
    Judgement,
    Measurement,
    Option,
    Score,
    Time,
    TimeItself,
)
from schemas.problems import N_
from schemas.scheme import Panel, Scheme

_FEWEST_CHOICES = 2


def of_aspects(scheme: Scheme) -> Faults:
    """Every aspect by its kind."""
    for at, sub in places.sub_criteria(scheme):
        for aspect_at, aspect in listed(sub.aspects, f"{at}.aspects"):
            yield from _of_points(aspect, f"{aspect_at}.points")
            yield from _of_kind(aspect, sub.panel, aspect_at)


def _of_points(aspect: Aspect, place: str) -> Faults:
    """Only a time that is compared by itself gives no points, and a deduction may that only takes."""
    is_comparison = isinstance(aspect, Time) and isinstance(aspect.credit, TimeItself)
    only_takes = isinstance(aspect, Deduction) and aspect.least < 0
    if is_comparison and aspect.points:
        sentence = N_("{id} is compared as a time and gives no points. Write 0 for its points.")
        yield fault(place, sentence, id=aspect.id)
    elif aspect.points < 0 or (aspect.points == 0 and not is_comparison and not only_takes):
        yield fault(place, N_("{id} gives no points. Write a figure above 0."), id=aspect.id)


def _of_kind(aspect: Aspect, panel: Panel, place: str) -> Faults:
    match aspect:
        case Binary():
            pass
        case Count(possible=possible):
            yield from above_zero(Decimal(possible), f"{place}.possible")
        case Choice():
            yield from _of_choice(aspect, place)
        case Measurement():
            yield from measured.of_measurement(aspect, place)
        case Deduction():
            yield from _of_deduction(aspect, place)
        case Judgement():
            yield from _of_judgement(aspect, place)
        case Score():
            yield from _of_score(aspect, panel, place)
        case Time():
            yield from times.of_time(aspect, place)
        case External():
            yield from above_zero(aspect.out_of, f"{place}.out_of")
            yield from within(aspect.places, 0, FINEST_PLACES, f"{place}.places")


def _of_choice(aspect: Choice, place: str) -> Faults:
    if len(aspect.options) < _FEWEST_CHOICES:
        yield fault(f"{place}.options", N_("{id} leaves nothing to choose. Give it two options or more."), id=aspect.id)
    yield from _of_names(aspect, f"{place}.options")
    for at, option in listed(aspect.options, f"{place}.options"):
        if (option.points is None) == (option.keep is None):
            yield fault(at, N_("Write what this option gives: either its points, or keep, a share of them."))
        if option.points is not None and option.points > aspect.points:
            sentence = N_("This option gives {given}, more than the {points} points of {id}. Correct one of them.")
            yield fault(f"{at}.points", sentence, given=option.points, points=aspect.points, id=aspect.id)
        if option.keep is not None:
            yield from share(option.keep, f"{at}.keep")
    if aspect.options and max(_given(option, aspect) for option in aspect.options) < aspect.points:
        sentence = N_("No option of {id} gives all of its {points} points. Raise the best option, or lower the points.")
        yield fault(f"{place}.options", sentence, id=aspect.id, points=aspect.points)


def _of_names(aspect: Choice, place: str) -> Faults:
    """Options are chosen by their names, on tablets and in tables of marks: in each language no two may be read as one."""
    for field, names in (
        ("zh", [option.name.zh for option in aspect.options]),
        ("en", [option.name.en for option in aspect.options]),
    ):
        seen: set[str] = set()
        for at, name in listed(names, place):
            word = unicodedata.normalize("NFKC", name).casefold().strip()
            if word and word in seen:
                sentence = N_("{id} has two options with the name “{name}”. Name one of them otherwise.")
                yield fault(f"{at}.name.{field}", sentence, id=aspect.id, name=name)
            seen.add(word)


def _given(option: Option, aspect: Choice) -> Decimal:
    return option.points if option.points is not None else aspect.points * (option.keep or Decimal(0))


def _of_judgement(aspect: Judgement, place: str) -> Faults:
    highest = len(aspect.levels) - 1
    if highest < 1:
        yield fault(f"{place}.levels", N_("{id} has no levels to choose from. Describe two or more."), id=aspect.id)
    if aspect.revote_from is not None:
        yield from within(aspect.revote_from, 1, max(highest, 1), f"{place}.revote_from")


def _of_score(aspect: Score, panel: Panel, place: str) -> Faults:
    most = aspect.points if aspect.most is None else aspect.most
    yield from above_zero(aspect.factor, f"{place}.factor")
    yield from above_zero(aspect.step, f"{place}.step")
    if aspect.least >= most:
        sentence = N_("{id} goes from {least} to {most}: there is nothing to score. Correct one of the two.")
        yield fault(f"{place}.least", sentence, id=aspect.id, least=aspect.least, most=most)
    for field, value in (("least", aspect.least), ("step" if aspect.most is None else "most", most)):
        if aspect.step > 0 and value % aspect.step:
            sentence = N_(
                "{value} is no whole number of steps of {step}, so nobody can be given it for {id}. Change one."
            )
            yield fault(f"{place}.{field}", sentence, value=value, step=aspect.step, id=aspect.id)
    judges = counting(aspect, panel) if panel.combine == "sum" else 1
    if aspect.points != most * aspect.factor * judges:
        sentence = N_(
            "{id} can give {most} x {factor} x {judges} = {sum}, but its points are {points}. Make the two agree."
        )
        given = most * aspect.factor * judges
        data = {"most": most, "factor": aspect.factor, "judges": judges, "sum": given, "points": aspect.points}
        yield fault(f"{place}.points", sentence, id=aspect.id, **data)


def _of_deduction(aspect: Deduction, place: str) -> Faults:
    if aspect.least >= aspect.points:
        sentence = N_("{id} goes from {points} down to {least}: nothing can be lost. Correct one of the two.")
        yield fault(f"{place}.least", sentence, id=aspect.id, points=aspect.points, least=aspect.least)
    span = aspect.points - aspect.least
    if not aspect.items:
        yield fault(f"{place}.items", N_("{id} deducts for nothing. Give it one item or more."), id=aspect.id)
    for at, item in listed(aspect.items, f"{place}.items"):
        yield from _of_item(item, span, aspect.id, at)
    caps = [item.cap for item in aspect.items if item.cap is not None]
    if aspect.items and len(caps) == len(aspect.items) and sum(caps) < span:
        sentence = N_("The caps of {id} sum to {sum}: the rest of its {points} points can never be lost. Raise a cap.")
        yield fault(f"{place}.items", sentence, id=aspect.id, sum=sum(caps), points=span)


def _of_item(item: DeductionItem, span: Decimal, id: str, place: str) -> Faults:
    if item.each <= 0:
        yield fault(f"{place}.each", N_("This item of {id} deducts nothing. Write a figure above 0."), id=id)
    if item.cap is not None and item.cap < item.each:
        sentence = N_("This item of {id} deducts {each} each time but {cap} at most. Raise the cap.")
        yield fault(f"{place}.cap", sentence, id=id, each=item.each, cap=item.cap)
    if item.cap is not None and item.cap > span > 0:
        sentence = N_("The cap {cap} is above the {points} points of {id} and never holds. Lower it, or leave it out.")
        yield fault(f"{place}.cap", sentence, cap=item.cap, points=span, id=id)
