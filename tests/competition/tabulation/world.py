"""A small scheme with aspects of most kinds, good marks for it by hand, and the ways in which tests score files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from competition.plumbing.locale import speaking
from competition.tabulation.faults import FilesAreFaulty
from competition.tabulation.tabulate import Tabulation, tabulate
from schemas.aspects import Binary as YesOrNo
from schemas.aspects import (
    Choice,
    Count,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    Measurement,
    Option,
    Rounding,
    Score,
    Time,
    TimeOver,
)
from schemas.base import Text, canonical
from schemas.closing import Advancement, PercentOfBest, PlacesAward, RankKey, TeamStanding
from schemas.scheme import Criterion, Panel, Penalty, Scheme, Section, Stage, SubCriterion

REPOSITORY = Path(__file__).parents[3]


def both(en: str, zh: str) -> Text:
    """A text in both languages."""
    return Text(zh=zh, en=en)


MEASURED = SubCriterion(
    id="A1",
    name=both("Sizes", "尺寸"),
    points=Decimal(20),
    panel=Panel(judges=1),
    aspects=(
        YesOrNo(id="goggles", name=both("Goggles worn", "戴护目镜"), points=Decimal(2)),
        Measurement(
            id="bore",
            name=both("Bore", "孔径"),
            points=Decimal(5),
            nominal=Decimal(20),
            tolerance=FixedTolerance(allowed=Decimal("0.02")),
            readings=2,
            least=Decimal(0),
            most=Decimal(50),
        ),
        Deduction(
            id="looks",
            name=both("Looks", "外观"),
            points=Decimal(4),
            items=(
                DeductionItem(name=both("Scratch", "划痕"), each=Decimal(1)),
                DeductionItem(name=both("Burr", "毛刺"), each=Decimal("0.5")),
            ),
        ),
        Count(id="screws", name=both("Screws tight", "螺钉拧紧"), points=Decimal(2), possible=4),
        Time(
            id="time",
            name=both("Time used", "用时"),
            points=Decimal(7),
            credit=TimeOver(limit=Decimal(3600), lose=Decimal(1), per=Decimal(60)),
            runs=2,
        ),
    ),
)
JUDGED = SubCriterion(
    id="B1",
    name=both("Defence", "答辩"),
    points=Decimal(10),
    panel=Panel(judges=3),
    aspects=(
        Score(id="speech", name=both("Delivery", "表达"), points=Decimal(4)),
        Judgement(
            id="thought",
            name=both("Thinking", "思路"),
            points=Decimal(3),
            levels=(both("poor", "差"), both("fair", "中"), both("good", "良"), both("excellent", "优")),
        ),
        Choice(
            id="level",
            name=both("Level", "水平"),
            points=Decimal(3),
            options=(
                Option(name=both("leading", "领先"), points=Decimal(3)),
                Option(name=both("usual", "一般"), points=Decimal(1)),
            ),
        ),
    ),
)
SCHEME = Scheme(
    format="leitai-scheme-1",
    code="small",
    version="1",
    name=both("Small contest", "小型竞赛"),
    trade=both("Fitting", "钳工"),
    stages=(
        Stage(
            id="S",
            name=both("Practice", "实操"),
            points=Decimal(30),
            criteria=(
                Criterion(id="A", name=both("Measuring", "测量"), points=Decimal(20), sub_criteria=(MEASURED,)),
                Criterion(id="B", name=both("Judging", "评议"), points=Decimal(10), sub_criteria=(JUDGED,)),
            ),
        ),
    ),
    ranking=(RankKey(of="total"), RankKey(of="time", id="time")),
    rounding=Rounding(places=2),
    penalties=(Penalty(id="breach", name=both("Breach", "违规"), each=Decimal(1)),),
    scale=PercentOfBest(),
    awards=(PlacesAward(id="first", name=both("First prize", "一等奖"), count=1),),
    teams=(TeamStanding(id="team", name=both("Teams", "团体")),),
    advancement=Advancement(top=1, substitutes=1),
)

MARKS = """\
entrant,aspect,judge,item,value,unit,state
1,goggles,,,yes,,
1,bore,,,20.010; 19.985,mm,
1,looks,,Scratch,1,,
1,screws,,,3,,
1,time,,1,1:01:30,,
1,time,,2,1:00:30,,
1,speech,A,,3.5,,
1,speech,B,,4,,
1,speech,C,,3,,
1,thought,A,,excellent,,
1,thought,B,,2,,
1,thought,C,,excellent,,
1,level,A,,leading,,
1,level,B,,leading,,
1,level,C,,usual,,
2,goggles,,,0,,
2,bore,,1,20.01,mm,
2,bore,,2,20.5,mm,
2,looks,,,0 2,,
2,screws,,,4,,
2,time,,,3500,s,
2,speech,A,,,,absent
2,speech,B,,4,,
2,speech,C,,3,,
2,breach,,,2,,
3,,,,,,disqualified
"""
"""By hand, entrant 1: 2 + 5 + (4 - 1) + 2 x 3/4 + (7 - 1 begun minute) = 17.5; 3.5 + 3 x 8/9 + 7/3 = 8.5; in all 26.

Entrant 2: 0 + 0 + (4 - 2 x 0.5) + 2 + 7 = 12; of the two judges present 3.5; less 2 for breaches: 13.5.
"""

ENTRANTS = """\
选手,序号,姓名,代表队
2,7,李强,甲队
1,8,王伟,甲队
3,9,赵敏,乙队
4,10,=1+1,乙队
"""


def score(folder: Path, marks: str | bytes, entrants: str | None = None, *, scheme: Scheme = SCHEME) -> Tabulation:
    """The results of a CSV table of marks, or of the bytes of a workbook."""
    path = folder / ("marks.csv" if isinstance(marks, str) else "marks.xlsx")
    path.write_bytes(marks.encode() if isinstance(marks, str) else marks)
    if entrants is not None:
        (folder / "entrants.csv").write_text(entrants)
    return tabulate(scheme, path, folder / "entrants.csv" if entrants is not None else None, lambda *_: None)


def faults(folder: Path, marks: str | bytes, entrants: str | None = None, *, scheme: Scheme = SCHEME) -> list[str]:
    """What is wrong with a table of marks, in English."""
    try:
        score(folder, marks, entrants, scheme=scheme)
    except FilesAreFaulty as problem:
        with speaking("en"):
            return list(problem.faults.sentences())
    return []


def totals(tabulation: Tabulation) -> list[tuple[str, int | None, Decimal]]:
    """Everybody's place and total, in order."""
    return [(line.person.entrant, line.closed.rank, line.closed.total) for line in tabulation.lines]


def leitai(folder: Path, *arguments: str, language: str = "en", given: str | None = None) -> tuple[int, str, str]:
    """Type ``leitai`` in a folder that has the scheme and the marks: exit code, standard output, standard error."""
    (folder / "scheme.json").write_bytes(canonical(SCHEME))
    (folder / "entrants.csv").write_text(ENTRANTS)
    if not (folder / "marks.csv").exists():
        (folder / "marks.csv").write_text(MARKS)
    environment = os.environ | {"LEITAI_LANGUAGE": language, "COLUMNS": "300", "NO_COLOR": "1"}
    environment["PYTHONPATH"] = str(REPOSITORY)
    done = subprocess.run(
        [sys.executable, "-m", "competition", *arguments],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def table(text: str) -> list[list[str]]:
    """A CSV text as the lines of a sheet."""
    return [line.split(",") for line in text.splitlines()]


def with_panel(**changes: object) -> Scheme:
    """The scheme with another panel for what is judged."""
    return with_sub(panel=msgspec.structs.replace(JUDGED.panel, **changes))


def with_aspect(id: str, **changes: object) -> Scheme:
    """The scheme with one aspect that is otherwise."""
    return _with_subs(
        *(
            msgspec.structs.replace(
                sub,
                aspects=tuple(msgspec.structs.replace(one, **changes) if one.id == id else one for one in sub.aspects),
            )
            for sub in (MEASURED, JUDGED)
        )
    )


def with_sub(**changes: object) -> Scheme:
    """The scheme with what is judged otherwise."""
    return _with_subs(MEASURED, msgspec.structs.replace(JUDGED, **changes))


def with_sections(of: Mapping[str, str]) -> Scheme:
    """The scheme with two sections, and the section that each of some aspects belongs to."""
    subs = (
        msgspec.structs.replace(
            sub, aspects=tuple(msgspec.structs.replace(one, section=of.get(one.id)) for one in sub.aspects)
        )
        for sub in (MEASURED, JUDGED)
    )
    sections = (
        Section(id="1", name=both("Speaking", "表达"), weight=Decimal(7)),
        Section(id="2", name=both("Measuring", "测量"), weight=Decimal(5)),
    )
    return msgspec.structs.replace(_with_subs(*subs), sections=sections)


def _with_subs(*subs: SubCriterion) -> Scheme:
    (stage,) = SCHEME.stages
    criteria = tuple(
        msgspec.structs.replace(criterion, sub_criteria=(sub,))
        for criterion, sub in zip(stage.criteria, subs, strict=True)
    )
    return msgspec.structs.replace(SCHEME, stages=(msgspec.structs.replace(stage, criteria=criteria),))
