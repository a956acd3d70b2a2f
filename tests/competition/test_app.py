"""The whole program at its edge: health, languages, headers, problems, and the boards beside the contest."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
import websockets
from litestar.types import Receive, Scope, Send
from websockets.frames import CloseCode

import competition
from competition.access.guards import SESSION_COOKIE
from competition.app import MOST_BYTES, create_contest
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.settings import Settings
from competition.plumbing.web import Edge, chosen_language
from competition.server import MOST_HEARD
from scoreboards.app import create_scoreboards
from tests.house import PIN, add_person, send, tablet_of
from tests.site import PASSWORD, Browser, Site, found_event, running_site, words_of

JSON = {"accept": "application/json"}


@pytest.fixture
async def visitor(site: Site) -> Browser:
    """A browser of nobody in particular."""
    return await site.visitor()


# Health and pages -----------------------------------------------------------------------------------------------------


async def test_healthz_tells_version_and_database(visitor: Browser, connection: Connection) -> None:
    """A probe learns that the program is ready, which version it is and which database answers it."""
    answer = await visitor.get("/healthz")
    version = await connection.fetchval("SHOW server_version")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "version": competition.__version__, "database": f"PostgreSQL {version}"},
    )


async def test_first_page_leads_to_desk_and_tablet(visitor: Browser) -> None:
    """Whoever comes without an address finds the two doors."""
    page = await visitor.get("/")
    assert page.status_code == 200
    assert 'href="/desk"' in page.text
    assert 'href="/judge"' in page.text


async def test_every_kind_of_answer_carries_the_security_headers(site: Site, visitor: Browser) -> None:
    """Pages, JSON, files, redirects, errors, and boards: a strict policy, no sniffing, no framing."""
    desk = await site.sign_in("organiser")
    answers = [
        await visitor.get("/"),
        await visitor.get("/healthz"),
        await visitor.get("/static/tokens.css"),
        await visitor.get("/desk"),
        await visitor.get("/nothing"),
        await visitor.get("/boards/nothing"),
        await visitor.get("/boards/static/board.css"),
        await visitor.post("/sign-in"),
        await desk.get("/desk"),
    ]
    wanted = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
    }
    for answer in answers:
        assert {name: answer.headers[name] for name in wanted} == wanted
        policy = answer.headers["content-security-policy"].split("; ")
        assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= set(policy)
        assert not any("unsafe" in each or "*" in each for each in policy)
    assert [answer.status_code for answer in answers] == [200, 200, 200, 303, 404, 404, 200, 403, 200]


async def test_what_only_some_may_see_is_not_stored(site: Site, visitor: Browser) -> None:
    """Answers of desk and tablet are kept by no browser or proxy; public pages and files are left to say for themselves."""
    desk = await site.sign_in("organiser")
    private = [await desk.get("/desk"), await visitor.get("/desk/nothing"), await visitor.get("/judge")]
    assert [answer.headers.get_list("cache-control") for answer in private] == [["no-store"]] * 3
    for path in ("/", "/deskx", "/static/tokens.css"):
        assert "no-store" not in (await visitor.get(path)).headers.get("cache-control", "")


async def test_answers_that_say_how_long_they_keep_are_left_alone() -> None:
    """The edge adds no second word on keeping."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Cache-Control", b"private")]})

    async def send(message: Any) -> None:
        sent.extend(message["headers"])

    sent: list[tuple[bytes, bytes]] = []
    scope: Any = {"type": "http", "path": "/desk", "headers": []}
    await Edge(app)(scope, cast("Any", None), send)
    assert [value for name, value in sent if name.lower() == b"cache-control"] == [b"private"]


@pytest.mark.parametrize(("base_url", "is_secure"), [(None, False), ("http://a", False), ("https://a", True)])
def test_tokens_of_forms_travel_as_safely_as_the_site(tmp_path: Path, base_url: str | None, is_secure: bool) -> None:
    """Where people reach the server by HTTPS, the cookie of the forms' token is for HTTPS alone."""
    settings = Settings(data=tmp_path, database_url="", host="", port=0, base_url=base_url, secret=b"s" * 32)
    contest = create_contest(settings, "", beside=create_scoreboards("", base_url=base_url))
    assert contest.csrf_config is not None
    assert contest.csrf_config.cookie_secure is is_secure


async def test_pages_hold_no_inline_script_or_style(site: Site, visitor: Browser) -> None:
    """What the policy would stop is not there in the first place."""
    desk = await site.sign_in("organiser")
    for page in (await visitor.get("/"), await visitor.get("/sign-in"), await desk.get("/desk")):
        assert "<style" not in page.text
        assert " style=" not in page.text
        assert " onclick=" not in page.text
        assert page.text.count("<script") == page.text.count('<script type="module" src=')


async def test_api_document_is_served(visitor: Browser) -> None:
    """The OpenAPI document names the way of a mark."""
    answer = await visitor.get("/api/openapi.json")
    assert answer.status_code == 200
    assert "/events/{event_id}/marks" in answer.json()["paths"]


# Languages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ("", None),
        ("leitai_language=zh-CN", "zh-CN"),
        ('leitai_language="zh-CN"', "zh-CN"),
        ("a=1; leitai_language=en; b=2", "en"),
        ("a@b=1; x[y]=2; leitai_language=zh-CN", "zh-CN"),
        ('open="; leitai_language=en', "en"),
        ("path=/; expires=never; leitai_language=en", "en"),
        ("not_leitai_language=zh-CN", None),
        (";;=;==; leitai_language", ""),
    ],
)
def test_language_is_found_among_any_cookies(cookies: str, expected: str | None) -> None:
    """Whatever other programs on the same host left there, the reader's choice is found and nothing breaks."""
    assert chosen_language(cookies) == expected


async def test_reader_is_answered_in_their_language(visitor: Browser) -> None:
    """The browser's wish decides, the reader's own choice goes before it, and strange cookies hinder neither."""
    seen = []
    for headers in (
        {"accept-language": "zh-CN,zh;q=0.9"},
        {"accept-language": "de, fr;q=0.9"},
        {"accept-language": "zh-CN", "cookie": "a@b=1; leitai_language=en"},
        {"accept-language": "en", "cookie": "leitai_language=zh-CN"},
        {"accept-language": "en", "cookie": "leitai_language=tlh"},
    ):
        page = await visitor.get("/sign-in", headers=headers)
        assert page.status_code == 200
        seen.append(page.text.partition('<html lang="')[2].partition('"')[0])
    assert seen == ["zh-CN", "en", "en", "zh-CN", "en"]


async def test_chosen_language_is_kept(visitor: Browser) -> None:
    """The switch sets a cookie for a year and leads back to where it was pressed."""
    answer = await visitor.get("/language/zh-CN", params={"next": "/sign-in"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert 'lang="zh-CN"' in (await visitor.get("/sign-in")).text
    await visitor.get("/language/en")
    assert 'lang="en"' in (await visitor.get("/sign-in")).text


# Problems -------------------------------------------------------------------------------------------------------------


async def test_problem_is_a_page_for_people_and_json_for_programs(visitor: Browser) -> None:
    """The same problem, each in the form and language asked for."""
    page = await visitor.get("/nothing")
    chinese = await visitor.get("/nothing", headers={"accept-language": "zh-CN"})
    told = await visitor.get("/nothing", headers=JSON)
    assert [answer.status_code for answer in (page, chinese, told)] == [404, 404, 404]
    assert "There is nothing at this address." in page.text
    assert "There is nothing at this address." not in chinese.text
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json() == {
        "type": "not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is nothing at this address. Check the link, or start from the first page.",
    }


async def test_what_is_no_address_is_not_found(site: Site, visitor: Browser) -> None:
    """Other methods, ids that are none, paths out of the folder: 404, never a fault."""
    desk = await site.sign_in("organiser")
    answers = [
        await visitor.get("/sign-out", headers=JSON),
        await visitor.request("PATCH", "/", headers=JSON),
        await desk.get("/desk/events/1/results", headers=JSON),
        await desk.get("/desk/events/%00", headers=JSON),
        await visitor.get("/static/../app.py", headers=JSON),
        await visitor.get("/static/%2e%2e/app.py", headers=JSON),
        await visitor.get("/static/..%2fapp.py", headers=JSON),
        await visitor.get("/boardsx", headers=JSON),
        await visitor.get("/boards/nothing", headers=JSON),
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses[1] in {403, 404}  # a method that changes things is asked for its token first
    assert statuses[:1] + statuses[2:] == [404] * 8


async def test_the_head_alone_is_that_of_the_whole(site: Site, visitor: Browser, connection: Connection) -> None:
    """A monitor that sends HEAD learns what a GET would; nothing endless is begun for it."""
    event_id = (await found_event(await site.sign_in("organiser"))).rpartition("/")[2]
    await connection.execute(
        "INSERT INTO board (id, event_id, kind, title_zh, title_en, created_at)"
        " VALUES ('hall', $1, 'standings', '榜', 'Board', now())",
        event_id,
    )
    for path in ("/", "/healthz", "/sign-in", "/boards", "/boards/hall", "/boards/hall/state", "/boards/none", "/desk"):
        head, whole = await visitor.head(path), await visitor.get(path)
        assert (path, head.status_code, head.headers.get("content-type"), head.content) == (
            path,
            whole.status_code,
            whole.headers.get("content-type"),
            b"",
        )
    assert (await visitor.head("/boards/hall/live")).status_code == 404


async def test_an_address_with_a_nul_is_not_found_without_a_word(
    visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever tries doors fills no log."""
    caplog.set_level("INFO", "leitai")
    paths = ("/boards/%00", "/boards/%00/state", "/boards/a%00b/entrants/%00")
    answers = [await visitor.get(path, headers=JSON) for path in paths]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [(404, "not-found")] * 3
    assert caplog.messages == []


async def test_a_form_that_is_none_is_told_without_the_inside(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """At most the fields are named, in the reader's language; the framework's English is for the log."""
    caplog.set_level("INFO", "leitai")
    desk = await site.sign_in(language="zh-CN")
    days = {"starts_on": "soon", "ends_on": "2026-06-02"}
    answers = [
        await desk.submit("/sign-in", {"password": PASSWORD}),
        await desk.submit("/sign-in", {"username": "a", "password": PASSWORD, "x": "c"}),
        await desk.submit("/desk/competitions", {"name_zh": "市赛", "name_en": "City contest", **days}),
        await desk.get("/desk/roster-template.xlsx", params={"event": "1"}),
    ]
    said = "这些字段缺失、未知或其值无法读取：{}。请刷新页面，检查后重试。"
    assert [answer.status_code for answer in answers] == [400] * 4
    for answer, field in zip(answers, ("username", "x", "starts_on", "event"), strict=True):
        assert said.format(field) in words_of(answer)
        assert not re.search("Object|Invalid|Expected|Validation", answer.text)
    assert "Object missing required field `username`" in caplog.text


async def test_a_value_that_cannot_be_kept_is_the_senders_fault(site: Site, visitor: Browser) -> None:
    """A NUL in a name, a number too large for any column: 400, and the server goes on."""
    desk, form = await site.sign_in("organiser"), {"id": "hall", "title_zh": "榜\x00", "title_en": "Board"}
    event = await found_event(desk)
    answers = [
        await visitor.submit("/sign-in", {"username": "a\x00b", "password": PASSWORD}),
        await desk.get(f"/desk/events/{new_id()}/publications/{10**30}/csv"),
        await desk.submit(f"{event}/boards", form),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert "too large, or has characters that cannot be kept" in answers[0].text
    assert (await visitor.get("/healthz")).status_code == 200


async def test_a_fault_of_ours_tells_nothing_about_the_inside(dsn: str, site: Site, connection: Connection) -> None:
    """The person learns that nothing was half written; the reason is for the log only."""
    owner = await asyncpg.connect(dsn)
    await owner.execute(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'inner secret'; END $$"
    )
    await owner.execute("CREATE TRIGGER fail BEFORE INSERT ON board FOR EACH ROW EXECUTE FUNCTION fail()")
    await owner.close()
    desk = await site.sign_in("organiser")
    path, form = f"{await found_event(desk)}/boards", {"id": "hall", "title_zh": "榜", "title_en": "Board"}
    page = await desk.submit(path, form)
    desk.headers["accept"] = "application/json"
    told = await desk.submit(path, form)
    assert (page.status_code, told.status_code, told.json()["type"]) == (500, 500, "unexpected")
    assert "inner secret" not in page.text + told.text
    assert "Traceback" not in page.text + told.text
    assert await connection.fetchval("SELECT count(*) FROM board") == 0


async def test_a_request_too_large_is_not_read(site: Site, connection: Connection) -> None:
    """More than a roster could ever be is refused, and the connection is good for the next request."""
    tablet = await tablet_of(site, connection, await add_person(connection, "judge", pin=PIN))
    answer = await send(tablet, "POST", f"/events/{new_id()}/marks", b" " * (MOST_BYTES + 1))
    assert answer.status_code == 413
    assert (await tablet.get("/judge")).status_code == 200


# One program ----------------------------------------------------------------------------------------------------------


async def test_boards_and_contest_live_and_end_together(dsn: str, tmp_path: Path) -> None:
    """While it serves, all pools and listeners are connected; once it has stopped, no connection is left."""
    roles = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'leitai %'"
    owner = await asyncpg.connect(dsn)
    async with running_site(dsn, tmp_path) as site:
        assert (await (await site.visitor()).get("/boards/nothing/state")).status_code == 404
        serving = {row["application_name"] for row in await owner.fetch(roles)}
    left = await owner.fetch(roles)
    await owner.close()
    assert serving == {"leitai leitai_app", "leitai leitai_board", "leitai keeper", "leitai listener"}
    assert left == []


async def test_boards_only_speak(site: Site) -> None:
    """What a viewer says is not taken in, however much it is: the connection ends at its first word."""
    desk = await site.sign_in("organiser")
    await desk.submit(f"{await found_event(desk)}/boards", {"id": "hall", "title_zh": "榜", "title_en": "Board"})
    async with websockets.connect(site.base_url.replace("http", "ws") + "/boards/hall/live") as viewer:
        await viewer.recv()
        await viewer.send("x" * (MOST_HEARD + 1))
        async with asyncio.timeout(5):
            await viewer.wait_closed()
    assert viewer.close_code == CloseCode.POLICY_VIOLATION


async def test_two_servers_on_one_database_serve_the_same(dsn: str, tmp_path: Path) -> None:
    """Who signed in at one is signed in at the other: nothing that matters is in a process."""
    async with running_site(dsn, tmp_path) as first, running_site(dsn, tmp_path) as second:
        browser, other = await first.sign_in("organiser"), await second.visitor()
        other.cookies.set(SESSION_COOKIE, browser.cookies[SESSION_COOKIE])
        assert (await other.get("/desk")).status_code == 200
