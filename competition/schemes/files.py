"""Marking schemes as files: reading one with its faults named by place, and the schemes that Leitai ships."""

from __future__ import annotations

import re
from importlib import resources

import msgspec

from schemas.problems import N_, Problem
from schemas.scheme import Scheme

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes. The largest real scheme known is a tenth of this."""

_SUFFIX = ".json"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_decoder = msgspec.json.Decoder(Scheme)


class SchemeTooLarge(Problem):
    """The file is larger than any scheme."""

    status = 413
    sentence = N_("{name} is larger than {most} bytes and cannot be a marking scheme. Choose the scheme's JSON file.")


class SchemeNotUtf8(Problem):
    """The file's text is in another encoding, or it is no text."""

    sentence = N_("{name} is not UTF-8 text (see line {line}). Save it as UTF-8 and import it again.")


class SchemeNotJson(Problem):
    """The file is no JSON."""

    sentence = N_("{name} is not JSON from line {line}, column {column} on. Correct it there and import it again.")


class SchemeFieldUnknown(Problem):
    """A field that no scheme has."""

    sentence = N_("{name}: at {place} the field “{field}” is unknown. Correct its spelling, or take it out.")


class SchemeFieldMissing(Problem):
    """A field that every scheme has."""

    sentence = N_("{name}: at {place} the field “{field}” is missing. Add it.")


class SchemeValueOfWrongKind(Problem):
    """A value of another JSON type than the field's."""

    sentence = N_("{name}: the value at {place} must be of the kind “{expected}”. Correct it.")


class SchemeValueUnknown(Problem):
    """A value that is none of the words that the field allows."""

    sentence = N_("{name}: {value} at {place} is none of the words allowed there. Correct its spelling.")


class SchemeValueWrong(Problem):
    """A value that cannot be read for another reason."""

    sentence = N_("{name}: the value at {place} cannot be read ({reason}). Correct it.")


class NoSuchScheme(Problem):
    """No scheme of this name is shipped."""

    status = 404
    sentence = N_("No scheme named {name} is shipped. Choose one of these: {names}.")


def read_scheme(content: bytes, name: str) -> Scheme:
    """The scheme in a JSON file; ``name`` is what people call the file.

    It is only well-formed: what does not add up in it, ``faults_of`` tells. Raises a ``Problem`` that names the place.
    """
    if len(content) > LARGEST_FILE:
        raise SchemeTooLarge(name=name, most=LARGEST_FILE)
    content = content.removeprefix(_BYTE_ORDER_MARK)
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise SchemeNotUtf8(name=name, line=_line_and_column(content, error.start)[0]) from None
    try:
        return _decoder.decode(content)
    except msgspec.ValidationError as error:
        raise _problem(str(error), name) from None
    except msgspec.DecodeError as error:
        byte = re.search(r"\(byte (\d+)\)", str(error))
        line, column = _line_and_column(content, int(byte[1]) if byte else len(content))
        raise SchemeNotJson(name=name, line=line, column=column) from None


def shipped() -> tuple[str, ...]:
    """The names of the schemes that come with Leitai."""
    files = (resources.files("competition.schemes") / "library").iterdir()
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in files if file.name.endswith(_SUFFIX)))


def shipped_scheme(name: str) -> Scheme:
    """The shipped scheme of this name."""
    if name not in shipped():
        raise NoSuchScheme(name=name, names=", ".join(shipped()))
    file = resources.files("competition.schemes") / "library" / f"{name}{_SUFFIX}"
    return read_scheme(file.read_bytes(), file.name)


def _problem(message: str, name: str) -> Problem:
    """The decoder's message, taken apart so that it can be told in any language."""
    reason, _, place = message.partition(" - at ")
    place = place.strip("`") or "$"
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", reason):
        return SchemeFieldUnknown(name=name, place=place, field=found[1])
    if found := re.fullmatch(r"Object missing required field `(.*)`", reason):
        return SchemeFieldMissing(name=name, place=place, field=found[1])
    if found := re.fullmatch(r"Expected (.*?)(, got .*)?", reason):
        return SchemeValueOfWrongKind(name=name, place=place, expected=found[1].replace("`", ""))
    if found := re.fullmatch(r"Invalid (?:enum )?value '(.*)'", reason):
        return SchemeValueUnknown(name=name, place=place, value=f"“{found[1]}”")
    return SchemeValueWrong(name=name, place=place, reason=reason)


def _line_and_column(content: bytes, position: int) -> tuple[int, int]:
    """Where a person finds a byte: the line and the character in it, both from 1."""
    before = content[:position]
    line = before.count(b"\n") + 1
    return line, len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
