"""The columns of the files: known in many wordings, no two alike, all of them documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from competition.tabulation import __file__ as slice_file
from competition.tabulation.columns import ENTRANTS, MARKS, Columns
from competition.tabulation.words import NO, STATES, YES


@pytest.mark.parametrize(
    ("wording", "column"),
    [
        ("选手", "entrant"),
        (" * 选手 编号：", "entrant"),
        ("Entrant (code)", "entrant"),
        ("ENTRANT_ID", "entrant"),
        ("ｖａｌｕｅ", "value"),
        ("评委", "judge"),
        ("Re-vote", "vote"),
    ],
)
def test_headings_are_known_in_many_wordings(wording: str, column: str) -> None:
    """Spaced, starred, remarked upon, wide or in capitals."""
    found = MARKS.named(wording)
    assert found is not None
    assert found.id == column


@pytest.mark.parametrize("columns", [MARKS, ENTRANTS])
def test_no_wording_means_two_columns(columns: Columns) -> None:
    """Each heading, alias and id leads to its own column."""
    assert {
        wording: column.id
        for column in columns.all
        for wording in (column.id, column.heading.zh, column.heading.en, *column.aliases)
        if columns.named(wording) != column
    } == {}


def test_every_column_and_word_is_documented() -> None:
    """The page beside the code names each column in both languages, each state and each word for yes and no."""
    page = (Path(slice_file).parent / "README.md").read_text()
    rows = set(re.findall(r"^\| `(\w+)` \| (\S+) \|", page, re.MULTILINE))
    assert rows == {(column.id, column.heading.zh) for column in (*MARKS.all, *ENTRANTS.all)}
    words = {word for words in STATES.values() for word in words} | YES | NO
    assert {word for word in words if f"`{word}`" not in page} == set()
