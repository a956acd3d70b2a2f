"""Whatever two colours a competition chooses, what is written and drawn in them can be read."""

from __future__ import annotations

import re

import pytest

from competition.plumbing.colours import DRAWN, HALL, TEXT, WHITE, contrast, parse
from schemas.boards import Theme
from scoreboards.colours import stylesheet

CHOSEN = ["#000000", "#ffffff", "#0b4da2", "#ffe600", "#c2301a", "#808080", "#16212c", "#00ff00"]


def properties(css: str, selector: str) -> dict[str, str]:
    """The custom properties that a stylesheet gives under a selector."""
    rule = css.split(f"{selector} {{")[1].split("}", maxsplit=1)[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", rule))


def between(one: str, other: str | tuple[float, float, float]) -> float:
    """The contrast of two written colours."""
    colours = [parse(colour) if isinstance(colour, str) else colour for colour in (one, other)]
    assert colours[0]
    assert colours[1]
    return contrast(colours[0], colours[1])


@pytest.mark.parametrize("chosen", CHOSEN)
@pytest.mark.parametrize(("selector", "ground"), [(":root", WHITE), ('[data-theme="hall"]', HALL)])
def test_every_colour_is_made_readable(chosen: str, selector: str, ground: tuple[float, float, float]) -> None:
    """Text on a colour, text in it, and lines in it keep the contrasts of WCAG on the hall's ground and on paper."""
    of = properties(stylesheet(Theme(primary=chosen, accent=chosen)), selector)
    assert of.keys() == {f"{form}{name}{use}" for name in ("brand", "brand-accent") for form, use in (("", ""), ("on-", ""), ("", "-line"), ("", "-ink"))}  # fmt: skip
    for name in ("brand", "brand-accent"):
        assert of[name] == chosen
        assert between(of[f"on-{name}"], chosen) >= TEXT
        assert between(of[f"{name}-ink"], ground) >= TEXT
        assert between(of[f"{name}-line"], ground) >= DRAWN


def test_a_readable_colour_stays_what_it_is() -> None:
    """Only what could not be read is made lighter or darker."""
    assert properties(stylesheet(Theme(primary="#ffe600")), '[data-theme="hall"]') == {
        "brand": "#ffe600",
        "on-brand": "#000000",
        "brand-line": "#ffe600",
        "brand-ink": "#ffe600",
    }
    assert properties(stylesheet(Theme(primary="#0b4da2")), ":root")["brand-ink"] == "#0b4da2"


@pytest.mark.parametrize("written", ["", "red", "#12345", "#1234567", "#12345g", "url(x)"])
def test_what_is_no_colour_changes_nothing(written: str) -> None:
    """A theme that names no colour leaves Leitai's own, whatever it holds instead."""
    assert stylesheet(Theme(primary=written, accent=written)) == ""


def test_contrast_is_that_of_the_standard() -> None:
    """Black on white is 21 : 1, and the order does not matter."""
    assert (contrast((0, 0, 0), (255, 255, 255)), contrast((255, 255, 255), (255, 255, 255))) == (21.0, 1.0)
    assert round(contrast((119, 119, 119), (255, 255, 255)), 2) == 4.48
