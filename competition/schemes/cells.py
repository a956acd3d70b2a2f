"""Cells of workbooks that hold marking schemes: how they are read and written, and how their faults are told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from competition.plumbing.spreadsheet import Cell, Sheet, letter, read_spreadsheet
from competition.scoring.rounding import trimmed
from schemas.base import Message, Text
from schemas.problems import N_, Problem

LONGEST_CELL = 32_767
"""Characters; a spreadsheet cannot hold more in one cell."""

CALM = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
"""What looks like a formula or a link is written as the text that it is."""

_FLOAT = Context(prec=15)
"""Spreadsheets reckon in binary and show 15 digits: what they store as 14.299999999999999 is 14.3."""

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


class CellFault(Message):
    """One cell that cannot be read, or part of a scheme that cannot be written, with its remedy.

    ``cell`` is the place as people find it, such as ``Aspects!F12``; ``sentence`` an English msgid with placeholders.
    """

    cell: str
    sentence: str
    data: dict[str, str]

    def __str__(self) -> str:
        """The fault as one line in English."""
        return f"{self.cell}: {self.sentence.format(**self.data)}"


class WorkbookHasFaults(Problem):
    """A workbook with cells that cannot be read; ``faults`` are all of them."""

    sentence = N_("Faults in {name}: {count}, the first at {cell}. Correct all of them and import the file again.")

    def __init__(self, *, name: str, faults: Iterable[CellFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(name=name, count=len(self.faults), cell=self.faults[0].cell)


class CellTooLong(Problem):
    """A text of the scheme that no cell of a spreadsheet can hold."""

    sentence = N_(
        "The scheme has a text of more than {most} characters, which no spreadsheet can hold. Export it as JSON."
    )


def sheets_of(content: bytes, name: str) -> tuple[Sheet, ...]:
    """The visible sheets of a workbook."""
    return read_spreadsheet(name, content, is_heading=bool)


def in_order(faults: Iterable[CellFault], sheets: Iterable[Sheet]) -> list[CellFault]:
    """Faults as a person goes through the workbook: sheet by sheet, row by row."""
    at = {sheet.name: number for number, sheet in enumerate(sheets)}

    def where(fault: CellFault) -> tuple[int, int, int, str]:
        sheet, _, cell = fault.cell.rpartition("!")
        column = cell.rstrip("0123456789")
        return at[sheet], int(cell.removeprefix(column)), len(column), column

    return sorted(faults, key=where)


def place(sheet: str, row: int, column: int) -> str:
    """A cell as people find it: ``Aspects!F12``."""
    return f"{sheet}!{letter(column)}{row}"


def line(text: str) -> str:
    """A text on one line: line breaks and spaces of any kind and number are one space."""
    return " ".join(text.split())


def lines(text: str) -> str:
    """A text whose line breaks are kept, without blank lines and outer spaces."""
    return "\n".join(filter(None, (line(part) for part in text.splitlines())))


def said(text: str) -> Text:
    """A text of a workbook in one language: Chinese where it has Chinese characters, else English."""
    return Text(zh=text, en="") if _HAN.search(text) else Text(zh="", en=text)


def number(cell: Cell | None) -> Decimal | None:
    """The figure in a cell, as a number or a text with a decimal point or comma; None where there is no figure."""
    if cell is None or cell.kind not in ("number", "text"):
        return None
    written = "".join(cell.value.split())
    if not re.fullmatch(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)(E[-+]?\d{1,3})?", written, re.ASCII | re.IGNORECASE):
        return None
    try:
        value = Decimal(written.replace(",", "."))
        return trimmed(_FLOAT.create_decimal(value) if cell.kind == "number" else value)
    except InvalidOperation:
        return None


def write(sheet: Any, row: int, column: int, value: str | Decimal | bool | None, look: Any = None) -> None:
    """Write a value into a cell (row and column from 0): a figure as a number where that keeps it exactly, else as text."""
    match value:
        case None | "":
            if look is not None:
                sheet.write_blank(row, column, None, look)
        case bool():
            sheet.write_boolean(row, column, value, look)
        case Decimal() if _FLOAT.create_decimal(value) == value and abs(value.adjusted()) < _FLOAT.prec:
            sheet.write_number(row, column, float(value), look)
        case Decimal():
            sheet.write_string(row, column, f"{value:f}", look)
        case str() if len(value) > LONGEST_CELL:
            raise CellTooLong(most=LONGEST_CELL)
        case str():
            sheet.write_string(row, column, value, look)
