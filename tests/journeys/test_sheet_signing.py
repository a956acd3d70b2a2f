"""Signing on the tablet: by hand, without network, by the judge and then the competitor, bound to what was signed."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from schemas.marks import Mark, Seal, Signature
from tests.journeys.conftest import Opening
from tests.journeys.sheets import card, draw, every_kind_demo, ledger_of, open_sheet
from tests.site import Site


async def test_sheet_is_signed_by_both_without_network_and_received_later(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """Both signatures wait behind the marks; once received the sheet shows what was signed, its digest, and whose hands signed."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    await page.context.set_offline(True)
    await page.locator("[data-sign]").click(force=True)
    await expect(page.locator("[data-sign-why]")).to_have_text("2 aspects have no mark yet.")
    await expect(card(page, "B1.1").locator("[data-entry] button").first).to_be_focused()
    for aspect in ("B1.1", "B1.2"):
        await card(page, aspect).locator("[data-no-faults]").click()
    await page.locator("[data-sign]").click()
    await page.locator("[data-signing-go]").click(force=True)
    await expect(page.locator("[data-signing] [data-ink-fault]")).to_have_text("Sign on the field first.")
    await draw(page, "[data-signing]")
    await page.locator("[data-signing-go]").click()
    await expect(page.locator("[data-seal-on_tablet]")).to_contain_text("Signed on this tablet, not received yet.")
    await expect(card(page, "B1.1").locator("[data-entry]")).to_be_hidden()
    await expect(page.locator("[data-handover-open]")).to_be_focused()

    await page.locator("[data-handover-open]").click()
    handed = page.locator("[data-handover]")
    await expect(handed).to_contain_text("no faults")
    await expect(handed).to_contain_text("20.00 / 20.00")
    for _ in range(2):
        await page.keyboard.press("Escape")
    await expect(handed).to_be_visible()
    await draw(page, "[data-handover]")
    await page.locator("[data-handover-go]").click()
    await expect(handed).to_be_hidden()
    await expect(page.locator("[data-signatures] [data-state=on_tablet]")).to_have_count(2)
    assert await ledger_of(site) == []

    await page.context.set_offline(False)
    await expect(page.locator("[data-seal-sealed]")).to_be_visible(timeout=20_000)
    await expect(page.locator("[data-signatures] [data-state=holds]")).to_have_count(2, timeout=20_000)
    first, second, seal, *signatures = await ledger_of(site)
    assert isinstance(first, Mark)
    assert isinstance(second, Mark)
    assert isinstance(seal, Seal)
    assert [(each.role, each.sheet_digest) for each in signatures if isinstance(each, Signature)] == [
        ("judge", seal.sheet_digest),
        ("competitor", seal.sheet_digest),
    ]
    await expect(page.locator("[data-sealed-at]")).to_contain_text(seal.sheet_digest[:8])
    await expect(page.locator("[data-handover-open]")).to_be_hidden()


async def test_who_cannot_draw_signs_by_keyboard(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """The judge types the name; the competitor, who is marked under a code, makes a cross; the judge's key is held to come back."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    for aspect in ("B1.1", "B1.2"):
        await card(page, aspect).locator("[data-no-faults]").click()
    await page.locator("[data-sign]").focus()
    await page.keyboard.press("Enter")
    await page.locator("[data-signing] [data-ink-name]").fill("A. Berg")
    await page.locator("[data-signing-go]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-signatures]")).to_contain_text("A. Berg")
    await page.keyboard.press("Enter")
    back = page.locator("[data-handover-back]")
    await back.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-handover]")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-handover]")).to_be_hidden()
    await page.locator("[data-handover-open]").click()
    await expect(page.locator("[data-handover] [data-ink-name]")).to_be_hidden()
    await page.locator("[data-handover] [data-ink-cross]").focus()
    await page.keyboard.press("Enter")
    await page.locator("[data-handover-go]").click()
    await expect(page.locator("[data-signatures] [data-role=competitor][data-state=holds]")).to_be_visible()
