"""The judging page in a real browser follows the contest by itself, and leaves alone what its reader is working on."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import pytest
from playwright.async_api import Page

from competition.access.store import insert_device
from competition.judging import messages
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.marks import Say
from tests.house import Contest, found_contest, mark, record
from tests.journeys.conftest import Opening
from tests.site import PASSWORD, Site

BEGUN = "#matrix [data-state=begun]"


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """Three entrants whose sheets are laid out; nothing is marked."""
    return await found_contest(connection)


async def judging_page(site: Site, contest: Contest, open_browser: Opening) -> Page:
    """The judging page of a chief judge at the desk, connected."""
    page = await (await open_browser(viewport={"width": 1400, "height": 900})).new_page()
    await page.goto(f"{site.base_url}/sign-in?next=/desk/events/{contest.event_id}/judging")
    await page.get_by_label("User name").fill(await site.account("chief_judge"))
    await page.get_by_label("Password").fill(PASSWORD)
    async with page.expect_websocket() as connecting:
        await page.get_by_role("button", name="Sign in").click()
    await (await connecting.value).wait_for_event("framereceived")
    return page


async def ask(connection: Connection, contest: Contest, words: str) -> None:
    """Judge 0 signals a problem from a tablet."""
    device_id = new_id()
    await insert_device(connection, device_id, contest.judges[0].id, device_id.bytes, "a tablet", clock.now())
    judge = msgspec.structs.replace(contest.judges[0], device_id=device_id)
    await messages.say(connection, contest.event_id, Say(id=new_id(), words=words), judge, clock.now())


async def marked(connection: Connection, contest: Contest, codes: Sequence[str]) -> None:
    """Judge 0 begins the practice of these entrants."""
    for code in codes:
        made = mark(contest.sheet(code, "A1", 0), "A1.1", "0.008")
        await record(connection, Shelf(), contest, contest.judges[0], made, now=clock.now())


async def test_judging_page_follows_marks_and_messages(
    site: Site, connection: Connection, contest: Contest, open_browser: Opening
) -> None:
    """A mark and a judge's problem are on the page a moment after they were committed, without a reload."""
    page = await judging_page(site, contest, open_browser)
    await page.evaluate("globalThis.isSamePage = true")
    began = time.monotonic()
    await marked(connection, contest, contest.codes[:1])
    await page.locator(BEGUN).wait_for()
    await ask(connection, contest, "The gauge sticks")
    await page.get_by_text("The gauge sticks").wait_for()
    assert time.monotonic() - began < 5
    assert await page.evaluate("globalThis.isSamePage")


async def test_judging_page_leaves_an_answer_alone_that_is_being_written(
    site: Site, connection: Connection, contest: Contest, open_browser: Opening
) -> None:
    """While the chief judge writes an answer, its part of the page stays as it is and the others go on; afterwards it follows."""
    await ask(connection, contest, "First")
    page = await judging_page(site, contest, open_browser)
    answer = page.locator("#problems").get_by_label("Answer")
    await page.locator("#problems summary").click()
    await answer.fill("I am com")
    await ask(connection, contest, "Second")
    await marked(connection, contest, contest.codes[:2])
    await page.locator(BEGUN).nth(1).wait_for()
    assert (await answer.input_value(), await page.get_by_text("Second").count()) == ("I am com", 0)
    await answer.fill("")
    await page.locator("#problems summary").click()
    await page.locator("h1").click()
    await page.get_by_text("Second").wait_for()


async def test_judging_page_asks_by_itself_where_no_socket_gets_through(
    site: Site, connection: Connection, contest: Contest, open_browser: Opening
) -> None:
    """In a network that forbids sockets the page is fetched anew every few seconds."""
    context = await open_browser(viewport={"width": 1400, "height": 900})
    await context.add_init_script("globalThis.WebSocket = class extends EventTarget { close() {} };")
    page = await context.new_page()
    await page.goto(f"{site.base_url}/sign-in?next=/desk/events/{contest.event_id}/judging")
    await page.get_by_label("User name").fill(await site.account("chief_judge"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("#matrix").wait_for()
    await marked(connection, contest, contest.codes[:1])
    await page.locator(BEGUN).wait_for(timeout=15_000)
