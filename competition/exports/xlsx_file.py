"""Results as a workbook: cover, results, awards and teams, the totals and places rebuilt by formulas, every judge's reading.

Cells are typed, and a text is only ever a text: no formula is made of anything a person wrote, and what a formula gives is
in the file too, for readers that do not compute. The same publication gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

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
    team_tables,
)
from competition.exports.sheet import STATUS, Cell, Column, Heading, checkpoint_of, local, row_columns
from competition.exports.sheet_words import MARK_STATE, SIGNER
from competition.exports.signed import Signing
from competition.exports.xlsx_cells import Looks, cached, set_print, write, write_column, write_listing
from competition.plumbing.locale import Language, speaking, text, translate
from schemas.base import Message, digest
from schemas.problems import N_
from schemas.results import AspectResult, EntrantResult, Publication, PublishedRow
from schemas.scheme import Scheme

NOTE = N_(
    "The figures of this sheet are formulas over the sheet “{results}”; only penalties and who is ranked are given. "
    "“Most” and “Each” are the constants of the marking scheme."
)
FOLLOWS = N_(
    "Scaled figures, awards, team standings and who goes on follow from the totals by the marking scheme whose digest stands above."
)
AWARDS_SHEET = ("rank", "code", "number", "name", "delegation", "total")
"""What the sheet of awards repeats of the result list."""


def results_xlsx(
    publication: Publication,
    scheme: Scheme,
    traces: recompute.Traces,
    honours: Honours,
    signing: Signing,
    *,
    heading: Heading,
    language: Language,
) -> bytes:
    """The result list as a workbook in ``language``.

    ``traces`` are the same results opened down to the marks, ``honours`` what is made of the totals, ``signing`` who
    signed the sheets.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with speaking(language), xlsxwriter.Workbook(file, options) as workbook:
        made = publication.published_at.replace(tzinfo=None)
        workbook.set_properties({"title": text(heading.event), "author": "Leitai", "created": made})
        looks = Looks(workbook, scheme)
        cover, results = (workbook.add_worksheet(translate(name)) for name in (N_("Cover"), N_("Results")))
        if has_awards(scheme):
            _write_awards(workbook.add_worksheet(translate("Awards")), looks, publication, scheme, honours)
        if tables := team_tables(scheme, honours, publication.rows):
            _write_teams(workbook.add_worksheet(translate("Teams")), looks, tables)
        again, marks = (workbook.add_worksheet(translate(name)) for name in (N_("Recompute"), N_("All marks")))
        figures = recompute.figures(publication, scheme, traces, results=results.get_name())
        follows = translate(FOLLOWS) if has_honours(scheme) else ""
        _write_cover(cover, looks, publication, signing, heading, _agreements(figures, again.get_name()), follows)
        _write_results(results, looks, publication, scheme)
        _write_recompute(again, looks, figures, results=results.get_name())
        _write_marks(marks, looks, publication, scheme, traces)
        if signing.sheets:
            signed = workbook.add_worksheet(translate("Signed sheets"))
            _write_signed(signed, looks, signing, scheme, _judge_numbers(traces.values()), heading)
    return file.getvalue()


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
    looks: Looks,
    publication: Publication,
    signing: Signing,
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
        (translate("Score sheets signed"), signing.said()),
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
        write(sheet, row, 1, value, looks.left if isinstance(value, int) else looks.text)
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
    set_print(sheet)


def _write_results(sheet: Worksheet, looks: Looks, publication: Publication, scheme: Scheme) -> None:
    columns = row_columns(scheme)
    _write_rows(sheet, looks, columns, publication.rows)


def _write_awards(sheet: Worksheet, looks: Looks, publication: Publication, scheme: Scheme, honours: Honours) -> None:
    """Everybody in the list's order, with what the total comes to."""
    listed = [column for column in row_columns(scheme) if column.id in AWARDS_SHEET]
    columns = (*listed, *honour_columns(scheme, honours))
    _write_rows(sheet, looks, columns, publication.rows)


def _write_rows(sheet: Worksheet, looks: Looks, columns: Sequence[Column], rows: Sequence[PublishedRow]) -> None:
    """What these columns say of the list's rows."""
    heads = [(column.heading, looks.of.get(column.id, looks.of[column.kind])) for column in columns]
    write_listing(sheet, looks, heads, [tuple(column.of(row) for column in columns) for row in rows])


def _write_teams(sheet: Worksheet, looks: Looks, tables: Sequence[TeamTable]) -> None:
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
    write_listing(sheet, looks, heads, lines)


def _write_recompute(sheet: Worksheet, looks: Looks, figures: tuple[recompute.Figure, ...], *, results: str) -> None:
    first, heading_row = recompute.FIRST_ROW - 1, recompute.HEADING_ROW - 1
    sheet.write_string(0, 0, translate(NOTE, results=results))
    for row, label in ((recompute.MOST_ROW - 1, translate("Most")), (recompute.EACH_ROW - 1, translate("Each"))):
        sheet.write_string(row, 0, label, looks.label)
    for place, figure in enumerate(figures):
        write(sheet, recompute.MOST_ROW - 1, place, figure.most, looks.points)
        write(sheet, recompute.EACH_ROW - 1, place, figure.each, looks.points)
        write_column(sheet, heading_row, place, figure.heading, figure.values, looks.of[figure.kind], looks)
        for row, (formula, value) in enumerate(zip(figure.formulas or (), figure.values, strict=False), start=first):
            sheet.write_formula(row, place, f"={formula}", looks.of[figure.kind], cached(value))
        if figure.kind == "check":
            rule = {"type": "cell", "criteria": "==", "value": "FALSE", "format": looks.wrong}
            sheet.conditional_format(first, place, first + len(figure.values), place, rule)
    sheet.freeze_panes(first, 3)
    set_print(sheet, heading_row=heading_row)


def _write_marks(
    sheet: Worksheet, looks: Looks, publication: Publication, scheme: Scheme, traces: recompute.Traces
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
    write_listing(sheet, looks, heads, lines, frozen=2)


def _readings(publication: Publication, scheme: Scheme, traces: recompute.Traces) -> Iterator[tuple[Cell, ...]]:
    aspects = {aspect.id: aspect for aspect in scheme.aspects()}
    names = _names(scheme)
    results = [(row, traces[row.number]) for row in publication.rows if row.number in traces]
    numbers = _judge_numbers(result for _, result in results)
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


def _judge_numbers(results: Iterable[EntrantResult]) -> dict[UUID, int]:
    """The numbers of those who judged, by which a workbook knows them."""
    judges = sorted(
        {judge.judge_id for result in results for *_, aspect in _aspects_of(result) for judge in aspect.judges}
    )
    return {judge_id: number for number, judge_id in enumerate(judges, start=1)}


def _write_signed(
    sheet: Worksheet, looks: Looks, signing: Signing, scheme: Scheme, numbers: Mapping[UUID, int], heading: Heading
) -> None:
    """Who signed each score sheet by hand and when, and the digest that is signed; judges only numbered."""
    heads: tuple[tuple[str, Format], ...] = (
        (translate("Code"), looks.text),
        (translate("Sub-criterion"), looks.text),
        (translate("Judge"), looks.integer),
        (translate("Signed at"), looks.text),
        *((translate("{signer}: signed by hand at", signer=translate(SIGNER[role])), looks.text) for role in SIGNER),
        (translate("Ledger position"), looks.integer),
        (translate("Sheet digest"), looks.text),
    )
    names = _names(scheme)
    lines: list[tuple[Cell, ...]] = []
    for one in signing.sheets:
        by_hand = {given.role: _moment(given.signed_at, heading) for given in one.signatures}
        name = names.get(f"sub_criterion.{one.sub_criterion}", "")
        lines.append((
            one.entrant,
            f"{one.sub_criterion} {name}".strip(),
            numbers.get(one.judge_id),
            _moment(one.signed_at, heading),
            *(by_hand.get(role) for role in SIGNER),
            one.position,
            one.sheet_digest,
        ))  # fmt: skip
    write_listing(sheet, looks, heads, lines)


def _moment(at: datetime, heading: Heading) -> str:
    return f"{local(at, heading):%Y-%m-%d %H:%M:%S}"


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
