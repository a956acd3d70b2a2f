"""From a scheme and files to results: everybody's figures, places, awards, teams; or everything that is wrong with the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path

from competition.scoring.closing import close
from competition.scoring.compute import compute
from competition.scoring.plan import plan_of
from competition.scoring.sections import section_points
from competition.scoring.tally import Tally, tally_of
from competition.scoring.totals import entrant_result
from competition.tabulation.book import Book
from competition.tabulation.entrants_file import Person, read_entrants
from competition.tabulation.faults import Faults, FilesAreFaulty, Place
from competition.tabulation.flags import Flagged, Lookout
from competition.tabulation.marks_file import read_marks
from competition.tabulation.missing import Missing
from schemas.base import Message
from schemas.problems import N_, Problem
from schemas.results import Closed, Closing, Contender, EntrantResult
from schemas.scheme import Scheme

READING_ENTRANTS = N_("Reading the entrants")
READING_MARKS = N_("Reading the marks")
SCORING = N_("Computing")

Tell = Callable[[str, int, int], None]
"""Hears what is being done (a msgid), and how much of it is done of how much."""

TOLD_EVERY = 200
"""Entrants after which it is told how far the computing is."""


class Line(Message):
    """One entrant's results: who, the figures, what they came to, and what people must look at.

    ``place`` is where the book has them; ``missing`` how many marks are still to come.
    """

    place: int
    person: Person
    tally: Tally
    closed: Closed
    sections: dict[str, Decimal]
    flags: tuple[Flagged, ...]
    missing: int

    @property
    def expected(self) -> int:
        """How many marks there are to be in all: of aspects that exclude each other one, of somebody who is out none further."""
        return self.tally.marked + self.missing


class Tabulation:
    """The results of a scheme over files."""

    def __init__(self, scheme: Scheme, book: Book, lines: tuple[Line, ...], closing: Closing) -> None:
        self.scheme = scheme
        self.book = book
        self.lines = lines
        self.closing = closing

    @property
    def marks(self) -> int:
        """How many marks there are: readings and states, by aspect and judge."""
        return sum(line.tally.marked for line in self.lines)

    @property
    def missing(self) -> int:
        """How many of the marks that the panels should give are not there yet."""
        return sum(line.missing for line in self.lines)

    def trace(self, line: Line) -> EntrantResult:
        """One entrant's total opened down to the rows of the file."""
        return entrant_result(self.scheme, self.book.record(line.place, Faults()))


def tabulate(scheme: Scheme, marks: Path, entrants: Path | None, tell: Tell) -> Tabulation:
    """The results; raises ``FilesAreFaulty`` with everything that is wrong with the files."""
    faults = Faults()
    people = _people(entrants, faults, tell) if entrants else None
    book = _book(scheme, marks, people, faults, tell)
    scored = list(_scored(scheme, book, faults, tell)) if book else []
    if faults or book is None:
        raise FilesAreFaulty(faults)
    contenders = (
        Contender(entrant_id=person.id, number=person.number, delegation=person.delegation) for person in book.people
    )
    closing = close(scheme, [one.tally for one in scored], contenders)
    at = {person.id: place for place, person in enumerate(book.people)}
    missing = Missing(plan_of(scheme))
    lines = (
        Line(
            place=place,
            person=book.people[place],
            tally=scored[place].tally,
            closed=closed,
            sections=scored[place].sections,
            flags=scored[place].flags,
            missing=missing.until(scored[place].missing, closed.cut),
        )
        for closed in closing.entrants
        for place in (at[closed.entrant_id],)
    )
    return Tabulation(scheme, book, tuple(lines), closing)


def _people(path: Path, faults: Faults, tell: Tell) -> Mapping[str, Person] | None:
    try:
        return read_entrants(path, faults, partial(tell, READING_ENTRANTS))
    except Problem as problem:
        faults.add(Place(file=path.name), problem)
        return None


def _book(scheme: Scheme, path: Path, people: Mapping[str, Person] | None, faults: Faults, tell: Tell) -> Book | None:
    try:
        return read_marks(path, scheme, people, faults, partial(tell, READING_MARKS))
    except Problem as problem:
        faults.add(Place(file=path.name), problem)
        return None


class _Scored(Message):
    """What one entrant's marks come to by themselves, before places; the missing marks by stage."""

    tally: Tally
    sections: dict[str, Decimal]
    flags: tuple[Flagged, ...]
    missing: tuple[int, ...]


def _scored(scheme: Scheme, book: Book, faults: Faults, tell: Tell) -> Iterator[_Scored]:
    """Everybody in the order of the book; once something is wrong, the marks are only looked through."""
    plan = plan_of(scheme)
    lookout, missing = Lookout(plan), Missing(plan)
    for place in range(len(book.people)):
        record = book.record(place, faults)
        if not faults:
            computed = compute(plan, record)
            yield _Scored(
                tally=tally_of(plan, computed, record.entrant_id),
                sections=section_points(plan, computed),
                flags=lookout.flags_of(computed),
                missing=missing.by_stage(computed),
            )
        if not place % TOLD_EVERY:
            tell(SCORING, place, len(book.people))
