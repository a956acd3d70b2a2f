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
from uuid import UUID

import asyncpg
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

import competition
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.migrations import known_migrations, migrate
from competition.staging import actions, display_lines, displays, displays_store
from competition.staging.display_lines import SCREEN_COOKIE
from schemas.base import Text
from tests.conftest import database_in
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
PATIENCE = 20.0
SERVER = new_id()


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


async def test_those_who_only_ask_for_codes_fill_no_table(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most so many wait; who is not connected goes first, so that who stands in a hall stays; after a day all go."""
    monkeypatch.setattr(displays, "MOST_FROM_ONE", 10)
    now = NOW
    hall, _ = await displays.let_in(connection, None, asked_from="hall", now=now)
    named_one, _ = await displays.let_in(connection, None, asked_from="hall", now=now)
    await displays_store.name_waiting(connection, named_one.order.code, "Hall A")
    for number in range(15):
        now += timedelta(seconds=1)
        await displays_store.note_report(connection, hall.id, hall.report, SERVER, now)
        await displays.let_in(connection, None, asked_from="hall", now=now)
        assert await waiting(connection) == min(number + 2, 10)
    assert await displays_store.display_with(connection, hall.id, now) is not None
    await displays.let_in(connection, None, asked_from="hall", now=now + timedelta(days=2))
    assert await waiting(connection) == 1
    assert await displays_store.display_with(connection, named_one.id, now) is not None


async def test_strangers_who_hold_their_screens_keep_nobody_out(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All places held from a few addresses: a hall's screen is let in, and it is one of those who have the most that gives way."""
    monkeypatch.setattr(displays, "MOST_FROM_ONE", 4)
    monkeypatch.setattr(displays, "MOST_WAITING", 8)
    now, held, seen = NOW, list[UUID](), list[list[int]]()
    for place in ("b", "b", "b", "a", "a", "a", "a", "a", "hall", "hall", "hall"):
        now += timedelta(seconds=1)
        screen, token = await displays.let_in(connection, None, asked_from=place, now=now)
        await displays_store.note_report(connection, screen.id, screen.report, SERVER, now)
        known, _ = await displays.let_in(connection, token, asked_from=place, now=now)
        assert known.id == screen.id
        held.append(screen.id)
        seen.append([held.index(each) for each in await left(connection)])
    assert seen[7:] == [
        [0, 1, 2, 4, 5, 6, 7],
        [0, 1, 2, 4, 5, 6, 7, 8],
        [0, 1, 2, 5, 6, 7, 8, 9],
        [1, 2, 5, 6, 7, 8, 9, 10],
    ]


async def test_who_is_given_a_name_while_room_is_made_stays(connection: Connection, dsn: str) -> None:
    """Room is made by letting nameless screens go; one that is named at that very moment is nameless no longer."""
    codes = [f"AAAA{number:02}" for number in range(displays.MOST_FROM_ONE)]
    for number, code in enumerate(codes):
        created = NOW + timedelta(seconds=number)
        await displays_store.insert_display(connection, new_id(), bytes([number]), code, "10.0.0.1", created)
    desk = await asyncpg.connect(dsn, server_settings={"role": "leitai_app", "timezone": "UTC"})
    try:
        async with desk.transaction():
            named = await displays_store.name_waiting(desk, codes[0], "Hall A")
            coming = asyncio.create_task(
                displays.let_in(connection, None, asked_from="10.0.0.1", now=NOW + timedelta(seconds=60))
            )
            async with asyncio.timeout(PATIENCE):
                while not await desk.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        await coming
        assert [row[0] for row in await desk.fetch("SELECT id FROM display WHERE name = 'Hall A'")] == [named]
    finally:
        await desk.close()


@pytest.mark.parametrize(("trusted", "asked_from"), [("127.0.0.1", "203.0.113.9"), ("10.0.0.1", "127.0.0.1")])
async def test_a_screen_asks_from_the_address_that_a_trusted_proxy_forwards(
    dsn: str, tmp_path: Path, connection: Connection, monkeypatch: pytest.MonkeyPatch, trusted: str, asked_from: str
) -> None:
    """Who is no trusted proxy is believed nothing; once the screen has its name, nobody need know where it was."""
    monkeypatch.setenv("LEITAI_TRUSTED_PROXIES", trusted)
    async with running_site(dsn, tmp_path) as site:
        await (await site.visitor()).get("/screen", headers={"x-forwarded-for": "203.0.113.9"})
    assert await connection.fetchval("SELECT asked_from FROM display") == asked_from
    code = await connection.fetchval("SELECT code FROM display")
    await displays_store.name_waiting(connection, code, "Hall A")
    assert await connection.fetchval("SELECT asked_from FROM display") == ""


async def left(connection: Connection) -> list[UUID]:
    """The screens without a name, in the order in which they came."""
    return [row[0] for row in await connection.fetch("SELECT id FROM display WHERE name = '' ORDER BY created_at")]


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


@pytest.mark.usefixtures("contest")
async def test_screen_that_moves_to_another_server_is_not_gone(
    dsn: str, tmp_path: Path, organiser: Browser, screen: Screen, connection: Connection
) -> None:
    """The server that it has left says nothing against the one that it has come to; the one it leaves last says so."""
    await organiser.submit(f"{await named(organiser, screen)}/address", {"board": "hall"})
    async with running_site(dsn, tmp_path / "other") as other:
        async with screen.following() as before:
            await before.say()
            await until(organiser, "Hall A connected")
            first = await connection.fetchval("SELECT heard_by FROM display")
            moved = screen.following(other)
            line = await moved.__aenter__()
            await line.say(page=3)
            await until(organiser, "Page 3/3")
        await displays_store.note_gone(connection, await connection.fetchval("SELECT id FROM display"), first)
        assert "Hall A connected" in words_of(await organiser.get("/desk/displays"))
        await moved.__aexit__(None, None, None)
        await until(organiser, "Hall A gone for")


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
    """A screen pointed at an address with a pass is told it; nobody finds it in the list, nor in what the database keeps of it."""
    token = await actions.open_pass(
        connection, contest.event_id, "jury", "", timedelta(hours=1), person=contest.organiser, now=clock.now()
    )
    post = await named(organiser, screen)
    await organiser.submit(f"{post}/address", {"address": f"/boards/hall?pass={token}&top=3"})
    told = f"/boards/hall?top=3&pass={token}"
    assert told.replace("&", "&amp;") in await screen.load()
    async with screen.following() as line:
        assert (await line.next())["address"] == told
        await line.say(address=told)
        page = await until(organiser, "Hall A connected")
    assert "Address /boards/hall" in page
    assert token not in (await organiser.get("/desk/displays")).text
    kept = await connection.fetchrow("SELECT * FROM display")
    assert kept is not None
    assert token not in repr(dict(kept.items()))
    assert json.loads(kept["report"])["address"] == "/boards/hall?top=3"
    await organiser.submit(f"{post}/address", {"address": "/boards/hall"})
    assert token not in await screen.load()


async def test_an_earlier_database_forgets_the_passes_that_it_kept_in_clear(postgres: str) -> None:
    """Whatever else is in an address stays; what a screen said with a pass in it is gone until it says so again."""
    admin = await asyncpg.connect(postgres)
    await admin.execute("CREATE DATABASE before_seals")
    dsn = database_in(postgres, "before_seals")
    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "CREATE TABLE migration (name text PRIMARY KEY, digest text NOT NULL, ran_at timestamptz NOT NULL DEFAULT now())"
    )
    for one in known_migrations():
        if one.name < "0006":
            await connection.execute(one.sql)
            await connection.execute("INSERT INTO migration (name, digest) VALUES ($1, $2)", one.name, one.digest)
    queries = ("", "?pass=x", "?lang=en&pass=x", "?pass=x&lang=en", "?lang=en&pass=x&top=3", "?pass=x&pass=y")
    for number, query in enumerate(queries):
        await connection.execute(
            """
            INSERT INTO display (id, token_digest, code, created_at, address, report)
            VALUES ($1, $2, $3, now(), $4, jsonb_build_object('address', $4::text))
            """,
            new_id(), bytes([number]), str(number), f"/boards/hall{query}",
        )  # fmt: skip
    await migrate(dsn)
    kept = await connection.fetch("SELECT address, report ->> 'address' FROM display ORDER BY code")
    await connection.close()
    await admin.execute("DROP DATABASE before_seals")
    await admin.close()
    rests = ("", "", "?lang=en", "?lang=en", "?lang=en&top=3", "")
    assert [row[0] for row in kept] == [f"/boards/hall{rest}" for rest in rests]
    assert [row[1] for row in kept] == ["/boards/hall", None, None, None, None, None]


async def test_a_pass_that_another_key_sealed_is_no_pass(
    connection: Connection, organiser: Browser, screen: Screen
) -> None:
    """With a new key the screen shows what everybody may see, instead of nothing."""
    await named(organiser, screen)
    await connection.execute("UPDATE display SET address = '/boards/hall', sealed_pass = $1", b"x" * 40)
    async with screen.following() as line:
        assert (await line.next())["address"] == "/boards/hall"


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
    with monkeypatch.context() as patched:
        patched.setattr("competition.staging.screens.MOST_PAGES", 1)
        async with screen.following() as line:
            await line.next()
            async with screen.following() as another:
                assert await another.end() == CROWDED
    for said in (
        "",
        "[]",
        json.dumps(REPORT | {"page": -1}),
        json.dumps(REPORT | {"more": 1}),
        '{"version": "a\\u0007"}',
        json.dumps(REPORT | {"address": "http://["}),
    ):
        async with screen.following() as line:
            await line.connection.send(said)
            assert await line.end() == UNWANTED


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
