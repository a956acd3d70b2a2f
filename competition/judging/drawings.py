"""Signatures by hand: which drawings are taken, and how one is shown. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import category

from markupsafe import Markup

from schemas.marks import Drawing
from schemas.problems import N_, Problem

MOST_STROKES = 300
MOST_POINTS = 2_000
MOST_SIDE = 4000
"""CSS pixels. A finger may slip over the field's edge: points may lie outside of it, as far as this from its corner."""
MOST_NAME = 80


class SignatureIsEmpty(Problem):
    """A signature with nothing on its field, and no name."""

    sentence = N_("There is no signature yet. Sign on the field, or write your name.")


class SignatureIsTooLarge(Problem):
    """A drawing of more strokes or points, or on a larger field, than anybody signs."""

    sentence = N_("This drawing is too large for a signature. Clear the field and sign again, with fewer strokes.")


class SignatureNameUnfit(Problem):
    """A name that is too long, or that no page could show."""

    sentence = N_("A name under a signature has {most} visible characters at most. Write it shorter.")


def check_drawing(drawing: Drawing) -> None:
    """Raise unless this is somebody's signature: strokes that are seen on the field, or at least a name."""
    points = [point for stroke in drawing.strokes for point in stroke]
    if (
        not (1 <= drawing.width <= MOST_SIDE and 1 <= drawing.height <= MOST_SIDE)
        or len(drawing.strokes) > MOST_STROKES
        or len(points) > MOST_POINTS
        or any(abs(x) > MOST_SIDE or abs(y) > MOST_SIDE for x, y in points)
    ):
        raise SignatureIsTooLarge
    if len(drawing.name) > MOST_NAME or any(category(letter) == "Cc" for letter in drawing.name):
        raise SignatureNameUnfit(most=MOST_NAME)
    is_seen = any(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in points)
    if not is_seen and not drawing.name.strip():
        raise SignatureIsEmpty


def drawing_svg(drawing: Drawing) -> Markup:
    """The strokes as inline SVG, black on white, which scales with its box; words for who cannot see it are the page's."""
    paths = "".join(f'<path d="{_path(stroke)}"/>' for stroke in drawing.strokes if stroke)
    return Markup(  # noqa: S704 - there is nothing in it but numbers
        f'<svg class="drawing" viewBox="0 0 {drawing.width:d} {drawing.height:d}" aria-hidden="true">'
        f'<rect width="{drawing.width:d}" height="{drawing.height:d}" fill="#fff"/>'
        f'<g fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
    )


def _path(stroke: Iterable[tuple[int, int]]) -> str:
    """A stroke's line from point to point; one point alone is a line of no length, whose round ends make a dot."""
    (x, y), *others = stroke
    return f"M{x:d} {y:d}h0" + "".join(f"L{x:d} {y:d}" for x, y in others)
