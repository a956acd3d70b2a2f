"""Tables of marks: what they come to, and everything that can be wrong with them, told at once with its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from competition.plumbing.locale import sentence_of, speaking
from competition.tabulation.faults import MOST_TOLD
from competition.tabulation.flags import Flagged
from competition.tabulation.problems import AspectAmbiguous
from schemas.base import Text
from tests.competition.tabulation.world import ENTRANTS, MARKS, faults, score, table, totals, with_aspect, with_panel

HEAD = "entrant,aspect,judge,item,value,unit,state,vote,confirmed\n"
PANEL = "1,speech,A,,1,,,,\n1,speech,B,,1,,,,\n1,speech,C,,1,,,,\n"


def test_marks_come_to_the_totals_computed_by_hand(tmp_path: Path) -> None:
    """The figures beside the marks in ``world``; who is disqualified has no place."""
    assert totals(score(tmp_path, MARKS)) == [("1", 1, Decimal(26)), ("2", 2, Decimal("13.5")), ("3", None, Decimal(0))]


def test_chinese_headings_in_any_order_give_the_same(tmp_path: Path) -> None:
    """In GB18030 with semicolons, reversed, with a column of remarks and names."""
    lines = [[*reversed(line.split(",")), "王伟", "备忘"] for line in MARKS.splitlines()]
    lines[0] = ["状态", "单位", "值", "项次", "裁判", "评分点", "选手编号", "姓名", "备注"]
    text = "\r\n".join(";".join(f'"{cell}"' for cell in line) for line in lines)
    (tmp_path / "marks.csv").write_bytes(text.encode("gb18030"))
    again = score(tmp_path, text)
    assert totals(again) == totals(score(tmp_path, MARKS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_workbook_gives_the_same_as_csv(tmp_path: Path, as_xlsx: Callable[..., bytes], encoding: str) -> None:
    """Numbers and truths as cells of their kinds, whatever the CSV is written in; the traces are equal too."""
    marks = MARKS.replace("goggles,,,yes", "goggles,,,是")

    def typed(cell: str) -> object:
        return True if cell == "是" else float(cell) if cell.replace(".", "").isdigit() else cell

    (tmp_path / "marks.csv").write_bytes(marks.encode(encoding))
    from_csv = score(tmp_path, marks)
    from_xlsx = score(tmp_path, as_xlsx({"成绩": [[typed(cell) for cell in line] for line in table(marks)]}))
    assert [from_xlsx.trace(line) for line in from_xlsx.lines] == [from_csv.trace(line) for line in from_csv.lines]


def test_a_number_of_a_workbook_is_what_the_spreadsheet_shows(tmp_path: Path, as_xlsx: Callable[..., bytes]) -> None:
    """Excel writes 0.29 as 0.28999999999999998: fifteen digits are what people saw."""
    lines = [["entrant", "aspect", "item", "value"], [1, "bore", 1, 20.01 - 0.003 + 1e-15], [1, "bore", 2, 0.1 + 0.2]]
    tabulation = score(tmp_path, as_xlsx({"S": lines}))
    (judge,) = tabulation.trace(tabulation.lines[0]).stages[0].criteria[0].sub_criteria[0].aspects[1].judges
    assert judge.values == (Decimal("20.007"), Decimal("0.3"))


def test_a_trace_names_the_row(tmp_path: Path) -> None:
    """The id of a mark leads to its place in the file, also in a later sheet."""
    tabulation = score(tmp_path, HEAD + "\n1,goggles,,,1,,,,\n")
    (judge,) = tabulation.trace(tabulation.lines[0]).stages[0].criteria[0].sub_criteria[0].aspects[0].judges
    assert (judge.mark_id.int, tabulation.book.row_of(judge.mark_id).row) == (3, 3)


def test_several_sheets_are_one_table(tmp_path: Path, as_xlsx: Callable[..., bytes]) -> None:
    """One sheet for each judge; a sheet without headings is not one of them."""
    head = ["选手", "评分点", "裁判", "值"]
    content = as_xlsx({judge: [head, ["1", "speech", judge, 2]] for judge in "ABC"} | {"说明": [["请逐行填写"]]})
    assert (totals(score(tmp_path, content)), score(tmp_path, content).marks) == ([("1", 1, Decimal(2))], 3)


def test_empty_values_are_not_marked_yet(tmp_path: Path) -> None:
    """A table that is half filled in can be scored, and what is missing is counted."""
    tabulation = score(tmp_path, HEAD + "1,goggles,,,1,,,,\n1,bore,,1,,,,,\n1,speech,A,,,,,,\n2,goggles,,,,,,,\n")
    assert (totals(tabulation), tabulation.missing) == ([("1", 1, Decimal(2)), ("2", None, Decimal(0))], 14 - 1 + 14)


def test_the_last_vote_counts(tmp_path: Path) -> None:
    """Both votes are in the file; the panel's second replaces the first as a whole."""
    first = "".join(f"1,thought,{judge},,{level},,,1,\n" for judge, level in (("A", 0), ("B", 3), ("C", 3)))
    second = "".join(f"1,thought,{judge},,2,,,2,\n" for judge in "ABC")
    assert totals(score(tmp_path, HEAD + second + first)) == [("1", 1, Decimal(2))]
    assert faults(tmp_path, HEAD + first + second.replace("1,thought,B,,2,,,2,\n", "")) == [
        (
            "marks.csv, row 3: In vote 2 on aspect thought of entrant 1 the mark of judge B is missing. Enter it: a new vote is one "
            "of the whole panel."
        )
    ]


def test_faults_without_a_row_did_not_occur(tmp_path: Path) -> None:
    """Of a deduction only what occurred need be listed; a run that was not finished is no run."""
    tabulation = score(tmp_path, HEAD + "1,looks,,毛刺,2,,,,\n1,time,,1,,,dnf,,\n1,time,,2,3600,,,,\n")
    assert totals(tabulation) == [("1", 1, Decimal(3 + 7))]


def test_a_confirmed_reading_may_be_out_of_range(tmp_path: Path) -> None:
    """What the instrument cannot show is asked about, in one cell and by items; once confirmed it counts."""
    asked = [
        (
            "marks.csv, row 2, value (E): Aspect bore: the instrument cannot show 60 mm, only 0.000 … 50.000. Check the decimal "
            "point and the unit, or confirm the reading."
        )
    ]
    assert faults(tmp_path, HEAD + "1,bore,,,20 60,,,,\n") == asked
    assert faults(tmp_path, HEAD + "1,bore,,1,60,,,,\n1,bore,,2,20,,,,\n") == asked
    assert faults(tmp_path, HEAD + "1,bore,,,20 60,,,,yes\n") == []
    assert faults(tmp_path, HEAD + "1,bore,,1,60,,,,是\n1,bore,,2,20,,,,\n") == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("1,bore,,,20.01,μm,,,\n", ["row 2, value (E): Aspect bore is read in mm, not in μm. Convert the value, or correct the unit."]),
        ("1,bore,,,20.01,,,,\n", ["row 2, value (E): Aspect bore needs another number of readings: 2, not 1. Enter each of them once."]),
        ("1,bore,,1,20.01,,,,\n", ["row 2, value (E): Aspect bore needs another number of readings: 2, not 1. Enter each of them once."]),
        ("1,bore,,1,20.01,,,,\n1,bore,,1,20.02,,,,\n", ["row 3: Item 1 of aspect bore for entrant 1 stands already in row 2. Keep one of the rows, or number them."]),
        ("1,speech,A,,4.5,,,,\n", ["row 2, value (E): Aspect speech: 4.5 is not between 0 and 4. Enter a score within the range."]),
        ("1,speech,A,,3.3,,,,\n", ["row 2, value (E): Aspect speech: 3.3 is not a multiple of 0.5. Enter the nearest score that is."]),
        ("1,speach,A,,3,,,,\n", ["row 2, aspect (B): The scheme has no aspect speach (do you mean “speech”?). Correct it."]),
        ("1,xyz,A,,3,,,,\n", ["row 2, aspect (B): The scheme has no aspect xyz. Correct it."]),
        ("1,speech,A,,3,,,3,\n1,speech,B,,3,,,3,\n", ["row 2, vote (H): Vote 3 on aspect speech of entrant 1 is here, but vote 1 is nowhere. Correct the number, or enter the vote that is missing."]),
        ("1,speech,A,,3,,,,\n1,speech,A,,3,,,3,\n", ["row 3, vote (H): Vote 3 on aspect speech of entrant 1 is here, but vote 2 is nowhere. Correct the number, or enter the vote that is missing."]),
        ("1,speech,,,3,,,,\n", ["row 2, judge (C): Aspect speech is marked by 3 judges. Say which of them gave this mark."]),
        (PANEL + "1,speech,B,,1,,,,\n", ["row 5: Judge B has marked aspect speech of entrant 1 already in row 3. Keep one of the rows, or number them in the column “vote”."]),
        (PANEL + "1,speech,D,,1,,,,\n", ["row 5, judge (C): Aspect speech of entrant 1 is marked by 4 judges where 3 should mark it: A in row 2, B in row 3, C in row 4, D in row 5. Correct the judges' names, delete what is too much, or let more judges mark it in the scheme."]),
        ("1,goggles,,,1,,absent,,\n", ["row 2, state (G): The row has a value and a state that says there is none. Empty one of the two."]),
        ("1,goggles,,,,,ill,,\n", ["row 2, state (G): “ill” is not a state. Enter one of these: not measured, absent, not attempted, did not finish, disqualified, excluded."]),
        ("1,goggles,,,,,退赛,,\n", ["row 2, state (G): “退赛” is said of an entrant, not of an aspect. Give it a row of its own, and leave the aspect of that row empty."]),
        ("1,goggles,,,withdrawn,,,,\n", ["row 2, value (E): “withdrawn” is said of an entrant, not of an aspect. Give it a row of its own, and leave the aspect of that row empty."]),
        ("1,goggles,,,1,,,0,\n", ["row 2, vote (H): “0” is not the number of a vote. Enter 1 for the first, 2 for the next and so on."]),
        ("1,goggles,,,1,,,,?\n", ["row 2, confirmed (I): “?” in the column “confirmed” is neither yes nor no. Enter yes, or leave it empty."]),
        (",goggles,,,1,,,,\n", ["row 2, entrant (A): The row names no entrant. Fill in the entrant, or delete the row."]),
        ("1,,,,1,,,,\n", ["row 2, aspect (B): The row names no aspect. Fill in the aspect; only a row with the state “withdrawn” or “disqualified” may leave it empty."]),
        ("1,breach,,,-1,,,,\n", ["row 2, value (E): “-1” is not how often breach occurred. Enter a whole number from 0 to 10000."]),
        ("1,breach,,,1.5,,,,\n", ["row 2, value (E): “1.5” is not how often breach occurred. Enter a whole number from 0 to 10000."]),
        ("1,goggles,,,1,,,,\n   \n ,,,,,,,,\n1,goggles,,,maybe,,,,\n1,goggles,,,0,,,,\n", ["row 5, value (E): “maybe” is neither yes nor no. Enter yes or no, 1 or 0.", "row 6: Judge — has marked aspect goggles of entrant 1 already in row 2. Keep one of the rows, or number them in the column “vote”."]),
        ("1,breach,,,1,,,,\n1,违规,,,2,,,,\n", ["row 3, value (E): Penalty breach of entrant 1 stands already in row 2. Enter all occurrences in one row."]),
        ("1,breach,,,1,,absent,,\n", ["row 2, value (E): breach is a penalty: enter how often it occurred as the value, and nothing in the other columns."]),
        ("1,goggles,,,1,,,,,,x\n", ["row 2: The row has a cell to the right of the headings: x. Take it out, or put it into its column."]),
        ("", ["There are headings but no rows. Fill in the rows below the headings."]),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place_and_remedy(tmp_path: Path, rows: str, told: list[str]) -> None:
    """The file, the row, the column, what is wrong and what to do."""
    joined = [f"marks.csv, {one}" if one.startswith("row") else f"marks.csv: {one}" for one in told]
    assert faults(tmp_path, HEAD + rows) == joined


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("entrant,aspect,valeu", ["There is no column “value”. Add it to the row of headings.", "The heading “valeu” is not known (do you mean “value”?). Correct it, or take the column out."]),
        ("entrant,aspect,value,score", ["The columns value (C) and score (D) both stand for “value”. Delete one of them."]),
    ],
)  # fmt: skip
def test_headings_must_be_known(tmp_path: Path, head: str, told: list[str]) -> None:
    """A misspelt column would silently change results, so it is not ignored."""
    assert sorted(faults(tmp_path, f"{head}\n1,goggles,1\n")) == sorted(f"marks.csv, row 1: {one}" for one in told)


def test_a_file_without_headings_is_refused(tmp_path: Path) -> None:
    """Rows alone, and nothing at all."""
    assert faults(tmp_path, "1,goggles,1\n") == [
        "marks.csv: No row with headings was found. The first row must name at least: entrant, aspect, value."
    ]
    assert faults(tmp_path, "") == ["marks.csv: The file is empty. Choose the table that you filled in."]


def test_workbooks_are_refused_for_what_spreadsheets_do(tmp_path: Path, as_xlsx: Callable[..., bytes]) -> None:
    """Merged cells, a time of day, an error, a stray cell: each with its place."""
    lines = [
        ["entrant", "aspect", "value"],
        [1, "goggles", 1],
        ["", "time", ("=1/0", "#DIV/0!")],
        [1, "screws", 3, "x"],
    ]
    assert faults(tmp_path, as_xlsx({"S": lines}, merged={"S": ["A2:A3"]})) == [
        "marks.xlsx, S, row 2: The cells A2:A3 are merged. Undo that, and fill in each row by itself.",
        "marks.xlsx, S, row 3, value (C): The cell holds the error #DIV/0!. Correct the formula, or type the value.",
        "marks.xlsx, S, row 3, entrant (A): The row names no entrant. Fill in the entrant, or delete the row.",
        "marks.xlsx, S, row 4: The row has a cell to the right of the headings: x. Take it out, or put it into its column.",
    ]


def test_a_workbook_with_a_million_rows_is_refused(tmp_path: Path, as_xlsx: Callable[..., bytes]) -> None:
    """It says to save the table as CSV, which is read row by row."""
    small = zipfile.ZipFile(io.BytesIO(as_xlsx({"S": [["entrant", "aspect", "value"]]})))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in small.namelist():
            rows = b"<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>" * 1_000_000
            data = small.read(name)
            archive.writestr(name, data.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet1" in name else data)
    assert faults(tmp_path, content.getvalue()) == [
        "marks.xlsx: The workbook holds too much to be read whole. Save the table as “CSV UTF-8”, which may be of any size."
    ]


def test_unknown_entrants_are_told_with_the_nearest(tmp_path: Path) -> None:
    """With a list of entrants nobody else has marks."""
    assert faults(tmp_path, HEAD + "W-11,goggles,,,1,,,,\n", "entrant\nW-011\nX012\n") == [
        (
            "marks.csv, row 2, entrant (A): There is no entrant W-11 in the list of entrants (do you mean “W-011”?). Correct the "
            "entrant, or add them to the list."
        )
    ]


def test_what_is_wrong_in_all_files_is_told_at_once(tmp_path: Path) -> None:
    """The list of entrants and the marks, file by file."""
    told = faults(tmp_path, HEAD + "9,goggles,,,maybe,,,,\n", ENTRANTS + "1,x,,\n")
    assert [sentence.partition(":")[0] for sentence in told] == [
        "entrants.csv, row 6, 选手 (A)",
        "marks.csv, row 2, entrant (A)",
        "marks.csv, row 2, value (E)",
    ]


def test_many_faults_are_counted(tmp_path: Path) -> None:
    """The first are told one by one; a wrong file does not fill the screen."""
    told = faults(tmp_path, HEAD + "1,goggles,,,maybe,,,,\n" * 1000)
    assert (len(told), told[-1]) == (MOST_TOLD + 1, f"… and {1000 - MOST_TOLD} more like these.")


def test_a_panel_by_sheet_counts_the_judges_of_the_sheet(tmp_path: Path) -> None:
    """Four judges on three places are too many there even when each aspect has three of them."""
    rows = PANEL + "1,thought,A,,1,,,,\n1,thought,B,,1,,,,\n1,thought,D,,1,,,,\n"
    assert faults(tmp_path, HEAD + rows) == []
    assert faults(tmp_path, HEAD + rows, scheme=with_panel(by="sheet")) == [
        (
            "marks.csv, row 7, judge (C): Aspect level, speech, thought of entrant 1 is marked by 4 judges where 3 should mark it: A "
            "in row 2, B in row 3, C in row 4, D in row 7. Correct the judges' names, delete what is too much, or let more judges "
            "mark it in the scheme."
        )
    ]


def test_what_one_judge_marks_for_the_panel(tmp_path: Path) -> None:
    """The judge need not be named, the others are not missed; a second one is a judge too many, in whichever row they stand."""
    assert score(tmp_path, HEAD + "1,speech,,,3,,,,\n", scheme=with_aspect("speech", judges=1)).missing == 5 + 3 + 3
    rows = "1,speech,A,,3,,,,\n1,thought,A,,1,,,,\n1,speech,B,,,,absent,,\n"
    assert faults(tmp_path, HEAD + rows, scheme=with_aspect("speech", judges=1)) == [
        (
            "marks.csv, row 4, judge (C): Aspect speech of entrant 1 is marked by 2 judges where 1 should mark it: A in row 2, B in row "
            "4. Correct the judges' names, delete what is too much, or let more judges mark it in the scheme."
        )
    ]


def test_wide_letters_and_digits_mean_the_plain_ones(tmp_path: Path) -> None:
    """A Chinese keyboard makes no second entrant and no fourth judge."""
    rows = "1,speech,A,,1,,,,\n１,speech,Ｂ,,１,,,,\n 1　,speech,C,,1,,,,\n1,thought,Ａ,,1,,,,\n"
    assert totals(score(tmp_path, HEAD + rows)) == [("1", 1, Decimal(2))]
    assert totals(score(tmp_path, HEAD + rows, "entrant\n１\n")) == [("1", 1, Decimal(2))]


@pytest.mark.parametrize(
    ("take", "states", "points", "state"),
    [
        ("best", ("", "dnf"), 7, "marked"),
        ("best", ("dnf", "dsq"), None, "disqualified"),
        ("sum", ("", "dnf"), None, "did_not_finish"),
        ("mean", ("absent", ""), None, "absent"),
        ("worst", ("dnf", "dsq"), None, "disqualified"),
    ],
)
def test_a_run_that_was_not_finished(
    tmp_path: Path, take: str, states: tuple[str, str], points: int | None, state: str
) -> None:
    """Where the best counts it is no run; where all count there is no time, and the gravest state holds."""
    rows = "".join(f"1,time,,{run},{'' if said else 1800},,{said},,\n" for run, said in enumerate(states, 1))
    tabulation = score(tmp_path, HEAD + rows, scheme=with_aspect("time", take=take))
    aspect = tabulation.trace(tabulation.lines[0]).stages[0].criteria[0].sub_criteria[0].aspects[4]
    assert (aspect.points, str(aspect.state)) == (Decimal(points or 0), state)


def test_seconds_of_penalty_are_a_run_of_their_own(tmp_path: Path) -> None:
    """Of runs that are summed the second may be 0; in one cell and in rows of their own. Of the best none may."""
    scheme = with_aspect("time", take="sum")
    rows = "1,time,,,3590 20,,,,\n2,time,,1,3590,,,,\n2,time,,2,0,,,,\n"
    assert totals(score(tmp_path, HEAD + rows, scheme=scheme)) == [("2", 1, Decimal(7)), ("1", 2, Decimal(6))]
    refused = "marks.csv, row 2, value (E): Aspect time: 0 is not a time. Enter seconds, more than 0."
    assert faults(tmp_path, HEAD + rows.replace("3590", "0").replace("20", "0"), scheme=scheme)[0] == refused
    assert faults(tmp_path, HEAD + "1,time,,,3590 0,,,,\n") == [refused]


def test_whole_numbers_may_be_written_as_programs_do(tmp_path: Path) -> None:
    """A column with gaps is written as 1.0 by pandas: occurrences, items, votes, entrants' numbers and what is confirmed."""
    rows = "1,bore,,1.0,60,,,1.0,1.0\n1,bore,,2.0,20,,,1.0,\n1,screws,,,4.0,,,,\n1,breach,,,1.0,,,,\n"
    tabulation = score(tmp_path, HEAD + rows, "entrant,number\n1,5.0\n")
    assert totals(tabulation) == [("1", 1, Decimal(2 - 1))]
    assert tabulation.lines[0].person.number == 5


def test_a_percentage_of_a_workbook_is_asked_about(tmp_path: Path, as_xlsx: Callable[..., bytes]) -> None:
    """The cell shows 90 % and holds 0.9, and people may mean either."""
    lines = [["entrant", "aspect", "judge", "value"], [1, "speech", "A", {"0.0%": 0.1 + 0.2}], [1, "screws", "", 3]]
    assert faults(tmp_path, as_xlsx({"S": lines})) == [
        (
            "marks.xlsx, S, row 2, value (D): The cell shows 30 % and holds 0.3. Format the column as text and type again which of "
            "the two is meant."
        )
    ]


def test_a_name_that_several_have_is_no_guess(tmp_path: Path) -> None:
    """Of an aspect and a penalty of one name neither is taken, in any spelling; an id is what it is."""
    scheme = with_aspect("goggles", name=Text(en="Breach", zh="护目镜"))
    assert faults(tmp_path, HEAD + "1,BREACH,,,1,,,,\n", scheme=scheme) == [
        "marks.csv, row 2, aspect (B): “BREACH” may mean several things in this scheme: goggles, breach. Write the id."
    ]
    assert totals(score(tmp_path, HEAD + "1,goggles,,,1,,,,\n1,breach,,,1,,,,\n", scheme=scheme)) == [
        ("1", 1, Decimal(1))
    ]
    with speaking("zh-CN"):
        said = sentence_of(AspectAmbiguous(written="违规", ids="goggles, breach"))
    assert said == "“违规”在此评分方案中可能指多项：goggles, breach。请填写编号。"


def test_all_readings_of_a_measurement_are_needed(tmp_path: Path) -> None:
    """One that could not be taken leaves the aspect not measured."""
    tabulation = score(tmp_path, HEAD + "1,bore,,1,20.01,,,,\n1,bore,,2,,,not measured,,\n")
    aspect = tabulation.trace(tabulation.lines[0]).stages[0].criteria[0].sub_criteria[0].aspects[1]
    assert (aspect.points, aspect.state) == (Decimal(0), "not_measured")


def test_what_people_must_look_at_is_flagged(tmp_path: Path) -> None:
    """Judges too far apart, or too few of them, by the rules of the scheme; one who says that the attempt ended, by any."""
    marks = HEAD + "1,speech,A,,0,,,,\n1,speech,B,,4,,,,\n1,thought,A,,1,,,,\n"
    (line,) = score(tmp_path, marks, scheme=with_panel(most_apart=Decimal(2), fewest=2)).lines
    assert line.flags == (
        Flagged(of="aspect", id="speech", flag="apart"),
        Flagged(of="aspect", id="thought", flag="too_few"),
    )
    (line,) = score(tmp_path, marks.replace("speech,B,,4,,,,", "speech,B,,,,dsq,,")).lines
    assert line.flags == (Flagged(of="aspect", id="speech", flag="disputed"),)
    (line,) = score(tmp_path, marks).lines
    assert line.flags == ()
