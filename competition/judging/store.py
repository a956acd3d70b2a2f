"""The SQL of judging: panels and score sheets. Marks themselves are in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from competition.judging.rules import Sheet
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Person, Role
from schemas.base import Message, Text

SHEET = """
    SELECT score_sheet.id, score_sheet.event_id, score_sheet.entrant_id, coalesce(place_drawn.code, '?') AS code,
        score_sheet.sub_criterion, score_sheet.judge_id, score_sheet.sealed_at, competition.time_zone,
        panel_seat.judge_id IS NOT NULL AND entrant.status <> 'withdrawn' AS is_current,
        account.name AS judge, CASE WHEN event.is_blind THEN '' ELSE entrant.name END AS name,
        coalesce(bench.number, 0) AS bench, coalesce(session.number, 0) AS session,
        score_sheet.seal_id AS seal, score_sheet.sheet_digest,
        CASE WHEN score_sheet.sealed_at IS NULL THEN score_sheet.reopened_for END AS reopened_for
    FROM score_sheet
    JOIN account ON account.id = score_sheet.judge_id
    JOIN entrant ON entrant.id = score_sheet.entrant_id
    JOIN event ON event.id = score_sheet.event_id
    JOIN competition ON competition.id = event.competition_id
    LEFT JOIN panel_seat
        ON panel_seat.event_id = score_sheet.event_id
        AND panel_seat.sub_criterion = score_sheet.sub_criterion
        AND panel_seat.judge_id = score_sheet.judge_id
    LEFT JOIN place_drawn ON place_drawn.entrant_id = score_sheet.entrant_id
    LEFT JOIN bench ON bench.id = place_drawn.bench_id
    LEFT JOIN session ON session.id = place_drawn.session_id
"""

SEATED = """(
    SELECT event_id, judge_id FROM panel_seat
    UNION
    SELECT event_id, judge_id FROM score_sheet
) AS seated"""
"""Whose event it is: judges with a seat, and those who left one but have sheets."""


class Seat(Message):
    """A judge's seat on the panel of a sub-criterion."""

    sub_criterion: str
    judge_id: UUID
    judge: str
    employer: str


class Device(Message):
    """A tablet, and its judge as who asks with it; out of use it is also when the judge's account is."""

    id: UUID
    name: str
    is_out_of_use: bool
    judge: Person


class JudgedEvent(Message):
    """An event as a judge meets it."""

    id: UUID
    name: Text
    competition: Text
    time_zone: str
    is_blind: bool


async def sheets_with(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Sheet]:
    """Those of the given score sheets that exist."""
    rows = await connection.fetch(f"{SHEET} WHERE score_sheet.id = ANY($1)", list(set(ids)))
    return {row[0]: Sheet(**dict(row.items())) for row in rows}


async def sheet_with(connection: Connection, sheet_id: UUID) -> Sheet | None:
    """The score sheet with this id."""
    return (await sheets_with(connection, [sheet_id])).get(sheet_id)


async def sheets_of_judge(connection: Connection, judge_id: UUID) -> tuple[Sheet, ...]:
    """A judge's score sheets, by entrant's code, then in the order of the sub-criteria's ids."""
    rows = await connection.fetch(
        f"""
        {SHEET}
        WHERE score_sheet.judge_id = $1
            AND entrant.status <> 'withdrawn'
            AND (panel_seat.judge_id IS NOT NULL OR score_sheet.sealed_at IS NOT NULL)
        ORDER BY place_drawn.code, score_sheet.sub_criterion
        """,
        judge_id,
    )
    return tuple(Sheet(**dict(row.items())) for row in rows)


async def sheets_of_event(connection: Connection, event_id: UUID) -> tuple[Sheet, ...]:
    """All score sheets of an event, by entrant's code."""
    rows = await connection.fetch(
        f"""
        {SHEET}
        WHERE score_sheet.event_id = $1
            AND entrant.status <> 'withdrawn'
            AND (panel_seat.judge_id IS NOT NULL OR score_sheet.sealed_at IS NOT NULL)
        ORDER BY place_drawn.code, score_sheet.sub_criterion, score_sheet.judge_id
        """,
        event_id,
    )
    return tuple(Sheet(**dict(row.items())) for row in rows)


async def panels_with(connection: Connection, ids: Iterable[UUID]) -> tuple[Sheet, ...]:
    """The given score sheets and those of everybody else who marks the same entrant by the same sub-criterion, by judge's name."""
    # Which sheets they are is found first: joined to everything else, the whole table would be.
    rows = await connection.fetch(
        f"""
        {SHEET}
        WHERE score_sheet.id = ANY(ARRAY(
            SELECT DISTINCT together.id
            FROM score_sheet AS given
            JOIN score_sheet AS together
                ON together.entrant_id = given.entrant_id
                AND together.sub_criterion = given.sub_criterion
            WHERE given.id = ANY($1)
        ))
        ORDER BY account.name, account.id
        """,
        list(set(ids)),
    )
    return tuple(Sheet(**dict(row.items())) for row in rows)


async def panel_of(connection: Connection, entrant_id: UUID, sub_criterion: str) -> tuple[Sheet, ...]:
    """The score sheets of everybody who marks this entrant by this sub-criterion, by judge's name."""
    rows = await connection.fetch(
        f"{SHEET} WHERE score_sheet.entrant_id = $1 AND score_sheet.sub_criterion = $2 ORDER BY account.name, account.id",
        entrant_id,
        sub_criterion,
    )
    return tuple(Sheet(**dict(row.items())) for row in rows)


async def positions_of(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, int]:
    """Where in the ledger these entries stand."""
    rows = await connection.fetch("SELECT id, position FROM ledger WHERE id = ANY($1)", list(ids))
    return {row[0]: row[1] for row in rows}


async def events_with(connection: Connection, ids: Iterable[UUID]) -> tuple[JudgedEvent, ...]:
    """Events by id, as judges meet them."""
    rows = await connection.fetch(
        """
        SELECT event.id, event.name_zh, event.name_en, competition.name_zh, competition.name_en, competition.time_zone,
            event.is_blind
        FROM event
        JOIN competition ON competition.id = event.competition_id
        WHERE event.id = ANY($1)
        ORDER BY event.created_at, event.id
        """,
        list(set(ids)),
    )
    return tuple(
        JudgedEvent(
            id=row[0],
            name=Text(zh=row[1], en=row[2]),
            competition=Text(zh=row[3], en=row[4]),
            time_zone=row[5],
            is_blind=row[6],
        )
        for row in rows
    )


async def device_with(connection: Connection, device_id: UUID) -> Device | None:
    """A tablet and its judge, whether it is in use or not."""
    row = await connection.fetchrow(
        """
        SELECT device.name, device.revoked_at IS NOT NULL OR NOT account.is_active, account.id, account.role, account.name,
            account.employer
        FROM device
        JOIN account ON account.id = device.account_id
        WHERE device.id = $1
        """,
        device_id,
    )
    if row is None:
        return None
    judge = Person(id=row[2], role=row[3], name=row[4], employer=row[5], device_id=device_id)
    return Device(id=device_id, name=row[0], is_out_of_use=row[1], judge=judge)


async def event_of_sheet(connection: Connection, sheet_id: UUID) -> UUID | None:
    """Which event a sheet belongs to."""
    event_id: UUID | None = await connection.fetchval("SELECT event_id FROM score_sheet WHERE id = $1", sheet_id)
    return event_id


async def reopen(connection: Connection, sheet_id: UUID, *, by: UUID | None, reason: str, now: datetime) -> None:
    """Note that a sheet is open again, by whom (None: by the rule of re-votes) and why."""
    await connection.execute(
        """
        UPDATE score_sheet
        SET sealed_at = NULL, seal_id = NULL, sheet_digest = NULL, reopened_at = $2, reopened_by = $3, reopened_for = $4
        WHERE id = $1
        """,
        sheet_id, now, by, reason,
    )  # fmt: skip


async def sheet_of_mark(connection: Connection, mark_id: UUID) -> UUID | None:
    """The sheet that a recorded mark is on."""
    sheet_id: UUID | None = await connection.fetchval(
        "SELECT (body::jsonb ->> 'sheet_id')::uuid FROM ledger WHERE id = $1 AND kind = 'mark'", mark_id
    )
    return sheet_id


async def retraction_of(connection: Connection, entrant_id: UUID, mark_id: UUID) -> UUID | None:
    """The entry by which its judge took a recorded mark back, or the chief judge left it out."""
    retraction_id: UUID | None = await connection.fetchval(
        """
        SELECT id
        FROM ledger
        WHERE entrant_id = $1
            AND kind = 'retraction'
            AND (body::jsonb ->> 'mark')::uuid = $2
        """,
        entrant_id, mark_id,
    )  # fmt: skip
    return retraction_id


async def seats_of(connection: Connection, event_id: UUID) -> tuple[Seat, ...]:
    """Who sits on which panel of an event."""
    rows = await connection.fetch(
        """
        SELECT panel_seat.sub_criterion, account.id, account.name, account.employer
        FROM panel_seat
        JOIN account ON account.id = panel_seat.judge_id
        WHERE panel_seat.event_id = $1
        ORDER BY panel_seat.sub_criterion, account.name, account.id
        """,
        event_id,
    )
    return tuple(Seat(sub_criterion=row[0], judge_id=row[1], judge=row[2], employer=row[3]) for row in rows)


async def roles_of(connection: Connection, accounts: Iterable[UUID]) -> dict[UUID, Role]:
    """The roles of those accounts that exist and are in use."""
    rows = await connection.fetch("SELECT id, role FROM account WHERE id = ANY($1) AND is_active", list(accounts))
    return {row[0]: row[1] for row in rows}


async def set_seats(connection: Connection, event_id: UUID, sub_criterion: str, judges: Sequence[UUID]) -> None:
    """Seat these judges, and only these, on the panel of a sub-criterion."""
    await connection.execute(
        "DELETE FROM panel_seat WHERE event_id = $1 AND sub_criterion = $2 AND judge_id <> ALL($3)",
        event_id, sub_criterion, judges,
    )  # fmt: skip
    await connection.execute(
        """
        INSERT INTO panel_seat (event_id, sub_criterion, judge_id)
        SELECT $1, $2, unnest($3::uuid[])
        ON CONFLICT DO NOTHING
        """,
        event_id, sub_criterion, judges,
    )  # fmt: skip


async def employers_drawn(connection: Connection, event_id: UUID) -> dict[UUID, str]:
    """The employer of every entrant who has a place and did not withdraw."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.employer
        FROM entrant
        JOIN place_drawn ON place_drawn.entrant_id = entrant.id
        WHERE entrant.event_id = $1
            AND entrant.status <> 'withdrawn'
        ORDER BY entrant.id
        """,
        event_id,
    )
    return {row[0]: row[1] for row in rows}


async def lay_out_sheets(connection: Connection, event_id: UUID, sheets: Sequence[tuple[UUID, str, UUID]]) -> None:
    """Make the sheets (entrant, sub-criterion, judge) that are not there yet, and take away the unmarked ones of recused judges.

    The sheets of a judge who lost the seat stay, out of sight, for what may still come from that judge's tablet.
    """
    await connection.execute(
        """
        INSERT INTO score_sheet (event_id, id, entrant_id, sub_criterion, judge_id)
        SELECT $1, new.*
        FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[]) AS new
        ON CONFLICT DO NOTHING
        """,
        event_id,
        [new_id() for _ in sheets],
        [entrant_id for entrant_id, _, _ in sheets],
        [sub_criterion for _, sub_criterion, _ in sheets],
        [judge_id for _, _, judge_id in sheets],
    )  # fmt: skip
    await connection.execute(
        """
        DELETE FROM score_sheet
        WHERE event_id = $1
            AND EXISTS (
                SELECT
                FROM panel_seat
                WHERE panel_seat.event_id = score_sheet.event_id
                    AND panel_seat.sub_criterion = score_sheet.sub_criterion
                    AND panel_seat.judge_id = score_sheet.judge_id
            )
            AND NOT EXISTS (
                SELECT
                FROM unnest($2::uuid[], $3::text[], $4::uuid[]) AS wanted (entrant_id, sub_criterion, judge_id)
                WHERE wanted.entrant_id = score_sheet.entrant_id
                    AND wanted.sub_criterion = score_sheet.sub_criterion
                    AND wanted.judge_id = score_sheet.judge_id
            )
            AND NOT EXISTS (
                SELECT
                FROM ledger
                WHERE ledger.entrant_id = score_sheet.entrant_id
                    AND ledger.body::jsonb ->> 'sheet_id' = score_sheet.id::text
            )
        """,
        event_id,
        [entrant_id for entrant_id, _, _ in sheets],
        [sub_criterion for _, sub_criterion, _ in sheets],
        [judge_id for _, _, judge_id in sheets],
    )  # fmt: skip
