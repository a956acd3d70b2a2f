"""The tablet's pure modules keep their rules: the cases are in ``js/*.test.mjs``, run by Node where there is one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NODE = shutil.which("node")
CASES = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))


@pytest.mark.skipif(NODE is None, reason="Node is not installed; the browser journeys cover the modules more coarsely")
@pytest.mark.parametrize("cases", CASES, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_module_keeps_its_rules(cases: Path) -> None:
    """Every case of this file passes."""
    run = subprocess.run([str(NODE), "--test", str(cases)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
