"""What was made once is remembered: a dictionary that makes what it lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

MOST_REMEMBERED = 20_000
"""Entries; then everything is forgotten at once, which costs less than choosing."""

K = TypeVar("K")
V = TypeVar("V")


class Remembered(dict[K, V], Generic[K, V]):
    """``remembered[key]`` is ``make(key)``, made once while it is remembered."""

    __slots__ = ("_make", "_most")

    def __init__(self, make: Callable[[K], V], most: int = MOST_REMEMBERED) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: K) -> V:
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._make(key)
        return value
