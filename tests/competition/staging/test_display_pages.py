"""Hall screens through the real server: let in, named, told what to show, listed with what they say of themselves."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

import competition
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.staging import actions, display_lines, displays, displays_store
from competition.staging.display_lines import SCREEN_COOKIE
from schemas.base import Text
from tests.house import NOW, Contest, found_contest
from tests.site import Browser, Site, running_site, words_of

NO_ORDER: dict[str, Any] = {
    "type": "order",
    "name": "",
    "address": None,
    "is_blank": False,
    "message": {"zh": "", "en": ""},
    "reload": 0,
}
REPORT = {
    "address": "/boards/hall",
    "page": 2,
    "pages": 3,
    "revision": 1,
    "connection": "live",
    "version": competition.__version__,
    "width": 3840,
    "height": 2160,
}
UNKNOWN, UNWANTED, CROWDED = 4404, 1008, 1013


class Screen:
    """A hall screen without a window: its browser's cookie and code, and its live line while ``following``."""

    def __init__(self, site: Site, browser: Browser) -> None:
        self.site = site
        self.browser = browser
        self.code = ""

    async def load(self) -> str:
        """Open the page; returns it."""
        page = (await self.browser.get("/screen")).text
        self.code = re.findall(r'data-code aria-label="(\w+)"', page)[0]
        return page

    @asynccontextmanager
    async def following(self, site: Site | None = None) -> AsyncIterator[Line]:
        """The live line, at another server where one is given."""
        address = (site or self.site).base_url.replace("http", "ws") + "/screen/live"
        headers = {"cookie": f"{SCREEN_COOKIE}={self.browser.cookies[SCREEN_COOKIE]}"}
        async with websockets.connect(address, additional_headers=headers) as connection:
            yield Line(connection)


class Line:
    """The other end of a live address."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def next(self, kind: str = "order") -> dict[str, Any]:
        """The next message of this type, which must come soon."""
        async with asyncio.timeout(5):
            while True:
                message: dict[str, Any] = json.loads(await self.connection.recv())
                if message["type"] == kind:
                    return message

    async def say(self, **report: Any) -> None:
        """Say how the screen is."""
        await self.connection.send(json.dumps(REPORT | report))

    async def end(self) -> int | None:
        """The code that the server closes with."""
        async with asyncio.timeout(5):
            while True:
                try:
                    await self.connection.recv()
                except ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else None


@pytest.fixture
async def organiser(site: Site) -> Browser:
    """An organiser's browser."""
    return await site.sign_in()


@pytest.fixture
async def screen(site: Site) -> Screen:
    """A screen that shows its code."""
    screen = Screen(site, await site.visitor())
    await screen.load()
    return screen


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest with the board ``hall``."""
    contest = await found_contest(connection, entrants=1)
    title = Text(zh="总排名", en="Standings")
    await actions.open_board(
        connection, contest.event_id, "hall", "standings", title, person=contest.organiser, now=NOW
    )
    return contest


async def named(organiser: Browser, screen: Screen, name: str = "Hall A") -> str:
    """Name a screen at the desk; returns the address of what it can be told."""
    answer = await organiser.submit("/desk/displays", {"code": screen.code, "name": name})
    assert answer.status_code == 303, answer.text
    return f"/desk/displays/{answer.headers['location'].partition('#display-')[2]}"


# Being let in ---------------------------------------------------------------------------------------------------------


async def test_screen_keeps_its_code_until_somebody_names_it(site: Site, organiser: Browser, screen: Screen) -> None:
    """The same screen shows the same code again, another screen another; typed in any case it is found, once."""
    first, other = screen.code, Screen(site, await site.visitor())
    page = await screen.load()
    await other.load()
    assert screen.code == first
    assert re.fullmatch(f"[{displays.LETTERS}]{{6}}", first)
    assert other.code != first
    assert "Name this screen at the desk" in page
    typed = f"{first[:3].lower()}-{first[3:]} "
    answers = [await organiser.submit("/desk/displays", {"code": typed, "name": " Hall A "}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 404]
    assert f"No screen shows the code {first}." in words_of(answers[1])
    assert f'value="{typed}"' in answers[1].text
    assert "This screen has its name." in (page := await screen.load())
    assert "Hall A" in page
    nameless = await organiser.submit("/desk/displays", {"code": other.code, "name": " "})
    assert (nameless.status_code, "A screen needs a name" in words_of(nameless)) == (422, True)


async def test_page_of_a_screen_may_frame_only_what_is_ours(site: Site) -> None:
    """Only its policy lets a frame in, from this server alone; the token is out of reach of scripts and of other sites."""
    answer = await (await site.visitor()).get("/screen")
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "frame-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert answer.headers["cache-control"] == "no-store"
    [cookie] = [said for said in answer.headers.get_list("set-cookie") if said.startswith(SCREEN_COOKIE)]
    assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {"httponly", "samesite=lax", "path=/screen"}
    assert "frame-src" not in (await (await site.visitor()).get("/")).headers["content-security-policy"]


async def test_those_who_only_ask_for_codes_fill_no_table(connection: Connection) -> None:
    """At most so many wait; the one heard of longest ago goes first, and who stands in a hall stays; after a day all go."""
    now = NOW
    hall, _ = await displays.let_in(connection, None, now=now)
    named_one, _ = await displays.let_in(connection, None, now=now)
    await displays_store.name_waiting(connection, named_one.order.code, "Hall A")
    for number in range(displays.MOST_WAITING + 20):
        now += timedelta(seconds=1)
        await displays_store.note_report(connection, hall.id, hall.report, now)
        await displays.let_in(connection, None, now=now)
        assert number < displays.MOST_WAITING or await waiting(connection) == displays.MOST_WAITING
    assert await displays_store.display_with(connection, hall.id, now) is not None

    await connection.execute("UPDATE display SET seen_at = $1, is_connected = true WHERE name = ''", now)
    with pytest.raises(displays.TooManyScreens):
        await displays.let_in(connection, None, now=now)
    await displays.let_in(connection, None, now=now + timedelta(days=2))
    assert await waiting(connection) == 1
    assert await displays_store.display_with(connection, named_one.id, now) is not None


async def waiting(connection: Connection) -> int:
    """How many screens have no name."""
    return int(await connection.fetchval("SELECT count(*) FROM display WHERE name = ''"))


# Orders ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("contest")
async def test_every_order_reaches_the_screen_at_once(site: Site, organiser: Browser, screen: Screen) -> None:
    """Name, board, language, black, message, reload: each is told as it is given, alone or to all screens; then it is forgotten."""
    async with screen.following() as line:
        told = [await line.next()]
        post = await named(organiser, screen)
        orders = [
            (f"{post}/address", {"board": "hall", "language": "zh-CN", "address": ""}),
            (f"{post}/blank", {"is_blank": "true"}),
            (f"{post}/message", {"zh": " 休息 ", "en": "Break"}),
            ("/desk/displays/all/message", {}),
            ("/desk/displays/all/blank", {"is_blank": "false"}),
            (f"{post}/reload", {}),
            ("/desk/displays/all/reload", {}),
            (f"{post}/address", {"board": "", "language": "", "address": f"{site.base_url}/boards/hall/embed?top=3"}),
            (f"{post}/name", {"name": "Foyer"}),
        ]
        told.append(await line.next())
        for path, fields in orders:
            assert (await organiser.submit(path, fields)).status_code == 303
            told.append(await line.next())
        assert (await organiser.submit(f"{post}/forget")).status_code == 303
        assert await line.end() == UNKNOWN
    expected = [NO_ORDER | {"code": screen.code}]
    for change in (
        {"name": "Hall A"},
        {"address": "/boards/hall?lang=zh-CN"},
        {"is_blank": True},
        {"message": {"zh": "休息", "en": "Break"}},
        {"message": {"zh": "", "en": ""}},
        {"is_blank": False},
        {"reload": 1},
        {"reload": 2},
        {"address": "/boards/hall/embed?top=3"},
        {"name": "Foyer"},
    ):
        expected.append(expected[-1] | change)
    assert told == expected
    before = screen.code
    await screen.load()
    assert screen.code != before


async def test_screen_is_told_at_whichever_server_it_is(
    dsn: str, tmp_path: Path, organiser: Browser, screen: Screen
) -> None:
    """The desk may be at another server of the same database than the screen, and sees that it is there."""
    async with running_site(dsn, tmp_path / "other") as other, screen.following(other) as line:
        await line.next()
        await named(organiser, screen)
        assert (await line.next())["name"] == "Hall A"
        await line.say()
        await until(organiser, "Hall A connected")


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/boards/hall",
        "javascript:alert(1)",
        "/desk",
        "/boards/nothing",
        "/boards/hall/../../desk",
        "/boards",
        "/boards/hall/state",
        "http://[",
        "/boards/hall?\n",
    ],
)
def test_screen_shows_nothing_but_pages_of_boards(address: str) -> None:
    """Whatever is pasted becomes a path of ours that a board is at, or nothing: no other site's page, no page of the desk."""
    try:
        found = displays.address_in(address)
    except displays.BadDisplayAddress:
        found = ""
    assert found in {"", "/boards/nothing", "/boards/hall"}


@pytest.mark.usefixtures("contest")
async def test_wrong_orders_are_refused_with_a_sentence(organiser: Browser, screen: Screen) -> None:
    """No such board, a message too long, a name that is none, a screen that is not there."""
    post = await named(organiser, screen)
    answers = [
        await organiser.submit(f"{post}/address", {"address": "/boards/nothing"}),
        await organiser.submit(f"{post}/address", {"address": "/desk"}),
        await organiser.submit(f"{post}/message", {"zh": "x" * 201}),
        await organiser.submit(f"{post}/name", {"name": " "}),
        await organiser.submit(f"/desk/displays/{new_id()}/blank", {"is_blank": "true"}),
        await organiser.submit(f"/desk/displays/{new_id()}/forget"),
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 422, 404, 404]
    assert "/boards/nothing is no board of this server." in words_of(answers[0])
    assert "at most 200 characters in each language" in words_of(answers[2])


# Reports --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("contest")
async def test_list_tells_how_a_screen_is(connection: Connection, organiser: Browser, screen: Screen) -> None:
    """Board, page, revision and whether it is the newest, connection, size and version; and that it is gone, once it is."""
    post = await named(organiser, screen)
    await organiser.submit(f"{post}/address", {"board": "hall"})
    assert "Hall A not heard of yet" in words_of(await organiser.get("/desk/displays"))
    newest = (await organiser.get("/boards/hall/state")).json()["revision"]
    async with screen.following() as line:
        await line.say(revision=newest)
        said = await until(organiser, "Hall A connected")
        size = f"Size 3840 × 2160 Version {competition.__version__} Heard of"
        page = f"Address /boards/hall Page 2/3 Revision {newest}"
        assert f"{page} the newest Board's connection live {size}" in said
        await line.say(revision=newest - 1, connection="stale", version="0.0.1")
        said = await until(organiser, "newest is")
        assert f"Revision {newest - 1} newest is {newest} Board's connection stale" in said
        assert "Version 0.0.1 old" in said
    await until(organiser, "Hall A gone for")
    await connection.execute("UPDATE display SET is_connected = true, seen_at = $1", clock.now() - timedelta(minutes=2))
    assert "Hall A gone for 2 min" in words_of(await organiser.get("/desk/displays"))


@pytest.mark.usefixtures("contest")
async def test_list_asks_as_often_for_three_screens_as_for_one(
    site: Site, organiser: Browser, statements: list[str]
) -> None:
    """The list costs the same number of statements however many screens there are."""
    counts = []
    for count in (1, 2):
        for _ in range(count):
            screen = Screen(site, await site.visitor())
            await screen.load()
            await organiser.submit(f"{await named(organiser, screen)}/address", {"board": "hall"})
        statements.clear()
        assert (await organiser.get("/desk/displays")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_list_keeps_a_pass_to_itself(
    connection: Connection, contest: Contest, organiser: Browser, screen: Screen
) -> None:
    """A screen may be pointed at an address with a pass; nobody finds the pass in the list."""
    token = await actions.open_pass(
        connection, contest.event_id, "jury", "", timedelta(hours=1), person=contest.organiser, now=clock.now()
    )
    post = await named(organiser, screen)
    await organiser.submit(f"{post}/address", {"address": f"/boards/hall?pass={token}"})
    page = await organiser.get("/desk/displays")
    assert "Address /boards/hall" in words_of(page)
    assert token not in page.text


async def test_desk_that_looks_on_is_told_to_look_again(
    site: Site, organiser: Browser, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hint comes when a screen has another order, or comes, and otherwise every few seconds."""
    monkeypatch.setattr(display_lines, "LIST_SECONDS", 60)
    cookies = "; ".join(f"{name}={value}" for name, value in organiser.cookies.items())
    address = site.base_url.replace("http", "ws") + "/desk/displays/live"
    async with websockets.connect(address, additional_headers={"cookie": cookies}) as connection:
        line = Line(connection)
        await line.next("changed")
        await named(organiser, screen)
        await line.next("changed")
        async with screen.following() as own:
            await own.say()
            await line.next("changed")
        monkeypatch.setattr(display_lines, "LIST_SECONDS", 0.1)
        await line.next("changed")
        await line.next("changed")


async def test_who_is_no_screen_is_sent_away(site: Site, screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another site's page is refused; an unknown cookie, nonsense, figures that cannot be and a fifth window are each told why."""
    address = site.base_url.replace("http", "ws") + "/screen/live"
    own = {"cookie": f"{SCREEN_COOKIE}={screen.browser.cookies[SCREEN_COOKIE]}"}
    with pytest.raises(InvalidStatus):
        await websockets.connect(address, additional_headers={**own, "origin": "https://evil.example"})
    async with websockets.connect(address) as nobody:
        assert await Line(nobody).end() == UNKNOWN
    for said in (
        "",
        "[]",
        json.dumps(REPORT | {"page": -1}),
        json.dumps(REPORT | {"more": 1}),
        '{"version": "a\\u0007"}',
    ):
        async with screen.following() as line:
            await line.connection.send(said)
            assert await line.end() == UNWANTED
    monkeypatch.setattr("competition.staging.screens.MOST_PAGES", 1)
    async with screen.following() as line:
        await line.next()
        async with screen.following() as another:
            assert await another.end() == CROWDED


NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node is not installed; the browser journey covers the script more coarsely")
def test_script_of_a_screen_keeps_its_rules() -> None:
    """Every case of ``screen.test.mjs`` passes."""
    cases = Path(__file__).with_name("screen.test.mjs")
    run = subprocess.run([str(NODE), "--test", str(cases)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


async def until(browser: Browser, words: str) -> str:
    """What the list of screens says, once it says these words."""
    async with asyncio.timeout(5):
        while words not in (said := words_of(await browser.get("/desk/displays"))):  # noqa: ASYNC110 - a page sets no Event
            await asyncio.sleep(0.05)
    return said
