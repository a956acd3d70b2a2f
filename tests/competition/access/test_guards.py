"""The guard in front of every handler, met through the real server: who is let in, who is not, and from where."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast, get_args
from uuid import UUID

import httpx
import pytest
import websockets
from litestar import Litestar, WebSocket, get, websocket
from litestar.datastructures import State
from litestar.routes import HTTPRoute
from websockets.exceptions import InvalidStatus

from competition.access import actions, guards, store
from competition.access.actions import token_digest
from competition.access.rules import ANYONE, ROLES_OF, TABLET_VERBS, Verb, may
from competition.app import create_contest
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, open_pool
from competition.plumbing.errors import EXCEPTION_HANDLERS
from competition.plumbing.settings import Settings
from competition.plumbing.web import is_same_origin
from schemas.access import Role
from schemas.base import Message
from scoreboards.app import create_scoreboards
from tests.house import PIN, add_person, enrolled_tablet, send, tablet_of
from tests.site import Browser, Site

ROLES: tuple[Role, ...] = get_args(Role)
LIVE = "LIVE"
"""The method, so to speak, of an address that is a socket."""

DOORS = ("/sign-in", "/judge/unlock")
SETTINGS = Settings(data=Path(), database_url=None, host="", port=0, base_url=None, secret=b"s" * 32)


class Address(Message):
    """A method and a path of the contest, with the verb that its handler declares."""

    method: str
    path: str
    verb: str


def addresses() -> Iterator[Address]:
    """Everything the contest's app answers to, its path parameters filled with things that do not exist."""
    contest = create_contest(SETTINGS, "", beside=create_scoreboards(""))
    for route in contest.routes:
        path = re.sub(r"\{\w+:(\w+)\}", lambda kind: EXAMPLES[kind[1]], route.path)
        if not isinstance(route, HTTPRoute):
            yield Address(method=LIVE, path=path, verb=route.route_handler.opt.get("may", ""))
            continue
        for handler in route.route_handlers:
            for method in sorted(handler.http_methods - {"OPTIONS"}):
                yield Address(method=method, path=path, verb=handler.opt.get("may", ""))


EXAMPLES = {"uuid": str(UUID(int=7)), "int": "1", "str": "nothing", "path": "nothing"}


# What handlers declare ------------------------------------------------------------------------------------------------


def test_every_address_declares_what_it_does() -> None:
    """No handler is without its verb, and every verb is one that the rules know."""
    undeclared = {address for address in addresses() if address.verb not in {*ROLES_OF, ANYONE}}
    assert undeclared == set()


def test_only_doors_and_shop_windows_are_open_to_anyone() -> None:
    """What needs nobody to be signed in is this short list."""
    assert sorted({address.path for address in addresses() if address.verb == ANYONE}) == [
        "/",
        "/api",
        "/api/nothing",
        "/api/openapi.json",
        f"/draws/{EXAMPLES['uuid']}",
        f"/draws/{EXAMPLES['uuid']}/draw.json",
        "/healthz",
        "/judge/enrol/nothing",
        "/judge/unlock",
        "/language/nothing",
        "/screen",
        "/screen/live",
        "/sign-in",
        "/sign-out",
        "/static/nothing",
    ]


async def test_a_handler_that_declares_nothing_is_refused_to_everybody() -> None:
    """Denied by default: forgetting ``may`` locks a page, it does not open it."""

    @get("/forgotten")
    async def forgotten() -> str:
        return "secret"

    app = Litestar(
        [forgotten],
        guards=[guards.authorise],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
        logging_config=None,
        state=State({"settings": SETTINGS}),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(cast("Any", app)), base_url="http://test") as client:
        answer = await client.get("/forgotten")
    assert (answer.status_code, answer.json()["type"]) == (403, "not-allowed")


# Role by route --------------------------------------------------------------------------------------------------------


async def test_each_role_is_let_in_exactly_where_the_rules_say(site: Site, connection: Connection) -> None:
    """The whole matrix: every role, with a password and with a tablet, and nobody, at every address (acceptance 26)."""
    asked = [address for address in addresses() if address.verb != ANYONE]
    wrong: list[tuple[str, bool, Address]] = []
    for role in ROLES:
        person = await add_person(connection, role, pin=PIN)
        for browser, has_tablet in (
            (await site.sign_in(role), False),
            (await tablet_of(site, connection, person), True),
        ):
            for address in asked:
                let_in = await _is_let_in(browser, address)
                expected = may(role, address.verb) and (has_tablet or address.verb not in TABLET_VERBS)
                if let_in is not expected:
                    wrong.append((role, has_tablet, address))
                if address.path == "/judge/lock" and let_in:
                    await browser.submit("/judge/unlock", {"pin": PIN})
    nobody, locked = (
        await site.visitor(),
        await enrolled_tablet(site, connection, await add_person(connection, "chief_judge", pin=PIN)),
    )
    wrong += [("nobody", False, address) for address in asked if await _is_let_in(nobody, address)]
    wrong += [("locked", True, address) for address in asked if await _is_let_in(locked, address)]
    assert wrong == []
    assert {address.verb for address in asked} == set(get_args(Verb))


async def test_nobody_is_sent_to_the_right_door(site: Site) -> None:
    """A page asks for the password, a tablet's page for the PIN, each coming back afterwards; a program is told 401."""
    nobody = await site.visitor()
    desk, tablet = await nobody.get("/desk"), await nobody.get("/judge")
    assert (desk.status_code, desk.headers["location"]) == (303, "/sign-in?next=/desk")
    assert (tablet.status_code, tablet.headers["location"]) == (303, "/judge/unlock?next=/judge")
    answers = [await nobody.get(path, headers={"accept": "application/json"}) for path in ("/desk", "/judge/sheets")]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (401, "not-signed-in"),
        (401, "device-is-locked"),
    ]


async def test_a_role_without_the_verb_is_told_so(site: Site) -> None:
    """Who is signed in and may not is refused with a reason, not sent round in circles."""
    browser = await site.sign_in("spectator")
    answer = await browser.get("/desk", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (403, "not-allowed")


# Sessions and tablets -------------------------------------------------------------------------------------------------


async def test_an_expired_session_is_nobodys(site: Site, connection: Connection) -> None:
    """The moment a session expires, its cookie opens nothing."""
    browser = await site.sign_in("organiser")
    assert (await browser.get("/desk")).status_code == 200
    await connection.execute("UPDATE sign_in SET expires_at = $1", clock.now())
    assert (await browser.get("/desk")).headers["location"] == "/sign-in?next=/desk"


async def test_an_account_out_of_use_is_nobodys(site: Site, connection: Connection) -> None:
    """Session and tablet of an account that was taken out of use open nothing any more."""
    person = await add_person(connection, "chief_judge", pin=PIN)
    browser, tablet = await site.sign_in("organiser"), await tablet_of(site, connection, person)
    assert ((await browser.get("/desk")).status_code, (await tablet.get("/judge")).status_code) == (200, 200)
    await connection.execute("UPDATE account SET is_active = false")
    assert (await browser.get("/desk")).headers["location"] == "/sign-in?next=/desk"
    assert (await tablet.get("/judge")).headers["location"] == "/judge/unlock?next=/judge"


async def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    """A copied cookie is worth nothing after signing out."""
    browser, thief = await site.sign_in("organiser"), await site.visitor()
    thief.cookies.set(guards.SESSION_COOKIE, browser.cookies[guards.SESSION_COOKIE])
    assert (await thief.get("/desk")).status_code == 200
    assert (await browser.submit("/sign-out")).headers["location"] == "/"
    assert guards.SESSION_COOKIE not in browser.cookies
    assert (await thief.get("/desk")).headers["location"] == "/sign-in?next=/desk"


async def test_a_tablet_asks_for_the_pin_again_when_it_is_locked_or_the_day_is_over(
    site: Site, connection: Connection
) -> None:
    """Locking by hand and the end of the unlocked time both lead back to the PIN."""
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    assert (await tablet.submit("/judge/lock")).headers["location"] == "/judge/unlock"
    assert (await tablet.get("/judge")).headers["location"] == "/judge/unlock?next=/judge"
    await tablet.submit("/judge/unlock", {"pin": PIN})
    assert (await tablet.get("/judge")).status_code == 200
    await connection.execute("UPDATE device SET unlocked_until = $1", clock.now() - timedelta(seconds=1))
    assert (await tablet.get("/judge")).headers["location"] == "/judge/unlock?next=/judge"


async def test_a_revoked_tablet_is_told_so_and_keeps_what_is_on_it(site: Site, connection: Connection) -> None:
    """Every request of a revoked tablet gets 403 with its reason, never a redirect that would drop its outbox (acceptance 17)."""
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    await _revoke(connection, tablet)
    path = f"/events/{new_id()}/marks"
    answers = [
        await tablet.get("/judge/sheets", headers={"accept": "application/json"}),
        await send(tablet, "POST", path, b'{"sent_at":"2026-05-01T01:00:00Z","marks":[]}'),
        await tablet.submit("/judge/unlock", {"pin": PIN}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert [answer.json()["type"] for answer in answers[:2]] == ["device-is-revoked", "device-is-revoked"]


async def test_a_revoked_tablet_does_not_lock_the_desk_on_the_same_machine(site: Site, connection: Connection) -> None:
    """Who tried a tablet in the desk's own browser and revoked it still works at the desk."""
    browser = await site.sign_in("organiser")
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    browser.cookies.set(guards.DEVICE_COOKIE, tablet.cookies[guards.DEVICE_COOKIE])
    await _revoke(connection, tablet)
    assert (await browser.get("/desk")).status_code == 200
    assert (await browser.get("/judge")).status_code == 403


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(site: Site, connection: Connection) -> None:
    """Session and tablet cookies are HttpOnly and SameSite=Lax; only the form token is readable, for our own scripts."""
    person = await add_person(connection, "judge", pin=PIN)
    link = await actions.open_enrolment(connection, person.id, now=clock.now())
    visitor = await site.visitor()
    enrolled = await visitor.submit(f"/judge/enrol/{link}", {"name": "tablet"})
    chosen = await visitor.get("/language/en")
    for cookie in (*enrolled.headers.get_list("set-cookie"), *chosen.headers.get_list("set-cookie")):
        assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {"httponly", "samesite=lax", "path=/"}


async def test_a_tablet_is_heard_of_twice_a_minute_at_most(site: Site, connection: Connection) -> None:
    """Being seen is written down, yet not with every mark."""
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    [before] = await store.devices(connection)
    await tablet.get("/judge/sheets")
    assert [device.last_seen_at for device in await store.devices(connection)] == [before.last_seen_at]
    assert before.last_seen_at is not None
    await connection.execute("UPDATE device SET last_seen_at = $1", before.last_seen_at - timedelta(minutes=1))
    await tablet.get("/judge/sheets")
    [after] = await store.devices(connection)
    assert after.last_seen_at is not None
    assert after.last_seen_at >= before.last_seen_at


# Forged requests ------------------------------------------------------------------------------------------------------


async def test_a_post_without_the_token_of_a_page_is_refused(site: Site, connection: Connection) -> None:
    """Another site's form carries the cookies and not the token: nothing happens, for forms and for JSON (acceptance 27)."""
    desk = await site.sign_in("organiser")
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    other = {"origin": "https://evil.example", "accept": "application/json"}
    forms = {"name_zh": "赛", "name_en": "C", "place": "", "starts_on": "2026-05-01", "ends_on": "2026-05-01"}
    stale = "0" * 128
    answers = [
        await desk.post("/desk/competitions", data=forms, headers=other),
        await desk.post("/desk/competitions", data={**forms, "_csrf_token": stale}, headers=other),
        await desk.post("/desk/competitions", data={**forms, "_csrf_token": ""}, headers=other),
        await tablet.post(f"/events/{new_id()}/marks", json={}, headers=other),
        await tablet.post(f"/events/{new_id()}/marks", json={}, headers={**other, "x-csrftoken": stale}),
        await tablet.post(f"/events/{new_id()}/marks", content="{}", headers={**other, "content-type": "text/plain"}),
        await desk.post("/sign-out", headers=other),
        await tablet.request("DELETE", f"/score-sheets/{new_id()}/seal", headers=other),
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [(403, "page-expired")] * 8
    assert await connection.fetchval("SELECT count(*) FROM competition") == 0
    assert (await desk.get("/desk")).status_code == 200


async def test_a_token_of_somebody_elses_browser_does_not_fit(site: Site) -> None:
    """The token must be the one in the same browser's cookie."""
    desk, other = await site.sign_in("organiser"), await site.sign_in("organiser")
    data = {"_csrf_token": other.cookies["leitai_csrf"]}
    answer = await desk.post("/sign-out", data=data, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (403, "page-expired")


@pytest.mark.parametrize(
    ("origin", "host", "base_url", "expected"),
    [
        (None, "venue.example", None, True),
        ("https://venue.example", "venue.example", None, True),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", None, True),
        ("https://venue.example", "10.0.0.5:8000", "https://venue.example", True),
        ("https://evil.example", "venue.example", None, False),
        ("https://evil.example", "venue.example", "https://venue.example", False),
        ("https://venue.example.evil.example", "venue.example", None, False),
        ("https://venue.example:444", "venue.example", None, False),
        ("http://127.0.0.1:8001", "127.0.0.1:8000", None, False),
        ("null", "venue.example", None, False),
        ("null", "", None, False),
        ("", "", None, False),
        ("file://", "", None, False),
    ],
)
def test_a_socket_comes_from_a_page_of_ours(
    origin: str | None, host: str, base_url: str | None, expected: bool
) -> None:
    """A browser says where its page is from; only this server's own pages may open a socket, and programs say nothing."""
    assert is_same_origin(origin, host, base_url) is expected


async def test_a_socket_opened_by_another_site_is_refused_in_spite_of_its_cookies(
    dsn: str, connection: Connection
) -> None:
    """A foreign page's socket carries the session's cookie too; only one of ours is accepted (acceptance 27)."""

    @websocket("/live", may="see_desk")
    async def live(socket: WebSocket[Any, Any, Any]) -> None:
        await socket.accept()

    await actions.add_account(connection, "王", "organiser", username="wang", password="a long one!", now=clock.now())
    token = await actions.sign_in(connection, "wang", "a long one!", now=clock.now())
    async with await open_pool(dsn, "leitai_app", most=1) as pool:
        state = State({"settings": SETTINGS, "pool": pool})
        app = Litestar([live], guards=[guards.authorise], openapi_config=None, logging_config=None, state=state)
        said = [
            await _opened(app, {"host": "venue.example", "cookie": f"leitai_session={token}", **origin})
            for origin in (
                {},
                {"origin": "https://venue.example"},
                {"origin": "https://evil.example"},
                {"origin": "https://venue.example.evil.example"},
                {"origin": "null"},
            )
        ]
    assert said == ["websocket.accept", "websocket.accept", "websocket.close", "websocket.close", "websocket.close"]


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "desk",
    "",
)


async def test_no_door_leads_to_another_site(site: Site, connection: Connection) -> None:
    """``next=`` is followed to a path of this server only: at sign-in, at the PIN, and when a language is chosen."""
    await actions.add_account(connection, "王", "organiser", username="wang", password="a long one!", now=clock.now())
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    visitor = await site.visitor()
    landed = set()
    for address in ELSEWHERE:
        for answer in (
            await visitor.get("/language/en", params={"next": address}),
            await visitor.submit("/sign-in", {"username": "wang", "password": "a long one!", "next": address}),
            await tablet.submit("/judge/unlock", {"pin": PIN, "next": address}),
        ):
            landed.add((answer.status_code, answer.headers["location"]))
        for door, way in (("/sign-in", "/"), ("/judge/unlock", "/judge")):
            form = await tablet.get(door, params={"next": address})
            assert re.findall(r'name="next" value="([^"]*)"', form.text) == [way]
    assert landed == {(303, "/")}
    kept = await visitor.get("/language/en", params={"next": "/boards/hall?page=2#top"})
    assert kept.headers["location"] == "/boards/hall?page=2#top"


# Guessing and enrolling over HTTP -------------------------------------------------------------------------------------


async def test_a_burst_of_pin_guesses_is_stopped_and_hinders_nobody_else(site: Site, connection: Connection) -> None:
    """Forty guesses at once at one tablet: ten are looked at, and another judge unlocks and works meanwhile (acceptance 28)."""
    guessed = await enrolled_tablet(site, connection, await add_person(connection, "judge", pin=PIN))
    other = await enrolled_tablet(site, connection, await add_person(connection, "judge", pin=PIN))
    headers = {"accept": "application/json"}
    form = {"_csrf_token": guessed.cookies["leitai_csrf"]}
    guesses = [
        guessed.post("/judge/unlock", data={**form, "pin": f"{number:06}"}, headers=headers) for number in range(40)
    ]
    *answers, unlocked = await asyncio.gather(*guesses, other.submit("/judge/unlock", {"pin": PIN}))
    assert Counter((answer.status_code, answer.json()["type"]) for answer in answers) == {
        (401, "wrong-pin"): 10,
        (429, "too-many-guesses"): 30,
    }
    assert unlocked.status_code == 303
    assert (await other.get("/judge")).status_code == 200
    right = await guessed.post("/judge/unlock", data={**form, "pin": PIN}, headers=headers)
    assert (right.status_code, right.json()["type"]) == (429, "too-many-guesses")


async def test_an_enrolment_link_makes_one_tablet_of_two_browsers(site: Site, connection: Connection) -> None:
    """Two browsers post the same link at once: one becomes the tablet, the other is told that the link is spent."""
    person = await add_person(connection, "judge", pin=PIN)
    link = await actions.open_enrolment(connection, person.id, now=clock.now())
    path = f"/judge/enrol/{link}"
    first, second = await site.visitor(), await site.visitor()
    for browser in (first, second):
        assert person.name in (await browser.get(path)).text
    answers = await asyncio.gather(first.submit(path, {"name": "a"}), second.submit(path, {"name": "b"}))
    assert sorted(answer.status_code for answer in answers) == [303, 410]
    assert len(await store.devices(connection)) == 1
    assert (await (await site.visitor()).get(path)).status_code == 410


async def test_a_door_takes_no_field_it_does_not_know(site: Site) -> None:
    """Unknown fields are refused at the doors too."""
    visitor = await site.visitor()
    answer = await visitor.submit("/sign-in", {"username": "a", "password": "b", "role": "organiser"})
    assert answer.status_code == 400


async def _opened(app: Litestar, headers: dict[str, str]) -> str:
    """What a socket with these headers is answered first."""
    said: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def say(message: dict[str, Any]) -> None:
        said.append(message["type"])

    scope = {
        "type": "websocket",
        "path": "/live",
        "raw_path": b"/live",
        "query_string": b"",
        "scheme": "ws",
        "client": None,
        "server": None,
        "subprotocols": [],
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await cast("Any", app)(scope, receive, say)
    return said[0]


async def _is_let_in(browser: Browser, address: Address) -> bool:
    if address.method == LIVE:
        return await _is_heard(browser, address.path)
    if address.method == "GET":
        answer = await browser.get(address.path)
    elif address.path.startswith(("/events/", "/score-sheets/")):
        answer = await send(browser, address.method, address.path, b"{}")
    else:
        answer = await browser.submit(address.path)
    assert answer.status_code < 500, (address, answer.text)
    location = answer.headers.get("location", "")
    is_sent_to_a_door = answer.status_code == 303 and location.startswith(DOORS) and "next=" in location
    return answer.status_code not in {401, 403} and not is_sent_to_a_door


async def _is_heard(browser: Browser, path: str) -> bool:
    """Whether a live address takes this browser's connection; a refusal comes before the handshake is done."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    address = str(browser.base_url.join(path)).replace("http", "ws", 1)
    try:
        async with websockets.connect(address, additional_headers={"cookie": cookies}):
            return True
    except InvalidStatus as refusal:
        return refusal.response.status_code != httpx.codes.FORBIDDEN


async def _revoke(connection: Connection, tablet: Browser) -> None:
    holder = await store.holder_of(connection, token_digest(tablet.cookies[guards.DEVICE_COOKIE]))
    assert holder is not None
    await actions.revoke_device(connection, holder.device_id, actor_id=holder.account.id, now=clock.now())
