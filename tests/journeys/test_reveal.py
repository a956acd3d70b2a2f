"""A ceremony in real browsers: rehearsed under a watermark, then live, with every screen on the presenter's step."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import msgspec
from playwright.async_api import BrowserContext, Page, expect

from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.results import actions as results
from competition.staging import actions as staging
from competition.staging import store
from schemas.base import Text
from schemas.closing import PlacesAward
from schemas.staging import Reveal
from tests.house import Contest, found_contest, mark_all, small_scheme
from tests.journeys.conftest import Opening
from tests.site import PASSWORD, Site

PRIZES = msgspec.structs.replace(
    small_scheme(),
    awards=(
        PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),
        PlacesAward(id="second", name=Text(zh="二等奖", en="Second prize"), count=2),
    ),
)
HALL = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
BOARD = "stage"
COME_TO_REST = """() => Promise.allSettled(
  document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity).map((each) => each.finished),
)"""
AT_REST = """document.getAnimations().every(
  (each) => each instanceof CSSTransition || each.effect.getTiming().iterations === Infinity,
)"""
CLOSED = "[data-curtain='closed']"


async def test_a_ceremony(site: Site, connection: Connection, open_browser: Opening) -> None:
    """Frozen, prepared, rehearsed and revealed: every screen follows, a late one lands there, and only who presents knows more."""
    contest = await frozen_with_a_draft(connection)
    desk, other, hall, embed = await asyncio.gather(
        at_the_desk(site, contest, await open_browser(viewport=PHONE), "organiser"),
        at_the_desk(site, contest, await open_browser(viewport=HALL), "presenter"),
        screen_on(site, await open_browser(viewport=HALL)),
        screen_on(site, await open_browser(viewport=PHONE, reduced_motion="reduce"), "/embed"),
    )

    await rehearse(connection, contest, desk, hall, embed)

    await go_live(desk, hall, embed)
    await two_hands(connection, contest, desk, other, hall, embed)
    for to in (2, 3):
        await press(desk, "Next")
        await stands_at(connection, contest, to, hall, embed)

    await press(desk, "Curtain")
    await expect(hall.locator(CLOSED)).to_have_count(1)
    late = await screen_on(site, hall.context)
    await expect(late.locator(CLOSED)).to_have_count(1)
    await press(desk, "Open the curtain")
    await stands_at(connection, contest, 3, hall, embed, late)
    await comes_to_rest(hall)
    await late.reload()
    assert await late.evaluate(AT_REST)
    assert await scene(late) == await scene(hall)
    await expect(late.locator("[data-connection='live']")).to_have_count(1)
    assert await scene(late) == await scene(hall)
    await only_the_presenter_knows(site, connection, contest, embed.context, step=3)

    await press(desk, "Next")
    await stands_at(connection, contest, 4, hall, embed, late)
    await expect(desk.locator("#next-heading")).to_have_text("Nothing more: everything is revealed")
    await comes_to_rest(hall)
    assert await hall.locator(".reveal-roll li").count() == 4
    assert await hall.locator(".reveal-slips, .reveal-flight").count() == 0


async def rehearse(connection: Connection, contest: Contest, desk: Page, *all_screens: Page) -> None:
    """Prepared from the draft and rehearsed, every screen shows invented people under a watermark."""
    await desk.get_by_label("By place").check()
    await desk.get_by_role("button", name="Prepare").click()
    await expect(desk.locator("#steps")).to_contain_text("4th place")
    await press(desk, "Rehearse")
    await expect(desk.locator("#mode-heading")).to_have_text("Rehearsal: nothing in it is real")
    await press(desk, "Next")
    [invented] = (await kept(connection, contest)).rehearsal.steps[0].rows
    for screen in all_screens:
        await expect(screen.locator("[data-heading]")).to_have_text("4th place")
        await expect(screen.locator(".reveal-stage")).to_contain_text(invented.name)
        await expect(screen.locator("[data-watermark]")).to_be_visible()
        await expect(screen.locator("[data-publication]")).to_have_text("REHEARSAL")


async def go_live(desk: Page, *all_screens: Page) -> None:
    """Confirmed, the reveal begins at the curtain, without a watermark."""
    await desk.get_by_text("Go live…").click()
    await desk.get_by_label("Yes, show the real results").check()
    await press(desk, "Go live")
    await expect(desk.locator("#now-heading")).to_have_text("The curtain")
    for screen in all_screens:
        await expect(screen.locator(CLOSED)).to_have_count(1)
        await expect(screen.locator("[data-watermark]")).to_be_hidden()


async def two_hands(connection: Connection, contest: Contest, desk: Page, other: Page, *all_screens: Page) -> None:
    """A double tap takes one step; the other presenter's keys go on from there and back, and both pages know."""
    await is_listening(desk)
    await desk.get_by_role("button", name="Next").dblclick()
    await stands_at(connection, contest, 1, *all_screens)
    await expect(other.locator("#now-heading")).to_have_text("4th place")
    for key, to, place in (("ArrowRight", 2, "3rd place"), ("ArrowLeft", 1, "4th place")):
        await is_listening(other)
        await other.keyboard.press(key)
        await stands_at(connection, contest, to, *all_screens)
        await expect(desk.locator("#now-heading")).to_have_text(place)


async def frozen_with_a_draft(connection: Connection) -> Contest:
    """Four entrants with four totals, a podium board, the boards frozen, and a draft list."""
    contest, shelf, now = await found_contest(connection, scheme=PRIZES, entrants=4), Shelf(), clock.now()
    readings = {code: {"T1.1": (str(100 - 5 * index),)} for index, code in enumerate(contest.codes)}
    await mark_all(connection, shelf, contest, readings)
    who: dict[str, Any] = {"person": contest.organiser, "now": now}
    title = Text(zh="颁奖台", en="Podium")
    await staging.open_board(connection, contest.event_id, BOARD, "podium", title, **who)
    await staging.freeze(connection, contest.event_id, None, **who)
    await results.publish(connection, shelf, contest.event_id, "draft", **who)
    return contest


async def at_the_desk(site: Site, contest: Contest, window: BrowserContext, role: Any) -> Page:
    """The page of the reveal, as this role signs in."""
    page = await window.new_page()
    await page.goto(f"{site.base_url}/sign-in?next=/desk/events/{contest.event_id}/reveal")
    await page.fill("input[name=username]", await site.account(role))
    await page.fill("input[name=password]", PASSWORD)
    await page.locator("form:has(input[name=password])").evaluate("form => form.requestSubmit()")
    await expect(page.locator("[data-presenting]")).to_have_count(1)
    return page


async def screen_on(site: Site, window: BrowserContext, form: str = "") -> Page:
    """The board, once its stream runs."""
    page = await window.new_page()
    await page.goto(f"{site.base_url}/boards/{BOARD}{form}")
    await expect(page.locator("[data-connection='live']")).to_have_count(1)
    return page


async def press(desk: Page, name: str) -> None:
    """Press a button as soon as it listens."""
    await is_listening(desk)
    await desk.get_by_role("button", name=name, exact=True).click()


async def is_listening(desk: Page) -> None:
    """The buttons are deaf for a moment after each change."""
    await expect(desk.locator("[data-presenting]:not([data-deaf])")).to_have_count(1)


async def stands_at(connection: Connection, contest: Contest, step: int, *all_screens: Page) -> None:
    """Every screen shows this step of the real list, and everybody whom it brought."""
    reveal = await kept(connection, contest)
    for screen in all_screens:
        await expect(screen.locator("[data-heading]")).to_have_text(reveal.script.steps[step - 1].heading.en)
        for row in reveal.script.steps[step - 1].rows:
            await expect(screen.locator(f".reveal-stage [data-code='{row.code}'] .winner-name")).to_have_text(row.name)
    reveal = await kept(connection, contest)
    assert (reveal.mode, reveal.step) == ("live", step)


async def only_the_presenter_knows(
    site: Site, connection: Connection, contest: Contest, window: BrowserContext, *, step: int
) -> None:
    """Who has a presenter's address is told the next names, in a page that says so; no byte for anybody else has them."""
    reveal = await kept(connection, contest)
    to_come = [row.name for each in reveal.script.steps[step:] for row in each.rows]
    told = [row.name for row in reveal.script.steps[step].rows]
    token = await staging.open_pass(
        connection, contest.event_id, "presenter", "", timedelta(hours=1), person=contest.organiser, now=clock.now()
    )
    prompter = await screen_on(site, window, f"?pass={token}")
    await expect(prompter.locator("[data-prompter]")).to_contain_text("Only you see this")
    for name in told:
        await expect(prompter.locator("[data-prompt-rows]")).to_contain_text(name)
    visitor = await site.visitor()
    for form in ("", "/embed", "/overlay", "/print", "/state"):
        answer = await visitor.get(f"/boards/{BOARD}{form}")
        assert answer.status_code == 200
        assert [name for name in to_come if name in answer.text] == []
        assert reveal.script.steps[step - 1].rows[0].name in answer.text


async def kept(connection: Connection, contest: Contest) -> Reveal:
    """The reveal as it is."""
    reveal = await store.reveal_of(connection, contest.event_id)
    assert reveal is not None
    return reveal


async def comes_to_rest(screen: Page) -> None:
    """Until nothing moves any more but what always does."""
    await screen.evaluate(COME_TO_REST)


async def scene(screen: Page) -> str:
    """What a screen shows, without what is only how it was written."""
    markup = await screen.locator("[data-reveal]").evaluate("element => element.outerHTML")
    return re.sub(r"\s+", " ", re.sub(r"<!--.*?-->| title=\"[^\"]*\"|=\"\"", "", markup)).replace("> <", "><")
