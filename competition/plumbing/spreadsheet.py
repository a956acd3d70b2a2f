"""Reads an untrusted spreadsheet (XLSX, or CSV in the encodings that Excel and WPS write) into sheets of cells, or says why not."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import PurePath, PureWindowsPath
from typing import BinaryIO, Literal

from competition.plumbing.tables import (
    MEGABYTE,
    Area,
    Cell,
    FileIsEmpty,
    FileIsTooLarge,
    HasMacros,
    HoldsTooMuch,
    Limits,
    NotASpreadsheet,
    OldWorkbook,
    PasswordProtected,
    QuoteIsOpen,
    Sheet,
    TextIsUnreadable,
    WorkbookIsDamaged,
    WrongEnding,
    letter,
)
from competition.plumbing.workbook import read_workbook

__all__ = [
    "HEAD_COLUMNS",
    "HEAD_ROWS",
    "Area",
    "Cell",
    "FileIsEmpty",
    "FileIsTooLarge",
    "HasMacros",
    "HoldsTooMuch",
    "Limits",
    "NotASpreadsheet",
    "OldWorkbook",
    "PasswordProtected",
    "QuoteIsOpen",
    "Sheet",
    "TextIsUnreadable",
    "WorkbookIsDamaged",
    "WrongEnding",
    "content_kind",
    "csv_records",
    "letter",
    "read_spreadsheet",
]

HEAD_ROWS, HEAD_COLUMNS = 20, 200
"""How far down and to the right headings are looked for."""

HEAD_BYTES = MEGABYTE // 4
"""How much of a file is looked at to tell what it is, and what separates the fields of a CSV file."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ENDINGS = (".xlsx", ".csv", ".tsv")


def read_spreadsheet(
    file_name: str, content: bytes, *, is_heading: Callable[[str], bool], limits: Limits | None = None
) -> tuple[Sheet, ...]:
    """Every visible sheet of a file. ``is_heading`` knows a heading, by which the separator of a CSV file is told."""
    limits = limits or Limits()
    if len(content) > limits.file:
        raise FileIsTooLarge(most=limits.file // MEGABYTE)
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise FileIsEmpty
    if content_kind(file_name, content) == "XLSX":
        return read_workbook(content, limits)
    return (_csv_sheet(file_name, content, is_heading, limits),)


def content_kind(file_name: str, content: bytes) -> Literal["XLSX", "CSV"]:
    """What a file is by its content, or the beginning of it; raises a ``Problem`` where its name promises something else."""
    ending = PurePath(file_name).suffix.lower()
    found = _kind_of(content)
    if ending in (".xlsm", ".xltm", ".xlam"):
        raise HasMacros
    if found is None or ending not in ENDINGS:
        raise NotASpreadsheet
    if (found == "XLSX") != (ending == ".xlsx"):
        raise WrongEnding(ending=ending, content=found)
    return found


def csv_records(file: BinaryIO, *, is_heading: Callable[[str], bool]) -> Iterator[list[str]]:
    """The records of a CSV file of any size, one after the other; only one of them is in memory.

    The encoding is told by reading the whole file once before: GB18030, which holds all of GBK, can read almost any bytes.
    """
    encoding = _encoding_of(file)
    file.seek(0)
    head = file.read(HEAD_BYTES).decode(encoding, "ignore")
    separator = max(",;\t", key=lambda candidate: _headings_by(head, candidate, is_heading))
    file.seek(0)
    with io.TextIOWrapper(file, encoding, newline="") as text:
        yield from _records(text, separator)


def _kind_of(content: bytes) -> Literal["XLSX", "CSV"] | None:
    """What the bytes are, whatever the name says; raises for what people save by mistake and can mend."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        # Excel wraps an encrypted XLSX into the container that the old format is made of.
        raise PasswordProtected if "EncryptedPackage".encode("utf-16-le") in content else OldWorkbook
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "XLSX"
    if content.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
    ):
        return None
    return "CSV" if content.startswith(UTF_16) or b"\0" not in content else None


def _csv_sheet(file_name: str, content: bytes, is_heading: Callable[[str], bool], limits: Limits) -> Sheet:
    """A CSV file as the one sheet a spreadsheet shows it as, named like the file."""
    rows, left = {}, limits.cells
    for row, record in enumerate(csv_records(io.BytesIO(content), is_heading=is_heading), 1):
        left -= len(record)
        if left < 0:
            raise HoldsTooMuch
        if any(record):
            rows[row] = {column: Cell(value=value) for column, value in enumerate(record, 1) if value}
    return Sheet(name=PureWindowsPath(file_name).stem, rows=rows)


def _encoding_of(file: BinaryIO) -> str:
    """The encoding of a CSV file: UTF-16 by its mark, else UTF-8, else GB18030."""
    file.seek(0)
    for encoding in ("utf-16",) if file.read(2) in UTF_16 else ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            file.seek(0)
            decoder = codecs.getincrementaldecoder(encoding)()
            while piece := file.read(MEGABYTE):
                if "\0" in decoder.decode(piece):
                    raise NotASpreadsheet
            decoder.decode(b"", final=True)
            return encoding
    raise TextIsUnreadable


def _headings_by(head: str, separator: str, is_heading: Callable[[str], bool]) -> int:
    """How many known headings the best of the first rows has when read with ``separator``."""
    most = 0
    with contextlib.suppress(QuoteIsOpen):
        for record in itertools.islice(_records(io.StringIO(head, newline=""), separator), HEAD_ROWS):
            most = max(most, sum(map(is_heading, record[:HEAD_COLUMNS])))
    return most


def _records(text: io.TextIOBase, separator: str) -> Iterator[list[str]]:
    # Strict: otherwise a quotation mark that is never closed would swallow all rows after it without a word.
    reader = csv.reader(text, delimiter=separator, strict=True)
    for row in itertools.count(1):
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise QuoteIsOpen(row=row) from error
