"""What an amended scheme would change in a contest that is being marked: every mark, total, place and award. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from competition.scoring.closing import close
from competition.scoring.plan import Plan, plan_of
from competition.scoring.readings import check_reading
from competition.scoring.record import EntrantRecord
from competition.scoring.tally import tally
from schemas.base import Message
from schemas.marks import Mark
from schemas.problems import N_, Problem
from schemas.results import Closed, Closing, Contender, TeamPlace
from schemas.scheme import Scheme, SubCriterion


class SheetsWouldDiffer(Problem):
    """An amendment that asks for other score sheets than those that judges are signing."""

    status = 409
    sentence = N_(
        "An amendment cannot change what is on the score sheets: {place} differs. Keep sub-criteria, aspects, their kinds and the "
        "number of judges as they are; everything else may change."
    )


class ChangedMark(Message):
    """A mark that gives other points by the amended scheme; ``problem`` says why it could not be scored at all."""

    entrant_id: UUID
    aspect: str
    judge_id: UUID
    before: Decimal
    after: Decimal | None
    problem: Problem | None = None


class ChangedEntrant(Message):
    """An entrant whose total, place or awards would be others."""

    entrant_id: UUID
    before: Closed
    after: Closed


class ChangedTeam(Message):
    """A delegation whose place or figure in a team standing (``team`` is its id) would be another; None where it has none."""

    team: str
    delegation: str
    before: TeamPlace | None
    after: TeamPlace | None


class Amended(Message):
    """Everything that would change.

    ``blocking`` marks could not be scored by the amended scheme: it cannot be applied, and nothing else is known.
    """

    marks: tuple[ChangedMark, ...]
    entrants: tuple[ChangedEntrant, ...]
    teams: tuple[ChangedTeam, ...]
    blocking: tuple[ChangedMark, ...]


def amended(
    before: Scheme, after: Scheme, records: Iterable[EntrantRecord], contenders: Iterable[Contender]
) -> Amended:
    """What ``after`` would change for these records. Raises ``SheetsWouldDiffer`` where it asks for other score sheets."""
    check_sheets(before, after)
    records, contenders = tuple(records), tuple(contenders)
    old, new = plan_of(before), plan_of(after)
    if blocking := blocking_marks(before, after, records):
        return Amended(marks=(), entrants=(), teams=(), blocking=blocking)
    was, now = _closed(before, records, contenders), _closed(after, records, contenders)
    stood = {closed.entrant_id: closed for closed in was.entrants}
    return Amended(
        marks=tuple(mark for record in records for mark in _changed(old, new, record)),
        entrants=tuple(
            ChangedEntrant(entrant_id=closed.entrant_id, before=stood[closed.entrant_id], after=closed)
            for closed in now.entrants
            if closed != stood[closed.entrant_id]
        ),
        teams=tuple(_changed_teams(was, now)),
        blocking=(),
    )


def blocking_marks(before: Scheme, after: Scheme, records: Iterable[EntrantRecord]) -> tuple[ChangedMark, ...]:
    """The marks that ``after`` could not score."""
    old, new = plan_of(before), plan_of(after)
    return tuple(mark for record in records for mark in _blocking(old, new, record))


def check_sheets(before: Scheme, after: Scheme) -> None:
    """Raise ``SheetsWouldDiffer`` unless both schemes are marked on the same sheets."""
    old, new = ({sub.id: _on_sheet(sub) for sub in scheme.sub_criteria()} for scheme in (before, after))
    for place in (*old, *new):
        if old.get(place) != new.get(place):
            raise SheetsWouldDiffer(place=place)


def _on_sheet(sub: SubCriterion) -> tuple[object, ...]:
    """What a score sheet is made of."""
    aspects = ((aspect.id, type(aspect), aspect.judges or sub.panel.judges) for aspect in sub.aspects)
    return sub.panel.judges, sub.blind, *aspects


def _blocking(old: Plan, new: Plan, record: EntrantRecord) -> Iterator[ChangedMark]:
    """The marks of an entrant that could not be scored."""
    for mark in record.marks.values():
        aspect = new.aspects[new.aspect_places[mark.aspect]].aspect
        try:
            check_reading(aspect, mark.values, mark.state)
        except Problem as problem:
            yield ChangedMark(
                entrant_id=record.entrant_id,
                aspect=mark.aspect,
                judge_id=mark.judge_id,
                before=_points(old, mark),
                after=None,
                problem=problem,
            )


def _changed(old: Plan, new: Plan, record: EntrantRecord) -> Iterator[ChangedMark]:
    """The marks of an entrant that give other points."""
    for mark in record.marks.values():
        before, after = _points(old, mark), _points(new, mark)
        if before != after:
            yield ChangedMark(
                entrant_id=record.entrant_id, aspect=mark.aspect, judge_id=mark.judge_id, before=before, after=after
            )


def _changed_teams(was: Closing, now: Closing) -> Iterator[ChangedTeam]:
    """The delegations that stand otherwise in a team standing, or in one that comes or goes."""
    for team in was.teams | now.teams:
        before = {place.delegation: place for place in was.teams.get(team, ())}
        after = {place.delegation: place for place in now.teams.get(team, ())}
        for delegation in after | before:
            if before.get(delegation) != after.get(delegation):
                yield ChangedTeam(
                    team=team, delegation=delegation, before=before.get(delegation), after=after.get(delegation)
                )


def _points(plan: Plan, mark: Mark) -> Decimal:
    """What a mark by itself gives, as the trace of a total tells it."""
    points, _ = plan.aspects[plan.aspect_places[mark.aspect]].told[mark.values, mark.state]
    return points


def _closed(scheme: Scheme, records: Sequence[EntrantRecord], contenders: Sequence[Contender]) -> Closing:
    return close(scheme, [tally(scheme, record) for record in records], contenders)
