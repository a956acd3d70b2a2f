"""Small contests written out, for tests that work their figures by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from competition.recount.figures import Contest
from schemas.aspects import Aspect, Binary
from schemas.base import Text
from schemas.closing import RankKey
from schemas.marks import Entry, Flag, Mark, MarkState, PenaltyGiven
from schemas.scheme import Criterion, Panel, Scheme, Stage, SubCriterion

NOW = datetime(2026, 5, 1, tzinfo=UTC)
NAME = Text(zh="名", en="name")

Readings = Mapping[str, Sequence[Sequence[str] | MarkState]]
"""What an entrant's judges gave, by aspect: readings of judge 0, of judge 1 and so on, or a state."""


def sub(id: str, *aspects: Aspect, panel: Panel | None = None, **fields: Any) -> SubCriterion:
    """A sub-criterion before one judge, with the points of its aspects where nothing else is said."""
    points = sum((aspect.points for aspect in aspects), Decimal(0))
    given = {"points": points, "panel": panel or Panel(judges=1), **fields}
    return SubCriterion(id=id, name=NAME, aspects=aspects, **given)


def criterion(id: str, *subs: SubCriterion, **fields: Any) -> Criterion:
    """A criterion, with the points of its sub-criteria where nothing else is said."""
    points = sum((sub.points for sub in subs), Decimal(0))
    return Criterion(id=id, name=NAME, sub_criteria=subs, **{"points": points, **fields})


def stage(id: str, *criteria: Criterion, **fields: Any) -> Stage:
    """A stage, with the points of its criteria where nothing else is said."""
    points = sum((criterion.points for criterion in criteria), Decimal(0))
    return Stage(id=id, name=NAME, criteria=criteria, **{"points": points, **fields})


def scheme(*stages: Stage, **fields: Any) -> Scheme:
    """A scheme that ranks by the total where nothing else is said."""
    given = {"code": "small", "version": "1", "ranking": (RankKey(of="total"),), **fields}
    return Scheme(format="leitai-scheme-1", name=NAME, trade=NAME, stages=stages, **given)


def one_sheet(*aspects: Aspect, **fields: Any) -> Scheme:
    """A scheme of one stage, one criterion and one sub-criterion ``S`` of these aspects."""
    return scheme(stage("stage", criterion("C", sub("S", *aspects, **fields))))


def yes(id: str, points: str = "1") -> Binary:
    """An aspect that is there or not."""
    return Binary(id=id, name=NAME, points=Decimal(points))


def entrant(number: int) -> UUID:
    """The entrant of this number."""
    return UUID(int=number)


def contest(
    scheme: Scheme,
    *entrants: Readings,
    penalties: Sequence[tuple[int, str, int]] = (),
    delegations: Sequence[str] = (),
) -> Contest:
    """A contest whose entrants, numbered from 1, got these readings and belong to these delegations.

    ``penalties`` by number, id and occurrences.
    """
    entries: list[Entry] = [
        mark(number, aspect, judge, given)
        for number, readings in enumerate(entrants, start=1)
        for aspect, judges in readings.items()
        for judge, given in enumerate(judges)
    ]
    entries += [penalty(number, id_, occurrences) for number, id_, occurrences in penalties]
    numbers = {entrant(number): number for number in range(1, len(entrants) + 1)}
    belongs = {entrant(number): delegation for number, delegation in enumerate(delegations, start=1) if delegation}
    return Contest(scheme=scheme, entrants=numbers, entries=tuple(entries), delegations=belongs)


def mark(number: int, aspect: str, judge: int, given: Sequence[str] | MarkState, flags: tuple[Flag, ...] = ()) -> Mark:
    """One judge's mark: readings, or a state."""
    is_state = isinstance(given, str)
    return Mark(
        id=UUID(int=0),
        sheet_id=UUID(int=0),
        entrant_id=entrant(number),
        sub_criterion="",
        judge_id=UUID(int=1000 + judge),
        device_id=None,
        aspect=aspect,
        values=() if is_state else tuple(map(Decimal, given)),
        state=given if is_state else "marked",  # type: ignore[arg-type]
        base=0,
        made_at=NOW,
        recorded_at=NOW,
        supersedes=None,
        reason=None,
        note="",
        flags=flags,
    )


def penalty(number: int, id: str, occurrences: int) -> PenaltyGiven:
    """So many occurrences of a breach."""
    nobody = UUID(int=0)
    return PenaltyGiven(
        id=nobody,
        entrant_id=entrant(number),
        penalty=id,
        occurrences=occurrences,
        by=nobody,
        reason="",
        recorded_at=NOW,
    )
