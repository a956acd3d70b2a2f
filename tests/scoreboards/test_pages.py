"""The pages and the state of a board, asked for over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from competition.plumbing.web import policy
from schemas.base import Text
from schemas.boards import Theme
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import KINDS, NOW, House, published_row

ENTRANTS = [("王伟", "马鞍山", "1-01"), ("Alexandra Konstantinopoulou", "合肥", "1-02"), ("欧阳静怡", "马鞍山", "1-03")]


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that speaks Chinese."""
    async with httpx.AsyncClient(
        base_url=f"http://{address}", headers={"accept-language": "zh-CN", "accept": "text/html"}
    ) as client:
        yield client


@pytest.fixture
async def event(house: House) -> UUID:
    """A blind event with a board, in which one entrant is marked."""
    event_id = await house.insert_event()
    entrants = await house.insert_entrants(event_id, ENTRANTS)
    figures: dict[str, Any] = {"stages": {"theory": 8, "practice": 9.5}, "criteria": {"A": 9.5}}
    await house.stand(event_id, [{"entrant_id": entrants[1], "rank": 1, "total": "87.5", "marked": 9, **figures}])
    return event_id


def cells(html: str) -> list[list[str]]:
    """The text of each row's cells that have any, as a reader without scripts sees them."""
    rows = re.findall(r"<tr [^>]*data-code=\"[^\"]+\".*?</tr>", html, re.DOTALL)
    return [
        [text for cell in re.findall(r"<t[hd] .*?</t[hd]>", row, re.DOTALL) if (text := _text(cell))] for row in rows
    ]


def _text(html: str) -> str:
    without_labels = re.sub(r"<span class=\"(?:tag|column-name|most|visually-hidden)\".*?</span>", "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", without_labels).split())


@pytest.mark.usefixtures("event")
async def test_board_page_is_right_without_scripts(client: httpx.AsyncClient) -> None:
    """The page carries every row, in order, with its figures, before any script runs."""
    answer = await client.get("/boards/hall")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert cells(answer.text) == [
        ["1", "1-02", "8.00", "9.50", "9.50", "–", "87.50", "90%"],
        ["–", "1-01", "–", "–", "–", "–", "–", "0%"],
        ["–", "1-03", "–", "–", "–", "–", "–", "0%"],
    ]


@pytest.mark.usefixtures("event")
async def test_board_page_names_nobody_while_blind(client: httpx.AsyncClient) -> None:
    """No name and no delegation is anywhere in the page or the state while marking is blind."""
    names = {name for entrant in ENTRANTS for name in entrant[:2]}
    for path in ("/boards/hall", "/boards/hall/state", "/boards"):
        content = (await client.get(path)).text
        assert {name for name in names if name in content} == set()


async def test_board_page_after_publication_shows_that_list(
    client: httpx.AsyncClient, house: House, event: UUID
) -> None:
    """Published rows stand on the page with names, status and time, at the venue's clock."""
    await house.publish(event, [published_row(1, "1-03", "欧阳静怡", "90"), published_row(2, "1-01", "王伟", "80.25")])
    html = (await client.get("/boards/hall")).text
    assert cells(html) == [
        ["1", "1-03", "欧阳静怡 芜湖", "80.00", "–", "9.00", "–", "90.00", "100%"],
        ["2", "1-01", "王伟 芜湖", "80.00", "–", "9.00", "–", "80.25", "100%"],
    ]
    assert 'data-status="provisional"' in html
    assert "2026-05-01 14:00" in html


async def test_every_form_of_every_kind_keeps_the_strict_policy(
    client: httpx.AsyncClient, house: House, event: UUID
) -> None:
    """No inline script, no inline style, no handler in an attribute; who may frame a page is all that it says for itself."""
    await house.insert_boards(event)
    forms = {"": "'self'", "/embed": "*", "/overlay": "'self'", "/print": "'self'"}
    paths = {f"/boards/{board}{form}": ancestors for board in ("hall", *KINDS) for form, ancestors in forms.items()}
    for path, ancestors in (paths | {"/boards/hall/entrants/1-02": "'self'", "/boards": "'none'"}).items():
        answer = await client.get(path)
        assert (path, answer.status_code) == (path, 200)
        assert answer.headers["content-security-policy"] == policy(frame_ancestors=ancestors)
        assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", answer.text) == []


@pytest.mark.usefixtures("event")
async def test_embedded_board_keeps_nothing_with_its_reader(client: httpx.AsyncClient) -> None:
    """In a frame of another site a board sets no cookie, speaks the language of its address, and opens its links outside."""
    answer = await client.get("/boards/hall/embed?lang=en")
    assert "set-cookie" not in answer.headers
    assert '<html lang="en"' in answer.text
    assert '<base target="_blank">' in answer.text
    assert [len(row) for row in cells(answer.text)] == [8, 8, 8]


@pytest.mark.usefixtures("event")
async def test_overlay_has_the_rows_of_its_widget(client: httpx.AsyncClient) -> None:
    """A list has its first rows, a focus one entrant; what a kind cannot be is said with what it can."""
    shown = {
        query: [row[1] for row in cells((await client.get(f"/boards/hall/overlay{query}")).text)]
        for query in ("", "?top=2", "?top=-1", "?widget=focus&entrant=1-03", "?widget=focus")
    }
    assert shown == {
        "": ["1-02", "1-01", "1-03"],
        "?top=2": ["1-02", "1-01"],
        "?top=-1": ["1-02"],
        "?widget=focus&entrant=1-03": ["1-03"],
        "?widget=focus": ["1-02"],
    }
    missing = await client.get("/boards/hall/overlay?widget=clock", headers={"accept-language": "en"})
    assert missing.status_code == 404
    assert "This board cannot be laid over a picture as clock. Choose one of: list, focus." in missing.text


@pytest.mark.usefixtures("event")
async def test_printed_board_says_which_moment_it_is(client: httpx.AsyncClient) -> None:
    """Paper has all rows, the revision and the status, follows nothing, and leads back to the board."""
    html = (await client.get("/boards/hall/print", headers={"accept-language": "en"})).text
    facts = dict(re.findall(r"<dt>(.+?)</dt><dd[^>]*>(.+?)</dd>", html))
    assert (facts["Status"], facts["Revision"]) == ("LIVE", "1")
    assert [row[1] for row in cells(html)] == ["1-02", "1-01", "1-03"]
    assert _qr(html) == _qr((await client.get("/boards/hall")).text)
    assert re.findall(r"data-board|kinds/\w+\.js", html) == []


@pytest.mark.usefixtures("event")
async def test_entrant_has_a_page_and_a_state(client: httpx.AsyncClient) -> None:
    """Each row leads to its entrant's page; a code that nobody has is told apart from a board that is not there."""
    html = (await client.get("/boards/hall")).text
    assert re.findall(r'class="door" href="([^"]+)"', html) == [
        f"/boards/hall/entrants/{code}" for code in ("1-02", "1-01", "1-03")
    ]
    state = await client.get("/boards/hall/entrants/1-02/state")
    assert (state.json()["board"]["kind"], state.json()["board"]["focus"]["code"]) == ("entrant", "1-02")
    missing = {
        path: (await client.get(f"{path}/state", headers={"accept": "application/json"})).json()["type"]
        for path in ("/boards/hall/entrants/9-99", "/boards/nowhere/entrants/1-02")
    }
    assert missing == {
        "/boards/hall/entrants/9-99": "no-such-entrant-on-board",
        "/boards/nowhere/entrants/1-02": "no-such-board",
    }


async def test_a_pass_goes_with_every_address_and_stays_private(
    client: httpx.AsyncClient, house: House, event: UUID
) -> None:
    """A page for the jury says so, asks for its state with the same pass, shows no pass in its QR code, and is kept by nobody."""
    token = await house.open_pass(event, "jury")
    answer = await client.get(f"/boards/hall?pass={token}", headers={"accept-language": "en"})
    html = answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "FOR THE JURY ONLY" in html
    assert f'data-live-address="/boards/hall/live?pass={token}"' in html
    assert f'data-state-address="/boards/hall/state?pass={token}"' in html
    assert f'href="/boards/hall/entrants/1-02?pass={token}"' in html
    assert _qr(html) == _qr((await client.get("/boards/hall")).text)
    state = await client.get(f"/boards/hall/state?pass={token}")
    assert (state.headers["cache-control"], state.json()["board"]["audience"]) == ("private, no-store", "jury")


async def test_a_pass_that_is_not_good_opens_nothing(client: httpx.AsyncClient, house: House, event: UUID) -> None:
    """A pass that is unknown, over, or of another event is refused, never taken for none."""
    over = await house.open_pass(event, "jury", expires_at=NOW)
    elsewhere = await house.open_pass(await house.insert_event(board="other"), "presenter")
    for token in (over, elsewhere, "nonsense", ""):
        for path in ("/boards/hall", "/boards/hall/state", "/boards/hall/entrants/1-02"):
            answer = await client.get(f"{path}?pass={token}", headers={"accept": "application/json"})
            assert (answer.status_code, answer.json()["type"]) == (403, "pass-refused")


async def test_theme_dresses_a_competitions_boards(client: httpx.AsyncClient, house: House, event: UUID) -> None:
    """Name, colours and logo are the competition's own: colours are asked for anew each time, a logo never."""
    plain = (await client.get("/boards/hall")).text
    link = re.findall(r'data-theme-colours href="([^"]+)"', plain)[0]
    assert (await client.get(link)).text == ""
    theme = Theme(name=Text(zh="江淮杯", en="Jianghuai Cup"), primary="#0b4da2", accent="#f2b705", logo="ab12")
    await house.dress(event, theme, logo=b"\x89PNG\r\n\x1a\nlogo")
    colours = await client.get(link)
    assert (colours.headers["content-type"], colours.headers["cache-control"]) == (
        "text/css; charset=utf-8",
        "no-cache",
    )
    assert "--brand: #0b4da2;" in colours.text
    again = await client.get(link, headers={"if-none-match": colours.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    logo = await client.get("/boards/logos/ab12")
    assert (logo.content, logo.headers["content-type"]) == (b"\x89PNG\r\n\x1a\nlogo", "image/png")
    assert logo.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await client.get("/boards/logos/cd34")).status_code == 404
    assert (await client.get("/boards/themes/nothing.css")).text == ""
    dressed = await client.get("/boards/hall")
    async with asyncio.timeout(2):
        while "江淮杯" not in dressed.text:
            await asyncio.sleep(0.05)
            dressed = await client.get("/boards/hall")
    assert 'src="/boards/logos/ab12"' in dressed.text


@pytest.mark.usefixtures("event")
async def test_language_is_the_browsers_or_the_readers_choice(client: httpx.AsyncClient) -> None:
    """The browser's language decides; ``?lang`` does, and is remembered."""
    assert '<html lang="zh-CN"' in (await client.get("/boards/hall")).text
    chosen = await client.get("/boards/hall?lang=en")
    assert '<html lang="en"' in chosen.text
    assert "Live standings" in chosen.text
    assert chosen.headers["content-language"] == "en"
    client.cookies = chosen.cookies
    assert '<html lang="en"' in (await client.get("/boards/hall")).text
    assert '<html lang="en"' in (await client.get("/boards/hall?lang=xx")).text


@pytest.mark.usefixtures("event")
async def test_qr_code_leads_to_the_address_people_use(dsn: str, client: httpx.AsyncClient) -> None:
    """The page has a QR code of its own address; with a base URL, of that."""
    here = _qr((await client.get("/boards/hall")).text)
    async with serving(dsn, base_url="https://boards.example") as address, httpx.AsyncClient() as other:
        there = _qr((await other.get(f"http://{address}/boards/hall")).text)
    assert here != there


def _qr(html: str) -> str:
    found = re.search(r"<svg .*?</svg>", html, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.usefixtures("event")
async def test_state_is_the_snapshot_with_its_revision_as_etag(client: httpx.AsyncClient) -> None:
    """The state is what a new viewer's first message says, to be asked for again with its ETag."""
    answer = await client.get("/boards/hall/state")
    state = answer.json()
    assert (answer.headers["etag"], answer.headers["cache-control"], answer.headers["content-type"]) == (
        '"1"',
        "no-cache",
        "application/json",
    )
    assert (state["type"], state["revision"], [row["code"] for row in state["rows"]]) == (
        "snapshot",
        1,
        ["1-02", "1-01", "1-03"],
    )
    assert state["rows"][0]["figures"] == ["8", "9.5", "9.5", None]


@pytest.mark.usefixtures("event")
async def test_state_that_is_known_is_not_sent_again(client: httpx.AsyncClient) -> None:
    """Whoever names the newest revision gets 304 and no body."""
    for tag in ('"1"', 'W/"1"', '"0", "1"', "*"):
        answer = await client.get("/boards/hall/state", headers={"if-none-match": tag})
        assert (tag, answer.status_code, answer.content, answer.headers["etag"]) == (tag, 304, b"", '"1"')


async def test_state_that_has_moved_is_sent(client: httpx.AsyncClient, house: House, event: UUID) -> None:
    """An old ETag gets the new state."""
    await client.get("/boards/hall/state")
    await house.publish(event, [published_row(1, "1-03", "欧阳静怡", "90")])
    answer, known = None, {"if-none-match": '"1"'}
    async with asyncio.timeout(2):
        while answer is None or answer.status_code == 304:
            answer = await client.get("/boards/hall/state", headers=known)
            await asyncio.sleep(0.01)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


async def test_unknown_board_is_a_problem_in_the_readers_language(client: httpx.AsyncClient) -> None:
    """People get a page, programs ``problem+json``."""
    page = await client.get("/boards/nowhere")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "nowhere" in page.text
    problem = await client.get("/boards/nowhere/state", headers={"accept": "application/json", "accept-language": "en"})
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")
    assert problem.json() == {
        "type": "no-such-board",
        "title": "Not found",
        "status": 404,
        "detail": "There is no board called nowhere. Check the link, or choose one from the list of boards.",
    }


async def test_boards_page_lists_every_board_with_its_kind_and_status(
    client: httpx.AsyncClient, house: House, event: UUID
) -> None:
    """The list links each board, and says what it shows and how it stands; a draft is nobody's business."""
    await house.insert_board(event, "second", "medals")
    await house.publish(event, [], status="draft")
    html = (await client.get("/boards", headers={"accept-language": "en"})).text
    assert re.findall(r'href="/boards/(\w+)"', html) == ["hall", "second"]
    assert re.findall(r'class="kind">([^<]+)<', html) == ["Standings", "Medal table"]
    assert re.findall(r'data-tone="\w+">(\w+)<', html) == ["LIVE", "LIVE"]
    await house.publish(event, [], number=2)
    html = (await client.get("/boards", headers={"accept-language": "en"})).text
    assert re.findall(r'data-tone="\w+">(\w+)<', html) == ["PROVISIONAL", "PROVISIONAL"]


async def test_boards_page_without_boards_says_what_to_do(client: httpx.AsyncClient) -> None:
    """An empty list is explained."""
    html = (await client.get("/boards", headers={"accept-language": "en"})).text
    assert "There is no board yet." in html


async def test_static_files_are_served_and_checked_for_news(client: httpx.AsyncClient) -> None:
    """The boards serve their own files and the shared ones, so that they can run apart."""
    for file in (
        "tokens.css",
        "frame.css",
        "board.css",
        "board.js",
        "live.js",
        "kinds/standings.js",
        "overlay.css",
        "print.css",
        "mark.svg",
    ):
        answer = await client.get(f"/boards/static/{file}")
        assert (file, answer.status_code, answer.headers["cache-control"]) == (file, 200, "no-cache")
