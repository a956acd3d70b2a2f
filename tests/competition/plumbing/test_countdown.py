"""A session's clock says the same on the server as in the browser: both are tested by the table in ``countdown.json``."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from competition.plumbing import countdown
from schemas.base import Message
from schemas.boards import BoardSession

HERE = Path(__file__).parent


class Clock(Message):
    """A session at a moment, and what is said of it."""

    what: str
    session: BoardSession
    now: datetime
    extra: int
    phase: countdown.Phase
    left: int
    ends_at: datetime


class Hour(Message):
    """Sessions at a moment, and the number of the one that is looked at."""

    what: str
    sessions: tuple[BoardSession, ...]
    now: datetime
    extras: tuple[tuple[int, int], ...]
    number: int | None


class Cases(Message):
    """The table."""

    clocks: tuple[Clock, ...]
    hours: tuple[Hour, ...]
    faces: tuple[tuple[int, str], ...]


CASES = msgspec.json.decode((HERE / "countdown.json").read_bytes(), type=Cases)


def _what(case: Any) -> str:
    return str(case.what)


@pytest.mark.parametrize("case", CASES.clocks, ids=_what)
def test_clock_says_what_is_left(case: Clock) -> None:
    """Phase, seconds and end follow from when it was started, what it stood still, and what was given back."""
    told = (
        countdown.phase(case.session, case.now, case.extra),
        countdown.seconds_left(case.session, case.now, case.extra),
        countdown.ends_at(case.session, case.now, case.extra),
    )
    assert told == (case.phase, case.left, case.ends_at)


@pytest.mark.parametrize("case", CASES.hours, ids=_what)
def test_hall_looks_at_the_session_of_the_hour(case: Hour) -> None:
    """The one under way as long as anybody works, then for a while the one that ended, then the next."""
    found = countdown.of_the_hour(case.sessions, case.now, dict(case.extras))
    assert (found.number if found else None) == case.number


@pytest.mark.parametrize(("seconds", "shown"), CASES.faces)
def test_face_is_a_clocks(seconds: int, shown: str) -> None:
    """Hours only where there are any; what is over has a plus."""
    assert countdown.face(seconds) == shown


def test_browser_says_the_same() -> None:
    """The script keeps to the same table."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the browser's clock is not tested")
    run = subprocess.run(
        [node, "--test", str(HERE / "countdown.test.mjs")], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
