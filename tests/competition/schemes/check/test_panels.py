"""Panels of which nobody is left, and limits that never hold."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import ASPECT, SUB, told

TOO_FEW = (
    f"{SUB}.panel.fewest: The panel sums its judges, and with fewer than 4 present the sum would be smaller for no fault of the"
    " entrant's. Write 4, or combine by mean."
)
FOUR_SUMMED = {"judges": 4, "combine": "sum", "drop_highest": 1, "drop_lowest": 1}


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        (
            "binary",
            {f"{SUB}.panel.judges": 31},
            [f"{SUB}.panel.judges: This must be from 1 to 30, not 31. Correct it."],
        ),
        ("binary", {f"{SUB}.panel": {"judges": 3, "drop_highest": 1, "drop_lowest": 1, "fewest": 3}}, []),
        (
            "binary",
            {f"{SUB}.panel": {"judges": 3, "drop_highest": 2, "drop_lowest": 1}},
            [f"{SUB}.panel: Of 3 judges nobody is left when 3 are dropped. Drop fewer, or name more judges."],
        ),
        (
            "binary",
            {f"{SUB}.panel.drop_lowest": -1},
            [f"{SUB}.panel.drop_lowest: This must be 0 or more, not -1. Correct it."],
        ),
        ("binary", {f"{SUB}.panel.fewest": 4}, [f"{SUB}.panel.fewest: This must be from 1 to 3, not 4. Correct it."]),
        ("binary", {f"{SUB}.panel.fewest": 0}, [f"{SUB}.panel.fewest: This must be from 1 to 3, not 0. Correct it."]),
        (
            "binary",
            {f"{SUB}.panel": {"judges": 1, "most_apart": 2}},
            [
                f"{SUB}.panel.most_apart: One judge alone is never apart from another. Name more judges, or take this out."
            ],
        ),
        (
            "binary",
            {f"{SUB}.panel.most_apart": -1},
            [f"{SUB}.panel.most_apart: This must be 0 or more, not -1. Correct it."],
        ),
        (
            "binary",
            {f"{SUB}.panel.most_apart": 10},
            [f"{SUB}.panel.most_apart: Judges can be at most 10 points apart here, so 10 never flags. Lower it."],
        ),
        ("binary", {f"{SUB}.panel.most_apart": 9}, []),
        ("binary", {f"{ASPECT}.judges": 4}, [f"{ASPECT}.judges: This must be from 1 to 3, not 4. Correct it."]),
        (
            "judgement",
            {f"{ASPECT}.judges": 1},
            [
                f"{ASPECT}.revote_from: One judge alone has no other level to differ from. Name more judges, or take this out."
            ],
        ),
        (
            "binary",
            {f"{SUB}.panel.by": "sheet", f"{ASPECT}.rounding": {"places": 1}, f"{ASPECT}.judges": 1},
            [
                f"{ASPECT}.rounding: A panel by sheet has no figure of X alone to round. Round with the panel's each or rounding.",
                f"{ASPECT}.judges: A panel by sheet sums all that a judge marks, so each judge must mark X. Take this out.",
            ],
        ),
        (
            "binary",
            {f"{SUB}.panel": {"judges": 3, "combine": "sum", "fewest": 3}},
            [f"{ASPECT}: The panel sums its judges, so X has no most. Let it combine by mean, or mark by scores."],
        ),
        ("binary", {f"{SUB}.panel.combine": "sum", f"{ASPECT}.judges": 1}, []),
        (
            "score",
            {
                f"{SUB}.panel": {"judges": 3, "combine": "sum", "fewest": 3},
                f"{ASPECT}.most": 5,
                f"{ASPECT}.factor": 1,
            },
            [f"{ASPECT}.points: X can give 5 x 1 x 3 = 15, but its points are 10. Make the two agree."],
        ),
        (
            "score",
            {f"{SUB}.panel": FOUR_SUMMED | {"fewest": 4}, f"{ASPECT}.most": 5},
            [],
        ),
        (
            "score",
            {f"{SUB}.panel": FOUR_SUMMED | {"fewest": 3}, f"{ASPECT}.most": 5},
            [TOO_FEW],
        ),
        (
            "score",
            {f"{SUB}.panel": FOUR_SUMMED | {"by": "sheet"}, f"{ASPECT}.most": 5},
            [TOO_FEW],
        ),
    ],
)
def test_panels(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
