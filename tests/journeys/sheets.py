"""A judge's score sheets in a real Chromium: how journeys find one, read its cards and draw on its fields."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import msgspec
from playwright.async_api import Locator, Page, expect

from competition.demo.contest import Demo
from schemas.marks import Entry
from tests.every_kind import every_kind
from tests.journeys.conftest import Opening, enrol, found_demo
from tests.site import Site

ZIGZAG = 8


async def open_sheet(demo: Demo, open_browser: Opening, sub: str, *, judge: int = 0, **options: object) -> Page:
    """A judge's own tablet, with the first sheet of a sub-criterion open on it."""
    tablet = await open_browser(**options)
    await enrol(tablet, demo.judges[judge])
    page = tablet.pages[0]
    await page.locator(f"a.sheet-row:has(.sub-id:text-is('{sub}'))").first.click()
    await expect(page.locator("[data-entry] button").first).to_be_enabled()
    return page


async def every_kind_demo(site: Site, folder: Path, *, judges: int = 0, entrants: int = 2) -> Demo:
    """The demo with the scheme in which everything occurs; ``judges`` beside the first share its panels."""
    return await found_demo(site, folder, scheme=every_kind(), judges=judges, entrants=entrants)


def card(page: Page, aspect: str) -> Locator:
    """The card of an aspect."""
    return page.locator(f"[data-aspect='{aspect}']")


def chip(page: Page, aspect: str) -> Locator:
    """Where the mark of an aspect is, in words."""
    return card(page, aspect).locator("[data-chip]")


async def draw(page: Page, dialog: str) -> None:
    """Draw a zigzag on the field of a dialog, as a finger would."""
    field = page.locator(f"{dialog} [data-ink]")
    await field.scroll_into_view_if_needed()
    box = await field.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 30, box["y"] + 60)
    await page.mouse.down()
    for n in range(1, ZIGZAG + 1):
        await page.mouse.move(box["x"] + 30 + 25 * n, box["y"] + (120 if n % 2 else 50), steps=3)
    await page.mouse.up()


async def sign(page: Page) -> None:
    """Read back and sign the open sheet by hand, and wait until the server has it."""
    await expect(page.locator("[data-sign]")).to_have_attribute("aria-disabled", "false")
    await page.locator("[data-sign]").click()
    await draw(page, "[data-signing]")
    await page.locator("[data-signing-go]").click()
    await expect(page.locator("[data-seal-sealed]")).to_be_visible()


async def ledger_of(site: Site) -> list[Entry]:
    """Everything in the ledger, in order."""
    connection = await asyncpg.connect(site.dsn)
    try:
        rows = await connection.fetch("SELECT body FROM ledger ORDER BY event_id, position")
    finally:
        await connection.close()
    return [msgspec.json.decode(row["body"], type=Entry) for row in rows]
