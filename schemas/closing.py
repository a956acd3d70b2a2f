"""What is made of the totals: places, scales, awards, teams and who goes on; ``schemas.results`` has what the rules come to.

It is made of totals as they are, not of the digits they are written with: two thirds are two thirds. Medians, means and roots are
carried further than any declared rounding looks, and nothing is rounded but where a ``rounding`` is declared.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from schemas.aspects import Rounding
from schemas.base import Command, Text

Ties = Literal["in", "out"]
"""Whether those who share the last place within a number are all in, or all out."""

Figure = Literal["total", "scale"]
"""Which figure a rule looks at: the total, or the scaled one."""

WHOLE = Rounding(places=0)


class RankKey(Command, frozen=True, kw_only=True):
    """One key of the ranking.

    ``total``; the points of a ``stage``, ``criterion``, ``sub_criterion`` or ``aspect``; the ``time`` of a time aspect (its judges'
    times dropped and combined as their points are, but not rounded); the
    ``penalties`` taken; or the ``majority`` of the judges of a sub-criterion: among those the keys before left equal, each
    comparison of two is won by whom more judges gave more points, and who wins more comparisons comes first. ``order`` is
    ascending for times and penalties and descending for all else, unless it is given. Who has no such figure comes last.
    """

    of: Literal["total", "stage", "criterion", "sub_criterion", "aspect", "time", "penalties", "majority"]
    id: str = ""
    order: Literal["descending", "ascending"] | None = None


Places = Literal["1224", "1223", "1334"]
"""How shared places count: as many as share one are skipped after it, none is skipped, or as many are skipped before it."""

LastResort = Literal["shared", "number"]
"""What parts those whom no key parts: nothing, so that they share the place, or the lower entrant number (drawn by lot)."""


# Scales ---------------------------------------------------------------------------------------------------------------


class PercentOfBest(Command, tag="percent_of_best", tag_field="kind", frozen=True, kw_only=True):
    """``100 x total / best total``; everybody has 0 when the best total is not above 0."""

    rounding: Rounding = Rounding(places=2)


class WorldSkillsLike(Command, tag="worldskills_like", tag_field="kind", frozen=True, kw_only=True):
    """``centre + spread x (total - median) / (factor x MAD)``, held between ``least`` and ``most``.

    MAD is the median of the absolute deviations from the median. Where it is zero although totals differ, ``when_flat`` says what
    stands for ``factor x MAD``: nothing (everybody at ``centre``), the mean absolute deviation times 1.253314, or the standard
    deviation of all. No official formula is published: this one rebuilds exported results.
    """

    centre: Decimal = Decimal(700)
    spread: Decimal = Decimal(30)
    factor: Decimal = Decimal("1.4826")
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1000)
    when_flat: Literal["centre", "mean_deviation", "standard_deviation"] = "centre"
    rounding: Rounding = WHOLE


class ZScore(Command, tag="z_score", tag_field="kind", frozen=True, kw_only=True):
    """``centre + spread x (total - mean) / standard deviation``; everybody at ``centre`` when totals do not differ.

    ``of``: the deviation of the whole field (divided by n), or of a sample (by n - 1).
    """

    centre: Decimal = Decimal(0)
    spread: Decimal = Decimal(1)
    of: Literal["field", "sample"] = "field"
    rounding: Rounding = Rounding(places=2)


Scale = PercentOfBest | WorldSkillsLike | ZScore
"""Scaled figures of everybody who has a place."""


# Awards ---------------------------------------------------------------------------------------------------------------


class PlacesAward(Command, tag="places", tag_field="kind", frozen=True, kw_only=True):
    """An award for the next ``count`` places, or for ``percent`` of the ``base``, rounded.

    Awards of this kind follow each other in the scheme's order: the second begins behind the numbers of the first. ``base``:
    everybody ``entered``, those ``ranked``, or those ranked and ``passed``, that is at or above ``at_least``, the pass line in
    points of the total; nobody below it gets the award.
    """

    id: str
    name: Text
    count: int | None = None
    percent: Decimal | None = None
    rounding: Rounding = WHOLE
    base: Literal["entered", "ranked", "passed"] = "ranked"
    at_least: Decimal | None = None
    ties: Ties = "in"


class SmallField(Command, frozen=True, kw_only=True):
    """From this many ranked entrants on, so many kinds of medals are given (3: gold, silver, bronze)."""

    entrants: int
    medals: int


class Medals(Command, tag="medals", tag_field="kind", frozen=True, kw_only=True):
    """Gold, silver and bronze, shared by those within ``window`` of each other in figure ``of``.

    Golds are all within the window of the best (``chained``: each within the window of the one before). One gold: silver goes to
    the next and those within the window of it; two golds: no silver, bronze to the next and those within the window of it; three
    or more: no silver, bronze only within the window of the last gold. One silver: bronze to the next and those within the window
    of it; more: bronze only within the window of the last silver. ``small_fields`` from few to many; fewer than the first: none.
    They are given out in order of place; of those who share one, who has the higher figure comes first.
    """

    id: str
    names: tuple[Text, Text, Text]
    of: Figure = "scale"
    window: Decimal = Decimal(2)
    chained: bool = False
    small_fields: tuple[SmallField, ...] = ()


class Line(Command, tag="line", tag_field="kind", frozen=True, kw_only=True):
    """An award for everybody ranked, without an award of the list before it, whose figure reaches a line.

    The line is ``at_least``, or the median of the field where that is not given; with ``above`` it must be passed, not reached.
    """

    id: str
    name: Text
    of: Figure = "scale"
    at_least: Decimal | None = None
    above: bool = False


class BestOfDelegation(Command, tag="best_of_delegation", tag_field="kind", frozen=True, kw_only=True):
    """An award for the best ranked of each delegation, shared by equals, whatever else they get."""

    id: str
    name: Text


Award = PlacesAward | Medals | Line | BestOfDelegation


# Teams and who goes on ------------------------------------------------------------------------------------------------


class TeamStanding(Command, frozen=True, kw_only=True):
    """A standing of delegations: what counts of each ranked member, how many members, and how they are put together.

    ``of``: the total, the scaled figure, the place (the lower sum or mean comes first), or points for medals: ``medal_points`` are
    those for gold, silver, bronze and a ``line`` award. ``best`` takes only so many members, the best ones; a delegation with fewer
    than ``fewest`` ranked members has no place. Equal figures share the place.
    """

    id: str
    name: Text
    of: Literal["total", "scale", "place", "medal_points"] = "total"
    combine: Literal["sum", "mean"] = "sum"
    best: int | None = None
    fewest: int = 1
    medal_points: tuple[Decimal, Decimal, Decimal, Decimal] = (Decimal(4), Decimal(3), Decimal(2), Decimal(1))
    rounding: Rounding | None = None


class Advancement(Command, frozen=True, kw_only=True):
    """Who goes on to the next tier: the first ``top``, or ``percent`` of those ranked, in order of place.

    At most ``most_per_delegation`` of one delegation, those behind moving up; the best of each delegation goes on first where
    ``one_of_each`` says so. Nobody below ``at_least`` points goes on. The next ``substitutes`` by the same rules stand by.
    """

    top: int | None = None
    percent: Decimal | None = None
    rounding: Rounding = WHOLE
    ties: Ties = "in"
    at_least: Decimal | None = None
    most_per_delegation: int | None = None
    one_of_each: bool = False
    substitutes: int = 0
