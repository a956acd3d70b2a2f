"""Sums, weights, floors, cuts and exclusive lists."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import STAGE, SUB, TASK, part, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("binary", {"$.stages": []}, ["$.stages: The scheme has no stage. Write at least one."]),
        ("binary", {f"{STAGE}.weight": 70}, ["$.stages: The weights of the stages sum to 70. Make them sum to 100."]),
        (
            "binary",
            {
                f"{STAGE}.weight": 100,
                "$.stages[1]": part(
                    "H",
                    criteria=[
                        part("D", sub_criteria=[part("U", panel={"judges": 1}, aspects=[part("Y", kind="binary")])])
                    ],
                ),
            },
            ["$.stages: Some stages have a weight and others have none. Give one to all of them or to none."],
        ),
        (
            "binary",
            {
                f"{STAGE}.weight": 101,
                "$.stages[1]": part(
                    "H",
                    weight=-1,
                    criteria=[
                        part("D", sub_criteria=[part("U", panel={"judges": 1}, aspects=[part("Y", kind="binary")])])
                    ],
                ),
            },
            ["$.stages[1].weight: The weight of H is negative. Write 0 or more."],
        ),
        ("binary", {"$.floor": 11}, ["$.floor: The floor 11 is above the most the total can be, 10. Lower it."]),
        ("binary", {f"{TASK}.floor": "10.5"}, [f"{TASK}.floor: The floor 10.5 is above the 10 points of C. Lower it."]),
        (
            "binary",
            {f"{TASK}.points": "9.5"},
            [
                f"{STAGE}.criteria: The parts of G sum to 9.5, but it gives 10 points. Make the two agree.",
                f"{TASK}.sub_criteria: The parts of C sum to 10, but it gives 9.5 points. Make the two agree.",
            ],
        ),
        ("binary", {f"{SUB}.aspects[1]": part("Y", 5, kind="binary"), f"{SUB}.fit": "cap"}, []),
        (
            "binary",
            {f"{SUB}.fit": "cap"},
            [
                f"{SUB}.aspects: The parts of S sum to 10, so the cap of 10 cannot bite. Lower its points, or take the fit out."
            ],
        ),
        ("binary", {f"{SUB}.aspects[1]": part("Y", 5, kind="binary"), f"{SUB}.fit": "scale"}, []),
        (
            "binary",
            {f"{SUB}.aspects": [], f"{SUB}.fit": "scale"},
            [f"{SUB}.aspects: The parts of S sum to 0; nothing can be scaled from it to 10. Add to them."],
        ),
        (
            "binary",
            {f"{STAGE}.points": 0, f"{STAGE}.fit": "scale"},
            [f"{STAGE}.points: G gives no points. Write a figure above 0."],
        ),
        (
            "binary",
            {f"{STAGE}.points": 0, f"{STAGE}.criteria": []},
            [f"{STAGE}.points: G gives no points. Write a figure above 0."],
        ),
        (
            "time_itself",
            {f"{STAGE}.weight": 100},
            [f"{STAGE}.weight: G has a weight but no points of which a share could be taken. Give it points."],
        ),
        ("binary", {f"{SUB}.aspects[1]": part("Y", kind="binary"), f"{SUB}.exclusive": [["X", "Y"]]}, []),
        (
            "binary",
            {f"{SUB}.aspects[1]": part("Y", 5, kind="binary"), f"{SUB}.exclusive": [["X", "Y"], ["Y", "Z"]]},
            [
                f"{SUB}.exclusive[0]: The aspect Y stands in these lists more than once. Leave it in one.",
                f"{SUB}.exclusive[1]: The aspect Y stands in these lists more than once. Leave it in one.",
                f"{SUB}.exclusive[1]: S has no aspect Z. Correct the id, or take it out.",
            ],
        ),
        (
            "binary",
            {f"{SUB}.exclusive": [["X"]]},
            [f"{SUB}.exclusive[0]: One alone excludes nothing. Name two aspects or more, or take the list out."],
        ),
        ("binary", {f"{SUB}.day": 0}, [f"{SUB}.day: Days are counted from 1. Correct the day, or leave it out."]),
        (
            "binary",
            {f"{STAGE}.cut": {"top": 3}},
            [f"{STAGE}.cut: No stage follows G, so nobody goes on from it. Take the cut out."],
        ),
        ("cut", {}, []),
        ("cut", {f"{STAGE}.cut": {}}, [f"{STAGE}.cut: The cut has no condition. Write top, percent or at_least."]),
        (
            "cut",
            {f"{STAGE}.cut": {"top": 0, "percent": 101, "at_least": 11}},
            [
                f"{STAGE}.cut.top: This must be above 0, not 0. Correct it.",
                f"{STAGE}.cut.percent: 101 percent is not possible. Write a figure above 0, up to 100.",
                f"{STAGE}.cut.at_least: 11 is above the 10 points of G: nobody reaches it. Lower it.",
            ],
        ),
    ],
)
def test_groups(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
