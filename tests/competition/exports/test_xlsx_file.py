"""The workbook of a result list, read back as spreadsheets read it."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID

import msgspec
from python_calamine import CalamineWorkbook

from competition.exports import recompute
from competition.exports.findings import GivenSignature, SignedSheet
from competition.exports.rules import traces_of
from competition.exports.sheet import STATE
from competition.exports.sheet_words import MARK_STATE
from competition.exports.signed import Signing
from competition.exports.xlsx_file import results_xlsx
from competition.plumbing.locale import speaking
from schemas.aspects import Rounding
from schemas.base import digest
from schemas.marks import WithoutReading
from schemas.results import EntrantState

if TYPE_CHECKING:
    from competition.plumbing.locale import Language
    from schemas.results import Publication
    from tests.competition.exports.conftest import World

replace = msgspec.structs.replace


def workbook(world: World, publication: Publication | None = None, language: Language = "en") -> bytes:
    """The workbook of the contest, or of another publication of it."""
    published, traces = publication or world.publication, traces_of(world.package)
    return results_xlsx(
        published, world.scheme, traces, world.honours, world.signing, heading=world.heading, language=language
    )


def sheet(file: bytes, place: int) -> list[list[Any]]:
    """The cells of one sheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(place).to_python()


def part(file: bytes, name: str) -> str:
    """One part of the file as it is zipped."""
    return zipfile.ZipFile(io.BytesIO(file)).read(name).decode()


def test_xlsx_cover_says_what_it_is_a_cover_of(world: World) -> None:
    """The cover carries names, status, publication, revision and digests, and the moment by the competition's own clocks."""
    published = world.publication
    assert sheet(workbook(world), 0) == [
        ["Wuhu Workers' Skills Contest", ""],
        ["CNC machine tool assembly and maintenance", ""],
        ["", ""],
        ["Venue", "芜湖市技师学院"],
        ["Status", "Provisional"],
        ["Publication no.", 1.0],
        ["Revision", 4.0],
        ["Number of entrants", 7.0],
        ["Score sheets signed", "0 of 21 (by hand: judge 0, competitor 0, chief judge 0)"],
        ["Ledger position", float(published.ledger_position)],
        ["Ledger digest", published.ledger_digest],
        ["Checkpoint", f"{published.ledger_position}:{published.ledger_digest}"],
        ["Scheme digest", published.scheme_digest],
        ["Publication digest", digest(published)],
        ["Time zone", "Asia/Shanghai"],
        ["Published at", datetime(2026, 11, 22, 16, 30)],  # noqa: DTZ001 - a cell has no time zone; the row above names it
        ["Totals agree", "7 / 7"],
        ["Ranks agree", "7 / 7"],
    ]


def test_xlsx_tells_who_signed_each_sheet(world: World) -> None:
    """A sheet for the signed ones: judges by number, moments by the competition's clocks, the digest that was signed."""
    at = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
    given = GivenSignature(role="competitor", by=None, signed_at=at + timedelta(minutes=1), position=9)
    one = SignedSheet(
        sheet_id=UUID(int=5010), entrant="A01", sub_criterion="A1", judge_id=UUID(int=22), judge="", seal=UUID(int=7),
        sheet_digest="ab" * 32, signed_at=at, position=8, signatures=(given,), holds=True,
    )  # fmt: skip
    file = results_xlsx(
        world.publication,
        world.scheme,
        traces_of(world.package),
        world.honours,
        Signing(sheets=(one,), known=21),
        heading=world.heading,
        language="en",
    )
    assert sheet(file, 4) == [
        [
            "Code", "Sub-criterion", "Judge", "Signed at", "Judge: signed by hand at", "Competitor: signed by hand at",
            "Chief judge: signed by hand at", "Ledger position", "Sheet digest",
        ],
        ["A01", "A1 Spindle", 2.0, "2026-11-22 15:00:00", "", "2026-11-22 15:01:00", "", 8.0, "ab" * 32],
    ]  # fmt: skip
    said = "1 of 21 (by hand: judge 0, competitor 1, chief judge 0)"
    assert ["Score sheets signed", said] in sheet(file, 0)


def test_xlsx_results_are_typed(world: World) -> None:
    """Texts are texts, formulas among the names included; numbers are numbers; nothing stands where there is no place."""
    assert sheet(workbook(world), 1) == [
        ["Rank", "Tie", "Code", "Entrant no.", "Name", "Delegation", "State", "Total", "Theory", "Practice",
         "Theory paper", "Mechanical assembly", "Electrical connection"],
        [1.0, "", "A01", 1.0, '=HYPERLINK("http://x.example","奖金")', '+芜湖, "经开"\n二队', "Competing",
         92.07, 90.5, 94.17, 90.5, 57.5, 36.66666666666666],
        [2.0, "", "A02", 2.0, "𠮷田龘", "芜湖市总工会代表队", "Competing", 87.0, 80.0, 90.0, 80.0, 50.0, 40.0],
        [3.0, "tied", "A03", 3.0, "李明", "芜湖市总工会", "Competing", 84.0, 70.0, 90.0, 70.0, 60.0, 30.0],
        [3.0, "tied", "B01", 4.0, "王芳", "@奇瑞", "Competing", 84.0, 70.0, 90.0, 70.0, 60.0, 30.0],
        ["", "", "B02", 5.0, "赵六", "奇瑞", "Absent", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        ["", "", "B03", 6.0, "-2+3", "奇瑞汽车", "Disqualified", 18.0, 60.0, "", 60.0, "", ""],
        ["", "", "B04", 7.0, "阿卜杜热合曼·麦麦提依明江", "埃夫特", "Competing", 0.0, "", "", "", "", ""],
    ]  # fmt: skip


def test_xlsx_results_have_a_frozen_filtered_head(world: World) -> None:
    """The headings stay in view and filter the list, and the list prints on A4 with the headings on each page."""
    xml = part(workbook(world), "xl/worksheets/sheet2.xml")
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in xml
    assert '<autoFilter ref="A1:M8"/>' in xml
    assert 'paperSize="9"' in xml
    assert "Results!$1:$1" in part(workbook(world), "xl/workbook.xml")


def test_xlsx_recomputes_beside_the_values(world: World) -> None:
    """The sheet of formulas comes to the published totals and places, and says so in the file too."""
    rows = sheet(workbook(world), 2)
    assert rows[3] == [
        "Entrant no.", "Code", "Name", "Theory paper", "Theory", "Theory: contribution", "Mechanical assembly",
        "Electrical connection", "Practice", "Practice: contribution", "Late: occurrences", "Late: taken",
        "Penalties taken", "Total by formula", "Total as published", "Totals agree", "Ranked", "Rank by formula", "Rank as published",
        "Ranks agree",
    ]  # fmt: skip
    assert rows[1][3:12] == [100.0, 100.0, 30.0, 60.0, 40.0, 100.0, 70.0, "", 3.0]
    assert rows[2][10] == 1.0
    assert rows[4][3:] == [
        90.5, 90.5, 27.15, 57.5, 36.666666666666664, 94.17, 65.919, 1.0, 1.0, 1.0, 92.07, 92.07, True, 1.0, 1.0, 1.0, True,
    ]  # fmt: skip
    assert [row[13:] for row in rows[6:9]] == [
        [84.0, 84.0, True, 1.0, 3.0, 3.0, True],
        [84.0, 84.0, True, 1.0, 3.0, 3.0, True],
        [0.0, 0.0, True, 0.0, "", "", True],
    ]


def test_xlsx_shows_what_does_not_agree(world: World) -> None:
    """A total that the points do not come to is FALSE beside it, and counted on the cover."""
    rows = list(world.publication.rows)
    rows[1] = replace(rows[1], total=Decimal("97.00"), rank=1)
    file = workbook(world, replace(world.publication, rows=tuple(rows)))
    assert sheet(file, 2)[5][13:] == [87.0, 97.0, False, 1.0, 2.0, 1.0, False]
    assert sheet(file, 0)[-2:] == [["Totals agree", "6 / 7"], ["Ranks agree", "6 / 7"]]


def test_xlsx_lists_every_reading(world: World) -> None:
    """Each mark in force stands there with what it gives and how; judges are numbered, not named."""
    rows = sheet(workbook(world), 3)
    assert rows[0] == [
        "Code", "Entrant no.", "Stage", "Criterion", "Sub-criterion", "Aspect", "What is looked at", "Points in full", "Judge",
        "State", "Reading", "Points of this judge", "Judges counted", "Points of the aspect", "How it is scored",
    ]  # fmt: skip
    assert rows[2][:11] == [
        "A01", 1.0, "Practice", "Mechanical assembly", "Spindle", "A1.1", "Spindle runout", 40.0, 1.0, "marked", 0.008,
    ]  # fmt: skip
    assert rows[2][11:14] == [40.0, 2.0, 40.0]
    assert "0.008 mm" in rows[2][14]
    assert [row[9:12] for row in rows if row[0] == "B02"] == [["absent", "", 0.0]] * 4
    assert len(rows) == 1 + 7 * 4 + 4 + 1


def test_xlsx_has_a_word_for_every_state() -> None:
    """Whatever a judge may give instead of a reading is a word on the sheet of marks, and every state of an entrant on the list."""
    assert (set(MARK_STATE), set(STATE)) == ({"marked", *get_args(WithoutReading)}, set(get_args(EntrantState)))


def test_xlsx_has_formulas_of_our_own_only(world: World) -> None:
    """No name becomes a formula or a link: formulas stand in the recomputation and the cover's two counts, and quote nobody."""
    file = workbook(world)
    formulas = {
        place: re.findall(r"<f>(.*?)</f>", part(file, f"xl/worksheets/sheet{place}.xml")) for place in (1, 2, 3, 4)
    }
    assert {place: len(found) for place, found in formulas.items()} == {1: 2, 2: 0, 3: 15 * 7, 4: 0}
    assert not [
        formula for found in formulas.values() for formula in found if "HYPERLINK" in formula or "芜" in formula
    ]
    assert "hyperlink" not in part(file, "xl/worksheets/sheet2.xml")


def test_xlsx_of_one_publication_is_one_file(world: World) -> None:
    """Made twice, the workbook is the same to the byte, so that its own digest can be published."""
    assert workbook(world) == workbook(world)


def test_xlsx_speaks_chinese(world: World) -> None:
    """In Chinese the scheme's own names are Chinese."""
    file = workbook(world, language="zh-CN")
    assert sheet(file, 0)[0][0] == "芜湖市职工职业技能大赛"
    assert sheet(file, 1)[0][8:] == ["理论", "实操", "理论考试", "机械装配", "电气连接"]
    assert sheet(file, 3)[1][14].startswith("评 90.5 分")


def test_xlsx_has_a_sheet_of_awards_and_one_of_teams(honoured: World) -> None:
    """What is made of the totals stands behind the results, inert like all else, and the cover says what it follows from."""
    file = workbook(honoured)
    assert CalamineWorkbook.from_filelike(io.BytesIO(file)).sheet_names == [
        "Cover", "Results", "Awards", "Teams", "Recompute", "All marks",
    ]  # fmt: skip
    assert sheet(file, 0)[-1] == [
        "Awards and teams",
        "Scaled figures, awards, team standings and who goes on follow from the totals by the marking scheme whose digest stands above.",
    ]
    assert sheet(file, 2) == [
        ["Rank", "Code", "Entrant no.", "Name", "Delegation", "Total", "Scaled", "Awards", "Goes on"],
        [1.0, "A01", 1.0, '=HYPERLINK("http://x.example","奖金")', "芜湖", 92.07, 100.0,
         "First prize, Best of delegation", "goes on"],
        [2.0, "A02", 2.0, "𠮷田龘", "合肥", 87.0, 94.5, "Second prize, Best of delegation", "substitute"],
        [3.0, "A03", 3.0, "李明", "合肥", 84.0, 91.2, "Second prize", ""],
        [3.0, "B01", 4.0, "王芳", "芜湖", 84.0, 91.2, "Second prize", ""],
        ["", "B02", 5.0, "赵六", "芜湖", 0.0, "", "", ""],
        ["", "B03", 6.0, "-2+3", "合肥", 18.0, "", "", ""],
        ["", "B04", 7.0, "阿卜杜热合曼·麦麦提依明江", "=SUM(A1)", 0.0, "", "", ""],
    ]  # fmt: skip
    assert sheet(file, 3) == [
        ["Team standing", "Rank", "Delegation", "Figure", "Members that count"],
        ["Team total", 1.0, "芜湖", 176.07, 'A01 =HYPERLINK("http://x.example","奖金"), B01 王芳'],
        ["Team total", 2.0, "合肥", 171.0, "A02 𠮷田龘, A03 李明"],
        ["Team total", "", "=SUM(A1)", "", ""],
        ["Mean place", 1.0, "芜湖", 2.0, 'A01 =HYPERLINK("http://x.example","奖金"), B01 王芳'],
        ["Mean place", 2.0, "合肥", 2.5, "A02 𠮷田龘, A03 李明"],
        ["Mean place", "", "=SUM(A1)", "", ""],
    ]
    assert ["<f>" in part(file, f"xl/worksheets/sheet{place}.xml") for place in (3, 4)] == [False, False]


def test_xlsx_has_either_sheet_only_where_the_scheme_asks_for_it(honoured: World) -> None:
    """Awards without teams, teams without awards."""
    nothing = {"scale": None, "awards": (), "teams": (), "advancement": None}
    names = {}
    for one in ("scale", "awards", "advancement", "teams"):
        scheme = replace(honoured.scheme, **{**nothing, one: getattr(honoured.scheme, one)})
        world = dataclasses.replace(honoured, package=replace(honoured.package, scheme=scheme))
        names[one] = CalamineWorkbook.from_filelike(io.BytesIO(workbook(world))).sheet_names[2:-2]
    assert names == {"scale": ["Awards"], "awards": ["Awards"], "advancement": ["Awards"], "teams": ["Teams"]}


def test_formulas_follow_the_scheme(world: World) -> None:
    """The formulas of the first entrant, whole: caps, weights, roundings, penalties, and the ranking's three keys."""
    with speaking("en"):
        figures = recompute.figures(world.publication, world.scheme, traces_of(world.package), results="Results")
    first = {figure.heading: figure.formulas[0] for figure in figures if figure.formulas}
    rank = "ROUND($N$5:$N$11,9)>ROUND(N5,9)"
    assert first["Theory"] == "MAX(MIN(SUM(D5:D5),E$2),0)"
    assert first["Practice"] == "ROUND(ROUND(MAX(MIN(SUM(G5:H5),I$2),0),9),2)"
    assert first["Practice: contribution"] == "I5*J$2/I$2"
    assert first["Late: taken"] == "MIN(K5*K$3,L$2)"
    assert first["Total by formula"] == "ROUND(ROUND(MAX(F5+J5-M5,0),9),2)"
    assert first["Total as published"] == "INDEX('Results'!$H$2:$H$8,MATCH($A5,'Results'!$D$2:$D$8,0))"
    assert first["Rank by formula"] == (
        f"IF(Q5>0,1+SUMPRODUCT(($Q$5:$Q$11>0)*(($Q$5:$Q$11<Q5)+($Q$5:$Q$11=Q5)*(({rank})+(ROUND($N$5:$N$11,9)=ROUND(N5,9))*"
        "((ROUND($I$5:$I$11,9)>ROUND(I5,9))+(ROUND($I$5:$I$11,9)=ROUND(I5,9))*"
        '((ROUND($G$5:$G$11,9)>ROUND(G5,9))+(ROUND($G$5:$G$11,9)=ROUND(G5,9))*(0)))))),"")'
    )


def test_formulas_round_in_every_mode(world: World) -> None:
    """Half-even and cutting off are written with what spreadsheets have."""
    totals = {}
    for mode in ("half_even", "down"):
        scheme = replace(world.scheme, rounding=Rounding(places=1, mode=mode))
        figures = recompute.figures(world.publication, scheme, traces_of(world.package), results="R")
        totals[mode] = next(figure.formulas[0] for figure in figures if figure.kind == "total" and figure.formulas)
    exact = "ROUND(MAX(F5+J5-M5,0),9)"
    assert totals == {
        "down": f"ROUNDDOWN({exact},1)",
        "half_even": f"IF(ROUND(MOD({exact}*10^1,1),6)=0.5,2*ROUND({exact}*10^1/2,0)/10^1,ROUND({exact},1))",
    }


def test_xlsx_of_nobody_is_its_headings(world: World) -> None:
    """A list without rows is still a workbook, in which nothing disagrees."""
    file = workbook(world, replace(world.publication, rows=()))
    assert [len(sheet(file, place)) for place in (1, 2, 3)] == [1, 4, 1]
    assert sheet(file, 0)[-2:] == [["Totals agree", "0 / 0"], ["Ranks agree", "0 / 0"]]
