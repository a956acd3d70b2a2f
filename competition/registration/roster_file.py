"""Reads a roster out of a spreadsheet: finds the headings and, below them, the lines; writes the template and the marked copy.

Nothing here judges a value: cells are handed on as they stand, with the sheet, the row and the heading by which people find them.
"""

from __future__ import annotations

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import xlsxwriter

from competition.plumbing.locale import Language, speaking, translate
from competition.plumbing.spreadsheet import (
    HEAD_COLUMNS,
    HEAD_ROWS,
    Area,
    Cell,
    Sheet,
    WorkbookIsDamaged,
    letter,
    read_spreadsheet,
)
from competition.registration.columns import COLUMN, COLUMNS, Field, field_of
from competition.registration.rules import DOCUMENT_KINDS, SEXES, SKILL_LEVELS
from schemas.base import Message, Text
from schemas.problems import N_, Problem
from schemas.registration import BadCell

MOST_LINES = 5_000
FEWEST_HEADINGS = 3
"""A sheet is a roster when one of its first rows has so many known headings."""
GROUP_FIELDS: frozenset[Field] = frozenset({"employer", "delegation", "mentor", "leader"})
"""What several entrants may share: a cell merged over their rows stands for each of them."""

LONGEST_SHEET_NAME = 31
"""Excel's limit."""

SHEET = Text(zh="报名表", en="Roster")
NOTES = Text(zh="填写说明", en="Notes")


class HeadingsNotFound(Problem):
    """No sheet has a row of headings."""

    sentence = N_("No row with the headings of a roster was found. The first row must name at least: {headings}.")


class HeadingsMissing(Problem):
    """A roster without a column that every entrant needs."""

    sentence = N_("The sheet {sheet} has no column for: {headings}. Add it, or delete the sheet if it is no roster.")


class HeadingTwice(Problem):
    """Two columns for one thing: we do not guess which is meant."""

    sentence = N_(
        "In the sheet {sheet} the columns {first} and {second} both stand for: {heading}. Delete or rename one of them."
    )


class NoLines(Problem):
    """Headings and nothing below."""

    sentence = N_("The roster has headings but no entrants. Fill in a row for each entrant below the headings.")


class TooManyLines(Problem):
    """More entrants than an event has."""

    sentence = N_("The roster has more than {most} rows. Split it, and import one part after the other.")


class RosterColumn(Message):
    """A column of a sheet that fills a field; ``title`` is its heading with its letter, as people find it."""

    field: Field
    number: int
    heading: str

    @property
    def title(self) -> str:
        """The heading and the letter: ``姓名 (A)``."""
        return f"{self.heading} ({letter(self.number)})"


class RosterLine(Message):
    """One row below the headings; an empty cell is not in ``cells``. ``merged`` names the areas that leave a field unclear."""

    row: int
    cells: dict[Field, Cell]
    merged: dict[Field, str] = msgspec.field(default_factory=dict)


class RosterSheet(Message):
    """One sheet of a roster."""

    name: str
    columns: dict[Field, RosterColumn]
    lines: tuple[RosterLine, ...]


class Roster(Message):
    """What a file says: its sheets, and the headings and sheets that are none of a roster's and were not read."""

    sheets: tuple[RosterSheet, ...]
    ignored: tuple[str, ...]


# Reading --------------------------------------------------------------------------------------------------------------


def read_roster(file_name: str, content: bytes) -> Roster:
    """Read the roster in an XLSX or CSV file; raises a Problem that says what to do when there is none."""
    sheets, ignored = [], []
    for sheet in read_spreadsheet(file_name, content, is_heading=_is_heading):
        head = _best_head(sheet)
        if head is None:
            ignored += [sheet.name] * bool(sheet.rows and sheet.name not in (NOTES.zh, NOTES.en))
            continue
        columns = _columns(sheet.name, head)
        known = {column.number for column in columns.values()}
        ignored += [text for number, text in head.texts.items() if number not in known and text.strip()]
        sheets.append(RosterSheet(name=sheet.name, columns=columns, lines=tuple(_lines(sheet, head, columns))))
    if not sheets:
        raise HeadingsNotFound(headings=_listed(column.field for column in COLUMNS if column.is_required))
    lines = sum(len(sheet.lines) for sheet in sheets)
    if lines > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    if not lines:
        raise NoLines
    return Roster(sheets=tuple(sheets), ignored=tuple(dict.fromkeys(ignored)))


class _Head(Message):
    """A row of headings: its texts by column, and the last row that belongs to it."""

    texts: dict[int, str]
    last_row: int


def _is_heading(text: str) -> bool:
    return field_of(text) is not None


def _best_head(sheet: Sheet) -> _Head | None:
    """The first of the top rows with the most known headings, or None when no row has enough of them.

    Of the rows that merged cells make one, the last: its headings say more exactly what stands below them.
    """
    best, most = None, FEWEST_HEADINGS - 1
    tall = [area for area in sheet.merged if area.left == area.right <= HEAD_COLUMNS and area.top < area.bottom]
    for row in sorted(sheet.rows)[:HEAD_ROWS]:
        # A heading may stand in cells merged downwards, over a row of further headings.
        beside = {area.left: area for area in tall if area.top <= row <= area.bottom}
        texts = {column: cell.value for column, cell in sheet.rows[row].items() if column <= HEAD_COLUMNS}
        texts |= {
            column: cell.value for column, area in beside.items() if (cell := sheet.rows.get(area.top, {}).get(column))
        }
        count = len({field_of(text) for text in texts.values()} - {None})
        if count > most or (best is not None and count == most and row <= best.last_row):
            last_row = max([row, *(area.bottom for column, area in beside.items() if field_of(texts.get(column, "")))])
            best, most = _Head(texts=dict(sorted(texts.items())), last_row=last_row), count
    return best


def _columns(sheet: str, head: _Head) -> dict[Field, RosterColumn]:
    """The columns by the field they fill, in the template's order."""
    found: dict[Field, RosterColumn] = {}
    for number, text in head.texts.items():
        if (field := field_of(text)) is None:
            continue
        column = RosterColumn(field=field, number=number, heading=" ".join(text.split()))
        if field in found:
            raise HeadingTwice(
                sheet=sheet, first=found[field].title, second=column.title, heading=COLUMN[field].heading
            )
        found[field] = column
    missing = [column.field for column in COLUMNS if column.is_required and column.field not in found]
    if missing:
        raise HeadingsMissing(sheet=sheet, headings=_listed(missing))
    return {column.field: found[column.field] for column in COLUMNS if column.field in found}


def _lines(sheet: Sheet, head: _Head, columns: Mapping[Field, RosterColumn]) -> Iterator[RosterLine]:
    """The rows below the headings that say something, with what merged cells say for them."""
    field_at = {column.number: column.field for column in columns.values()}
    cells = {
        row: {
            field_at[number]: cell
            for number, cell in sheet.rows[row].items()
            if number in field_at and cell.value.strip()
        }
        for row in sorted(sheet.rows)
        if row > head.last_row
    }
    cells = {row: found for row, found in cells.items() if found and not _repeats_headings(found)}
    merged = _merged_fields(sheet, field_at, list(cells))
    for row, fields in merged.items():
        for field, area in fields.items():
            shared = cells.get(area.top, {}).get(field)
            if shared and _is_shared(field, area, field_at):
                cells[row][field] = shared
    return (
        RosterLine(
            row=row,
            cells=found,
            merged={
                field: str(area) for field, area in merged.get(row, {}).items() if not _is_shared(field, area, field_at)
            },
        )
        for row, found in cells.items()
    )


def _merged_fields(sheet: Sheet, field_at: Mapping[int, Field], rows: Sequence[int]) -> dict[int, dict[Field, Area]]:
    """The merged area of every field of ``rows`` (in order) that lies in one."""
    merged: dict[int, dict[Field, Area]] = {}
    for area in sheet.merged:
        fields = [field for number, field in field_at.items() if area.left <= number <= area.right]
        for row in rows[bisect_left(rows, area.top) : bisect_right(rows, area.bottom)] if fields else ():
            for field in fields:
                if merged.setdefault(row, {}).setdefault(field, area) is not area:
                    raise WorkbookIsDamaged  # Areas never overlap; if they did, each row could be asked for without end.
    return merged


def _is_shared(field: Field, area: Area, field_at: Mapping[int, Field]) -> bool:
    """Whether it is plain what a merged cell says: it spans no other known column, and one row or what several may share."""
    fields = [found for number, found in field_at.items() if area.left <= number <= area.right]
    return fields == [field] and field_at.get(area.left) == field and (area.top == area.bottom or field in GROUP_FIELDS)


def _repeats_headings(cells: Mapping[Field, Cell]) -> bool:
    """Whether a row is the headings again, as at the top of each printed page."""
    return "document" in cells and all(field_of(cell.value) == field for field, cell in cells.items())


def _listed(fields: Iterable[Field]) -> Text:
    headings = [COLUMN[field].heading for field in fields]
    return Text(zh="、".join(heading.zh for heading in headings), en=", ".join(heading.en for heading in headings))


# Writing --------------------------------------------------------------------------------------------------------------

_CALM = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
"""What looks like a formula or a link is written as the text that it is."""


def write_template(language: Language, *, delegations: Sequence[str] = ()) -> bytes:
    """An XLSX roster to fill in: lists to choose from (``delegations`` too), and a sheet that explains each column."""
    return write_roster(language, (), delegations=delegations)


def write_template_csv(language: Language) -> bytes:
    """A CSV roster to fill in, as Excel and WPS open it right."""
    file = io.StringIO(newline="")
    csv.writer(file).writerow([column.heading.in_language(language) for column in COLUMNS])
    return file.getvalue().encode("utf-8-sig")


def write_roster(language: Language, lines: Iterable[Sequence[str]], *, delegations: Sequence[str] = ()) -> bytes:
    """The template with ``lines`` filled in, each with a text for every column in the template's order."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, _CALM)
    sheet, notes = book.add_worksheet(SHEET.in_language(language)), book.add_worksheet(NOTES.in_language(language))
    bold = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1})
    text = book.add_format({"num_format": "@"})
    for number, column in enumerate(COLUMNS):
        sheet.set_column(number, number, column.width, text)
        sheet.write_string(0, number, column.heading.in_language(language), bold)
    for row, line in enumerate(lines, 1):
        for number, value in enumerate(line):
            sheet.write_string(row, number, value, text)
    sheet.freeze_panes(1, 1)
    _write_notes(book, notes, language, delegations)
    _offer_choices(sheet, language, NOTES.in_language(language), len(delegations))
    book.close()
    return content.getvalue()


def write_marked(file_name: str, content: bytes, bad_cells: Sequence[BadCell], language: Language) -> bytes:
    """The roster as it was sent, its bad cells coloured, and what to correct in a column at the end of each row."""
    copy = io.BytesIO()
    book = xlsxwriter.Workbook(copy, _CALM)
    forms = {
        "text": book.add_format({"num_format": "@"}),
        "red": book.add_format({"num_format": "@", "bg_color": "#FFC7CE"}),
        "advice": book.add_format({"text_wrap": True, "font_color": "#9C0006"}),
    }
    with speaking(language):
        heading = translate(N_("To correct"))
    for number, original in enumerate(read_spreadsheet(file_name, content, is_heading=_is_heading), 1):
        sheet = book.add_worksheet(_sheet_name(original.name, number))
        _mark(sheet, original, [cell for cell in bad_cells if cell.sheet == original.name], heading, forms)
    book.close()
    return copy.getvalue()


def _mark(sheet: Any, original: Sheet, bad_cells: Sequence[BadCell], heading: str, forms: Mapping[str, Any]) -> None:
    """Copy a sheet's cells, then colour the bad ones and write beside each row what to correct."""
    width = max((max(cells) for cells in original.rows.values()), default=0)
    sheet.set_column(0, max(width - 1, 0), 18)
    for row, cells in original.rows.items():
        for column, cell in cells.items():
            _write_cell(sheet, row - 1, column - 1, cell, forms["text"])
    advice: dict[int, list[str]] = {}
    for bad in bad_cells:
        column = _column_of(bad)
        _write_cell(sheet, bad.row - 1, column - 1, original.rows.get(bad.row, {}).get(column), forms["red"])
        advice.setdefault(bad.row, []).append(f"{bad.column}: {bad.problem} {bad.remedy}")
    if head := _best_head(original) if advice else None:
        sheet.set_column(width, width, 100)
        sheet.write_string(head.last_row - 1, width, heading, forms["red"])
    for row, lines in advice.items():
        sheet.write_string(row - 1, width, "\n".join(lines), forms["advice"])


def _write_notes(book: Any, notes: Any, language: Language, delegations: Sequence[str]) -> None:
    """What each column is for, with an example; the delegations to choose from stand in the last column."""
    bold, wrap = (
        book.add_format({"bold": True, "bg_color": "#DCE6F1"}),
        book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"}),
    )
    heads = (
        Text(zh="列名", en="Column"),
        Text(zh="是否必填", en="Needed"),
        Text(zh="填写要求", en="How to fill it in"),
        Text(zh="示例", en="For example"),
    )
    needed = {True: Text(zh="必填", en="yes"), False: Text(zh="选填", en="no")}
    for number, (head, width) in enumerate(zip(heads, (18, 10, 80, 36), strict=True)):
        notes.set_column(number, number, width)
        notes.write_string(0, number, head.in_language(language), bold)
    for row, column in enumerate(COLUMNS, 1):
        for number, says in enumerate((column.heading, needed[column.is_required], column.explanation, column.example)):
            notes.write_string(row, number, says.in_language(language), wrap)
    if delegations:
        notes.set_column(5, 5, 30)
        notes.write_string(0, 5, Text(zh="可选的代表队", en="Delegations to choose from").in_language(language), bold)
        for row, delegation in enumerate(delegations, 1):
            notes.write_string(row, 5, delegation, wrap)


def _offer_choices(sheet: Any, language: Language, notes: str, delegations: int) -> None:
    """Lists to choose from in the columns that take only certain words. Other wordings may be pasted: they are checked later."""
    choices: dict[Field, Any] = {
        "sex": [word.in_language(language) for word in SEXES.values()],
        "document_kind": [word.in_language(language) for word in DOCUMENT_KINDS.values()],
        "skill_level": [word.in_language(language) for word in SKILL_LEVELS.values()],
    }
    if delegations:
        choices["delegation"] = f"='{notes}'!$F$2:$F${delegations + 1}"
    for number, column in enumerate(COLUMNS):
        if column.field in choices:
            sheet.data_validation(
                1,
                number,
                MOST_LINES,
                number,
                {"validate": "list", "source": choices[column.field], "error_type": "warning"},
            )


def _sheet_name(name: str, number: int) -> str:
    """A name that a workbook takes for a sheet: the original if it may be, else the sheet's number."""
    may_be = (
        0 < len(name) <= LONGEST_SHEET_NAME
        and name.isprintable()
        and not re.search(r"[\[\]:*?/\\]|^'|'$", name)
        and name.lower() != "history"
    )
    return name if may_be else f"{number}"


def _column_of(cell: BadCell) -> int:
    """The number of the column whose letter stands at the end of a title."""
    column = 0
    for character in re.findall(r"\(([A-Z]+)\)$", cell.column)[0]:
        column = column * 26 + ord(character) - ord("A") + 1
    return column


def _write_cell(sheet: Any, row: int, column: int, cell: Cell | None, form: Any) -> None:
    """A cell as it was. Numbers stay numbers, so that a copy that is sent again without a correction is not silently repaired."""
    match cell:
        case None:
            sheet.write_blank(row, column, None, form)
        case Cell(kind="number"):
            sheet.write_number(row, column, float(cell.value), form)
        case Cell(kind="boolean"):
            sheet.write_boolean(row, column, cell.value == "TRUE", form)
        case _:
            sheet.write_string(row, column, cell.value, form)
