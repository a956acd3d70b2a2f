"""Results as files: JSON whole, CSV as spreadsheets open it, XLSX with teams and trace. All of a file is written, or nothing."""

from __future__ import annotations

import csv
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from competition.plumbing.csv_text import BYTE_ORDER_MARK, harmless
from competition.plumbing.reasons import by_number, reason
from competition.tabulation.result_columns import Value, result_columns
from competition.tabulation.results_book import write_workbook
from competition.tabulation.tabulate import Line, Tabulation
from competition.tabulation.trace_words import trace_of
from schemas.base import canonical
from schemas.problems import N_, Problem
from schemas.scheme_form import scheme_digest

RESULTS_FORMAT = "leitai-results-1"

WRITING = N_("Writing the results")

Advance = Callable[[int, int], None]

TOLD_EVERY = 200


class WrongKindOfFile(Problem):
    """Results are asked for in a format that there is not."""

    sentence = N_("{file} cannot be written: its name must end in .json, .csv or .xlsx. Choose one of the three.")


class TraceNotInCsv(Problem):
    """A table of results has no room for the trace."""

    sentence = N_("A CSV file has one row for each entrant and no room for the trace. Choose .json or .xlsx for it.")


class CannotWrite(Problem):
    """The folder is not there, or nothing may be written there."""

    sentence = N_("{file} cannot be written ({reason}). Choose another place.")


def check_writable(path: Path, *, trace: bool) -> None:
    """Raise a ``Problem`` when results cannot go there; asked before anything is computed."""
    if path.suffix.lower() not in _WRITERS:
        raise WrongKindOfFile(file=path)
    if trace and path.suffix.lower() == ".csv":
        raise TraceNotInCsv
    if not path.parent.is_dir() or path.is_dir() or not os.access(path.parent, os.W_OK):
        raise CannotWrite(file=path, reason=by_number(errno.EACCES if path.parent.is_dir() else errno.ENOENT))


def write_results(path: Path, tabulation: Tabulation, advance: Advance, *, trace: bool) -> None:
    """Write a file in the format that its name ends in, in the current language; with ``trace`` every total is opened."""
    write = _WRITERS[path.suffix.lower()]
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        written = Path(name)
        try:
            write(written, tabulation, advance, trace)
            written.chmod(0o666 & ~_umask())
            written.replace(path)
        finally:
            written.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(file=path, reason=reason(error)) from error


def result_of(tabulation: Tabulation, line: Line, *, trace: bool) -> dict[str, Any]:
    """Everything about one entrant as plain values: the ``entrants`` of the JSON file."""
    closed, tally, person = line.closed, line.tally, line.person
    keys = zip(tabulation.scheme.ranking, tally.keys, strict=True)
    result: dict[str, Any] = {
        "rank": closed.rank,
        "shared": closed.shared,
        "entrant": person.entrant,
        "number": person.number,
        "name": person.name,
        "delegation": person.delegation,
        "state": tally.state,
        "last": tally.last,
        "total": closed.total,
        "stages": tally.stages,
        "criteria": tally.criteria,
        "sections": line.sections,
        "keys": [{"of": key.of, "id": key.id, "figure": figure} for key, figure in keys],
        "scaled": closed.scaled,
        "awards": closed.awards,
        "advances": closed.advances,
        "cut": closed.cut,
        "marked": tally.marked,
        "expected": line.expected,
        "missing": line.missing,
        "flags": line.flags,
    }
    return result | {"trace": trace_of(tabulation, line)} if trace else result


def _write_json(path: Path, tabulation: Tabulation, advance: Advance, trace: bool) -> None:
    """One entrant a line, so that the largest result never is in memory as a whole."""
    scheme, closing = tabulation.scheme, tabulation.closing
    entrants = {person.id: person.entrant for person in tabulation.book.people}
    about = {"code": scheme.code, "version": scheme.version, "name": scheme.name, "digest": scheme_digest(scheme)}
    teams = {
        standing: [
            {
                "delegation": team.delegation,
                "rank": team.rank,
                "shared": team.shared,
                "figure": team.figure,
                "members": [entrants[member] for member in team.members],
            }
            for team in teams
        ]
        for standing, teams in closing.teams.items()
    }
    with path.open("wb") as file:
        file.write(b'{"format":' + canonical(RESULTS_FORMAT) + b',\n"scheme":' + canonical(about))
        file.write(b',\n"marks":%d,\n"missing":%d' % (tabulation.marks, tabulation.missing))
        file.write(b',\n"scale_inputs":' + canonical(closing.scale_inputs) + b',\n"teams":' + canonical(teams))
        file.write(b',\n"entrants":[')
        for number, line in enumerate(tabulation.lines):
            file.write((b",\n" if number else b"\n") + canonical(result_of(tabulation, line, trace=trace)))
            if not number % TOLD_EVERY:
                advance(number, len(tabulation.lines))
        file.write(b"\n]}\n")


def _write_csv(path: Path, tabulation: Tabulation, advance: Advance, trace: bool) -> None:  # noqa: ARG001 - as all writers
    columns = result_columns(tabulation.scheme)

    def rows() -> Iterator[list[str]]:
        yield [_written(column.heading) for column in columns]
        for number, line in enumerate(tabulation.lines):
            yield [_written(column.of(line)) for column in columns]
            if not number % TOLD_EVERY:
                advance(number, len(tabulation.lines))

    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BYTE_ORDER_MARK)
        csv.writer(file, lineterminator="\r\n").writerows(rows())


def _written(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def _umask() -> int:
    """What the user keeps others from; it can only be asked by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


_WRITERS: dict[str, Callable[[Path, Tabulation, Advance, bool], None]] = {
    ".json": _write_json,
    ".csv": _write_csv,
    ".xlsx": write_workbook,
}
