"""The tablet's pure modules keep their rules: the cases are in ``js/*.test.mjs``, run by Node where there is one."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from competition.schemes.trying import reading
from competition.scoring.readings import check_reading, expected_readings
from schemas.aspects import Aspect, External, Measurement, Score, Time
from schemas.base import canonical
from schemas.problems import Problem
from tests.every_kind import every_kind

READINGS = Path(__file__).parents[3] / "competition" / "static" / "judge" / "readings.js"
TYPED = (
    "0", "-0", "1", "12", "13", "-1", "-2", "-2.25", "9.75", "10", "10.25", "17", "20", "20.5", "150", "150.1", "0.1", "0.25", "0.123",
    "0.1234", ".5", "5.", "+3", "１２", "−1", "1:05", "1:05.5", "0:00", "1:60", "1:5", "1:02:03", "1:75:00", "90:00", "1000000", "1000001",
    "1,5", "1e3", "", " ", "NaN", "-", ".", ":", "--1",
)  # fmt: skip
NODE = shutil.which("node")
CASES = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


@pytest.mark.skipif(NODE is None, reason="Node is not installed; the browser journeys cover the modules more coarsely")
@pytest.mark.parametrize("cases", CASES, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_module_keeps_its_rules(cases: Path) -> None:
    """Every case of this file passes."""
    run = subprocess.run([str(NODE), "--test", str(cases)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_tablet_takes_what_the_server_takes() -> None:
    """Of every kind that is typed the pad takes what the server takes, as the same value, and refuses the rest."""
    typed_kinds = (Measurement, Score, Time, External)
    aspects = [aspect for aspect in every_kind().aspects() if isinstance(aspect, typed_kinds) or aspect.id == "A1.2"]
    script = (
        f"import {{ readNumber }} from {json.dumps(READINGS.as_uri())};"
        "const { aspects, typed } = JSON.parse(process.argv[1]);"
        "const read = (aspect) => typed.map((text) => readNumber(aspect, text).value ?? null);"
        "console.log(JSON.stringify(aspects.map(read)));"
    )
    data = canonical({"aspects": aspects, "typed": TYPED}).decode()
    command = [str(NODE), "--input-type=module", "--eval", script, data]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    by_tablet = [[None if text is None else Decimal(text) for text in line] for line in json.loads(run.stdout)]
    by_server = [[_taken(aspect, text) for text in TYPED] for aspect in aspects]
    assert by_tablet == by_server


def _taken(aspect: Aspect, typed: str) -> Decimal | None:
    """The value that the server would take; None where it would refuse it."""
    try:
        value = reading(aspect, typed)
        check_reading(aspect, (value,) * expected_readings(aspect), "marked")
    except Problem:
        return None
    return value
