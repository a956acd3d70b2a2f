"""Tells the kinds of workbooks apart that a marking scheme comes in."""

from __future__ import annotations

from competition.schemes.cells import sheets_of
from competition.schemes.cis.layout import columns_of


def is_cis(content: bytes, name: str) -> bool:
    """Whether a workbook is laid out as a marking scheme of the WorldSkills CIS; raises a Problem where it cannot be read."""
    return any(columns_of(cells) for sheet in sheets_of(content, name) for cells in sheet.rows.values())
