"""Limits, bands, and the time at which everything stops."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, SUB, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (
            "left",
            {f"{ASPECT}.runs": 0, f"{ASPECT}.places": 7, f"{ASPECT}.stop": None},
            [
                f"{ASPECT}.runs: This must be from 1 to 20, not 0. Correct it.",
                f"{ASPECT}.places: This must be from 0 to 6, not 7. Correct it.",
            ],
        ),
        (
            "left",
            {f"{ASPECT}.credit.limit": 0},
            [
                f"{ASPECT}.credit.limit: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.credit.gain: Even without any time used X gives 0 of its 10 points. Raise the gain, or lower them.",
            ],
        ),
        (
            "left",
            {f"{ASPECT}.credit.gain": 0},
            [
                f"{ASPECT}.credit.gain: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.credit.gain: Even without any time used X gives 0 of its 10 points. Raise the gain, or lower them.",
            ],
        ),
        ("left", {f"{ASPECT}.credit.per": 0}, [f"{ASPECT}.credit.per: This must be above 0, not 0. Correct it."]),
        (
            "left",
            {f"{ASPECT}.stop": 599},
            [
                f"{ASPECT}.stop: The time stops at 599 s, before the limit of 600 s has its effect. Correct one of the two."
            ],
        ),
        (
            "left",
            {f"{ASPECT}.stop": 0},
            [
                f"{ASPECT}.stop: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.stop: The time stops at 0 s, before the limit of 600 s has its effect. Correct one of the two.",
            ],
        ),
        (
            "left",
            {f"{ASPECT}.credit.per": 90},
            [
                f"{ASPECT}.credit.gain: Even without any time used X gives 6 of its 10 points. Raise the gain, or lower them."
            ],
        ),
        ("left", {f"{ASPECT}.credit": {"kind": "left", "limit": 570, "gain": 1, "per": 60, "count": "begun"}}, []),
        (
            "left",
            {f"{ASPECT}.credit": {"kind": "left", "limit": 570, "gain": 1, "per": 60, "count": "exact"}},
            [
                f"{ASPECT}.credit.gain: Even without any time used X gives 9.5 of its 10 points. Raise the gain, or lower them."
            ],
        ),
        (
            "over",
            {f"{ASPECT}.stop": 600},
            [
                f"{ASPECT}.stop: The time stops at 600 s, before the limit of 600 s has its effect. Correct one of the two."
            ],
        ),
        ("over", {f"{ASPECT}.credit.lose": -1}, [f"{ASPECT}.credit.lose: This must be above 0, not -1. Correct it."]),
        (
            "over",
            {f"{ASPECT}.credit.limit": -1},
            [f"{ASPECT}.credit.limit: This must be 0 or more, not -1. Correct it."],
        ),
        ("over", {f"{ASPECT}.credit.limit": 0}, []),
        (
            "time_bands",
            {f"{ASPECT}.credit.bands": []},
            [f"{ASPECT}.credit.bands: No band of X keeps all of its points. Let the first one keep 1."],
        ),
        (
            "time_bands",
            {f"{ASPECT}.credit.bands[0].keep": "0.9"},
            [f"{ASPECT}.credit.bands: No band of X keeps all of its points. Let the first one keep 1."],
        ),
        (
            "time_bands",
            {f"{ASPECT}.credit.bands[0].up_to": 0},
            [f"{ASPECT}.credit.bands[0].up_to: This must be above 0, not 0. Correct it."],
        ),
        (
            "time_bands",
            {f"{ASPECT}.credit.bands[1].keep": 2},
            [
                f"{ASPECT}.credit.bands[1].keep: A share lies between 0 and 1, not at 2. Write half of the points as 0.5.",
                f"{ASPECT}.credit.bands[1].keep: This band keeps no less than a nearer one before it. Lower its share, or join the two.",
            ],
        ),
        (
            "time_bands",
            {f"{ASPECT}.credit.bands[1].up_to": 60},
            [f"{ASPECT}.credit.bands[1].up_to: The times are out of order. List them from short to long."],
        ),
        (
            "time_bands",
            {f"{ASPECT}.stop": 60},
            [
                f"{ASPECT}.credit.bands[1].up_to: The time stops at 60 s, so nothing reaches this band. Correct one of the two."
            ],
        ),
        ("time_itself", {}, []),
        (
            "time_itself",
            {f"{ASPECT}.points": 1},
            [
                f"{SUB}.points: S gives no points. Write a figure above 0.",
                f"{SUB}.aspects: The parts of S sum to 1, but it gives 0 points. Make the two agree.",
                f"{ASPECT}.points: X is compared as a time and gives no points. Write 0 for its points.",
            ],
        ),
        (
            "time_itself",
            {"$.ranking": [{"of": "total"}]},
            [f"{ASPECT}: The time X gives no points and no ranking key compares it. Add a key, or give it points."],
        ),
    ],
)
def test_times(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
