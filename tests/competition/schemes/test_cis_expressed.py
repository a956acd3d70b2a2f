"""Measured aspects as CIS reckons them: the figures are those of the scheme, and what CIS cannot reckon is told with its reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.schemes.cis.calculations import MOST_RANGES, NotACalculation
from competition.schemes.cis.expressed import calculation_of, requirement_of, written
from competition.schemes.cis.reader import read_cis
from competition.schemes.cis.writer import write_cis
from competition.schemes.rules import faults_of
from competition.scoring.measured import measured_points
from schemas.aspects import (
    Aspect,
    Band,
    BandedCredit,
    Choice,
    External,
    FixedTolerance,
    GradedCredit,
    Limits,
    LinearCredit,
    Measurement,
    Range,
    RangedCredit,
    ToleranceByLength,
    ToleranceBySize,
)
from schemas.aspects import SizeStep as Step
from schemas.base import Text
from schemas.scheme import Scheme
from tests.competition.schemes.cis_books import HEAD, book, en

HUNDREDTH = Decimal("0.01")
SIDES: tuple[Literal["both", "above", "below"], ...] = ("both", "above", "below")
SHAFT = Measurement(
    id="A1.1",
    name=en("Shaft"),
    points=Decimal(2),
    nominal=Decimal(60),
    tolerance=Limits(lower=Decimal("-0.02"), upper=Decimal("0.01")),
)


def passed_on(aspect: Measurement) -> Scheme:
    """The scheme of this one aspect, written as a CIS workbook and read back."""
    marks = float(aspect.points)
    row = ("A1", "Sub", 1, "M", "Something", "", "", "", "", "", marks)
    plain = read_cis(book((*HEAD, "Criterion A", "Total\nMark", marks), row), "x.xlsx")
    (sub,) = plain.sub_criteria()
    (criterion,) = plain.criteria()
    changed = msgspec.structs.replace(
        plain.stages[0],
        criteria=(msgspec.structs.replace(criterion, sub_criteria=(msgspec.structs.replace(sub, aspects=(aspect,)),)),),
    )
    return read_cis(write_cis(msgspec.structs.replace(plain, stages=(changed,))), "x.xlsx")


def thousandths(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Figures of three decimals."""
    return st.integers(least, most).map(lambda figure: Decimal(figure) / 1000)


@st.composite
def with_bands(draw: st.DrawFn) -> Measurement:
    """A measured value with a tolerance to both sides and up to two bands."""
    nominal, allowed = draw(thousandths(-40, 40)), draw(thousandths(1, 30))
    ends = sorted((draw(thousandths(-30, 30)), draw(thousandths(-30, 30)) + Decimal("0.0001")))
    tolerance = draw(
        st.sampled_from(
            (
                FixedTolerance(allowed=allowed),
                Limits(lower=ends[0], upper=ends[1]),
                ToleranceBySize(size=Decimal(400), steps=(Step(up_to=Decimal(500), allowed=allowed),)),
                ToleranceByLength(allowed=allowed, per=Decimal(300), length=Decimal(600)),
            )
        )
    )
    overs = draw(st.lists(thousandths(1, 40), max_size=MOST_RANGES - 1))
    keeps = sorted(
        draw(st.sets(thousandths(0, 999), min_size=len(overs), max_size=len(overs))),
        reverse=True,
    )
    sides = [draw(st.sampled_from(SIDES)) for _ in overs]
    bands = tuple(
        Band(over_up_to=over, keep=keep, side=side) for over, keep, side in zip(overs, keeps, sides, strict=True)
    )
    return msgspec.structs.replace(SHAFT, nominal=nominal, tolerance=tolerance, credit=BandedCredit(bands=bands))


@given(aspect=with_bands(), data=st.data())
def test_a_tolerance_with_bands_gives_the_same_for_every_reading(aspect: Measurement, data: st.DataObject) -> None:
    """Read back it is a measured value with ranges and without faults; readings at and beside each limit are tried too."""
    scheme = passed_on(aspect)
    (read,) = scheme.aspects()
    assert isinstance(read, Measurement)
    assert isinstance(read.credit, RangedCredit)
    assert faults_of(scheme) == ()
    limits = [limit for held in read.credit.ranges for limit in (held.lower, held.upper)]
    beside = [limit + step for limit in limits for step in (Decimal("-0.0001"), Decimal(0), Decimal("0.0001"))]
    drawn = data.draw(st.lists(thousandths(-150, 150), max_size=20))
    readings = (*beside, *drawn, aspect.nominal, read.nominal)
    assert [measured_points(read, [one]) for one in readings] == [measured_points(aspect, [one]) for one in readings]


def test_a_tolerance_is_written_from_narrow_to_wide() -> None:
    """What gives full marks has no deduction; a band reaches as far beyond both limits, and keeps half."""
    bands = (Band(over_up_to=HUNDREDTH, keep=Decimal("0.5")),)
    (read,) = passed_on(msgspec.structs.replace(SHAFT, credit=BandedCredit(bands=bands))).aspects()
    assert read == Measurement(
        id="A1.1",
        name=en("Shaft"),
        hint=en("59.980 … 60.010 mm"),
        points=Decimal(2),
        nominal=Decimal(60),
        unit="",
        places=2,
        credit=RangedCredit(
            ranges=(
                Range(lower=Decimal("59.98"), upper=Decimal("60.01"), keep=Decimal(1)),
                Range(lower=Decimal("59.97"), upper=Decimal("60.02"), keep=Decimal("0.5")),
            )
        ),
    )


def test_where_the_nominal_value_is_outside_the_limits_the_nearest_good_reading_is_the_target() -> None:
    """An interference fit of +0.02 to +0.03: 60 itself gives nothing, as before."""
    tight = Limits(lower=2 * HUNDREDTH, upper=3 * HUNDREDTH)
    (read,) = passed_on(msgspec.structs.replace(SHAFT, tolerance=tight)).aspects()
    assert isinstance(read, Measurement)
    assert read.nominal == Decimal("60.02")
    assert measured_points(read, [Decimal(60)]) == 0


def test_no_deviation_allowed_is_the_target_alone() -> None:
    """With a band beyond it the range of the one value is left out: the target gives full marks by itself."""
    exact = FixedTolerance(allowed=Decimal(0))
    bands = (Band(over_up_to=HUNDREDTH, keep=Decimal("0.5")),)
    aspect = msgspec.structs.replace(SHAFT, nominal=Decimal(0), tolerance=exact, credit=BandedCredit(bands=bands))
    assert written(calculation_of(aspect)) == (
        "DEDUCTION_TYPE:::#x~x#PERCENT#-#TARGET_VALUE:::0.00000000#x~x##-#RANGE1_LOWER:::-0.01000000#x~x##-#"
        "RANGE1_UPPER:::0.01000000#x~x##-#RANGE1_DEDUCTION:::50.00000000#x~x#"
    )


@pytest.mark.parametrize(
    ("changes", "requirement"),
    [
        ({}, "59.980 … 60.010 mm"),
        ({"instrument": Text(zh="千分尺", en="micrometer")}, "59.980 … 60.010 mm, micrometer"),
        ({"tolerance": FixedTolerance(allowed=HUNDREDTH)}, "60.000 ± 0.010 mm"),
        (
            {
                "tolerance": None,
                "credit": RangedCredit(ranges=(Range(lower=Decimal(59), upper=Decimal(61), keep=Decimal(1)),)),
                "places": 1,
            },
            "59.0 … 61.0 mm",
        ),
        ({"unit": ""}, ""),
    ],
)
def test_unit_and_instrument_are_told_to_people(changes: dict[str, Any], requirement: str) -> None:
    """Beside the readings that give full marks; an aspect without both needs no words."""
    assert requirement_of(msgspec.structs.replace(SHAFT, **changes)) == requirement


UNUSUAL = "CIS has no calculation for an aspect of the kind “{}” with these settings."
STEPS = "CIS takes marks off for each step begun from the target value on, without a tolerance."
THREE = tuple(Band(over_up_to=over * HUNDREDTH, keep=1 - over * HUNDREDTH) for over in (1, 2, 3))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"readings": 3}, "CIS takes one reading of a measured value; this aspect has 3."),
        ({"credit": BandedCredit(bands=THREE)}, "A calculation has at most 3 ranges in CIS; this aspect needs 4."),
        (
            {"tolerance": Limits(upper=HUNDREDTH)},
            "A range has two ends in CIS; the tolerance of this aspect leaves one side free.",
        ),
        (
            {"tolerance": ToleranceByLength(allowed=HUNDREDTH, per=Decimal(300), length=Decimal(400))},
            "Limits have at most 8 decimals in CIS; this aspect has finer ones.",
        ),
        (
            {"tolerance": FixedTolerance(allowed=Decimal(0)), "nominal": Decimal(0)},
            "A range from 0 to 0 without a deduction is one not filled in, in CIS.",
        ),
        ({"credit": LinearCredit(lose=Decimal(1), per=HUNDREDTH)}, STEPS),
        (
            {
                "credit": LinearCredit(lose=Decimal(1), per=HUNDREDTH, count="full"),
                "tolerance": FixedTolerance(allowed=Decimal(0)),
            },
            STEPS,
        ),
        ({"credit": GradedCredit(grades=(Decimal(60),)), "tolerance": None}, UNUSUAL.format("measurement")),
    ],
)
def test_why_a_measured_value_cannot_be_told(changes: dict[str, Any], sentence: str) -> None:
    """Each setting that CIS lacks has a sentence of its own."""
    assert reason(msgspec.structs.replace(SHAFT, **changes)) == sentence


def test_other_kinds_cannot_be_told() -> None:
    """A figure from elsewhere, and a choice that gives more than the aspect's marks or does not say what."""
    common: dict[str, Any] = {"id": "A1.1", "name": en("Theory"), "points": Decimal(2)}
    assert reason(External(**common, out_of=Decimal(100))) == UNUSUAL.format("external")
    assert reason(Choice(**common, options=())) == UNUSUAL.format("choice")


def reason(aspect: Aspect) -> str:
    """Why CIS has no calculation of an aspect."""
    with pytest.raises(NotACalculation) as raised:
        calculation_of(aspect)
    return raised.value.sentence.format(**raised.value.data)
