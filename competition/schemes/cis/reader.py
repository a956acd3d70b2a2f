"""Reads a WorldSkills CIS marking-scheme workbook into a scheme.

The workbook holds the structure and the marks. What CIS does with them is not in it and not published: the panel of three, the
rounding of the total to two places, the scale and the awards below are settings of the scheme that the organiser may change.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import PurePath

from competition.plumbing.spreadsheet import Cell, Sheet
from competition.schemes.cells import CellFault, WorkbookHasFaults, in_order, line, number, place, said, sheets_of
from competition.schemes.cis.calculations import calculations_of
from competition.schemes.cis.layout import calls_itself_cis, columns_of, criterion_row, section_columns, where_expected
from competition.schemes.cis.parts import CriterionPart, scheme_parts
from competition.schemes.cis.rows import Rows
from competition.scoring.rounding import trimmed
from schemas.aspects import Rounding
from schemas.base import Text
from schemas.closing import BestOfDelegation, Line, Medals, RankKey, WorldSkillsLike
from schemas.problems import N_, Problem
from schemas.scheme import Criterion, Scheme, Section, Stage

ROUNDING = Rounding(places=2)
AWARDS = (
    Medals(
        id="medals",
        names=(Text(zh="金牌", en="Gold"), Text(zh="银牌", en="Silver"), Text(zh="铜牌", en="Bronze")),
    ),
    Line(id="excellence", name=Text(zh="优胜奖", en="Medallion for Excellence")),
    BestOfDelegation(id="best-of-nation", name=Text(zh="国家（地区）最佳选手", en="Best of Nation")),
)


class NotACisWorkbook(Problem):
    """No sheet has a heading of aspects."""

    sentence = N_(
        "{name}: no row with the headings of a CIS marking scheme was found. It must name at least “Aspect Type”, "
        "“Aspect - Description” and “Max Mark”."
    )


class CisHeadingsMissing(Problem):
    """A row looks like the heading of aspects, in other words than those of the CIS."""

    sentence = N_(
        "{name}: row {row} of the sheet “{sheet}” has other headings than those of a CIS marking scheme. Looked for and not "
        "found: {headings}. Write them there in English, as CIS does, and import the file again."
    )


def read_cis(content: bytes, name: str) -> Scheme:
    """The scheme in a CIS workbook; raises a Problem, with every cell that cannot be read where there are such."""
    sheets = sheets_of(content, name)
    faults: list[CellFault] = []
    rows = Rows(calculations_of(sheets, faults), faults)
    for sheet in sheets:
        rows.read(sheet)
    if not rows.found_heading:
        raise _not_found(sheets, name)
    sections = _sections(sheets, faults)
    criteria = _in_order(_criteria(sheets, faults), rows.criteria)
    parts = scheme_parts(criteria, [section.id for section in sections], rows.calculations, faults)
    if faults:
        raise WorkbookHasFaults(name=name, faults=in_order(faults, sheets))
    title = _title(sheets) or PurePath(name).stem
    return _scheme(title, parts, sections)


def _not_found(sheets: tuple[Sheet, ...], name: str) -> Problem:
    """What is said where no row has the headings: where they seem to be, on a sheet that calls itself a scheme of the CIS."""
    for sheet in filter(calls_itself_cis, sheets):
        if expected := where_expected(sheet):
            row, missing = expected
            headings = Text(zh="、".join(f"“{one}”" for one in missing), en=", ".join(f"“{one}”" for one in missing))
            return CisHeadingsMissing(name=name, sheet=sheet.name, row=row, headings=headings)
    return NotACisWorkbook(name=name)


def _scheme(title: str, criteria: tuple[Criterion, ...], sections: tuple[Section, ...]) -> Scheme:
    stage = Stage(
        id="project",
        name=Text(zh="试题", en="Test project"),
        points=trimmed(sum((criterion.points for criterion in criteria), start=Decimal(0))),
        criteria=criteria,
    )
    return Scheme(
        format="leitai-scheme-1",
        code=re.sub(r"[\W_]+", "-", title.casefold()).strip("-") or "cis",
        version="1",
        name=said(title),
        trade=said(re.sub(r"^[#\s]*\d+\s*[-–:.]?\s*", "", title) or title),
        stages=(stage,),
        ranking=(RankKey(of="total"),),
        rounding=ROUNDING,
        sections=sections,
        scale=WorldSkillsLike(),
        awards=AWARDS,
    )


def _title(sheets: tuple[Sheet, ...]) -> str:
    """The first text that stands alone in its row, above the aspects, without the word “Skill”."""
    for sheet in sheets:
        for cells in _above_aspects(sheet).values():
            texts = [line(cells[column].value) for column in sorted(cells)]
            found = re.fullmatch(r"(skill|skill name|test project)\s*[:：]?\s*(.*)", texts[0], re.IGNORECASE)
            if found and (found[2] or len(texts) > 1):
                return found[2] or texts[1]
            if len(texts) == 1 and not re.search(
                r"standards|specification|criteri|marking scheme$", texts[0], re.IGNORECASE
            ):
                return texts[0]
    return ""


def _above_aspects(sheet: Sheet) -> dict[int, dict[int, Cell]]:
    """The rows above the first heading of aspects, in order; none where the sheet has no such heading."""
    first = min((row for row, cells in sheet.rows.items() if columns_of(cells)), default=0)
    return {row: sheet.rows[row] for row in sorted(sheet.rows) if row < first}


def _sections(sheets: tuple[Sheet, ...], faults: list[CellFault]) -> tuple[Section, ...]:
    """The table of the standards' sections: it ends with the first row that has no id or no weight."""
    found: dict[str, Section] = {}
    for sheet in sheets:
        columns = None
        for row, cells in _above_aspects(sheet).items():
            if columns is None or section_columns(cells):
                columns = section_columns(cells)
                continue
            id_column, weight_column = columns
            section = line(cells[id_column].value) if id_column in cells else ""
            weight = next(
                (
                    figure
                    for column in sorted(cells)
                    if column >= weight_column and (figure := number(cells[column])) is not None
                ),
                None,
            )
            if not section or weight is None:
                break
            names = [
                line(cells[column].value) for column in sorted(cells) if id_column < column < max(weight_column, 3)
            ]
            if section in found:
                sentence = N_("The section {section} is there twice. Give one of the two another id.")
                faults.append(
                    CellFault(cell=place(sheet.name, row, id_column), sentence=sentence, data={"section": section})
                )
            found[section] = Section(id=section, name=said(next(filter(None, names), section)), weight=weight)
    return tuple(found.values())


def _criteria(sheets: tuple[Sheet, ...], faults: list[CellFault]) -> list[CriterionPart]:
    """The table of criteria."""
    found: dict[str, CriterionPart] = {}
    for sheet in sheets:
        for row, cells in _above_aspects(sheet).items():
            if (said_there := criterion_row(cells)) is None:
                continue
            letter, name, points = said_there
            if letter in found:
                sentence = N_("The criterion {letter} is there twice. Give one of the two another letter.")
                faults.append(
                    CellFault(cell=place(sheet.name, row, min(cells)), sentence=sentence, data={"letter": letter})
                )
            found[letter] = CriterionPart(id=letter, name=name, points=points)
    return list(found.values())


def _in_order(table: list[CriterionPart], blocks: dict[str, CriterionPart]) -> list[CriterionPart]:
    """Criteria in the order of their table, those without a row in it after them; rows only prepared are left out."""
    named = {part.id: part for part in table}
    for letter, block in blocks.items():
        part = named.setdefault(letter, block)
        part.subs = block.subs
        part.name = part.name or block.name
        part.points = block.points if part.points is None else part.points
    return [part for part in named.values() if part.subs or part.points]
