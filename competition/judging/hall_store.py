"""The SQL of the hall: who marks where, what was written since, and how each tablet is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from competition.judging.rules import Sheet
from competition.judging.store import SEATED, SHEET
from competition.plumbing.database import Connection
from schemas.base import Message
from schemas.hall import TabletStatus

_status = msgspec.json.Decoder(TabletStatus)


class Change(Message):
    """What an entry of the ledger touches; a penalty touches no sub-criterion."""

    revision: int
    entrant_id: UUID
    sub_criterion: str | None


class Known(Message):
    """A tablet as the database knows it: whose it is, when it was heard of, its status then, and whether some server has it."""

    device_id: UUID
    name: str
    judge_id: UUID
    judge: str
    last_seen_at: datetime | None
    revoked_at: datetime | None
    said_at: datetime | None
    status: TabletStatus | None
    is_here: bool


class Place(Message):
    """Where a sheet belongs: its judge, the entrant's code and the sub-criterion."""

    judge_id: UUID
    code: str
    sub_criterion: str


class Noted(Message):
    """What is written down of a tablet: its status, when it was heard of, and whether it is still connected."""

    device_id: UUID
    at: datetime
    status: TabletStatus | None
    is_here: bool


class Opened(Message):
    """The sheet that a tablet at another server has open."""

    device_id: UUID
    name: str
    judge_id: UUID
    sheet_id: UUID


async def device_name(connection: Connection, device_id: UUID) -> str:
    """What a tablet is called."""
    name: str | None = await connection.fetchval("SELECT name FROM device WHERE id = $1", device_id)
    return name or ""


async def events_of_judge(connection: Connection, judge_id: UUID) -> set[UUID]:
    """The events where a judge has a seat or a sheet."""
    rows = await connection.fetch(f"SELECT event_id FROM {SEATED} WHERE judge_id = $1", judge_id)
    return {row[0] for row in rows}


async def judges_of_event(connection: Connection, event_id: UUID) -> set[UUID]:
    """Everybody who has a seat or a sheet at an event."""
    rows = await connection.fetch(f"SELECT judge_id FROM {SEATED} WHERE event_id = $1", event_id)
    return {row[0] for row in rows}


async def revisions(connection: Connection, events: Collection[UUID]) -> dict[UUID, int]:
    """The revisions of those of the given events that exist."""
    rows = await connection.fetch("SELECT id, revision FROM event WHERE id = ANY($1)", list(events))
    return {row[0]: row[1] for row in rows}


async def changes_since(connection: Connection, event_id: UUID, position: int) -> tuple[Change, ...]:
    """What the entries after a position of an event's ledger touch."""
    rows = await connection.fetch(
        """
        SELECT revision, entrant_id, body::jsonb ->> 'sub_criterion' AS sub_criterion
        FROM ledger
        WHERE event_id = $1
            AND position > $2
        ORDER BY position
        """,
        event_id, position,
    )  # fmt: skip
    return tuple(Change(**dict(row.items())) for row in rows)


async def sheets_of_works(
    connection: Connection, event_id: UUID, works: Collection[tuple[UUID, str]], judges: Collection[UUID]
) -> tuple[Sheet, ...]:
    """These judges' sheets of the given works (entrant and sub-criterion)."""
    rows = await connection.fetch(
        f"""
        {SHEET}
        WHERE score_sheet.id = ANY(ARRAY(
                SELECT own.id
                FROM unnest($2::uuid[], $3::text[]) AS works (entrant_id, sub_criterion)
                JOIN score_sheet AS own
                    ON own.entrant_id = works.entrant_id
                    AND own.sub_criterion = works.sub_criterion
                WHERE own.event_id = $1
                    AND own.judge_id = ANY($4)
            ))
            AND entrant.status <> 'withdrawn'
            AND (panel_seat.judge_id IS NOT NULL OR score_sheet.sealed_at IS NOT NULL)
        """,
        event_id,
        [entrant_id for entrant_id, _ in works],
        [sub_criterion for _, sub_criterion in works],
        list(judges),
    )
    return tuple(Sheet(**dict(row.items())) for row in rows)


async def note_tablets(connection: Connection, noted: Sequence[Noted]) -> None:
    """Write down how tablets are and when they were heard of; a server that has lost one says nothing against who has it now."""
    ordered = sorted(noted, key=lambda one: one.device_id.int)  # the same order for every server: none waits in a ring
    said = [one for one in ordered if one.status is not None]
    await connection.execute(
        """
        INSERT INTO device_status (device_id, at, body, is_here)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::boolean[])
        ON CONFLICT (device_id) DO UPDATE SET
            at = excluded.at,
            body = excluded.body,
            is_here = excluded.is_here
        WHERE device_status.at <= excluded.at
        """,
        [one.device_id for one in said],
        [one.at for one in said],
        [msgspec.json.encode(one.status).decode() for one in said],
        [one.is_here for one in said],
    )
    await connection.execute(
        """
        UPDATE device
        SET last_seen_at = seen.at
        FROM unnest($1::uuid[], $2::timestamptz[]) AS seen (device_id, at)
        WHERE device.id = seen.device_id
        """,
        [one.device_id for one in ordered],
        [one.at for one in ordered],
    )


async def opened_elsewhere(
    connection: Connection, judges: Collection[UUID], *, here: Collection[UUID], heard_since: datetime
) -> tuple[Opened, ...]:
    """The sheets that these judges have open on tablets at other servers, which have heard of them since."""
    rows = await connection.fetch(
        """
        SELECT device.id AS device_id, device.name, device.account_id AS judge_id,
            (device_status.body::jsonb ->> 'sheet_id')::uuid AS sheet_id
        FROM device
        JOIN device_status ON device_status.device_id = device.id
        WHERE device.account_id = ANY($1)
            AND device.id <> ALL($2)
            AND device_status.is_here
            AND device.last_seen_at >= $3
            AND device_status.body::jsonb ->> 'sheet_id' IS NOT NULL
        """,
        list(judges), list(here), heard_since,
    )  # fmt: skip
    return tuple(Opened(**dict(row.items())) for row in rows)


async def tablets_at(
    connection: Connection, event_id: UUID, *, revoked_since: datetime, heard_since: datetime
) -> tuple[Known, ...]:
    """The tablets of everybody who has a seat or a sheet at an event.

    Of those taken out of use only the ones that were so since ``revoked_since``, or that had something queued when last heard. One
    that its server has not written down since ``heard_since`` is with no server any more.
    """
    rows = await connection.fetch(
        f"""
        SELECT device.id AS device_id, device.name, account.id AS judge_id, account.name AS judge, device.last_seen_at,
            device.revoked_at, device_status.at AS said_at, device_status.body,
            coalesce(device_status.is_here AND device.last_seen_at >= $3, false) AS is_here
        FROM device
        JOIN account ON account.id = device.account_id
        LEFT JOIN device_status ON device_status.device_id = device.id
        WHERE account.id IN (SELECT judge_id FROM {SEATED} WHERE event_id = $1)
            AND (
                device.revoked_at IS NULL
                OR device.revoked_at > $2
                OR (device_status.body::jsonb ->> 'queued')::int > 0
            )
        ORDER BY account.name, account.id, device.name, device.id
        """,
        event_id, revoked_since, heard_since,
    )  # fmt: skip
    return tuple(
        Known(
            **{name: value for name, value in row.items() if name != "body"},
            status=_status.decode(row["body"]) if row["body"] else None,
        )
        for row in rows
    )


async def places_of(connection: Connection, event_id: UUID, sheets: Collection[UUID]) -> dict[UUID, Place]:
    """Where those of the given sheets belong that are of this event."""
    rows = await connection.fetch(
        """
        SELECT score_sheet.id, score_sheet.judge_id, coalesce(place_drawn.code, '?') AS code, score_sheet.sub_criterion
        FROM score_sheet
        LEFT JOIN place_drawn ON place_drawn.entrant_id = score_sheet.entrant_id
        WHERE score_sheet.event_id = $1
            AND score_sheet.id = ANY($2)
        """,
        event_id, list(sheets),
    )  # fmt: skip
    return {row[0]: Place(judge_id=row[1], code=row[2], sub_criterion=row[3]) for row in rows}
