"""Every kind of aspect turns readings into points by its rule, tells its steps, and refuses what is no reading."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.scoring.points import exact_points, mark_points
from competition.scoring.readings import (
    NoSuchOption,
    NotACount,
    NotALevel,
    NotANumber,
    NotYesOrNo,
    ReadingsWithoutMarking,
    ReadingTooLarge,
    ScoreOffStep,
    ScoreOutOfRange,
    TooManyDecimals,
    WrongNumberOfReadings,
    check_reading,
    is_implausible,
)
from competition.scoring.tolerance import NoToleranceForSize, allowed
from schemas.base import Text
from schemas.marks import MarkState
from schemas.problems import Problem
from schemas.scheme import (
    Aspect,
    Band,
    BandedCredit,
    Binary,
    Choice,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    LinearCredit,
    Measurement,
    Option,
    Score,
    SizeStep,
    Tolerance,
    ToleranceByLength,
    ToleranceBySize,
)


def text(sentence: str) -> Text:
    """The same sentence in both languages; only figures matter here."""
    return Text(zh=sentence, en=sentence)


def decimals(*values: str) -> tuple[Decimal, ...]:
    """Readings as a tablet sends them."""
    return tuple(Decimal(value) for value in values)


NAME = text("x")
TRAVEL = ToleranceBySize(
    size=Decimal(650),
    steps=(
        SizeStep(up_to=Decimal(500), allowed=Decimal("0.010")),
        SizeStep(up_to=Decimal(800), allowed=Decimal("0.015")),
        SizeStep(up_to=Decimal(1250), allowed=Decimal("0.020")),
    ),
)
SQUARE = ToleranceByLength(allowed=Decimal("0.020"), per=Decimal(500), length=Decimal(300))
BANDS = BandedCredit(
    bands=(
        Band(over_up_to=Decimal("0.005"), keep=Decimal("0.75")),
        Band(over_up_to=Decimal("0.010"), keep=Decimal("0.5")),
    )
)
LINEAR = LinearCredit(lose=Decimal("0.5"), per=Decimal("0.010"))

YES = Binary(id="Y", name=NAME, points=Decimal(2))
LEVELS = Choice(
    id="C",
    name=NAME,
    points=Decimal(10),
    options=(
        Option(name=Text(zh="先进", en="advanced"), points=Decimal(10)),
        Option(name=Text(zh="良好", en="good"), points=Decimal(8)),
        Option(name=Text(zh="一般", en="fair"), points=Decimal(5)),
    ),
)
RUNOUT = Measurement(
    id="M", name=NAME, points=Decimal(3), tolerance=FixedTolerance(allowed=Decimal("0.010")), credit=BANDS
)
PASS_FAIL = Measurement(id="M", name=NAME, points=Decimal(3), tolerance=FixedTolerance(allowed=Decimal("0.010")))
PARALLEL = Measurement(
    id="P", name=NAME, points=Decimal(3), tolerance=FixedTolerance(allowed=Decimal("0.020")), credit=LINEAR
)
STRAIGHT = Measurement(id="S", name=NAME, points=Decimal(2), tolerance=TRAVEL, credit=BANDS)
SQUARENESS = Measurement(id="Q", name=NAME, points=Decimal(2), tolerance=SQUARE, credit=BANDS)
BORE = Measurement(
    id="B",
    name=NAME,
    points=Decimal(2),
    tolerance=FixedTolerance(allowed=Decimal("0.015")),
    credit=BANDS,
    nominal=Decimal("79.985"),
    readings=3,
    least=Decimal(79),
    most=Decimal(81),
)
WIRES = Deduction(
    id="D",
    name=NAME,
    points=Decimal(3),
    items=(
        DeductionItem(name=Text(zh="线号", en="wire number"), each=Decimal("0.5"), cap=Decimal(2)),
        DeductionItem(name=Text(zh="接线", en="connection"), each=Decimal("0.3")),
    ),
)
ORDER = Judgement(
    id="J",
    name=NAME,
    points=Decimal(2),
    levels=(text("none"), Text(zh="合格", en="fair"), text("good"), text("best")),
)
PAPER = Score(id="T", name=NAME, points=Decimal(100))


@pytest.mark.parametrize(
    ("aspect", "values", "points"),
    [
        (YES, ("1",), "2"),
        (YES, ("0",), "0"),
        (LEVELS, ("0",), "10"),
        (LEVELS, ("2",), "5"),
        (RUNOUT, ("0.010",), "3"),
        (RUNOUT, ("-0.010",), "3"),
        (RUNOUT, ("0.011",), "2.25"),
        (RUNOUT, ("0.015",), "2.25"),
        (RUNOUT, ("0.016",), "1.5"),
        (RUNOUT, ("0.020",), "1.5"),
        (RUNOUT, ("0.021",), "0"),
        (PASS_FAIL, ("0.010",), "3"),
        (PASS_FAIL, ("0.011",), "0"),
        (PARALLEL, ("0.020",), "3"),
        (PARALLEL, ("0.021",), "2.5"),
        (PARALLEL, ("0.030",), "2.5"),
        (PARALLEL, ("0.031",), "2"),
        (PARALLEL, ("0.500",), "0"),
        (STRAIGHT, ("0.015",), "2"),
        (STRAIGHT, ("0.016",), "1.5"),
        (SQUARENESS, ("0.012",), "2"),
        (SQUARENESS, ("0.018",), "1"),
        (BORE, ("79.985", "79.970", "80.000"), "2"),
        (BORE, ("79.985", "79.964", "80.000"), "1"),
        (WIRES, ("0", "0"), "3"),
        (WIRES, ("9", "1"), "0.7"),
        (WIRES, ("9", "9"), "0"),
        (ORDER, ("0",), "0"),
        (ORDER, ("1",), "0.6666666666666666666666666667"),
        (ORDER, ("3",), "2"),
        (PAPER, ("86.5",), "86.5"),
        (PAPER, ("86.50",), "86.5"),
    ],
)
def test_mark_points_gives_what_the_rule_says(aspect: Aspect, values: tuple[str, ...], points: str) -> None:
    """A reading on, just within and just beyond each limit gives exactly these points, in their plain form."""
    assert str(mark_points(aspect, decimals(*values), "marked")[0]) == points


@pytest.mark.parametrize(
    ("aspect", "values", "zh", "en"),
    [
        (YES, ("1",), ("是 → 得 2.00 / 2.00 分",), ("yes → 2.00 of 2.00",)),
        (YES, ("0",), ("否 → 得 0.00 / 2.00 分",), ("no → 0.00 of 2.00",)),
        (LEVELS, ("1",), ("“良好” → 得 8.00 / 10.00 分",), ("“good” → 8.00 of 10.00",)),
        (
            RUNOUT,
            ("0.008",),
            ("0.008 mm → 在允差 0.010 之内 → 得 3.00 / 3.00 分",),
            ("0.008 mm → within 0.010 → 3.00 of 3.00",),
        ),
        (
            RUNOUT,
            ("0.016",),
            ("0.016 mm → 超出允差 0.010 达 0.006 → 保留 50 % → 得 1.50 / 3.00 分",),
            ("0.016 mm → +0.006 over 0.010 → keeps 50 % → 1.50 of 3.00",),
        ),
        (
            RUNOUT,
            ("0.050",),
            ("0.050 mm → 超出允差 0.010 达 0.040 → 超过最后一档 → 得 0.00 / 3.00 分",),
            ("0.050 mm → +0.040 over 0.010 → beyond the last band → 0.00 of 3.00",),
        ),
        (
            PASS_FAIL,
            ("0.016",),
            ("0.016 mm → 超出允差 0.010 达 0.006 → 得 0.00 / 3.00 分",),
            ("0.016 mm → +0.006 over 0.010 → 0.00 of 3.00",),
        ),
        (
            PARALLEL,
            ("0.034",),
            ("0.034 mm → 超出允差 0.020 达 0.014 → 每超 0.010 扣 0.50，计 2 次，扣 1.00 → 得 2.00 / 3.00 分",),
            ("0.034 mm → +0.014 over 0.020 → 2 × 0.010 begun, 0.50 each: −1.00 → 2.00 of 3.00",),
        ),
        (
            STRAIGHT,
            ("0.012",),
            (
                "测量范围 650 mm，属 ≤800 mm 一档 → 允差 0.015 mm",
                "0.012 mm → 在允差 0.015 之内 → 得 2.00 / 2.00 分",
            ),
            ("size 650 mm, step up to 800 mm → 0.015 mm allowed", "0.012 mm → within 0.015 → 2.00 of 2.00"),
        ),
        (
            SQUARENESS,
            ("0.012",),
            (
                "每 500 mm 允差 0.020 mm，测量长度 300 mm → 允差 0.012 mm",
                "0.012 mm → 在允差 0.012 之内 → 得 2.00 / 2.00 分",
            ),
            ("0.020 mm per 500 mm, over 300 mm → 0.012 mm allowed", "0.012 mm → within 0.012 → 2.00 of 2.00"),
        ),
        (
            BORE,
            ("79.985", "79.964", "80.000"),
            (
                (
                    "79.985, 79.964, 80.000 mm → 最差 79.964 → 与 79.985 相差 0.021"
                    " → 超出允差 0.015 达 0.006 → 保留 50 % → 得 1.00 / 2.00 分"
                ),
            ),
            (
                (
                    "79.985, 79.964, 80.000 mm → worst 79.964 → 0.021 off 79.985"
                    " → +0.006 over 0.015 → keeps 50 % → 1.00 of 2.00"
                ),
            ),
        ),
        (WIRES, ("0", "0"), ("无扣分 → 得 3.00 / 3.00 分",), ("nothing deducted → 3.00 of 3.00",)),
        (
            WIRES,
            ("9", "1"),
            (
                "线号：9 × 0.50 = 4.50，最多 2.00 → −2.00",
                "接线：1 × 0.30 = 0.30 → −0.30",
                "合计 −2.30 → 得 0.70 / 3.00 分",
            ),
            (
                "wire number: 9 × 0.50 = 4.50, at most 2.00 → −2.00",
                "connection: 1 × 0.30 = 0.30 → −0.30",
                "−2.30 in all → 0.70 of 3.00",
            ),
        ),
        (
            ORDER,
            ("1",),
            ("等级 1（最高 3）：“合格” → 2.00 的 1/3 → 得 ≈0.6667 / 2.00 分",),
            ("level 1 of 3: “fair” → 1/3 of 2.00 → ≈0.6667 of 2.00",),
        ),
        (PAPER, ("86.5",), ("评 86.5 分 → 得 86.50 / 100.00 分",), ("86.5 given → 86.50 of 100.00",)),
    ],
)
def test_mark_points_tells_its_steps(
    aspect: Aspect, values: tuple[str, ...], zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    """The steps name the reading, the rule and the points in both languages."""
    steps = tuple(Text(zh=chinese, en=english) for chinese, english in zip(zh, en, strict=True))
    assert mark_points(aspect, decimals(*values), "marked")[1] == steps


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("not_measured", Text(zh="未测量 → 不得分", en="not measured → no points")),
        ("absent", Text(zh="缺席 → 不得分", en="absent → no points")),
        ("not_attempted", Text(zh="未做 → 不得分", en="not attempted → no points")),
    ],
)
def test_mark_points_gives_nothing_without_a_reading(state: MarkState, step: Text) -> None:
    """Each state without a reading gives no points and says why, for every kind of aspect."""
    aspects = (YES, LEVELS, RUNOUT, WIRES, ORDER, PAPER)
    assert {mark_points(aspect, (), state) for aspect in aspects} == {(Decimal(0), (step,))}


@pytest.mark.parametrize(
    ("tolerance", "expected"),
    [
        (FixedTolerance(allowed=Decimal("0.007")), "0.007"),
        (TRAVEL, "0.015"),
        (ToleranceBySize(size=Decimal(500), steps=TRAVEL.steps), "0.010"),
        (SQUARE, "0.012"),
        (ToleranceByLength(allowed=Decimal("0.015"), per=Decimal(300), length=Decimal(600)), "0.03"),
    ],
)
def test_allowed_follows_size_and_length(tolerance: Tolerance, expected: str) -> None:
    """A tolerance by size takes the first step that reaches it, a tolerance by length grows in proportion."""
    assert allowed(tolerance) == Decimal(expected)


def test_allowed_refuses_a_size_beyond_the_last_step() -> None:
    """A size that no step reaches has no tolerance, rather than the last one's."""
    with pytest.raises(NoToleranceForSize, match="no step for a size of 1300 mm"):
        allowed(ToleranceBySize(size=Decimal(1300), steps=TRAVEL.steps))


def test_exact_points_has_thirds_without_an_end() -> None:
    """Three times two thirds of a point, in parts, is exactly two points."""
    assert [exact_points(ORDER, decimals("1"), "marked", 3), exact_points(YES, decimals("1"), "marked", 3)] == [2, 6]


@pytest.mark.parametrize(
    ("aspect", "values", "state", "problem", "sentence"),
    [
        (RUNOUT, (), "marked", WrongNumberOfReadings, "Aspect M needs another number of readings: 1, not 0."),
        (BORE, ("80", "80"), "marked", WrongNumberOfReadings, "Aspect B needs another number of readings: 3, not 2."),
        (WIRES, ("1",), "marked", WrongNumberOfReadings, "Aspect D needs another number of readings: 2, not 1."),
        (YES, ("1",), "absent", ReadingsWithoutMarking, "Aspect Y is marked as having no reading, yet one came."),
        (RUNOUT, ("NaN",), "marked", NotANumber, "Aspect M: a reading is not a number."),
        (RUNOUT, ("sNaN",), "marked", NotANumber, "Aspect M: a reading is not a number."),
        (PAPER, ("-Infinity",), "marked", NotANumber, "Aspect T: a reading is not a number."),
        (RUNOUT, ("1000001",), "marked", ReadingTooLarge, "Aspect M: 1000001 is larger than 1000000."),
        (WIRES, ("1E+999999999", "0"), "marked", ReadingTooLarge, "Aspect D: 1E+999999999 is larger than 1000000."),
        (RUNOUT, ("9" * 5000,), "marked", ReadingTooLarge, f"Aspect M: {'9' * 24}… is larger than 1000000."),
        (RUNOUT, ("0.0165",), "marked", TooManyDecimals, "Aspect M: 0.0165 has more than 3 decimals."),
        (RUNOUT, ("1E-999999999",), "marked", TooManyDecimals, "Aspect M: 1E-999999999 has more than 12 decimals."),
        (YES, ("0.5",), "marked", NotYesOrNo, "Aspect Y: 0.5 is neither yes (1) nor no (0)."),
        (LEVELS, ("3",), "marked", NoSuchOption, "Aspect C has no option 3. Choose one from 0 to 2."),
        (LEVELS, ("-1",), "marked", NoSuchOption, "Aspect C has no option -1."),
        (LEVELS, ("0.5",), "marked", NoSuchOption, "Aspect C has no option 0.5."),
        (WIRES, ("0", "-1"), "marked", NotACount, "Aspect D: -1 is not a count for item 2."),
        (WIRES, ("1.5", "0"), "marked", NotACount, "Aspect D: 1.5 is not a count for item 1."),
        (ORDER, ("4",), "marked", NotALevel, "Aspect J: 4 is not a level."),
        (ORDER, ("2.5",), "marked", NotALevel, "Aspect J: 2.5 is not a level."),
        (PAPER, ("100.5",), "marked", ScoreOutOfRange, "Aspect T: 100.5 is not between 0 and 100."),
        (PAPER, ("-0.5",), "marked", ScoreOutOfRange, "Aspect T: -0.5 is not between 0 and 100."),
        (PAPER, ("86.25",), "marked", ScoreOffStep, "Aspect T: 86.25 is not a multiple of 0.5."),
    ],
)
def test_check_reading_refuses_what_is_no_reading(
    aspect: Aspect, values: tuple[str, ...], state: MarkState, problem: type[Problem], sentence: str
) -> None:
    """Each wrong reading is refused by its own problem, whose sentence begins with what is wrong and where."""
    with pytest.raises(problem) as refused:
        check_reading(aspect, decimals(*values), state)
    assert (type(refused.value), str(refused.value)[: len(sentence)]) == (problem, sentence)


@pytest.mark.parametrize(
    ("aspect", "values", "state"),
    [
        (RUNOUT, ("0.016",), "marked"),
        (RUNOUT, ("0.0160",), "marked"),
        (RUNOUT, ("-0.004",), "marked"),
        (RUNOUT, (), "not_measured"),
        (BORE, ("79.985", "79.964", "80.000"), "marked"),
        (YES, ("0",), "marked"),
        (LEVELS, ("2",), "marked"),
        (WIRES, ("0", "40"), "marked"),
        (ORDER, ("3",), "marked"),
        (PAPER, ("0",), "marked"),
        (PAPER, ("99.5",), "marked"),
        (PAPER, (), "absent"),
    ],
)
def test_check_reading_takes_what_the_aspect_asks_for(
    aspect: Aspect, values: tuple[str, ...], state: MarkState
) -> None:
    """Readings as the aspect's kind asks for pass, and so does a state without any."""
    check_reading(aspect, decimals(*values), state)


@pytest.mark.parametrize(
    ("aspect", "values", "expected"),
    [
        (RUNOUT, ("0.100",), False),
        (RUNOUT, ("0.101",), True),
        (RUNOUT, ("16",), True),
        (BORE, ("79.000", "80.000", "81.000"), False),
        (BORE, ("79.985", "78.999", "80.000"), True),
        (BORE, ("79.985", "80.000", "81.001"), True),
        (PASS_FAIL, ("-0.101",), True),
        (WIRES, ("60", "0"), False),
        (WIRES, ("61", "0"), True),
        (PAPER, ("0",), False),
        (YES, ("1",), False),
    ],
)
def test_is_implausible_notices_a_slip(aspect: Aspect, values: tuple[str, ...], *, expected: bool) -> None:
    """A reading outside the instrument's range, or without one far beyond the tolerance, looks like a slip."""
    assert is_implausible(aspect, decimals(*values)) == expected


def readings_of(aspect: Aspect) -> st.SearchStrategy[tuple[Decimal, ...]]:
    """Any reading that ``check_reading`` takes."""
    match aspect:
        case Measurement(places=places, readings=readings):
            value = st.decimals(-200, 200, places=places)
            return st.tuples(*[value] * readings)
        case Deduction(items=items):
            return st.tuples(*[st.integers(0, 1000).map(Decimal)] * len(items))
        case Choice(options=options):
            return st.tuples(st.integers(0, len(options) - 1).map(Decimal))
        case Judgement():
            return st.tuples(st.integers(0, 3).map(Decimal))
        case Binary():
            return st.tuples(st.integers(0, 1).map(Decimal))
        case Score():
            return st.tuples(st.integers(0, 200).map(lambda halves: Decimal(halves) / 2))


ASPECTS: tuple[Aspect, ...] = (
    YES,
    LEVELS,
    RUNOUT,
    PASS_FAIL,
    PARALLEL,
    STRAIGHT,
    SQUARENESS,
    BORE,
    WIRES,
    ORDER,
    PAPER,
)


@settings(deadline=None)
@given(st.sampled_from(ASPECTS).flatmap(lambda aspect: st.tuples(st.just(aspect), readings_of(aspect))))
def test_points_lie_between_nothing_and_all(marked: tuple[Aspect, tuple[Decimal, ...]]) -> None:
    """Whatever is read, an aspect gives no less than nothing and no more than its points, and says how."""
    aspect, values = marked
    check_reading(aspect, values, "marked")
    points, steps = mark_points(aspect, values, "marked")
    assert 0 <= points <= aspect.points
    assert all(step.zh and step.en for step in steps)


@settings(deadline=None)
@given(
    st.sampled_from([RUNOUT, PASS_FAIL, PARALLEL, STRAIGHT, SQUARENESS]),
    st.decimals(0, 1, places=3),
    st.decimals(0, 1, places=3),
)
def test_the_nearer_reading_never_gives_less(aspect: Measurement, one: Decimal, other: Decimal) -> None:
    """Of two deviations the smaller one gives as many points or more."""
    near, far = sorted((one, other))
    assert mark_points(aspect, (near,), "marked")[0] >= mark_points(aspect, (far,), "marked")[0]


@settings(deadline=None)
@given(st.sampled_from([WIRES, RUNOUT, PAPER]), st.integers(0, 6))
def test_steps_depend_on_the_value_only(aspect: Aspect, whole: int) -> None:
    """Zeros at the end of a reading change neither points nor steps."""
    plain = tuple(Decimal(whole) for _ in range(2 if aspect is WIRES else 1))
    padded = tuple(value.quantize(Decimal("0.000")) for value in plain)
    assert repr(mark_points(aspect, plain, "marked")) == repr(mark_points(aspect, padded, "marked"))
