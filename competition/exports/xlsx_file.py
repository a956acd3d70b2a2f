"""Results as a workbook: cover, results, awards and teams, the totals and places rebuilt by formulas, every judge's reading.

Cells are typed, and a text is only ever a text: no formula is made of anything a person wrote, and what a formula gives is
in the file too, for readers that do not compute. The same publication gives the same bytes.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from competition.exports import recompute
from competition.exports.honours import (
    Honours,
    TeamTable,
    has_awards,
    has_honours,
    honour_columns,
    scaled_places,
    team_tables,
)
from competition.exports.sheet import STATUS, Cell, Heading, checkpoint_of, local, places_of, row_columns
from competition.plumbing.locale import Language, speaking, text, translate
from schemas.base import Message, digest
from schemas.problems import N_
from schemas.results import AspectResult, EntrantResult, Publication
from schemas.scheme import Scheme

NARROWEST, WIDEST = 8, 46
"""Widths of columns, in characters of the default font."""

NOTE = N_(
    "The figures of this sheet are formulas over the sheet “{results}”; only penalties and who is ranked are given. "
    "“Most” and “Each” are the constants of the marking scheme."
)
FOLLOWS = N_(
    "Scaled figures, awards, team standings and who goes on follow from the totals by the marking scheme whose digest stands above."
)
AWARDS_SHEET = ("rank", "code", "number", "name", "delegation", "total")
"""What the sheet of awards repeats of the result list."""

MARK_STATE: dict[str, str] = {
    "marked": N_("marked"),
    "not_measured": N_("not measured"),
    "absent": N_("absent"),
    "not_attempted": N_("not attempted"),
    "did_not_finish": N_("did not finish"),
    "disqualified": N_("disqualified"),
    "excluded": N_("excluded"),
}


def results_xlsx(
    publication: Publication,
    scheme: Scheme,
    traces: recompute.Traces,
    honours: Honours,
    *,
    heading: Heading,
    language: Language,
) -> bytes:
    """The result list as a workbook in ``language``.

    ``traces`` are the same results opened down to the marks, ``honours`` what is made of the totals.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with speaking(language), xlsxwriter.Workbook(file, options) as workbook:
        made = publication.published_at.replace(tzinfo=None)
        workbook.set_properties({"title": text(heading.event), "author": "Leitai", "created": made})
        looks = _Looks(workbook, scheme)
        cover, results = (workbook.add_worksheet(translate(name)) for name in (N_("Cover"), N_("Results")))
        if has_awards(scheme):
            _write_awards(workbook.add_worksheet(translate("Awards")), looks, publication, scheme, honours)
        if tables := team_tables(scheme, honours, publication.rows):
            _write_teams(workbook.add_worksheet(translate("Teams")), looks, tables)
        again, marks = (workbook.add_worksheet(translate(name)) for name in (N_("Recompute"), N_("All marks")))
        figures = recompute.figures(publication, scheme, traces, results=results.get_name())
        follows = translate(FOLLOWS) if has_honours(scheme) else ""
        _write_cover(cover, looks, publication, heading, _agreements(figures, again.get_name()), follows)
        _write_results(results, looks, publication, scheme)
        _write_recompute(again, looks, figures, results=results.get_name())
        _write_marks(marks, looks, publication, scheme, traces)
    return file.getvalue()


class _Looks:
    """The few looks that a cell has."""

    def __init__(self, workbook: xlsxwriter.Workbook, scheme: Scheme) -> None:
        def look(**properties: object) -> Format:
            return workbook.add_format({"valign": "top", **properties})

        places = places_of(scheme.rounding)
        beyond = "" if scheme.rounding else "##"
        self.title = look(bold=True, font_size=16)
        self.label = look(bold=True)
        self.head = look(bold=True, text_wrap=True, align="center", bottom=2, bg_color="#F2F2F2")
        self.text = look(num_format="@")
        self.wrapped = look(num_format="@", text_wrap=True)
        self.integer = look(num_format="0")
        self.points = look(num_format="0.00##")
        self.total = look(num_format=_decimals(places, beyond), bold=True)
        self.scaled = look(num_format=_decimals(scaled_places(scheme)))
        self.figure = look(bold=True)
        self.reading = look(align="right")
        self.check = look(align="center")
        self.left = look(num_format="0", align="left")
        self.moment = look(num_format="yyyy-mm-dd hh:mm:ss", align="left")
        self.wrong = workbook.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self.of = {
            "text": self.text,
            "integer": self.integer,
            "points": self.points,
            "total": self.total,
            "scaled": self.scaled,
            "check": self.check,
        }


def _decimals(places: int, beyond: str = "") -> str:
    """The format of a number with so many decimals, and ``beyond`` for those it may have."""
    return f"0.{'0' * places}{beyond}" if places else "0"


class _Agreement(Message):
    """How many rebuilt figures are the published ones: counted by a formula, and the count it comes to."""

    label: str
    formula: str
    count: str


def _agreements(figures: tuple[recompute.Figure, ...], sheet: str) -> Iterator[_Agreement]:
    for place, figure in enumerate(figures):
        if figure.kind == "check":
            letter, of = xl_col_to_name(place), len(figure.values)
            cells = f"'{sheet}'!${letter}${recompute.FIRST_ROW}:${letter}${recompute.FIRST_ROW + max(of, 1) - 1}"
            yield _Agreement(
                label=figure.heading,
                formula=f'=COUNTIF({cells},TRUE)&" / {of}"',
                count=f"{figure.values.count(True)} / {of}",
            )


def _write_cover(
    sheet: Worksheet,
    looks: _Looks,
    publication: Publication,
    heading: Heading,
    agreements: Iterable[_Agreement],
    follows: str,
) -> None:
    """The names, the facts and the digests; how far the formulas agree; and what ``follows`` from the totals, if anything."""
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 76)
    sheet.write_string(0, 0, text(heading.competition), looks.title)
    sheet.write_string(1, 0, text(heading.event), looks.label)
    facts: tuple[tuple[str, Cell], ...] = (
        (translate("Venue"), heading.place),
        (translate("Status"), translate(STATUS[publication.status])),
        (translate("Publication no."), publication.number),
        (translate("Revision"), publication.revision),
        (translate("Number of entrants"), len(publication.rows)),
        (translate("Ledger position"), publication.ledger_position),
        (translate("Ledger digest"), publication.ledger_digest),
        (translate("Checkpoint"), checkpoint_of(publication)),
        (translate("Scheme digest"), publication.scheme_digest),
        (translate("Publication digest"), digest(publication)),
        (translate("Time zone"), heading.time_zone),
    )
    row = 3
    for label, value in facts:
        sheet.write_string(row, 0, label, looks.label)
        _write(sheet, row, 1, value, looks.left if isinstance(value, int) else looks.text)
        row += 1
    sheet.write_string(row, 0, translate("Published at"), looks.label)
    sheet.write_datetime(row, 1, local(publication.published_at, heading).replace(tzinfo=None), looks.moment)
    for agreement in agreements:
        row += 1
        sheet.write_string(row, 0, agreement.label, looks.label)
        sheet.write_formula(row, 1, agreement.formula, looks.text, agreement.count)
    if follows:
        sheet.write_string(row + 1, 0, translate("Awards and teams"), looks.label)
        sheet.write_string(row + 1, 1, follows, looks.wrapped)
    _set_print(sheet)


def _write_results(sheet: Worksheet, looks: _Looks, publication: Publication, scheme: Scheme) -> None:
    columns = row_columns(scheme)
    for place, column in enumerate(columns):
        look = looks.of.get(column.id, looks.of[column.kind])
        _write_column(sheet, 0, place, column.heading, [column.of(row) for row in publication.rows], look, looks)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(publication.rows), len(columns) - 1)
    _set_print(sheet, heading_row=0)


def _write_awards(sheet: Worksheet, looks: _Looks, publication: Publication, scheme: Scheme, honours: Honours) -> None:
    """Everybody in the list's order, with what the total comes to."""
    listed = [column for column in row_columns(scheme) if column.id in AWARDS_SHEET]
    columns = (*listed, *honour_columns(scheme, honours))
    for place, column in enumerate(columns):
        look = looks.of.get(column.id, looks.of[column.kind])
        _write_column(sheet, 0, place, column.heading, [column.of(row) for row in publication.rows], look, looks)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(publication.rows), len(columns) - 1)
    _set_print(sheet, heading_row=0)


def _write_teams(sheet: Worksheet, looks: _Looks, tables: Sequence[TeamTable]) -> None:
    """One team standing below the other, so that a filter picks one."""
    heads: tuple[tuple[str, Format], ...] = (
        (translate("Team standing"), looks.text),
        (translate("Rank"), looks.integer),
        (translate("Delegation"), looks.text),
        (translate("Figure"), looks.figure),
        (translate("Members that count"), looks.text),
    )
    lines: list[tuple[Cell, ...]] = [
        (table.name, line.rank, line.delegation, line.figure, translate(", ").join(line.members))
        for table in tables
        for line in table.lines
    ]
    for place, (head, look) in enumerate(heads):
        _write_column(sheet, 0, place, head, [line[place] for line in lines], look, looks)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(lines), len(heads) - 1)
    _set_print(sheet, heading_row=0)


def _write_recompute(sheet: Worksheet, looks: _Looks, figures: tuple[recompute.Figure, ...], *, results: str) -> None:
    first, heading_row = recompute.FIRST_ROW - 1, recompute.HEADING_ROW - 1
    sheet.write_string(0, 0, translate(NOTE, results=results))
    for row, label in ((recompute.MOST_ROW - 1, translate("Most")), (recompute.EACH_ROW - 1, translate("Each"))):
        sheet.write_string(row, 0, label, looks.label)
    for place, figure in enumerate(figures):
        _write(sheet, recompute.MOST_ROW - 1, place, figure.most, looks.points)
        _write(sheet, recompute.EACH_ROW - 1, place, figure.each, looks.points)
        _write_column(sheet, heading_row, place, figure.heading, figure.values, looks.of[figure.kind], looks)
        for row, (formula, value) in enumerate(zip(figure.formulas or (), figure.values, strict=False), start=first):
            sheet.write_formula(row, place, f"={formula}", looks.of[figure.kind], _cached(value))
        if figure.kind == "check":
            rule = {"type": "cell", "criteria": "==", "value": "FALSE", "format": looks.wrong}
            sheet.conditional_format(first, place, first + len(figure.values), place, rule)
    sheet.freeze_panes(first, 3)
    _set_print(sheet, heading_row=heading_row)


def _write_marks(
    sheet: Worksheet, looks: _Looks, publication: Publication, scheme: Scheme, traces: recompute.Traces
) -> None:
    """Every reading behind the publication: entrants in its order, aspects in the scheme's; judges only numbered."""
    heads: tuple[tuple[str, Format], ...] = (
        (translate("Code"), looks.text),
        (translate("Entrant no."), looks.integer),
        (translate("Stage"), looks.text),
        (translate("Criterion"), looks.text),
        (translate("Sub-criterion"), looks.text),
        (translate("Aspect"), looks.text),
        (translate("What is looked at"), looks.text),
        (translate("Points in full"), looks.points),
        (translate("Judge"), looks.integer),
        (translate("State"), looks.text),
        (translate("Reading"), looks.reading),
        (translate("Points of this judge"), looks.points),
        (translate("Judges counted"), looks.integer),
        (translate("Points of the aspect"), looks.points),
        (translate("How it is scored"), looks.text),
    )
    lines = list(_readings(publication, scheme, traces))
    for place, (head, look) in enumerate(heads):
        _write_column(sheet, 0, place, head, [line[place] for line in lines], look, looks)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(lines), len(heads) - 1)
    _set_print(sheet, heading_row=0)


def _readings(publication: Publication, scheme: Scheme, traces: recompute.Traces) -> Iterator[tuple[Cell, ...]]:
    aspects = {aspect.id: aspect for aspect in scheme.aspects()}
    names = _names(scheme)
    results = [(row, traces[row.number]) for row in publication.rows if row.number in traces]
    judges = sorted(
        {judge.judge_id for _, result in results for *_, aspect in _aspects_of(result) for judge in aspect.judges}
    )
    numbers = {judge_id: number for number, judge_id in enumerate(judges, start=1)}
    for row, result in results:
        for stage, criterion, sub_criterion, marked in _aspects_of(result):
            aspect = aspects[marked.aspect]
            for judge in marked.judges:
                yield (
                    row.code,
                    row.number,
                    names[stage],
                    names[criterion],
                    names[sub_criterion],
                    aspect.id,
                    text(aspect.name),
                    aspect.points,
                    numbers[judge.judge_id],
                    translate(MARK_STATE[judge.state]),
                    _reading(judge.values),
                    judge.points,
                    marked.counted,
                    marked.points,
                    "; ".join(text(step) for step in judge.steps),
                )


def _reading(values: tuple[Decimal, ...]) -> Cell:
    """One value as a number; several as a text."""
    return values[0] if len(values) == 1 else "; ".join(f"{value:f}" for value in values)


_Path = tuple[str, str, str, AspectResult]
"""Stage, criterion and sub-criterion (each id with its kind, since ids of two kinds may be equal), and the aspect."""


def _aspects_of(result: EntrantResult) -> Iterator[_Path]:
    for stage in result.stages:
        for criterion in stage.criteria:
            for sub in criterion.sub_criteria:
                for aspect in sub.aspects:
                    yield f"stage.{stage.id}", f"criterion.{criterion.id}", f"sub_criterion.{sub.id}", aspect


def _names(scheme: Scheme) -> dict[str, str]:
    return (
        {f"stage.{stage.id}": text(stage.name) for stage in scheme.stages}
        | {f"criterion.{criterion.id}": text(criterion.name) for criterion in scheme.criteria()}
        | {f"sub_criterion.{sub.id}": text(sub.name) for sub in scheme.sub_criteria()}
    )


def _write_column(
    sheet: Worksheet, head_row: int, place: int, head: str, values: Sequence[Cell], look: Format, looks: _Looks
) -> None:
    """A heading and the values below it, in a column as wide as they need."""
    sheet.write_string(head_row, place, head, looks.head)
    for row, value in enumerate(values, start=head_row + 1):
        _write(sheet, row, place, value, look)
    sheet.set_column(place, place, _width((head, *values)))


def _write(sheet: Worksheet, row: int, place: int, value: Cell, look: Format) -> None:
    """A text as a text, a number as a number; nothing where there is nothing."""
    match value:
        case None:
            pass
        case str():
            sheet.write_string(row, place, value, look)
        case bool():
            sheet.write_boolean(row, place, value, look)
        case _:
            sheet.write_number(row, place, float(value), look)


def _cached(value: Cell) -> str | float | bool:
    """What a formula comes to, as the file keeps it."""
    match value:
        case None:
            return ""
        case str() | bool():
            return value
        case _:
            return float(value)


def _width(values: Iterable[Cell]) -> int:
    return max(NARROWEST, min(WIDEST, 2 + max(_cells_wide(value) for value in values)))


def _cells_wide(value: Cell) -> int:
    """How many Latin characters wide a value is; a Chinese character takes two."""
    written = f"{value:.6}" if isinstance(value, Decimal) else str(value)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in written)


def _set_print(sheet: Worksheet, *, heading_row: int | None = None) -> None:
    """On A4, as wide as the page, headings on each."""
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    if heading_row is not None:
        sheet.set_landscape()
        sheet.repeat_rows(heading_row)
