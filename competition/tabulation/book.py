"""The marks of a file as they are kept until they are scored: sixteen bytes a row, whatever the readings are.

Among millions of rows the same few readings repeat, so each is kept once and a row says which it is. What scoring asks for, the
record of one entrant, is put together when its turn has come.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from uuid import UUID

from competition.scoring.record import Cell
from competition.tabulation.entrants_file import Person
from competition.tabulation.entries import Entry, FileMark, FileRecord, entry_of_items
from competition.tabulation.faults import Faults, Place, cut
from competition.tabulation.problems import ItemTwice, JudgeTwice, RevoteIncomplete, TooManyJudges, VoteSkipped
from competition.tabulation.table import Table
from schemas.aspects import Aspect
from schemas.base import Text
from schemas.problems import Problem
from schemas.scheme import Scheme

_LOW = (1 << 32) - 1
"""Two numbers share one of 64 bits: cell and entry, or table and row."""


class Book:
    """All marks of a file, by entrant."""

    def __init__(self, scheme: Scheme) -> None:
        self.people: list[Person] = []
        self.judges: dict[UUID, str] = {}
        self._piles: list[array[int]] = []
        self._cells: list[tuple[Aspect, str]] = []
        self._entries: list[Entry] = []
        self._entry_at: dict[Entry, int] = {}
        self._penalties: dict[int, dict[str, tuple[int, int]]] = {}
        self._ruled_out: set[int] = set()
        self._withdrawn: set[int] = set()
        self._tables: list[Table] = []
        self._slots: list[tuple[Cell, Aspect]] = []
        self._plain: list[bool] = []
        self._crowded: dict[str, tuple[frozenset[str], int]] = {}
        self._judged = list(_judged_together(scheme))

    # Writing, row by row ----------------------------------------------------------------------------------------------

    def add_table(self, table: Table) -> int:
        """The rows that follow are of this table; returns what is added to their numbers."""
        self._tables.append(table)
        return len(self._tables) - 1 << 32

    def add_person(self, person: Person) -> array[int]:
        """One more entrant; returns the pile that their marks go on: cell and entry in one number, then the row."""
        pile: array[int] = array("Q")
        self.people.append(person)
        self._piles.append(pile)
        return pile

    def cell(self, aspect: Aspect, judge: str) -> int:
        """The number of a new cell: one aspect as one judge marks it; shifted to where a pile has it."""
        self._cells.append((aspect, judge))
        return len(self._cells) - 1 << 32

    def entry(self, entry: Entry) -> int:
        """The number of an entry; equal ones share it."""
        if entry not in self._entry_at:
            self._entry_at[entry] = len(self._entries)
            self._entries.append(entry)
        return self._entry_at[entry]

    def add_penalty(self, who: int, penalty: str, occurrences: int, row: int) -> int | None:
        """So many breaches of an entrant; returns the row that said so before, if one did."""
        given = self._penalties.setdefault(who, {})
        if penalty in given:
            return given[penalty][1] & _LOW
        given[penalty] = (occurrences, row)
        return None

    def disqualify(self, who: int) -> None:
        """An entrant is ruled out."""
        self._ruled_out.add(who)

    def withdraw(self, who: int) -> None:
        """An entrant has left."""
        self._withdrawn.add(who)

    # Reading, entrant by entrant --------------------------------------------------------------------------------------

    def close(self) -> None:
        """Everything is written: judges get their ids in the order of their names."""
        names = sorted({judge for _, judge in self._cells})
        ids = {name: UUID(int=place) for place, name in enumerate(names, 1)}
        self.judges = {judge_id: name for name, judge_id in ids.items()}
        self._slots = [((aspect.id, ids[judge]), aspect) for aspect, judge in self._cells]
        self._plain = [entry.is_plain for entry in self._entries]
        judges: dict[str, set[str]] = {}
        for aspect, judge in self._cells:
            judges.setdefault(aspect.id, set()).add(judge)
        for group, most in self._judged:
            if len(set().union(*(judges.get(one, ()) for one in group))) > most:
                self._crowded |= dict.fromkeys(group, (group, most))

    def row_of(self, mark_id: UUID) -> Place:
        """Where the mark of a trace stands."""
        return self._place(mark_id.int)

    def record(self, who: int, faults: Faults) -> FileRecord:
        """What the file says about an entrant; what does not go together goes to ``faults``."""
        pile = self._piles[who]
        marks: dict[Cell, FileMark] = {}
        plain, slots, entries = self._plain, self._slots, self._entries
        for place, row in zip(pile[::2], pile[1::2], strict=True):
            cell, number = slots[place >> 32][0], place & _LOW
            if cell in marks or not plain[number]:
                marks = self._gathered(who, faults)
                break
            entry = entries[number]
            marks[cell] = FileMark(row=row, judge_id=cell[1], aspect=cell[0], values=entry.values, state=entry.state)
        if self._crowded:
            self._check_panels(who, faults)
        return FileRecord(
            entrant_id=self.people[who].id,
            marks=marks,
            penalties={penalty: times for penalty, (times, _) in self._penalties.get(who, {}).items()},
            disqualified=who in self._ruled_out,
            withdrawn=who in self._withdrawn,
        )

    def _gathered(self, who: int, faults: Faults) -> dict[Cell, FileMark]:
        """Marks that take several rows: votes that were held again, and readings of which each has a row."""
        pile = self._piles[who]
        by_cell: dict[int, list[tuple[int, Entry]]] = {}
        for place, row in zip(pile[::2], pile[1::2], strict=True):
            by_cell.setdefault(place >> 32, []).append((row, self._entries[place & _LOW]))
        held: dict[str, list[tuple[int, Entry]]] = {}
        for number, rows in by_cell.items():
            held.setdefault(self._slots[number][1].id, []).extend(rows)
        votes = {aspect: self._last_vote(who, aspect, rows, faults) for aspect, rows in held.items()}
        marks: dict[Cell, FileMark] = {}
        for number, rows in by_cell.items():
            cell, aspect = self._slots[number]
            last = [(row, entry) for row, entry in rows if entry.vote == votes[aspect.id] or entry.is_faulty]
            if not last:
                data = {"aspect": aspect.id, "entrant": self.people[who].entrant, "judge": self.judges[cell[1]]}
                faults.add(self._place(rows[-1][0]), RevoteIncomplete(vote=votes[aspect.id], **data))
            elif mark := self._together(who, cell, aspect, last, faults):
                marks[cell] = mark
        return marks

    def _last_vote(self, who: int, aspect: str, rows: Sequence[tuple[int, Entry]], faults: Faults) -> int:
        """The vote that counts; before it all others must have been held, or its number is a slip."""
        held = {entry.vote for _, entry in rows}
        last = max(held)
        missing = next((vote for vote in range(1, last) if vote not in held), None)
        if missing is not None and not any(entry.is_faulty for _, entry in rows):
            row = next(row for row, entry in rows if entry.vote == last)
            told = {"aspect": aspect, "entrant": cut(self.people[who].entrant), "vote": last, "missing": missing}
            faults.add(self._place(row, "vote"), VoteSkipped(**told))
        return last

    def _together(
        self, who: int, cell: Cell, aspect: Aspect, rows: Sequence[tuple[int, Entry]], faults: Faults
    ) -> FileMark | None:
        """One mark from the rows of its cell; None, and a fault unless it was told, where they do not go together."""
        is_whole = not any(entry.is_faulty for _, entry in rows)
        rows = [(row, entry) for row, entry in rows if not entry.is_faulty]
        items: dict[int, tuple[int, Entry]] = {}
        for row, one in rows:
            if one.item in items or (len(rows) > 1 and not one.item):
                before = items.get(one.item, rows[0])[0]
                told = {"aspect": aspect.id, "entrant": cut(self.people[who].entrant), "row": before & _LOW}
                judge = self.judges[cell[1]]
                again = row if row != before else rows[1][0]
                problem = ItemTwice(item=one.item, **told) if one.item else JudgeTwice(judge=judge or "—", **told)
                faults.add(self._place(again), problem)
                return None
            items[one.item] = (row, one)
        if not is_whole:
            return None
        first, entry = rows[0]
        if entry.item:
            try:
                entry = entry_of_items(aspect, {item: one for item, (_, one) in items.items()})
            except Problem as problem:
                faults.add(self._place(first, "value"), problem)
                return None
        return FileMark(row=first, judge_id=cell[1], aspect=cell[0], values=entry.values, state=entry.state)

    def _check_panels(self, who: int, faults: Faults) -> None:
        """No more judges than should mark it: an aspect, or the whole sheet where the panel works by sheet."""
        given: dict[frozenset[str], dict[UUID, int]] = {}
        pile = self._piles[who]
        for place, row in zip(pile[::2], pile[1::2], strict=True):
            aspect, judge = self._slots[place >> 32][0]
            if aspect in self._crowded:
                given.setdefault(self._crowded[aspect][0], {}).setdefault(judge, row)
        for group, rows in given.items():
            most = self._crowded[min(group)][1]
            if len(rows) > most:
                names = [(self.judges[judge] or "—", row & _LOW) for judge, row in rows.items()]
                data = {"aspect": ", ".join(sorted(group)), "given": len(rows), "judges": most}
                listed = Text(
                    zh="、".join(f"{name}（第 {row} 行）" for name, row in names),
                    en=", ".join(f"{name} in row {row}" for name, row in names),
                )
                problem = TooManyJudges(entrant=cut(self.people[who].entrant), names=listed, **data)
                faults.add(self._place(list(rows.values())[most], "judge"), problem)

    def _place(self, row: int, column: str = "") -> Place:
        return self._tables[row >> 32].place(row & _LOW, column)


def _judged_together(scheme: Scheme) -> Iterator[tuple[frozenset[str], int]]:
    """The aspects that have one set of judges, and how many: each by itself, or all of a sheet where the panel works by sheet."""
    for sub in scheme.sub_criteria():
        if sub.panel.by == "sheet":
            yield frozenset(aspect.id for aspect in sub.aspects), sub.panel.judges
        else:
            yield from ((frozenset((aspect.id,)), aspect.judges or sub.panel.judges) for aspect in sub.aspects)
