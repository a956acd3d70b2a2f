"""Points by section of the standards specification, worked by hand."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.compute import compute
from competition.scoring.plan import plan_of
from competition.scoring.sections import section_points
from schemas.aspects import Rounding
from schemas.scheme import Panel, Scheme, Section
from tests.competition.scoring.test_compute import NAME, Paper, one_task, paper, score, sub

SECTIONS = tuple(Section(id=id_, name=NAME, weight=Decimal(5)) for id_ in ("w", "x", "y"))
RULES = one_task(
    sub("u", "10", score("a", section="x"), score("b", section="w"), panel=Panel(judges=3), fit="scale"),
    sub("v", "10", score("c", section="x"), score("d"), fit="cap"),
    points="20",
    sections=SECTIONS,
    rounding=Rounding(places=0),
)


def points(given: Paper, rules: Scheme = RULES) -> dict[str, Decimal]:
    """What each section comes to."""
    plan = plan_of(rules)
    return section_points(plan, compute(plan, given))


def test_a_section_sums_its_aspects_before_anything_is_done_to_sums() -> None:
    """(7 + 8 + 8) / 3 and 9 make 16 2/3, in 28 digits; neither scale, cap nor rounding belongs to a section."""
    assert points(paper(a="7 8 8", b="6 6 6", c="9", d="9")) == {"w": 6, "x": Decimal("16.66666666666666666666666667")}


def test_thirds_sum_to_a_whole() -> None:
    """What two divisions lose is not seen."""
    thirds = one_task(
        sub("u", "20", score("a", section="x"), score("b", section="x"), panel=Panel(judges=3)), sections=SECTIONS
    )
    assert points(paper(a="7 7 8", b="7 8 8"), thirds) == {"x": Decimal(15)}


def test_a_section_without_marks_is_left_out() -> None:
    """Nothing is not zero; a state instead of a reading is."""
    assert points(paper(c="0")) == {"x": 0}
    assert points(paper(a="absent absent", d="9")) == {"x": 0}
    assert points(paper()) == {}
