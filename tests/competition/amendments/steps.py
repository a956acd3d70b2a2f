"""The steps of an amendment, as the organiser of a contest takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from competition.amendments import actions
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from schemas.scheme import Scheme
from tests.house import (
    NOW,
    Contest,
)

LATER = NOW + timedelta(hours=1)
REASON = "技术文件第 4.2 条：每处扣 4 分"


async def proposed(connection: Connection, contest: Contest, scheme: Scheme) -> None:
    """Propose a scheme as the organiser."""
    await actions.propose(connection, contest.event_id, scheme, actor_id=contest.organiser.id, now=LATER)


async def shown(connection: Connection, contest: Contest, shelf: Shelf | None = None) -> actions.Preview:
    """The preview of what is proposed."""
    preview = await actions.preview(connection, shelf or Shelf(), contest.event_id)
    assert preview is not None
    return preview


async def applied(
    connection: Connection,
    contest: Contest,
    preview: actions.Preview,
    *,
    shelf: Shelf | None = None,
    reason: str = REASON,
) -> None:
    """Apply a preview as the organiser."""
    await actions.apply_proposal(
        connection,
        shelf or Shelf(),
        contest.event_id,
        digest=preview.proposal.digest,
        revision=preview.revision,
        reason=reason,
        actor_id=contest.organiser.id,
        now=LATER,
    )


async def amend(connection: Connection, contest: Contest, scheme: Scheme, *, shelf: Shelf | None = None) -> Contest:
    """Propose, preview and apply; returns the contest by its new scheme."""
    await proposed(connection, contest, scheme)
    await applied(connection, contest, await shown(connection, contest), shelf=shelf)
    return replace(contest, scheme=scheme)
