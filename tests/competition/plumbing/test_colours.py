"""Colours by number: contrasts as WCAG tells them, and shades that can be read."""

from __future__ import annotations

import pytest

from competition.plumbing import colours
from competition.plumbing.colours import BLACK, WHITE, Colour


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#c81e1e", (200, 30, 30)),
        ("#C81E1E", (200, 30, 30)),
        ("c81e1e", None),
        ("#c81", None),
        ("", None),
        ("red", None),
    ],
)
def test_colour_is_read_from_six_digits(text: str, expected: Colour | None) -> None:
    """Only ``#rrggbb`` is a colour, and it is written again as it was read."""
    colour = colours.parse(text)
    assert colour == expected
    assert colour is None or colours.written(colour) == text.lower()


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", "21.00"),
        ("#777777", "#ffffff", "4.48"),
        ("#0a0a0a", "#000000", "1.06"),
        ("#ff0000", "#ff0000", "1.00"),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, expected: str) -> None:
    """The ratio is the same whichever of the two comes first."""
    first, second = colours.parse(one), colours.parse(other)
    assert first is not None
    assert second is not None
    assert {f"{colours.contrast(first, second):.2f}", f"{colours.contrast(second, first):.2f}"} == {expected}


@pytest.mark.parametrize("least", [colours.DRAWN, colours.TEXT])
@pytest.mark.parametrize("dark", [BLACK, (0, 0, 128), (122, 0, 25), (10, 125, 90), (255, 255, 255)])
def test_shade_is_as_near_as_can_be_read(dark: Colour, least: float) -> None:
    """A colour that stands out already stays as it is; another is lightened no more than it takes."""
    shade = colours.readable(dark, colours.HALL, WHITE, least)
    assert colours.contrast(shade, colours.HALL) >= least
    assert (shade == dark) is (colours.contrast(dark, colours.HALL) >= least)
    assert colours.contrast(shade, colours.HALL) < least * 1.35 or shade == dark
