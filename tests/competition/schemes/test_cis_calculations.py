"""The calculations of a CIS workbook, as real exports have them: what kind of aspect each makes."""

from __future__ import annotations

from decimal import Decimal

from schemas.aspects import (
    Binary,
    Count,
    FixedTolerance,
    LinearCredit,
    Measurement,
    Option,
    Range,
    RangedCredit,
)
from tests.competition.schemes.cis_books import aspect, block, en


def test_the_number_completed_is_a_count() -> None:
    """``NUM_POSSIBLE`` gives full marks."""
    made = aspect(calculation="NUM_POSSIBLE:::4.00000000#x~x#", kind="NUMBER_COMPLETED")
    assert made == Count(id="A1.1", name=en("Something"), points=Decimal(1), possible=4)


def test_a_choice_keeps_what_its_deduction_leaves() -> None:
    """In percent a share, in units the marks; the order is that of the numbers, not of the file."""
    percent = "DEDUCTION_TYPE:::#x~x#PERCENT#-#CHOICE2_LABEL:::#x~x#some#-#CHOICE2_DEDUCTION:::33.30000000#x~x##-#"
    best = "CHOICE1_LABEL:::#x~x#all#-#CHOICE1_DEDUCTION:::0E-8#x~x#"
    assert aspect(2, calculation=percent + best).options == (
        Option(name=en("all"), keep=Decimal(1)),
        Option(name=en("some"), keep=Decimal("0.667")),
    )
    units = (percent + best).replace("PERCENT", "UNIT").replace("33.30000000", "0.75000000")
    assert aspect(2, calculation=units).options == (
        Option(name=en("all"), points=Decimal(2)),
        Option(name=en("some"), points=Decimal("1.25")),
    )


def test_a_ranged_score_is_a_measurement_with_ranges() -> None:
    """The first range that holds a reading counts; unfilled ones are none; a limit left at zero is the target."""
    nested = (
        "RANGE1_LOWER:::0E-8#x~x##-#DEDUCTION_TYPE:::#x~x#PERCENT#-#RANGE1_DEDUCTION:::0E-8#x~x##-#RANGE1_UPPER:::3.00000000#x~x##-#"
        "TARGET_VALUE:::0E-8#x~x##-#RANGE2_UPPER:::15.00000000#x~x##-#RANGE3_DEDUCTION:::#x~x##-#RANGE2_LOWER:::0E-8#x~x##-#"
        "RANGE2_DEDUCTION:::60.00000000#x~x##-#RANGE3_LOWER:::#x~x##-#RANGE3_UPPER:::#x~x#"
    )
    made = aspect(calculation=nested, kind="RANGED_SCORE")
    assert isinstance(made, Measurement)
    assert (made.nominal, made.unit, made.tolerance) == (Decimal(0), "", None)
    assert made.credit == RangedCredit(
        ranges=(
            Range(lower=Decimal(0), upper=Decimal(3), keep=Decimal(1)),
            Range(lower=Decimal(3), upper=Decimal(15), keep=Decimal("0.4")),
        )
    )
    upwards = (
        "DEDUCTION_TYPE:::#x~x#PERCENT#-#RANGE1_LOWER:::0E-8#x~x##-#RANGE1_DEDUCTION:::100.00000000#x~x##-#RANGE1_UPPER:::20.00000000#x~x##-#"
        "TARGET_VALUE:::100.00000000#x~x##-#RANGE2_UPPER:::0E-8#x~x##-#RANGE3_DEDUCTION:::0E-8#x~x##-#RANGE2_LOWER:::20.00000000#x~x##-#"
        "RANGE2_DEDUCTION:::60.00000000#x~x##-#RANGE3_LOWER:::0E-8#x~x##-#RANGE3_UPPER:::0E-8#x~x#"
    )
    assert aspect(calculation=upwards, kind="RANGED_SCORE").credit == RangedCredit(
        ranges=(
            Range(lower=Decimal(0), upper=Decimal(20), keep=Decimal(0)),
            Range(lower=Decimal(20), upper=Decimal(100), keep=Decimal("0.4")),
        )
    )


def test_a_regular_deduction_is_a_loss_for_each_difference() -> None:
    """In units as it stands; in percent of the marks and of the target."""
    units = (
        "DEDUCTION_TYPE:::#x~x#UNIT#-#TARGET_VALUE:::50.00000000#x~x##-#DIFFERENCE:::2.00000000#x~x##-#"
        "DIFFERENCE_TYPE:::#x~x#UNIT#-#DEDUCTION:::0.25000000#x~x#"
    )
    made = aspect(2, calculation=units, kind="REGULAR_DIFFERENCE_DEDUCTION")
    assert (made.nominal, made.tolerance) == (Decimal(50), FixedTolerance(allowed=Decimal(0)))
    assert made.credit == LinearCredit(lose=Decimal("0.25"), per=Decimal(2))
    percent = units.replace("UNIT", "PERCENT")
    assert aspect(2, calculation=percent, kind="REGULAR_DIFFERENCE_DEDUCTION").credit == LinearCredit(
        lose=Decimal("0.005"), per=Decimal(1)
    )


def test_pass_or_fail_is_yes_or_no() -> None:
    """Also where the sheet of calculations was left out and its first row is meant."""
    yes_or_no = Binary(id="A1.1", name=en("Something"), points=Decimal(1))
    assert aspect(calculation=" ", kind="PASS_FAIL") == yes_or_no
    (sub,) = block(("A1", "Sub", 1, "M", "Something", "", "", "", "", 1, 1))
    assert sub.aspects == (yes_or_no,)
