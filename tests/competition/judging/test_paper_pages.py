"""Signatures, photographs and messages through the real server: who is let in, what is answered, what is kept."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import msgspec
import pytest
from PIL import Image

from competition.app import POOL_SIZE
from competition.judging.messages import MOST_PER_WINDOW
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.base import Command
from schemas.marks import Drawing, Receipt, Say, SealSheet, SignSheet
from schemas.tablet import HallMessage
from tests.house import (
    NOW,
    PIN,
    Contest,
    add_person,
    findings,
    found_contest,
    mark_all,
    marks_in_force,
    send,
    tablet_of,
)
from tests.site import Browser, Site

DRAWN = Drawing(width=600, height=200, strokes=(((10, 20), (30, 45)),))
TAKEN = {"aspect": "A1.2", "taken_at": NOW.isoformat()}


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three with every mark made, whose judges have PINs."""
    contest = await found_contest(connection, pin=PIN)
    await mark_all(connection, Shelf(), contest)
    return contest


@pytest.fixture
async def tablet(site: Site, connection: Connection, contest: Contest) -> Browser:
    """Judge 0's tablet."""
    return await tablet_of(site, connection, contest.judges[0])


# Signatures -----------------------------------------------------------------------------------------------------------


async def test_a_sheet_is_signed_by_judge_competitor_and_chief_judge(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """The judge signs with a drawing, the competitor on that tablet, the chief judge on a tablet of their own."""
    chief = await add_person(connection, "chief_judge", pin=PIN)
    desk, own, other = (
        await site.sign_in("chief_judge"),
        await tablet_of(site, connection, chief),
        await tablet_of(site, connection, contest.judges[1]),
    )
    sheets = [contest.sheet(code, "A1", 0) for code in contest.codes[:2]]
    seals = [await _sign_off(connection, contest, sheet) for sheet in sheets]
    competitor = SignSheet(id=new_id(), seal=seals[0].id, role="competitor", drawing=DRAWN)
    by_chief = [SignSheet(id=new_id(), seal=seal.id, role="chief_judge", drawing=DRAWN) for seal in seals]
    requests: list[tuple[Browser, str, Command]] = [
        (tablet, f"/score-sheets/{sheets[0]}/seal", seals[0]),
        (tablet, f"/score-sheets/{sheets[1]}/seal", seals[1]),
        (other, f"/score-sheets/{sheets[0]}/signatures", competitor),
        (tablet, f"/score-sheets/{sheets[0]}/signatures", competitor),
        (tablet, f"/score-sheets/{sheets[0]}/signatures", by_chief[0]),
        (desk, f"/score-sheets/{sheets[0]}/signatures", by_chief[0]),
        (own, f"/score-sheets/{sheets[0]}/signatures", by_chief[0]),
        (own, f"/score-sheets/{sheets[1]}/signatures", by_chief[1]),
        (tablet, f"/score-sheets/{sheets[0]}/signatures", competitor),
        (tablet, f"/score-sheets/{sheets[0]}/seal", seals[0]),
    ]
    answers = [await send(browser, "POST", path, body) for browser, path, body in requests]
    assert [(answer.status_code, answer.json().get("type")) for answer in answers] == [
        (200, None),
        (200, None),
        (404, "no-such-sheet"),
        (200, None),
        (403, "not-allowed"),
        (401, "device-is-locked"),
        (200, None),
        (200, None),
        (200, None),
        (200, None),
    ]
    assert (answers[8].content, answers[9].content) == (answers[3].content, answers[0].content)
    roles = await connection.fetch(
        "SELECT body::jsonb ->> 'role' FROM ledger WHERE kind = 'signature' ORDER BY position"
    )
    assert [row[0] for row in roles] == ["judge", "judge", "competitor", "chief_judge", "chief_judge"]
    assert await findings(connection, contest) == ()


async def test_a_drawing_of_another_form_is_unreadable(contest: Contest, tablet: Browser) -> None:
    """Half points, points of three, a field that is not asked for: told as a wrong form, and nothing is signed."""
    path = f"/score-sheets/{contest.sheet(contest.codes[0], 'A1', 0)}/seal"
    answers = [
        await send(tablet, "POST", path, b'{"id":"%s","marks":[],"drawing":%s}' % (str(new_id()).encode(), drawing))
        for drawing in (
            b'{"width":600,"height":200,"strokes":[[[1.5,2]]]}',
            b'{"width":600,"height":200,"strokes":[[[1,2,3]]]}',
            b'{"width":600,"height":200,"strokes":[],"style":"x"}',
        )
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [(400, "unreadable")] * 3


# Photographs ----------------------------------------------------------------------------------------------------------


async def test_a_photograph_is_sent_once_and_shown_to_whom_it_concerns(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Its judge on a tablet and whoever may see marks at the desk get the picture; nobody else learns that it is there."""
    path, shown_id = _address(contest), new_id()
    first = await _put(tablet, f"{path}/{shown_id}", _file())
    again = await _put(tablet, f"{path}/{shown_id}", _file(quality=50))
    assert (first.status_code, again.content) == (200, first.content)
    assert msgspec.json.decode(first.content, type=Receipt).id == shown_id
    other = await tablet_of(site, connection, contest.judges[1])
    chief, scorekeeper, visitor = (
        await site.sign_in("chief_judge"),
        await site.sign_in("scorekeeper"),
        await site.visitor(),
    )
    answers = [
        await browser.get(f"{door}/photographs/{shown_id}", headers={"accept": "application/json, image/*"})
        for browser, door in (
            (tablet, ""),
            (chief, "/desk"),
            (other, ""),
            (chief, ""),
            (scorekeeper, "/desk"),
            (visitor, "/desk"),
            (visitor, ""),
        )
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404, 401, 403, 401, 401]
    for shown in answers[:2]:
        headers = {name: shown.headers[name] for name in ("content-type", "x-content-type-options", "cache-control")}
        assert headers == {
            "content-type": "image/jpeg",
            "x-content-type-options": "nosniff",
            "cache-control": "private, max-age=31536000, immutable",
        }
        with Image.open(io.BytesIO(shown.content)) as picture:
            assert picture.size == (90, 60)
    assert await findings(connection, contest) == ()


async def test_what_is_no_photograph_of_ones_own_is_told_so(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Another kind of file, too much of it, no aspect, no zone, no token, another's sheet: each with its own answer."""
    other = await tablet_of(site, connection, contest.judges[1])
    path = f"{_address(contest)}/{new_id()}"
    without_zone = {**TAKEN, "taken_at": "2026-05-01T09:00:00"}
    answers = [
        await _put(tablet, path, b"<script>"),
        await _put(tablet, path, b""),
        await _put(tablet, path, bytes(8 * 1024 * 1024 + 1)),
        await _put(tablet, path, _file(), params={**TAKEN, "aspect": "B1.1"}),
        await _put(tablet, path, _file(), params={"aspect": "A1.2"}),
        await _put(tablet, path, _file(), params=without_zone),
        await _put(other, path, _file()),
        await tablet.put(path, content=_file(), params=TAKEN, headers={"accept": "application/json"}),
    ]
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [
        (415, "not-a-picture"),
        (415, "not-a-picture"),
        (413, "too-large"),
        (422, "no-such-aspect"),
        (400, "unreadable"),
        (400, "unreadable"),
        (404, "no-such-sheet"),
        (403, "page-expired"),
    ]
    assert await connection.fetchval("SELECT count(*) FROM photograph") == 0


async def test_slow_photographs_keep_nobody_waiting(contest: Contest, tablet: Browser) -> None:
    """More pictures on their way over bad wifi than there are connections to the database: the rest goes on."""
    arrive = asyncio.Event()

    async def slowly(picture: bytes) -> AsyncIterator[bytes]:
        yield picture[:100]
        await arrive.wait()
        yield picture[100:]

    await tablet.get("/sign-in")
    sending = [
        asyncio.create_task(_put(tablet, f"{_address(contest, place)}/{new_id()}", slowly(_file())))
        for place in (0, 1)
        for _ in range(POOL_SIZE // 2 + 1)
    ]
    await asyncio.sleep(0.3)
    answer = await asyncio.wait_for(tablet.get("/healthz"), 5)
    arrive.set()
    assert answer.status_code == 200
    assert [answer.status_code for answer in await asyncio.gather(*sending)] == [200] * len(sending)


# Messages -------------------------------------------------------------------------------------------------------------


async def test_a_tablet_tells_of_a_problem(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Said once however often it is sent; not to an event of others, not by the desk, and not without end."""
    elsewhere = await found_contest(connection)
    chief = await site.sign_in("chief_judge")
    sheet_id = contest.sheet(contest.codes[0], "A1", 0)
    problem = Say(id=new_id(), words="千分表坏了", sheet_id=sheet_id)
    path = f"/events/{contest.event_id}/messages"
    answers = [
        await send(tablet, "POST", path, problem),
        await send(tablet, "POST", path, problem),
        await send(tablet, "POST", f"/events/{elsewhere.event_id}/messages", Say(id=new_id(), words="在吗")),
        await send(tablet, "POST", path, Say(id=new_id(), words="  ")),
        await send(tablet, "POST", path, b'{"words":"?"}'),
        await send(chief, "POST", path, Say(id=new_id(), words="在")),
    ]
    assert [(answer.status_code, answer.json().get("type")) for answer in answers] == [
        (200, None),
        (200, None),
        (404, "not-found"),
        (422, "words-unfit"),
        (400, "unreadable"),
        (401, "device-is-locked"),
    ]
    said = msgspec.json.decode(answers[0].content, type=HallMessage)
    assert (said.kind, said.sender, said.code) == ("problem", contest.judges[0].name, contest.codes[0])
    assert answers[1].content == answers[0].content
    for _ in range(MOST_PER_WINDOW - 1):
        last = await send(tablet, "POST", path, Say(id=new_id(), words="急"))
        assert last.status_code == 200
    too_many = await send(tablet, "POST", path, Say(id=new_id(), words="急"))
    assert (too_many.status_code, too_many.json()["type"]) == (429, "too-many-messages")


async def _sign_off(connection: Connection, contest: Contest, sheet_id: UUID) -> SealSheet:
    """A sign-off of a sheet as it stands, with a drawing."""
    in_force = await marks_in_force(connection, contest.event_id, sheet_id)
    return SealSheet(id=new_id(), marks=tuple(mark.id for mark in in_force), drawing=DRAWN)


def _address(contest: Contest, place: int = 0) -> str:
    return f"/score-sheets/{contest.sheet(contest.codes[place], 'A1', 0)}/photographs"


def _file(*, quality: int = 90) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (90, 60), (200, 20, 20)).save(file, "JPEG", quality=quality)
    return file.getvalue()


async def _put(
    browser: Browser, path: str, body: bytes | AsyncIterator[bytes], *, params: dict[str, str] = TAKEN
) -> httpx.Response:
    """Send a picture as the tablet's script does."""
    headers = {
        "accept": "application/json",
        "content-type": "image/jpeg",
        "x-csrftoken": browser.cookies["leitai_csrf"],
    }
    return await browser.put(path, content=body, params=params, headers=headers)
