"""Random rules for what is made of the totals: scales, awards, teams and who goes on, by construction without faults."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

import msgspec

from schemas.aspects import Rounding
from schemas.closing import (
    Advancement,
    Award,
    BestOfDelegation,
    Figure,
    Line,
    Medals,
    PercentOfBest,
    PlacesAward,
    Scale,
    SmallField,
    TeamStanding,
    Ties,
    WorldSkillsLike,
    ZScore,
)
from schemas.scheme import Scheme
from tests.random_aspects import MODES, AspectChance, named

TIES: tuple[Ties, ...] = get_args(Ties)
DELEGATIONS = ("", "奇瑞", "埃夫特", "海螺")
"""Whom entrants belong to; the first is nobody."""


class ClosingChance(AspectChance):
    """What is drawn next, of what is made of the totals."""

    def closed(self, scheme: Scheme) -> Scheme:
        """The scheme with whatever it may make of its totals."""
        most = sum((stage.points for stage in scheme.stages), Decimal(0))
        if any(stage.weight is not None for stage in scheme.stages):
            most = Decimal(100)
        scale = self._scale() if self.often(0.7) else None
        awards = self._awards(most, has_scale=scale is not None) if self.often(0.8) else ()
        teams = tuple(self._team(f"team {number}", scale, awards) for number in range(self.upto(0, 2)))
        return msgspec.structs.replace(
            scheme,
            scale=scale,
            awards=awards,
            teams=teams,
            advancement=self._advancement(most) if self.often(0.5) else None,
        )

    def delegations(self, entrants: tuple[UUID, ...]) -> dict[UUID, str]:
        """Whom everybody belongs to."""
        return {entrant: delegation for entrant in entrants if (delegation := self.one(DELEGATIONS))}

    # Scales -----------------------------------------------------------------------------------------------------------

    def _scale(self) -> Scale:
        match self.upto(1, 4):
            case 1:
                return PercentOfBest(rounding=self._declared())
            case 2:
                return ZScore(
                    centre=self.one((Decimal(0), Decimal(50))),
                    spread=self.one((Decimal(1), Decimal(10))),
                    of=self.one(("field", "sample")),
                    rounding=self._declared(),
                )
            case _:
                return self._worldskills_like()

    def _worldskills_like(self) -> WorldSkillsLike:
        least, most = self.one(((0, 1000), (650, 750)))
        return WorldSkillsLike(
            factor=self.one((Decimal("1.4826"), Decimal(1))),
            least=Decimal(least),
            most=Decimal(most),
            when_flat=self.one(("centre", "mean_deviation", "standard_deviation")),
            rounding=self._declared(),
        )

    def _declared(self) -> Rounding:
        return Rounding(places=self.one((0, 0, 1, 2)), mode=self.one(MODES))

    # Awards -----------------------------------------------------------------------------------------------------------

    def _awards(self, most: Decimal, *, has_scale: bool) -> tuple[Award, ...]:
        """Up to four of any kinds; their percentages stay below a hundred."""
        figures: tuple[Figure, ...] = ("scale", "scale", "total") if has_scale else ("total",)
        return tuple(self._award(f"award {number}", most, self.one(figures)) for number in range(self.upto(1, 4)))

    def _award(self, id_: str, most: Decimal, of: Figure) -> Award:
        match self.upto(1, 8):
            case 1 | 2 | 3:
                return self._places_award(id_, most)
            case 4 | 5:
                return self._medals(id_, of)
            case 6 | 7:
                return self._line(id_, most, of)
            case _:
                return BestOfDelegation(id=id_, name=named(id_))

    def _places_award(self, id_: str, most: Decimal) -> PlacesAward:
        at_least = self._points(most) if self.often(0.4) else None
        return PlacesAward(
            id=id_,
            name=named(id_),
            **self._number("count"),
            base=self.one(("entered", "ranked") if at_least is None else ("entered", "ranked", "passed", "passed")),
            at_least=at_least,
        )

    def _medals(self, id_: str, of: Figure) -> Medals:
        small = ((), (), (SmallField(entrants=2, medals=1), SmallField(entrants=4, medals=3)))
        return Medals(
            id=id_,
            names=(named("gold"), named("silver"), named("bronze")),
            of=of,
            window=self.one((Decimal(0), Decimal("0.5"), Decimal(2), Decimal(10))),
            chained=self.often(0.3),
            small_fields=self.one(small),
        )

    def _line(self, id_: str, most: Decimal, of: Figure) -> Line:
        lines = (Decimal(0), Decimal(50), Decimal(100), Decimal(700)) if of == "scale" else (self._points(most),)
        return Line(
            id=id_,
            name=named(id_),
            of=of,
            at_least=self.one(lines) if self.often(0.5) else None,
            above=self.often(0.4),
        )

    # Teams and who goes on --------------------------------------------------------------------------------------------

    def _team(self, id_: str, scale: Scale | None, awards: tuple[Award, ...]) -> TeamStanding:
        of = ["total", "place"]
        of += ["scale"] if scale else []
        of += ["medal_points", "medal_points"] if any(isinstance(award, Medals) for award in awards) else []
        return TeamStanding(
            id=id_,
            name=named(id_),
            of=self.one(of),  # type: ignore[arg-type]
            combine=self.one(("sum", "mean")),
            best=self.one((None, 1, 2)),
            fewest=self.one((1, 1, 2)),
            medal_points=tuple(map(Decimal, self.one((("4", "3", "2", "1"), ("1", "1.5", "0", "3"))))),  # type: ignore[arg-type]
            rounding=self.rounding(0.5),
        )

    def _advancement(self, most: Decimal) -> Advancement:
        return Advancement(
            **self._number("top"),
            at_least=self._points(most) if self.often(0.3) else None,
            most_per_delegation=self.one((None, None, 1, 2)),
            one_of_each=self.often(0.4),
            substitutes=self.upto(0, 2),
        )

    # Of several ---------------------------------------------------------------------------------------------------------

    def _number(self, field: str) -> dict[str, Any]:
        """A number of places, or a share of somebody, and what a tie at it does."""
        rounding = Rounding(places=self.one((0, 0, 1)), mode=self.one(MODES))
        number: dict[str, Any] = {field: self.upto(1, 3)}
        if self.often(0.5):
            number = {"percent": Decimal(self.one(("10", "15", "25", "12.5"))), "rounding": rounding}
        return {**number, "ties": self.one(TIES)}

    def _points(self, most: Decimal) -> Decimal:
        """A line in points of the total."""
        return min(most, self.one((Decimal(0), Decimal(2), Decimal(5), Decimal(10), Decimal("12.5"), Decimal(40))))
