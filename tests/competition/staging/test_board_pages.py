"""The desk's page of an event's boards through the real server: what there is, opening, changing and closing one."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

import pytest

from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.results.store import Board, boards_of
from competition.staging import kinds
from schemas.access import Role
from schemas.base import Text
from schemas.boards import BoardSettings
from scoreboards import forms
from tests.house import Contest, add_person, found_contest, found_event
from tests.site import PASSWORD, Browser, Site, words_of

DESK: tuple[Role, ...] = ("organiser", "chief_judge", "scorekeeper", "supervisor")
HALL = {"id": "hall", "title_zh": "总排名", "title_en": "Standings"}


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """Three entrants, nothing marked, no board open."""
    return await found_contest(connection)


@pytest.fixture
async def organiser(site: Site) -> Browser:
    """An organiser's browser."""
    return await site.sign_in()


def at(contest: Contest) -> str:
    """The page of the contest's boards."""
    return f"/desk/events/{contest.event_id}/boards"


def values_of(page: str) -> dict[str, str]:
    """What the texts of a page's forms hold, by their names; of several of one name the last."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'<input(?: type="hidden")?[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', page)
    }


async def test_each_kind_is_opened_with_what_the_form_proposes(
    site: Site, connection: Connection, contest: Contest, organiser: Browser
) -> None:
    """Whoever sends the forms as they are proposed has a board of each kind that the scheme can fill, all of them reached."""
    for kind in ("standings", "benches", "ticker", "podium"):
        form = await organiser.get(f"{at(contest)}?new={kind}")
        fields = values_of(form.text.partition('id="new"')[2])
        sent = {name: fields[name] for name in ("kind", "id", "title_zh", "title_en")}
        answer = await organiser.submit(at(contest), sent)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"{at(contest)}#board-{sent['id']}",
        )
    name = Text(zh="数控机床装调维修工", en="CNC machine tool assembly and maintenance")
    assert await boards_of(connection, contest.event_id) == (
        Board(id="cnc-machine-tool", kind="standings", title=name),
        Board(id="cnc-machine-tool-benches", kind="benches", title=kinds.KINDS["benches"].name),
        Board(id="cnc-machine-tool-ticker", kind="ticker", title=kinds.KINDS["ticker"].name),
        Board(id="cnc-machine-tool-podium", kind="podium", title=kinds.KINDS["podium"].name),
    )
    page = (await organiser.get(at(contest))).text
    linked = set(re.findall(rf'href="{site.base_url}(/boards/[^"]+)"', page))
    assert linked == {
        f"/boards/cnc-machine-tool{kind}{form}"
        for kind in ("", "-benches", "-ticker", "-podium")
        for form in ("", "/print", "/embed")
    }
    visitor = await site.visitor()
    assert [(await visitor.get(path)).status_code for path in sorted(linked)] == [200] * len(linked)


WRONG = (
    ({"id": "Hall"}, "The board address Hall cannot be used"),
    ({"title_en": "x" * 121}, "A board needs a title of 1 to 120 characters"),
    ({"columns": "Z"}, "The scheme has no column Z"),
    ({"kind": "medals"}, "The scheme gives no awards"),
    ({"kind": "benches", "session": "9"}, "There is no session 9"),
    ({"kind": "podium", "columns": "A"}, "This kind of board has nothing to choose there."),
)


async def test_new_board_that_cannot_be_comes_back_with_what_was_typed(
    connection: Connection, contest: Contest, organiser: Browser
) -> None:
    """The sentence stands above the form, the form holds what was sent, and nothing is opened."""
    for sent, sentence in WRONG:
        fields = HALL | sent
        answer = await organiser.submit(at(contest), fields)
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        held = values_of(answer.text.partition('id="new"')[2])
        assert {name: held[name] for name in HALL} == {name: fields[name] for name in HALL}
    assert await boards_of(connection, contest.event_id) == ()


async def test_columns_are_boxes_of_the_schemes_own(
    connection: Connection, contest: Contest, organiser: Browser
) -> None:
    """A new board shows all and so follows its scheme; of only these some are kept, and ticked when the form comes again."""
    new = (await organiser.get(f"{at(contest)}?new=standings")).text.partition('id="new"')[2]
    assert re.findall(r'name="columns" value="(\w+)"(.*?)>', new) == [
        (column, "") for column in ("theory", "practice", "A", "B")
    ]
    assert re.findall(r'name="shows" value="(\w+)"( checked)?', new) == [("all", " checked"), ("chosen", "")]
    await organiser.submit(at(contest), HALL | {"shows": "all"})
    settings: list[Any] = []
    for shows, columns in (("chosen", ["practice", "A"]), ("chosen", "A"), ("all", ["A"]), ("chosen", [])):
        answer = await organiser.submit(f"{at(contest)}/hall", HALL | {"shows": shows, "columns": columns})
        [board] = await boards_of(connection, contest.event_id)
        settings.append((answer.status_code, board.settings.columns))
    assert settings == [(303, ("practice", "A")), (303, ("A",)), (303, ()), (422, ())]
    assert "No column is chosen." in words_of(answer)
    await organiser.submit(f"{at(contest)}/hall", HALL | {"shows": "chosen", "columns": ["A"]})
    page = await organiser.get(at(contest))
    assert re.findall(r'name="columns" value="(\w+)" checked', page.text) == ["A"]
    assert "chosen columns: 1" in words_of(page)


async def test_board_is_changed_and_closed(connection: Connection, contest: Contest, organiser: Browser) -> None:
    """Another title and session hold at once; a change that cannot be opens the form again; a closed board is gone."""
    board = HALL | {"kind": "benches", "id": "benches"}
    await organiser.submit(at(contest), board)
    changed = await organiser.submit(f"{at(contest)}/benches", board | {"title_en": "Benches", "session": "1"})
    assert (changed.status_code, changed.headers["location"]) == (303, f"{at(contest)}#board-benches")
    refused = await organiser.submit(f"{at(contest)}/benches", board | {"title_en": " ", "session": "1"})
    assert refused.status_code == 422
    assert '<details class="fold" data-kind="quiet" open>' in refused.text
    assert await boards_of(connection, contest.event_id) == (
        Board(id="benches", kind="benches", title=Text(zh="总排名", en="Benches"), settings=BoardSettings(session=1)),
    )
    closed = await organiser.submit(f"{at(contest)}/benches/close")
    assert (closed.status_code, closed.headers["location"]) == (303, at(contest))
    assert "The board is closed" in words_of(await organiser.get(closed.headers["location"]))
    assert await boards_of(connection, contest.event_id) == ()
    again = [await organiser.submit(f"{at(contest)}/benches{path}", board) for path in ("", "/close")]
    assert [answer.status_code for answer in again] == [404, 404]


async def test_boards_of_no_event_are_not_found(organiser: Browser) -> None:
    """An event that does not exist has neither page nor form."""
    nowhere = f"/desk/events/{new_id()}/boards"
    answers = [await organiser.get(nowhere), await organiser.submit(nowhere, HALL)]
    assert [answer.status_code for answer in answers] == [404, 404]


async def test_page_offers_what_a_role_may_do(site: Site, contest: Contest, organiser: Browser) -> None:
    """All of the desk see the boards and their addresses; only who may change something finds how."""
    await organiser.submit(at(contest), HALL)
    all_offers = {"Freeze now", "Open another board", "Theme", "Passes", "Change or close"}
    offered = {}
    for role in DESK:
        said = words_of(await (await site.sign_in(role)).get(at(contest)))
        assert f"{site.base_url}/boards/hall" in said
        offered[role] = {offer for offer in all_offers if offer in said}
    assert offered == {
        "organiser": all_offers,
        "chief_judge": {"Freeze now"},
        "scorekeeper": set(),
        "supervisor": set(),
    }


async def test_snippet_for_another_site_holds_any_title(contest: Contest, organiser: Browser) -> None:
    """The title is an attribute of a frame in the text that is copied: what would end it is written otherwise."""
    await organiser.submit(at(contest), HALL | {"title_en": 'Best "of" <all>'})
    page = (await organiser.get(at(contest))).text
    [snippet] = re.findall(r"<pre[^>]*>(&lt;iframe.*?)</pre>", page)
    base_url = str(organiser.base_url).rstrip("/")
    assert html.unescape(snippet) == (
        f'<iframe src="{base_url}/boards/hall/embed" title="Best &quot;of&quot; &lt;all&gt;" '
        'width="100%" height="640" loading="lazy"></iframe>'
    )


def test_widgets_are_those_of_the_boards() -> None:
    """What the desk offers to lay over a picture is what the boards have."""
    assert kinds.WIDGETS == forms.WIDGETS


@pytest.mark.parametrize(
    ("kind", "english", "taken", "expected"),
    [
        ("standings", "CNC machine tool assembly", (), "cnc-machine-tool"),
        ("teams", "CNC", (), "cnc-teams"),
        ("standings", "", (), "event"),
        ("podium", "机器人", (), "event-podium"),
        ("standings", "Mechatronics-and-robotics-integration", (), "mechatronics-and"),
        ("standings", "Supercalifragilisticexpialidocious", (), "supercalifragilisticexpi"),
        ("standings", "CNC", ("cnc",), "cnc-2"),
        ("standings", "CNC", ("cnc", "cnc-2", "else"), "cnc-3"),
    ],
)
def test_addresses_are_proposed_from_the_events_name(
    kind: Any, english: str, taken: tuple[str, ...], expected: str
) -> None:
    """The first words of the name, the kind, and a number where the address is taken."""
    assert kinds.address_for(kind, Text(en=english), taken) == expected


async def test_boards_page_asks_as_often_for_three_boards_as_for_one(
    contest: Contest, organiser: Browser, statements: list[str]
) -> None:
    """The page costs the same number of statements however many boards there are."""
    counts = []
    for addresses in (("a",), ("b", "c")):
        for address in addresses:
            await organiser.submit(at(contest), HALL | {"id": address})
        asked = []
        for _ in range(3):  # others ask in between now and then: what is the same each time is the page's own
            statements.clear()
            assert (await organiser.get(at(contest))).status_code == 200
            asked.append(Counter(statements))
        counts.append((asked[0] & asked[1] & asked[2]).total())
    assert counts[0] == counts[1]


async def test_presenter_is_led_to_the_reveal(site: Site, connection: Connection) -> None:
    """Who only presents goes there after signing in, and finds no way that is closed to them; with two events they choose."""
    first = await found_event(connection, await add_person(connection, "organiser"))
    visitor, username = await site.visitor(), await site.account("presenter")
    sign_in = {"username": username, "password": PASSWORD, "next": "/desk"}
    assert (await visitor.submit("/sign-in", sign_in)).headers["location"] == "/desk/reveal"
    assert (await visitor.get("/desk/reveal")).headers["location"] == f"/desk/events/{first}/reveal"
    second = await found_event(connection, await add_person(connection, "organiser"))
    page = await visitor.get("/desk/reveal")
    links = set(re.findall(r'href="(/desk[^"]*)"', page.text))
    assert links == {"/desk/reveal", *(f"/desk/events/{event_id}/reveal" for event_id in (first, second))}
    assert (await visitor.get("/desk")).status_code == 403
