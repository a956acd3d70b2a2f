"""Values between a scheme and the cells of the organiser's workbook.

A part of a scheme is taken apart into plain dicts without the fields that have their usual value; a column's path, such as
``panel.judges``, says where in them its value is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from itertools import accumulate
from typing import Any

import msgspec

from competition.plumbing.spreadsheet import Cell
from competition.schemes.cells import number
from competition.schemes.template import words
from competition.schemes.template.columns import MORE, Column
from schemas.base import Text
from schemas.problems import N_

Row = dict[str, Any]

DEEPEST = 64
"""Objects and lists within each other in a cell of further settings; a scheme has a tenth of it."""

SAID_TWICE = N_("“{field}” has a place of its own in the workbook. Take it out of the further settings.")

_json = msgspec.json.Decoder(float_hook=Decimal)
_NO_TEXT = {"zh": "", "en": ""}


class BadCell(Exception):
    """What is wrong with a cell; ``sentence`` is an English msgid."""

    def __init__(self, sentence: str, **data: str) -> None:
        self.sentence, self.data = sentence, data
        super().__init__(sentence)


# Parts of a scheme and plain values -----------------------------------------------------------------------------------


def sparse(value: Any) -> Any:
    """A value as dicts, lists and leaves, without what is as usual; a text without the language it is not in."""
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en} if value == Text(zh="", en="") else _filled(value)
    if isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        found: Row = {config.tag_field: config.tag} if config.tag_field is not None else {}
        for field in msgspec.structs.fields(value):
            part = getattr(value, field.name)
            if field.default is msgspec.NODEFAULT or part != field.default:
                found[field.encode_name] = sparse(part)
        return found
    return [sparse(part) for part in value] if isinstance(value, tuple) else value


def complete(value: Any) -> Any:
    """The same with the missing language of every text as an empty one."""
    if isinstance(value, Mapping):
        if value and value.keys() <= _NO_TEXT.keys():
            return {**_NO_TEXT, **value}
        return {key: complete(part) for key, part in value.items()}
    return [complete(part) for part in value] if isinstance(value, list) else value


def take(row: Row, path: str) -> Any:
    """The value at a path, taken out of the row, with what is empty without it; None where there is none."""
    field, _, rest = path.partition(".")
    if field not in row:
        return None
    if not rest:
        return None if row[field] == "" else row.pop(field)
    if not isinstance(row[field], dict) or not row[field]:
        return None
    value = take(row[field], rest)
    if not row[field]:
        del row[field]
    return value


def put(row: Row, path: str, value: Any) -> None:
    """Set the value at a path; raises ``BadCell`` where something else than a part stands in the way."""
    field, _, rest = path.partition(".")
    if not rest:
        row[field] = value
    elif isinstance(part := row.setdefault(field, {}), dict):
        put(part, rest, value)
    else:
        raise BadCell(SAID_TWICE, field=field)


def merge(row: Row, more: Mapping[str, Any]) -> None:
    """Add further fields to those of the row, into the same parts; raises ``BadCell`` for what is already there."""
    for field, value in more.items():
        if field not in row:
            row[field] = value
        elif isinstance(value, Mapping) and isinstance(row[field], dict):
            merge(row[field], value)
        else:
            raise BadCell(SAID_TWICE, field=field)


def _filled(text: Text) -> Row:
    return {language: said for language, said in (("zh", text.zh), ("en", text.en)) if said}


# Values and cells -----------------------------------------------------------------------------------------------------


def shown(column: Column, value: Any, language: str) -> str | Decimal | None:
    """What a cell says for a value; nothing where there is none."""
    match value, column.kind:
        case None, _:
            return None
        case _, "figure" | "whole":
            return Decimal(value)
        case {"places": places, "mode": mode}, "rounding":
            return f"{places} {words.MODE[mode].in_language(language)}"
        case _, "rounding":
            return Decimal(value["places"])
        case _, "more":
            return msgspec.json.encode(value).decode() if value else None
    choice = {True: "yes", False: "no"}[value] if column.kind == "yes" else value
    return column.words[choice].in_language(language) if column.words else str(choice)


def meant(column: Column, cell: Cell) -> Any:
    """The value that a cell says; raises ``BadCell``."""
    text = cell.value.strip()
    if cell.kind == "error":
        raise BadCell(N_("The formula gives {value}. Write the value itself."), value=text)
    if cell.kind == "date":
        raise BadCell(
            N_("The spreadsheet made a date of this ({value}). Format the cell as text and write it again."), value=text
        )
    match column.kind:
        case "figure" | "whole":
            return _figure(cell, is_whole=column.kind == "whole")
        case "word":
            return _word(column.words or {}, text)
        case "yes":
            return text == "TRUE" or (text != "FALSE" and _word(words.YES, text) == "yes")
        case "rounding":
            return _rounding(text)
        case "more":
            return _more(text)
    return str(number(cell)) if cell.kind == "number" else text


def is_more(column: Column) -> bool:
    """Whether a column holds the settings that have none of their own."""
    return column.path == MORE


def _figure(cell: Cell, *, is_whole: bool) -> Decimal | int:
    value = number(cell)
    if value is None:
        raise BadCell(
            N_("“{value}” is no figure. Write digits, with a decimal point where needed."), value=cell.value.strip()
        )
    if not is_whole:
        return value
    if value != int(value):
        raise BadCell(N_("“{value}” is no whole number. Write one."), value=cell.value.strip())
    return int(value)


def _word(choices: Mapping[str, Text], text: str) -> str:
    for value, said in choices.items():
        if text.casefold() in (value.casefold(), said.zh.casefold(), said.en.casefold()):
            return value
    offered = ", ".join(dict.fromkeys(word for said in choices.values() for word in (said.zh, said.en)))
    raise BadCell(
        N_("“{value}” is none of the words for this column. Choose one of: {words}."), value=text, words=offered
    )


def _rounding(text: str) -> Row:
    found = re.fullmatch(r"(-?\d{1,2})(?:\s+(\S.*))?", text, re.ASCII)
    if found is None:
        raise BadCell(N_("“{value}” is no rounding. Write the decimal places, such as 2, or “2 down”."), value=text)
    places: Row = {"places": int(found[1])}
    return places | {"mode": _word(words.MODE, found[2])} if found[2] else places


def _more(text: str) -> Row:
    try:
        value = _json.decode(text) if _depth(text) <= DEEPEST else None
    except msgspec.DecodeError:
        value = None
    if not isinstance(value, dict):
        raise BadCell(
            N_("This is no JSON object. Write {example}, or leave the cell empty."), example='{"field": "value"}'
        )
    return value


def _depth(text: str) -> int:
    """How many brackets are open at once at most."""
    steps = ({"{": 1, "[": 1, "}": -1, "]": -1}.get(character, 0) for character in text)
    return max(accumulate(steps), default=0)
