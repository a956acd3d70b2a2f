"""The SQL of the boards, over the role ``leitai_board``: nothing is written, and no document, phone or mark can be read."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from schemas.base import Message, Text
from schemas.boards import BoardColumn, BoardStatus
from schemas.results import Publication, Standing
from schemas.scheme import Scheme
from scoreboards.visibility import BoardSign, EntrantFacts, EventFacts, columns_of

_scheme = msgspec.json.Decoder(Scheme)
_publication = msgspec.json.Decoder(Publication)
_figures = msgspec.json.Decoder(dict[str, Decimal])


class BoardLine(Message):
    """A board as the list of boards shows it."""

    id: str
    title: Text
    event: Text
    competition: Text
    place: str
    status: BoardStatus


class Venue(Message):
    """What a board's page says about the occasion: the competition, its place and the time zone of its clocks."""

    competition: Text
    place: str
    time_zone: str


class EventReading(Message):
    """One reading of an event: its facts, its venue, and the boards that show it."""

    facts: EventFacts
    venue: Venue
    signs: tuple[BoardSign, ...]


async def boards(connection: Connection) -> tuple[BoardLine, ...]:
    """All boards, the newest competition first, with the status that everybody may know."""
    rows = await connection.fetch(
        """
        SELECT
            board.id, board.title_zh, board.title_en, event.name_zh, event.name_en,
            competition.name_zh, competition.name_en, competition.place,
            COALESCE(
                (
                    SELECT publication.status
                    FROM publication
                    WHERE publication.event_id = event.id
                        AND publication.status <> 'draft'
                    ORDER BY publication.number DESC
                    LIMIT 1
                ),
                CASE
                    WHEN EXISTS (SELECT FROM standing WHERE standing.event_id = event.id AND standing.marked > 0) THEN 'live'
                    ELSE 'preparing'
                END
            )
        FROM board
        JOIN event ON event.id = board.event_id
        JOIN competition ON competition.id = event.competition_id
        ORDER BY competition.starts_on DESC, event.created_at, event.id, board.created_at, board.id
        """
    )
    return tuple(
        BoardLine(
            id=row[0],
            title=Text(zh=row[1], en=row[2]),
            event=Text(zh=row[3], en=row[4]),
            competition=Text(zh=row[5], en=row[6]),
            place=row[7],
            status=row[8],
        )
        for row in rows
    )


async def event_of_board(connection: Connection, board_id: str) -> UUID | None:
    """Which event a board shows."""
    event_id: UUID | None = await connection.fetchval("SELECT event_id FROM board WHERE id = $1", board_id)
    return event_id


async def signs_of(connection: Connection, event_id: UUID) -> tuple[BoardSign, ...]:
    """The boards of an event."""
    rows = await connection.fetch("SELECT id, title_zh, title_en FROM board WHERE event_id = $1 ORDER BY id", event_id)
    return tuple(BoardSign(id=row[0], title=Text(zh=row[1], en=row[2])) for row in rows)


async def venue_of(connection: Connection, event_id: UUID) -> Venue | None:
    """Where and under what name an event takes place."""
    row = await connection.fetchrow(
        """
        SELECT competition.name_zh, competition.name_en, competition.place, competition.time_zone
        FROM event
        JOIN competition ON competition.id = event.competition_id
        WHERE event.id = $1
        """,
        event_id,
    )
    return Venue(competition=Text(zh=row[0], en=row[1]), place=row[2], time_zone=row[3]) if row else None


async def revisions(connection: Connection) -> dict[UUID, int]:
    """The revision of every event that has a board."""
    rows = await connection.fetch(
        "SELECT id, revision FROM event WHERE EXISTS (SELECT FROM board WHERE board.event_id = event.id)"
    )
    return {row[0]: row[1] for row in rows}


async def facts_of(connection: Connection, event_id: UUID) -> EventReading | None:
    """Everything the boards of an event are made of, read as of one moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        event = await connection.fetchrow(
            "SELECT name_zh, name_en, is_blind, revision FROM event WHERE id = $1", event_id
        )
        venue = await venue_of(connection, event_id)
        if event is None or venue is None:
            return None
        publication = await visible_publication(connection, event_id)
        facts = EventFacts(
            id=event_id,
            name=Text(zh=event[0], en=event[1]),
            is_blind=event[2],
            revision=event[3],
            columns=await columns_of_event(connection, event_id, publication.scheme_digest if publication else None),
            entrants=await entrants_of(connection, event_id),
            standings=await standings_of(connection, event_id),
            publication=publication,
        )
        return EventReading(facts=facts, venue=venue, signs=await signs_of(connection, event_id))


async def columns_of_event(connection: Connection, event_id: UUID, digest: str | None) -> tuple[BoardColumn, ...]:
    """The columns that an event's scheme gives its boards: the scheme with this ``digest``, now or before an amendment.

    Without a ``digest`` it is the scheme in force.
    """
    body = await connection.fetchval(
        """
        SELECT body
        FROM scheme
        WHERE event_id = $1
            AND digest = COALESCE($2, digest)
        UNION ALL
        SELECT body
        FROM scheme_version
        WHERE event_id = $1
            AND digest = $2
        LIMIT 1
        """,
        event_id,
        digest,
    )
    return columns_of(_scheme.decode(body) if body else None)


async def entrants_of(connection: Connection, event_id: UUID) -> tuple[EntrantFacts, ...]:
    """Everybody registered for an event, with the code of the draw where there is one."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number, place_drawn.code, entrant.name, delegation.name, entrant.status
        FROM entrant
        JOIN delegation ON delegation.id = entrant.delegation_id
        LEFT JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        WHERE entrant.event_id = $1
        """,
        event_id,
    )
    return tuple(
        EntrantFacts(id=row[0], number=row[1], code=row[2], name=row[3], delegation=row[4], status=row[5])
        for row in rows
    )


async def standings_of(connection: Connection, event_id: UUID) -> tuple[Standing, ...]:
    """The standings of an event as last written."""
    rows = await connection.fetch(
        """
        SELECT entrant_id, revision, rank, shared, state, total, stages, criteria, marked, expected
        FROM standing
        WHERE event_id = $1
        """,
        event_id,
    )
    return tuple(
        msgspec.convert(
            {
                **dict(row.items()),
                "stages": _figures.decode(row["stages"]),
                "criteria": _figures.decode(row["criteria"]),
            },
            Standing,
        )
        for row in rows
    )


async def visible_publication(connection: Connection, event_id: UUID) -> Publication | None:
    """The newest publication that everybody may see."""
    body = await connection.fetchval(
        """
        SELECT body
        FROM publication
        WHERE event_id = $1
            AND status <> 'draft'
        ORDER BY number DESC
        LIMIT 1
        """,
        event_id,
    )
    return _publication.decode(body) if body else None
