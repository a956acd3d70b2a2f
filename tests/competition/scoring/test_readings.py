"""What is no reading of an aspect is refused by its own problem; what looks like a slip is noticed."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

import msgspec
import pytest

from competition.scoring.readings import (
    CountOutOfRange,
    NoSuchOption,
    NotACount,
    NotALevel,
    NotANumber,
    NotATime,
    NotYesOrNo,
    OutsideInstrument,
    ReadingsWithoutMarking,
    ReadingTooLarge,
    ScoreOffStep,
    ScoreOutOfRange,
    TooManyDecimals,
    WrongNumberOfReadings,
    check_instrument,
    check_reading,
    expected_readings,
    is_implausible,
    readings_range,
)
from schemas.aspects import Aspect, TimeItself, TimeOver
from schemas.marks import MarkState
from schemas.problems import Problem
from tests.competition.scoring.kinds import (
    BORE,
    ELEMENT,
    FIVE,
    LAPS,
    LEFT,
    LENGTH,
    LEVELS,
    ORDER,
    PAPER,
    PASS_FAIL,
    RACE,
    ROUGH,
    RUNOUT,
    SAFETY,
    SHAFT,
    SWEEPS,
    TEETH,
    THEORY,
    WIRES,
    YES,
    decimals,
    limits,
    measurement,
    timed,
)

TOGETHER = msgspec.structs.replace(RACE, take="sum")


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
        (WIRES, ("0E+999999999", "0"), "marked", ReadingTooLarge, "Aspect D: 0E+999999999 is larger than 1000000."),
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
        (TEETH, ("13",), "marked", CountOutOfRange, "Aspect N: 13 is not a whole number from 0 to 12."),
        (TEETH, ("-1",), "marked", CountOutOfRange, "Aspect N: -1 is not a whole number from 0 to 12."),
        (TEETH, ("6.5",), "marked", CountOutOfRange, "Aspect N: 6.5 is not a whole number from 0 to 12."),
        (FIVE, ("6",), "marked", NotALevel, "Aspect J: 6 is not a level. Choose one from 0 to 5."),
        (FIVE, ("-1",), "marked", NotALevel, "Aspect J: -1 is not a level."),
        (ELEMENT, ("-4",), "marked", ScoreOutOfRange, "Aspect E: -4 is not between -3 and 3."),
        (ELEMENT, ("4",), "marked", ScoreOutOfRange, "Aspect E: 4 is not between -3 and 3."),
        (ELEMENT, ("0.5",), "marked", ScoreOffStep, "Aspect E: 0.5 is not a multiple of 1."),
        (THEORY, ("150.01",), "marked", ScoreOutOfRange, "Aspect X: 150.01 is not between 0 and 150."),
        (THEORY, ("-0.01",), "marked", ScoreOutOfRange, "Aspect X: -0.01 is not between 0 and 150."),
        (THEORY, ("86.505",), "marked", TooManyDecimals, "Aspect X: 86.505 has more than 2 decimals."),
        (LEFT, ("0",), "marked", NotATime, "Aspect Z: 0 is not a time."),
        (LEFT, ("-1",), "marked", NotATime, "Aspect Z: -1 is not a time."),
        (SWEEPS, ("1", "2", "0"), "marked", NotATime, "Aspect W: 0 is not a time. Enter seconds, more than 0."),
        (TOGETHER, ("9", "-1"), "marked", NotATime, "Aspect R: -1 is not a time."),
        (TOGETHER, ("0", "0.00"), "marked", NotATime, "Aspect R: 0 is not a time."),
        (msgspec.structs.replace(TOGETHER, runs=1), ("0",), "marked", NotATime, "Aspect R: 0 is not a time."),
        (LEFT, ("1000000.01",), "marked", ReadingTooLarge, "Aspect Z: 1000000.01 is larger than 1000000."),
        (LEFT, ("9.999",), "marked", TooManyDecimals, "Aspect Z: 9.999 has more than 2 decimals."),
        (LEFT, (), "marked", WrongNumberOfReadings, "Aspect Z needs another number of readings: 1, not 0."),
        (RACE, (), "marked", WrongNumberOfReadings, "Aspect R needs another number of readings: 1–2, not 0."),
        (
            RACE,
            ("1", "2", "3"),
            "marked",
            WrongNumberOfReadings,
            "Aspect R needs another number of readings: 1–2, not 3.",
        ),
        (SWEEPS, ("1", "2"), "marked", WrongNumberOfReadings, "Aspect W needs another number of readings: 3, not 2."),
        (RACE, ("9",), "did_not_finish", ReadingsWithoutMarking, "Aspect R is marked as having no reading"),
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
        (TEETH, ("0",), "marked"),
        (TEETH, ("12.0",), "marked"),
        (FIVE, ("5",), "marked"),
        (ELEMENT, ("-3",), "marked"),
        (ELEMENT, ("3.0",), "marked"),
        (THEORY, ("150",), "marked"),
        (THEORY, ("86.50",), "marked"),
        (LEFT, ("0.01",), "marked"),
        (LEFT, ("1000000",), "marked"),
        (RACE, ("9.5",), "marked"),
        (RACE, ("9.5", "120"), "marked"),
        (SWEEPS, ("1", "2", "3"), "marked"),
        (TOGETHER, ("83.25", "0"), "marked"),
        (TOGETHER, ("0", "83.25"), "marked"),
        (RACE, (), "did_not_finish"),
        (RACE, (), "disqualified"),
        (RACE, (), "excluded"),
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
        (SHAFT, ("10.30",), False),
        (SHAFT, ("10.31",), True),
        (SHAFT, ("9.69",), True),
        (measurement(limits(upper="0.02")), ("-5000",), False),
        (measurement(limits(upper="0.02")), ("0.201",), True),
        (measurement(limits()), ("999999",), False),
        (LENGTH, ("5",), False),
        (LENGTH, ("4.99",), True),
        (LENGTH, ("100",), True),
        (ROUGH, ("63",), False),
        (ROUGH, ("160",), True),
        (SAFETY, ("25",), False),
        (SAFETY, ("26",), True),
        (LEFT, ("9000",), False),
        (LEFT, ("9000.01",), True),
        (LAPS, ("900",), False),
        (LAPS, ("900.01",), True),
        (timed(TimeOver(limit=Decimal(60), lose=Decimal(1), per=Decimal(1))), ("600.01",), True),
        (timed(TimeItself()), ("999999",), False),
        (RACE, ("50", "1001"), True),
    ],
)
def test_is_implausible_notices_a_slip(aspect: Aspect, values: tuple[str, ...], *, expected: bool) -> None:
    """A reading outside the instrument's range, or far beyond what the rule speaks of, looks like a slip."""
    assert is_implausible(aspect, decimals(*values)) == expected


@pytest.mark.parametrize(("aspect", "number"), [(YES, 1), (BORE, 3), (WIRES, 2), (RACE, 2), (SWEEPS, 3), (PAPER, 1)])
def test_expected_readings_are_fields_to_fill(aspect: Aspect, number: int) -> None:
    """A measured value by its readings, a deduction by its items, a time by its runs; all else is one figure."""
    assert expected_readings(aspect) == number


def test_check_instrument_refuses_what_the_instrument_cannot_show() -> None:
    """Both ends of the range can be shown; a value beyond is named with the range, its unit and what to do."""
    check_instrument(BORE, decimals("79", "80", "81"))
    with pytest.raises(OutsideInstrument) as refused:
        check_instrument(BORE, decimals("79", "81.001", "8"))
    assert str(refused.value) == (
        "Aspect B: the instrument cannot show 81.001 mm, only 79.000 … 81.000."
        " Check the decimal point and the unit, or confirm the reading."
    )


def test_check_instrument_knows_a_range_with_one_end_or_none() -> None:
    """An end that is not given is no end, and only measured values have an instrument."""
    gauge = msgspec.structs.replace(BORE, most=None)
    check_instrument(gauge, decimals("79", "80", "1000"))
    check_instrument(RUNOUT, decimals("1000"))
    check_instrument(PAPER, decimals("1000"))
    with pytest.raises(OutsideInstrument, match=r"only ≥ 79\.000"):
        check_instrument(gauge, decimals("78.999"))
    assert [readings_range(aspect) for aspect in (BORE, gauge, RUNOUT)] == ["79.000 … 81.000", "≥ 79.000", None]


def test_check_reading_does_not_depend_on_the_context() -> None:
    """A reading with many digits is off its step in whatever precision other code works."""
    with localcontext(Context(prec=3)), pytest.raises(TooManyDecimals):
        check_reading(BORE, decimals("80", "80", "80.0005"), "marked")
