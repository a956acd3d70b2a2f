"""From entrant to entrant on one form: without a load, whoever competes now first, and warned where it is the wrong one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import asyncpg
from playwright.async_api import Route, expect

from competition.plumbing import clock
from tests.journeys.conftest import Opening
from tests.journeys.sheets import card, every_kind_demo, open_sheet, sign
from tests.site import Site


async def test_after_signing_the_next_entrant_comes_up_without_a_load(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """The key at the thumb leads on; the page is the same one, its head and focus the next entrant's; back again is signed."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    await page.evaluate("globalThis.loaded_once = true")
    for aspect in ("B1.1", "B1.2"):
        await card(page, aspect).locator("[data-no-faults]").click()
    here = await page.locator("[data-whose] [data-code]").inner_text()
    await sign(page)
    await page.locator("[data-next]").click()
    code = page.locator("[data-whose] [data-code]")
    await expect(code).not_to_have_text(here)
    await expect(page.locator("[data-whose]")).to_be_focused()
    assert await page.evaluate("[globalThis.loaded_once, scrollY]") == [True, 0]
    await expect(card(page, "B1.1").locator("[data-chip]")).to_have_text("to do")
    await page.locator("[data-before]").click()
    await expect(code).to_have_text(here)
    await expect(page.locator("[data-seal-sealed]")).to_be_visible()
    await page.go_back()
    await expect(code).not_to_have_text(here)


async def test_who_competes_now_comes_first_and_others_are_warned_of(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """While session 2 runs its entrants lead the way, and the sheet of one of session 1 says whose turn it is."""
    demo = await every_kind_demo(site, tmp_path, entrants=6)
    await _run_session(site, 2)
    page = await open_sheet(demo, open_browser, "B1")
    warnings = page.locator("[data-warnings]")
    walked = []
    for _ in range(6):
        code = await page.locator("[data-whose] [data-code]").inner_text()
        walked.append(code)
        if code.startswith("B"):
            await expect(warnings).to_be_empty()
        else:
            await expect(warnings).to_contain_text(f"{code} competes in session {'ABC'.index(code[0]) + 1}")
            await expect(warnings).to_contain_text("session 2 is running now.")
        if await page.locator("[data-after]").get_attribute("href"):
            await page.locator("[data-after]").click()
            await expect(page.locator("[data-whose] [data-code]")).not_to_have_text(code)
    assert walked == ["B01", "B02", "A01", "A02", "C01", "C02"]


async def test_sheet_says_where_a_scheme_was_amended(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """A form of a scheme that holds no more takes nothing in; what is begun stays, and the way on is the list."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")

    async def amended(route: Route) -> None:
        answer = await route.fetch(headers={**route.request.headers, "if-none-match": ""})
        tablet = await answer.json()
        for event in tablet["events"]:
            event["scheme_digest"] = "another"
        await route.fulfill(response=answer, json=tablet)

    await card(page, "B1.1").locator("[data-more]").first.click()
    await page.context.route("**/judge/sheets", amended)
    await page.reload()
    await expect(page.locator("[data-amended]")).to_be_visible()
    await expect(card(page, "B1.1").locator("[data-more]").first).to_be_disabled()


async def _run_session(site: Site, running: int) -> None:
    """Lay the sessions so that this one runs."""
    connection = await asyncpg.connect(site.dsn)
    for number in (1, 2, 3):
        starts_at = clock.now() + timedelta(hours=3 * (number - running) - 1)
        await connection.execute(
            "UPDATE session SET starts_at = $2, ends_at = $3 WHERE number = $1", number, starts_at, starts_at + timedelta(hours=2)
        )  # fmt: skip
    await connection.close()
