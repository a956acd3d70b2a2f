"""Reads an untrusted spreadsheet (XLSX, or CSV in the encodings that Excel and WPS write) into sheets of cells, or says why not.

XLSX is parsed here with the standard library rather than by a fast reader: such readers keep a rectangle of all cells and a copy
of every repeated text, so that 5 KB of XLSX can ask for gigabytes and end the server. Here the memory is bounded by what the
file holds: cells are kept sparsely, a repeated text is shared, and parts, elements and bytes are counted while they are read.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import itertools
import math
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import PurePath, PureWindowsPath
from typing import Literal
from xml.parsers import expat

from schemas.base import Message
from schemas.problems import N_, Problem

MEGABYTE = 1 << 20
MOST_BYTES = 5 * MEGABYTE
MOST_UNPACKED = 50 * MEGABYTE
"""What all parts of a workbook may declare together, pictures included."""
MOST_READ = 20 * MEGABYTE
"""What the parts that are read may have together: 5,000 rows have about 6 MB. A rare character makes each of them four bytes."""
MOST_PARTS = 1_000
MOST_ELEMENTS = 500_000
"""XML elements in all parts together: 5,000 rows of 20 different texts have 400,000."""
MOST_DEPTH = 64
LAST_ROW = 1_048_576
LONGEST_TAG = MEGABYTE // 2
"""Bytes from one ``<`` to the next. A cell's text has at most 32,767 characters; longer tags would only fill the memory."""
MOST_CELLS = 400_000
MOST_MERGED = 20_000
LONGEST_NUMBER = 30
HEAD_ROWS, HEAD_COLUMNS = 20, 200
"""How far down and to the right headings are looked for."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ENDINGS = (".xlsx", ".csv", ".tsv")
CellKind = Literal["text", "number", "date", "boolean", "error"]


class Cell(Message, gc=False):
    """A cell that is not empty: its value as text, and what the spreadsheet took it for. Dates are ISO 8601."""

    value: str
    kind: CellKind = "text"


class Area(Message):
    """Merged cells; rows and columns count from 1, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letter(self.left)}{self.top}:{letter(self.right)}{self.bottom}"


class Sheet(Message):
    """One visible sheet: its cells by row and column, both counted from 1 as the spreadsheet shows them."""

    name: str
    rows: dict[int, dict[int, Cell]]
    merged: tuple[Area, ...] = ()


class FileIsEmpty(Problem):
    """Nothing was sent, or only blanks."""

    sentence = N_("The file is empty. Choose the roster that you filled in.")


class FileIsTooLarge(Problem):
    """More than a roster can need."""

    status = 413
    sentence = N_("The file is larger than {most} MB. Keep only the roster in it, without pictures, and try again.")


class NotASpreadsheet(Problem):
    """The content is neither XLSX nor CSV."""

    sentence = N_(
        "The file is neither an XLSX workbook nor a CSV file. Save the roster as one of the two and try again."
    )


class WrongEnding(Problem):
    """The name promises another kind of file than the content is."""

    sentence = N_(
        "The file is named {ending}, but its content is {content}. Give it the right ending, or save it again as XLSX or CSV."
    )


class OldWorkbook(Problem):
    """A workbook in the format of Excel 97 to 2003."""

    sentence = N_("This is a workbook of the old XLS format. Open it and save it as an XLSX workbook, then try again.")


class PasswordProtected(Problem):
    """The workbook or the archive is encrypted."""

    sentence = N_("The workbook is protected by a password. Save it without the password and try again.")


class HasMacros(Problem):
    """The workbook carries programs."""

    sentence = N_(
        "The workbook contains macros, which a roster has no use for. Save it as an XLSX workbook without macros and try again."
    )


class HoldsTooMuch(Problem):
    """Unpacked and counted, the file is larger than any roster."""

    status = 413
    sentence = N_(
        "The file holds far more than a roster. Copy the rows of the roster alone into the template and try again."
    )


class WorkbookIsDamaged(Problem):
    """The archive or one of its parts cannot be read."""

    sentence = N_("The workbook is damaged and cannot be read. Open it, save it as a new XLSX workbook and try again.")


class TextIsUnreadable(Problem):
    """The bytes of a CSV file are no text in an encoding we know."""

    sentence = N_("The text of the file is neither UTF-8 nor GBK. Save it as “CSV UTF-8” and try again.")


class QuoteIsOpen(Problem):
    """A quoted field of a CSV file does not end as it should."""

    sentence = N_(
        "In row {row} of the CSV file a quotation mark is out of place. Correct that row, or save the roster as XLSX."
    )


def read_spreadsheet(file_name: str, content: bytes, *, is_heading: Callable[[str], bool]) -> tuple[Sheet, ...]:
    """Every visible sheet of a file. ``is_heading`` knows a heading, by which the separator of a CSV file is told."""
    if len(content) > MOST_BYTES:
        raise FileIsTooLarge(most=MOST_BYTES // MEGABYTE)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise FileIsEmpty
    ending = PurePath(file_name).suffix.lower()
    found = _content_kind(content)
    if ending in (".xlsm", ".xltm", ".xlam"):
        raise HasMacros
    if found is None or ending not in ENDINGS:
        raise NotASpreadsheet
    if (found == "XLSX") != (ending == ".xlsx"):
        raise WrongEnding(ending=ending, content=found)
    return _workbook(content) if found == "XLSX" else (_csv_sheet(file_name, content, is_heading),)


def letter(column: int) -> str:
    """The letter of a column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _content_kind(content: bytes) -> Literal["XLSX", "CSV"] | None:
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


# CSV ------------------------------------------------------------------------------------------------------------------


def _csv_sheet(file_name: str, content: bytes, is_heading: Callable[[str], bool]) -> Sheet:
    """A CSV file as the one sheet a spreadsheet shows it as, named like the file."""
    text = _decoded(content)
    separator = max(",;\t", key=lambda candidate: _headings_by(text, candidate, is_heading))
    rows, left = {}, MOST_CELLS
    for row, record in enumerate(_records(text, separator), 1):
        left -= len(record)
        if left < 0:
            raise HoldsTooMuch
        if any(record):
            rows[row] = {column: Cell(value=value) for column, value in enumerate(record, 1) if value}
    return Sheet(name=PureWindowsPath(file_name).stem, rows=rows)


def _decoded(content: bytes) -> str:
    """The text of a CSV file; GB18030, which holds all of GBK, is tried last, for almost any bytes can be read as it."""
    for encoding in ("utf-16",) if content.startswith(UTF_16) else ("utf-8-sig", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode(encoding)
            if "\0" in text:
                raise NotASpreadsheet
            return text
    raise TextIsUnreadable


def _headings_by(text: str, separator: str, is_heading: Callable[[str], bool]) -> int:
    """How many known headings the best of the first rows has when read with ``separator``."""
    try:
        head = list(itertools.islice(_records(text, separator), HEAD_ROWS))
    except QuoteIsOpen:
        return 0
    return max((sum(map(is_heading, record[:HEAD_COLUMNS])) for record in head), default=0)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    # Strict: otherwise a quotation mark that is never closed would swallow all rows after it without a word.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for row in itertools.count(1):
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise QuoteIsOpen(row=row) from error


# XLSX -----------------------------------------------------------------------------------------------------------------

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


def _workbook(content: bytes) -> tuple[Sheet, ...]:
    """The visible worksheets, in their order."""
    try:
        return _Workbook(content).sheets()
    except _DAMAGE as error:
        raise WorkbookIsDamaged from error


class _Workbook:
    """An archive of XML parts, of which only those that hold cells are read, within the limits above."""

    def __init__(self, content: bytes) -> None:
        if content.count(b"PK\x01\x02") > MOST_PARTS:
            raise HoldsTooMuch
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        parts = self._archive.infolist()
        self._names = {part.filename.lower(): part.filename for part in parts}
        self._left = MOST_READ
        self._elements = MOST_ELEMENTS
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
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
        book = _BookPart()
        self._parse(main, book)
        if len({name.casefold() for name, _ in book.visible}) != len(book.visible):
            raise WorkbookIsDamaged
        relations = self._relations(main)
        texts, formats = _TextsPart(), _StylesPart()
        for kind, target in relations.values():
            if kind in ("sharedStrings", "styles"):
                self._parse(target, texts if kind == "sharedStrings" else formats)
        found = []
        for name, relation in book.visible:
            kind, target = relations[relation]
            if kind == "worksheet":
                part = _SheetPart(texts.texts, formats.dates, book.epoch)
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
        relations = _RelationsPart(folder)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path.lower() in self._names:
            self._parse(path, relations)
        return relations.found

    def _parse(self, path: str, part: _Part) -> None:
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


class _Part:
    """Takes the elements and texts of one part as they come."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""

    def end(self, name: str) -> None:
        """An element closes."""

    def text(self, text: str) -> None:
        """A piece of text."""


class _RelationsPart(_Part):
    """``_rels/*.rels``: which part is where."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"].replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
            self.found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], path)


class _BookPart(_Part):
    """``workbook.xml``: the names of the sheets, which of them are visible, and from which day dates are counted."""

    def __init__(self) -> None:
        self.visible: list[tuple[str, str]] = []
        self.epoch = datetime(1899, 12, 30, tzinfo=UTC)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = datetime(1904, 1, 1, tzinfo=UTC)
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self.visible += [(attributes["name"], value) for key, value in attributes.items() if key.endswith(" id")]


_BUILT_IN_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))


class _StylesPart(_Part):
    """``styles.xml``: which cell formats show a number as a date."""

    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats = dict.fromkeys(_BUILT_IN_DATES, True)
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", attributes.get("formatCode", ""))
            self._formats[int(attributes["numFmtId"])] = re.search(r"[ymdhs]", plain, re.IGNORECASE) is not None
        if name == "cellXfs":
            self._in_cells = True
        if name == "xf" and self._in_cells:
            self.dates.append(self._formats.get(int(attributes.get("numFmtId", "0")), False))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


_ESCAPED = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


class _Texts(_Part):
    """Gathers the text of ``t`` and ``v`` elements; the phonetic guides of ``rPh`` are no part of it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._listens = False
        self._guide = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        if name == "rPh":
            self._guide = True
        elif name in ("t", "v"):
            self._listens = not self._guide

    def end(self, name: str) -> None:
        if name == "rPh":
            self._guide = False
        elif name in ("t", "v"):
            self._listens = False

    def text(self, text: str) -> None:
        if self._listens:
            self._pieces.append(text)

    def _taken(self) -> str:
        taken = "".join(self._pieces)
        self._pieces.clear()
        return taken


class _TextsPart(_Texts):
    """``sharedStrings.xml``: the texts that cells refer to by their place."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.texts.append(_unescaped(self._taken()))


class _SheetPart(_Texts):
    """``worksheets/*.xml``: the cells that hold something, and the merged areas."""

    def __init__(self, shared: list[str], dates: list[bool], epoch: datetime) -> None:
        super().__init__()
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[Area] = []
        self._shared = shared
        self._dates = dates
        self._epoch = epoch
        self._row = self._column = 0
        self._type = ""
        self._style = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        super().start(name, attributes)
        match name:
            case "c":
                place = attributes.get("r")
                self._row, self._column = _place(place) if place else (self._row, self._column + 1)
                self._type, self._style = attributes.get("t", "n"), _whole(attributes.get("s", "0"))
            case "row":
                self._row, self._column = _row(attributes.get("r", str(self._row + 1))), 0
            case "mergeCell":
                top_left, _, bottom_right = attributes["ref"].partition(":")
                (top, left), (bottom, right) = _place(top_left), _place(bottom_right or top_left)
                self.merged.append(Area(top=top, left=left, bottom=bottom, right=right))
                if len(self.merged) > MOST_MERGED:
                    raise HoldsTooMuch

    def end(self, name: str) -> None:
        super().end(name)
        if name == "c":
            written = self._taken()
            if written and (cell := self._cell(written)).value:
                self.rows.setdefault(self._row, {})[self._column] = cell

    def _cell(self, written: str) -> Cell:
        match self._type:
            case "s":
                return Cell(value=self._shared[_whole(written)])
            case "b":
                return Cell(value="TRUE" if written.strip() == "1" else "FALSE", kind="boolean")
            case "e":
                return Cell(value=written, kind="error")
            case "n":
                return self._number(written.strip())
            case "d":
                return Cell(value=written, kind="date")
        return Cell(value=_unescaped(written))

    def _number(self, written: str) -> Cell:
        if not math.isfinite(float(written)):
            raise WorkbookIsDamaged
        if not (self._style < len(self._dates) and self._dates[self._style]):
            return Cell(value=_plain(written), kind="number")
        try:
            moment = (self._epoch + timedelta(days=round(float(written), 6))).replace(tzinfo=None)
        except OverflowError:
            return Cell(value=written, kind="number")
        is_day = moment.time() == moment.min.time()
        return Cell(value=moment.date().isoformat() if is_day else moment.isoformat(" ", "seconds"), kind="date")


def _unescaped(text: str) -> str:
    """Texts of XLSX write what XML cannot hold as ``_x000D_``."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)


_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def _place(reference: str) -> tuple[int, int]:
    """The row and the column of a reference such as ``C12``."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        raise WorkbookIsDamaged
    column = 0
    for character in found[1].upper():
        column = column * 26 + ord(character) - ord("A") + 1
    return _row(found[2]), column


def _row(written: str) -> int:
    row = _whole(written)
    if not 1 <= row <= LAST_ROW:
        raise WorkbookIsDamaged
    return row


def _whole(written: str) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", written):
        raise WorkbookIsDamaged
    return int(written)


def _plain(number: str) -> str:
    """A number written without an exponent, where that is of reasonable length."""
    value = Decimal(number)
    return f"{value:f}" if abs(value.adjusted()) < LONGEST_NUMBER else number
