"""The SQL of the stage: boards, themes, freezes, reveals, passes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from competition.results.store import Board, board_in
from schemas.base import canonical
from schemas.boards import Theme
from schemas.results import Publication
from schemas.staging import FreezeLine, PassLine, Reveal, RevealScript

_publication = msgspec.json.Decoder(Publication)
_script = msgspec.json.Decoder(RevealScript)
_theme = msgspec.json.Decoder(Theme)


# Boards and themes ----------------------------------------------------------------------------------------------------


async def board_with(connection: Connection, event_id: UUID, board_id: str) -> Board | None:
    """A board of an event."""
    row = await connection.fetchrow(
        "SELECT id, kind, title_zh, title_en, settings FROM board WHERE event_id = $1 AND id = $2", event_id, board_id
    )
    return board_in(row) if row else None


async def insert_board(connection: Connection, event_id: UUID, board: Board, *, now: datetime) -> None:
    """Add a board."""
    await connection.execute(
        """
        INSERT INTO board (id, event_id, kind, title_zh, title_en, settings, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        board.id, event_id, board.kind, board.title.zh, board.title.en, canonical(board.settings).decode(), now,
    )  # fmt: skip


async def update_board(connection: Connection, board: Board) -> None:
    """Write a board's title and settings."""
    await connection.execute(
        "UPDATE board SET title_zh = $2, title_en = $3, settings = $4 WHERE id = $1",
        board.id, board.title.zh, board.title.en, canonical(board.settings).decode(),
    )  # fmt: skip


async def delete_board(connection: Connection, event_id: UUID, board_id: str) -> bool:
    """Remove a board of an event; False when there is none such."""
    return (
        await connection.fetchval(
            "DELETE FROM board WHERE event_id = $1 AND id = $2 RETURNING true", event_id, board_id
        )
        is True
    )


async def events_of_competition(connection: Connection, competition_id: UUID) -> tuple[UUID, ...]:
    """The events of a competition, always in the same order."""
    rows = await connection.fetch("SELECT id FROM event WHERE competition_id = $1 ORDER BY id", competition_id)
    return tuple(row[0] for row in rows)


async def theme_of(connection: Connection, competition_id: UUID) -> Theme | None:
    """How a competition dresses its boards, Leitai's own way where nothing was chosen; None when there is no such competition."""
    row = await connection.fetchrow(
        """
        SELECT theme.body
        FROM competition
        LEFT JOIN theme ON theme.competition_id = competition.id
        WHERE competition.id = $1
        """,
        competition_id,
    )
    if row is None:
        return None
    return _theme.decode(row[0]) if row[0] else Theme()


async def put_theme(
    connection: Connection, competition_id: UUID, theme: Theme, logo: bytes | None, *, now: datetime
) -> None:
    """Write a competition's theme, and its logo where there is a new one; a theme that names no logo has none."""
    await connection.execute(
        """
        INSERT INTO theme (competition_id, body, logo, changed_at)
        VALUES ($1, $2, $3, $4)
        ON CONFLICT (competition_id) DO UPDATE SET
            body = excluded.body,
            logo = CASE WHEN excluded.body ->> 'logo' = '' THEN NULL ELSE coalesce(excluded.logo, theme.logo) END,
            changed_at = excluded.changed_at
        """,
        competition_id, canonical(theme).decode(), logo, now,
    )  # fmt: skip


# Freezes --------------------------------------------------------------------------------------------------------------


async def freeze_of(connection: Connection, event_id: UUID) -> FreezeLine | None:
    """The freeze of an event that holds or is due; one that was lifted is history."""
    row = await connection.fetchrow(
        """
        SELECT board_freeze.id, due_at, taken_at, coalesce(account.name, '') AS by
        FROM board_freeze
        LEFT JOIN account ON account.id = set_by
        WHERE event_id = $1
            AND lifted_at IS NULL
        """,
        event_id,
    )
    return FreezeLine(**dict(row.items())) if row else None


async def insert_freeze(connection: Connection, event_id: UUID, line: FreezeLine, *, by: UUID, now: datetime) -> None:
    """Set a freeze, not taken yet."""
    await connection.execute(
        "INSERT INTO board_freeze (id, event_id, due_at, set_at, set_by) VALUES ($1, $2, $3, $4, $5)",
        line.id, event_id, line.due_at, now, by,
    )  # fmt: skip


async def set_freeze_due(connection: Connection, event_id: UUID, due_at: datetime | None) -> None:
    """Note at the event itself when its freeze is due, where everybody who locks it looks; None for never."""
    await connection.execute("UPDATE event SET freeze_due_at = $2 WHERE id = $1", event_id, due_at)


async def lift_freeze(connection: Connection, freeze_id: UUID, *, by: UUID, now: datetime) -> None:
    """Note who lifted a freeze; what it kept stays on record."""
    await connection.execute("UPDATE board_freeze SET lifted_at = $2, lifted_by = $3 WHERE id = $1", freeze_id, now, by)


# The reveal -----------------------------------------------------------------------------------------------------------


async def publication_with(connection: Connection, event_id: UUID, number: int) -> Publication | None:
    """A result list by its number, whatever its status."""
    body = await connection.fetchval(
        "SELECT body FROM publication WHERE event_id = $1 AND number = $2", event_id, number
    )
    return _publication.decode(body) if body else None


async def reveal_of(connection: Connection, event_id: UUID) -> Reveal | None:
    """The reveal of an event, and how far it is; None until one is prepared."""
    row = await connection.fetchrow(
        "SELECT mode, step, is_paused, script, rehearsal FROM reveal WHERE event_id = $1", event_id
    )
    if row is None:
        return None
    return Reveal(
        mode=row[0], step=row[1], is_paused=row[2], script=_script.decode(row[3]), rehearsal=_script.decode(row[4])
    )


async def put_reveal(connection: Connection, event_id: UUID, reveal: Reveal, *, by: UUID, now: datetime) -> None:
    """Keep a reveal as it was prepared, in place of an earlier one."""
    await connection.execute(
        """
        INSERT INTO reveal (event_id, mode, step, is_paused, script, rehearsal, prepared_by, prepared_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        ON CONFLICT (event_id) DO UPDATE SET
            mode = excluded.mode,
            step = excluded.step,
            is_paused = excluded.is_paused,
            script = excluded.script,
            rehearsal = excluded.rehearsal,
            prepared_by = excluded.prepared_by,
            prepared_at = excluded.prepared_at,
            changed_at = excluded.changed_at
        """,
        event_id, reveal.mode, reveal.step, reveal.is_paused, canonical(reveal.script).decode(),
        canonical(reveal.rehearsal).decode(), by, now,
    )  # fmt: skip


async def move_reveal(connection: Connection, event_id: UUID, reveal: Reveal, *, now: datetime) -> None:
    """Write how far a reveal is."""
    await connection.execute(
        "UPDATE reveal SET mode = $2, step = $3, is_paused = $4, changed_at = $5 WHERE event_id = $1",
        event_id, reveal.mode, reveal.step, reveal.is_paused, now,
    )  # fmt: skip


# Passes ---------------------------------------------------------------------------------------------------------------


async def insert_pass(
    connection: Connection, event_id: UUID, line: PassLine, digest: bytes, *, by: UUID, now: datetime
) -> None:
    """Add a pass, by the digest of its token."""
    await connection.execute(
        """
        INSERT INTO board_pass (id, token_digest, event_id, audience, note, created_by, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        line.id, digest, event_id, line.audience, line.note, by, now, line.expires_at,
    )  # fmt: skip


async def delete_pass(connection: Connection, event_id: UUID, pass_id: UUID) -> bool:
    """Remove a pass of an event; False when there is none such."""
    return (
        await connection.fetchval(
            "DELETE FROM board_pass WHERE event_id = $1 AND id = $2 RETURNING true", event_id, pass_id
        )
        is True
    )


async def passes_of(connection: Connection, event_id: UUID, now: datetime) -> tuple[PassLine, ...]:
    """The passes of an event that hold, the newest first."""
    rows = await connection.fetch(
        """
        SELECT id, audience, note, expires_at
        FROM board_pass
        WHERE event_id = $1
            AND expires_at > $2
        ORDER BY created_at DESC, id DESC
        """,
        event_id,
        now,
    )
    return tuple(PassLine(**dict(row.items())) for row in rows)
