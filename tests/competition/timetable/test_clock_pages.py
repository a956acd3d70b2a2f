"""The clocks on the timetable's page, run through the real server: what they say, what is written down, what boards are told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio

from competition.plumbing.database import Connection
from tests.conftest import fresh_database
from tests.site import Browser, Site, found_event, register, running_site, words_of

SESSIONS = {
    "day": "2026-06-01", "time": "08:00", "sessions": "2", "per_day": "1", "minutes": "90", "pause": "15", "benches": "2",
}  # fmt: skip
NOT_STARTED = re.compile("Session 1 (not started yet|should have started|never started) 1:30:00 left")


# One server for all: each test has an event of its own.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The real server over a database of its own."""
    async with fresh_database(postgres) as dsn, running_site(dsn, tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def connection(site: Site) -> AsyncIterator[Connection]:
    """A connection to the server's database."""
    connection = await asyncpg.connect(site.dsn, server_settings={"role": "leitai_app", "timezone": "UTC"})
    yield connection
    await connection.close()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def organiser(site: Site) -> Browser:
    """An organiser's browser."""
    return await site.sign_in()


@pytest_asyncio.fixture(loop_scope="module")
async def event(organiser: Browser) -> str:
    """The address of an event with three entrants drawn to two sessions of ninety minutes: A01, A02 and B01."""
    address = await found_event(organiser)
    await register(organiser, address, entrants=3)
    await organiser.submit(f"{address}/sessions", SESSIONS)
    await organiser.submit(f"{address}/draws", {"seed": "3 5 6"})
    return address


async def test_clock_is_started_paused_and_goes_on(organiser: Browser, event: str, connection: Connection) -> None:
    """Each button leads back to its session, whose clock says what it does; boards hear of each, and all is written down."""
    before = await counters(connection, event)
    assert NOT_STARTED.search(words_of(await organiser.get(f"{event}/timetable")))
    said = [await pressed(organiser, event, button) for button in ("clock/start", "clock/pause", "clock/resume")]
    assert [re.findall(r"Session 1 (.+?) 1:30:00 left", one) for one in said] == [["running"], ["paused"], ["running"]]
    assert await counters(connection, event) == (before[0] + 3, before[1] + 3)
    assert await audited(connection, event) == [
        ("start_clock", {"session": 1, "ago": 0}),
        ("pause_clock", {"session": 1}),
        ("resume_clock", {"session": 1}),
    ]


async def test_forgotten_start_counts_from_then(organiser: Browser, event: str) -> None:
    """A clock started late says what is really left; to whoever starts it again, the page says so and shows it as it is."""
    assert "Session 1 running 1:25:00 left" in await pressed(organiser, event, "clock/start", ago="5")
    answer = await organiser.submit(f"{event}/sessions/1/clock/start", {"ago": "0"})
    assert answer.status_code == 409
    assert "The clock of session 1 is running already." in words_of(answer)
    assert "Session 1 running 1:2" in words_of(answer)


async def test_bench_is_given_time_back_once(organiser: Browser, event: str, connection: Connection) -> None:
    """A form sent twice gives the time once; the list tells who, when and why."""
    form = await time_back(organiser, event, bench="2", time="4:30", reason="停电")
    said = [await pressed(organiser, event, "time-back", **form) for _ in range(2)]
    assert all("Bench 2 (A02) +4:30" in one for one in said)
    assert said[1].count("停电") == 1
    given = "SELECT sum(seconds) FROM time_back JOIN session ON session.id = session_id WHERE event_id = $1"
    assert await connection.fetchval(given, UUID(event.rpartition("/")[2])) == 270
    assert await audited(connection, event) == [
        ("give_time_back", {"session": 1, "bench": 2, "seconds": 270, "reason": "停电"})
    ]


async def test_time_given_by_mistake_is_taken_back(organiser: Browser, event: str) -> None:
    """A minus takes back, but never more than was given."""
    await pressed(organiser, event, "time-back", **await time_back(organiser, event, bench="1", time="5", reason="a"))
    back = await time_back(organiser, event, bench="1", time="-5", reason="b")
    assert (
        "Bench 1 (A01) +" not in (await pressed(organiser, event, "time-back", **back)).partition("Time given back")[0]
    )
    again = await time_back(organiser, event, bench="1", time="-5", reason="b")
    answer = await organiser.submit(f"{event}/sessions/1/time-back", again)
    assert (answer.status_code, "Only 0:00 was given" in words_of(answer)) == (422, True)


async def test_everybody_is_given_time_once(organiser: Browser, event: str, connection: Connection) -> None:
    """A power cut: the whole session has more time; the same form again finds a clock that changed."""
    await organiser.submit(f"{event}/sessions/1/clock/start", {"ago": "10"})
    form = await time_back(organiser, event, bench="0", time="10", reason="power cut")
    assert "Session 1 running 1:30:00 left" in await pressed(organiser, event, "time-back", **form)
    answer = await organiser.submit(f"{event}/sessions/1/time-back", form)
    assert answer.status_code == 409
    assert "The clock of session 1 was changed meanwhile." in words_of(answer)
    assert (await audited(connection, event))[1:] == [
        ("lengthen_session", {"session": 1, "seconds": 600, "reason": "power cut"})
    ]


async def test_reset_needs_a_reason(organiser: Browser, event: str, connection: Connection) -> None:
    """A start by mistake can be forgotten, with a reason; the clock then is as it was."""
    await organiser.submit(f"{event}/sessions/1/clock/start", {"ago": "0"})
    assert (await organiser.submit(f"{event}/sessions/1/clock/reset", {"reason": " "})).status_code == 422
    said = await pressed(organiser, event, "clock/reset", reason="wrong session")
    assert NOT_STARTED.search(said)
    assert (await audited(connection, event))[-1] == ("reset_clock", {"session": 1, "reason": "wrong session"})


async def test_clocks_are_run_by_those_who_may(site: Site, event: str) -> None:
    """The chief judge may; the scorekeeper sees the clock and no button, and is refused. What was never laid is not found."""
    chief, scorekeeper = await site.sign_in("chief_judge"), await site.sign_in("scorekeeper")
    page = await scorekeeper.get(f"{event}/timetable")
    assert NOT_STARTED.search(words_of(page))
    assert "clock/start" not in page.text
    assert (await scorekeeper.submit(f"{event}/sessions/1/clock/start", {"ago": "0"})).status_code == 403
    assert (await chief.submit(f"{event}/sessions/1/clock/start", {"ago": "0"})).status_code == 303
    form = await time_back(chief, event, bench="2", time="5", reason="a")
    for address in ("sessions/3/clock/start", "sessions/2/time-back"):
        assert (
            await chief.submit(f"{event}/{address}", {"ago": "0"} if "clock" in address else form)
        ).status_code == 404


async def pressed(browser: Browser, event: str, button: str, **fields: Any) -> str:
    """What the timetable's page says after a form of session 1 was sent."""
    answer = await browser.submit(
        f"{event}/sessions/1/{button}", {"ago": "0", **fields} if "start" in button else fields
    )
    assert answer.headers["location"] == f"{event}/timetable#clock-1", answer.text
    return re.sub(r" \(at [\d:]+\)", "", words_of(await browser.get(f"{event}/timetable")))


async def time_back(browser: Browser, event: str, **fields: str) -> dict[str, str]:
    """The form that gives time back in session 1, filled in."""
    page: httpx.Response = await browser.get(f"{event}/timetable")
    hidden = re.findall(r'<input type="hidden" name="(id|seen)" value="([^"]+)">', page.text)
    return {**dict(hidden[:2]), **fields}


async def counters(connection: Connection, event: str) -> tuple[int, int]:
    """What counts everything that happens at the event, and what everybody may see of it."""
    row = await connection.fetchrow("SELECT revision, shown FROM event WHERE id = $1", UUID(event.rpartition("/")[2]))
    assert row is not None
    return row[0], row[1]


async def audited(connection: Connection, event: str) -> list[tuple[str, dict[str, Any]]]:
    """What was written down of the clocks, in order."""
    rows = await connection.fetch(
        "SELECT verb, detail FROM audit WHERE subject = $1 AND detail ? 'session' ORDER BY at, id",
        event.rpartition("/")[2],
    )
    return [(row[0], msgspec.json.decode(row[1])) for row in rows]
