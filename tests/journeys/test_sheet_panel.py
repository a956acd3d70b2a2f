"""A panel on two tablets: blind until both have voted; far apart, both vote again against a clock, and both votes stay."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import Page, expect

from schemas.marks import Mark, Revote
from tests.journeys.conftest import Opening
from tests.journeys.sheets import card, chip, every_kind_demo, ledger_of, open_sheet
from tests.site import Site

JUDGED = "A1.4"


async def test_panel_sees_its_votes_once_all_are_in_and_votes_again(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """Levels 0 and 4 of a scheme that likes less than 2 between them: the re-vote reaches both tablets by itself."""
    demo = await every_kind_demo(site, tmp_path, judges=1, entrants=1)
    one = await open_sheet(demo, open_browser, "A1", judge=0)
    other = await open_sheet(demo, open_browser, "A1", judge=1)
    await _vote(one, 0)
    await expect(chip(one, JUDGED)).to_contain_text("received #")
    await expect(card(one, JUDGED).locator("[data-panel]")).to_be_hidden()
    await expect(card(other, JUDGED).locator("[data-panel]")).to_be_hidden()
    await _vote(other, 4)
    for page in (one, other):
        await expect(card(page, JUDGED).locator("[data-panel]")).to_contain_text("far apart")
        await expect(card(page, JUDGED).locator("[data-panel]")).to_contain_text("Mean 3.00 · median 3.00")
        await expect(card(page, JUDGED).locator("[data-revote-left]")).to_have_text(re.compile(r"[12]:\d\d left"))
        await expect(chip(page, JUDGED)).to_have_text("vote again")
        await expect(page.locator("[data-undo]")).to_be_hidden()
    await one.locator("[data-warnings] a").click()
    await expect(card(one, JUDGED).locator("[data-value='0']")).to_be_focused()

    await _vote(one, 3)
    await expect(one.locator("[data-warnings] a")).to_have_count(0)
    await expect(card(one, JUDGED).locator("[data-panel]")).to_contain_text("The panel is voting again.")
    # The same vote once more is an answer too: nothing asks for a reason.
    await _vote(other, 4)
    for page in (one, other):
        await expect(card(page, JUDGED).locator("[data-panel]")).not_to_contain_text("The panel is voting again.")
        await expect(chip(page, JUDGED)).to_contain_text("received #")
    rows = card(one, JUDGED).locator(".votes tr.own td")
    await expect(rows).to_have_text(["0", "3", "4.50"])
    await expect(card(one, JUDGED).locator("[data-panel]")).to_contain_text("Mean 5.25 · median 5.25")

    ledger = await ledger_of(site)
    [revote] = [entry for entry in ledger if isinstance(entry, Revote)]
    votes = [entry for entry in ledger if isinstance(entry, Mark)]
    assert [int(vote.values[0]) for vote in votes] == [0, 4, 3, 4]
    assert [vote.revote for vote in votes[2:]] == [revote.id, revote.id]
    assert [vote.reason for vote in votes] == [None] * 4


async def _vote(page: Page, level: int) -> None:
    await card(page, JUDGED).locator(f"[data-value='{level}']").click()
