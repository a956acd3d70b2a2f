"""Telling the workbooks apart that a scheme comes in."""

from __future__ import annotations

import pytest

from competition.schemes.cis.reader import NotACisWorkbook, read_cis
from competition.schemes.files import shipped_scheme
from competition.schemes.template import write_template
from competition.schemes.workbook import is_cis
from tests.competition.schemes.cis_books import USUAL, book


def test_other_workbooks_are_told_apart() -> None:
    """By the headings, not by the sheet's name."""
    template = write_template(shipped_scheme("panel-roadshow"), "en")
    assert is_cis(book(*USUAL, sheet="Anything"), "x.xlsx")
    assert not is_cis(template, "x.xlsx")
    with pytest.raises(NotACisWorkbook):
        read_cis(template, "x.xlsx")
