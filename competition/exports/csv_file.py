"""Results as CSV that Excel and WPS open right: UTF-8 with a byte order mark, CRLF, quoted by RFC 4180.

One heading row, then one row an entrant, and nothing else: where the list comes from (publication, revision, ledger
position and digests) stands in the last columns of every row rather than in a block above or below, so that sorting,
filtering and import see a plain table, and a row copied elsewhere still says what it was taken from.

Points of stages and tasks have at most six decimals, rounded half up; the exact figures are in the JSON package.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import ROUND_HALF_UP, Decimal

from competition.exports.sheet import Cell, Column, provenance_columns, row_columns
from competition.plumbing.locale import Language, speaking
from schemas.results import Publication, PublishedRow
from schemas.scheme import Scheme

BYTE_ORDER_MARK = "\ufeff"

MOST_DECIMALS = 6

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula; the wide forms too."""

_NUMBER_OR_DATE = re.compile(r"(?=.*\d)[\d\s.,:/%eE-]+")
"""A text that a spreadsheet would turn into a number, a date or a time: the code 2-07 would become 7 February."""


def results_csv(publication: Publication, scheme: Scheme, *, language: Language) -> bytes:
    """The result list as a CSV file, headed in ``language``."""
    with speaking(language):
        columns = (*row_columns(scheme), *provenance_columns(publication))
        headings: list[Cell] = [column.heading for column in columns]
        table = [headings, *([_figure(column, row) for column in columns] for row in publication.rows)]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows([_written(cell) for cell in line] for line in table)
    return (BYTE_ORDER_MARK + file.getvalue()).encode()


def _figure(column: Column, row: PublishedRow) -> Cell:
    """What a column says of a row; a total is as the scheme rounds it, other points are cut to what a reader can use."""
    cell = column.of(row)
    if not isinstance(cell, Decimal) or column.id == "total":
        return cell
    is_long = len(f"{cell:f}".partition(".")[2]) > MOST_DECIMALS
    return cell.quantize(Decimal(1).scaleb(-MOST_DECIMALS), ROUND_HALF_UP) if is_long else cell


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _harmless(cell)
        case int():
            return str(cell)
        case _:
            return f"{cell:f}"


def _harmless(text: str) -> str:
    """``text`` as a spreadsheet leaves it: with an apostrophe before what would be computed or converted."""
    return f"'{text}" if text.startswith(_FORMULA) or _NUMBER_OR_DATE.fullmatch(text) else text
