"""The desk's forms of a freeze through the real server, and what every page of the event says of one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.staging import freeze_pages, store
from schemas.problems import Problem
from tests.house import Contest, found_contest, mark, mark_all, record, seal_all
from tests.site import Browser, Site, words_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """Three entrants, nothing marked."""
    return await found_contest(connection)


def at(contest: Contest) -> str:
    """The contest at the desk."""
    return f"/desk/events/{contest.event_id}"


def as_typed(moment: datetime) -> str:
    """A moment as a browser at the venue sends it."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


async def banner(browser: Browser, path: str) -> str:
    """What the banner of a page says; nothing where there is none."""
    page = (await browser.get(path)).text
    found = re.search(r'<p class="freeze-banner".*?</p>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


async def test_freeze_now_is_told_on_every_page_and_lifted_with_a_tick(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """From then on each page of the event says since when; the page of boards counts what comes in; a tick confirms the end."""
    organiser, chief = await site.sign_in("organiser"), await site.sign_in("chief_judge")
    pages = [at(contest) + path for path in ("", "/scheme", "/timetable", "/judging", "/results", "/boards")]
    assert [await banner(chief, path) for path in pages] == [""] * len(pages)
    frozen = await chief.submit(f"{at(contest)}/freeze")
    assert (frozen.status_code, frozen.headers["location"]) == (303, f"{at(contest)}/boards")
    line = await store.freeze_of(connection, contest.event_id)
    assert line is not None
    assert line.taken_at is not None
    since = line.taken_at.astimezone(SHANGHAI).strftime("%H:%M:%S")
    said = f"FROZEN since {since} Everybody sees the standings of that moment; what comes in since, only staff see."
    assert {await banner(browser, path) for browser in (organiser, chief) for path in pages} == {said}

    assert "Nothing has come in since." in words_of(await chief.get(f"{at(contest)}/boards"))
    await mark_all(connection, Shelf(), contest)
    words = words_of(await chief.get(f"{at(contest)}/boards"))
    assert (
        f"Everybody sees the standings of {as_typed(line.taken_at).replace('T', ' ')}; the boards say FROZEN." in words
    )
    assert "Readings that have come in since then and are not shown: 21" in words

    again = await chief.submit(f"{at(contest)}/freeze")
    assert again.status_code == 409
    assert "A freeze is set already." in words_of(again)
    unsure = await chief.submit(f"{at(contest)}/freeze/lift")
    assert (unsure.status_code, "Tick the box if you mean it." in words_of(unsure)) == (422, True)
    lifted = await chief.submit(f"{at(contest)}/freeze/lift", {"is_sure": "true"})
    assert (lifted.status_code, lifted.headers["location"]) == (303, f"{at(contest)}/boards")
    assert [await banner(chief, path) for path in pages] == [""] * len(pages)
    late = await chief.submit(f"{at(contest)}/freeze/lift", {"is_sure": "true"})
    assert (late.status_code, "Nothing is frozen" in words_of(late)) == (409, True)


async def test_freeze_at_a_time_is_told_before_and_called_off_without_a_tick(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """Day and time are the venue's; every page says when it begins; what has not begun is called off at once."""
    organiser = await site.sign_in()
    due = (clock.now() + timedelta(hours=2)).replace(second=0, microsecond=0)
    answer = await organiser.submit(f"{at(contest)}/freeze", {"due_at": as_typed(due)})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{at(contest)}/boards")
    line = await store.freeze_of(connection, contest.event_id)
    assert line is not None
    assert (line.due_at, line.taken_at) == (due, None)
    when = as_typed(due).replace("T", " ")
    assert await banner(organiser, at(contest)) == (
        f"Freezes at {when} From then on everybody sees the standings of that moment."
    )
    words = words_of(await organiser.get(f"{at(contest)}/boards"))
    assert f"Everybody sees the standings as they are now. From {when} on the boards are frozen." in words
    assert (await organiser.submit(f"{at(contest)}/freeze/lift")).status_code == 303
    assert await store.freeze_of(connection, contest.event_id) is None


async def test_wrong_time_comes_back_as_it_was_typed(site: Site, connection: Connection, contest: Contest) -> None:
    """What is no time, has passed or lies too far off is said at the form, which is open and holds it."""
    organiser, now = await site.sign_in(), clock.now()
    wrong = {
        "half past two": "half past two is no day and time.",
        as_typed(now - timedelta(hours=1)): "That time has passed",
        as_typed(now + timedelta(days=99)): "A freeze can be set for the next 60 days only.",
    }
    for typed, sentence in wrong.items():
        answer = await organiser.submit(f"{at(contest)}/freeze", {"due_at": typed})
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert f'name="due_at" required value="{typed}"' in answer.text
    assert await store.freeze_of(connection, contest.event_id) is None


async def test_published_list_goes_before_a_freeze(site: Site, connection: Connection, contest: Contest) -> None:
    """Once a list is out, everybody sees that: the banner and the page of boards say so, and what has come in since."""
    organiser = await site.sign_in()
    await mark_all(connection, Shelf(), contest)
    await seal_all(connection, Shelf(), contest)
    await organiser.submit(f"{at(contest)}/freeze")
    await organiser.submit(f"{at(contest)}/publications", {"status": "provisional"})
    said = await banner(organiser, at(contest))
    assert said.endswith("Everybody sees the published list; the freeze hides nothing more.")
    words = words_of(await organiser.get(f"{at(contest)}/boards"))
    assert re.search(r"Everybody sees list no\. 1, published [-\d: ]+\. Nothing has come in since\.", words)
    late = mark(contest.sheet("A02", "T1", 0), "T1.1", "81")
    await record(connection, Shelf(), contest, contest.judges[0], late)
    words = words_of(await organiser.get(f"{at(contest)}/boards"))
    assert "Entries that have come in since then and are not on it: 1" in words


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("2026-05-01T14:30", datetime(2026, 5, 1, 6, 30, tzinfo=UTC)),
        (" 2026-05-01T14:30:10 ", datetime(2026, 5, 1, 6, 30, 10, tzinfo=UTC)),
        ("2026-05-01T13:59", datetime(2026, 5, 1, 5, 59, tzinfo=UTC)),
        ("2026-05-01T13:58", "FreezeTimeIsPast"),
        ("14:30", "FreezeTimeUnreadable"),
        ("2026-13-01T00:00", "FreezeTimeUnreadable"),
    ],
)
def test_moment_is_read_at_the_venue(typed: str, expected: object) -> None:
    """The time is the venue's; the minute that runs counts as now."""
    found: object
    try:
        found = freeze_pages.moment_in(typed, "Asia/Shanghai", datetime(2026, 5, 1, 6, 0, tzinfo=UTC))
    except Problem as problem:
        found = type(problem).__name__
    assert found == expected
