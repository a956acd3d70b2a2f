"""Texts in CSV files: a spreadsheet neither computes nor converts them, and they are read back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.plumbing.csv_text import harmless, plain


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("-5", "'-5"),
        ("2-07", "'2-07"),
        ("007", "'007"),
        ("1.10", "'1.10"),
        ("12:30", "'12:30"),
        ("1E5", "'1E5"),
        ("7", "7"),
        ("0", "0"),
        ("1234567890123456", "'1234567890123456"),
        ("A07", "A07"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_change_has_an_apostrophe(text: str, written: str) -> None:
    """Formulas, dates, numbers that would look different; a plain whole number looks the same."""
    assert harmless(text) == written


@given(st.text().filter(lambda text: not text.startswith("'")) | st.from_regex(r"[0-9.:/-]{1,8}", fullmatch=True))
def test_what_is_written_is_read_back(text: str) -> None:
    """The apostrophe goes again, and only that one."""
    assert plain(harmless(text)) == text
