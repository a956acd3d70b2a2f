"""What can be done about a locked scheme: propose another, apply the proposal whole, or drop it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from uuid import UUID

from competition.access.store import insert_audit
from competition.amendments import store
from competition.amendments.rules import Amended, amended, blocking_marks, check_sheets
from competition.ledger import store as ledger
from competition.ledger.actions import locked, read_book, restate, writing
from competition.ledger.book import Book, Shelf
from competition.plumbing.database import Connection
from competition.results.store import contenders_of
from competition.schemes import store as schemes
from competition.schemes.actions import SchemeHasFaults
from competition.schemes.rules import faults_of
from schemas.base import Message
from schemas.problems import N_, NotFound, Problem
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest

MOST_REASON = 500
"""How long the reason of an amendment may be, in characters."""


class NotLocked(Problem):
    """An amendment to a scheme that can still be replaced."""

    status = 409
    sentence = N_("Nothing is marked by this scheme yet, so there is nothing to amend. Upload the new scheme instead.")


class NothingIsAmended(Problem):
    """A proposal that is the scheme in force itself."""

    status = 409
    sentence = N_(
        "This is the scheme that is in force already. Change it in the file, save the file, and send it again."
    )


class NothingProposed(Problem):
    """An answer to a proposal that is no longer there."""

    status = 409
    sentence = N_(
        "No amendment is proposed any more: somebody has applied or dropped it. See below whether a new version is in force."
    )


class PreviewIsOld(Problem):
    """Marks or another proposal came in after the preview was shown."""

    status = 409
    sentence = N_("Something has changed since this preview was made. Look at the new one, then apply it or drop it.")


class MarksAreBlocking(Problem):
    """Recorded readings that the amended scheme could not score."""

    status = 409
    sentence = N_(
        "{count} recorded marks cannot be scored by this amendment, so it cannot be applied. Drop it and mend the scheme."
    )


class AmendmentNeedsReason(Problem):
    """An amendment without a reason, or with one that no page could show."""

    sentence = N_(
        "An amendment needs a reason of 1 to {most} characters, none of them invisible: everybody will ask for it. Write one."
    )


class Preview(Message):
    """What a proposal would change as of a revision of the standings."""

    proposal: store.Proposal
    revision: int
    amended: Amended


async def propose(
    connection: Connection, event_id: UUID, scheme: Scheme, *, actor_id: UUID | None, now: datetime
) -> None:
    """Keep ``scheme`` as what is proposed for an event, in place of an earlier proposal; nothing else changes."""
    if faults := faults_of(scheme):
        raise SchemeHasFaults(count=len(faults), place=faults[0].place)
    async with connection.transaction():
        await _lock(connection, event_id)
        stored = await schemes.scheme_of(connection, event_id)
        if stored is None or stored.locked_at is None:
            raise NotLocked
        digest = scheme_digest(scheme)
        if digest == stored.digest:
            raise NothingIsAmended
        check_sheets(stored.scheme, scheme)
        await store.write_proposal(connection, event_id, scheme, by=actor_id, now=now)
        detail = {"digest": digest}
        await insert_audit(connection, "propose_amendment", str(event_id), detail, actor_id=actor_id, now=now)


async def preview(connection: Connection, shelf: Shelf, event_id: UUID) -> Preview | None:
    """What the proposal would change now; None where nothing is proposed."""
    proposal = await store.proposal_of(connection, event_id)
    if proposal is None:
        return None
    return await _preview(connection, event_id, proposal, await read_book(connection, shelf, event_id))


async def apply_proposal(
    connection: Connection,
    shelf: Shelf,
    event_id: UUID,
    *,
    digest: str,
    revision: int,
    reason: str,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Put the proposal in force for everybody at once: exactly what was previewed, by digest and revision, or nothing."""
    reason = reason.strip()
    if not 1 <= len(reason) <= MOST_REASON or any(letter < " " for letter in reason):
        raise AmendmentNeedsReason(most=MOST_REASON)
    async with connection.transaction():
        async with writing(connection, shelf, event_id, now=now) as pen:  # its lock holds until the transaction ends
            book = pen.book
        proposal = await _proposed(connection, event_id, digest)
        if book.revision != revision:
            raise PreviewIsOld
        records = [book.record(entrant_id) for entrant_id in book.standings]
        if blocking := await asyncio.to_thread(blocking_marks, book.scheme, proposal.scheme, records):
            raise MarksAreBlocking(count=len(blocking))
        # The marks took a while to look through: a freeze that has become due meanwhile is by the scheme that is in force till now.
        held = await locked(connection, event_id)
        await store.keep_first_version(connection, event_id)
        number = await store.add_version(connection, event_id, reason=reason, by=actor_id, now=now)
        await store.put_in_force(connection, event_id, now)
        await store.delete_proposal(connection, event_id)
        head = ledger.Head(revision=book.revision, position=book.position, digest=book.digest)
        await ledger.insert_checkpoint(connection, event_id, head, reason=f"amendment:{number}", now=now)
        detail = {"number": number, "digest": digest, "reason": reason}
        await insert_audit(connection, "amend_scheme", str(event_id), detail, actor_id=actor_id, now=now)
        await restate(connection, shelf, event_id, is_shown=None, head=held)


async def drop_proposal(
    connection: Connection, event_id: UUID, *, digest: str, actor_id: UUID | None, now: datetime
) -> None:
    """Forget what is proposed; that it was, stays on record."""
    async with connection.transaction():
        await _lock(connection, event_id)
        await _proposed(connection, event_id, digest)
        await store.delete_proposal(connection, event_id)
        detail = {"digest": digest}
        await insert_audit(connection, "drop_amendment", str(event_id), detail, actor_id=actor_id, now=now)


async def _lock(connection: Connection, event_id: UUID) -> None:
    if await ledger.lock_event(connection, event_id) is None:
        raise NotFound


async def _proposed(connection: Connection, event_id: UUID, digest: str) -> store.Proposal:
    """The proposal, if it is still the one with this digest; under the event's lock."""
    proposal = await store.proposal_of(connection, event_id)
    if proposal is None:
        raise NothingProposed
    if proposal.digest != digest:
        raise PreviewIsOld
    return proposal


async def _preview(connection: Connection, event_id: UUID, proposal: store.Proposal, book: Book) -> Preview:
    records = [book.record(entrant_id) for entrant_id in book.standings]
    contenders = await contenders_of(connection, event_id)
    # A thousand entrants take seconds, in which tablets must be answered.
    found = await asyncio.to_thread(amended, book.scheme, proposal.scheme, records, contenders)
    return Preview(proposal=proposal, revision=book.revision, amended=found)
