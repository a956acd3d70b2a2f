"""Aspects that are decided, counted, chosen, judged, scored or brought from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, NAME, OTHER, SUB, TASK, part, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (
            "binary",
            {f"{ASPECT}.points": 0, f"{SUB}.points": 0},
            [
                f"{TASK}.sub_criteria: The parts of C sum to 0, but it gives 10 points. Make the two agree.",
                f"{ASPECT}.points: X gives no points. Write a figure above 0.",
            ],
        ),
        ("count", {f"{ASPECT}.possible": 0}, [f"{ASPECT}.possible: This must be above 0, not 0. Correct it."]),
        (
            "choice",
            {f"{ASPECT}.options": [{"name": NAME, "points": 10}]},
            [f"{ASPECT}.options: X leaves nothing to choose. Give it two options or more."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[1]": {"name": OTHER}},
            [f"{ASPECT}.options[1]: Write what this option gives: either its points, or keep, a share of them."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[1]": {"name": OTHER, "points": 5, "keep": "0.5"}},
            [f"{ASPECT}.options[1]: Write what this option gives: either its points, or keep, a share of them."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[1].name": {"zh": "别名", "en": "ＮＡＭＥ "}},
            [f"{ASPECT}.options[1].name.en: X has two options with the name “ＮＡＭＥ ”. Name one of them otherwise."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[1].name": {"zh": "名"}},
            [f"{ASPECT}.options[1].name.zh: X has two options with the name “名”. Name one of them otherwise."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[1].keep": "1.5"},
            [f"{ASPECT}.options[1].keep: A share lies between 0 and 1, not at 1.5. Write half of the points as 0.5."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[0].points": 11},
            [f"{ASPECT}.options[0].points: This option gives 11, more than the 10 points of X. Correct one of them."],
        ),
        (
            "choice",
            {f"{ASPECT}.options[0].points": 9},
            [
                f"{ASPECT}.options: No option of X gives all of its 10 points. Raise the best option, or lower the points."
            ],
        ),
        (
            "judgement",
            {f"{ASPECT}.levels": [NAME], f"{ASPECT}.revote_from": 9},
            [
                f"{ASPECT}.levels: X has no levels to choose from. Describe two or more.",
                f"{ASPECT}.revote_from: This must be from 1 to 1, not 9. Correct it.",
            ],
        ),
        (
            "judgement",
            {f"{ASPECT}.revote_from": 4},
            [f"{ASPECT}.revote_from: This must be from 1 to 3, not 4. Correct it."],
        ),
        ("score", {f"{ASPECT}.step": 0}, [f"{ASPECT}.step: This must be above 0, not 0. Correct it."]),
        (
            "score",
            {f"{ASPECT}.step": "0.3"},
            [f"{ASPECT}.step: 10 is no whole number of steps of 0.3, so nobody can be given it for X. Change one."],
        ),
        (
            "score",
            {f"{ASPECT}.least": "0.2"},
            [f"{ASPECT}.least: 0.2 is no whole number of steps of 0.5, so nobody can be given it for X. Change one."],
        ),
        (
            "score",
            {f"{ASPECT}.least": 10},
            [f"{ASPECT}.least: X goes from 10 to 10: there is nothing to score. Correct one of the two."],
        ),
        (
            "score",
            {f"{ASPECT}.factor": 0},
            [
                f"{ASPECT}.factor: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.points: X can give 10 x 0 x 1 = 0, but its points are 10. Make the two agree.",
            ],
        ),
        (
            "score",
            {f"{ASPECT}.most": 5},
            [f"{ASPECT}.points: X can give 5 x 1 x 1 = 5, but its points are 10. Make the two agree."],
        ),
        ("score", {f"{ASPECT}.most": 5, f"{ASPECT}.factor": 2}, []),
        ("deduction", {f"{ASPECT}.items": []}, [f"{ASPECT}.items: X deducts for nothing. Give it one item or more."]),
        (
            "deduction",
            {f"{ASPECT}.items[0].each": 0},
            [f"{ASPECT}.items[0].each: This item of X deducts nothing. Write a figure above 0."],
        ),
        (
            "deduction",
            {f"{ASPECT}.items[0].cap": "0.4", f"{ASPECT}.items[1].cap": None},
            [f"{ASPECT}.items[0].cap: This item of X deducts 0.5 each time but 0.4 at most. Raise the cap."],
        ),
        (
            "deduction",
            {f"{ASPECT}.items[0].cap": 11},
            [
                f"{ASPECT}.items[0].cap: The cap 11 is above the 10 points of X and never holds. Lower it, or leave it out."
            ],
        ),
        (
            "deduction",
            {f"{ASPECT}.items[0].cap": 4},
            [f"{ASPECT}.items: The caps of X sum to 9: the rest of its 10 points can never be lost. Raise a cap."],
        ),
        (
            "deduction",
            {f"{ASPECT}.least": 10},
            [f"{ASPECT}.least: X goes from 10 down to 10: nothing can be lost. Correct one of the two."],
        ),
        (
            "deduction",
            {f"{ASPECT}.least": 10, f"{ASPECT}.items[0].each": 0},
            [
                f"{ASPECT}.least: X goes from 10 down to 10: nothing can be lost. Correct one of the two.",
                f"{ASPECT}.items[0].each: This item of X deducts nothing. Write a figure above 0.",
            ],
        ),
        ("deduction", {f"{ASPECT}.least": -5, f"{ASPECT}.items[0].cap": 10}, []),
        (
            "binary",
            {f"{SUB}.aspects[1]": part("Y", 0, kind="deduction", least=-3, items=[{"name": NAME, "each": 1}])},
            [],
        ),
        (
            "external",
            {f"{ASPECT}.out_of": 0, f"{ASPECT}.places": 7},
            [
                f"{ASPECT}.out_of: This must be above 0, not 0. Correct it.",
                f"{ASPECT}.places: This must be from 0 to 6, not 7. Correct it.",
            ],
        ),
    ],
)
def test_kinds(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
