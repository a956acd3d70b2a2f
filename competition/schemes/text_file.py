"""Marking schemes as text: JSON and TOML, in and out. Figures are exact, written as numbers or as text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from competition.schemes.form import FormHasFaults, form_faults
from schemas.problems import N_, Problem
from schemas.scheme import Scheme
from schemas.scheme_form import plain

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_NOT_SANE = (ValueError, ArithmeticError, RecursionError)
"""What readers raise at figures and lists of a size that they do not take."""

_json = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="string")


class SchemeNotUtf8(Problem):
    """The file's text is in another encoding, or it is no text."""

    sentence = N_("{name} is not UTF-8 text (see line {line}). Save it as UTF-8 and import it again.")


class SchemeNotJson(Problem):
    """The file is no JSON."""

    sentence = N_("{name} is not JSON from line {line}, column {column} on. Correct it there and import it again.")


class SchemeNotToml(Problem):
    """The file is no TOML."""

    sentence = N_(
        "{name} is not TOML at line {line}, column {column} ({reason}). Correct it there and import it again."
    )


class SchemeNotSane(Problem):
    """The file has figures or lists of a size that no reader takes."""

    sentence = N_("{name} cannot be read: a figure or a list in it has no sane size. Correct it and import it again.")


def read_json(content: bytes, name: str) -> Scheme:
    """The scheme in a JSON file. Raises a ``Problem`` that names the place, or all places."""
    content = _text(content, name)[0]
    try:
        return _scheme(_json.decode(content), name)
    except msgspec.DecodeError as error:
        byte = re.search(r"\(byte (\d+)\)", str(error))
        line, column = _line_and_column(content, int(byte[1]) if byte else len(content))
        raise SchemeNotJson(name=name, line=line, column=column) from None
    except _NOT_SANE:
        raise SchemeNotSane(name=name) from None


def read_toml(content: bytes, name: str) -> Scheme:
    """The scheme in a TOML file. Raises a ``Problem`` that names the place, or all places."""
    text = _text(content, name)[1]
    try:
        return _scheme(tomllib.loads(text, parse_float=Decimal), name)
    except _NOT_SANE as error:
        raise _not_toml(error, text, name) from None


def write_json(scheme: Scheme) -> bytes:
    """The scheme as JSON to read and to change: indented, without what equals its default."""
    return msgspec.json.format(_encoder.encode(plain(scheme)), indent=2) + b"\n"


def write_toml(scheme: Scheme) -> bytes:
    """The scheme as TOML to read and to change: a table for each part of the tree, everything else in its lines."""
    return ("\n".join(_tables(plain(scheme), "")).strip() + "\n").encode()


# TOML -----------------------------------------------------------------------------------------------------------------

_TREE = ("stages", "criteria", "sub_criteria", "aspects")
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')


def _tables(part: Mapping[str, Any], path: str) -> Iterator[str]:
    """The lines of a part of the tree: first its own fields, then the parts below it, each under its heading."""
    for field, value in part.items():
        if field not in _TREE:
            yield f"{field} = {_inline(value)}"
    for field in _TREE:
        for below in part.get(field, ()):
            heading = f"{path}{field}"
            yield f"\n[[{heading}]]"
            yield from _tables(below, f"{heading}.")


def _inline(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", value) + '"'
        case Mapping():
            return "{" + ", ".join(f"{field} = {_inline(one)}" for field, one in value.items()) + "}"
        case Sequence() if any(isinstance(one, Mapping) for one in value):
            return "[\n" + "".join(f"  {_inline(one)},\n" for one in value) + "]"
        case Sequence():
            return "[" + ", ".join(_inline(one) for one in value) + "]"
        case _:
            is_none = isinstance(value, Decimal) and not value.is_finite()
            return f'"{value}"' if is_none else str(value)


# What went wrong ------------------------------------------------------------------------------------------------------


def _text(content: bytes, name: str) -> tuple[bytes, str]:
    """The file without a byte order mark, as bytes and as text."""
    content = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        return content, content.decode()
    except UnicodeDecodeError as error:
        raise SchemeNotUtf8(name=name, line=_line_and_column(content, error.start)[0]) from None


def _scheme(content: object, name: str) -> Scheme:
    """The scheme that objects, lists and values are."""
    try:
        return msgspec.convert(content, Scheme)
    except msgspec.ValidationError:
        raise FormHasFaults(name=name, faults=form_faults(content)) from None


def _not_toml(error: Exception, text: str, name: str) -> Problem:
    if found := re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", str(error)):
        return SchemeNotToml(name=name, line=int(found[2]), column=int(found[3]), reason=found[1])
    if found := re.fullmatch(r"(.*) \(at end of document\)", str(error)):
        line, column = _line_and_column(text.encode(), len(text.encode()))
        return SchemeNotToml(name=name, line=line, column=column, reason=found[1])
    return SchemeNotSane(name=name)


def _line_and_column(content: bytes, position: int) -> tuple[int, int]:
    """Where a person finds a byte: the line and the character in it, both from 1."""
    before = content[:position]
    line = before.count(b"\n") + 1
    return line, len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
