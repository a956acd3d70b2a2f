"""What tests of several slices share: tables written as CSV and XLSX."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol


@pytest.fixture
def as_csv() -> Callable[..., bytes]:
    """Writes lines as CSV in an encoding and with a separator; every field is quoted."""

    def make(lines: Sequence[Sequence[str]], encoding: str = "utf-8", separator: str = ",", end: str = "\r\n") -> bytes:
        quoted = [separator.join('"' + value.replace('"', '""') + '"' for value in line) + end for line in lines]
        return "".join(quoted).encode(encoding)

    return make


@pytest.fixture
def as_xlsx() -> Callable[..., bytes]:
    """Writes sheets of lines as XLSX: texts as text, numbers and dates as such, a pair as a formula with its result.

    A number may be given with the format that shows it: ``{"0%": 0.9}``.
    """

    def make(sheets: Mapping[str, Sequence[Sequence[Any]]], merged: Mapping[str, Sequence[str]] | None = None) -> bytes:
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(lines):
                for column, value in enumerate(line):
                    match value:
                        case (formula, result):
                            sheet.write_formula(row, column, formula, None, result)
                        case date():
                            sheet.write_datetime(row, column, value, day)
                        case dict():
                            ((shown, number),) = value.items()
                            sheet.write_number(row, column, number, book.add_format({"num_format": shown}))
                        case _:
                            sheet.write(row, column, value)
            # What a spreadsheet does: the first cell's value stays, the others are empty.
            for area in (merged or {}).get(name, ()):
                sheet.merge.append([place for corner in area.split(":") for place in xl_cell_to_rowcol(corner)])
        book.close()
        return content.getvalue()

    return make
