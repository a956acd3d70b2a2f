"""A judge's part in a re-vote: the first vote, the answer to it, and whether one is still awaited. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from competition.scoring.record import EntrantRecord
from schemas.marks import Mark, Revote

REVOTE_LASTS = timedelta(minutes=2)
"""How long the judges of a panel have to vote again, by the server's clock."""


def first_vote(revote: Revote, record: EntrantRecord, judge_id: UUID) -> Mark | None:
    """The vote that a judge had given when the re-vote was opened; None for who had none."""
    return next((mark for mark in _line(revote, record, judge_id) if mark.id in revote.votes), None)


def has_answered(revote: Revote, record: EntrantRecord, judge_id: UUID) -> bool:
    """Whether a judge has voted again; a later correction of that vote changes nothing about it."""
    return any(mark.revote == revote.id for mark in _line(revote, record, judge_id))


def is_awaited(revote: Revote, record: EntrantRecord, judge_id: UUID, now: datetime) -> bool:
    """Whether this judge is still to vote again: there is time, and the first vote stands without an answer."""
    return (
        now < revote.closes_at
        and not has_answered(revote, record, judge_id)
        and first_vote(revote, record, judge_id) is not None
    )


def _line(revote: Revote, record: EntrantRecord, judge_id: UUID) -> Iterator[Mark]:
    """The mark in force in a judge's cell, then the one whose place it took, and so on back to the first."""
    mark = record.marks.get((revote.aspect, judge_id))
    while mark is not None:
        yield mark
        mark = record.before.get(mark.id)
