"""The cells of a workbook: the few looks they have, texts as texts and numbers as numbers, columns as wide as they need."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from competition.exports.honours import scaled_places
from competition.exports.sheet import Cell, places_of
from schemas.scheme import Scheme

NARROWEST, WIDEST = 8, 46
"""Widths of columns, in characters of the default font."""


class Looks:
    """The few looks that a cell has."""

    def __init__(self, workbook: Workbook, scheme: Scheme) -> None:
        def look(**properties: object) -> Format:
            return workbook.add_format({"valign": "top", **properties})

        places = places_of(scheme.rounding)
        beyond = "" if scheme.rounding else "##"
        self.title = look(bold=True, font_size=16)
        self.label = look(bold=True)
        self.head = look(bold=True, text_wrap=True, align="center", bottom=2, bg_color="#F2F2F2")
        self.text = look(num_format="@")
        self.wrapped = look(num_format="@", text_wrap=True)
        self.integer = look(num_format="0")
        self.points = look(num_format="0.00##")
        self.total = look(num_format=_decimals(places, beyond), bold=True)
        self.scaled = look(num_format=_decimals(scaled_places(scheme)))
        self.figure = look(bold=True)
        self.reading = look(align="right")
        self.check = look(align="center")
        self.left = look(num_format="0", align="left")
        self.moment = look(num_format="yyyy-mm-dd hh:mm:ss", align="left")
        self.wrong = workbook.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self.of = {
            "text": self.text,
            "integer": self.integer,
            "points": self.points,
            "total": self.total,
            "scaled": self.scaled,
            "check": self.check,
        }


def _decimals(places: int, beyond: str = "") -> str:
    """The format of a number with so many decimals, and ``beyond`` for those it may have."""
    return f"0.{'0' * places}{beyond}" if places else "0"


def write_listing(
    sheet: Worksheet,
    looks: Looks,
    heads: Sequence[tuple[str, Format]],
    lines: Sequence[tuple[Cell, ...]],
    *,
    frozen: int = 0,
) -> None:
    """Lines below their headings, to be filtered; so many columns stay in view."""
    for place, (head, look) in enumerate(heads):
        write_column(sheet, 0, place, head, [line[place] for line in lines], look, looks)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, len(lines), len(heads) - 1)
    set_print(sheet, heading_row=0)


def write_column(
    sheet: Worksheet, head_row: int, place: int, head: str, values: Sequence[Cell], look: Format, looks: Looks
) -> None:
    """A heading and the values below it, in a column as wide as they need."""
    sheet.write_string(head_row, place, head, looks.head)
    for row, value in enumerate(values, start=head_row + 1):
        write(sheet, row, place, value, look)
    sheet.set_column(place, place, _width((head, *values)))


def write(sheet: Worksheet, row: int, place: int, value: Cell, look: Format) -> None:
    """A text as a text, a number as a number; nothing where there is nothing."""
    match value:
        case None:
            pass
        case str():
            sheet.write_string(row, place, value, look)
        case bool():
            sheet.write_boolean(row, place, value, look)
        case _:
            sheet.write_number(row, place, float(value), look)


def cached(value: Cell) -> str | float | bool:
    """What a formula comes to, as the file keeps it."""
    match value:
        case None:
            return ""
        case str() | bool():
            return value
        case _:
            return float(value)


def _width(values: Iterable[Cell]) -> int:
    return max(NARROWEST, min(WIDEST, 2 + max(_cells_wide(value) for value in values)))


def _cells_wide(value: Cell) -> int:
    """How many Latin characters wide a value is; a Chinese character takes two."""
    written = f"{value:.6}" if isinstance(value, Decimal) else str(value)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in written)


def set_print(sheet: Worksheet, *, heading_row: int | None = None) -> None:
    """On A4, as wide as the page, headings on each."""
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    if heading_row is not None:
        sheet.set_landscape()
        sheet.repeat_rows(heading_row)
