"""Who competes: a list of entrants read from a file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from competition.plumbing.csv_text import plain
from competition.tabulation.columns import ENTRANTS
from competition.tabulation.faults import Faults, cut
from competition.tabulation.problems import EntrantEmpty, EntrantTwice, NumberNotWhole, NumberTwice
from competition.tabulation.table import Advance, Table, read_tables
from competition.tabulation.words import narrow, read_whole
from schemas.base import Message


class Person(Message):
    """An entrant as files name them. ``id`` counts them in the order of the list."""

    id: UUID
    entrant: str
    number: int
    name: str = ""
    delegation: str = ""


def person(place: int, entrant: str) -> Person:
    """An entrant of whom nothing is known but that they are the one at ``place``, from 1."""
    return Person(id=UUID(int=place), entrant=entrant, number=place)


def read_entrants(path: Path, faults: Faults, advance: Advance) -> dict[str, Person]:
    """The entrants by what the marks call them, in the order of the file; what is wrong goes to ``faults``."""
    people: dict[str, Person] = {}
    rows: dict[str, int] = {}
    numbers: dict[int, int] = {}
    for table in read_tables(path, ENTRANTS, faults, advance):
        for row, cells in table.rows:
            texts = {column: plain(cells[at].strip()) for column, at in table.columns.items()}
            entrant = narrow(texts["entrant"])
            if not entrant:
                faults.add(table.place(row, "entrant"), EntrantEmpty())
                continue
            if entrant in people:
                faults.add(table.place(row, "entrant"), EntrantTwice(entrant=cut(entrant), row=rows[entrant]))
                continue
            rows[entrant] = row
            people[entrant] = Person(
                id=UUID(int=len(people) + 1),
                entrant=entrant,
                number=_number(table, row, texts.get("number"), numbers, faults) or len(people) + 1,
                name=texts.get("name", ""),
                delegation=texts.get("delegation", ""),
            )
    return people


def _number(table: Table, row: int, written: str | None, numbers: dict[int, int], faults: Faults) -> int | None:
    """The number in a row of a list that has numbers; nobody else's."""
    if written is None:
        return None
    number = read_whole(written)
    if not number:
        faults.add(table.place(row, "number"), NumberNotWhole(value=cut(written)))
        return None
    if number in numbers:
        faults.add(table.place(row, "number"), NumberTwice(number=number, row=numbers[number]))
    numbers.setdefault(number, row)
    return number
