"""The CSV of a result list, compared byte by byte."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from competition.exports.csv_file import results_csv

if TYPE_CHECKING:
    from tests.competition.exports.conftest import World

HEADINGS = (
    "Rank,Tie,Code,Entrant no.,Name,Delegation,State,Total,Theory,Practice,Theory paper,Mechanical assembly,Electrical connection,"
    "Publication no.,Status,Revision,Ledger position,Ledger digest,Scheme digest"
)
ROWS = (
    (
        '1,,A01,1,"\'=HYPERLINK(""http://x.example"",""奖金"")","\'+芜湖, ""经开""\n二队",Competing,92.07,90.5,94.17,90.5,'
        "57.5,36.666667"
    ),
    "2,,A02,2,𠮷田龘,芜湖市总工会代表队,Competing,87.00,80,90,80,50,40",
    "3,tied,A03,3,李明,芜湖市总工会,Competing,84.00,70,90,70,60,30",
    "3,tied,B01,4,王芳,'@奇瑞,Competing,84.00,70,90,70,60,30",
    ",,B02,5,赵六,奇瑞,Absent,0.00,0,0,0,0,0",
    ",,B03,6,'-2+3,奇瑞汽车,Disqualified,18.00,60,,60,,",
    ",,B04,7,阿卜杜热合曼·麦麦提依明江,埃夫特,Competing,0.00,,,,,",
)


def test_csv_is_what_excel_and_wps_read(world: World) -> None:
    """The whole file: byte order mark, CRLF, formulas disarmed, numbers bare, the provenance in every row."""
    published = world.publication
    provenance = f"1,Provisional,4,{published.ledger_position},{published.ledger_digest},{published.scheme_digest}"
    expected = "\ufeff" + "".join(f"{line}\r\n" for line in (HEADINGS, *(f"{row},{provenance}" for row in ROWS)))
    assert results_csv(published, world.scheme, world.honours, language="en") == expected.encode()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+86 553", "'+86 553"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("2-07", "'2-07"),
        ("007", "'007"),
        ("12:30", "'12:30"),
        ("1E5", "'1E5"),
        ("A07", "A07"),
        ("李 明", "李 明"),
        ('𠮷田, "甲"\n乙', '𠮷田, "甲"\n乙'),
        ("", ""),
    ],
)
def test_csv_text_is_neither_computed_nor_converted(world: World, name: str, written: str) -> None:
    """What a spreadsheet would take for a formula, a number or a date gets an apostrophe; all else is read back as it was."""
    row = msgspec.structs.replace(world.publication.rows[0], name=name)
    file = results_csv(
        msgspec.structs.replace(world.publication, rows=(row,)), world.scheme, world.honours, language="en"
    )
    assert next(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))["Name"] == written


def test_csv_keeps_negative_numbers(world: World) -> None:
    """Points below zero would stay numbers: only texts are disarmed."""
    row = msgspec.structs.replace(world.publication.rows[0], total=Decimal("-1.50"))
    file = results_csv(
        msgspec.structs.replace(world.publication, rows=(row,)), world.scheme, world.honours, language="en"
    )
    assert next(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))["Total"] == "-1.50"


@pytest.mark.parametrize(
    ("points", "written"),
    [("36.6666665", "36.666667"), ("36.6666664999", "36.666666"), ("0.5000000", "0.500000"), ("1.123456", "1.123456")],
)
def test_csv_cuts_points_to_six_decimals(world: World, points: str, written: str) -> None:
    """Points of a stage and of a task have six decimals at most, a half rounded up; a total stays as it was published."""
    row = world.publication.rows[0]
    row = msgspec.structs.replace(
        row,
        total=Decimal(points),
        stages=dict.fromkeys(row.stages, Decimal(points)),
        criteria=dict.fromkeys(row.criteria, Decimal(points)),
    )
    file = results_csv(
        msgspec.structs.replace(world.publication, rows=(row,)), world.scheme, world.honours, language="en"
    )
    _, line = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    assert line[7:13] == [points, *[written] * 5]


def test_csv_of_nobody_is_its_headings(world: World) -> None:
    """A list without rows is still a table."""
    file = results_csv(msgspec.structs.replace(world.publication, rows=()), world.scheme, world.honours, language="en")
    assert file == f"\ufeff{HEADINGS}\r\n".encode()


def test_csv_speaks_chinese(world: World) -> None:
    """In Chinese the scheme's own names head the columns."""
    file = results_csv(world.publication, world.scheme, world.honours, language="zh-CN").decode("utf-8-sig")
    assert file.split("\r\n")[0].split(",")[8:13] == ["理论", "实操", "理论考试", "机械装配", "电气连接"]


def test_csv_says_what_the_totals_come_to(honoured: World) -> None:
    """Scaled figures, awards and who goes on stand behind the points, empty for who has no place; teams are no column."""
    file = results_csv(honoured.publication, honoured.scheme, honoured.honours, language="en").decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(file, newline="")))
    assert [line[13:17] for line in table] == [
        ["Scaled", "Awards", "Goes on", "Publication no."],
        ["100", "First prize, Best of delegation", "goes on", "1"],
        ["94.5", "Second prize, Best of delegation", "substitute", "1"],
        ["91.2", "Second prize", "", "1"],
        ["91.2", "Second prize", "", "1"],
        *[["", "", "", "1"]] * 3,
    ]
