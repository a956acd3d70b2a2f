"""What a judge is told about a measured aspect before measuring: what is allowed, and what lies beyond. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext

from msgspec.structs import replace

from competition.scoring.measured import kept_by_grade
from competition.scoring.rounding import EXACT, shown, trimmed
from competition.scoring.tolerance import allowed, derivation, sides
from schemas.aspects import (
    BandedCredit,
    GradedCredit,
    Limits,
    LinearCredit,
    Measurement,
    RangedCredit,
    Steps,
)
from schemas.base import Message, Text


class Rung(Message):
    """Readings as far as ``span`` still give these points."""

    span: str
    points: Decimal


class Guide(Message):
    """The figures of a measured aspect, as text in its unit and with its decimals.

    ``span`` holds the readings with full points (None: all of them), such as "79.985 ± 0.015", "≤ 0.010" or "9.950 … 10.020".
    ``allowed`` is the deviation that a tolerance to both sides allows; ``low`` and ``high`` are then None where the nominal value
    is zero: a runout or a parallelism is only compared with ``allowed``. Without such a tolerance they are the limits themselves;
    a free side has none. Beyond come either ``rungs`` or, for each ``per``, ``lose`` points; ``count`` says how a part counts.
    """

    span: str | None
    allowed: str | None = None
    low: str | None = None
    high: str | None = None
    derivation: tuple[Text, ...] = ()
    rungs: tuple[Rung, ...] = ()
    lose: Decimal | None = None
    per: str | None = None
    count: Steps | None = None


def guide_to(aspect: Measurement) -> Guide:
    """What to tell the judge about ``aspect``."""
    with localcontext(EXACT):
        match aspect.credit:
            case RangedCredit() as credit:
                return _of_ranges(aspect, credit)
            case GradedCredit() as credit:
                return _of_grades(aspect, credit)
            case BandedCredit() | LinearCredit() as credit:
                return _of_sides(aspect, credit)


def reach(low: Decimal | None, high: Decimal | None, places: int) -> str | None:
    """The readings from ``low`` to ``high`` in figures; None when they are free to both sides."""
    if low is None:
        return None if high is None else f"≤ {shown(high, places)}"
    if high is None:
        return f"≥ {shown(low, places)}"
    return between(low, high, places)


def between(low: Decimal, high: Decimal, places: int) -> str:
    """The readings from ``low`` to ``high`` in figures."""
    return f"{shown(low, places)} … {shown(high, places)}"


def _of_ranges(aspect: Measurement, credit: RangedCredit) -> Guide:
    nominal = shown(aspect.nominal, aspect.places)
    return Guide(
        span=f"= {nominal}",
        low=nominal,
        high=nominal,
        rungs=tuple(
            Rung(span=between(held.lower, held.upper, aspect.places), points=trimmed(aspect.points * held.keep))
            for held in credit.ranges
        ),
    )


def _of_grades(aspect: Measurement, credit: GradedCredit) -> Guide:
    """The worst grade with full points, then each worse one that still keeps some."""
    ladder = [(grade, kept_by_grade(credit, aspect.nominal, grade)) for grade in credit.grades]
    full = shown(max((grade for grade, keep in ladder if keep == 1), default=aspect.nominal), 0)
    worse = tuple((grade, keep) for grade, keep in ladder if 0 < keep < 1)
    return Guide(
        span=f"≤ {full}",
        high=full,
        rungs=tuple(Rung(span=f"≤ {shown(grade, 0)}", points=trimmed(aspect.points * keep)) for grade, keep in worse),
    )


def _of_sides(aspect: Measurement, credit: BandedCredit | LinearCredit) -> Guide:
    places, nominal = aspect.places, aspect.nominal
    low, high = (None if side is None else nominal + side for side in sides(aspect))
    guide = Guide(
        span=reach(low, high, places),
        low=None if low is None else shown(low, places),
        high=None if high is None else shown(high, places),
        rungs=tuple(_rungs(aspect, credit, low, high)),
    )
    if not isinstance(aspect.tolerance, Limits):
        limit = allowed(aspect.tolerance)
        guide = replace(
            guide,
            span=_to_both_sides(aspect, limit),
            allowed=shown(limit, places),
            low=guide.low if nominal else None,
            high=guide.high if nominal else None,
            derivation=derivation(aspect.tolerance, aspect.unit, places),
        )
    if isinstance(credit, LinearCredit):
        guide = replace(guide, lose=credit.lose, per=shown(credit.per, places), count=credit.count)
    return guide


def _rungs(
    aspect: Measurement, credit: BandedCredit | LinearCredit, low: Decimal | None, high: Decimal | None
) -> Iterator[Rung]:
    """A rung for each band; for none that belongs to a free side."""
    if isinstance(credit, LinearCredit):
        return
    for band in credit.bands:
        points = trimmed(aspect.points * band.keep)
        if band.side == "both" and not isinstance(aspect.tolerance, Limits):
            off = allowed(aspect.tolerance) + band.over_up_to
            yield Rung(span=f"{'±' if aspect.nominal else '≤'} {shown(off, aspect.places)}", points=points)
            continue
        lowest = None if low is None or band.side == "above" else low - band.over_up_to
        highest = None if high is None or band.side == "below" else high + band.over_up_to
        span = reach(lowest, highest, aspect.places)
        if span:
            yield Rung(span=span, points=points)


def _to_both_sides(aspect: Measurement, limit: Decimal) -> str:
    off = shown(limit, aspect.places)
    return f"{shown(aspect.nominal, aspect.places)} ± {off}" if aspect.nominal else f"≤ {off}"
