"""Takes the README's pictures of a demo contest that robots are half way through, in a real Chromium."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, Page, async_playwright

from competition.demo.contest import Demo
from tests.faults.hall import hall_of
from tests.journeys.conftest import CHROMIUM, enrol
from tests.program import Program, running

FOLDER = Path(__file__).parent
JUDGES = 12
MARKS = 1_600
"""About half of the demo's contest."""
FEW = 20
QUALITY = 82
SETTLE_MS = 4_000
"""Until what moved and glowed is at rest."""


class Screen(NamedTuple):
    """A screen as large as people have it, and how much smaller its picture is."""

    name: str
    width: int
    height: int
    scale: float
    locale: str


HALL = Screen("hall", 1920, 1080, 2 / 3, "zh-CN")
PHONE = Screen("phone", 390, 844, 1.0, "zh-CN")
TABLET = Screen("tablet", 820, 1180, 2 / 3, "zh-CN")
DESK = Screen("desk", 1440, 1000, 2 / 3, "en-GB")


async def main() -> None:
    """Let robots mark, then look at the contest as everybody sees it."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running(Program(Path(folder) / "data", judges=JUDGES)) as program,
            hall_of(program.seats, pace=0, seed=3) as hall,
            async_playwright() as playwright,
        ):
            while len(hall.acknowledged) < MARKS:
                await hall.acknowledge(FEW)
            await hall.clear()
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            demo = program.demo
            for screen in (HALL, PHONE):
                page = await opened(browser, screen)
                await page.goto(demo.boards[0].url)
                await page.wait_for_selector("[data-connection=live]")
                await take(page, screen)
            await take(await sheet_of(await opened(browser, TABLET), demo), TABLET)
            await take(await matrix_of(await opened(browser, DESK), demo), DESK)
            await browser.close()


async def opened(browser: Browser, screen: Screen) -> Page:
    """An empty page on such a screen."""
    context = await browser.new_context(
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        locale=screen.locale,
    )
    return await context.new_page()


async def sheet_of(page: Page, demo: Demo) -> Page:
    """A score sheet on the first judge's tablet."""
    await enrol(page.context, demo.judges[0])
    await page.locator("a.sheet-row").first.click()
    await page.locator("[data-entry] button:enabled").first.wait_for()
    return page


async def matrix_of(page: Page, demo: Demo) -> Page:
    """The chief judge's view of who has marked what."""
    await page.goto(f"{demo.base_url}/sign-in?next=/desk")
    await page.fill("input[name=username]", demo.chief_judge.username)
    await page.fill("input[name=password]", demo.chief_judge.password)
    await page.press("input[name=password]", "Enter")
    await page.locator("a[href*='/desk/events/']").first.click()
    await page.locator("a[href$='/judging']").first.click()
    return page


async def take(page: Page, screen: Screen) -> None:
    """Keep what is to be seen, once it is at rest."""
    await page.wait_for_timeout(SETTLE_MS)
    await page.screenshot(path=FOLDER / f"{screen.name}.jpg", type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    asyncio.run(main())
