"""The desk's pages of the running contest through the real server: overview, standings, traces, penalties, publishing, boards."""

from __future__ import annotations

import asyncio
import html
import re

import msgspec
import pytest

from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.results import store
from competition.staging.actions import change_board
from schemas.access import Role
from schemas.base import Text
from schemas.boards import BoardSettings
from schemas.scheme import StateRule
from tests.house import (
    Contest,
    add_person,
    found_contest,
    found_event,
    mark,
    mark_all,
    marks_in_force,
    record,
    seal,
    seal_all,
    small_scheme,
)
from tests.site import Browser, Site

BEST = {"T1.1": ("100",)}


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three, all marked: A01 first, A02 and A03 share the second place; nothing signed."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest, {contest.codes[0]: BEST})
    return contest


# Overview -------------------------------------------------------------------------------------------------------------


async def test_overview_shows_how_far_marking_has_come(site: Site, connection: Connection, contest: Contest) -> None:
    """What is marked of what is expected, what waits for somebody and the way there; no name."""
    late = mark(contest.sheet("A02", "T1", 0), "T1.1", "81")
    await record(connection, Shelf(), contest, contest.judges[0], late)
    page = (await (await site.sign_in("chief_judge")).get(f"/desk/events/{contest.event_id}")).text
    words = _words(page)
    assert re.findall(r"(\d+ / \d+) (readings received|sheets signed)", words) == [
        ("21 / 21", "readings received"),
        ("0 / 12", "sheets signed"),
    ]
    assert "The chief judge must decide: 1 Judges with sheets to sign: 2" in words
    assert f'href="/desk/events/{contest.event_id}/judging"' in page
    assert [name for name in contest.names.values() if name in page] == []


async def test_overview_says_when_all_is_signed(site: Site, connection: Connection, contest: Contest) -> None:
    """Then results come next; unless somebody asks for help or a mark waits for its decision."""
    await seal_all(connection, Shelf(), contest)
    chief, at = await site.sign_in("chief_judge"), f"/desk/events/{contest.event_id}"
    assert "Every sheet is signed" in (await chief.get(at)).text
    late = mark(contest.sheet("A02", "T1", 0), "T1.1", "81")
    await record(connection, Shelf(), contest, contest.judges[0], late)
    words = _words((await chief.get(at)).text)
    assert "Every sheet is signed" not in words
    assert "The chief judge must decide: 1" in words


async def test_overview_of_a_bare_event_says_what_comes_first(site: Site, connection: Connection) -> None:
    """Without scheme, entrants and draw the page is there all the same, with the steps that lead to marking."""
    event_id = await found_event(connection, await add_person(connection, "organiser"))
    answer = await (await site.sign_in("organiser")).get(f"/desk/events/{event_id}")
    assert answer.status_code == 200
    assert "Before judges can mark" in answer.text


@pytest.mark.parametrize("path", ["", "/results", "/judges"])
async def test_desk_asks_as_often_for_three_entrants_as_for_one(
    site: Site, connection: Connection, statements: list[str], path: str
) -> None:
    """A list of the desk costs the same number of statements however many there are."""
    organiser, counts = await site.sign_in("organiser"), []
    for entrants in (1, 3):
        contest = await found_contest(connection, entrants=entrants)
        await mark_all(connection, Shelf(), contest)
        await organiser.get(f"/desk/events/{contest.event_id}{path}")
        statements.clear()
        assert (await organiser.get(f"/desk/events/{contest.event_id}{path}")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


async def test_pages_of_no_event_are_not_found(site: Site, contest: Contest) -> None:
    """An event or an entrant that does not exist is 404 on every page about it."""
    chief, organiser, nowhere = await site.sign_in("chief_judge"), await site.sign_in("organiser"), new_id()
    at = f"/desk/events/{contest.event_id}/results"
    answers = [
        await chief.get(f"/desk/events/{nowhere}"),
        await chief.get(f"/desk/events/{nowhere}/results"),
        await chief.get(f"{at}/{nowhere}"),
        await chief.submit(f"{at}/{nowhere}/penalties", {"penalty": "late", "occurrences": "1", "reason": "迟到"}),
        await chief.submit(f"{at}/{nowhere}/disqualification", {"reason": "迟到"}),
        await chief.submit(f"{at}/{nowhere}/withdrawal", {"reason": "伤病"}),
        await organiser.submit(f"/desk/events/{nowhere}/publications", {"status": "draft"}),
        await organiser.submit(f"/desk/events/{nowhere}/boards", {"id": "x", "title_zh": "榜", "title_en": "Board"}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 8


# Standings and traces -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "sees_names"), [("organiser", True), ("supervisor", True), ("chief_judge", False)])
async def test_results_show_names_only_to_who_may_see_entrants(
    site: Site, connection: Connection, contest: Contest, role: Role, sees_names: bool
) -> None:
    """Codes and figures for all who may see marks; names and delegations, while marking is blind, not for the chief judge."""
    browser = await site.sign_in(role)
    at = f"/desk/events/{contest.event_id}/results"
    listed, opened = (await browser.get(at)).text, (await browser.get(f"{at}/{contest.entrants['A01']}")).text
    labels = await store.labels_of(connection, contest.event_id)
    secrets = {value for label in labels.values() for value in (label.name, label.delegation)}
    own = labels[contest.entrants["A01"]]
    assert {secret for secret in secrets if secret in listed} == (secrets if sees_names else set())
    assert {secret for secret in secrets if secret in opened} == ({own.name, own.delegation} if sees_names else set())
    assert re.findall(r'<span class="badge">(A0\d)</span>', listed) == ["A01", "A02", "A03"]
    assert re.findall(r"<strong>(\d+\.\d+)</strong>", listed) == ["94.17", "88.17", "88.17"]


async def test_results_mark_shared_places(site: Site, contest: Contest) -> None:
    """1, 2=, 2=: a tie is shown as one."""
    page = (await (await site.sign_in("chief_judge")).get(f"/desk/events/{contest.event_id}/results")).text
    body = page.partition("<tbody>")[2]
    assert re.findall(r'<td class="figure">(\d=?|–)</td>\s*<th', body) == ["1", "2=", "2="]


async def test_results_say_why_somebody_has_no_place(site: Site, connection: Connection) -> None:
    """Who did not attempt an aspect is not ranked where the scheme says so: no place, and the word for it."""
    scheme = msgspec.structs.replace(small_scheme(), states=(StateRule(state="not_attempted", rank="none"),))
    contest = await found_contest(connection, scheme=scheme)
    await mark_all(connection, Shelf(), contest)
    for place in (0, 1):
        judge, sheet = contest.judges[place], contest.sheet(contest.codes[0], "A1", place)
        in_force = await marks_in_force(connection, contest.event_id, sheet)
        [before] = [mark.id for mark in in_force if mark.aspect == "A1.2"]
        gone = mark(sheet, "A1.2", state="not_attempted", supersedes=before, reason="input")
        await record(connection, Shelf(), contest, judge, gone)
    page = (await (await site.sign_in("chief_judge")).get(f"/desk/events/{contest.event_id}/results")).text
    body = page.partition("<tbody>")[2]
    assert re.findall(r'<td class="figure">(\d=?|–)</td>\s*<th', body) == ["1=", "1=", "–"]
    assert body.count("<small>Not ranked</small>") == 1


async def test_trace_keeps_names_of_one_id_apart(site: Site, connection: Connection) -> None:
    """A penalty, a task and a sheet may have the same id; each is told by its own name."""
    scheme = small_scheme()
    late = msgspec.structs.replace(scheme.penalties[0], id="A")
    contest = await found_contest(connection, scheme=msgspec.structs.replace(scheme, penalties=(late,)))
    await mark_all(connection, Shelf(), contest)
    chief, at = await site.sign_in("chief_judge"), f"/desk/events/{contest.event_id}/results/{contest.entrants['A01']}"
    await chief.submit(f"{at}/penalties", {"penalty": "A", "occurrences": "2", "reason": "迟到"})
    words = _words((await chief.get(at)).text)
    assert [told for told in ("Late × 2", "A Assembly", "A1 Unit A1") if told not in words] == []


async def test_results_carry_the_checkpoint_of_the_ledger(site: Site, connection: Connection, contest: Contest) -> None:
    """Position and digest stand on the page, to be written down and checked against later."""
    head = await ledger.head_of(connection, contest.event_id)
    assert head is not None
    page = (await (await site.sign_in("supervisor")).get(f"/desk/events/{contest.event_id}/results")).text
    assert f"{head.position}:{head.digest.hex()}" in page


async def test_trace_opens_a_total_down_to_every_reading(site: Site, contest: Contest) -> None:
    """Each judge's reading, the rule in words and the points it gives, for every aspect."""
    chief = await site.sign_in("chief_judge")
    words = _words((await chief.get(f"/desk/events/{contest.event_id}/results/{contest.entrants['A01']}")).text)
    for step in (
        "100 given → 100.00 of 100.00",
        "0.008 mm → within 0.010 → 40.00 of 40.00",
        "Loose screw: 1 × 5.00 = 5.00 → −5.00",
        "level 2 of 3: “Good” → 2/3 of 10.00 → ≈6.6667 of 10.00",
        "yes → 30.00 of 30.00",
    ):
        assert step in words
    assert [judge.name for judge in contest.judges if judge.name not in words] == []


async def test_trace_tells_where_more_judges_marked_than_should(site: Site, connection: Connection) -> None:
    """Two measured what one measures for the panel: it is flagged at the aspect, and counted on the folded task."""
    contest = await found_contest(connection, scheme=small_scheme(measurers=1))
    await mark_all(connection, Shelf(), contest)
    chief = await site.sign_in("chief_judge")
    words = _words((await chief.get(f"/desk/events/{contest.event_id}/results/{contest.entrants['A01']}")).text)
    assert (words.count("to look at: 1"), words.count("more judges than should mark it")) == (1, 1)


# Penalties, disqualification, publishing, boards ----------------------------------------------------------------------


async def test_chief_judge_penalises_and_disqualifies_by_form(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """Each form leads back to the trace, which shows what was taken; without a reason nothing happens."""
    chief, entrant = await site.sign_in("chief_judge"), contest.entrants["A01"]
    at = f"/desk/events/{contest.event_id}/results/{entrant}"
    late = {"penalty": "late", "occurrences": "2", "reason": "迟到"}
    answers = [
        await chief.submit(f"{at}/penalties", late),
        await chief.submit(f"{at}/penalties", late | {"reason": " "}),
        await chief.submit(f"{at}/penalties", late | {"occurrences": "-1"}),
        await chief.submit(f"{at}/penalties", late | {"occurrences": "two"}),
        await chief.submit(f"{at}/penalties", late | {"points": "50"}),
    ]
    assert [answer.status_code for answer in answers] == [303, 422, 422, 400, 400]
    assert answers[0].headers["location"] == at
    words = _words((await chief.get(at)).text)
    assert "Late × 2" in words
    assert "−2.00" in words
    assert "92.17" in words
    out = await chief.submit(f"{at}/disqualification", {"reason": "携带手机"})
    assert (out.status_code, out.headers["location"]) == (303, at)
    assert "Disqualified" in _words((await chief.get(at)).text)
    await chief.submit(f"{at}/disqualification", {"reason": "误判", "lifted": "true"})
    assert "Disqualified" not in _words((await chief.get(at)).text)
    kinds = await connection.fetch("SELECT kind FROM ledger WHERE kind <> 'mark' ORDER BY position")
    assert [row["kind"] for row in kinds] == ["penalty", "disqualification", "disqualification"]


@pytest.mark.parametrize("role", ["chief_judge", "organiser"])
async def test_withdrawal_is_recorded_and_taken_back_by_form(
    site: Site, connection: Connection, contest: Contest, role: Role
) -> None:
    """The chief judge or the organiser: the list and the trace say so, and never that anybody is disqualified."""
    browser, entrant = await site.sign_in(role), contest.entrants["A01"]
    listed = f"/desk/events/{contest.event_id}/results"
    at = f"{listed}/{entrant}"
    told = []
    for given in ({"reason": "伤病"}, {"reason": "误记", "lifted": "true"}):
        answer = await browser.submit(f"{at}/withdrawal", given)
        assert (answer.status_code, answer.headers["location"]) == (303, at)
        page, trace = [(await browser.get(each)).text for each in (listed, at)]
        assert (page.count("Disqualified"), trace.count("Disqualified")) == (0, 0)
        told.append((page.count(">Withdrawn<"), trace.count(">Withdrawn<"), "Take the withdrawal back" in trace))
    assert told == [(1, 1, True), (0, 0, False)]
    refused = await browser.submit(f"{at}/withdrawal", {"reason": " "})
    assert (refused.status_code, "This needs a reason" in _words(refused.text)) == (422, True)
    kinds = await connection.fetch(
        "SELECT kind, body::jsonb->>'reason' AS reason FROM ledger WHERE kind <> 'mark' ORDER BY position"
    )
    assert [tuple(row) for row in kinds] == [("withdrawal", "伤病"), ("withdrawal", "误记")]


async def test_who_withdrew_and_is_disqualified_may_still_come_back(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """The trace tells the disqualification, and each form takes its own back."""
    chief, at = await site.sign_in("chief_judge"), f"/desk/events/{contest.event_id}/results/{contest.entrants['A01']}"
    await chief.submit(f"{at}/withdrawal", {"reason": "伤病"})
    await chief.submit(f"{at}/disqualification", {"reason": "携带手机"})
    trace = _words((await chief.get(at)).text)
    assert ("Take the withdrawal back" in trace, "Lift the disqualification" in trace) == (True, True)
    await chief.submit(f"{at}/withdrawal", {"reason": "误记", "lifted": "true"})
    await chief.submit(f"{at}/disqualification", {"reason": "误判", "lifted": "true"})
    assert (
        await connection.fetchval("SELECT state FROM standing WHERE entrant_id = $1", contest.entrants["A01"])
        == "competing"
    )


async def test_registration_leads_to_the_result_once_marks_are_made(site: Site, contest: Contest) -> None:
    """Withdrawing there is refused with the way here; what is recorded here is told there and in the timetable."""
    organiser, entrant = await site.sign_in("organiser"), contest.entrants["A01"]
    desk, own = f"/desk/events/{contest.event_id}", f"/desk/entrants/{entrant}"
    refused = await organiser.submit(f"{own}/status", {"status": "withdrawn", "reason": "伤病"})
    assert (refused.status_code, "Open the page of their result and withdraw them there" in _words(refused.text)) == (
        409,
        True,
    )
    before = [(await organiser.get(each)).text.count("data-off") for each in (f"{desk}/entrants", f"{desk}/timetable")]
    await organiser.submit(f"{desk}/results/{entrant}/withdrawal", {"reason": "伤病"})
    after = [(await organiser.get(each)).text.count("data-off") for each in (f"{desk}/entrants", f"{desk}/timetable")]
    assert (before, after) == ([0, 0], [1, 1])
    page = (await organiser.get(own)).text
    assert f'Withdrew after marks were made. <a href="{desk}/results/{entrant}">Open the result</a>' in page
    assert 'value="withdrawn"' not in page


async def test_overview_waits_for_nobody_who_withdrew(site: Site, connection: Connection, contest: Contest) -> None:
    """Only of those who compete are sheets counted that are not signed."""
    chief, at = await site.sign_in("chief_judge"), f"/desk/events/{contest.event_id}"
    for code in ("A01", "A02"):
        await chief.submit(f"{at}/results/{contest.entrants[code]}/withdrawal", {"reason": "伤病"})
    assert "0 / 4 sheets signed" in _words((await chief.get(at)).text)
    for (code, _, _), sheet_id in contest.sheets.items():
        if code == "A03":
            await seal(connection, Shelf(), contest, sheet_id)
    words = _words((await chief.get(at)).text)
    assert ("4 / 4 sheets signed" in words, "Every sheet is signed" in words) == (True, True)


@pytest.mark.parametrize("role", ["supervisor", "scorekeeper"])
async def test_nobody_else_may_withdraw_an_entrant(site: Site, contest: Contest, role: Role) -> None:
    """Who may see the desk is shown no form, and refused."""
    browser, at = await site.sign_in(role), f"/desk/events/{contest.event_id}/results/{contest.entrants['A01']}"
    assert "Withdraw the entrant" not in (await browser.get(at)).text
    assert (await browser.submit(f"{at}/withdrawal", {"reason": "伤病"})).status_code == 403


async def test_organiser_publishes_by_form(site: Site, connection: Connection, contest: Contest) -> None:
    """Draft at once, provisional when all is signed, official after it; refusals say why and change nothing."""
    organiser, at = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}"
    answers = [
        await organiser.submit(f"{at}/publications", {"status": status}) for status in ("draft", "provisional", "final")
    ]
    await seal_all(connection, Shelf(), contest)
    answers += [
        await organiser.submit(f"{at}/publications", {"status": status})
        for status in ("official", "provisional", "official")
    ]
    assert [answer.status_code for answer in answers] == [303, 409, 400, 409, 303, 303]
    assert "12 score sheets are not signed yet." in _words(answers[1].text)
    lines = await store.publications_of(connection, contest.event_id)
    assert [(line.number, line.status) for line in lines] == [(3, "official"), (2, "provisional"), (1, "draft")]
    page = (await organiser.get(f"{at}/results")).text
    links = re.findall(r'href="[^"]*/publications/(\d)/(\w+)"', page)
    assert links == [(number, kind) for number in "321" for kind in ("pdf", "xlsx", "csv", "json")]
    file = await organiser.get(f"{at}/publications/3/csv")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"


async def test_a_board_shows_names_only_after_publication(site: Site, connection: Connection, contest: Contest) -> None:
    """Codes while marking is blind, through a draft too; from the provisional list on exactly that list, names and all."""
    organiser, visitor = await site.sign_in("organiser"), await site.visitor()
    at = f"/desk/events/{contest.event_id}"
    opened = await organiser.submit(f"{at}/boards", {"id": "hall", "title_zh": "总排名", "title_en": "Standings"})
    assert (opened.status_code, opened.headers["location"]) == (
        303,
        f"{at}/boards#board-hall",
    )
    names = list(contest.names.values())
    await seal_all(connection, Shelf(), contest)
    seen = []
    for status in (None, "draft", "provisional"):
        if status:
            await organiser.submit(f"{at}/publications", {"status": status})
        await _shown(connection, contest, visitor, status or "nothing")
        board = "".join([(await visitor.get(path)).text for path in ("/boards/hall", "/boards/hall/state")])
        seen.append([name for name in names if name in board])
    assert seen == [[], [], names]


async def test_index_leads_to_every_board(site: Site, contest: Contest) -> None:
    """The first page links the boards there are, by their titles in the reader's language."""
    organiser = await site.sign_in("organiser")
    board = {"id": "hall", "title_zh": "总排名", "title_en": "Standings <b>"}
    await organiser.submit(f"/desk/events/{contest.event_id}/boards", board)
    taken = await organiser.submit(f"/desk/events/{contest.event_id}/boards", board)
    assert taken.status_code == 422
    english, chinese = await site.visitor("en"), await site.visitor("zh-CN")
    assert 'href="/boards/hall"' in (await english.get("/")).text
    assert "Standings &lt;b&gt;" in (await english.get("/")).text
    assert "总排名" in (await chinese.get("/")).text
    assert Text(zh="总排名", en="").in_language("en") == "总排名"


async def _shown(connection: Connection, contest: Contest, browser: Browser, mark: str) -> None:
    """Give the board another title and wait until it shows it: whatever was done before has reached it as well."""
    title = Text(zh=mark, en=mark)
    await change_board(
        connection, contest.event_id, "hall", title, BoardSettings(), person=contest.organiser, now=clock.now()
    )
    for _ in range(400):
        if (await browser.get("/boards/hall/state")).json()["board"]["title"]["en"] == mark:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"the board never came to be called {mark}")


def _words(page: str) -> str:
    """What a reader of the page reads: the text without tags, spaces folded."""
    return " ".join(html.unescape(re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)).split())
