"""Ranking keys, scales, teams and who goes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, MEDALS, SUB, team, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (
            "binary",
            {"$.ranking": [{"of": "stage", "id": "H"}]},
            [
                "$.ranking[0].id: The ranking names “H”, which is no stage of this scheme. Correct the id, or take the key out."
            ],
        ),
        (
            "binary",
            {"$.ranking": [{"of": "total", "id": "G"}]},
            ["$.ranking[0].id: The key “total” is about the whole scheme, not about “G”. Take the id out."],
        ),
        (
            "binary",
            {
                "$.ranking": [
                    {"of": "sub_criterion", "id": "S"},
                    {"of": "aspect", "id": "X"},
                    {"of": "majority", "id": "S"},
                    {"of": "criterion", "id": "C"},
                ]
            },
            [],
        ),
        (
            "binary",
            {"$.ranking": [{"of": "time", "id": "X"}]},
            [
                "$.ranking[0].id: The ranking names “X”, which is no time aspect of this scheme. Correct the id, or take the key out."
            ],
        ),
        ("left", {"$.ranking": [{"of": "time", "id": "X"}]}, []),
        (
            "binary",
            {"$.ranking": [{"of": "majority", "id": "S"}], f"{SUB}.panel.judges": 1},
            ["$.ranking[0]: S has one judge, and one makes no majority. Name more judges, or take the key out."],
        ),
        (
            "binary",
            {"$.ranking": [{"of": "majority", "id": "S"}], f"{SUB}.panel.judges": 3, f"{ASPECT}.judges": 1},
            [
                "$.ranking[0]: Not every judge of S marks all of it, so a majority would compare unequal sums. Take the key out."
            ],
        ),
        (
            "binary",
            {"$.ranking": [{"of": "total"}, {"of": "total", "order": "ascending"}]},
            ["$.ranking[1]: This key stands in the ranking already and parts nobody here. Take it out."],
        ),
        (
            "binary",
            {"$.ranking": [{"of": "total"}, {"of": "penalties"}]},
            ["$.ranking[1]: The scheme has no penalties to rank by. Add one, or take the key out."],
        ),
        (
            "binary",
            {"$.scale": {"kind": "worldskills_like", "spread": 0, "factor": -1}},
            [
                "$.scale.spread: This must be above 0, not 0. Correct it.",
                "$.scale.factor: This must be above 0, not -1. Correct it.",
            ],
        ),
        (
            "binary",
            {"$.scale": {"kind": "worldskills_like", "least": 500, "most": 500}},
            ["$.scale.least: The scale goes from 500 to 500. Correct one of the two."],
        ),
        (
            "binary",
            {"$.scale": {"kind": "worldskills_like", "most": 600}},
            ["$.scale.centre: This must be from 0 to 600, not 700. Correct it."],
        ),
        (
            "binary",
            {"$.scale": {"kind": "z_score", "spread": 0}},
            ["$.scale.spread: This must be above 0, not 0. Correct it."],
        ),
        ("binary", {"$.scale": {"kind": "percent_of_best"}}, []),
        (
            "binary",
            {"$.teams": [team(of="scale")]},
            ["$.teams[0].of: The scheme has no scale. Add one, or look at the total."],
        ),
        (
            "binary",
            {"$.teams": [team(of="medal_points")]},
            ["$.teams[0].of: The scheme gives no medals to count. Add them to the awards."],
        ),
        (
            "binary",
            {
                "$.scale": {"kind": "z_score"},
                "$.awards": [MEDALS],
                "$.teams": [team(of="medal_points", medal_points=[0, 0, 0, 0])],
            },
            ["$.teams[0].medal_points: Medals are worth 0 points or more, and one of them is. Correct it."],
        ),
        (
            "binary",
            {
                "$.scale": {"kind": "z_score"},
                "$.awards": [MEDALS],
                "$.teams": [team(of="medal_points"), team(id="u", of="scale")],
            },
            [],
        ),
        (
            "binary",
            {"$.teams": [team(best=0, fewest=0)]},
            [
                "$.teams[0].best: This must be above 0, not 0. Correct it.",
                "$.teams[0].fewest: This must be above 0, not 0. Correct it.",
            ],
        ),
        (
            "binary",
            {"$.advancement": {}},
            ["$.advancement: Write how many go on: either top, a number, or percent. Not both, not none."],
        ),
        (
            "binary",
            {"$.advancement": {"top": 3, "percent": 10}},
            ["$.advancement: Write how many go on: either top, a number, or percent. Not both, not none."],
        ),
        (
            "binary",
            {"$.advancement": {"top": 0, "most_per_delegation": 0, "substitutes": -1, "at_least": 11}},
            [
                "$.advancement.top: This must be above 0, not 0. Correct it.",
                "$.advancement.most_per_delegation: This must be above 0, not 0. Correct it.",
                "$.advancement.at_least: No total is above 10, so nobody reaches 11. Lower it.",
                "$.advancement.substitutes: This must be 0 or more, not -1. Correct it.",
            ],
        ),
        (
            "binary",
            {"$.advancement": {"percent": 0}},
            ["$.advancement.percent: 0 percent is not possible. Write a figure above 0, up to 100."],
        ),
    ],
)
def test_closing(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
