"""How names and figures are set on a board. Pure, and the same in ``static/board-state.js``: one table of cases tests both."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Fit = Literal["short", "medium", "long"]
Density = Literal["airy", "dense", "crowded"]

PLACES = Decimal("0.01")
BLANK = "–"
WIDE_FROM = "\u2e80"
"""From here on characters are as wide as they are high: Chinese, and the punctuation that goes with it."""

SHORT, MEDIUM = 10, 18
AIRY, DENSE = 11, 15


def figure(value: Decimal | None) -> str:
    """Points of a column with two places, a half rounded up; a dash where nothing is marked.

    Only the eye's copy is rounded: a panel's mean may have more places than a hall can read.
    """
    return BLANK if value is None else str(value.quantize(PLACES, ROUND_HALF_UP) + 0)


def fit(name: str) -> Fit:
    """Which size a name is set in: Chinese characters count as two, and four of them are as wide as eight letters."""
    width = sum(2 if character >= WIDE_FROM else 1 for character in name)
    return "short" if width <= SHORT else "medium" if width <= MEDIUM else "long"


def most(value: Decimal) -> str:
    """The most a column can give, as short as it can be written."""
    return f"{value.normalize():f}"


def density(columns: int) -> Density:
    """How closely a hall screen is set: beyond fifteen columns of figures it shows the stages only."""
    return "airy" if columns <= AIRY else "dense" if columns <= DENSE else "crowded"
