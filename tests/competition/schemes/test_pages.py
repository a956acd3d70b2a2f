"""The desk's page about the scheme, asked through the real server."""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

import msgspec
import pytest

from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.schemes.files import read_scheme, shipped, shipped_scheme
from schemas.base import canonical
from schemas.scheme_form import plain
from tests.every_kind import every_kind
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
    assert answer.headers["location"] == f"{address}"
    return address


async def uploaded(organiser: Browser, address: str) -> None:
    """Give the event the scheme in which everything occurs, as an organiser sends a file."""
    content = canonical(plain(every_kind()))
    answer = await organiser.submit(f"{address}/file", files={"scheme": ("every-kind.json", content)})
    assert answer.headers["location"] == f"{address}"


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


async def test_every_shipped_scheme_can_be_chosen_and_read(organiser: Browser, scheme_of_event: str) -> None:
    """Each scheme that comes with Leitai stands on the page with all its aspects."""
    for name in shipped():
        await organiser.submit(f"{scheme_of_event}/shipped", {"name": name})
        said = words_of(await organiser.get(scheme_of_event))
        assert [aspect.id for aspect in shipped_scheme(name).aspects() if aspect.name.en not in said] == []


async def test_page_puts_every_rule_into_words(organiser: Browser, scheme_of_event: str) -> None:
    """Whatever a scheme can say about groups, panels, ranking and totals stands on the page."""
    await uploaded(organiser, scheme_of_event)
    said = words_of(await organiser.get(scheme_of_event))
    for words in (
        "Goes on from here: 80 % of those who took part (whole numbers, a half goes up) · from 40.00 points on",
        "Each stage counts with its weight in a total of 100. The total is rounded: 2 decimals, a half goes up.",
        "2 Assembly and measuring 38.00 38.00",  # a section, planned and in the aspects
        "(total − median) ÷ (1.4826 × MAD), held between 0 and 1000. Where the MAD is zero, the mean deviation stands in.",
        "Gold · Silver · Bronze shared within 2 of each other by the scaled figure · from 3 entrants on 2 kinds",
        "Excellence no other award, and the scaled figure at least 700",
        "First prize 10 % of those who passed (whole numbers, a half goes up) · from 60.00 points on",
        "Teams sum of the members' totals · the best 2 count · with 2 ranked members at least",
        "the first 3 · who ties at the edge is in · at most 2 of a delegation · the best of each delegation first",
        "Who is equal to the last key shares the place; places then count 1, 2, 2, 3.",
        "Majority of the judges: Presentation",
        "Time: Time in all the lower first",
        "All together take 12.00 at most.",
        "−5.00 Breach of safety rules disqualified from 3 on",
        "did not finish: no points · the total stands · placed behind everybody else",
        "excluded: all of the aspect's points",
        "Only the best of these counts: A2.7 · A2.8",
        "Never below -5.00.",
        "Counts only when “Assembly” comes to at least 30.00.",
        "5 judges · left out: 1 highest, 1 lowest · the mean counts · by each judge's whole sheet · no figure with fewer than 3",
        "the panel's figure: 2 decimals, a half goes to the even digit",
    ):
        assert words in said


async def test_page_puts_every_kind_into_words(organiser: Browser, scheme_of_event: str) -> None:
    """Each kind of aspect tells how a reading gives points."""
    await uploaded(organiser, scheme_of_event)
    said = words_of(await organiser.get(scheme_of_event))
    for words in (
        "Yes or no: all of the points or none.",
        "For each of 12 the same share of the points. Rounded: 1 decimal, the rest is cut off.",
        "5.00 Workable in part",  # half of ten, as a share
        "4 An example to others Judged again when levels are 2 or more apart.",
        "6.00 ≤ ≈0.0167 mm 3.00 ≤ ≈0.0217 mm 0.00 beyond",
        "3 readings, their mean counts Instrument: Dial gauge",
        "6.00 39.984 … 40.002 mm 3.00 ≤ 40.012 mm 1.50 ≥ 39.979 mm 0.00 beyond",
        "4.00 ≤ 1.6 µm 2.00 ≤ 3.2 µm 0.00 beyond",
        "4.00 = 0.10 mm 4.00 0.08 … 0.12 mm 2.40 0.12 … 0.15 mm 0.00 any other value",
        "4.00 ≤ 1:00 2.40 ≤ 1:30.50 0.00 beyond 3 runs, the best counts A time beyond 5:00 gives no points",
        "+1.00 for each full 300 s under 1:00:00 8.00 at most",
        "2.00 ≤ 1:00:00 −0.50 for each 60 s begun beyond",
        "The time itself is the result: the shorter, the better.",
        "−2.00 Left the bench without a word down to -10.00 points",
        "0 to 20, in steps of 1 · times 0.5",
        "-2 to 10, in steps of 0.25",
        "A figure from elsewhere, of 150: the same share of the points.",
    ):
        assert words in said


async def test_scheme_can_be_taken_away_and_sent_again(organiser: Browser, scheme_of_event: str) -> None:
    """As TOML and as a workbook it is a file that reads back as the same scheme; an empty workbook is there as well."""
    await uploaded(organiser, scheme_of_event)
    for ending in ("toml", "xlsx"):
        file = await organiser.get(f"{scheme_of_event}.{ending}")
        assert file.headers["content-disposition"] == f'attachment; filename="every-kind-1.{ending}"'
        assert read_scheme(file.content, f"scheme.{ending}") == every_kind()
    empty = await organiser.get(f"{scheme_of_event}/empty.xlsx")
    assert empty.headers["content-disposition"] == 'attachment; filename="leitai-scheme.xlsx"'


async def test_cis_workbook_is_given_only_where_cis_can_say_the_scheme(
    organiser: Browser, scheme_of_event: str
) -> None:
    """What has no place in a CIS workbook is told, with what to take instead."""
    await uploaded(organiser, scheme_of_event)
    answer = await organiser.get(f"{scheme_of_event}/cis.xlsx")
    assert answer.status_code == 422
    assert "have no place in a CIS workbook" in words_of(answer)


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
    stages = tuple(msgspec.structs.replace(stage, weight=(stage.weight or 0) - 5) for stage in scheme.stages)
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
        (b'{"places": 1}', "This must be one of these words, in quotes: 1223, 1224, 1334."),
        (b'{"format": "leitai-scheme-1"}', "The field “code” is missing. Add it."),
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
    other = canonical(plain(msgspec.structs.replace(shipped_scheme(NAME), version="2")))
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


@pytest.mark.parametrize(
    ("aspect", "values", "sentence"),
    [
        ("A1.2", ["7"], "3.50 of 6.00"),
        ("A1.3", ["2"], "5.00 of 10.00"),
        ("A1.4", ["4"], "6.00 of 6.00"),
        ("A2.3", ["3.2"], "2.00 of 4.00"),
        ("A2.6", ["1:05.5", "", ""], "2.40 of 4.00"),
        ("A2.9", ["1:00"], "only compared, without points"),
        ("B1.2", ["3"], "-6.00"),
        ("C1.1", ["17"], "17.00 of 20.00"),
        ("C1.2", ["-2.5"], "-2.5 is not between -2 and 10."),
        ("T1.1", ["121.5"], "81.00 of 100.00"),
    ],
)
async def test_every_kind_can_be_tried(
    organiser: Browser, scheme_of_event: str, aspect: str, values: list[str], sentence: str
) -> None:
    """The page asks for a value as the kind needs it, and tells what it gives."""
    await uploaded(organiser, scheme_of_event)
    page = await organiser.get(f"{scheme_of_event}/try", params={"aspect": aspect, "value": values})
    assert (page.status_code, sentence in words_of(page)) == (200, True)


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
