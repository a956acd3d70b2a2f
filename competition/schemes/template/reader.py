"""Reads the organiser's workbook into a scheme, and tells every cell that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from competition.schemes.cells import CellFault, WorkbookHasFaults, in_order, sheets_of
from competition.schemes.template.columns import DETAIL, MEDAL_NAMES, MORE, TableName
from competition.schemes.template.table import ReadRow, tables_of
from competition.schemes.template.tolerance import tolerance_kind
from competition.schemes.template.values import SAID_TWICE, BadCell, Row, complete, put
from schemas.aspects import Aspect
from schemas.closing import Award, RankKey, TeamStanding
from schemas.problems import N_, Problem
from schemas.scheme import SCHEME_FORMAT, Criterion, Penalty, Scheme, Section, Stage, StateRule, SubCriterion

_LISTS: tuple[tuple[TableName, Any], ...] = (
    ("penalties", Penalty),
    ("sections", Section),
    ("ranking", RankKey),
    ("awards", Award),
    ("teams", TeamStanding),
    ("states", StateRule),
)
"""The sheets whose rows are a list of the scheme, and what a row is."""

_GROUPS: dict[str, tuple[Any, str, str | None]] = {
    "stage": (Stage, "criteria", None),
    "criterion": (Criterion, "sub_criteria", "stage"),
    "sub_criterion": (SubCriterion, "aspects", "criterion"),
}
"""What a row of the structure is, the field for what stands below it, and above what it must stand."""

_LEFT_EMPTY = {"choice": "options", "deduction": "items", "judgement": "levels"}
"""Lists that an aspect of a kind must have; an empty one is told when the scheme is checked."""

_CREDIT_LISTS = ("bands", "ranges", "grades")


class NotATemplate(Problem):
    """A workbook without the sheets of the template."""

    sentence = N_(
        "{name} has no sheets “方案”, “结构” and “评分点” (Scheme, Structure, Aspects). Fill in a new template."
    )


class TemplateIsEmpty(Problem):
    """A template that nobody filled in."""

    sentence = N_("{name} is not filled in yet. Write the scheme below the headings and import it again.")


def read_template(content: bytes, name: str) -> Scheme:
    """The scheme in an organiser's workbook; raises a Problem, with every cell that is wrong where there are such."""
    faults: list[CellFault] = []
    sheets = sheets_of(content, name)
    tables = tables_of(sheets, faults)
    if not {"scheme", "structure", "aspects"} <= tables.keys():
        raise NotATemplate(name=name)
    if not faults and not any(tables[table] for table in ("structure", "aspects")) and not tables["scheme"][0].values:
        raise TemplateIsEmpty(name=name)
    scheme = _Reader(tables, faults).scheme()
    if faults or scheme is None:
        raise WorkbookHasFaults(name=name, faults=in_order(faults, sheets))
    return scheme


class _Reader:
    """Puts the rows together; every row is tried by itself first, so that each tells its own fault."""

    def __init__(self, tables: dict[TableName, list[ReadRow]], faults: list[CellFault]) -> None:
        self._tables = tables
        self._faults = faults
        self._told = {fault.cell for fault in faults}

    def scheme(self) -> Scheme | None:
        whole = self._tables["scheme"][0]
        lists = {name: self._list(name, kind) for name, kind in _LISTS}
        values = complete(whole.values) | lists | {"format": SCHEME_FORMAT, "stages": self._stages()}
        if self._faults:
            # What is wrong with the settings is told as well: they are tried without what hangs on other sheets.
            self._tried(whole, values | {name: [] for name in lists} | {"stages": []}, Scheme)
            return None
        scheme: Scheme | None = self._tried(whole, values, Scheme)
        return scheme

    def _list(self, name: TableName, kind: Any) -> list[Row]:
        rows = self._tables.get(name, [])
        for row in rows:
            if row.values.get("kind") == "medals":
                row.values.setdefault("names", list(MEDAL_NAMES))
            self._tried(row, complete(row.values), kind)
        return [complete(row.values) for row in rows]

    def _stages(self) -> list[Row]:
        """The tree that the rows of the structure make, with the aspects in it."""
        stages: list[Row] = []
        below: dict[str, list[Row]] = {"": stages}
        subs: dict[str, list[Row]] = {}
        for row in self._tables["structure"]:
            level = row.values.pop("level", None)
            if level is None:
                self._fault(row.cell("level"), N_("This row has no level. Choose stage, criterion or sub-criterion."))
                continue
            kind, field, above = _GROUPS[level]
            values = complete(row.values) | {field: []}
            self._tried(row, values, kind)
            if (above or "") not in below:
                self._fault(
                    row.cell("level"), N_("Nothing stands above this row that it could belong to. Add it above.")
                )
                continue
            below[above or ""].append(values)
            below[level] = values[field]
            if level == "stage":
                below.pop("criterion", None)
            if level == "sub_criterion" and subs.setdefault(str(values.get("id")), values[field]) is not values[field]:
                sentence = N_("The sub-criterion {id} is there twice. Give one of the two another id.")
                self._fault(row.cell("id"), sentence, id=str(values.get("id")))
        for sub, row, values in self._aspects():
            if sub in subs:
                subs[sub].append(values)
            else:
                self._fault(
                    row.cell("sub_criterion"),
                    N_("There is no sub-criterion “{id}” in the structure. Correct the id, or add it."),
                    id=sub,
                )
        return stages

    def _aspects(self) -> Iterator[tuple[str, ReadRow, Row]]:
        """Every aspect with its details, and the sub-criterion that it belongs to."""
        by_id = {str(row.values.get("id")): row for row in reversed(self._tables["aspects"])}
        for detail in self._tables.get("details", []):
            self._add_detail(detail, by_id)
        for row in self._tables["aspects"]:
            sub = str(row.values.pop("sub_criterion", ""))
            _fill_in(row.values)
            values = complete(row.values)
            self._tried(row, values, Aspect)
            yield sub, row, values

    def _add_detail(self, row: ReadRow, aspects: dict[str, ReadRow]) -> None:
        aspect = aspects.get(str(row.values.pop("aspect", "")))
        name = row.values.pop("detail", None)
        if aspect is None:
            self._fault(row.cell("aspect"), N_("There is no aspect with this id. Correct it, or add the aspect."))
            return
        if name is None:
            self._fault(row.cell("detail"), N_("This row does not say what it is. Choose a word in this column."))
            return
        detail = DETAIL[name]
        part = _part(row, detail.fields)
        for path in (path for path in row.cells if path not in detail.fields and _has(row.values, path)):
            self._fault(row.cell(path), N_("This column has no meaning for a detail of this kind. Empty the cell."))
        if part is None:
            self._fault(row.cell(next(iter(detail.fields))), N_("This row gives no figure. Fill it in."))
            return
        aspect.details.setdefault(detail.path, []).append(row)
        found = _at(aspect.values, detail.path) or []
        try:
            put(aspect.values, detail.path, found)
            found.append(part)
        except (BadCell, AttributeError):
            self._fault(aspect.cell(MORE), SAID_TWICE, field=detail.path)

    # Faults -----------------------------------------------------------------------------------------------------------

    def _tried(self, row: ReadRow, values: Row, kind: Any) -> Any:
        """``values`` as what they are to be, or None with a fault told."""
        try:
            return msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            reason, _, path = str(error).partition(" - at ")
            self._tell(row, reason, path.strip("`").removeprefix("$").removeprefix("."))
            return None

    def _tell(self, row: ReadRow, reason: str, path: str) -> None:
        """A fault of the decoder, at its cell and in words for people."""
        named = re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", reason)
        if named:
            path = f"{path}.{named[2]}".strip(".")
        at, called = _place_of(row, path)
        if named and named[1] == "missing required":
            self._fault(at, N_("“{field}” is missing. Fill it in."), field=called)
        elif named:
            self._fault(at, N_("“{field}” has no meaning here. Empty the cell, or choose another kind."), field=called)
        elif found := re.fullmatch(r"Expected (.*?)(, got .*)?", reason):
            sentence = N_("“{field}” must be of the kind “{expected}”. Correct it.")
            self._fault(at, sentence, field=called, expected=found[1].replace("`", ""))
        else:
            self._fault(at, N_("“{field}” cannot be read ({reason}). Correct it."), field=called, reason=reason)

    def _fault(self, cell: str, sentence: str, **data: str) -> None:
        fault = CellFault(cell=cell, sentence=sentence, data=data)
        if cell not in self._told:
            self._told.add(cell)
            self._faults.append(fault)


def _fill_in(aspect: Row) -> None:
    """What the filled columns of an aspect tell of the rest: the kinds of tolerance and credit, and lists left empty."""
    if (field := _LEFT_EMPTY.get(aspect.get("kind", ""))) is not None:
        aspect.setdefault(field, [])
    tolerance, credit = aspect.get("tolerance"), aspect.get("credit")
    if isinstance(tolerance, dict):
        kind = tolerance_kind(tolerance)
        if kind is not None:
            tolerance.setdefault("kind", kind)
        if tolerance.get("kind") == "by_size":
            tolerance.setdefault("steps", [])
    if isinstance(credit, dict):
        kind = credit.setdefault("kind", next((field for field in _CREDIT_LISTS if field in credit), "linear"))
        if kind in _CREDIT_LISTS:
            credit.setdefault(kind, [])


def _part(row: ReadRow, fields: dict[str, str]) -> Any:
    """One part of an aspect's list: a figure, or an object of the row's columns under the names they have there."""
    if "" in fields.values():
        (column,) = fields
        return row.values.get(column)
    columns = {path.partition(".")[0] for path in row.cells}
    part: Row = {field: value for field, value in row.values.items() if field not in columns}
    for column, path in fields.items():
        value = _at(row.values, column)
        if value is not None:
            put(part, path, value)
    if set(fields.values()) == {"zh", "en"}:
        return {"zh": "", "en": ""} | part
    return part


def _at(values: Row, path: str) -> Any:
    field, _, rest = path.partition(".")
    value = values.get(field)
    return _at(value, rest) if rest and isinstance(value, dict) else None if rest else value


def _has(values: Row, path: str) -> bool:
    return path != MORE and _at(values, path) is not None


def _place_of(row: ReadRow, path: str) -> tuple[str, str]:
    """The cell of a path in a row or in one of its details (``options[1].points``), and what the workbook calls it."""
    for list_path, details in row.details.items():
        found = re.match(rf"{re.escape(list_path)}\[(\d+)\]\.?(.*)", path)
        if found and int(found[1]) < len(details):
            fields = next(detail.fields for detail in DETAIL.values() if detail.path == list_path)
            column = next((name for name, field in fields.items() if field == found[2]), found[2])
            return details[int(found[1])].cell(column), details[int(found[1])].called(column)
    path = re.sub(r"\[.*", "", path)
    return row.cell(path), row.called(path)
