"""Trying values on an aspect: what a person writes, as readings, and what those give. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal

from competition.scoring.explain import mark_points
from competition.scoring.points import highest_score, most_points
from competition.scoring.readings import NotANumber, check_reading, is_implausible
from schemas.aspects import Aspect, Deduction, Score, Time
from schemas.base import Message, Text

LONGEST_VALUE = 40
"""Characters of a value to try."""

_TIME = re.compile(r"(?:(?P<hours>\d+):(?=[0-5]?\d:))?(?P<minutes>\d+):(?P<seconds>[0-5]\d(?:\.\d*)?)", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_ONE_HOUR, _ONE_MINUTE = 3600, 60


class Tried(Message):
    """What tried values give: points, of the most that one judge can give, and the way there."""

    points: Decimal
    most: Decimal
    steps: tuple[Text, ...]
    is_implausible: bool


def tried(aspect: Aspect, written: Sequence[str]) -> Tried:
    """What the written values give; counts of faults that were left empty are none, and empty runs are not there."""
    given = [each for each in written if each.strip()] if isinstance(aspect, Time) else written
    return tried_readings(aspect, tuple(reading(aspect, each) for each in given))


def tried_readings(aspect: Aspect, values: tuple[Decimal, ...]) -> Tried:
    """What the readings of one judge give. Raises the ``Problem`` that keeps them from being readings of the aspect."""
    check_reading(aspect, values, "marked")
    points, steps = mark_points(aspect, values, "marked")
    return Tried(points=points, most=most_of_judge(aspect), steps=steps, is_implausible=is_implausible(aspect, values))


def reading(aspect: Aspect, written: str) -> Decimal:
    """One written value as a reading: digits, or for a time also hours, minutes and seconds with colons between."""
    plain = unicodedata.normalize("NFKC", written.strip()[:LONGEST_VALUE]).replace("−", "-")
    if isinstance(aspect, Deduction) and not plain:
        return Decimal(0)
    if isinstance(aspect, Time) and (time := _TIME.fullmatch(plain)):
        whole = int(time["hours"] or 0) * _ONE_HOUR + int(time["minutes"]) * _ONE_MINUTE
        return whole + Decimal(time["seconds"])
    if not _NUMBER.fullmatch(plain):
        raise NotANumber(aspect=aspect.id)
    return Decimal(plain)


def most_of_judge(aspect: Aspect) -> Decimal:
    """The most that one judge can give: a score is not yet multiplied by its factor."""
    return highest_score(aspect) if isinstance(aspect, Score) else most_points(aspect)
