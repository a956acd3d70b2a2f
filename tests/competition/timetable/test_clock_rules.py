"""What may be done to a session's clock: each verb on each state, and times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from competition.plumbing.countdown import seconds_left
from competition.timetable import clock_rules as rules
from schemas.boards import BoardSession
from schemas.problems import Problem

NINE = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
DUE = BoardSession(number=2, starts_at=NINE, ends_at=NINE + timedelta(hours=2), seconds=7200)
RUNNING = msgspec.structs.replace(DUE, started_at=NINE)
PAUSED = msgspec.structs.replace(RUNNING, paused_at=NINE + timedelta(hours=1))


def test_start_counts_from_when_the_session_began() -> None:
    """A clock that was forgotten starts from the minute that is told."""
    assert rules.started(DUE, NINE).started_at == NINE
    assert rules.started(DUE, NINE, ago=4).started_at == NINE - timedelta(minutes=4)


def test_pause_takes_nothing_from_anybody() -> None:
    """However long it stands still, as much is left when it goes on; a part of a second is never lost."""
    for stood in (timedelta(milliseconds=1), timedelta(minutes=10), timedelta(minutes=10, milliseconds=700)):
        goes_on = PAUSED.paused_at + stood if PAUSED.paused_at else NINE
        resumed = rules.resumed(PAUSED, goes_on)
        assert resumed.paused_at is None
        assert seconds_left(resumed, goes_on) == seconds_left(PAUSED, goes_on)


def test_second_pause_adds_to_the_first() -> None:
    """What it stood still is counted in all."""
    first = rules.resumed(PAUSED, NINE + timedelta(hours=1, minutes=5))
    again = rules.paused(first, NINE + timedelta(hours=2), most_extra=0)
    assert rules.resumed(again, NINE + timedelta(hours=2, minutes=1)).stopped == 360


def test_bench_with_time_back_can_still_be_paused() -> None:
    """After the session's end the clock can be stopped only while somebody has time."""
    late = NINE + timedelta(hours=2, minutes=1)
    assert rules.paused(RUNNING, late, most_extra=300).paused_at == late
    with pytest.raises(rules.TimeUp):
        rules.paused(RUNNING, late, most_extra=30)


@pytest.mark.parametrize(
    ("problem", "verb"),
    [
        (rules.ClockRuns, lambda: rules.started(RUNNING, NINE)),
        (rules.ClockRuns, lambda: rules.started(PAUSED, NINE)),
        (rules.BeganTooLongAgo, lambda: rules.started(DUE, NINE, ago=-1)),
        (rules.BeganTooLongAgo, lambda: rules.started(DUE, NINE, ago=1441)),
        (rules.ClockNotStarted, lambda: rules.paused(DUE, NINE, most_extra=0)),
        (rules.ClockPaused, lambda: rules.paused(PAUSED, NINE, most_extra=0)),
        (rules.ClockNotStarted, lambda: rules.resumed(DUE, NINE)),
        (rules.ClockNotPaused, lambda: rules.resumed(RUNNING, NINE)),
        (rules.ClockNotStarted, lambda: rules.lengthened(DUE, 60, seen=0)),
        (rules.ClockChanged, lambda: rules.lengthened(RUNNING, 60, seen=60)),
        (rules.TooMuchTaken, lambda: rules.lengthened(RUNNING, -1, seen=0)),
        (rules.TooMuchTaken, lambda: rules.given_in_all(299, -300)),
        (rules.TimeBackNeedsReason, lambda: rules.reason_in("  ")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(problem: type[Problem], verb: object) -> None:
    """A verb on a clock that it does not fit says so, and what to do."""
    assert callable(verb)
    with pytest.raises(problem):
        verb()


def test_time_for_everybody_is_given_once() -> None:
    """The same form sent twice finds another clock than it was made for."""
    longer = rules.lengthened(RUNNING, 300, seen=0)
    assert longer.stopped == 300
    with pytest.raises(rules.ClockChanged):
        rules.lengthened(longer, 300, seen=0)
    assert rules.lengthened(longer, -300, seen=300) == RUNNING


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("5", 300), (" 5 ", 300), ("4:30", 270), ("0:45", 45), ("90", 5400), ("90:00", 5400), ("1:30:00", 5400), ("-5", -300),
        ("−0:30", -30), ("1440", 86400),
    ],
)  # fmt: skip
def test_time_is_read_as_it_is_written(written: str, seconds: int) -> None:
    """Minutes, or minutes and seconds, or hours as well; a minus takes back."""
    assert rules.seconds_in(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "0", "-0", "0:00", "4:60", "five", "4.5", "1:2:3", "1:90:00", "1441", "9999:00", "1e2", "٥"]
)
def test_time_that_is_unclear_is_refused(written: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(rules.TimeBackUnclear):
        rules.seconds_in(written)
