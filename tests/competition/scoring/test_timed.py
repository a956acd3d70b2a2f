"""Times: which run counts, and what time left, time over or a band of times gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.points import exact_points
from competition.scoring.rounding import settled
from competition.scoring.timed import time_of
from schemas.aspects import Steps, Time, TimeItself, TimeLeft, TimeOver
from tests.competition.scoring.kinds import LAPS, LEFT, NAME, OVER, RACE, SWEEPS, decimals, timed


@pytest.mark.parametrize(
    ("aspect", "time", "points"),
    [
        (LEFT, "600", "0"),
        (LEFT, "600.01", "0"),
        (LEFT, "700", "0"),
        (LEFT, "570.01", "0"),
        (LEFT, "570", "0.5"),
        (LEFT, "540.01", "0.5"),
        (LEFT, "540", "1"),
        (LEFT, "0.01", "9.5"),
        (LEFT, "900.01", "0"),
        (OVER, "600", "10"),
        (OVER, "600.01", "8"),
        (OVER, "660", "8"),
        (OVER, "660.01", "6"),
        (OVER, "900", "0"),
        (OVER, "900.01", "0"),
        (OVER, "1200.01", "0"),
        (LAPS, "60", "10"),
        (LAPS, "60.01", "6"),
        (LAPS, "90", "6"),
        (LAPS, "90.01", "0"),
        (RACE, "0.01", "0"),
    ],
)
def test_a_time_gives_what_the_rule_says(aspect: Time, time: str, points: str) -> None:
    """At a limit, just before and just after it a time gives exactly these points."""
    assert exact_points(aspect, decimals(time)) == Decimal(points)


@pytest.mark.parametrize(
    ("count", "left", "over"),
    [("begun", "2", "8"), ("full", "1", "9"), ("exact", "1.5", "8.5")],
)
def test_a_part_of_a_period_counts_as_declared(count: Steps, left: str, over: str) -> None:
    """Half a period more than one is two, one, or one and a half periods."""
    gain = timed(TimeLeft(limit=Decimal(100), gain=Decimal(1), per=Decimal(10), count=count))
    lose = timed(TimeOver(limit=Decimal(100), lose=Decimal(1), per=Decimal(10), count=count))
    assert (exact_points(gain, decimals("85")), exact_points(lose, decimals("115"))) == (Decimal(left), Decimal(over))


def test_time_left_gives_at_most_the_points() -> None:
    """However fast, an aspect gives no more than it has."""
    quick = timed(TimeLeft(limit=Decimal(600), gain=Decimal(1), per=Decimal(1)))
    assert exact_points(quick, decimals("10")) == Decimal(10)


def test_a_time_beyond_the_stop_gives_nothing_although_a_band_would() -> None:
    """The stop is harder than the rule: at it a time counts, beyond it there is none."""
    stopped = timed(LAPS.credit, stop="80")
    assert [exact_points(stopped, decimals(time)) for time in ("80", "80.01")] == [Decimal(6), Decimal(0)]


@pytest.mark.parametrize(
    ("take", "runs", "time"),
    [
        ("best", ("50", "40.5", "60"), "40.5"),
        ("best", ("100.01", "99", "100.01"), "99"),
        ("best", ("77",), "77"),
        ("best", ("100.01", "130"), None),
        ("worst", ("50", "40.5", "60"), "60"),
        ("worst", ("50", "100", "60"), "100"),
        ("worst", ("50", "100.01", "60"), None),
        ("mean", ("50", "40.5", "60"), "50.16666666666666666666666667"),
        ("mean", ("50", "40", "60"), "50"),
        ("mean", ("50", "40", "100.01"), None),
        ("mean", ("50", "40"), None),
        ("sum", ("50", "40.5", "60"), "150.5"),
        ("sum", ("50", "40.5"), None),
        ("sum", ("50", "40.5", "101"), None),
    ],
)
def test_of_several_runs_one_time_counts(
    take: Literal["best", "worst", "mean", "sum"], runs: tuple[str, ...], time: str | None
) -> None:
    """The best does with the runs there are in time; all others need every run, each by itself not beyond the stop."""
    aspect = Time(id="R", name=NAME, points=Decimal(0), credit=TimeItself(), stop=Decimal(100), runs=3, take=take)
    given = time_of(aspect, decimals(*runs))
    assert (given if given is None else +given) == (time if time is None else Decimal(time))


@pytest.mark.parametrize(
    ("runs", "points"),
    [
        (("100", "100", "100"), "10"),
        (("100", "100", "100.01"), "9"),
        (("110", "110", "110.01"), "8"),
        (("1", "1", "151"), "0"),
    ],
)
def test_the_mean_of_runs_is_as_sharp_as_a_run(runs: tuple[str, ...], points: str) -> None:
    """A mean without a last decimal is over the limit by however little it is."""
    assert settled(exact_points(SWEEPS, decimals(*runs))) == Decimal(points)


def test_a_mean_of_thirds_in_proportion_comes_to_a_whole_figure() -> None:
    """A third of a second over, at three points a second, is one point to the last decimal."""
    aspect = Time(
        id="W",
        name=NAME,
        points=Decimal(10),
        credit=TimeOver(limit=Decimal(100), lose=Decimal(3), per=Decimal("0.001"), count="exact"),
        runs=3,
        take="mean",
    )
    assert settled(exact_points(aspect, decimals("100", "100", "100.01"))) == Decimal(0)
    assert settled(exact_points(aspect, decimals("100", "100", "100.001"))) == Decimal(9)


@given(
    st.sampled_from([LEFT, OVER, LAPS]),
    st.decimals(Decimal("0.01"), 1500, places=2),
    st.decimals(Decimal("0.01"), 1500, places=2),
)
def test_the_faster_time_never_gives_less(aspect: Time, one: Decimal, other: Decimal) -> None:
    """Of two times the shorter gives as many points or more."""
    fast, slow = sorted((one, other))
    assert exact_points(aspect, (fast,)) >= exact_points(aspect, (slow,))
