"""Lists of entrants: who they are, and what can be wrong with the list."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from competition.plumbing.locale import speaking
from competition.tabulation.entrants_file import Person, read_entrants
from competition.tabulation.faults import Faults


def people(folder: Path, text: str) -> tuple[list[Person], list[str]]:
    """The entrants in a list, and what is wrong with it."""
    (folder / "e.csv").write_bytes(text.encode())
    faults = Faults()
    found = read_entrants(folder / "e.csv", faults, lambda *_: None)
    with speaking("en"):
        return list(found.values()), list(faults.sentences())


def test_a_list_says_who_competes(tmp_path: Path) -> None:
    """Numbers drawn by lot, names, delegations; an apostrophe that a spreadsheet needs is none of the code."""
    text = "选手编号,抽签号,姓名,代表队,备注\n'2-07,2,王伟,甲队,\nB2,1,李强,乙队,x\n"
    assert people(tmp_path, text) == (
        [
            Person(id=UUID(int=1), entrant="2-07", number=2, name="王伟", delegation="甲队"),
            Person(id=UUID(int=2), entrant="B2", number=1, name="李强", delegation="乙队"),
        ],
        [],
    )


def test_without_numbers_the_order_counts(tmp_path: Path) -> None:
    """A list may be one column."""
    assert people(tmp_path, "entrant\nB\nA\n") == (
        [Person(id=UUID(int=1), entrant="B", number=1), Person(id=UUID(int=2), entrant="A", number=2)],
        [],
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("A,1\nA,2\n", "row 3, entrant (A): Entrant A is listed already in row 2. Delete one of the two."),
        (",1\n", "row 2, entrant (A): The row names no entrant. Fill in the entrant, or delete the row."),
        ("A,1.5\n", "row 2, number (B): “1.5” is not an entrant's number. Enter a whole number from 1 on."),
        ("A,\n", "row 2, number (B): “” is not an entrant's number. Enter a whole number from 1 on."),
        (
            "A,1\nB,1\n",
            "row 3, number (B): The number 1 belongs to row 2 already. Give each entrant a number of their own.",
        ),
    ],
)
def test_what_is_wrong_with_a_list_is_told(tmp_path: Path, rows: str, told: str) -> None:
    """Each with its place and remedy."""
    assert people(tmp_path, f"entrant,number\n{rows}")[1] == [f"e.csv, {told}"]
