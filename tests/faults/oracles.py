"""What must hold after every fault: each acknowledged mark exactly once and as it was sent, and results that recompute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

import httpx
import msgspec

from competition.demo.robots import Acknowledged
from competition.exports.verify import verify_database
from competition.ledger import actions as ledger
from competition.ledger import store
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from schemas.base import Message
from schemas.boards import BoardRow, Snapshot
from schemas.marks import Mark, RecordMark
from schemas.results import Standing


class Recorded(Message):
    """One mark of the ledger as its tablet knows it: what was sent, and what the receipt said."""

    command: RecordMark
    position: int
    revision: int


def sent_and_told(acknowledged: Acknowledged) -> Recorded:
    """What a tablet holds as acknowledged."""
    receipt = acknowledged.receipt
    return Recorded(command=acknowledged.mark, position=receipt.position, revision=receipt.revision)


async def the_event(connection: Connection) -> UUID:
    """The id of the only event there is."""
    event_id: UUID = await connection.fetchval("SELECT id FROM event")
    return event_id


async def lost(connection: Connection, acknowledged: Iterable[Acknowledged]) -> dict[UUID, list[Recorded]]:
    """The acknowledged marks that the ledger does not hold exactly once, as sent, where the receipt said; with what it holds."""
    ledger = await recorded(connection)
    held = ((one, ledger.get(one.mark.id, [])) for one in acknowledged)
    return {one.mark.id: found for one, found in held if found != [sent_and_told(one)]}


async def recorded(connection: Connection) -> dict[UUID, list[Recorded]]:
    """All marks of the ledger by their tablets' ids, read row by row past whatever the server remembers."""
    rows = await connection.fetch("SELECT position, revision, body FROM ledger WHERE kind = 'mark' ORDER BY position")
    found: dict[UUID, list[Recorded]] = {}
    for position, revision, body in rows:
        mark = msgspec.json.decode(body, type=Mark)
        found.setdefault(mark.id, []).append(Recorded(command=_command(mark), position=position, revision=revision))
    return found


async def faults_found(connection: Connection) -> tuple[str, ...]:
    """What `leitai verify` finds wrong in the database."""
    found = await verify_database(connection, await the_event(connection), printed=None)
    return tuple(finding.sentence.format(**finding.data) for finding in found.findings)


async def recomputed(connection: Connection) -> dict[UUID, Standing]:
    """The standings that the ledger comes to, folded from its first entry; revisions aside, which only say when."""
    event_id = await the_event(connection)
    book = await ledger.read_book(connection, Shelf(), event_id)
    return _timeless(book.restated(book.revision, book.standings).standings)


async def stored(connection: Connection) -> dict[UUID, Standing]:
    """The standings as stored, revisions aside."""
    return _timeless(await store.standings_of(connection, await the_event(connection)))


async def by_code(connection: Connection) -> dict[str, tuple[int | None, Decimal]]:
    """Everybody's rank and total as stored."""
    rows = await connection.fetch("SELECT code, rank, total FROM standing JOIN place_drawn USING (entrant_id)")
    return {code: (rank, total) for code, rank, total in rows}


async def on_the_board(state_url: str) -> dict[str, tuple[int | None, Decimal]]:
    """Everybody's rank and total as the board shows them."""
    async with httpx.AsyncClient() as viewer:
        snapshot = msgspec.json.decode((await viewer.get(state_url)).content, type=Snapshot[BoardRow])
    return {row.code: (row.rank, row.total) for row in snapshot.rows}


def _command(mark: Mark) -> RecordMark:
    return RecordMark(**{name: getattr(mark, name) for name in RecordMark.__struct_fields__})


def _timeless(standings: Mapping[UUID, Standing]) -> dict[UUID, Standing]:
    return {entrant: msgspec.structs.replace(one, revision=0) for entrant, one in standings.items()}
