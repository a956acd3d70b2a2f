"""The SQL of access: accounts, sign-ins, enrolments, devices, and the record of who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from competition.access.rules import GuessLimit
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Person, Role
from schemas.base import Message, canonical


class Account(Message):
    """An account with what is needed to check who it is."""

    id: UUID
    role: Role
    name: str
    employer: str
    username: str | None
    password_hash: str | None
    pin_hash: str | None
    is_active: bool


class Device(Message):
    """A tablet as the desk lists it."""

    id: UUID
    account_id: UUID
    name: str
    enrolled_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None


class Holder(Message):
    """The device behind a token and the judge who holds it."""

    device_id: UUID
    account: Account
    unlocked_until: datetime | None
    last_seen_at: datetime | None
    revoked_at: datetime | None

    def person(self) -> Person:
        """The judge as the asker of a request."""
        account = self.account
        return Person(
            id=account.id, role=account.role, name=account.name, employer=account.employer, device_id=self.device_id
        )


ACCOUNT_COLUMNS = "id, role, name, employer, username, password_hash, pin_hash, is_active"


async def insert_account(connection: Connection, account: Account, now: datetime) -> None:
    """Add an account."""
    await connection.execute(
        f"INSERT INTO account ({ACCOUNT_COLUMNS}, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account.id, account.role, account.name, account.employer, account.username, account.password_hash, account.pin_hash,
        account.is_active, now,
    )  # fmt: skip


async def account_named(connection: Connection, username: str) -> Account | None:
    """The account with this user name."""
    return _account(await connection.fetchrow(f"SELECT {ACCOUNT_COLUMNS} FROM account WHERE username = $1", username))


async def account_with(connection: Connection, account_id: UUID) -> Account | None:
    """The account with this id."""
    return _account(await connection.fetchrow(f"SELECT {ACCOUNT_COLUMNS} FROM account WHERE id = $1", account_id))


async def accounts(connection: Connection) -> tuple[Account, ...]:
    """Every account, organisers first, then by name."""
    rows = await connection.fetch(f"SELECT {ACCOUNT_COLUMNS} FROM account ORDER BY role <> 'organiser', role, name, id")
    return tuple(Account(**dict(row.items())) for row in rows)


async def set_password(connection: Connection, account_id: UUID, password_hash: str) -> None:
    """Give an account a new password; every sign-in with the old one ends."""
    await connection.execute("UPDATE account SET password_hash = $2 WHERE id = $1", account_id, password_hash)
    await connection.execute("DELETE FROM sign_in WHERE account_id = $1", account_id)


async def set_pin(connection: Connection, account_id: UUID, pin_hash: str) -> None:
    """Give a judge a new PIN; every device of theirs asks for it again."""
    await connection.execute("UPDATE account SET pin_hash = $2 WHERE id = $1", account_id, pin_hash)
    await connection.execute("UPDATE device SET unlocked_until = NULL WHERE account_id = $1", account_id)


async def lock_accounts(connection: Connection) -> None:
    """Let those who take accounts out of use follow each other, so that two cannot put the last two organisers out."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('leitai accounts'))")


async def organisers(connection: Connection) -> int:
    """How many organisers can sign in."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM account WHERE role = 'organiser' AND is_active AND username IS NOT NULL"
        )
    )


async def set_active(connection: Connection, account_id: UUID, now: datetime, *, is_active: bool) -> tuple[UUID, ...]:
    """Put an account into use or out of it; either way its sessions, unused links and tablets end. Returns the tablets.

    The account's row is locked first, as it is where one of these is begun: what came just before ends with the others.
    """
    await connection.execute("UPDATE account SET is_active = $2 WHERE id = $1", account_id, is_active)
    await connection.execute("DELETE FROM sign_in WHERE account_id = $1", account_id)
    await connection.execute("DELETE FROM enrolment WHERE account_id = $1 AND used_at IS NULL", account_id)
    rows = await connection.fetch(
        "UPDATE device SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL RETURNING id", account_id, now
    )
    return tuple(row[0] for row in rows)


async def insert_sign_in(
    connection: Connection, token_digest: bytes, account: Account, now: datetime, expires_at: datetime
) -> bool:
    """Begin a session; False when the account is out of use or has another password by now. Ended ones are swept on the way."""
    await connection.execute("DELETE FROM sign_in WHERE expires_at < $1", now)
    done: str = await connection.execute(
        """
        INSERT INTO sign_in (token_digest, account_id, created_at, expires_at)
        SELECT $1, id, $3, $4
        FROM account
        WHERE id = $2
            AND is_active
            AND password_hash = $5
        FOR SHARE
        """,
        token_digest, account.id, now, expires_at, account.password_hash,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def delete_sign_in(connection: Connection, token_digest: bytes) -> None:
    """End a session."""
    await connection.execute("DELETE FROM sign_in WHERE token_digest = $1", token_digest)


async def person_signed_in(connection: Connection, token_digest: bytes, now: datetime) -> Person | None:
    """Whose session this is, while it lasts."""
    row = await connection.fetchrow(
        """
        SELECT account.id, account.role, account.name, account.employer
        FROM sign_in
        JOIN account ON account.id = sign_in.account_id AND account.is_active
        WHERE sign_in.token_digest = $1
            AND sign_in.expires_at > $2
        """,
        token_digest, now,
    )  # fmt: skip
    return Person(**dict(row.items())) if row else None


async def full_since(connection: Connection, limit: GuessLimit, since: datetime) -> datetime | None:
    """The failed try that must be forgotten before there may be another; None while the limit is not reached."""
    at: datetime | None = await connection.fetchval(
        """
        SELECT at
        FROM sign_in_attempt
        WHERE subject = $1
            AND ($2::text IS NULL OR asked_from = $2)
            AND at > $3
        ORDER BY at DESC
        OFFSET $4
        LIMIT 1
        """,
        limit.subject, limit.asked_from, since, limit.most - 1,
    )  # fmt: skip
    return at


async def insert_guess(
    connection: Connection, subject: str, asked_from: str, now: datetime, forget_before: datetime
) -> None:
    """Note a failed try, and forget those that no longer count."""
    await connection.execute("DELETE FROM sign_in_attempt WHERE at < $1", forget_before)
    await connection.execute(
        "INSERT INTO sign_in_attempt (subject, asked_from, at) VALUES ($1, $2, $3)", subject, asked_from, now
    )


async def forget_guesses(connection: Connection, subject: str) -> None:
    """A right answer clears the failed tries before it."""
    await connection.execute("DELETE FROM sign_in_attempt WHERE subject = $1", subject)


async def lock_subject(connection: Connection, subject: str) -> None:
    """Let tries at one account or device, or from one address, follow each other, so that a burst cannot outrun the count."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", subject)


async def insert_enrolment(
    connection: Connection, token_digest: bytes, account_id: UUID, now: datetime, expires_at: datetime
) -> bool:
    """Add a one-time link for a judge's tablet; False when the account is out of use."""
    done: str = await connection.execute(
        """
        INSERT INTO enrolment (token_digest, account_id, created_at, expires_at)
        SELECT $1, id, $3, $4
        FROM account
        WHERE id = $2
            AND is_active
        FOR SHARE
        """,
        token_digest, account_id, now, expires_at,
    )  # fmt: skip
    return done == "INSERT 0 1"


async def enrolment_open(connection: Connection, token_digest: bytes, now: datetime) -> Account | None:
    """The judge whom an unused link is for."""
    return _account(
        await connection.fetchrow(
            f"""
            SELECT {ACCOUNT_COLUMNS}
            FROM account
            WHERE is_active AND id = (
                SELECT account_id FROM enrolment WHERE token_digest = $1 AND used_at IS NULL AND expires_at > $2
            )
            """,
            token_digest,
            now,
        )
    )


async def spend_enrolment(connection: Connection, token_digest: bytes, now: datetime) -> UUID | None:
    """Use a link up; the judge it was for, who stays in use until the transaction ends.

    None when it is spent, too old or unknown, or when the judge is out of use.
    """
    account_id: UUID | None = await connection.fetchval(
        """
        WITH judge AS (
            SELECT id
            FROM account
            WHERE id = (SELECT account_id FROM enrolment WHERE token_digest = $1)
                AND is_active
            FOR SHARE
        )
        UPDATE enrolment
        SET used_at = $2
        FROM judge
        WHERE enrolment.account_id = judge.id
            AND token_digest = $1
            AND used_at IS NULL
            AND expires_at > $2
        RETURNING account_id
        """,
        token_digest, now,
    )  # fmt: skip
    return account_id


async def insert_device(
    connection: Connection, device_id: UUID, account_id: UUID, token_digest: bytes, name: str, now: datetime
) -> None:
    """Add an enrolled tablet."""
    await connection.execute(
        "INSERT INTO device (id, account_id, token_digest, name, enrolled_at) VALUES ($1, $2, $3, $4, $5)",
        device_id, account_id, token_digest, name, now,
    )  # fmt: skip


async def holder_of(connection: Connection, token_digest: bytes) -> Holder | None:
    """The device with this token, and its judge."""
    row = await connection.fetchrow(
        """
        SELECT device.id AS device_id, device.unlocked_until, device.last_seen_at, device.revoked_at,
            account.id, account.role, account.name, account.employer, account.username, account.password_hash,
            account.pin_hash, account.is_active
        FROM device
        JOIN account ON account.id = device.account_id
        WHERE device.token_digest = $1
        """,
        token_digest,
    )
    if row is None:
        return None
    values = dict(row.items())
    device = {name: values.pop(name) for name in ("device_id", "unlocked_until", "last_seen_at", "revoked_at")}
    return Holder(account=Account(**values), **device)


async def unlock(connection: Connection, device_id: UUID, until: datetime, now: datetime) -> None:
    """Open a tablet for its judge."""
    await connection.execute(
        "UPDATE device SET unlocked_until = $2, last_seen_at = $3 WHERE id = $1", device_id, until, now
    )


async def lock(connection: Connection, device_id: UUID) -> None:
    """Ask for the PIN again on a tablet."""
    await connection.execute("UPDATE device SET unlocked_until = NULL WHERE id = $1", device_id)


async def touch_device(connection: Connection, device_id: UUID, now: datetime) -> None:
    """Note that a tablet was heard of."""
    await connection.execute("UPDATE device SET last_seen_at = $2 WHERE id = $1", device_id, now)


async def revoke_device(connection: Connection, device_id: UUID, now: datetime) -> bool:
    """Take a tablet out of use; False when it already is, or was never there."""
    done: str = await connection.execute(
        "UPDATE device SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", device_id, now
    )
    return done == "UPDATE 1"


async def revoke_devices_named(connection: Connection, name: str, now: datetime) -> None:
    """Take every tablet of this name out of use."""
    await connection.execute("UPDATE device SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL", name, now)


async def devices_of(connection: Connection, account_id: UUID) -> tuple[UUID, ...]:
    """The tablets of one judge."""
    return tuple(row[0] for row in await connection.fetch("SELECT id FROM device WHERE account_id = $1", account_id))


async def devices(connection: Connection) -> tuple[Device, ...]:
    """Every tablet, the newest first."""
    rows = await connection.fetch(
        "SELECT id, account_id, name, enrolled_at, last_seen_at, revoked_at FROM device ORDER BY enrolled_at DESC, id"
    )
    return tuple(Device(**dict(row.items())) for row in rows)


async def insert_audit(
    connection: Connection, verb: str, subject: str, detail: dict[str, Any], *, actor_id: UUID | None, now: datetime
) -> None:
    """Write down who did what to what."""
    await connection.execute(
        "INSERT INTO audit (id, at, actor_id, verb, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        new_id(), now, actor_id, verb, subject, canonical(detail).decode(),
    )  # fmt: skip


def _account(row: Any) -> Account | None:
    return Account(**dict(row.items())) if row else None
