"""The stopwatch of a timed aspect in a real browser: by the server's clock, over a reload, and never entering by itself."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from playwright.async_api import Page, expect

from schemas.marks import Mark
from tests.journeys.conftest import Opening
from tests.journeys.sheets import card, chip, every_kind_demo, ledger_of, open_sheet
from tests.site import Site

TIMED = "A2.6"


async def test_stopwatch_times_runs_over_a_reload_and_enters_nothing(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """A run goes on while the page is loaded anew; stopping fills the runs, which can still be changed before they are entered."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A2")
    timed = card(page, TIMED)
    await timed.locator("[data-watch-start]").click()
    await expect(timed.locator("[data-watch-time]")).to_have_text(re.compile(r"0:0[1-9]\.\d\d"))
    await page.reload()
    await expect(timed.locator("[data-watch-stop]")).to_be_visible()
    await expect(timed.locator("[data-watch-stop]")).to_be_enabled()
    await timed.locator("[data-watch-lap]").click()
    await timed.locator("[data-watch-stop]").click()
    runs = [await _seconds(page, place) for place in (0, 1)]
    assert runs[0] > runs[1] > 0
    assert runs[0] >= 1
    await expect(chip(page, TIMED)).to_have_text("not entered yet")
    await timed.locator("[data-reading]").nth(1).click()
    await page.keyboard.type("0:59.50")
    await page.keyboard.press("Enter")
    await page.locator("[data-pad-close]").click()
    assert await ledger_of(site) == []
    await timed.locator("[data-enter-draft]").click()
    await expect(chip(page, TIMED)).to_contain_text("received #")
    [mark] = await ledger_of(site)
    assert isinstance(mark, Mark)
    assert mark.values == (runs[0], Decimal("59.50"))


async def test_stopwatch_of_a_tablet_with_a_wrong_clock_runs_by_the_servers(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """The tablet's clock is put right by a day while a run is timed: the run is not a day long."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A2")
    timed = card(page, TIMED)
    await timed.locator("[data-watch-start]").click()
    await page.evaluate("() => { const now = Date.now; Date.now = () => now() + 86_400_000; }")
    await timed.locator("[data-watch-stop]").click()
    assert await _seconds(page, 0) < 60


async def _seconds(page: Page, place: int) -> Decimal:
    """A run that the card shows, in seconds."""
    place_shown = card(page, TIMED).locator("[data-shown]").nth(place)
    await expect(place_shown).to_have_text(re.compile(r"^\d+:\d\d\.\d\d$"))
    shown = await place_shown.inner_text()
    minutes, _, seconds = shown.partition(":")
    return int(minutes) * 60 + Decimal(seconds)
