"""Sections of the standards specification, penalties and states."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, penalty, section, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("binary", {"$.sections": [section("1", weight=10)], f"{ASPECT}.section": "1"}, []),
        (
            "binary",
            {"$.sections": [section("1", weight=10)]},
            [
                f"{ASPECT}.section: X belongs to no section. Name one of them.",
                "$.sections: The aspects are 10 points off their sections, more than 5: 1 -10. Move points.",
            ],
        ),
        (
            "binary",
            {f"{ASPECT}.section": "2"},
            [f"{ASPECT}.section: X belongs to section “2”, which this scheme does not have. Correct it."],
        ),
        (
            "binary",
            {"$.sections": [section("1", weight=9)], f"{ASPECT}.section": "1"},
            ["$.sections: The sections' weights sum to 9, the aspects to 10 points. Make the two agree."],
        ),
        (
            "binary",
            {"$.sections": [section("1", weight=7), section("2", weight=3)], f"{ASPECT}.section": "1"},
            ["$.sections: The aspects are 6 points off their sections, more than 5: 1 +3; 2 -3. Move points."],
        ),
        (
            "binary",
            {
                "$.sections": [section("1", weight=7), section("2", weight=3)],
                f"{ASPECT}.section": "1",
                "$.section_tolerance": 6,
            },
            [],
        ),
        (
            "binary",
            {
                "$.sections": [section("1", weight=10), section("2", weight=0)],
                f"{ASPECT}.section": "1",
                "$.section_tolerance": -1,
            },
            [
                "$.section_tolerance: This must be 0 or more, not -1. Correct it.",
                "$.sections[1].weight: This must be above 0, not 0. Correct it.",
            ],
        ),
        (
            "binary",
            {"$.penalties": [penalty("p", each=0)]},
            ["$.penalties[0].each: The penalty p takes nothing. Write a figure above 0."],
        ),
        ("binary", {"$.penalties": [penalty("p", each=0, out_at=1)]}, []),
        (
            "binary",
            {"$.penalties": [penalty("p", each=3, cap=2, out_at=0)]},
            [
                "$.penalties[0].cap: The penalty p takes 3 each time but 2 at most. Raise the cap.",
                "$.penalties[0].out_at: This must be above 0, not 0. Correct it.",
            ],
        ),
        (
            "binary",
            {"$.penalties": [penalty("p", each=3, cap=9)], "$.penalty_cap": 9},
            ["$.penalty_cap: All penalties together take 9 at most, so the cap of 9 cannot bite. Take it out."],
        ),
        ("binary", {"$.penalties": [penalty("p", each=3)], "$.penalty_cap": 9}, []),
        (
            "binary",
            {"$.penalties": [penalty("p", each=3)], "$.penalty_cap": 0},
            ["$.penalty_cap: This must be above 0, not 0. Correct it."],
        ),
        (
            "binary",
            {"$.states": [{"state": "absent", "rank": "last"}, {"state": "absent", "total": "zero"}]},
            ["$.states[1].state: The state absent has a rule already. Join the two."],
        ),
    ],
)
def test_overall(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
