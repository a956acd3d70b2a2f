"""What spectators see in a real browser: with scripts and without, coded while blind, named once published."""

from __future__ import annotations

import asyncpg
import httpx
from playwright.async_api import Page, expect

from competition.demo.contest import Demo
from competition.demo.robots import Seat, run_robots
from competition.ledger.actions import restate
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.registration.actions import set_entrant_status
from competition.registration.store import entrants_of
from tests.journeys.conftest import Opening
from tests.journeys.test_judge import sign_in
from tests.site import Site

HALL = {"width": 1920, "height": 1080}


async def test_board_is_right_without_scripts_and_live_with_them(demo: Demo, open_browser: Opening) -> None:
    """Both show what the state says: the one as of its first paint, the other as marks arrive."""
    live, plain = await open_browser(viewport=HALL), await open_browser(viewport=HALL, java_script_enabled=False)
    board, paper = await live.new_page(), await plain.new_page()
    await board.goto(demo.boards[0].url)
    await run_robots([seat_of(demo, 1), seat_of(demo, 2)], pace=0, seed=1)
    state = await state_of(demo)
    await paper.goto(demo.boards[0].url)
    leader = min(state["rows"], key=lambda row: row["place"])
    for page in (board, paper):
        first = page.locator(f"[data-code='{leader['code']}']").first
        await expect(first).to_contain_text(f"{float(leader['total']):.2f}")
    assert {row["name"] for row in state["rows"]} == {""}


async def test_organiser_publishes_and_the_board_tells_names(demo: Demo, open_browser: Opening, site: Site) -> None:
    """Provisional needs every signature; then codes become names on every board, and files can be downloaded and checked."""
    desk, hall = await open_browser(viewport={"width": 1440, "height": 900}), await open_browser(viewport=HALL)
    await let_compete(site, 3)
    board, page = await hall.new_page(), await desk.new_page()
    await board.goto(demo.boards[0].url)
    await sign_in(page, demo, "organiser")
    await page.locator("a[href^='/desk/events/']").first.click()
    await page.get_by_role("link", name="Results").click()
    await publish(page, "provisional")
    await expect(page.locator("body")).to_contain_text("are not signed yet")

    await run_robots([seat_of(demo, place) for place in range(len(demo.judges))], pace=0, seed=1)
    await page.goto(f"{demo.base_url}/desk")
    await page.locator("a[href^='/desk/events/']").first.click()
    await page.get_by_role("link", name="Results").first.click()
    await publish(page, "provisional")
    await expect(page.locator("main")).to_contain_text("Provisional")
    connection = await asyncpg.connect(site.dsn)
    name = await connection.fetchval(
        "SELECT name FROM entrant JOIN standing ON standing.entrant_id = id WHERE rank = 1"
    )
    await connection.close()
    await expect(board.locator("body")).to_contain_text(name)
    await expect(board.locator("body")).to_contain_text("PROVISIONAL")
    for kind in ("PDF", "XLSX", "CSV", "JSON"):
        async with page.expect_download() as download:
            await page.get_by_role("link", name=kind, exact=True).click()
        assert (await (await download.value).path()).stat().st_size > 1000


async def let_compete(site: Site, count: int) -> None:
    """Let all but the first entrants withdraw, so that a whole contest is marked within seconds."""
    connection = await asyncpg.connect(site.dsn, server_settings={"role": "leitai_app"})
    event_id = await connection.fetchval("SELECT id FROM event")
    for entrant in (await entrants_of(connection, event_id))[count:]:
        await set_entrant_status(connection, entrant.id, "withdrawn", reason="ill", actor_id=None, now=clock.now())
    await restate(connection, Shelf(), event_id)
    await connection.close()


async def publish(page: Page, status: str) -> None:
    """Choose a status and publish."""
    await page.check(f"input[name=status][value={status}]")
    await page.get_by_role("button", name="Publish").click()


def seat_of(demo: Demo, place: int) -> Seat:
    """A judge of the demo as a robot's seat."""
    return Seat(enrol_url=demo.judges[place].enrol_url, pin=demo.judges[place].pin)


async def state_of(demo: Demo) -> dict[str, list[dict[str, str]]]:
    """The board's state."""
    async with httpx.AsyncClient() as client:
        answer: dict[str, list[dict[str, str]]] = (await client.get(demo.boards[0].state_url)).json()
        return answer
