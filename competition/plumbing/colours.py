"""Colours by number: how well one stands out from another, and which shade of it does. Pure.

The contrasts are those of WCAG 2.2: 4.5 : 1 for text, 3 : 1 for what is drawn.
"""

from __future__ import annotations

import re

TEXT, DRAWN = 4.5, 3.0
STEPS = 20
DARKEST = 0.04045
"""Up to here the curve of sRGB is a straight line."""

BLACK, WHITE = (0.0, 0.0, 0.0), (255.0, 255.0, 255.0)
HALL = (23.0, 34.0, 45.0)
"""The lightest ground of the hall's theme that text stands on (``--surface-raised``)."""

Colour = tuple[float, float, float]


def parse(text: str) -> Colour | None:
    """``#rrggbb`` as red, green and blue; None for anything else."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        return None
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: Colour, ground: Colour, towards: Colour, least: float) -> Colour:
    """A colour as near to ``colour`` as stands out from ``ground``, mixed ``towards`` black or white."""
    shades = (mixed(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next((shade for shade in shades if contrast(shade, ground) >= least), towards)


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with a share of another in it, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def written(colour: Colour) -> str:
    """A colour as ``#rrggbb``."""
    return "#" + "".join(f"{round(part):02x}" for part in colour)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= DARKEST else ((part + 0.055) / 1.055) ** 2.4
