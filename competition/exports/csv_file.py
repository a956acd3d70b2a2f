"""Results as CSV that Excel and WPS open right: UTF-8 with a byte order mark, CRLF, quoted by RFC 4180.

One heading row, then one row an entrant, and nothing else: where the list comes from (publication, revision, ledger
position and digests) stands in the last columns of every row rather than in a block above or below, so that sorting,
filtering and import see a plain table, and a row copied elsewhere still says what it was taken from.
"""

from __future__ import annotations

import csv
import io
import re

from competition.exports.sheet import Cell, provenance_columns, row_columns
from competition.plumbing.locale import Language, speaking
from schemas.results import Publication
from schemas.scheme import Scheme

BYTE_ORDER_MARK = "\ufeff"

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula; the wide forms too."""

_NUMBER_OR_DATE = re.compile(r"(?=.*\d)[\d\s.,:/%eE-]+")
"""A text that a spreadsheet would turn into a number, a date or a time: the code 2-07 would become 7 February."""


def results_csv(publication: Publication, scheme: Scheme, *, language: Language) -> bytes:
    """The result list as a CSV file, headed in ``language``."""
    with speaking(language):
        columns = (*row_columns(scheme), *provenance_columns(publication))
        headings: list[Cell] = [column.heading for column in columns]
        table = [headings, *([column.of(row) for column in columns] for row in publication.rows)]
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows([_written(cell) for cell in line] for line in table)
    return (BYTE_ORDER_MARK + file.getvalue()).encode()


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
