"""The chief judge's page through the real server: progress, decisions, votes, messages, tablets; what each role is shown of it."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from competition.access.store import devices
from competition.judging.store import sheet_with
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Role
from schemas.base import canonical
from schemas.marks import Say
from tests.competition.judging.voting import found_panel, vote_all
from tests.house import (
    PIN,
    Contest,
    add_person,
    enrolled_tablet,
    findings,
    found_contest,
    found_event,
    mark,
    mark_all,
    marks_in_force,
    record,
    seal,
    send,
    tablet_of,
)
from tests.site import Browser, Site, words_of


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three, all marked and nothing signed, whose judges have PINs."""
    contest = await found_contest(connection, pin=PIN)
    await mark_all(connection, Shelf(), contest)
    return contest


@pytest.fixture
async def chief(site: Site) -> Browser:
    """The chief judge at the desk."""
    return await site.sign_in("chief_judge")


def at(contest: Contest) -> str:
    """The address of the page."""
    return f"/desk/events/{contest.event_id}/judging"


# What is shown --------------------------------------------------------------------------------------------------------


async def test_page_shows_every_sheet_and_whom_it_waits_for(
    connection: Connection, chief: Browser, contest: Contest
) -> None:
    """A sign for each sheet with its judge and state in words, the judges with sheets to sign; codes and no names."""
    sheet = contest.sheet("A01", "T1", 0)
    await seal(connection, Shelf(), contest, sheet)
    answer = await chief.get(at(contest))
    first, second = (judge.name for judge in contest.judges)
    titles = dict(re.findall(r'href="sheets/([0-9a-f-]+)" data-state="\w+" title="([^"]+)"', answer.text))
    assert titles == {
        str(each): f"{second if judge else first}: {2 if sub != 'T1' else 1}/{2 if sub != 'T1' else 1}, "
        + ("signed" if each == sheet else "not signed")
        for (_, sub, judge), each in contest.sheets.items()
    }
    words = words_of(answer)
    assert re.findall(rf"({first}|{second}) next (A0\d) (\d) (\d)", words) == [
        (second, "A01", "0", "6"),
        (first, "A01", "0", "5"),
    ]
    assert [name for name in contest.names.values() if name in answer.text] == []


async def test_page_asks_as_often_for_three_entrants_as_for_one(
    chief: Browser, connection: Connection, statements: list[str]
) -> None:
    """It costs the same number of statements however many sheets and flagged marks there are; and no more than these."""
    counts = []
    for entrants in (1, 3):
        contest = await found_contest(connection, entrants=entrants)
        await mark_all(connection, Shelf(), contest)
        for code in contest.codes:
            late = mark(contest.sheet(code, "T1", 0), "T1.1", "70")
            await record(connection, Shelf(), contest, contest.judges[0], late)
        await chief.get(at(contest))
        statements.clear()
        assert (await chief.get(at(contest))).text.count("A second value; not counted") == entrants
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20


async def test_page_before_there_is_anything_to_judge(site: Site, connection: Connection) -> None:
    """Without a scheme, and without sheets, the page says what comes first."""
    chief = await site.sign_in("chief_judge")
    event_id = await found_event(connection, await add_person(connection, "organiser"))
    assert "Nothing to judge yet" in (await chief.get(f"/desk/events/{event_id}/judging")).text
    assert (await chief.get(f"/desk/events/{new_id()}/judging")).status_code == 404


@pytest.mark.parametrize(
    ("role", "sees_marks", "behind", "forms"),
    [
        ("chief_judge", True, "", {"ruling", "messages", "rescue"}),
        ("organiser", True, "", {"rescue"}),
        ("supervisor", True, "", set()),
        ("scorekeeper", False, "/paper", {"rescue"}),
    ],
)
async def test_each_role_is_shown_its_own(
    site: Site, connection: Connection, contest: Contest, role: Role, sees_marks: bool, behind: str, forms: set[str]
) -> None:
    """Values only for who may see marks; where a sign leads; the forms that the role may send."""
    sheet = contest.sheet("A02", "T1", 0)
    await seal(connection, Shelf(), contest, sheet)
    await record(connection, Shelf(), contest, contest.judges[0], mark(sheet, "T1.1", "31.5"))
    page = (await (await site.sign_in(role)).get(at(contest))).text
    assert ("31.5" in page) is sees_marks
    assert f'href="sheets/{sheet}{behind}"' in page
    sent = set(re.findall(r'<form [^>]*action="[^"]*/(\w+)"', page))
    assert sent == forms
    assert 'data-state="disputed" title' in page


# Decisions ------------------------------------------------------------------------------------------------------------


async def test_two_values_of_one_cell_are_shown_and_one_is_let_count(
    connection: Connection, chief: Browser, contest: Contest
) -> None:
    """Who gave what stands against what came; with a reason the other counts, and there is nothing left to decide."""
    shelf, sheet = Shelf(), contest.sheet("A02", "T1", 0)
    other = mark(sheet, "T1.1", "81")
    await record(connection, shelf, contest, contest.judges[0], other)
    words = words_of(await chief.get(at(contest)))
    assert re.search(r"A02 T1\.1 Paper judge \w+ A second value; not counted Stands 80 .* Not counted 81 ", words)
    refused = await chief.submit(f"/desk/events/{contest.event_id}/marks/{other.id}/ruling", {"reason": " "})
    assert (refused.status_code, "A decision needs a reason" in refused.text) == (422, True)
    done = await chief.submit(f"/desk/events/{contest.event_id}/marks/{other.id}/ruling", {"reason": "重读卷面"})
    assert (done.status_code, done.headers["location"]) == (303, f"{at(contest)}#look")
    assert [mark.values for mark in await marks_in_force(connection, contest.event_id, sheet)] == [other.values]
    after = await chief.get(done.headers["location"])
    assert "It is decided, and on record" in after.text
    assert "Needs a look" not in after.text
    assert await findings(connection, contest) == ()


async def test_what_stands_may_be_kept(connection: Connection, chief: Browser, contest: Contest) -> None:
    """To leave the other out takes it off the list; its sheet's history says who decided, and why."""
    sheet = contest.sheet("A02", "T1", 0)
    await record(connection, Shelf(), contest, contest.judges[0], mark(sheet, "T1.1", "81"))
    [left_out] = re.findall(r'formaction="([^"]+/left-out)"', (await chief.get(at(contest))).text)
    assert (await chief.submit(left_out, {"reason": " "})).status_code == 422
    assert (await chief.submit(left_out, {"reason": "卷面为 80"})).status_code == 303
    assert "Needs a look" not in (await chief.get(at(contest))).text
    [stands] = await marks_in_force(connection, contest.event_id, sheet)
    assert (str(stands.values[0]), stands.has_effect()) == ("80", True)
    history = words_of(await chief.get(f"/desk/events/{contest.event_id}/sheets/{sheet}"))
    assert re.search(r"81 left out by the chief judge A second value; not counted .*: 卷面为 80", history)


@pytest.mark.parametrize(("way", "is_signed", "value"), [("ruling", False, "81"), ("left-out", True, "80")])
async def test_late_mark_is_decided_in_one_step(
    connection: Connection, chief: Browser, contest: Contest, way: str, is_signed: bool, value: str
) -> None:
    """What came after signing counts, and the sheet is open for its judge to sign again; or it is left out, and stays signed."""
    sheet = contest.sheet("A02", "T1", 0)
    await seal(connection, Shelf(), contest, sheet)
    late = mark(sheet, "T1.1", "81")
    await record(connection, Shelf(), contest, contest.judges[0], late)
    assert "the sheet is open again and its judge signs it once more" in (await chief.get(at(contest))).text
    done = await chief.submit(f"/desk/events/{contest.event_id}/marks/{late.id}/{way}", {"reason": "断网前已评"})
    assert done.status_code == 303
    assert "Needs a look" not in (await chief.get(at(contest))).text
    [stands] = await marks_in_force(connection, contest.event_id, sheet)
    decided = await sheet_with(connection, sheet)
    assert decided is not None
    assert (decided.is_sealed(), str(stands.values[0])) == (is_signed, value)
    assert await findings(connection, contest) == ()


async def test_implausible_mark_is_listed_and_needs_no_decision(
    connection: Connection, chief: Browser, contest: Contest
) -> None:
    """It counts; the page only points at it, and at its sheet."""
    sheet = contest.sheet("A02", "A1", 0)
    [before] = [one.id for one in await marks_in_force(connection, contest.event_id, sheet) if one.aspect == "A1.1"]
    odd = mark(sheet, "A1.1", "9.5", supersedes=before, reason="input")
    await record(connection, Shelf(), contest, contest.judges[0], odd)
    answer = await chief.get(at(contest))
    assert "Implausible; counted" in answer.text
    assert "not decided" not in words_of(answer)
    assert 'data-state="disputed" title' not in answer.text


async def test_panel_that_is_apart_votes_again(site: Site, connection: Connection) -> None:
    """The scheme's rule opened a re-vote: everybody's vote and its end are shown; over, the chief judge may ask once more."""
    chief, shelf, contest = await site.sign_in("chief_judge"), Shelf(), await found_panel(connection)
    await vote_all(connection, shelf, contest, (0, 2, 3))
    entrant = contest.entrants["A01"]
    form = {"entrant_id": str(entrant), "aspect": "B1.1"}
    revotes = f"/desk/events/{contest.event_id}/revotes"
    over = words_of(await chief.get(at(contest)))
    assert "voted again, still apart: the second votes stand" in over
    done = await chief.submit(revotes, form)
    assert (done.status_code, done.headers["location"]) == (303, f"{at(contest)}#votes")
    page = await chief.get(at(contest))
    assert "voting again" in words_of(page)
    assert re.findall(r"(\d) waited for", words_of(page)) == ["0", "2", "3"]
    assert 0 < float(re.findall(r'data-until="([\d.]+)"', page.text)[0]) <= 120
    again = await chief.submit(revotes, form)
    assert (again.status_code, "voting on" in again.text) == (409, True)
    assert (await chief.submit(revotes, {**form, "aspect": "A1.1"})).status_code == 409
    assert (await (await site.sign_in("organiser")).submit(revotes, form)).status_code == 403


# Messages -------------------------------------------------------------------------------------------------------------


async def test_problem_of_a_tablet_is_answered(site: Site, connection: Connection, contest: Contest) -> None:
    """It is on the page with sheet and aspect until somebody answers; the judge is told, and only the chief judge may."""
    chief, organiser = await site.sign_in("chief_judge"), await site.sign_in("organiser")
    tablet, sheet = await tablet_of(site, connection, contest.judges[0]), contest.sheet("A02", "T1", 0)
    problem = Say(id=new_id(), words="百分表坏了 <b>", sheet_id=sheet, aspect="T1.1")
    assert (await send(tablet, "POST", f"/events/{contest.event_id}/messages", problem)).status_code == 200
    page = await chief.get(at(contest))
    assert f"{contest.judges[0].name} A02 T1.1 Paper" in words_of(page)
    assert "百分表坏了 &lt;b&gt;" in page.text
    address = f"/desk/events/{contest.event_id}/messages"
    answer = {"id": str(new_id()), "words": "马上来", "answers": str(problem.id)}
    assert (await organiser.submit(address, answer)).status_code == 403
    for _ in range(2):
        done = await chief.submit(address, answer)
        assert (done.status_code, done.headers["location"]) == (303, f"{at(contest)}#problems")
    words = words_of(await chief.get(at(contest)))
    assert "not answered" not in words
    assert "Answered: 1" in words
    assert await connection.fetchval("SELECT count(*) FROM message WHERE words = '马上来'") == 1


async def test_notice_goes_to_one_judge_or_to_all(connection: Connection, chief: Browser, contest: Contest) -> None:
    """The form offers every judge of the event; an empty message is refused with a sentence."""
    address, judge = f"/desk/events/{contest.event_id}/messages", contest.judges[1]
    assert f'<option value="{judge.id}">{judge.name}</option>' in (await chief.get(at(contest))).text
    for to, words in (("", "休息十分钟"), (str(judge.id), "请到三号工位")):
        assert (await chief.submit(address, {"id": str(new_id()), "words": words, "to": to})).status_code == 303
    empty = await chief.submit(address, {"id": str(new_id()), "words": " "})
    assert (empty.status_code, "A message has 1 to" in empty.text) == (422, True)
    rows = await connection.fetch("SELECT words, to_id FROM message ORDER BY said_at")
    assert [tuple(row) for row in rows] == [("休息十分钟", None), ("请到三号工位", judge.id)]


# Tablets --------------------------------------------------------------------------------------------------------------


async def test_tablets_are_shown_as_they_last_were(
    site: Site, connection: Connection, chief: Browser, contest: Contest
) -> None:
    """What waits on a tablet and since when, its battery and clock; its sheet says so in the matrix."""
    sheet = contest.sheet("A03", "T1", 0)
    await enrolled_tablet(site, connection, contest.judges[0])
    await heard(connection, waiting={sheet: 3})
    page = await chief.get(at(contest))
    words = words_of(page)
    assert re.search(
        r"not connected, seen [\d:]+ a tablet refused: 1 waiting: 3 · 5 min 9 % · low clock 4 min ahead", words
    )
    assert f'data-state="on_tablet" title="{contest.judges[0].name}: 1/1, on the tablet: 3"' in page.text


async def test_taking_a_tablet_out_of_use_tells_what_it_still_holds(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """The judges' page asks before, and says after which entries a rescue file must bring."""
    organiser, judges = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}/judges"
    await tablet_of(site, connection, contest.judges[0])
    await heard(connection, waiting={contest.sheet("A03", "T1", 0): 3})
    [device] = await devices(connection)
    assert "wait on this tablet: 3. Take it out of use all the same?" in (await organiser.get(judges)).text
    done = await organiser.submit(f"/desk/events/{contest.event_id}/devices/{device.id}/revoke")
    assert (done.status_code, done.headers["location"]) == (303, f"{judges}?revoked={device.id}")
    words = words_of(await organiser.get(done.headers["location"]))
    assert f"a tablet of {contest.judges[0].name} is out of use" in words
    assert "entries still waited on it: 3" in words


async def heard(connection: Connection, *, waiting: dict[UUID, int]) -> None:
    """The only tablet has said how it is: something waits for five minutes, the battery is low, the clock four minutes ahead."""
    now = clock.now()
    status = {
        "type": "status",
        "queued": sum(waiting.values()),
        "oldest_at": now - timedelta(minutes=5, seconds=10),
        "refused": 1,
        "photographs": 0,
        "clock": now + timedelta(minutes=4),
        "version": "1",
        "battery": 9,
        "is_charging": False,
        "on_tablet": {str(sheet): count for sheet, count in waiting.items()},
    }
    [device] = await devices(connection)
    await connection.execute("UPDATE device SET last_seen_at = $2 WHERE id = $1", device.id, now)
    await connection.execute(
        "INSERT INTO device_status (device_id, at, body) VALUES ($1, $2, $3)",
        device.id,
        now,
        canonical(status).decode(),
    )


# Labels ---------------------------------------------------------------------------------------------------------------


async def test_benches_have_labels_to_print(site: Site, chief: Browser, contest: Contest) -> None:
    """One for each bench, with its number and the address by which a tablet finds it; the timetable leads there."""
    benches = f"/desk/events/{contest.event_id}/benches"
    page = await chief.get(benches)
    assert re.findall(r"<figcaption>([^<]+)</figcaption>", page.text) == [
        f"{site.base_url}/judge#bench={number}" for number in (1, 2, 3)
    ]
    assert page.text.count("<svg") == 3
    assert f'href="{benches}"' in (await chief.get(f"/desk/events/{contest.event_id}/timetable")).text
