"""A terminal in which tests type the `leitai` command as people do: each call is a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path


class Terminal:
    """Types commands; remembers the database and the data folder."""

    def __init__(self, dsn: str, data: Path) -> None:
        self.dsn = dsn
        self.data = data

    async def leitai(self, *arguments: str, language: str = "en_GB.UTF-8") -> tuple[int, str]:
        """The exit code, and what was printed."""
        environment = os.environ | {
            "DATABASE_URL": self.dsn,
            "LANG": language,
            "LC_ALL": language,
            "LEITAI_PASSWORD": "a sentence to sign in with",
            "LEITAI_DATA": str(self.data),
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "COLUMNS": "200",
            "NO_COLOR": "1",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "competition",
            *arguments,
            env=environment,
            cwd=self.data,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, printed.decode().strip()
