"""Judges a roster against what is registered: every fault with its cell, and what each line would do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast
from uuid import UUID

from competition.plumbing.spreadsheet import Cell
from competition.registration import rules
from competition.registration.columns import COLUMN, COLUMNS, Field
from competition.registration.roster_file import Roster, RosterLine, RosterSheet
from competition.registration.rules import Fault
from schemas.base import Message, Text
from schemas.problems import N_
from schemas.registration import Delegation, DocumentKind, EntrantStatus, RosterRow, RowChange, Sex

LONGEST_EMPLOYER = 2 * rules.LONGEST_TEXT
LONGEST_QUOTE = 40
"""Characters of a cell that a fault repeats."""

Digest = Callable[[DocumentKind, str], bytes]


class Registered(Message):
    """An entrant of the event as registered: found again by the digest of the document, with the values a roster can change."""

    id: UUID
    number: int
    digest: bytes
    status: EntrantStatus
    values: dict[Field, str]


class Register(Message):
    """What a roster is judged against: the day the competition starts, its delegations, and who is registered."""

    starts_on: date
    delegations: tuple[Delegation, ...]
    entrants: tuple[Registered, ...]


class BadField(Message):
    """A fault and its cell: the sheet, the row, and the column's title."""

    sheet: str
    row: int
    column: str
    fault: Fault


class GoodLine(Message):
    """What a line without faults would do; ``changes`` are the headings whose values differ from ``registered``."""

    sheet: str
    row: int
    entrant: RosterRow
    digest: bytes
    delegation_id: UUID
    registered: Registered | None
    change: RowChange
    changes: tuple[str, ...]


@dataclass
class _Line:
    """A line while it is judged: the values that could be read, the faults of those that could not, who it is."""

    sheet: RosterSheet
    row: int
    values: dict[Field, str]
    faults: dict[Field, Fault]
    digest: bytes | None = None
    delegation: Delegation | None = None
    registered: Registered | None = None


def judge_roster(
    roster: Roster, register: Register, *, digest: Digest
) -> tuple[tuple[BadField, ...], tuple[GoodLine, ...]]:
    """Every bad field of a roster in the order of sheets, rows and columns; and the lines, which hold only when no field is bad."""
    by_digest = {entrant.digest: entrant for entrant in register.entrants}
    delegations = {rules.folded(word): each for each in register.delegations for word in (each.code, each.name)}
    lines = []
    for sheet in roster.sheets:
        for raw in sheet.lines:
            line = _read(sheet, raw, register.starts_on)
            _find_delegation(line, delegations, register)
            if "document" in line.values and "document_kind" in line.values:
                line.digest = digest(cast("DocumentKind", line.values["document_kind"]), line.values["document"])
                line.registered = by_digest.get(line.digest)
            lines.append(line)
    _find_doubles(lines, register)
    _find_surplus(lines, register)
    bad = tuple(found for line in lines for found in _bad_fields(line))
    return bad, () if bad else tuple(_good_line(line) for line in lines)


# One line -------------------------------------------------------------------------------------------------------------


def _read(sheet: RosterSheet, raw: RosterLine, starts_on: date) -> _Line:
    """Read every field of a line by itself, then compare the sex with the document."""
    line = _Line(
        sheet=sheet,
        row=raw.row,
        values={} if "document_kind" in sheet.columns else {"document_kind": "resident_id"},
        faults={},
    )
    for column in COLUMNS:
        if column.field not in sheet.columns:
            continue
        read = (
            _merged_fault(raw.merged[column.field])
            if column.field in raw.merged
            else _read_field(column.field, raw, line, starts_on)
        )
        if isinstance(read, Fault):
            line.faults[column.field] = read
        else:
            line.values[column.field] = read
    values = line.values
    if values.get("document_kind") == "resident_id" and "document" in values and "sex" in values:
        sex = rules.sex_of_resident_id(values["document"])
        if sex != values["sex"]:
            line.faults["sex"] = Fault(
                problem=N_("By the ID number (its 17th digit) the sex is: {expected}."),
                remedy=N_("Correct the sex or the ID number, whichever is wrong."),
                data={"expected": rules.SEXES[sex]},
            )
    return line


def _read_field(field: Field, raw: RosterLine, line: _Line, starts_on: date) -> str | Fault:
    """The value that a cell means, or what is wrong with it."""
    cell = raw.cells.get(field, Cell(value=""))
    value = _TIDY[field](cell.value)
    if fault := _cell_fault(field, cell, value):
        return fault
    match field:
        case "document":
            kind = cast("DocumentKind | None", line.values.get("document_kind"))
            return (rules.document_fault(kind, value, born_before=starts_on) if kind else None) or value
        case "phone":
            return rules.phone_fault(value) or value
        case "sex" | "document_kind" | "skill_level":
            return _word(field, value)
    return rules.text_fault(value, most=LONGEST_EMPLOYER if field == "employer" else rules.LONGEST_TEXT) or value


def _cell_fault(field: Field, cell: Cell, value: str) -> Fault | None:
    """What is wrong with a cell whatever its field would say: it shows an error, is empty, or is no text where it must be."""
    if cell.kind == "error" or _FORMULA_ERROR.fullmatch(cell.value):
        return Fault(
            problem=N_("The cell shows an error: {value}"),
            remedy=N_("Delete the formula and type the value."),
            data={"value": cell.value[:LONGEST_QUOTE]},
        )
    if not value and COLUMN[field].is_required:
        return Fault(
            problem=N_("The cell is empty."), remedy=N_("Fill in: {heading}."), data={"heading": COLUMN[field].heading}
        )
    if field == "name" and cell.kind != "text":
        return Fault(problem=N_("The cell holds a number or a date, not a name."), remedy=N_("Type the name as text."))
    if field == "document" and cell.kind != "text":
        return Fault(
            problem=N_("The cell holds a number, not text: digits beyond the 15th are lost."),
            remedy=N_("Format the column as text and type the number again; it cannot be repaired."),
        )
    return None


def _word(field: Literal["sex", "document_kind", "skill_level"], value: str) -> str | Fault:
    """The word of ours that the word in a cell stands for."""
    match field:
        case "sex":
            return rules.sex_in(value) or _not_one_of(value, rules.SEXES)
        case "document_kind":
            return rules.document_kind_in(value) or _not_one_of(value, rules.DOCUMENT_KINDS)
    level = rules.skill_level_in(value)
    return _not_one_of(value, rules.SKILL_LEVELS) if level is None else level


_FORMULA_ERROR = re.compile(r"#+|#N/A|#(REF|VALUE|DIV/0|NUM|NULL|SPILL|CALC)!|#NAME\?")
"""``####`` is what a column too narrow for its numbers leaves in a CSV file."""

_TIDY: Mapping[Field, Callable[[str], str]] = {
    "name": rules.tidy_name,
    "sex": rules.half_width,
    "document_kind": rules.half_width,
    "document": rules.tidy_document,
    "phone": rules.tidy_phone,
    "employer": rules.tidy_text,
    "delegation": rules.tidy_text,
    "skill_level": rules.half_width,
    "mentor": rules.tidy_name,
    "leader": rules.tidy_name,
}


def _merged_fault(area: str) -> Fault:
    return Fault(
        problem=N_("The cell is merged with others ({area}), so it is not clear whom it is meant for."),
        remedy=N_("Unmerge the cells and fill in each."),
        data={"area": area},
    )


def _not_one_of(
    value: str, words: Mapping[Sex, Text] | Mapping[DocumentKind, Text] | Mapping[rules.SkillLevel, Text]
) -> Fault:
    return Fault(
        problem=N_("“{value}” is not understood here."),
        remedy=N_("Write one of: {choices}."),
        data={
            "value": value[:LONGEST_QUOTE],
            "choices": Text(
                zh="、".join(word.zh for word in words.values()), en=", ".join(word.en for word in words.values())
            ),
        },
    )


def _find_delegation(line: _Line, delegations: Mapping[str, Delegation], register: Register) -> None:
    written = line.values.get("delegation")
    if written is None:
        return
    line.delegation = delegations.get(rules.folded(written))
    if line.delegation is not None:
        line.values["delegation"] = line.delegation.name
        return
    names = [delegation.name for delegation in register.delegations]
    line.faults["delegation"] = Fault(
        problem=N_("There is no delegation “{value}”."),
        remedy=N_("Write one of: {choices}.")
        if names
        else N_("No delegation exists yet: add the delegations at the desk first."),
        data={"value": written[:LONGEST_QUOTE], "choices": Text(zh="、".join(names), en=", ".join(names))},
    )


# All lines together ---------------------------------------------------------------------------------------------------


def _find_doubles(lines: list[_Line], register: Register) -> None:
    """One person, one row; one phone, one person: also among those who are registered and not in this roster."""
    documents: dict[bytes, _Line] = {}
    listed = {line.digest for line in lines}
    phones: dict[str, _Line] = {}
    taken = {
        entrant.values["phone"]: entrant
        for entrant in register.entrants
        if entrant.digest not in listed and entrant.status != "withdrawn"
    }
    for line in lines:
        if line.digest and (first := documents.setdefault(line.digest, line)) is not line:
            line.faults["document"] = _double(first, N_("The same document stands in row {row} of the sheet {sheet}."))
        phone = line.values.get("phone")
        if phone is None or _is_double(line):
            continue
        if (first := phones.setdefault(phone, line)) is not line:
            line.faults["phone"] = _double(first, N_("The same phone number stands in row {row} of the sheet {sheet}."))
        elif phone in taken:
            line.faults["phone"] = Fault(
                problem=N_("The phone number is registered for entrant {number}."),
                remedy=N_("Each entrant needs a number of their own: correct it here or there."),
                data={"number": taken[phone].number},
            )


def _double(first: _Line, problem: str) -> Fault:
    return Fault(
        problem=problem,
        remedy=N_("Delete one of the two rows, or correct the one that is wrong."),
        data={"row": first.row, "sheet": first.sheet.name},
    )


def _find_surplus(lines: list[_Line], register: Register) -> None:
    """No delegation sends more than its quota. Who is registered in it already comes first, then the order of the roster.

    Withdrawn entrants do not count; neither do rows that double another.
    """
    listed = {line.digest for line in lines}
    others = Counter(
        entrant.values["delegation"]
        for entrant in register.entrants
        if entrant.digest not in listed and entrant.status != "withdrawn"
    )
    places: dict[str, list[_Line]] = {}
    for line in lines:
        if line.delegation is not None and _takes_a_place(line):
            places.setdefault(line.delegation.name, []).append(line)
    for delegation in register.delegations:
        members = places.get(delegation.name, [])
        members.sort(
            key=lambda line: (
                line.registered is None or line.registered.values["delegation"] != line.values["delegation"]
            )
        )
        count = others[delegation.name] + len(members)
        for line in members[max(delegation.quota - others[delegation.name], 0) :]:
            line.faults["delegation"] = Fault(
                problem=N_(
                    "The delegation {delegation} may send {quota} entrants; with this roster it would send {count}."
                ),
                remedy=N_("Take entrants off the roster, or have the organiser raise the quota."),
                data={"delegation": delegation.name, "quota": delegation.quota, "count": count},
            )


def _is_double(line: _Line) -> bool:
    """Whether the document was read, and then found in an earlier row."""
    return line.digest is not None and "document" in line.faults


def _takes_a_place(line: _Line) -> bool:
    return not _is_double(line) and (line.registered is None or line.registered.status != "withdrawn")


def _bad_fields(line: _Line) -> Iterator[BadField]:
    faults = ((line.sheet.columns[field], fault) for field, fault in line.faults.items())
    for column, fault in sorted(faults, key=lambda pair: pair[0].number):
        yield BadField(sheet=line.sheet.name, row=line.row, column=column.title, fault=fault)


def _good_line(line: _Line) -> GoodLine:
    """What a line does. A column that the roster does not have leaves what is registered as it is."""
    if line.digest is None or line.delegation is None:
        raise AssertionError("a line without faults has a document and a delegation")
    before = line.registered.values if line.registered else {}
    after: dict[Field, str] = {"skill_level": "", "mentor": "", "leader": "", **before, **line.values}
    changed = [field for field in COLUMN if field in before and before[field] != after[field]]
    change: RowChange = "new" if line.registered is None else "changed" if changed else "unchanged"
    return GoodLine(
        sheet=line.sheet.name,
        row=line.row,
        entrant=_roster_row(after),
        digest=line.digest,
        delegation_id=line.delegation.id,
        registered=line.registered,
        change=change,
        changes=tuple(line.sheet.columns[field].heading for field in changed),
    )


def _roster_row(values: Mapping[Field, str]) -> RosterRow:
    return RosterRow(
        name=values["name"],
        sex=cast("Sex", values["sex"]),
        document_kind=cast("DocumentKind", values["document_kind"]),
        document=values["document"],
        phone=values["phone"],
        employer=values["employer"],
        delegation=values["delegation"],
        skill_level=values["skill_level"],
        mentor=values["mentor"],
        leader=values["leader"],
    )
