"""The chief judge's view in a real browser: it follows the hall by itself, decides, signs by hand, and is fit for everybody."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, ViewportSize, expect

from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.marks import RecordMarks, Say
from tests.house import NOW, PIN, Contest, found_contest, mark, mark_all, marks_in_force, record, seal, send, tablet_of
from tests.journeys.conftest import Opening
from tests.site import PASSWORD, Site

DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
ZOOMED: ViewportSize = {"width": 640, "height": 400}
"""What is left of a desk's 1280 × 800 when everything is twice as large."""

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
SOON_MS = 5_000
"""How soon a change of the hall must be on the page; a second on a machine that does nothing else."""

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three, all marked and one sheet signed, whose judges have PINs."""
    contest = await found_contest(connection, pin=PIN)
    await mark_all(connection, Shelf(), contest)
    await seal(connection, Shelf(), contest, contest.sheet("A01", "T1", 0))
    return contest


async def test_page_follows_the_hall_and_leaves_an_open_form_alone(
    site: Site, connection: Connection, open_browser: Opening, contest: Contest
) -> None:
    """A second value shows by itself; while its form is filled in, a judge's problem shows beside it and nothing typed is lost."""
    page = await at_the_desk(site, await open_browser(viewport=DESK))
    await page.goto(judging(site, contest))
    tablet, sheet = await tablet_of(site, connection, contest.judges[0]), contest.sheet("A02", "T1", 0)
    other = mark(sheet, "T1.1", "81")
    await send(tablet, "POST", f"/events/{contest.event_id}/marks", RecordMarks(sent_at=NOW, marks=(other,)))
    look = page.locator(f"#mark-{other.id}")
    await expect(look).to_contain_text("81", timeout=SOON_MS)
    await expect(page.locator(f"#matrix a[href='sheets/{sheet}']")).to_have_attribute("data-state", "disputed")

    await look.locator("summary", has_text="Decide").click()
    form = look.locator("form").first
    await form.locator("input[name=reason]").fill("重读卷面")
    problem = Say(id=new_id(), words="百分表坏了", sheet_id=sheet, aspect="T1.1")
    await send(tablet, "POST", f"/events/{contest.event_id}/messages", problem)
    asked = page.locator(f"#message-{problem.id}")
    await expect(asked).to_contain_text("百分表坏了", timeout=SOON_MS)
    await expect(form.locator("input[name=reason]")).to_have_value("重读卷面")
    await form.get_by_role("button", name="Let this one count").click()
    await expect(page.get_by_role("status")).to_contain_text("It is decided, and on record")
    assert [one.values for one in await marks_in_force(connection, contest.event_id, sheet)] == [other.values]

    await asked.locator("summary", has_text="Answer").click()
    await asked.locator("textarea").fill("马上来")
    await asked.get_by_role("button", name="Send the answer").click()
    await expect(page.get_by_role("status")).to_contain_text("The answer is on its way")
    await expect(page.locator("#problems")).to_be_empty()


async def test_chief_judge_signs_by_hand(
    site: Site, connection: Connection, open_browser: Opening, contest: Contest
) -> None:
    """What the mouse draws stands under the sheet; cleared and empty, it is refused with a sentence."""
    page = await at_the_desk(site, await open_browser(viewport=DESK))
    await page.goto(sheet_at(site, contest, "A01"))
    field = page.locator("svg[data-ink]")
    await draw(page)
    await page.get_by_role("button", name="Clear").click()
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("There is no signature yet")
    await draw(page)
    await page.get_by_role("button", name="Sign", exact=True).click()
    await expect(page.get_by_role("status")).to_contain_text("Your signature is under the sheet")
    await expect(page.locator(".signatures svg.drawing path")).to_have_count(1)
    await expect(field).to_have_count(0)
    assert await connection.fetchval("SELECT count(*) FROM drawing") == 1


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
async def test_pages_break_no_rule_and_fit_every_window(
    site: Site, connection: Connection, open_browser: Opening, contest: Contest, locale: str
) -> None:
    """Judging with everything there is to decide, a sheet, its paper form, labels: no fault of WCAG 2.2 AA, nothing cut off."""
    await record(connection, Shelf(), contest, contest.judges[0], mark(contest.sheet("A02", "T1", 0), "T1.1", "81"))
    await record(connection, Shelf(), contest, contest.judges[0], mark(contest.sheet("A01", "T1", 0), "T1.1", "71"))
    tablet = await tablet_of(site, connection, contest.judges[0])
    await send(tablet, "POST", f"/events/{contest.event_id}/messages", Say(id=new_id(), words="百分表坏了"))
    page = await at_the_desk(site, await open_browser(viewport=DESK, locale=locale))
    event = f"{site.base_url}/desk/events/{contest.event_id}"
    faults = {}
    for address in (
        judging(site, contest),
        sheet_at(site, contest, "A01"),
        f"{sheet_at(site, contest, 'A02')}/paper",
        f"{event}/benches",
        event,
    ):
        for size in (DESK, PHONE, ZOOMED):
            await page.set_viewport_size(size)
            await page.goto(address)
            await expect(page.locator(".desk-tabs")).to_be_visible()
            for fold in await page.locator("main details > summary").all():
                await fold.click()
            found = await Axe().run(page, options=RULES)
            broken = [(rule["id"], rule["nodes"][0]["html"]) for rule in found.response["violations"]]
            if await page.evaluate(TOO_WIDE):
                broken.append(("wider than the window", str(size["width"])))
            if broken:
                faults[address.removeprefix(event), size["width"]] = broken
    assert faults == {}


async def at_the_desk(site: Site, window: BrowserContext) -> Page:
    """A page of a chief judge who has signed in."""
    page = await window.new_page()
    await page.goto(f"{site.base_url}/sign-in?next=/desk")
    await page.fill("input[name=username]", await site.account("chief_judge"))
    await page.fill("input[name=password]", PASSWORD)
    await page.locator("form:has(input[name=password])").evaluate("form => form.requestSubmit()")
    await page.wait_for_url(f"{site.base_url}/desk")
    return page


def judging(site: Site, contest: Contest) -> str:
    """The chief judge's page."""
    return f"{site.base_url}/desk/events/{contest.event_id}/judging"


def sheet_at(site: Site, contest: Contest, code: str) -> str:
    """The theory paper's sheet of this entrant at the desk."""
    return f"{site.base_url}/desk/events/{contest.event_id}/sheets/{contest.sheet(code, 'T1', 0)}"


async def draw(page: Page) -> None:
    """A stroke across the field."""
    box = await page.locator("svg[data-ink]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 20, box["y"] + 30)
    await page.mouse.down()
    for step in range(1, 6):
        await page.mouse.move(box["x"] + 20 + 30 * step, box["y"] + 30 + 12 * (step % 2))
    await page.mouse.up()
