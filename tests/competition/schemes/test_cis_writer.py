"""Writing a CIS workbook: what CIS can say is read back the same, and all that it cannot say is named."""

from __future__ import annotations

from decimal import Decimal
from itertools import count, pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.schemes.cis.reader import read_cis
from competition.schemes.cis.writer import NotExpressible, write_cis
from schemas.aspects import (
    Binary,
    Choice,
    Count,
    FixedTolerance,
    Judgement,
    LinearCredit,
    Measurement,
    Option,
    Range,
    RangedCredit,
    Rounding,
)
from schemas.scheme import Criterion, Gate, Panel, Penalty, Scheme, Section, SubCriterion
from tests.competition.schemes.cis_books import USUAL, book, en

TEXTS = st.text(alphabet="abc XYZ,.=-", min_size=1, max_size=20).map(lambda text: en(f"a{' '.join(text.split())}"))
HUNDREDTHS = st.integers(1, 250).map(lambda hundredths: Decimal(hundredths) / 100)
SHARES = st.integers(0, 1000).map(lambda thousandths: Decimal(thousandths) / 1000)


@st.composite
def expressible(draw: st.DrawFn) -> Scheme:
    """A scheme that CIS can say: up to three criteria, with every calculation there is."""
    sections = tuple(
        Section(id=str(number), name=draw(TEXTS), weight=draw(HUNDREDTHS))
        for number in range(1, draw(st.integers(1, 3)))
    )
    criteria = tuple(draw(criterion_of(letter, sections)) for letter in "ABC"[: draw(st.integers(1, 3))])
    base = read_cis(book(*USUAL), "x.xlsx")
    points = sum((criterion.points for criterion in criteria), start=Decimal(0))
    stage = msgspec.structs.replace(base.stages[0], points=points, criteria=criteria)
    return msgspec.structs.replace(base, stages=(stage,), sections=sections)


@st.composite
def criterion_of(draw: st.DrawFn, letter: str, sections: tuple[Section, ...]) -> Criterion:
    """A criterion with its sub-criteria."""
    subs = []
    for number in range(1, draw(st.integers(2, 3))):
        kinds = draw(st.lists(st.sampled_from("JBNCURD"), min_size=1, max_size=4))
        judges = 3 if "J" in kinds else 1
        ids = (f"{letter}{number}.{place}" for place in count(1))
        aspects = tuple(
            draw(
                aspect_of(
                    kind,
                    {
                        "id": next(ids),
                        "name": draw(TEXTS),
                        "hint": draw(st.none() | TEXTS),
                        "points": draw(HUNDREDTHS),
                        "section": draw(st.sampled_from([None, *(section.id for section in sections)])),
                        "judges": 1 if judges == 3 and kind != "J" else None,
                    },
                )
            )
            for kind in kinds
        )
        points = sum((aspect.points for aspect in aspects), start=Decimal(0))
        day = draw(st.none() | st.integers(1, 5))
        panel = Panel(judges=judges)
        subs.append(
            SubCriterion(id=f"{letter}{number}", name=draw(TEXTS), points=points, panel=panel, aspects=aspects, day=day)
        )
    points = sum((sub.points for sub in subs), start=Decimal(0))
    return Criterion(id=letter, name=draw(TEXTS), points=points, sub_criteria=tuple(subs))


@st.composite
def aspect_of(draw: st.DrawFn, kind: str, common: dict[str, Any]) -> Any:
    """An aspect of each calculation."""
    match kind:
        case "J":
            levels = tuple(draw(st.lists(TEXTS, min_size=4, max_size=4)))
            return Judgement(**common, levels=levels, revote_from=2)
        case "N":
            return Count(**common, possible=draw(st.integers(1, 40)))
        case "C":
            options = st.lists(st.builds(Option, name=TEXTS, keep=SHARES), min_size=1, max_size=5)
            return Choice(**common, options=tuple(draw(options)))
        case "U":
            marks = st.integers(0, int(common["points"] * 100)).map(lambda hundredths: Decimal(hundredths) / 100)
            return Choice(
                **common, options=tuple(draw(st.lists(st.builds(Option, name=TEXTS, points=marks), min_size=1)))
            )
        case "R" | "D":
            return draw(measurement_of(kind, common))
    return Binary(**common)


@st.composite
def measurement_of(draw: st.DrawFn, kind: str, common: dict[str, Any]) -> Measurement:
    """A measured value with ranges, or with a regular deduction."""
    if kind == "D":
        credit = LinearCredit(lose=draw(HUNDREDTHS), per=draw(HUNDREDTHS))
        none = FixedTolerance(allowed=Decimal(0))
        return Measurement(**common, nominal=draw(HUNDREDTHS), unit="", places=2, tolerance=none, credit=credit)
    ends = sorted(draw(st.sets(st.integers(1, 99), min_size=2, max_size=4)))
    ranges = tuple(Range(lower=Decimal(low), upper=Decimal(high), keep=draw(SHARES)) for low, high in pairwise(ends))
    nominal = Decimal(draw(st.integers(-9, 9)))
    return Measurement(**common, nominal=nominal, unit="", places=2, credit=RangedCredit(ranges=ranges))


@settings(max_examples=60)
@given(expressible())
def test_what_cis_can_say_is_read_back_the_same(scheme: Scheme) -> None:
    """Criteria, sub-criteria, aspects, sections and calculations pass out and in unchanged."""
    read = read_cis(write_cis(scheme), "x.xlsx")
    assert read.stages == scheme.stages
    assert read.sections == scheme.sections


def test_all_that_cis_cannot_say_is_named() -> None:
    """A scheme of another kind is refused with every place."""
    scheme = read_cis(book(*USUAL), "x.xlsx")
    stage = scheme.stages[0]
    first, second = stage.criteria
    layout, pages = first.sub_criteria
    gauge = Measurement(
        id="A2.1", name=en("Runout"), points=Decimal(1), tolerance=FixedTolerance(allowed=Decimal("0.01")), readings=3
    )
    gated = msgspec.structs.replace(
        pages, aspects=(gauge,), panel=Panel(judges=2), gate=Gate(of="stage", id="project", at_least=Decimal(1))
    )
    changed = msgspec.structs.replace(
        scheme,
        penalties=(Penalty(id="late", name=en("Late"), each=Decimal(1)),),
        stages=(
            msgspec.structs.replace(
                stage,
                weight=Decimal(100),
                criteria=(
                    msgspec.structs.replace(first, sub_criteria=(layout, gated)),
                    msgspec.structs.replace(second, fit="cap"),
                ),
            ),
        ),
    )
    with pytest.raises(NotExpressible) as raised:
        write_cis(changed)
    assert [fault.cell for fault in raised.value.faults] == [
        "penalties late",
        "stage project",
        "sub-criterion A2",
        "sub-criterion A2",
        "aspect A2.1",
        "criterion B",
    ]


@pytest.mark.parametrize(
    ("panel", "judges", "is_told"),
    [
        (Panel(judges=1), None, True),
        (Panel(judges=3), 1, True),
        (Panel(judges=3, fewest=3), 1, True),
        (Panel(judges=5, fewest=2), 1, True),
        (Panel(judges=3), None, False),
        (Panel(judges=3), 2, False),
        (Panel(judges=1, rounding=Rounding(places=2)), None, False),
        (Panel(judges=1, each=Rounding(places=2)), None, False),
        (Panel(judges=3, combine="sum"), 1, False),
        (Panel(judges=3, by="sheet"), 1, False),
    ],
)
def test_one_reading_is_taken_from_a_panel_of_any_size(panel: Panel, judges: int | None, is_told: bool) -> None:
    """The group measures once, however many are on the panel; what would change that figure, or make it several, is refused."""
    scheme = read_cis(book(*USUAL), "x.xlsx")
    stage = scheme.stages[0]
    first, second = stage.criteria
    (server,) = second.sub_criteria
    aspects = tuple(msgspec.structs.replace(aspect, judges=judges) for aspect in server.aspects)
    second = msgspec.structs.replace(
        second, sub_criteria=(msgspec.structs.replace(server, panel=panel, aspects=aspects),)
    )
    changed = msgspec.structs.replace(scheme, stages=(msgspec.structs.replace(stage, criteria=(first, second)),))
    if is_told:
        assert read_cis(write_cis(changed), "x.xlsx").stages == scheme.stages
        return
    with pytest.raises(NotExpressible) as raised:
        write_cis(changed)
    assert [fault.cell for fault in raised.value.faults] == ["sub-criterion B1"]
