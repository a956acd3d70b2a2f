"""What can be done about access: accounts, signing in, enrolling, unlocking and revoking a tablet.

Tokens are shown once and kept as digests; passwords and PINs are kept as argon2id hashes, computed off the event loop.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from datetime import datetime
from uuid import UUID

import asyncpg
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from competition.access import rules, store
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import tell_hall
from schemas.access import Role
from schemas.problems import NotFound

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_decoy = _hasher.hash(secrets.token_hex())
"""The hash of a secret nobody has: checked when there is no such account, so that the answer takes as long and tells nothing."""

LONGEST_USERNAME = 40


def token_digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


async def add_account(
    connection: Connection,
    name: str,
    role: Role,
    *,
    now: datetime,
    username: str | None = None,
    password: str | None = None,
    pin: str | None = None,
    employer: str = "",
) -> UUID:
    """Add an account; with a user name it signs in by password, with a PIN on an enrolled tablet."""
    if username is not None:
        _check_username(username)
        _check_password(password or "")
    account = store.Account(
        id=new_id(),
        role=role,
        name=name.strip(),
        employer=employer.strip(),
        username=username,
        password_hash=await _hash(password) if password is not None else None,
        pin_hash=await _hash(pin) if pin is not None else None,
        is_active=True,
    )
    try:
        await store.insert_account(connection, account, now)
    except asyncpg.UniqueViolationError:
        raise rules.UsernameIsTaken(username=username) from None
    return account.id


async def change_password(connection: Connection, username: str, password: str) -> None:
    """Give an account a new password and end its sessions; wrong tries at the old one no longer keep anybody waiting."""
    _check_password(password)
    account = await account_of(connection, username)
    password_hash = await _hash(password)
    async with connection.transaction():
        await store.set_password(connection, account.id, password_hash)
        await store.forget_guesses(connection, _account_subject(username))


async def account_of(connection: Connection, username: str) -> store.Account:
    """The account with this user name; raises ``NoSuchAccount``."""
    account = await store.account_named(connection, username)
    if account is None:
        raise rules.NoSuchAccount(username=username)
    return account


async def change_pin(connection: Connection, account_id: UUID, pin: str) -> None:
    """Give a judge a new PIN; wrong tries at the old one no longer keep them waiting. Raises ``AccountIsOutOfUse``."""
    account = await _account(connection, account_id)
    if not account.is_active:
        raise rules.AccountIsOutOfUse(name=account.name)
    pin_hash = await _hash(pin)
    async with connection.transaction():
        await store.set_pin(connection, account_id, pin_hash)
        for device in await store.devices_of(connection, account_id):
            await store.forget_guesses(connection, _device_subject(device))
            await tell_hall(connection, None, "device", device)


async def deactivate(
    connection: Connection, account_id: UUID, *, actor_id: UUID | None, now: datetime
) -> store.Account:
    """Take an account out of use: its sessions, links and tablets end at once, its marks stay. Returns the account.

    ``actor_id`` is None for who has the machine itself.
    """
    if account_id == actor_id:
        raise rules.OwnAccount
    async with connection.transaction():
        await store.lock_accounts(connection)
        account = await _account(connection, account_id)
        if account.is_active:
            if account.username and account.role == "organiser" and await store.organisers(connection) == 1:
                raise rules.LastOrganiser(name=account.name)
            await _set_active(connection, account_id, now, is_active=False)
            await tell_hall(connection, None, "account", account_id)
            await store.insert_audit(connection, "deactivate_account", str(account_id), {}, actor_id=actor_id, now=now)
    return account


async def reactivate(
    connection: Connection, account_id: UUID, *, actor_id: UUID | None, now: datetime
) -> store.Account:
    """Put an account back into use; it signs in anew, and its tablets need a new link each. Returns the account."""
    async with connection.transaction():
        await store.lock_accounts(connection)
        account = await _account(connection, account_id)
        if not account.is_active:
            await _set_active(connection, account_id, now, is_active=True)
            await store.insert_audit(connection, "reactivate_account", str(account_id), {}, actor_id=actor_id, now=now)
    return account


async def sign_in(connection: Connection, username: str, password: str, *, asked_from: str = "", now: datetime) -> str:
    """Check a password and begin a session; returns its token. ``asked_from`` is the client's address."""
    subject = _account_subject(username)
    account = await store.account_named(connection, username.strip().lower())
    known = account.password_hash if account and account.is_active else None
    wrong = rules.WrongPassword(guesses=rules.GUESSES_PER_WINDOW)
    await _guess(connection, subject, known or _decoy, password, wrong, asked_from=asked_from, now=now)
    token, ends = secrets.token_urlsafe(32), now + rules.SIGN_IN_LASTS
    if account is None or not await store.insert_sign_in(connection, token_digest(token), account, now, ends):
        raise wrong
    return token


async def sign_out(connection: Connection, token: str) -> None:
    """End a session."""
    await store.delete_sign_in(connection, token_digest(token))


async def open_enrolment(connection: Connection, account_id: UUID, *, now: datetime) -> str:
    """Make a one-time link for a judge's tablet; returns its token. Raises ``AccountIsOutOfUse``."""
    account = await _account(connection, account_id)
    token, ends = secrets.token_urlsafe(18), now + rules.ENROLMENT_LASTS
    if not await store.insert_enrolment(connection, token_digest(token), account_id, now, ends):
        raise rules.AccountIsOutOfUse(name=account.name)
    return token


async def enrol_device(connection: Connection, token: str, name: str, *, now: datetime) -> str:
    """Use a one-time link up; returns the tablet's own token."""
    device_token = secrets.token_urlsafe(32)
    async with connection.transaction():
        account_id = await store.spend_enrolment(connection, token_digest(token), now)
        if account_id is None:
            raise rules.EnrolmentIsSpent
        device_id = new_id()
        await store.insert_device(
            connection, device_id, account_id, token_digest(device_token), name.strip()[:80] or "tablet", now
        )
        await store.insert_audit(
            connection, "enrol_device", str(device_id), {"name": name}, actor_id=account_id, now=now
        )
    return device_token


async def unlock_device(connection: Connection, device_token: str, pin: str, *, now: datetime) -> None:
    """Check a judge's PIN on their tablet and open it for the day."""
    holder = await store.holder_of(connection, token_digest(device_token))
    if holder is None:
        raise rules.EnrolmentIsSpent
    if holder.revoked_at is not None:
        raise rules.DeviceIsRevoked
    known = holder.account.pin_hash or _decoy
    await _guess(
        connection, _device_subject(holder.device_id), known, pin, rules.WrongPin(name=holder.account.name), now=now
    )
    await store.unlock(connection, holder.device_id, now + rules.UNLOCK_LASTS, now)


async def revoke_device(connection: Connection, device_id: UUID, *, actor_id: UUID, now: datetime) -> None:
    """Take a tablet out of use."""
    async with connection.transaction():
        if await store.revoke_device(connection, device_id, now):
            await store.insert_audit(connection, "revoke_device", str(device_id), {}, actor_id=actor_id, now=now)
            await tell_hall(connection, None, "device", device_id)


async def retire_devices(connection: Connection, name: str, *, now: datetime) -> None:
    """Take every tablet of this name out of use."""
    async with connection.transaction():
        await store.revoke_devices_named(connection, name, now)
        await tell_hall(connection, None, "device")


def new_pin() -> str:
    """A PIN of six digits, by chance."""
    return "".join(secrets.choice("0123456789") for _ in range(rules.PIN_DIGITS))


async def _guess(
    connection: Connection,
    subject: str,
    known: str,
    guess: str,
    wrong: Exception,
    *,
    asked_from: str = "",
    now: datetime,
) -> None:
    """Check ``guess`` against a hash within the limits of tries; a wrong one is committed before it is refused.

    From one address one guess is hashed at a time, whatever it is at: guessing there leaves the machine to the marks.
    """
    async with connection.transaction():
        for counted in sorted({subject, asked_from} - {""}):  # the same order for all: none waits in a ring
            await store.lock_subject(connection, counted)
        for limit in rules.guess_limits(subject, asked_from):
            if at := await store.full_since(connection, limit, now - rules.GUESS_WINDOW):
                raise rules.TooManyGuesses(minutes=rules.minutes_until(at + rules.GUESS_WINDOW, now))
        is_right = await _matches(known, guess)
        if is_right:
            await store.forget_guesses(connection, subject)
        else:
            await store.insert_guess(connection, subject, asked_from, now, now - rules.GUESS_WINDOW)
    if not is_right:
        raise wrong


async def _account(connection: Connection, account_id: UUID) -> store.Account:
    account = await store.account_with(connection, account_id)
    if account is None:
        raise NotFound
    return account


async def _set_active(connection: Connection, account_id: UUID, now: datetime, *, is_active: bool) -> None:
    for device_id in await store.set_active(connection, account_id, now, is_active=is_active):
        await tell_hall(connection, None, "device", device_id)


async def _hash(secret: str) -> str:
    return await asyncio.to_thread(_hasher.hash, secret)


async def _matches(known: str, guess: str) -> bool:
    try:
        return await asyncio.to_thread(_hasher.verify, known, guess)
    except VerifyMismatchError:
        return False


def _check_username(username: str) -> None:
    if not re.fullmatch(rf"[a-z0-9.-]{{2,{LONGEST_USERNAME}}}", username):
        raise rules.BadUsername(username=username)


def _check_password(password: str) -> None:
    if len(password) < rules.PASSWORD_LENGTH:
        raise rules.PasswordIsWeak(length=rules.PASSWORD_LENGTH)


def _account_subject(username: str) -> str:
    # No account has a longer name, and what people send is not to fill an index.
    return f"account {username.strip().lower()[: LONGEST_USERNAME + 1]}"


def _device_subject(device_id: UUID) -> str:
    return f"device {device_id}"
