"""A file of marks or entrants as rows under known headings: CSV row by row however large it is, XLSX within limits."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Context, Decimal
from pathlib import Path
from typing import BinaryIO

from competition.plumbing.spreadsheet import (
    HEAD_COLUMNS,
    HEAD_ROWS,
    Cell,
    FileIsEmpty,
    HoldsTooMuch,
    Limits,
    Sheet,
    content_kind,
    csv_records,
    letter,
    read_spreadsheet,
)
from competition.plumbing.tables import MEGABYTE
from competition.tabulation.columns import Columns
from competition.tabulation.faults import Faults, Place, cut, hint
from competition.tabulation.problems import (
    CellIsDate,
    CellIsError,
    CellIsPercent,
    CellsMerged,
    ColumnTwice,
    HeadingMissing,
    HeadingsNotFound,
    HeadingUnknown,
    NoRows,
    RowTooLong,
    TooMuchForWorkbook,
)
from schemas.base import Text
from schemas.problems import Problem

WORKBOOK = Limits(file=32 * MEGABYTE, unpacked=400 * MEGABYTE, read=160 * MEGABYTE, elements=2_500_000)
"""A workbook of some 150,000 marks. More are better a CSV file, which has no limit."""

TOLD_EVERY = 10_000
"""Rows after which it is told how far the reading is."""

_AS_SHOWN = Context(prec=15)
"""Spreadsheets compute with binary numbers and show 15 digits: 0.29 is in the file as 0.28999999999999998."""

Row = tuple[int, list[str]]
"""A row's number, as a spreadsheet shows it, and the text of its cells, one for each heading."""

Advance = Callable[[int, int], None]
"""Hears now and then how much is done of how much."""


class Table:
    """The rows of one sheet (or of a CSV file) below its headings; they can be gone through once."""

    def __init__(self, place: Place, titles: Mapping[int, str], columns: Mapping[str, int]) -> None:
        self._place = place
        self._titles = titles
        self.columns = columns
        self.rows: Iterable[Row] = ()

    def place(self, row: int, column: str = "") -> Place:
        """Where something is in this table; ``column`` by its id."""
        title = self._titles.get(self.columns.get(column, -1), "")
        return Place(file=self._place.file, sheet=self._place.sheet, row=row, column=title)


def read_tables(path: Path, columns: Columns, faults: Faults, advance: Advance) -> Iterator[Table]:
    """The tables of a file, one after the other; raises a ``Problem`` where it cannot be read at all.

    What is wrong with headings or cells goes to ``faults``; a table whose headings are wrong is not handed out.
    """
    with path.open("rb") as file:
        head = file.read(MEGABYTE)
        if not head.strip(b" \t\r\n\xef\xbb\xbf"):
            raise FileIsEmpty
        if content_kind(path.name, head) == "XLSX":
            file.seek(0)
            yield from _workbook_tables(path.name, file, columns, faults)
        elif table := _csv_table(path, file, columns, faults, advance):
            yield table


# CSV ------------------------------------------------------------------------------------------------------------------


def _csv_table(path: Path, file: BinaryIO, columns: Columns, faults: Faults, advance: Advance) -> Table | None:
    records, size = enumerate(csv_records(file, is_heading=columns.is_heading), 1), path.stat().st_size
    for number, record in itertools.islice(records, HEAD_ROWS):
        if columns.are_headings(record[:HEAD_COLUMNS]):
            headings = dict(enumerate(_trimmed(record)))
            table = _table(Place(file=path.name), number, headings, columns, faults)
            if table:
                table.rows = _csv_rows(table, records, len(headings), faults, lambda: advance(file.tell(), size))
            return table
    raise HeadingsNotFound(headings=_needed(columns))


def _csv_rows(
    table: Table, records: Iterator[tuple[int, list[str]]], width: int, faults: Faults, told: Callable[[], None]
) -> Iterator[Row]:
    """The rows that say something, each as wide as the headings."""
    found = False
    for number, record in records:
        if not any(map(str.strip, record)):
            continue
        found = True
        if len(record) == width:
            yield number, record
        else:
            if beyond := next((cell for cell in record[width:] if cell.strip()), ""):
                faults.add(table.place(number), RowTooLong(value=cut(beyond)))
            yield number, (record + [""] * (width - len(record)))[:width]
        if not number % TOLD_EVERY:
            told()
    if not found:
        faults.add(table.place(0), NoRows())


# XLSX -----------------------------------------------------------------------------------------------------------------


def _workbook_tables(name: str, file: BinaryIO, columns: Columns, faults: Faults) -> Iterator[Table]:
    try:
        sheets = read_spreadsheet(name, file.read(WORKBOOK.file + 1), is_heading=columns.is_heading, limits=WORKBOOK)
    except HoldsTooMuch as problem:
        raise TooMuchForWorkbook from problem
    found = False
    for sheet in sheets:
        for number in sorted(sheet.rows)[:HEAD_ROWS]:
            titles = {column: cell.value for column, cell in sheet.rows[number].items() if column <= HEAD_COLUMNS}
            if columns.are_headings(titles.values()):
                found = True
                if table := _sheet_table(name, sheet, number, titles, columns, faults):
                    yield table
                break
    if not found:
        raise HeadingsNotFound(headings=_needed(columns))


def _sheet_table(
    name: str, sheet: Sheet, head: int, titles: Mapping[int, str], columns: Columns, faults: Faults
) -> Table | None:
    place = Place(file=name, sheet=sheet.name)
    headings = {column - 1: title for column, title in titles.items() if title.strip()}
    for area in sheet.merged:
        if area.bottom >= head:
            faults.add(Place(file=name, sheet=sheet.name, row=area.top), CellsMerged(area=str(area)))
    table = _table(place, head, headings, columns, faults)
    if table:
        table.rows = _sheet_rows(table, sheet, head, headings, faults)
    return table


def _sheet_rows(table: Table, sheet: Sheet, head: int, headings: Mapping[int, str], faults: Faults) -> Iterator[Row]:
    """The rows that say something; what a cell holds is its text as a spreadsheet shows it."""
    width, found = max(headings) + 1, False
    for number in sorted(sheet.rows):
        if number <= head or not any(cell.value.strip() for cell in sheet.rows[number].values()):
            continue
        found = True
        row = [""] * width
        for column, cell in sheet.rows[number].items():
            if column - 1 not in headings:
                if cell.value.strip():
                    faults.add(table.place(number), RowTooLong(value=cut(cell.value)))
            else:
                row[column - 1] = _text_of(cell, table, number, column - 1, faults)
        yield number, row
    if not found:
        faults.add(table.place(0), NoRows())


def _text_of(cell: Cell, table: Table, number: int, column: int, faults: Faults) -> str:
    text = _shown(cell.value) if cell.kind == "number" else cell.value
    problem: Problem
    if cell.is_percent:
        problem = CellIsPercent(percent=f"{(Decimal(text) * 100).normalize():f}", value=cut(text))
    elif cell.kind in ("date", "error"):
        problem = (CellIsDate if cell.kind == "date" else CellIsError)(value=cut(text))
    else:
        return text
    named = next(name for name, at in table.columns.items() if at == column)
    faults.add(table.place(number, named), problem)
    return ""


def _shown(number: str) -> str:
    is_long = len(Decimal(number).as_tuple().digits) > _AS_SHOWN.prec
    return f"{_AS_SHOWN.create_decimal(number).normalize():f}" if is_long else number


# Headings -------------------------------------------------------------------------------------------------------------


def _table(place: Place, row: int, headings: Mapping[int, str], columns: Columns, faults: Faults) -> Table | None:
    """A table whose columns are all known and of which none is missing; otherwise faults, and None."""
    at = Place(file=place.file, sheet=place.sheet, row=row)
    before = faults.count
    titles = {number: f"{' '.join(heading.split())} ({letter(number + 1)})" for number, heading in headings.items()}
    found: dict[str, int] = {}
    for number, heading in headings.items():
        column = columns.named(heading)
        if column is None:
            faults.add(at, HeadingUnknown(heading=cut(heading.strip()), hint=hint(heading.strip(), columns.headings())))
        elif column.id in found:
            faults.add(at, ColumnTwice(first=titles[found[column.id]], second=titles[number], heading=column.heading))
        else:
            found[column.id] = number
    for column in columns.all:
        if column.is_needed and column.id not in found:
            faults.add(at, HeadingMissing(heading=column.heading))
    if faults.count > before:
        return None
    return Table(place, titles, found)


def _trimmed(record: list[str]) -> list[str]:
    """A row without the empty cells at its end."""
    return record[: max(number for number, cell in enumerate(record, 1) if cell.strip())]


def _needed(columns: Columns) -> Text:
    headings = [column.heading for column in columns.all if column.is_needed]
    return Text(zh="、".join(one.zh for one in headings), en=", ".join(one.en for one in headings))
