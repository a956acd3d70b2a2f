"""The desk's forms of passes through the real server: made, shown once, listed, revoked."""

from __future__ import annotations

import html
import re

import pytest

from competition.plumbing.database import Connection
from competition.staging import actions
from schemas.base import Text
from schemas.boards import BoardKind
from tests.house import NOW, Contest, found_contest
from tests.site import Browser, Site, words_of


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """Three entrants, with a board of standings and a podium."""
    contest = await found_contest(connection)
    kinds: tuple[BoardKind, ...] = ("standings", "podium")
    for kind in kinds:
        title = Text(zh=kind, en=kind)
        await actions.open_board(connection, contest.event_id, kind, kind, title, person=contest.organiser, now=NOW)
    return contest


def addresses_in(page: str) -> list[str]:
    """The addresses with a pass that a page shows."""
    return [html.unescape(found) for found in re.findall(r"<pre[^>]*>(http[^<]*)</pre>", page)]


async def test_pass_is_shown_once_and_opens_its_boards_until_it_is_revoked(site: Site, contest: Contest) -> None:
    """The jury gets every board, who presents the podium; the list tells note and time, never the address again."""
    organiser, visitor = await site.sign_in(), await site.visitor()
    at = f"/desk/events/{contest.event_id}"
    jury = await organiser.submit(f"{at}/passes", {"audience": "jury", "note": "裁判长席", "hours": "2"})
    presenter = await organiser.submit(f"{at}/passes", {"audience": "presenter", "hours": "24"})
    shown = [addresses_in(answer.text) for answer in (jury, presenter)]
    assert [[address.partition("?pass=")[0] for address in addresses] for addresses in shown] == [
        [f"{site.base_url}/boards/podium", f"{site.base_url}/boards/standings"],
        [f"{site.base_url}/boards/podium"],
    ]
    states = [address.replace("?", "/state?") for addresses in shown for address in addresses]
    heads = [(await visitor.get(state)).json()["board"] for state in states]
    assert [(head["id"], head["audience"]) for head in heads] == [
        ("podium", "jury"),
        ("standings", "jury"),
        ("podium", "presenter"),
    ]
    page = await organiser.get(f"{at}/boards")
    tokens = {address.partition("?pass=")[2] for addresses in shown for address in addresses}
    assert [token for token in tokens if token in page.text] == []
    assert re.search(r"Presenter until [-\d: ]+ Revoke Jury · 裁判长席 until [-\d: ]+ Revoke", words_of(page))
    revoking = re.findall(r'action="([^"]*/passes/[^"]*/close)"', page.text)
    answers = [await organiser.submit(path) for path in (*revoking, revoking[0])]
    assert [answer.status_code for answer in answers] == [303, 303, 404]
    assert answers[0].headers["location"] == f"{at}/boards#passes"
    assert [(await visitor.get(state)).status_code for state in states] == [403, 403, 403]


async def test_pass_that_cannot_be_comes_back_with_what_was_typed(
    site: Site, contest: Contest, connection: Connection
) -> None:
    """Longer than any competition, no time at all, or a note that no list could show: nothing is made."""
    organiser: Browser = await site.sign_in()
    at = f"/desk/events/{contest.event_id}"
    for wrong in ({"hours": "100000"}, {"hours": "9" * 18}, {"hours": "0"}, {"hours": "-5"}, {"note": "x" * 81}):
        sent = {"audience": "presenter", "note": "stage", "hours": "12"} | wrong
        answer = await organiser.submit(f"{at}/passes", sent)
        assert answer.status_code == 422
        assert "A pass lasts from one minute to 30 days, and its note has 80 characters at most." in words_of(answer)
        assert f'value="{sent["note"]}"' in answer.text
        assert '<option value="presenter" selected>' in answer.text
    assert await connection.fetchval("SELECT count(*) FROM board_pass") == 0
