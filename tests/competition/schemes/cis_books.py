"""CIS workbooks in the layouts that people write, made for the tests, and what is read of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
import xlsxwriter

from competition.schemes.cells import WorkbookHasFaults
from competition.schemes.cis.reader import read_cis
from schemas.base import Text
from schemas.scheme import SubCriterion

SHEET = "CIS Marking Scheme Import"
Row = Iterable[Any]

HEAD = (
    "Sub\nCriterion\nID",
    "Sub Criterion\nName or Description",
    "Day of Marking",
    "Aspect\nType\nM = Meas\nJ = Judg",
    "Aspect - Description",
    "Judg Score",
    "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description",
    "Requirement\n(Measurement Only)",
    "WSOS Section",
    "Calculation Row \n(Export only)",
    "Max\nMark",
)
USUAL: tuple[Row, ...] = (
    ("17 Web Development",),
    (),
    ("WorldSkills Occupational Standards",),
    ("Section", "WSOS Marks", "", "", "", "", "", "", "WSOS Marks", "Aspect Marks", "Variation"),
    (1, "Work organization", "", "", "", "", "", "", 40, 3, 0),
    (2, "Design", "", "", "", "", "", "", 60, 3, 0),
    ("", "", "", "", "", "", "", "", "Total Variation", "", 0),
    (),
    ("Criteria",),
    ("ID", "Name", "", "", "", "", "", "", "", "", "Mark"),
    ("A", "Static site", "", "", "", "", "", "", "", "", 2.5),
    ("B", "Dynamic site", "", "", "", "", "", "", "", "", 1.1),
    ("C",),
    (),
    (*HEAD, "Criterion A", "Total\nMark", 2.5),
    ("A1", "Layout", 1),
    ("", "", "", "M", "Header on all pages", "", "Header, navigation", "As drawn", 1, "", 0.5),
    (),
    ("", "", "", "J", "Looks", "", "", "", 2, "", 1),
    ("", "", "", "", "", 0, "none"),
    ("", "", "", "", "", 1, "basic"),
    ("", "", "", "", "", 2, "good"),
    ("", "", "", "", "", 3, "excellent"),
    (),
    ("A2", "Pages", "C2"),
    ("", "", "", "m", "Home page", "", "", "", 2, "", "1,0"),
    (),
    (*HEAD, "Criterion B", "Total\nMark", 1.1),
    ("B1", "Server", "Day 3"),
    ("", "", "", "M", "It answers", "", "", "", 2, "", 1.1),
)


def book(*rows: Row, calculations: Iterable[Row] = (), sheet: str = SHEET, hidden: bool = False) -> bytes:
    """A workbook of rows; with ``hidden``, beside a hidden sheet that says something else."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False}) as workbook:
        for name, lines in ((sheet, rows), ("Calculations", calculations)):
            made = workbook.add_worksheet(name)
            for row, cells in enumerate(lines):
                for column, value in enumerate(cells):
                    made.write(row, column, value)
        if hidden:
            made = workbook.add_worksheet("old")
            made.write_row(0, 0, HEAD)
            made.write_row(1, 0, ("A1", "Old", 1, "M", "Old", "", "", "", "", "", 99))
            made.hide()
    return content.getvalue()


def block(*rows: Row, calculations: Iterable[Row] = ()) -> tuple[SubCriterion, ...]:
    """The sub-criteria that rows below a heading make."""
    scheme = read_cis(book((*HEAD, "Criterion A"), *rows, calculations=calculations), "x.xlsx")
    return tuple(scheme.sub_criteria())


def aspect(*cells: Any, calculation: str = "", kind: str = "CHOICE") -> Any:
    """The one aspect that a row makes, with a calculation in row 1."""
    row = ("A1", "Sub", 1, "M", "Something", "", "", "", "", 1 if calculation else "", *(cells or (1,)))
    (sub,) = block(row, calculations=[("Name", kind, True, calculation)] if calculation else ())
    return sub.aspects[0]


def faults_in(content: bytes) -> list[tuple[str, str]]:
    """The cells that are wrong, with what is said of each."""
    with pytest.raises(WorkbookHasFaults) as raised:
        read_cis(content, "x.xlsx")
    return [(fault.cell, fault.sentence.format(**fault.data)) for fault in raised.value.faults]


def en(text: str) -> Text:
    """An English text."""
    return Text(zh="", en=text)
