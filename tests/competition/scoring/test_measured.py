"""Measured values: on, just within and just beyond each limit, to either side, and with several readings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.measured import what_counts
from competition.scoring.points import exact_points
from competition.scoring.rounding import settled
from schemas.aspects import BandedCredit, GradedCredit, Limits, LinearCredit, Measurement, Take
from tests.competition.scoring.kinds import (
    BANDS,
    BORE,
    LENGTH,
    PARALLEL,
    PASS_FAIL,
    ROUGH,
    RUNOUT,
    SHAFT,
    SIDED,
    SQUARENESS,
    STRAIGHT,
    THIRDS,
    TWO_THIRDS,
    decimals,
    fixed,
    limits,
    linear,
    measurement,
)


@pytest.mark.parametrize(
    ("aspect", "values", "points"),
    [
        (RUNOUT, ("0.010",), "3"),
        (RUNOUT, ("-0.010",), "3"),
        (RUNOUT, ("0.011",), "2.25"),
        (RUNOUT, ("0.015",), "2.25"),
        (RUNOUT, ("0.016",), "1.5"),
        (RUNOUT, ("-0.020",), "1.5"),
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
        (SQUARENESS, ("0.013",), "1.5"),
        (SQUARENESS, ("0.018",), "1"),
        (BORE, ("79.985", "79.970", "80.000"), "2"),
        (BORE, ("79.985", "79.964", "80.000"), "1"),
        (measurement(None, linear("1", "1")), ("0",), "3"),
        (measurement(None, linear("1", "1")), ("0.001",), "2"),
    ],
)
def test_a_tolerance_holds_to_both_sides(aspect: Measurement, values: tuple[str, ...], points: str) -> None:
    """At the limit all is well; beyond it the band or the steps say what is kept. Without a tolerance nothing is allowed."""
    assert exact_points(aspect, decimals(*values)) == Decimal(points)


@pytest.mark.parametrize(
    ("reading", "points"),
    [
        ("10.02", "3"),
        ("10.03", "2.4"),
        ("10.04", "1.2"),
        ("10.05", "0"),
        ("9.97", "3"),
        ("9.96", "1.5"),
        ("9.95", "0"),
    ],
)
def test_limits_and_bands_differ_by_side(reading: str, points: str) -> None:
    """A shaft too thick can be turned again and keeps more than one too thin; each side has its own limit and bands."""
    assert exact_points(SHAFT, decimals(reading)) == Decimal(points)


@pytest.mark.parametrize(
    ("tolerance", "reading", "points"),
    [
        (limits(upper="0.05"), "-99", "3"),
        (limits(upper="0.05"), "0.05", "3"),
        (limits(upper="0.05"), "0.051", "0"),
        (limits(lower="-0.05"), "99", "3"),
        (limits(lower="-0.05"), "-0.051", "0"),
        (limits(lower="0.02", upper="0.05"), "0.02", "3"),
        (limits(lower="0.02", upper="0.05"), "0", "0"),
        (limits(), "99", "3"),
    ],
)
def test_a_side_without_a_limit_is_free(tolerance: Limits, reading: str, points: str) -> None:
    """Where no limit is given, no reading is outside; both limits may lie on one side of the nominal value."""
    assert exact_points(measurement(tolerance), decimals(reading)) == Decimal(points)


@pytest.mark.parametrize(
    ("credit", "reading", "points"),
    [
        (linear("0.5", "0.02", "begun"), "0.019", "3"),
        (linear("0.5", "0.02", "begun"), "0.021", "2.5"),
        (linear("0.5", "0.02", "begun"), "0.040", "2.5"),
        (linear("0.5", "0.02", "begun"), "0.041", "2"),
        (linear("0.5", "0.02", "full"), "0.039", "3"),
        (linear("0.5", "0.02", "full"), "0.040", "2.5"),
        (linear("0.5", "0.02", "full"), "0.041", "2.5"),
        (linear("0.5", "0.02", "exact"), "0.030", "2.75"),
        (linear("0.5", "0.02", "exact"), "0.140", "0"),
        (linear("0.5", "0.02", "exact"), "0.141", "0"),
        (linear("3", "0.03", "exact"), "0.030", "2"),
    ],
)
def test_steps_of_excess_are_begun_full_or_in_proportion(credit: LinearCredit, reading: str, points: str) -> None:
    """A part of a step counts as a whole one, not at all, or in proportion; the points end at zero."""
    assert exact_points(measurement(fixed("0.020"), credit), decimals(reading)) == Decimal(points)


@pytest.mark.parametrize(
    ("reading", "points"),
    [
        ("10", "4"),
        ("10.00", "4"),
        ("9.90", "3.2"),
        ("10.10", "3.2"),
        ("10.11", "1"),
        ("9.89", "1"),
        ("9.50", "1"),
        ("9.49", "0"),
        ("10.21", "0"),
    ],
)
def test_ranges_keep_what_the_first_that_holds_the_reading_says(reading: str, points: str) -> None:
    """Only the nominal value gives all; ends belong to a range, and the first of overlapping ones counts."""
    assert exact_points(LENGTH, decimals(reading)) == Decimal(points)


@pytest.mark.parametrize(
    ("reading", "points"),
    [("0.4", "2"), ("1.6", "2"), ("1.61", "1"), ("3.2", "1"), ("3.21", "0"), ("6.4", "0")],
)
def test_a_grade_worse_keeps_half(reading: str, points: str) -> None:
    """A roughness is of the first grade that is not below it: better or equal gives all, one grade worse half, two nothing."""
    assert exact_points(ROUGH, decimals(reading)) == Decimal(points)


def test_beyond_the_last_grade_nothing_is_kept() -> None:
    """A reading beyond the scale is worse than all grades, however many the list of shares would reach."""
    credit = GradedCredit(grades=decimals("1.6", "3.2"), keep=decimals("0.5", "0.25"))
    aspect = measurement(None, credit, "1.6", points="4")
    assert [exact_points(aspect, decimals(value)) for value in ("3.2", "3.3")] == [Decimal(2), Decimal(0)]


@pytest.mark.parametrize(
    ("take", "values", "value"),
    [
        ("worst", ("10.03", "9.96", "10.01"), "10.03"),
        ("worst", ("10.01", "9.98", "10.00"), "9.98"),
        ("worst", ("10.01", "9.99", "10.00"), "10.01"),
        ("best", ("10.03", "9.94", "9.95"), "10.03"),
        ("best", ("10.01", "9.98", "10.01"), "10.01"),
        ("best", ("10.01", "9.99"), "9.99"),
        ("mean", ("10.02", "9.96", "9.99"), "9.99"),
    ],
)
def test_of_several_readings_one_counts(take: Take, values: tuple[str, ...], value: str) -> None:
    """The worst lies farthest outside its own limit, then farthest off nominal, then higher; the best the other way round."""
    aspect = measurement(limits("-0.04", "0.02"), SIDED, "10", readings=len(values), take=take)
    assert what_counts(aspect, decimals(*values)).value == Decimal(value)


def test_the_worst_is_by_its_own_limit() -> None:
    """A reading within a wide limit is no worse than one beyond a narrow one, though farther off the nominal value."""
    aspect = measurement(limits("-0.50", "0.01"), BANDS, "10", readings=2)
    assert what_counts(aspect, decimals("9.60", "10.02")).value == Decimal("10.02")


@pytest.mark.parametrize(
    ("aspect", "values", "points"),
    [
        (measurement(THIRDS), ("0.013",), "3"),
        (measurement(THIRDS), ("0.014",), "0"),
        (measurement(THIRDS, linear("3", "0.01", "exact"), points="9"), ("0.014",), "8.8"),
        (measurement(THIRDS, linear("3", "0.02", "exact"), points="9"), ("0.030",), "6.5"),
        (measurement(TWO_THIRDS, nominal="80", readings=3, take="mean"), ("80.02", "80", "80"), "3"),
        (measurement(TWO_THIRDS, BANDS, "80", readings=3, take="mean"), ("80.035", "80", "80"), "2.25"),
        (measurement(TWO_THIRDS, BANDS, "80", readings=3, take="mean"), ("80.036", "80", "80"), "1.5"),
        (measurement(THIRDS, nominal="80", readings=3, take="mean"), ("80.04", "80", "80"), "3"),
        (measurement(THIRDS, nominal="80", readings=3, take="mean"), ("80.041", "80", "80"), "0"),
        (measurement(THIRDS, linear("1", "0.01"), readings=3, take="mean"), ("0.050", "0.010", "0.010"), "2"),
        (measurement(THIRDS, linear("1", "0.01", "full"), readings=3, take="mean"), ("0.050", "0.010", "0.010"), "2"),
        (
            measurement(
                THIRDS,
                BandedCredit(bands=(BANDS.bands[1],)),
                readings=3,
                take="mean",
            ),
            ("0.050", "0.010", "0.010"),
            "1.5",
        ),
    ],
)
def test_figures_without_a_last_decimal_decide_exactly(
    aspect: Measurement, values: tuple[str, ...], points: str
) -> None:
    """A tolerance or a mean of thirds is as sharp as any: exactly at the limit is within, and a whole step is one step."""
    assert settled(exact_points(aspect, decimals(*values))) == Decimal(points)


@given(
    st.sampled_from([RUNOUT, PASS_FAIL, PARALLEL, STRAIGHT, SQUARENESS, SHAFT, ROUGH, measurement(THIRDS, BANDS)]),
    st.sampled_from([1, -1]),
    st.decimals(0, 1, places=3),
    st.decimals(0, 1, places=3),
)
def test_the_nearer_reading_never_gives_less(aspect: Measurement, side: int, one: Decimal, other: Decimal) -> None:
    """Of two deviations to the same side the smaller one gives as many points or more; a finer surface never gives less."""
    near, far = sorted((one, other))
    if side < 0 and isinstance(aspect.credit, GradedCredit):
        near, far = far, near
    give = [exact_points(aspect, (aspect.nominal + side * off,)) for off in (near, far)]
    assert give == sorted(give, reverse=True)


@given(st.lists(st.decimals(9, 11, places=2), min_size=3, max_size=3).map(tuple))
def test_the_worst_gives_least_and_the_best_most(values: tuple[Decimal, ...]) -> None:
    """With the same rule for both sides, the readings one by one give no less than the worst and no more than the best."""
    rule = fixed("0.1"), linear("1", "0.1"), "10"
    alone = sorted(exact_points(measurement(*rule), (value,)) for value in values)
    worst = exact_points(measurement(*rule, readings=3, take="worst"), values)
    best = exact_points(measurement(*rule, readings=3, take="best"), values)
    assert (worst, best) == (alone[0], alone[-1])
