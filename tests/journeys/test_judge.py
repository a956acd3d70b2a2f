"""A judge's day in a real browser: enrol, mark, lose the network, sign, correct after a reopening."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import httpx
from playwright.async_api import Page, expect

from competition.demo.contest import Demo
from competition.demo.robots import Seat, run_robots
from tests.house import small_scheme
from tests.journeys.conftest import Opening, enrol, found_demo
from tests.journeys.sheets import sign
from tests.site import Site


async def test_judge_marks_a_sheet_and_the_board_shows_it(demo: Demo, open_browser: Opening) -> None:
    """What a judge taps is acknowledged with its place in the ledger, and moves a board that is open elsewhere."""
    tablet, hall = await open_browser(), await open_browser(viewport={"width": 1920, "height": 1080})
    board = await hall.new_page()
    await board.goto(demo.boards[0].url)
    await enrol(tablet, demo.judges[0])
    page = tablet.pages[0]
    await page.locator("a.next").click()
    code = (await page.locator("header .bench-code").inner_text()).split()[-1]
    await mark_everything(page)
    for chip in await page.locator("[data-chip]").all():
        await expect(chip).to_contain_text("received #")
    row = board.locator("tr, li, [data-code]").filter(has_text=code).first
    await expect(row).not_to_contain_text("0.00")
    await expect(board.locator("body")).to_contain_text("LIVE")


async def test_marks_made_without_network_arrive_once(demo: Demo, open_browser: Opening, site: Site) -> None:
    """Offline the tablet says in words that marks are on it; back online all are received, each exactly once."""
    tablet = await open_browser()
    await enrol(tablet, demo.judges[0])
    page = tablet.pages[0]
    await page.locator("a.next").click()
    await expect(page.locator("[data-entry] button").first).to_be_enabled()
    await tablet.set_offline(True)
    before = await revision(demo)
    await mark_everything(page)
    await expect(page.locator("[data-line]")).to_contain_text("on this tablet")
    assert await revision(demo) == before
    await tablet.set_offline(False)
    await expect(page.locator("[data-line]")).to_contain_text("All marks received", timeout=15_000)
    aspects = await page.locator("[data-aspect]").count()
    connection = await asyncpg.connect(site.dsn)
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'mark'") == aspects
    await connection.close()


async def test_signed_sheet_is_reopened_corrected_and_signed_again(demo: Demo, open_browser: Opening) -> None:
    """A judge signs what was read back; the chief judge reopens with a reason that the judge sees; both signatures stay."""
    tablet, desk = await open_browser(), await open_browser(viewport={"width": 1440, "height": 900})
    await enrol(tablet, demo.judges[0])
    page = tablet.pages[0]
    await page.locator("a.next").click()
    await mark_everything(page)
    await sign(page)

    chief = await desk.new_page()
    await sign_in(chief, demo, "chief_judge")
    event_id, sheet_id = page.url.split("/forms/")[1].split("/")[0], page.url.partition("#")[2]
    await chief.goto(f"{demo.base_url}/desk/events/{event_id}/sheets/{sheet_id}")
    await chief.fill("input[name=reason]", "reading copied from the neighbour")
    await chief.get_by_role("button", name="Reopen the sheet").click()

    await expect(page.locator("[data-reopened]")).to_contain_text("reading copied from the neighbour")
    await expect(page.locator("[data-signatures] [data-state=void]")).to_contain_text("void since the reopening")
    await sign(page)


async def test_what_another_marked_for_the_panel_leaves_this_sheet(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """A measurement that one judge takes for the panel: once another has it, the open sheet closes it by itself, and is signed."""
    demo = await found_demo(site, tmp_path, scheme=small_scheme(measurers=1), judges=2, entrants=1)
    tablet = await open_browser()
    await enrol(tablet, demo.judges[0])
    page = tablet.pages[0]
    await page.locator("a.next").click()
    measured, counted = page.locator("[data-aspect='A1.1']"), page.locator("[data-aspect='A1.2']")
    await expect(measured).to_contain_text("One judge marks this for the panel.")
    await expect(measured.locator("[data-entry] button").first).to_be_enabled()
    await run_robots([Seat(enrol_url=judge.enrol_url, pin=judge.pin) for judge in demo.judges[1:]], pace=0, seed=1)
    await expect(measured.locator("[data-chip]")).to_have_text("marked by the panel", timeout=15_000)
    await expect(measured.locator("[data-entry]")).to_be_hidden()
    await expect(page.locator("[data-progress]")).to_have_text("1 of 2")
    await counted.locator("[data-no-faults]").click()
    await sign(page)
    await expect(page.locator("[data-row='A1.1']")).to_contain_text("marked by the panel")


async def mark_everything(page: Page) -> None:
    """Give every aspect of the open sheet a reading with the controls of its kind."""
    for card in await page.locator("[data-aspect]").all():
        match await card.get_attribute("data-kind"):
            case "binary" | "choice" | "judgement":
                await card.locator("[data-value]").first.click()
            case "deduction":
                await card.locator("[data-no-faults]").click()
            case "measurement" | "score":
                for field in await card.locator("[data-reading]").all():
                    await field.click()
                    pad = page.locator("[data-pad]")
                    await expect(pad).to_be_visible()
                    for key in "0.01" if await card.get_attribute("data-kind") == "measurement" else "8":
                        await pad.locator(f'[data-key="{key}"]').click()
                    await pad.locator("[data-pad-enter]").click()
                    if await pad.is_visible():
                        await pad.locator("[data-pad-close]").click()
                        break
        await asyncio.sleep(0)


async def sign_in(page: Page, demo: Demo, who: str) -> None:
    """Sign in at the desk with one of the demo's accounts."""
    login = getattr(demo, who)
    await page.goto(f"{demo.base_url}/sign-in")
    await page.fill("input[name=username]", login.username)
    await page.fill("input[name=password]", login.password)
    await page.locator("form:has(input[name=password])").evaluate("form => form.requestSubmit()")
    await page.wait_for_url("**/desk")


async def revision(demo: Demo) -> int:
    """The revision the board is at."""
    async with httpx.AsyncClient() as client:
        return int((await client.get(demo.boards[0].state_url)).json()["revision"])
