"""The desk's page about the scheme, asked through the real server."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

import msgspec
import pytest

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.schemes.files import read_scheme, shipped_scheme
from schemas.base import canonical
from tests.site import Browser, Site, found_event, words_of

NAME = "cnc-machine-tool-assembly"


@pytest.fixture
async def organiser(site: Site) -> Browser:
    """An organiser's browser."""
    return await site.sign_in()


@pytest.fixture
async def scheme_of_event(organiser: Browser) -> str:
    """The address of the scheme of an event that has none yet."""
    return f"{await found_event(organiser)}/scheme"


async def chosen(organiser: Browser, address: str) -> str:
    """The same address after the shipped scheme was chosen."""
    answer = await organiser.submit(f"{address}/shipped", {"name": NAME})
    assert answer.headers["location"] == f"{address}?done=true"
    return address


async def test_page_offers_schemes_while_there_is_none(organiser: Browser, scheme_of_event: str) -> None:
    """Without a scheme the organiser chooses a shipped one or sends a file."""
    said = words_of(await organiser.get(scheme_of_event))
    assert "A scheme that comes with Leitai" in said
    assert "Check and use it" in said


async def test_page_tells_the_whole_scheme(organiser: Browser, scheme_of_event: str) -> None:
    """Every criterion, sub-criterion and aspect stands on the page, with what it gives in words."""
    page = await organiser.get(await chosen(organiser, scheme_of_event))
    said = words_of(page)
    scheme = shipped_scheme(NAME)
    named = [*scheme.criteria(), *scheme.sub_criteria(), *scheme.aspects()]
    assert [part.id for part in named if part.name.en not in said] == []
    assert len(re.findall(r"scheme/try\?aspect=", page.text)) == len(list(scheme.aspects()))
    for words in (
        "Theory 100.00 30 %",  # a stage and its weight
        "−0.50 connection other than drawn",  # a deduction
        "2 judges · the mean counts",  # a panel
        "2.00 50.000 ± 0.010 mm −0.50 for each 0.005 mm begun beyond",  # a measurement by steps
        "size 400 mm, step up to 500 mm → 0.010 mm allowed",  # a tolerance by size
        "not locked yet",
    ):
        assert words in said


async def test_file_is_what_the_hash_is_of(organiser: Browser, scheme_of_event: str) -> None:
    """The downloaded JSON has the hash that the page shows, and reads back as the same scheme."""
    page = await organiser.get(await chosen(organiser, scheme_of_event))
    file = await organiser.get(f"{scheme_of_event}.json")
    assert file.headers["content-disposition"] == f'attachment; filename="{NAME}-1.json"'
    assert hashlib.sha256(file.content).hexdigest() in page.text
    assert read_scheme(file.content, "scheme.json") == shipped_scheme(NAME)


async def test_upload_lists_every_fault(organiser: Browser, scheme_of_event: str) -> None:
    """A scheme that does not add up is not taken; each fault is listed with its place and remedy."""
    scheme = shipped_scheme(NAME)
    stages = tuple(msgspec.structs.replace(stage, weight=stage.weight - 5) for stage in scheme.stages)
    faulty = canonical(msgspec.structs.replace(scheme, stages=stages, ranking=()))
    answer = await organiser.submit(f"{scheme_of_event}/file", files={"scheme": ("mine.json", faulty)})
    said = words_of(answer)
    assert answer.status_code == 422
    assert "Faults in mine.json: 2" in said
    assert "$.stages The weights of the stages sum to 90. Make them sum to 100." in said
    assert "$.ranking Nothing says how entrants are ranked. Name at least the total." in said
    assert "Use this scheme" in said


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "mine.json is not JSON from line 1, column 2 on."),
        (b'{"format": "leitai-scheme-1"}', "the field “code” is missing. Add it."),
        (None, "No file was chosen."),
    ],
)
async def test_upload_names_what_cannot_be_read(
    organiser: Browser, scheme_of_event: str, content: bytes | None, sentence: str
) -> None:
    """A file that is no scheme is refused with the place where it stops being one; so is no file at all."""
    file = ("mine.json", content) if content is not None else ("", b"")
    answer = await organiser.submit(f"{scheme_of_event}/file", files={"scheme": file})
    assert answer.status_code == 422
    assert sentence in words_of(answer)


async def test_upload_replaces_an_unlocked_scheme(organiser: Browser, scheme_of_event: str) -> None:
    """Until the first mark another file replaces the scheme."""
    await chosen(organiser, scheme_of_event)
    other = canonical(msgspec.structs.replace(shipped_scheme(NAME), version="2"))
    answer = await organiser.submit(f"{scheme_of_event}/file", files={"scheme": ("mine.json", other)})
    assert answer.status_code == 303
    assert (await organiser.get(f"{scheme_of_event}.json")).content == other


async def test_locked_scheme_cannot_be_replaced(
    organiser: Browser, scheme_of_event: str, connection: Connection
) -> None:
    """After the first mark the page offers no other scheme, and a form sent all the same is refused."""
    await chosen(organiser, scheme_of_event)
    await connection.execute("UPDATE scheme SET locked_at = $1", clock.now())
    page = await organiser.get(scheme_of_event)
    refused = await organiser.submit(f"{scheme_of_event}/shipped", {"name": NAME})
    assert "Locked since the first mark" in words_of(page)
    assert "Use another scheme" not in words_of(page)
    assert refused.status_code == 409
    assert "The scheme has been locked since the first mark" in words_of(refused)


@pytest.mark.parametrize(
    ("aspect", "values", "sentence"),
    [
        ("E1.3", ["50.001", "50.013", "50.002"], "worst 50.013 → 0.013 off 50.000 → +0.003 over 0.010"),
        ("E1.3", ["50.001", "50.013", "50.002"], "1.50 of 2.00"),
        ("A1.1", ["2", ""], "connection other than drawn: 2 × 0.50 = 1.00 → −1.00"),
        ("T1.1", ["87.3"], "87.3 is not a multiple of 0.5."),
        ("T1.1", ["many"], "a reading is not a number."),
        ("B1.1", ["0.79"], "0.00 of"),
    ],
)
async def test_try_shows_points_and_the_way_there(
    organiser: Browser, scheme_of_event: str, aspect: str, values: list[str], sentence: str
) -> None:
    """A tried value gives the points that a mark would, with its steps, or the sentence that a judge would see."""
    address = await chosen(organiser, scheme_of_event)
    page = await organiser.get(f"{address}/try", params={"aspect": aspect, "value": values})
    assert page.status_code == 200
    assert sentence in words_of(page)


async def test_try_of_an_unknown_aspect_is_not_found(organiser: Browser, scheme_of_event: str) -> None:
    """Only what the scheme has can be tried."""
    address = await chosen(organiser, scheme_of_event)
    assert (await organiser.get(f"{address}/try", params={"aspect": "Z9"})).status_code == 404


async def test_only_the_organiser_changes_the_scheme(site: Site, organiser: Browser, scheme_of_event: str) -> None:
    """A chief judge reads it and is offered nothing else."""
    await chosen(organiser, scheme_of_event)
    chief = await site.sign_in("chief_judge")
    assert "Use another scheme" not in words_of(await chief.get(scheme_of_event))
    assert (await chief.submit(f"{scheme_of_event}/shipped", {"name": NAME})).status_code == 403


async def test_scheme_of_an_unknown_event_is_not_found(organiser: Browser) -> None:
    """Neither page nor file exists for an event that does not."""
    nowhere = f"/desk/events/{UUID(int=1)}/scheme"
    assert (await organiser.get(nowhere)).status_code == 404
    assert (await organiser.get(f"{nowhere}.json")).status_code == 404
    assert (await organiser.submit(f"{nowhere}/shipped", {"name": NAME})).status_code == 404
