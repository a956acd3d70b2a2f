"""The sheet “Calculations” of a CIS workbook: how a measured aspect's mark is reckoned.

A row has a name, a type, whether it is reusable, and parameters: ``KEY:::number#x~x#text`` joined by ``#-#``. A deduction is in
percent of the aspect's marks or in marks (``DEDUCTION_TYPE``: ``PERCENT``, ``UNIT``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from competition.plumbing.spreadsheet import Sheet
from competition.schemes.cells import CellFault, line, place, said
from competition.scoring.rounding import quotient, trimmed
from schemas.aspects import (
    Aspect,
    Binary,
    Choice,
    Count,
    FixedTolerance,
    LinearCredit,
    Measurement,
    Option,
    Range,
    RangedCredit,
)
from schemas.base import Message
from schemas.problems import N_

NAME, KIND, REUSABLE, PARAMETERS = 1, 2, 3, 4
"""The columns."""

PASS_FAIL = "PASS_FAIL"  # noqa: S105 - no password, the name of a calculation
COUNT = "NUMBER_COMPLETED"
CHOICE = "CHOICE"
RANGES = "RANGED_SCORE"
DIFFERENCE = "REGULAR_DIFFERENCE_DEDUCTION"
TYPES = (PASS_FAIL, COUNT, CHOICE, RANGES, DIFFERENCE)

MOST_RANGES = 3
FEWEST_PLACES = 2
"""Decimals of a measured value that a workbook says nothing about."""

BETWEEN, AFTER_KEY, AFTER_NUMBER = "#-#", ":::", "#x~x#"
HUNDRED = Decimal(100)


class Calculation(Message):
    """One row: its name, its type and its parameters, each a figure and a text."""

    kind: str
    parameters: Mapping[str, tuple[Decimal | None, str]]
    name: str = ""
    reusable: bool = False

    def figure(self, key: str) -> Decimal | None:
        """The figure of a parameter, None where it is left empty."""
        return self.parameters.get(key, (None, ""))[0]

    def text(self, key: str) -> str:
        """The text of a parameter, empty where there is none."""
        return self.parameters.get(key, (None, ""))[1]


class NotACalculation(Exception):
    """Why a calculation makes no aspect, or an aspect no calculation; ``sentence`` is an English msgid."""

    def __init__(self, sentence: str, **data: str) -> None:
        self.sentence, self.data = sentence, data
        super().__init__(sentence)


# Reading --------------------------------------------------------------------------------------------------------------


def calculations_of(sheets: Iterable[Sheet], faults: list[CellFault]) -> dict[int, Calculation]:
    """The calculations by their row; the sheet is known by its name or by the types in its second column."""
    found = {}
    for sheet in sheets:
        typed = [cells[KIND] for cells in sheet.rows.values() if KIND in cells]
        if "calculation" not in sheet.name.casefold() and not any(cell.value.strip() in TYPES for cell in typed):
            continue
        for row, cells in sheet.rows.items():
            kind = line(cells[KIND].value).upper() if KIND in cells else ""
            if kind not in TYPES and not (PARAMETERS in cells and AFTER_KEY in cells[PARAMETERS].value):
                continue
            if kind not in TYPES:
                sentence = N_("The calculation “{kind}” is unknown. Change it to one of: {types}.")
                data = {"kind": kind, "types": ", ".join(TYPES)}
                faults.append(CellFault(cell=place(sheet.name, row, KIND), sentence=sentence, data=data))
                continue
            found[row] = Calculation(
                kind=kind,
                name=line(cells[NAME].value) if NAME in cells else "",
                reusable=REUSABLE in cells and line(cells[REUSABLE].value).upper() in ("TRUE", "1", "YES"),
                parameters=_parameters(cells[PARAMETERS].value) if PARAMETERS in cells else {},
            )
    return found


def measured(calculation: Calculation, *, points: Decimal, common: Mapping[str, Any]) -> Aspect:
    """The aspect that a calculation makes of ``points`` marks; ``common`` is what every aspect has."""
    match calculation.kind:
        case "NUMBER_COMPLETED":
            possible = calculation.figure("NUM_POSSIBLE")
            if possible is None or possible != int(possible) or possible < 1:
                raise NotACalculation(N_("NUM_POSSIBLE must be a whole number from 1. Correct the calculation."))
            return Count(**common, points=points, possible=int(possible))
        case "CHOICE":
            return Choice(**common, points=points, options=_options(calculation, points))
        case "RANGED_SCORE":
            ranges, target = _ranges(calculation, points)
            limits = (limit for held in ranges for limit in (held.lower, held.upper))
            return _measurement(common, points, target, RangedCredit(ranges=ranges), *limits)
        case "REGULAR_DIFFERENCE_DEDUCTION":
            target = calculation.figure("TARGET_VALUE") or Decimal(0)
            per, lose = calculation.figure("DIFFERENCE"), calculation.figure("DEDUCTION")
            if per is None or lose is None or per <= 0 or lose <= 0:
                raise NotACalculation(N_("DIFFERENCE and DEDUCTION must be figures above 0. Correct the calculation."))
            if calculation.text("DIFFERENCE_TYPE") == "PERCENT":
                per = trimmed(per * abs(target) / HUNDRED)
            if calculation.text("DEDUCTION_TYPE") != "UNIT":
                lose = trimmed(lose * points / HUNDRED)
            return _measurement(common, points, target, LinearCredit(lose=lose, per=per), per)
    return Binary(**common, points=points)


def _parameters(written: str) -> dict[str, tuple[Decimal | None, str]]:
    found = {}
    for part in written.split(BETWEEN):
        key, _, value = part.partition(AFTER_KEY)
        figure, _, text = value.partition(AFTER_NUMBER)
        found[key.strip().upper()] = (_figure(figure), line(text))
    return found


def _figure(written: str) -> Decimal | None:
    written = written.strip().replace(",", ".")
    return trimmed(Decimal(written)) if re.fullmatch(r"[-+]?\d+(\.\d*)?(E[-+]?\d{1,2})?", written, re.ASCII) else None


def _options(calculation: Calculation, points: Decimal) -> tuple[Option, ...]:
    """The labelled levels in their numbers' order."""
    numbers = sorted({int(found[1]) for key in calculation.parameters if (found := re.match(r"CHOICE(\d{1,3})_", key))})
    options = []
    for level in numbers:
        label, deduction = calculation.text(f"CHOICE{level}_LABEL"), calculation.figure(f"CHOICE{level}_DEDUCTION")
        if not label and deduction is None:
            continue
        lost = deduction or Decimal(0)
        if calculation.text("DEDUCTION_TYPE") == "UNIT":
            options.append(Option(name=said(label or str(level)), points=max(points - lost, Decimal(0))))
        else:
            options.append(Option(name=said(label or str(level)), keep=_kept(lost)))
    if not options:
        raise NotACalculation(N_("The calculation has no choices. Add CHOICE1_LABEL and CHOICE1_DEDUCTION and so on."))
    return tuple(options)


def _ranges(calculation: Calculation, points: Decimal) -> tuple[tuple[Range, ...], Decimal]:
    """The ranges as the first that holds a reading counts, each from where an earlier one that holds its beginning ends.

    An upper limit below the lower one is one that was left at zero: such a range goes on to the target value. A range of three
    zeros is one that was not filled in.
    """
    target = calculation.figure("TARGET_VALUE")
    if target is None:
        raise NotACalculation(N_("The calculation has no TARGET_VALUE. Add the value that gives full marks."))
    ranges: list[Range] = []
    for level in range(1, MOST_RANGES + 1):
        limits = (calculation.figure(f"RANGE{level}_LOWER"), calculation.figure(f"RANGE{level}_UPPER"))
        lost = calculation.figure(f"RANGE{level}_DEDUCTION") or Decimal(0)
        if limits in ((None, None), (0, 0)) and not lost:
            continue
        lower, upper = limits[0] or Decimal(0), limits[1] or Decimal(0)
        if upper < lower:
            upper = max(target, lower)
        for earlier in ranges:
            if earlier.lower <= lower < earlier.upper < upper:
                lower = earlier.upper
        in_marks = calculation.text("DEDUCTION_TYPE") == "UNIT"
        keep = max(quotient(points - lost, points), Decimal(0)) if in_marks and points else _kept(lost)
        ranges.append(Range(lower=lower, upper=upper, keep=keep))
    if not ranges:
        raise NotACalculation(N_("The calculation has no ranges. Add RANGE1_LOWER, RANGE1_UPPER and RANGE1_DEDUCTION."))
    return tuple(ranges), target


def _kept(percent: Decimal) -> Decimal:
    return trimmed(max(1 - percent / HUNDRED, Decimal(0)))


def _measurement(
    common: Mapping[str, Any], points: Decimal, target: Decimal, credit: RangedCredit | LinearCredit, *steps: Decimal
) -> Measurement:
    """A measured value; its unit is not in the workbook, and its decimals are those of the limits."""
    places = max(FEWEST_PLACES, *(-int(value.as_tuple().exponent) for value in (target, *steps)))
    tolerance = FixedTolerance(allowed=Decimal(0)) if isinstance(credit, LinearCredit) else None
    return Measurement(
        **common, points=points, nominal=target, unit="", places=places, credit=credit, tolerance=tolerance
    )
