"""What can be done with results: penalties, disqualification, withdrawal, publishing."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from competition.access.store import insert_audit
from competition.ledger.actions import writing
from competition.ledger.book import Shelf
from competition.ledger.store import Head, insert_checkpoint, settle_hidden
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.recount.actions import check_recount
from competition.results import rules, store
from competition.results.prospect import prospect_of
from competition.scoring.record import fold
from schemas.access import Person
from schemas.marks import Disqualification, PenaltyGiven, Withdrawal
from schemas.problems import NotFound
from schemas.results import Publication, PublicationStatus

MOST_OCCURRENCES = 9999
"""More than this of one breach is a slip of the finger, whatever the scheme takes for each."""


async def publish(
    connection: Connection, shelf: Shelf, event_id: UUID, status: PublicationStatus, *, person: Person, now: datetime
) -> Publication:
    """Publish the results as they stand; boards show exactly this from now on, unless it is a draft."""
    async with writing(connection, shelf, event_id, now=now) as pen:
        labels = await store.labels_of(connection, event_id)
        published = rules.publication(
            pen.book,
            labels,
            number=await store.next_number(connection, event_id),
            status=status,
            revision=pen.revision,
            now=now,
        )
        rules.check_publication(
            published,
            open_sheets=await store.open_sheets(connection, event_id),
            missing_sheets=await store.missing_sheets(
                connection, event_id, [sub.id for sub in pen.book.scheme.sub_criteria()]
            ),
            last=await store.last_public(connection, event_id),
        )
        contenders = await store.contenders_of(connection, event_id)
        if status == "official":
            codes = {entrant_id: label.code for entrant_id, label in labels.items()}
            await check_recount(connection, pen.book, contenders, codes)
        await store.insert_publication(connection, published, by=person.id)
        # A thousand entrants take a second, in which other events' tablets must be answered.
        prospect = await asyncio.to_thread(prospect_of, pen.book, contenders)
        await store.insert_published_prospect(connection, published, prospect)
        await settle_hidden(connection, event_id)
        head = Head(revision=pen.revision, position=pen.book.position, digest=pen.book.digest)
        await insert_checkpoint(connection, event_id, head, reason=f"publication:{published.number}", now=now)
        detail = {"number": published.number, "status": status}
        await insert_audit(connection, "publish", str(event_id), detail, actor_id=person.id, now=now)
        pen.announce(is_shown=status != "draft")
    return published


async def give_penalty(
    connection: Connection,
    shelf: Shelf,
    event_id: UUID,
    entrant_id: UUID,
    penalty: str,
    occurrences: int,
    reason: str,
    *,
    person: Person,
    now: datetime,
) -> None:
    """Set how often an entrant committed a breach; it is taken from the total as the scheme says."""
    if not reason.strip():
        raise rules.ReasonMissing
    async with writing(connection, shelf, event_id, now=now) as pen:
        if entrant_id not in pen.book.standings:
            raise NotFound
        if not 0 <= occurrences <= MOST_OCCURRENCES or penalty not in {known.id for known in pen.book.scheme.penalties}:
            raise rules.NoSuchPenalty(penalty=penalty)
        pen.add(
            PenaltyGiven(
                id=new_id(),
                entrant_id=entrant_id,
                penalty=penalty,
                occurrences=occurrences,
                by=person.id,
                reason=reason.strip(),
                recorded_at=now,
            )
        )


async def disqualify(
    connection: Connection,
    shelf: Shelf,
    event_id: UUID,
    entrant_id: UUID,
    reason: str,
    *,
    lifted: bool = False,
    person: Person,
    now: datetime,
) -> None:
    """Take an entrant out of the contest, or lift that; the marks stay on record."""
    entry = Disqualification(
        id=new_id(), entrant_id=entrant_id, lifted=lifted, by=person.id, reason=reason.strip(), recorded_at=now
    )
    await _record(connection, shelf, event_id, entry, now=now)


async def withdraw(
    connection: Connection,
    shelf: Shelf,
    event_id: UUID,
    entrant_id: UUID,
    reason: str,
    *,
    lifted: bool = False,
    person: Person,
    now: datetime,
) -> None:
    """Record that an entrant has left the contest of their own will, or take that back; the marks stay on record."""
    entry = Withdrawal(
        id=new_id(), entrant_id=entrant_id, lifted=lifted, by=person.id, reason=reason.strip(), recorded_at=now
    )
    await _record(connection, shelf, event_id, entry, now=now)


async def _record(
    connection: Connection, shelf: Shelf, event_id: UUID, entry: Disqualification | Withdrawal, *, now: datetime
) -> None:
    """Write into the ledger that somebody in the standings is out, or in again: the entry says who did it, when and why.

    Sent a second time it changes nothing, and what was recorded first stands.
    """
    if not entry.reason:
        raise rules.ReasonMissing
    async with writing(connection, shelf, event_id, now=now) as pen:
        if entry.entrant_id not in pen.book.standings:
            raise NotFound
        record = pen.book.record(entry.entrant_id)
        if fold(record, entry) != record:
            pen.add(entry)
