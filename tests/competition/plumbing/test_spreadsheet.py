"""Untrusted spreadsheets: what is in them is read exactly, and what is no table is refused fast and in little memory."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine
import xlsxwriter

from competition.plumbing import spreadsheet
from competition.plumbing.spreadsheet import (
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
    csv_records,
    read_spreadsheet,
)
from schemas.problems import Problem

HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
REPOSITORY = Path(__file__).parents[3]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def read(file_name: str, content: bytes) -> tuple[Sheet, ...]:
    """The sheets of a file."""
    return read_spreadsheet(file_name, content, is_heading=("姓名", "性别").__contains__)


def plain_workbook() -> dict[str, bytes]:
    """The parts of a small good workbook."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    book.add_worksheet("S").write_row(0, 0, ["姓名", "x"])
    book.close()
    archive = zipfile.ZipFile(content)
    return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Parts as an archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def with_parts(**parts: bytes) -> bytes:
    """The small workbook with its sheet or its texts replaced."""
    places = {"sheet": SHEET, "texts": TEXTS, "types": "[Content_Types].xml", "book": "xl/workbook.xml"}
    return packed(plain_workbook() | {places[name]: data for name, data in parts.items()})


def lying_sizes() -> bytes:
    """A workbook whose sheet unpacks to 60 MB but is declared to have 1,000 bytes."""
    content = bytearray(with_parts(sheet=HEAD + b" " * (60 << 20) + TAIL))
    real = struct.pack("<I", len(HEAD) + (60 << 20) + len(TAIL))
    return bytes(content).replace(real, struct.pack("<I", 1000))


def bombs() -> dict[str, tuple[str, Callable[[], bytes], type[Problem] | None]]:
    """Every hostile file: its name, how it is made, and as what it is refused, unless it is only large."""
    cell = b'<c r="A1" t="s"><v>0</v></c>'
    many = b"".join(b'<row r="%d">' % row + b'<c t="s"><v>0</v></c>' * 99 + b"</row>" for row in range(1, 2300))
    entities = b'<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (level, b"&a%s;" % (b"%d" % (level - 1) if level else b"") * 10) for level in range(9)
    )
    return {
        "deflated to a thousandth": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + b" " * (300 << 20) + TAIL),
            HoldsTooMuch,
        ),
        "sizes that lie": ("r.xlsx", lying_sizes, WorkbookIsDamaged),
        "texts four bytes wide": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + (b'<c t="str"><v>' + b"a" * 32_000 + "🙂</v></c>".encode()) * 640 + TAIL),
            None,
        ),
        "a million elements": ("r.xlsx", lambda: with_parts(sheet=HEAD + b"<row/>" * 1_000_000 + TAIL), HoldsTooMuch),
        "one long text everywhere": (
            "r.xlsx",
            lambda: with_parts(texts=b"<sst><si><t>" + b"a" * 32_000 + b"</t></si></sst>", sheet=HEAD + many + TAIL),
            None,
        ),
        "a tag of a million attributes": (
            "r.xlsx",
            lambda: with_parts(
                sheet=HEAD + b"<c " + b" ".join(b'a%d=">"' % n for n in range(1_000_000)) + b"/>" + TAIL
            ),
            HoldsTooMuch,
        ),
        "nested ten thousand deep": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + b"<a>" * 10_000 + TAIL),
            WorkbookIsDamaged,
        ),
        "twenty thousand merged areas": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + b'<mergeCell ref="A1:B9"/>' * 20_001 + TAIL),
            HoldsTooMuch,
        ),
        "a hundred thousand parts": (
            "r.xlsx",
            lambda: packed({f"p{number}": b"" for number in range(30_000)}, zipfile.ZIP_STORED),
            HoldsTooMuch,
        ),
        "entities that multiply": (
            "r.xlsx",
            lambda: with_parts(texts=entities + b"]><sst>&a8;</sst>"),
            WorkbookIsDamaged,
        ),
        "an entity that names a file": (
            "r.xlsx",
            lambda: with_parts(
                texts=b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'
            ),
            WorkbookIsDamaged,
        ),
        "a reference beyond the sheet": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + b'<row><c r="A99999999"><v>1</v></c></row>' + TAIL),
            WorkbookIsDamaged,
        ),
        "a text that is not there": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + cell.replace(b">0<", b">9<") + TAIL),
            WorkbookIsDamaged,
        ),
        "a number that is none": (
            "r.xlsx",
            lambda: with_parts(sheet=HEAD + b"<c><v>NaN</v></c>" + TAIL),
            WorkbookIsDamaged,
        ),
        "broken XML": ("r.xlsx", lambda: with_parts(sheet=HEAD), WorkbookIsDamaged),
        "a cut archive": ("r.xlsx", lambda: packed(plain_workbook())[:-30], WorkbookIsDamaged),
        "a part twice": (
            "r.xlsx",
            lambda: packed(plain_workbook()).replace(b"xl/styles.xml", b"xl/workbook.x"),
            WorkbookIsDamaged,
        ),
        "macros in an XLSX": ("r.xlsx", lambda: packed(plain_workbook() | {"xl/vbaProject.bin": b"x"}), HasMacros),
        "macros by declaration": (
            "r.xlsx",
            lambda: with_parts(types=b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
            HasMacros,
        ),
        "macros by name": ("r.xlsm", lambda: packed(plain_workbook()), HasMacros),
        "macro sheets": ("r.xlsx", lambda: packed(plain_workbook() | {"xl/macrosheets/sheet1.xml": b"x"}), HasMacros),
        "a text document": ("r.xlsx", lambda: packed({"[Content_Types].xml": b"wordprocessingml"}), NotASpreadsheet),
        "an archive": ("r.xlsx", lambda: packed({"a.txt": b"x"}), NotASpreadsheet),
        "old Excel": ("r.xls", lambda: OLE, OldWorkbook),
        "old Excel with a new name": ("r.xlsx", lambda: OLE, OldWorkbook),
        "a password": ("r.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), PasswordProtected),
        "a workbook named CSV": ("r.csv", lambda: packed(plain_workbook()), WrongEnding),
        "a text named XLSX": ("r.xlsx", lambda: b"a,b\r\n", WrongEnding),
        "a picture": ("r.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, NotASpreadsheet),
        "a picture named CSV": ("r.csv", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, NotASpreadsheet),
        "a program": ("r.exe", lambda: b"MZ\x90\0", NotASpreadsheet),
        "a text named otherwise": ("r.txt", "姓名".encode, NotASpreadsheet),
        "a name without an ending": ("table", "姓名".encode, NotASpreadsheet),
        "a megabyte too many": ("r.csv", lambda: b"a" * (6 << 20), FileIsTooLarge),
        "a million rows": ("r.csv", lambda: b"1,2\n" * 1_000_000, HoldsTooMuch),
        "a row of a million cells": ("r.csv", lambda: b"1," * 1_000_000, HoldsTooMuch),
        "nothing": ("r.xlsx", lambda: b"", FileIsEmpty),
        "blanks": ("r.csv", lambda: b"\xef\xbb\xbf \r\n\r\n", FileIsEmpty),
        "neither UTF-8 nor GBK": ("r.csv", lambda: b"name\xff\xfe\xfd,\xff", TextIsUnreadable),
        "a quote that never ends": ("r.csv", '姓名,性别\r\n"王伟,男\r\n李强,男\r\n'.encode, QuoteIsOpen),
    }


@pytest.mark.parametrize("case", bombs())
def test_what_is_no_table_is_refused_at_once(case: str) -> None:
    """Each is refused as what it is, or read, in less than two seconds of this process."""
    file_name, make, problem = bombs()[case]
    content = make()
    start = time.process_time()
    refused: type[Problem] | None = None
    try:
        read(file_name, content)
    except Problem as raised:
        refused = type(raised)
    assert (refused, time.process_time() - start < 2) == (problem, True)


READ_ALL = """
import pathlib, re, sys
from competition.plumbing.spreadsheet import read_spreadsheet
from schemas.problems import Problem
for path in pathlib.Path(sys.argv[1]).iterdir():
    try:
        read_spreadsheet(path.name, path.read_bytes(), is_heading=("姓名", "性别").__contains__)
    except Problem:
        continue
print(re.search(r"VmHWM:\\s*([0-9]+) kB", pathlib.Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the memory is read from /proc")
def test_hostile_files_take_little_memory(tmp_path: Path) -> None:
    """All of them one after the other, in a process of their own, stay under 256 MB at every moment."""
    for number, (file_name, make, _) in enumerate(bombs().values()):
        (tmp_path / f"{number}{file_name}").write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(tmp_path)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 256 * 1024


def test_cells_are_read_with_their_kinds(as_xlsx: Callable[..., bytes]) -> None:
    """Texts, numbers, dates, booleans, formulas and errors, at their places, merged areas too."""
    content = as_xlsx(
        {
            "一": [
                ["姓名", "", 13800138000, 1.5],
                [date(1990, 3, 7), True, ("=1+1", 2), ("=A9", "#N/A")],
                [("=A1", "姓名")],
            ],
            "空": [],
        },
        merged={"一": ["A1:B1"]},
    )
    assert read("r.xlsx", content) == (
        Sheet(
            name="一",
            rows={
                1: {
                    1: Cell(value="姓名"),
                    3: Cell(value="13800138000", kind="number"),
                    4: Cell(value="1.5", kind="number"),
                },
                2: {
                    1: Cell(value="1990-03-07", kind="date"),
                    2: Cell(value="TRUE", kind="boolean"),
                    3: Cell(value="2", kind="number"),
                    4: Cell(value="#N/A", kind="error"),
                },
                3: {1: Cell(value="姓名")},
            },
            merged=(Area(top=1, left=1, bottom=1, right=2),),
        ),
        Sheet(name="空", rows={}),
    )


def test_formats_tell_dates_and_percentages(as_xlsx: Callable[..., bytes]) -> None:
    """Built in or written by people; a letter or a sign that a format quotes is only text beside the number."""
    formats = ["0%", "0.00%", "0.000%;[Red]-0.000%", '0"%"', r"0\%", "0.0", "h:mm", '0 "days"']
    (sheet,) = read("r.xlsx", as_xlsx({"S": [[{shown: 0.5} for shown in formats]]}))
    assert [(cell.kind, cell.is_percent) for cell in sheet.rows[1].values()] == [
        *[("number", True)] * 3,
        *[("number", False)] * 3,
        ("date", False),
        ("number", False),
    ]


def test_other_programs_ways_of_writing_are_read() -> None:
    """Cells without places, texts in the cell, rich text with phonetic guides, prefixes, a stray cell far below."""
    texts = (
        b'<x:sst xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:si><x:r><x:t>\xe7\x8e\x8b</x:t></x:r>'
        b'<x:r><x:t xml:space="preserve"> W</x:t></x:r><x:rPh sb="0" eb="1"><x:t>wang</x:t></x:rPh></x:si></x:sst>'
    )
    sheet = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v>'
        b'</x:c><x:c t="inlineStr"><x:is><x:t>a_x000A_b</x:t></x:is></x:c><x:c s="9"/><x:c><x:v>1.3800138E10</x:v></x:c></x:row>'
        b'<x:row r="1048576"><x:c r="XFD1048576" t="str"><x:v>far</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert read("r.XLSX", with_parts(texts=texts, sheet=sheet)) == (
        Sheet(
            name="S",
            rows={
                1: {1: Cell(value="王 W"), 2: Cell(value="a\nb"), 4: Cell(value="13800138000", kind="number")},
                1_048_576: {16_384: Cell(value="far")},
            },
        ),
    )


def test_hidden_sheets_are_not_read() -> None:
    """Nobody sees them, so nobody means them."""
    parts = plain_workbook()
    hidden = parts["xl/workbook.xml"].replace(b'<sheet name="S"', b'<sheet name="S" state="hidden"')
    assert read("r.xlsx", packed(parts | {"xl/workbook.xml": hidden})) == ()


def test_reading_agrees_with_another_reader(as_xlsx: Callable[..., bytes]) -> None:
    """On good workbooks the cells are those that calamine finds."""
    chance = random.Random(11)
    alphabet = "abc王伟 &<>'\"\n\t=_x0041_𠮷🙂"

    def value() -> Any:
        return chance.choice(
            [
                "".join(chance.choices(alphabet, k=chance.randint(0, 12))).strip(),
                chance.randint(-9, 10**12),
                chance.random() > 0.5,
                datetime(2026, chance.randint(1, 12), 5, 8, 30),  # noqa: DTZ001 - as in a sheet,
            ]
        )

    for _ in range(20):
        content = as_xlsx({"S": [["head"] * 6, *([value() for _ in range(6)] for _ in range(20))]})
        (sheet,) = read("r.xlsx", content)
        (theirs,) = (python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python(),)
        ours = [[sheet.rows.get(row, {}).get(column) for column in range(1, 7)] for row in range(1, len(theirs) + 1)]
        assert [[as_calamine(cell) for cell in line] for line in ours] == [
            line + [""] * (6 - len(line)) for line in theirs
        ]


def test_a_real_workbook_is_read_as_another_reader_does(cases: Path) -> None:
    """Every text and number of a marking scheme out in the world is found at its place."""
    content = (cases / "euroskills2023-web.cis.xlsx").read_bytes()
    theirs = python_calamine.load_workbook(io.BytesIO(content))
    for sheet in read("r.xlsx", content):
        lines = theirs.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        assert {
            (row, column): as_calamine(cell) for row, cells in sheet.rows.items() for column, cell in cells.items()
        } == {
            (row, column): value
            for row, line in enumerate(lines, 1)
            for column, value in enumerate(line, 1)
            if value != ""
        }


def as_calamine(cell: Cell | None) -> Any:
    """A cell as calamine hands it out."""
    match cell:
        case None:
            return ""
        case Cell(kind="number"):
            return float(cell.value)
        case Cell(kind="boolean"):
            return cell.value == "TRUE"
        case Cell(kind="date"):
            moment = datetime.fromisoformat(cell.value)
            return moment if moment.hour else moment.date()
    return cell.value


def test_damaged_workbooks_are_refused_or_read(as_xlsx: Callable[..., bytes]) -> None:
    """A thousand workbooks with bytes changed, packed or inside the parts, end in sheets or in a Problem, in nothing else."""
    chance = random.Random(5)
    good = as_xlsx({"S": [["姓名", 1, True, date(2020, 1, 1)]] * 3}, merged={"S": ["A1:B1"]})
    archive = zipfile.ZipFile(io.BytesIO(good))
    parts = {name: archive.read(name) for name in archive.namelist()}
    for turn in range(1000):
        if turn % 2:
            content = mutated(good, chance)
        else:
            name = chance.choice([name for name in parts if not name.startswith("docProps") and "theme" not in name])
            content = packed(parts | {name: mutated(parts[name], chance)}, zipfile.ZIP_STORED)
        with contextlib.suppress(Problem):
            read("r.xlsx", content)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four bytes changed, taken away or put in."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed))
        match chance.randrange(3):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                del changed[place : place + chance.randint(1, 9)]
            case _:
                changed[place:place] = bytes(chance.choices(b'<>"/= 0129AZtrsv&;-E', k=chance.randint(1, 4)))
    return bytes(changed)


def test_letters_of_columns() -> None:
    """As spreadsheets count."""
    assert [spreadsheet.letter(number) for number in (1, 26, 27, 52, 702, 703, 16_384)] == [
        "A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


def test_limits_can_be_wider_or_narrower() -> None:
    """Who reads larger tables says so; one byte, element or cell beyond the limit is refused."""
    workbook, text = packed(plain_workbook()), "姓名,性别\r\n".encode()
    assert [
        refusal("r.xlsx", workbook, Limits(file=len(workbook) - 1)),
        refusal("r.xlsx", workbook, Limits(elements=9)),
        refusal("r.xlsx", workbook, Limits(read=99)),
        refusal("r.csv", text, Limits(cells=1)),
        refusal("r.csv", text, Limits(cells=2)),
        refusal("r.csv", b"x,1\n" * 1_000_000, Limits(cells=2_000_000)),
    ] == [FileIsTooLarge, HoldsTooMuch, HoldsTooMuch, HoldsTooMuch, None, None]


def refusal(file_name: str, content: bytes, limits: Limits) -> type[Problem] | None:
    """As what a file is refused within limits; None when it is read."""
    try:
        read_spreadsheet(file_name, content, is_heading=("姓名",).__contains__, limits=limits)
    except Problem as problem:
        return type(problem)
    return None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_file_of_any_size_is_read_record_by_record(tmp_path: Path, encoding: str, separator: str) -> None:
    """Whatever it is written in and separated by; the first record comes before the last is read."""
    path = tmp_path / "t.csv"
    line = f'王伟{separator}"a{separator}b"\r\n'
    path.write_bytes(f"姓名{separator}性别\r\n{line * 40_000}".encode(encoding))
    with path.open("rb") as file:
        records = csv_records(file, is_heading=("姓名", "性别").__contains__)
        assert next(records) == ["姓名", "性别"]
        assert file.tell() < path.stat().st_size / 2
        assert set(map(tuple, records)) == {("王伟", f"a{separator}b")}
