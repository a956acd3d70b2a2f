"""An aspect of each kind and rule, with figures small enough to work out by hand."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from competition.scoring.points import highest_score
from schemas.aspects import (
    Aspect,
    Band,
    BandedCredit,
    Binary,
    Choice,
    Count,
    Credit,
    Deduction,
    DeductionItem,
    External,
    FixedTolerance,
    GradedCredit,
    Judgement,
    Limits,
    LinearCredit,
    Measurement,
    Option,
    Range,
    RangedCredit,
    Score,
    SizeStep,
    Steps,
    Take,
    Time,
    TimeBand,
    TimeBands,
    TimeCredit,
    TimeItself,
    TimeLeft,
    TimeOver,
    Tolerance,
    ToleranceByLength,
    ToleranceBySize,
)
from schemas.base import Text


def text(sentence: str) -> Text:
    """The same sentence in both languages; only figures matter here."""
    return Text(zh=sentence, en=sentence)


def decimals(*values: str) -> tuple[Decimal, ...]:
    """Readings as a tablet sends them."""
    return tuple(Decimal(value) for value in values)


NAME = text("x")


def measurement(
    tolerance: Tolerance | None = None,
    credit: Credit | None = None,
    nominal: str = "0",
    *,
    points: str = "3",
    readings: int = 1,
    take: Take = "worst",
    places: int = 3,
) -> Measurement:
    """A measured aspect without an instrument; pass or fail unless a credit is given."""
    return Measurement(
        id="M",
        name=NAME,
        points=Decimal(points),
        tolerance=tolerance,
        credit=credit or BandedCredit(),
        nominal=Decimal(nominal),
        readings=readings,
        take=take,
        places=places,
    )


def fixed(allowed: str) -> FixedTolerance:
    """The same deviation to both sides."""
    return FixedTolerance(allowed=Decimal(allowed))


def limits(lower: str | None = None, upper: str | None = None) -> Limits:
    """A limit to each side that has one."""
    return Limits(lower=Decimal(lower) if lower else None, upper=Decimal(upper) if upper else None)


def linear(lose: str, per: str, count: Steps = "begun") -> LinearCredit:
    """Points lost by steps of excess."""
    return LinearCredit(lose=Decimal(lose), per=Decimal(per), count=count)


def timed(credit: TimeCredit, *, stop: str | None = None) -> Time:
    """One run for ten points."""
    return Time(id="Z", name=NAME, points=Decimal(10), credit=credit, stop=Decimal(stop) if stop else None)


TRAVEL = ToleranceBySize(
    size=Decimal(650),
    steps=(
        SizeStep(up_to=Decimal(500), allowed=Decimal("0.010")),
        SizeStep(up_to=Decimal(800), allowed=Decimal("0.015")),
        SizeStep(up_to=Decimal(1250), allowed=Decimal("0.020")),
    ),
)
SQUARE = ToleranceByLength(allowed=Decimal("0.020"), per=Decimal(500), length=Decimal(300))
THIRDS = ToleranceByLength(allowed=Decimal("0.016"), per=Decimal(300), length=Decimal(250))
"""0.04 / 3: a tolerance without a last decimal."""
TWO_THIRDS = ToleranceByLength(allowed=Decimal("0.020"), per=Decimal(300), length=Decimal(100))
"""0.02 / 3: another, whose last digit is rounded up."""

BANDS = BandedCredit(
    bands=(
        Band(over_up_to=Decimal("0.005"), keep=Decimal("0.75")),
        Band(over_up_to=Decimal("0.010"), keep=Decimal("0.5")),
    )
)
SIDED = BandedCredit(
    bands=(
        Band(over_up_to=Decimal("0.01"), keep=Decimal("0.8"), side="above"),
        Band(over_up_to=Decimal("0.02"), keep=Decimal("0.4"), side="above"),
        Band(over_up_to=Decimal("0.01"), keep=Decimal("0.5"), side="below"),
    )
)
RANGES = RangedCredit(
    ranges=(
        Range(lower=Decimal("9.9"), upper=Decimal("10.1"), keep=Decimal("0.8")),
        Range(lower=Decimal("9.5"), upper=Decimal("10.2"), keep=Decimal("0.25")),
    )
)
GRADES = GradedCredit(grades=decimals("0.8", "1.6", "3.2", "6.3"), keep=decimals("0.5"))

YES = Binary(id="Y", name=NAME, points=Decimal(2))
TEETH = Count(id="N", name=NAME, points=Decimal(2), possible=12)
LEVELS = Choice(
    id="C",
    name=NAME,
    points=Decimal(10),
    options=(
        Option(name=Text(zh="先进", en="advanced"), points=Decimal(10)),
        Option(name=Text(zh="良好", en="good"), points=Decimal(8)),
        Option(name=Text(zh="一般", en="fair"), points=Decimal(5)),
    ),
)
SHARES = Choice(
    id="C",
    name=NAME,
    points=Decimal(15),
    options=(
        Option(name=Text(zh="齐全", en="complete"), keep=Decimal(1)),
        Option(name=Text(zh="部分", en="partly"), keep=Decimal("0.3")),
        Option(name=Text(zh="没有", en="missing"), keep=Decimal(0)),
    ),
)
RUNOUT = measurement(fixed("0.010"), BANDS)
PASS_FAIL = measurement(fixed("0.010"))
PARALLEL = measurement(fixed("0.020"), linear("0.5", "0.010"))
STRAIGHT = measurement(TRAVEL, BANDS, points="2")
SQUARENESS = measurement(SQUARE, BANDS, points="2")
BORE = Measurement(
    id="B",
    name=NAME,
    points=Decimal(2),
    tolerance=FixedTolerance(allowed=Decimal("0.015")),
    credit=BANDS,
    nominal=Decimal("79.985"),
    readings=3,
    least=Decimal(79),
    most=Decimal(81),
)
SHAFT = measurement(limits("-0.03", "0.02"), SIDED, "10", places=2)
LENGTH = measurement(None, RANGES, "10", points="4", places=2)
ROUGH = measurement(None, GRADES, "1.6", points="2", places=2)
WIRES = Deduction(
    id="D",
    name=NAME,
    points=Decimal(3),
    items=(
        DeductionItem(name=Text(zh="线号", en="wire number"), each=Decimal("0.5"), cap=Decimal(2)),
        DeductionItem(name=Text(zh="接线", en="connection"), each=Decimal("0.3")),
    ),
)
SAFETY = Deduction(
    id="S",
    name=NAME,
    points=Decimal(0),
    least=Decimal(-5),
    items=(DeductionItem(name=Text(zh="违章", en="breach"), each=Decimal(2)),),
)
ORDER = Judgement(
    id="J",
    name=NAME,
    points=Decimal(2),
    levels=(text("none"), Text(zh="合格", en="fair"), text("good"), text("best")),
)
FIVE = Judgement(id="J", name=NAME, points=Decimal(3), levels=tuple(text(str(level)) for level in range(6)))
PAPER = Score(id="T", name=NAME, points=Decimal(100))
ELEMENT = Score(
    id="E",
    name=NAME,
    points=Decimal(6),
    step=Decimal(1),
    least=Decimal(-3),
    most=Decimal(3),
    factor=Decimal(2),
)
THEORY = External(id="X", name=NAME, points=Decimal(40), out_of=Decimal(150))
LEFT = timed(TimeLeft(limit=Decimal(600), gain=Decimal("0.5"), per=Decimal(30)), stop="900")
OVER = timed(TimeOver(limit=Decimal(600), lose=Decimal(2), per=Decimal(60)), stop="1200")
LAPS = timed(
    TimeBands(bands=(TimeBand(up_to=Decimal(60), keep=Decimal(1)), TimeBand(up_to=Decimal(90), keep=Decimal("0.6"))))
)
RACE = Time(id="R", name=NAME, points=Decimal(0), credit=TimeItself(), stop=Decimal(100), runs=2, take="best")
SWEEPS = Time(
    id="W",
    name=NAME,
    points=Decimal(10),
    credit=TimeOver(limit=Decimal(100), lose=Decimal(1), per=Decimal(10)),
    stop=Decimal(150),
    runs=3,
    take="mean",
)

ASPECTS: tuple[Aspect, ...] = (
    YES,
    TEETH,
    LEVELS,
    SHARES,
    RUNOUT,
    PASS_FAIL,
    PARALLEL,
    STRAIGHT,
    SQUARENESS,
    BORE,
    SHAFT,
    LENGTH,
    ROUGH,
    measurement(THIRDS, linear("3", "0.01", "exact")),
    measurement(limits(upper="0.05"), linear("0.25", "0.02", "full"), "5", readings=2, take="best"),
    measurement(fixed("0.05"), BANDS, "5", readings=3, take="mean"),
    WIRES,
    SAFETY,
    ORDER,
    FIVE,
    PAPER,
    ELEMENT,
    THEORY,
    LEFT,
    OVER,
    LAPS,
    RACE,
    SWEEPS,
)


def readings_of(aspect: Aspect) -> st.SearchStrategy[tuple[Decimal, ...]]:  # noqa: PLR0911 - one for each kind
    """Any reading that ``check_reading`` takes."""
    match aspect:
        case Binary():
            return _one(st.integers(0, 1))
        case Count(possible=possible):
            return _one(st.integers(0, possible))
        case Choice(options=options):
            return _one(st.integers(0, len(options) - 1))
        case Judgement(levels=levels):
            return _one(st.integers(0, len(levels) - 1))
        case Measurement(places=places, readings=readings, nominal=nominal):
            near = st.decimals(nominal - Decimal("0.1"), nominal + Decimal("0.1"), places=places)
            return st.tuples(*[near | st.decimals(-200, 200, places=places)] * readings)
        case Deduction(items=items):
            return st.tuples(*[st.integers(0, 8).map(Decimal)] * len(items))
        case Score(least=least, step=step):
            steps = int((highest_score(aspect) - least) / step)
            return st.integers(0, steps).map(lambda number: (least + number * step,))
        case Time(places=places, runs=runs, take=take):
            run = st.decimals(Decimal("0.01"), 2000, places=places) | st.decimals(80, 160, places=places)
            return st.lists(run, min_size=1 if take == "best" else runs, max_size=runs).map(tuple)
        case External(places=places, out_of=out_of):
            return st.tuples(st.decimals(0, out_of, places=places))


def _one(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[Decimal, ...]]:
    return st.tuples(numbers.map(Decimal))


def marked() -> st.SearchStrategy[tuple[Aspect, tuple[Decimal, ...]]]:
    """Any aspect with a reading of it."""
    return st.sampled_from(ASPECTS).flatmap(lambda aspect: st.tuples(st.just(aspect), readings_of(aspect)))
