"""Accounts, sign-in, tablets and the limit on guessing, over a real database."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from competition.access import actions, rules, store
from competition.access.actions import token_digest
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, Pool, open_pool
from schemas.access import Person
from tests.house import NOW, PIN, add_person

PASSWORD = "a long enough sentence"
WRONG = "a wrong but long sentence"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """The pool that the server would use over this test's database."""
    async with await open_pool(dsn, "leitai_app", most=10) as pool:
        yield pool


# Accounts -------------------------------------------------------------------------------------------------------------


async def test_account_keeps_only_a_hash_of_its_secrets(connection: Connection) -> None:
    """Neither password nor PIN can be read from the database: both are kept as argon2id hashes."""
    account_id = await _organiser(connection, pin=PIN)
    row = await connection.fetchrow("SELECT * FROM account WHERE id = $1", account_id)
    assert row is not None
    assert row["password_hash"].startswith("$argon2id$")
    assert row["pin_hash"].startswith("$argon2id$")
    assert PASSWORD not in str(row)
    assert PIN not in row["pin_hash"].split("$")


async def test_account_needs_a_plain_user_name(connection: Connection) -> None:
    """A user name that cannot be typed the same way twice is refused, and no account is made."""
    for username in ("", "a", "Wang", "王", "a b", "a" * 41, "x_y", "a\n", "a@b"):
        with pytest.raises(rules.BadUsername):
            await actions.add_account(connection, "王", "organiser", username=username, password=PASSWORD, now=NOW)
    assert await store.accounts(connection) == ()


async def test_account_needs_a_long_password(connection: Connection) -> None:
    """Nine characters are refused and ten are taken."""
    with pytest.raises(rules.PasswordIsWeak):
        await actions.add_account(connection, "王", "organiser", username="wang", password="123456789", now=NOW)
    with pytest.raises(rules.PasswordIsWeak):
        await actions.add_account(connection, "王", "organiser", username="wang", now=NOW)
    await actions.add_account(connection, "王", "organiser", username="wang", password="1234567890", now=NOW)
    assert [account.username for account in await store.accounts(connection)] == ["wang"]


async def test_account_name_is_taken_once(connection: Connection) -> None:
    """A second account cannot have the user name of the first."""
    await _organiser(connection)
    with pytest.raises(rules.UsernameIsTaken):
        await _organiser(connection)


async def test_account_without_a_user_name_cannot_sign_in(connection: Connection) -> None:
    """A judge who has only a PIN has no way in by password."""
    await add_person(connection, "judge", pin=PIN, name="judge")
    with pytest.raises(rules.WrongPassword):
        await actions.sign_in(connection, "judge", PIN, now=NOW)


# Signing in -----------------------------------------------------------------------------------------------------------


async def test_sign_in_begins_a_session_for_twelve_hours(connection: Connection) -> None:
    """The token leads to the person until it expires, and not a moment longer."""
    account_id = await _organiser(connection)
    token = await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    person = Person(id=account_id, role="organiser", name="王")
    assert await _signed_in(connection, token, NOW + timedelta(hours=12, seconds=-1)) == person
    assert await _signed_in(connection, token, NOW + timedelta(hours=12)) is None


async def test_sign_in_ignores_case_and_space_around_the_user_name(connection: Connection) -> None:
    """What a phone's keyboard does to a user name does not keep anybody out."""
    await _organiser(connection)
    assert await actions.sign_in(connection, " Wang ", PASSWORD, now=NOW)


async def test_sign_in_keeps_only_a_digest_of_its_token(connection: Connection) -> None:
    """Whoever reads the table of sessions cannot sign in with it."""
    await _organiser(connection)
    token = await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    assert await _digests(connection, "sign_in") == [token_digest(token)]


async def test_sign_in_tells_unknown_and_wrong_apart_to_nobody(connection: Connection) -> None:
    """An unknown user name, a wrong password and an account out of use are answered by the same sentence."""
    await _organiser(connection)
    await connection.execute(
        "INSERT INTO account (id, role, name, username, password_hash, is_active, created_at)"
        " SELECT $1, role, name, 'gone', password_hash, false, created_at FROM account",
        new_id(),
    )
    said = set()
    for username, password in (("wang", WRONG), ("nobody", WRONG), ("gone", PASSWORD)):
        with pytest.raises(rules.WrongPassword) as refused:
            await actions.sign_in(connection, username, password, now=NOW)
        said.add(str(refused.value))
    assert len(said) == 1


async def test_sign_out_ends_this_session_only(connection: Connection) -> None:
    """Signing out on one machine leaves the other signed in."""
    account_id = await _organiser(connection)
    here = await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    there = await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    await actions.sign_out(connection, here)
    assert await _signed_in(connection, here, NOW) is None
    assert await _signed_in(connection, there, NOW) == Person(id=account_id, role="organiser", name="王")


async def test_ended_sessions_are_swept_when_somebody_signs_in(connection: Connection) -> None:
    """Sessions that have expired do not pile up."""
    await _organiser(connection)
    await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    token = await actions.sign_in(connection, "wang", PASSWORD, now=NOW + timedelta(days=1))
    assert await _digests(connection, "sign_in") == [token_digest(token)]


async def test_change_password_ends_every_session_and_clears_wrong_tries(connection: Connection) -> None:
    """After a new password the old one and its sessions are worth nothing, and the owner need not wait."""
    await _organiser(connection)
    token = await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    await _exhaust_password(connection)
    await actions.change_password(connection, "wang", WRONG)
    assert await _signed_in(connection, token, NOW) is None
    assert await actions.sign_in(connection, "wang", WRONG, now=NOW)
    with pytest.raises(rules.WrongPassword):
        await actions.sign_in(connection, "wang", PASSWORD, now=NOW)


async def test_change_password_of_nobody_is_refused(connection: Connection) -> None:
    """A user name that nobody has is named in the refusal."""
    with pytest.raises(rules.NoSuchAccount):
        await actions.change_password(connection, "nobody", PASSWORD)


async def test_passwords_are_guessed_at_ten_times_at_most(connection: Connection) -> None:
    """After ten wrong tries even the right password must wait, while another account is not concerned."""
    await _organiser(connection)
    await actions.add_account(connection, "李", "organiser", username="li", password=PASSWORD, now=NOW)
    await _exhaust_password(connection)
    with pytest.raises(rules.TooManyGuesses):
        await actions.sign_in(connection, "wang", PASSWORD, now=NOW)
    assert await actions.sign_in(connection, "li", PASSWORD, now=NOW)
    assert await actions.sign_in(connection, "wang", PASSWORD, now=NOW + rules.GUESS_WINDOW)


async def test_a_right_password_clears_the_wrong_ones_before_it(connection: Connection) -> None:
    """Nine slips, then the right password, then nine more slips: nobody is locked out."""
    await _organiser(connection)
    for _ in range(2):
        await _exhaust_password(connection, leaving=1)
        assert await actions.sign_in(connection, "wang", PASSWORD, now=NOW)


async def test_guessing_from_elsewhere_keeps_nobody_out(connection: Connection) -> None:
    """Who guesses has to wait; the owner at another address signs in, and that clears nobody's way but their own account's."""
    await _organiser(connection)
    for _ in range(rules.GUESSES_PER_WINDOW):
        with pytest.raises(rules.WrongPassword):
            await actions.sign_in(connection, "wang", WRONG, asked_from="203.0.113.7", now=NOW)
    with pytest.raises(rules.TooManyGuesses) as refused:
        await actions.sign_in(connection, "wang", PASSWORD, asked_from="203.0.113.7", now=NOW + timedelta(minutes=4))
    assert refused.value.data == {"minutes": 11}
    assert await actions.sign_in(connection, "wang", PASSWORD, asked_from="192.0.2.1", now=NOW)


async def test_guessing_from_everywhere_at_one_account_ends_at_last(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each address has its own tries, and all together have many; another account is not touched."""
    monkeypatch.setattr(rules, "GUESSES_FROM_EVERYWHERE", 3)
    await _organiser(connection)
    await actions.add_account(connection, "李", "organiser", username="li", password=PASSWORD, now=NOW)
    for number in range(3):
        with pytest.raises(rules.WrongPassword):
            await actions.sign_in(connection, "wang", WRONG, asked_from=f"203.0.113.{number}", now=NOW)
    with pytest.raises(rules.TooManyGuesses):
        await actions.sign_in(connection, "wang", PASSWORD, asked_from="192.0.2.1", now=NOW)
    assert await actions.sign_in(connection, "li", PASSWORD, asked_from="192.0.2.1", now=NOW)


async def test_guessing_at_many_names_keeps_nobody_out_at_the_same_address(connection: Connection) -> None:
    """A hall behind one address: somebody there tries name after name, and who knows a password signs in all the same."""
    account_id = await _organiser(connection)
    said = Counter[type[Exception]]()
    for number in range(62):
        with pytest.raises((rules.WrongPassword, rules.TooManyGuesses)) as refused:
            await actions.sign_in(connection, f"name-{number}", WRONG, asked_from="203.0.113.7", now=NOW)
        said[type(refused.value)] += 1
    assert said == {rules.WrongPassword: 62}
    token = await actions.sign_in(connection, "wang", PASSWORD, asked_from="203.0.113.7", now=NOW)
    assert await _signed_in(connection, token, NOW) == Person(id=account_id, role="organiser", name="王")


async def test_a_name_of_any_length_is_only_wrong(connection: Connection) -> None:
    """More than an index takes is answered as any other name that nobody has."""
    with pytest.raises(rules.WrongPassword):
        await actions.sign_in(connection, secrets.token_hex(5_000), WRONG, asked_from="203.0.113.7", now=NOW)


async def test_a_name_that_nobody_has_is_guessed_at_ten_times_too(connection: Connection) -> None:
    """The limit tells no more than the answers: an invented name makes wait as a real one does."""
    await _organiser(connection)
    said = []
    for username in ("wang", "nobody"):
        for _ in range(rules.GUESSES_PER_WINDOW):
            with pytest.raises(rules.WrongPassword):
                await actions.sign_in(connection, username, WRONG, asked_from="203.0.113.7", now=NOW)
        with pytest.raises(rules.TooManyGuesses) as refused:
            await actions.sign_in(connection, username, WRONG, asked_from="203.0.113.7", now=NOW)
        said.append(str(refused.value))
    assert said[0] == said[1]


async def test_change_password_lifts_the_waiting_at_every_address(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An account that is guessed at from here and from everywhere waits for nobody once it has a new password."""
    monkeypatch.setattr(rules, "GUESSES_PER_WINDOW", 2)
    monkeypatch.setattr(rules, "GUESSES_FROM_EVERYWHERE", 4)
    account_id = await _organiser(connection)
    for address in ("203.0.113.7", "203.0.113.8"):
        for _ in range(2):
            with pytest.raises(rules.WrongPassword):
                await actions.sign_in(connection, "wang", WRONG, asked_from=address, now=NOW)
    for address in ("203.0.113.7", "192.0.2.1"):
        with pytest.raises(rules.TooManyGuesses):
            await actions.sign_in(connection, "wang", PASSWORD, asked_from=address, now=NOW)
    await actions.change_password(connection, "wang", WRONG)
    for address in ("203.0.113.7", "192.0.2.1"):
        token = await actions.sign_in(connection, "wang", WRONG, asked_from=address, now=NOW)
        assert await _signed_in(connection, token, NOW) == Person(id=account_id, role="organiser", name="王")


# Tablets --------------------------------------------------------------------------------------------------------------


async def test_enrolment_makes_a_tablet_that_the_pin_opens(connection: Connection) -> None:
    """One link, one tablet; its judge is known after the PIN, for sixteen hours."""
    judge = await add_person(connection, "judge", pin=PIN, employer="第一教研室")
    token = await actions.enrol_device(connection, await _link(connection, judge), " 平板 1 ", now=NOW)
    locked = await store.holder_of(connection, token_digest(token))
    assert locked is not None
    assert (locked.unlocked_until, locked.revoked_at) == (None, None)
    await actions.unlock_device(connection, token, PIN, now=NOW)
    opened = await store.holder_of(connection, token_digest(token))
    assert opened is not None
    assert opened.unlocked_until == NOW + timedelta(hours=16)
    assert opened.person() == Person(
        id=judge.id, role="judge", name=judge.name, employer="第一教研室", device_id=opened.device_id
    )
    assert [(device.name, device.last_seen_at) for device in await store.devices(connection)] == [("平板 1", NOW)]
    assert await _audited(connection) == [("enrol_device", judge.id)]


async def test_enrolment_link_is_spent_by_its_first_use(connection: Connection) -> None:
    """The second browser that uses a link gets nothing."""
    judge = await add_person(connection, "judge", pin=PIN)
    link = await _link(connection, judge)
    await actions.enrol_device(connection, link, "first", now=NOW)
    with pytest.raises(rules.EnrolmentIsSpent):
        await actions.enrol_device(connection, link, "second", now=NOW)
    assert [device.name for device in await store.devices(connection)] == ["first"]


async def test_enrolment_link_is_single_use_even_at_the_same_time(connection: Connection, pool: Pool) -> None:
    """Of twelve browsers that use one link in the same moment, one becomes the tablet."""
    link = await _link(connection, await add_person(connection, "judge", pin=PIN))

    async def enrol(name: str) -> str:
        async with pool.acquire() as own:
            return await actions.enrol_device(own, link, name, now=NOW)

    outcomes = await asyncio.gather(*(enrol(str(number)) for number in range(12)), return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {str: 1, rules.EnrolmentIsSpent: 11}
    assert len(await store.devices(connection)) == 1


async def test_enrolment_link_is_too_old_after_a_week(connection: Connection) -> None:
    """A link that was never used is worth nothing after seven days; an invented one never is."""
    link = await _link(connection, await add_person(connection, "judge", pin=PIN))
    week = NOW + timedelta(days=7)
    assert await store.enrolment_open(connection, token_digest(link), week - timedelta(seconds=1)) is not None
    assert await store.enrolment_open(connection, token_digest(link), week) is None
    for token in (link, "invented"):
        with pytest.raises(rules.EnrolmentIsSpent):
            await actions.enrol_device(connection, token, "tablet", now=week)


async def test_enrolment_and_device_tokens_are_kept_as_digests(connection: Connection) -> None:
    """Neither link nor tablet can be copied from the database."""
    link = await _link(connection, await add_person(connection, "judge", pin=PIN))
    token = await actions.enrol_device(connection, link, "tablet", now=NOW)
    assert await _digests(connection, "enrolment") == [token_digest(link)]
    assert await _digests(connection, "device") == [token_digest(token)]


async def test_unlock_refuses_what_is_no_tablet_in_use(connection: Connection) -> None:
    """An unknown token, a revoked tablet and a judge without a PIN do not open, each for its own reason."""
    token = await _tablet(connection, await add_person(connection, "judge", pin=PIN))
    without_pin = await _tablet(connection, await add_person(connection, "judge"))
    revoked = await _tablet(connection, await add_person(connection, "judge", pin=PIN))
    await actions.revoke_device(connection, await _device(connection, revoked), actor_id=new_id(), now=NOW)
    with pytest.raises(rules.EnrolmentIsSpent):
        await actions.unlock_device(connection, "invented", PIN, now=NOW)
    with pytest.raises(rules.DeviceIsRevoked):
        await actions.unlock_device(connection, revoked, PIN, now=NOW)
    with pytest.raises(rules.WrongPin):
        await actions.unlock_device(connection, without_pin, "", now=NOW)
    with pytest.raises(rules.WrongPin):
        await actions.unlock_device(connection, token, "", now=NOW)


async def test_pin_is_guessed_at_forty_times_an_hour(connection: Connection) -> None:
    """Whoever tries without pause for an hour gets forty guesses looked at, spread over it (acceptance 28)."""
    token = await _tablet(connection, await add_person(connection, "judge", pin=PIN))
    tries: Counter[type[Exception]] = Counter()
    for second in range(0, 3600, 12):
        with pytest.raises((rules.WrongPin, rules.TooManyGuesses)) as refused:
            await actions.unlock_device(connection, token, "000000", now=NOW + timedelta(seconds=second))
        tries[type(refused.value)] += 1
    assert tries == {rules.WrongPin: 40, rules.TooManyGuesses: 260}


async def test_pin_guessed_at_in_a_burst_is_counted_all_the_same(connection: Connection, pool: Pool) -> None:
    """Of forty guesses in one moment ten are looked at; meanwhile another judge's tablet opens, and the guessed one waits."""
    judge, other = await add_person(connection, "judge", pin=PIN), await add_person(connection, "judge", pin=PIN)
    token, second = await _tablet(connection, judge), await _tablet(connection, judge)
    others = await _tablet(connection, other)

    async def unlock(device: str, pin: str) -> None:
        async with pool.acquire() as own:
            await actions.unlock_device(own, device, pin, now=NOW)

    guesses = [unlock(token, f"{number:06}") for number in range(40)]
    outcomes = await asyncio.gather(*guesses, unlock(others, PIN), return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {
        rules.WrongPin: 10,
        rules.TooManyGuesses: 30,
        type(None): 1,
    }
    with pytest.raises(rules.TooManyGuesses):
        await unlock(token, PIN)
    await unlock(second, PIN)
    assert {device.id: device.last_seen_at for device in await store.devices(connection)} == {
        await _device(connection, token): None,
        await _device(connection, second): NOW,
        await _device(connection, others): NOW,
    }


async def test_change_pin_locks_every_tablet_of_the_judge_and_lets_them_in_again(connection: Connection) -> None:
    """A new PIN is asked for at once, the old one is worth nothing, and wrong tries before it no longer count."""
    judge = await add_person(connection, "judge", pin=PIN)
    token = await _tablet(connection, judge)
    await actions.unlock_device(connection, token, PIN, now=NOW)
    for _ in range(rules.GUESSES_PER_WINDOW):
        with pytest.raises(rules.WrongPin):
            await actions.unlock_device(connection, token, "000000", now=NOW)
    await actions.change_pin(connection, judge.id, "135791")
    locked = await store.holder_of(connection, token_digest(token))
    assert locked is not None
    assert locked.unlocked_until is None
    with pytest.raises(rules.WrongPin):
        await actions.unlock_device(connection, token, PIN, now=NOW)
    await actions.unlock_device(connection, token, "135791", now=NOW)


async def test_revoke_device_is_written_down_once(connection: Connection) -> None:
    """Taking a tablet out of use twice, or one that never was, leaves one line in the record."""
    judge = await add_person(connection, "judge", pin=PIN)
    device, actor = await _device(connection, await _tablet(connection, judge)), new_id()
    for device_id in (device, device, new_id()):
        await actions.revoke_device(connection, device_id, actor_id=actor, now=NOW)
    assert await _audited(connection) == [("enrol_device", judge.id), ("revoke_device", actor)]


async def test_retire_devices_takes_those_of_one_name_out_of_use(connection: Connection) -> None:
    """Robots' tablets of an earlier run are retired, a judge's own is not."""
    judge = await add_person(connection, "judge", pin=PIN)
    for name in ("robot", "robot", "mine"):
        await actions.enrol_device(connection, await _link(connection, judge), name, now=NOW)
    await actions.retire_devices(connection, "robot", now=NOW)
    assert sorted(
        (device.name, device.revoked_at) for device in await store.devices(connection) if device.revoked_at
    ) == [
        ("robot", NOW),
        ("robot", NOW),
    ]


# Taken out of use -----------------------------------------------------------------------------------------------------


async def test_who_is_out_of_use_gets_neither_link_nor_pin(connection: Connection) -> None:
    """Both are refused with the name, nothing is made, and the PIN stays what it was."""
    judge = await add_person(connection, "judge", pin=PIN, name="方师傅")
    await actions.deactivate(connection, judge.id, actor_id=None, now=NOW)
    before = await connection.fetchval("SELECT pin_hash FROM account")
    for asked in (_link(connection, judge), actions.change_pin(connection, judge.id, "135791")):
        with pytest.raises(rules.AccountIsOutOfUse) as refused:
            await asked
        assert refused.value.data == {"name": "方师傅"}
    assert (await connection.fetchval("SELECT pin_hash FROM account"), await _digests(connection, "enrolment")) == (
        before,
        [],
    )


async def test_nothing_begun_while_out_of_use_lives_again(connection: Connection) -> None:
    """A link that is there all the same makes no tablet and stays unspent; coming back ends whatever there is."""
    judge = await add_person(connection, "judge", pin=PIN)
    link, token = await _link(connection, judge), await _tablet(connection, judge)
    await connection.execute("UPDATE account SET is_active = false")  # as one that was put out by hand
    await connection.execute(
        "INSERT INTO sign_in (token_digest, account_id, created_at, expires_at) VALUES ('x', $1, $2, $3)",
        judge.id, NOW, NOW + timedelta(hours=1),
    )  # fmt: skip
    with pytest.raises(rules.EnrolmentIsSpent):
        await actions.enrol_device(connection, link, "tablet", now=NOW)
    spent = await connection.fetch("SELECT token_digest FROM enrolment WHERE used_at IS NOT NULL")
    assert [row[0] for row in spent if row[0] == token_digest(link)] == []
    await actions.reactivate(connection, judge.id, actor_id=None, now=NOW)
    with pytest.raises(rules.EnrolmentIsSpent):
        await actions.enrol_device(connection, link, "tablet", now=NOW)
    with pytest.raises(rules.DeviceIsRevoked):
        await actions.unlock_device(connection, token, PIN, now=NOW)
    assert [(device.id, device.revoked_at) for device in await store.devices(connection)] == [
        (await _device(connection, token), NOW)
    ]
    assert await _digests(connection, "sign_in") == []


async def test_a_session_is_begun_only_with_the_password_of_that_moment(connection: Connection) -> None:
    """Checking it takes a while: an account that went out of use or got another password meanwhile begins none."""
    account_id = await _organiser(connection)
    checked = await store.account_with(connection, account_id)
    assert checked is not None
    ends = NOW + timedelta(hours=1)
    assert await store.insert_sign_in(connection, b"first", checked, NOW, ends)
    await actions.change_password(connection, "wang", WRONG)
    assert not await store.insert_sign_in(connection, b"second", checked, NOW, ends)
    renewed = await store.account_with(connection, account_id)
    assert renewed is not None
    await store.set_active(connection, account_id, NOW, is_active=False)
    assert not await store.insert_sign_in(connection, b"third", renewed, NOW, ends)
    assert await _digests(connection, "sign_in") == []


async def test_what_begins_while_an_account_is_put_out_waits_for_it(connection: Connection, pool: Pool) -> None:
    """Session, link and tablet all wait for the one who puts the account out, and are then refused; nothing is left over."""
    account_id = await _organiser(connection, pin=PIN)
    link = await actions.open_enrolment(connection, account_id, now=NOW)

    async def begin(how: Callable[[Connection], Awaitable[str]]) -> str:
        async with pool.acquire() as own:
            return await how(own)

    async with connection.transaction():
        await store.set_active(connection, account_id, NOW, is_active=False)
        begun = [
            asyncio.create_task(begin(how))
            for how in (
                lambda own: actions.sign_in(own, "wang", PASSWORD, now=NOW),
                lambda own: actions.open_enrolment(own, account_id, now=NOW),
                lambda own: actions.enrol_device(own, link, "tablet", now=NOW),
            )
        ]
        await _until_waiting(connection, len(begun))
    outcomes = await asyncio.gather(*begun, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        rules.WrongPassword,
        rules.AccountIsOutOfUse,
        rules.EnrolmentIsSpent,
    ]
    assert [await _digests(connection, table) for table in ("sign_in", "enrolment", "device")] == [[], [], []]


async def test_what_began_just_before_an_account_is_put_out_ends_with_it(connection: Connection, pool: Pool) -> None:
    """Who puts the account out waits for a tablet that is just being made, and takes it out of use with the others."""
    judge = await add_person(connection, "judge", pin=PIN)
    link = await _link(connection, judge)

    async def put_out() -> None:
        async with pool.acquire() as own:
            await actions.deactivate(own, judge.id, actor_id=None, now=NOW)

    async with connection.transaction():
        token = await actions.enrol_device(connection, link, "tablet", now=NOW)
        putting_out = asyncio.create_task(put_out())
        await _until_waiting(connection, 1)
    await putting_out
    with pytest.raises(rules.DeviceIsRevoked):
        await actions.unlock_device(connection, token, PIN, now=NOW)


def test_new_pin_has_six_digits() -> None:
    """PINs are six digits, the leading noughts kept, and hardly ever the same."""
    pins = [actions.new_pin() for _ in range(200)]
    assert {(len(pin), pin.isdecimal()) for pin in pins} == {(6, True)}
    assert len(set(pins)) > 190


async def _organiser(connection: Connection, *, pin: str | None = None) -> UUID:
    return await actions.add_account(
        connection, "王", "organiser", username="wang", password=PASSWORD, pin=pin, now=NOW
    )


async def _signed_in(connection: Connection, token: str, now: datetime) -> Person | None:
    return await store.person_signed_in(connection, token_digest(token), now)


async def _exhaust_password(connection: Connection, *, leaving: int = 0) -> None:
    for _ in range(rules.GUESSES_PER_WINDOW - leaving):
        with pytest.raises(rules.WrongPassword):
            await actions.sign_in(connection, "wang", WRONG, now=NOW)


async def _link(connection: Connection, judge: Person) -> str:
    return await actions.open_enrolment(connection, judge.id, now=NOW)


async def _tablet(connection: Connection, judge: Person) -> str:
    return await actions.enrol_device(connection, await _link(connection, judge), "tablet", now=NOW)


async def _device(connection: Connection, token: str) -> UUID:
    holder = await store.holder_of(connection, token_digest(token))
    assert holder is not None
    return holder.device_id


async def _until_waiting(connection: Connection, count: int) -> None:
    """Return when so many others wait for what this connection has locked."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"
    async with asyncio.timeout(60):
        while await connection.fetchval(waiting) < count:  # noqa: ASYNC110 - the database rings no bell
            await asyncio.sleep(0.01)


async def _digests(connection: Connection, table: str) -> list[bytes]:
    return [row["token_digest"] for row in await connection.fetch(f"SELECT token_digest FROM {table}")]


async def _audited(connection: Connection) -> list[tuple[str, UUID]]:
    rows = await connection.fetch("SELECT verb, actor_id FROM audit ORDER BY at, verb")
    return [(row["verb"], row["actor_id"]) for row in rows]
