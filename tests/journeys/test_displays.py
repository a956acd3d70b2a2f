"""A hall screen in a real browser: named by its code, shown a board, a message, black; it outlives the server and comes back."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from competition.plumbing.database import Connection
from competition.staging import actions
from schemas.base import Text
from tests.house import NOW, found_contest
from tests.journeys.conftest import Opening
from tests.site import PASSWORD, Site, running_site

HALL = {"width": 1920, "height": 1080}
DESK = {"width": 1280, "height": 800}
BELOW = """() => {
  const [board, words] = ["frame", "message"].map((name) => document.querySelector(`[data-${name}]`).getBoundingClientRect());
  return board.top === 0 && board.height > 0 && board.bottom <= words.top && words.bottom === innerHeight;
}"""
"""Whether a message has its own place below the board."""


async def test_hall_screen_does_what_the_desk_says_and_outlives_the_server(
    dsn: str, connection: Connection, tmp_path: Path, open_browser: Opening
) -> None:
    """Whatever the desk orders is on the screen within moments, without a hand on it, before and after the server was away."""
    contest = await found_contest(connection, entrants=2)
    title = Text(zh="总排名", en="Standings")
    await actions.open_board(
        connection, contest.event_id, "hall", "standings", title, person=contest.organiser, now=NOW
    )
    screen, desk = [await (await open_browser(viewport=viewport)).new_page() for viewport in (HALL, DESK)]
    frame, message = screen.frame_locator("[data-frame]"), screen.locator("[data-message]")
    async with running_site(dsn, tmp_path) as site:
        await screen.goto(f"{site.base_url}/screen")
        code = await screen.locator("[data-code]").get_attribute("aria-label")
        await sign_in(desk, site, f"/desk/displays?code={code}")
        await desk.get_by_label("Its name").fill("Hall A")
        await desk.get_by_role("button", name="Name the screen").click()
        await expect(screen.get_by_role("heading", name="Hall A")).to_be_visible()

        await desk.locator("select[name=board]").select_option("hall")
        await desk.get_by_role("button", name="Show this board").click()
        await expect(frame.locator("[data-code=A01]").first).to_be_visible()
        await expect(desk.locator(".display-facts")).to_contain_text("the newest")
        await expect(desk.locator(".display-facts")).to_contain_text("1920 × 1080")

        await desk.get_by_role("button", name="Make it black").click()
        await expect(screen.locator("[data-blank]")).to_be_visible()
        await desk.get_by_role("button", name="Show it again").click()
        await expect(screen.locator("[data-blank]")).to_be_hidden()

        async with screen.expect_navigation():
            await desk.get_by_role("button", name="Reload", exact=True).click()
        await expect(frame.locator("[data-code=A01]").first).to_be_visible()
        await screen.mouse.move(10, 10)

    async with running_site(dsn, tmp_path, port=urlsplit(site.base_url).port or 0):
        await desk.reload()
        await expect(desk.locator(".display-state")).to_contain_text("connected")
        everywhere = desk.locator("#all")
        await everywhere.get_by_label("Message in Chinese").fill("休息到两点")
        await everywhere.get_by_label("Message in English").fill("Back at two")
        await everywhere.get_by_role("button", name="Show the message").click()
        await expect(message).to_contain_text("休息到两点")
        await expect(message).to_contain_text("Back at two")
        assert await screen.evaluate(BELOW)
        await expect(frame.locator("[data-code=A01]").first).to_be_visible()
        await expect(screen.locator("[data-screen][data-rests]")).to_be_attached()


async def sign_in(page: Page, site: Site, path: str) -> None:
    """Sign in as an organiser, to go on to a page of the desk."""
    await page.goto(f"{site.base_url}/sign-in?next=/desk")
    await page.get_by_label("User name").fill(await site.account("organiser"))
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/desk")
    await page.goto(f"{site.base_url}{path}")
