"""From marks to the total: panels, caps, stages, weights, penalties and rounding, as a person computes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.record import EntrantRecord
from competition.scoring.tally import tally
from competition.scoring.totals import entrant_result
from schemas.aspects import Aspect, Binary, Judgement, Rounding, Score
from schemas.base import Text
from schemas.closing import RankKey
from schemas.marks import Mark, MarkState
from schemas.results import (
    AspectResult,
    CriterionResult,
    EntrantResult,
    JudgePoints,
    PenaltyResult,
    StageResult,
    SubCriterionResult,
)
from schemas.scheme import Criterion, Panel, Penalty, Scheme, Stage, SubCriterion

NAME = Text(zh="名", en="name")
ENTRANT = UUID(int=1)
JUDGES = tuple(UUID(int=number) for number in range(11, 20))
TWO_PLACES = Rounding(places=2)
NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)


def score(aspect: str, points: str = "100", step: str = "0.01") -> Score:
    """An aspect whose points are given directly."""
    return Score(id=aspect, name=NAME, points=Decimal(points), step=Decimal(step))


def level(aspect: str, points: str) -> Judgement:
    """An aspect judged on four levels."""
    return Judgement(id=aspect, name=NAME, points=Decimal(points), levels=(NAME, NAME, NAME, NAME))


def sheet(id_: str, points: str, *aspects: Aspect, judges: int = 1, panel: Panel | None = None) -> SubCriterion:
    """One sub-criterion."""
    panel = panel or Panel(judges=judges)
    return SubCriterion(id=id_, name=NAME, points=Decimal(points), panel=panel, aspects=aspects)


def task(id_: str, points: str, *subs: SubCriterion) -> Criterion:
    """One criterion."""
    return Criterion(id=id_, name=NAME, points=Decimal(points), sub_criteria=subs)


def stage(id_: str, points: str, weight: str, *tasks: Criterion, rounding: Rounding | None = None) -> Stage:
    """One stage."""
    weighted = Decimal(weight)
    return Stage(id=id_, name=NAME, points=Decimal(points), weight=weighted, criteria=tasks, rounding=rounding)


def scheme_of(*stages: Stage, rounding: Rounding = TWO_PLACES) -> Scheme:
    """A scheme with two penalties."""
    return Scheme(
        format="leitai-scheme-1",
        code="test",
        version="1",
        name=NAME,
        trade=NAME,
        stages=stages,
        rounding=rounding,
        ranking=(RankKey(of="total"),),
        penalties=(
            Penalty(id="safety", name=NAME, each=Decimal(3), cap=Decimal(10)),
            Penalty(id="overtime", name=NAME, each=Decimal(1), cap=Decimal(5)),
        ),
    )


def record_of(
    *readings: tuple[str, str | MarkState],
    penalties: dict[str, int] | None = None,
    disqualified: bool = False,
    withdrawn: bool = False,
) -> EntrantRecord:
    """A record of these readings; the first of an aspect is the first judge's, the next the second judge's."""
    marks, seats = {}, {aspect: count() for aspect, _ in readings}
    for number, (aspect, reading) in enumerate(readings):
        judge = JUDGES[next(seats[aspect])]
        marks[aspect, judge] = mark_of(number, aspect, judge, reading)
    return EntrantRecord(
        entrant_id=ENTRANT, marks=marks, penalties=penalties or {}, disqualified=disqualified, withdrawn=withdrawn
    )


def mark_of(number: int, aspect: str, judge: UUID, reading: str | MarkState) -> Mark:
    """A mark of one reading, or of a state without one."""
    states: dict[str, MarkState] = {
        "absent": "absent",
        "not_measured": "not_measured",
        "not_attempted": "not_attempted",
    }
    return Mark(
        id=UUID(int=1000 + number),
        sheet_id=UUID(int=2),
        entrant_id=ENTRANT,
        sub_criterion="",
        judge_id=judge,
        device_id=None,
        aspect=aspect,
        values=() if reading in states else (Decimal(reading),),
        state=states.get(reading, "marked"),
        base=0,
        made_at=NOON,
        recorded_at=NOON,
        supersedes=None,
        reason=None,
        note="",
        flags=(),
    )


def test_entrant_result_opens_down_to_the_marks() -> None:
    """The whole trace of a small entrant: two stages, a panel of two, a penalty, a rounding at the end."""
    scheme = scheme_of(
        stage("theory", "100", "30", task("T", "100", sheet("T1", "100", score("T1.1", "100", "0.5")))),
        stage(
            "practice",
            "10",
            "70",
            task(
                "A",
                "10",
                sheet("A1", "10", score("A1.1", "8"), Binary(id="A1.2", name=NAME, points=Decimal(2)), judges=2),
            ),
        ),
    )
    record = record_of(("T1.1", "86.50"), ("A1.1", "6.25"), ("A1.1", "7.5"), ("A1.2", "1"), penalties={"overtime": 2})
    theory = JudgePoints(
        judge_id=JUDGES[0],
        mark_id=UUID(int=1000),
        values=(Decimal("86.5"),),
        state="marked",
        points=Decimal("86.5"),
        counted=True,
        steps=(Text(zh="评 86.5 分 → 得 86.50 / 100.00 分", en="86.5 given → 86.50 of 100.00"),),
    )
    one = JudgePoints(
        judge_id=JUDGES[0],
        mark_id=UUID(int=1001),
        values=(Decimal("6.25"),),
        state="marked",
        points=Decimal("6.25"),
        counted=True,
        steps=(Text(zh="评 6.25 分 → 得 6.25 / 8.00 分", en="6.25 given → 6.25 of 8.00"),),
    )
    two = JudgePoints(
        judge_id=JUDGES[1],
        mark_id=UUID(int=1002),
        values=(Decimal("7.5"),),
        state="marked",
        points=Decimal("7.5"),
        counted=True,
        steps=(Text(zh="评 7.5 分 → 得 7.50 / 8.00 分", en="7.5 given → 7.50 of 8.00"),),
    )
    yes = JudgePoints(
        judge_id=JUDGES[0],
        mark_id=UUID(int=1003),
        values=(Decimal(1),),
        state="marked",
        points=Decimal(2),
        counted=True,
        steps=(Text(zh="是 → 得 2.00 / 2.00 分", en="yes → 2.00 of 2.00"),),
    )
    aspects = (
        AspectResult(
            aspect="A1.1",
            points=Decimal("6.875"),
            judges=(one, two),
            counted=2,
            expected=2,
            steps=(Text(zh="6.25, 7.50 → 平均 6.875", en="6.25, 7.50 → mean 6.875"),),
        ),
        AspectResult(aspect="A1.2", points=Decimal(2), judges=(yes,), counted=1, expected=2),
    )
    paper = AspectResult(aspect="T1.1", points=Decimal("86.5"), judges=(theory,), counted=1, expected=1)
    assert entrant_result(scheme, record) == EntrantResult(
        entrant_id=ENTRANT,
        state="competing",
        total=Decimal("86.08"),  # 25.95 + 62.125 - 2 = 86.075, a half that goes up
        stages=(
            StageResult(
                id="theory",
                points=Decimal("86.5"),
                contribution=Decimal("25.95"),
                criteria=(
                    CriterionResult(
                        id="T",
                        points=Decimal("86.5"),
                        sub_criteria=(SubCriterionResult(id="T1", points=Decimal("86.5"), aspects=(paper,)),),
                    ),
                ),
            ),
            StageResult(
                id="practice",
                points=Decimal("8.875"),
                contribution=Decimal("62.125"),
                criteria=(
                    CriterionResult(
                        id="A",
                        points=Decimal("8.875"),
                        sub_criteria=(SubCriterionResult(id="A1", points=Decimal("8.875"), aspects=aspects),),
                    ),
                ),
            ),
        ),
        penalties=(PenaltyResult(penalty="overtime", occurrences=2, taken=Decimal(2)),),
        marked=4,
        expected=5,
        steps=(
            Text(zh="25.95 + 62.125 − 2.00 = 86.075", en="25.95 + 62.125 − 2.00 = 86.075"),
            Text(zh="四舍五入到 2 位小数 → 86.08", en="2 decimals, half up → 86.08"),
        ),
    )


ONE_PAPER = scheme_of(stage("s", "100", "100", task("T", "100", sheet("T1", "100", score("T1.1")))))
CAPPED = scheme_of(
    stage("s", "12", "100", task("A", "12", sheet("A1", "10", score("a", "8"), score("b", "8")), sheet("A2", "2")))
)
HALVES = (
    stage(
        "practice",
        "100",
        "70",
        task("A", "100", sheet("A1", "100", score("a"), judges=2)),
        rounding=Rounding(places=2),
    ),
    stage("theory", "100", "30", task("T", "100", sheet("T1", "100", score("t")))),
)


@pytest.mark.parametrize(
    ("scheme", "record", "total"),
    [
        (ONE_PAPER, record_of(), "0.00"),
        (ONE_PAPER, record_of(("T1.1", "86.5")), "86.50"),
        (ONE_PAPER, record_of(("T1.1", "86.5"), penalties={"safety": 1, "overtime": 2}), "81.50"),
        (ONE_PAPER, record_of(("T1.1", "86.5"), penalties={"safety": 4}), "76.50"),
        (ONE_PAPER, record_of(("T1.1", "86.5"), penalties={"safety": 0}), "86.50"),
        (ONE_PAPER, record_of(("T1.1", "7"), penalties={"safety": 9}), "0.00"),
        (ONE_PAPER, record_of(("T1.1", "86.5"), penalties={"unknown": 9}), "86.50"),
        (ONE_PAPER, record_of(("T1.1", "86.5"), ("unknown", "99")), "86.50"),
        (CAPPED, record_of(("a", "7"), ("b", "7")), "83.33"),
        (scheme_of(*HALVES), record_of(("a", "69.17"), ("a", "69.18"), ("t", "0")), "48.43"),
    ],
)
def test_entrant_result_totals_to_the_declared_places(scheme: Scheme, record: EntrantRecord, total: str) -> None:
    """Caps bind, unknown marks and penalties do not, penalties never go below zero, and the total has its places.

    The last case rounds its practice stage (69.175 to 69.18) before weighting: 48.426, where 48.4225 would be 48.42.
    """
    assert str(entrant_result(scheme, record).total) == total


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (record_of(), "competing"),
        (record_of(("a", "absent"), ("a", "absent"), ("t", "absent")), "absent"),
        (record_of(("a", "absent")), "absent"),
        (record_of(("a", "absent"), ("t", "70")), "competing"),
        (record_of(("a", "not_attempted"), ("a", "absent")), "competing"),
        (record_of(("a", "absent"), ("unknown", "1")), "absent"),
        (record_of(("a", "50"), disqualified=True), "disqualified"),
        (record_of(("a", "absent"), disqualified=True), "disqualified"),
        (record_of(withdrawn=True), "withdrawn"),
        (record_of(("a", "absent"), withdrawn=True), "withdrawn"),
        (record_of(("a", "50"), disqualified=True, withdrawn=True), "disqualified"),
    ],
)
def test_entrant_result_has_a_state(record: EntrantRecord, state: str) -> None:
    """Absent is who was absent from everything marked; withdrawn comes before that, disqualified before all."""
    assert entrant_result(scheme_of(*HALVES), record).state == state


@pytest.mark.parametrize(
    ("readings", "points", "counted"),
    [
        ((), None, 0),
        ((("a", "60"),), "60", 1),
        ((("a", "60"), ("a", "not_measured")), "60", 1),
        ((("a", "not_measured"), ("a", "not_measured")), "0", 0),
        ((("a", "0"), ("a", "60")), "30", 2),
    ],
)
def test_a_state_without_reading_is_no_zero(
    readings: tuple[tuple[str, str], ...], points: str | None, counted: int
) -> None:
    """A judge without a reading does not pull the mean down; only when nobody has one are there no points."""
    aspect = entrant_result(scheme_of(*HALVES), record_of(*readings)).stages[0].criteria[0].sub_criteria[0].aspects[0]
    assert (aspect.points, aspect.counted) == (None if points is None else Decimal(points), counted)


def test_thirds_add_up_exactly() -> None:
    """Three thirds and half a hundredth are 1.005, which rounds up; cut at 28 digits they would round down."""
    aspects = (level("a", "1"), level("b", "1"), level("c", "1"), score("d", "1", "0.001"))
    scheme = scheme_of(stage("s", "100", "100", task("A", "100", sheet("A1", "100", *aspects))))
    result = entrant_result(scheme, record_of(("a", "1"), ("b", "1"), ("c", "1"), ("d", "0.005")))
    assert (str(result.total), str(result.stages[0].points)) == ("1.01", "1.005")


def test_entrant_result_ignores_the_precision_around_it() -> None:
    """A caller who computes with three digits gets the same result as everybody else."""
    record = record_of(("a", "69.17"), ("a", "69.18"), ("t", "86.5"))
    expected = entrant_result(scheme_of(*HALVES), record)
    with localcontext(Context(prec=3)):
        assert entrant_result(scheme_of(*HALVES), record) == expected


def test_the_tally_has_the_same_figures() -> None:
    """Standings carry points by id, a stage's after its own rounding; what has no mark is left out."""
    given = tally(scheme_of(*HALVES), record_of(("a", "69.17"), ("a", "69.18")))
    assert (given.stages, given.criteria, given.total) == (
        {"practice": Decimal("69.18")},
        {"A": Decimal("69.175")},
        Decimal("48.43"),
    )


@given(st.data())
def test_totals_agree_with_fractions(data: st.DataObject) -> None:
    """Random panels, caps and weights come to the total that plain fractions, computed another way, give."""
    scheme = data.draw(schemes())
    readings = [
        (aspect.id, str(data.draw(st.integers(0, 3) if isinstance(aspect, Judgement) else st.decimals(0, 1, places=3))))
        for sub in scheme.sub_criteria()
        for aspect in sub.aspects
        for _ in range(data.draw(st.integers(0, sub.panel.judges)))
    ]
    record = record_of(*readings, penalties={"safety": data.draw(st.integers(0, 4))})
    total = total_by_fractions(scheme, record)
    assert (entrant_result(scheme, record).total, tally(scheme, record).total) == (total, total)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Small schemes with odd points, panels of one to seven and every way of combining and rounding."""
    roundings = st.builds(Rounding, places=st.integers(0, 4), mode=st.sampled_from(["half_up", "half_even", "down"]))
    points = st.decimals("0.1", 13, places=1).map(str)
    number = count()

    def stage_of(weight: int) -> Stage:
        subs = tuple(
            sheet(
                f"S{next(number)}",
                draw(points),
                *(
                    level(f"a{next(number)}", draw(points)) if judged else score(f"a{next(number)}", "1", "0.001")
                    for judged in draw(st.lists(st.booleans(), min_size=1, max_size=3))
                ),
                panel=Panel(
                    judges=draw(st.integers(1, 7)),
                    combine=draw(st.sampled_from(["sum", "mean", "median"])),
                    drop_highest=draw(st.integers(0, 2)),
                    drop_lowest=draw(st.integers(0, 2)),
                ),
            )
            for _ in range(draw(st.integers(1, 3)))
        )
        criterion = task(f"C{next(number)}", draw(points), *subs)
        return stage(f"s{weight}", draw(points), str(weight), criterion, rounding=draw(st.none() | roundings))

    return scheme_of(stage_of(30), stage_of(70), rounding=draw(roundings))


def total_by_fractions(scheme: Scheme, record: EntrantRecord) -> Decimal:
    """The total by textbook arithmetic."""
    total = Fraction(0)
    for part in scheme.stages:
        points = capped(
            part.points,
            (
                capped(criterion.points, (sheet_by_fractions(sub, record) for sub in criterion.sub_criteria))
                for criterion in part.criteria
            ),
        )
        if part.rounding:
            points = Fraction(round_fraction(points, part.rounding))
        total += points / Fraction(part.points) * Fraction(part.weight or 0)
    for penalty in scheme.penalties:
        total -= min(Fraction(penalty.each) * record.penalties.get(penalty.id, 0), Fraction(penalty.cap or 0))
    assert scheme.rounding is not None
    return round_fraction(max(total, Fraction(0)), scheme.rounding)


def capped(points: Decimal, parts: Iterable[Fraction]) -> Fraction:
    """The sum of the parts, or the points they can give."""
    return min(Fraction(points), sum(parts, Fraction(0)))


def sheet_by_fractions(sub: SubCriterion, record: EntrantRecord) -> Fraction:
    """A sub-criterion's points."""
    return capped(sub.points, (aspect_by_fractions(aspect, sub.panel, record) for aspect in sub.aspects))


def aspect_by_fractions(aspect: Aspect, panel: Panel, record: EntrantRecord) -> Fraction:
    """The points of an aspect that is judged or scored."""
    given = sorted(
        Fraction(mark.values[0]) * (Fraction(aspect.points) / 3 if isinstance(aspect, Judgement) else 1)
        for (of, _), mark in record.marks.items()
        if of == aspect.id
    )
    if len(given) > panel.drop_lowest + panel.drop_highest:
        given = given[panel.drop_lowest : len(given) - panel.drop_highest]
    while panel.combine == "median" and len(given) > 2:
        given = given[1:-1]
    return sum(given, Fraction(0)) / (1 if panel.combine == "sum" else max(len(given), 1))


def round_fraction(value: Fraction, rounding: Rounding) -> Decimal:
    """``value`` rounded by comparing remainders of whole numbers."""
    whole, rest = divmod(value * 10**rounding.places, 1)
    half = Fraction(1, 2)
    up = {"down": False, "half_up": rest >= half, "half_even": rest > half or (rest == half and whole % 2 == 1)}
    return Decimal(int(whole) + up[rounding.mode]).scaleb(-rounding.places)
