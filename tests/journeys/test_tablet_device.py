"""What can be wrong with the tablet itself: storage that keeps nothing, and a clock that is a day off."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from playwright.async_api import expect

from competition.demo.contest import Demo
from competition.plumbing import clock
from tests.journeys.conftest import Opening, Tell
from tests.journeys.tablets import TabletInHand, another_link, cells_of, fetched, form_of, holds, in_hand
from tests.site import Site

TOLD_SECONDS = 5.0
"""Far above what it takes, which is printed: a busy machine fails no test."""

FULL_BYTES = 1
PUT_BACK = timedelta(minutes=10)
BINARY = "A2.2"
BLOCKED = """IDBFactory.prototype.open = () => { throw new DOMException("blocked", "SecurityError"); };"""
HELD = """
() => new Promise((resolve) => {
  const opening = indexedDB.open("leitai", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "sequence", autoIncrement: true });
  opening.onsuccess = () => resolve(void (globalThis.held = opening.result));
})
"""
"""An older page that has the database open and does not make room for a newer one."""


async def test_full_storage_is_told_at_once(site: Site, demo: Demo, open_browser: Opening, tell: Tell) -> None:
    """Where the browser has no room the judge is told within a second, and nothing can be entered; with room all goes on."""
    tablet = TabletInHand(await open_browser(), demo.judges[0])
    await tablet.enrol(site.base_url)
    event, sheet, aspect = next(cell for cell in cells_of(await fetched(tablet, site.base_url)) if cell[2].id == BINARY)
    page = await tablet.context.new_page()
    await page.goto(f"{site.base_url}/sign-in")
    developer = await tablet.context.new_cdp_session(page)
    await developer.send("Storage.overrideQuotaForOrigin", {"origin": site.base_url, "quotaSize": FULL_BYTES})
    await page.goto(f"{site.base_url}{form_of(event, sheet)}")
    began = time.perf_counter()
    await told(tablet)
    took = time.perf_counter() - began
    yes = page.locator(f"[data-aspect='{BINARY}'] [data-value='1']")
    await expect(yes).to_be_disabled()
    await developer.send("Storage.overrideQuotaForOrigin", {"origin": site.base_url})
    await tablet.open(f"{site.base_url}/judge")
    await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
    await yes.click()
    await tablet.cleared()
    tablet.made = [told.mark.id for told in tablet.acknowledged]
    await holds(site, tablet)
    assert [(told.mark.sheet_id, told.mark.aspect) for told in tablet.acknowledged] == [(sheet.id, aspect.id)]
    tell(f"storage full: told {took:.3f} s after the page was there")
    assert took < TOLD_SECONDS


@pytest.mark.parametrize("fault", ["blocked", "held"])
async def test_storage_that_does_not_open_is_told_at_once(
    site: Site, demo: Demo, open_browser: Opening, tell: Tell, fault: str
) -> None:
    """Whether the browser refuses or never answers, the judge is told within a second of the page, and nothing can be entered."""
    tablet = TabletInHand(await open_browser(), demo.judges[0])
    await tablet.enrol(site.base_url)
    if fault == "blocked":
        await tablet.context.add_init_script(BLOCKED)
    page = await tablet.context.new_page()
    await page.goto(f"{site.base_url}/sign-in")
    if fault == "held":
        await page.evaluate(HELD)
        page = await tablet.context.new_page()
    await page.goto(f"{site.base_url}/judge")
    began = time.perf_counter()
    await told(tablet)
    took = time.perf_counter() - began
    tell(f"storage {fault}: told {took:.3f} s after the page was there")
    assert took < TOLD_SECONDS


@pytest.mark.parametrize("days", [-1, 1])
async def test_clock_that_is_a_day_off_changes_no_order(
    site: Site, demo: Demo, open_browser: Opening, days: int
) -> None:
    """The later mark counts, whatever the tablets' clocks say; the wrong one is flagged, told to its judge and seen at the desk."""
    off = TabletInHand(await open_browser(), demo.judges[0], ahead=timedelta(days=days))
    await off.enrol(site.base_url)
    await off.open(f"{site.base_url}/judge")
    right = await in_hand(await open_browser(), await another_link(site, demo.judges[0]), site.base_url, seed=1)
    event, sheet, aspect = cells_of(await off.snapshot())[0]
    tablets = [right, off] if days < 0 else [off, right]
    for tablet in tablets:
        mark = tablet.mark(event, (await fetched(tablet, site.base_url)).events[0].sheets[0], aspect)
        await tablet.enter_these([(event, mark)])
        await tablet.cleared()
    await holds(site, *tablets)
    assert [tablet.acknowledged[0].receipt.flags for tablet in (off, right)] == [("clock_skew",), ()]
    [in_force] = (await fetched(right, site.base_url)).events[0].sheets[0].marks
    assert (in_force.id, sheet.id) == (tablets[1].made[0], mark.sheet_id)
    await expect(off.page.locator("[data-alert]")).to_contain_text("clock")
    chief = await site.sign_in("chief_judge")
    desk = (await chief.get(f"/desk/events/{event.id}/judging")).text
    assert "24 h" in desk


async def test_server_whose_clock_is_put_back_keeps_the_order(
    site: Site, demo: Demo, open_browser: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is that of the ledger; a clock that jumps makes no mark late, and costs none."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    event, sheet, aspect = cells_of(await tablet.snapshot())[0]
    await tablet.enter_these([(event, tablet.mark(event, sheet, aspect))])
    await tablet.cleared()
    correction, right = tablet.mark(event, sheet, aspect), clock.now
    monkeypatch.setattr(clock, "now", lambda: right() - PUT_BACK)
    await tablet.enter_these([(event, correction)])
    await tablet.cleared()
    monkeypatch.undo()
    await holds(site, tablet)
    assert [one.receipt.flags for one in tablet.acknowledged] == [(), ("clock_skew",)]
    [in_force] = (await fetched(tablet, site.base_url)).events[0].sheets[0].marks
    assert in_force.id == tablet.made[1]


async def told(tablet: TabletInHand) -> None:
    """Wait until the line says that this browser keeps nothing."""
    await expect(tablet.page.locator("[data-line][data-tone=bad]")).to_be_visible()
    await expect(tablet.page.locator("[data-alert]")).to_be_visible()
