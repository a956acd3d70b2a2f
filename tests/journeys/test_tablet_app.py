"""The tablet as an app: it opens without a network, leads to the right entrant, and shows what waits on it and the ways on."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from datetime import timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.async_api import expect

from competition.demo.contest import Demo
from competition.plumbing import clock
from schemas.marks import RecordMark
from tests.journeys.conftest import Opening, Tell, enrol
from tests.journeys.tablets import TabletInHand, another_link, holds, in_hand, owned
from tests.site import Site

FIRST_SCREEN_BYTES = 150_000
READY = "This tablet also opens without a network"
SCAN = """
(text) => {
  const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const [place, key] of [...text, "Enter"].entries()) setTimeout(press, 5 * place, key);
}
"""
"""What a barcode scanner does: it types, faster than anybody."""


async def test_everything_opens_without_a_network_after_the_first_visit(
    site: Site, demo: Demo, open_browser: Opening
) -> None:
    """The page says once it can; then the list, every form and the outbox open offline, and say that they are."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page = tablet.page
    await expect(page.locator("[data-offline]")).to_contain_text(READY)
    addresses = await page.locator("a.sheet-row").evaluate_all("(links) => links.map((link) => link.href)")
    await tablet.context.set_offline(True)
    for address in (addresses[0], addresses[-1], f"{site.base_url}/judge/outbox", f"{site.base_url}/judge"):
        await page.goto(address)
        await expect(page.locator("[data-line]")).to_contain_text("Offline")
    await expect(page.locator("a.sheet-row")).to_have_count(len(addresses))
    await expect(page.locator("[data-offline]")).to_contain_text(READY)
    await page.locator("[data-language]").click()
    await expect(page.locator("[data-alert]")).to_contain_text("when the competition's network is there")
    await tablet.context.set_offline(False)
    await page.locator("[data-language]").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.locator("a.sheet-row")).to_have_count(len(addresses))


async def test_first_screen_is_light(demo: Demo, open_browser: Opening, tell: Tell) -> None:
    """A tablet's very first visit transfers less than 150 KB until the list is there."""
    context = await open_browser(service_workers="block")
    await enrol(context, demo.judges[0])
    page = context.pages[0]
    watched = await context.new_cdp_session(page)
    received: list[int] = []
    watched.on("Network.loadingFinished", lambda told: received.append(int(told["encodedDataLength"])))
    await watched.send("Network.enable")
    await watched.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await page.goto(f"{demo.base_url}/judge", wait_until="networkidle")
    await expect(page.locator("a.sheet-row").first).to_be_visible()
    tell(f"first screen: {sum(received) / 1_000:.1f} KB in {len(received)} answers")
    assert sum(received) < FIRST_SCREEN_BYTES


async def test_entrant_is_found_by_bench_code_and_scanner(site: Site, demo: Demo, open_browser: Opening) -> None:
    """A bench's QR code, a scanner that types and a typed code lead to the entrant; of another session only after a question."""
    await running_now(site, session=2)
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page, listed = tablet.page, f"{site.base_url}/judge"
    codes = {
        (sheet.session, sheet.bench): (sheet.code, str(sheet.id))
        for sheet in (await tablet.snapshot()).events[0].sheets
    }
    await expect(page.locator("details.session").first).to_contain_text("Session 2")
    await expect(page.locator("[data-running=yes] [data-clock]")).to_have_text("not started yet")
    await page.goto(f"{listed}#bench=3")
    await expect(page).to_have_url(opened(codes[2, 3][1]))
    await page.goto(listed)
    await page.evaluate(SCAN, f"{site.base_url}/judge#bench=4")
    await expect(page).to_have_url(opened(codes[2, 4][1]))
    await page.goto(listed)
    await page.fill("[data-find] input", codes[1, 1][0].lower())
    await page.keyboard.press("Enter")
    asked = page.locator("[data-other-session]")
    await expect(asked).to_contain_text(f"{codes[1, 1][0]} belongs to session 1; session 2 runs now.")
    await asked.locator("[value=back]").click()
    await expect(page).to_have_url(listed)
    await page.locator(f'.sheet-row[data-sheet-id="{codes[3, 1][1]}"]').evaluate("(link) => link.click()")
    await expect(asked).to_contain_text("session 3")
    await asked.locator("[value=open]").click()
    await expect(page).to_have_url(opened(codes[3, 1][1]))
    await page.goto(f"{listed}#code=X99")
    await expect(page.locator("[data-note]")).to_contain_text("None of your sheets is for X99.")


async def test_outbox_shows_what_waits_and_the_ways_on(site: Site, demo: Demo, open_browser: Opening) -> None:
    """Each entry says what it is and since when; a refused one is sent again, or set aside after a question."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page = tablet.page
    event = (await tablet.snapshot()).events[0]
    sheet = event.sheets[0]
    await tablet.context.set_offline(True)
    await tablet.enter(1)
    stray = RecordMark(id=uuid4(), sheet_id=sheet.id, aspect="Z9.9", base=0, made_at=clock.now(), values=())
    await tablet.enter_these([(event, stray)])
    await page.goto(f"{site.base_url}/judge/outbox")
    entries = page.locator("[data-entries] .entry")
    await expect(entries).to_have_count(2)
    await expect(entries.first).to_contain_text(sheet.code)
    await expect(entries.first).to_contain_text("since")
    await expect(entries.first.locator("[data-state]")).to_have_text("on this tablet")
    await tablet.context.set_offline(False)
    await page.locator("[data-send-now]").click()
    await expect(entries).to_have_count(1)
    await expect(entries.first.locator("[data-state]")).to_have_text("needs attention")
    await expect(page.locator("[data-line]")).to_contain_text("1 entry needs your attention")
    await entries.first.locator("[data-again]").click()
    await expect(entries.first.locator("[data-refusal]")).to_be_visible()
    await entries.first.locator("[data-set-aside]").click()
    await page.locator("[data-asking] [value=back]").click()
    await expect(entries).to_have_count(1)
    await entries.first.locator("[data-set-aside]").click()
    await page.locator("[data-asking] [value=aside]").click()
    await expect(page.locator("[data-none]")).to_be_visible()
    await expect(page.locator("[data-line]")).to_contain_text("All marks received")
    tablet.made.remove(stray.id)
    await tablet.listen()
    await holds(site, tablet)


async def test_rescue_file_is_saved_offline_and_sealed(site: Site, demo: Demo, open_browser: Opening) -> None:
    """Without a network the outbox gives a file that opens with this tablet's key alone, with every entry in it."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    key = b64decode((await tablet.snapshot()).rescue_key)
    await tablet.context.set_offline(True)
    await tablet.enter(3)
    await tablet.page.goto(f"{site.base_url}/judge/outbox")
    async with tablet.page.expect_download() as download:
        await tablet.page.locator("[data-rescue]").click()
    file = json.loads((await (await download.value).path()).read_bytes())
    snapshot = await tablet.snapshot()
    assert (file["format"], file["device_id"]) == ("leitai-rescue-1", str(snapshot.device_id))
    inside = json.loads(AESGCM(key).decrypt(b64decode(file["nonce"]), b64decode(file["sealed"]), None))
    assert inside["judge_id"] == str(snapshot.judge_id)
    assert [entry["command"]["id"] for entry in inside["entries"]] == [str(mark_id) for mark_id in tablet.made]
    await expect(tablet.page.locator("[data-note]")).to_contain_text("The file with 3 entries")


async def test_tablet_is_locked_only_when_nothing_waits(site: Site, demo: Demo, open_browser: Opening) -> None:
    """With marks queued the lock says how many; once they are received it locks, and the judge's data leave the tablet."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page = tablet.page
    await tablet.context.set_offline(True)
    await tablet.enter(2)
    await page.locator("[data-lock]").click()
    await expect(page.locator("[data-note]")).to_contain_text("2 entries are not received yet.")
    await tablet.context.set_offline(False)
    await tablet.cleared()
    await page.locator("[data-lock]").click()
    await page.wait_for_url("**/judge/unlock")
    assert await page.evaluate("caches.keys().then((names) => names.filter((name) => name.includes('pages')))") == []
    await page.goto(f"{site.base_url}/judge")
    await page.wait_for_url("**/judge/unlock**")


async def test_another_judges_marks_wait_for_their_judge(site: Site, demo: Demo, open_browser: Opening) -> None:
    """Another judge who signs in here sends only own marks; the first one's stay, are named, and go when that judge is back."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    await tablet.context.set_offline(True)
    await tablet.enter(2)
    await tablet.page.goto("about:blank")
    await tablet.context.set_offline(False)
    second = TabletInHand(tablet.context, demo.judges[1])
    await second.enrol(site.base_url)
    await second.open(f"{site.base_url}/judge")
    await second.page.wait_for_function("(name) => trial.tablet.snapshot.judge === name", arg=demo.judges[1].name)
    await second.enter(1)
    await second.cleared()
    await second.page.goto(f"{site.base_url}/judge/outbox")
    await expect(second.page.locator("[data-others]")).to_contain_text(f"2 of {demo.judges[0].name}")
    await expect(second.page.locator("[data-none]")).to_be_visible()
    await second.page.goto("about:blank")
    back = TabletInHand(tablet.context, await another_link(site, demo.judges[0]))
    await back.enrol(site.base_url)
    await back.open(f"{site.base_url}/judge")
    await back.page.wait_for_function("(name) => trial.tablet.snapshot.judge === name", arg=demo.judges[0].name)
    await back.cleared()
    back.made = tablet.made
    await holds(site, second, back)


async def test_problem_is_signalled_and_answered(site: Site, demo: Demo, open_browser: Opening) -> None:
    """A judge's words reach the server like a mark; the chief judge's answer comes up on the list until it is read."""
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page = tablet.page
    snapshot = await tablet.snapshot()
    sheet = snapshot.events[0].sheets[2]
    await page.locator("[data-problem]").click()
    await page.select_option("[data-problem-about]", str(sheet.id))
    await page.fill("[data-problem-words]", "the gauge is missing")
    await page.locator("[data-problem-send]").click()
    await expect(page.locator("[data-note]")).to_contain_text("Your message is on this tablet")
    await tablet.cleared()
    async with owned(site) as connection:
        [told] = await connection.fetch("SELECT id, event_id, sheet_id, words FROM message")
    assert tuple(told)[1:] == (snapshot.events[0].id, sheet.id, "the gauge is missing")
    chief = await site.sign_in("chief_judge")
    await chief.submit(
        f"/desk/events/{told['event_id']}/messages",
        {"id": str(uuid4()), "words": "one is on its way", "answers": str(told["id"])},
    )
    message = page.locator(".message")
    await expect(message).to_contain_text("one is on its way")
    await message.locator("[data-message-read]").click()
    await expect(message).to_have_count(0)
    await page.reload()
    await tablet.ready()
    await expect(message).to_have_count(0)


def opened(sheet_id: str) -> re.Pattern[str]:
    """The address of a sheet."""
    return re.compile(rf"/judge/forms/.+#{sheet_id}$")


async def running_now(site: Site, *, session: int) -> None:
    """Lay the sessions so that this one runs."""
    async with owned(site) as connection:
        rows = await connection.fetch("SELECT id, number FROM session ORDER BY number")
        for row in rows:
            starts_at = clock.now() + timedelta(hours=3 * (row["number"] - session) - 1)
            await connection.execute(
                "UPDATE session SET starts_at = $2, ends_at = $3 WHERE id = $1",
                row["id"], starts_at, starts_at + timedelta(hours=2),
            )  # fmt: skip
