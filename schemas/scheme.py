"""Marking schemes as data: event -> stages -> criteria -> sub-criteria -> aspects, and what is made of the totals.

How a total comes about, from the inside out; nothing is rounded but where a ``rounding`` is declared:

1. *A judge's points* of an aspect follow from the readings by the aspect's kind (``schemas.aspects``); the panel's ``each`` rounds
   them. A judge without a reading (a state such as ``absent``) is left out of the panel.
2. *A panel's figure* of an aspect: of the judges present the highest and lowest are dropped, the rest combined, then rounded by
   the panel's ``rounding``. A score's ``factor`` multiplies it, the aspect's ``rounding`` rounds it. With fewer than ``fewest``
   judges present there is no figure. A panel ``by`` sheet does so with each judge's sum over the whole sub-criterion instead.
3. *A group* (sub-criterion, criterion, stage) sums its parts; of mutually exclusive aspects only the best counts. ``fit`` says what
   the group's points are to that sum: the most it can be, a cap, or what the sum is scaled to; more than its points no group
   gives. Then the floor, the rounding and the gate follow, in this order: points that do not pass their gate are none. A group
   in which nothing has a figure yet gives nothing, whatever its floor.
4. *The total*: stages that carry a weight give ``points got / points x weight``, those without one their points. Penalties are
   taken off, not below ``floor``; the scheme's ``rounding`` rounds the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from schemas.aspects import Aspect, Rounding
from schemas.base import Command, Text
from schemas.closing import Advancement, Award, LastResort, Places, RankKey, Scale, TeamStanding, Ties
from schemas.marks import WithoutReading

SCHEME_FORMAT = "leitai-scheme-1"

Combine = Literal["sum", "mean", "median"]


class Panel(Command, frozen=True, kw_only=True):
    """Who marks a sub-criterion: how many judges mark it independently, and how their points become one figure.

    Of the judges present ``drop_highest`` and ``drop_lowest`` are left out, but only where at least one remains. ``by`` aspect:
    for each aspect by itself; by sheet: with each judge's sum over the sub-criterion, a judge with any reading of it being present
    (an aspect's own figure is then only told: what all its judges gave together, nothing dropped or rounded). ``each`` rounds one
    judge's points (or sum), ``rounding`` the combined figure. Figures of judges more than ``most_apart`` points apart are flagged.
    """

    judges: int
    combine: Combine = "mean"
    drop_highest: int = 0
    drop_lowest: int = 0
    fewest: int = 1
    by: Literal["aspect", "sheet"] = "aspect"
    most_apart: Decimal | None = None
    each: Rounding | None = None
    rounding: Rounding | None = None


class Gate(Command, frozen=True, kw_only=True):
    """A condition: a group counts only when another part's points are at least this."""

    of: Literal["stage", "criterion", "sub_criterion", "aspect"]
    id: str
    at_least: Decimal


class _Group(Command, frozen=True, kw_only=True):
    """What sub-criteria, criteria and stages have: an id unique among its kind, and the most points it can give.

    ``fit``: the parts' points sum to exactly ``points``; or to more, of which no more than ``points`` count (``cap``); or the sum
    got is scaled from the parts' sum to ``points`` (``scale``: raw 12.9 becomes 12). No group falls below its ``floor``.
    """

    id: str
    name: Text
    points: Decimal
    fit: Literal["exact", "cap", "scale"] = "exact"
    floor: Decimal = Decimal(0)
    rounding: Rounding | None = None
    gate: Gate | None = None


class SubCriterion(_Group, frozen=True, kw_only=True):
    """One score sheet: what one judge marks for one entrant in one go, and signs off.

    Each list in ``exclusive`` names aspects of which only the best counts. ``day`` is the day of marking, from 1.
    """

    panel: Panel
    aspects: tuple[Aspect, ...]
    blind: bool = True
    exclusive: tuple[tuple[str, ...], ...] = ()
    day: int | None = None


class Criterion(_Group, frozen=True, kw_only=True):
    """A task of a stage, with the most points it can give."""

    sub_criteria: tuple[SubCriterion, ...]


class Cut(Command, frozen=True, kw_only=True):
    """Who goes on from a stage: the first ``top``, or ``percent`` of those who took part, or everybody from ``at_least`` points.

    More than one of them may be given; all must then be met. It holds from the stage's first mark on. Who does not go on is placed
    behind all who do, by the points of this stage, then by the scheme's ranking. Of those without a place (disqualified,
    withdrawn, unranked, absent), who has a figure in a later stage had gone on, and takes a seat in this cut by the points of this
    stage; the others take none.
    """

    top: int | None = None
    percent: Decimal | None = None
    rounding: Rounding = Rounding(places=0)
    at_least: Decimal | None = None
    ties: Ties = "in"


class Stage(_Group, frozen=True, kw_only=True):
    """Theory or practice: a set of criteria that counts with ``weight`` percent in the total of 100.

    Without weights, in any of the stages, the total is the sum of the stages' points. A stage that only selects has
    weight 0 and a ``cut``.
    """

    criteria: tuple[Criterion, ...]
    weight: Decimal | None = None
    cut: Cut | None = None


class Penalty(Command, frozen=True, kw_only=True):
    """A breach that takes from the grand total: ``each`` occurrence, at most ``cap``; ``out_at`` occurrences disqualify."""

    id: str
    name: Text
    each: Decimal
    cap: Decimal | None = None
    out_at: int | None = None


class Section(Command, frozen=True, kw_only=True):
    """A section of the standards specification (WSOS), and the points its aspects should come to."""

    id: str
    name: Text
    weight: Decimal


class StateRule(Command, frozen=True, kw_only=True):
    """What it means that an aspect has a state and no reading by any judge, where it is not the usual.

    One judge's state beside another's reading means nothing but that this judge is left out. Where judges give different states,
    the gravest holds: disqualified, did not finish, absent, not attempted, not measured, excluded. ``gives``: the aspect gives no
    points, or all of them. ``total``: it stands, or is zero. ``rank``: as by the total, behind everybody else who is ranked, or
    without a place. Usual is nothing, stands and as by the total; only ``disqualified`` is without a place.
    """

    state: WithoutReading
    gives: Literal["nothing", "everything"] = "nothing"
    total: Literal["stands", "zero"] = "stands"
    rank: Literal["ranked", "last", "none"] = "ranked"


class Scheme(Command, frozen=True, kw_only=True, cache_hash=True):
    """A whole marking scheme: the rule by which every total can be computed again."""

    format: Literal["leitai-scheme-1"]
    code: str
    version: str
    name: Text
    trade: Text
    stages: tuple[Stage, ...]
    ranking: tuple[RankKey, ...]
    rounding: Rounding | None = None
    floor: Decimal = Decimal(0)
    penalties: tuple[Penalty, ...] = ()
    penalty_cap: Decimal | None = None
    states: tuple[StateRule, ...] = ()
    sections: tuple[Section, ...] = ()
    section_tolerance: Decimal = Decimal(5)
    places: Places = "1224"
    last_resort: LastResort = "shared"
    scale: Scale | None = None
    awards: tuple[Award, ...] = ()
    teams: tuple[TeamStanding, ...] = ()
    advancement: Advancement | None = None
    source: str = ""

    def criteria(self) -> Iterator[Criterion]:
        """Every criterion in the scheme's order."""
        return (criterion for stage in self.stages for criterion in stage.criteria)

    def sub_criteria(self) -> Iterator[SubCriterion]:
        """Every sub-criterion in the scheme's order."""
        return (sub for criterion in self.criteria() for sub in criterion.sub_criteria)

    def aspects(self) -> Iterator[Aspect]:
        """Every aspect in the scheme's order."""
        return (aspect for sub in self.sub_criteria() for aspect in sub.aspects)

    def sub_criterion(self, id: str) -> SubCriterion | None:
        """The sub-criterion with this id, or None."""
        return next((sub for sub in self.sub_criteria() if sub.id == id), None)
