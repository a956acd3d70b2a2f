"""Reads the cells of an untrusted XLSX workbook, or says why not.

It is parsed here with the standard library rather than by a fast reader: such readers keep a rectangle of all cells and a copy
of every repeated text, so that 5 KB of XLSX can ask for gigabytes and end the server. Here the memory is bounded by what the
file holds: cells are kept sparsely, a repeated text is shared, and parts, elements and bytes are counted while they are read.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from decimal import InvalidOperation
from xml.parsers import expat

from competition.plumbing.tables import (
    MEGABYTE,
    HasMacros,
    HoldsTooMuch,
    Limits,
    NotASpreadsheet,
    PasswordProtected,
    Sheet,
    WorkbookIsDamaged,
)
from competition.plumbing.workbook_parts import BookPart, Part, RelationsPart, SheetPart, StylesPart, TextsPart

MOST_PARTS = 1_000
MOST_DEPTH = 64
LONGEST_TAG = MEGABYTE // 2
"""Bytes from one ``<`` to the next. A cell's text has at most 32,767 characters; longer tags would only fill the memory."""

_TOO_LONG = re.compile(rb"<[^<]{%d}" % LONGEST_TAG)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    expat.ExpatError,
    EOFError,
    InvalidOperation,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What the standard library raises over an archive or XML that is not what it says."""


def read_workbook(content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """The visible worksheets of an XLSX file, in their order. Raises a ``Problem`` that says why there are none."""
    try:
        return _Workbook(content, limits).sheets()
    except _DAMAGE as error:
        raise WorkbookIsDamaged from error


class _Workbook:
    """An archive of XML parts, of which only those that hold cells are read, within limits."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        if content.count(b"PK\x01\x02") > MOST_PARTS:
            raise HoldsTooMuch
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        parts = self._archive.infolist()
        self._names = {part.filename.lower(): part.filename for part in parts}
        self._left = limits.read
        self._elements = limits.elements
        if sum(part.file_size for part in parts) > limits.unpacked:
            raise HoldsTooMuch
        if any(part.flag_bits & 1 for part in parts):
            raise PasswordProtected
        if len(self._names) != len(parts) or any(
            part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts
        ):
            raise WorkbookIsDamaged
        self._refuse_strangers()

    def sheets(self) -> tuple[Sheet, ...]:
        """The visible worksheets, in their order."""
        main = next(
            (target for kind, target in self._relations("").values() if kind == "officeDocument"), "xl/workbook.xml"
        )
        book = BookPart()
        self._parse(main, book)
        if len({name.casefold() for name, _ in book.visible}) != len(book.visible):
            raise WorkbookIsDamaged
        relations = self._relations(main)
        texts, formats = TextsPart(), StylesPart()
        for kind, target in relations.values():
            if kind in ("sharedStrings", "styles"):
                self._parse(target, texts if kind == "sharedStrings" else formats)
        found = []
        for name, relation in book.visible:
            kind, target = relations[relation]
            if kind == "worksheet":
                part = SheetPart(texts.texts, formats.looks, book.epoch)
                self._parse(target, part)
                found.append(Sheet(name=name, rows=part.rows, merged=tuple(part.merged)))
        return tuple(found)

    def _refuse_strangers(self) -> None:
        types = self._names.get("[content_types].xml")
        if types is None:
            raise NotASpreadsheet
        if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in self._names):
            raise HasMacros
        declared = self._bytes_of(types)
        if b"macroEnabled" in declared:
            raise HasMacros
        if b"spreadsheetml" not in declared:
            raise NotASpreadsheet

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The kind and the path of every part that ``part`` refers to, by relation id."""
        folder, name = posixpath.split(part)
        relations = RelationsPart(folder)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path.lower() in self._names:
            self._parse(path, relations)
        return relations.found

    def _parse(self, path: str, part: Part) -> None:
        data = self._bytes_of(self._names[path.lower()])
        if _TOO_LONG.search(data):
            raise HoldsTooMuch
        # One call with all of the data: fed in pieces, this expat would scan a long token once per piece.
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        depth = 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            self._elements -= 1
            if self._elements < 0:
                raise HoldsTooMuch
            if depth > MOST_DEPTH:
                raise WorkbookIsDamaged
            part.start(name.rpartition(" ")[2], attributes)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            part.end(name.rpartition(" ")[2])

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = part.text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(data, True)

    def _bytes_of(self, name: str) -> bytes:
        """A part unpacked, counted against what all parts together may have: what is declared may be a lie."""
        with self._archive.open(name) as file:
            data = file.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise HoldsTooMuch
        return data


def _refuse_doctype(*_: object) -> None:
    """No spreadsheet program writes a document type: it is there to name files or to multiply entities."""
    raise WorkbookIsDamaged
