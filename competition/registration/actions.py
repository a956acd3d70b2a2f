"""What can be done in registration: founding a competition, importing a roster, changing a status, opening a document."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from pathlib import PureWindowsPath
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidTag

from competition.access.store import insert_audit
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.locale import translate
from competition.plumbing.sealing import Sealer
from competition.registration import store
from competition.registration.roster import BadField, GoodLine, Register, Registered, judge_roster
from competition.registration.roster_file import Roster, read_roster
from competition.registration.rules import folded, masked_document, masked_phone, tidy_text
from schemas.base import Message, Text
from schemas.problems import N_, NotFound, Problem
from schemas.registration import BadCell, Delegation, EntrantStatus, ImportPlan, PlannedRow


class RosterHasBadCells(Problem):
    """All or nothing: with one bad cell, no row is written."""

    sentence = N_("The roster has {count} bad cells, so nothing was written. Correct them and send the file again.")


class RosterIsAnother(Problem):
    """The file is not the one that was looked at."""

    status = 409
    sentence = N_(
        "This is not the file whose plan you confirmed. Look at the plan of this file first, then confirm it."
    )


class KeyIsAnother(Problem):
    """The sealed texts were made with another secret key."""

    status = 500
    sentence = N_(
        "ID numbers and phone numbers cannot be opened with this server's key. Restore the key they were sealed with and try again."
    )


class NameMissing(Problem):
    """A competition, an event or a delegation without a name."""

    sentence = N_("A name is missing. Fill it in and try again.")


class DaysReversed(Problem):
    """A competition that ends before it starts."""

    sentence = N_("The competition ends on {ends_on}, before it starts on {starts_on}. Correct the days.")


class NoTimeZone(Problem):
    """A time zone that the world does not have."""

    sentence = N_("There is no time zone “{time_zone}”. Write one such as Asia/Shanghai.")


class QuotaTooSmall(Problem):
    """A delegation that may send nobody."""

    sentence = N_("A delegation sends at least one entrant. Give it a quota of 1 or more.")


class DelegationExists(Problem):
    """Code and name are each unique in an event, whatever their case and spacing."""

    status = 409
    sentence = N_(
        "There already is a delegation with the code “{code}” or the name “{name}”. Choose another code and name."
    )


class ReasonMissing(Problem):
    """A withdrawal that says nothing."""

    sentence = N_("A withdrawal needs a reason. Write it down and try again.")


class DelegationIsFull(Problem):
    """A withdrawn entrant's place was given to somebody else."""

    status = 409
    sentence = N_(
        "The delegation {delegation} already sends the {quota} entrants it may. Withdraw another one first, or raise the quota."
    )


# Competitions, events, delegations ------------------------------------------------------------------------------------


async def create_competition(
    connection: Connection,
    name: Text,
    *,
    place: str,
    starts_on: date,
    ends_on: date,
    time_zone: str = "Asia/Shanghai",
    actor_id: UUID | None,
    now: datetime,
) -> UUID:
    """Announce a competition; a name in one language serves for both until the other is known."""
    if ends_on < starts_on:
        raise DaysReversed(starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat())
    try:
        ZoneInfo(time_zone)
    except (ValueError, OSError, LookupError) as error:
        raise NoTimeZone(time_zone=time_zone) from error
    async with connection.transaction():
        competition_id = await store.insert_competition(
            connection,
            _named(name),
            place=tidy_text(place),
            starts_on=starts_on,
            ends_on=ends_on,
            time_zone=time_zone,
            now=now,
        )
        await insert_audit(connection, "create_competition", str(competition_id), {}, actor_id=actor_id, now=now)
    return competition_id


async def create_event(
    connection: Connection,
    competition_id: UUID,
    name: Text,
    *,
    is_blind: bool = True,
    actor_id: UUID | None,
    now: datetime,
) -> UUID:
    """Add an event, one contested trade, to a competition."""
    async with connection.transaction():
        event_id = await store.insert_event(connection, competition_id, _named(name), is_blind=is_blind, now=now)
        if event_id is None:
            raise NotFound
        await insert_audit(connection, "create_event", str(event_id), {}, actor_id=actor_id, now=now)
    return event_id


async def add_delegation(
    connection: Connection, event_id: UUID, *, code: str, name: str, quota: int, actor_id: UUID | None, now: datetime
) -> Delegation:
    """Add a delegation that may send ``quota`` entrants to the event."""
    code, name = tidy_text(code), tidy_text(name)
    if not code or not name:
        raise NameMissing
    if quota < 1:
        raise QuotaTooSmall
    async with connection.transaction():
        if not await store.lock_event(connection, event_id):
            raise NotFound
        taken = {
            folded(word) for each in await store.delegations_of(connection, event_id) for word in (each.code, each.name)
        }
        delegation_id = None
        if not taken & {folded(code), folded(name)}:
            delegation_id = await store.insert_delegation(connection, event_id, code=code, name=name, quota=quota)
        if delegation_id is None:
            raise DelegationExists(code=code, name=name)
        await insert_audit(
            connection,
            "add_delegation",
            str(delegation_id),
            {"code": code, "name": name, "quota": quota},
            actor_id=actor_id,
            now=now,
        )
    return Delegation(id=delegation_id, code=code, name=name, quota=quota, entrants=0)


# Rosters --------------------------------------------------------------------------------------------------------------


async def plan_import(
    connection: Connection, event_id: UUID, file_name: str, content: bytes, *, sealer: Sealer
) -> ImportPlan:
    """Say what importing a roster would do, every bad cell included, in the current language; writes nothing."""
    roster = await asyncio.to_thread(read_roster, file_name, content)
    judged = await _judge(connection, event_id, roster, sealer)
    return _plan(content, roster, judged)


async def import_roster(
    connection: Connection,
    event_id: UUID,
    file_name: str,
    content: bytes,
    *,
    file_digest: str,
    sealer: Sealer,
    now: datetime,
    actor_id: UUID | None,
) -> ImportPlan:
    """Import the roster whose plan, known by its ``file_digest``, was confirmed: all of it, or nothing when a cell is bad.

    Entrants are found again by their documents: nobody is doubled, and everybody keeps the contestant number once given.
    """
    if hashlib.sha256(content).hexdigest() != file_digest:
        raise RosterIsAnother
    roster = await asyncio.to_thread(read_roster, file_name, content)
    async with connection.transaction():
        if not await store.lock_event(connection, event_id):
            raise NotFound
        judged = await _judge(connection, event_id, roster, sealer)
        if judged.bad:
            raise RosterHasBadCells(count=len(judged.bad))
        new, changed = _records(judged, sealer)
        await store.insert_entrants(connection, event_id, new, now=now)
        await store.update_entrants(connection, changed, now=now)
        detail = {
            "file_name": PureWindowsPath(file_name).name,
            "file_digest": file_digest,
            "new": [entrant.number for entrant in new],
            "changed": {
                str(line.registered.number): line.changes for line in judged.lines if line.registered and line.changes
            },
            "unchanged": len(judged.lines) - len(new) - len(changed),
        }
        await insert_audit(connection, "import_roster", str(event_id), detail, actor_id=actor_id, now=now)
    return _plan(content, roster, judged)


class _Judged(Message):
    register: Register
    bad: tuple[BadField, ...]
    lines: tuple[GoodLine, ...]


async def _judge(connection: Connection, event_id: UUID, roster: Roster, sealer: Sealer) -> _Judged:
    """Judge a roster against the event as it is now."""
    day = await store.starts_on(connection, event_id)
    if day is None:
        raise NotFound
    delegations = await store.delegations_of(connection, event_id)
    stored = await store.stored_entrants(connection, event_id)
    register = Register(starts_on=day, delegations=delegations, entrants=_registered(stored, sealer))
    bad, lines = await asyncio.to_thread(
        judge_roster, roster, register, digest=lambda kind, document: sealer.digest(f"{kind}:{document}")
    )
    return _Judged(register=register, bad=bad, lines=lines)


def _registered(stored: Sequence[store.StoredEntrant], sealer: Sealer) -> tuple[Registered, ...]:
    return tuple(
        Registered(
            id=entrant.id,
            number=entrant.number,
            digest=entrant.document_digest,
            status=entrant.status,
            values={
                "name": entrant.name,
                "sex": entrant.sex,
                "phone": _opened(sealer, entrant.phone_sealed),
                "employer": entrant.employer,
                "delegation": entrant.delegation,
                "skill_level": entrant.skill_level,
                "mentor": entrant.mentor,
                "leader": entrant.leader,
            },
        )
        for entrant in stored
    )


def _plan(content: bytes, roster: Roster, judged: _Judged) -> ImportPlan:
    return ImportPlan(
        file_digest=hashlib.sha256(content).hexdigest(),
        bad_cells=tuple(
            BadCell(
                sheet=found.sheet,
                row=found.row,
                column=found.column,
                problem=translate(found.fault.problem, **found.fault.data),
                remedy=translate(found.fault.remedy, **found.fault.data),
            )
            for found in judged.bad
        ),
        rows=tuple(
            PlannedRow(
                sheet=line.sheet,
                row=line.row,
                name=line.entrant.name,
                document_masked=masked_document(line.entrant.document),
                delegation=line.entrant.delegation,
                change=line.change,
                changes=line.changes,
            )
            for line in judged.lines
        ),
        ignored=roster.ignored,
    )


def _records(judged: _Judged, sealer: Sealer) -> tuple[list[store.EntrantRecord], list[store.EntrantRecord]]:
    """The entrants to add, numbered on in the order of the roster, and those to change."""
    new: list[store.EntrantRecord] = []
    changed: list[store.EntrantRecord] = []
    last = max((entrant.number for entrant in judged.register.entrants), default=0)
    for line in judged.lines:
        if line.registered is None:
            new.append(_record(line, new_id(), last + len(new) + 1, sealer))
        elif line.changes:
            changed.append(_record(line, line.registered.id, line.registered.number, sealer))
    return new, changed


def _record(line: GoodLine, entrant_id: UUID, number: int, sealer: Sealer) -> store.EntrantRecord:
    entrant = line.entrant
    return store.EntrantRecord(
        id=entrant_id,
        delegation_id=line.delegation_id,
        number=number,
        name=entrant.name,
        sex=entrant.sex,
        document_kind=entrant.document_kind,
        document_sealed=sealer.seal(entrant.document),
        document_digest=line.digest,
        document_masked=masked_document(entrant.document),
        phone_sealed=sealer.seal(entrant.phone),
        phone_masked=masked_phone(entrant.phone),
        employer=entrant.employer,
        skill_level=entrant.skill_level,
        mentor=entrant.mentor,
        leader=entrant.leader,
    )


# Entrants -------------------------------------------------------------------------------------------------------------


class MarkedCannotWithdraw(Problem):
    """A withdrawal of somebody whose marks are recorded: results must follow from the ledger alone."""

    status = 409
    sentence = N_(
        "{name} has marks in the ledger, so the withdrawal must be recorded there too. Open the page of their result and withdraw "
        "them there, with the reason; the marks stay on record."
    )


async def set_entrant_status(
    connection: Connection,
    entrant_id: UUID,
    status: EntrantStatus,
    *,
    reason: str = "",
    actor_id: UUID | None,
    now: datetime,
) -> None:
    """Pass an entrant as eligible, take that back, or withdraw them (with a reason); whoever withdraws keeps the number."""
    reason = tidy_text(reason)
    if status == "withdrawn" and not reason:
        raise ReasonMissing
    async with connection.transaction():
        event_id = await store.lock_event_of_entrant(connection, entrant_id)
        entrant = await store.entrant(connection, entrant_id)
        if event_id is None or entrant is None:
            raise NotFound
        if status == "withdrawn" and await store.is_in_ledger(connection, entrant_id):
            raise MarkedCannotWithdraw(name=entrant.name)
        if entrant.status == "withdrawn" and status != "withdrawn":
            await _refuse_when_full(connection, event_id, entrant.delegation)
        await store.update_status(connection, entrant_id, status, reason, now=now)
        detail = {"before": entrant.status, "after": status, "reason": reason}
        await insert_audit(connection, "set_entrant_status", str(entrant_id), detail, actor_id=actor_id, now=now)


async def confirm_registered(connection: Connection, event_id: UUID, *, actor_id: UUID | None, now: datetime) -> int:
    """Pass everybody who is registered as eligible; returns how many they were."""
    async with connection.transaction():
        if not await store.lock_event(connection, event_id):
            raise NotFound
        numbers = await store.confirm_registered(connection, event_id, now=now)
        detail = {"numbers": numbers}
        await insert_audit(connection, "confirm_registered", str(event_id), detail, actor_id=actor_id, now=now)
    return len(numbers)


async def open_document(
    connection: Connection, entrant_id: UUID, *, sealer: Sealer, actor_id: UUID | None, now: datetime
) -> str:
    """The document of an entrant in full; who opened it is written down with it."""
    return await _open(connection, entrant_id, "open_document", store.document_sealed, sealer, actor_id, now)


async def open_phone(
    connection: Connection, entrant_id: UUID, *, sealer: Sealer, actor_id: UUID | None, now: datetime
) -> str:
    """The phone number of an entrant in full; who opened it is written down with it."""
    return await _open(connection, entrant_id, "open_phone", store.phone_sealed, sealer, actor_id, now)


async def _refuse_when_full(connection: Connection, event_id: UUID, name: str) -> None:
    for delegation in await store.delegations_of(connection, event_id):
        if delegation.name == name and delegation.entrants >= delegation.quota:
            raise DelegationIsFull(delegation=name, quota=delegation.quota)


async def _open(
    connection: Connection,
    entrant_id: UUID,
    verb: str,
    sealed_of: Callable[[Connection, UUID], Awaitable[bytes | None]],
    sealer: Sealer,
    actor_id: UUID | None,
    now: datetime,
) -> str:
    async with connection.transaction():
        sealed = await sealed_of(connection, entrant_id)
        if sealed is None:
            raise NotFound
        opened = _opened(sealer, sealed)
        await insert_audit(connection, verb, str(entrant_id), {}, actor_id=actor_id, now=now)
    return opened


def _opened(sealer: Sealer, sealed: bytes) -> str:
    try:
        return sealer.open(sealed)
    except InvalidTag as error:
        raise KeyIsAnother from error


def _named(name: Text) -> Text:
    zh, en = tidy_text(name.zh), tidy_text(name.en)
    if not zh and not en:
        raise NameMissing
    return Text(zh=zh or en, en=en or zh)
