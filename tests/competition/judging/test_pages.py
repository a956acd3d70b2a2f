"""The tablet and the desk's judging pages through the real server: own sheets, codes and never names, receipts, signatures."""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from msgspec import UNSET

from competition.access import actions as access
from competition.access import store as accounts
from competition.access.actions import open_enrolment
from competition.demo import people
from competition.demo.robots import Acknowledged, Seat, run_robots
from competition.judging.app_files import app_version
from competition.judging.snapshot import REASONS
from competition.judging.store import seats_of, sheet_with
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.timetable.clocks import give_time_back, start_clock
from schemas.base import Text, canonical
from schemas.marks import (
    Mark,
    Receipt,
    Receipts,
    RecordMark,
    RecordMarks,
    Refusal,
    ReopenSheet,
    RetractMark,
    Revote,
    SealSheet,
)
from schemas.tablet import OwnEvent, OwnMark, OwnSession, OwnSheet, Tablet
from tests.competition.judging.voting import found_panel
from tests.house import (
    NOW,
    PIN,
    SEALER,
    Contest,
    add_person,
    findings,
    found_contest,
    mark,
    mark_all,
    marks_in_force,
    recomputed_standings,
    seal,
    send,
    small_scheme,
    stored_standings,
    tablet_of,
)
from tests.site import Browser, Site, words_of

MOST_STATEMENTS = 25


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three whose judges have PINs."""
    return await found_contest(connection, pin=PIN)


@pytest.fixture
async def tablet(site: Site, connection: Connection, contest: Contest) -> Browser:
    """Judge 0's tablet."""
    return await tablet_of(site, connection, contest.judges[0])


# What a tablet is given -----------------------------------------------------------------------------------------------


async def test_tablet_is_given_its_judges_sheets_and_nothing_else(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """One answer holds everything to work with: own sheets by code, their definitions, own marks with what they give."""
    code, sheet = contest.codes[0], contest.sheet(contest.codes[0], "T1", 0)
    command = mark(sheet, "T1.1", "80.5", made_at=clock.now())
    await _record(tablet, contest, command)
    signed = await seal(connection, Shelf(), contest, sheet)
    given = await _given(tablet)
    [event] = given.events
    sealed = await sheet_with(connection, sheet)
    [device] = await accounts.devices(connection)
    places = await _places_of(connection, contest)
    assert sealed is not None
    assert given == Tablet(
        judge_id=contest.judges[0].id,
        judge=contest.judges[0].name,
        device_id=device.id,
        device="a tablet",
        version=app_version(),
        rescue_key=b64encode(SEALER.device_key(device.id)).decode(),
        server_time=given.server_time,
        reasons=REASONS,
        events=(
            OwnEvent(
                id=contest.event_id,
                name=Text(zh="数控机床装调维修工", en="CNC machine tool assembly and maintenance"),
                competition=Text(zh="芜湖市职工职业技能大赛", en="Wuhu Workers' Skills Contest"),
                revision=signed.revision,
                time_zone="Asia/Shanghai",
                is_blind=True,
                scheme_digest=await ledger.scheme_digest_of(connection, contest.event_id) or "",
                sessions=(OwnSession(number=1, starts_at=NOW, ends_at=NOW + timedelta(hours=3), seconds=3 * 3600),),
                sub_criteria=tuple(sub for sub in contest.scheme.sub_criteria() if sub.id in {"T1", "A1"}),
                sheets=tuple(
                    OwnSheet(
                        id=contest.sheet(own, sub_criterion, 0),
                        code=own,
                        name="",
                        bench=places[own],
                        session=1,
                        sub_criterion=sub_criterion,
                        marks=(
                            OwnMark(
                                id=command.id,
                                aspect="T1.1",
                                values=(Decimal("80.5"),),
                                state="marked",
                                flags=(),
                                points=Decimal("80.5"),
                                steps=event.sheets[1].marks[0].steps,
                                position=1,
                            ),
                        )
                        if (own, sub_criterion) == (code, "T1")
                        else (),
                        settled=(),
                        panel=(),
                        revotes=(),
                        sealed_at=sealed.sealed_at if (own, sub_criterion) == (code, "T1") else None,
                        seal=signed.id if (own, sub_criterion) == (code, "T1") else None,
                        sheet_digest=sealed.sheet_digest if (own, sub_criterion) == (code, "T1") else None,
                        reopened_for=None,
                        signatures=(),
                        photographs=(),
                    )
                    for own in contest.codes
                    for sub_criterion in ("A1", "T1")
                ),
            ),
        ),
        messages=(),
    )
    assert abs(given.server_time - datetime.now(UTC)) < timedelta(minutes=1)


async def test_tablet_is_told_the_clock_of_a_session_and_not_why(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """When it was started, and the seconds that a bench was given back; neither for what reason nor to whom."""
    by: dict[str, Any] = {"actor_id": contest.chief.id, "now": NOW}
    await start_clock(connection, contest.event_id, 1, ago=5, **by)
    await give_time_back(connection, contest.event_id, 1, 2, 300, "a secret reason", id=new_id(), **by)
    [event] = (await _given(tablet)).events
    started, end = NOW - timedelta(minutes=5), NOW + timedelta(hours=3)
    assert event.sessions == (
        OwnSession(number=1, starts_at=NOW, ends_at=end, seconds=10_800, started_at=started, time_back=((2, 300),)),
    )
    told = canonical(event).decode()
    assert [secret for secret in (*contest.names.values(), "a secret reason") if secret in told] == []


async def test_tablet_is_told_when_nothing_changed(contest: Contest, tablet: Browser) -> None:
    """The same state has the same tag whatever the time: 304 without a body, and the server's time all the same."""
    first = await tablet.get("/judge/sheets")
    again = await tablet.get("/judge/sheets", headers={"if-none-match": first.headers["etag"]})
    await _record(tablet, contest, mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80"))
    changed = await tablet.get("/judge/sheets", headers={"if-none-match": first.headers["etag"]})
    assert [(answer.status_code, bool(answer.content)) for answer in (first, again, changed)] == [
        (200, True),
        (304, False),
        (200, True),
    ]
    assert first.headers["etag"] == again.headers["etag"] != changed.headers["etag"]
    for answer in (first, again, changed):
        assert abs(datetime.fromisoformat(answer.headers["x-server-time"]) - datetime.now(UTC)) < timedelta(minutes=1)


async def test_no_page_of_a_tablet_knows_who_an_entrant_is(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Every page and answer of the tablet, marked, signed and reopened: no name, document, phone, team, employer or id."""
    shelf = Shelf()
    await mark_all(connection, shelf, contest)
    await seal(connection, shelf, contest, contest.sheet(contest.codes[0], "T1", 0))
    own = [sheet_id for (_, _, judge), sheet_id in contest.sheets.items() if judge == 0]
    pages = {path: (await tablet.get(path)).text for path in ("/judge", "/judge/sheets")}
    late = mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "1")
    sealing = SealSheet(id=new_id(), marks=())
    pages["marks"] = (await _record(tablet, contest, late, mark(new_id(), "T1.1", "1"))).text
    pages["seal"] = (await send(tablet, "POST", f"/score-sheets/{own[0]}/seal", sealing)).text
    told = await _secrets(connection, contest)
    assert {code for code in contest.codes if code in pages["/judge/sheets"]} == set(contest.codes)
    assert len(told) > 20
    assert [(path, secret) for path, page in pages.items() for secret in told if secret in page] == []


async def test_what_another_judge_marked_for_the_panel_is_no_work_for_this_one(
    site: Site, connection: Connection
) -> None:
    """One judge measures for both: the other's tablet is told, and what is left of the sheet can be signed."""
    contest = await found_contest(connection, pin=PIN, scheme=small_scheme(measurers=1))
    code = contest.codes[0]
    own, others = contest.sheet(code, "A1", 0), contest.sheet(code, "A1", 1)
    tablets = [await tablet_of(site, connection, judge) for judge in contest.judges]
    practice = mark(own, "A1.2", "1", made_at=clock.now())
    await _record(tablets[1], contest, mark(others, "A1.1", "0.013", made_at=clock.now()))
    await _record(tablets[0], contest, practice)
    assert [await _settled(tablet, sheet) for tablet, sheet in zip(tablets, (own, others), strict=True)] == [
        ("A1.1",),
        (),
    ]
    signed = await send(tablets[0], "POST", f"/score-sheets/{own}/seal", SealSheet(id=new_id(), marks=(practice.id,)))
    assert signed.status_code == 200


async def test_judge_page_opened_again_and_again_is_one_device(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Ten visits are one tablet heard of, not ten."""
    for _ in range(10):
        assert (await tablet.get("/judge")).status_code == 200
    devices = await accounts.devices(connection)
    assert [(device.account_id, device.name) for device in devices] == [(contest.judges[0].id, "a tablet")]


async def test_reading_a_signed_sheet_changes_nothing(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Fetching signed sheets leaves ledger and standings as they were."""
    shelf = Shelf()
    await mark_all(connection, shelf, contest)
    await seal(connection, shelf, contest, contest.sheet(contest.codes[0], "T1", 0))
    before = (await ledger.head_of(connection, contest.event_id), await stored_standings(connection, contest))
    assert (await _given(tablet)).events[0].sheets[1].sealed_at is not None
    after = (await ledger.head_of(connection, contest.event_id), await stored_standings(connection, contest))
    assert after == before


async def test_tablet_asks_as_often_for_three_entrants_as_for_one(
    site: Site, connection: Connection, statements: list[str]
) -> None:
    """All sheets together cost the same number of statements however many there are, marked and signed or not."""
    counts = []
    for entrants in (1, 3):
        contest = await found_contest(connection, entrants=entrants, pin=PIN)
        await mark_all(connection, Shelf(), contest)
        await seal(connection, Shelf(), contest, contest.sheet(contest.codes[0], "T1", 0))
        tablet = await tablet_of(site, connection, contest.judges[0])
        await tablet.get("/judge/sheets")
        statements.clear()
        assert (await tablet.get("/judge/sheets")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= MOST_STATEMENTS


# What a tablet sends --------------------------------------------------------------------------------------------------


async def test_marks_are_acknowledged_in_order_with_what_they_give(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """A batch of three: two receipts with points and steps, one refusal with its sentence; twice the same answer."""
    sheet = contest.sheet(contest.codes[0], "A1", 0)
    commands = (mark(sheet, "A1.1", "0.013"), mark(sheet, "A1.2", "-1"), mark(sheet, "A1.2", "2"))
    first, again = await _record(tablet, contest, *commands), await _record(tablet, contest, *commands)
    assert first.status_code == 200
    assert first.content == again.content
    one, refused, two = msgspec.json.decode(first.content, type=Receipts).results
    assert isinstance(one, Receipt)
    assert isinstance(two, Receipt)
    assert [(one.id, one.position, one.points), (two.id, two.position, two.points)] == [
        (commands[0].id, 1, Decimal(20)),
        (commands[2].id, 2, Decimal(10)),
    ]
    assert refused == Refusal(
        id=commands[1].id,
        type="not-a-count",
        detail="Aspect A1.2: -1 is not a count for item 1. Enter a whole number, 0 or more.",
    )
    entries = await ledger.entries(connection, contest.event_id)
    [device] = await accounts.devices(connection)
    assert [(entry.id, entry.device_id) for entry in entries if isinstance(entry, Mark)] == [
        (commands[0].id, device.id),
        (commands[2].id, device.id),
    ]


async def test_a_refusal_speaks_the_judges_language(site: Site, connection: Connection, contest: Contest) -> None:
    """Each tablet is answered in its own language although marks share a commit."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    wrong = mark(new_id(), "T1.1", "80")
    said = []
    for language in ("en", "zh-CN"):
        tablet.headers["accept-language"] = language
        [refused] = msgspec.json.decode((await _record(tablet, contest, wrong)).content, type=Receipts).results
        assert isinstance(refused, Refusal)
        said.append(refused.detail)
    assert said[0].startswith("This score sheet is not one of yours.")
    assert re.search(r"[\u4e00-\u9fff]", said[1])


async def test_marks_of_a_locked_tablet_wait_for_the_pin(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """The day was over while it was offline: 401 keeps its outbox, and after the PIN the same marks are taken (acceptance 17)."""
    commands = [mark(contest.sheet(code, "T1", 0), "T1.1", "80") for code in contest.codes]
    await connection.execute("UPDATE device SET unlocked_until = NULL")
    refused = await _record(tablet, contest, *commands)
    assert (refused.status_code, refused.json()["type"]) == (401, "device-is-locked")
    assert await ledger.entries(connection, contest.event_id) == ()
    await tablet.submit("/judge/unlock", {"pin": PIN})
    taken = msgspec.json.decode((await _record(tablet, contest, *commands)).content, type=Receipts)
    assert [result.id for result in taken.results if isinstance(result, Receipt)] == [each.id for each in commands]


async def test_another_judges_sheet_takes_no_mark(connection: Connection, contest: Contest, tablet: Browser) -> None:
    """A mark on somebody else's sheet is refused, alone."""
    code = contest.codes[0]
    commands = (
        mark(contest.sheet(code, "A1", 1), "A1.1", "0.008"),
        mark(contest.sheet(code, "A1", 0), "A1.1", "0.008"),
    )
    results = msgspec.json.decode((await _record(tablet, contest, *commands)).content, type=Receipts).results
    assert [result.type if isinstance(result, Refusal) else result.position for result in results] == [
        "no-such-sheet",
        1,
    ]
    assert len(await ledger.entries(connection, contest.event_id)) == 1


GOOD_MARK: dict[str, Any] = {
    "id": "01890000-0000-7000-8000-000000000001",
    "sheet_id": "01890000-0000-7000-8000-000000000002",
    "aspect": "T1.1",
    "base": 0,
    "made_at": "2026-05-01T01:00:00Z",
    "values": ["80"],
}


BAD_BODIES = (
    b"",
    b"[]",
    b"{",
    b'{"marks":[]}',
    b'{"sent_at":"2026-05-01T01:00:00Z","marks":[],"clock":1}',
    b'{"sent_at":"2026-05-01T01:00:00","marks":[]}',
    b'{"sent_at":"now","marks":[]}',
    *(
        msgspec.json.encode({"sent_at": "2026-05-01T01:00:00Z", "marks": [GOOD_MARK | change]})
        for change in ({"points": "100"}, {"values": ["eighty"]}, {"id": "1"}, {"state": "zero"}, {"note": 1})
    ),
)


async def test_a_request_of_another_form_is_refused_whole(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Unknown fields and unreadable values are 400 with a reason: nothing is guessed, nothing half taken."""
    answers = [await send(tablet, "POST", f"/events/{contest.event_id}/marks", body) for body in BAD_BODIES]
    told = [(answer.status_code, answer.headers["content-type"], answer.json()["type"]) for answer in answers]
    assert told == [(400, "application/problem+json", "unreadable")] * len(BAD_BODIES)
    assert "a value that cannot be read: clock." in answers[4].json()["detail"]
    assert await ledger.entries(connection, contest.event_id) == ()


async def test_a_request_carries_five_hundred_marks_at_most(
    connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """One mark too many is 413 and nothing is written; a mark for no event is 404."""
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    answer = await _record(tablet, contest, *(mark(sheet, "T1.1", "80") for _ in range(501)))
    assert (answer.status_code, answer.json()["type"]) == (413, "too-many-marks")
    nowhere = await send(tablet, "POST", f"/events/{new_id()}/marks", RecordMarks(sent_at=clock.now(), marks=()))
    assert (nowhere.status_code, nowhere.json()["type"]) == (404, "not-found")
    assert await ledger.entries(connection, contest.event_id) == ()


async def test_two_tablets_of_one_judge_see_the_same_sheet(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """What is entered on one is on the other; a second entry of the same cell there is a conflict, not a loss."""
    second = await tablet_of(site, connection, contest.judges[0])
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    here, there = mark(sheet, "T1.1", "80"), mark(sheet, "T1.1", "70")
    await _record(tablet, contest, here)
    [receipt] = msgspec.json.decode((await _record(second, contest, there)).content, type=Receipts).results
    assert isinstance(receipt, Receipt)
    assert receipt.flags == ("conflict",)
    for browser in (tablet, second):
        given = msgspec.json.decode((await browser.get("/judge/sheets")).content, type=Tablet)
        marks = [each.values for own in given.events[0].sheets if own.id == sheet for each in own.marks]
        assert marks == [(Decimal(80),)]


async def test_a_mark_is_taken_back_over_http(contest: Contest, tablet: Browser) -> None:
    """200 with the receipt and the server's time, the same again; too late is 409, and another sheet's address takes nothing."""
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    made, path = mark(sheet, "T1.1", "80"), f"/score-sheets/{sheet}/retractions"
    await _record(tablet, contest, made)
    undo = RetractMark(id=new_id(), mark=made.id, made_at=made.made_at + timedelta(seconds=3))
    late = RetractMark(id=new_id(), mark=made.id, made_at=made.made_at + timedelta(seconds=60))
    elsewhere = f"/score-sheets/{contest.sheet(contest.codes[0], 'B1', 1)}/retractions"
    answers = [
        await send(tablet, "POST", path, late),
        await send(tablet, "POST", elsewhere, undo),
        await send(tablet, "POST", path, undo),
        await send(tablet, "POST", path, undo),
    ]
    assert [(answer.status_code, answer.json().get("type")) for answer in answers] == [
        (409, "too-late-to-take-back"),
        (404, "no-such-sheet"),
        (200, None),
        (200, None),
    ]
    assert answers[2].content == answers[3].content
    assert "x-server-time" in answers[2].headers
    assert [own.marks for own in (await _given(tablet)).events[0].sheets if own.id == sheet] == [()]


async def test_marks_of_an_older_tablet_are_taken(connection: Connection, contest: Contest, tablet: Browser) -> None:
    """An outbox from before the upgrade has neither sequence nor confirmation: the very bytes it sent are taken (acceptance 16)."""
    older = GOOD_MARK | {"sheet_id": str(contest.sheet(contest.codes[0], "T1", 0)), "id": str(new_id())}
    assert not {"sequence", "confirmed", "revote"} & older.keys()
    body = msgspec.json.encode({"sent_at": clock.now(), "marks": [older]})
    [receipt] = msgspec.json.decode(
        (await send(tablet, "POST", f"/events/{contest.event_id}/marks", body)).content, type=Receipts
    ).results
    assert isinstance(receipt, Receipt)
    assert await connection.fetchval("SELECT body::jsonb ? 'sequence' FROM ledger") is False


# Signing and reopening ------------------------------------------------------------------------------------------------


async def test_a_sheet_is_signed_once_by_its_judge(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """Incomplete is 409, signed is 200 and again 200 with the same receipt, another signature is 409, another judge 404."""
    sheet = contest.sheet(contest.codes[0], "A1", 0)
    other = await tablet_of(site, connection, contest.judges[1])
    first, second = mark(sheet, "A1.1", "0.008"), mark(sheet, "A1.2", "0")
    path, sign = f"/score-sheets/{sheet}/seal", SealSheet(id=new_id(), marks=(first.id, second.id))
    await _record(tablet, contest, first)
    answers = [await send(tablet, "POST", path, sign)]
    await _record(tablet, contest, second)
    answers += [
        await send(other, "POST", path, sign),
        await send(tablet, "POST", path, sign),
        await send(tablet, "POST", path, sign),
        await send(tablet, "POST", path, SealSheet(id=new_id(), marks=sign.marks)),
        await send(tablet, "POST", path, b'{"id":"x"}'),
    ]
    assert [(answer.status_code, answer.json().get("type")) for answer in answers] == [
        (409, "sheet-is-incomplete"),
        (404, "no-such-sheet"),
        (200, None),
        (200, None),
        (409, "sheet-is-sealed"),
        (400, "unreadable"),
    ]
    assert answers[2].content == answers[3].content
    assert msgspec.json.decode(answers[2].content, type=Receipt).position == 3


async def test_only_the_chief_judge_reopens_and_says_why(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """The judge and the organiser are refused, an empty reason is too; then the sheet is open and its judge reads why."""
    shelf = Shelf()
    await mark_all(connection, shelf, contest)
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    await seal(connection, shelf, contest, sheet)
    chief, organiser = await site.sign_in("chief_judge"), await site.sign_in("organiser")
    path = f"/score-sheets/{sheet}/seal"
    answers = [
        await send(browser, "DELETE", path, ReopenSheet(id=new_id(), reason=reason))
        for browser, reason in ((tablet, "错"), (organiser, "错"), (chief, "  "), (chief, "读数抄错"), (chief, "再开"))
    ]
    assert [(answer.status_code, answer.json().get("type")) for answer in answers] == [
        (403, "not-allowed"),
        (403, "not-allowed"),
        (422, "reopening-needs-reason"),
        (200, None),
        (409, "sheet-is-open"),
    ]
    told = {own.id: own.reopened_for for own in (await _given(tablet)).events[0].sheets if own.reopened_for}
    assert told == {sheet: "读数抄错"}


async def test_the_chief_judge_reads_and_reopens_a_sheet_at_the_desk(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """The desk's page shows the signed sheet by code, its form reopens it, and afterwards there is nothing to reopen."""
    shelf = Shelf()
    await mark_all(connection, shelf, contest)
    code = contest.codes[0]
    sheet = contest.sheet(code, "T1", 0)
    await seal(connection, shelf, contest, sheet)
    chief = await site.sign_in("chief_judge")
    page = await chief.get(f"/desk/events/{contest.event_id}/sheets/{sheet}")
    assert code in page.text
    assert contest.names[code] not in page.text
    assert f'action="/desk/score-sheets/{sheet}/reopen"' in page.text
    done = await chief.submit(f"/desk/score-sheets/{sheet}/reopen", {"reason": "读数抄错"})
    there = f"/desk/events/{contest.event_id}/sheets/{sheet}"
    assert (done.status_code, done.headers["location"]) == (303, there)
    again = await chief.submit(f"/desk/score-sheets/{sheet}/reopen", {"reason": "读数抄错"})
    assert again.status_code == 409
    elsewhere = await chief.get(f"/desk/events/{new_id()}/sheets/{sheet}")
    assert elsewhere.status_code == 404


# The desk's page about judges -----------------------------------------------------------------------------------------


async def test_organiser_adds_a_judge_and_seats_them_by_form(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """From a name to a tablet that marks: the link and PIN shown once, a panel of one and of several, the sheets laid out."""
    organiser, at = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}"
    shown = (await organiser.submit(f"{at}/judges", {"name": " 方师傅 ", "employer": "技师学院"})).text
    link = re.search(r"/judge/enrol/[\w-]+", shown)
    pin = re.search(r"\b\d{6}\b", re.sub(r"<svg.*?</svg>|<style.*?</style>", "", shown, flags=re.DOTALL))
    judge_id = await connection.fetchval("SELECT id FROM account WHERE name = '方师傅' AND employer = '技师学院'")
    assert link is not None
    assert pin is not None
    for judges in (str(judge_id), [str(judge_id), str(contest.judges[0].id)]):
        seated = await organiser.submit(f"{at}/panels/T1", {"judges": judges})
        assert (seated.status_code, seated.headers["location"]) == (303, f"{at}/judges")
    tablet = await site.visitor()
    assert (await tablet.submit(link[0], {"name": "平板"})).status_code == 303
    assert (await tablet.submit("/judge/unlock", {"pin": pin[0]})).status_code == 303
    given = msgspec.json.decode((await tablet.get("/judge/sheets")).content, type=Tablet)
    assert [(sheet.code, sheet.sub_criterion) for sheet in given.events[0].sheets] == [
        (code, "T1") for code in contest.codes
    ]
    assert (await organiser.submit(f"{at}/judges", {"name": "  "})).status_code == 422


async def test_panel_form_refuses_who_cannot_sit_and_what_is_no_panel(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """An invented judge, an organiser, an unknown sub-criterion: refused with a reason, no fault of the server."""
    organiser, at = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}"
    before = await connection.fetch("SELECT * FROM panel_seat ORDER BY 1, 2, 3")
    answers = [
        await organiser.submit(f"{at}/panels/{sub}", {"judges": str(judge)})
        for sub, judge in (("T1", new_id()), ("T1", contest.organiser.id), ("X9", contest.judges[0].id), ("T1", "x"))
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 404, 400]
    assert await connection.fetch("SELECT * FROM panel_seat ORDER BY 1, 2, 3") == before


async def test_a_judge_out_of_use_gets_a_replacement_and_no_tablet(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """The panel says who is out of use and what unticking means, takes one more as it is ticked, and offers them nowhere else."""
    organiser, at = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}"
    out, other = contest.judges
    replacement = await add_person(connection, "judge", name="Replacement")
    await access.deactivate(connection, out.id, actor_id=contest.organiser.id, now=clock.now())
    shown = await organiser.get(f"{at}/judges")
    assert {sub: _panel(shown.text, sub) for sub in ("T1", "A1", "B1")} == {
        "T1": ({out.id: True, other.id: False, replacement.id: False}, ["out of use"], True, ["1 missing"]),
        "A1": ({out.id: True, other.id: True, replacement.id: False}, ["out of use"], True, ["1 missing"]),
        "B1": ({other.id: True, replacement.id: False}, [], False, []),
    }
    answer = await organiser.submit(f"{at}/panels/T1", {"judges": [str(out.id), str(replacement.id)]})
    assert answer.status_code == 303
    seated = {seat.judge_id for seat in await seats_of(connection, contest.event_id) if seat.sub_criterion == "T1"}
    assert seated == {out.id, replacement.id}
    refused = [await organiser.submit(f"{at}/judges/{out.id}/{verb}") for verb in ("tablet", "pin")]
    said = f"The account of {out.name} is out of use and gets no tablet. Put it back into use at Accounts first."
    assert [(each.status_code, said in words_of(each)) for each in refused] == [(409, True), (409, True)]
    assert f"judges/{out.id}/tablet" not in shown.text
    assert f"judges/{other.id}/tablet" in shown.text


async def test_organiser_renews_pins_and_takes_tablets_out_of_use(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """A new PIN locks the tablet at once, a fresh link does not; a revoked tablet is out for good."""
    organiser, judge = await site.sign_in("organiser"), contest.judges[0]
    at = f"/desk/events/{contest.event_id}"
    assert "/judge/enrol/" in (await organiser.submit(f"{at}/judges/{judge.id}/tablet")).text
    assert (await tablet.get("/judge")).status_code == 200
    assert "/judge/enrol/" in (await organiser.submit(f"{at}/judges/{judge.id}/pin")).text
    assert (await tablet.get("/judge")).headers["location"] == "/judge/unlock?next=/judge"
    assert (await tablet.submit("/judge/unlock", {"pin": PIN})).status_code == 401
    [device] = await accounts.devices(connection)
    assert (await organiser.submit(f"{at}/devices/{device.id}/revoke")).status_code == 303
    assert (await tablet.get("/judge")).status_code == 403
    nobody = [await organiser.submit(f"{at}/judges/{new_id()}/{verb}") for verb in ("tablet", "pin")]
    assert [answer.status_code for answer in nobody] == [404, 404]


# Robots ---------------------------------------------------------------------------------------------------------------


async def test_robots_mark_and_sign_everything_over_http(site: Site, connection: Connection, contest: Contest) -> None:
    """The demo's robots enrol, mark and sign like tablets: 21 marks acknowledged, 12 sheets signed, all of it verifies."""
    now, heard = clock.now(), list[Acknowledged]()
    seats = [
        Seat(enrol_url=f"{site.base_url}/judge/enrol/{await open_enrolment(connection, judge.id, now=now)}", pin=PIN)
        for judge in contest.judges
    ]
    await run_robots(seats, pace=0, seed=1, on_receipt=heard.append)
    assert len(heard) == 21
    assert {each.mark.id for each in heard} == {
        mark.id
        for sheet in contest.sheets.values()
        for mark in await marks_in_force(connection, contest.event_id, sheet)
    }
    assert await connection.fetchval("SELECT count(*) FROM score_sheet WHERE sealed_at IS NULL") == 0
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_robots_vote_again_and_sign_again(site: Site, connection: Connection) -> None:
    """A panel of three robots that must agree exactly: every re-vote is answered in time by all, and all is signed in the end."""
    contest, now = await found_panel(connection, entrants=3, pin=PIN, revote_from=1), clock.now()
    seats = [
        Seat(enrol_url=f"{site.base_url}/judge/enrol/{await open_enrolment(connection, judge.id, now=now)}", pin=PIN)
        for judge in contest.judges
    ]
    await run_robots(seats, pace=0, seed=1)
    entries = await ledger.entries(connection, contest.event_id)
    revotes = [entry.id for entry in entries if isinstance(entry, Revote)]
    answers = [
        (entry.revote, entry.flags) for entry in entries if isinstance(entry, Mark) and entry.revote is not UNSET
    ]
    assert revotes
    assert Counter(answers) == {(revote, ()): 3 for revote in revotes}
    assert await connection.fetchval("SELECT count(*) FROM score_sheet WHERE sealed_at IS NULL") == 0
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_robots_leave_to_another_what_is_marked_for_the_panel(site: Site, connection: Connection) -> None:
    """Of two robots on a panel only the first measures what one judge measures for both; both sign."""
    contest, now = await found_contest(connection, pin=PIN, scheme=small_scheme(measurers=1)), clock.now()
    for judge in contest.judges:
        url = f"{site.base_url}/judge/enrol/{await open_enrolment(connection, judge.id, now=now)}"
        await run_robots([Seat(enrol_url=url, pin=PIN)], pace=0, seed=1)
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'mark'") == 18
    assert await connection.fetchval("SELECT count(*) FROM score_sheet WHERE sealed_at IS NULL") == 0
    assert await findings(connection, contest) == ()


async def _record(browser: Browser, contest: Contest, *marks: RecordMark) -> httpx.Response:
    command = RecordMarks(sent_at=clock.now(), marks=marks)
    return await send(browser, "POST", f"/events/{contest.event_id}/marks", command)


async def _given(browser: Browser) -> Tablet:
    """What the tablet works with."""
    answer = await browser.get("/judge/sheets", headers={"accept": "application/json"})
    return msgspec.json.decode(answer.content, type=Tablet)


async def _places_of(connection: Connection, contest: Contest) -> dict[str, int]:
    """The benches' numbers by code."""
    rows = await connection.fetch(
        "SELECT code, number FROM place_drawn JOIN bench ON bench.id = bench_id WHERE place_drawn.event_id = $1",
        contest.event_id,
    )
    return {row[0]: row[1] for row in rows}


async def _settled(browser: Browser, sheet_id: UUID) -> tuple[str, ...]:
    """What the tablet is told that this sheet's judge need not mark."""
    given = await _given(browser)
    [sheet] = [sheet for event in given.events for sheet in event.sheets if sheet.id == sheet_id]
    return sheet.settled


async def _secrets(connection: Connection, contest: Contest) -> set[str]:
    """Everything about entrants that could leak: each cell of their roster, masked forms, and their ids."""
    roster = csv.reader(io.StringIO(people.roster_csv(Random(7), entrants=3).decode("utf-8-sig")))
    kept = (0, 3, 4, 5, 6, 8, 9)
    cells = {row[column] for row in list(roster)[1:] for column in kept}
    masked = await connection.fetch("SELECT document_masked, phone_masked, id FROM entrant")
    return cells | {str(value) for row in masked for value in row} | set(contest.names.values())


def _panel(page: str, sub_criterion: str) -> tuple[dict[UUID, bool], list[str], bool, list[str]]:
    """A panel at the desk: who may be ticked and is, the states beside their names, whether they are explained, who is missing."""
    [form] = re.findall(
        rf'<form class="form" method="post" action="[^"]*/panels/{sub_criterion}">.*?</form>', page, re.DOTALL
    )
    summary = page.partition(form)[0].rpartition("<summary>")[2]
    ticks = re.findall(r'<input type="checkbox" name="judges" value="([^"]+)"( checked)?>', form)
    state = r'<span class="state"[^>]*>([^<]+)</span>'
    is_explained = "Who is out of use may stay ticked" in form
    return (
        {UUID(judge): bool(ticked) for judge, ticked in ticks},
        re.findall(state, form),
        is_explained,
        re.findall(state, summary),
    )
