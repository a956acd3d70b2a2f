"""`leitai score` as people type it: tables and messages on the terminal, results as JSON, CSV and XLSX."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import python_calamine

from competition.plumbing.locale import speaking
from competition.tabulation.faults import MOST_TOLD
from competition.tabulation.results_files import result_of, write_results
from schemas.scheme_form import scheme_digest
from tests.competition.tabulation.world import ENTRANTS, MARKS, SCHEME, leitai, score, with_sections

COMPLETE = ("score", "scheme.json", "marks.csv", "--entrants", "entrants.csv")


def json_of(folder: Path, *more: str) -> Any:
    """The results as the JSON file has them."""
    code, _, said = leitai(folder, *COMPLETE, "--out", "results.json", *more)
    assert (code, said) == (0, "")
    return json.loads((folder / "results.json").read_bytes())


def test_json_has_everything(tmp_path: Path) -> None:
    """Places, exact figures as texts, keys, scale, awards, who goes on, teams; whoever is listed is there, marked or not."""
    results = json_of(tmp_path)
    first, second = results["entrants"][:2]
    assert Decimal(first.pop("scaled")) == Decimal(100)
    assert first == {
        "rank": 1,
        "shared": False,
        "entrant": "1",
        "number": 8,
        "name": "王伟",
        "delegation": "甲队",
        "state": "competing",
        "last": False,
        "total": "26.00",
        "stages": {"S": "26"},
        "criteria": {"A": "17.5", "B": "8.5"},
        "sections": {},
        "keys": [{"of": "total", "id": "", "figure": "26.00"}, {"of": "time", "id": "time", "figure": "3630"}],
        "awards": ["first"],
        "advances": "yes",
        "cut": None,
        "marked": 14,
        "expected": 14,
        "missing": 0,
        "flags": [],
    }
    assert (second["total"], second["scaled"], second["advances"]) == ("13.50", "51.92", "substitute")
    assert [(one["entrant"], one["rank"], one["state"], one["marked"]) for one in results["entrants"][2:]] == [
        ("4", None, "competing", 0),
        ("3", None, "disqualified", 0),
    ]
    del results["entrants"]
    assert {name: Decimal(figure) for name, figure in results.pop("scale_inputs").items()} == {"best": Decimal(26)}
    assert results == {
        "format": "leitai-results-1",
        "scheme": {
            "code": "small",
            "version": "1",
            "name": {"zh": "小型竞赛", "en": "Small contest"},
            "digest": scheme_digest(SCHEME),
        },
        "marks": 22,
        "missing": 20,
        "teams": {
            "team": [
                {"delegation": "甲队", "rank": 1, "shared": False, "figure": "39.5", "members": ["1", "2"]},
                {"delegation": "乙队", "rank": None, "shared": False, "figure": None, "members": []},
            ]
        },
    }


def test_a_trace_opens_totals_down_to_the_rows(tmp_path: Path) -> None:
    """Judges by name, marks by row; the same in the file and, without one, as lines on the standard output."""
    traced = json_of(tmp_path, "--trace")["entrants"]
    measured = traced[0]["trace"]["stages"][0]["criteria"][0]["sub_criteria"][0]["aspects"]
    assert [(judge["judge"], judge["row"], judge["values"]) for aspect in measured for judge in aspect["judges"]] == [
        ("", 2, ["1"]),
        ("", 3, ["20.010", "19.985"]),
        ("", 4, ["1", "0"]),
        ("", 5, ["3"]),
        ("", 6, ["3690", "3630"]),
    ]
    code, printed, said = leitai(tmp_path, *COMPLETE, "--trace")
    assert (code, [json.loads(line) for line in printed.splitlines()]) == (0, traced)
    assert "Small contest" in said


def test_the_help_tells_how_many_faults_are_told(tmp_path: Path) -> None:
    """The number of the help is that of the code."""
    code, printed, _ = leitai(tmp_path, "score", "--help")
    assert (code, f"up to {MOST_TOLD} faults" in " ".join(printed.split())) == (0, True)


def test_csv_is_what_spreadsheets_open(tmp_path: Path) -> None:
    """UTF-8 with a byte order mark, CRLF, headings in the reader's language; what looks like a formula is disarmed."""
    code, _, _ = leitai(tmp_path, *COMPLETE, "--out", "results.csv", language="zh")
    content = (tmp_path / "results.csv").read_bytes()
    assert (code, content[:3], content.count(b"\n"), content.count(b"\r\n")) == (0, b"\xef\xbb\xbf", 5, 5)
    head, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert head[:8] == ["名次", "并列", "选手", "参赛号", "姓名", "代表队", "情况", "总分"]
    assert head[-7:-4] == ["实操", "测量", "评议"]
    assert [line[:8] for line in lines] == [
        ["1", "", "1", "8", "王伟", "甲队", "参赛", "26.00"],
        ["2", "", "2", "7", "李强", "甲队", "参赛", "13.50"],
        ["", "", "4", "10", "'=1+1", "乙队", "参赛", "0.00"],
        ["", "", "3", "9", "赵敏", "乙队", "取消资格", "0.00"],
    ]


def test_who_withdrew_keeps_the_total_and_has_no_place(tmp_path: Path) -> None:
    """In either language, without an aspect; who is disqualified as well is that."""
    (tmp_path / "marks.csv").write_text(MARKS + "2,,,,,,退赛\n3,,,,,,withdrawn\n4,,,,withdrew,,\n")
    results = json_of(tmp_path)
    assert [(one["entrant"], one["rank"], one["state"], one["total"]) for one in results["entrants"]] == [
        ("1", 1, "competing", "26.00"),
        ("2", None, "withdrawn", "13.50"),
        ("4", None, "withdrawn", "0.00"),
        ("3", None, "disqualified", "0.00"),
    ]
    assert results["missing"] == 0
    code, _, _ = leitai(tmp_path, *COMPLETE, "--out", "results.csv", language="zh")
    _, *lines = csv.reader(io.StringIO((tmp_path / "results.csv").read_text("utf-8-sig"), newline=""))
    assert (code, [line[6] for line in lines]) == (0, ["参赛", "退赛", "退赛", "取消资格"])


def test_a_workbook_has_results_teams_and_trace(tmp_path: Path) -> None:
    """Figures are numbers; each figure of the trace has a row, and the marks' rows say where they come from."""
    code, _, _ = leitai(tmp_path, *COMPLETE, "--out", "results.xlsx", "--trace")
    book = python_calamine.load_workbook(tmp_path / "results.xlsx")
    results, teams, trace = (book.get_sheet_by_name(name).to_python() for name in ("Results", "Teams", "Trace"))
    assert (code, [line[:8] for line in results[1:3]]) == (
        0,
        [
            [1.0, "", "1", 8.0, "王伟", "甲队", "Competing", 26.0],
            [2.0, "", "2", 7.0, "李强", "甲队", "Competing", 13.5],
        ],
    )
    assert teams == [
        ["Team standing", "Rank", "Tie", "Delegation", "Figure", "Members"],
        ["Teams", 1.0, "", "甲队", 39.5, "1, 2"],
        ["Teams", "", "", "乙队", "", ""],
    ]
    assert [line[1:10] for line in trace if line[0] == "2" and line[3] in ("Breach", "Delivery")] == [
        ["Penalty", "breach", "Breach", "", "", "2", "", -2.0, ""],
        ["Aspect", "speech", "Delivery", "", "", "", "", 3.5, ""],
        ["Mark", "speech", "Delivery", "A", 23.0, "", "absent", 0.0, "no"],
        ["Mark", "speech", "Delivery", "B", 24.0, "4", "marked", 4.0, "yes"],
        ["Mark", "speech", "Delivery", "C", 25.0, "3", "marked", 3.0, "yes"],
    ]


def test_points_by_section_are_in_the_results(tmp_path: Path) -> None:
    """The figures of each section's aspects, in JSON and on a sheet of the workbook; unmarked ones are left out."""
    scheme = with_sections({"speech": "1", "level": "1", "bore": "2"})
    (tmp_path / "marks.csv").write_text(MARKS)
    tabulation = score(tmp_path, MARKS, ENTRANTS, scheme=scheme)
    exactly = {"1": Decimal("5.833333333333333333333333333"), "2": Decimal(5)}
    assert [line.sections for line in tabulation.lines] == [exactly, {"1": Decimal("3.5"), "2": Decimal(0)}, {}, {}]
    assert result_of(tabulation, tabulation.lines[1], trace=False)["sections"] == {"1": Decimal("3.5"), "2": Decimal(0)}
    with speaking("en"):
        write_results(tmp_path / "results.xlsx", tabulation, lambda *_: None, trace=False)
    book = python_calamine.load_workbook(tmp_path / "results.xlsx")
    assert book.sheet_names == ["Results", "Teams", "Sections"]
    assert book.get_sheet_by_name("Sections").to_python()[0::2] == [
        ["Rank", "Entrant", "Name", "1 Speaking", "2 Measuring"],
        [2.0, "2", "李强", 3.5, 0.0],
        ["", "3", "赵敏", "", ""],
    ]


def test_the_terminal_shows_places_and_what_is_missing(tmp_path: Path) -> None:
    """A table in the reader's language, team standings, and a warning while marks are missing."""
    code, printed, said = leitai(tmp_path, *COMPLETE, language="zh")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in printed.splitlines() if line.startswith("│")]
    assert (code, said) == (0, "")
    assert rows[0][:6] == ["1", "1", "王伟", "甲队", "参赛", "26.00"]
    assert rows[-2:] == [["1", "甲队", "39.5"], ["", "乙队", ""]]
    assert "小型竞赛" in printed


def test_a_long_table_is_cut(tmp_path: Path) -> None:
    """Thirty rows fit a screen; how many more there are is said."""
    rows = "".join(f"{number},goggles,1\n" for number in range(40))
    (tmp_path / "marks.csv").write_text(f"entrant,aspect,value\n{rows}")
    code, printed, _ = leitai(tmp_path, "score", "scheme.json", "marks.csv")
    assert (code, printed.count("1= │"), "… and 10 more entrants; --out writes all of them." in printed) == (
        0,
        30,
        True,
    )


def test_nothing_is_written_when_anything_is_wrong(tmp_path: Path) -> None:
    """Exit code 1, every fault on the standard error, and the old results stay as they were."""
    (tmp_path / "marks.csv").write_text("entrant,aspect,value\n1,goggles,maybe\n1,gogles,1\n1,goggles,1\n")
    (tmp_path / "results.json").write_text("the old ones")
    code, printed, said = leitai(tmp_path, *COMPLETE, "--out", "results.json")
    assert (code, printed, (tmp_path / "results.json").read_text()) == (1, "", "the old ones")
    assert said.splitlines() == [
        "✗ marks.csv, row 2, value (C): “maybe” is neither yes nor no. Enter yes or no, 1 or 0.",
        "✗ marks.csv, row 3, aspect (B): The scheme has no aspect gogles (do you mean “goggles”?). Correct it.",
        "✗ Nothing was computed. Faults: 2. Correct them all and try again.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "entrants.csv",
        "marks.csv",
        "results.json",
        "scheme.json",
    ]


def test_a_scheme_with_faults_is_told_whole(tmp_path: Path) -> None:
    """Each fault with its place in the scheme; nothing is scored."""
    bad = msgspec.structs.replace(SCHEME, ranking=(), stages=(msgspec.structs.replace(SCHEME.stages[0], points=31),))
    (tmp_path / "bad.json").write_bytes(msgspec.json.encode(bad))
    code, printed, said = leitai(tmp_path, "score", "bad.json", "marks.csv")
    places = [line.split("  ")[1] for line in said.splitlines()[:-1]]
    assert (code, printed, sorted(places)) == (1, "", ["$.ranking", "$.stages[0].criteria"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "results.pdf"), "✗ results.pdf cannot be written: its name must end in .json, .csv or .xlsx. Choose one of the three.\n"),
        (("--out", "results.csv", "--trace"), "✗ A CSV file has one row for each entrant and no room for the trace. Choose .json or .xlsx for it.\n"),
        (("--out", "no/results.csv"), "✗ no/results.csv cannot be written (No such file or directory). Choose another place.\n"),
    ],
)  # fmt: skip
def test_where_results_cannot_go_is_said_first(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """Before anything is computed."""
    assert leitai(tmp_path, *COMPLETE, *arguments) == (1, "", said)


def test_a_template_filled_in_is_a_table_of_marks(tmp_path: Path) -> None:
    """For each entrant, aspect, judge and item a row, and for each penalty; the first say what to enter; empty it can be scored."""
    for name in ("t.csv", "t.xlsx"):
        code, printed, _ = leitai(tmp_path, "score", "scheme.json", "--template", name, "--entrants", "entrants.csv")
        assert (code, printed) == (0, f"✓ {name} is written, with {4 * 18} rows to fill in.\n")
        assert leitai(tmp_path, "score", "scheme.json", name, "--entrants", "entrants.csv")[0] == 0
    lines = list(csv.reader(io.StringIO((tmp_path / "t.csv").read_text("utf-8-sig"), newline="")))
    sheet = python_calamine.load_workbook(tmp_path / "t.xlsx").get_sheet_by_index(0).to_python()
    assert [[cell.removeprefix("'") for cell in line] for line in lines] == sheet
    assert lines[:6] + lines[16:20] == [
        ["entrant", "name", "aspect", "aspect name", "judge", "item", "value", "unit", "state", "note"],
        ["2", "李强", "goggles", "Goggles worn", "", "", "", "", "", "yes or no, 1 or 0"],
        ["2", "李强", "bore", "Bore", "", "1", "", "mm", "", "a reading in mm"],
        ["2", "李强", "bore", "Bore", "", "2", "", "mm", "", "a reading in mm"],
        ["2", "李强", "looks", "Looks", "", "Scratch", "", "", "", "how often it occurred; empty: never"],
        ["2", "李强", "looks", "Looks", "", "Burr", "", "", "", "how often it occurred; empty: never"],
        ["2", "李强", "level", "Level", "B", "", "", "", "", "0 = leading; 1 = usual"],
        ["2", "李强", "level", "Level", "C", "", "", "", "", "0 = leading; 1 = usual"],
        ["2", "李强", "breach", "Breach", "", "", "", "", "", "a penalty: how often it occurred; empty: never"],
        ["1", "王伟", "goggles", "Goggles worn", "", "", "", "", "", ""],
    ]


def test_a_shipped_scheme_goes_by_its_name(tmp_path: Path) -> None:
    """As elsewhere on the command line."""
    code, printed, _ = leitai(tmp_path, "score", "cnc-machine-tool-assembly", "--template", "t.csv")
    assert (code, printed.startswith("✓ t.csv is written")) == (0, True)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ("scheme.json", "--template", "marks.csv"),
            "✗ marks.csv is there already, and may have been filled in. Take another name, or remove it first.\n",
        ),
        (
            ("scheme.json", "marks.csv", "--template", "t.csv"),
            "✗ A template is written instead of results. Leave out either --template, or the marks and --out.\n",
        ),
        (
            ("scheme.json", "marks.csv", "--out", "marks.csv"),
            "✗ marks.csv is what the results are made from. Write them to another file.\n",
        ),
        (
            ("scheme.json", "marks.csv", "--entrants", "entrants.csv", "--out", "entrants.csv"),
            "✗ entrants.csv is what the results are made from. Write them to another file.\n",
        ),
    ],
)
def test_nothing_that_was_given_is_written_over(tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    """A filled-in table and whatever results are made from stay as they are."""
    (tmp_path / "marks.csv").write_text(MARKS)
    assert leitai(tmp_path, "score", *more) == (1, "", said)
    assert {file.name for file in tmp_path.iterdir()} == {"scheme.json", "entrants.csv", "marks.csv"}
    assert [(tmp_path / file).read_text() for file in ("marks.csv", "entrants.csv")] == [MARKS, ENTRANTS]


def test_marks_come_and_templates_go_by_pipes(tmp_path: Path) -> None:
    """A dash stands for the standard input and output: nothing else is written there, and faults name it."""
    assert leitai(tmp_path, "score", "scheme.json", "-", "--out", "piped.json", given=MARKS)[0] == 0
    assert leitai(tmp_path, "score", "scheme.json", "marks.csv", "--out", "read.json")[0] == 0
    assert (tmp_path / "piped.json").read_bytes() == (tmp_path / "read.json").read_bytes()
    code, _, said = leitai(tmp_path, "score", "scheme.json", "-", given="entrant,aspect,value\n1,xyz,1\n")
    assert (code, said.splitlines()[0]) == (
        1,
        "✗ stdin.csv, row 2, aspect (B): The scheme has no aspect xyz. Correct it.",
    )
    assert leitai(tmp_path, "score", "scheme.json", "--template", "empty.csv")[0] == 0
    code, template, said = leitai(tmp_path, "score", "scheme.json", "--template", "-")
    assert (code, template.splitlines(), said) == (0, (tmp_path / "empty.csv").read_text().splitlines(), "")


def test_zeros_are_no_empty_file(tmp_path: Path) -> None:
    """A file of NULs is what a broken disk leaves: it cannot be read, and is not empty."""
    (tmp_path / "marks.csv").write_bytes(b"\0" * 5000)
    assert leitai(tmp_path, "score", "scheme.json", "marks.csv") == (
        1,
        "",
        (
            "✗ marks.csv: The file is neither an XLSX workbook nor a CSV file. Save the table as one of the two and try again.\n"
            "✗ Nothing was computed. Faults: 1. Correct them all and try again.\n"
        ),
    )
