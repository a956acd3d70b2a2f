"""The parts of an XLSX workbook that hold cells: each takes the elements and texts of its XML as they come."""

from __future__ import annotations

import math
import posixpath
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from competition.plumbing.tables import Area, Cell, HoldsTooMuch, WorkbookIsDamaged

LAST_ROW = 1_048_576
MOST_MERGED = 20_000
LONGEST_NUMBER = 30


class Part:
    """Takes the elements and texts of one part as they come."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element opens."""

    def end(self, name: str) -> None:
        """An element closes."""

    def text(self, text: str) -> None:
        """A piece of text."""


class RelationsPart(Part):
    """``_rels/*.rels``: which part is where."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A part that another refers to; what lies outside the workbook is none of them."""
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"].replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", self._folder, target)).lstrip("/")
            self.found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], path)


class BookPart(Part):
    """``workbook.xml``: the names of the sheets, which of them are visible, and from which day dates are counted."""

    def __init__(self) -> None:
        self.visible: list[tuple[str, str]] = []
        self.epoch = datetime(1899, 12, 30, tzinfo=UTC)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A sheet, or the day that dates are counted from."""
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = datetime(1904, 1, 1, tzinfo=UTC)
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            self.visible += [(attributes["name"], value) for key, value in attributes.items() if key.endswith(" id")]


_Look = Literal["number", "date", "percent"]

_BUILT_IN_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
_BUILT_IN_PERCENTS = (9, 10)


class StylesPart(Part):
    """``styles.xml``: which cell formats show a number as a date or as a percentage."""

    def __init__(self) -> None:
        self.looks: list[_Look] = []
        self._formats: dict[int, _Look] = {
            **dict.fromkeys(_BUILT_IN_DATES, "date"),
            **dict.fromkeys(_BUILT_IN_PERCENTS, "percent"),
        }
        self._in_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A number format, or the format of a cell."""
        if name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = _look(attributes.get("formatCode", ""))
        if name == "cellXfs":
            self._in_cells = True
        if name == "xf" and self._in_cells:
            self.looks.append(self._formats.get(int(attributes.get("numFmtId", "0")), "number"))

    def end(self, name: str) -> None:
        """The formats of cells are over; other lists of formats follow."""
        if name == "cellXfs":
            self._in_cells = False


def _look(code: str) -> _Look:
    """What a format makes of a number; what it quotes is only text beside it."""
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", code)
    if re.search(r"[ymdhs]", plain, re.IGNORECASE):
        return "date"
    return "percent" if "%" in plain else "number"


_ESCAPED = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


class _Texts(Part):
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


class TextsPart(_Texts):
    """``sharedStrings.xml``: the texts that cells refer to by their place."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def end(self, name: str) -> None:
        """One text is whole."""
        super().end(name)
        if name == "si":
            self.texts.append(_unescaped(self._taken()))


class SheetPart(_Texts):
    """``worksheets/*.xml``: the cells that hold something, and the merged areas."""

    def __init__(self, shared: list[str], looks: list[_Look], epoch: datetime) -> None:
        super().__init__()
        self.rows: dict[int, dict[int, Cell]] = {}
        self.merged: list[Area] = []
        self._shared = shared
        self._looks = looks
        self._epoch = epoch
        self._row = self._column = 0
        self._type = ""
        self._style = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell or a merged area begins."""
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
        """A cell is whole."""
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
        look = self._looks[self._style] if self._style < len(self._looks) else "number"
        if look != "date":
            return Cell(value=_plain(written), kind="number", is_percent=look == "percent")
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
