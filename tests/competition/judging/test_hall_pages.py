"""The live addresses through the real server: what a connected tablet hears and says, and what the desk is told."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import CloseCode

from competition.access import actions as access
from competition.judging import actions as judging
from competition.judging import hall, hall_pages, messages
from competition.judging.app_files import app_version
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import APPLICATION, tell_hall
from competition.server import MOST_HEARD
from competition.timetable import actions as timetable
from schemas.access import Person
from schemas.marks import ReopenSheet, Say
from tests.house import PIN, Contest, found_contest, mark, marks_for, record, seal, tablet_of
from tests.site import Browser, Site

SOON = 5.0
"""Within this much a change must have reached a tablet, on a machine as busy as may be; the journeys print how long it takes."""


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """Three entrants; judge 0 marks T1 and A1, judge 1 marks A1 and B1."""
    return await found_contest(connection, pin=PIN)


class Ear:
    """The other end of a live address: everything that was heard there, as it came."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[str] = []

    async def next(self, kind: str, *, within: float = SOON) -> dict[str, Any]:
        """The next message of this type, which must come soon."""
        async with asyncio.timeout(within):
            while True:
                self.heard.append(str(await self.connection.recv()))
                message: dict[str, Any] = json.loads(self.heard[-1])
                if message["type"] == kind:
                    return message

    async def rest(self, seconds: float) -> list[dict[str, Any]]:
        """Everything but greetings that comes within this time."""
        came = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self.heard.append(str(await self.connection.recv()))
                    came.append(json.loads(self.heard[-1]))
        except TimeoutError:
            return [message for message in came if message["type"] != "hello"]

    async def say(self, **said: Any) -> None:
        """Say how the tablet is."""
        await self.connection.send(json.dumps(status(**said), default=str))

    async def end(self) -> int | None:
        """The code that the server closes the connection with."""
        async with asyncio.timeout(5):
            while True:
                try:
                    self.heard.append(str(await self.connection.recv()))
                except ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else None


def status(**said: Any) -> dict[str, Any]:
    """What a tablet says of itself when nothing waits on it."""
    now = datetime.now(UTC).isoformat()
    return {
        "type": "status",
        "queued": 0,
        "oldest_at": None,
        "refused": 0,
        "photographs": 0,
        "clock": now,
        "version": "1",
    } | said


@asynccontextmanager
async def listening(
    site: Site, browser: Browser, path: str = "/judge/live", headers: Mapping[str, str] | None = None
) -> AsyncIterator[Ear]:
    """A browser's connection to a live address, greeted."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    address = site.base_url.replace("http", "ws") + path
    async with websockets.connect(address, additional_headers={"cookie": cookies, **(headers or {})}) as connection:
        ear = Ear(connection)
        await ear.next("hello", within=5)
        yield ear


async def device_of(connection: Connection, person: Person) -> UUID:
    """The newest tablet of a judge."""
    return await connection.fetchval(  # type: ignore[no-any-return]
        "SELECT id FROM device WHERE account_id = $1 ORDER BY enrolled_at DESC LIMIT 1", person.id
    )


def held(message: dict[str, Any], sheet_id: UUID) -> dict[str, Any]:
    """The sheet with this id in a message about sheets."""
    return next(sheet for sheet in message["sheets"] if sheet["id"] == str(sheet_id))


# What a tablet hears --------------------------------------------------------------------------------------------------


async def test_tablet_is_greeted_at_once_and_again(
    site: Site, connection: Connection, contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The greeting tells the server's time and the app it serves; it comes again every few seconds."""
    monkeypatch.setattr(hall_pages, "HELLO_SECONDS", 0.2)
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        again = await ear.next("hello")
    assert again["version"] == app_version()
    assert abs(datetime.fromisoformat(again["server_time"]) - datetime.now(UTC)) < timedelta(seconds=5)


async def test_own_mark_from_another_tablet_reaches_this_one(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """A judge's sheet is told whole to the judge's tablets, with the mark just recorded and the revision it made."""
    sheet_id = contest.sheet(contest.codes[0], "A1", 0)
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        [receipt] = await record(connection, Shelf(), contest, contest.judges[0], mark(sheet_id, "A1.1", "0.008"))
        told = await ear.next("sheets")
    sheet = held(told, sheet_id)
    assert (told["event_id"], told["revision"], len(told["sheets"])) == (str(contest.event_id), receipt.revision, 1)  # type: ignore[union-attr]
    assert [(own["aspect"], own["values"], own["position"]) for own in sheet["marks"]] == [("A1.1", ["0.008"], 1)]


async def test_reopened_sheet_reaches_its_judge(site: Site, connection: Connection, contest: Contest) -> None:
    """A signed sheet that the chief judge reopens is open on the tablet within a second, with the reason."""
    shelf, code = Shelf(), contest.codes[0]
    for person, command in marks_for(contest, code):
        await record(connection, shelf, contest, person, command)
    sheet_id = contest.sheet(code, "B1", 1)
    await seal(connection, shelf, contest, sheet_id)
    tablet = await tablet_of(site, connection, contest.judges[1])
    async with listening(site, tablet) as ear:
        reopening = ReopenSheet(id=new_id(), reason="量具已重新校准")
        await judging.reopen_score_sheet(
            connection, shelf, sheet_id, reopening, person=contest.chief, now=datetime.now(UTC)
        )
        sheet = held(await ear.next("sheets"), sheet_id)
    assert (sheet["sealed_at"], sheet["reopened_for"]) == (None, "量具已重新校准")


async def test_nothing_of_others_is_ever_told(site: Site, connection: Connection, contest: Contest) -> None:
    """A judge hears of own sheets only, and of a panel's other votes nothing at all before they are due."""
    shelf, code = Shelf(), contest.codes[0]
    own, others = contest.sheet(code, "A1", 1), [contest.sheet(code, "A1", 0), contest.sheet(code, "T1", 0)]
    first, second = [await tablet_of(site, connection, judge) for judge in contest.judges]
    async with listening(site, first), listening(site, second) as ear:
        secret = (mark(others[0], "A1.1", "0.0077"), mark(others[1], "T1.1", "77.7"))
        await record(connection, shelf, contest, contest.judges[0], *secret)
        await record(connection, shelf, contest, contest.judges[1], mark(own, "A1.2", "1"))
        told = await ear.rest(1.5)
    assert {sheet["id"] for message in told for sheet in message["sheets"]} == {str(own)}
    said = "".join(ear.heard)
    leaks = [
        *(str(command.id) for command in secret),
        *map(str, others),
        "0.0077",
        "77.7",
        contest.judges[0].name,
        *contest.names.values(),
    ]
    assert [leak for leak in leaks if leak in said] == []


async def test_panel_that_is_complete_reaches_all_its_judges(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """As soon as the last judge of a panel has marked an aspect, each of the panel is told what all gave."""
    shelf, code = Shelf(), contest.codes[0]
    sheets = [contest.sheet(code, "A1", judge) for judge in (0, 1)]
    tablet = await tablet_of(site, connection, contest.judges[0])
    await record(connection, shelf, contest, contest.judges[0], mark(sheets[0], "A1.1", "0.008"))
    async with listening(site, tablet) as ear:
        await record(connection, shelf, contest, contest.judges[1], mark(sheets[1], "A1.1", "0.002"))
        sheet = held(await ear.next("sheets"), sheets[0])
    [view] = sheet["panel"]
    assert view["aspect"] == "A1.1"
    assert sorted((vote["is_own"], vote["values"]) for vote in view["votes"]) == [(False, ["0.002"]), (True, ["0.008"])]


async def test_message_reaches_whom_it_is_for(site: Site, connection: Connection, contest: Contest) -> None:
    """A notice to one judge comes to that judge's tablet and to no other."""
    first, second = [await tablet_of(site, connection, judge) for judge in contest.judges]
    async with listening(site, first) as ear, listening(site, second) as other:
        notice = Say(id=new_id(), words="请到三号工位", to=contest.judges[0].id)
        await messages.say(connection, contest.event_id, notice, contest.chief, datetime.now(UTC))
        told = await ear.next("message")
        assert await other.rest(0.5) == []
    assert (told["message"]["id"], told["message"]["words"]) == (str(notice.id), "请到三号工位")


async def test_draw_makes_tablets_look_again(site: Site, connection: Connection, contest: Contest) -> None:
    """A new draw, and panels seated anew, are told once, as a reason to fetch everything."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        now = datetime.now(UTC)
        await timetable.draw(
            connection, Shelf(), contest.event_id, seed="again", actor_id=contest.organiser.id, now=now
        )
        await ear.next("look_again")
        await judging.seat_panel(
            connection, contest.event_id, "B1", [judge.id for judge in contest.judges], actor_id=None, now=now
        )
        await ear.next("look_again")


async def test_judge_seated_while_connected_is_told_from_then_on(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """A judge who gets a first seat at the event looks again, and then hears of its sheets."""
    newcomer = Person(
        id=await access.add_account(connection, "new", "judge", pin=PIN, now=datetime.now(UTC)),
        role="judge",
        name="new",
    )
    tablet = await tablet_of(site, connection, newcomer)
    async with listening(site, tablet) as ear:
        await judging.seat_panel(
            connection, contest.event_id, "B1", [newcomer.id], actor_id=None, now=datetime.now(UTC)
        )
        await judging.lay_out_sheets(connection, contest.event_id)
        await ear.next("look_again")
        sheet_id = await connection.fetchval("SELECT id FROM score_sheet WHERE judge_id = $1 LIMIT 1", newcomer.id)
        await asyncio.sleep(0.3)
        await record(connection, Shelf(), contest, newcomer, mark(sheet_id, "B1.2", "1"))
        assert held(await ear.next("sheets"), sheet_id)["marks"][0]["aspect"] == "B1.2"


async def test_tablet_taken_out_of_use_is_told_and_let_go(site: Site, connection: Connection, contest: Contest) -> None:
    """A tablet that is revoked while connected is told so at once, and the connection ends with the code for it."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    device_id = await device_of(connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        await access.revoke_device(connection, device_id, actor_id=contest.organiser.id, now=datetime.now(UTC))
        await ear.next("revoked")
        assert await ear.end() == 4403
    with pytest.raises(InvalidStatus):
        async with listening(site, tablet):
            pass


async def test_tablet_with_a_new_pin_is_let_go(site: Site, connection: Connection, contest: Contest) -> None:
    """When its judge gets a new PIN, a tablet is locked, connected or not."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        await access.change_pin(connection, contest.judges[0].id, "135791")
        assert await ear.end() == 4401


async def test_unlocking_that_runs_out_ends_the_connection(
    site: Site, connection: Connection, contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without anybody telling, it is asked now and then whether the tablet is still unlocked."""
    monkeypatch.setattr(hall_pages, "WELCOME_SECONDS", 0.2)
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        await connection.execute("UPDATE device SET unlocked_until = now() - interval '1 second'")
        assert await ear.end() == 4401


async def test_tablet_hears_again_after_the_listener_lost_the_database(
    dsn: str, site: Site, connection: Connection, contest: Contest
) -> None:
    """A cut listener comes back by itself: tablets are told to look again, for what was missed, and then hear as before."""
    sheet_id = contest.sheet(contest.codes[0], "T1", 0)
    tablet = await tablet_of(site, connection, contest.judges[0])
    owner = await asyncpg.connect(dsn)
    async with listening(site, tablet) as ear:
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()",
            APPLICATION,
        )
        await ear.next("look_again")
        await record(connection, Shelf(), contest, contest.judges[0], mark(sheet_id, "T1.1", "80"))
        assert held(await ear.next("sheets"), sheet_id)["marks"][0]["values"] == ["80"]
    await owner.close()


async def test_tablet_is_sent_away_while_the_database_is(
    site: Site, connection: Connection, contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the database has not answered for a while, nobody is told that all is well: the tablet is to come back later."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    monkeypatch.setattr(hall, "CURRENT_SECONDS", -1)
    with pytest.raises(ConnectionClosed) as closed:
        async with listening(site, tablet):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == CloseCode.TRY_AGAIN_LATER


# What a tablet says ---------------------------------------------------------------------------------------------------


async def test_status_is_kept_and_the_desk_hears_of_it(site: Site, connection: Connection, contest: Contest) -> None:
    """What a tablet says of itself is written down within seconds, and the desk is told that there is news."""
    tablet, desk = await tablet_of(site, connection, contest.judges[0]), await site.sign_in("chief_judge")
    sheet_id = contest.sheet(contest.codes[0], "T1", 0)
    async with listening(site, desk, f"/desk/events/{contest.event_id}/live") as chief, listening(site, tablet) as ear:
        clock = datetime.now(UTC) + timedelta(days=1)
        said = status(
            queued=3, battery=71, clock=clock.isoformat(), sheet_id=str(sheet_id), on_tablet={str(sheet_id): 3}
        )
        await ear.say(**said)
        assert (await chief.next("changed", within=2))["event_id"] == str(contest.event_id)
    body = await connection.fetchval("SELECT body FROM device_status")
    assert json.loads(body)["queued"] == 3


@pytest.mark.parametrize(
    "said",
    [
        "{}",
        "not even json",
        json.dumps({"type": "hello"}),
        json.dumps(status(unknown=1)),
        json.dumps(status(queued="3")),
        json.dumps(status(queued=-1)),
        json.dumps(status(battery=101)),
        json.dumps(status(clock="2026-05-01T01:00:00")),
        json.dumps(status(clock="0001-01-01T00:00:00Z")),
        json.dumps(status(version="v" * 65)),
        json.dumps(status(version="\0")),
    ],
)
async def test_what_is_no_status_ends_the_connection(
    site: Site, connection: Connection, contest: Contest, said: str
) -> None:
    """A message of another form, or with figures that no tablet has, is not taken."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        await ear.connection.send(said)
        assert await ear.end() == CloseCode.POLICY_VIOLATION


async def test_too_much_at_once_ends_the_connection(site: Site, connection: Connection, contest: Contest) -> None:
    """More than any status needs is not even read."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        await ear.connection.send("x" * (MOST_HEARD + 1))
        await asyncio.wait_for(ear.connection.wait_closed(), 5)
        assert ear.connection.close_code == CloseCode.MESSAGE_TOO_BIG


async def test_silent_tablet_is_let_go(
    site: Site, connection: Connection, contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who says nothing for long has lost the network: the connection is cut, and the desk sees the tablet gone."""
    monkeypatch.setattr(hall_pages, "SILENCE_SECONDS", 0.3)
    tablet = await tablet_of(site, connection, contest.judges[0])
    async with listening(site, tablet) as ear:
        assert await ear.end() is None


async def test_two_tablets_on_one_sheet_are_both_told(site: Site, connection: Connection, contest: Contest) -> None:
    """Two tablets of a judge with the same sheet open hear of each other by name, and of the end of it; a third hears nothing."""
    sheet_id, other_id = (contest.sheet(code, "T1", 0) for code in contest.codes[:2])
    first = await tablet_of(site, connection, contest.judges[0])
    await connection.execute("UPDATE device SET name = 'A'")
    second = await tablet_of(site, connection, contest.judges[0])
    await connection.execute("UPDATE device SET name = 'B' WHERE name <> 'A'")
    stranger = await tablet_of(site, connection, contest.judges[1])
    async with listening(site, first) as one, listening(site, second) as two, listening(site, stranger) as three:
        for ear in (one, two, three):
            await ear.say(sheet_id=sheet_id)
        assert (await one.next("slot"))["tablets"] == ["B"]
        assert (await two.next("slot"))["tablets"] == ["A"]
        await two.say(sheet_id=other_id)
        told = [await one.next("slot"), await two.next("slot")]
        assert [(slot["sheet_id"], slot["tablets"]) for slot in told] == [(str(sheet_id), [])] * 2
        await two.say(sheet_id=sheet_id)
        assert (await one.next("slot"))["tablets"] == ["B"]
        await two.connection.close()
        assert (await one.next("slot", within=3))["tablets"] == []
        assert await three.rest(0.1) == []


# Who may listen -------------------------------------------------------------------------------------------------------


async def test_only_an_unlocked_tablet_may_listen(site: Site, connection: Connection, contest: Contest) -> None:
    """Nobody, an organiser without a tablet, and a page of another site are refused before anything is said."""
    tablet = await tablet_of(site, connection, contest.judges[0])
    refused = [
        (await site.visitor(), {}),
        (await site.sign_in("organiser"), {}),
        (tablet, {"origin": "https://evil.example"}),
    ]
    for browser, headers in refused:
        with pytest.raises(InvalidStatus):
            async with listening(site, browser, headers=headers):
                pass
    async with listening(site, tablet, headers={"origin": site.base_url}):
        pass


async def test_desk_hears_of_a_mark_at_once(site: Site, connection: Connection, contest: Contest) -> None:
    """A mark rings the desk within a second, with the revision it made."""
    desk = await site.sign_in("chief_judge")
    sheet_id = contest.sheet(contest.codes[0], "T1", 0)
    async with listening(site, desk, f"/desk/events/{contest.event_id}/live") as ear:
        await record(connection, Shelf(), contest, contest.judges[0], mark(sheet_id, "T1.1", "80"))
        hint = await ear.next("changed")
    revision = await connection.fetchval("SELECT revision FROM event")
    assert hint == {"type": "changed", "event_id": str(contest.event_id), "revision": revision}


async def test_desk_is_rung_twice_a_second_at_the_most(site: Site, connection: Connection, contest: Contest) -> None:
    """However much happens, a page of the desk is told to fetch itself anew only so often; the last change is among it."""
    desk = await site.sign_in("chief_judge")
    async with listening(site, desk, f"/desk/events/{contest.event_id}/live") as ear:
        began = time.monotonic()
        for _ in range(60):
            await tell_hall(connection, contest.event_id, "tablet")
            await asyncio.sleep(0.02)
        took = time.monotonic() - began
        hints = await ear.rest(1.2)
    assert 2 <= len(hints) <= 2 * took + 2


async def test_desk_of_an_unknown_event_or_an_ended_session_is_let_go(
    site: Site, connection: Connection, contest: Contest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event that is not there has its code, and so has a session that ended meanwhile; strangers are refused."""
    monkeypatch.setattr(hall_pages, "WELCOME_SECONDS", 0.2)
    desk = await site.sign_in("chief_judge")
    with pytest.raises(ConnectionClosed) as closed:
        async with listening(site, desk, f"/desk/events/{new_id()}/live"):
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4404
    live = f"/desk/events/{contest.event_id}/live"
    async with listening(site, desk, live) as ear:
        await connection.execute("DELETE FROM sign_in")
        assert await ear.end() == 4401
    with pytest.raises(InvalidStatus):
        async with listening(site, await site.visitor(), live):
            pass


async def test_desk_only_listens(site: Site, contest: Contest) -> None:
    """A page of the desk has nothing to say here."""
    desk = await site.sign_in("chief_judge")
    async with listening(site, desk, f"/desk/events/{contest.event_id}/live") as ear:
        await ear.connection.send("hello")
        assert await ear.end() == CloseCode.POLICY_VIOLATION
