"""Writes a scheme as a WorldSkills CIS marking-scheme workbook, or says what in it CIS has no way to say.

The workbook holds sections, criteria, sub-criteria, aspects and calculations. Ranking, scale, rounding of the total, awards and
teams are CIS's own and are not in it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import xlsxwriter

from competition.schemes.cells import CALM, CellFault, WorkbookHasFaults, write
from competition.schemes.cis.calculations import Calculation, NotACalculation
from competition.schemes.cis.expressed import calculation_of, requirement_of, written
from competition.schemes.cis.parts import EXPERTS, LEVELS, REVOTE_FROM
from schemas.aspects import Aspect, Judgement
from schemas.base import Text
from schemas.problems import N_
from schemas.scheme import Criterion, Panel, Scheme, SubCriterion

SHEET, CALCULATIONS = "CIS Marking Scheme Import", "Calculations"
HEADINGS = (
    "Sub\nCriterion\nID",
    "Sub Criterion\nName or Description",
    "Day of Marking",
    "Aspect\nType\nM = Meas\nJ = Judg",
    "Aspect - Description",
    "Judg Score",
    "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)",
    "Requirement\n(Measurement Only)",
    "WSOS Section",
    "Calculation Row\n(Export only)",
    "Max\nMark",
)
WIDTHS = (10, 28, 9, 9, 48, 7, 60, 24, 9, 12, 8, 12, 8, 8)


class NotExpressible(WorkbookHasFaults):
    """A scheme with parts that a CIS workbook cannot say; ``faults`` name all of them."""

    sentence = N_(
        "{name}: {count} parts have no place in a CIS workbook, the first at {cell}. Export the scheme as JSON or XLSX."
    )


def write_cis(scheme: Scheme) -> bytes:
    """The workbook of a scheme; raises ``NotExpressible`` with all that it cannot say."""
    faults = tuple(_faults(scheme))
    if faults:
        raise NotExpressible(name=scheme.code, faults=faults)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, CALM) as book:
        _Writer(book).write(scheme)
    return content.getvalue()


# What cannot be said --------------------------------------------------------------------------------------------------


def _faults(scheme: Scheme) -> Iterator[CellFault]:
    if len(scheme.stages) != 1:
        yield _fault("stages", N_("CIS has one stage only."))
    for penalty in scheme.penalties:
        yield _fault(f"penalties {penalty.id}", N_("CIS takes no penalties from the total."))
    for stage in scheme.stages:
        if stage.cut is not None or stage.weight is not None:
            yield _fault(f"stage {stage.id}", N_("CIS knows neither the weight of a stage nor a cut."))
        yield from _of_group(f"stage {stage.id}", stage)
        for criterion in stage.criteria:
            yield from _of_criterion(criterion)


def _of_group(place: str, group: Any) -> Iterator[CellFault]:
    if group.fit != "exact" or group.gate or group.rounding or group.floor:
        yield _fault(place, N_("CIS only adds up: it knows no cap, scaling, floor, gate or rounding of a group."))


def _of_criterion(criterion: Criterion) -> Iterator[CellFault]:
    yield from _of_group(f"criterion {criterion.id}", criterion)
    if not re.fullmatch(r"[A-Z]", criterion.id):
        yield _fault(f"criterion {criterion.id}", N_("The id of a criterion is one capital letter in CIS."))
    for sub in criterion.sub_criteria:
        place = f"sub-criterion {sub.id}"
        yield from _of_group(place, sub)
        if not re.fullmatch(rf"{re.escape(criterion.id)}[1-9]\d{{0,2}}", sub.id):
            yield _fault(
                place, N_("The id of a sub-criterion is its criterion's letter and a number in CIS, such as A1.")
            )
        if sub.exclusive:
            yield _fault(place, N_("CIS knows no aspects that exclude each other."))
        if not _is_usual(sub):
            yield _fault(
                place, N_("In CIS three experts judge and the group measures; another panel has no place in it.")
            )
        if not sub.aspects:
            yield _fault(place, N_("A sub-criterion needs at least one aspect in CIS."))
        for number, aspect in enumerate(sub.aspects, 1):
            yield from _of_aspect(aspect, f"{sub.id}.{number}")


def _of_aspect(aspect: Aspect, usual: str) -> Iterator[CellFault]:
    place = f"aspect {aspect.id}"
    if aspect.id != usual:
        yield _fault(place, N_("CIS numbers aspects by their place; this one would be {id}."), id=usual)
    if aspect.rounding:
        yield _fault(place, N_("CIS knows no rounding of an aspect."))
    if isinstance(aspect, Judgement):
        if len(aspect.levels) < LEVELS or aspect.revote_from != REVOTE_FROM:
            yield _fault(
                place, N_("A judgement has the levels 0 to 3 in CIS, and is repeated from a difference of 2 on.")
            )
        return
    try:
        calculation_of(aspect)
    except NotACalculation as problem:
        yield _fault(place, problem.sentence, **problem.data)


def _is_usual(sub: SubCriterion) -> bool:
    """Whether three mark what is judged and one what is measured, and the plain mean counts.

    How many must be present is nothing to CIS, where nobody is left out; nor is how many there are beside those who mark.
    """
    plain = Panel(judges=sub.panel.judges, fewest=sub.panel.fewest)
    return sub.panel == plain and all(
        (aspect.judges or sub.panel.judges) == (EXPERTS if isinstance(aspect, Judgement) else 1)
        for aspect in sub.aspects
    )


def _fault(place: str, sentence: str, **data: str) -> CellFault:
    return CellFault(cell=place, sentence=sentence, data=data)


# Writing --------------------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the two sheets from top to bottom."""

    def __init__(self, book: Any) -> None:
        self._sheet = book.add_worksheet(SHEET)
        self._list = book.add_worksheet(CALCULATIONS)
        self._bold = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F1", "border": 1}
        )
        self._title = book.add_format({"bold": True, "font_size": 14})
        self._text = book.add_format({"text_wrap": True, "valign": "top"})
        self._row = 0
        self._calculations: dict[bytes, int] = {}
        for column, width in enumerate(WIDTHS):
            self._sheet.set_column(column, column, width)

    def write(self, scheme: Scheme) -> None:
        self._put((_said(scheme.name),), self._title)
        self._row += 1
        self._write_sections(scheme)
        self._put(("Criteria",), self._bold)
        self._put(("ID", "Name", *[""] * 8, "Mark"), self._bold)
        for criterion in scheme.criteria():
            self._put((criterion.id, _said(criterion.name), *[""] * 8, criterion.points))
        for criterion in scheme.criteria():
            self._row += 2
            self._write_criterion(criterion)

    def _write_sections(self, scheme: Scheme) -> None:
        marks: dict[str | None, Decimal] = {}
        for aspect in scheme.aspects():
            marks[aspect.section] = marks.get(aspect.section, Decimal(0)) + aspect.points
        if not scheme.sections:
            return
        self._put(("WorldSkills Occupational Standards",), self._bold)
        self._put(("Section", "WSOS Marks", *[""] * 6, "WSOS Marks", "Aspect Marks", "Variation"), self._bold)
        total = Decimal(0)
        for section in scheme.sections:
            got = marks.get(section.id, Decimal(0))
            apart = abs(section.weight - got)
            total += apart
            self._put((section.id, _said(section.name), *[""] * 6, section.weight, got, apart))
        self._put(("", *[""] * 7, "Total Variation", "", total))
        self._row += 2

    def _write_criterion(self, criterion: Criterion) -> None:
        self._put((*HEADINGS, f"Criterion {criterion.id}", "Total\nMark", criterion.points), self._bold)
        for sub in criterion.sub_criteria:
            day = None if sub.day is None else Decimal(sub.day)
            self._put((sub.id, _said(sub.name), day))
            for aspect in sub.aspects:
                self._write_aspect(aspect)
            self._row += 1

    def _write_aspect(self, aspect: Aspect) -> None:
        hint = _said(aspect.hint) if aspect.hint else ""
        kind, row = ("J", None) if isinstance(aspect, Judgement) else ("M", Decimal(self._row_of(aspect)))
        section, requirement = aspect.section or "", requirement_of(aspect)
        self._put(("", "", "", kind, _said(aspect.name), "", hint, requirement, section, row, aspect.points))
        if isinstance(aspect, Judgement):
            for level, text in enumerate(aspect.levels):
                self._put(("", "", "", "", "", Decimal(level), _said(text)))

    def _row_of(self, aspect: Aspect) -> int:
        """The row of the aspect's calculation, written when it is first needed."""
        calculation = calculation_of(aspect)
        key = msgspec.json.encode(calculation)
        if key not in self._calculations:
            self._calculations[key] = len(self._calculations) + 1
            self._write_calculation(calculation, len(self._calculations) - 1)
        return self._calculations[key]

    def _write_calculation(self, calculation: Calculation, row: int) -> None:
        cells: tuple[str | bool, ...] = (calculation.name, calculation.kind, calculation.reusable, written(calculation))
        for column, value in enumerate(cells):
            write(self._list, row, column, value)

    def _put(self, cells: tuple[str | Decimal | None, ...], look: Any = None) -> None:
        for column, value in enumerate(cells):
            if value not in (None, ""):
                write(self._sheet, self._row, column, value, look or self._text)
        self._row += 1


def _said(text: Text) -> str:
    return text.in_language("en")
