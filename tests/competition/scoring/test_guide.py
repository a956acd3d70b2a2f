"""What a judge is told about a measured aspect before measuring."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.guide import Guide, Rung, guide_to
from schemas.aspects import Band, BandedCredit, FixedTolerance, LinearCredit, Measurement, ToleranceByLength
from schemas.base import Text
from tests.competition.scoring.kinds import (
    BANDS,
    LENGTH,
    ROUGH,
    SHAFT,
    SIDED,
    THIRDS,
    fixed,
    limits,
    linear,
    measurement,
)

NAME = Text(zh="跳动", en="runout")


def test_guide_to_a_runout_has_a_limit_and_rungs_and_no_nominal() -> None:
    """Without a nominal value only the limit and the bands beyond it are told, each with its points."""
    aspect = Measurement(
        id="F1.1",
        name=NAME,
        points=Decimal(2),
        tolerance=FixedTolerance(allowed=Decimal("0.015")),
        credit=BandedCredit(bands=(Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5")),)),
    )
    assert guide_to(aspect) == Guide(span="≤ 0.015", allowed="0.015", rungs=(Rung(span="≤ 0.020", points=Decimal(1)),))


def test_guide_to_a_dimension_tells_both_limits_with_every_decimal_they_have() -> None:
    """A nominal value between two limits keeps the decimals it needs, beyond those of the instrument."""
    aspect = Measurement(
        id="G1.3",
        name=NAME,
        points=Decimal(2),
        tolerance=FixedTolerance(allowed=Decimal("0.0105")),
        credit=LinearCredit(lose=Decimal("0.5"), per=Decimal("0.005")),
        nominal=Decimal("30.0105"),
    )
    assert guide_to(aspect) == Guide(
        span="30.0105 ± 0.0105",
        allowed="0.0105",
        low="30.000",
        high="30.021",
        lose=Decimal("0.5"),
        per="0.005",
        count="begun",
    )


def test_guide_to_a_tolerance_by_length_says_how_it_came_about() -> None:
    """A limit that is worked out shows its working in both languages."""
    aspect = Measurement(
        id="F2.2",
        name=NAME,
        points=Decimal(1),
        tolerance=ToleranceByLength(allowed=Decimal("0.020"), per=Decimal(500), length=Decimal(300)),
    )
    assert guide_to(aspect) == Guide(
        span="≤ 0.012",
        allowed="0.012",
        derivation=(
            Text(
                zh="每 500 mm 允差 0.020 mm，测量长度 300 mm → 允差 0.012 mm",
                en="0.020 mm per 500 mm, over 300 mm → 0.012 mm allowed",
            ),
        ),
    )


def test_guide_to_a_dimension_has_rungs_to_both_sides() -> None:
    """A band beyond a tolerance of a nominal value is told as a wider tolerance."""
    assert guide_to(measurement(fixed("0.02"), BANDS, "10")).rungs == (
        Rung(span="± 0.025", points=Decimal("2.25")),
        Rung(span="± 0.030", points=Decimal("1.5")),
    )


def test_guide_to_limits_tells_readings_and_a_rung_for_each_side() -> None:
    """Limits of their own are told as the readings they stand for, and so are bands of one side."""
    assert guide_to(SHAFT) == Guide(
        span="9.97 … 10.02",
        low="9.97",
        high="10.02",
        rungs=(
            Rung(span="≤ 10.03", points=Decimal("2.4")),
            Rung(span="≤ 10.04", points=Decimal("1.2")),
            Rung(span="≥ 9.96", points=Decimal("1.5")),
        ),
    )


def test_guide_to_bands_of_one_side_beyond_a_tolerance_to_both() -> None:
    """Where only the bands differ by side, the tolerance is told as ever and the bands as readings."""
    assert guide_to(measurement(fixed("0.02"), SIDED)) == Guide(
        span="≤ 0.020",
        allowed="0.020",
        rungs=(
            Rung(span="≤ 0.030", points=Decimal("2.4")),
            Rung(span="≤ 0.040", points=Decimal("1.2")),
            Rung(span="≥ -0.030", points=Decimal("1.5")),
        ),
    )


def test_guide_to_one_limit_leaves_the_other_side_free() -> None:
    """A free side has no figure and no rung, a band to both sides reaches beyond the one there is."""
    upper = guide_to(measurement(limits(upper="0.02"), SIDED))
    lower = guide_to(measurement(limits(lower="-0.02"), BANDS, "10"))
    free = guide_to(measurement(limits(), BANDS))
    assert (upper, lower, free) == (
        Guide(
            span="≤ 0.020",
            high="0.020",
            rungs=(Rung(span="≤ 0.030", points=Decimal("2.4")), Rung(span="≤ 0.040", points=Decimal("1.2"))),
        ),
        Guide(
            span="≥ 9.980",
            low="9.980",
            rungs=(Rung(span="≥ 9.975", points=Decimal("2.25")), Rung(span="≥ 9.970", points=Decimal("1.5"))),
        ),
        Guide(span=None),
    )


def test_guide_to_ranges_begins_with_the_nominal_value_alone() -> None:
    """Each range is a rung; only the nominal value itself gives all."""
    assert guide_to(LENGTH) == Guide(
        span="= 10.00",
        low="10.00",
        high="10.00",
        rungs=(Rung(span="9.90 … 10.10", points=Decimal("3.2")), Rung(span="9.50 … 10.20", points=Decimal(1))),
    )


def test_guide_to_grades_has_a_rung_for_each_worse_grade_that_keeps_something() -> None:
    """The nominal grade is the limit of full points."""
    assert guide_to(ROUGH) == Guide(span="≤ 1.6", high="1.6", rungs=(Rung(span="≤ 3.2", points=Decimal(1)),))


def test_guide_to_steps_says_how_a_part_counts() -> None:
    """Without its last decimal a limit is marked as cut; the steps say that only full ones count."""
    assert guide_to(measurement(THIRDS, linear("0.5", "0.01", "full"), "10")) == Guide(
        span="10.000 ± ≈0.0133",
        allowed="≈0.0133",
        low="≈9.9867",
        high="≈10.0133",
        derivation=(
            Text(
                zh="每 300 mm 允差 0.016 mm，测量长度 250 mm → 允差 ≈0.0133 mm",
                en="0.016 mm per 300 mm, over 250 mm → ≈0.0133 mm allowed",
            ),
        ),
        lose=Decimal("0.5"),
        per="0.010",
        count="full",
    )
