"""Public score sheets of the trade, modelled from the facts transcribed from them: each gives what a person works out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from competition.schemes.rules import faults_of
from competition.scoring.readings import check_reading
from competition.scoring.record import Cell
from competition.scoring.totals import entrant_result
from competition.tabulation.entries import FileMark, FileRecord
from schemas.aspects import (
    Aspect,
    Band,
    BandedCredit,
    Count,
    Deduction,
    DeductionItem,
    External,
    FixedTolerance,
    GradedCredit,
    LinearCredit,
    Measurement,
    Rounding,
    Score,
    SizeStep,
    Time,
    TimeBand,
    TimeBands,
    TimeOver,
    ToleranceByLength,
    ToleranceBySize,
)
from schemas.base import Text
from schemas.closing import RankKey
from schemas.results import EntrantResult
from schemas.scheme import Criterion, Gate, Panel, Penalty, Scheme, Stage, SubCriterion

TWO_PLACES = Rounding(places=2)
Facts = dict[str, Any]


@pytest.fixture
def sheets(cases: Path) -> dict[str, Facts]:
    """The sheets by id."""
    return {sheet["id"]: sheet for sheet in _facts(cases)["schemes"]}


@pytest.fixture
def patterns(cases: Path) -> dict[str, Facts]:
    """The patterns of tolerances and times by title."""
    return {pattern["zh"]: pattern for pattern in _facts(cases)["tolerance_patterns"]}


def _facts(cases: Path) -> Facts:
    facts: Facts = json.loads((cases / "cnc-sheets.json").read_text("utf-8"), parse_float=Decimal, parse_int=Decimal)
    return facts


# Building and marking -------------------------------------------------------------------------------------------------


def text(zh: str) -> Text:
    """The sheet's own words; nobody has translated them."""
    return Text(zh=zh, en=zh)


def task(id: str, *aspects: Aspect, panel: Panel | None = None, gate: Gate | None = None) -> Criterion:
    """A task of one sheet, worth what its aspects are worth."""
    points = sum((aspect.points for aspect in aspects), Decimal(0))
    panel = panel or Panel(judges=1)
    sub = SubCriterion(id=f"{id}1", name=text(id), points=points, panel=panel, aspects=aspects)
    return Criterion(id=id, name=text(id), points=points, sub_criteria=(sub,), gate=gate)


def stage(id: str, *criteria: Criterion, weight: Decimal | None = None) -> Stage:
    """A stage worth what its criteria are worth."""
    points = sum((criterion.points for criterion in criteria), Decimal(0))
    return Stage(id=id, name=text(id), points=points, criteria=criteria, weight=weight)


def scheme(*stages: Stage, penalties: tuple[Penalty, ...] = (), rounding: Rounding | None = None) -> Scheme:
    """A scheme of these stages, without a fault."""
    made = Scheme(
        format="leitai-scheme-1",
        code="sheet",
        version="1",
        name=text("评分表"),
        trade=text("数控机床装调维修工"),
        stages=stages,
        ranking=(RankKey(of="total"),),
        penalties=penalties,
        rounding=rounding,
    )
    assert faults_of(made) == ()
    return made


def result(scheme: Scheme, readings: Mapping[str, str], penalties: Mapping[str, int] | None = None) -> EntrantResult:
    """What an entrant gets; readings by aspect, judges parted by a bar, each reading taken as a tablet's would be."""
    aspects = {aspect.id: aspect for aspect in scheme.aspects()}
    marks: dict[Cell, FileMark] = {}
    for aspect, judges in readings.items():
        for seat, written in enumerate(judges.split("|"), start=1):
            values = tuple(Decimal(value) for value in written.split())
            check_reading(aspects[aspect], values, "marked")
            judge = UUID(int=seat)
            mark = FileMark(row=len(marks), judge_id=judge, aspect=aspect, values=values, state="marked")
            marks[aspect, judge] = mark
    record = FileRecord(entrant_id=UUID(int=1), marks=marks, penalties=penalties or {}, disqualified=False)
    return entrant_result(scheme, record)


def points(result: EntrantResult) -> dict[str, Decimal | None]:
    """The points of every aspect."""
    return {
        aspect.aspect: aspect.points
        for stage in result.stages
        for criterion in stage.criteria
        for sub in criterion.sub_criteria
        for aspect in sub.aspects
    }


def total(scheme: Scheme, readings: Mapping[str, str], penalties: Mapping[str, int] | None = None) -> Decimal:
    """The total alone."""
    return result(scheme, readings, penalties).total


# Sheets of deductions -------------------------------------------------------------------------------------------------


def test_process_sheet_caps_each_fault_each_unit_and_the_task(sheets: dict[str, Facts]) -> None:
    """The teachers' contest of 2012: faults are capped one by one, a unit ends at nothing, a task takes 10 at most.

    Task 1, unit 1 (5): 2 for the oil, 1 for the table, 3 missing parts at 1 but 2 at most: 0. Unit 2 (5): 7 faults at 1: 0. All 10
    of the task are lost. With 1 missing part and 2 faults only: 4 + 3 = 7.
    Task 2, unit 1 (8): 5 x 0.5, at most 2; 3 x 0.5 = 1.5; 1; 8 x 0.5, at most 3: 7.5 off, 0.5 left. Unit 2 (2): 1 x 0.5 off: 1.5.
    """
    tasks = sheets["teacher2012_process_sheet"]["tasks"][:2]
    made = scheme(stage("process", *(_process_task(task) for task in tasks)))
    assert [criterion.points for criterion in made.criteria()] == [task["process_points"] for task in tasks] == [10, 10]
    worst = {"T1.1": "1 1 3", "T1.2": "7", "T2.1": "5 3 1 8", "T2.2": "1"}
    assert points(result(made, worst)) == {"T1.1": 0, "T1.2": 0, **_dotted("T2", "0.5", "1.5")}
    assert total(made, worst) == 2
    assert total(made, worst | {"T1.1": "0 0 1", "T1.2": "2"}) == 9


def _process_task(facts: Facts) -> Criterion:
    units = [
        Deduction(
            id=f"T{facts['no']}.{number}",
            name=text(unit["zh"]),
            points=unit["points"],
            items=tuple(
                DeductionItem(name=text(one["zh"]), each=one["each"], cap=one["max"]) for one in unit["deductions"]
            ),
        )
        for number, unit in enumerate(facts["units"], start=1)
    ]
    return task(f"T{facts['no']}", *units)


def _dotted(task: str, *figures: str) -> dict[str, Decimal]:
    return {f"{task}.{number}": Decimal(figure) for number, figure in enumerate(figures, start=1)}


def test_wiring_sheet_deducts_until_nothing_is_left(sheets: dict[str, Facts]) -> None:
    """Gansu 2023, 0.5 or 0.3 for each fault: of 3, 5 and 2 points 7, 3 and 6 faults leave 0, 3.5 and 0.2; a seventh 0.

    6 x 0.3 = 1.8 of 2 leaves 0.2; 7 x 0.3 = 2.1 would leave less than nothing.
    """
    [facts] = sheets["gansu2023_C"]["tasks"]
    aspects = tuple(
        Deduction(
            id=f"A.{number}",
            name=text(item["zh"]),
            points=item["points"],
            items=(DeductionItem(name=text(item["deduct"]), each=item["each"]),),
        )
        for number, item in enumerate(facts["items"], start=1)
    )
    made = scheme(stage("electrical", task("A", *aspects)))
    assert sum(criterion.points for criterion in made.criteria()) == facts["points"]
    assert points(result(made, {"A.1": "7", "A.2": "3", "A.3": "6"})) == _dotted("A", "0", "3.5", "0.2")
    assert points(result(made, {"A.1": "0", "A.2": "1", "A.3": "7"})) == _dotted("A", "3", "4.5", "0")


def test_fault_finding_counts_so_many_of_six(sheets: dict[str, Facts]) -> None:
    """The national paper of 2017, 6 parameters and 6 PLC faults at a point each: 5 and 2 of them give 7."""
    items = [item for item in sheets["national2017_A"]["tasks"][2]["items"] if "n" in item]
    aspects = tuple(
        Count(id=f"C.{number}", name=text(item["zh"]), points=item["points"], possible=int(item["n"]))
        for number, item in enumerate(items, start=1)
    )
    made = scheme(stage("repair", task("C", *aspects)))
    assert points(result(made, {"C.1": "5", "C.2": "2"})) == _dotted("C", "5", "2")


def test_second_destructive_damage_disqualifies(sheets: dict[str, Facts]) -> None:
    """Work discipline of 2023: an incident takes all 5 points, never more; the second damage of equipment ends the contest."""
    facts = sheets["nat_voc_2023_M4A"]["items"][2]
    incidents = Deduction(
        id="H.1",
        name=text(facts["zh"]),
        points=facts["points"],
        items=(DeductionItem(name=text(facts["zh"]), each=facts["each"]),),
        least=facts["floor"],
    )
    damage = Penalty(id="damage", name=text(facts["dq"]), each=Decimal(5), cap=Decimal(5), out_at=2)
    other = Count(id="H.2", name=text("赛后工位5S"), points=Decimal(95), possible=19)
    made = scheme(stage("conduct", task("H", incidents, other)), penalties=(damage,))
    once, twice = (result(made, {"H.1": "2", "H.2": "19"}, {"damage": times}) for times in (1, 2))
    assert [(one.state, one.total) for one in (once, twice)] == [
        ("competing", Decimal(90)),
        ("disqualified", Decimal(90)),
    ]


# Measured pieces ------------------------------------------------------------------------------------------------------


def test_conduct_counts_from_sixty_percent_of_the_quality(patterns: dict[str, Facts]) -> None:
    """Zhejiang: stepped dimensions, roughness by grades, and conduct that counts from 48 of 80 points of quality on.

    Quality is two dimensions of 32 (20 ± 0.010) and a roughness of 16 (Ra 1.6). 20.015 is over by 0.005, which still is full: 32;
    20.020 is over by 0.010: half, 16; Ra 6.3 is two grades worse: 0. That is 48, just enough: 48 + 10 + 9 = 67, less 2 for two
    times 3 minutes: 65; less 5 for nine times, at most 15 minutes: 62. With 20.016 and 19.980 (over by 0.006 and 0.010, half each)
    and Ra 3.2 (half) it is 16 + 16 + 8 = 40: conduct does not count. 20.021 is over by 0.011: nothing; Ra 1.6 itself: 16.
    """
    facts = patterns["浙江 高级数控铣工 技能鉴定评分原则"]
    made = _zhejiang(facts)
    conduct = {"U.1": "10", "S.1": "9"}
    just_enough = {"Q.1": "20.015", "Q.2": "20.020", "Q.3": "6.3", **conduct}
    too_little = {"Q.1": "20.016", "Q.2": "19.980", "Q.3": "3.2", **conduct}
    assert points(result(made, just_enough)) == {**_dotted("Q", "32", "16", "0"), "U.1": 10, "S.1": 9}
    assert points(result(made, too_little)) == {**_dotted("Q", "16", "16", "8"), "U.1": 10, "S.1": 9}
    assert points(result(made, {"Q.1": "20.021", "Q.2": "19.985", "Q.3": "1.6"})) == {
        **_dotted("Q", "0", "32", "16"),
        "U.1": None,
        "S.1": None,
    }
    assert total(made, just_enough, {"overtime": 2}) == 65
    assert total(made, just_enough, {"overtime": 9}) == 62
    assert total(made, too_little) == 40


def _zhejiang(facts: Facts) -> Scheme:
    full, half, _ = facts["dimension"]
    bands = BandedCredit(bands=tuple(Band(over_up_to=one["over_mm_max"], keep=one["keep"]) for one in (full, half)))
    grades = GradedCredit(
        grades=tuple(Decimal(grade) for grade in ("0.8", "1.6", "3.2", "6.3")),
        keep=tuple(one["keep"] for one in facts["roughness"][1:-1]),
    )
    dimensions = (
        Measurement(
            id=f"Q.{number}",
            name=text("尺寸"),
            points=Decimal(32),
            nominal=Decimal(20),
            tolerance=FixedTolerance(allowed=Decimal("0.010")),
            credit=bands,
        )
        for number in (1, 2)
    )
    roughness = Measurement(
        id="Q.3", name=text("粗糙度"), points=Decimal(16), nominal=Decimal("1.6"), unit="μm", places=1, credit=grades
    )
    split = facts["split"]
    [gate_points] = re.findall(r"即(\d+)分", facts["gate"])
    gate = Gate(of="criterion", id="Q", at_least=Decimal(gate_points))
    late = facts["overtime"]
    overtime = Penalty(
        id="overtime",
        name=text("超时"),
        each=late["deduct_from_total"],
        cap=late["stop_after_min"] / late["per_min"] * late["deduct_from_total"],
    )
    quality = task("Q", *dimensions, roughness)
    assert quality.points == split["考件质量"]
    care = Score(id="U.1", name=text("工具设备使用与维护"), points=split["工具设备使用与维护"])
    safety = Score(id="S.1", name=text("安全文明生产"), points=split["安全文明生产"])
    return scheme(
        stage("piece", quality, task("U", care, gate=gate), task("S", safety, gate=gate)), penalties=(overtime,)
    )


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (("1200", "30.030", "0", "50.0"), ("10", "15", "10", "5")),
        # 1260.01 s: 60.01 over, two minutes begun; 0.001 over: one step begun; half a degree: one begun; 0.25: three begun.
        (("1260.01", "30.031", "0.5", "50.25"), ("8", "14", "7", "2")),
        # Exactly a minute, 0.03, two degrees, 0.1: no further step is begun.
        (("1260", "29.940", "2", "49.9"), ("9", "12", "4", "4")),
        # Each item ends at nothing.
        (("2000", "30.200", "4", "51"), ("0", "0", "0", "0")),
    ],
)
def test_lathe_sheet_loses_by_steps(
    patterns: dict[str, Facts], readings: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """The turners' contest: a point a minute over 20, a point per 0.01 mm beyond ± 0.03, 3 a degree, a point per 0.1 mm."""
    lines = [re.findall(r"[\d.]+", line) for line in patterns["车工技能竞赛评分标准"]["rules"][:4]]
    (limit, per_minutes, lose_time, time_points), (allowed, per, lose, diameter_points), taper_line, length_line = (
        [Decimal(number) for number in line] for line in lines
    )
    [lose_degree, taper_points] = taper_line
    [per_length, lose_length, length_points] = length_line
    steps = TimeOver(limit=limit * 60, lose=lose_time, per=per_minutes * 60)
    made = scheme(
        stage(
            "turning",
            task(
                "L",
                Time(id="L.1", name=text("时间"), points=time_points, credit=steps),
                Measurement(
                    id="L.2",
                    name=text("外圆"),
                    points=diameter_points,
                    nominal=Decimal(30),
                    tolerance=FixedTolerance(allowed=allowed),
                    credit=LinearCredit(lose=lose, per=per),
                ),
                Measurement(
                    id="L.3",
                    name=text("锥度偏差"),
                    points=taper_points,
                    unit="°",
                    places=2,
                    tolerance=FixedTolerance(allowed=Decimal(0)),
                    credit=LinearCredit(lose=lose_degree, per=Decimal(1)),
                ),
                Measurement(
                    id="L.4",
                    name=text("长度"),
                    points=length_points,
                    nominal=Decimal(50),
                    places=2,
                    tolerance=FixedTolerance(allowed=Decimal(0)),
                    credit=LinearCredit(lose=lose_length, per=per_length),
                ),
            ),
        )
    )
    given = result(made, {f"L.{number}": reading for number, reading in enumerate(readings, start=1)})
    assert points(given) == _dotted("L", *expected)
    assert given.total == sum(map(Decimal, expected))


def test_turners_lose_by_the_minute_and_stop_at_three_hours(patterns: dict[str, Facts]) -> None:
    """Intermediate turners: a point a minute from 150 minutes on, nothing beyond 180; safety takes 3 each, 10 at most."""
    facts = patterns["中级数控车工评分表"]
    each, most = (Decimal(number) for number in re.findall(r"\d+", facts["safety"]))
    clock = facts["time"]
    credit = TimeOver(limit=clock["soft_limit_min"] * 60, lose=clock["per_min_over"], per=Decimal(60))
    time = Time(id="T.1", name=text("用时"), points=Decimal(100), credit=credit, stop=clock["hard_stop_min"] * 60)
    safety = Penalty(id="safety", name=text("安全"), each=each, cap=most)
    made = scheme(stage("turning", task("T", time)), penalties=(safety,))
    assert [total(made, {"T.1": seconds}) for seconds in ("9000", "9000.01", "9060", "10800", "10800.01")] == [
        100,
        99,
        99,
        70,
        0,
    ]
    assert [total(made, {"T.1": "9000"}, {"safety": times}) for times in (1, 3, 4)] == [97, 91, 90]


@pytest.mark.parametrize(("axis", "item"), [("X", 0), ("Y", 1)])
def test_tolerance_follows_the_travel(patterns: dict[str, Facts], axis: str, item: int) -> None:
    """Up to and including each travel its own tolerance holds: exactly the tolerance passes, 0.001 mm more does not."""
    facts = patterns["加工中心几何精度(piecewise by travel)"]["items"][item]["by_travel_mm"]
    steps = tuple(SizeStep(up_to=up_to, allowed=allowed) for up_to, allowed in facts)
    held = {}
    for size in (300, 500, 501, 800, 1250, 1251, 2000):
        straightness = Measurement(
            id="G.1", name=text("直线度"), points=Decimal(1), tolerance=ToleranceBySize(size=Decimal(size), steps=steps)
        )
        made = scheme(stage("geometry", task("G", straightness)))
        thousandths = [thousandth for thousandth in range(51) if total(made, {"G.1": f"0.{thousandth:03}"}) == 1]
        held[size] = max(thousandths)
    expected = {
        "X": {300: 10, 500: 10, 501: 15, 800: 15, 1250: 20, 1251: 25, 2000: 25},
        "Y": {300: 20, 500: 20, 501: 25, 800: 25, 1250: 30, 1251: 40, 2000: 40},
    }
    assert held == expected[axis]


@pytest.mark.parametrize(
    ("item", "length", "passes", "fails"),
    [
        (2, "500", "0.020", "0.021"),
        (2, "300", "0.012", "0.013"),
        (3, "300", "0.015", "0.016"),
        (3, "200", "0.010", "0.011"),
    ],
)
def test_tolerance_follows_the_length(
    patterns: dict[str, Facts], item: int, length: str, passes: str, fails: str
) -> None:
    """0.020 per 500 is 0.012 over 300; 0.015 per 300 is 0.010 over 200."""
    allowed, per = patterns["加工中心几何精度(piecewise by travel)"]["items"][item]["tol"].split("/")
    tolerance = ToleranceByLength(allowed=Decimal(allowed), per=Decimal(per), length=Decimal(length))
    squareness = Measurement(id="G.1", name=text("垂直度"), points=Decimal(1), tolerance=tolerance)
    made = scheme(stage("geometry", task("G", squareness)))
    assert [total(made, {"G.1": reading}) for reading in (passes, fails)] == [1, 0]


# Times and judges -----------------------------------------------------------------------------------------------------


def test_time_factor_falls_by_bands(patterns: dict[str, Facts]) -> None:
    """Nanjing: 1 up to 900 s, then 0.05 less for every 15 s down to 0.20 at 1140; 0.15 to 1170, 0.10 to 1200, then nothing."""
    assert patterns["时间分 (Nanjing Metro 2020 contest code)"]["formula"].startswith("(S*k+10)*0.1; k=1 if t<=900s")
    falling = [TimeBand(up_to=Decimal(900 + 15 * step), keep=1 - step * Decimal("0.05")) for step in range(17)]
    slow = [TimeBand(up_to=Decimal(end), keep=Decimal(keep)) for end, keep in ((1170, "0.15"), (1200, "0.10"))]
    bands = TimeBands(bands=(*falling, *slow))
    made = scheme(stage("task", task("T", Time(id="T.1", name=text("用时"), points=Decimal(100), credit=bands))))
    times = ("899.99", "900", "900.01", "915", "915.01", "1140", "1140.01", "1170", "1170.01", "1200", "1200.01")
    assert [total(made, {"T.1": time}) for time in times] == [100, 100, 95, 95, 90, 20, 15, 15, 10, 10, 0]


@pytest.mark.parametrize(
    ("marks", "theory", "practice", "expected", "flagged"),
    [
        # 84.5 + 75 + 91.5 = 251, / 3 = 83.666… -> 83.67; 25.65 + 58.569 = 84.219 -> 84.22. 70 and 80 are 10 apart, 80 and 89 are 9.
        (("80|89", "70|80", "91|92"), "85.5", "83.67", "84.22", ["P2"]),
        # The same means, and nobody is 10 apart; 24.15 + 58.569 = 82.719 -> 82.72.
        (("80|89", "74|76", "91|92"), "80.5", "83.67", "82.72", []),
        # 75 + 75 + 75.15 = 225.15, / 3 = 75.05; 15.15 + 52.535 = 67.685: a half, so 67.69.
        (("75|75", "75|75", "75|75.3"), "50.5", "75.05", "67.69", []),
    ],
)
def test_two_judges_and_weights_round_half_up(
    patterns: dict[str, Facts],
    marks: tuple[str, str, str],
    theory: str,
    practice: str,
    expected: str,
    flagged: list[str],
) -> None:
    """Nanjing: the mean of two judges per task, flagged from 10 apart; the mean of three tasks, then 0.3 and 0.7, half up."""
    facts = patterns["时间分 (Nanjing Metro 2020 contest code)"]
    weights = [Decimal(weight) * 100 for weight in re.findall(r"(0\.\d)\*", facts["round"])]
    assert weights == [30, 70]
    two = Panel(judges=2, most_apart=Decimal("9.9"))
    tasks = tuple(
        task(
            f"P{number}",
            Score(id=f"P{number}.1", name=text("任务"), points=Decimal(100), step=Decimal("0.1")),
            panel=two,
        )
        for number in (1, 2, 3)
    )
    paper = External(id="T.1", name=text("理论"), points=Decimal(100), out_of=Decimal(100))
    made = scheme(
        stage("theory", task("T", paper), weight=weights[0]),
        Stage(
            id="practice",
            name=text("实操"),
            points=Decimal(100),
            fit="scale",
            rounding=TWO_PLACES,
            weight=weights[1],
            criteria=tasks,
        ),
        rounding=TWO_PLACES,
    )
    given = result(made, {"T.1": theory, **{f"P{number}.1": both for number, both in enumerate(marks, start=1)}})
    assert (str(given.stages[1].points), str(given.total)) == (practice, expected)
    apart = [
        criterion.id
        for criterion in given.stages[1].criteria
        for sub in criterion.sub_criteria
        if any("apart" in aspect.flags for aspect in sub.aspects)
    ]
    assert apart == flagged
