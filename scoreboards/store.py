"""The SQL of the boards, over the role ``leitai_board``: nothing is written, and no document, phone or mark can be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection, Pool, open_pool
from schemas.base import Message, Text
from schemas.boards import Audience, BoardKind, BoardSession, BoardSettings, BoardStatus, Theme
from schemas.results import Standing
from schemas.scheme import Scheme
from scoreboards.facts import BoardSign, EntrantFacts, Glimpse, PlaceFacts
from scoreboards.visibility import status_of

POOL_SIZE = 4
PLANNED_ONCE = "force_generic_plan"
"""Boards ask the same few questions all day: to plan each of them anew costs PostgreSQL more than to answer it."""

STANDINGS = """
    json_agg(json_build_object(
        'entrant_id', entrant_id, 'revision', revision, 'rank', rank, 'shared', shared, 'state', state, 'total', total::text,
        'stages', stages, 'criteria', criteria, 'marked', marked, 'expected', expected
    ))
"""
"""Standings as one text, which is taken apart ten times as fast as rows of columns are; a total is text, and never a float."""

_scheme = msgspec.json.Decoder(Scheme)
_standings = msgspec.json.Decoder(tuple[Standing, ...])
_settings = msgspec.json.Decoder(BoardSettings)
_theme = msgspec.json.Decoder(Theme)


class BoardLine(Message):
    """A board as the list of boards shows it."""

    id: str
    kind: BoardKind
    title: Text
    event: Text
    competition: Text
    place: str
    status: BoardStatus


async def board_pool(dsn: str) -> Pool:
    """Open what boards read the database at ``dsn`` by."""
    return await open_pool(dsn, "leitai_board", most=POOL_SIZE, plan_cache_mode=PLANNED_ONCE)


async def boards(connection: Connection) -> tuple[BoardLine, ...]:
    """All boards, the newest competition first, with the status that everybody may know."""
    rows = await connection.fetch(
        """
        SELECT
            board.id, board.kind, board.title_zh, board.title_en, event.name_zh, event.name_en,
            competition.name_zh, competition.name_en, competition.place,
            (
                SELECT publication.status
                FROM publication
                WHERE publication.event_id = event.id
                    AND publication.status <> 'draft'
                ORDER BY publication.number DESC
                LIMIT 1
            ),
            EXISTS (
                SELECT
                FROM board_freeze
                WHERE board_freeze.event_id = event.id
                    AND taken_at IS NOT NULL
                    AND lifted_at IS NULL
            ),
            EXISTS (SELECT FROM standing WHERE standing.event_id = event.id AND standing.marked > 0),
            COALESCE(reveal.mode, 'closed')
        FROM board
        JOIN event ON event.id = board.event_id
        JOIN competition ON competition.id = event.competition_id
        LEFT JOIN reveal ON reveal.event_id = event.id
        ORDER BY competition.starts_on DESC, event.created_at, event.id, board.created_at, board.id
        """
    )
    return tuple(
        BoardLine(
            id=row[0],
            kind=row[1],
            title=Text(zh=row[2], en=row[3]),
            event=Text(zh=row[4], en=row[5]),
            competition=Text(zh=row[6], en=row[7]),
            place=row[8],
            status=status_of(
                Glimpse(published=row[9], is_frozen=row[10], is_marked=row[11], reveal=row[12]), "public", row[1]
            ),
        )
        for row in rows
    )


async def event_of_board(connection: Connection, board_id: str) -> UUID | None:
    """Which event a board shows."""
    event_id: UUID | None = await connection.fetchval("SELECT event_id FROM board WHERE id = $1", board_id)
    return event_id


async def audience_of(connection: Connection, token: str, now: datetime) -> tuple[UUID, Audience] | None:
    """For which event and audience a pass is good; None when there is none such, or it has expired."""
    row = await connection.fetchrow(
        "SELECT event_id, audience FROM board_pass WHERE token_digest = $1 AND expires_at > $2",
        pass_digest(token),
        now,
    )
    return (row[0], row[1]) if row else None


async def passes_that_hold(connection: Connection, digests: Iterable[bytes], now: datetime) -> set[bytes]:
    """Those of these passes that are good, each by its digest."""
    rows = await connection.fetch(
        "SELECT token_digest FROM board_pass WHERE token_digest = ANY($1) AND expires_at > $2", list(digests), now
    )
    return {row[0] for row in rows}


def pass_digest(token: str) -> bytes:
    """What is kept of a pass in place of its token."""
    return hashlib.sha256(token.encode()).digest()


async def theme_of(connection: Connection, competition_id: UUID) -> Theme | None:
    """How a competition dresses its boards; None where nobody chose anything."""
    body = await connection.fetchval("SELECT body FROM theme WHERE competition_id = $1", competition_id)
    return _theme.decode(body) if body else None


async def logo_of(connection: Connection, digest: str) -> bytes | None:
    """The logo with this digest."""
    logo: bytes | None = await connection.fetchval("SELECT logo FROM theme WHERE body ->> 'logo' = $1 LIMIT 1", digest)
    return logo


async def schemes_of(
    connection: Connection, event_id: UUID, digests: Iterable[str]
) -> tuple[Scheme | None, dict[str, Scheme]]:
    """The scheme in force, and by their digests that and those of the given ones that were in force before an amendment."""
    rows = await connection.fetch(
        """
        SELECT true, digest, body
        FROM scheme
        WHERE event_id = $1
        UNION ALL
        SELECT false, digest, body
        FROM scheme_version
        WHERE event_id = $1
            AND digest = ANY($2)
        """,
        event_id,
        list(digests),
    )
    schemes = {row[1]: _read_scheme(row[2]) for row in rows}
    return next((schemes[row[1]] for row in rows if row[0]), None), schemes


async def entrants_of(connection: Connection, event_id: UUID) -> tuple[EntrantFacts, ...]:
    """Everybody registered for an event, with the code of the draw where there is one."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number, place_drawn.code, entrant.name, delegation.name, delegation.code, entrant.status
        FROM entrant
        JOIN delegation ON delegation.id = entrant.delegation_id
        LEFT JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        WHERE entrant.event_id = $1
        """,
        event_id,
    )
    return tuple(
        EntrantFacts(
            id=row[0],
            number=row[1],
            code=row[2],
            name=row[3],
            delegation=row[4],
            delegation_code=row[5],
            status=row[6],
        )
        for row in rows
    )


async def standings_of(connection: Connection, event_id: UUID) -> tuple[Standing, ...]:
    """The standings of an event as last written."""
    return read_standings(await connection.fetchval(f"SELECT {STANDINGS} FROM standing WHERE event_id = $1", event_id))


async def frozen_standings(connection: Connection, freeze_id: UUID) -> tuple[Standing, ...]:
    """The standings that a freeze took."""
    return read_standings(
        await connection.fetchval(f"SELECT {STANDINGS} FROM frozen_standing WHERE freeze_id = $1", freeze_id)
    )


def read_standings(body: str | None) -> tuple[Standing, ...]:
    """What ``STANDINGS`` gives; it gives nothing where there are none."""
    return _standings.decode(body) if body else ()


async def sessions_of(connection: Connection, event_id: UUID) -> tuple[BoardSession, ...]:
    """The sessions of an event with their clocks."""
    rows = await connection.fetch(
        """
        SELECT number, starts_at, ends_at, session_clock.started_at, session_clock.paused_at, session_clock.stopped
        FROM session
        LEFT JOIN session_clock ON session_clock.session_id = session.id
        WHERE event_id = $1
        ORDER BY number
        """,
        event_id,
    )
    return tuple(
        BoardSession(
            number=row[0],
            starts_at=row[1],
            ends_at=row[2],
            seconds=int((row[2] - row[1]).total_seconds()),
            started_at=row[3],
            paused_at=row[4],
            stopped=row[5] or 0,
        )
        for row in rows
    )


async def places_of(connection: Connection, event_id: UUID) -> tuple[PlaceFacts, ...]:
    """Who was drawn to which bench of which session, with the seconds given back there."""
    rows = await connection.fetch(
        """
        SELECT place_drawn.entrant_id, session.number, bench.number, COALESCE(sum(time_back.seconds), 0)::integer
        FROM place_drawn
        JOIN session ON session.id = place_drawn.session_id
        JOIN bench ON bench.id = place_drawn.bench_id
        LEFT JOIN time_back ON time_back.session_id = place_drawn.session_id
            AND time_back.bench_id = place_drawn.bench_id
        WHERE place_drawn.event_id = $1
        GROUP BY place_drawn.entrant_id, session.number, bench.number
        ORDER BY session.number, bench.number
        """,
        event_id,
    )
    return tuple(PlaceFacts(entrant_id=row[0], session=row[1], bench=row[2], extra=row[3]) for row in rows)


async def signs_of(connection: Connection, event_id: UUID) -> tuple[BoardSign, ...]:
    """The boards of an event."""
    rows = await connection.fetch(
        "SELECT id, title_zh, title_en, kind, settings FROM board WHERE event_id = $1 ORDER BY id", event_id
    )
    return tuple(
        BoardSign(id=row[0], title=Text(zh=row[1], en=row[2]), kind=row[3], settings=_settings.decode(row[4]))
        for row in rows
    )


@lru_cache(maxsize=32)
def _read_scheme(body: str) -> Scheme:
    """A scheme, taken apart once: at every reading it was almost half of the work."""
    return _scheme.decode(body)
