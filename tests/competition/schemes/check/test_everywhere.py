"""Figures, texts, roundings and ids, wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, STAGE, SUB, TASK, part, penalty, prize, section, team, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("binary", {"$.code": " "}, ["$.code: The scheme has no code. Write one."]),
        (
            "binary",
            {"$.name": {"zh": "", "en": " "}},
            ["$.name: Nothing is written here. Write it in Chinese, in English, or in both."],
        ),
        ("binary", {"$.name": {"en": "only English"}}, []),
        (
            "binary",
            {f"{ASPECT}.hint": {}},
            [f"{ASPECT}.hint: Nothing is written here. Write it in Chinese, in English, or in both."],
        ),
        (
            "judgement",
            {f"{ASPECT}.levels[2]": {"zh": " "}},
            [f"{ASPECT}.levels[2]: Nothing is written here. Write it in Chinese, in English, or in both."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[1].name": {}},
            [f"{ASPECT}.options[1].name: Nothing is written here. Write it in Chinese, in English, or in both."],
        ),
        (
            "binary",
            {"$.name": {"en": "two\nlines"}, f"{ASPECT}.name": {"en": "a\x00b"}},
            [
                f"{ASPECT}.name.en: Here stand characters that cannot be seen. Write the words again, without copying them."
            ],
        ),
        (
            "binary",
            {"$.floor": "0E+999999999"},
            ["$.floor: 0E+999999999 is no usable figure. Write a number of at most a million."],
        ),
        (
            "binary",
            {"$.rounding": {"places": -1}},
            ["$.rounding.places: This must be from 0 to 6, not -1. Correct it."],
        ),
        (
            "binary",
            {f"{SUB}.panel.each": {"places": 7}},
            [f"{SUB}.panel.each.places: This must be from 0 to 6, not 7. Correct it."],
        ),
        (
            "binary",
            {f"{ASPECT}.id": " "},
            [f"{ASPECT}.id: The id is empty. Give it one that nothing else of its kind has."],
        ),
        ("binary", {f"{ASPECT}.id": "S"}, []),
        (
            "binary",
            {
                f"{SUB}.points": 20,
                f"{TASK}.points": 20,
                f"{STAGE}.points": 20,
                f"{SUB}.aspects[1]": part("X", kind="binary"),
            },
            [
                f"{ASPECT}.id: The id X is used more than once. Give each its own.",
                f"{SUB}.aspects[1].id: The id X is used more than once. Give each its own.",
                f"{SUB}.aspects: The parts of S sum to 10, but it gives 20 points. Make the two agree.",
            ],
        ),
        (
            "binary",
            {"$.penalties": [penalty("p", each=1), penalty("p", each=1)]},
            [
                "$.penalties[0].id: The id p is used more than once. Give each its own.",
                "$.penalties[1].id: The id p is used more than once. Give each its own.",
            ],
        ),
        (
            "binary",
            {"$.penalties": [penalty("X", each=1)]},
            [
                f"{ASPECT}.id: The id X is used more than once. Give each its own.",
                "$.penalties[0].id: The id X is used more than once. Give each its own.",
            ],
        ),
        (
            "bands",
            {"$.floor": "-0.0000001", f"{ASPECT}.tolerance.lower": "0.5"},
            [
                "$.floor: -1E-7 has more than 6 decimals. Write a coarser figure.",
                f"{ASPECT}.tolerance.lower: The lower limit 0.5 is above the upper limit 0.02. Exchange or correct them.",
            ],
        ),
        (
            "binary",
            {"$.floor": "1E-999999999", f"{ASPECT}.id": ""},
            ["$.floor: 1E-999999999 has more than 6 decimals. Write a coarser figure."],
        ),
        (
            "binary",
            {"$.awards": [prize("a", count=1), section("a", kind="best_of_delegation")]},
            [
                "$.awards[0].id: The id a is used more than once. Give each its own.",
                "$.awards[1].id: The id a is used more than once. Give each its own.",
            ],
        ),
        (
            "binary",
            {"$.teams": [team(), team()]},
            [
                "$.teams[0].id: The id t is used more than once. Give each its own.",
                "$.teams[1].id: The id t is used more than once. Give each its own.",
            ],
        ),
    ],
)
def test_everywhere(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
