"""What can be done with schemes: giving an event its scheme, until its first mark locks it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from competition.access.store import insert_audit
from competition.ledger.actions import locked, restate
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.schemes import store
from competition.schemes.rules import faults_of
from schemas.problems import N_, Problem
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest


class SchemeIsLocked(Problem):
    """Marks exist that were made by this scheme."""

    status = 409
    sentence = N_(
        "The scheme has been locked since the first mark, at {at}. Marks made by one scheme cannot be scored by another."
    )


class SchemeHasFaults(Problem):
    """A scheme by which nothing can be marked yet."""

    sentence = N_(
        "Faults in the scheme: {count}, the first at {place}. `leitai scheme check` lists them all with their remedies."
    )


async def import_scheme(
    connection: Connection, shelf: Shelf, event_id: UUID, scheme: Scheme, *, actor_id: UUID | None, now: datetime
) -> None:
    """Give the event this scheme; refused when it has faults, or when the event's scheme is locked."""
    if faults := faults_of(scheme):
        raise SchemeHasFaults(count=len(faults), place=faults[0].place)
    async with connection.transaction():
        held = await locked(connection, event_id)
        locked_at = await store.lock_scheme(connection, event_id)
        if locked_at is not None:
            raise SchemeIsLocked(at=locked_at.isoformat(timespec="seconds"))
        await store.write_scheme(connection, event_id, scheme, now)
        await insert_audit(
            connection, "import_scheme", str(event_id), {"digest": scheme_digest(scheme)}, actor_id=actor_id, now=now
        )
        await restate(connection, shelf, event_id, head=held)
