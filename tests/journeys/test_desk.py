"""An organiser's first hour in a real browser without scripts: from nothing to score sheets on a judge's tablet."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

from playwright.async_api import Page, expect

from competition.demo import people
from competition.demo.contest import DemoJudge
from tests.journeys.conftest import Opening, enrol
from tests.site import PASSWORD, Site


async def test_event_is_set_up_by_forms_alone(site: Site, open_browser: Opening, tmp_path: Path) -> None:
    """Competition, event, delegations, roster, scheme, sessions, draw, judge, panel: each form works without scripts."""
    window = await open_browser(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    page = await window.new_page()
    await page.goto(f"{site.base_url}/sign-in?next=/desk")
    await fill(page, username=await site.account("organiser"), password=PASSWORD)
    await press(page, "Sign in")

    await fill(page, name_zh="江城杯", name_en="Jiangcheng Cup", place="Wuhu")
    await press(page, "Announce the competition")
    await fill(page, name_zh="数控机床装调维修工", name_en="CNC assembly")
    await press(page, "Add the event")
    for code, name in people.DELEGATIONS[:2]:
        await fill(page, code=code, name=name, quota="3")
        await press(page, "Add the delegation")

    roster = tmp_path / "roster.csv"
    lines = people.roster_csv(Random(1), entrants=16).decode("utf-8-sig").splitlines()
    kept = [line for line in lines if any(name in line for _, name in people.DELEGATIONS[:2])]
    roster.write_text("\n".join([lines[0], *kept]), "utf-8-sig")
    await page.set_input_files("input[name=roster]", roster)
    await press(page, "Check the roster")
    await press(page, "Import exactly this file")
    await press(page, "Confirm all as eligible")

    await tab(page, "Scheme")
    await press(page, "Use this scheme")
    await tab(page, "Timetable")
    await fill(page, time="08:00", sessions="2", per_day="2", benches="2", minutes="180", pause="30")
    await press(page, "Lay the sessions")
    await press(page, "Draw the places")

    await tab(page, "Judges")
    await fill(page, name="陈伟", employer="技师学院")
    await press(page, "Add and show the QR code")
    link = await page.locator("figcaption").inner_text()
    pin = await page.locator(".pin-shown").inner_text()
    await page.get_by_role("link", name="Done").click()
    await page.locator("summary", has_text="F1").click()
    await page.locator("details[open] label", has_text="陈伟").click()
    await page.locator("details[open]").get_by_role("button", name="Seat this panel").click()
    await tab(page, "Overview")
    await expect(page.locator("main")).to_contain_text("0 / 4")

    tablet = await open_browser()
    await enrol(tablet, DemoJudge(name="陈伟", enrol_url=link.strip(), pin=pin.strip()))
    await expect(tablet.pages[0].locator("main")).to_contain_text(re.compile("0 of 4"))


async def fill(page: Page, **fields: str) -> None:
    """Fill fields of the page by name; the first of each that can be seen."""
    for name, value in fields.items():
        await page.locator(f"input[name={name}]:visible").first.fill(value)


async def press(page: Page, name: str) -> None:
    """Press a button and wait for the page that follows; it must not be a problem."""
    await page.get_by_role("button", name=name).first.click()
    await page.wait_for_load_state()
    await expect(page.locator("[role=alert]")).to_have_count(0)


async def tab(page: Page, name: str) -> None:
    """Go to one of the event's tabs."""
    await page.locator(".desk-tabs").get_by_role("link", name=name).click()
