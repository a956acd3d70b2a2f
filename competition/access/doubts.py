"""Whether those who are connected are still welcome: a bell for each live line of the desk, rung when an account is out of use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Doubts:
    """The bells of this server process; whoever hears one asks at the door anew."""

    def __init__(self) -> None:
        self._bells: set[asyncio.Event] = set()

    @contextmanager
    def bell(self) -> Iterator[asyncio.Event]:
        """A bell for as long as a line is open."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            yield bell
        finally:
            self._bells.discard(bell)

    def ring(self) -> None:
        """Let everybody be asked for."""
        for bell in self._bells:
            bell.set()
