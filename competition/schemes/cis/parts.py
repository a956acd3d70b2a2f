"""What a CIS workbook says, part by part, and the criteria that the parts make.

A judged aspect gives ``marks x sum of the three experts' levels / 9`` and is judged again when their levels are two apart. A
measured one is agreed by the group, so that one judge enters it. Scored aspects (1 to 10, in old workbooks) are given by five
experts, of whom the highest and the lowest do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from competition.plumbing.spreadsheet import Cell
from competition.schemes.cells import CellFault, number, said
from competition.schemes.cis.calculations import Calculation, NotACalculation, measured
from competition.schemes.cis.layout import Column
from competition.scoring.rounding import trimmed
from schemas.aspects import Aspect, Binary, Judgement, Score
from schemas.problems import N_
from schemas.scheme import Criterion, Panel, SubCriterion

AspectType = Literal["measured", "judged", "scored"]

EXPERTS = 3
LEVELS = 4
REVOTE_FROM = 2
SCORING_EXPERTS = 5
HIGHEST_SCORE = Decimal(10)

_LEVEL = re.compile(r"(?:level\s*)?([0-3])\s*[-–:.)=]\s*(\S.*)", re.IGNORECASE)


@dataclass
class AspectPart:
    """An aspect's row and those below it; ``cells`` are the places of its columns, for faults."""

    kind: AspectType
    name: str
    points: Decimal | None
    cells: Mapping[Column, str]
    section: str = ""
    calculation: str = ""
    hints: list[str] = field(default_factory=list)
    levels: dict[int, str] = field(default_factory=dict)


@dataclass
class SubPart:
    """A sub-criterion with its aspects."""

    id: str
    name: str
    day: int | None
    aspects: list[AspectPart] = field(default_factory=list)


@dataclass
class CriterionPart:
    """A criterion with its sub-criteria; ``points`` are the marks the workbook says it has."""

    id: str
    name: str
    points: Decimal | None
    subs: list[SubPart] = field(default_factory=list)


def scheme_parts(
    criteria: Iterable[CriterionPart],
    sections: list[str],
    calculations: Mapping[int, Calculation],
    faults: list[CellFault],
) -> tuple[Criterion, ...]:
    """The criteria that the parts make; what cannot be made is added to ``faults``."""
    return tuple(_Maker(sections, calculations, faults).criterion(part) for part in criteria)


class _Maker:
    def __init__(self, sections: list[str], calculations: Mapping[int, Calculation], faults: list[CellFault]) -> None:
        self._sections = sections
        self._calculations = calculations
        self._faults = faults

    def criterion(self, part: CriterionPart) -> Criterion:
        subs = tuple(self._sub(sub) for sub in part.subs)
        declared = sum((sub.points for sub in subs), start=Decimal(0)) if part.points is None else part.points
        return Criterion(id=part.id, name=said(part.name or part.id), points=trimmed(declared), sub_criteria=subs)

    def _sub(self, part: SubPart) -> SubCriterion:
        kinds = {aspect.kind for aspect in part.aspects}
        panel = Panel(judges=EXPERTS if "judged" in kinds else 1)
        if "scored" in kinds:
            panel = Panel(judges=SCORING_EXPERTS, drop_highest=1, drop_lowest=1)
        made = [self._aspect(aspect, f"{part.id}.{place}", panel) for place, aspect in enumerate(part.aspects, 1)]
        aspects = tuple(aspect for aspect in made if aspect is not None)
        return SubCriterion(
            id=part.id,
            name=said(part.name or part.id),
            points=trimmed(sum((aspect.points for aspect in aspects), start=Decimal(0))),
            panel=panel,
            aspects=aspects,
            day=part.day,
        )

    def _aspect(self, part: AspectPart, id: str, panel: Panel) -> Aspect | None:
        """The aspect, or None where a fault is told instead."""
        if part.points is None or part.points < 0:
            return None  # Told when the row was read.
        judges = {"measured": 1, "judged": EXPERTS, "scored": SCORING_EXPERTS}[part.kind]
        if part.kind == "judged" and not part.levels:
            _take_levels(part)
        hint = "\n".join(part.hints)
        common: dict[str, Any] = {
            "id": id,
            "name": said(part.name),
            "hint": said(hint) if hint else None,
            "section": self._section(part),
            "judges": None if judges == panel.judges else judges,
        }
        match part.kind:
            case "judged":
                highest = max(LEVELS - 1, *part.levels, 0)
                levels = tuple(said(part.levels.get(level, "")) for level in range(highest + 1))
                return Judgement(**common, points=part.points, levels=levels, revote_from=REVOTE_FROM)
            case "scored":
                factor = trimmed(part.points / HIGHEST_SCORE)
                step, least = Decimal("0.1"), Decimal(1)
                return Score(**common, points=part.points, step=step, least=least, most=HIGHEST_SCORE, factor=factor)
        return self._measured(part, common)

    def _measured(self, part: AspectPart, common: Mapping[str, Any]) -> Aspect | None:
        points = part.points or Decimal(0)
        if not part.calculation:
            return Binary(**common, points=points)
        row = number(Cell(value=part.calculation))
        calculation = self._calculations.get(int(row)) if row is not None else None
        if calculation is None and row == 1 and not self._calculations:
            return Binary(**common, points=points)  # Row 1 is pass or fail in every export; some leave the sheet out.
        if calculation is None:
            sentence = N_(
                "There is no calculation in row {row} of the sheet “Calculations”. Add it, or empty this cell."
            )
            self._fault(part, "calculation", sentence, row=part.calculation)
            return None
        try:
            return measured(calculation, points=points, common=common)
        except NotACalculation as problem:
            self._fault(part, "calculation", problem.sentence, **problem.data)
            return None

    def _section(self, part: AspectPart) -> str | None:
        """The section's id in ``1``, ``1.0`` or ``WSSS 1``; none where the workbook has no table of sections."""
        if not part.section or not self._sections:
            return None
        figure = number(Cell(value=part.section))
        digits = re.search(r"\d+$", part.section)
        for written in (part.section, None if figure is None else str(figure), digits[0] if digits else None):
            if written in self._sections:
                return written
        sentence = N_("There is no section “{value}” in the table of sections. Correct it, or add the section.")
        self._fault(part, "section", sentence, value=part.section)
        return None

    def _fault(self, part: AspectPart, column: Column, sentence: str, **data: str) -> None:
        self._faults.append(CellFault(cell=part.cells[column], sentence=sentence, data=data))


def _take_levels(part: AspectPart) -> None:
    """Levels that stand in the aspect's own row, a line each: ``0: none``, ``1: basic`` and so on."""
    written = [_LEVEL.fullmatch(text) for hint in part.hints for text in hint.splitlines()]
    levels = {int(found[1]): found[2] for found in written if found}
    if len(levels) == len(written):
        part.levels, part.hints = levels, []
