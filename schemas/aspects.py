"""The kinds of aspects: what a judge reads, and the points a reading gives.

Points and measured values are ``Decimal``; a measured value is in the aspect's unit, a time in seconds. A *share* lies between 0
and 1. Each kind says how one judge's readings become that judge's points; a panel then makes one figure of its judges'.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from schemas.base import Command, Text

RoundingMode = Literal["half_up", "half_even", "down"]

Take = Literal["worst", "best", "mean"]
"""Which of several readings counts: the worst is the one farthest outside what is allowed, among equals the one farthest from the
nominal value, then the higher; the best is the other end of that order; or the mean of all."""

Steps = Literal["begun", "full", "exact"]
"""How a part of a step counts: as a whole one, not at all, or in proportion."""


class Rounding(Command, frozen=True, kw_only=True):
    """Rounding at one declared point: how many decimal places, and which way a half goes.

    ``half_up`` moves a half away from zero, ``half_even`` to the even digit, ``down`` cuts off towards zero.
    """

    places: int
    mode: RoundingMode = "half_up"


# Measured values ------------------------------------------------------------------------------------------------------


class FixedTolerance(Command, tag="fixed", tag_field="kind", frozen=True, kw_only=True):
    """The deviation allowed to both sides, in the aspect's unit, whatever the size of the machine."""

    allowed: Decimal


class Limits(Command, tag="limits", tag_field="kind", frozen=True, kw_only=True):
    """Limits of their own to each side, as deviations from the nominal value: ``lower <= reading - nominal <= upper``.

    Without one of the two, that side is free.
    """

    lower: Decimal | None = None
    upper: Decimal | None = None


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


Tolerance = FixedTolerance | Limits | ToleranceBySize | ToleranceByLength


class Band(Command, frozen=True, kw_only=True):
    """While the tolerance is exceeded by no more than ``over_up_to``, this share of the points is kept.

    ``side``: only for readings above the tolerance, only for those below it, or for both.
    """

    over_up_to: Decimal
    keep: Decimal
    side: Literal["both", "above", "below"] = "both"


class BandedCredit(Command, tag="bands", tag_field="kind", frozen=True, kw_only=True):
    """Full points within tolerance, then the first band of the reading's side that reaches the excess; beyond them nothing.

    Without bands this is pass or fail.
    """

    bands: tuple[Band, ...] = ()


class LinearCredit(Command, tag="linear", tag_field="kind", frozen=True, kw_only=True):
    """Full points within tolerance; beyond it ``lose`` points for each ``per`` of excess, never below zero."""

    lose: Decimal
    per: Decimal
    count: Steps = "begun"


class Range(Command, frozen=True, kw_only=True):
    """Readings from ``lower`` to ``upper``, both included, keep this share of the points."""

    lower: Decimal
    upper: Decimal
    keep: Decimal


class RangedCredit(Command, tag="ranges", tag_field="kind", frozen=True, kw_only=True):
    """The nominal value itself gives full points; any other reading what the first range that holds it keeps, or nothing.

    No tolerance belongs to it.
    """

    ranges: tuple[Range, ...]


class GradedCredit(Command, tag="grades", tag_field="kind", frozen=True, kw_only=True):
    """A scale of grades, such as roughness Ra 0.8, 1.6, 3.2, 6.3: the reading's grade is the first that is not below it.

    At the grade of the nominal value or a better (earlier) one the points are full; one grade worse keeps ``keep[0]``, two
    ``keep[1]`` and so on; beyond the list nothing. No tolerance belongs to it.
    """

    grades: tuple[Decimal, ...]
    keep: tuple[Decimal, ...] = ()


Credit = BandedCredit | LinearCredit | RangedCredit | GradedCredit


# Times ----------------------------------------------------------------------------------------------------------------


class TimeLeft(Command, tag="left", tag_field="kind", frozen=True, kw_only=True):
    """Points for time left: ``gain`` for each ``per`` seconds under ``limit``, at most the aspect's points; none at the limit."""

    limit: Decimal
    gain: Decimal
    per: Decimal
    count: Steps = "full"


class TimeOver(Command, tag="over", tag_field="kind", frozen=True, kw_only=True):
    """Full points up to ``limit`` seconds; then ``lose`` for each ``per`` seconds over it, never below zero."""

    limit: Decimal
    lose: Decimal
    per: Decimal
    count: Steps = "begun"


class TimeBand(Command, frozen=True, kw_only=True):
    """Up to and including this time (seconds), this share of the points is kept."""

    up_to: Decimal
    keep: Decimal


class TimeBands(Command, tag="bands", tag_field="kind", frozen=True, kw_only=True):
    """The first band that reaches the time holds; beyond the last there are no points."""

    bands: tuple[TimeBand, ...]


class TimeItself(Command, tag="itself", tag_field="kind", frozen=True, kw_only=True):
    """The time gives no points; a ranking key ``time`` compares it, the lower the better."""


TimeCredit = TimeLeft | TimeOver | TimeBands | TimeItself


# Aspects --------------------------------------------------------------------------------------------------------------


class _Aspect(Command, frozen=True, kw_only=True, cache_hash=True):
    """What every aspect has: an id unique in its scheme, what is looked at, and the most points it can give.

    ``section`` names the section of the standards specification it belongs to. ``rounding`` is that of the aspect's own figure,
    after the judges' are combined and the factor is applied. ``judges``: how many mark it, where it is not the whole panel, such
    as 1 for a measurement that the panel takes together.
    """

    id: str
    name: Text
    points: Decimal
    hint: Text | None = None
    section: str | None = None
    rounding: Rounding | None = None
    judges: int | None = None


class Binary(_Aspect, tag="binary", tag_field="kind", frozen=True, kw_only=True):
    """Yes or no. Reading: 1 gives the points, 0 gives none."""


class Count(_Aspect, tag="count", tag_field="kind", frozen=True, kw_only=True):
    """So many done of ``possible``. Reading: a whole number from 0; it gives ``points x reading / possible``."""

    possible: int


class Option(Command, frozen=True, kw_only=True):
    """One level of a choice: what it says, and what it gives: ``points``, below zero too, or ``keep``, a share of the aspect's."""

    name: Text
    points: Decimal | None = None
    keep: Decimal | None = None


class Choice(_Aspect, tag="choice", tag_field="kind", frozen=True, kw_only=True):
    """One of several described levels. Reading: the option's place in the list, from 0."""

    options: tuple[Option, ...]


class Measurement(_Aspect, tag="measurement", tag_field="kind", frozen=True, kw_only=True):
    """A measured value against a nominal one. Readings: ``readings`` values in ``unit``, of which ``take`` says what counts.

    ``places`` are the decimals of the instrument, ``least`` and ``most`` what it can show.
    """

    tolerance: Tolerance | None = None
    credit: Credit = BandedCredit()
    nominal: Decimal = Decimal(0)
    unit: str = "mm"
    places: int = 3
    readings: int = 1
    take: Take = "worst"
    instrument: Text | None = None
    least: Decimal | None = None
    most: Decimal | None = None


class DeductionItem(Command, frozen=True, kw_only=True):
    """One kind of fault: points off for ``each``, at most ``cap`` in all (no cap: until the aspect is used up)."""

    name: Text
    each: Decimal
    cap: Decimal | None = None


class Deduction(_Aspect, tag="deduction", tag_field="kind", frozen=True, kw_only=True):
    """Points lost by occurrence, from ``points`` down to ``least``. Readings: one count of occurrences for each item, in order.

    With ``points`` 0 and a ``least`` below it the aspect only takes from the group it stands in.
    """

    items: tuple[DeductionItem, ...]
    least: Decimal = Decimal(0)


class Judgement(_Aspect, tag="judgement", tag_field="kind", frozen=True, kw_only=True):
    """A judge's level against described benchmarks. Reading: the level, from 0; it gives ``points x level / highest level``.

    When the judges' levels are ``revote_from`` or more apart, the aspect is to be judged again; until then the figure is flagged.
    """

    levels: tuple[Text, ...]
    revote_from: int | None = None


class Score(_Aspect, tag="score", tag_field="kind", frozen=True, kw_only=True):
    """Points given directly. Reading: ``least`` to ``most`` in multiples of ``step`` (``most`` is the points, if not given).

    The panel's figure times ``factor`` is what the aspect gives, so ``points`` are ``most x factor``.
    """

    step: Decimal = Decimal("0.5")
    least: Decimal = Decimal(0)
    most: Decimal | None = None
    factor: Decimal = Decimal(1)


class Time(_Aspect, tag="time", tag_field="kind", frozen=True, kw_only=True):
    """A time. Readings: up to ``runs`` times in seconds, of which ``take`` says what counts: the best, worst, mean or sum.

    Only ``best`` can do with fewer runs than there are; of a ``sum`` some may be 0, such as seconds of penalty. A time beyond
    ``stop`` gives no points and does not count as a time.
    """

    credit: TimeCredit
    stop: Decimal | None = None
    runs: int = 1
    take: Literal["best", "worst", "mean", "sum"] = "best"
    places: int = 2


class External(_Aspect, tag="external", tag_field="kind", frozen=True, kw_only=True):
    """A figure from elsewhere, such as a theory paper's. Reading: 0 to ``out_of``; it gives ``points x reading / out_of``."""

    out_of: Decimal
    places: int = 2


Aspect = Binary | Count | Choice | Measurement | Deduction | Judgement | Score | Time | External
