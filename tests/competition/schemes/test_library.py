"""The schemes that Leitai ships are without faults, true to the trade's sheets, and give what a person works out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from competition.schemes.files import NoSuchScheme, SchemeTooLarge, read_scheme, shipped, shipped_scheme
from competition.schemes.form import FormHasFaults
from competition.schemes.rules import faults_of
from competition.schemes.text_file import SchemeNotJson, SchemeNotUtf8
from competition.scoring.readings import check_reading
from competition.scoring.record import Cell, EntrantRecord
from competition.scoring.tally import tally
from competition.scoring.totals import entrant_result
from schemas.aspects import Binary, Choice, Count, Judgement, Measurement, ToleranceByLength, ToleranceBySize
from schemas.marks import Mark
from schemas.problems import Problem
from schemas.results import PenaltyResult
from schemas.scheme import Scheme

CNC = "cnc-machine-tool-assembly"
CASES = Path(__file__).parents[3].parent / "shared" / "cases" / "cnc-sheets.json"
ENTRANT = UUID(int=1)
NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)

EXAMPLE = """
T1.1  86.5                                       86.5
A1.1  1,2 | 1,3                                  1.25
A1.2  0,0 | 0,0                                  2.5
A2.1  2,7 | 2,7                                  0.4
A2.2  1 | 1                                      0.5
A2.3  0.080 | 0.080                              0.5
A3.1  24.9 | 25.5                                0.75
A3.2  1 | 1                                      1
B1.1  0.012 | 0.012                              1
B1.2  0,1 | 0,1                                  1
B2.1  0.022 | 0.020                              1.25
B2.2  0.020 | 0.020                              1
B3.1  0.015 | 0.015                              1.25
B3.2  0.021 | 0.021                              0
B3.3  0,1,1 | 0,1,1                              0.25
C1.1  0 | 0                                      2
C1.2  1 | 1                                      1
C1.3  0 | 0                                      2
C2.1  0 | 0                                      2
C2.2  1 | 0                                      1.5
C2.3  2 | 2                                      0
C3.1  2 | 2 | 3                                  1.166666666666666666666666667
C3.2  1 | 2 | 2                                  0.8333333333333333333333333333
D1.1  1 | 1                                      2
D1.2  3,0 | 3,0                                  2.5
D2.1  1 | 1                                      2
D2.2  1 | 1                                      1
E1.1  1 | 1                                      1
E1.2  0 | 0                                      2
E1.3  50.004,49.987,50.009 | 50.004,49.987,50.009  1.5
E2.1  1 | 1                                      2
E2.2  1027 | 1031                                1.25
E2.3  0,0 | 0,0                                  1
E3.1  1 | 1                                      1.5
E3.2  1 | 1                                      2
E4.1  1 | 1                                      1
E4.2  4.93 | 4.93                                1.5
E4.3  2 | 3                                      1.666666666666666666666666667
F1.1  0.009 | 0.006                              0.75
F1.2  0.012 | 0.012                              1
F1.3  0.009 | 0.009                              0
F2.1  0.016 | 0.016                              0.5
F2.2  0.012 | 0.012                              1.5
F2.3  0.014 | 0.014                              1
F2.4  0.031 | 0.031                              0
F3.1  0.0312 | 0.0312                            0.5
F3.2  0.0085 | 0.0085                            1
G1.1  100.012,100.021 | 100.011,100.019          2.25
G1.2  79.972 | 79.972                            2
G1.3  30.018,30.030 | 30.018,30.030              1
G1.4  10.035 | 10.035                            0
G2.1  0.013 | 0.013                              1.5
G2.2  0.027 | 0.027                              0.5
G2.3  0.010 | 0.010                              1.5
G3.1  1 | 1                                      0.5
G3.2  3 | 3                                      0
H1.1  1,0 | 1,0                                  2.5
H1.2  2,1 | 2,1                                  0.5
H2.1  2 | 2 | 2                                  1.666666666666666666666666667
H2.2  3 | 2 | 2                                  1.944444444444444444444444444
"""
"""One entrant: the aspect, each judge's readings, and the points as worked out on paper."""


def worked() -> dict[str, tuple[tuple[tuple[Decimal, ...], ...], Decimal]]:
    """The readings of each judge and the points expected, by aspect."""
    rows = {}
    for line in EXAMPLE.strip().splitlines():
        aspect, rest = line.split(maxsplit=1)
        readings, points = rest.rsplit(maxsplit=1)
        judges = tuple(tuple(Decimal(value) for value in judge.strip().split(",")) for judge in readings.split("|"))
        rows[aspect] = (judges, Decimal(points))
    return rows


def record_of(scheme: Scheme) -> EntrantRecord:
    """The record of the worked entrant, every reading checked as a tablet's would be."""
    marks: dict[Cell, Mark] = {}
    for aspect in scheme.aspects():
        for seat, values in enumerate(worked()[aspect.id][0]):
            check_reading(aspect, values, "marked")
            judge = UUID(int=10 + seat)
            marks[aspect.id, judge] = Mark(
                id=UUID(int=1000 + len(marks)),
                sheet_id=UUID(int=2),
                entrant_id=ENTRANT,
                sub_criterion=aspect.id.partition(".")[0],
                judge_id=judge,
                device_id=None,
                aspect=aspect.id,
                values=values,
                state="marked",
                base=0,
                made_at=NOON,
                recorded_at=NOON,
                supersedes=None,
                reason=None,
                note="",
                flags=(),
            )
    return EntrantRecord(entrant_id=ENTRANT, marks=marks, penalties={"safety": 1, "overtime": 2})


@pytest.mark.parametrize("name", shipped())
def test_shipped_schemes_have_no_faults(name: str) -> None:
    """Nothing is told against a scheme that Leitai ships, and its code is the name it is asked for by."""
    scheme = shipped_scheme(name)
    assert (faults_of(scheme), scheme.code) == ((), name)


def test_the_cnc_event_is_theory_and_eight_practical_tasks() -> None:
    """Theory counts 30, practice 70 in eight tasks of 100 points; total, practice, theory, then heavy tasks rank."""
    scheme = shipped_scheme(CNC)
    theory, practice = scheme.stages
    assert [(stage.id, str(stage.points), str(stage.weight)) for stage in scheme.stages] == [
        ("theory", "100", "30"),
        ("practice", "100", "70"),
    ]
    assert {task.id: task.points for task in practice.criteria} == {
        "A": 10,
        "B": 10,
        "C": 15,
        "D": 10,
        "E": 20,
        "F": 10,
        "G": 15,
        "H": 10,
    }
    assert [(key.of, key.id) for key in scheme.ranking] == [
        ("total", ""),
        ("stage", "practice"),
        ("stage", "theory"),
        *(("criterion", task) for task in "ECGABDFH"),
    ]
    subs = [sub for task in practice.criteria for sub in task.sub_criteria]
    assert {sub.id: sub.panel.judges for sub in subs if sub.panel.judges != 2} == {"C3": 3, "H2": 3}
    assert sum(len(sub.aspects) for sub in subs) == 59
    assert {task.id for task in theory.criteria} == {"T"}


def test_the_worldskills_skill_is_marked_as_such_skills_are() -> None:
    """Sixty aspects of at most 2 points; three experts judge, one reading measures; the sections are off by 3, less than 5."""
    scheme = shipped_scheme("worldskills-style")
    by_section: defaultdict[str, Decimal] = defaultdict(Decimal)
    for aspect in scheme.aspects():
        by_section[aspect.section or ""] += aspect.points
    weights = {section.id: section.weight for section in scheme.sections}
    assert by_section == {section: Decimal(points) for section, points in zip("123456", SECTIONS, strict=True)}
    assert sum(abs(weights[section] - points) for section, points in by_section.items()) == 3 < scheme.section_tolerance
    seats = Counter(
        (type(aspect), aspect.judges or sub.panel.judges) for sub in scheme.sub_criteria() for aspect in sub.aspects
    )
    assert seats == {(Measurement, 1): 17, (Binary, 1): 11, (Choice, 1): 10, (Count, 1): 8, (Judgement, 3): 14}
    assert max(aspect.points for aspect in scheme.aspects()) == 2
    judged = [aspect for aspect in scheme.aspects() if isinstance(aspect, Judgement)]
    assert {(len(aspect.levels), aspect.revote_from) for aspect in judged} == {(4, 2)}


SECTIONS = ("10", "9.5", "20", "30.5", "14", "16")
"""The points of the aspects of each section, added up on paper."""


def test_the_worked_entrant_has_the_points_worked_out_on_paper() -> None:
    """Every aspect of the example gives exactly the figure beside it, and every task its sum."""
    scheme = shipped_scheme(CNC)
    result = entrant_result(scheme, record_of(scheme))
    points = {
        aspect.aspect: aspect.points
        for stage in result.stages
        for criterion in stage.criteria
        for sub in criterion.sub_criteria
        for aspect in sub.aspects
    }
    assert points == {aspect: expected for aspect, (_, expected) in worked().items()}
    figures = tally(scheme, record_of(scheme))
    assert (figures.stages, figures.criteria) == (
        {"theory": Decimal("86.5"), "practice": Decimal("69.18")},
        {
            "T": Decimal("86.5"),
            "A": Decimal("6.9"),
            "B": Decimal("5.75"),
            "C": Decimal("10.5"),
            "D": Decimal("7.5"),
            "E": Decimal("16.41666666666666666666666667"),
            "F": Decimal("6.25"),
            "G": Decimal("9.25"),
            "H": Decimal("6.611111111111111111111111111"),
        },
    )


def test_the_worked_entrant_has_the_total_worked_out_on_paper() -> None:
    """Practice 69.1777… is 69.18; 25.95 + 48.426 - 5 is 69.376, so 69.38 (without the stage's rounding, 69.37)."""
    scheme = shipped_scheme(CNC)
    result = entrant_result(scheme, record_of(scheme))
    assert str(result.total) == "69.38"
    assert [stage.contribution for stage in result.stages] == [Decimal("25.95"), Decimal("48.426")]
    assert result.penalties == (
        PenaltyResult(penalty="safety", occurrences=1, taken=Decimal(3)),
        PenaltyResult(penalty="overtime", occurrences=2, taken=Decimal(2)),
    )
    assert (result.state, result.marked, result.expected) == ("competing", 123, 123)


def cases() -> dict[str, Any]:
    """The facts transcribed from public sheets, where this checkout has them beside it."""
    if not CASES.exists():
        pytest.skip(f"{CASES.name} lies beside the repository only where Leitai is developed")
    facts: dict[str, Any] = json.loads(CASES.read_text("utf-8"))
    return facts


def test_the_cnc_event_has_the_tasks_of_the_national_contest() -> None:
    """Task by task, the points are those of the national handbook, and so are the parts of function development."""
    [national] = [sheet for sheet in cases()["schemes"] if sheet["id"] == "national2021_GZ2021016"]
    tasks = shipped_scheme(CNC).stages[1].criteria
    known = {number: task["points"] for number, task in enumerate(national["tasks"]) if task["points"] is not None}
    assert {number: tasks[number].points for number in known} == known
    assert [sub.points for sub in tasks[4].sub_criteria] == [part["points"] for part in national["tasks"][4]["items"]]


def test_the_cnc_event_has_the_tolerances_of_the_trade() -> None:
    """Straightness and table by travel, squareness by length, and the stepped dimensions are those of the sheets."""
    patterns = {pattern["zh"]: pattern for pattern in cases()["tolerance_patterns"]}
    straightness, table, square, spindle = patterns["加工中心几何精度(piecewise by travel)"]["items"]
    measured = {aspect.id: aspect for aspect in shipped_scheme(CNC).aspects() if isinstance(aspect, Measurement)}
    by_travel = {
        aspect: [[float(step.up_to), float(step.allowed)] for step in tolerance.steps]
        for aspect in ("F2.1", "F2.4")
        if isinstance(tolerance := measured[aspect].tolerance, ToleranceBySize)
    }
    assert by_travel == {"F2.1": straightness["by_travel_mm"], "F2.4": table["by_travel_mm"]}
    by_length = {
        aspect: f"{tolerance.allowed}/{tolerance.per}"
        for aspect in ("F2.2", "F2.3")
        if isinstance(tolerance := measured[aspect].tolerance, ToleranceByLength)
    }
    assert by_length == {"F2.2": square["tol"], "F2.3": spindle["tol"]}


@pytest.mark.parametrize(
    ("old", "new", "problem", "sentence"),
    [
        (
            b'"code":',
            b'"coed":',
            FormHasFaults,
            "Faults in x.json: 1, the first at $. Correct all of them and import the file again.",
        ),
        (
            b'"code":',
            b"code:",
            SchemeNotJson,
            "x.json is not JSON from line 2, column 32 on. Correct it there and import it again.",
        ),
        (
            "理论考试".encode(),
            "理论考试".encode("gbk"),
            SchemeNotUtf8,
            "x.json is not UTF-8 text (see line 37). Save it as UTF-8 and import it again.",
        ),
        (
            b"{",
            b" " * 4_194_304,
            SchemeTooLarge,
            "x.json is larger than 4194304 bytes and cannot be a marking scheme. Choose the file of a scheme.",
        ),
    ],
)
def test_read_scheme_names_the_place(old: bytes, new: bytes, problem: type[Problem], sentence: str) -> None:
    """One thing changed in a good file is refused by its own problem, which says where it stands."""
    good = canonical_file()
    assert old in good
    with pytest.raises(problem) as refused:
        read_scheme(good.replace(old, new, 1), "x.json")
    assert (type(refused.value), str(refused.value)) == (problem, sentence)


def canonical_file() -> bytes:
    """The shipped file itself, as an organiser would edit it."""
    root = Path(__file__).parents[3]
    return (root / "competition" / "schemes" / "library" / f"{CNC}.json").read_bytes()


def test_read_scheme_takes_a_byte_order_mark() -> None:
    """A file saved by an editor that marks UTF-8 is the same scheme."""
    assert read_scheme(b"\xef\xbb\xbf" + canonical_file(), "x.json") == shipped_scheme(CNC)


@pytest.mark.parametrize("name", ["nothing", "../rules", ""])
def test_shipped_scheme_knows_its_names_only(name: str) -> None:
    """Another name, a path included, is refused with the names there are."""
    with pytest.raises(NoSuchScheme, match=f"Choose one of these: {CNC}"):
        shipped_scheme(name)
