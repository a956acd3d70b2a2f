"""Entering on a score sheet: what a reading gives is told at once, a slip is taken back, the unlikely is confirmed, tools type."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from playwright.async_api import Page, Route, expect

from schemas.marks import Mark, Retraction
from tests.journeys.conftest import Opening
from tests.journeys.sheets import card, chip, every_kind_demo, ledger_of, open_sheet
from tests.site import Site

ENTER = "[data-pad-enter]"


async def test_reading_is_told_while_it_is_typed_and_the_server_says_the_same(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """Each key changes what the value would come to, nothing on the pad moves meanwhile, and the receipt's points are no others."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A2")
    await card(page, "A2.2").locator("[data-reading]").click()
    keys = await page.locator("[data-key='1']").bounding_box()
    told = []
    for key in "40.00":
        await page.locator(f"[data-key='{key}']").click()
        told.append((await page.locator("[data-pad-live]").inner_text()).rpartition("→ ")[2])
    assert told == ["0.00 of 6.00", "6.00 of 6.00", "6.00 of 6.00", "6.00 of 6.00", "6.00 of 6.00"]
    assert await page.locator("[data-key='1']").bounding_box() == keys
    await page.locator("[data-key='9']").click()
    told_last = await page.locator("[data-pad-live]").inner_text()
    await page.locator(ENTER).click()
    await expect(chip(page, "A2.2")).to_contain_text("received #")
    assert await card(page, "A2.2").locator("[data-step]").inner_text() == told_last
    await expect(card(page, "A2.2").locator("[data-gives]")).to_have_text("→ 3.00 of 6.00")
    await expect(card(page, "A2.2").locator("[data-differs]")).to_be_hidden()


async def test_slip_is_taken_back_within_ten_seconds_without_a_reason(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """What stood before stands again, the ledger tells both, and the next mark follows the one that stands."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A1")
    yes, no = (card(page, "A1.1").locator(f"[data-value='{value}']") for value in "10")
    await yes.click()
    await expect(chip(page, "A1.1")).to_contain_text("received #")
    await no.click()
    await page.locator("[data-reason=input]").click()
    await expect(no).to_have_attribute("aria-pressed", "true")
    await page.locator("[data-undo-go]").click()
    await expect(yes).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("[data-undo]")).to_be_hidden()
    await expect(page.locator("[data-line]")).to_contain_text("All marks received")
    await card(page, "A1.1").locator("[data-without='absent']").click()
    await page.locator("[data-reason=transfer]").click()
    await expect(chip(page, "A1.1")).to_contain_text("received #")
    first, slip, back, last = await ledger_of(site)
    assert isinstance(first, Mark)
    assert isinstance(slip, Mark)
    assert isinstance(back, Retraction)
    assert isinstance(last, Mark)
    assert (slip.supersedes, back.mark, last.supersedes, last.flags) == (first.id, slip.id, first.id, ())


async def test_slip_is_taken_back_before_the_network_is_back(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Offline the sheet shows at once what it showed before; both entries are sent when the network returns."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A1")
    await page.context.set_offline(True)
    await card(page, "A1.1").locator("[data-value='1']").click()
    await expect(chip(page, "A1.1")).to_have_text("on this tablet")
    await page.keyboard.press("Control+z")
    await expect(card(page, "A1.1").locator("[data-value='1']")).to_have_attribute("aria-pressed", "false")
    await expect(page.locator("[data-row='A1.1'] [data-row-reading]")).to_have_text("missing")
    await page.context.set_offline(False)
    await expect(page.locator("[data-line]")).to_contain_text("All marks received", timeout=20_000)
    await expect(chip(page, "A1.1")).to_have_text("to do")
    mark, retraction = await ledger_of(site)
    assert isinstance(mark, Mark)
    assert isinstance(retraction, Retraction)
    assert retraction.mark == mark.id


async def test_unlikely_reading_is_held_to_confirm(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Neither Enter nor a double tap takes a value outside the instrument's range; holding the key does, and is on record."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A2")
    await card(page, "A2.1").locator("[data-reading]").first.click()
    for text in ("0.012", "0.9"):
        await page.keyboard.type(text)
        await page.keyboard.press("Enter")
    await expect(page.locator("[data-pad-fault]")).to_contain_text("Outside the instrument's 0 to 0.8 mm.")
    await page.locator(ENTER).dblclick()
    await expect(page.locator(ENTER)).to_have_text("Hold to confirm")
    await page.locator(ENTER).hover()
    await page.mouse.down()
    await expect(page.locator("[data-pad-tabs]")).to_contain_text("2: 0.900")
    await page.mouse.up()
    await page.keyboard.type("0.01")
    await page.keyboard.press("Enter")
    await expect(chip(page, "A2.1")).to_contain_text("received #")
    [mark] = await ledger_of(site)
    assert isinstance(mark, Mark)
    assert (mark.values, mark.confirmed, mark.flags) == (_decimals("0.012 0.900 0.010"), True, ("implausible",))


async def test_reading_ten_times_off_or_the_neighbours_own_is_doubted(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """A slipped decimal point, and what the entrant before had to the last digit, wait for the judge; two key presses confirm."""
    page = await open_sheet(await every_kind_demo(site, tmp_path, entrants=6), open_browser, "A2")
    code = await page.locator("[data-whose] [data-code]").inner_text()
    await _type(page, "A2.2", "4")
    await expect(page.locator("[data-pad-fault]")).to_contain_text("About ten times off 40 mm")
    await page.locator("[data-pad-close]").click()
    await _type(page, "A2.2", "39.990")
    await expect(chip(page, "A2.2")).to_contain_text("received #")
    await page.locator("[data-after]").click()
    await _type(page, "A2.2", "39.99")
    await expect(page.locator("[data-pad-fault]")).to_have_text(
        f"Exactly what {code} had. If it is right, hold the key."
    )
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(chip(page, "A2.2")).to_contain_text("received #")
    marks = [entry for entry in await ledger_of(site) if isinstance(entry, Mark)]
    assert [mark.confirmed is True for mark in marks] == [False, True]


async def test_caliper_types_into_the_next_open_aspect_and_a_code_selects(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """With the pad closed a burst of digits is a reading of what has the focus, or is next; a scanned code turns to its sheet."""
    demo = await every_kind_demo(site, tmp_path)
    page = await open_sheet(demo, open_browser, "A2")
    await _burst(page, "0.012")
    await expect(page.locator("[data-pad-tabs]")).to_contain_text("1: 0.012")
    await _burst(page, "0.02")
    await _burst(page, "0.01")
    await expect(chip(page, "A2.1")).to_contain_text("received #")
    await card(page, "A2.5").locator("[data-reading]").focus()
    await _burst(page, "80.025")
    await expect(chip(page, "A2.5")).to_contain_text("received #")
    here = await page.locator("[data-whose] [data-code]").inner_text()
    await page.locator("[data-after]").focus()
    other = str(await page.locator("[data-after]").get_attribute("aria-label")).split()[-1]
    await _burst(page, other)
    await expect(page.locator("[data-whose] [data-code]")).to_have_text(other)
    await card(page, "A2.6").locator("[data-reading]").first.click()
    await page.keyboard.type("1:05")
    await page.keyboard.press("Enter")
    await page.locator("[data-pad-close]").click()
    await _burst(page, here)
    await expect(page.locator("[data-warnings]")).to_contain_text(
        f"You scanned {here}, but this is the sheet of {other}."
    )


async def test_steppers_tell_where_a_cap_is_reached(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Each tap says what it takes; beyond the cap it says so, and the keys stay where they are."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    first = card(page, "B1.1").locator("[data-item='0']")
    more = first.locator("[data-more]")
    await more.scroll_into_view_if_needed()
    place = await more.bounding_box()
    said = []
    for _ in range(6):
        await more.click()
        said.append(await first.locator("[data-taken]").inner_text())
    assert said[0] == "takes −1.00"
    assert said[4:] == ["takes −5.00, and no more than that"] * 2
    assert await more.bounding_box() == place
    await expect(card(page, "B1.1").locator("[data-gives]")).to_have_text("→ 15.00 of 20.00")


async def test_servers_other_figure_is_told_and_counts(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Should the server come to something else than the tablet, the card says both figures, and shows the server's."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A1")

    async def less(route: Route) -> None:
        answer = await route.fetch()
        body = await answer.json()
        for receipt in body["results"]:
            receipt["points"] = "0.5"
        await route.fulfill(response=answer, json=body)

    await page.context.route("**/marks", less)
    # The connection of its own would put the figure right at once.
    await page.context.route_web_socket("**/judge/live", lambda _: None)
    await page.reload()
    await card(page, "A1.1").locator("[data-value='1']").click()
    await expect(card(page, "A1.1").locator("[data-differs]")).to_contain_text(
        "The server says 0.50 of 2.00; this tablet reckoned 2.00."
    )
    await expect(card(page, "A1.1").locator("[data-gives]")).to_have_text("→ 0.50 of 2.00")


async def _type(page: Page, aspect: str, text: str) -> None:
    await card(page, aspect).locator("[data-reading]").first.click()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def _burst(page: Page, text: str) -> None:
    """Type as an instrument does: all keys at once, and Enter."""
    await page.evaluate(
        """(text) => {
          for (const key of [...text, "Enter"]) {
            const target = document.activeElement ?? document.body;
            const is_left = target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            if (is_left && target.matches("input") && key.length === 1) {
              target.setRangeText(key, target.selectionStart, target.selectionEnd, "end");
              target.dispatchEvent(new InputEvent("input", { bubbles: true }));
            }
            if (is_left && target.matches("input") && key === "Enter") target.form.requestSubmit();
          }
        }""",
        text,
    )


def _decimals(texts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in re.split(r"\s+", texts))
