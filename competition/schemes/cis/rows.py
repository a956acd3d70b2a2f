"""Goes through the rows of a CIS workbook: criteria, sub-criteria, aspects, and what stands in the rows below an aspect."""

from __future__ import annotations

import re

from competition.plumbing.spreadsheet import Cell, Sheet
from competition.schemes.cells import CellFault, line, lines, number, place
from competition.schemes.cis.calculations import Calculation
from competition.schemes.cis.layout import Column, columns_of, criterion_in, total_in
from competition.schemes.cis.parts import AspectPart, AspectType, CriterionPart, SubPart
from schemas.problems import N_

TYPES: dict[str, AspectType] = {
    "m": "measured",
    "meas": "measured",
    "measurement": "measured",
    "o": "measured",
    "obj": "measured",
    "objective": "measured",
    "j": "judged",
    "judg": "judged",
    "judge": "judged",
    "judgement": "judged",
    "judgment": "judged",
    "b": "measured",
    "s": "scored",
    "subj": "scored",
    "subjective": "scored",
}
"""What people write as an aspect's type; a number after it (J1, M12) only counts them. O and S are older; B is a binary O."""

HIGHEST_LEVEL = 10


class Rows:
    """The criteria found so far, and where in the workbook the reading is."""

    def __init__(self, calculations: dict[int, Calculation], faults: list[CellFault]) -> None:
        self.criteria: dict[str, CriterionPart] = {}
        self.calculations = calculations
        self.found_heading = False
        self._faults = faults
        self._sheet = ""
        self._row = 0
        self._columns: dict[Column, int] = {}
        self._cells: dict[int, Cell] = {}
        self._criterion: CriterionPart | None = None
        self._sub: SubPart | None = None
        self._subs: set[str] = set()
        self._aspect: AspectPart | None = None

    def read(self, sheet: Sheet) -> None:
        """All blocks of a sheet, each from its heading down to the next."""
        self._sheet, self._columns = sheet.name, {}
        self._sub = self._aspect = None
        for row in sorted(sheet.rows):
            self._row, self._cells = row, sheet.rows[row]
            if columns := columns_of(self._cells):
                self._begin_block(columns)
            elif self._columns:
                self._read_row()

    def _begin_block(self, columns: dict[Column, int]) -> None:
        self.found_heading = True
        self._columns = columns
        letter = criterion_in(self._cells)
        if letter and self._criterion and letter == self._criterion.id:
            return  # The heading again, as at the top of a page.
        self._criterion = self._sub = self._aspect = None
        if letter:
            total = total_in(self._cells)
            self._enter_criterion(letter).points = None if total is None else number(self._cells[total])

    def _read_row(self) -> None:
        code, name = self._text("sub"), self._text("sub_name")
        written = self._text("type")
        if code or name:
            self._read_sub(code, name)
        kind = TYPES.get(re.sub(r"[\W\d_]+$", "", written).casefold())
        described = bool(self._text("name") or self._text("points"))
        if kind and described:
            self._read_aspect(kind)
        elif written and described:
            self._fault(
                "type", N_("“{value}” is no aspect type. Write M (measurement) or J (judgement)."), value=written
            )
        elif self._text("score") and self._aspect and not written:
            self._read_level(self._aspect)
        elif self._text("extra") and self._aspect and not (code or name or self._text("name")):
            self._aspect.hints.append(self._lines("extra"))
        elif self._text("name") and self._text("points") and not (code or name) and not self._is_sum():
            self._fault("type", N_("This aspect has no type. Write M (measurement) or J (judgement)."))

    def _read_sub(self, code: str, name: str) -> None:
        """What the first two columns say: a criterion's letter with its name, a sub-criterion, or something else."""
        found = re.fullmatch(r"([A-Z]{0,2})[\s.\-]*(\d{1,3})", code.upper())
        if found or (name and not code):
            if self._sub is None or code or name != self._sub.name:
                self._begin_sub(found[1] if found else "", int(found[2]) if found else None, name)
        elif name and re.fullmatch(r"[A-Z]{1,2}", code.upper()):
            if self._criterion is None or self._criterion.id != code.upper():
                self._enter_criterion(code.upper())
            self._current_criterion().name = name
        elif name and not self._is_sum():
            sentence = N_(
                "“{value}” is no id of a sub-criterion. Write the criterion's letter and a number, such as A1."
            )
            self._fault("sub", sentence, value=code)

    def _begin_sub(self, letter: str, count: int | None, name: str) -> None:
        """A new sub-criterion, or the same again: some workbooks repeat it in each of its rows."""
        if self._criterion is None and letter:
            self._enter_criterion(letter)
        criterion = self._current_criterion()
        full = f"{letter or criterion.id}{len(criterion.subs) + 1 if count is None else count}"
        if self._sub is not None and self._sub.id == full:
            self._sub.name = self._sub.name or name
            return
        if full in self._subs:
            sentence = N_("The sub-criterion {id} is there twice. Give one of the two another id.")
            self._fault("sub_name" if count is None else "sub", sentence, id=full)
        self._enter_sub(SubPart(id=full, name=name, day=self._day()))

    def _read_aspect(self, kind: AspectType) -> None:
        sub = self._sub or self._enter_sub(SubPart(id=f"{self._current_criterion().id}1", name="", day=self._day()))
        points, name = number(self._cell("points")), self._text("name")
        if points is None:
            self._fault("points", N_("This aspect has no figure as its Max Mark. Write one."))
        elif points < 0:
            self._fault("points", N_("A Max Mark cannot be negative. Write the marks that the aspect can give."))
        if not name:
            self._fault("name", N_("This aspect has no description. Write what is looked at."))
        aspect = self._aspect = AspectPart(kind=kind, name=name, points=points, cells=self._places())
        aspect.section, aspect.calculation = self._text("section"), self._text("calculation")
        if kind == "judged" and self._text("score"):
            self._read_level(aspect)
        elif self._text("extra"):
            aspect.hints.append(self._lines("extra"))
        if self._text("requirement"):
            aspect.hints.append(self._lines("requirement"))
        sub.aspects.append(aspect)

    def _read_level(self, aspect: AspectPart) -> None:
        """A level of a judged aspect; of another aspect it is only a remark."""
        level, text = number(self._cell("score")), self._lines("extra") or self._text("name")
        if aspect.kind != "judged":
            aspect.hints.append(f"{self._text('score')}: {text}")
        elif level is None or level != int(level) or not 0 <= level <= HIGHEST_LEVEL:
            self._fault("score", N_("“{value}” is no level. Write a whole number from 0."), value=self._text("score"))
        elif int(level) in aspect.levels:
            sentence = N_("The level {level} of this aspect is there twice. Give each level once.")
            self._fault("score", sentence, level=str(level))
        else:
            aspect.levels[int(level)] = line(text)

    def _enter_criterion(self, letter: str) -> CriterionPart:
        self._criterion = self.criteria.setdefault(letter, CriterionPart(id=letter, name="", points=None))
        self._sub = self._aspect = None
        return self._criterion

    def _current_criterion(self) -> CriterionPart:
        """The criterion that the row belongs to; where nothing names one, it has the next free letter."""
        free = (letter for letter in map(chr, range(ord("A"), ord("Z") + 2)) if letter not in self.criteria)
        return self._criterion or self._enter_criterion(next(free))

    def _enter_sub(self, sub: SubPart) -> SubPart:
        self._current_criterion().subs.append(sub)
        self._subs.add(sub.id)
        self._sub, self._aspect = sub, None
        return sub

    def _day(self) -> int | None:
        """The day of marking in ``1``, ``C1`` or ``Day 1``; days before the contest (``C-1``) are none."""
        found = re.search(r"(?<![-\d])\d{1,2}(?!\d)", self._text("day"))
        return int(found[0]) or None if found else None

    def _is_sum(self) -> bool:
        texts = (self._text("sub"), self._text("sub_name"), self._text("name"))
        return any(re.match(r"(sub)?-?(total|sum)\b", text, re.IGNORECASE) for text in texts)

    def _cell(self, column: Column) -> Cell | None:
        return self._cells.get(self._columns.get(column, 0))

    def _text(self, column: Column) -> str:
        cell = self._cell(column)
        return line(cell.value) if cell else ""

    def _lines(self, column: Column) -> str:
        cell = self._cell(column)
        return lines(cell.value) if cell else ""

    def _places(self) -> dict[Column, str]:
        return {column: place(self._sheet, self._row, at) for column, at in self._columns.items()}

    def _fault(self, column: Column, sentence: str, **data: str) -> None:
        at = place(self._sheet, self._row, self._columns.get(column, 1))
        self._faults.append(CellFault(cell=at, sentence=sentence, data=data))
