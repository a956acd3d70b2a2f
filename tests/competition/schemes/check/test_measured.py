"""Instruments, tolerances, and what is kept or lost beyond them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (
            "measurement",
            {f"{ASPECT}.places": 9, f"{ASPECT}.readings": 0},
            [
                f"{ASPECT}.places: This must be from 0 to 6, not 9. Correct it.",
                f"{ASPECT}.readings: This must be from 1 to 20, not 0. Correct it.",
            ],
        ),
        (
            "measurement",
            {f"{ASPECT}.least": "0.5"},
            [f"{ASPECT}.least: X: the nominal value 0 is below the least reading 0.5. Correct one of them."],
        ),
        (
            "measurement",
            {f"{ASPECT}.most": "-0.5"},
            [f"{ASPECT}.most: X: the nominal value 0 is above the greatest reading -0.5. Correct one of them."],
        ),
        (
            "measurement",
            {f"{ASPECT}.tolerance": None},
            [f"{ASPECT}.tolerance: X has no tolerance. Write the deviation allowed, 0 if none is."],
        ),
        (
            "linear",
            {f"{ASPECT}.tolerance": None},
            [f"{ASPECT}.tolerance: X has no tolerance. Write the deviation allowed, 0 if none is."],
        ),
        (
            "ranges",
            {f"{ASPECT}.tolerance": {"kind": "fixed", "allowed": 1}},
            [f"{ASPECT}.tolerance: X has its own ranges or grades, and no tolerance belongs to them. Take it out."],
        ),
        (
            "measurement",
            {f"{ASPECT}.tolerance.allowed": "-0.01"},
            [f"{ASPECT}.tolerance.allowed: A tolerance cannot be negative. Write the deviation allowed, 0 or more."],
        ),
        (
            "bands",
            {f"{ASPECT}.tolerance": {"kind": "limits"}},
            [f"{ASPECT}.tolerance: Both sides are free, so every reading is good. Write lower, upper or both."],
        ),
        (
            "bands",
            {f"{ASPECT}.tolerance.lower": "0.03"},
            [
                f"{ASPECT}.tolerance.lower: The lower limit 0.03 is above the upper limit 0.02. Exchange or correct them."
            ],
        ),
        (
            "linear",
            {f"{ASPECT}.tolerance.per": 0, f"{ASPECT}.tolerance.length": -1},
            [
                f"{ASPECT}.tolerance.per: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.tolerance.length: This must be above 0, not -1. Correct it.",
            ],
        ),
        (
            "by_size",
            {f"{ASPECT}.tolerance.size": 900},
            [f"{ASPECT}.tolerance.size: No step reaches the size 900. Add one that does, or correct the size."],
        ),
        (
            "by_size",
            {f"{ASPECT}.tolerance.size": 0},
            [f"{ASPECT}.tolerance.size: This must be above 0, not 0. Correct it."],
        ),
        (
            "by_size",
            {f"{ASPECT}.tolerance.steps[0].up_to": 800, f"{ASPECT}.tolerance.steps[1].allowed": -1},
            [
                f"{ASPECT}.tolerance.steps[1].up_to: The sizes are out of order. List them from small to large.",
                f"{ASPECT}.tolerance.steps[1].allowed: A tolerance cannot be negative. Write the deviation allowed, 0 or more.",
            ],
        ),
        (
            "linear",
            {f"{ASPECT}.credit.lose": 0, f"{ASPECT}.credit.per": 0},
            [
                f"{ASPECT}.credit.lose: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.credit.per: This must be above 0, not 0. Correct it.",
            ],
        ),
        (
            "bands",
            {f"{ASPECT}.credit.bands[0].keep": "1.5"},
            [
                f"{ASPECT}.credit.bands[0].keep: A share lies between 0 and 1, not at 1.5. Write half of the points as 0.5."
            ],
        ),
        (
            "bands",
            {f"{ASPECT}.credit.bands[0].over_up_to": 0},
            [f"{ASPECT}.credit.bands[0].over_up_to: This must be above 0, not 0. Correct it."],
        ),
        (
            "bands",
            {f"{ASPECT}.credit.bands[1].over_up_to": "0.01"},
            [
                f"{ASPECT}.credit.bands[1].over_up_to: Nothing reaches this band: the one before it goes to 0.01. List them from near to far."
            ],
        ),
        (
            "bands",
            {f"{ASPECT}.credit.bands[1].keep": "0.5"},
            [
                f"{ASPECT}.credit.bands[1].keep: This band keeps no less than a nearer one before it. Lower its share, or join the two."
            ],
        ),
        (
            "bands",
            {
                f"{ASPECT}.credit.bands[0].side": "above",
                f"{ASPECT}.credit.bands[1]": {"over_up_to": "0.01", "keep": "0.6", "side": "below"},
            },
            [],
        ),
        (
            "bands",
            {
                f"{ASPECT}.credit.bands[0].side": "above",
                f"{ASPECT}.credit.bands[1]": {"over_up_to": "0.01", "keep": "0.3"},
            },
            [],
        ),
        (
            "bands",
            {f"{ASPECT}.tolerance.lower": None, f"{ASPECT}.credit.bands[1].side": "below"},
            [
                f"{ASPECT}.credit.bands[1].side: The tolerance leaves this side free, so nothing reaches this band. Take it out."
            ],
        ),
        (
            "bands",
            {f"{ASPECT}.tolerance.upper": None, f"{ASPECT}.credit.bands[1].side": "above"},
            [
                f"{ASPECT}.credit.bands[1].side: The tolerance leaves this side free, so nothing reaches this band. Take it out."
            ],
        ),
        ("ranges", {f"{ASPECT}.credit.ranges": []}, [f"{ASPECT}.credit.ranges: There is no range. Write one or more."]),
        (
            "ranges",
            {f"{ASPECT}.credit.ranges[0].keep": "-0.1"},
            [
                f"{ASPECT}.credit.ranges[0].keep: A share lies between 0 and 1, not at -0.1. Write half of the points as 0.5."
            ],
        ),
        (
            "ranges",
            {f"{ASPECT}.credit.ranges[0].lower": 2},
            [
                f"{ASPECT}.credit.ranges[0].lower: The lower limit 2 is above the upper limit 1. Exchange or correct them."
            ],
        ),
        (
            "ranges",
            {f"{ASPECT}.credit.ranges[1].lower": 0},
            [
                f"{ASPECT}.credit.ranges[1]: This range overlaps with {ASPECT}.credit.ranges[0]. Let one end where the other begins."
            ],
        ),
        ("ranges", {f"{ASPECT}.credit.ranges[1].lower": 1}, []),
        (
            "ranges",
            {f"{ASPECT}.credit.ranges[1]": {"lower": 0, "upper": 1, "keep": 0}},
            [
                f"{ASPECT}.credit.ranges[1]: Nothing reaches this range: {ASPECT}.credit.ranges[0] holds all of it. List them from narrow to wide."
            ],
        ),
        (
            "ranges",
            {
                f"{ASPECT}.least": -3,
                f"{ASPECT}.most": 3,
                f"{ASPECT}.credit.ranges[1]": {"lower": 4, "upper": 5, "keep": 0},
            },
            [f"{ASPECT}.credit.ranges[1]: No reading of the instrument is in this range. Correct it, or take it out."],
        ),
        (
            "measurement",
            {f"{ASPECT}.nominal": "24.1257", f"{ASPECT}.tolerance.allowed": "0.001", f"{ASPECT}.places": 2},
            [
                (
                    f"{ASPECT}.places: No reading with 2 decimals lies from 24.1247 to 24.1267, so none of X can be good. Give the "
                    "instrument more decimals, or widen what is allowed."
                )
            ],
        ),
        ("measurement", {f"{ASPECT}.tolerance.allowed": "0.0001", f"{ASPECT}.places": 2}, []),
        (
            "measurement",
            {f"{ASPECT}.nominal": "24.125", f"{ASPECT}.tolerance.allowed": 0, f"{ASPECT}.places": 2},
            [
                (
                    f"{ASPECT}.places: No reading with 2 decimals lies from 24.125 to 24.125, so none of X can be good. Give the "
                    "instrument more decimals, or widen what is allowed."
                )
            ],
        ),
        (
            "measurement",
            {
                f"{ASPECT}.nominal": "24.125",
                f"{ASPECT}.tolerance.allowed": 0,
                f"{ASPECT}.places": 2,
                f"{ASPECT}.readings": 2,
                f"{ASPECT}.take": "mean",
            },
            [],
        ),
        ("bands", {f"{ASPECT}.tolerance.lower": None, f"{ASPECT}.nominal": "24.1257", f"{ASPECT}.places": 0}, []),
        ("grades", {f"{ASPECT}.credit.grades": []}, [f"{ASPECT}.credit.grades: There is no grade. Write one or more."]),
        (
            "grades",
            {f"{ASPECT}.credit.grades[3]": "3.2"},
            [f"{ASPECT}.credit.grades[3]: The grades are out of order. List them from small to large."],
        ),
        (
            "grades",
            {f"{ASPECT}.nominal": "12.5"},
            [
                f"{ASPECT}.credit.grades: No grade reaches the nominal value 12.5. Add one that does, or correct the value.",
                f"{ASPECT}.credit.keep: Only 0 grades are worse than that of the nominal value, but 2 shares are kept. Take some out.",
            ],
        ),
        (
            "grades",
            {f"{ASPECT}.nominal": "3.2"},
            [
                f"{ASPECT}.credit.keep: Only 1 grades are worse than that of the nominal value, but 2 shares are kept. Take some out."
            ],
        ),
        ("grades", {f"{ASPECT}.nominal": "1.2"}, []),
        (
            "grades",
            {f"{ASPECT}.credit.keep": ["0.5", "0.5"]},
            [f"{ASPECT}.credit.keep[1]: A grade further off keeps no less than the one before it. Lower its share."],
        ),
        (
            "grades",
            {f"{ASPECT}.credit.keep[0]": 2},
            [f"{ASPECT}.credit.keep[0]: A share lies between 0 and 1, not at 2. Write half of the points as 0.5."],
        ),
    ],
)
def test_measured(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
