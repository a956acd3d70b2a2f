"""Trying values: what people write is read as a tablet reads it, and gives what a mark would."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competition.schemes.trying import Tried, reading, tried
from competition.scoring.readings import NotANumber, NotATime, WrongNumberOfReadings
from schemas.aspects import Aspect
from schemas.base import Text
from schemas.problems import Problem
from tests.every_kind import every_kind

ASPECTS: dict[str, Aspect] = {aspect.id: aspect for aspect in every_kind().aspects()}


@pytest.mark.parametrize(
    ("aspect", "written", "value"),
    [
        ("A2.6", "1:05.5", "65.5"),
        ("A2.6", "65.5", "65.5"),
        ("A2.9", "1:01:01", "3661"),
        ("A2.9", "90:00", "5400"),
        ("A2.2", " ３９．９９ ", "39.99"),
        ("C1.2", "−1.25", "-1.25"),
        ("B1.1", "", "0"),
        ("T1.1", ".5", "0.5"),
    ],
)
def test_reading_is_what_was_written(aspect: str, written: str, value: str) -> None:
    """Digits of any width are a number; a time may have colons; faults left empty are none."""
    assert reading(ASPECTS[aspect], written) == Decimal(value)


@pytest.mark.parametrize(
    ("aspect", "written"),
    [
        ("A2.6", "1:75"),
        ("A2.6", "1:5"),
        ("A2.6", "2:75:00"),
        ("A2.2", "1:05"),
        ("A2.2", ""),
        ("A2.2", "NaN"),
        ("A2.2", "1e3"),
    ],
)
def test_what_is_no_reading_is_told(aspect: str, written: str) -> None:
    """Colons are for times only; blank is not zero, and only digits are a number."""
    with pytest.raises(NotANumber):
        reading(ASPECTS[aspect], written)


@pytest.mark.parametrize(
    ("aspect", "written", "points", "most"),
    [
        ("A1.1", ("1",), "2", "2"),
        ("A1.2", ("7",), "3.5", "6"),
        ("A1.3", ("2",), "5", "10"),
        ("A1.4", ("3",), "4.5", "6"),
        ("A2.1", ("0.012", "0.020", "0.010"), "6", "6"),
        ("A2.3", ("3.2",), "2", "4"),
        ("A2.4", ("0.13",), "2.4", "4"),
        ("A2.6", ("1:05.5", "", ""), "2.4", "4"),
        ("A2.9", ("2:00",), "0", "0"),
        ("B1.2", ("3",), "-6", "0"),
        ("C1.1", ("17",), "17", "20"),
        ("T1.1", ("121.5",), "81", "100"),
    ],
)
def test_tried_values_give_what_a_mark_would(aspect: str, written: tuple[str, ...], points: str, most: str) -> None:
    """Every kind can be tried; the most is what one judge can give, before a score's factor."""
    found = tried(ASPECTS[aspect], written)
    assert (found.points, found.most, found.is_implausible) == (Decimal(points), Decimal(most), False)
    assert found.steps


def test_tried_tells_the_way() -> None:
    """The steps are those of a mark; a value off by a power of ten is told."""
    assert tried(ASPECTS["A1.1"], ("0",)) == Tried(
        points=Decimal(0),
        most=Decimal(2),
        steps=(Text(zh="否 → 得 0.00 / 2.00 分", en="no → 0.00 of 2.00"),),
        is_implausible=False,
    )
    assert tried(ASPECTS["A2.5"], ("8.0",)).is_implausible


@pytest.mark.parametrize(
    ("aspect", "written", "problem"),
    [("A2.6", ("", "", ""), WrongNumberOfReadings), ("A2.9", ("0",), NotATime), ("A2.1", ("1", "", ""), NotANumber)],
)
def test_tried_is_refused_as_a_mark_would_be(aspect: str, written: tuple[str, ...], problem: type[Problem]) -> None:
    """A value that no judge could enter raises the sentence that the judge would see."""
    with pytest.raises(problem):
        tried(ASPECTS[aspect], written)
