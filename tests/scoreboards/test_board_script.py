"""The pure part of the boards' scripts, tested where scripts run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def test_board_script_keeps_its_rules() -> None:
    """Patches, pages, movers and figures behave as ``board-state.test.mjs`` says."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the boards' scripts are not tested")
    run = subprocess.run(
        [node, "--test", str(Path(__file__).parent / "board-state.test.mjs")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
