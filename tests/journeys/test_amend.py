"""An organiser mends a scheme after marking has begun: download, change, send, look, apply; by forms alone, without scripts."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.async_api import expect

from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from tests.house import found_contest, mark_all
from tests.journeys.conftest import Opening
from tests.site import PASSWORD, Site


async def test_locked_scheme_is_amended_in_the_open(
    site: Site, connection: Connection, open_browser: Opening, tmp_path: Path
) -> None:
    """A loose screw costs 4 points, not 5: the preview shows each total, and applied they all stand in the results at once."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest, {"A01": {"A1.2": ("0",)}})
    window = await open_browser(java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = await window.new_page()
    event = f"{site.base_url}/desk/events/{contest.event_id}"
    await page.goto(f"{site.base_url}/sign-in?next=/desk/events/{contest.event_id}/scheme/amendment")
    await page.fill("input[name=username]", await site.account("organiser"))
    await page.fill("input[name=password]", PASSWORD)
    await page.get_by_role("button", name="Sign in").click()

    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="JSON").click()
    file = tmp_path / "mended.json"
    await (await downloading.value).save_as(file)
    scheme = json.loads(file.read_bytes())
    screws = scheme["stages"][1]["criteria"][0]["sub_criteria"][0]["aspects"][1]
    screws["items"][0]["each"] = "4"
    file.write_text(json.dumps(scheme), "utf-8")
    await page.set_input_files("input[name=scheme]", file)
    await page.get_by_role("button", name="Show what it would change").click()

    rows = page.locator("section", has=page.get_by_role("heading", name="Entrants")).locator("tbody tr")
    await expect(rows).to_have_text(["A02 2= 88.17 → 88.87", "A03 2= 88.17 → 88.87"], use_inner_text=False)
    await page.get_by_label("Reason").fill("Technical description 4.2")
    await page.get_by_role("button", name="Apply it to everybody").click()
    await expect(page.get_by_role("status")).to_contain_text("The amendment is in force")
    await expect(page.locator("main")).to_contain_text("Technical description 4.2")

    await page.goto(f"{event}/results")
    await expect(page.locator("tbody strong")).to_have_text(["91.67", "88.87", "88.87"])
    await page.get_by_role("link", name="Awards and teams").click()
    await expect(page.get_by_role("heading", name="Awards and teams")).to_be_visible()
