"""A fault and its place in the file, the way through a scheme by places, and the bounds that figures of all kinds share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeVar

from competition.scoring.rounding import trimmed
from schemas.aspects import Aspect
from schemas.base import Message
from schemas.problems import N_
from schemas.scheme import Criterion, Scheme, Stage, SubCriterion

ALL_OF_IT = Decimal(100)
"""The weights of the stages sum to this, and so does the total."""

LARGEST_FIGURE = Decimal(1_000_000)
FINEST_PLACES = 6
MOST_JUDGES = 30
MOST_READINGS = 20

_USUAL_EXPONENT = 12
_MOST_WRITTEN = 24
"""Characters of a figure that a sentence has room for."""

Group = SubCriterion | Criterion | Stage
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


Faults = Iterator[Fault]


def fault(place: str, sentence: str, **data: object) -> Fault:
    """A fault whose figures are written as a person would write them."""
    return Fault(place=place, sentence=sentence, data={name: _written(value) for name, value in data.items()})


# Through the tree -----------------------------------------------------------------------------------------------------


def listed(parts: Iterable[P], place: str) -> Iterator[tuple[str, P]]:
    """Each part with its place."""
    return ((f"{place}[{number}]", part) for number, part in enumerate(parts))


def stages(scheme: Scheme) -> Iterator[tuple[str, Stage]]:
    """Every stage with its place."""
    return listed(scheme.stages, "$.stages")


def criteria(scheme: Scheme) -> Iterator[tuple[str, Criterion]]:
    """Every criterion with its place."""
    return (found for at, stage in stages(scheme) for found in listed(stage.criteria, f"{at}.criteria"))


def sub_criteria(scheme: Scheme) -> Iterator[tuple[str, SubCriterion]]:
    """Every sub-criterion with its place."""
    return (found for at, task in criteria(scheme) for found in listed(task.sub_criteria, f"{at}.sub_criteria"))


def aspects(scheme: Scheme) -> Iterator[tuple[str, Aspect]]:
    """Every aspect with its place."""
    return (found for at, sub in sub_criteria(scheme) for found in listed(sub.aspects, f"{at}.aspects"))


def parts_of(group: Group) -> tuple[Group | Aspect, ...]:
    """What a group sums."""
    match group:
        case Stage():
            return group.criteria
        case Criterion():
            return group.sub_criteria
        case SubCriterion():
            return group.aspects


def most_total(scheme: Scheme) -> Decimal:
    """The most points that a total can have."""
    if any(stage.weight is not None for stage in scheme.stages):
        return ALL_OF_IT
    return sum((stage.points for stage in scheme.stages), Decimal(0))


# Bounds ---------------------------------------------------------------------------------------------------------------


def above_zero(value: Decimal, place: str) -> Faults:
    """A figure that means nothing at 0 or below."""
    if value <= 0:
        yield fault(place, N_("This must be above 0, not {value}. Correct it."), value=value)


def not_below_zero(value: Decimal | int, place: str) -> Faults:
    """A figure that may be 0, but means nothing below."""
    if value < 0:
        yield fault(place, N_("This must be 0 or more, not {value}. Correct it."), value=value)


def within(value: Decimal | int, least: Decimal | int, most: Decimal | int, place: str) -> Faults:
    """A figure that must lie between two others, both included."""
    if not least <= value <= most:
        sentence = N_("This must be from {least} to {most}, not {value}. Correct it.")
        yield fault(place, sentence, value=value, least=least, most=most)


def share(value: Decimal, place: str) -> Faults:
    """A share of the points."""
    if not 0 <= value <= 1:
        sentence = N_("A share lies between 0 and 1, not at {value}. Write half of the points as 0.5.")
        yield fault(place, sentence, value=value)


def percentage(value: Decimal, place: str) -> Faults:
    """A share in percent of something."""
    if not 0 < value <= ALL_OF_IT:
        yield fault(place, N_("{value} percent is not possible. Write a figure above 0, up to 100."), value=value)


def _written(value: object) -> str:
    is_usual = isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) <= _USUAL_EXPONENT
    text = str(trimmed(value)) if isinstance(value, Decimal) and is_usual else str(value)
    is_long = isinstance(value, Decimal | int) and len(text) > _MOST_WRITTEN
    return f"{text[:_MOST_WRITTEN]}…" if is_long else text
