"""The SQL of hall screens: what each is to do, and what it last said of itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from schemas.base import Message, Text
from schemas.staging import DisplayLine, DisplayOrder, DisplayReport

HEARD_WITHIN = timedelta(seconds=25)
"""A screen says how it is every ten seconds; who has not for this long is not connected, whatever was written down last."""

_report = msgspec.json.Decoder(DisplayReport)

_DISPLAYS = """
    SELECT id, name, code, address, sealed_pass, is_blank, message_zh, message_en, reload, report, is_connected, seen_at
    FROM display
"""


class Showable(Message):
    """A board that a hall screen can be pointed at, and where it belongs."""

    id: str
    title: Text
    event: Text
    competition: Text


async def display_of(connection: Connection, token_digest: bytes, now: datetime) -> DisplayLine | None:
    """The hall screen that has this token."""
    row = await connection.fetchrow(f"{_DISPLAYS} WHERE token_digest = $1", token_digest)
    return _line(row, now) if row else None


async def display_with(connection: Connection, display_id: UUID, now: datetime) -> DisplayLine | None:
    """The hall screen with this id."""
    row = await connection.fetchrow(f"{_DISPLAYS} WHERE id = $1", display_id)
    return _line(row, now) if row else None


async def displays(connection: Connection, now: datetime) -> tuple[DisplayLine, ...]:
    """Every hall screen that has a name, by name."""
    rows = await connection.fetch(f"{_DISPLAYS} WHERE name <> '' ORDER BY name, id")
    return tuple(_line(row, now) for row in rows)


async def insert_display(
    connection: Connection, display_id: UUID, token_digest: bytes, code: str, asked_from: str, now: datetime
) -> None:
    """Add a hall screen that waits for its name."""
    await connection.execute(
        "INSERT INTO display (id, token_digest, code, asked_from, created_at) VALUES ($1, $2, $3, $4, $5)",
        display_id, token_digest, code, asked_from, now,
    )  # fmt: skip


async def forget_waiting(connection: Connection, *, created_before: datetime) -> None:
    """Let go of the nameless who have waited for too long; until the transaction ends nobody else makes room."""
    # One after the other: two who clear at once would wait for each other's rows.
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('leitai display'))")
    await connection.execute("DELETE FROM display WHERE name = '' AND created_at < $1", created_before)


async def make_room(connection: Connection, asked_from: str | None, *, most: int, heard_since: datetime) -> None:
    """Let go of the nameless of one address (or of all: None) until fewer than ``most`` are left.

    Of all, one of the address that has the most goes first; of one address, who is not connected, then whoever came first.
    """
    await connection.execute(
        """
        DELETE FROM display
        WHERE id IN (
            SELECT id
            FROM (
                SELECT id, coalesce(seen_at >= $3, false) AS is_heard, created_at,
                    row_number() OVER (
                        PARTITION BY asked_from ORDER BY coalesce(seen_at >= $3, false) DESC, created_at DESC
                    ) AS place
                FROM display
                WHERE name = '' AND ($1::text IS NULL OR asked_from = $1)
            ) AS waiting
            ORDER BY place, is_heard DESC, created_at DESC
            OFFSET $2
        ) AND name = ''  -- asked again of who was given a name while this waited for them
        """,
        asked_from, most - 1, heard_since,
    )  # fmt: skip


async def name_waiting(connection: Connection, code: str, name: str) -> UUID | None:
    """Name the screen that shows this code; None when none does that has no name yet."""
    display_id: UUID | None = await connection.fetchval(
        "UPDATE display SET name = $2, asked_from = '' WHERE code = $1 AND name = '' RETURNING id", code, name
    )
    return display_id


async def rename(connection: Connection, display_id: UUID, name: str) -> bool:
    """Call a screen otherwise; whether there is one."""
    return _is_done(await connection.execute("UPDATE display SET name = $2 WHERE id = $1", display_id, name))


async def set_address(connection: Connection, display_id: UUID, address: str | None, sealed_pass: bytes | None) -> bool:
    """Let a screen show another page; whether there is one."""
    return _is_done(
        await connection.execute(
            "UPDATE display SET address = $2, sealed_pass = $3 WHERE id = $1", display_id, address, sealed_pass
        )
    )


async def set_blank(connection: Connection, display_id: UUID | None, is_blank: bool) -> bool:
    """Blank a screen, or all (None), or let them be seen again."""
    return _is_done(
        await connection.execute(
            "UPDATE display SET is_blank = $2 WHERE name <> '' AND ($1::uuid IS NULL OR id = $1)", display_id, is_blank
        )
    )


async def set_message(connection: Connection, display_id: UUID | None, message: Text) -> bool:
    """Put a message over what a screen, or all (None), show; an empty one takes it away."""
    return _is_done(
        await connection.execute(
            "UPDATE display SET message_zh = $2, message_en = $3 WHERE name <> '' AND ($1::uuid IS NULL OR id = $1)",
            display_id, message.zh, message.en,
        )
    )  # fmt: skip


async def ask_to_reload(connection: Connection, display_id: UUID | None) -> bool:
    """Let a screen, or all (None), load everything anew."""
    return _is_done(
        await connection.execute(
            "UPDATE display SET reload = reload + 1 WHERE name <> '' AND ($1::uuid IS NULL OR id = $1)", display_id
        )
    )


async def delete_display(connection: Connection, display_id: UUID) -> bool:
    """Forget a screen; whether there was one."""
    return _is_done(await connection.execute("DELETE FROM display WHERE id = $1", display_id))


async def note_report(
    connection: Connection, display_id: UUID, report: DisplayReport, heard_by: UUID, now: datetime
) -> bool:
    """Write down what a screen says of itself; whether this is news to those who look at the list: it has just come."""
    was_connected = await connection.fetchval(
        """
        UPDATE display
        SET report = $2, is_connected = true, heard_by = $3, seen_at = $4
        FROM (SELECT id, is_connected FROM display WHERE id = $1 FOR UPDATE) AS before
        WHERE display.id = before.id
        RETURNING before.is_connected
        """,
        display_id, msgspec.json.encode(report).decode(), heard_by, now,
    )  # fmt: skip
    return was_connected is False


async def note_gone(connection: Connection, display_id: UUID, heard_by: UUID) -> None:
    """Write down that a screen has left, unless another server has heard of it since."""
    await connection.execute(
        "UPDATE display SET is_connected = false WHERE id = $1 AND heard_by = $2", display_id, heard_by
    )


async def has_board(connection: Connection, board_id: str) -> bool:
    """Whether there is such a board."""
    return await connection.fetchval("SELECT true FROM board WHERE id = $1", board_id) is True


async def showables(connection: Connection) -> tuple[Showable, ...]:
    """Every board, those of the newest competition first."""
    rows = await connection.fetch(
        """
        SELECT board.id, board.title_zh, board.title_en, event.name_zh, event.name_en, competition.name_zh, competition.name_en
        FROM board
        JOIN event ON event.id = board.event_id
        JOIN competition ON competition.id = event.competition_id
        ORDER BY competition.starts_on DESC, competition.id DESC, event.created_at, event.id, board.created_at, board.id
        """
    )
    return tuple(
        Showable(
            id=row[0],
            title=Text(zh=row[1], en=row[2]),
            event=Text(zh=row[3], en=row[4]),
            competition=Text(zh=row[5], en=row[6]),
        )
        for row in rows
    )


def _line(row: Any, now: datetime) -> DisplayLine:
    return DisplayLine(
        id=row["id"],
        order=DisplayOrder(
            name=row["name"],
            code=row["code"],
            address=row["address"],
            is_blank=row["is_blank"],
            message=Text(zh=row["message_zh"], en=row["message_en"]),
            reload=row["reload"],
        ),
        report=_report.decode(row["report"]),
        sealed_pass=row["sealed_pass"],
        seen_at=row["seen_at"],
        is_connected=row["is_connected"] and row["seen_at"] is not None and now - row["seen_at"] < HEARD_WITHIN,
    )


def _is_done(answer: str) -> bool:
    """Whether a statement, by what the database answers, touched anything."""
    return not answer.endswith(" 0")
