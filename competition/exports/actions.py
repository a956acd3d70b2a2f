"""What exports write: checkpoints of the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from competition.exports.checkpoint import Checkpoint
from competition.ledger import store as ledger
from competition.plumbing.database import Connection
from schemas.problems import NotFound


async def write_checkpoint(connection: Connection, event_id: UUID, *, reason: str, now: datetime) -> Checkpoint:
    """Write down where the event's ledger stands, to be printed and compared with later."""
    head = await ledger.head_of(connection, event_id)
    if head is None:
        raise NotFound
    await ledger.insert_checkpoint(connection, event_id, head, reason=reason, now=now)
    return Checkpoint(position=head.position, digest=head.digest.hex(), reason=reason, at=now)
