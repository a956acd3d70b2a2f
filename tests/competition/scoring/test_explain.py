"""The steps to the points of every kind name the reading, every figure of the rule and the points, in both languages."""

from __future__ import annotations

import re
from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.explain import mark_points
from competition.scoring.points import exact_points
from competition.scoring.rounding import figure, shown
from schemas.aspects import Aspect, Time, TimeItself, TimeLeft
from schemas.base import Text
from schemas.marks import MarkState
from tests.competition.scoring.kinds import (
    ASPECTS,
    BANDS,
    BORE,
    ELEMENT,
    FIVE,
    LAPS,
    LEFT,
    LENGTH,
    LEVELS,
    NAME,
    ORDER,
    OVER,
    PAPER,
    PARALLEL,
    PASS_FAIL,
    RACE,
    ROUGH,
    RUNOUT,
    SAFETY,
    SHAFT,
    SHARES,
    SIDED,
    SQUARENESS,
    STRAIGHT,
    TEETH,
    THEORY,
    THIRDS,
    WIRES,
    YES,
    decimals,
    fixed,
    limits,
    linear,
    marked,
    measurement,
    timed,
)


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
        (
            TEETH,
            ("7",),
            ("完成 7 项，共 12 项 → 2.00 的 7/12 → 得 ≈1.1667 / 2.00 分",),
            ("7 of 12 done → 7/12 of 2.00 → ≈1.1667 of 2.00",),
        ),
        (SHARES, ("1",), ("“部分” → 保留 30 % → 得 4.50 / 15.00 分",), ("“partly” → keeps 30 % → 4.50 of 15.00",)),
        (
            SAFETY,
            ("3",),
            ("违章：3 × 2.00 = 6.00 → −6.00", "合计 −6.00 → 最低 -5.00 → 得 -5.00 / 0.00 分"),
            ("breach: 3 × 2.00 = 6.00 → −6.00", "−6.00 in all → not below -5.00 → -5.00 of 0.00"),
        ),
        (
            SAFETY,
            ("2",),
            ("违章：2 × 2.00 = 4.00 → −4.00", "合计 −4.00 → 得 -4.00 / 0.00 分"),
            ("breach: 2 × 2.00 = 4.00 → −4.00", "−4.00 in all → -4.00 of 0.00"),
        ),
        (
            FIVE,
            ("4",),
            ("等级 4（最高 5）：“4” → 3.00 的 4/5 → 得 2.40 / 3.00 分",),
            ("level 4 of 5: “4” → 4/5 of 3.00 → 2.40 of 3.00",),
        ),
        (
            ELEMENT,
            ("-2",),
            ("评 -2 分 → 系数 2 在裁判合计后再乘 → 得 -2.00 / 3.00 分",),
            ("-2 given → factor 2 is applied to the panel's figure → -2.00 of 3.00",),
        ),
        (
            THEORY,
            ("86.5",),
            ("成绩 86.5，满分 150 → 40.00 的 86.5/150 → 得 ≈23.0667 / 40.00 分",),
            ("86.5 out of 150 → 86.5/150 of 40.00 → ≈23.0667 of 40.00",),
        ),
        (
            SHAFT,
            ("10.03",),
            ("10.03 mm → 高于上限 10.02 达 0.01 → 保留 80 % → 得 2.40 / 3.00 分",),
            ("10.03 mm → 0.01 above 10.02 → keeps 80 % → 2.40 of 3.00",),
        ),
        (
            SHAFT,
            ("9.94",),
            ("9.94 mm → 低于下限 9.97 达 0.03 → 超过最后一档 → 得 0.00 / 3.00 分",),
            ("9.94 mm → 0.03 below 9.97 → beyond the last band → 0.00 of 3.00",),
        ),
        (
            SHAFT,
            ("9.99",),
            ("9.99 mm → 符合 9.97 … 10.02 → 得 3.00 / 3.00 分",),
            ("9.99 mm → meets 9.97 … 10.02 → 3.00 of 3.00",),
        ),
        (
            measurement(limits()),
            ("9",),
            ("9.000 mm → 两侧都不限 → 得 3.00 / 3.00 分",),
            ("9.000 mm → free to both sides → 3.00 of 3.00",),
        ),
        (
            measurement(fixed("0.02"), SIDED, "10"),
            ("10.025",),
            ("10.025 mm → 与 10.000 相差 0.025 → 偏大，超出允差 0.020 达 0.005 → 保留 80 % → 得 2.40 / 3.00 分",),
            ("10.025 mm → 0.025 off 10.000 → +0.005 over 0.020, above → keeps 80 % → 2.40 of 3.00",),
        ),
        (
            measurement(fixed("0.02"), SIDED),
            ("-0.025",),
            ("-0.025 mm → 偏小，超出允差 0.020 达 0.005 → 保留 50 % → 得 1.50 / 3.00 分",),
            ("-0.025 mm → +0.005 over 0.020, below → keeps 50 % → 1.50 of 3.00",),
        ),
        (
            measurement(fixed("0.02"), linear("0.5", "0.01", "full")),
            ("0.045",),
            ("0.045 mm → 超出允差 0.020 达 0.025 → 每超满 0.010 扣 0.50，计 2 次，扣 1.00 → 得 2.00 / 3.00 分",),
            ("0.045 mm → +0.025 over 0.020 → 2 × 0.010 full, 0.50 each: −1.00 → 2.00 of 3.00",),
        ),
        (
            measurement(fixed("0.02"), linear("0.5", "0.01", "exact")),
            ("0.045",),
            ("0.045 mm → 超出允差 0.020 达 0.025 → 每超 0.010 扣 0.50，按比例扣 1.25 → 得 1.75 / 3.00 分",),
            ("0.045 mm → +0.025 over 0.020 → 0.50 for each 0.010, in proportion: −1.25 → 1.75 of 3.00",),
        ),
        (
            measurement(fixed("0.02"), BANDS, readings=2, take="mean"),
            ("0.02", "0.025"),
            ("0.020, 0.025 mm → 平均 0.0225 → 超出允差 0.020 达 0.0025 → 保留 75 % → 得 2.25 / 3.00 分",),
            ("0.020, 0.025 mm → mean 0.0225 → +0.0025 over 0.020 → keeps 75 % → 2.25 of 3.00",),
        ),
        (
            measurement(fixed("0.02"), BANDS, readings=2, take="best"),
            ("0.02", "0.025"),
            ("0.020, 0.025 mm → 最好 0.020 → 在允差 0.020 之内 → 得 3.00 / 3.00 分",),
            ("0.020, 0.025 mm → best 0.020 → within 0.020 → 3.00 of 3.00",),
        ),
        (
            measurement(THIRDS, BANDS),
            ("0.015",),
            (
                "每 300 mm 允差 0.016 mm，测量长度 250 mm → 允差 ≈0.0133 mm",
                "0.015 mm → 超出允差 ≈0.0133 达 ≈0.0017 → 保留 75 % → 得 2.25 / 3.00 分",
            ),
            (
                "0.016 mm per 300 mm, over 250 mm → ≈0.0133 mm allowed",
                "0.015 mm → +≈0.0017 over ≈0.0133 → keeps 75 % → 2.25 of 3.00",
            ),
        ),
        (LENGTH, ("10",), ("10.00 mm → 等于 10.00 → 得 4.00 / 4.00 分",), ("10.00 mm → equals 10.00 → 4.00 of 4.00",)),
        (
            LENGTH,
            ("9.95",),
            ("9.95 mm → 符合 9.90 … 10.10 → 保留 80 % → 得 3.20 / 4.00 分",),
            ("9.95 mm → meets 9.90 … 10.10 → keeps 80 % → 3.20 of 4.00",),
        ),
        (
            LENGTH,
            ("9",),
            ("9.00 mm → ≠ 10.00 → 不在任何一档之内 → 得 0.00 / 4.00 分",),
            ("9.00 mm → ≠ 10.00 → within none of the ranges → 0.00 of 4.00",),
        ),
        (
            ROUGH,
            ("1.2",),
            ("1.20 mm → 属 1.6 级 → 符合 ≤ 1.6 → 得 2.00 / 2.00 分",),
            ("1.20 mm → grade 1.6 → meets ≤ 1.6 → 2.00 of 2.00",),
        ),
        (
            ROUGH,
            ("2",),
            ("2.00 mm → 属 3.2 级 → 比 1.6 级差 1 级 → 保留 50 % → 得 1.00 / 2.00 分",),
            ("2.00 mm → grade 3.2 → worse than 1.6 by 1 → keeps 50 % → 1.00 of 2.00",),
        ),
        (
            ROUGH,
            ("6",),
            ("6.00 mm → 属 6.3 级 → 比 1.6 级差 2 级 → 超过最后一档 → 得 0.00 / 2.00 分",),
            ("6.00 mm → grade 6.3 → worse than 1.6 by 2 → beyond the last band → 0.00 of 2.00",),
        ),
        (
            ROUGH,
            ("7",),
            ("7.00 mm → 超过最后一级 6.3 → 得 0.00 / 2.00 分",),
            ("7.00 mm → beyond the last grade 6.3 → 0.00 of 2.00",),
        ),
        (
            LEFT,
            ("500",),
            ("500.00 s → 600 s 内剩余 100.00 s → 每满 30 s 得 0.50，计 3 次，得 1.50 → 得 1.50 / 10.00 分",),
            ("500.00 s → 100.00 s left of 600 s → 3 × 30 s full, 0.50 each: +1.50 → 1.50 of 10.00",),
        ),
        (
            LEFT,
            ("600",),
            ("600.00 s → 600 s 内无剩余时间 → 得 0.00 / 10.00 分",),
            ("600.00 s → nothing left of 600 s → 0.00 of 10.00",),
        ),
        (
            LEFT,
            ("901",),
            ("901.00 s → 901.00 超过 900 s 的截止时间，不计 → 没有有效时间 → 得 0.00 / 10.00 分",),
            ("901.00 s → 901.00 is beyond the stop at 900 s → no time that counts → 0.00 of 10.00",),
        ),
        (
            timed(TimeLeft(limit=Decimal(60), gain=Decimal(1), per=Decimal(4), count="begun")),
            ("10.5",),
            ("10.50 s → 60 s 内剩余 49.50 s → 每 4 s 得 1.00，计 13 次，得 13.00 → 最多 10.00 → 得 10.00 / 10.00 分",),
            ("10.50 s → 49.50 s left of 60 s → 13 × 4 s begun, 1.00 each: +13.00 → at most 10.00 → 10.00 of 10.00",),
        ),
        (
            timed(TimeLeft(limit=Decimal(60), gain=Decimal(1), per=Decimal(10), count="exact")),
            ("15",),
            ("15.00 s → 60 s 内剩余 45.00 s → 每 10 s 得 1.00，按比例得 4.50 → 得 4.50 / 10.00 分",),
            ("15.00 s → 45.00 s left of 60 s → 1.00 for each 10 s, in proportion: +4.50 → 4.50 of 10.00",),
        ),
        (
            OVER,
            ("590",),
            ("590.00 s → 在 600 s 之内 → 得 10.00 / 10.00 分",),
            ("590.00 s → within 600 s → 10.00 of 10.00",),
        ),
        (
            OVER,
            ("665.5",),
            ("665.50 s → 超出 600 s 达 65.50 s → 每超 60 s 扣 2.00，计 2 次，扣 4.00 → 得 6.00 / 10.00 分",),
            ("665.50 s → +65.50 s over 600 s → 2 × 60 s begun, 2.00 each: −4.00 → 6.00 of 10.00",),
        ),
        (
            LAPS,
            ("61",),
            ("61.00 s → 不超过 90 s → 保留 60 % → 得 6.00 / 10.00 分",),
            ("61.00 s → up to 90 s → keeps 60 % → 6.00 of 10.00",),
        ),
        (
            LAPS,
            ("91",),
            ("91.00 s → 超过最后一档 → 得 0.00 / 10.00 分",),
            ("91.00 s → beyond the last band → 0.00 of 10.00",),
        ),
        (
            RACE,
            ("50", "101"),
            ("50.00, 101.00 s → 101.00 超过 100 s 的截止时间，不计 → 最快 50.00 → 只比用时，不计分",),
            ("50.00, 101.00 s → 101.00 is beyond the stop at 100 s → best 50.00 → only compared, without points",),
        ),
    ],
)
def test_mark_points_tells_its_steps(
    aspect: Aspect, values: tuple[str, ...], zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    """The steps name the reading, the rule and the points in both languages."""
    steps = tuple(Text(zh=chinese, en=english) for chinese, english in zip(zh, en, strict=True))
    assert mark_points(aspect, decimals(*values), "marked")[1] == steps


def test_gain_that_just_comes_to_the_points_is_not_called_too_much() -> None:
    """Two thirds of a second, which have no last decimal, at 3 points a second are the aspect's 2 points, not more."""
    credit = TimeLeft(limit=Decimal(60), gain=Decimal(3), per=Decimal(1), count="exact")
    early = Time(id="Z", name=NAME, points=Decimal(2), credit=credit, runs=3, take="mean")
    (step,) = mark_points(early, decimals("59", "59", "60"), "marked")[1]
    assert step.en.endswith(" → 3.00 for each 1 s, in proportion: +2.00 → 2.00 of 2.00")


@pytest.mark.parametrize(
    ("aspect", "values", "points"),
    [
        (WIRES, ("9", "1"), "0.7"),
        (ORDER, ("1",), "0.6666666666666666666666666667"),
        (ORDER, ("3",), "2"),
        (PAPER, ("86.50",), "86.5"),
        (SHARES, ("0",), "15"),
        (SAFETY, ("2",), "-4"),
    ],
)
def test_mark_points_writes_points_in_their_plain_form(aspect: Aspect, values: tuple[str, ...], points: str) -> None:
    """A figure to write down has no needless zeros, and 28 digits where there is no last one."""
    assert str(mark_points(aspect, decimals(*values), "marked")[0]) == points


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("not_measured", Text(zh="未测量 → 不得分", en="not measured → no points")),
        ("absent", Text(zh="缺席 → 不得分", en="absent → no points")),
        ("not_attempted", Text(zh="未做 → 不得分", en="not attempted → no points")),
        ("did_not_finish", Text(zh="未完成 → 不得分", en="did not finish → no points")),
        ("disqualified", Text(zh="取消资格 → 不得分", en="disqualified → no points")),
        ("excluded", Text(zh="不参评 → 不得分", en="excluded → no points")),
    ],
)
def test_mark_points_gives_nothing_without_a_reading(state: MarkState, step: Text) -> None:
    """Each state without a reading gives no points and says why, for every kind of aspect."""
    assert {mark_points(aspect, (), state) for aspect in ASPECTS} == {(Decimal(0), (step,))}


@given(marked())
def test_the_last_figure_is_the_points(read: tuple[Aspect, tuple[Decimal, ...]]) -> None:
    """Every step speaks both languages, and the chain ends with the points it leads to; a mere time has none."""
    aspect, values = read
    points, steps = mark_points(aspect, values, "marked")
    assert points == figure(exact_points(aspect, values))
    assert all(step.zh and step.en for step in steps)
    if isinstance(aspect, Time) and isinstance(aspect.credit, TimeItself):
        assert points == 0
        return
    zh, en = re.search(r"得 (\S+) / \S+ 分$", steps[-1].zh), re.search(r"(\S+) of \S+$", steps[-1].en)
    assert [found and found[1] for found in (zh, en)] == [shown(points, 2)] * 2


@given(marked(), st.integers(0, 3))
def test_steps_depend_on_the_value_only(read: tuple[Aspect, tuple[Decimal, ...]], zeros: int) -> None:
    """Zeros at the end of a reading change neither points nor steps."""
    aspect, values = read
    padded = tuple(value + Decimal(0).scaleb(-zeros) for value in values)
    assert repr(mark_points(aspect, values, "marked")) == repr(mark_points(aspect, padded, "marked"))


@given(marked(), st.integers(1, 40))
def test_steps_do_not_depend_on_the_context(read: tuple[Aspect, tuple[Decimal, ...]], precision: int) -> None:
    """Whatever precision other code asks of Python, points and steps are the same."""
    aspect, values = read
    expected = mark_points(aspect, values, "marked")
    with localcontext(Context(prec=precision)):
        assert repr(mark_points(aspect, values, "marked")) == repr(expected)
