"""Which drawings are signatures, and how one is shown."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from competition.judging import drawings
from competition.judging.drawings import check_drawing, drawing_svg
from schemas.marks import Drawing
from schemas.problems import Problem


def drawn(*strokes: tuple[tuple[int, int], ...], width: int = 600, height: int = 200, name: str = "") -> Drawing:
    """A drawing of these strokes."""
    return Drawing(width=width, height=height, strokes=strokes, name=name)


@pytest.mark.parametrize(
    "drawing",
    [
        drawn(((0, 0),)),
        drawn(((600, 200), (640, -30))),
        drawn(((-4000, 4000), (1, 1)), width=4000, height=4000),
        drawn(name="张　三"),
        drawn((), name="O\u2019Brien 王" + "长" * 71),
        drawn(*[((1, 1),)] * 300),
        drawn(tuple((1, y % 200) for y in range(2_000))),
    ],
)
def test_a_signature_is_taken(drawing: Drawing) -> None:
    """A dot, a finger that slips over the edge, a name alone, and each limit as it stands."""
    check_drawing(drawing)


@pytest.mark.parametrize(
    ("drawing", "problem"),
    [
        (drawn(), drawings.SignatureIsEmpty),
        (drawn(()), drawings.SignatureIsEmpty),
        (drawn(name="  "), drawings.SignatureIsEmpty),
        (drawn(((601, 10), (10, -1))), drawings.SignatureIsEmpty),
        (drawn(((1, 1), (4001, 1))), drawings.SignatureIsTooLarge),
        (drawn(((1, 1), (1, -4001))), drawings.SignatureIsTooLarge),
        (drawn(((1, 1),), width=4001), drawings.SignatureIsTooLarge),
        (drawn(((1, 1),), height=0), drawings.SignatureIsTooLarge),
        (drawn(((1, 1),), width=-1), drawings.SignatureIsTooLarge),
        (drawn(*[((1, 1),)] * 301), drawings.SignatureIsTooLarge),
        (drawn(((1, 1),) * 20_001), drawings.SignatureIsTooLarge),
        (drawn(((1, 1),), name="长" * 81), drawings.SignatureNameUnfit),
        (drawn(((1, 1),), name="a\nb"), drawings.SignatureNameUnfit),
    ],
)
def test_what_is_no_signature_is_refused(drawing: Drawing, problem: type[Problem]) -> None:
    """Nothing on the field, more than anybody draws, a name that no page can show: each with its own sentence."""
    with pytest.raises(Problem) as refused:
        check_drawing(drawing)
    assert refused.type is problem


def test_a_drawing_is_shown_as_a_path_a_stroke() -> None:
    """Black on white in its own field; a dot is a dot, a stroke of nothing is nothing, and the name is not in it."""
    drawing = drawn(((1, 2), (3, -4), (5, 6)), (), ((7, 8),), name="<script>")
    assert drawing_svg(drawing) == Markup(
        '<svg class="drawing" viewBox="0 0 600 200" aria-hidden="true"><rect width="600" height="200" fill="#fff"/>'
        '<g fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">'
        '<path d="M1 2h0L3 -4L5 6"/><path d="M7 8h0"/></g></svg>'
    )
