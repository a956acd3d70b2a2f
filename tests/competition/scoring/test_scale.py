"""Scales: exact figures of the whole field, rounded once, with what they were made from."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.scale import median, scaled
from schemas.aspects import Rounding
from schemas.closing import PercentOfBest, Scale, WorldSkillsLike, ZScore

THIRTY_TWO = (
    *("91.27", "89.40", "88.13", "86.55", "86.54", "84.02", "83.77", "81.90", "80.16", "79.95", "79.94"),
    *("78.61", "77.30", "76.88", "75.02", "74.47", "73.90", "72.15", "71.66", "70.08", "69.93", "67.41"),
    *("66.20", "64.75", "61.88", "60.07", "58.34", "55.19", "49.96", "41.20", "30.05", "12.50"),
)
"""Totals of thirty-two competitors. Median (74.47 + 73.90) / 2 = 74.185; the middle deviations are 7.985 and 9.435: MAD 8.71."""


def on(scale: Scale | None, totals: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The scaled figures of these totals in order, and the inputs."""
    figures, inputs = scaled(scale, {UUID(int=number): Decimal(total) for number, total in enumerate(totals)})
    in_order = [str(figures[UUID(int=number)]) for number in range(len(figures))]
    return in_order, {name: str(value) for name, value in inputs.items()}


@pytest.mark.parametrize(
    ("scale", "totals", "figures", "inputs"),
    [
        (None, ("1", "2"), [], {}),
        (PercentOfBest(), (), [], {}),
        (PercentOfBest(), ("90", "60", "45"), ["100", "66.67", "50"], {"best": "90"}),
        (PercentOfBest(rounding=Rounding(places=1, mode="down")), ("90", "60"), ["100", "66.6"], {"best": "90"}),
        (PercentOfBest(), ("0", "0"), ["0", "0"], {"best": "0"}),
        (PercentOfBest(), ("-2", "-4"), ["0", "0"], {"best": "-2"}),
        # 700 + 30 x 10 / 14.826 = 720.23…
        (WorldSkillsLike(), ("40", "50", "60"), ["680", "700", "720"], {"median": "50", "mad": "10"}),
        (WorldSkillsLike(factor=Decimal(1)), ("40", "50", "60"), ["670", "700", "730"], {"median": "50", "mad": "10"}),
        (WorldSkillsLike(), ("70",), ["700"], {"median": "70", "mad": "0"}),
        (WorldSkillsLike(), ("70", "70.0"), ["700", "700"], {"median": "70", "mad": "0"}),
        (
            WorldSkillsLike(),
            ("-2000", "1", "2", "3", "4", "2000"),
            ["0", "680", "693", "707", "720", "1000"],
            {"median": "2.5", "mad": "1.5"},
        ),
        (WorldSkillsLike(), ("5", "5", "5", "5", "9"), ["700"] * 5, {"median": "5", "mad": "0"}),
        (  # 700 + 30 x 4 / (1.253314 x 0.8) = 819.68…
            WorldSkillsLike(when_flat="mean_deviation"),
            ("5", "5", "5", "5", "9"),
            ["700", "700", "700", "700", "820"],
            {"median": "5", "mad": "0", "mean_deviation": "0.8"},
        ),
        (  # the mean is 5.8, the variance (4 x 0.64 + 10.24) / 5 = 2.56: 700 + 30 x 4 / 1.6
            WorldSkillsLike(when_flat="standard_deviation"),
            ("5", "5", "5", "5", "9"),
            ["700", "700", "700", "700", "775"],
            {"median": "5", "mad": "0", "standard_deviation": "1.6"},
        ),
        (
            WorldSkillsLike(when_flat="standard_deviation"),
            ("5", "5"),
            ["700", "700"],
            {"median": "5", "mad": "0", "standard_deviation": "0"},
        ),
        (
            ZScore(),
            ("2", "4", "4", "4", "5", "5", "7", "9"),
            ["-1.5", "-0.5", "-0.5", "-0.5", "0", "0", "1", "2"],
            {"mean": "5", "deviation": "2"},
        ),
        (  # a half goes away from zero
            ZScore(rounding=Rounding(places=0)),
            ("2", "4", "4", "4", "5", "5", "7", "9"),
            ["-2", "-1", "-1", "-1", "0", "0", "1", "2"],
            {"mean": "5", "deviation": "2"},
        ),
        (  # √(32 / 7) = 2.138089935…
            ZScore(of="sample", centre=Decimal(50), spread=Decimal(10)),
            ("2", "4", "4", "4", "5", "5", "7", "9"),
            ["35.97", "45.32", "45.32", "45.32", "50", "50", "59.35", "68.71"],
            {"mean": "5", "deviation": "2.138089935299395077476427847"},
        ),
        (ZScore(of="sample"), ("7",), ["0"], {"mean": "7", "deviation": "0"}),
        (ZScore(centre=Decimal(500)), ("7", "7"), ["500", "500"], {"mean": "7", "deviation": "0"}),
    ],
)
def test_scaled(scale: Scale | None, totals: tuple[str, ...], figures: list[str], inputs: dict[str, str]) -> None:
    """These totals have these figures on the scale, made from these inputs."""
    assert on(scale, totals) == (figures, inputs)


def by_fractions(totals: Sequence[str]) -> list[int]:
    """The WorldSkills-like scale in whole fractions, written from its formula alone."""
    values = [Fraction(total) for total in totals]

    def middle(numbers: list[Fraction]) -> Fraction:
        ordered, half = sorted(numbers), len(numbers) // 2
        return ordered[half] if len(numbers) % 2 else (ordered[half - 1] + ordered[half]) / 2

    centre = middle(values)
    mad = middle([abs(value - centre) for value in values])
    if not mad:
        return [700] * len(values)
    held = [
        min(max(700 + 30 * (value - centre) / (Fraction("1.4826") * mad), Fraction(0)), Fraction(1000))
        for value in values
    ]
    return [floor(value + Fraction(1, 2)) for value in held]


def test_a_field_of_thirty_two() -> None:
    """A whole field on the WorldSkills-like scale: worked out with a pocket calculator, and in fractions."""
    figures, inputs = on(WorldSkillsLike(), THIRTY_TWO)
    assert figures == [
        *(
            "740",
            "735",
            "732",
            "729",
            "729",
            "723",
            "722",
            "718",
            "714",
            "713",
            "713",
            "710",
            "707",
            "706",
            "702",
            "701",
        ),
        *(
            "699",
            "695",
            "694",
            "690",
            "690",
            "684",
            "681",
            "678",
            "671",
            "667",
            "663",
            "656",
            "644",
            "623",
            "597",
            "557",
        ),
    ]
    assert figures == [str(figure) for figure in by_fractions(THIRTY_TWO)]
    assert inputs == {"median": "74.185", "mad": "8.71"}


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=40))
def test_worldskills_like_agrees_with_fractions(totals: list[Decimal]) -> None:
    """Any field has the figures that whole fractions give."""
    written = [str(total) for total in totals]
    assert on(WorldSkillsLike(), written)[0] == [str(figure) for figure in by_fractions(written)]


@given(
    st.sampled_from([PercentOfBest(), WorldSkillsLike(when_flat="mean_deviation"), ZScore(), ZScore(of="sample")]),
    st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=20),
)
def test_a_scale_keeps_the_order(scale: Scale, totals: list[Decimal]) -> None:
    """Nobody with a lower total has a higher figure, and equals have equal figures."""
    figures, _ = scaled(scale, {UUID(int=number): total for number, total in enumerate(totals)})
    by_total = sorted(zip(totals, (figures[UUID(int=number)] for number in range(len(totals))), strict=True))
    assert [figure for _, figure in by_total] == sorted(figures.values())


@pytest.mark.parametrize(
    ("values", "expected"),
    [(("3",), "3"), (("1", "9", "2"), "2"), (("4", "1", "3", "2"), "2.5"), (("0.01", "0.02"), "0.015")],
)
def test_median(values: tuple[str, ...], expected: str) -> None:
    """The middle one, or halfway between the two in the middle."""
    assert median([Decimal(value) for value in values]) == Decimal(expected)
