"""What is wrong with a marking scheme: everything at once, each fault with its place and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import TypeVar

import msgspec

from competition.scoring.rounding import trimmed
from schemas.base import Message, Text
from schemas.problems import N_
from schemas.scheme import (
    Aspect,
    Band,
    BandedCredit,
    Binary,
    Choice,
    Credit,
    Criterion,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    LinearCredit,
    Measurement,
    Panel,
    Penalty,
    RankKey,
    Rounding,
    Scheme,
    Score,
    Stage,
    SubCriterion,
    Tolerance,
    ToleranceByLength,
    ToleranceBySize,
)

ALL_OF_IT = Decimal(100)
"""The weights of the stages sum to this, and so does the total."""

LARGEST_FIGURE = Decimal(1_000_000)
FINEST_PLACES = 6
MOST_JUDGES = 30
MOST_READINGS = 20
FEWEST_FOR_EXTREMES = 3
FEWEST_OPTIONS = 2

P = TypeVar("P")


class Fault(Message, frozen=True, kw_only=True):
    """One thing wrong with a scheme, and its remedy.

    ``place`` is a path into the file, such as ``$.stages[0].weight``; ``sentence`` an English msgid with placeholders.
    """

    place: str
    sentence: str
    data: dict[str, str]

    def __str__(self) -> str:
        """The fault as one line in English."""
        return f"{self.place}: {self.sentence.format(**self.data)}"


def faults_of(scheme: Scheme) -> tuple[Fault, ...]:
    """Everything wrong with ``scheme``, in no order of weight; a scheme without faults can be scored by.

    Figures that are no numbers, or absurd ones, come alone: nothing else can be said before they are mended.
    """
    return tuple(_of_figures(scheme, "$")) or (
        *_of_texts(scheme, "$"),
        *_of_ids(scheme),
        *_of_scheme(scheme),
    )


# Everywhere in the tree ---------------------------------------------------------------------------------------------


def _of_figures(scheme: Scheme, place: str) -> Iterator[Fault]:
    for at, leaf in _leaves(scheme, place):
        if not isinstance(leaf, Decimal):
            continue
        if not leaf.is_finite() or leaf.copy_abs() > LARGEST_FIGURE:
            yield _fault(at, N_("{value} is no usable figure. Write a number of at most a million."), value=leaf)
        elif int(leaf.as_tuple().exponent) < -FINEST_PLACES:
            sentence = N_("{value} has more than {places} decimals. Write a coarser figure.")
            yield _fault(at, sentence, value=leaf, places=FINEST_PLACES)


def _of_texts(scheme: Scheme, place: str) -> Iterator[Fault]:
    for at, leaf in _leaves(scheme, place):
        if isinstance(leaf, Text) and not leaf.zh.strip():
            yield _fault(f"{at}.zh", N_("The Chinese text is empty. Write it."))
        if isinstance(leaf, Text) and not leaf.en.strip():
            yield _fault(f"{at}.en", N_("The English text is empty. Write it."))


def _leaves(value: object, place: str) -> Iterator[tuple[str, object]]:
    """Every text and every other value without parts below ``value``, with its path."""
    if isinstance(value, msgspec.Struct) and not isinstance(value, Text):
        for field in msgspec.structs.fields(value):
            yield from _leaves(getattr(value, field.name), f"{place}.{field.encode_name}")
    elif isinstance(value, tuple):
        for at, part in _listed(value, place):
            yield from _leaves(part, at)
    else:
        yield place, value


def _of_ids(scheme: Scheme) -> Iterator[Fault]:
    """An id is unique among its kind in the whole scheme, because marks, sheets and results are kept by it."""
    located: dict[str, list[tuple[str, str]]] = {"stage": [], "criterion": [], "sub-criterion": [], "aspect": []}
    for stage_at, stage in _listed(scheme.stages, "$.stages"):
        located["stage"].append((stage_at, stage.id))
        for criterion_at, criterion in _listed(stage.criteria, f"{stage_at}.criteria"):
            located["criterion"].append((criterion_at, criterion.id))
            for sub_at, sub in _listed(criterion.sub_criteria, f"{criterion_at}.sub_criteria"):
                located["sub-criterion"].append((sub_at, sub.id))
                for aspect_at, aspect in _listed(sub.aspects, f"{sub_at}.aspects"):
                    located["aspect"].append((aspect_at, aspect.id))
    located["penalty"] = [(at, penalty.id) for at, penalty in _listed(scheme.penalties, "$.penalties")]
    for ids in located.values():
        times = Counter(id_ for _, id_ in ids)
        for at, id_ in ids:
            if not id_.strip():
                yield _fault(f"{at}.id", N_("The id is empty. Give it one that nothing else of its kind has."))
            elif times[id_] > 1:
                yield _fault(f"{at}.id", N_("The id {id} is used more than once. Give each its own."), id=id_)


# Down the tree ------------------------------------------------------------------------------------------------------


def _of_scheme(scheme: Scheme) -> Iterator[Fault]:
    for field in ("code", "version"):
        if not getattr(scheme, field).strip():
            yield _fault(f"$.{field}", N_("The scheme has no {field}. Write one."), field=field)
    yield from _of_rounding(scheme.rounding, "$.rounding")
    weights = sum((stage.weight for stage in scheme.stages), Decimal(0))
    if weights != ALL_OF_IT:
        yield _fault("$.stages", N_("The weights of the stages sum to {sum}. Make them sum to 100."), sum=weights)
    for at, stage in _listed(scheme.stages, "$.stages"):
        yield from _of_stage(stage, at)
    for at, penalty in _listed(scheme.penalties, "$.penalties"):
        yield from _of_penalty(penalty, at)
    yield from _of_ranking(scheme)


def _of_stage(stage: Stage, place: str) -> Iterator[Fault]:
    yield from _of_points(stage, place)
    if stage.weight < 0:
        yield _fault(f"{place}.weight", N_("The weight of {id} is negative. Write 0 or more."), id=stage.id)
    if stage.rounding is not None:
        yield from _of_rounding(stage.rounding, f"{place}.rounding")
    yield from _of_sum(stage, stage.criteria, f"{place}.criteria")
    for at, criterion in _listed(stage.criteria, f"{place}.criteria"):
        yield from _of_criterion(criterion, at)


def _of_criterion(criterion: Criterion, place: str) -> Iterator[Fault]:
    yield from _of_points(criterion, place)
    yield from _of_sum(criterion, criterion.sub_criteria, f"{place}.sub_criteria")
    for at, sub in _listed(criterion.sub_criteria, f"{place}.sub_criteria"):
        yield from _of_sub_criterion(sub, at)


def _of_sub_criterion(sub: SubCriterion, place: str) -> Iterator[Fault]:
    """Aspects may come to more than their sub-criterion, whose points then cap them; to less they may not."""
    yield from _of_points(sub, place)
    yield from _of_panel(sub.panel, f"{place}.panel")
    points = _sum_of_points(sub.aspects)
    if points < sub.points:
        sentence = N_(
            "The aspects of {id} sum to {sum} of its {points} points. Add what is missing, or lower its points."
        )
        yield _fault(f"{place}.aspects", sentence, id=sub.id, sum=points, points=sub.points)
    for at, aspect in _listed(sub.aspects, f"{place}.aspects"):
        yield from _of_aspect(aspect, at)


def _of_points(part: Stage | Criterion | SubCriterion | Aspect, place: str) -> Iterator[Fault]:
    if part.points <= 0:
        yield _fault(f"{place}.points", N_("{id} gives no points. Write a figure above 0."), id=part.id)


def _of_sum(whole: Stage | Criterion, parts: Iterable[Criterion | SubCriterion], place: str) -> Iterator[Fault]:
    points = _sum_of_points(parts)
    if points != whole.points:
        sentence = N_("The parts of {id} sum to {sum}, but it gives {points} points. Make the two agree.")
        yield _fault(place, sentence, id=whole.id, sum=points, points=whole.points)


def _sum_of_points(parts: Iterable[Criterion | SubCriterion | Aspect]) -> Decimal:
    return sum((part.points for part in parts), Decimal(0))


def _of_panel(panel: Panel, place: str) -> Iterator[Fault]:
    if not 1 <= panel.judges <= MOST_JUDGES:
        sentence = N_("A panel of {judges} judges is not possible. Write a number from 1 to {most}.")
        yield _fault(f"{place}.judges", sentence, judges=panel.judges, most=MOST_JUDGES)
    elif panel.combine == "mean_without_extremes" and panel.judges < FEWEST_FOR_EXTREMES:
        sentence = N_("Of {judges} judges nobody is left without the highest and the lowest. Name three or more.")
        yield _fault(f"{place}.combine", sentence, judges=panel.judges)


def _of_rounding(rounding: Rounding, place: str) -> Iterator[Fault]:
    if not 0 <= rounding.places <= FINEST_PLACES:
        sentence = N_("Rounding to {places} places is not possible. Write a number from 0 to {most}.")
        yield _fault(f"{place}.places", sentence, places=rounding.places, most=FINEST_PLACES)


def _of_penalty(penalty: Penalty, place: str) -> Iterator[Fault]:
    if penalty.each <= 0:
        yield _fault(f"{place}.each", N_("The penalty {id} takes nothing. Write a figure above 0."), id=penalty.id)
    if penalty.cap < penalty.each:
        sentence = N_("The penalty {id} takes {each} each time but {cap} at most. Raise the cap.")
        yield _fault(f"{place}.cap", sentence, id=penalty.id, each=penalty.each, cap=penalty.cap)


def _of_ranking(scheme: Scheme) -> Iterator[Fault]:
    if not scheme.ranking:
        yield _fault("$.ranking", N_("Nothing says how entrants are ranked. Name at least the total."))
    named = {
        "total": {""},
        "stage": {stage.id for stage in scheme.stages},
        "criterion": {criterion.id for criterion in scheme.criteria()},
    }
    seen: set[RankKey] = set()
    for at, key in _listed(scheme.ranking, "$.ranking"):
        if key.id not in named[key.of]:
            sentence = N_(
                "The ranking names “{id}”, which this scheme does not have. Correct the id, or take the key out."
            )
            yield _fault(f"{at}.id", sentence, id=key.id)
        if key in seen:
            yield _fault(at, N_("This key stands in the ranking already and parts nobody here. Take it out."))
        seen.add(key)


# Kinds of aspects ---------------------------------------------------------------------------------------------------


def _of_aspect(aspect: Aspect, place: str) -> Iterator[Fault]:
    yield from _of_points(aspect, place)
    match aspect:
        case Choice():
            yield from _of_choice(aspect, place)
        case Measurement():
            yield from _of_measurement(aspect, place)
        case Deduction():
            yield from _of_deduction(aspect, place)
        case Score():
            yield from _of_score(aspect, place)
        case Binary() | Judgement():
            pass


def _of_choice(aspect: Choice, place: str) -> Iterator[Fault]:
    if len(aspect.options) < FEWEST_OPTIONS:
        yield _fault(
            f"{place}.options", N_("{id} leaves nothing to choose. Give it two options or more."), id=aspect.id
        )
    for at, option in _listed(aspect.options, f"{place}.options"):
        if not 0 <= option.points <= aspect.points:
            sentence = N_("This option gives {given}, outside 0 to the {points} points of {id}. Correct one of them.")
            yield _fault(f"{at}.points", sentence, given=option.points, points=aspect.points, id=aspect.id)
    if aspect.options and max(option.points for option in aspect.options) < aspect.points:
        sentence = N_("No option of {id} gives all of its {points} points. Raise the best option, or lower the points.")
        yield _fault(f"{place}.options", sentence, id=aspect.id, points=aspect.points)


def _of_score(aspect: Score, place: str) -> Iterator[Fault]:
    if aspect.step <= 0:
        yield _fault(f"{place}.step", N_("The step of {id} must be above 0. Write it, such as 0.5."), id=aspect.id)
    elif aspect.points % aspect.step:
        sentence = N_(
            "{points} points are no whole number of steps of {step}, so nobody can get all of {id}. Change one."
        )
        yield _fault(f"{place}.step", sentence, points=aspect.points, step=aspect.step, id=aspect.id)


def _of_deduction(aspect: Deduction, place: str) -> Iterator[Fault]:
    if not aspect.items:
        yield _fault(f"{place}.items", N_("{id} deducts for nothing. Give it one item or more."), id=aspect.id)
    for at, item in _listed(aspect.items, f"{place}.items"):
        yield from _of_deduction_item(item, aspect, at)
    caps = [item.cap for item in aspect.items if item.cap is not None]
    if aspect.items and len(caps) == len(aspect.items) and sum(caps) < aspect.points:
        sentence = N_("The caps of {id} sum to {sum}: the rest of its {points} points can never be lost. Raise a cap.")
        yield _fault(f"{place}.items", sentence, id=aspect.id, sum=sum(caps), points=aspect.points)


def _of_deduction_item(item: DeductionItem, aspect: Deduction, place: str) -> Iterator[Fault]:
    if item.each <= 0:
        yield _fault(f"{place}.each", N_("This item of {id} deducts nothing. Write a figure above 0."), id=aspect.id)
    if item.cap is not None and item.cap < item.each:
        sentence = N_("This item of {id} deducts {each} each time but {cap} at most. Raise the cap.")
        yield _fault(f"{place}.cap", sentence, id=aspect.id, each=item.each, cap=item.cap)
    if item.cap is not None and item.cap > aspect.points:
        sentence = N_("The cap {cap} is above the {points} points of {id} and never holds. Lower it, or leave it out.")
        yield _fault(f"{place}.cap", sentence, cap=item.cap, points=aspect.points, id=aspect.id)


def _of_measurement(aspect: Measurement, place: str) -> Iterator[Fault]:
    if not aspect.unit.strip():
        yield _fault(f"{place}.unit", N_("{id} is measured in no unit. Write one."), id=aspect.id)
    if not 0 <= aspect.places <= FINEST_PLACES:
        sentence = N_("{id} cannot be read to {places} places. Write a number from 0 to {most}.")
        yield _fault(f"{place}.places", sentence, id=aspect.id, places=aspect.places, most=FINEST_PLACES)
    if not 1 <= aspect.readings <= MOST_READINGS:
        sentence = N_("{id} cannot have {readings} readings. Write a number from 1 to {most}.")
        yield _fault(f"{place}.readings", sentence, id=aspect.id, readings=aspect.readings, most=MOST_READINGS)
    if aspect.least is not None and aspect.least > aspect.nominal:
        sentence = N_("{id}: the nominal value {nominal} is below the least reading {least}. Correct one of them.")
        yield _fault(f"{place}.least", sentence, id=aspect.id, nominal=aspect.nominal, least=aspect.least)
    if aspect.most is not None and aspect.most < aspect.nominal:
        sentence = N_("{id}: the nominal value {nominal} is above the greatest reading {most}. Correct one of them.")
        yield _fault(f"{place}.most", sentence, id=aspect.id, nominal=aspect.nominal, most=aspect.most)
    yield from _of_tolerance(aspect.tolerance, f"{place}.tolerance")
    yield from _of_credit(aspect.credit, f"{place}.credit")


def _of_tolerance(tolerance: Tolerance, place: str) -> Iterator[Fault]:
    match tolerance:
        case FixedTolerance(allowed=allowed):
            yield from _of_deviation(allowed, place)
        case ToleranceByLength(allowed=allowed, per=per, length=length):
            yield from _of_deviation(allowed, place)
            for field, value in (("per", per), ("length", length)):
                if value <= 0:
                    yield _fault(f"{place}.{field}", N_("A length must be above 0 mm. Write the one measured over."))
        case ToleranceBySize():
            yield from _of_sizes(tolerance, place)


def _of_sizes(tolerance: ToleranceBySize, place: str) -> Iterator[Fault]:
    if tolerance.size <= 0:
        yield _fault(f"{place}.size", N_("A size must be above 0 mm. Write the one measured over."))
    if tolerance.size > max((step.up_to for step in tolerance.steps), default=Decimal(0)):
        sentence = N_("No step reaches the size {size}. Add one that does, or correct the size.")
        yield _fault(f"{place}.size", sentence, size=tolerance.size)
    for (_, before), (at, step) in pairwise(_listed(tolerance.steps, f"{place}.steps")):
        if step.up_to <= before.up_to:
            yield _fault(f"{at}.up_to", N_("The sizes are out of order. List them from small to large."))
    for at, step in _listed(tolerance.steps, f"{place}.steps"):
        yield from _of_deviation(step.allowed, at)


def _of_deviation(allowed: Decimal, place: str) -> Iterator[Fault]:
    if allowed < 0:
        yield _fault(f"{place}.allowed", N_("A tolerance cannot be negative. Write the deviation allowed, 0 or more."))


def _of_credit(credit: Credit, place: str) -> Iterator[Fault]:
    match credit:
        case LinearCredit(lose=lose, per=per):
            for field, value in (("lose", lose), ("per", per)):
                if value <= 0:
                    yield _fault(f"{place}.{field}", N_("The loss never grows. Write a figure above 0."))
        case BandedCredit(bands=bands):
            yield from _of_bands(bands, f"{place}.bands")


def _of_bands(bands: tuple[Band, ...], place: str) -> Iterator[Fault]:
    """Each band reaches further than the one before it and keeps less; otherwise one of the two never counts."""
    for at, band in _listed(bands, place):
        if not 0 <= band.keep <= 1:
            sentence = N_("A band keeps a share from 0 to 1, not {keep}. Write half of the points as 0.5.")
            yield _fault(f"{at}.keep", sentence, keep=band.keep)
    if bands and bands[0].over_up_to <= 0:
        yield _fault(f"{place}[0].over_up_to", N_("Nothing is over by 0 or less. Write how far this band reaches."))
    for (_, before), (at, band) in pairwise(_listed(bands, place)):
        if band.over_up_to <= before.over_up_to:
            sentence = N_("Nothing reaches this band: the one before it goes to {before}. List them from near to far.")
            yield _fault(f"{at}.over_up_to", sentence, before=before.over_up_to)
        if band.keep >= before.keep:
            sentence = N_("This band keeps no less than the nearer one before it. Lower its share, or join the two.")
            yield _fault(f"{at}.keep", sentence)


def _listed(parts: Iterable[P], place: str) -> Iterator[tuple[str, P]]:
    """Each part with its path."""
    return ((f"{place}[{number}]", part) for number, part in enumerate(parts))


def _fault(place: str, sentence: str, **data: object) -> Fault:
    return Fault(place=place, sentence=sentence, data={name: _written(value) for name, value in data.items()})


def _written(value: object) -> str:
    return str(trimmed(value)) if isinstance(value, Decimal) and value.is_finite() else str(value)
