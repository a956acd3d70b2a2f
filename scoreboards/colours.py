"""A theme's two colours, made fit to be read: as grounds, as text and as lines, on the hall's dark ground and on paper. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from competition.plumbing.colours import BLACK, DRAWN, HALL, TEXT, WHITE, Colour, contrast, parse, readable, written
from schemas.boards import Theme


def stylesheet(theme: Theme) -> str:
    """The custom properties of a theme; none where it leaves Leitai's own colours."""
    named = {"brand": theme.primary, "brand-accent": theme.accent}
    colours = {name: colour for name, hexadecimal in named.items() if (colour := parse(hexadecimal))}
    grounds = ((":root", WHITE, BLACK), ('[data-theme="hall"]', HALL, WHITE))
    return "\n".join(_rule(selector, colours, ground, towards) for selector, ground, towards in grounds if colours)


def _rule(selector: str, colours: dict[str, Colour], ground: Colour, towards: Colour) -> str:
    lines = [line for name, colour in colours.items() for line in _properties(name, colour, ground, towards)]
    return f"{selector} {{\n" + "".join(f"  {line};\n" for line in lines) + "}\n"


def _properties(name: str, colour: Colour, ground: Colour, towards: Colour) -> Iterator[str]:
    yield f"--{name}: {written(colour)}"
    yield f"--on-{name}: {written(max(BLACK, WHITE, key=lambda ink: contrast(ink, colour)))}"
    yield f"--{name}-line: {written(readable(colour, ground, towards, DRAWN))}"
    yield f"--{name}-ink: {written(readable(colour, ground, towards, TEXT))}"
