"""The pages and the state of a board, asked for over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.scoreboards.conftest import serving
from tests.scoreboards.house import House, published_row

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


@pytest.mark.usefixtures("event")
async def test_board_page_keeps_the_strict_policy(client: httpx.AsyncClient) -> None:
    """No inline script, no inline style, no handler in an attribute: the policy of the edge allows none."""
    for path in ("/boards/hall", "/boards"):
        html = (await client.get(path)).text
        assert re.findall(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", html) == []


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


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"0", "1"', "*"])
@pytest.mark.usefixtures("event")
async def test_state_that_is_known_is_not_sent_again(client: httpx.AsyncClient, tag: str) -> None:
    """Whoever names the newest revision gets 304 and no body."""
    answer = await client.get("/boards/hall/state", headers={"if-none-match": tag})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')


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


async def test_boards_page_lists_every_board_with_its_status(
    client: httpx.AsyncClient, house: House, event: UUID
) -> None:
    """The list links each board, and says how it stands; a draft is nobody's business."""
    await house.insert_board(event, "second")
    await house.publish(event, [], status="draft")
    html = (await client.get("/boards", headers={"accept-language": "en"})).text
    assert re.findall(r'href="/boards/(\w+)"', html) == ["hall", "second"]
    assert re.findall(r'data-tone="\w+">(\w+)<', html) == ["LIVE", "LIVE"]
    await house.publish(event, [], number=2)
    html = (await client.get("/boards", headers={"accept-language": "en"})).text
    assert re.findall(r'data-tone="\w+">(\w+)<', html) == ["PROVISIONAL", "PROVISIONAL"]


async def test_boards_page_without_boards_says_what_to_do(client: httpx.AsyncClient) -> None:
    """An empty list is explained."""
    html = (await client.get("/boards", headers={"accept-language": "en"})).text
    assert "There is no board yet." in html


@pytest.mark.parametrize(
    "file", ["tokens.css", "board.css", "board.js", "board-state.js", "live.js", "boards.css", "mark.svg"]
)
async def test_static_files_are_served_and_checked_for_news(client: httpx.AsyncClient, file: str) -> None:
    """The boards serve their own files and the shared ones, so that they can run apart."""
    answer = await client.get(f"/boards/static/{file}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")
