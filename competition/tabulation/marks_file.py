"""A table of marks, read row by row: one row for each entrant, aspect and judge (and reading or run)."""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import Path
from typing import Any

from competition.plumbing.csv_text import plain
from competition.scoring.readings import check_instrument, check_reading, expected_readings
from competition.tabulation.book import Book
from competition.tabulation.columns import MARKS
from competition.tabulation.entrants_file import Person, person
from competition.tabulation.entries import Entry
from competition.tabulation.faults import Faults, cut, hint
from competition.tabulation.problems import (
    AspectAmbiguous,
    AspectEmpty,
    AspectUnknown,
    ConfirmedUnclear,
    EntrantEmpty,
    EntrantUnknown,
    JudgeEmpty,
    OccurrencesNotWhole,
    PenaltyTwice,
    StateOfPenalty,
    ValueAndState,
    VoteNotWhole,
)
from competition.tabulation.table import Advance, Row, Table, read_tables
from competition.tabulation.words import (
    narrow,
    read_item,
    read_state,
    read_values,
    read_whole,
    state_of,
    state_of_entrant,
    yes_or_no,
)
from schemas.aspects import Aspect
from schemas.problems import Problem
from schemas.scheme import Penalty, Scheme

_SAYS = ("aspect", "value", "item", "unit", "state", "vote", "confirmed")
"""The columns that make up what a row says of its cell."""

_MARKED = ("marked", "已评分")
"""What may stand in the column of states where there is a value."""

_MOST_OCCURRENCES = 10_000

_FAULTY = Entry(is_faulty=True)


def read_marks(
    path: Path, scheme: Scheme, people: Mapping[str, Person] | None, faults: Faults, advance: Advance
) -> Book:
    """The marks in a file. ``people`` are all who compete; without them, all whom the file names do, in that order."""
    reader = _Reader(scheme, people, faults)
    try:
        for table in read_tables(path, MARKS, faults, advance):
            reader.take(table)
    finally:
        reader.book.close()
    return reader.book


class _Reader:
    """Takes the rows. What two rows have in common is looked at once: cells and what is said of them are remembered by text."""

    def __init__(self, scheme: Scheme, people: Mapping[str, Person] | None, faults: Faults) -> None:
        self.book = Book(scheme)
        self._faults = faults
        self._is_open = people is None
        self._by_id: dict[str, Aspect | Penalty] = {one.id: one for one in (*scheme.aspects(), *scheme.penalties)}
        self._by_word = _by_word(self._by_id.values())
        self._judges = {
            aspect.id: aspect.judges or sub.panel.judges for sub in scheme.sub_criteria() for aspect in sub.aspects
        }
        self._places: dict[str, int] = {}
        self._piles: dict[str, array[int]] = {}
        self._cells: dict[Any, int] = {}
        self._cell_at: dict[tuple[str, str], int] = {}
        self._said: dict[Any, int | None] = {}
        for one in (people or {}).values():
            self._add(one)

    def take(self, table: Table) -> None:
        """Every row of a table."""
        base = self.book.add_table(table)
        at = {column.id: table.columns.get(column.id, -1) for column in MARKS.all}
        where, what = itemgetter(at["aspect"], at["judge"]), itemgetter(*(at[column] for column in _SAYS))
        entrant, piles, cells, said = at["entrant"], self._piles, self._cells, self._said
        for number, row in table.rows:
            row.append("")  # the cell of every column that the table does not have
            try:
                pile, entry = piles[row[entrant]], said[what(row)]
                if entry is not None:
                    cell = cells[where(row)]
                    pile.append(cell | entry)
                    pile.append(base | number)
            except KeyError:
                self._look((number, row), table, at, base, where(row), what(row))

    def _look(
        self, row: Row, table: Table, at: Mapping[str, int], base: int, where: tuple[str, ...], what: tuple[str, ...]
    ) -> None:
        """Take a row of which something is new, or wrong."""
        number, cells = row
        says = {column: plain(cells[index].strip()) for column, index in at.items()}
        who = self._entrant(table, number, cells[at["entrant"]], narrow(says["entrant"]))
        subject = self._subject(table, number, who, says)
        match subject:
            case Penalty():
                self._penalty(table, number, base, who, subject, says)
            case None:
                pass
            case _:
                entry = self._entry(table, number, subject, says)
                cell = self._cell(table, number, subject, narrow(says["judge"])) if entry is not None else None
                if cell is not None:
                    self._cells[where] = cell
                if entry is not _FAULTY:
                    self._said[what] = None if entry is None else self.book.entry(entry)
                if who is not None and cell is not None and entry is not None:
                    pile = self._piles[who]
                    pile.append(cell | self.book.entry(entry))
                    pile.append(base | number)

    def _add(self, one: Person) -> None:
        self._places[one.entrant] = len(self._places)
        self._piles[one.entrant] = self.book.add_person(one)

    def _entrant(self, table: Table, number: int, written: str, entrant: str) -> str | None:
        """The entrant of a row, as the list calls them; None and a fault where there is none."""
        if entrant in self._places:
            pass
        elif not entrant:
            self._faults.add(table.place(number, "entrant"), EntrantEmpty())
            return None
        elif self._is_open:
            self._add(person(len(self._places) + 1, entrant))
        else:
            near = hint(entrant, () if self._faults.is_full else self._places)
            self._faults.add(table.place(number, "entrant"), EntrantUnknown(entrant=cut(entrant), hint=near))
            return None
        self._piles.setdefault(written, self._piles[entrant])
        return entrant

    def _subject(self, table: Table, number: int, who: str | None, says: Mapping[str, str]) -> Aspect | Penalty | None:
        """What a row is about; None where it is about nothing, or about the entrant as a whole."""
        written = says["aspect"]
        if not written:
            self._leave(table, number, who, says["state"] or says["value"])
            return None
        if written in self._by_id:
            return self._by_id[written]
        found = self._by_word.get(_folded(written), ())
        if len(found) == 1:
            return found[0]
        problem: Problem
        if found:
            problem = AspectAmbiguous(written=cut(written), ids=", ".join(one.id for one in found))
        else:
            near = hint(written, () if self._faults.is_full else self._by_id)
            problem = AspectUnknown(aspect=cut(written), hint=near)
        self._faults.add(table.place(number, "aspect"), problem)
        return None

    def _leave(self, table: Table, number: int, who: str | None, written: str) -> None:
        """What a row without an aspect says of its entrant: that they withdrew, or are ruled out."""
        state = state_of_entrant(written)
        if state is None:
            self._faults.add(table.place(number, "aspect"), AspectEmpty())
        elif who is not None:
            leave = self.book.withdraw if state == "withdrawn" else self.book.disqualify
            leave(self._places[who])

    def _penalty(
        self, table: Table, number: int, base: int, who: str | None, penalty: Penalty, says: Mapping[str, str]
    ) -> None:
        """So many occurrences of a breach."""
        place = table.place(number, "value")
        if says["state"] or says["item"] or says["unit"]:
            self._faults.add(place, StateOfPenalty(penalty=penalty.id))
        elif says["value"]:
            occurrences = read_whole(says["value"])
            if occurrences is None or occurrences > _MOST_OCCURRENCES:
                self._faults.add(
                    place, OccurrencesNotWhole(value=cut(says["value"]), penalty=penalty.id, most=_MOST_OCCURRENCES)
                )
            elif who is not None:
                before = self.book.add_penalty(self._places[who], penalty.id, occurrences, base | number)
                if before is not None:
                    self._faults.add(place, PenaltyTwice(penalty=penalty.id, entrant=cut(who), row=before))

    def _cell(self, table: Table, number: int, aspect: Aspect, judge: str) -> int | None:
        """The cell of an aspect and a judge, who need not be named where one marks it."""
        judges = self._judges[aspect.id]
        if not judge and judges > 1:
            self._faults.add(table.place(number, "judge"), JudgeEmpty(aspect=aspect.id, judges=judges))
            return None
        if (aspect.id, judge) not in self._cell_at:
            self._cell_at[aspect.id, judge] = self.book.cell(aspect, judge)
        return self._cell_at[aspect.id, judge]

    def _entry(self, table: Table, number: int, aspect: Aspect, says: Mapping[str, str]) -> Entry | None:
        """What a row says of its cell; None where it says nothing yet."""
        value, state = says["value"], "" if _folded(says["state"]) in _MARKED else says["state"]
        if not value and not state:
            return None
        column = "state"
        try:
            if value and state:
                raise ValueAndState
            column = "vote"
            vote = _vote(says["vote"])
            column = "confirmed"
            confirmed = _confirmed(says["confirmed"])
            column = "item"
            item = read_item(aspect, says["item"]) if says["item"] else 0
            if expected_readings(aspect) == 1:
                item = 0
            column = "state"
            if state:
                return Entry(state=read_state(state), item=item, vote=vote)
            column = "value"
            return _reading(aspect, says, item, vote, confirmed=confirmed)
        except Problem as problem:
            self._faults.add(table.place(number, column), problem)
            return _FAULTY


def _reading(aspect: Aspect, says: Mapping[str, str], item: int, vote: int, *, confirmed: bool) -> Entry:
    """The readings in the cell of the value; one that has a row for each item is checked when all are there."""
    try:
        values = read_values(aspect, says["value"], says["unit"], is_item=item > 0)
    except Problem:
        if state_of(says["value"]) is None and state_of_entrant(says["value"]) is None:
            raise
        return Entry(state=read_state(says["value"]), item=item, vote=vote)
    if not item:
        check_reading(aspect, values, "marked")
        if not confirmed:
            check_instrument(aspect, values)
    return Entry(values=values, item=item, vote=vote, confirmed=confirmed and item > 0)


def _vote(written: str) -> int:
    number = read_whole(written) if written else 1
    if number is None or number not in range(1, 100):
        raise VoteNotWhole(value=cut(written))
    return number


def _confirmed(written: str) -> bool:
    said = yes_or_no(written) if written else False
    if said is None:
        raise ConfirmedUnclear(value=cut(written))
    return said


def _by_word(things: Iterable[Aspect | Penalty]) -> dict[str, tuple[Aspect | Penalty, ...]]:
    """All that a word may mean, by id and by name, however it is spelt."""
    found: dict[str, tuple[Aspect | Penalty, ...]] = {}
    for thing in things:
        for word in dict.fromkeys(map(_folded, (thing.id, thing.name.zh, thing.name.en))):
            found[word] = (*found.get(word, ()), thing)
    return found


def _folded(written: str) -> str:
    return unicodedata.normalize("NFKC", written).casefold().strip()
