"""What can be done with results: penalties, disqualification, publishing, opening a board."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import asyncpg

from competition.access.store import insert_audit
from competition.ledger.actions import writing
from competition.ledger.book import Shelf
from competition.ledger.store import Head, insert_checkpoint
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.recount.actions import check_recount
from competition.results import rules, store
from schemas.access import Person
from schemas.base import Text
from schemas.marks import Disqualification, PenaltyGiven
from schemas.problems import N_, NotFound, Problem
from schemas.results import Publication, PublicationStatus

MOST_OCCURRENCES = 9999
"""More than this of one breach is a slip of the finger, whatever the scheme takes for each."""


MOST_TITLE = 120
"""How long the title of a board may be, in characters."""

RESERVED_BOARDS = frozenset({"static"})
"""Addresses below the boards that lead elsewhere."""


class BadBoardName(Problem):
    """A board's address that cannot be one, or is taken."""

    sentence = N_(
        "The board address {id} cannot be used: take small letters, digits and hyphens, and one that is not taken."
    )


class BadBoardTitle(Problem):
    """A title that a board could not show."""

    sentence = N_(
        "A board needs a title of 1 to {most} characters in both languages. Write both, and shorter if need be."
    )


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
        if status == "official":
            await check_recount(connection, pen.book, {entrant_id: label.code for entrant_id, label in labels.items()})
        await store.insert_publication(connection, published, by=person.id)
        head = Head(revision=pen.revision, position=pen.book.position, digest=pen.book.digest)
        await insert_checkpoint(connection, event_id, head, reason=f"publication:{published.number}", now=now)
        detail = {"number": published.number, "status": status}
        await insert_audit(connection, "publish", str(event_id), detail, actor_id=person.id, now=now)
        pen.announce()
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
    if not reason.strip():
        raise rules.ReasonMissing
    async with writing(connection, shelf, event_id, now=now) as pen:
        if entrant_id not in pen.book.standings:
            raise NotFound
        pen.add(
            Disqualification(
                id=new_id(), entrant_id=entrant_id, lifted=lifted, by=person.id, reason=reason.strip(), recorded_at=now
            )
        )


async def open_board(connection: Connection, event_id: UUID, board_id: str, title: Text, *, now: datetime) -> None:
    """Open a board for an event under an address of its own."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", board_id) or board_id in RESERVED_BOARDS:
        raise BadBoardName(id=board_id)
    if not all(said.strip() and len(said) <= MOST_TITLE for said in (title.zh, title.en)):
        raise BadBoardTitle(most=MOST_TITLE)
    try:
        await store.insert_board(connection, store.Board(id=board_id, title=title), event_id, now)
    except asyncpg.UniqueViolationError:
        raise BadBoardName(id=board_id) from None
    except asyncpg.ForeignKeyViolationError:
        raise NotFound from None
