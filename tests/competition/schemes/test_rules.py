"""Everything wrong with a scheme is told at once, each fault with its place and remedy."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from competition.schemes.rules import faults_of
from schemas.base import Text
from schemas.scheme import (
    Aspect,
    Band,
    BandedCredit,
    Binary,
    Choice,
    Criterion,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    LinearCredit,
    Measurement,
    Option,
    Panel,
    Penalty,
    RankKey,
    Rounding,
    Scheme,
    Score,
    SizeStep,
    Stage,
    SubCriterion,
    ToleranceByLength,
    ToleranceBySize,
)

NAME = Text(zh="名", en="name")
TEN, FIVE = Decimal(10), Decimal(5)

YES = Binary(id="yes", name=NAME, points=TEN)
CHOICE = Choice(
    id="choice",
    name=NAME,
    points=TEN,
    options=(Option(name=NAME, points=TEN), Option(name=NAME, points=Decimal(0))),
)
RUNOUT = Measurement(
    id="runout",
    name=NAME,
    points=TEN,
    tolerance=FixedTolerance(allowed=Decimal("0.010")),
    credit=BandedCredit(
        bands=(
            Band(over_up_to=Decimal("0.005"), keep=Decimal(1)),
            Band(over_up_to=Decimal("0.010"), keep=Decimal("0.5")),
        )
    ),
)
WIRES = Deduction(
    id="wires",
    name=NAME,
    points=TEN,
    items=(
        DeductionItem(name=NAME, each=Decimal("0.3"), cap=FIVE),
        DeductionItem(name=NAME, each=Decimal("0.5"), cap=FIVE),
    ),
)
ORDER = Judgement(id="order", name=NAME, points=TEN, levels=(NAME, NAME, NAME, NAME))
PAPER = Score(id="paper", name=NAME, points=TEN)

SUB = SubCriterion(id="A1", name=NAME, points=TEN, panel=Panel(judges=2), aspects=(YES,))
TASK = Criterion(id="A", name=NAME, points=TEN, sub_criteria=(SUB,))
PRACTICE = Stage(id="practice", name=NAME, points=TEN, weight=Decimal(100), criteria=(TASK,))
SCHEME = Scheme(
    format="leitai-scheme-1",
    code="test",
    version="1",
    name=NAME,
    trade=NAME,
    stages=(PRACTICE,),
    rounding=Rounding(places=2),
    ranking=(RankKey(of="total"), RankKey(of="stage", id="practice"), RankKey(of="criterion", id="A")),
    penalties=(Penalty(id="safety", name=NAME, each=Decimal(3), cap=TEN),),
)

AT_STAGE = "$.stages[0]"
AT_TASK = f"{AT_STAGE}.criteria[0]"
AT_SUB = f"{AT_TASK}.sub_criteria[0]"
AT_ASPECT = f"{AT_SUB}.aspects[0]"


def with_stage(**changes: Any) -> Scheme:
    """The good scheme with its stage changed."""
    return replace(SCHEME, stages=(replace(PRACTICE, **changes),))


def with_task(**changes: Any) -> Scheme:
    """The good scheme with its criterion changed."""
    return with_stage(criteria=(replace(TASK, **changes),))


def with_sub(**changes: Any) -> Scheme:
    """The good scheme with its sub-criterion changed."""
    return with_task(sub_criteria=(replace(SUB, **changes),))


def with_aspect(aspect: Aspect, **changes: Any) -> Scheme:
    """The good scheme with this aspect, changed."""
    return with_sub(aspects=(replace(aspect, **changes),))


def told(scheme: Scheme) -> list[str]:
    """The faults as a person reads them."""
    return [str(fault) for fault in faults_of(scheme)]


@pytest.mark.parametrize("aspect", [YES, CHOICE, RUNOUT, WIRES, ORDER, PAPER])
def test_a_good_scheme_has_no_faults(aspect: Aspect) -> None:
    """Each kind of aspect has a good form, about which nothing is told."""
    assert told(with_aspect(aspect)) == []


def test_aspects_may_sum_to_more_than_their_cap() -> None:
    """A sub-criterion that caps its aspects is deliberate."""
    assert told(with_sub(aspects=(YES, replace(YES, id="more")))) == []


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (replace(SCHEME, code=" "), "$.code: The scheme has no code. Write one."),
        (
            with_stage(weight=Decimal(70)),
            "$.stages: The weights of the stages sum to 70. Make them sum to 100.",
        ),
        (
            replace(SCHEME, rounding=Rounding(places=-1)),
            "$.rounding.places: Rounding to -1 places is not possible. Write a number from 0 to 6.",
        ),
        (
            with_stage(rounding=Rounding(places=7)),
            f"{AT_STAGE}.rounding.places: Rounding to 7 places is not possible. Write a number from 0 to 6.",
        ),
        (replace(SCHEME, ranking=()), "$.ranking: Nothing says how entrants are ranked. Name at least the total."),
        (
            replace(SCHEME, ranking=(RankKey(of="stage", id="theory"),)),
            (
                "$.ranking[0].id: The ranking names “theory”, which this scheme does not have."
                " Correct the id, or take the key out."
            ),
        ),
        (
            replace(SCHEME, ranking=(RankKey(of="total"), RankKey(of="total"))),
            "$.ranking[1]: This key stands in the ranking already and parts nobody here. Take it out.",
        ),
        (
            replace(SCHEME, penalties=(Penalty(id="safety", name=NAME, each=Decimal(3), cap=Decimal(2)),)),
            "$.penalties[0].cap: The penalty safety takes 3 each time but 2 at most. Raise the cap.",
        ),
        (
            replace(SCHEME, penalties=(Penalty(id="safety", name=NAME, each=Decimal(0), cap=Decimal(2)),)),
            "$.penalties[0].each: The penalty safety takes nothing. Write a figure above 0.",
        ),
        (
            with_stage(criteria=(TASK, replace(TASK, id="B", sub_criteria=(replace(SUB, id="B1", aspects=()),)))),
            f"{AT_STAGE}.criteria: The parts of practice sum to 20, but it gives 10 points. Make the two agree.",
        ),
        (
            with_task(points=Decimal("9.5")),
            f"{AT_TASK}.sub_criteria: The parts of A sum to 10, but it gives 9.5 points. Make the two agree.",
        ),
        (
            with_sub(aspects=(replace(YES, points=Decimal(9)),)),
            f"{AT_SUB}.aspects: The aspects of A1 sum to 9 of its 10 points. Add what is missing, or lower its points.",
        ),
        (with_aspect(YES, points=Decimal(0)), f"{AT_ASPECT}.points: yes gives no points. Write a figure above 0."),
        (
            with_sub(panel=Panel(judges=0)),
            f"{AT_SUB}.panel.judges: A panel of 0 judges is not possible. Write a number from 1 to 30.",
        ),
        (
            with_sub(panel=Panel(judges=2, combine="mean_without_extremes")),
            (
                f"{AT_SUB}.panel.combine: Of 2 judges nobody is left without the highest and the lowest."
                " Name three or more."
            ),
        ),
        (
            with_aspect(YES, name=Text(zh="", en="name")),
            f"{AT_ASPECT}.name.zh: The Chinese text is empty. Write it.",
        ),
        (
            with_aspect(ORDER, levels=(NAME, NAME, Text(zh="好", en=" "), NAME)),
            f"{AT_ASPECT}.levels[2].en: The English text is empty. Write it.",
        ),
        (
            with_aspect(CHOICE, options=(Option(name=NAME, points=TEN),)),
            f"{AT_ASPECT}.options: choice leaves nothing to choose. Give it two options or more.",
        ),
        (
            with_aspect(CHOICE, options=(Option(name=NAME, points=TEN), Option(name=NAME, points=Decimal(11)))),
            (
                f"{AT_ASPECT}.options[1].points: This option gives 11, outside 0 to the 10 points of choice."
                " Correct one of them."
            ),
        ),
        (
            with_aspect(CHOICE, options=(Option(name=NAME, points=FIVE), Option(name=NAME, points=Decimal(0)))),
            (
                f"{AT_ASPECT}.options: No option of choice gives all of its 10 points."
                " Raise the best option, or lower the points."
            ),
        ),
        (
            with_aspect(PAPER, step=Decimal(0)),
            f"{AT_ASPECT}.step: The step of paper must be above 0. Write it, such as 0.5.",
        ),
        (
            with_aspect(PAPER, step=Decimal("0.3")),
            (
                f"{AT_ASPECT}.step: 10 points are no whole number of steps of 0.3, so nobody can get all of paper."
                " Change one."
            ),
        ),
        (
            with_aspect(WIRES, items=()),
            f"{AT_ASPECT}.items: wires deducts for nothing. Give it one item or more.",
        ),
        (
            with_aspect(WIRES, items=(DeductionItem(name=NAME, each=Decimal(0)),)),
            f"{AT_ASPECT}.items[0].each: This item of wires deducts nothing. Write a figure above 0.",
        ),
        (
            with_aspect(WIRES, items=(*WIRES.items, DeductionItem(name=NAME, each=Decimal(2), cap=Decimal(1)))),
            f"{AT_ASPECT}.items[2].cap: This item of wires deducts 2 each time but 1 at most. Raise the cap.",
        ),
        (
            with_aspect(WIRES, items=(DeductionItem(name=NAME, each=Decimal(1), cap=Decimal(11)),)),
            (
                f"{AT_ASPECT}.items[0].cap: The cap 11 is above the 10 points of wires and never holds."
                " Lower it, or leave it out."
            ),
        ),
        (
            with_aspect(WIRES, items=WIRES.items[:1]),
            f"{AT_ASPECT}.items: The caps of wires sum to 5: the rest of its 10 points can never be lost. Raise a cap.",
        ),
        (
            with_aspect(RUNOUT, unit=""),
            f"{AT_ASPECT}.unit: runout is measured in no unit. Write one.",
        ),
        (
            with_aspect(RUNOUT, places=9),
            f"{AT_ASPECT}.places: runout cannot be read to 9 places. Write a number from 0 to 6.",
        ),
        (
            with_aspect(RUNOUT, readings=0),
            f"{AT_ASPECT}.readings: runout cannot have 0 readings. Write a number from 1 to 20.",
        ),
        (
            with_aspect(RUNOUT, least=Decimal("0.5")),
            f"{AT_ASPECT}.least: runout: the nominal value 0 is below the least reading 0.5. Correct one of them.",
        ),
        (
            with_aspect(RUNOUT, most=Decimal("-0.5")),
            f"{AT_ASPECT}.most: runout: the nominal value 0 is above the greatest reading -0.5. Correct one of them.",
        ),
        (
            with_aspect(RUNOUT, tolerance=FixedTolerance(allowed=Decimal("-0.01"))),
            f"{AT_ASPECT}.tolerance.allowed: A tolerance cannot be negative. Write the deviation allowed, 0 or more.",
        ),
        (
            with_aspect(
                RUNOUT, tolerance=ToleranceByLength(allowed=Decimal("0.02"), per=Decimal(0), length=Decimal(300))
            ),
            f"{AT_ASPECT}.tolerance.per: A length must be above 0 mm. Write the one measured over.",
        ),
        (
            with_aspect(
                RUNOUT,
                tolerance=ToleranceBySize(
                    size=Decimal(1300), steps=(SizeStep(up_to=Decimal(1250), allowed=Decimal("0.02")),)
                ),
            ),
            f"{AT_ASPECT}.tolerance.size: No step reaches the size 1300. Add one that does, or correct the size.",
        ),
        (
            with_aspect(
                RUNOUT,
                tolerance=ToleranceBySize(
                    size=Decimal(400),
                    steps=(
                        SizeStep(up_to=Decimal(800), allowed=Decimal("0.015")),
                        SizeStep(up_to=Decimal(500), allowed=Decimal("0.010")),
                    ),
                ),
            ),
            f"{AT_ASPECT}.tolerance.steps[1].up_to: The sizes are out of order. List them from small to large.",
        ),
        (
            with_aspect(RUNOUT, credit=LinearCredit(lose=Decimal(1), per=Decimal(0))),
            f"{AT_ASPECT}.credit.per: The loss never grows. Write a figure above 0.",
        ),
        (
            with_aspect(RUNOUT, credit=BandedCredit(bands=(Band(over_up_to=FIVE, keep=Decimal("1.5")),))),
            (
                f"{AT_ASPECT}.credit.bands[0].keep: A band keeps a share from 0 to 1, not 1.5."
                " Write half of the points as 0.5."
            ),
        ),
        (
            with_aspect(RUNOUT, credit=BandedCredit(bands=(Band(over_up_to=Decimal(0), keep=Decimal("0.5")),))),
            f"{AT_ASPECT}.credit.bands[0].over_up_to: Nothing is over by 0 or less. Write how far this band reaches.",
        ),
        (
            with_aspect(
                RUNOUT,
                credit=BandedCredit(
                    bands=(Band(over_up_to=TEN, keep=Decimal("0.5")), Band(over_up_to=FIVE, keep=Decimal("0.2")))
                ),
            ),
            (
                f"{AT_ASPECT}.credit.bands[1].over_up_to: Nothing reaches this band: the one before it goes to 10."
                " List them from near to far."
            ),
        ),
        (
            with_aspect(
                RUNOUT,
                credit=BandedCredit(
                    bands=(Band(over_up_to=FIVE, keep=Decimal("0.5")), Band(over_up_to=TEN, keep=Decimal("0.5")))
                ),
            ),
            (
                f"{AT_ASPECT}.credit.bands[1].keep: This band keeps no less than the nearer one before it."
                " Lower its share, or join the two."
            ),
        ),
    ],
)
def test_faults_of_tells_a_fault_with_place_and_remedy(scheme: Scheme, expected: str) -> None:
    """A scheme with this one thing wrong is told this."""
    assert expected in told(scheme)


def test_an_id_stands_once_for_its_kind() -> None:
    """The same id for two aspects is told at both; for an aspect and a sub-criterion it is no fault."""
    assert told(with_sub(aspects=(YES, YES))) == [
        f"{AT_SUB}.aspects[0].id: The id yes is used more than once. Give each its own.",
        f"{AT_SUB}.aspects[1].id: The id yes is used more than once. Give each its own.",
    ]
    assert told(with_aspect(YES, id="A1")) == []
    assert told(with_aspect(YES, id=" ")) == [
        f"{AT_ASPECT}.id: The id is empty. Give it one that nothing else of its kind has."
    ]


def test_figures_that_are_none_are_told_alone() -> None:
    """Before infinity, a million and one, or seven decimals are mended, nothing else can be said about sums."""
    assert told(with_task(points=Decimal("NaN"))) == [
        f"{AT_TASK}.points: NaN is no usable figure. Write a number of at most a million."
    ]
    assert told(with_stage(weight=Decimal("Infinity"), points=Decimal("0.1234567"))) == [
        f"{AT_STAGE}.points: 0.1234567 has more than 6 decimals. Write a coarser figure.",
        f"{AT_STAGE}.weight: Infinity is no usable figure. Write a number of at most a million.",
    ]


def test_faults_of_tells_everything_at_once() -> None:
    """Three things wrong in three places are three faults."""
    scheme = replace(with_sub(panel=Panel(judges=0)), version="", ranking=())
    assert told(scheme) == [
        "$.version: The scheme has no version. Write one.",
        f"{AT_SUB}.panel.judges: A panel of 0 judges is not possible. Write a number from 1 to 30.",
        "$.ranking: Nothing says how entrants are ranked. Name at least the total.",
    ]
