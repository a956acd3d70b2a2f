"""Whether a judge's reading of an aspect can be taken, and whether it looks like a slip."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.tolerance import allowed
from schemas.marks import MarkState
from schemas.problems import N_, Problem
from schemas.scheme import Aspect, Binary, Choice, Deduction, Judgement, Measurement, Score

LARGEST_READING = Decimal(1_000_000)
"""No reading of any kind is larger than this, in any unit; it also keeps every sum exact."""

FINEST_PLACES = 12
"""No reading of any kind has more decimal places than this."""

FAR_OUTSIDE = 10
"""A reading more than this many times the tolerance (or a deduction this many times the points) looks like a slip."""

_MOST_SHOWN = 24


class WrongNumberOfReadings(Problem):
    """An aspect asks for another number of readings than came."""

    sentence = N_("Aspect {aspect} needs another number of readings: {expected}, not {given}. Enter each of them once.")


class ReadingsWithoutMarking(Problem):
    """A mark says that there is no reading (absent, not measured, not attempted) and carries one."""

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


class NotALevel(Problem):
    """A judgement's reading is not one of its four levels."""

    sentence = N_("Aspect {aspect}: {value} is not a level. Choose 0, 1, 2 or 3.")


class ScoreOutOfRange(Problem):
    """A score is negative or above the aspect's points."""

    sentence = N_("Aspect {aspect}: {value} is not between 0 and {points}. Enter a score within the range.")


class ScoreOffStep(Problem):
    """A score is not a multiple of the aspect's step."""

    sentence = N_("Aspect {aspect}: {value} is not a multiple of {step}. Enter the nearest score that is.")


def check_reading(aspect: Aspect, values: tuple[Decimal, ...], state: MarkState) -> None:
    """Raise the first ``Problem`` that keeps ``values`` from being a reading of ``aspect``."""
    if state != "marked":
        if values:
            raise ReadingsWithoutMarking(aspect=aspect.id)
        return
    expected = expected_readings(aspect)
    if len(values) != expected:
        raise WrongNumberOfReadings(aspect=aspect.id, expected=expected, given=len(values))
    for item, value in enumerate(values, start=1):
        _check_number(aspect, value)
        _check_value(aspect, value, item)


def expected_readings(aspect: Aspect) -> int:
    """How many values one judge gives for ``aspect``."""
    match aspect:
        case Measurement(readings=readings):
            return readings
        case Deduction(items=items):
            return len(items)
        case _:
            return 1


def is_implausible(aspect: Aspect, values: tuple[Decimal, ...]) -> bool:
    """Whether ``values`` look like a slip of the finger or the unit; they count all the same.

    A measured value is outside ``least`` to ``most``, or, on a side without a limit, off the nominal value by more than
    ten times the tolerance; a deduction takes more than ten times the points there are.
    """
    match aspect:
        case Measurement(nominal=nominal, least=least, most=most):
            far = FAR_OUTSIDE * allowed(aspect.tolerance) or LARGEST_READING
            low = nominal - far if least is None else least
            high = nominal + far if most is None else most
            return any(not low <= value <= high for value in values)
        case Deduction(points=points, items=items):
            pairs = zip(items, values, strict=False)
            return any(count * item.each > FAR_OUTSIDE * points for item, count in pairs)
        case _:
            return False


def _check_number(aspect: Aspect, value: Decimal) -> None:
    if not value.is_finite():
        raise NotANumber(aspect=aspect.id)
    if value.copy_abs() > LARGEST_READING:
        raise ReadingTooLarge(aspect=aspect.id, value=_as_sent(value), largest=LARGEST_READING)
    if int(value.as_tuple().exponent) < -FINEST_PLACES:
        raise TooManyDecimals(aspect=aspect.id, value=_as_sent(value), places=FINEST_PLACES)


def _check_value(aspect: Aspect, value: Decimal, item: int) -> None:
    sent = _as_sent(value)
    match aspect:
        case Binary() if value not in (0, 1):
            raise NotYesOrNo(aspect=aspect.id, value=sent)
        case Choice() if value not in range(len(aspect.options)):
            raise NoSuchOption(aspect=aspect.id, value=sent, last=len(aspect.options) - 1)
        case Measurement() if not _is_multiple(value, Decimal(1).scaleb(-aspect.places)):
            raise TooManyDecimals(aspect=aspect.id, value=sent, places=aspect.places)
        case Deduction() if value < 0 or not _is_multiple(value, Decimal(1)):
            raise NotACount(aspect=aspect.id, value=sent, item=item)
        case Judgement() if value not in range(len(aspect.levels)):
            raise NotALevel(aspect=aspect.id, value=sent)
        case Score() if not 0 <= value <= aspect.points:
            raise ScoreOutOfRange(aspect=aspect.id, value=sent, points=aspect.points)
        case Score() if not _is_multiple(value, aspect.step):
            raise ScoreOffStep(aspect=aspect.id, value=sent, step=aspect.step)


def _is_multiple(value: Decimal, step: Decimal) -> bool:
    """Whether ``value`` is a whole number of steps; the magnitude is known to be small, so the remainder is exact."""
    return not value % step


def _as_sent(value: Decimal) -> str:
    """``value`` as it came, cut where a hostile one would fill the screen."""
    text = str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
