"""An empty table of marks for a scheme: a row for each entrant, aspect, judge and reading, and for each penalty."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from competition.plumbing.csv_text import BYTE_ORDER_MARK, harmless
from competition.plumbing.locale import current_language, text, translate
from competition.scoring.readings import expected_readings
from competition.tabulation.columns import MARKS
from competition.tabulation.entrants_file import Person, person
from competition.tabulation.template_hints import PENALTY, hint_of
from schemas.aspects import Aspect, Deduction, Measurement
from schemas.problems import N_, Problem
from schemas.scheme import Scheme

COLUMNS = tuple(column for column in MARKS.all if column.id not in ("vote", "confirmed"))
"""The columns of the template: those that most tables need."""

MOST_JUDGE_LETTERS = 26
MOST_WORKBOOK_ROWS = 100_000
WIDTHS = {"name": 14, "aspect_name": 40, "note": 40}


class TemplateKind(Problem):
    """A template is asked for in a format that there is not."""

    sentence = N_(
        "{file} cannot be written: the name of a table of marks must end in .csv or .xlsx. Choose one of the two."
    )


class TemplateTooLong(Problem):
    """More rows than a workbook of marks can be read back with."""

    sentence = N_("The table would have more than {most} rows, too many for a workbook. Write it as .csv.")


def write_template(path: Path, scheme: Scheme, people: Iterable[Person]) -> int:
    """Write the table in the current language; returns how many rows there are to fill in."""
    headings = [column.heading.in_language(current_language()) for column in COLUMNS]
    rows = template_rows(scheme, people)
    match path.suffix.lower():
        case ".csv":
            return _write_csv(path, headings, rows)
        case ".xlsx":
            return _write_workbook(path, headings, rows)
    raise TemplateKind(file=path)


def template_rows(scheme: Scheme, people: Iterable[Person]) -> Iterator[list[str]]:
    """The rows below the headings; without entrants, those of one to copy. The first entrant's say in the note what to enter."""
    cells = [*_cells(scheme)]
    for place, one in enumerate(tuple(people) or (person(1, "1"),)):
        who = {"entrant": one.entrant, "name": one.name} | ({} if place == 0 else {"note": ""})
        for cell in cells:
            says = cell | who
            yield [says.get(column.id, "") for column in COLUMNS]


def _cells(scheme: Scheme) -> Iterator[dict[str, str]]:
    """What the rows of each entrant say, by column: aspects as their judges mark them, then penalties."""
    for sub in scheme.sub_criteria():
        for aspect in sub.aspects:
            says = {
                "aspect": aspect.id,
                "aspect_name": text(aspect.name),
                "unit": aspect.unit if isinstance(aspect, Measurement) else "",
                "note": hint_of(aspect),
            }
            for judge in _judges(aspect.judges or sub.panel.judges):
                yield from (says | {"judge": judge, "item": item} for item in _items(aspect))
    for penalty in scheme.penalties:
        yield {"aspect": penalty.id, "aspect_name": text(penalty.name), "note": translate(PENALTY)}


def _judges(judges: int) -> list[str]:
    """Letters for the judges of an aspect; one who is alone need not be named."""
    if judges == 1:
        return [""]
    return [chr(ord("A") + n) if judges <= MOST_JUDGE_LETTERS else f"{n + 1}" for n in range(judges)]


def _items(aspect: Aspect) -> list[str]:
    if isinstance(aspect, Deduction):
        return [text(item.name) for item in aspect.items]
    readings = expected_readings(aspect)
    return [f"{item}" for item in range(1, readings + 1)] if readings > 1 else [""]


def _write_csv(path: Path, headings: list[str], rows: Iterator[list[str]]) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        table = csv.writer(file, lineterminator="\r\n")
        table.writerow(headings)
        for written, row in enumerate(rows, 1):  # noqa: B007 - counted, and told at the end
            table.writerow(map(harmless, row))
    return written


def _write_workbook(path: Path, headings: list[str], rows: Iterator[list[str]]) -> int:
    """All columns are formatted as text, so that no id or time is made a date or a number."""
    written = 0
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(translate(N_("Marks")))
        plain, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bottom": 1})
        for number, column in enumerate(COLUMNS):
            sheet.set_column(number, number, WIDTHS.get(column.id, 10), plain)
            sheet.write_string(0, number, headings[number], head)
        sheet.freeze_panes(xl_rowcol_to_cell(1, 0))
        for written, row in enumerate(rows, 1):
            if written > MOST_WORKBOOK_ROWS:
                raise TemplateTooLong(most=MOST_WORKBOOK_ROWS)
            for number, value in enumerate(row):
                if value:
                    sheet.write_string(written, number, value, plain)
    return written
