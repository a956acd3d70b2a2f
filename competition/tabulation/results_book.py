"""Results as a workbook: a sheet of results, one of team standings, one of sections, one of the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from competition.plumbing.locale import text, translate
from competition.tabulation.result_columns import Value, result_columns
from competition.tabulation.tabulate import Tabulation
from competition.tabulation.trace_words import HEADINGS, trace_rows
from schemas.problems import N_, Problem

MOST_ROWS = 1_048_576
"""What a sheet of a workbook can have."""

WIDTH, WIDE = 12, 60

TOLD_EVERY = 200

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
"""Row by row to the disk; what looks like a formula or a link is written as the text that it is."""


class TraceTooLong(Problem):
    """The trace has more figures than a sheet has rows."""

    sentence = N_("The trace has more rows than a workbook can hold. Write it as .json, which may be of any size.")


def write_workbook(path: Path, tabulation: Tabulation, advance: Callable[[int, int], None], trace: bool) -> None:
    """Write the workbook in the current language. Figures are numbers, rounded as spreadsheets do; JSON has them exactly."""
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        columns = result_columns(tabulation.scheme)
        results = _sheet(book, N_("Results"), [column.heading for column in columns], head)
        for row, line in enumerate(tabulation.lines, 1):
            _write(results, row, (column.of(line) for column in columns))
        _write_teams(book, tabulation, head)
        if tabulation.scheme.sections:
            _write_sections(book, tabulation, head)
        if trace:
            _write_trace(book, tabulation, head, advance)


def _write_teams(book: xlsxwriter.Workbook, tabulation: Tabulation, head: Format) -> None:
    names = (N_("Team standing"), N_("Rank"), N_("Tie"), N_("Delegation"), N_("Figure"), N_("Members"))
    sheet = _sheet(book, N_("Teams"), [translate(name) for name in names], head)
    entrants = {person.id: person.entrant for person in tabulation.book.people}
    standings = {standing.id: text(standing.name) for standing in tabulation.scheme.teams}
    row = 0
    for id_, teams in tabulation.closing.teams.items():
        for team in teams:
            row += 1
            tied = translate("tied") if team.shared else ""
            members = ", ".join(entrants[member] for member in team.members)
            _write(sheet, row, (standings[id_], team.rank, tied, team.delegation, team.figure, members))


def _write_sections(book: xlsxwriter.Workbook, tabulation: Tabulation, head: Format) -> None:
    """Points by section of the standards specification, a row an entrant."""
    sections = tabulation.scheme.sections
    names = [translate(name) for name in (N_("Rank"), N_("Entrant"), N_("Name"))]
    sheet = _sheet(book, N_("Sections"), [*names, *(f"{one.id} {text(one.name)}" for one in sections)], head)
    for row, line in enumerate(tabulation.lines, 1):
        points = (line.sections.get(one.id) for one in sections)
        _write(sheet, row, (line.closed.rank, line.person.entrant, line.person.name, *points))


def _write_trace(
    book: xlsxwriter.Workbook, tabulation: Tabulation, head: Format, advance: Callable[[int, int], None]
) -> None:
    sheet = _sheet(book, N_("Trace"), [translate(heading) for heading in HEADINGS], head)
    sheet.set_column(len(HEADINGS) - 1, len(HEADINGS) - 1, WIDE)
    row = 0
    for number, line in enumerate(tabulation.lines):
        for figures in trace_rows(tabulation, line):
            row += 1
            if row >= MOST_ROWS:
                raise TraceTooLong
            _write(sheet, row, figures)
        if not number % TOLD_EVERY:
            advance(number, len(tabulation.lines))


def _sheet(book: xlsxwriter.Workbook, name: str, headings: list[str], head: Format) -> Worksheet:
    sheet = book.add_worksheet(translate(name))
    sheet.set_column(0, len(headings) - 1, WIDTH)
    sheet.freeze_panes(1, 0)
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, head)
    return sheet


def _write(sheet: Worksheet, row: int, values: Iterable[Value]) -> None:
    for column, value in enumerate(values):
        match value:
            case None | "":
                pass
            case str():
                sheet.write_string(row, column, value)
            case Decimal() | int():
                sheet.write_number(row, column, float(value))
