"""Taking an account out of use at the desk, met through the real server: every way in ends at once, and comes back as it should."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from competition.access import actions
from competition.access.guards import DEVICE_COOKIE, SESSION_COOKIE
from competition.access.rules import LastOrganiser
from competition.plumbing import clock
from competition.plumbing.database import Connection
from tests.house import PIN, add_person, found_contest, tablet_of
from tests.site import PASSWORD, Browser, Site, words_of

LOCKED, REVOKED = 4401, 4403


@asynccontextmanager
async def listening(site: Site, browser: Browser, path: str, cookie: str) -> AsyncIterator[ClientConnection]:
    """A live line of this browser, greeted."""
    address = site.base_url.replace("http", "ws") + path
    headers = {"cookie": f"{cookie}={browser.cookies[cookie]}"}
    async with websockets.connect(address, additional_headers=headers) as line:
        await line.recv()
        yield line


async def end_of(line: ClientConnection) -> int | None:
    """The code that the server closes a line with, which must be soon: long before anybody would be asked for by the clock."""
    async with asyncio.timeout(20):
        while True:
            try:
                await line.recv()
            except ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else None


async def account_id(connection: Connection, username: str) -> str:
    """The id of the account with this user name."""
    return str((await actions.account_of(connection, username)).id)


async def test_whoever_is_out_of_use_is_out_everywhere_at_once(site: Site, connection: Connection) -> None:
    """Session, live lines of the desk and the tablet: all end; the password and the PIN are worth nothing until they are back."""
    contest = await found_contest(connection)
    username = await site.account("chief_judge")
    chief, organiser = await site.visitor(), await site.sign_in()
    form = {"username": username, "password": PASSWORD, "next": "/desk"}
    assert (await chief.submit("/sign-in", form)).status_code == 303
    at = f"/desk/accounts/{await account_id(connection, username)}"
    desk = f"/desk/events/{contest.event_id}"
    async with (
        listening(site, chief, f"{desk}/live", SESSION_COOKIE) as event,
        listening(site, chief, "/desk/displays/live", SESSION_COOKIE) as displays,
        listening(site, organiser, f"{desk}/live", SESSION_COOKIE) as own,
    ):
        assert (await organiser.submit(f"{at}/deactivate")).status_code == 303
        assert [await end_of(event), await end_of(displays)] == [LOCKED, LOCKED]
        await own.ping()
        said = words_of(await organiser.get("/desk/accounts"))
        assert (
            f"{username} is out of use: sessions and tablets have ended, marks stay. Board passes they made stay valid"
            in said
        )
    assert (await chief.get(desk)).status_code == 303
    assert (await chief.submit("/sign-in", form)).status_code == 401
    assert (await organiser.submit(f"{at}/reactivate")).status_code == 303
    assert (await chief.get(desk)).status_code == 303  # the session has ended for good
    assert (await chief.submit("/sign-in", form)).status_code == 303
    verbs = await connection.fetch("SELECT verb FROM audit ORDER BY id DESC LIMIT 2")
    assert [row[0] for row in verbs] == ["reactivate_account", "deactivate_account"]


async def test_the_tablets_of_who_is_out_of_use_are_too(site: Site, connection: Connection) -> None:
    """The line says so, an open link leads nowhere, and after the return the judge gets a new tablet, not the old one."""
    judge = await add_person(connection, "judge", pin=PIN)
    tablet, organiser = await tablet_of(site, connection, judge), await site.sign_in()
    link = await actions.open_enrolment(connection, judge.id, now=clock.now())
    at = f"/desk/accounts/{judge.id}"
    async with listening(site, tablet, "/judge/live", DEVICE_COOKIE) as line:
        assert (await organiser.submit(f"{at}/deactivate")).status_code == 303
        assert await end_of(line) == REVOKED
    assert (await (await site.visitor()).get(f"/judge/enrol/{link}")).status_code == 410
    assert (await organiser.submit(f"{at}/reactivate")).status_code == 303
    assert (await tablet.get("/judge")).status_code == 403
    assert (await (await tablet_of(site, connection, judge)).get("/judge")).status_code == 200


async def test_nobody_puts_themselves_or_the_last_organiser_out(site: Site, connection: Connection) -> None:
    """One's own account, and the last one that may manage accounts, stay in use; what is not there is not found."""
    organiser = await site.sign_in()
    [own] = [str(row[0]) for row in await connection.fetch("SELECT id FROM account")]
    answer = await organiser.submit(f"/desk/accounts/{own}/deactivate")
    assert (answer.status_code, "This is your own account." in words_of(answer)) == (409, True)
    with pytest.raises(LastOrganiser):
        await actions.deactivate(connection, UUID(own), actor_id=None, now=clock.now())
    nobody = f"/desk/accounts/{own[:-4]}0000"
    answers = [await organiser.submit(f"{nobody}/{verb}") for verb in ("deactivate", "reactivate")]
    assert [each.status_code for each in answers] == [404, 404]
