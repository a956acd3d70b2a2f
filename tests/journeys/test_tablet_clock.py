"""The session's clock on a judge's tablet in a real Chromium: as the desk runs it, for the bench at hand, and without a network."""

from __future__ import annotations

import re
import time

import httpx
from playwright.async_api import expect

from competition.demo.contest import Demo
from competition.plumbing import clock
from tests.journeys.conftest import Opening, Tell
from tests.journeys.tablets import form_of, in_hand
from tests.site import Site

HEARD = re.compile(r"^as of \d\d:\d\d$")
HEAD_HEIGHT = "document.querySelector('[data-top]').offsetHeight"


async def test_session_clock_follows_the_desk_and_runs_on_without_it(
    site: Site, demo: Demo, open_browser: Opening, tell: Tell
) -> None:
    """Started, with time back for one bench, paused: the open sheet says so by itself; offline it goes on by the last word."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page, [event] = tablet.page, (await tablet.snapshot()).events
    own, other = [sheet for sheet in event.sheets if sheet.session == 1][:2]
    chief, at = await site.sign_in("organiser"), f"/desk/events/{event.id}/sessions/1"
    await page.goto(f"{site.base_url}{form_of(event, own)}")
    says, note = page.locator("[data-clock-says]"), page.locator("[data-clock-note]")
    await expect(says).to_have_text("not started yet")
    height = await page.evaluate(HEAD_HEIGHT)

    async def desk(way: str, form: dict[str, str], told: str | re.Pattern[str]) -> None:
        began = time.perf_counter()
        answer = await chief.submit(f"{at}/{way}", form)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        await expect(says).to_have_text(told)
        tell(f"clock {way}: on the tablet after {time.perf_counter() - began:.2f} s")

    await desk("clock/start", {"ago": "60"}, re.compile(r"^(2:00:00|1:59:\d\d) left$"))
    await expect(note).to_have_text("")
    given = {"id": str(clock.new_id()), "seen": "0", "bench": str(own.bench), "time": "5", "reason": "power cut"}
    await desk("time-back", given, re.compile(r"^2:0\d:\d\d left$"))
    await expect(note).to_have_text("5:00 given back")
    await desk("clock/pause", {}, re.compile(r"^paused · 2:0\d:\d\d$"))
    await expect(page.locator("[data-announce]")).to_have_text(re.compile("^Session clock: paused"))
    await page.evaluate("(id) => { location.hash = id; }", str(other.id))
    await expect(says).to_have_text(re.compile(r"^paused · (1:5\d|2:00):\d\d$"))
    await expect(note).to_have_text("")
    await desk("clock/resume", {}, re.compile(r"^(1:5\d|2:00):\d\d left$"))

    await tablet.context.set_offline(True)
    await page.reload()
    await expect(says).to_have_text(re.compile(r"^(1:5\d|2:00):\d\d left$"))
    await expect(note).to_have_text(HEARD)
    before = await says.text_content()
    await expect(says).not_to_have_text(before or "")
    await chief.submit(f"{at}/clock/reset", {"reason": "started by mistake"})
    await tablet.context.set_offline(False)
    await expect(says).to_have_text("not started yet")
    await expect(note).to_have_text("")
    assert await page.evaluate(HEAD_HEIGHT) == height
