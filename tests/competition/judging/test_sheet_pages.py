"""One score sheet at the desk, through the real server: its history, signatures and photographs, signing it, late entry."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import pytest
from PIL import Image

from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.base import canonical
from schemas.marks import Drawing, RetractMark, SealSheet
from tests.competition.judging.voting import found_panel, vote
from tests.house import (
    NOW,
    PIN,
    Contest,
    findings,
    found_contest,
    mark,
    mark_all,
    marks_in_force,
    record,
    seal,
    send,
    tablet_of,
)
from tests.site import Browser, Site, words_of

DRAWN = Drawing(width=600, height=200, strokes=(((10, 20), (30, 45)),))


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three whose judges have PINs; nothing is marked."""
    return await found_contest(connection, pin=PIN)


@pytest.fixture
async def chief(site: Site) -> Browser:
    """The chief judge at the desk."""
    return await site.sign_in("chief_judge")


def at(contest: Contest, sheet: object) -> str:
    """The address of a sheet at the desk."""
    return f"/desk/events/{contest.event_id}/sheets/{sheet}"


# Reading --------------------------------------------------------------------------------------------------------------


async def test_sheet_tells_its_whole_history(
    site: Site, connection: Connection, chief: Browser, contest: Contest
) -> None:
    """A correction with its reason, a slip taken back, a second value without effect: each with who, when and its place."""
    shelf, judge, sheet = Shelf(), contest.judges[0], contest.sheet("A02", "A1", 0)
    first = mark(sheet, "A1.1", "0.008")
    fixed = mark(sheet, "A1.1", "0.004", supersedes=first.id, reason="transfer", note="看错刻度")
    other, slip = mark(sheet, "A1.1", "0.006"), mark(sheet, "A1.2", "9")
    await record(connection, shelf, contest, judge, first, fixed, other, slip)
    tablet = await tablet_of(site, connection, judge)
    undo = RetractMark(id=new_id(), mark=slip.id, made_at=NOW + timedelta(seconds=3))
    assert (await send(tablet, "POST", f"/score-sheets/{sheet}/retractions", undo)).status_code == 200
    page = await chief.get(at(contest, sheet))
    words = words_of(page)
    lines = [f"{judge.name} · 09:00:00" for _ in range(3)]
    assert re.findall(
        r"(0\.00\d) mm (replaced|in force|A second value; not counted) (#\d) · ([^·]+ · [\d:]+)", words
    ) == [
        ("0.008", "replaced", "#1", lines[0]),
        ("0.004", "in force", "#2", lines[1]),
        ("0.006", "A second value; not counted", "#3", lines[2]),
    ]
    assert "Copied wrongly: 看错刻度" in words
    assert "taken back at once" in words
    assert contest.names["A02"] not in page.text
    assert (await chief.get(f"/desk/events/{new_id()}/sheets/{sheet}")).status_code == 404


async def test_signatures_are_drawn_and_void_once_the_sheet_is_reopened(
    site: Site, connection: Connection, chief: Browser, contest: Contest
) -> None:
    """The judge's drawing is there; after a reopening it is marked void, with the reason of the reopening."""
    sheet = contest.sheet("A02", "T1", 0)
    await mark_all(connection, Shelf(), contest)
    tablet = await tablet_of(site, connection, contest.judges[0])
    [signed] = [one.id for one in await marks_in_force(connection, contest.event_id, sheet)]
    sign = SealSheet(id=new_id(), marks=(signed,), drawing=DRAWN)
    assert (await send(tablet, "POST", f"/score-sheets/{sheet}/seal", sign)).status_code == 200
    page = await chief.get(at(contest, sheet))
    assert 'd="M10 20h0L30 45"' in page.text
    assert "void" not in words_of(page)
    await chief.submit(f"/desk/score-sheets/{sheet}/reopen", {"reason": "读数抄错"})
    page = await chief.get(at(contest, sheet))
    assert "<li data-void>" in page.text
    words = words_of(page)
    assert f"Judge {contest.judges[0].name} void" in words
    assert "Reopened for: 读数抄错" in words


async def test_reopening_by_the_rule_of_revotes_names_nobody(connection: Connection, chief: Browser) -> None:
    """The last vote opened it, not the judge who gave it: only the reason and the time are told."""
    contest, shelf = await found_panel(connection, pin=PIN), Shelf()
    sheet = contest.sheet(contest.codes[0], "B1", 0)
    await vote(connection, shelf, contest, 0, 3)
    await record(connection, shelf, contest, contest.judges[0], mark(sheet, "B1.2", "1"))
    await seal(connection, shelf, contest, sheet)
    await vote(connection, shelf, contest, 1, 3)
    await vote(connection, shelf, contest, 2, 0)
    page = await chief.get(at(contest, sheet))
    assert re.findall(r"<li>重评 / re-vote B1\.1 <small>([^<]*)</small>", page.text) == ["2026-05-01 09:00"]


async def test_photographs_lead_to_the_pictures(
    site: Site, connection: Connection, chief: Browser, contest: Contest
) -> None:
    """A small picture beside its aspect, and the picture itself for whoever may see marks."""
    sheet, picture_id, picture = contest.sheet("A02", "A1", 0), new_id(), io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "JPEG")
    tablet = await tablet_of(site, connection, contest.judges[0])
    headers = {"content-type": "image/jpeg", "x-csrftoken": tablet.cookies["leitai_csrf"], "accept": "application/json"}
    taken = await tablet.put(
        f"/score-sheets/{sheet}/photographs/{picture_id}",
        params={"aspect": "A1.2", "taken_at": NOW.isoformat()},
        content=picture.getvalue(),
        headers=headers,
    )
    assert taken.status_code == 200, taken.text
    page = await chief.get(at(contest, sheet))
    assert re.findall(r'<a href="(/desk/photographs/[^"]+)"><img src="([^"]+)"', page.text) == [
        (f"/desk/photographs/{picture_id}", f"/desk/photographs/{picture_id}")
    ]
    assert (await chief.get(f"/desk/photographs/{picture_id}")).headers["content-type"] == "image/jpeg"


async def test_only_who_may_see_marks_reads_a_sheet(site: Site, contest: Contest) -> None:
    """A scorekeeper gets the paper form and nothing else of it."""
    scorekeeper, sheet = await site.sign_in("scorekeeper"), contest.sheet("A02", "T1", 0)
    assert (await scorekeeper.get(at(contest, sheet))).status_code == 403
    assert (await scorekeeper.get(f"{at(contest, sheet)}/paper")).status_code == 200
    assert (await (await site.sign_in("organiser")).get(f"{at(contest, sheet)}/paper")).status_code == 403


# Signing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drawing", ["", canonical(DRAWN).decode()])
async def test_chief_judge_signs_under_a_signed_sheet(
    connection: Connection, chief: Browser, contest: Contest, drawing: str
) -> None:
    """By a name alone, where no script runs, or by hand; sent twice it is one signature, and then the form is gone."""
    await mark_all(connection, Shelf(), contest)
    sheet = contest.sheet("A02", "T1", 0)
    await seal(connection, Shelf(), contest, sheet)
    page = (await chief.get(at(contest, sheet))).text
    fields = dict(re.findall(r'<input type="hidden" name="(id|seal)" value="([^"]+)"', page))
    form = {**fields, "name": "" if drawing else "石敬之", "drawing": drawing}
    assert (
        await chief.submit(f"{at(contest, sheet)}/signature", {**form, "name": "", "drawing": ""})
    ).status_code == 422
    assert (await chief.submit(f"{at(contest, sheet)}/signature", {**form, "drawing": "[}"})).status_code == 400
    for _ in range(2):
        done = await chief.submit(f"{at(contest, sheet)}/signature", form)
        assert (done.status_code, done.headers["location"]) == (303, f"{at(contest, sheet)}")
    page = (await chief.get(at(contest, sheet))).text
    assert "Sign as chief judge" not in page
    assert ('d="M10 20h0L30 45"' in page, "石敬之" in page) == (bool(drawing), not drawing)
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'signature'") == 1


# Late entry from paper ------------------------------------------------------------------------------------------------


async def test_paper_sheet_is_entered_whole(
    site: Site, connection: Connection, chief: Browser, contest: Contest
) -> None:
    """A scorekeeper types it: all of it counts in the judge's name and says where it comes from; sent twice it is there once."""
    scorekeeper, sheet = await site.sign_in("scorekeeper"), contest.sheet("A02", "A1", 0)
    page = (await scorekeeper.get(f"{at(contest, sheet)}/paper")).text
    form = {**hidden(page), "value:A1.1": "0.008", "value:A1.2": "1", "note": "第 7 张"}
    for _ in range(2):
        done = await scorekeeper.submit(f"{at(contest, sheet)}/paper", form)
        assert (done.status_code, done.headers["location"]) == (
            303,
            f"/desk/events/{contest.event_id}/judging",
        )
    entered = await marks_in_force(connection, contest.event_id, sheet)
    assert [(one.judge_id, [str(value) for value in one.values], one.origin, one.note) for one in entered] == [
        (contest.judges[0].id, ["0.008"], "paper", "第 7 张"),
        (contest.judges[0].id, ["1"], "paper", "第 7 张"),
    ]
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 2
    assert await connection.fetchval("SELECT count(DISTINCT revision) FROM ledger") == 1
    words = words_of(await chief.get(at(contest, sheet)))
    name = await connection.fetchval("SELECT name FROM account WHERE role = 'scorekeeper'")
    assert words.count(f"entered late by {name} from paper") == 2
    assert await findings(connection, contest) == ()


async def test_paper_sheet_with_a_fault_is_not_entered_at_all(
    connection: Connection, chief: Browser, contest: Contest
) -> None:
    """Each fault stands beside its field, what was typed is still there, and nothing is recorded."""
    sheet = contest.sheet("A02", "A1", 0)
    paper = f"{at(contest, sheet)}/paper"
    form = {**hidden((await chief.get(paper)).text), "value:A1.1": "0.0085", "value:A1.2": "1", "note": "7"}
    refused = await chief.submit(paper, form)
    assert refused.status_code == 422
    assert re.findall(r'<p class="fault" id="fault-([^"]+)" role="alert">([^<]+)', refused.text) == [
        ("A1.1", "Aspect A1.1: 0.0085 has more than 3 decimals. Enter it as the instrument shows it.")
    ]
    assert 'value="0.0085" aria-invalid="true" aria-describedby="fault-A1.1"' in refused.text
    assert (await chief.submit(paper, {**form, "base": "x"})).status_code == 400
    assert (await chief.submit(paper, {**form, "shown_at": "yesterday"})).status_code == 400
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 0


async def test_paper_sheet_corrects_what_was_shown_and_nothing_else(
    connection: Connection, chief: Browser, contest: Contest
) -> None:
    """Over a mark it is a correction with a reason; when another mark came meanwhile, nothing of the sheet is entered."""
    shelf, judge, sheet = Shelf(), contest.judges[0], contest.sheet("A02", "A1", 0)
    first = mark(sheet, "A1.1", "0.008")
    await record(connection, shelf, contest, judge, first)
    paper = f"{at(contest, sheet)}/paper"
    shown = hidden((await chief.get(paper)).text)
    assert shown["supersedes:A1.1"] == str(first.id)
    form = {**shown, "value:A1.1": "0.004", "reason:A1.1": "transfer", "value:A1.2": "1", "note": "7"}
    newer = mark(sheet, "A1.1", "0.006", supersedes=first.id, reason="input")
    await record(connection, shelf, contest, judge, newer)
    refused = await chief.submit(paper, form)
    assert (refused.status_code, "has another mark by now" in html.unescape(refused.text)) == (409, True)
    assert [one.id for one in await marks_in_force(connection, contest.event_id, sheet)] == [newer.id]
    form |= hidden(refused.text)
    assert (await chief.submit(paper, form)).status_code == 303
    in_force = await marks_in_force(connection, contest.event_id, sheet)
    assert [(str(one.values[0]), one.supersedes, one.reason) for one in in_force] == [
        ("0.004", newer.id, "transfer"),
        ("1", None, None),
    ]


async def test_signed_sheet_takes_nothing_from_paper(connection: Connection, chief: Browser, contest: Contest) -> None:
    """The form says that it must be reopened; what is sent all the same is refused."""
    sheet = contest.sheet("A02", "T1", 0)
    paper = f"{at(contest, sheet)}/paper"
    form = {**hidden((await chief.get(paper)).text), "value:T1.1": "70", "note": "7"}
    await mark_all(connection, Shelf(), contest)
    await seal(connection, Shelf(), contest, sheet)
    assert "This sheet is signed" in (await chief.get(paper)).text
    assert (await chief.submit(paper, form)).status_code == 409


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the paper form."""
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in fields if name != "_csrf_token"}
