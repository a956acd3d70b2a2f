"""Texts in CSV files as a spreadsheet leaves them: nothing is computed, nothing becomes a date."""

from __future__ import annotations

import re

BYTE_ORDER_MARK = "\ufeff"

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula; the wide forms too."""

_NUMBER_OR_DATE = re.compile(r"(?!(?:0|[1-9][0-9]{0,14})$)(?=.*\d)[\d\s.,:/%eE-]+")
"""A text that a spreadsheet would turn into a number, a date or a time: the code 2-07 would become 7 February.

A plain whole number reads the same as before and is left alone."""


def harmless(text: str) -> str:
    """``text`` as a spreadsheet leaves it: with an apostrophe before what would be computed or converted."""
    return f"'{text}" if text.startswith(_FORMULA) or _NUMBER_OR_DATE.fullmatch(text) else text


def plain(written: str) -> str:
    """The text that ``harmless`` wrote."""
    return written[1:] if written.startswith("'") and harmless(written[1:]) == written else written
