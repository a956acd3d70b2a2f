"""A running Leitai for tests: the real server on a free port, and browsers without a window that sign in and send forms."""

from __future__ import annotations

import asyncio
import html
import itertools
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import httpx
import uvicorn

from competition.access.actions import add_account
from competition.app import create_app
from competition.demo import people
from competition.plumbing import clock
from competition.plumbing.locale import Language
from competition.plumbing.settings import Settings
from competition.server import web_config
from schemas.access import Role

PASSWORD = "a sentence to sign in with"
LOOPBACK = "127.0.0.1"

_numbers = itertools.count(1)


class Browser(httpx.AsyncClient):
    """A client that keeps cookies, asks for pages in one language and sends forms with the token of the page."""

    async def submit(
        self, path: str, fields: Mapping[str, Any] | None = None, *, files: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Send a form as its page would; the answer is not followed, so that a redirect can be looked at."""
        if "leitai_csrf" not in self.cookies:
            await self.get("/sign-in")
        data = {**(fields or {}), "_csrf_token": self.cookies["leitai_csrf"]}
        return await self.post(path, data=data, files=files)


class Site:
    """The server of one test. ``visitor`` gives a browser that is not signed in, ``sign_in`` one that is."""

    def __init__(self, base_url: str, dsn: str, settings: Settings, browsers: AsyncExitStack) -> None:
        self.base_url = base_url
        self.dsn = dsn
        self.settings = settings
        self._browsers = browsers

    async def visitor(self, language: Language = "en") -> Browser:
        """A browser of somebody who has not signed in."""
        headers = {"accept": "text/html", "accept-language": language}
        return await self._browsers.enter_async_context(Browser(base_url=self.base_url, headers=headers, timeout=30))

    async def account(self, role: Role = "organiser") -> str:
        """Add an account with this role; returns its user name. The password is ``PASSWORD``."""
        username = f"{role.replace('_', '-')}-{next(_numbers)}"
        connection = await asyncpg.connect(self.dsn, server_settings={"role": "leitai_app"})
        try:
            await add_account(connection, username, role, username=username, password=PASSWORD, now=clock.now())
        finally:
            await connection.close()
        return username

    async def sign_in(self, role: Role = "organiser", language: Language = "en") -> Browser:
        """A browser of a new account with this role, signed in through the door that everybody uses."""
        browser = await self.visitor(language)
        answer = await browser.submit(
            "/sign-in", {"username": await self.account(role), "password": PASSWORD, "next": "/desk"}
        )
        assert answer.status_code == 303, answer.text
        return browser


@asynccontextmanager
async def running_site(dsn: str, data: Path, *, port: int = 0) -> AsyncIterator[Site]:
    """Serve the whole program over the database at ``dsn`` until the block is left; at a free port, or where it was before."""
    settings = Settings(data=data, database_url=dsn, host=LOOPBACK, port=0, base_url=None, secret=b"s" * 32)
    # Told to be TCP by name, or asyncio leaves Nagle on and each answer waits 40 ms for an acknowledgement.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((LOOPBACK, port))
    listening.listen()
    server = uvicorn.Server(web_config(create_app(settings, dsn)))
    # `serve` would take the signals that end the test run.
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    try:
        while not server.started:
            if serving.done():
                await serving
                raise RuntimeError("the server ended before it started")
            await asyncio.sleep(0.01)
        port = listening.getsockname()[1]
        async with AsyncExitStack() as browsers:
            yield Site(f"http://{LOOPBACK}:{port}", dsn, settings, browsers)
    finally:
        server.should_exit = True
        await serving


async def found_event(organiser: Browser) -> str:
    """Announce a competition (2026-06-01 and 02, Asia/Shanghai) with one event; returns the event's address at the desk."""
    competition = {"name_zh": "市赛", "name_en": "City contest", "starts_on": "2026-06-01", "ends_on": "2026-06-02"}
    announced = await organiser.submit("/desk/competitions", competition)
    competition_id = announced.headers["location"].partition("#competition-")[2]
    event = {"name_zh": "数控", "name_en": "CNC", "is_blind": "true"}
    added = await organiser.submit(f"/desk/competitions/{competition_id}/events", event)
    return added.headers["location"].removesuffix("/entrants")


async def register(organiser: Browser, event: str, *, entrants: int, eligible: bool = True) -> None:
    """Add the demo's delegations and import a roster of so many entrants, all by the desk's own forms."""
    for code, name in people.DELEGATIONS:
        await organiser.submit(f"{event}/delegations", {"code": code, "name": name, "quota": "3"})
    roster = people.roster_csv(Random(1), entrants=entrants)
    plan = await organiser.submit(f"{event}/roster", files={"roster": ("roster.csv", roster)})
    confirmed = await organiser.submit(f"{event}/roster/confirmed", **as_sent(plan))
    assert confirmed.status_code == 303, confirmed.text
    if eligible:
        await organiser.submit(f"{event}/eligibility")


def as_sent(answer: httpx.Response) -> dict[str, Any]:
    """The hidden fields of the first form that has some, as ``submit`` takes a form with a file's encoding."""
    form = next(form for form in re.findall(r"<form.*?</form>", answer.text, re.DOTALL) if 'name="content"' in form)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {"files": {name: (None, html.unescape(value)) for name, value in fields.items() if name != "_csrf_token"}}


def words_of(answer: httpx.Response) -> str:
    """What a page says: its text without markup, in single spaces."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
