"""Reads the sheets of the organiser's workbook into rows of plain values, each with the cells they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from competition.plumbing.spreadsheet import HEAD_ROWS, Cell, Sheet
from competition.schemes.cells import CellFault, place
from competition.schemes.cells import line as one_line
from competition.schemes.template.columns import EXAMPLE, MORE, NOTES, SCHEME, TABLES, Column, Table, TableName
from competition.schemes.template.values import SAID_TWICE, BadCell, Row, meant, merge, put
from schemas.problems import N_

FEWEST_HEADINGS = 2
"""A row is the headings when it has so many known ones."""

ELSEWHERE: dict[TableName, frozenset[str]] = {table.name: frozenset() for table in TABLES} | {
    "scheme": frozenset({"format", "stages", "penalties", "sections", "ranking", "awards", "teams", "states"}),
    "structure": frozenset({"level", "criteria", "sub_criteria", "aspects"}),
    "aspects": frozenset({"sub_criterion"}),
    "details": frozenset({"aspect", "detail"}),
}
"""What no row can have among its further settings: other sheets or columns say it."""


@dataclass
class ReadRow:
    """One row: its values, the cell and the heading of each column, and the place that stands for the whole row."""

    values: Row
    cells: dict[str, str]
    at: str
    headings: dict[str, str] = field(default_factory=dict)
    more: Row = field(default_factory=dict)
    details: dict[str, list[ReadRow]] = field(default_factory=dict)

    def column(self, path: str) -> str | None:
        """The column that a path belongs to, by its own path."""
        return next(
            (name for name in self.cells if name == path or name.startswith(f"{path}.") or path.startswith(f"{name}.")),
            None,
        )

    def cell(self, path: str) -> str:
        """The cell where a path's value stands or would stand; the row where no column is for it."""
        column = self.column(path) or MORE
        return self.cells.get(column, self.at) if path else self.at

    def called(self, path: str) -> str:
        """What the workbook calls a path: its column's heading, else the path itself."""
        return self.headings.get(self.column(path) or "", path)


def tables_of(sheets: tuple[Sheet, ...], faults: list[CellFault]) -> dict[TableName, list[ReadRow]]:
    """The rows of every sheet that is one of the workbook's, whatever its language."""
    named = {name.casefold(): table for table in TABLES for name in (table.title.zh, table.title.en)}
    found: dict[TableName, list[ReadRow]] = {}
    for sheet in sheets:
        table = named.get(sheet.name.strip().casefold())
        if table is None:
            if sheet.rows and sheet.name not in (NOTES.zh, NOTES.en):
                sentence = N_(
                    "The sheet “{sheet}” is none of the template's. Give it its name from the template, or delete it."
                )
                faults.append(CellFault(cell=place(sheet.name, 1, 1), sentence=sentence, data={"sheet": sheet.name}))
        elif table.name not in found:
            read = _settings if table is SCHEME else _rows
            found[table.name] = list(read(sheet, table, faults))
    return found


def _settings(sheet: Sheet, table: Table, faults: list[CellFault]) -> Iterator[ReadRow]:
    """The one row that the lines of settings make: the name in the first column, the value in the second."""
    columns = _by_heading(table)
    read = ReadRow(values={}, cells={}, at=place(sheet.name, 1, 1))
    for line in sorted(sheet.rows):
        cells = sheet.rows[line]
        column = columns.get(_plain(cells[1])) if 1 in cells else None
        if column is not None:
            read.headings[column.path] = one_line(cells[1].value)
            _read_cell(read, column, cells.get(2), place(sheet.name, line, 2), faults)
    _add_more(read, table, faults)
    yield read


def _rows(sheet: Sheet, table: Table, faults: list[CellFault]) -> Iterator[ReadRow]:
    """The rows below the headings that say something; examples are left out."""
    columns = _by_heading(table)
    head = next(
        (row for row in sorted(sheet.rows)[:HEAD_ROWS] if _known(sheet.rows[row], columns) >= FEWEST_HEADINGS), None
    )
    if head is None:
        if sheet.rows:
            sentence = N_("No row has the headings of this sheet. Copy them from a new template.")
            faults.append(CellFault(cell=place(sheet.name, 1, 1), sentence=sentence, data={}))
        return
    at: dict[int, Column] = {}
    for number, cell in sorted(sheet.rows[head].items()):
        column = columns.get(_plain(cell))
        if column is None or column in at.values():
            sentence = N_("“{heading}” is no heading of this sheet, or is there twice. Take the column out.")
            data = {"heading": " ".join(cell.value.split())}
            faults.append(CellFault(cell=place(sheet.name, head, number), sentence=sentence, data=data))
        else:
            at[number] = column
    for area in sheet.merged:
        if area.bottom >= head:
            sentence = N_("The cells {area} are merged. Split them, and write in each what it is to say.")
            faults.append(
                CellFault(cell=place(sheet.name, area.top, area.left), sentence=sentence, data={"area": str(area)})
            )
    for line in sorted(row for row in sheet.rows if row > head):
        cells = {number: cell for number, cell in sheet.rows[line].items() if number in at and cell.value.strip()}
        if not cells or cells[min(cells)].value.startswith((EXAMPLE.zh, EXAMPLE.en)):
            continue
        read = ReadRow(values={}, cells={}, at=place(sheet.name, line, min(cells)))
        for number, column in at.items():
            read.headings[column.path] = one_line(sheet.rows[head][number].value)
            _read_cell(read, column, cells.get(number), place(sheet.name, line, number), faults)
        _add_more(read, table, faults)
        yield read


def _read_cell(read: ReadRow, column: Column, cell: Cell | None, at: str, faults: list[CellFault]) -> None:
    read.cells[column.path] = at
    if cell is None or not cell.value.strip():
        return
    try:
        value = meant(column, cell)
        if column.path == MORE:
            read.more = value
        else:
            put(read.values, column.path, value)
    except BadCell as bad:
        faults.append(CellFault(cell=at, sentence=bad.sentence, data=bad.data))


def _add_more(read: ReadRow, table: Table, faults: list[CellFault]) -> None:
    """The further settings, once all columns are read."""
    at = read.cell(MORE)
    elsewhere = read.more.keys() & ELSEWHERE[table.name]
    faults += [CellFault(cell=at, sentence=SAID_TWICE, data={"field": field}) for field in sorted(elsewhere)]
    try:
        merge(read.values, {field: value for field, value in read.more.items() if field not in elsewhere})
    except BadCell as bad:
        faults.append(CellFault(cell=at, sentence=bad.sentence, data=bad.data))


def _by_heading(table: Table) -> dict[str, Column]:
    return {
        _plain(Cell(value=heading)): column
        for column in table.columns
        for heading in (column.heading.zh, column.heading.en)
    }


def _known(cells: dict[int, Cell], columns: dict[str, Column]) -> int:
    return sum(_plain(cell) in columns for cell in cells.values())


def _plain(cell: Cell) -> str:
    """A heading without capitals and spaces, and with brackets of one width."""
    return "".join(cell.value.casefold().split()).replace("(", "（").replace(")", "）")
