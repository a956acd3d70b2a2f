"""The desk's page of the reveal through the real server: preparing, rehearsing, going live, stepping, and who may."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.results import actions as results
from competition.staging import store
from schemas.access import Role
from schemas.base import Text
from schemas.boards import PodiumRow
from schemas.closing import PlacesAward
from schemas.staging import Reveal
from tests.house import NOW, Contest, found_contest, mark_all, small_scheme
from tests.site import Browser, Site, words_of

PRIZES = msgspec.structs.replace(
    small_scheme(), awards=(PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),)
)


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """Three entrants, A01 before the two others, and a draft list of them."""
    return await listed(connection, entrants=3)


@pytest.fixture
async def presenter(site: Site) -> Browser:
    """A presenter's browser."""
    return await site.sign_in("presenter")


async def listed(connection: Connection, *, entrants: int) -> Contest:
    """A contest with a draft list."""
    contest, shelf = await found_contest(connection, scheme=PRIZES, entrants=entrants), Shelf()
    await mark_all(connection, shelf, contest, {contest.codes[0]: {"T1.1": ("100",)}})
    await results.publish(connection, shelf, contest.event_id, "draft", person=contest.organiser, now=NOW)
    return contest


def at(contest: Contest) -> str:
    """The page of the contest's reveal."""
    return f"/desk/events/{contest.event_id}/reveal"


async def reveal_of(connection: Connection, contest: Contest) -> tuple[str, int, bool]:
    """Mode, step, and whether it is paused."""
    reveal = await prepared(connection, contest)
    return reveal.mode, reveal.step, reveal.is_paused


async def prepared(connection: Connection, contest: Contest) -> Reveal:
    """The reveal as it is kept."""
    reveal = await store.reveal_of(connection, contest.event_id)
    assert reveal is not None
    return reveal


async def prepare(browser: Browser, contest: Contest, order: str = "places") -> None:
    """Prepare the reveal from the list there is."""
    answer = await browser.submit(at(contest), {"number": "1", "order": order})
    assert (answer.status_code, answer.headers["location"]) == (303, at(contest))


def part(page: str, name: str) -> str:
    """The words of one part of the page."""
    return re.sub(r"(<[^>]+>|\s)+", " ", page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0])


def names(rows: tuple[PodiumRow, ...]) -> list[str]:
    """Who they are."""
    return [row.name for row in rows]


# Who may, and what is shown -------------------------------------------------------------------------------------------


async def test_organisers_and_presenters_alone_come_here(site: Site, contest: Contest) -> None:
    """Everybody else learns nothing: neither by the page nor by its mark, and can move nothing."""
    roles: tuple[Role, ...] = ("organiser", "presenter", "chief_judge", "scorekeeper", "supervisor")
    answers = {}
    for role in roles:
        browser = await site.sign_in(role)
        sent = {"number": "1", "order": "places"}
        asked = [
            await browser.get(at(contest)),
            await browser.get(f"{at(contest)}/mark"),
            await browser.submit(at(contest), sent),
        ]
        answers[role] = [answer.status_code for answer in asked]
    assert answers == {
        role: [200, 200, 303] if role in {"organiser", "presenter"} else [403, 403, 403] for role in roles
    }


async def test_page_before_there_is_a_list(site: Site, connection: Connection, presenter: Browser) -> None:
    """It says what comes first; only who may publish is led there."""
    contest = await found_contest(connection)
    organiser = await site.sign_in()
    for browser, links in ((organiser, 2), (presenter, 0)):
        page = (await browser.get(at(contest))).text
        assert "No result list yet" in page
        assert page.count(f'href="/desk/events/{contest.event_id}/results"') == links
    assert (await presenter.get(f"/desk/events/{new_id()}/reveal")).status_code == 404


async def test_prepared_reveal_is_listed_for_who_presents(
    connection: Connection, presenter: Browser, contest: Contest
) -> None:
    """All steps with their people, and from which list it is; nothing is on the screens, and unsigned sheets are told of."""
    page = await presenter.get(at(contest))
    assert "Score sheets not signed: 12" in words_of(page)
    await prepare(presenter, contest)
    reveal = await prepared(connection, contest)
    page = await presenter.get(at(contest))
    assert "Closed: the screens show the curtain" in words_of(page)
    assert "Made from list 1 of" in words_of(page)
    assert "No board shows it yet" in words_of(page)
    steps = part(page.text, "steps-heading")
    for number, step in enumerate(reveal.script.steps, start=1):
        assert f" {number} {step.heading.en} {', '.join(names(step.rows))} " in steps
    assert 'data-key="next"' not in page.text
    assert (await reveal_of(connection, contest)) == ("closed", 0, False)


async def test_page_asks_as_often_for_three_entrants_as_for_one(
    presenter: Browser, connection: Connection, statements: list[str]
) -> None:
    """It costs the same number of statements however many are revealed; the mark that is asked for every second costs few."""
    counts = []
    for entrants in (1, 3):
        contest = await listed(connection, entrants=entrants)
        await prepare(presenter, contest)
        await presenter.get(at(contest))
        statements.clear()
        assert (await presenter.get(at(contest))).status_code == 200
        counts.append(len(statements))
    statements.clear()
    assert (await presenter.get(f"{at(contest)}/mark")).json() == {"mark": "1:places:closed:0:on"}
    assert counts[0] == counts[1] <= 10
    assert len(statements) <= 4


# Moving ---------------------------------------------------------------------------------------------------------------


async def test_going_live_is_confirmed_and_nobody_is_overtaken(
    connection: Connection, presenter: Browser, contest: Contest
) -> None:
    """Without the ticked box nothing happens but a sentence. Once it is live, who believes to rehearse reveals nothing."""
    await prepare(presenter, contest)
    refused = await presenter.submit(f"{at(contest)}/mode", {"mode": "live"})
    assert refused.status_code == 422
    assert "Going live shows the real results on every screen" in words_of(refused)
    assert await reveal_of(connection, contest) == ("closed", 0, False)
    assert (await presenter.submit(f"{at(contest)}/mode", {"mode": "rehearsal"})).status_code == 303
    assert await reveal_of(connection, contest) == ("rehearsal", 0, False)
    assert (await presenter.submit(f"{at(contest)}/mode", {"mode": "live", "is_sure": "true"})).status_code == 303
    for sent, sentence in (
        ({"to": "1", "mode": "rehearsal"}, "Somebody has started, ended or rehearsed this reveal meanwhile"),
        ({"to": "3", "mode": "live"}, "The reveal has the steps 0 to 2"),
    ):
        refused = await presenter.submit(f"{at(contest)}/step", sent)
        assert refused.status_code >= 400
        assert sentence in words_of(refused)
    assert "Close it first" in words_of(await presenter.submit(at(contest), {"number": "1", "order": "awards"}))
    assert await reveal_of(connection, contest) == ("live", 0, False)


async def test_next_names_its_step_and_never_skips_one(
    connection: Connection, presenter: Browser, contest: Contest
) -> None:
    """The button that two people press at once takes both to the same step, which the page shows with what comes next."""
    await prepare(presenter, contest)
    await presenter.submit(f"{at(contest)}/mode", {"mode": "live", "is_sure": "true"})
    last, first = (await prepared(connection, contest)).script.steps
    page = (await presenter.get(at(contest))).text
    form = page.partition('data-key="next"')[0].rpartition("<form")[2]
    sent = dict(re.findall(r'name="(to|mode)" value="(\w+)"', form))
    assert sent == {"to": "1", "mode": "live"}
    for _ in range(2):
        assert (await presenter.submit(f"{at(contest)}/step", sent)).status_code == 303
    assert await reveal_of(connection, contest) == ("live", 1, False)
    page = (await presenter.get(at(contest))).text
    now, following = part(page, "now-heading"), part(page, "next-heading")
    assert (last.heading.en in now, [name for name in names(last.rows) if name not in now]) == (True, [])
    assert (first.heading.en in following, [name for name in names(first.rows) if name not in following]) == (True, [])
    assert [name for name in names(first.rows) if name in now] == []


async def test_rehearsal_shows_nobody_real_and_the_curtain_keeps_its_step(
    connection: Connection, presenter: Browser, contest: Contest
) -> None:
    """Its page has no name and no total of the list. Closed and opened again it is where it was; the mark tells each apart."""
    await prepare(presenter, contest)
    await presenter.submit(f"{at(contest)}/mode", {"mode": "rehearsal"})
    await presenter.submit(f"{at(contest)}/step", {"to": "1", "mode": "rehearsal"})
    marks = []
    for wanted in ("true", "true", "false"):
        assert (await presenter.submit(f"{at(contest)}/pause", {"is_paused": wanted})).status_code == 303
        assert await reveal_of(connection, contest) == ("rehearsal", 1, wanted == "true")
        marks.append((await presenter.get(f"{at(contest)}/mark")).json()["mark"])
    assert marks == ["1:places:rehearsal:1:paused", "1:places:rehearsal:1:paused", "1:places:rehearsal:1:on"]
    page = (await presenter.get(at(contest))).text
    reveal = await prepared(connection, contest)
    real = [word for step in reveal.script.steps for row in step.rows for word in (row.name, str(row.total))]
    assert len(real) == 6
    assert [word for word in real if word in page] == []
    assert [name for name in names(reveal.rehearsal.steps[0].rows) if name not in page] == []


# The script -----------------------------------------------------------------------------------------------------------


def test_keys_and_clickers_press_the_buttons() -> None:
    """Every case of ``reveal.test.mjs`` passes, where scripts run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the page's script is tested by the journey alone")
    cases = Path(__file__).parent / "reveal.test.mjs"
    run = subprocess.run([node, "--test", str(cases)], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
