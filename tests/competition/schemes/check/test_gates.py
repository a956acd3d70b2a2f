"""Gates that look at nothing or at themselves, never open or are always open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.competition.schemes.check.good import STAGE, SUB, TASK, told


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        ("gate", {}, []),
        (
            "gate",
            {f"{STAGE}.criteria[1].gate.id": "E"},
            [
                f"{STAGE}.criteria[1].gate.id: The gate looks at “E”, which this scheme does not have. Correct the id, or take the gate out."
            ],
        ),
        (
            "gate",
            {f"{STAGE}.criteria[1].gate": {"of": "criterion", "id": "D", "at_least": 5}},
            [
                f"{STAGE}.criteria[1].gate.id: This gate looks at points that wait for D themselves. Let it look at a part that does not."
            ],
        ),
        (
            "gate",
            {f"{STAGE}.criteria[1].gate": {"of": "stage", "id": "G", "at_least": 5}},
            [
                f"{STAGE}.criteria[1].gate.id: This gate looks at points that wait for D themselves. Let it look at a part that does not."
            ],
        ),
        (
            "gate",
            {f"{STAGE}.criteria[1].gate": {"of": "aspect", "id": "Y", "at_least": 5}},
            [f"{STAGE}.criteria[1].gate.id: This gate looks at a part of D itself. Let it look at another part."],
        ),
        (
            "gate",
            {f"{SUB}.gate": {"of": "criterion", "id": "D", "at_least": 5}},
            [
                f"{STAGE}.criteria[1].gate.id: This gate looks at points that wait for D themselves. Let it look at a part that does not.",
                f"{SUB}.gate.id: This gate looks at points that wait for S themselves. Let it look at a part that does not.",
            ],
        ),
        (
            "gate",
            {f"{STAGE}.criteria[1].gate.at_least": 11},
            [f"{STAGE}.criteria[1].gate.at_least: 11 is above the 10 points of C: the gate never opens. Lower it."],
        ),
        (
            "gate",
            {f"{STAGE}.criteria[1].gate.at_least": 0},
            [
                f"{STAGE}.criteria[1].gate.at_least: C never has fewer than 0 points: the gate is always open. Raise it, or take it out."
            ],
        ),
        (
            "gate",
            {f"{TASK}.floor": 2, f"{STAGE}.criteria[1].gate.at_least": 2},
            [
                f"{STAGE}.criteria[1].gate.at_least: C never has fewer than 2 points: the gate is always open. Raise it, or take it out."
            ],
        ),
    ],
)
def test_gates(kind: str, changes: dict[str, Any], expected: list[str]) -> None:
    """The good scheme with these places changed is told exactly this."""
    assert told(kind, changes) == expected
