"""Tells the kinds of workbooks apart that a marking scheme comes in."""

from __future__ import annotations

from competition.schemes.cells import sheets_of
from competition.schemes.cis.layout import calls_itself_cis, columns_of


def is_cis(content: bytes, name: str) -> bool:
    """Whether a workbook is a marking scheme of the WorldSkills CIS, by its headings or by what it calls itself.

    Raises a Problem where it cannot be read.
    """
    return any(
        calls_itself_cis(sheet) or any(columns_of(cells) for cells in sheet.rows.values())
        for sheet in sheets_of(content, name)
    )
