"""The desk's page about an amendment, through the real server: send, look, apply or drop; who may do what."""

from __future__ import annotations

import re

import httpx
import pytest

from competition.amendments import store
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.results.store import labels_of
from competition.schemes.store import scheme_of
from schemas.access import Role
from schemas.base import canonical
from schemas.scheme import Scheme
from schemas.scheme_form import plain, scheme_digest
from tests.competition.amendments.drafts import awarding, coarser_paper, faulty, milder, more_judges, renamed
from tests.house import Contest, found_contest, mark, mark_all, record, small_scheme
from tests.site import Browser, Site, words_of

REASON = "技术文件：每处扣 0.5 分 <b>"


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three with a first prize and a team standing, all marked: A01 leads for want of a loose screw."""
    contest = await found_contest(connection, scheme=awarding())
    await mark_all(connection, Shelf(), contest, {"A01": {"A1.2": ("0",), "T1.1": ("72",)}})
    return contest


def at(contest: Contest) -> str:
    """The page's address."""
    return f"/desk/events/{contest.event_id}/scheme/amendment"


async def sent(organiser: Browser, contest: Contest, scheme: Scheme) -> httpx.Response:
    """Send a scheme as a file."""
    files = {"scheme": ("mended.json", canonical(plain(scheme)))}
    return await organiser.submit(at(contest), files=files)


def fields_of(page: httpx.Response) -> dict[str, str]:
    """What the form that applies the preview has in it."""
    form = re.findall(r'<form[^>]*id="apply">.*?</form>', page.text, re.DOTALL)[0]
    return dict(re.findall(r'name="(digest|revision)" value="([^"]*)"', form))


async def test_amendment_is_sent_looked_at_and_applied(site: Site, connection: Connection, contest: Contest) -> None:
    """The file leads to the preview, the preview's form to the new scheme, and the version stands there with its reason."""
    organiser = await site.sign_in()
    empty = await organiser.get(at(contest))
    assert "Propose an amended scheme" in words_of(empty)
    answer = await sent(organiser, contest, milder(awarding(), "0.5"))
    assert (answer.status_code, answer.headers["location"]) == (303, at(contest))
    page = await organiser.get(at(contest))
    said = words_of(page)
    for words in (
        "Marks 4 with other points",
        "Entrants 3 with another total, place or award",
        "A02 2= → 1= 88.17 → 91.32 – → First prize",
        "A01 1 → 3 89.27 First prize → –",
        "15.00 → 19.50",
    ):
        assert words in said
    assert "Propose an amended scheme" not in said
    answer = await organiser.submit(f"{at(contest)}/apply", {**fields_of(page), "reason": REASON})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{at(contest)}")
    done = await organiser.get(answer.headers["location"])
    assert "The amendment is in force" in words_of(done)
    assert "技术文件：每处扣 0.5 分 &lt;b&gt;" in done.text
    assert re.findall(r"<code[^>]*>(\w{64})</code>", done.text) == [
        scheme_digest(milder(awarding(), "0.5")),
        scheme_digest(awarding()),
    ]
    stored = await scheme_of(connection, contest.event_id)
    assert stored is not None
    assert stored.scheme == milder(awarding(), "0.5")


async def test_amendment_is_dropped(site: Site, connection: Connection, contest: Contest) -> None:
    """Dropped, the page offers to send another; the scheme is the old one."""
    organiser = await site.sign_in()
    await sent(organiser, contest, renamed())
    page = await organiser.get(at(contest))
    assert "It changes no mark, total, place or award so far" not in words_of(page)  # it drops prize and team standing
    answer = await organiser.submit(f"{at(contest)}/drop", {"digest": fields_of(page)["digest"]})
    assert (answer.status_code, answer.headers["location"]) == (303, at(contest))
    assert "Propose an amended scheme" in words_of(await organiser.get(at(contest)))
    stored = await scheme_of(connection, contest.event_id)
    assert stored is not None
    assert stored.digest == scheme_digest(awarding())
    assert await store.proposal_of(connection, contest.event_id) is None


async def test_files_that_are_refused_say_why(site: Site, connection: Connection, contest: Contest) -> None:
    """Other sheets, faults, no scheme, no file, the same scheme: a sentence or a list, and nothing is proposed."""
    organiser = await site.sign_in()
    answers = [
        await sent(organiser, contest, more_judges()),
        await sent(organiser, contest, faulty()),
        await sent(organiser, contest, awarding()),
        await organiser.submit(at(contest), files={"scheme": ("mended.json", b"{")}),
        await organiser.submit(at(contest), files={"scheme": ("mended.xlsx", b"PK")}),
        await organiser.submit(at(contest), files={"other": ("mended.json", b"")}),
    ]
    assert [answer.status_code for answer in answers] == [409, 422, 409, 422, 422, 400]
    said = [words_of(answer) for answer in answers]
    assert "An amendment cannot change what is on the score sheets: B1 differs." in said[0]
    assert "Faults in mended.json: 1" in said[1]
    assert "The parts of B1 sum to 41, but it gives 40 points." in said[1]
    assert "This is the scheme that is in force already." in said[2]
    assert await store.proposal_of(connection, contest.event_id) is None


async def test_blocking_marks_are_listed_without_the_button(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """Each mark that could not be scored stands there with the reason; applying it all the same is refused."""
    organiser = await site.sign_in()
    await sent(organiser, contest, coarser_paper())
    page = await organiser.get(at(contest))
    assert "Marks that it could not score: 3" in words_of(page)
    assert "Aspect T1.1: 72 is not between 0 and 50." in words_of(page)
    assert 'id="apply"' not in page.text
    revision = await connection.fetchval("SELECT revision FROM event")
    fields = {"digest": scheme_digest(coarser_paper()), "revision": str(revision), "reason": REASON}
    answer = await organiser.submit(f"{at(contest)}/apply", fields)
    assert answer.status_code == 409
    assert "3 recorded marks cannot be scored by this amendment" in words_of(answer)


async def test_old_preview_is_shown_anew(site: Site, connection: Connection, contest: Contest) -> None:
    """A mark that came in between: the answer is the new preview, with a sentence; without a reason nothing happens either."""
    organiser = await site.sign_in()
    await sent(organiser, contest, renamed())
    fields = fields_of(await organiser.get(at(contest)))
    answer = await organiser.submit(f"{at(contest)}/apply", {**fields, "reason": " "})
    assert (answer.status_code, "An amendment needs a reason" in words_of(answer)) == (422, True)
    late = mark(contest.sheet("A01", "T1", 0), "T1.1", "81")
    await record(connection, Shelf(), contest, contest.judges[0], late)
    answer = await organiser.submit(f"{at(contest)}/apply", {**fields, "reason": REASON})
    assert answer.status_code == 409
    assert "Something has changed since this preview was made." in words_of(answer)
    again = await organiser.submit(f"{at(contest)}/apply", {**fields_of(answer), "reason": REASON})
    assert again.status_code == 303
    gone = await organiser.submit(f"{at(contest)}/drop", {"digest": fields["digest"]})
    assert (gone.status_code, "No amendment is proposed any more" in words_of(gone)) == (409, True)


@pytest.mark.parametrize("role", ["chief_judge", "supervisor"])
async def test_who_sees_marks_may_look_and_no_more(
    site: Site, connection: Connection, contest: Contest, role: Role
) -> None:
    """The preview is open to all who see marks, without its forms; teams, whose codes tell whose they are, to some of them."""
    browser, organiser = await site.sign_in(role), await site.sign_in()
    assert f'href="{at(contest)}"' in (await browser.get(at(contest).removesuffix("/amendment"))).text
    bare = words_of(await browser.get(at(contest)))
    assert "No amendment is proposed" in bare
    assert "Propose an amended scheme" not in bare
    await sent(organiser, contest, milder(awarding(), "0.5"))
    page = await browser.get(at(contest))
    assert "Marks 4 with other points" in words_of(page)
    assert f'action="{at(contest)}' not in page.text
    labels = (await labels_of(connection, contest.event_id)).values()
    seen = {label.delegation for label in labels if label.delegation in page.text}
    assert bool(seen) == (role == "supervisor")
    assert [label.name for label in labels if label.name in page.text] == []
    answers = [
        await browser.submit(at(contest)),
        await browser.submit(f"{at(contest)}/apply", {"digest": "", "revision": "1", "reason": REASON}),
        await browser.submit(f"{at(contest)}/drop", {"digest": ""}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_page_before_the_first_mark_leads_to_the_scheme(site: Site, connection: Connection) -> None:
    """While the scheme can be replaced there is nothing to amend; an event without a scheme has no such page."""
    contest = await found_contest(connection, entrants=1)
    organiser = await site.sign_in()
    said = words_of(await organiser.get(at(contest)))
    assert "Nothing is marked yet" in said
    assert "Propose an amended scheme" not in said
    answer = await sent(organiser, contest, milder())
    assert (answer.status_code, "so there is nothing to amend" in words_of(answer)) == (409, True)
    await connection.execute("DELETE FROM scheme")
    assert (await organiser.get(at(contest))).status_code == 404
    assert (await sent(organiser, contest, small_scheme())).status_code == 404


async def test_page_asks_as_often_for_three_entrants_as_for_one(
    site: Site, connection: Connection, statements: list[str]
) -> None:
    """The preview costs the same number of statements however many entrants there are."""
    organiser, counts = await site.sign_in(), []
    for entrants in (1, 3):
        contest = await found_contest(connection, entrants=entrants)
        await mark_all(connection, Shelf(), contest)
        await sent(organiser, contest, milder())
        await organiser.get(at(contest))
        statements.clear()
        assert (await organiser.get(at(contest))).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
