"""The desk's timetable and the public page of a draw, asked through the real server."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

import httpx
import msgspec
import pytest

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.timetable.rules import draw_places
from competition.timetable.store import last_draw
from schemas.base import Text
from schemas.timetable import PublicDraw
from tests.site import Browser, Site, found_event, register, words_of

SESSIONS = {
    "day": "2026-06-01", "time": "08:00", "sessions": "2", "per_day": "1", "minutes": "90", "pause": "15", "benches": "2",
}  # fmt: skip
SEED = "3 5 6"
NAMES_AND_NUMBERS = re.compile(r"代表队|Contestant")


@pytest.fixture
async def organiser(site: Site) -> Browser:
    """An organiser's browser."""
    return await site.sign_in()


@pytest.fixture
async def event(organiser: Browser) -> str:
    """The address of an event with three eligible entrants."""
    address = await found_event(organiser)
    await register(organiser, address, entrants=3)
    return address


async def drawn(organiser: Browser, event: str, seed: str = SEED) -> str:
    """Lay two sessions of two benches and draw; returns the public address of the draw."""
    await organiser.submit(f"{event}/sessions", SESSIONS)
    answer = await organiser.submit(f"{event}/draws", {"seed": seed})
    assert answer.headers["location"] == f"{event}/timetable#draw"
    page = await organiser.get(f"{event}/timetable")
    (address,) = re.findall(r'href="(/draws/[0-9a-f-]+)"', page.text)
    return str(address)


async def test_sessions_are_laid_by_the_venues_clock(organiser: Browser, event: str) -> None:
    """The page tells days and times of the venue, and the form keeps what was filled in."""
    answer = await organiser.submit(f"{event}/sessions", SESSIONS)
    page = await organiser.get(answer.headers["location"])
    assert "1 2026-06-01 08:00 – 09:30 2 2026-06-02 08:00 – 09:30 Times of Asia/Shanghai." in words_of(page)
    assert 'name="benches" required min="1" max="200" value="2"' in page.text


async def test_sessions_that_cannot_be_keep_the_form(organiser: Browser, event: str) -> None:
    """What does not fit a day is refused with a sentence, and nothing that was typed is lost."""
    answer = await organiser.submit(f"{event}/sessions", {**SESSIONS, "time": "23:30"})
    assert answer.status_code == 422
    assert "The sessions of a day would end after midnight." in words_of(answer)
    assert 'value="23:30"' in answer.text


async def test_draw_shows_names_to_the_organiser(organiser: Browser, event: str) -> None:
    """The drawn list has code, bench, contestant number and name, and the seed on request."""
    await drawn(organiser, event)
    said = words_of(await organiser.get(f"{event}/timetable"))
    places = draw_places(SEED, [1, 2, 3], sessions=2, benches=2, nonce="").places
    listed = re.findall(r"([AB]0\d) (\d) (\d) \S+ \S+代表队", said)
    assert listed == [(place.code, str(place.bench), str(place.number)) for place in places]
    assert f"Show it {SEED}" in said


async def test_draw_shows_codes_alone_to_the_chief_judge(site: Site, organiser: Browser, event: str) -> None:
    """While marking is blind, who may not see entrants is told neither names nor numbers nor the seed."""
    await drawn(organiser, event)
    page = await (await site.sign_in("chief_judge")).get(f"{event}/timetable")
    assert re.findall(r"[AB]0\d", words_of(page).partition("Places Session")[2]) == ["A01", "A02", "B01"]
    assert SEED not in page.text
    assert not NAMES_AND_NUMBERS.search(words_of(page))


async def test_draw_with_too_few_places_is_refused(organiser: Browser, event: str) -> None:
    """The sentence says what is missing; no draw is kept."""
    await organiser.submit(f"{event}/sessions", {**SESSIONS, "sessions": "1"})
    answer = await organiser.submit(f"{event}/draws", {"seed": SEED})
    assert answer.status_code == 409
    assert "There are 3 entrants but only 2 places (1 sessions of 2 benches)." in words_of(answer)
    assert "not drawn yet" in words_of(answer)


async def test_public_page_commits_without_telling(
    site: Site, organiser: Browser, event: str, connection: Connection
) -> None:
    """While marking is blind everybody sees commitment, numbers and method at once, and neither seed nor places."""
    address = await drawn(organiser, event)
    page = await (await site.visitor()).get(address)
    stored = await last_draw(connection, UUID(event.rpartition("/")[2]))
    assert stored is not None
    said = (
        f"Commitment {stored.draw.commitment} Seed published with the results Nonce published with the results "
        "Contestant numbers 1, 2, 3"
    )
    assert said in words_of(page)
    assert SEED not in page.text
    assert stored.draw.nonce not in page.text
    assert "A02" not in page.text


async def test_public_page_tells_all_with_the_results(
    site: Site, organiser: Browser, event: str, connection: Connection
) -> None:
    """Once results are out, page and JSON tell seed, nonce and places: who has them comes to the commitment."""
    address = await drawn(organiser, event)
    await publish(connection, UUID(event.rpartition("/")[2]))
    visitor = await site.visitor()
    page = await visitor.get(address)
    assert "seed='3 5 6'" in page.text.replace("&#39;", "'")
    assert "A02" in words_of(page)
    told = decoded(await visitor.get(f"{address}/draw.json"))
    assert told.seed == SEED
    assert re.fullmatch(r"[0-9a-f]{32}", str(told.nonce))
    assert f"Nonce {told.nonce} " in words_of(page)
    assert told.commitment == hashlib.sha256(f"{told.nonce}:{SEED}".encode()).hexdigest()


async def test_every_draw_has_a_nonce_of_its_own(organiser: Browser, event: str, connection: Connection) -> None:
    """Drawn twice from the same seed, the commitments differ and the places do not."""
    found = []
    for _ in range(2):
        await drawn(organiser, event)
        stored = await last_draw(connection, UUID(event.rpartition("/")[2]))
        assert stored is not None
        found.append(stored.draw)
    assert found[0].places == found[1].places
    assert found[0].nonce != found[1].nonce
    assert found[0].commitment != found[1].commitment


async def test_public_draw_as_json(site: Site, organiser: Browser, event: str, connection: Connection) -> None:
    """Who asks for anything but a page gets the same as JSON; untold things are null."""
    address = await drawn(organiser, event)
    stored = await last_draw(connection, UUID(event.rpartition("/")[2]))
    assert stored is not None
    answer = await (await site.visitor()).get(address, headers={"accept": "application/json"})
    assert answer.headers["vary"] == "accept"
    assert decoded(answer) == PublicDraw(
        id=stored.id,
        competition=Text(zh="市赛", en="City contest"),
        event=Text(zh="数控", en="CNC"),
        drawn_at=stored.drawn_at,
        holds=True,
        method="leitai-draw-1",
        commitment=stored.draw.commitment,
        numbers=(1, 2, 3),
        sessions=2,
        benches=2,
        seed=None,
        nonce=None,
        places=None,
    )


async def test_public_page_of_a_replaced_draw_says_so(site: Site, organiser: Browser, event: str) -> None:
    """A draw that was made again stays public, says that it no longer holds, and leads to the one that does."""
    first = await drawn(organiser, event)
    second = await drawn(organiser, event, "another")
    page = await (await site.visitor()).get(first)
    assert "This draw no longer holds The places were drawn again later." in words_of(page)
    assert f'<a href="{second}">To the last draw</a>' in page.text
    assert not decoded(await (await site.visitor()).get(f"{first}/draw.json")).holds


async def test_sessions_laid_anew_undo_the_draw(site: Site, organiser: Browser, event: str) -> None:
    """Laying sessions anew takes the places away; the draw stays public and says so."""
    address = await drawn(organiser, event)
    await organiser.submit(f"{event}/sessions", SESSIONS)
    assert "not drawn yet" in words_of(await organiser.get(f"{event}/timetable"))
    assert "The sessions were laid anew after it." in words_of(await (await site.visitor()).get(address))


@pytest.mark.parametrize("path", ["sessions", "draws"])
async def test_only_the_organiser_plans(site: Site, event: str, path: str) -> None:
    """A chief judge and a supervisor read the timetable and change nothing."""
    for role in ("chief_judge", "supervisor"):
        browser = await site.sign_in(role)
        assert (await browser.get(f"{event}/timetable")).status_code == 200
        assert (await browser.submit(f"{event}/{path}", SESSIONS)).status_code == 403


async def test_unknown_draws_and_events_are_not_found(site: Site, organiser: Browser) -> None:
    """An id that nothing has is answered with 404, to everybody."""
    nothing = UUID(int=1)
    assert (await (await site.visitor()).get(f"/draws/{nothing}")).status_code == 404
    assert (await organiser.get(f"/desk/events/{nothing}/timetable")).status_code == 404


def decoded(answer: httpx.Response) -> PublicDraw:
    """A draw out of an answer."""
    return msgspec.json.decode(answer.content, type=PublicDraw)


async def publish(connection: Connection, event_id: UUID) -> None:
    """Put a provisional list out, as publishing does."""
    await connection.execute(
        """
        INSERT INTO publication (event_id, number, status, revision, body, digest, published_at)
        VALUES ($1, 1, 'provisional', 1, '{}', '', $2)
        """,
        event_id, clock.now(),
    )  # fmt: skip
