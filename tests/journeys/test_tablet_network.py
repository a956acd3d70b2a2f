"""One judge's tablet while the network is away or another's, and while its browser dies: no mark is lost, and the judge is told."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, async_playwright, expect

from competition.demo.contest import Demo
from tests.faults.chaos import PORTALS, Chaos, Fault
from tests.journeys.conftest import CHROMIUM, TABLET, Opening, Tell
from tests.journeys.tablets import KEPT, TabletInHand, cells_of, form_of, holds, in_hand, p95
from tests.site import Site

MANY = 200
BACK_SECONDS = 10.0
"""How long after the network is back every mark has its receipt."""

SILENT_SECONDS = 14.0
"""The same, where the last request before it was sent into silence and is waited for to its end."""

NOTICED_MS = 20_000
"""How long a tablet may take to see that nobody answers."""

DEAD_SECONDS = 10.0

SHEETS = 12
ANSWERED_MS = 500
"""Far above what it takes, which is printed: a busy machine fails no test."""

TIMED = """
() => {
  trial.taps = [];
  const timed = ({ target, timeStamp }) => {
    const card = target.closest("[data-aspect]");
    if (!card) return;
    const changed = new MutationObserver(() => {
      changed.disconnect();
      requestAnimationFrame(() => trial.taps.push(performance.now() - timeStamp));
    });
    changed.observe(card, { subtree: true, childList: true, characterData: true, attributes: true });
  };
  addEventListener("click", timed, { capture: true });
}
"""
"""Times each tap, from when the finger was there until its card is about to be drawn anew."""


@pytest.fixture
async def open_profile(tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[BrowserContext]]]:
    """Opens a browser over one folder of its own, where it keeps everything from one time to the next."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian package chromium)")
    async with async_playwright() as playwright:

        async def browser() -> BrowserContext:
            return await playwright.chromium.launch_persistent_context(
                tmp_path / "profile",
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
                locale="en-GB",
                viewport=TABLET,  # type: ignore[arg-type]
            )

        yield browser


@pytest.mark.parametrize(
    ("away", "within"), [("offline", BACK_SECONDS), ("reset", BACK_SECONDS), ("silent", SILENT_SECONDS)]
)
async def test_two_hundred_marks_made_offline_arrive_once(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening, tell: Tell, away: str, within: float
) -> None:
    """However the network is away, the tablet keeps them and says so; with it they are received within seconds, each once."""
    tablet = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    line = tablet.page.locator("[data-line]")
    (chaos.fall_silent if away == "silent" else chaos.go_out)()
    await tablet.context.set_offline(away == "offline")
    await tablet.enter(MANY)
    await expect(line).to_contain_text(f"{MANY} marks on this tablet", timeout=NOTICED_MS)
    await tablet.page.reload()
    await tablet.ready()
    await expect(line).to_contain_text(f"{MANY} marks on this tablet", timeout=NOTICED_MS)
    if away == "silent":
        await swallowed_one_more(chaos)
    chaos.come_back()
    await tablet.context.set_offline(False)
    took = await tablet.cleared()
    await expect(line).to_contain_text("All marks received")
    await holds(site, tablet)
    assert len(tablet.acknowledged) == MANY
    tell(f"{MANY} marks made without network ({away}): all received {took:.2f} s after it was back")
    assert took < within


async def test_app_is_kept_on_a_network_that_loses_requests(demo: Demo, chaos: Chaos, open_browser: Opening) -> None:
    """What is lost while the app is being kept is asked for again, until every page of it opens without network."""
    tablet = TabletInHand(await open_browser(), demo.judges[0])
    await tablet.enrol(chaos.address)
    await tablet.visit(f"{chaos.address}/judge")
    chaos.shares = {Fault.DROP: 0.1, Fault.CUT: 0.1}
    await tablet.page.wait_for_function(KEPT)
    chaos.go_out()
    await tablet.open(f"{chaos.address}/judge")
    assert chaos.met[Fault.DROP] > 0


async def test_two_pages_of_one_tablet_send_each_mark_once(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening
) -> None:
    """Two pages over one outbox may both send what is in it; it is recorded once, and both come to know."""
    tablet = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    chaos.go_out()
    await tablet.enter(MANY)
    pages = [tablet.page, await tablet.context.new_page()]
    await pages[1].goto(f"{chaos.address}/judge/outbox")
    await tablet.ready()
    assert await tablet.queued() == MANY
    chaos.come_back()
    for page in pages:
        await page.wait_for_function("() => trial.tablet.entries.length === 0")
        await tablet.listen(page)
    await holds(site, tablet)
    assert {one.mark.id for one in tablet.acknowledged} == set(tablet.made)


async def test_marks_in_a_browser_that_is_killed_are_kept(
    site: Site, demo: Demo, chaos: Chaos, open_profile: Callable[[], Awaitable[BrowserContext]], tmp_path: Path
) -> None:
    """A browser killed with a full outbox comes back with all of it, offline still, and sends each mark once."""
    # Closed in order once: what a browser does not promise to keep through its first half minute are its cookies.
    await (await in_hand(await open_profile(), demo.judges[0], chaos.address)).context.close()
    tablet = TabletInHand(await open_profile(), demo.judges[0])
    await tablet.open(f"{chaos.address}/judge")
    chaos.go_out()
    await tablet.enter(MANY)
    await killed(browser_over(tmp_path / "profile"))
    tablet.context = await open_profile()
    await tablet.open(f"{chaos.address}/judge")
    assert await tablet.queued() == MANY
    chaos.come_back()
    await tablet.cleared()
    await holds(site, tablet)
    assert len(tablet.acknowledged) == MANY
    await tablet.context.close()


@pytest.mark.parametrize("portal", PORTALS)
async def test_captive_portal_takes_nothing(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening, portal: Fault
) -> None:
    """Whatever a wifi's sign-in page answers, marks stay, the judge is told of the wrong network, and the pages still open."""
    tablet = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    chaos.shares = {portal: 1}
    chaos.cut_sockets()
    await tablet.enter(20)
    await expect(tablet.page.locator("[data-line]")).to_contain_text("wrong network", ignore_case=True)
    await tablet.page.reload()
    await tablet.ready()
    await expect(tablet.page.locator("[data-alert]")).to_be_visible()
    assert (await tablet.queued(), await tablet.link()) == (20, "wrong_network")
    assert chaos.met[portal] > 2
    chaos.shares = {}
    await tablet.cleared()
    await tablet.page.reload()
    await tablet.ready()
    await expect(tablet.page.locator("[data-line]")).to_contain_text("All marks received")
    await holds(site, tablet)
    assert len(tablet.acknowledged) == 20


async def test_taps_are_answered_without_network(demo: Demo, chaos: Chaos, open_browser: Opening, tell: Tell) -> None:
    """Whatever the network does, a tap is answered on the screen within a tenth of a second."""
    tablet = await in_hand(await open_browser(has_touch=True), demo.judges[0], chaos.address)
    event, sheet, _ = cells_of(await tablet.snapshot())[0]
    await tablet.open(f"{chaos.address}{form_of(event, sheet)}")
    chaos.go_out()
    await tablet.context.set_offline(True)
    await tablet.page.evaluate(TIMED)
    taps = 0
    for _ in range(SHEETS):
        for key in await tablet.page.locator("[data-more], [data-value='1']").all():
            await key.tap()
            taps += 1
        await tablet.page.locator("a[data-after]").tap()
    answered: list[float] = await tablet.page.evaluate("() => trial.taps")
    figures = f"median {statistics.median(answered):.0f} ms, p95 {p95(answered):.0f} ms, most {max(answered):.0f} ms"
    tell(f"{len(answered)} taps without network: answered after {figures}")
    assert len(answered) == taps
    assert statistics.median(answered) < ANSWERED_MS


async def swallowed_one_more(chaos: Chaos) -> None:
    """Wait until the tablet has sent something into silence: the worst moment to come back."""
    before = chaos.swallowed
    async with asyncio.timeout(NOTICED_MS / 1_000):
        while chaos.swallowed == before:  # noqa: ASYNC110 - told by nothing but itself
            await asyncio.sleep(0.01)


def browser_over(profile: Path) -> int:
    """The process id of the browser that works over this folder."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
                if f"--user-data-dir={profile}" in command and "--type=" not in command:
                    return int(folder.name)
    raise LookupError(profile)


async def killed(pid: int) -> None:
    """Kill a browser and all its processes as a crash would."""
    os.killpg(os.getpgid(pid), signal.SIGKILL)
    async with asyncio.timeout(DEAD_SECONDS):
        while is_there(pid):  # noqa: ASYNC110 - another process sets no Event
            await asyncio.sleep(0.01)


def is_there(pid: int) -> bool:
    """Whether there is such a process."""
    return Path(f"/proc/{pid}").exists()
