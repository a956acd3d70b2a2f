"""Whether a judge's reading of an aspect can be taken, and whether it looks like a slip."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.guide import reach
from competition.scoring.plausible import FAR_OUTSIDE, LARGEST_READING, LONGEST_EXPONENT, longest, plausible
from competition.scoring.points import highest_score
from competition.scoring.rounding import EXACT, shown
from schemas.aspects import (
    Aspect,
    Binary,
    Choice,
    Count,
    Deduction,
    External,
    Judgement,
    Measurement,
    Score,
    Time,
)
from schemas.marks import MarkState
from schemas.problems import N_, Problem

FINEST_PLACES = 12
"""No reading of any kind has more decimal places than this."""

_MOST_SHOWN = 24
_ONE = Decimal(1)


class WrongNumberOfReadings(Problem):
    """An aspect asks for another number of readings than came."""

    sentence = N_("Aspect {aspect} needs another number of readings: {expected}, not {given}. Enter each of them once.")


class ReadingsWithoutMarking(Problem):
    """A mark says that there is no reading, such as absent or not measured, and carries one."""

    sentence = N_("Aspect {aspect} is marked as having no reading, yet one came. Remove it or change the state.")


class NotANumber(Problem):
    """A reading is NaN or infinite."""

    sentence = N_("Aspect {aspect}: a reading is not a number. Enter it in digits.")


class ReadingTooLarge(Problem):
    """A reading is larger than anything a contest measures."""

    sentence = N_("Aspect {aspect}: {value} is larger than {largest}. Check the decimal point and the unit.")


class TooManyDecimals(Problem):
    """A measured value is finer than the aspect's places."""

    sentence = N_("Aspect {aspect}: {value} has more than {places} decimals. Enter it as the instrument shows it.")


class NotYesOrNo(Problem):
    """A binary aspect's reading is neither 1 nor 0."""

    sentence = N_("Aspect {aspect}: {value} is neither yes (1) nor no (0). Choose one of the two.")


class NoSuchOption(Problem):
    """A choice's reading names no option."""

    sentence = N_("Aspect {aspect} has no option {value}. Choose one from 0 to {last}.")


class NotACount(Problem):
    """A deduction's reading is negative or not whole."""

    sentence = N_("Aspect {aspect}: {value} is not a count for item {item}. Enter a whole number, 0 or more.")


class CountOutOfRange(Problem):
    """A count is not whole, negative, or more than there are."""

    sentence = N_("Aspect {aspect}: {value} is not a whole number from 0 to {possible}. Enter how many were done.")


class NotALevel(Problem):
    """A judgement's reading is not one of its levels."""

    sentence = N_("Aspect {aspect}: {value} is not a level. Choose one from 0 to {highest}.")


class ScoreOutOfRange(Problem):
    """A score or an external figure is below the least or above the most that can be given."""

    sentence = N_("Aspect {aspect}: {value} is not between {least} and {most}. Enter a score within the range.")


class ScoreOffStep(Problem):
    """A score is not a multiple of the aspect's step."""

    sentence = N_("Aspect {aspect}: {value} is not a multiple of {step}. Enter the nearest score that is.")


class NotATime(Problem):
    """A time is negative, or none at all: only of runs that are summed may one be 0, and not all of them."""

    sentence = N_("Aspect {aspect}: {value} is not a time. Enter seconds, more than 0.")


class OutsideInstrument(Problem):
    """A measured value is one that the aspect's instrument cannot show."""

    sentence = N_(
        "Aspect {aspect}: the instrument cannot show {value} {unit}, only {range}."
        " Check the decimal point and the unit, or confirm the reading."
    )


def check_reading(aspect: Aspect, values: tuple[Decimal, ...], state: MarkState) -> None:
    """Raise the first ``Problem`` that keeps ``values`` from being a reading of ``aspect``."""
    if state != "marked":
        if values:
            raise ReadingsWithoutMarking(aspect=aspect.id)
        return
    _check_number_of_readings(aspect, len(values))
    for item, value in enumerate(values, start=1):
        _check_number(aspect, value)
        _check_value(aspect, value, item)
    if isinstance(aspect, Time) and not any(values):
        raise NotATime(aspect=aspect.id, value=_as_sent(values[0]))


def expected_readings(aspect: Aspect) -> int:
    """How many values one judge gives for ``aspect``; of times that the best counts of, at most so many."""
    match aspect:
        case Measurement(readings=readings):
            return readings
        case Deduction(items=items):
            return len(items)
        case Time(runs=runs):
            return runs
        case _:
            return 1


def readings_range(aspect: Measurement) -> str | None:
    """The readings that the aspect's instrument can show, in figures; None where nothing is said of it."""
    return reach(aspect.least, aspect.most, aspect.places)


def check_instrument(aspect: Aspect, values: tuple[Decimal, ...]) -> None:
    """Raise ``OutsideInstrument`` for the first measured value that the instrument cannot show.

    A judge at the bench may insist, and is only asked; what comes in a file is not taken unless somebody confirms it.
    """
    if not isinstance(aspect, Measurement):
        return
    for value in values:
        if not _is_shown(aspect, value):
            raise OutsideInstrument(
                aspect=aspect.id, value=_as_sent(value), unit=aspect.unit, range=readings_range(aspect)
            )


def is_implausible(aspect: Aspect, values: tuple[Decimal, ...]) -> bool:
    """Whether ``values`` look like a slip of the finger or the unit; they count all the same.

    A measured value is outside ``least`` to ``most``, or, on a side without a limit, off the nominal value by more than
    ten times the tolerance; a deduction takes more than ten times the points there are; a time is more than ten times the
    longest that still gives something.
    """
    match aspect:
        case Measurement():
            low, high = plausible(aspect)
            return any(not low <= value <= high for value in values)
        case Deduction(points=points, least=least, items=items):
            most = FAR_OUTSIDE * EXACT.subtract(points, least)
            return any(EXACT.multiply(count, item.each) > most for item, count in zip(items, values, strict=False))
        case Time():
            limit = longest(aspect)
            return limit is not None and any(value > FAR_OUTSIDE * limit for value in values)
        case _:
            return False


def _is_shown(aspect: Measurement, value: Decimal) -> bool:
    """Whether the instrument can show ``value``."""
    least, most = aspect.least, aspect.most
    return (least is None or least <= value) and (most is None or value <= most)


def _check_number_of_readings(aspect: Aspect, given: int) -> None:
    expected = expected_readings(aspect)
    if isinstance(aspect, Time) and aspect.take == "best" and expected > 1:
        if not 1 <= given <= expected:
            raise WrongNumberOfReadings(aspect=aspect.id, expected=f"1–{expected}", given=given)
    elif given != expected:
        raise WrongNumberOfReadings(aspect=aspect.id, expected=expected, given=given)


def _check_number(aspect: Aspect, value: Decimal) -> None:
    if not value.is_finite():
        raise NotANumber(aspect=aspect.id)
    if value.copy_abs() > LARGEST_READING or int(value.as_tuple().exponent) > LONGEST_EXPONENT:
        raise ReadingTooLarge(aspect=aspect.id, value=_as_sent(value), largest=LARGEST_READING)
    if int(value.as_tuple().exponent) < -FINEST_PLACES:
        raise TooManyDecimals(aspect=aspect.id, value=_as_sent(value), places=FINEST_PLACES)


def _check_value(aspect: Aspect, value: Decimal, item: int) -> None:
    sent = _as_sent(value)
    match aspect:
        case Binary() if value not in (0, 1):
            raise NotYesOrNo(aspect=aspect.id, value=sent)
        case Count() if value not in range(aspect.possible + 1):
            raise CountOutOfRange(aspect=aspect.id, value=sent, possible=aspect.possible)
        case Choice() if value not in range(len(aspect.options)):
            raise NoSuchOption(aspect=aspect.id, value=sent, last=len(aspect.options) - 1)
        case Deduction() if value < 0 or not _is_multiple(value, _ONE):
            raise NotACount(aspect=aspect.id, value=sent, item=item)
        case Judgement() if value not in range(len(aspect.levels)):
            raise NotALevel(aspect=aspect.id, value=sent, highest=len(aspect.levels) - 1)
        case Score():
            _check_range(aspect, value, aspect.least, highest_score(aspect))
            if not _is_multiple(value, aspect.step):
                raise ScoreOffStep(aspect=aspect.id, value=sent, step=aspect.step)
        case Measurement() | Time() | External():
            _check_figure(aspect, value)


def _check_figure(aspect: Measurement | Time | External, value: Decimal) -> None:
    if isinstance(aspect, Time) and (value < 0 or not (value or aspect.take == "sum")):
        raise NotATime(aspect=aspect.id, value=_as_sent(value))
    if isinstance(aspect, External):
        _check_range(aspect, value, Decimal(0), aspect.out_of)
    if not _is_multiple(value, _ONE.scaleb(-aspect.places)):
        raise TooManyDecimals(aspect=aspect.id, value=_as_sent(value), places=aspect.places)


def _check_range(aspect: Score | External, value: Decimal, least: Decimal, most: Decimal) -> None:
    if not least <= value <= most:
        raise ScoreOutOfRange(aspect=aspect.id, value=_as_sent(value), least=shown(least, 0), most=shown(most, 0))


def _is_multiple(value: Decimal, step: Decimal) -> bool:
    """Whether ``value`` is a whole number of steps; the magnitude is known to be small, so the remainder is exact."""
    return not EXACT.remainder(value, step)


def _as_sent(value: Decimal) -> str:
    """``value`` as it came, cut where a hostile one would fill the screen."""
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
