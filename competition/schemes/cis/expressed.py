"""The calculation by which CIS reckons a measured aspect, or why it has none.

A tolerance and its bands are told as ranges of readings: first what gives full marks, then what each band adds on its side. CIS
has no unit and no instrument; people find both, beside what gives full marks, in the aspect's requirement.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from competition.schemes.cis.calculations import (
    AFTER_KEY,
    AFTER_NUMBER,
    BETWEEN,
    CHOICE,
    COUNT,
    DIFFERENCE,
    HUNDRED,
    MOST_RANGES,
    PASS_FAIL,
    RANGES,
    Calculation,
    NotACalculation,
)
from competition.scoring.guide import between, guide_to
from competition.scoring.rounding import EXACT, trimmed
from competition.scoring.tolerance import sides
from schemas.aspects import (
    Aspect,
    Band,
    BandedCredit,
    Binary,
    Choice,
    Count,
    GradedCredit,
    LinearCredit,
    Measurement,
    Option,
    Range,
    RangedCredit,
)
from schemas.problems import N_

PLACES = 8
"""Decimals of a figure in CIS."""

Parameters = dict[str, tuple[Decimal | None, str]]


def calculation_of(aspect: Aspect) -> Calculation:
    """The calculation of a measured aspect; raises ``NotACalculation`` where CIS has none that reckons so."""
    match aspect:
        case Binary():
            return Calculation(kind=PASS_FAIL, parameters={}, name="Measurement", reusable=True)
        case Count(possible=possible):
            parameters = {"NUM_POSSIBLE": (Decimal(possible), "")}
            return Calculation(kind=COUNT, parameters=parameters, name=f"Number Completed {possible}", reusable=True)
        case Choice(options=options, points=points) if options:
            return _choice(aspect, options, points)
        case Measurement():
            return _measured(aspect)
    raise _no_calculation(aspect)


def requirement_of(aspect: Aspect) -> str:
    """What gives full marks, with unit and instrument, in words; empty where the aspect has neither of the two."""
    if not isinstance(aspect, Measurement) or not (aspect.unit or aspect.instrument):
        return ""
    full = f"{_span(aspect)} {aspect.unit}".strip()
    return f"{full}, {aspect.instrument.in_language('en')}" if aspect.instrument else full


def _span(aspect: Measurement) -> str | None:
    """The readings that give full marks; of ranges that do so the first."""
    if isinstance(aspect.credit, RangedCredit):
        full = next((held for held in aspect.credit.ranges if held.keep == 1), None)
        if full:
            return between(full.lower, full.upper, aspect.places)
    return guide_to(aspect).span


def written(calculation: Calculation) -> str:
    """The parameters as CIS writes them."""
    return BETWEEN.join(
        f"{key}{AFTER_KEY}{'' if figure is None else _in_places(figure)}{AFTER_NUMBER}{text}"
        for key, (figure, text) in calculation.parameters.items()
    )


def _in_places(value: Decimal) -> str:
    places = max(PLACES, -int(value.as_tuple().exponent))
    return f"{value:.{places}f}"


def _no_calculation(aspect: Aspect) -> NotACalculation:
    sentence = N_("CIS has no calculation for an aspect of the kind “{kind}” with these settings.")
    return NotACalculation(sentence, kind=str(aspect.__struct_config__.tag))


def _choice(aspect: Choice, options: tuple[Option, ...], points: Decimal) -> Calculation:
    in_marks = all(
        option.points is not None and option.keep is None and 0 <= option.points <= points for option in options
    )
    in_shares = all(option.keep is not None and option.points is None and 0 <= option.keep <= 1 for option in options)
    texts = [option.name.in_language("en") for option in options]
    if not (in_marks or in_shares) or any(
        mark in text for text in texts for mark in (BETWEEN, AFTER_KEY, AFTER_NUMBER)
    ):
        raise _no_calculation(aspect)
    parameters: Parameters = {"DEDUCTION_TYPE": (None, "UNIT" if in_marks else "PERCENT")}
    for level, option in enumerate(options, 1):
        lost = points - option.points if option.points is not None else (1 - (option.keep or Decimal(0))) * HUNDRED
        parameters[f"CHOICE{level}_LABEL"] = (None, texts[level - 1])
        parameters[f"CHOICE{level}_DEDUCTION"] = (lost, "")
    return Calculation(kind=CHOICE, parameters=parameters)


# Measured values ------------------------------------------------------------------------------------------------------


def _measured(aspect: Measurement) -> Calculation:
    """The calculation of a measured value; the instrument's own limits only warn, and CIS has none."""
    if aspect.readings != 1:
        sentence = N_("CIS takes one reading of a measured value; this aspect has {readings}.")
        raise NotACalculation(sentence, readings=str(aspect.readings))
    match aspect.credit:
        case RangedCredit(ranges=ranges) if ranges and aspect.tolerance is None:
            return _ranged(ranges, aspect.nominal)
        case BandedCredit(bands=bands):
            low, high = _full(aspect)
            target = min(max(aspect.nominal, low), high)
            return _ranged((Range(lower=low, upper=high, keep=Decimal(1)), *_beyond(bands, low, high)), target)
        case LinearCredit(lose=lose, per=per, count=count) if lose > 0 and per > 0:
            if sides(aspect) != (Decimal(0), Decimal(0)) or count != "begun":
                raise NotACalculation(
                    N_("CIS takes marks off for each step begun from the target value on, without a tolerance.")
                )
            return _difference(aspect.nominal, lose, per)
        case GradedCredit() | LinearCredit() | RangedCredit():
            raise _no_calculation(aspect)


def _full(aspect: Measurement) -> tuple[Decimal, Decimal]:
    """The lowest and the highest reading within tolerance."""
    lower, upper = sides(aspect)
    if lower is None or upper is None:
        raise NotACalculation(N_("A range has two ends in CIS; the tolerance of this aspect leaves one side free."))
    return EXACT.add(aspect.nominal, lower), EXACT.add(aspect.nominal, upper)


def _beyond(bands: tuple[Band, ...], low: Decimal, high: Decimal) -> Iterator[Range]:
    """What each band adds to the readings that an earlier one holds: on one side beside them, on both sides all around them."""
    lowest, highest = low, high
    for band in bands:
        below = lowest if band.side == "above" else min(lowest, EXACT.subtract(low, band.over_up_to))
        above = highest if band.side == "below" else max(highest, EXACT.add(high, band.over_up_to))
        if below < lowest:
            yield Range(lower=below, upper=above if above > highest else lowest, keep=band.keep)
        elif above > highest:
            yield Range(lower=highest, upper=above, keep=band.keep)
        lowest, highest = below, above


def _ranged(ranges: tuple[Range, ...], target: Decimal) -> Calculation:
    """The score by ranges; one of the target value alone says nothing that the target does not."""
    ranges = tuple(held for held in ranges if not held.lower == held.upper == target) or ranges
    if len(ranges) > MOST_RANGES:
        sentence = N_("A calculation has at most {most} ranges in CIS; this aspect needs {count}.")
        raise NotACalculation(sentence, most=str(MOST_RANGES), count=str(len(ranges)))
    if any(held.lower == held.upper == 0 and held.keep == 1 for held in ranges):
        raise NotACalculation(N_("A range from 0 to 0 without a deduction is one not filled in, in CIS."))
    if any(_is_finer(limit) for limit in (target, *(limit for held in ranges for limit in (held.lower, held.upper)))):
        raise NotACalculation(
            N_("Limits have at most {places} decimals in CIS; this aspect has finer ones."), places=str(PLACES)
        )
    parameters: Parameters = {"DEDUCTION_TYPE": (None, "PERCENT"), "TARGET_VALUE": (trimmed(target), "")}
    for level, held in enumerate(ranges, 1):
        parameters[f"RANGE{level}_LOWER"] = (trimmed(held.lower), "")
        parameters[f"RANGE{level}_UPPER"] = (trimmed(held.upper), "")
        parameters[f"RANGE{level}_DEDUCTION"] = ((1 - held.keep) * HUNDRED, "")
    return Calculation(kind=RANGES, parameters=parameters)


def _is_finer(value: Decimal) -> bool:
    return int(trimmed(value).as_tuple().exponent) < -PLACES


def _difference(target: Decimal, lose: Decimal, per: Decimal) -> Calculation:
    unit: tuple[Decimal | None, str] = (None, "UNIT")
    parameters: Parameters = {
        "DEDUCTION_TYPE": unit,
        "TARGET_VALUE": (target, ""),
        "DIFFERENCE": (per, ""),
        "DIFFERENCE_TYPE": unit,
        "DEDUCTION": (lose, ""),
    }
    return Calculation(kind=DIFFERENCE, parameters=parameters)
