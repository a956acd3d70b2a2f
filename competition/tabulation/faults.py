"""Everything that is wrong with the files, gathered with its place so that it can be told at once."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Iterator

from competition.plumbing.locale import sentence_of, translate
from schemas.base import Message, Text
from schemas.problems import N_, Problem

MOST_TOLD = 200
"""Faults that are kept to be told one by one; the others are counted."""

MOST_COMPARED = 2_000
"""Known words that a misspelt one is compared with."""


class Place(Message):
    """Where a fault is: the file, the sheet if it has several, the row, and the column by its title; what is empty is not told."""

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""

    def told(self) -> str:
        """The place in words of the current language."""
        row = translate(N_("row {row}"), row=self.row) if self.row else ""
        return translate(
            N_("{place}:"), place=", ".join(part for part in (self.file, self.sheet, row, self.column) if part)
        )


class Fault(Message):
    """One thing that is wrong, and where."""

    place: Place
    problem: Problem


class Faults:
    """The faults found so far: the first of them by place, and how many there are in all."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self.count = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Fault]:
        """Those that are kept: file by file, from the first row on."""
        return iter(sorted(self._kept, key=lambda fault: (fault.place.file, fault.place.sheet, fault.place.row)))

    @property
    def is_full(self) -> bool:
        """Whether further faults are only counted."""
        return len(self._kept) >= MOST_TOLD

    def add(self, place: Place, problem: Problem) -> None:
        """Note a fault."""
        self.count += 1
        if not self.is_full:
            self._kept.append(Fault(place=place, problem=problem))

    def sentences(self) -> Iterator[str]:
        """Each fault as a line in the current language, and how many more there are."""
        for fault in self:
            yield f"{fault.place.told()} {sentence_of(fault.problem)}"
        if self.count > len(self._kept):
            yield translate(N_("… and {count} more like these."), count=self.count - len(self._kept))


class FilesAreFaulty(Problem):
    """Something in the files is wrong, so nothing was computed and nothing written; ``faults`` are what."""

    sentence = N_("Nothing was computed. Faults: {count}. Correct them all and try again.")

    def __init__(self, faults: Faults) -> None:
        super().__init__(count=faults.count)
        self.faults = faults


def hint(written: str, known: Iterable[str]) -> Text:
    """The known word nearest to what was written, as the end of a clause; nothing where none is near."""
    spelt = {word.casefold(): word for word in itertools.islice(known, MOST_COMPARED)}
    near = difflib.get_close_matches(written.casefold(), spelt, n=1)
    if not near:
        return Text(zh="", en="")
    return Text(zh=f"（是否应为“{spelt[near[0]]}”？）", en=f" (do you mean “{spelt[near[0]]}”?)")


def cut(written: str) -> str:
    """What was written, cut where it would fill the screen."""
    return written if len(written) <= _MOST_SHOWN else f"{written[:_MOST_SHOWN]}…"


_MOST_SHOWN = 40
