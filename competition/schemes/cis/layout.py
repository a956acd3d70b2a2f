"""How a CIS marking-scheme workbook is laid out: which rows are headings, and what their columns hold.

Wording and place vary by year and by who wrote the workbook, so nothing is looked for at a fixed row or column: a heading is
known by the words in it, whatever the capitals, line breaks and abbreviations around them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from competition.plumbing.spreadsheet import Cell, Sheet
from competition.schemes.cells import line, number

Column = Literal[
    "sub", "sub_name", "day", "type", "name", "score", "extra", "requirement", "section", "calculation", "points"
]

NEEDED: Mapping[Column, str] = {"type": "Aspect Type", "name": "Aspect - Description", "points": "Max Mark"}
"""A row is the heading of aspects when it has these, and how CIS words them."""

_KNOWN: tuple[tuple[Column, str], ...] = (
    ("extra", r"extra|score description"),
    ("score", r"\bjudge?g?\w* score"),
    ("sub", r"^sub ?crit\w* ?(id|no|code)$|^sub ?criteri(on|a)$"),
    ("sub_name", r"^sub ?crit\w*.*(name|description)"),
    ("day", r"\bday\b"),
    ("type", r"\btype\b"),
    ("requirement", r"requirement"),
    ("section", r"\bsection\b|^ws\w*$"),
    ("calculation", r"calculation"),
    ("points", r"\bmax\b|maximum|^marks?$"),
    ("name", r"aspects? .*descr|descr\w* .*aspect|^aspects?( name)?$"),
)
"""What each heading says, the narrower wording first."""


_TITLE = re.compile(r"\bcis\b.*marking scheme")
_FEWEST_HEADINGS = 4
"""A row with fewer texts is no row of headings, in whatever language."""


def calls_itself_cis(sheet: Sheet) -> bool:
    """Whether a sheet says by its name or in a cell that it is a marking scheme of the CIS."""
    cells = (heading(cell) for row in sheet.rows.values() for cell in row.values() if cell.kind == "text")
    return any(_TITLE.search(text) for text in (sheet.name.casefold(), *cells))


def where_expected(sheet: Sheet) -> tuple[int, list[str]] | None:
    """The row that most looks like the heading of aspects and is none, and the headings that it lacks; None without such a row."""
    rows = [
        (len(NEEDED.keys() & _columns(cells)), len(texts), -row)
        for row, cells in sheet.rows.items()
        if len(texts := [cell for cell in cells.values() if cell.kind == "text"]) >= _FEWEST_HEADINGS
    ]
    if not rows:
        return None
    row = -max(rows)[2]
    found = _columns(sheet.rows[row])
    return row, [wording for column, wording in NEEDED.items() if column not in found]


def heading(cell: Cell) -> str:
    """A heading without capitals, line breaks and punctuation."""
    return " ".join(re.sub(r"[^\w]+", " ", cell.value.casefold()).split())


def columns_of(cells: Mapping[int, Cell]) -> dict[Column, int]:
    """The columns of a row that is the heading of aspects; none for any other row."""
    found = _columns(cells)
    return found if found.keys() >= NEEDED.keys() else {}


def criterion_in(cells: Mapping[int, Cell]) -> str | None:
    """The letter of the criterion that a heading of aspects names: ``Criterion B``."""
    for cell in cells.values():
        if found := re.fullmatch(r"criteri(?:on|a) ([a-z]{1,2})", heading(cell)):
            return found[1].upper()
    return None


def total_in(cells: Mapping[int, Cell]) -> int | None:
    """The column of the criterion's total in a heading of aspects: the next after ``Total Mark``."""
    named = [
        number for number, cell in sorted(cells.items()) if heading(cell) in ("total mark", "total marks", "total")
    ]
    return next((number for number in sorted(cells) if number > named[0]), None) if named else None


def section_columns(cells: Mapping[int, Cell]) -> tuple[int, int] | None:
    """The columns of the ids and of the weights where a row is the heading of the standards' sections, else None.

    The names stand between the two; in real workbooks they have the weights' own heading.
    """
    named = {number: heading(cell) for number, cell in cells.items()}
    ids = [
        number for number, text in named.items() if text in ("section", "sections", "section id", "wsos section", "id")
    ]
    weights = [number for number, text in named.items() if "mark" in text.split() or "marks" in text.split()]
    weights = [number for number in weights if "aspect" not in named[number] and "max" not in named[number]]
    is_heading = any("section" in text for text in named.values()) or any(
        re.match(r"ws\w?s ", text) for text in named.values()
    )
    return (min(ids), max(weights)) if ids and weights and is_heading and not columns_of(cells) else None


def criterion_row(cells: Mapping[int, Cell]) -> tuple[str, str, Decimal | None] | None:
    """A row of the table of criteria: the letter, the name, and the last figure, which is the criterion's marks; else None.

    The table's headings vary too much to go by: ``ID, Name, Mark`` or ``Criterion, Description, Meas, Judg, Total``.
    """
    first, *others = (cells[column] for column in sorted(cells))
    if not re.fullmatch(r"[A-Z]", line(first.value)):
        return None
    figures = [figure for cell in others if (figure := number(cell)) is not None]
    names = [line(cell.value) for cell in others if cell.kind == "text" and number(cell) is None]
    return line(first.value), names[0] if names else "", figures[-1] if figures else None


def _columns(cells: Mapping[int, Cell]) -> dict[Column, int]:
    found: dict[Column, int] = {}
    for at, cell in sorted(cells.items()):
        if cell.kind == "text" and (column := _column(heading(cell))) is not None:
            found.setdefault(column, at)
    return found


def _column(text: str) -> Column | None:
    return next((column for column, pattern in _KNOWN if re.search(pattern, text)), None)
