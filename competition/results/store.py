"""The SQL of results: who is called what, publications, what they come to, boards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from competition.results.prospect import encoded
from competition.results.rules import EntrantLabel
from schemas.base import Message, Text, canonical, digest
from schemas.boards import BoardKind, BoardSettings
from schemas.results import Contender, Publication, PublicationStatus
from schemas.staging import Prospect

_publication = msgspec.json.Decoder(Publication)
_settings = msgspec.json.Decoder(BoardSettings)


class PublicationLine(Message):
    """A publication as a list shows it."""

    number: int
    status: PublicationStatus
    revision: int
    digest: str
    published_at: datetime
    by: str


class Board(Message):
    """A board of an event: its address, what it shows, and what was chosen for it."""

    id: str
    kind: BoardKind
    title: Text
    settings: BoardSettings = BoardSettings()


async def labels_of(connection: Connection, event_id: UUID) -> dict[UUID, EntrantLabel]:
    """Code, number, name and delegation of everybody who has a place."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, place_drawn.code, entrant.number, entrant.name, delegation.name
        FROM entrant
        JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        JOIN delegation ON delegation.id = entrant.delegation_id
        WHERE entrant.event_id = $1
        """,
        event_id,
    )
    return {row[0]: EntrantLabel(code=row[1], number=row[2], name=row[3], delegation=row[4]) for row in rows}


async def contenders_of(connection: Connection, event_id: UUID) -> tuple[Contender, ...]:
    """Everybody who has a place in the draw, by entrant number."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number, delegation.name
        FROM entrant
        JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        JOIN delegation ON delegation.id = entrant.delegation_id
        WHERE entrant.event_id = $1
            AND entrant.status <> 'withdrawn'
        ORDER BY entrant.number
        """,
        event_id,
    )
    return tuple(Contender(entrant_id=row[0], number=row[1], delegation=row[2]) for row in rows)


async def open_sheets(connection: Connection, event_id: UUID) -> int:
    """How many score sheets of those who compete are not signed.

    Nobody need sign for who left or was disqualified half way, nor a judge who is no longer on the panel: their marks count all the
    same.
    """
    count = await connection.fetchval(
        """
        SELECT count(*)
        FROM score_sheet
        JOIN standing
            ON standing.entrant_id = score_sheet.entrant_id
            AND standing.state NOT IN ('withdrawn', 'disqualified')
        JOIN panel_seat
            ON panel_seat.event_id = score_sheet.event_id
            AND panel_seat.sub_criterion = score_sheet.sub_criterion
            AND panel_seat.judge_id = score_sheet.judge_id
        WHERE score_sheet.event_id = $1
            AND score_sheet.sealed_at IS NULL
        """,
        event_id,
    )
    return int(count)


async def missing_sheets(connection: Connection, event_id: UUID, sub_criteria: Sequence[str]) -> int:
    """How often nobody at all is to mark a sub-criterion of somebody who competes."""
    count = await connection.fetchval(
        """
        SELECT count(*)
        FROM standing
        CROSS JOIN unnest($2::text[]) AS wanted (sub_criterion)
        WHERE standing.event_id = $1
            AND standing.state NOT IN ('withdrawn', 'disqualified')
            AND NOT EXISTS (
                SELECT
                FROM score_sheet
                LEFT JOIN panel_seat
                    ON panel_seat.event_id = score_sheet.event_id
                    AND panel_seat.sub_criterion = score_sheet.sub_criterion
                    AND panel_seat.judge_id = score_sheet.judge_id
                WHERE score_sheet.entrant_id = standing.entrant_id
                    AND score_sheet.sub_criterion = wanted.sub_criterion
                    AND (panel_seat.judge_id IS NOT NULL OR score_sheet.sealed_at IS NOT NULL)
            )
        """,
        event_id, sub_criteria,
    )  # fmt: skip
    return int(count)


async def next_number(connection: Connection, event_id: UUID) -> int:
    """The number of an event's next publication."""
    return int(
        await connection.fetchval("SELECT coalesce(max(number), 0) + 1 FROM publication WHERE event_id = $1", event_id)
    )


async def last_public(connection: Connection, event_id: UUID) -> Publication | None:
    """The newest publication that was not a draft."""
    body = await connection.fetchval(
        "SELECT body FROM publication WHERE event_id = $1 AND status <> 'draft' ORDER BY number DESC LIMIT 1", event_id
    )
    return _publication.decode(body) if body else None


async def insert_publication(connection: Connection, publication: Publication, *, by: UUID | None) -> None:
    """Keep a publication for good."""
    await connection.execute(
        """
        INSERT INTO publication (event_id, number, status, revision, body, digest, published_by, published_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        publication.event_id, publication.number, publication.status, publication.revision, canonical(publication).decode(),
        digest(publication), by, publication.published_at,
    )  # fmt: skip


async def publications_of(connection: Connection, event_id: UUID) -> tuple[PublicationLine, ...]:
    """An event's publications, the newest first."""
    rows = await connection.fetch(
        """
        SELECT publication.number, publication.status, publication.revision, publication.digest, publication.published_at,
            coalesce(account.name, '')
        FROM publication
        LEFT JOIN account ON account.id = publication.published_by
        WHERE publication.event_id = $1
        ORDER BY publication.number DESC
        """,
        event_id,
    )
    return tuple(
        PublicationLine(number=row[0], status=row[1], revision=row[2], digest=row[3], published_at=row[4], by=row[5])
        for row in rows
    )


async def insert_published_prospect(connection: Connection, publication: Publication, prospect: Prospect) -> None:
    """Keep what a publication came to; it is shown under the number that what came before it had."""
    await connection.execute(
        """
        INSERT INTO published_prospect (event_id, number, shown, body)
        VALUES ($1, $2, coalesce((SELECT shown FROM prospect WHERE event_id = $1), 0), $3)
        """,
        publication.event_id, publication.number, encoded(prospect),
    )  # fmt: skip


async def boards_of(connection: Connection, event_id: UUID) -> tuple[Board, ...]:
    """An event's boards."""
    rows = await connection.fetch(
        "SELECT id, kind, title_zh, title_en, settings FROM board WHERE event_id = $1 ORDER BY created_at, id", event_id
    )
    return tuple(board_in(row) for row in rows)


async def boards(connection: Connection) -> tuple[Board, ...]:
    """Every board."""
    rows = await connection.fetch("SELECT id, kind, title_zh, title_en, settings FROM board ORDER BY created_at, id")
    return tuple(board_in(row) for row in rows)


def board_in(row: Any) -> Board:
    """A board of a row: id, kind, both titles and the settings."""
    return Board(id=row[0], kind=row[1], title=Text(zh=row[2], en=row[3]), settings=_settings.decode(row[4]))
