"""What journeys walk on: a real Chromium against the real server, with the demo competition in it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from playwright.async_api import BrowserContext, async_playwright, expect

from competition.demo.contest import Demo, DemoJudge, prepare_demo
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.sealing import Sealer
from tests.faults.chaos import Chaos, network
from tests.site import Site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TABLET = {"width": 820, "height": 1180}
PATIENCE_MS = 10_000
"""How long a busy machine may take for what is to be seen."""

Opening = Callable[..., Awaitable[BrowserContext]]
Tell = Callable[[str], None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A journey that fails is walked once more: a busy machine can be too slow once, what is wrong is wrong twice."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture
async def demo(site: Site, tmp_path: Path) -> Demo:
    """The demo competition, set up in this test's database; nobody marks yet."""
    return await found_demo(site, tmp_path)


async def found_demo(site: Site, data: Path, **options: Any) -> Demo:
    """The demo with twelve robots, unless ``options`` say otherwise, such as another scheme."""
    connection = await asyncpg.connect(site.dsn, server_settings={"role": "leitai_app", "timezone": "UTC"})
    try:
        return await prepare_demo(
            connection,
            Shelf(),
            Sealer(site.settings.secret),
            data,
            base_url=site.base_url,
            now=clock.now(),
            **{"seed": 1, "judges": 12, **options},
        )
    finally:
        await connection.close()


@pytest.fixture
async def open_browser() -> AsyncIterator[Opening]:
    """What opens browser windows that share nothing; any fault of a script on a page fails the test."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian package chromium)")
    expect.set_options(timeout=PATIENCE_MS)
    faults: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )

        async def window(**options: object) -> BrowserContext:
            context = await browser.new_context(**{"locale": "en-GB", "viewport": TABLET, **options})  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE_MS)
            context.on("weberror", lambda fault: faults.append(str(fault.error)))
            return context

        yield window
        await browser.close()
    assert faults == []


@pytest.fixture
async def chaos(site: Site) -> AsyncIterator[Chaos]:
    """The network between tablets and the server; it works well until it is told otherwise."""
    async with network(site.base_url) as chaos:
        yield chaos


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints figures, past the capture, for people to read."""

    def say(figures: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n  {figures}")

    return say


async def enrol(context: BrowserContext, judge: DemoJudge) -> None:
    """Make this window the judge's tablet, as the judge does it: link, button, PIN."""
    page = context.pages[0] if context.pages else await context.new_page()
    await page.goto(judge.enrol_url)
    await page.locator("form button").last.click()
    await page.wait_for_url("**/judge/unlock**")
    await page.fill("input[name=pin]", judge.pin)
    if "/judge/unlock" in page.url:
        await page.locator("form:has(input[name=pin])").evaluate("form => form.requestSubmit()")
    await page.wait_for_url("**/judge")
