"""Random aspects of every kind, with coarse figures, so that halves and limits just reached are common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from typing import Any, TypeVar, get_args
from uuid import UUID

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
    Rounding,
    RoundingMode,
    Score,
    SizeStep,
    Steps,
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
from schemas.scheme import Panel

MODES: tuple[RoundingMode, ...] = get_args(RoundingMode)
STEPS: tuple[Steps, ...] = get_args(Steps)
POINTS = tuple(map(Decimal, ("0.6", "1", "2", "2.5", "3", "4", "5", "7", "10")))
SHARES = tuple(map(Decimal, ("1", "0.75", "0.5", "0.25")))
LEVELS = 4

T = TypeVar("T")


def named(id_: str) -> Text:
    """A name in both languages that is the id."""
    return Text(zh=id_, en=id_)


class AspectChance:
    """What is drawn next, of an aspect."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def often(self, share: float) -> bool:
        """Whether something happens that happens in this share of all cases."""
        return self.random.random() < share

    def upto(self, least: int, most: int) -> int:
        """A whole number between two, both included."""
        return self.random.randint(least, most)

    def one(self, of: Sequence[T]) -> T:
        """One of several."""
        return self.random.choice(of)

    def some(self, of: Sequence[T], share: float) -> tuple[T, ...]:
        """Each of several with this chance."""
        return tuple(each for each in of if self.often(share))

    def decimal(self, least: int, most: int, places: int) -> Decimal:
        """A figure of so many decimals, between two whole numbers of its last unit."""
        return Decimal(self.random.randint(least, most)).scaleb(-places)

    def uuid(self) -> UUID:
        """An id."""
        return UUID(int=self.random.getrandbits(128))

    def rounding(self, share: float = 0.25) -> Rounding | None:
        """A declared rounding, or none."""
        return Rounding(places=self.upto(0, 2), mode=self.one(MODES)) if self.often(share) else None

    def aspect(self, id_: str, panel: Panel) -> Aspect:
        """An aspect of any kind that the panel can mark: what it sums, has to be scores."""
        rounding = self.rounding() if panel.by == "aspect" else None
        common = {"id": id_, "name": named(id_), "points": self.one(POINTS), "rounding": rounding}
        if panel.combine == "sum":
            return self._score(common, counted=panel.judges - panel.drop_highest - panel.drop_lowest)
        makers: tuple[Callable[[dict[str, Any]], Aspect], ...] = (
            self._binary,
            self._count,
            self._choice,
            self._measurement,
            self._measurement,
            self._deduction,
            self._judgement,
            self._score,
            self._score,
            self._time,
            self._external,
        )
        return self.one(makers)(common)

    def _binary(self, common: dict[str, Any]) -> Aspect:
        return Binary(**common)

    def _count(self, common: dict[str, Any]) -> Aspect:
        return Count(**common, possible=self.one((3, 4, 7)))

    def _choice(self, common: dict[str, Any]) -> Aspect:
        points = common["points"]
        options = (Option(name=named("all"), points=points), Option(name=named("half"), keep=Decimal("0.5")))
        return Choice(**common, options=(*options, Option(name=named("none"), points=Decimal(0))))

    def _measurement(self, common: dict[str, Any]) -> Aspect:
        credit = self._credit()
        return Measurement(
            **common,
            credit=credit,
            tolerance=self._tolerance(credit),
            nominal=Decimal("1.6") if isinstance(credit, GradedCredit) else self.one((Decimal(0), Decimal(2))),
            readings=self.one((1, 1, 2, 3)),
            take=self.one(("worst", "best", "mean")),
            places=1,
        )

    def _tolerance(self, credit: Credit) -> Tolerance | None:
        """One that leaves open no side that a band is for."""
        if not isinstance(credit, BandedCredit | LinearCredit):
            return None
        one_sided: tuple[Tolerance, ...] = (Limits(upper=Decimal("0.2")), Limits(lower=Decimal("-0.3")))
        two_sided: tuple[Tolerance, ...] = (
            FixedTolerance(allowed=Decimal("0.2")),
            Limits(lower=Decimal("-0.1"), upper=Decimal("0.3")),
            ToleranceBySize(
                size=Decimal(self.one((400, 500, 501))),
                steps=(
                    SizeStep(up_to=Decimal(500), allowed=Decimal("0.1")),
                    SizeStep(up_to=Decimal(800), allowed=Decimal("0.3")),
                ),
            ),
            ToleranceByLength(allowed=Decimal("0.1"), per=Decimal(300), length=Decimal(self.one((600, 700)))),
        )
        is_sided = isinstance(credit, BandedCredit) and any(band.side != "both" for band in credit.bands)
        return self.one(two_sided if is_sided else two_sided + one_sided)

    def _credit(self) -> Credit:
        near, far = Decimal("0.2"), Decimal("0.5")
        bands = (
            Band(over_up_to=near, keep=Decimal("0.5"), side=self.one(("both", "above", "below"))),
            Band(over_up_to=far, keep=self.one((Decimal("0.25"), Decimal("0.3")))),
        )
        ranges = (
            Range(lower=Decimal("-0.3"), upper=Decimal("0.4"), keep=Decimal("0.75")),
            Range(lower=Decimal("1.5"), upper=Decimal("2.4"), keep=Decimal("0.5")),
        )
        grades = tuple(map(Decimal, ("0.8", "1.6", "2", "2.4")))
        credits_: tuple[Credit, ...] = (
            BandedCredit(),
            BandedCredit(bands=bands),
            LinearCredit(lose=Decimal("0.7"), per=Decimal("0.3"), count=self.one(STEPS)),
            RangedCredit(ranges=ranges),
            GradedCredit(grades=grades, keep=(Decimal("0.5"), Decimal("0.2"))),
        )
        return self.one(credits_)

    def _deduction(self, common: dict[str, Any]) -> Aspect:
        each = tuple(self.one((Decimal("0.3"), Decimal("0.5"))) for _ in range(self.upto(1, 2)))
        caps = (self.one((None, Decimal("0.6"))), None)[-len(each) :]
        items = tuple(
            DeductionItem(name=named("fault"), each=one, cap=cap) for one, cap in zip(each, caps, strict=True)
        )
        if self.often(0.2):
            return Deduction(**common | {"points": Decimal(0)}, items=items, least=Decimal(-1))
        return Deduction(**common, items=items)

    def _judgement(self, common: dict[str, Any]) -> Aspect:
        return Judgement(**common, levels=tuple(named(str(level)) for level in range(LEVELS)))

    def _score(self, common: dict[str, Any], *, counted: int = 1) -> Aspect:
        most, factor = Decimal(10), self.one((Decimal(1), Decimal(1), Decimal("0.5"), Decimal("1.5"), Decimal("0.35")))
        return Score(**common | {"points": most * factor * counted}, most=most, factor=factor, step=Decimal("0.1"))

    def _time(self, common: dict[str, Any]) -> Aspect:
        credit = self._time_credit(common["points"])
        if isinstance(credit, TimeItself):
            common |= {"points": Decimal(0)}
        return Time(
            **common,
            credit=credit,
            stop=None if isinstance(credit, TimeBands) else self.one((None, Decimal(80))),
            runs=self.one((1, 1, 2, 3)),
            take=self.one(("best", "worst", "mean", "sum")),
        )

    def _time_credit(self, points: Decimal) -> TimeCredit:
        per, count = Decimal(self.one((7, 10))), self.one(STEPS)
        credits_: tuple[TimeCredit, ...] = (
            TimeLeft(limit=Decimal(60), gain=points / 4, per=per, count=count),
            TimeOver(limit=Decimal(30), lose=Decimal("0.5"), per=per, count=count),
            TimeBands(
                bands=tuple(TimeBand(up_to=Decimal(20 * at), keep=keep) for at, keep in enumerate(SHARES, start=1))
            ),
            TimeItself(),
        )
        return self.one(credits_)

    def _external(self, common: dict[str, Any]) -> Aspect:
        return External(**common, out_of=Decimal(self.one((30, 70, 100))))
