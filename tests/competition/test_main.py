"""The command while its modules are loaded."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["leitai"].split(":")
WAITING = """
import os, signal, sys

class Waiting:
    def find_spec(self, name, path=None, target=None):
        if name == "competition.cli":
            os.close(os.open(os.environ["LOADING"], os.O_WRONLY))
            while True:
                signal.pause()

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Waiting())
"""
"""Tells by opening a pipe that the command line is about to be loaded, and keeps it so for ever."""


@pytest.mark.parametrize(
    "command",
    [["-m", "competition"], ["-c", f"import sys; from {SCRIPT[0]} import {SCRIPT[1]} as main; sys.exit(main())"]],
    ids=["python -m competition", "leitai"],
)
def test_ctrl_c_while_loading_ends_without_a_word(tmp_path: Path, command: list[str]) -> None:
    """The system ends the process by the signal, as a shell expects it; no traceback is printed."""
    (tmp_path / "sitecustomize.py").write_text(WAITING)
    os.mkfifo(tmp_path / "loading")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "LOADING": str(tmp_path / "loading")}
    with subprocess.Popen(
        [sys.executable, *command, "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        (tmp_path / "loading").open("rb").close()  # goes on once the other side is there
        started.send_signal(signal.SIGINT)
        assert (*started.communicate(), started.returncode) == (b"", b"", -signal.SIGINT)


@pytest.mark.parametrize("handler", ["signal.default_int_handler", "signal.SIG_IGN"])
def test_once_loaded_ctrl_c_goes_where_it_went(handler: str) -> None:
    """Click and asyncio hear of it only by Python's handler; one that is ignored from the start, in a background, stays so."""
    program = f"""
import signal
signal.signal(signal.SIGINT, {handler})
import competition.cli
competition.cli.main = lambda: print(signal.getsignal(signal.SIGINT) is {handler})
from competition.__main__ import main
main()
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert ended.stdout == b"True\n"
