"""Rosters in spreadsheets: headings found wherever people put them, merged cells, the template, the marked copy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
import python_calamine

from competition.plumbing.locale import Language
from competition.plumbing.spreadsheet import Cell
from competition.registration.columns import COLUMNS
from competition.registration.roster_file import (
    HeadingsMissing,
    HeadingsNotFound,
    HeadingTwice,
    NoLines,
    RosterLine,
    TooManyLines,
    read_roster,
    write_marked,
    write_roster,
    write_template,
    write_template_csv,
)
from schemas.base import Text
from schemas.registration import BadCell

LINE = ("王伟", "女", "", "11010519491231002X", "13800138000", "机床厂", "芜湖", "高级工", "李强", "赵敏")
SIX = ("姓名", "性别", "证件号码", "手机号码", "工作单位", "代表队")


def titles(file_name: str, content: bytes) -> list[dict[str, str]]:
    """The columns found, by field, with their titles."""
    return [
        {field: column.title for field, column in sheet.columns.items()}
        for sheet in read_roster(file_name, content).sheets
    ]


@pytest.mark.parametrize(
    "wordings",
    [
        SIX,
        (" 姓　名 ", "*性别", "身份证号（18位）", "联系电话:", "所在单位", "参赛队"),
        ("Ｎａｍｅ", "SEX", "ID No.", "Mobile phone", "Company", "Delegation"),
        ("aac003", "Gender", "aac002", "Phone number", "Work unit", "Team name"),
    ],
)
def test_headings_are_found_in_many_wordings(as_csv: Callable[..., bytes], wordings: tuple[str, ...]) -> None:
    """Chinese or English, spaced, starred, full-width, with remarks in brackets."""
    (found,) = titles("r.csv", as_csv([wordings, ["x"] * 6]))
    fields = ("name", "sex", "document", "phone", "employer", "delegation")
    assert found == {
        field: f"{' '.join(wording.split())} ({letter})"
        for field, wording, letter in zip(fields, wordings, "ABCDEF", strict=True)
    }


def test_columns_may_stand_in_any_order_among_others(as_csv: Callable[..., bytes]) -> None:
    """Order does not matter; columns that no roster has are named as not read."""
    content = as_csv([("序号", *reversed(SIX), "备注"), ("1", "芜湖", "厂", "138", "110", "女", "王伟", "x")])
    roster = read_roster("r.csv", content)
    (sheet,) = roster.sheets
    assert {field: column.title for field, column in sheet.columns.items()} == {
        "name": "姓名 (G)",
        "sex": "性别 (F)",
        "document": "证件号码 (E)",
        "phone": "手机号码 (D)",
        "employer": "工作单位 (C)",
        "delegation": "代表队 (B)",
    }
    assert roster.ignored == ("序号", "备注")


def test_titles_above_and_headings_over_two_rows(as_xlsx: Callable[..., bytes]) -> None:
    """A merged title, a line of remarks, headings merged downwards beside a heading over two others; blank rows below."""
    lines = [
        ["2026年竞赛报名表"],
        ["填表单位：芜湖市总工会"],
        ["姓名", "性别", "联系方式", "", "证件号码", "工作单位", "代表队"],
        ["", "", "邮箱", "手机号码", "", "", ""],
        ["王伟", "女", "a@b.c", "138", "110", "厂", "芜湖"],
        [""] * 7,
        ["姓名", "性别", "邮箱", "手机号码", "证件号码", "工作单位", "代表队"],
        ["李强", "男", "", "139", "111", "厂", "合肥"],
    ]
    merged = ["A1:G1", "A2:G2", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "G3:G4"]
    (sheet,) = read_roster("r.xlsx", as_xlsx({"S": lines}, merged={"S": merged})).sheets
    assert [(line.row, line.cells["name"].value, line.cells["phone"].value, line.merged) for line in sheet.lines] == [
        (5, "王伟", "138", {}),
        (8, "李强", "139", {}),
    ]


def test_merged_cells_stand_for_each_row_where_that_is_plain(as_xlsx: Callable[..., bytes]) -> None:
    """A delegation merged over its entrants holds for all; a merged phone, or two columns merged, stay unclear."""
    lines = [SIX, *([f"选手{row}", "女", "110", "138", "厂", "芜湖" if row == 2 else ""] for row in range(2, 5))]
    (sheet,) = read_roster("r.xlsx", as_xlsx({"S": lines}, merged={"S": ["F2:F4", "D3:D4", "A2:B2"]})).sheets
    assert [(line.cells["delegation"], line.merged) for line in sheet.lines] == [
        (Cell(value="芜湖"), {"name": "A2:B2", "sex": "A2:B2"}),
        (Cell(value="芜湖"), {"phone": "D3:D4"}),
        (Cell(value="芜湖"), {"phone": "D3:D4"}),
    ]


def test_several_sheets_are_one_roster(as_xlsx: Callable[..., bytes]) -> None:
    """One sheet for each delegation is read whole; a sheet without headings is named as not read."""
    content = as_xlsx({"芜湖": [SIX, ["x"] * 6], "合肥": [SIX, ["y"] * 6], "附件": [["说明"]]})
    roster = read_roster("r.xlsx", content)
    assert [(sheet.name, [line.cells["name"].value for line in sheet.lines]) for sheet in roster.sheets] == [
        ("芜湖", ["x"]),
        ("合肥", ["y"]),
    ]
    assert roster.ignored == ("附件",)


def test_a_missing_heading_is_named(as_csv: Callable[..., bytes], as_xlsx: Callable[..., bytes]) -> None:
    """Which column is missing, in which sheet, in both languages; or that there is no row of headings at all."""
    with pytest.raises(HeadingsMissing) as missing:
        read_roster("r.xlsx", as_xlsx({"S": [SIX, ["x"] * 6], "T": [SIX[:2] + SIX[3:5], ["x"] * 4]}))
    assert missing.value.data == {"sheet": "T", "headings": Text(zh="证件号码、代表队", en="ID number, Delegation")}
    with pytest.raises(HeadingsNotFound) as none:
        read_roster("r.csv", as_csv([["王伟", "女", "x"]]))
    assert none.value.data == {
        "headings": Text(
            zh="姓名、性别、证件号码、手机号码、工作单位、代表队",
            en="Name, Sex, ID number, Mobile phone, Employer, Delegation",
        )
    }


def test_two_columns_for_one_thing_are_not_guessed(as_csv: Callable[..., bytes]) -> None:
    """A phone and a mobile phone: it is not for us to say which is meant."""
    with pytest.raises(HeadingTwice) as twice:
        read_roster("名册.csv", as_csv([(*SIX, "联系电话"), ["x"] * 7]))
    assert twice.value.data == {
        "sheet": "名册",
        "first": "手机号码 (D)",
        "second": "联系电话 (G)",
        "heading": Text(zh="手机号码", en="Mobile phone"),
    }


def test_no_rows_and_too_many_rows(as_csv: Callable[..., bytes]) -> None:
    """Headings alone are no roster; 5,000 rows are the most."""
    with pytest.raises(NoLines):
        read_roster("r.csv", as_csv([SIX]))
    assert len(read_roster("r.csv", as_csv([SIX, *[["x"] * 6] * 5000])).sheets[0].lines) == 5000
    with pytest.raises(TooManyLines):
        read_roster("r.csv", as_csv([SIX, *[["x"] * 6] * 5001]))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_template_can_be_read_back(language: Language) -> None:
    """The template has every heading and no entrant; filled in, it is a roster; the notes hold an example that is none."""
    with pytest.raises(NoLines):
        read_roster("t.xlsx", write_template(language, delegations=["芜湖", "合肥"]))
    with pytest.raises(NoLines):
        read_roster("t.csv", write_template_csv(language))
    roster = read_roster("t.xlsx", write_roster(language, [LINE]))
    (sheet,) = roster.sheets
    assert roster.ignored == ()
    assert sheet.name == Text(zh="报名表", en="Roster").in_language(language)
    assert [column.heading for column in sheet.columns.values()] == [
        column.heading.in_language(language) for column in COLUMNS
    ]
    assert sheet.lines == (
        RosterLine(
            row=2, cells={column.field: Cell(value=value) for column, value in zip(COLUMNS, LINE, strict=True) if value}
        ),
    )


def test_template_csv_opens_in_excel() -> None:
    """UTF-8 with a byte order mark and the line ends of Windows."""
    assert write_template_csv("en") == (
        b"\xef\xbb\xbfName,Sex,Document kind,ID number,Mobile phone,Employer,Delegation,Skill level,Mentor,Team leader\r\n"
    )


def test_marked_copy_names_what_to_correct(as_xlsx: Callable[..., bytes]) -> None:
    """The copy holds all cells as they were, a number as a number, with the advice beside each bad row; it reads back the same."""
    lines = [
        ["title"],
        (*SIX, "备注"),
        ["王伟", "女", 110105194912310, "138", "厂", "芜湖", "=1+1"],
        ["李强", "", "111", "139", "厂", "合肥"],
    ]
    content = as_xlsx({"名册": lines, "附件": [["说明"]]})
    bad = [
        BadCell(sheet="名册", row=3, column="证件号码 (C)", problem="Not text.", remedy="Type it again."),
        BadCell(sheet="名册", row=4, column="性别 (B)", problem="Empty.", remedy="Fill it in."),
        BadCell(sheet="名册", row=4, column="手机号码 (D)", problem="Short.", remedy="Correct it."),
    ]
    marked = write_marked("r.xlsx", content, bad, "en")
    book = python_calamine.load_workbook(io.BytesIO(marked))
    assert book.get_sheet_by_name("附件").to_python() == [["说明"]]
    assert book.get_sheet_by_name("名册").to_python() == [
        ["title", *[""] * 7],
        [*SIX, "备注", "To correct"],
        ["王伟", "女", 110105194912310.0, "138", "厂", "芜湖", "=1+1", "证件号码 (C): Not text. Type it again."],
        ["李强", "", "111", "139", "厂", "合肥", "", "性别 (B): Empty. Fill it in.\n手机号码 (D): Short. Correct it."],
    ]
    before, again = read_roster("r.xlsx", content), read_roster("m.xlsx", marked)
    assert again.ignored == ("备注", "To correct", "附件")
    assert again.sheets == before.sheets


def test_marked_copy_of_a_csv_with_an_odd_name(as_csv: Callable[..., bytes]) -> None:
    """A file name that no sheet may have does not stand in the way."""
    content = as_csv([SIX, ["x"] * 6])
    bad = [BadCell(sheet="a[1]:b\x07", row=2, column="姓名 (A)", problem="P.", remedy="R.")]
    marked = write_marked("a[1]:b\x07.csv", content, bad, "en")
    assert python_calamine.load_workbook(io.BytesIO(marked)).get_sheet_by_index(0).to_python() == [
        [*SIX, "To correct"],
        [*["x"] * 6, "姓名 (A): P. R."],
    ]


def test_hostile_texts_are_inert_in_what_is_written() -> None:
    """Formulas and links are written as texts into rosters and marked copies."""
    line = ('=HYPERLINK("http://e","x")', "女", "", "http://evil.example", "+1", "@SUM(A1)", "-1", "", "\x01", "")
    content = write_roster("en", [line])
    marked = write_marked("r.xlsx", content, [], "en")
    for written in (content, marked):
        assert [
            cell.kind for found in read_roster("r.xlsx", written).sheets[0].lines for cell in found.cells.values()
        ] == ["text"] * 7
        assert b"<f>" not in b"".join(parts_of(written).values())
        assert b"hyperlink" not in b"".join(parts_of(written).values())


def parts_of(content: bytes) -> dict[str, bytes]:
    """The worksheets of a workbook as XML."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: archive.read(name) for name in archive.namelist() if "worksheets" in name}
