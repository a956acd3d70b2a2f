"""Which kind of tolerance the filled columns of an aspect make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tolerance_kind(tolerance: Mapping[str, Any]) -> str | None:
    """The kind that has these fields, None where they fit none."""
    match sorted(tolerance.keys() - {"kind"}):
        case ["allowed"]:
            return "fixed"
        case ["lower"] | ["upper"] | ["lower", "upper"]:
            return "limits"
        case ["allowed", "length", "per"]:
            return "by_length"
        case ["size"] | ["steps"] | ["size", "steps"]:
            return "by_size"
    return None
