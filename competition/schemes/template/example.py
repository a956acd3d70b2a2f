"""The worked example in an empty organiser's workbook: a small scheme that shows what each sheet is for."""

from __future__ import annotations

from decimal import Decimal

from schemas.aspects import (
    Band,
    BandedCredit,
    Choice,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    Measurement,
    Option,
    Rounding,
)
from schemas.base import Text
from schemas.closing import BestOfDelegation, PlacesAward, RankKey, TeamStanding
from schemas.scheme import Criterion, Panel, Penalty, Scheme, Section, Stage, StateRule, SubCriterion

_ASSEMBLY = SubCriterion(
    id="A1",
    name=Text(zh="主轴装配", en="Spindle assembly"),
    points=Decimal(70),
    panel=Panel(judges=2),
    day=1,
    aspects=(
        Measurement(
            id="A1.1",
            name=Text(zh="主轴径向跳动", en="Spindle runout"),
            hint=Text(zh="旋转一周，取最大值", en="One turn, the greatest reading"),
            points=Decimal(40),
            section="1",
            tolerance=FixedTolerance(allowed=Decimal("0.010")),
            credit=BandedCredit(bands=(Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5")),)),
            instrument=Text(zh="千分表", en="Dial gauge"),
        ),
        Deduction(
            id="A1.2",
            name=Text(zh="装配规范", en="Assembly practice"),
            points=Decimal(30),
            section="1",
            items=(
                DeductionItem(name=Text(zh="螺钉未拧紧", en="Loose screw"), each=Decimal(5), cap=Decimal(20)),
                DeductionItem(name=Text(zh="表面划伤", en="Scratch"), each=Decimal(2)),
            ),
        ),
    ),
)

_REPORT = SubCriterion(
    id="A2",
    name=Text(zh="工作报告", en="Report"),
    points=Decimal(30),
    panel=Panel(judges=3),
    day=2,
    aspects=(
        Choice(
            id="A2.1",
            name=Text(zh="完整性", en="Completeness"),
            points=Decimal(10),
            section="2",
            options=(
                Option(name=Text(zh="完整", en="Complete"), keep=Decimal(1)),
                Option(name=Text(zh="缺一项", en="One part missing"), keep=Decimal("0.6")),
                Option(name=Text(zh="缺两项以上", en="More missing"), keep=Decimal(0)),
            ),
        ),
        Judgement(
            id="A2.2",
            name=Text(zh="表达", en="Presentation"),
            points=Decimal(20),
            section="2",
            revote_from=2,
            levels=(
                Text(zh="低于行业水平", en="Below industry standard"),
                Text(zh="达到行业水平", en="Meets industry standard"),
                Text(zh="部分超过行业水平", en="Exceeds it in some respects"),
                Text(zh="优秀", en="Excellent"),
            ),
        ),
    ),
)

EXAMPLE_SCHEME = Scheme(
    format="leitai-scheme-1",
    code="spindle-assembly",
    version="1",
    name=Text(zh="主轴装调赛项评分方案", en="Marking scheme of spindle assembly"),
    trade=Text(zh="机床装调维修工", en="Machine tool assembly"),
    rounding=Rounding(places=2),
    penalty_cap=Decimal(8),
    source="竞赛规程 / Rules of the contest",
    sections=(
        Section(id="1", name=Text(zh="装配", en="Assembly"), weight=Decimal(70)),
        Section(id="2", name=Text(zh="沟通", en="Communication"), weight=Decimal(30)),
    ),
    stages=(
        Stage(
            id="practice",
            name=Text(zh="实操", en="Practice"),
            points=Decimal(100),
            weight=Decimal(100),
            criteria=(
                Criterion(
                    id="A",
                    name=Text(zh="主轴", en="Spindle"),
                    points=Decimal(100),
                    sub_criteria=(_ASSEMBLY, _REPORT),
                ),
            ),
        ),
    ),
    penalties=(
        Penalty(
            id="safety",
            name=Text(zh="违反安全规程", en="Breach of safety rules"),
            each=Decimal(3),
            cap=Decimal(9),
            out_at=4,
        ),
    ),
    states=(StateRule(state="absent", rank="none"),),
    ranking=(RankKey(of="total"), RankKey(of="sub_criterion", id="A1")),
    awards=(
        PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), percent=Decimal(10), at_least=Decimal(60)),
        PlacesAward(id="second", name=Text(zh="二等奖", en="Second prize"), percent=Decimal(20), at_least=Decimal(60)),
        BestOfDelegation(id="best", name=Text(zh="代表队最佳选手", en="Best of the delegation")),
    ),
    teams=(TeamStanding(id="team", name=Text(zh="团体总分", en="Team standing"), best=3),),
)
