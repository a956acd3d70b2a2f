"""What was done behind a freeze is told to nobody by the whole program: two databases give the same bytes everywhere."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import asyncpg
import pytest
from litestar.routes import HTTPRoute
from msgspec.structs import replace

from competition.app import create_contest
from competition.ledger.actions import restate, writing
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, open_pool
from competition.plumbing.settings import Settings
from competition.registration.actions import set_entrant_status
from competition.results import actions as results
from competition.staging import actions as staging
from competition.staging.keeper import keep
from schemas.base import Text
from schemas.boards import BoardKind
from schemas.closing import PlacesAward, TeamStanding
from schemas.marks import Disqualification, PenaltyGiven, Withdrawal
from schemas.scheme import Scheme
from scoreboards.app import create_scoreboards
from scoreboards.hub import COALESCE_SECONDS, Hub
from tests.competition.amendments.steps import amend
from tests.conftest import database_in
from tests.house import NOW, Contest, found_contest, mark, marks_in_force, record, small_scheme
from tests.site import Browser, Site, running_site

SETTINGS = Settings(data=Path(), database_url=None, host="", port=0, base_url=None, secret=b"s" * 32)
SCHEME = replace(
    small_scheme(),
    awards=(PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),),
    teams=(TeamStanding(id="teams", name=Text(zh="团体", en="Teams"), of="total", best=1),),
)
KINDS: tuple[BoardKind, ...] = tuple(kind for kind in get_args(BoardKind) if kind != "entrant")
FORMS = ("", "/state", "/print", "/embed", "/overlay")
BY_CHANCE = {"/screen"}
"""Gives every browser a code of its own."""

PATIENCE = 8.0
PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
LAGS = "SELECT event.revision > prospect.revision FROM event JOIN prospect ON prospect.event_id = event.id"

Answer = tuple[int, list[tuple[str, str]], bytes]
Deed = Callable[[Connection, Contest], Awaitable[None]]


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands still, so that no answer differs by when it was given."""
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=1))
    monkeypatch.setattr(Hub, "age", lambda _: 0.0)


@pytest.fixture
async def twins(postgres: str, dsn: str) -> AsyncIterator[tuple[Contest, str, list[str]]]:
    """A contest half marked, with boards of all kinds, frozen; the jury's pass; and two databases of it."""
    name = f"twin_{uuid4().hex}"
    async with await open_pool(dsn, "leitai_app", most=2) as pool:
        async with pool.acquire() as connection:
            contest = await found_contest(connection, scheme=SCHEME, entrants=4)
            for kind in KINDS:
                await staging.open_board(
                    connection, contest.event_id, kind, kind, Text(zh="榜", en="Board"), person=contest.organiser, now=NOW
                )  # fmt: skip
            token = await staging.open_pass(
                connection, contest.event_id, "jury", "裁判组", timedelta(days=1), person=contest.organiser, now=NOW
            )
            await measure(connection, contest, {"A01": "0.008", "A02": "0.012"})
        await keep(pool, Shelf(), contest.event_id)
        async with pool.acquire() as connection:
            await staging.freeze(connection, contest.event_id, person=contest.chief, now=NOW)
        await keep(pool, Shelf(), contest.event_id)
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {re.split('[/?]', dsn)[3]}")
    yield contest, token, [dsn, database_in(postgres, name)]
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def measure(connection: Connection, contest: Contest, readings: dict[str, str]) -> None:
    """The theory of these entrants, and judge 1 measures the spindle; a reading that is there already is corrected."""
    shelf = Shelf()
    for code, reading in readings.items():
        for judge, sub_criterion, aspect, value in ((0, "T1", "T1.1", reading[-1] + "0"), (1, "A1", "A1.1", reading)):
            sheet = contest.sheet(code, sub_criterion, judge)
            last = next(
                (one for one in await marks_in_force(connection, contest.event_id, sheet) if one.aspect == aspect), None
            )
            given = {"supersedes": last.id, "reason": "input"} if last else {}
            await record(connection, shelf, contest, contest.judges[judge], mark(sheet, aspect, value, **given))


async def little(connection: Connection, contest: Contest) -> None:
    """One more reading."""
    await measure(connection, contest, {"A03": "0.009"})
    await withdraw(connection, contest)


async def much(connection: Connection, contest: Contest) -> None:
    """Readings that are corrected, a penalty, who is out and who withdrew, an amendment, a draft and the reveal prepared from it.

    Besides, a pass that is closed before its time.
    """
    await measure(connection, contest, {"A01": "0.031", "A02": "0.001", "A03": "0.002"})
    made: dict[str, Any] = {"by": contest.chief.id, "reason": "迟到", "recorded_at": NOW}
    async with writing(connection, Shelf(), contest.event_id, now=NOW) as pen:
        pen.add(PenaltyGiven(id=new_id(), entrant_id=contest.entrants["A02"], penalty="late", occurrences=2, **made))
        pen.add(Disqualification(id=new_id(), entrant_id=contest.entrants["A01"], lifted=False, **made))
        pen.add(Withdrawal(id=new_id(), entrant_id=contest.entrants["A03"], lifted=False, **made))
    await amend(connection, contest, otherwise_named(SCHEME))
    draft = await results.publish(connection, Shelf(), contest.event_id, "draft", person=contest.organiser, now=NOW)
    await staging.prepare_reveal(
        connection, contest.event_id, draft.number, "places", person=contest.organiser, now=NOW
    )
    await staging.open_pass(
        connection, contest.event_id, "presenter", "", timedelta(days=1), person=contest.organiser, now=NOW
    )
    for line in await staging.passes_of(connection, contest.event_id, now=NOW):
        if line.audience == "presenter":
            await staging.close_pass(connection, contest.event_id, line.id, person=contest.organiser, now=NOW)
    await withdraw(connection, contest)


def otherwise_named(scheme: Scheme) -> Scheme:
    """Other columns, awards and team standings, by name."""
    other = Text(zh="改名", en="Renamed")
    return replace(
        scheme,
        stages=tuple(replace(stage, name=other) for stage in scheme.stages),
        awards=tuple(replace(award, name=other) for award in scheme.awards),
        teams=tuple(replace(team, name=other) for team in scheme.teams),
    )


async def withdraw(connection: Connection, contest: Contest) -> None:
    """Somebody goes home, as everybody sees."""
    async with connection.transaction():
        await set_entrant_status(
            connection, contest.entrants["A04"], "withdrawn", reason="伤病", actor_id=contest.organiser.id, now=NOW
        )
        await restate(connection, Shelf(), contest.event_id)


async def lifted(connection: Connection, contest: Contest) -> None:
    """The freeze is lifted."""
    await staging.lift_freeze(connection, contest.event_id, person=contest.chief, now=NOW)


async def done(site: Site, contest: Contest, deed: Deed) -> None:
    """Do something, and wait until the site knows all of it."""
    connection = await asyncpg.connect(site.dsn, server_settings={"role": "leitai_app"})
    try:
        await deed(connection, contest)
        async with asyncio.timeout(PATIENCE):
            while await connection.fetchval(LAGS):  # noqa: ASYNC110 - the site's keeper works it out
                await asyncio.sleep(0.02)
    finally:
        await connection.close()
    await asyncio.sleep(3 * COALESCE_SECONDS)


def addresses(contest: Contest, draw: UUID) -> Iterator[str]:
    """Everything that can be asked of the contest's app, whoever may; and every form of every board."""
    known = {"event_id": str(contest.event_id), "draw_id": str(draw), "code": "A01"}
    unknown = {"int": "1", "uuid": str(UUID(int=7))}
    for route in create_contest(SETTINGS, "", beside=create_scoreboards("")).routes:
        if isinstance(route, HTTPRoute) and "GET" in route.methods and route.path not in BY_CHANCE:
            yield PARAMETER.sub(lambda part: known.get(part[1], unknown.get(part[2], "no")), route.path)
    yield "/boards"
    yield from (f"/boards/{kind}{form}" for kind in KINDS for form in FORMS)
    yield from (f"/boards/standings/entrants/{code}{form}" for code in contest.codes for form in ("", "/state"))


async def told(browser: Browser, address: str) -> Answer:
    """All that an answer tells but the time of day, and what is drawn by lot against forged forms."""
    answer = await browser.get(address, headers={"host": "leitai.example"})
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in ("date", "set-cookie"))
    lot = browser.cookies.get("leitai_csrf") or "no lot yet"
    return answer.status_code, headers, answer.content.replace(lot.encode(), b"lot")


@pytest.mark.usefixtures("still")
async def test_nothing_done_behind_a_freeze_is_told_anywhere(
    twins: tuple[Contest, str, list[str]], tmp_path: Path
) -> None:
    """Who is not signed in gets the same bytes and headers at every address; the jury's pass, and the lifted freeze, tell it."""
    contest, token, databases = twins
    async with AsyncExitStack() as stack:
        sites = [
            await stack.enter_async_context(running_site(dsn, tmp_path / str(n))) for n, dsn in enumerate(databases)
        ]
        for site, deed in zip(sites, (little, much), strict=True):
            await done(site, contest, deed)
        browsers = [await site.visitor() for site in sites]
        asked = list(addresses(contest, await drawn(sites[0])))
        answers = {address: [await told(browser, address) for browser in browsers] for address in asked}
        jury = [(await browser.get(f"/boards/standings/state?pass={token}")).json()["rows"] for browser in browsers]
        for site in sites:
            await done(site, contest, lifted)
        everybody = [(await browser.get("/boards/standings/state")).json()["rows"] for browser in browsers]
    assert [address for address, (one, other) in answers.items() if one != other] == []
    is_gone = [address for address, (one, _) in answers.items() if address.startswith("/boards") and one[0] != 200]
    assert is_gone == ["/boards/standings/entrants/A04", "/boards/standings/entrants/A04/state"]
    assert jury[0] != jury[1]
    assert everybody == jury
    states = [{row["code"]: row["state"] for row in rows} for rows in everybody]
    assert states == [
        {"A01": "competing", "A02": "competing", "A03": "competing"},
        {"A01": "disqualified", "A02": "competing", "A03": "withdrawn"},
    ]


async def drawn(site: Site) -> UUID:
    """The draw of the contest."""
    connection = await asyncpg.connect(site.dsn)
    draw: UUID = await connection.fetchval("SELECT id FROM draw")
    await connection.close()
    return draw
