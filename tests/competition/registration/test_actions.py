"""What can be done in registration apart from rosters: founding, delegations, statuses, opening what is sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.registration.actions import (
    DaysReversed,
    DelegationExists,
    DelegationIsFull,
    KeyIsAnother,
    NameMissing,
    NoTimeZone,
    QuotaTooSmall,
    ReasonMissing,
    add_delegation,
    create_competition,
    create_event,
    import_roster,
    open_document,
    open_phone,
    set_entrant_status,
)
from competition.registration.store import delegations_of, entrant, entrants_of
from schemas.base import Text
from schemas.problems import NotFound, Problem
from schemas.registration import Delegation, EntrantLine

NOBODY = UUID(int=0)
ACTOR = UUID(int=7)


@pytest.fixture
async def entrant_id(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_csv: Callable[..., bytes],
) -> UUID:
    """The one entrant of the event, in the delegation that may send one."""
    content = as_csv([headings, good_line(1, 代表队="安庆")])
    digest = hashlib.sha256(content).hexdigest()
    await import_roster(
        connection, event_id, "r.csv", content, file_digest=digest, sealer=sealer, now=now, actor_id=ACTOR
    )
    (line,) = await entrants_of(connection, event_id)
    return line.id


async def audited(connection: Connection, verb: str) -> list[tuple[UUID, str, Any]]:
    """Who did it to what, with which detail."""
    rows = await connection.fetch("SELECT actor_id, subject, detail FROM audit WHERE verb = $1 ORDER BY id", verb)
    return [(row[0], row[1], msgspec.json.decode(row[2])) for row in rows]


async def test_a_name_in_one_language_serves_for_both(connection: Connection, now: datetime) -> None:
    """Competitions and events are stored with names in both languages."""
    competition_id = await create_competition(
        connection,
        Text(zh=" 市赛 ", en=""),
        place="芜湖",
        starts_on=date(2026, 6, 1),
        ends_on=date(2026, 6, 1),
        time_zone="Asia/Urumqi",
        actor_id=None,
        now=now,
    )
    event_id = await create_event(
        connection, competition_id, Text(zh="", en="CNC"), is_blind=False, actor_id=None, now=now
    )
    competition = await connection.fetchrow(
        "SELECT name_zh, name_en, place, starts_on, ends_on, time_zone, created_at FROM competition WHERE id = $1",
        competition_id,
    )
    event = await connection.fetchrow(
        "SELECT competition_id, name_zh, name_en, is_blind, revision, created_at FROM event WHERE id = $1", event_id
    )
    assert tuple(competition or ()) == ("市赛", "市赛", "芜湖", date(2026, 6, 1), date(2026, 6, 1), "Asia/Urumqi", now)
    assert tuple(event or ()) == (competition_id, "CNC", "CNC", False, 0, now)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": Text(zh=" ", en="\u200b")}, NameMissing),
        ({"ends_on": date(2026, 5, 31)}, DaysReversed),
        ({"time_zone": "Mars/Olympus"}, NoTimeZone),
        ({"time_zone": "../../etc/passwd"}, NoTimeZone),
        ({"time_zone": ""}, NoTimeZone),
    ],
)
async def test_competitions_that_cannot_be(
    connection: Connection, now: datetime, changes: dict[str, Any], problem: type[Problem]
) -> None:
    """Without a name, ending before the start, in no time zone."""
    given: dict[str, Any] = {
        "name": Text(zh="赛", en="C"),
        "place": "",
        "starts_on": date(2026, 6, 1),
        "ends_on": date(2026, 6, 1),
        "time_zone": "Asia/Shanghai",
    } | changes
    with pytest.raises(problem):
        await create_competition(connection, given.pop("name"), **given, actor_id=None, now=now)


async def test_an_event_needs_its_competition(connection: Connection, now: datetime) -> None:
    """There is no event of no competition."""
    with pytest.raises(NotFound):
        await create_event(connection, NOBODY, Text(zh="赛", en="E"), actor_id=None, now=now)


async def test_delegations_are_told_apart(connection: Connection, event_id: UUID, now: datetime) -> None:
    """Neither code nor name may be taken, by another code or name, in whatever case, width or spacing."""
    added = await add_delegation(connection, event_id, code=" B01 ", name="马鞍山", quota=2, actor_id=ACTOR, now=now)
    assert added == Delegation(id=added.id, code="B01", name="马鞍山", quota=2, entrants=0)
    assert added in await delegations_of(connection, event_id)
    assert await audited(connection, "add_delegation") == [
        *((None, *rest) for _, *rest in (await audited(connection, "add_delegation"))[:3]),
        (ACTOR, str(added.id), {"code": "B01", "name": "马鞍山", "quota": 2}),
    ]
    for code, name in (("b０1", "新"), ("新", "马 鞍山"), ("芜湖", "新"), ("新", "A01")):
        with pytest.raises(DelegationExists):
            await add_delegation(connection, event_id, code=code, name=name, quota=1, actor_id=None, now=now)
    for code, name, quota, event, problem in (
        ("", "新", 1, event_id, NameMissing),
        ("新", " ", 1, event_id, NameMissing),
        ("新", "新", 0, event_id, QuotaTooSmall),
        ("新", "新", 1, NOBODY, NotFound),
    ):
        with pytest.raises(problem):
            await add_delegation(connection, event, code=code, name=name, quota=quota, actor_id=None, now=now)


async def test_statuses_change_and_are_written_down(connection: Connection, entrant_id: UUID, now: datetime) -> None:
    """Registered, eligible, withdrawn with a reason, eligible again; the number stays."""
    for status, reason in (("eligible", ""), ("withdrawn", " 伤病 "), ("eligible", "")):
        await set_entrant_status(connection, entrant_id, status, reason=reason, actor_id=ACTOR, now=now)  # type: ignore[arg-type]
    line = await entrant(connection, entrant_id)
    assert line is not None
    assert line == EntrantLine(
        id=entrant_id,
        number=1,
        name="选手1",
        sex="male",
        document_masked="340***********0016",
        phone_masked="138****0001",
        employer="机床1厂",
        delegation="安庆",
        skill_level="3",
        mentor="",
        leader="",
        status="eligible",
        has_photo=False,
        code=None,
    )
    assert await audited(connection, "set_entrant_status") == [
        (ACTOR, str(entrant_id), {"before": "registered", "after": "eligible", "reason": ""}),
        (ACTOR, str(entrant_id), {"before": "eligible", "after": "withdrawn", "reason": "伤病"}),
        (ACTOR, str(entrant_id), {"before": "withdrawn", "after": "eligible", "reason": ""}),
    ]


async def test_a_withdrawal_needs_a_reason_and_an_entrant(
    connection: Connection, entrant_id: UUID, now: datetime
) -> None:
    """Nobody is withdrawn without a word."""
    with pytest.raises(ReasonMissing):
        await set_entrant_status(connection, entrant_id, "withdrawn", reason=" ", actor_id=None, now=now)
    with pytest.raises(NotFound):
        await set_entrant_status(connection, NOBODY, "eligible", actor_id=None, now=now)


async def test_who_withdrew_comes_back_only_to_a_free_place(
    connection: Connection,
    event_id: UUID,
    entrant_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_csv: Callable[..., bytes],
) -> None:
    """After a substitute took the place, the withdrawal cannot be taken back."""
    await set_entrant_status(connection, entrant_id, "withdrawn", reason="伤病", actor_id=None, now=now)
    content = as_csv([headings, good_line(2, 代表队="安庆")])
    digest = hashlib.sha256(content).hexdigest()
    await import_roster(
        connection, event_id, "r.csv", content, file_digest=digest, sealer=sealer, now=now, actor_id=None
    )
    with pytest.raises(DelegationIsFull):
        await set_entrant_status(connection, entrant_id, "registered", actor_id=None, now=now)
    assert [(line.number, line.status) for line in await entrants_of(connection, event_id)] == [
        (1, "withdrawn"),
        (2, "registered"),
    ]


async def test_opening_a_document_is_written_down(
    connection: Connection, entrant_id: UUID, sealer: Sealer, now: datetime, identity: Callable[..., str]
) -> None:
    """Whoever sees a document or a phone in full leaves a line in the audit, which does not repeat it."""
    document = await open_document(connection, entrant_id, sealer=sealer, actor_id=ACTOR, now=now)
    phone = await open_phone(connection, entrant_id, sealer=sealer, actor_id=ACTOR, now=now)
    assert (document, phone) == (identity(1), "13800000001")
    assert await audited(connection, "open_document") == [(ACTOR, str(entrant_id), {})]
    assert await audited(connection, "open_phone") == [(ACTOR, str(entrant_id), {})]


async def test_nothing_is_opened_without_the_key_or_the_entrant(
    connection: Connection, entrant_id: UUID, sealer: Sealer, now: datetime
) -> None:
    """What fails to open says why, and is not written down as opened."""
    with pytest.raises(KeyIsAnother):
        await open_document(connection, entrant_id, sealer=Sealer(b"x" * 32), actor_id=ACTOR, now=now)
    with pytest.raises(NotFound):
        await open_document(connection, NOBODY, sealer=sealer, actor_id=ACTOR, now=now)
    assert await audited(connection, "open_document") == []


async def test_entrants_show_the_code_that_was_drawn(
    connection: Connection, event_id: UUID, entrant_id: UUID, now: datetime
) -> None:
    """The list of entrants carries each one's code once there is one; an entrant that does not exist is None."""
    session_id, bench_id = UUID(int=1), UUID(int=2)
    await connection.execute(
        "INSERT INTO session (id, event_id, number, starts_at, ends_at) VALUES ($1, $2, 1, $3, $4)",
        session_id, event_id, now, now + timedelta(hours=1),
    )  # fmt: skip
    await connection.execute("INSERT INTO bench (id, event_id, number) VALUES ($1, $2, 1)", bench_id, event_id)
    await connection.execute(
        "INSERT INTO place_drawn (entrant_id, event_id, session_id, bench_id, code) VALUES ($1, $2, $3, $4, '1-01')",
        entrant_id, event_id, session_id, bench_id,
    )  # fmt: skip
    assert [line.code for line in await entrants_of(connection, event_id)] == ["1-01"]
    assert await entrant(connection, NOBODY) is None
