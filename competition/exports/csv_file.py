"""Results as CSV that Excel and WPS open right: UTF-8 with a byte order mark, CRLF, quoted by RFC 4180.

One heading row, then one row an entrant, and nothing else: where the list comes from (publication, revision, ledger
position and digests) stands in the last columns of every row rather than in a block above or below, so that sorting,
filtering and import see a plain table, and a row copied elsewhere still says what it was taken from.

Points of stages and tasks have at most six decimals, rounded half up; the exact figures are in the JSON package.
"""

from __future__ import annotations

import csv
import io
from decimal import ROUND_HALF_UP, Decimal

from competition.exports.honours import Honours, honour_columns
from competition.exports.sheet import Cell, Column, provenance_columns, row_columns
from competition.plumbing.csv_text import BYTE_ORDER_MARK, harmless
from competition.plumbing.locale import Language, speaking
from schemas.results import Publication, PublishedRow
from schemas.scheme import Scheme

MOST_DECIMALS = 6


def results_csv(publication: Publication, scheme: Scheme, honours: Honours, *, language: Language) -> bytes:
    """The result list as a CSV file, headed in ``language``; ``honours`` are what is made of its totals."""
    with speaking(language):
        columns = (*row_columns(scheme), *honour_columns(scheme, honours), *provenance_columns(publication))
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
            return harmless(cell)
        case int():
            return str(cell)
        case _:
            return f"{cell:f}"
