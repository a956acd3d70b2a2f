"""A panel's votes on one aspect: who has voted, when others may see it, and when all are to vote again. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from competition.judging import revotes
from competition.judging.rules import Sheet
from competition.scoring import panels as figures
from competition.scoring.plan import Plan
from competition.scoring.record import EntrantRecord
from schemas.aspects import Aspect, Judgement, Score
from schemas.marks import Mark, Revote


def panels_of(sheets: Iterable[Sheet]) -> dict[tuple[UUID, str], list[Sheet]]:
    """Sheets by entrant and sub-criterion: who marks one work together."""
    found: defaultdict[tuple[UUID, str], list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        found[sheet.entrant_id, sheet.sub_criterion].append(sheet)
    return found


def is_opinion(aspect: Aspect) -> bool:
    """Whether judges give what they think of a work, rather than what they count or measure."""
    return isinstance(aspect, Judgement | Score)


def votes(aspect: Aspect, record: EntrantRecord, panel: Iterable[Sheet]) -> dict[UUID, Mark]:
    """The marks in force of an aspect by judge, of all who have a sheet there, even of those who lost their seat."""
    found = ((sheet.judge_id, record.marks.get((aspect.id, sheet.judge_id))) for sheet in panel)
    return {judge_id: mark for judge_id, mark in found if mark is not None}


def is_complete(aspect: Aspect, given: Collection[UUID], panel: Iterable[Sheet]) -> bool:
    """Whether all who are to mark this aspect are among those who have ``given`` a mark: everybody seated, or as many as mark it.

    Only whoever has a sheet for this entrant is on the panel: a recused judge is not waited for.
    """
    if aspect.judges is not None and len(given) >= aspect.judges:
        return True
    seated = {sheet.judge_id for sheet in panel if sheet.is_current}
    return bool(seated) and seated.issubset(given)


def is_seen(aspect: Aspect, mark: UUID, record: EntrantRecord, panel: Sequence[Sheet], now: datetime) -> bool:
    """Whether this mark in force is an opinion that the others on the panel see by now, as its judge sees theirs.

    It must not be taken back unsaid, to give another one in view of them. What was measured may.
    """
    if not is_opinion(aspect) or len(panel) == 1:
        return False
    shown = shown_votes(aspect, record, panel, now).values()
    return any(mark in {vote.id, first.id if first else None} for vote, first in shown)


def are_apart(aspect: Aspect, marks: Iterable[Mark], plan: Plan) -> bool:
    """Whether votes are farther apart than the scheme likes: levels by the aspect's own rule, points by the panel's."""
    read = [mark for mark in marks if mark.state == "marked"]
    planned = plan.aspects[plan.aspect_places[aspect.id]]
    if planned.panel.by == "aspect" and figures.is_apart([planned.judged[mark.values] for mark in read], planned.panel):
        return True
    return must_vote_again(aspect, read)


def may_call_for_revote(aspect: Aspect) -> bool:
    """Whether the scheme wants this aspect judged again when the levels are too far apart."""
    return isinstance(aspect, Judgement) and aspect.revote_from is not None


def must_vote_again(aspect: Aspect, marks: Iterable[Mark]) -> bool:
    """Whether levels are so far apart that the scheme wants them judged again."""
    if not isinstance(aspect, Judgement) or aspect.revote_from is None:
        return False
    levels = [mark.values[0] for mark in marks if mark.state == "marked"]
    return bool(levels) and max(levels) - min(levels) >= aspect.revote_from


def revote_is_due(aspect: Aspect, record: EntrantRecord, panel: Sequence[Sheet]) -> bool:
    """Whether the scheme's rule opens a re-vote now: everybody has voted, far apart, and it is the first on this aspect."""
    given = {} if aspect.id in record.revotes else votes(aspect, record, panel)
    return is_complete(aspect, given, panel) and must_vote_again(aspect, given.values())


def is_open(revote: Revote, record: EntrantRecord, panel: Iterable[Sheet], now: datetime) -> bool:
    """Whether anybody on the panel still may vote again."""
    return any(revotes.is_awaited(revote, record, sheet.judge_id, now) for sheet in panel if sheet.is_current)


def shown_votes(
    aspect: Aspect, record: EntrantRecord, panel: Sequence[Sheet], now: datetime
) -> dict[UUID, tuple[Mark, Mark | None]]:
    """What the panel may see of an aspect: by judge the vote, and the first one where another followed; nothing before all voted.

    While a re-vote is open only first votes are shown, so that second votes are given as blindly as the first.
    """
    given = votes(aspect, record, panel)
    revote = record.revotes.get(aspect.id)
    if revote is None:
        return {judge: (mark, None) for judge, mark in given.items()} if is_complete(aspect, given, panel) else {}
    first = {judge: revotes.first_vote(revote, record, judge) for judge in given}
    if is_open(revote, record, panel, now):
        return {judge: (mark, None) for judge, mark in first.items() if mark is not None}
    return {judge: (mark, first[judge] if first[judge] is not mark else None) for judge, mark in given.items()}
