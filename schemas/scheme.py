"""Marking schemes as data: event -> stages -> criteria -> sub-criteria -> aspects.

A scheme says how every reading becomes points, where the points are rounded and how entrants are ranked. Points and measured
values are ``Decimal``; a measured value is in the aspect's unit (mm unless it says otherwise).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from schemas.base import Command, Text

SCHEME_FORMAT = "leitai-scheme-1"

RoundingMode = Literal["half_up", "half_even", "down"]
Combine = Literal["mean", "median", "mean_without_extremes"]


class Rounding(Command, frozen=True, kw_only=True):
    """Rounding at one declared point: how many decimal places, and which way a half goes."""

    places: int
    mode: RoundingMode = "half_up"


class FixedTolerance(Command, tag="fixed", tag_field="kind", frozen=True, kw_only=True):
    """The deviation allowed, in the aspect's unit, whatever the size of the machine."""

    allowed: Decimal


class ToleranceBySize(Command, tag="by_size", tag_field="kind", frozen=True, kw_only=True):
    """The deviation allowed by the size measured over (travel of an axis, in mm): the first step that reaches ``size`` holds."""

    size: Decimal
    steps: tuple[SizeStep, ...]


class SizeStep(Command, frozen=True, kw_only=True):
    """Up to and including this size (mm), this deviation is allowed."""

    up_to: Decimal
    allowed: Decimal


class ToleranceByLength(Command, tag="by_length", tag_field="kind", frozen=True, kw_only=True):
    """The deviation allowed in proportion to the length measured over: ``allowed`` per ``per`` mm, for ``length`` mm."""

    allowed: Decimal
    per: Decimal
    length: Decimal


Tolerance = FixedTolerance | ToleranceBySize | ToleranceByLength


class Band(Command, frozen=True, kw_only=True):
    """While the tolerance is exceeded by no more than ``over_up_to``, this share (0 to 1) of the points is kept."""

    over_up_to: Decimal
    keep: Decimal


class BandedCredit(Command, tag="bands", tag_field="kind", frozen=True, kw_only=True):
    """Full points within tolerance, then the first band that reaches the excess; beyond the last band nothing."""

    bands: tuple[Band, ...] = ()


class LinearCredit(Command, tag="linear", tag_field="kind", frozen=True, kw_only=True):
    """``lose`` points for each ``per`` begun beyond the tolerance, never below zero."""

    lose: Decimal
    per: Decimal


Credit = BandedCredit | LinearCredit


class _Aspect(Command, frozen=True, kw_only=True, cache_hash=True):
    """What every aspect has: an id unique in its scheme, what is looked at, and the points it can give."""

    id: str
    name: Text
    points: Decimal
    hint: Text | None = None


class Binary(_Aspect, tag="binary", tag_field="kind", frozen=True, kw_only=True):
    """Yes or no. Reading: 1 gives the points, 0 gives none."""


class Option(Command, frozen=True, kw_only=True):
    """One level of a choice: what it says, and the points it gives."""

    name: Text
    points: Decimal


class Choice(_Aspect, tag="choice", tag_field="kind", frozen=True, kw_only=True):
    """One of several described levels. Reading: the option's place in the list, from 0."""

    options: tuple[Option, ...]


class Measurement(_Aspect, tag="measurement", tag_field="kind", frozen=True, kw_only=True):
    """A measured value against a nominal one. Readings: ``readings`` values in ``unit``; the worst deviation counts."""

    tolerance: Tolerance
    credit: Credit = BandedCredit()
    nominal: Decimal = Decimal(0)
    unit: str = "mm"
    places: int = 3
    readings: int = 1
    instrument: Text | None = None
    least: Decimal | None = None
    most: Decimal | None = None


class DeductionItem(Command, frozen=True, kw_only=True):
    """One kind of fault: points off for ``each``, at most ``cap`` in all (no cap: until the aspect is used up)."""

    name: Text
    each: Decimal
    cap: Decimal | None = None


class Deduction(_Aspect, tag="deduction", tag_field="kind", frozen=True, kw_only=True):
    """Points lost by occurrence, never below zero. Readings: one count of occurrences for each item, in order."""

    items: tuple[DeductionItem, ...]


class Judgement(_Aspect, tag="judgement", tag_field="kind", frozen=True, kw_only=True):
    """A judge's level from 0 to 3 against a described benchmark. Reading: the level; it gives ``points x level / 3``."""

    levels: tuple[Text, Text, Text, Text]


class Score(_Aspect, tag="score", tag_field="kind", frozen=True, kw_only=True):
    """Points given directly, such as a theory paper's. Reading: 0 to ``points`` in multiples of ``step``."""

    step: Decimal = Decimal("0.5")


Aspect = Binary | Choice | Measurement | Deduction | Judgement | Score


class Panel(Command, frozen=True, kw_only=True):
    """Who marks a sub-criterion: how many judges mark it independently, and how their points are combined."""

    judges: int
    combine: Combine = "mean"


class SubCriterion(Command, frozen=True, kw_only=True):
    """One score sheet: what one judge marks for one entrant in one go, and signs off."""

    id: str
    name: Text
    points: Decimal
    panel: Panel
    aspects: tuple[Aspect, ...]
    blind: bool = True


class Criterion(Command, frozen=True, kw_only=True):
    """A task of a stage, with the most points it can give."""

    id: str
    name: Text
    points: Decimal
    sub_criteria: tuple[SubCriterion, ...]


class Stage(Command, frozen=True, kw_only=True):
    """Theory or practice: a set of criteria that counts with ``weight`` percent in the total of 100.

    A stage's points are rounded as ``rounding`` says before they are weighted; without it they stay exact.
    """

    id: str
    name: Text
    points: Decimal
    weight: Decimal
    criteria: tuple[Criterion, ...]
    rounding: Rounding | None = None


class Penalty(Command, frozen=True, kw_only=True):
    """A breach that takes from the grand total: ``each`` occurrence, at most ``cap``."""

    id: str
    name: Text
    each: Decimal
    cap: Decimal


class RankKey(Command, frozen=True, kw_only=True):
    """One key of the ranking: the total, or a stage's or a criterion's points; the higher comes first."""

    of: Literal["total", "stage", "criterion"]
    id: str = ""


class Scheme(Command, frozen=True, kw_only=True, cache_hash=True):
    """A whole marking scheme: the rule by which every total can be computed again."""

    format: Literal["leitai-scheme-1"]
    code: str
    version: str
    name: Text
    trade: Text
    stages: tuple[Stage, ...]
    rounding: Rounding
    ranking: tuple[RankKey, ...]
    penalties: tuple[Penalty, ...] = ()
    source: str = ""

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in the scheme's order."""
        return (criterion for stage in self.stages for criterion in stage.criteria)

    def sub_criteria(self) -> Iterator[SubCriterion]:
        """Every sub-criterion in the scheme's order."""
        return (sub for criterion in self.criteria() for sub in criterion.sub_criteria)

    def aspects(self) -> Iterator[Aspect]:
        """Every aspect in the scheme's order."""
        return (aspect for sub in self.sub_criteria() for aspect in sub.aspects)

    def sub_criterion(self, id: str) -> SubCriterion | None:
        """The sub-criterion with this id, or None."""
        return next((sub for sub in self.sub_criteria() if sub.id == id), None)
