"""The panels whose votes the chief judge should see: those too far apart, and those that vote again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from competition.judging import panels, revotes
from competition.judging.rules import Sheet
from competition.ledger.book import Book
from competition.scoring.plan import Plan, plan_of
from competition.scoring.record import EntrantRecord
from schemas.aspects import Aspect, Judgement
from schemas.desk import PanelVotes, VoteLine
from schemas.marks import Mark, Revote
from schemas.scheme import SubCriterion


def votes_to_see(
    sheets: Iterable[Sheet], book: Book, people: Mapping[UUID, str], now: datetime
) -> tuple[PanelVotes, ...]:
    """Votes that are apart or being repeated, by code and in the scheme's order; ``people`` are judges and chief judges by name.

    A panel that has not voted whole says nothing yet.
    """
    plan, found = plan_of(book.scheme), []
    for _, of_entrant in groupby(sheets, key=lambda sheet: sheet.entrant_id):
        own = list(of_entrant)
        record = book.record(own[0].entrant_id)
        for sub in book.scheme.sub_criteria():
            panel = [sheet for sheet in own if sheet.sub_criterion == sub.id]
            if len(panel) > 1:
                found += [
                    _seen(aspect, panel, record, people, plan, now)
                    for aspect in sub.aspects
                    if aspect.id in record.revotes or _may_be_apart(aspect, sub)
                ]
    return tuple(votes for votes in found if votes.is_apart or votes.is_open)


def disputed_panels(seen: Iterable[PanelVotes], sheets: Iterable[Sheet]) -> frozenset[UUID]:
    """The sheets of panels that vote again just now, or are apart and have not voted again.

    After a re-vote the votes stand, however far apart they still are.
    """
    questions = {(votes.entrant_id, votes.sub_criterion) for votes in seen if votes.is_open or votes.closes_at is None}
    return frozenset(sheet.id for sheet in sheets if (sheet.entrant_id, sheet.sub_criterion) in questions)


def _may_be_apart(aspect: Aspect, sub: SubCriterion) -> bool:
    """Whether the scheme says anything about how far apart these votes may be."""
    return sub.panel.most_apart is not None or (isinstance(aspect, Judgement) and aspect.revote_from is not None)


def _seen(
    aspect: Aspect,
    panel: Sequence[Sheet],
    record: EntrantRecord,
    people: Mapping[UUID, str],
    plan: Plan,
    now: datetime,
) -> PanelVotes:
    revote = record.revotes.get(aspect.id)
    given = panels.votes(aspect, record, panel)
    return PanelVotes(
        entrant_id=record.entrant_id,
        code=panel[0].code,
        sub_criterion=panel[0].sub_criterion,
        aspect=aspect.id,
        votes=tuple(_line(sheet, given.get(sheet.judge_id), record, revote, people) for sheet in panel),
        is_apart=panels.is_complete(aspect, given, panel) and panels.are_apart(aspect, given.values(), plan),
        is_open=revote is not None and panels.is_open(revote, record, panel, now),
        closes_at=revote.closes_at if revote else None,
        asked_by=people.get(revote.by, "") if revote and revote.by else "",
    )


def _line(
    sheet: Sheet, mark: Mark | None, record: EntrantRecord, revote: Revote | None, people: Mapping[UUID, str]
) -> VoteLine:
    has_answered = revote is not None and revotes.has_answered(revote, record, sheet.judge_id)
    first = revotes.first_vote(revote, record, sheet.judge_id) if revote and has_answered else None
    return VoteLine(
        judge=people.get(sheet.judge_id, ""),
        values=mark.values if mark else (),
        state=mark.state if mark else None,
        first=first.values if first else None,
        has_answered=has_answered,
    )
