"""Groups, states, sheets and penalties: what is done to sums, worked by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest

from competition.scoring.tally import Tally, tally
from competition.scoring.totals import entrant_result
from schemas.aspects import Aspect, Binary, Deduction, DeductionItem, External, Rounding, Score, Time, TimeItself
from schemas.base import Message, Text
from schemas.closing import RankKey
from schemas.marks import MarkState
from schemas.results import SheetPoints
from schemas.scheme import Criterion, Gate, Panel, Penalty, Scheme, Stage, StateRule, SubCriterion

NAME = Text(zh="名", en="name")
ENTRANT = UUID(int=1)
TWO = Rounding(places=2)
NO_PENALTIES: Mapping[str, int] = {}


class Read(Message):
    """A reading as scoring sees it."""

    id: UUID
    judge_id: UUID
    aspect: str
    values: tuple[Decimal, ...]
    state: MarkState


class Paper(Message):
    """Everything that counts for one entrant."""

    entrant_id: UUID
    marks: dict[tuple[str, UUID], Read]
    penalties: Mapping[str, int]
    disqualified: bool = False
    withdrawn: bool = False


def paper(penalties: Mapping[str, int] = NO_PENALTIES, /, **readings: str) -> Paper:
    """Readings by aspect, one judge's after the other's: ``a="1 2 absent"``."""
    marks: dict[tuple[str, UUID], Read] = {}
    for aspect, judges in readings.items():
        for seat, written in enumerate(judges.split(), start=1):
            judge, is_state = UUID(int=seat), written[0].isalpha()
            marks[aspect, judge] = Read(
                id=UUID(int=len(marks)),
                judge_id=judge,
                aspect=aspect,
                values=() if is_state else tuple(Decimal(value) for value in written.split(";")),
                state=cast("MarkState", written) if is_state else "marked",
            )
    return Paper(entrant_id=ENTRANT, marks=marks, penalties=penalties)


def left(given: Paper) -> Paper:
    """The same of somebody who withdrew."""
    return msgspec.structs.replace(given, withdrawn=True)


def score(id_: str, points: str = "10", step: str = "0.01", **more: Any) -> Score:
    """Points given directly."""
    return Score(id=id_, name=NAME, points=Decimal(points), step=Decimal(step), **more)


def sub(id_: str, points: str, *aspects: Aspect, panel: Panel | None = None, **more: Any) -> SubCriterion:
    """A sub-criterion; marked by one judge unless a panel is given."""
    return SubCriterion(
        id=id_, name=NAME, points=Decimal(points), aspects=aspects, panel=panel or Panel(judges=1), **more
    )


def task(id_: str, points: str, *subs: SubCriterion, **more: Any) -> Criterion:
    """A criterion."""
    return Criterion(id=id_, name=NAME, points=Decimal(points), sub_criteria=subs, **more)


def stage(id_: str, points: str, *tasks: Criterion, **more: Any) -> Stage:
    """A stage without a weight, unless one is given."""
    return Stage(id=id_, name=NAME, points=Decimal(points), criteria=tasks, **more)


def scheme(*stages: Stage, **more: Any) -> Scheme:
    """A scheme that ranks by total."""
    given: dict[str, Any] = {"ranking": (RankKey(of="total"),)} | more
    return Scheme(format="leitai-scheme-1", code="t", version="1", name=NAME, trade=NAME, stages=stages, **given)


def one_task(*subs: SubCriterion, points: str = "10", **more: Any) -> Scheme:
    """A scheme of one stage with one criterion."""
    return scheme(stage("s", points, task("c", points, *subs)), **more)


def figures(given: Tally) -> tuple[str, dict[str, str]]:
    """The total and the criteria as they would be written."""
    return str(given.total), {id_: str(points) for id_, points in given.criteria.items()}


RAW = one_task(sub("u", "12.0", score("a", "7"), score("b", "5.9"), fit="scale"), points="12.0")
CAP = one_task(sub("u", "10", score("a", "8"), score("b", "8"), fit="cap"))
FLOOR = one_task(sub("u", "10", score("a"), Deduction(
    id="d", name=NAME, points=Decimal(0), items=(DeductionItem(name=NAME, each=Decimal(3)),), least=Decimal(-30)
), floor=Decimal(4)))  # fmt: skip
BELOW: dict[str, Any] = {"floor": Decimal(-5)}
NEGATIVE = scheme(
    stage("s", "10", task("c", "10", sub("u", "10", score("g", least=Decimal(-5)), **BELOW), **BELOW), **BELOW), **BELOW
)
EXCLUSIVE = one_task(sub("u", "10", score("a", "6"), score("b", "6"), score("c", "4"), exclusive=(("a", "b"),)))
FACTOR = one_task(
    sub("u", "16", score("a", "16", "0.25", most=Decimal(10), factor=Decimal("1.6")), panel=Panel(judges=3, rounding=TWO)),
    points="16",
)  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "given", "total"),
    [
        (RAW, paper(a="7", b="5.9"), "12"),
        (RAW, paper(a="4.3", b="0"), "4"),
        (CAP, paper(a="8", b="7"), "10"),
        (CAP, paper(a="2", b="7"), "9"),
        (FLOOR, paper(a="9", d="1"), "6"),
        (FLOOR, paper(a="9", d="2"), "4"),
        (FLOOR, paper(d="9"), "4"),
        (NEGATIVE, paper(g="-3"), "-3"),
        (EXCLUSIVE, paper(a="5", b="5.5", c="4"), "9.5"),
        (EXCLUSIVE, paper(a="5", c="4"), "9"),
        (FACTOR, paper(a="8.25 8.5 8.5"), "13.472"),
    ],
)
def test_groups_hold_their_sums(rules: Scheme, given: Paper, total: str) -> None:
    """Scaled from the raw sum, capped, kept at the floor, the best of exclusive ones; 8.4166… is 8.42 before its factor 1.6."""
    assert str(tally(rules, given).total) == total


def test_every_declared_rounding_rounds() -> None:
    """Judge, panel, aspect, sub-criterion, criterion, stage and total, each to places of its own, from the inside out.

    Judges give 1.255 and 1.244: 1.26 and 1.24 by judge, 1.3 by panel (1.25 up), times 1.5 is 1.95, cut to 1.9 by aspect; with
    0.55 the sub-criterion has 2.45, to even 2.4; the criterion has 2.4, 2 without places; the stage of weight 100 has 2 of 5.
    """
    panel = Panel(judges=2, each=TWO, rounding=Rounding(places=1))
    aspect = score("a", "3", "0.001", most=Decimal(2), factor=Decimal("1.5"), rounding=Rounding(places=1, mode="down"))
    other = score("b", "2", "0.01", rounding=TWO)
    parts = sub("u", "5", aspect, other, panel=panel, rounding=Rounding(places=1, mode="half_even"))
    rules = scheme(
        stage("s", "5", task("c", "5", parts, rounding=Rounding(places=0)), weight=Decimal(100), rounding=TWO),
        rounding=Rounding(places=1),
    )
    result = entrant_result(rules, paper(a="1.255 1.244", b="0.55"))
    inner = result.stages[0].criteria[0].sub_criteria[0]
    assert [str(one.points) for one in inner.aspects] == ["1.9", "0.6"]
    assert (str(inner.points), str(result.stages[0].criteria[0].points), str(result.total)) == ("2.5", "3", "60.0")


def gated(at_least: str) -> Scheme:
    """Conduct counts only where quality reaches a mark."""
    return scheme(
        stage(
            "s",
            "100",
            task("conduct", "20", sub("o", "20", score("o1", "20")), gate=Gate(of="criterion", id="quality", at_least=Decimal(at_least))),
            task("quality", "80", sub("q", "80", score("q1", "40"), score("q2", "40"))),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quality", "total"), [("8 ", "28"), ("7.99", "27.99"), ("8.01", "48.01")]
)  # the second aspect gives 20
def test_a_gate_opens_at_its_mark(quality: str, total: str) -> None:
    """Of 28, 27.99 and 28.01 points of quality only what reaches 28.005 lets conduct count, wherever the gate stands."""
    assert str(tally(gated("28.005"), paper(o1="20", q1="20", q2=quality)).total) == total


def test_a_gate_is_told() -> None:
    """The trace says what was reached of what was asked."""
    result = entrant_result(gated("48"), paper(o1="20", q1="20", q2="8"))
    assert result.stages[0].criteria[0].steps == (
        Text(zh="quality 未达门槛：28.00 / 48.00 → 不计分", en="quality is not enough: 28.00 / 48.00 → does not count"),
    )


SHEETS = one_task(
    sub("u", "100", score("a", "60"), score("b", "40"), panel=Panel(judges=5, by="sheet", drop_highest=1, drop_lowest=1, fewest=3)),
    points="100",
    rounding=TWO,
)  # fmt: skip


def test_a_panel_by_sheet_drops_whole_sheets() -> None:
    """Sums 95, 80, 80, 90 and 71: without 95 and 71 the mean is 83.33, though by aspect other judges would be dropped."""
    result = entrant_result(SHEETS, paper(a="55 60 45 60 36", b="40 20 35 30 35"))
    inner = result.stages[0].criteria[0].sub_criteria[0]
    assert str(result.total) == "83.33"
    assert inner.sheets == tuple(
        SheetPoints(judge_id=UUID(int=seat), points=Decimal(points), counted=counted)
        for seat, points, counted in ((1, 95, False), (2, 80, True), (3, 80, True), (4, 90, True), (5, 71, False))
    )


def test_too_few_judges_are_no_panel() -> None:
    """Where three are the fewest, two make no figure: the points are not zero, they are not there, and that is flagged."""
    result = entrant_result(SHEETS, paper(a="55 60", b="40 20"))
    assert (result.stages[0].criteria[0].sub_criteria[0].flags, str(result.total)) == (("too_few",), "0.00")
    assert tally(SHEETS, paper(a="55 60", b="40 20")).criteria == {}
    pair = one_task(sub("u", "10", score("a"), panel=Panel(judges=2, fewest=2)))
    aspect = entrant_result(pair, paper(a="9 absent")).stages[0].criteria[0].sub_criteria[0].aspects[0]
    assert (aspect.points, aspect.flags, aspect.counted) == (None, ("too_few",), 0)


def test_more_judges_than_should_mark_it_are_flagged() -> None:
    """What one judge marks for a panel of three is flagged when two did, and both count; by sheet a fourth judge is flagged."""
    joint = one_task(sub("u", "10", score("a", judges=1), panel=Panel(judges=3)))
    flags = {
        marks: (aspect.points, aspect.counted, aspect.expected, aspect.flags)
        for marks in ("8", "8 absent", "8 6")
        for aspect in entrant_result(joint, paper(a=marks)).stages[0].criteria[0].sub_criteria[0].aspects
    }
    assert flags == {
        "8": (Decimal(8), 1, 1, ()),
        "8 absent": (Decimal(8), 1, 1, ()),
        "8 6": (Decimal(7), 2, 1, ("too_many",)),
    }
    by_sheet = one_task(sub("u", "10", score("a"), panel=Panel(judges=3, by="sheet")))
    crowded = entrant_result(by_sheet, paper(a="8 7 9 6")).stages[0].criteria[0].sub_criteria[0]
    assert (crowded.flags, crowded.aspects[0].flags) == (("too_many",), ())


def test_dropped_judges_are_named() -> None:
    """The trace says which judges counted and how."""
    rules = one_task(
        sub("u", "10", score("a"), panel=Panel(judges=4, drop_highest=1, drop_lowest=1, most_apart=Decimal(2)))
    )
    aspect = entrant_result(rules, paper(a="8 9 6.5 8.5")).stages[0].criteria[0].sub_criteria[0].aspects[0]
    assert [judge.counted for judge in aspect.judges] == [True, False, False, True]
    assert (aspect.flags, aspect.steps) == (
        ("apart",),
        (Text(zh="8.00, (9.00), (6.50), 8.50 → 平均 8.25", en="8.00, (9.00), (6.50), 8.50 → mean 8.25"),),
    )


STATES = (
    StateRule(state="excluded", gives="everything"),
    StateRule(state="did_not_finish", total="zero", rank="last"),
    StateRule(state="not_attempted", rank="none"),
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (paper(a="5", b="absent"), ("competing", "5", False)),
        (paper(a="absent", b="absent"), ("absent", "0", False)),
        (paper(a="5", b="excluded"), ("competing", "9", False)),
        (paper(a="5", b="did_not_finish"), ("competing", "0", True)),
        (paper(a="5", b="not_attempted"), ("unranked", "5", False)),
        (paper(a="5", b="disqualified"), ("disqualified", "5", False)),
        (paper(a="5", b="not_attempted disqualified"), ("disqualified", "5", False)),
        (paper(a="5", b="disqualified 3"), ("competing", "8", False)),
        (paper({"damage": 1}, a="5", b="4"), ("competing", "4", False)),
        (paper({"damage": 2}, a="5", b="4"), ("disqualified", "2", False)),
        (paper({"damage": 1, "late": 9}, a="5", b="4"), ("competing", "2", False)),
        (paper({"late": 2}, a="9", b="4"), ("competing", "9", False)),
        (left(paper(a="5", b="4")), ("withdrawn", "9", False)),
        (left(paper({"late": 2}, a="5", b="did_not_finish")), ("withdrawn", "0", True)),
        (left(paper(a="absent", b="not_attempted")), ("withdrawn", "0", False)),
        (left(paper(a="5", b="disqualified")), ("disqualified", "5", False)),
        (left(paper({"damage": 2}, a="5", b="4")), ("disqualified", "2", False)),
    ],
)
def test_states_and_penalties_do_what_the_scheme_says(given: Paper, expected: tuple[str, str, bool]) -> None:
    """Each state gives, zeroes, or moves behind as declared; two damages are the end, and all penalties together take 7 at most.

    Who withdrew has the total on record all the same; only being disqualified weighs more.
    """
    rules = one_task(
        sub("u", "13", score("a", "9"), score("b", "4"), panel=Panel(judges=2)),
        points="13",
        states=STATES,
        penalties=(
            Penalty(id="damage", name=NAME, each=Decimal(5), out_at=2),
            Penalty(id="late", name=NAME, each=Decimal(2), cap=Decimal(6)),
        ),
        penalty_cap=Decimal(7),
    )
    result = entrant_result(rules, given)
    assert (result.state, str(result.total), result.last) == expected


def test_keys_are_the_figures_of_the_ranking() -> None:
    """Every kind of key has its figure; a time that is not there and a majority are None."""
    rules = scheme(
        stage("s", "10", task("c", "10", sub("u", "10", score("a"), panel=Panel(judges=2)))),
        stage("t", "0", task("d", "0", sub("v", "0", Time(id="w", name=NAME, points=Decimal(0), credit=TimeItself())))),
        penalties=(Penalty(id="late", name=NAME, each=Decimal(1)),),
        ranking=(
            RankKey(of="total"),
            RankKey(of="stage", id="s"),
            RankKey(of="criterion", id="c"),
            RankKey(of="sub_criterion", id="u"),
            RankKey(of="aspect", id="a"),
            RankKey(of="time", id="w"),
            RankKey(of="penalties"),
            RankKey(of="majority", id="u"),
        ),
    )
    given = tally(rules, paper({"late": 1}, a="8 9", w="61.5"))
    assert given.keys == tuple(
        None if figure is None else Decimal(figure) for figure in ("7.5", "8.5", "8.5", "8.5", "8.5", "61.5", "1", None)
    )
    assert given.panels == {"u": {UUID(int=1): Decimal(8), UUID(int=2): Decimal(9)}}
    assert tally(rules, paper()).keys == (Decimal(0), None, None, None, None, None, Decimal(0), None)


def test_an_external_figure_is_brought_to_its_points() -> None:
    """120 of 150 in the theory paper is 24 of 30; a whole-panel aspect and one marked together stand side by side."""
    rules = one_task(
        sub(
            "u",
            "32",
            External(id="x", name=NAME, points=Decimal(30), out_of=Decimal(150), judges=1),
            Binary(id="y", name=NAME, points=Decimal(2)),
            panel=Panel(judges=3),
        ),
        points="32",
    )
    given = tally(rules, paper(x="120", y="1 0 1"))
    assert (figures(given), given.marked, given.expected) == (
        ("25.33333333333333333333333333", {"c": "25.33333333333333333333333333"}),
        4,
        4,
    )
