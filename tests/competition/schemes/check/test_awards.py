"""Shares of nobody, medals without a scale, lines that nobody reaches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import LINE, MEDALS, prize, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (
            "binary",
            {"$.awards": [prize("a")]},
            ["$.awards[0]: Write how many get the award a: either count or percent."],
        ),
        (
            "binary",
            {"$.awards": [prize("a", count=1, percent=10)]},
            ["$.awards[0]: Write how many get the award a: either count or percent."],
        ),
        (
            "binary",
            {"$.awards": [prize("a", count=0), prize("b", percent=101)]},
            [
                "$.awards[0].count: This must be above 0, not 0. Correct it.",
                "$.awards[1].percent: 101 percent is not possible. Write a figure above 0, up to 100.",
                "$.awards: The awards go to 101 percent together. Lower some of them.",
            ],
        ),
        (
            "binary",
            {"$.awards": [prize("a", percent=60), prize("b", percent=41)]},
            ["$.awards: The awards go to 101 percent together. Lower some of them."],
        ),
        (
            "binary",
            {"$.awards": [prize("a", percent=60, base="passed")]},
            ["$.awards[0].base: The award a goes by those who passed, but has no pass line. Write at_least."],
        ),
        (
            "binary",
            {"$.awards": [prize("a", percent=60, base="passed", at_least=11)]},
            ["$.awards[0].at_least: No total is above 10, so nobody reaches 11. Lower it."],
        ),
        (
            "binary",
            {"$.awards": [prize("a:b", count=1)]},
            ["$.awards[0].id: The id a:b holds a colon, which parts medals. Write it without."],
        ),
        ("binary", {"$.awards": [MEDALS]}, ["$.awards[0].of: The scheme has no scale. Add one, or look at the total."]),
        (
            "binary",
            {"$.awards": [MEDALS | {"of": "total", "window": -1}]},
            ["$.awards[0].window: This must be 0 or more, not -1. Correct it."],
        ),
        (
            "binary",
            {"$.awards": [MEDALS | {"of": "total", "small_fields": [{"entrants": 0, "medals": 4}]}]},
            [
                "$.awards[0].small_fields[0].entrants: This must be above 0, not 0. Correct it.",
                "$.awards[0].small_fields[0].medals: This must be from 1 to 3, not 4. Correct it.",
            ],
        ),
        (
            "binary",
            {
                "$.awards": [
                    MEDALS
                    | {"of": "total", "small_fields": [{"entrants": 3, "medals": 1}, {"entrants": 5, "medals": 1}]}
                ]
            },
            [
                "$.awards[0].small_fields[1]: The fields are out of order. List them from few entrants and medals to many."
            ],
        ),
        (
            "binary",
            {
                "$.awards": [
                    MEDALS
                    | {"of": "total", "small_fields": [{"entrants": 3, "medals": 1}, {"entrants": 5, "medals": 3}]}
                ]
            },
            [],
        ),
        ("binary", {"$.awards": [LINE]}, ["$.awards[0].of: The scheme has no scale. Add one, or look at the total."]),
        (
            "binary",
            {"$.awards": [LINE | {"of": "total", "at_least": 11}]},
            ["$.awards[0].at_least: No total is above 10, so nobody reaches 11. Lower it."],
        ),
    ],
)
def test_awards(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
