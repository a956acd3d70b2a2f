"""The SQL of registration: competitions, events, delegations and entrants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.base import Message, Text
from schemas.registration import Delegation, DocumentKind, EntrantLine, EntrantStatus, Sex
from schemas.results import PublicationStatus
from schemas.staging import FreezeLine


class EventHead(Message):
    """An event as the desk heads its pages.

    ``freeze`` is the one that holds or is due, ``published`` the status of the list that everybody sees, once one is out.
    """

    id: UUID
    competition_id: UUID
    competition: Text
    name: Text
    place: str
    time_zone: str
    starts_on: date
    is_blind: bool
    revision: int
    ledger_position: int
    ledger_digest: bytes
    freeze: FreezeLine | None
    published: PublicationStatus | None


class EventLine(Message):
    """An event as the desk's first page lists it: how far its set-up and its contest have come.

    ``entrants`` are without the withdrawn ones, ``published`` is the status of its newest publication.
    """

    id: UUID
    competition_id: UUID
    name: Text
    entrants: int
    eligible: int
    has_scheme: bool
    sessions: int
    places: int
    judges: int
    entries: int
    published: PublicationStatus | None


class CompetitionLine(Message):
    """A competition with its events."""

    id: UUID
    name: Text
    place: str
    starts_on: date
    ends_on: date
    time_zone: str
    events: tuple[EventLine, ...]


class StoredEntrant(Message):
    """An entrant as stored: the document only as its digest, the phone sealed; ``delegation`` is the name."""

    id: UUID
    number: int
    document_digest: bytes
    status: EntrantStatus
    name: str
    sex: Sex
    phone_sealed: bytes
    employer: str
    delegation: str
    skill_level: str
    mentor: str
    leader: str


class EntrantRecord(Message):
    """All that a roster writes of one entrant, ready to be stored."""

    id: UUID
    delegation_id: UUID
    number: int
    name: str
    sex: Sex
    document_kind: DocumentKind
    document_sealed: bytes
    document_digest: bytes
    document_masked: str
    phone_sealed: bytes
    phone_masked: str
    employer: str
    skill_level: str
    mentor: str
    leader: str


_EVENT_HEADS = """
    SELECT event.id, competition.id, competition.name_zh, competition.name_en, event.name_zh, event.name_en,
        competition.place, competition.time_zone, competition.starts_on, event.is_blind, event.revision, event.ledger_position,
        event.ledger_digest, board_freeze.id, board_freeze.due_at, board_freeze.taken_at, coalesce(account.name, ''),
        (SELECT status FROM publication WHERE event_id = event.id AND status <> 'draft' ORDER BY number DESC LIMIT 1)
    FROM event
    JOIN competition ON competition.id = event.competition_id
    LEFT JOIN board_freeze ON board_freeze.event_id = event.id AND board_freeze.lifted_at IS NULL
    LEFT JOIN account ON account.id = board_freeze.set_by
"""


async def event_head(connection: Connection, event_id: UUID) -> EventHead | None:
    """What heads every page of an event."""
    row = await connection.fetchrow(f"{_EVENT_HEADS} WHERE event.id = $1", event_id)
    return _event_head(row) if row else None


async def every_event(connection: Connection) -> tuple[EventHead, ...]:
    """Every event, in the order of their founding."""
    rows = await connection.fetch(f"{_EVENT_HEADS} ORDER BY event.created_at, event.id")
    return tuple(_event_head(row) for row in rows)


async def competitions(connection: Connection) -> tuple[CompetitionLine, ...]:
    """Every competition with its events, the newest first."""
    events: defaultdict[UUID, list[EventLine]] = defaultdict(list)
    for event in await event_lines(connection):
        events[event.competition_id].append(event)
    rows = await connection.fetch(
        """
        SELECT id, name_zh, name_en, place, starts_on, ends_on, time_zone
        FROM competition
        ORDER BY starts_on DESC, id DESC
        """
    )
    return tuple(
        CompetitionLine(
            id=row[0],
            name=Text(zh=row[1], en=row[2]),
            place=row[3],
            starts_on=row[4],
            ends_on=row[5],
            time_zone=row[6],
            events=tuple(events[row[0]]),
        )
        for row in rows
    )


async def event_lines(connection: Connection) -> tuple[EventLine, ...]:
    """Every event with how far it has come, in the order of their founding."""
    rows = await connection.fetch(
        """
        SELECT event.id, event.competition_id, event.name_zh, event.name_en, event.ledger_position,
            (SELECT count(*) FROM entrant WHERE event_id = event.id AND status <> 'withdrawn')::integer,
            (SELECT count(*) FROM entrant WHERE event_id = event.id AND status = 'eligible')::integer,
            EXISTS (SELECT FROM scheme WHERE event_id = event.id),
            (SELECT count(*) FROM session WHERE event_id = event.id)::integer,
            (SELECT count(*) FROM place_drawn WHERE event_id = event.id)::integer,
            (SELECT count(DISTINCT judge_id) FROM panel_seat WHERE event_id = event.id)::integer,
            (SELECT status FROM publication WHERE event_id = event.id ORDER BY number DESC LIMIT 1)
        FROM event
        ORDER BY event.created_at, event.id
        """
    )
    return tuple(
        EventLine(
            id=row[0],
            competition_id=row[1],
            name=Text(zh=row[2], en=row[3]),
            entries=row[4],
            entrants=row[5],
            eligible=row[6],
            has_scheme=row[7],
            sessions=row[8],
            places=row[9],
            judges=row[10],
            published=row[11],
        )
        for row in rows
    )


async def insert_competition(
    connection: Connection, name: Text, *, place: str, starts_on: date, ends_on: date, time_zone: str, now: datetime
) -> UUID:
    """Add a competition."""
    competition_id = new_id()
    await connection.execute(
        """
        INSERT INTO competition (id, name_zh, name_en, place, starts_on, ends_on, time_zone, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        competition_id, name.zh, name.en, place, starts_on, ends_on, time_zone, now,
    )  # fmt: skip
    return competition_id


async def insert_event(
    connection: Connection, competition_id: UUID, name: Text, *, is_blind: bool, now: datetime
) -> UUID | None:
    """Add an event to a competition; None when there is no such competition."""
    event_id: UUID | None = await connection.fetchval(
        """
        INSERT INTO event (id, competition_id, name_zh, name_en, is_blind, created_at)
        SELECT $1, id, $3, $4, $5, $6
        FROM competition
        WHERE id = $2
        RETURNING id
        """,
        new_id(), competition_id, name.zh, name.en, is_blind, now,
    )  # fmt: skip
    return event_id


async def lock_event(connection: Connection, event_id: UUID) -> bool:
    """Hold the event against other imports and changes of status until the transaction ends; False when there is none."""
    return await connection.fetchval("SELECT true FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id) is True


async def lock_event_of_entrant(connection: Connection, entrant_id: UUID) -> UUID | None:
    """Hold the event of an entrant likewise, and say which it is; None when there is no such entrant."""
    event_id: UUID | None = await connection.fetchval(
        """
        SELECT event.id
        FROM event
        JOIN entrant ON entrant.event_id = event.id
        WHERE entrant.id = $1
        FOR NO KEY UPDATE OF event
        """,
        entrant_id,
    )
    return event_id


async def starts_on(connection: Connection, event_id: UUID) -> date | None:
    """The first day of the competition of an event."""
    day: date | None = await connection.fetchval(
        """
        SELECT competition.starts_on
        FROM event
        JOIN competition ON competition.id = event.competition_id
        WHERE event.id = $1
        """,
        event_id,
    )
    return day


async def insert_delegation(connection: Connection, event_id: UUID, *, code: str, name: str, quota: int) -> UUID | None:
    """Add a delegation; None when its code or name is taken."""
    delegation_id: UUID | None = await connection.fetchval(
        """
        INSERT INTO delegation (id, event_id, code, name, quota)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING
        RETURNING id
        """,
        new_id(), event_id, code, name, quota,
    )  # fmt: skip
    return delegation_id


async def delegations_of(connection: Connection, event_id: UUID) -> tuple[Delegation, ...]:
    """An event's delegations by code, each with how many entrants it sends (the withdrawn ones not counted)."""
    rows = await connection.fetch(
        """
        SELECT delegation.id, delegation.code, delegation.name, delegation.quota,
            count(entrant.id) FILTER (WHERE entrant.status <> 'withdrawn')::integer AS entrants
        FROM delegation
        LEFT JOIN entrant ON entrant.delegation_id = delegation.id
        WHERE delegation.event_id = $1
        GROUP BY delegation.id
        ORDER BY delegation.code
        """,
        event_id,
    )
    return tuple(Delegation(**dict(row.items())) for row in rows)


_ENTRANT_LINES = """
    SELECT entrant.id, entrant.number, entrant.name, entrant.sex, entrant.document_masked, entrant.phone_masked, entrant.employer,
        delegation.name AS delegation, entrant.skill_level, entrant.mentor, entrant.leader, entrant.status, entrant.status_reason,
        entrant.photo IS NOT NULL AS has_photo, place_drawn.code, coalesce(standing.state = 'withdrawn', false) AS has_left
    FROM entrant
    JOIN delegation ON delegation.id = entrant.delegation_id
    LEFT JOIN place_drawn ON place_drawn.entrant_id = entrant.id
    LEFT JOIN standing ON standing.entrant_id = entrant.id
"""


async def entrants_of(connection: Connection, event_id: UUID) -> tuple[EntrantLine, ...]:
    """An event's entrants by contestant number, documents and phones masked."""
    rows = await connection.fetch(
        f"""
        {_ENTRANT_LINES}
        WHERE entrant.event_id = $1
        ORDER BY entrant.number
        """,
        event_id,
    )
    return tuple(EntrantLine(**dict(row.items())) for row in rows)


async def entrant(connection: Connection, entrant_id: UUID) -> EntrantLine | None:
    """One entrant, document and phone masked."""
    row = await connection.fetchrow(f"{_ENTRANT_LINES} WHERE entrant.id = $1", entrant_id)
    return EntrantLine(**dict(row.items())) if row else None


async def stored_entrants(connection: Connection, event_id: UUID) -> tuple[StoredEntrant, ...]:
    """An event's entrants as a roster is judged against them."""
    rows = await connection.fetch(
        """
        SELECT entrant.id, entrant.number, entrant.document_digest, entrant.status, entrant.name, entrant.sex, entrant.phone_sealed,
            entrant.employer, delegation.name AS delegation, entrant.skill_level, entrant.mentor, entrant.leader
        FROM entrant
        JOIN delegation ON delegation.id = entrant.delegation_id
        WHERE entrant.event_id = $1
        ORDER BY entrant.number
        """,
        event_id,
    )
    return tuple(StoredEntrant(**dict(row.items())) for row in rows)


async def insert_entrants(
    connection: Connection, event_id: UUID, entrants: Sequence[EntrantRecord], *, now: datetime
) -> None:
    """Register new entrants."""
    await connection.execute(
        """
        INSERT INTO entrant (event_id, status, created_at, changed_at, id, delegation_id, number, name, sex, document_kind,
            document_sealed, document_digest, document_masked, phone_sealed, phone_masked, employer, skill_level, mentor, leader)
        SELECT $1, 'registered', $2, $2, new.*
        FROM unnest($3::uuid[], $4::uuid[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::bytea[], $10::bytea[], $11::text[],
            $12::bytea[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[]) AS new
        """,
        event_id,
        now,
        *_columns(entrants, EntrantRecord.__struct_fields__),
    )


async def update_entrants(connection: Connection, entrants: Sequence[EntrantRecord], *, now: datetime) -> None:
    """Change what a roster may change of registered entrants: neither the number nor the document nor the status."""
    await connection.execute(
        """
        UPDATE entrant
        SET delegation_id = new.delegation_id, name = new.name, sex = new.sex, phone_sealed = new.phone_sealed,
            phone_masked = new.phone_masked, employer = new.employer, skill_level = new.skill_level, mentor = new.mentor,
            leader = new.leader, changed_at = $1
        FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[]) AS new (id, delegation_id, name, sex, phone_sealed, phone_masked, employer, skill_level, mentor, leader)
        WHERE entrant.id = new.id
        """,
        now,
        *_columns(
            entrants,
            (
                "id",
                "delegation_id",
                "name",
                "sex",
                "phone_sealed",
                "phone_masked",
                "employer",
                "skill_level",
                "mentor",
                "leader",
            ),
        ),
    )


async def update_status(
    connection: Connection, entrant_id: UUID, status: EntrantStatus, reason: str, *, now: datetime
) -> None:
    """Change an entrant's status."""
    await connection.execute(
        "UPDATE entrant SET status = $2, status_reason = $3, changed_at = $4 WHERE id = $1",
        entrant_id,
        status,
        reason,
        now,
    )


async def confirm_registered(connection: Connection, event_id: UUID, *, now: datetime) -> tuple[int, ...]:
    """Pass everybody who is registered as eligible; returns their contestant numbers."""
    rows = await connection.fetch(
        """
        UPDATE entrant
        SET status = 'eligible', status_reason = '', changed_at = $2
        WHERE event_id = $1
            AND status = 'registered'
        RETURNING number
        """,
        event_id, now,
    )  # fmt: skip
    return tuple(sorted(row[0] for row in rows))


async def event_of_entrant(connection: Connection, entrant_id: UUID) -> UUID | None:
    """The event of an entrant."""
    event_id: UUID | None = await connection.fetchval("SELECT event_id FROM entrant WHERE id = $1", entrant_id)
    return event_id


async def document_sealed(connection: Connection, entrant_id: UUID) -> bytes | None:
    """The sealed document of an entrant."""
    sealed: bytes | None = await connection.fetchval("SELECT document_sealed FROM entrant WHERE id = $1", entrant_id)
    return sealed


async def phone_sealed(connection: Connection, entrant_id: UUID) -> bytes | None:
    """The sealed phone number of an entrant."""
    sealed: bytes | None = await connection.fetchval("SELECT phone_sealed FROM entrant WHERE id = $1", entrant_id)
    return sealed


def _event_head(row: Any) -> EventHead:
    return EventHead(
        id=row[0],
        competition_id=row[1],
        competition=Text(zh=row[2], en=row[3]),
        name=Text(zh=row[4], en=row[5]),
        place=row[6],
        time_zone=row[7],
        starts_on=row[8],
        is_blind=row[9],
        revision=row[10],
        ledger_position=row[11],
        ledger_digest=row[12],
        freeze=FreezeLine(id=row[13], due_at=row[14], taken_at=row[15], by=row[16]) if row[13] else None,
        published=row[17],
    )


def _columns(entrants: Sequence[EntrantRecord], fields: Sequence[str]) -> list[list[object]]:
    """The values of each field, one list a field: what ``unnest`` takes."""
    return [[getattr(entrant, field) for entrant in entrants] for field in fields]


async def is_in_ledger(connection: Connection, entrant_id: UUID) -> bool:
    """Whether anything is recorded of an entrant."""
    return await connection.fetchval("SELECT true FROM ledger WHERE entrant_id = $1 LIMIT 1", entrant_id) is True
