"""How names and figures are set on a board. Pure, and the same in ``static/board-state.js``: one table of cases tests both."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from schemas.boards import BoardHead

Fit = Literal["short", "medium", "long"]
Density = Literal["airy", "dense", "crowded"]

PLACES = Decimal("0.01")
BLANK = "–"
WIDE_FROM = "\u2e80"
"""From here on characters are as wide as they are high: Chinese, and the punctuation that goes with it."""

NAME, TITLE = (10, 20), (24, 48)
"""How wide is short, and how wide medium, in letters: of a name, and of a board's title."""

AIRY, DENSE = 11, 15


def figure(value: Decimal | None) -> str:
    """Points of a column with two places, a half rounded up; a dash where nothing is marked.

    Only the eye's copy is rounded: a panel's mean may have more places than a hall can read.
    """
    return BLANK if value is None else str(value.quantize(PLACES, ROUND_HALF_UP) + 0)


def fit(words: str, limits: tuple[int, int] = NAME) -> Fit:
    """Which size a name is set in: Chinese characters count as two, and four of them are as wide as eight letters."""
    short, medium = limits
    width = sum(2 if character >= WIDE_FROM else 1 for character in words)
    return "short" if width <= short else "medium" if width <= medium else "long"


def title_fit(title: str) -> Fit:
    """Which size a board's title is set in."""
    return fit(title, TITLE)


def most(value: Decimal) -> str:
    """The most a column can give, as short as it can be written."""
    return f"{value.normalize():f}"


def density(columns: int) -> Density:
    """How closely a hall screen is set: beyond fifteen columns of figures it shows the stages only."""
    return "airy" if columns <= AIRY else "dense" if columns <= DENSE else "crowded"


def shape(board: BoardHead) -> str:
    """What a page is built for; when a board comes to have another, its page asks for itself anew."""
    return " ".join([board.kind, *(column.id for column in board.columns), "/", *(award.id for award in board.awards)])
