"""The judge's pages for everybody: no rule of WCAG 2.2 AA is broken, a keyboard is enough, and so are large type and a finger."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from competition.demo.contest import Demo
from competition.plumbing import clock
from schemas.marks import RecordMark
from schemas.tablet import OwnEvent, OwnSheet
from tests.house import small_scheme
from tests.journeys.conftest import TABLET, Opening, enrol, found_demo
from tests.journeys.probes import COVERED, CUT_OFF, FOCUS, HAS_FOCUS, SHIFTS, SMALL, SPACED, STEP
from tests.journeys.sheets import card, chip, every_kind_demo, open_sheet
from tests.journeys.tablets import TabletInHand, cells_of, form_of, in_hand, sealed
from tests.journeys.test_judge import sign_in
from tests.site import Site

PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 410, "height": 590}
"""What is left of a tablet's 820 × 1180 when everything is twice as large."""

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
    "preload": False,
}
MOST_TABS = 80
"""More than there are controls on any page here."""


# Rules ----------------------------------------------------------------------------------------------------------------


class Look:
    """Looks at a page, or a part of it, now and again; ``broken`` are the rules that were broken, by the name of the place.

    ``states`` are those in which it looks at the forms: each look costs about a second.
    """

    def __init__(self, page: Page, states: Collection[str] = ()) -> None:
        self.page = page
        self.states = states
        self.broken: dict[str, list[str]] = {}

    async def at(self, place: str, part: str | None = None) -> None:
        """Hold what is shown against every rule; only what broke one is kept."""
        found = await Axe().run(self.page, context=part, options=RULES)
        broken = [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found.response["violations"]
            for node in violation["nodes"]
        ]
        if broken:
            self.broken[place] = broken


@pytest.mark.parametrize(
    ("locale", "size", "states"), [("en-GB", TABLET, {"blank", "signed"}), ("zh-CN", PHONE, {"marked"})]
)
async def test_tablets_pages_break_no_rule(
    site: Site, tmp_path: Path, open_browser: Opening, locale: str, size: dict[str, int], states: set[str]
) -> None:
    """From the judge's link to the outbox: each form in these states, and every dialog that a judge can meet."""
    demo = await every_kind_demo(site, tmp_path)
    context = await open_browser(locale=locale, viewport=size, reduced_motion="reduce")
    page = await context.new_page()
    look = Look(page, states)
    await _through_the_door(look, demo)
    tablet = TabletInHand(context, demo.judges[0])
    await tablet.open(f"{site.base_url}/judge")
    await _list(look, tablet, site)
    await _forms(look, tablet, site)
    await _signing(look, tablet, site)
    await _outbox(look, tablet, site)
    assert look.broken == {}


async def _through_the_door(look: Look, demo: Demo) -> None:
    page, judge = look.page, demo.judges[0]
    await page.goto(judge.enrol_url)
    await look.at("enrol")
    await page.locator("form button").last.click()
    await page.wait_for_url("**/judge/unlock**")
    await look.at("unlock")
    await page.fill("input[name=pin]", judge.pin)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/judge")


async def _list(look: Look, tablet: TabletInHand, site: Site) -> None:
    chief, event = await site.sign_in("chief_judge"), (await tablet.snapshot()).events[0]
    words = {"id": str(uuid4()), "words": "Lunch is at noon"}
    await chief.submit(f"/desk/events/{event.id}/messages", words)
    await expect(look.page.locator(".message")).to_be_visible()
    await look.at("list")
    await look.page.locator("[data-problem]").click()
    await look.at("list: problem", "dialog[open]")
    await look.page.locator("[data-problem-close]").click()


async def _forms(look: Look, tablet: TabletInHand, site: Site) -> None:
    """The first entrant's sheets are marked and signed; the second's stay blank."""
    [event] = (await tablet.snapshot()).events
    marked, blank = (
        [sheet for sheet in event.sheets if sheet.code == code] for code in sorted({s.code for s in event.sheets})
    )
    cells = [cell for cell in cells_of(await tablet.snapshot()) if cell[1].code == marked[0].code]
    await tablet.enter_these([(event, tablet.mark(event, sheet, aspect)) for event, sheet, aspect in cells])
    await tablet.cleared()
    for state, sheets in (("blank", blank), ("marked", marked)):
        for sheet in sheets if state in look.states else ():
            await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
            await look.at(f"{sheet.sub_criterion} {state}")
    by_sub = {sheet.sub_criterion: sheet for sheet in marked}
    await tablet.open(f"{site.base_url}{form_of(event, by_sub['A2'])}")
    await _pad(look)
    await tablet.open(f"{site.base_url}{form_of(event, by_sub['A1'])}")
    await _why(look)


async def _pad(look: Look) -> None:
    page = look.page
    await card(page, "A2.1").locator("[data-reading]").first.click()
    await look.at("pad", "dialog[open]")
    await page.keyboard.type("0.9")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-pad-fault]")).not_to_be_empty()
    await look.at("pad: hold to confirm", "dialog[open]")
    await page.locator("[data-pad-close]").click()
    await card(page, "A2.1").locator("[data-problem]").click()
    await look.at("sheet: problem", "dialog[open]")
    await page.keyboard.press("Escape")


async def _why(look: Look) -> None:
    page = look.page
    await card(page, "A1.1").locator("[data-value][aria-pressed=false]").click()
    await look.at("why", "dialog[open]")
    await page.keyboard.press("Escape")


async def _signing(look: Look, tablet: TabletInHand, site: Site) -> None:
    page = look.page
    snapshot = await tablet.snapshot()
    [event] = snapshot.events
    sheets = [sheet for sheet in event.sheets if sheet.marks]
    for sheet in sheets[1:]:
        await sealed(tablet, event, sheet)
    first, *_ = sheets
    await page.goto(f"{site.base_url}{form_of(event, first)}")
    await tablet.ready()
    await page.locator("[data-sign]").click()
    await look.at("signing", "dialog[open]")
    await page.locator("[data-signing] [data-ink-name]").fill("A. Berg")
    await page.locator("[data-signing-go]").click()
    await page.locator("[data-handover-open]").click()
    await look.at("hand-over", "dialog[open]")
    await page.locator("[data-handover] [data-ink-cross]").click()
    await page.locator("[data-handover-go]").click()
    await expect(page.locator("[data-signatures] [data-state=holds]")).to_have_count(2)
    await look.at("signed by both")
    for sheet in sheets[1:] if "signed" in look.states else ():
        await page.goto(f"{site.base_url}{form_of(event, sheet)}")
        await expect(page.locator("[data-seal-sealed]")).to_be_visible()
        await look.at(f"{sheet.sub_criterion} signed", "main")


async def _outbox(look: Look, tablet: TabletInHand, site: Site) -> None:
    """One entry refused, shown on its card too, and one that waits for the network."""
    page = look.page
    [event] = (await tablet.snapshot()).events
    sheet = next(sheet for sheet in event.sheets if sheet.sub_criterion == "A1" and not sheet.marks)
    await tablet.enter_these([(event, refused_mark(event, sheet))])
    await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
    await expect(card(page, "A1.2").locator("[data-attention]")).to_be_visible()
    await look.at("refused on its card", "main")
    await look.page.context.set_offline(True)
    await card(page, "A1.4").locator("[data-value]").first.click()
    await expect(chip(page, "A1.4")).to_have_attribute("data-tone", "wait")
    await look.at("offline, to take back")
    await page.goto(f"{site.base_url}/judge/outbox")
    await expect(page.locator("[data-entries] .entry")).to_have_count(2)
    await look.at("outbox")
    await page.locator("[data-set-aside]:visible").click()
    await look.at("outbox: set aside", "dialog[open]")


async def test_desks_pages_about_judging_break_no_rule(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """The chief judge's page, a sheet, late entry from paper, the benches' labels and what a rescue file brought, in both sizes."""
    demo = await every_kind_demo(site, tmp_path)
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    [event] = (await tablet.snapshot()).events
    await tablet.enter(4)
    await tablet.cleared()
    await sealed(tablet, event, event.sheets[0])
    await tablet.context.set_offline(True)
    await tablet.enter(2)
    await tablet.page.goto(f"{site.base_url}/judge/outbox")
    async with tablet.page.expect_download() as download:
        await tablet.page.locator("[data-rescue]").click()
    file = await (await download.value).path()
    desk = await open_browser(viewport=TABLET, reduced_motion="reduce")
    page = await desk.new_page()
    await sign_in(page, demo, "chief_judge")
    look, at = Look(page), f"{site.base_url}/desk/events/{event.id}"
    paths = ("judging", f"sheets/{event.sheets[0].id}", f"sheets/{event.sheets[1].id}/paper", "benches", "rescue")
    for language, size in (("en", TABLET), ("zh-CN", PHONE)):
        await page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await page.goto(f"{site.base_url}/language/{language}?next=/desk")
        for path in paths:
            await page.goto(f"{at}/{path.replace('rescue', 'judging')}")
            if path == "rescue":
                await page.set_input_files("input[type=file]", file)
                await page.locator("form[action$='/rescue']").evaluate("form => form.requestSubmit()")
                await page.wait_for_url("**/rescue")
            await look.at(f"{path} {language}")
    assert look.broken == {}


# Keyboard -------------------------------------------------------------------------------------------------------------


async def test_keyboard_alone_marks_signs_and_goes_to_the_next_entrant(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """A judgement and its correction, a measurement, a deduction, a typed name: the focus is seen at each step and never lost."""
    demo = await found_demo(site, tmp_path, scheme=small_scheme(), judges=0, entrants=2)
    context = await open_browser()
    await enrol(context, demo.judges[0])
    page = context.pages[0]
    press = page.keyboard.press

    await tab_to(page, ".sheet-row:has(.sub-id:text-is('B1'))", "Enter")
    await expect(page.locator("[data-entry] button").first).to_be_enabled()
    await tab_to(page, "[data-aspect='B1.1'] [data-value='2']", "Enter")
    await expect(chip(page, "B1.1")).to_contain_text("received #")
    await tab_to(page, "[data-aspect='B1.1'] [data-value='3']", "Space")
    await tab_to(page, "[data-reason=transfer]", "Enter")
    await expect(page.locator("[data-aspect='B1.1'] [data-value='3']")).to_have_attribute("aria-pressed", "true")
    assert await page.evaluate(FOCUS) is None
    await press("Control+z")
    await expect(page.locator("[data-aspect='B1.1'] [data-value='2']")).to_have_attribute("aria-pressed", "true")
    assert await page.evaluate(FOCUS) is None
    await tab_to(page, "nav a[href='/judge']", "Enter")

    await tab_to(page, ".sheet-row:has(.sub-id:text-is('A1'))", "Enter")
    await expect(page.locator("[data-entry] button").first).to_be_enabled()
    await tab_to(page, "[data-aspect='A1.1'] [data-reading]", "Enter")
    assert await page.evaluate(FOCUS) is None
    await page.keyboard.type("0.008")
    await press("Enter")
    await expect(page.locator("[data-pad]")).to_be_hidden()
    assert await page.evaluate(FOCUS) is None
    await tab_to(page, "[data-aspect='A1.2'] [data-more]", "Enter")
    await tab_to(page, "[data-aspect='A1.2'] [data-enter-draft]", "Enter")
    await expect(chip(page, "A1.2")).to_contain_text("received #")
    await tab_to(page, "[data-sign]", "Enter")
    await tab_to(page, "[data-signing] [data-ink-name]")
    await page.keyboard.type("A. Berg")
    await tab_to(page, "[data-signing-go]", "Enter")
    await expect(page.locator("[data-seal-sealed]")).to_be_visible()
    assert await page.evaluate(FOCUS) is None
    code = page.locator("[data-whose] [data-code]")
    here = await code.inner_text()
    await tab_to(page, "[data-next]", "Enter")
    await expect(code).not_to_have_text(here)
    assert await page.evaluate("document.activeElement.matches('[data-whose]')")


async def test_focus_goes_on_where_what_had_it_goes_away(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """A message that was read, a warning that was seen, an entry sent again or set aside: something near has the focus then."""
    demo = await every_kind_demo(site, tmp_path)
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page, [event] = tablet.page, (await tablet.snapshot()).events
    chief = await site.sign_in("chief_judge")

    async def tell(place: str) -> None:
        await chief.submit(f"/desk/events/{event.id}/messages", {"id": str(uuid4()), "words": "Lunch is at noon"})
        await page.locator(place).focus()

    await tell("[data-message-read]")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message")).to_have_count(0)
    lost = [("a message on the list", await page.evaluate(FOCUS))]

    await tablet.open(f"{site.base_url}{form_of(event, event.sheets[0])}")
    await tell("[data-warnings] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-warnings] li")).to_have_count(0)
    lost.append(("a message on a sheet", await page.evaluate(FOCUS)))

    await tablet.enter_these([(event, refused_mark(event, event.sheets[0]))])
    await page.locator("[data-attention] [data-again]:visible").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-attention]:visible")).to_have_count(1)
    lost.append(("sent again on a sheet", await page.evaluate(FOCUS)))
    await tablet.page.goto(f"{site.base_url}/judge/outbox")
    await page.locator("[data-again]:visible").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-refusal]:visible")).to_have_count(1)
    lost.append(("sent again from the outbox", await page.evaluate(FOCUS)))
    await page.locator("[data-set-aside]:visible").focus()
    await page.keyboard.press("Enter")
    await page.locator("[data-asking] [value=aside]").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-none]")).to_be_visible()
    lost.append(("set aside", await page.evaluate(FOCUS)))
    assert [each for each in lost if each[1]] == []


async def tab_to(page: Page, target: str, *keys: str) -> None:
    """Go on with the Tab key until a target has the focus, which must be seen at each step; then press these keys."""
    for _ in range(MOST_TABS):
        if await page.evaluate(HAS_FOCUS, await page.locator(target).first.element_handle()):
            break
        await page.keyboard.press("Tab")
        assert await page.evaluate(FOCUS) is None
    else:
        raise AssertionError(f"the keyboard does not reach {target}")
    for key in keys:
        await page.keyboard.press(key)


# Size -----------------------------------------------------------------------------------------------------------------


async def test_nothing_is_cut_off_at_twice_the_size(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """At 200 % no page is wider than its window, no words are cut off, also with more space between them; every key is reached."""
    demo = await every_kind_demo(site, tmp_path)
    context = await open_browser(viewport=ZOOMED, device_scale_factor=2, reduced_motion="reduce")
    tablet = await in_hand(context, demo.judges[0], site.base_url)
    page = tablet.page
    faults: dict[str, list[str]] = {}

    async def measure(place: str, keys: str) -> None:
        found = await page.evaluate(CUT_OFF) + await page.evaluate(COVERED, keys)
        await page.evaluate(SPACED)
        found += [f"spaced: {fault}" for fault in await page.evaluate(CUT_OFF)]
        await page.evaluate("document.adoptedStyleSheets = []")
        if found:
            faults[place] = found

    [event] = (await tablet.snapshot()).events
    await measure("list", "main a, main button, main summary")
    for sheet in event.sheets[:5]:
        await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
        await measure(sheet.sub_criterion, "main button:enabled, main a, nav a[href], nav button")
        if sheet.sub_criterion == "A2":
            await card(page, "A2.1").locator("[data-reading]").first.click()
            await measure("pad", "[data-pad] button:enabled, [data-pad] input")
            await page.locator("[data-pad-close]").click()
    await read_back(tablet, site)
    await measure("signing", "[data-signing] :is(button, input)")
    await hand_over(page)
    await measure("hand-over", "[data-handover] button")
    await page.goto(f"{site.base_url}/judge/outbox")
    await expect(page.locator("[data-none]")).to_be_visible()
    await measure("outbox", "main button")
    assert faults == {}


async def test_targets_are_made_for_fingers(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Keys are 96 px and more, other actions 56: on the list, a sheet of each kind, in the dialogs and the outbox."""
    demo = await every_kind_demo(site, tmp_path)
    tablet = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    page, [event] = tablet.page, (await tablet.snapshot()).events
    small: dict[str, Any] = {}

    async def measure(place: str) -> None:
        if found := await page.evaluate(SMALL):
            small[place] = found

    await measure("list")
    await page.locator("[data-problem]").click()
    await measure("list: problem")
    for sheet in event.sheets[:5]:
        await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
        await measure(sheet.sub_criterion)
    first, *_ = event.sheets
    for opener in ("[data-reading]", "[data-problem-open]"):
        await page.locator(opener).first.click()
        await measure(opener)
        await page.keyboard.press("Escape")
    await read_back(tablet, site)
    await measure("signing")
    await hand_over(page)
    await measure("hand-over")
    await tablet.enter_these([(event, refused_mark(event, first))])
    await page.goto(f"{site.base_url}/judge/outbox")
    await page.locator("[data-set-aside]:visible").click()
    await measure("outbox: set aside")
    await page.keyboard.press("Escape")
    await measure("outbox")
    assert small == {}


async def read_back(tablet: TabletInHand, site: Site) -> None:
    """Mark the first sheet about conduct, and open the dialog in which it is signed."""
    event, sheet, _ = next(cell for cell in cells_of(await tablet.snapshot()) if cell[1].sub_criterion == "B1")
    await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
    for no_faults in await tablet.page.locator("[data-no-faults]").all():
        await no_faults.click()
    await tablet.page.locator("[data-sign][aria-disabled=false]").click()


async def hand_over(page: Page) -> None:
    """Sign by name, and hand the tablet to the competitor."""
    await page.locator("[data-signing] [data-ink-name]").fill("A. Berg")
    await page.locator("[data-signing-go]").click()
    await page.locator("[data-handover-open]").click()


# Rest -----------------------------------------------------------------------------------------------------------------


async def test_nothing_jumps_while_a_judge_works(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Typing on the pad, doubts, drafts, sending and receipts, the offer to take back: no part of the page changes its place."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A2")
    await page.evaluate(SHIFTS)
    await card(page, "A2.2").locator("[data-reading]").click()
    for key in "4", ".", "0", "0", "erase", "erase", "erase":
        await page.locator(f"[data-key='{key}']").click()
    await page.locator("[data-pad-enter]").click()
    await expect(page.locator("[data-pad-fault]")).not_to_be_empty()
    await page.locator("[data-key='0']").click()
    await page.locator("[data-pad-enter]").click()
    await expect(chip(page, "A2.2")).to_contain_text("received #")
    await card(page, "A2.7").locator("[data-without=absent]").click()
    await expect(chip(page, "A2.7")).to_contain_text("received #")
    await card(page, "A2.1").locator("[data-reading]").first.click()
    await page.keyboard.type("0.01")
    await page.keyboard.press("Enter")
    await page.locator("[data-pad-close]").click()
    await expect(chip(page, "A2.1")).to_have_text("not entered yet")
    assert await page.evaluate("shifts") == []


async def test_nothing_moves_where_motion_disturbs(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """With reduced motion nothing is animated, and the way to the next open aspect is a step, not a ride."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "A2", reduced_motion="reduce")
    await card(page, "A2.1").locator("[data-without=absent]").click()
    assert await page.evaluate(STEP) == [True, []]


def refused_mark(event: OwnEvent, sheet: OwnSheet) -> RecordMark:
    """A mark that no server takes: more functional tests passed than there are."""
    return RecordMark(
        id=clock.new_id(),
        sheet_id=sheet.id,
        aspect="A1.2",
        base=event.revision,
        made_at=clock.now(),
        values=(Decimal(13),),
    )
