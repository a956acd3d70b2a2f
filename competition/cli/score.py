"""Results from plain files at a prompt: a scheme and a table of marks in, places and points out. No database, no server."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from competition.cli.common import bytes_of, done, err, out
from competition.cli.speech import FilePath, argument, command, option
from competition.plumbing.locale import current_language, translate
from competition.schemes.cells import WorkbookHasFaults
from competition.schemes.files import read_scheme, shipped, shipped_scheme
from competition.schemes.rules import faults_of
from competition.tabulation.entrants_file import read_entrants
from competition.tabulation.faults import Faults, FilesAreFaulty
from competition.tabulation.flags import WORDS
from competition.tabulation.result_columns import ResultColumn, result_columns
from competition.tabulation.results_files import WRITING, check_writable, result_of, write_results
from competition.tabulation.tabulate import READING_ENTRANTS, Tabulation, Tell, tabulate
from competition.tabulation.template import write_template
from schemas.base import canonical
from schemas.problems import N_, Problem
from schemas.scheme import Scheme

STANDARD = Path("-")
"""Stands for the standard input or output."""

ZIP = b"PK"
"""How a workbook begins."""

MOST_SHOWN = 30
"""Entrants that the table on the terminal has room for."""

PLACES_SHOWN = 4
"""Decimals of a figure on the terminal at the most; files have all of them."""

NOT_SHOWN = ("shared", "number", "marked", "expected", "missing", "flags")


class SchemeIsFaulty(Problem):
    """Nothing can be scored by a scheme that does not add up."""

    sentence = N_("Faults in the scheme: {count}. Correct them, and look at it with `leitai scheme check`.")


class MarksMissing(Problem):
    """Neither marks to score nor a template to write."""

    sentence = N_(
        "Say which marks to score: leitai score SCHEME MARKS. An empty table to fill in comes with --template."
    )


class TemplateIsThere(Problem):
    """A template would replace a file that may have been filled in."""

    sentence = N_("{file} is there already, and may have been filled in. Take another name, or remove it first.")


class InputWouldBeLost(Problem):
    """Results would replace a file that they are made from."""

    sentence = N_("{file} is what the results are made from. Write them to another file.")


class MarksBesideTemplate(Problem):
    """An empty table and results are asked for at once."""

    sentence = N_("A template is written instead of results. Leave out either --template, or the marks and --out.")


@command(
    help=N_(
        "Score marks in a plain file by a scheme: results, places, awards and teams, without a database or a server.\n\n"
        "MARKS is a CSV or XLSX table with one row for each entrant, aspect and judge. Everything that is wrong in it is told at "
        "once, up to 200 faults, and nothing is written then. An empty table for a scheme comes with --template."
    )
)
@argument("scheme", help=N_("A scheme's file (.json, .toml, .xlsx), or the name of a shipped scheme."))
@argument(
    "marks",
    required=False,
    type=FilePath(path_type=Path, dir_okay=False, exists=True, allow_dash=True),
    help=N_("The marks (.csv, .tsv or .xlsx); - reads them from the standard input."),
)
@option(
    "--entrants",
    type=FilePath(path_type=Path, dir_okay=False, exists=True),
    help=N_("Who competes: numbers, names, delegations (.csv or .xlsx)."),
)
@option(
    "--out",
    "output",
    type=FilePath(path_type=Path, dir_okay=False),
    help=N_("Write the results to this file: .json, .csv or .xlsx."),
)
@option(
    "--trace",
    is_flag=True,
    help=N_("Open every total down to the marks: in the file, or as lines of JSON on the standard output."),
)
@option(
    "--template",
    type=FilePath(path_type=Path, dir_okay=False, allow_dash=True),
    help=N_(
        "Write an empty table of marks for this scheme instead: .csv or .xlsx, or - for the standard output, as CSV."
    ),
)
def score(
    scheme: str, marks: Path | None, entrants: Path | None, output: Path | None, trace: bool, template: Path | None
) -> None:
    """Score marks in a plain file."""
    if template is not None and (marks is not None or output is not None):
        raise MarksBesideTemplate
    if template is not None and template != STANDARD and template.exists():
        raise TemplateIsThere(file=template)
    if output is not None and any(_is_same(output, given) for given in (Path(scheme), marks, entrants)):
        raise InputWouldBeLost(file=output)
    chosen = _sound_scheme(scheme)
    try:
        if template is not None:
            _write_template(template, chosen, entrants)
        elif marks is None:
            raise MarksMissing
        elif marks == STANDARD:
            with _kept(sys.stdin.buffer) as file:
                _score(chosen, file, entrants, output, trace=trace)
        else:
            _score(chosen, marks, entrants, output, trace=trace)
    except FilesAreFaulty as problem:
        _tell_wrong(problem.faults.sentences())
        raise


@contextmanager
def _kept(given: BinaryIO) -> Iterator[Path]:
    """What comes in as a file, for as long as the block takes: tables are gone through more than once."""
    with TemporaryDirectory(prefix="leitai-") as folder:
        head = given.read(len(ZIP))
        kept = Path(folder, "stdin.xlsx" if head == ZIP else "stdin.csv")
        with kept.open("wb") as file:
            file.write(head)
            shutil.copyfileobj(given, file)
        yield kept


def _is_same(path: Path, given: Path | None) -> bool:
    return given is not None and given.exists() and path.exists() and path.samefile(given)


def _sound_scheme(file: str) -> Scheme:
    """The scheme that is meant; its faults are all told."""
    name = Path(file).name
    try:
        chosen = shipped_scheme(file) if file in shipped() else read_scheme(bytes_of(file), name)
    except WorkbookHasFaults as problem:
        _tell_wrong(f"{name}  {fault.cell}  {translate(fault.sentence, **fault.data)}" for fault in problem.faults)
        raise
    if faults := faults_of(chosen):
        _tell_wrong(f"{name}  {fault.place}  {translate(fault.sentence, **fault.data)}" for fault in faults)
        raise SchemeIsFaulty(count=len(faults))
    return chosen


def _tell_wrong(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        err.print(f"[bold red]✗[/] {escape(sentence)}", soft_wrap=True)


def _write_template(path: Path, scheme: Scheme, entrants: Path | None) -> None:
    faults = Faults()
    with _progress() as tell:
        people = read_entrants(entrants, faults, lambda n, of: tell(READING_ENTRANTS, n, of)) if entrants else {}
    if faults:
        raise FilesAreFaulty(faults)
    if path == STANDARD:
        with TemporaryDirectory(prefix="leitai-") as folder:
            written = Path(folder, "template.csv")
            write_template(written, scheme, people.values())
            sys.stdout.buffer.write(written.read_bytes())
        return
    rows = write_template(path, scheme, people.values())
    done(translate("{file} is written, with {rows} rows to fill in.", file=path, rows=rows))


def _score(scheme: Scheme, marks: Path, entrants: Path | None, output: Path | None, *, trace: bool) -> None:
    if output is not None:
        check_writable(output, trace=trace)
    with _progress() as tell:
        tabulation = tabulate(scheme, marks, entrants, tell)
        if output is not None:
            write_results(output, tabulation, lambda n, of: tell(WRITING, n, of), trace=trace)
    as_lines = trace and output is None
    if as_lines:
        for line in tabulation.lines:
            sys.stdout.buffer.write(canonical(result_of(tabulation, line, trace=True)) + b"\n")
        sys.stdout.flush()
    _show(tabulation, err if as_lines else out)
    if output is not None:
        done(translate("{file} is written.", file=output))


def _show(tabulation: Tabulation, console: Console) -> None:
    """The first entrants as a table, and what is worth knowing about the whole."""
    columns = [
        column for column in result_columns(tabulation.scheme) if column.id not in NOT_SHOWN and _is_short(column)
    ]
    lines = tabulation.lines
    columns = [column for column in columns if column.kind != "text" or any(column.of(line) for line in lines)]
    table = Table(title=escape(tabulation.scheme.name.in_language(current_language())), title_justify="left")
    for column in columns:
        table.add_column(escape(column.heading), justify="left" if column.kind == "text" else "right")
    for line in lines[:MOST_SHOWN]:
        shown = [escape(_shown(column.of(line))) for column in columns]
        shown[0] += "=" if line.closed.shared else ""
        table.add_row(*shown)
    console.print(table)
    if len(lines) > MOST_SHOWN:
        console.print(
            translate("… and {count} more entrants; --out writes all of them.", count=len(lines) - MOST_SHOWN)
        )
    _show_teams(tabulation, console)
    said = translate("Marks: {marks}. Entrants: {entrants}.", marks=tabulation.marks, entrants=len(lines))
    console.print(escape(said), soft_wrap=True)
    for warning in _warnings(tabulation):
        console.print(f"[bold yellow]![/] {escape(warning)}", soft_wrap=True)


def _warnings(tabulation: Tabulation) -> Iterator[str]:
    """What must be looked at before the results are final: flags, and marks that are missing."""
    flags = [(line, flagged) for line in tabulation.lines for flagged in line.flags]
    for line, flagged in flags[:MOST_SHOWN]:
        yield f"{line.person.entrant}  {flagged.id}  {translate(WORDS[flagged.flag])}"
    if len(flags) > MOST_SHOWN:
        yield translate("… and {count} more like these.", count=len(flags) - MOST_SHOWN)
    if tabulation.missing:
        yield translate("Marks missing: {count}. The results are not complete.", count=tabulation.missing)


def _show_teams(tabulation: Tabulation, console: Console) -> None:
    names = {standing.id: standing.name.in_language(current_language()) for standing in tabulation.scheme.teams}
    for standing, teams in tabulation.closing.teams.items():
        if not teams:
            continue
        table = Table(title=escape(names[standing]), title_justify="left")
        for heading, is_text in ((N_("Rank"), False), (N_("Delegation"), True), (N_("Figure"), False)):
            table.add_column(translate(heading), justify="left" if is_text else "right")
        for team in teams[:MOST_SHOWN]:
            rank = f"{team.rank or ''}{'=' if team.shared else ''}"
            table.add_row(rank, escape(team.delegation), _shown(team.figure))
        console.print(table)


def _is_short(column: ResultColumn) -> bool:
    """Whether the terminal has room for a column: criteria may be many, and are in the files."""
    return not column.id.startswith("criterion.")


def _shown(value: str | int | Decimal | None) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            is_long = int(value.as_tuple().exponent) < -PLACES_SHOWN
            return f"{value.quantize(Decimal(1).scaleb(-PLACES_SHOWN), ROUND_HALF_UP) if is_long else value:f}"
        case _:
            return str(value)


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on terminals for each thing that is being done, with how much of it is."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        tasks: dict[str, Callable[[int, int], None]] = {}

        def tell(what: str, finished: int, of: int) -> None:
            if what not in tasks:
                task = bar.add_task(translate(what), total=of)
                tasks[what] = lambda n, total: bar.update(task, completed=n, total=total)
            tasks[what](finished, of)

        yield tell
