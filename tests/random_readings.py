"""Random readings of random aspects of every kind: anywhere, just at the figures of the rule, and far beyond them."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from schemas.aspects import (
    Aspect,
    Band,
    BandedCredit,
    Choice,
    Count,
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
    Time,
    TimeBand,
    TimeBands,
    TimeItself,
    TimeLeft,
    TimeOver,
    ToleranceByLength,
)
from schemas.base import Message, Text
from schemas.marks import MarkState, WithoutReading
from schemas.scheme import Panel
from tests.competition.scoring.kinds import ASPECTS
from tests.every_kind import every_kind
from tests.random_aspects import STEPS, AspectChance

STATES: tuple[WithoutReading, ...] = get_args(WithoutReading)
WRITTEN_OUT = (*every_kind().aspects(), *ASPECTS)
POINTS = tuple(map(Decimal, ("0.1", "0.125", "1", "1.50", "3.3", "4", "12", "0.0000625", "100")))
SHARES = tuple(map(Decimal, ("0", "0.1", "0.125", "0.50", "0.333", "0.6667", "0.98765432", "1")))
STEP_SIZES = tuple(map(Decimal, ("0.001", "0.01", "0.03", "0.7", "1", "7", "60")))
NAMES = (
    Text(zh="孔距 “A”", en="Bore “A”"),
    Text(zh="同轴度 → φ40", en=""),
    Text(zh="", en="50% of <b>all</b>: ± 'x' \\ ≤"),
    Text(zh="毛刺，倒角", en="Burrs, chamfers"),
)
FARTHEST = 1_000_000


class Case(Message, frozen=True, kw_only=True):
    """One judge's readings of an aspect, or the state that says why there are none."""

    aspect: Aspect
    values: tuple[Decimal, ...]
    state: MarkState


def random_case(seed: int) -> Case:
    """A case that a server takes; the same for the same seed."""
    chance = _ReadingChance(seed)
    aspect = chance.any_aspect()
    if chance.often(0.03):
        return Case(aspect=aspect, values=(), state=chance.one(STATES))
    return Case(aspect=aspect, values=tuple(map(chance.rewritten, chance.readings(aspect))), state="marked")


class _ReadingChance(AspectChance):
    """What is drawn next, of an aspect and its readings."""

    # Aspects ----------------------------------------------------------------------------------------------------------

    def any_aspect(self) -> Aspect:
        """One written out for other tests, a coarse random one, or one of those with finer figures and longer words."""
        if self.often(0.2):
            return self.one(WRITTEN_OUT)
        aspect = self.aspect("A1.1", Panel(judges=1))
        return aspect if self.often(0.3) else self.finer(aspect)

    def finer(self, aspect: Aspect) -> Aspect:  # noqa: PLR0911 - one for each kind
        """An aspect of the same kind with everything that decides about points drawn anew."""
        aspect = replace(aspect, points=self.one(POINTS))
        match aspect:
            case Count():
                return replace(aspect, possible=self.upto(1, 30))
            case Choice():
                return replace(aspect, options=tuple(self.option() for _ in range(self.upto(2, 6))))
            case Measurement():
                return self.finer_measurement(aspect)
            case Deduction():
                items = tuple(self.item() for _ in range(self.upto(1, 5)))
                return replace(aspect, items=items, least=self.one((Decimal(0), Decimal("-2.5"), Decimal("0.1"))))
            case Judgement():
                return replace(aspect, levels=tuple(self.one(NAMES) for _ in range(self.upto(2, 8))))
            case Score():
                most, least = self.one((None, Decimal(20))), self.one((Decimal(0), Decimal(-2)))
                return replace(aspect, most=most, least=least, step=self.one(STEP_SIZES), factor=self.one(POINTS))
            case Time():
                return self.finer_time(aspect)
            case External():
                return replace(aspect, out_of=self.one((Decimal(7), Decimal("62.5"), Decimal(150))))
            case _:
                return aspect

    def option(self) -> Option:
        """Of a choice: with points of its own, a share, or nothing said."""
        points, keep = self.one((None, None, Decimal(-1), Decimal("2.50"))), self.one((None, *SHARES))
        return Option(name=self.one(NAMES), points=points, keep=keep)

    def item(self) -> DeductionItem:
        """A kind of fault."""
        return DeductionItem(name=self.one(NAMES), each=self.one(POINTS), cap=self.one((None, None, *POINTS)))

    def finer_measurement(self, aspect: Measurement) -> Measurement:
        """With the decimals of real instruments, and tolerances and limits that have no last decimal."""
        places = self.upto(0, 4)
        nominal = self.one((Decimal(0), Decimal(12), Decimal("79.985"), Decimal("-0.50")))
        aspect = replace(aspect, places=places, nominal=nominal, unit=self.one(("mm", "µm", "°", "N·m")))
        tolerance = self.one(
            (
                None,
                FixedTolerance(allowed=self.small(places)),
                Limits(
                    lower=self.one((None, -self.small(places))), upper=self.one((None, Decimal(0), self.small(places)))
                ),
                ToleranceByLength(allowed=self.small(places), per=Decimal(300), length=Decimal(self.upto(1, 700))),
                aspect.tolerance,
            )
        )
        sides: tuple[Literal["both", "above", "below"], ...] = ("both", "both", "above", "below")
        excesses = sorted(self.small(places) for _ in range(self.upto(0, 3)))
        bands = tuple(Band(over_up_to=each, keep=self.one(SHARES), side=self.one(sides)) for each in excesses)
        edges = [sorted(nominal + self.decimal(-40, 40, places) for _ in range(2)) for _ in range(self.upto(1, 3))]
        grades = sorted({nominal + self.decimal(-40, 40, 1) for _ in range(self.upto(1, 6))})
        credits_ = (
            BandedCredit(bands=bands),
            LinearCredit(lose=self.one(POINTS), per=self.one(STEP_SIZES), count=self.one(STEPS)),
            RangedCredit(ranges=tuple(Range(lower=low, upper=high, keep=self.one(SHARES)) for low, high in edges)),
            GradedCredit(grades=tuple(grades), keep=self.some(SHARES, 0.3)),
        )
        return replace(aspect, tolerance=tolerance, credit=self.one((*credits_[:2], *credits_)))

    def finer_time(self, aspect: Time) -> Time:
        """With limits and steps in parts of a second."""
        limit, per, count = self.decimal(200, 9000, 2), self.one((*STEP_SIZES, Decimal("12.5"))), self.one(STEPS)
        ends = sorted({self.decimal(200, 9000, 2) for _ in range(self.upto(1, 4))})
        credits_ = (
            TimeLeft(limit=limit, gain=self.one((Decimal("0.02"), Decimal("0.25"), Decimal(3))), per=per, count=count),
            TimeOver(limit=limit, lose=self.one(POINTS), per=per, count=count),
            TimeBands(bands=tuple(TimeBand(up_to=end, keep=self.one(SHARES)) for end in ends)),
            TimeItself(),
        )
        return replace(
            aspect, credit=self.one(credits_), stop=self.one((None, limit, limit + 5)), places=self.upto(0, 4)
        )

    def small(self, places: int) -> Decimal:
        """A deviation of a few units of an instrument's last place."""
        return self.decimal(1, 30, places)

    # Readings ---------------------------------------------------------------------------------------------------------

    def readings(self, aspect: Aspect) -> tuple[Decimal, ...]:  # noqa: PLR0911 - one for each kind
        """As many as the kind asks for."""
        match aspect:
            case Measurement(readings=readings, places=places, nominal=nominal):
                return tuple(self.near(figures_of(aspect), nominal, places) for _ in range(readings))
            case Time(runs=runs, take=take, places=places):
                count = self.upto(1, runs) if take == "best" else runs
                last = Decimal(1).scaleb(-places)
                return tuple(max(abs(self.near(figures_of(aspect), Decimal(0), places)), last) for _ in range(count))
            case Deduction(items=items):
                return tuple(Decimal(self.one((0, 0, 1, 2, 5, self.upto(0, 99)))) for _ in items)
            case Score(least=least, most=most, points=points, step=step):
                lowest, highest = ((figure / step).to_integral_value() for figure in (least, most or points))
                value = self.upto(int(lowest), int(highest)) * step
                return (value if least <= value <= (most or points) else Decimal(0),)
            case External(out_of=out_of, places=places):
                units = int(out_of.scaleb(places).to_integral_value(ROUND_FLOOR))
                return (Decimal(self.one((0, units, self.upto(0, units)))).scaleb(-places),)
            case Count(possible=possible):
                return (Decimal(self.upto(0, possible)),)
            case Choice(options=options):
                return (Decimal(self.upto(0, len(options) - 1)),)
            case Judgement(levels=levels):
                return (Decimal(self.upto(0, len(levels) - 1)),)
            case _:
                return (Decimal(self.upto(0, 1)),)

    def near(self, figures: tuple[Decimal, ...], centre: Decimal, places: int) -> Decimal:
        """One that a figure of the rule is reached by, exactly or but for the last digit; now and then anything else."""
        if self.often(0.05):
            value = Decimal(self.upto(-FARTHEST, FARTHEST))
        elif self.often(0.3):
            value = centre + self.decimal(-50, 50, places)
        else:
            off = self.one(figures) + self.one((Decimal(0), self.one(figures)))
            value = self.one((Decimal(0), centre)) + self.one((-1, 1)) * off + self.decimal(-1, 1, places)
        short = value.quantize(Decimal(1).scaleb(-places), ROUND_FLOOR)
        return max(min(short, Decimal(FARTHEST)), Decimal(-FARTHEST))

    def rewritten(self, value: Decimal) -> Decimal:
        """The same value as another tablet may write it: with more zeros, or with none and an exponent."""
        return self.one((value, value, value.normalize(), value.quantize(Decimal("1E-6"))))


def figures_of(part: object) -> tuple[Decimal, ...]:
    """Every decimal that an aspect or a part of it is made of, at any depth."""
    match part:
        case Decimal():
            return (part,)
        case tuple():
            return tuple(figure for each in part for figure in figures_of(each))
        case msgspec.Struct():
            return figures_of(msgspec.structs.astuple(part))
        case _:
            return ()
