"""Writes the organiser's workbook: a scheme, or an empty one with an example in each sheet, lists to choose from and notes."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter

from competition.schemes.cells import CALM, write
from competition.schemes.template.columns import (
    BOTTOM,
    DETAIL,
    EXAMPLE,
    MEDAL_NAMES,
    MORE,
    NOTES,
    SCHEME,
    TABLES,
    Column,
    Table,
    TableName,
)
from competition.schemes.template.example import EXAMPLE_SCHEME
from competition.schemes.template.tolerance import tolerance_kind
from competition.schemes.template.values import Row, put, shown, sparse, take
from schemas.base import Text
from schemas.scheme import Scheme

LONGEST_LIST = 255
"""Characters of a list to choose from; Excel takes no more."""

HOW_TO = Text(
    zh="灰色斜体的“例：”行只是示例，导入时不读取。编号列请保持文本格式。中文和英文的表名、列名、选项都能读取。",
    en="Rows in grey that begin with “e.g.” are examples and are not read. Keep columns of ids as text. "
    "Names of sheets and columns and choices are read in English and in Chinese.",
)

_LISTS: tuple[tuple[TableName, str], ...] = (
    ("penalties", "penalties"),
    ("sections", "sections"),
    ("ranking", "ranking"),
    ("awards", "awards"),
    ("teams", "teams"),
    ("states", "states"),
)
"""The sheets whose rows are a list of the scheme, and the list."""


def write_template(scheme: Scheme | None, language: str) -> bytes:
    """The workbook of ``scheme`` in ``language``; without one, a workbook to fill in, with an example in each sheet."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, CALM) as book:
        writer = _Writer(book, language, is_example=scheme is None)
        writer.write(_rows(EXAMPLE_SCHEME if scheme is None else scheme))
    return content.getvalue()


# The scheme as rows ---------------------------------------------------------------------------------------------------


def _rows(scheme: Scheme) -> dict[TableName, list[Row]]:
    whole = sparse(scheme)
    del whole["format"]
    rows: dict[TableName, list[Row]] = {table.name: [] for table in TABLES}
    for stage in whole.pop("stages"):
        _add_groups(rows, stage)
    for name, field in _LISTS:
        rows[name] = whole.pop(field, [])
    for award in rows["awards"]:
        if award.get("names") == list(MEDAL_NAMES):
            del award["names"]
    return rows | {"scheme": [whole]}


def _add_groups(rows: dict[TableName, list[Row]], stage: Row) -> None:
    criteria = stage.pop("criteria")
    rows["structure"].append({"level": "stage"} | stage)
    for criterion in criteria:
        subs = criterion.pop("sub_criteria")
        rows["structure"].append({"level": "criterion"} | criterion)
        for sub in subs:
            aspects = sub.pop("aspects")
            rows["structure"].append({"level": "sub_criterion"} | sub)
            for aspect in aspects:
                rows["details"] += _details(aspect)
                rows["aspects"].append({"sub_criterion": sub["id"]} | aspect)


def _details(aspect: Row) -> Iterator[Row]:
    """The details of an aspect, taken out of it, and its tolerance's kind, which the filled columns tell."""
    kind = aspect.get("tolerance", {}).get("kind")
    if kind is not None and tolerance_kind(aspect["tolerance"]) == kind:
        del aspect["tolerance"]["kind"]
    for name, detail in DETAIL.items():
        is_band = detail.path == "credit.bands"
        if is_band and (name == "time_band") != (aspect["kind"] == "time"):
            continue
        for part in take(aspect, detail.path) or ():
            row: Row = {"aspect": aspect["id"], "detail": name}
            left = copy.copy(part)
            for column, path in detail.fields.items():
                value = take(left, path) if path else left
                if value is not None:
                    put(row, column, value)
            if isinstance(left, dict) and any(left.values()):
                row[MORE] = left
            yield row


# The rows as sheets ---------------------------------------------------------------------------------------------------


class _Writer:
    """Writes the sheets of a workbook in one language."""

    def __init__(self, book: Any, language: str, *, is_example: bool) -> None:
        self._is_example = is_example
        self._book = book
        self._language = language
        self._head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#DCE6F1", "border": 1}
        )
        self._text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._figure = book.add_format({"valign": "top"})
        self._example = book.add_format({"italic": True, "font_color": "#7F7F7F", "text_wrap": True, "valign": "top"})
        self._title = book.add_format({"bold": True, "font_size": 13, "valign": "top"})

    def write(self, rows: dict[TableName, list[Row]]) -> None:
        """All sheets, then the notes."""
        for table in TABLES:
            sheet = self._book.add_worksheet(self._say(table.title))
            if table is SCHEME:
                self._write_settings(sheet, table, rows[table.name][0])
            else:
                self._write_table(sheet, table, rows[table.name])
        self._write_notes(self._book.add_worksheet(self._say(NOTES)))

    def _write_settings(self, sheet: Any, table: Table, row: Row) -> None:
        """One setting a line: what it is, its value, an example and how to fill it in."""
        heads = (Text(zh="设置", en="Setting"), Text(zh="内容", en="Value"), Text(zh="示例", en="Example"), NOTES)
        for place, (head, width) in enumerate(zip(heads, (26, 44, 26, 70), strict=True)):
            sheet.set_column(place, place, width, self._text)
            write(sheet, 0, place, self._say(head), self._head)
        examples = _rows(EXAMPLE_SCHEME)[table.name][0]
        for line, column in enumerate(table.columns, 1):
            write(sheet, line, 0, self._say(column.heading), self._title)
            if not self._is_example:
                self._write_value(sheet, line, 1, column, row)
            self._write_value(sheet, line, 2, column, examples)
            write(sheet, line, 3, self._say(column.note), self._example)
            self._offer(sheet, line, line, 1, column)
        sheet.freeze_panes(1, 1)

    def _write_table(self, sheet: Any, table: Table, rows: list[Row]) -> None:
        """One part a row, below the headings."""
        for place, column in enumerate(table.columns):
            look = self._figure if column.kind in ("figure", "whole") else self._text
            sheet.set_column(place, place, column.width, look)
            write(sheet, 0, place, self._say(column.heading), self._head)
            self._offer(sheet, 1, BOTTOM, place, column)
        for line, row in enumerate(rows, 1):
            for place, column in enumerate(table.columns):
                self._write_value(sheet, line, place, column, row)
        sheet.freeze_panes(1, 2)

    def _write_value(self, sheet: Any, line: int, place: int, column: Column, row: Row) -> None:
        """The value of a column, taken out of the row, so that the last column has what is left."""
        value = row.pop(MORE, None) or row if column.path == MORE else take(row, column.path)
        written = shown(column, value, self._language)
        if self._is_example and line and not place:
            written = f"{self._say(EXAMPLE)}{written}"
        look = self._example if self._is_example else self._figure if isinstance(written, Decimal) else self._text
        write(sheet, line, place, written, look)

    def _offer(self, sheet: Any, first: int, last: int, place: int, column: Column) -> None:
        """A list to choose from."""
        if column.words is None:
            return
        offered = [self._say(said) for said in column.words.values()]
        rule: dict[str, Any] = {"validate": "list", "source": offered, "error_type": "warning"}
        if len(",".join(offered)) <= LONGEST_LIST:
            sheet.data_validation(first, place, last, place, rule)

    def _write_notes(self, sheet: Any) -> None:
        """What each sheet and each of its columns is for."""
        for place, width in enumerate((22, 30, 80, 50)):
            sheet.set_column(place, place, width)
        write(sheet, 0, 0, self._say(HOW_TO), self._title)
        line = 2
        for table in TABLES:
            write(sheet, line, 0, self._say(table.title), self._title)
            write(sheet, line, 1, self._say(table.note), self._title)
            for column in table.columns:
                line += 1
                said = self._say(column.note), self._offered(column.words.values() if column.words else ())
                for place, text in enumerate((self._say(column.heading), *said), 1):
                    write(sheet, line, place, text, self._text)
            line += 2

    def _offered(self, choices: Iterable[Text]) -> str:
        return " / ".join(map(self._say, choices))

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)
