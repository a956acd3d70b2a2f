"""Boards in a real browser: rows that move, a network that fails, other sites' pages, and everybody who reads them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, Route, WebSocketRoute, expect

from schemas.boards import Theme
from tests.faults.chaos import network
from tests.journeys.conftest import Opening, Tell
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import House, published_row, small_scheme

HALL, PHONE = {"width": 1920, "height": 1080}, {"width": 390, "height": 844}
NAMES = ["王伟", "Alexandra Konstantinopoulou", "欧阳静怡", "李强", "阿卜杜热合曼·买买提"]
STALE_SECONDS, RIGHT_SECONDS = 10.0, 3.0
LATE_SECONDS = 5.0
"""How long a busy machine may take to see what the page shows; the figures themselves are printed."""
REFUSALS = 2
PASS_REFUSED = 4403

ORDER = "[...document.querySelectorAll('[data-rows] [data-code]')].map((row) => row.dataset.code)"
MOVES = """
window.moves = [];
const animate = Element.prototype.animate;
Element.prototype.animate = function (frames, timing) {
  const uses = frames.flatMap((frame) => Object.keys(frame));
  window.moves.push([this.dataset.code ?? "", uses.includes("transform"), timing.duration ?? timing]);
  return animate.call(this, frames, timing);
};
"""
OUTER = """
<!doctype html><iframe src="{address}/embed"></iframe><iframe src="{address}"></iframe>
"""
SCREEN = """
<!doctype html><script>
window.told = [];
addEventListener("message", (event) => event.origin === location.origin && window.told.push(event.data));
</script><iframe src="/boards/hall" width="1600" height="900"></iframe>
"""


class Hall:
    """A board of five entrants behind a real server, and what happens to it."""

    def __init__(self, house: House, base_url: str, event_id: UUID, entrants: list[UUID]) -> None:
        self.house = house
        self.base_url = base_url
        self.event_id = event_id
        self.entrants = entrants
        self.board = f"{base_url}/boards/hall"

    async def stand(self, *totals: int) -> int:
        """Give the entrants, in the order of their codes, these totals; returns the revision."""
        ranks = {total: rank for rank, total in enumerate(sorted(totals, reverse=True), start=1)}
        return await self.house.stand(
            self.event_id,
            [
                {"entrant_id": entrant, "rank": ranks[total], "total": total, "stages": {"theory": total}, "marked": 5}
                for entrant, total in zip(self.entrants, totals, strict=True)
            ],
        )


@pytest.fixture
async def hall(dsn: str) -> AsyncIterator[Hall]:
    """Five entrants, all marked, the first of them in front."""
    connection = await asyncpg.connect(dsn)
    house = House(connection)
    event_id = await house.insert_event()
    drawn = [(name, "Anhui", f"1-0{number}") for number, name in enumerate(NAMES, start=1)]
    entrants = await house.insert_entrants(event_id, drawn)
    async with serving(dsn) as address:
        hall = Hall(house, f"http://{address}", event_id, entrants)
        await hall.stand(50, 40, 30, 20, 10)
        yield hall
    await connection.close()


async def open_live(page: Page, address: str) -> None:
    """Open a board and wait until its stream has spoken."""
    await page.goto(address)
    await expect(page.locator("[data-board]")).to_have_attribute("data-connection", "live")


@asynccontextmanager
async def other_site(html: str) -> AsyncIterator[str]:
    """The address of a page on somebody else's server."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {len(html)}\r\n\r\n"
        writer.write(f"{head}{html}".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def order(page: Page, *codes: str) -> None:
    """Wait until the rows stand in this order."""
    await page.wait_for_function(f"(codes) => {ORDER}.join() === codes", arg=",".join(codes))


async def test_a_board_moves_and_is_honest_whatever_the_network_does(
    hall: Hall, open_browser: Opening, tell: Tell
) -> None:
    """Cut off it is STALE within ten seconds, dimmed, never blank, and right three after the return; others go on meanwhile."""
    cut = await (await open_browser(viewport=HALL)).new_page()
    async with network(hall.base_url) as chaos:
        await open_live(cut, f"{chaos.address}/boards/hall")
        chaos.fall_silent()
        went = time.monotonic()
        turning = asyncio.create_task(turned_stale(cut))
        await a_mark_moves_rows(hall, open_browser)
        await it_is_followed_without_sockets(hall, open_browser)
        stale = await turning - went

        await expect(cut.locator("[data-connection-word]")).to_contain_text("STALE since ")
        await expect(cut.locator("[data-rows]")).to_have_css("opacity", "0.45")
        await expect(cut.locator("[data-code='1-01'] .total")).to_have_text("50.00")
        chaos.come_back()
        came = time.monotonic()
        await order(cut, "1-05", "1-04", "1-03", "1-02", "1-01")
        await expect(cut.locator("[data-connection-word]")).to_have_text("LIVE")
        right = time.monotonic() - came
    tell(f"a board cut off: STALE after {stale:.1f} s, right {right:.1f} s after the return")
    assert stale <= STALE_SECONDS + LATE_SECONDS
    assert right <= RIGHT_SECONDS + LATE_SECONDS
    await every_form_can_be_read(hall, open_browser)


async def turned_stale(page: Page) -> float:
    """When the page came to call itself stale."""
    await expect(page.locator("[data-board]")).to_have_attribute("data-connection", "stale", timeout=30_000)
    return time.monotonic()


async def a_mark_moves_rows(hall: Hall, open_browser: Opening) -> None:
    """Who climbs slides past the others by transform alone in half a second; with reduced motion nothing moves."""
    moved: dict[str, list[Any]] = {}
    pages = {}
    for motion in ("no-preference", "reduce"):
        page = pages[motion] = await (await open_browser(viewport=HALL, reduced_motion=motion)).new_page()
        await page.add_init_script(MOVES)
        await open_live(page, hall.board)
    await hall.stand(50, 40, 30, 45, 10)
    for motion, page in pages.items():
        await order(page, "1-01", "1-04", "1-02", "1-03", "1-05")
        await expect(page.locator("[data-code='1-04'] .total")).to_have_text("45.00")
        moved[motion] = await page.evaluate("window.moves")
        await page.close()
    slides = sorted(move for move in moved["no-preference"] if move[1])
    assert slides == [["1-02", True, 500], ["1-03", True, 500], ["1-04", True, 500]]
    assert moved["reduce"] == []


async def it_is_followed_without_sockets(hall: Hall, open_browser: Opening) -> None:
    """Where sockets are forbidden by server-sent events, also after these were refused; without both by asking for the state."""
    refused = 0

    async def refuse(socket: WebSocketRoute) -> None:
        await socket.close()

    async def refuse_first(route: Route) -> None:
        nonlocal refused
        refused += 1
        await (route.fulfill(status=503) if refused <= REFUSALS else route.continue_())

    window = await open_browser(viewport=PHONE)
    events, states = await window.new_page(), await window.new_page()
    for page in (events, states):
        await page.route_web_socket("**/hall/live*", refuse)
    await events.route("**/hall/live*", refuse_first)
    await states.route("**/hall/live*", lambda route: route.abort())
    async with events.expect_response(
        lambda answer: answer.request.resource_type == "eventsource" and answer.status == 200, timeout=30_000
    ):
        await asyncio.gather(*(open_live(page, hall.board) for page in (events, states)))
    await hall.stand(10, 20, 30, 40, 50)
    for page in (events, states):
        await order(page, "1-05", "1-04", "1-03", "1-02", "1-01")
        await expect(page.locator("[data-connection-word]")).to_have_text("LIVE")
    await window.close()


async def every_form_can_be_read(hall: Hall, open_browser: Opening) -> None:
    """Hall, phone, embedded, laid over and printed, in both languages and a competition's own colours: axe finds no fault."""
    await hall.house.publish(
        hall.event_id, [published_row(rank, f"1-0{rank}", name, "80.25") for rank, name in enumerate(NAMES, start=1)]
    )
    await hall.house.dress(hall.event_id, Theme(primary="#003366", accent="#7a1f3d"))
    faults: dict[str, Any] = {}
    read = ((HALL, (("", "zh-CN"), ("/print", "en"), ("/overlay", "zh-CN"))), (PHONE, (("", "en"), ("/embed", "en"))))
    for viewport, forms in read:
        page = await (await open_browser(viewport=viewport)).new_page()
        for form, language in forms:
            await page.goto(f"{hall.board}{form}?lang={language}")
            await expect(page.locator("main")).to_contain_text(NAMES[0])
            found = (await Axe().run(page)).response["violations"]
            if found:
                faults[f"{page.url} {viewport}"] = [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
            if form == "/overlay":
                painted = (
                    "[document.documentElement, document.body].map((box) => getComputedStyle(box).backgroundColor)"
                )
                assert await page.evaluate(painted) == ["rgba(0, 0, 0, 0)"] * 2
    assert faults == {}


async def test_a_board_in_other_pages_of_other_columns_and_taken_down(hall: Hall, open_browser: Opening) -> None:
    """Who frames a board, what an open one does when its scheme is amended, and what it says when it is no more."""
    context = await open_browser(viewport=HALL)
    page = await context.new_page()
    await it_may_be_framed(hall, context, page)
    await open_live(page, hall.board)
    async with page.expect_navigation():
        await hall.house.amend(hall.event_id, small_scheme(("A", "B", "C")))
    await expect(page.locator("thead .figure")).to_have_count(5)
    await page.evaluate("window.is_same = true")
    await hall.stand(10, 20, 30, 40, 50)
    await order(page, "1-05", "1-04", "1-03", "1-02", "1-01")
    assert await page.evaluate("window.is_same")
    await it_says_that_it_is_no_more(hall, open_browser, page)


async def it_says_that_it_is_no_more(hall: Hall, open_browser: Opening, page: Page) -> None:
    """Taken down, or by a pass that ended, a board says so instead of its rows, in its language, by whichever way."""

    async def refuse(socket: WebSocketRoute) -> None:
        await socket.close()

    async def refuse_pass(socket: WebSocketRoute) -> None:
        await socket.close(code=PASS_REFUSED)

    other = await (await open_browser(viewport=PHONE, locale="zh-CN")).new_page()
    await other.route_web_socket("**/hall/live*", refuse)
    async with other.expect_response(lambda answer: answer.request.resource_type == "eventsource"):
        await open_live(other, f"{hall.board}?lang=zh-CN")
    over = await other.context.new_page()
    await over.route_web_socket("**/hall/live*", refuse_pass)
    await over.goto(f"{hall.board}/overlay?lang=en")
    await hall.house.connection.execute("DELETE FROM board")
    await hall.house.stand(hall.event_id, [])
    ended = (
        (page, "TAKEN DOWN", "was taken down"), (other, "已撤下", "已撤下"), (over, "LINK CLOSED", "Ask the organiser for a new one")
    )  # fmt: skip
    for screen, word, farewell in ended:
        await expect(screen.locator("[data-connection-word]")).to_have_text(word)
        await expect(screen.locator("[data-farewell]")).to_contain_text(farewell)
        await expect(screen.locator("[data-rows]")).to_have_count(0)


async def it_may_be_framed(hall: Hall, context: BrowserContext, page: Page) -> None:
    """Another site's page shows the small form and nothing else; our own page around a board hears what it shows."""
    await context.route(f"{hall.base_url}/screen", lambda route: route.fulfill(body=SCREEN, content_type="text/html"))
    async with other_site(OUTER.format(address=hall.board)) as address:
        await page.goto(address)
        embedded = page.frame_locator("iframe").first
        await expect(embedded.locator("[data-connection-word]")).to_have_text("LIVE")
        await expect(embedded.locator("[data-rows] tr")).to_have_count(5)
        await expect(page.frame_locator("iframe").last.locator("[data-board]")).to_have_count(0)
        assert await context.cookies() == []

    await page.goto(f"{hall.base_url}/screen")
    revision = await hall.stand(50, 40, 30, 45, 10)
    told = {
        "leitai": "board",
        "address": "/boards/hall",
        "page": 1,
        "pages": 1,
        "revision": revision,
        "connection": "live",
    }
    await page.wait_for_function("(told) => JSON.stringify(window.told.at(-1)) === JSON.stringify(told)", arg=told)
