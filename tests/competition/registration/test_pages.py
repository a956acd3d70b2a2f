"""The desk's pages about competitions, delegations, entrants and rosters, asked through the real server."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Callable
from random import Random
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from competition.demo import people
from competition.plumbing.database import Connection
from competition.registration.roster_file import read_roster
from competition.registration.store import delegations_of, entrants_of
from tests.site import Browser, Site, as_sent, found_event, register, words_of

COMPETITION = {"name_zh": "市赛", "name_en": "", "starts_on": "2026-06-01", "ends_on": "2026-06-02"}
ROSTER = people.roster_csv(Random(1), entrants=3)
DOCUMENT, PHONE = re.findall(r"居民身份证,(\d{17}[\dX]),(\d{11})", ROSTER.decode("utf-8-sig"))[0]


@pytest.fixture
async def organiser(site: Site) -> Browser:
    """An organiser's browser."""
    return await site.sign_in()


@pytest.fixture
async def event(organiser: Browser) -> str:
    """The address of an event that nobody competes in yet."""
    return await found_event(organiser)


def id_in(address: str) -> UUID:
    """The id at the end of an address."""
    return UUID(address.rpartition("/")[2])


class TestCompetitions:
    """The desk's first page."""

    async def test_desk_begins_with_a_form(self, organiser: Browser) -> None:
        """An empty desk offers the form for the first competition, open."""
        page = await organiser.get("/desk")
        assert '<details class="fold" id="new-competition" open>' in page.text
        assert "Announce the competition" in words_of(page)

    async def test_competition_and_event_are_founded_by_forms(self, organiser: Browser) -> None:
        """A name in one language is enough; a new event says what comes next."""
        await organiser.submit("/desk/competitions", {**COMPETITION, "place": "芜湖"})
        page = await organiser.get("/desk")
        assert "市赛 芜湖 · 2026-06-01 – 2026-06-02 · Asia/Shanghai No event yet" in words_of(page)
        (action,) = re.findall(r'action="(/desk/competitions/[0-9a-f-]+/events)"', page.text)
        added = await organiser.submit(action, {"name_en": "CNC", "is_blind": "true"})
        assert re.fullmatch(r"/desk/events/[0-9a-f-]+/entrants", added.headers["location"])
        said = words_of(await organiser.get("/desk"))
        assert "CNC Being set up Entrants Scheme Timetable and draw Judges Results Register the entrants" in said

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"name_zh": " "}, "A name is missing."),
            ({"ends_on": "2026-05-31"}, "The competition ends on 2026-05-31, before it starts on 2026-06-01."),
            ({"time_zone": "Mars/Olympus"}, "There is no time zone “Mars/Olympus”."),
        ],
    )
    async def test_competition_form_keeps_what_was_typed(
        self, organiser: Browser, wrong: dict[str, str], sentence: str
    ) -> None:
        """What cannot be is said above the form, and the form still holds everything."""
        answer = await organiser.submit("/desk/competitions", {**COMPETITION, "place": "芜湖", **wrong})
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert 'name="place" maxlength="100" value="芜湖"' in answer.text

    async def test_event_without_a_name_is_refused(self, organiser: Browser) -> None:
        """The desk says that a name is missing; nothing is founded."""
        announced = await organiser.submit("/desk/competitions", COMPETITION)
        competition_id = announced.headers["location"].partition("#competition-")[2]
        answer = await organiser.submit(f"/desk/competitions/{competition_id}/events", {})
        assert answer.status_code == 422
        assert "A name is missing." in words_of(answer)
        assert "No event yet" in words_of(answer)

    async def test_desk_tells_how_far_events_have_come(self, organiser: Browser, event: str) -> None:
        """Figures stand beside the steps, and the button leads to the next one."""
        await register(organiser, event, entrants=3, eligible=False)
        assert "Entrants 0/3 Scheme Timetable and draw Judges Results Confirm the entrants" in words_of(
            await organiser.get("/desk")
        )
        await organiser.submit(f"{event}/eligibility")
        assert "Entrants 3/3 Scheme Timetable and draw Judges Results Choose the scheme" in words_of(
            await organiser.get("/desk")
        )

    async def test_others_found_nothing(self, site: Site, event: str) -> None:
        """A chief judge sees the events without forms; a judge and a stranger do not see the desk."""
        chief = await site.sign_in("chief_judge")
        page = await chief.get("/desk")
        assert event in page.text
        assert "<form" not in page.text.partition("<main")[2]
        assert (await chief.submit("/desk/competitions", COMPETITION)).status_code == 403
        assert (await (await site.sign_in("judge")).get("/desk")).status_code == 403
        stranger = await (await site.visitor()).get("/desk")
        assert (stranger.status_code, stranger.headers["location"]) == (303, "/sign-in?next=/desk")

    async def test_desk_asks_as_often_for_three_events_as_for_one(
        self, organiser: Browser, statements: list[str]
    ) -> None:
        """The first page's queries do not grow with its list."""
        counts = []
        for events in (1, 3):
            while len(re.findall("event-row", (await organiser.get("/desk")).text)) < events:
                await found_event(organiser)
            statements.clear()
            await organiser.get("/desk")
            counts.append(len(statements))
        assert counts == [3, 3]  # who asks; events; competitions


class TestDelegations:
    """Delegations on the page of entrants."""

    async def test_delegation_is_added(self, organiser: Browser, event: str, connection: Connection) -> None:
        """A code, a name and a quota make a delegation."""
        answer = await organiser.submit(f"{event}/delegations", {"code": "D01", "name": "芜湖", "quota": "2"})
        assert answer.headers["location"] == f"{event}/entrants?adding=true#delegations"
        (delegation,) = await delegations_of(connection, id_in(event))
        assert (delegation.code, delegation.name, delegation.quota, delegation.entrants) == ("D01", "芜湖", 2, 0)

    async def test_second_delegation_of_a_name_is_refused(self, organiser: Browser, event: str) -> None:
        """The sentence names what is taken, and the form keeps what was typed."""
        await organiser.submit(f"{event}/delegations", {"code": "D01", "name": "芜湖", "quota": "2"})
        answer = await organiser.submit(f"{event}/delegations", {"code": "D02", "name": "芜湖", "quota": "7"})
        assert answer.status_code == 409
        assert "There already is a delegation with the code “D02” or the name “芜湖”." in words_of(answer)
        assert 'value="7"' in answer.text


class TestRoster:
    """The import: a dry run, then exactly the file that was looked at."""

    @pytest.fixture
    async def ready(self, organiser: Browser, event: str) -> str:
        """The address of an event with the demo's delegations."""
        for code, name in people.DELEGATIONS:
            await organiser.submit(f"{event}/delegations", {"code": code, "name": name, "quota": "3"})
        return event

    async def test_templates_can_be_filled_in(self, organiser: Browser, ready: str) -> None:
        """Both templates have the headings that the import looks for; the workbook offers the event's delegations."""
        event_id = ready.rpartition("/")[2]
        xlsx = await organiser.get(f"/desk/roster-template.xlsx?event={event_id}")
        csv = await organiser.get("/desk/roster-template.csv")
        book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx.content))
        assert csv.headers["content-type"] == "text/csv; charset=utf-8"
        headings = csv.content.decode("utf-8-sig").strip().split(",")
        assert [str(cell) for cell in book.get_sheet_by_index(0).to_python()[0]] == headings
        assert headings[:4] == ["Name", "Sex", "Document kind", "ID number"]
        assert people.DELEGATIONS[0][1] in str(book.get_sheet_by_index(1).to_python())

    async def test_dry_run_writes_nothing(self, organiser: Browser, ready: str, connection: Connection) -> None:
        """A good roster shows what each row would do, documents masked, and writes nothing."""
        answer = await organiser.submit(f"{ready}/roster", files={"roster": ("名单.csv", ROSTER)})
        said = words_of(answer)
        assert "3 new 0 changed 0 unchanged" in said
        assert "名单.csv" in said
        assert DOCUMENT not in said
        assert f"{DOCUMENT[:3]}***********{DOCUMENT[-4:]}" in said
        assert await entrants_of(connection, id_in(ready)) == ()

    async def test_confirmed_file_is_imported(self, organiser: Browser, ready: str, connection: Connection) -> None:
        """Confirming sends the file itself back, and everybody in it is registered."""
        plan = await organiser.submit(f"{ready}/roster", files={"roster": ("名单.csv", ROSTER)})
        answer = await organiser.submit(f"{ready}/roster/confirmed", **as_sent(plan))
        assert answer.headers["location"] == f"{ready}/entrants"
        entrants = await entrants_of(connection, id_in(ready))
        assert [(entrant.number, entrant.status) for entrant in entrants] == [(n, "registered") for n in (1, 2, 3)]
        assert "Waiting for the eligibility check: 3" in words_of(await organiser.get(answer.headers["location"]))

    async def test_second_import_tells_what_changed(self, organiser: Browser, ready: str) -> None:
        """Sent again, a roster finds everybody by document; what differs is named by its heading."""
        await register(organiser, ready, entrants=3)
        changed = ROSTER.replace(PHONE.encode(), b"13911112222")
        said = words_of(await organiser.submit(f"{ready}/roster", files={"roster": ("r.csv", changed)}))
        assert "0 new 1 changed 2 unchanged" in said
        assert "changed 手机号码" in said
        same = words_of(await organiser.submit(f"{ready}/roster", files={"roster": ("r.csv", ROSTER)}))
        assert "there is nothing to import" in same
        assert "Import exactly this file" not in same

    async def test_bad_cells_are_named_and_nothing_written(
        self, organiser: Browser, ready: str, connection: Connection
    ) -> None:
        """Every bad cell has its row, column, problem and remedy; a confirmation forged all the same writes nothing."""
        bad = bad_roster()
        answer = await organiser.submit(f"{ready}/roster", files={"roster": ("r.csv", bad)})
        said = words_of(answer)
        assert "Cells to correct: 2" in said
        assert "2 证件号码 (D) The check digit (the last character) does not agree" in said
        assert "Compare it with the identity card and type it again." in said
        assert "4 手机号码 (E) A mobile number has 11 digits; this one has 3." in said
        assert "Import exactly this file" not in said
        forced = await organiser.submit(f"{ready}/roster/confirmed", **as_sent(answer))
        assert "Cells to correct: 2" in words_of(forced)
        assert await entrants_of(connection, id_in(ready)) == ()

    async def test_marked_copy_says_what_to_correct(self, organiser: Browser, ready: str) -> None:
        """The same roster comes back as a workbook with a column of corrections; without them it reads as it was."""
        plan = await organiser.submit(f"{ready}/roster", files={"roster": ("名单.csv", bad_roster())})
        copy = await organiser.submit(f"{ready}/roster/marked", **as_sent(plan))
        assert "filename*=UTF-8''%E5%90%8D%E5%8D%95%20to%20correct.xlsx" in copy.headers["content-disposition"]
        rows = CalamineWorkbook.from_filelike(io.BytesIO(copy.content)).get_sheet_by_index(0).to_python()
        assert rows[0][-1] == "To correct"
        assert [bool(row[-1]) for row in rows[1:]] == [True, False, True]
        assert "check digit" in str(rows[1][-1])
        assert len(read_roster("名单 to correct.xlsx", copy.content).sheets[0].lines) == 3

    @pytest.mark.parametrize(
        "forge", [lambda content: content + b"\n", lambda content: content.replace(b"139", b"138")]
    )
    async def test_another_file_than_the_one_looked_at_is_refused(
        self, organiser: Browser, ready: str, connection: Connection, forge: Callable[[bytes], bytes]
    ) -> None:
        """Whatever comes back with another digest is refused, and nothing is written."""
        fields = {
            "file_name": (None, "r.csv"),
            "content": (None, base64.b64encode(forge(ROSTER)).decode()),
            "file_digest": (None, hashlib.sha256(ROSTER).hexdigest()),
        }
        answer = await organiser.submit(f"{ready}/roster/confirmed", files=fields)
        assert answer.status_code == 409
        assert "This is not the file whose plan you confirmed." in words_of(answer)
        assert await entrants_of(connection, id_in(ready)) == ()

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (("", b""), "No file was chosen."),
            (("r.csv", b""), "The file is empty."),
            (("r.csv", b"a,b,c\n1,2,3\n"), "No row with the headings of a roster was found."),
            (("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(50)), "XLSX"),
        ],
    )
    async def test_unreadable_files_are_told_on_the_page(
        self, organiser: Browser, ready: str, file: tuple[str, bytes], sentence: str
    ) -> None:
        """What is no roster is refused with what to do, on the page with the form."""
        answer = await organiser.submit(f"{ready}/roster", files={"roster": file})
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert "Check the roster" in words_of(answer)


class TestEntrants:
    """The list and the page of one entrant."""

    @pytest.fixture
    async def registered(self, organiser: Browser, event: str) -> str:
        """The address of an event with three registered entrants."""
        await register(organiser, event, entrants=3, eligible=False)
        return event

    async def test_list_is_masked(self, organiser: Browser, registered: str) -> None:
        """Neither document nor phone stands on the page in full, not even in its markup."""
        page = await organiser.get(f"{registered}/entrants")
        assert (DOCUMENT in page.text, PHONE in page.text) == (False, False)
        assert f"{PHONE[:3]}****{PHONE[-4:]}" in words_of(page)

    async def test_one_click_confirms_everybody(
        self, organiser: Browser, registered: str, connection: Connection
    ) -> None:
        """All who are registered become eligible; a second click finds nobody."""
        for count in (3, 0):
            answer = await organiser.submit(f"{registered}/eligibility")
            assert answer.headers["location"] == f"{registered}/entrants"
            assert f"Entrants confirmed: {count}." in words_of(await organiser.get(f"{registered}/entrants"))
        assert {entrant.status for entrant in await entrants_of(connection, id_in(registered))} == {"eligible"}

    async def test_withdrawal_needs_a_reason_and_can_be_undone(
        self, organiser: Browser, registered: str, connection: Connection
    ) -> None:
        """Without a reason nothing changes; with one it is shown; registering again clears it."""
        entrant = (await entrants_of(connection, id_in(registered)))[0]
        address = f"/desk/entrants/{entrant.id}"
        refused = await organiser.submit(f"{address}/status", {"status": "withdrawn", "reason": " "})
        assert (refused.status_code, "A withdrawal needs a reason." in words_of(refused)) == (422, True)
        answer = await organiser.submit(f"{address}/status", {"status": "withdrawn", "reason": "ill"})
        assert answer.headers["location"] == address
        assert "Reason ill" in words_of(await organiser.get(address))
        await organiser.submit(f"{address}/status", {"status": "registered"})
        assert (await entrants_of(connection, id_in(registered)))[0] == entrant

    async def test_withdrawal_after_the_draw_takes_the_standing(
        self, organiser: Browser, registered: str, connection: Connection
    ) -> None:
        """Once places are drawn the standings follow who competes, at a new revision each time."""
        await organiser.submit(f"{registered}/eligibility")
        await organiser.submit(f"{registered}/scheme/shipped", {"name": "cnc-machine-tool-assembly"})
        plan = {"day": "2026-06-01", "sessions": "1", "benches": "3", "minutes": "60"}
        await organiser.submit(f"{registered}/sessions", plan)
        await organiser.submit(f"{registered}/draws", {})
        entrant = (await entrants_of(connection, id_in(registered)))[0]
        before = await standing(connection)
        await organiser.submit(f"/desk/entrants/{entrant.id}/status", {"status": "withdrawn", "reason": "ill"})
        after = await standing(connection)
        assert (len(before[1]), after[1]) == (3, before[1] - {entrant.id})
        assert after[0] > before[0]

    async def test_opening_is_written_down(self, organiser: Browser, registered: str, connection: Connection) -> None:
        """The answer shows the document once, may not be kept by the browser, and leaves a line in the audit."""
        entrant = (await entrants_of(connection, id_in(registered)))[0]
        address = f"/desk/entrants/{entrant.id}"
        assert DOCUMENT not in (await organiser.get(address)).text
        opened = await organiser.submit(f"{address}/document")
        assert DOCUMENT in words_of(opened)
        assert PHONE not in opened.text
        assert opened.headers["cache-control"] == "no-store"
        assert PHONE in words_of(await organiser.submit(f"{address}/phone"))
        audit = await connection.fetch("SELECT verb FROM audit WHERE subject = $1 ORDER BY at", str(entrant.id))
        assert [row["verb"] for row in audit] == ["open_document", "open_phone"]

    async def test_supervisor_sees_and_changes_nothing(
        self, site: Site, registered: str, connection: Connection
    ) -> None:
        """A supervisor reads the masked list; opening, confirming and importing are refused."""
        entrant = (await entrants_of(connection, id_in(registered)))[0]
        supervisor = await site.sign_in("supervisor")
        page = await supervisor.get(f"{registered}/entrants")
        assert (entrant.name in words_of(page), "<form" in page.text.partition("<main")[2]) == (True, False)
        for path in (f"/desk/entrants/{entrant.id}/document", f"{registered}/eligibility", f"{registered}/roster"):
            assert (await supervisor.submit(path)).status_code == 403

    async def test_chief_judge_sees_no_names(self, site: Site, registered: str, connection: Connection) -> None:
        """Judges' heads see codes, not names: neither the list nor an entrant's page is for them, nor a tab that leads there."""
        entrant = (await entrants_of(connection, id_in(registered)))[0]
        chief = await site.sign_in("chief_judge")
        for path in (f"{registered}/entrants", f"/desk/entrants/{entrant.id}"):
            assert (await chief.get(path)).status_code == 403
        assert f"{registered}/entrants" not in (await chief.get(f"{registered}/scheme")).text

    async def test_unknown_entrant_is_not_found(self, organiser: Browser) -> None:
        """An id that nobody has is answered with 404, whatever is asked of it."""
        address = f"/desk/entrants/{UUID(int=1)}"
        assert (await organiser.get(address)).status_code == 404
        assert (await organiser.submit(f"{address}/document")).status_code == 404
        assert (await organiser.submit(f"{address}/status", {"status": "eligible"})).status_code == 404

    async def test_list_asks_as_often_for_three_as_for_one(self, organiser: Browser, statements: list[str]) -> None:
        """The list's queries do not grow with it."""
        counts = []
        for entrants in (1, 3):
            event = await found_event(organiser)
            await register(organiser, event, entrants=entrants, eligible=False)
            statements.clear()
            await organiser.get(f"{event}/entrants")
            counts.append(len(statements))
        assert counts == [4, 4]  # who asks; the event; entrants; delegations


async def test_pages_speak_both_languages(site: Site, event: str) -> None:
    """The same page is Chinese for who reads Chinese, and says so."""
    reader = await site.sign_in(language="zh-CN")
    page = await reader.get(f"{event}/entrants")
    assert '<html lang="zh-CN"' in page.text
    assert "数控" in words_of(page)


async def standing(connection: Connection) -> tuple[int, set[UUID]]:
    """The revision of the one event, and who stands in its standings."""
    revision = await connection.fetchval("SELECT revision FROM event")
    return revision, {row[0] for row in await connection.fetch("SELECT entrant_id FROM standing")}


def bad_roster() -> bytes:
    """The roster with a wrong check digit in row 2 and a short phone number in row 4."""
    wrong = "0" if DOCUMENT[-1] != "0" else "1"
    return ROSTER.replace(DOCUMENT.encode(), (DOCUMENT[:-1] + wrong).encode()).replace(b"13900000002", b"139")
