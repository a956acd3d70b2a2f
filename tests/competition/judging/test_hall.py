"""The hall by itself: what waits for a slow tablet, what a round tells to whom, and how the tablets are for the desk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.access import actions as access
from competition.access import store as accounts
from competition.judging import clerk, hall, hall_notes, lines, rounds
from competition.judging.hall import Hall, tablets_of
from competition.judging.lines import LOOK_AGAIN, HallTablet, Line, frame_of
from competition.judging.snapshot import own_sheets
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.background import running
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, Pool, open_pool
from competition.plumbing.listening import HallNotice
from schemas.access import Person
from schemas.aspects import Judgement
from schemas.hall import Said, SlotShared, TabletLine, TabletStatus
from schemas.tablet import HallMessage, OwnSheet
from tests.house import found_contest, mark, record, small_scheme

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
JUDGE = Person(id=new_id(), role="judge", name="J")


def status(**said: Any) -> TabletStatus:
    """How a tablet is on which nothing waits."""
    idle = TabletStatus(queued=0, oldest_at=None, refused=0, photographs=0, clock=NOW, version="1")
    return msgspec.structs.replace(idle, **said)


def own_sheet(sheet_id: UUID, code: str = "A01") -> OwnSheet:
    """A sheet without anything on it."""
    return OwnSheet(
        id=sheet_id, code=code, name="", bench=1, session=1, sub_criterion="A1", marks=(), settled=(), panel=(), revotes=(),
        sealed_at=None, seal=None, sheet_digest=None, reopened_for=None, signatures=(), photographs=(),
    )  # fmt: skip


def message(words: str) -> Said:
    """A notice to all."""
    return Said(
        message=HallMessage(
            id=new_id(), event_id=new_id(), kind="notice", sender="C", words=words, sheet_id=None, code=None, aspect=None,
            answers=None, said_at=NOW,
        )
    )  # fmt: skip


def told(line: Line) -> list[dict[str, Any]]:
    """What waits on a line."""
    return [json.loads(frame) for frame in line.take()]


@pytest.fixture
def line() -> Line:
    """The only line of a tablet."""
    tablet = HallTablet(new_id(), JUDGE)
    line = Line(tablet)
    tablet.lines.add(line)
    return line


# A line ---------------------------------------------------------------------------------------------------------------


def test_line_tells_a_sheet_once(line: Line) -> None:
    """A sheet that is as it was told last is not told again; of several only those that are others."""
    event_id, first, second = new_id(), new_id(), new_id()
    line.show(event_id, 1, [own_sheet(first), own_sheet(second)])
    line.show(event_id, 2, [own_sheet(first), own_sheet(second)])
    line.show(event_id, 3, [own_sheet(first), own_sheet(second, "A02")])
    assert [(one["revision"], [sheet["code"] for sheet in one["sheets"]]) for one in told(line)] == [
        (1, ["A01", "A01"]),
        (3, ["A02"]),
    ]


def test_line_tells_every_sheet_again_after_looking_again(line: Line) -> None:
    """What a tablet fetches by itself may be newer or older than what it was told: the next change is told in any case."""
    event_id, sheet_id = new_id(), new_id()
    line.show(event_id, 1, [own_sheet(sheet_id)])
    line.look_again()
    line.look_again()
    line.show(event_id, 2, [own_sheet(sheet_id)])
    assert [one["type"] for one in told(line)] == ["sheets", "look_again", "sheets"]


def test_line_of_a_slow_tablet_keeps_little(line: Line) -> None:
    """A tablet that takes nothing is told to look again instead of all it missed, and who shares its sheet."""
    sheet_id = new_id()
    line.tablet.share(sheet_id, ("B",))
    for _ in range(10_000):
        line.say(message("x" * 500))
        assert line._bytes <= lines.MOST_BYTES_WAITING
    taken = line.take()
    assert taken[:2] == [LOOK_AGAIN, frame_of(SlotShared(sheet_id=sheet_id, tablets=("B",)))]
    assert sum(map(len, taken)) <= lines.MOST_BYTES_WAITING
    line.say(message("now"))
    assert [one["message"]["words"] for one in told(line)] == ["now"]


def test_tablet_hears_of_sharing_only_what_is_new(line: Line) -> None:
    """Another's coming and going is told once each; going on to another sheet ends it for the one before."""
    first, second = new_id(), new_id()
    for sheet_id, others in ((first, ()), (first, ("B",)), (first, ("B",)), (second, ()), (second, ("C",)), (None, ())):
        line.tablet.share(sheet_id, others)
    assert [(one["sheet_id"], one["tablets"]) for one in told(line)] == [
        (str(first), ["B"]),
        (str(first), []),
        (str(second), ["C"]),
        (str(second), []),
    ]


def test_status_is_worth_noting_when_it_says_something_new() -> None:
    """The first at once, news every five seconds at the most, and every half a minute that the tablet is there at all."""
    tablet = HallTablet(new_id(), JUDGE)

    def is_worth(second: int, said: TabletStatus) -> bool:
        now = NOW + timedelta(seconds=second)
        tablet.status, tablet.heard_at = said, now
        if worth := tablet.is_worth_noting(now):
            note = tablet.note()
            assert note is not None
            tablet.noted(note)
        return worth

    noted = [
        second
        for second, queued in ((0, 0), (1, 1), (4, 1), (5, 1), (20, 1), (34, 1), (35, 1), (39, 2), (40, 2))
        if is_worth(second, status(queued=queued, clock=NOW + timedelta(seconds=second)))
    ]
    assert noted == [0, 5, 35, 40]


# The hall -------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """The application's own connections."""
    async with await open_pool(dsn, "leitai_app", most=4) as pool:
        yield pool


async def tablet_at(connection: Connection, judge: Person, name: str = "a tablet") -> UUID:
    """A tablet of this judge, in the database."""
    device_id = new_id()
    await accounts.insert_device(connection, device_id, judge.id, device_id.bytes, name, NOW)
    return device_id


async def rung(line: Line, seconds: float = 5.0) -> list[dict[str, Any]]:
    """What comes on a line, as soon as something does."""
    async with asyncio.timeout(seconds):
        await line.bell.wait()
    line.bell.clear()
    return told(line)


def revote_scheme() -> Any:
    """The small scheme, but the second aspect of A1 is an opinion of two judges, who vote again when two levels apart."""
    scheme = small_scheme()
    practice = scheme.stages[1]
    task = practice.criteria[0]
    [sub] = task.sub_criteria
    levels = scheme.stages[1].criteria[1].sub_criteria[0].aspects[0].levels  # type: ignore[union-attr]
    opinion = Judgement(id="A1.2", name=sub.aspects[1].name, points=Decimal(20), levels=levels, revote_from=2)
    sub = msgspec.structs.replace(sub, aspects=(sub.aspects[0], opinion))
    task = msgspec.structs.replace(task, sub_criteria=(sub,))
    practice = msgspec.structs.replace(practice, criteria=(task, practice.criteria[1]))
    return msgspec.structs.replace(scheme, stages=(scheme.stages[0], practice))


async def test_revote_that_runs_out_is_told_by_the_clock(
    connection: Connection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Votes too far apart open a re-vote, which both tablets hear of; when its time is over they hear of that, unasked."""
    monkeypatch.setattr(clerk, "REVOTE_LASTS", timedelta(seconds=1))
    contest = await found_contest(connection, scheme=revote_scheme())
    shelf, here = Shelf(), Hall(pool, Shelf(), now=clock.now)
    code = contest.codes[0]
    joined = [await here.join(judge, await tablet_at(connection, judge)) for judge in contest.judges]
    async with running(here.run):
        for judge, level in ((0, "0"), (1, "3")):
            vote = mark(contest.sheet(code, "A1", judge), "A1.2", level)
            await record(connection, shelf, contest, contest.judges[judge], vote, now=clock.now())
        late = await here.join(contest.judges[0], await tablet_at(connection, contest.judges[0]))
        here.moved(contest.event_id)
        opened = [await rung(line) for line in joined]
        ended = [await rung(line, 2) for line in (*joined, late)]
    revotes = [[one[-1]["sheets"][0]["revotes"][0] for one in came] for came in (opened, ended)]
    assert [[(one["is_open"], one["awaits_own"]) for one in came] for came in revotes] == [
        [(True, True)] * 2,
        [(False, False)] * 3,
    ]


async def test_other_change_of_the_event_makes_its_tablets_look_again(connection: Connection, pool: Pool) -> None:
    """A revision without an entry, such as a withdrawal or an amendment, may change anything: it is fetched."""
    contest = await found_contest(connection)
    here = Hall(pool, Shelf(), now=clock.now)
    line = await here.join(contest.judges[0], await tablet_at(connection, contest.judges[0]))
    async with running(here.run):
        await connection.execute("UPDATE event SET revision = revision + 1")
        await here.poll(connection)
        assert await rung(line) == [{"type": "look_again"}]


async def test_fault_in_one_event_does_not_stop_the_hall(
    connection: Connection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When sheets cannot be made, their tablets are told to look again, and the next change is told as ever."""
    contest = await found_contest(connection)
    shelf, here = Shelf(), Hall(pool, Shelf(), now=clock.now)
    sheet_id = contest.sheet(contest.codes[0], "T1", 0)
    line = await here.join(contest.judges[0], await tablet_at(connection, contest.judges[0]))

    async def fail(*_: Any, **__: Any) -> tuple[OwnSheet, ...]:
        raise RuntimeError

    async with running(here.run):
        with monkeypatch.context() as broken:
            broken.setattr(rounds, "own_sheets", fail)
            await record(connection, shelf, contest, contest.judges[0], mark(sheet_id, "T1.1", "80"))
            here.moved(contest.event_id)
            assert await rung(line) == [{"type": "look_again"}]
        await record(connection, shelf, contest, contest.judges[0], mark(sheet_id, "T1.1", "81"))
        here.moved(contest.event_id)
        assert [one["type"] for one in await rung(line)] == ["sheets"]


async def test_round_that_the_database_cut_short_is_done_again(
    connection: Connection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was to be told when the database went away is told as soon as it is back."""
    monkeypatch.setattr(hall, "RETRY_SECONDS", 0.05)
    contest = await found_contest(connection)
    here, tries = Hall(pool, Shelf(), now=clock.now), []
    sheet_id = contest.sheet(contest.codes[0], "T1", 0)
    line = await here.join(contest.judges[0], await tablet_at(connection, contest.judges[0]))

    async def stumble(*given: Any, **named: Any) -> tuple[OwnSheet, ...]:
        tries.append(given)
        if len(tries) < 3:
            raise ConnectionResetError
        return await own_sheets(*given, **named)

    monkeypatch.setattr(rounds, "own_sheets", stumble)
    async with running(here.run):
        await record(connection, Shelf(), contest, contest.judges[0], mark(sheet_id, "T1.1", "80"))
        here.moved(contest.event_id)
        assert [one["sheets"][0]["id"] for one in await rung(line, 3)] == [str(sheet_id)]


async def test_desk_sees_the_tablets_of_an_event(connection: Connection, pool: Pool) -> None:
    """Connected ones first, with what they say now; the others as they were last; those taken out of use while it matters."""
    contest = await found_contest(connection)
    [first, second] = contest.judges
    sheet_id, now = contest.sheet(contest.codes[0], "T1", 0), datetime.now(UTC)
    here = Hall(pool, Shelf(), now=lambda: now)
    names = ("connected", "gone", "revoked", "long revoked", "long revoked with marks")
    devices = {name: await tablet_at(connection, second if name == "gone" else first, name) for name in names}
    stranger = Person(id=await access.add_account(connection, "Z", "judge", now=NOW), role="judge", name="Z")
    await tablet_at(connection, stranger, "of no panel")
    await connection.execute("UPDATE device SET revoked_at = $1 WHERE name = 'revoked'", now)
    await connection.execute("UPDATE device SET revoked_at = $1 WHERE name LIKE 'long%'", now - timedelta(days=2))
    said = status(queued=2, clock=now - timedelta(minutes=3), sheet_id=sheet_id, on_tablet={sheet_id: 2})
    notes = {"gone": said, "long revoked": status(), "long revoked with marks": said}
    for name, note in notes.items():
        tablet = HallTablet(devices[name], second if name == "gone" else first)
        tablet.status, tablet.heard_at = note, now - timedelta(hours=1)
        here.notes.part_from(tablet)
    await here.notes.write()
    here.heard((await here.join(first, devices["connected"])).tablet, said)
    seen = await tablets_of(connection, here, contest.event_id)
    by_name = {line.name: line for line in seen}
    assert seen[0].is_connected
    assert set(by_name) == {"connected", "gone", "revoked", "long revoked with marks"}
    assert by_name["connected"] == TabletLine(
        device_id=devices["connected"], name="connected", judge_id=first.id, judge=first.name, is_connected=True,
        is_revoked=False, last_seen_at=now, status=said, skew_seconds=-180, code=contest.codes[0], sub_criterion="T1",
        is_shared=False,
    )  # fmt: skip
    assert by_name["gone"] == TabletLine(
        device_id=devices["gone"], name="gone", judge_id=second.id, judge=second.name, is_connected=False, is_revoked=False,
        last_seen_at=now - timedelta(hours=1), status=said, skew_seconds=3420, code=None, sub_criterion=None, is_shared=False,
    )  # fmt: skip
    assert by_name["revoked"].is_revoked


async def test_tablets_at_two_servers_know_of_each_other(connection: Connection, pool: Pool) -> None:
    """The desk of either server sees both as connected, and both are warned while they have one sheet open."""
    contest = await found_contest(connection)
    judge, sheet_id = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    devices = {name: await tablet_at(connection, judge, name) for name in ("one", "other")}
    here, there = (Hall(pool, Shelf(), now=clock.now) for _ in range(2))
    ours, theirs = await here.join(judge, devices["one"]), await there.join(judge, devices["other"])
    for each, line in ((here, ours), (there, theirs)):
        each.heard(line.tablet, status(sheet_id=sheet_id))
        await each.notes.write()
    async with running(here.run, there.run):
        for each in (here, there):
            each.notice(HallNotice(event_id=contest.event_id, what="tablet", id=None))
        assert [one["tablets"] for one in await rung(ours)] == [["other"]]
        assert [one["tablets"] for one in await rung(theirs)] == [["one"]]
    seen = [await tablets_of(connection, each, contest.event_id) for each in (here, there)]
    assert [{(line.name, line.is_connected, line.is_shared) for line in lines} for lines in seen] == [
        {("one", True, True), ("other", True, False)},
        {("one", True, False), ("other", True, True)},
    ]


async def test_tablet_of_a_server_that_died_is_gone(connection: Connection, pool: Pool) -> None:
    """What nobody has written down for a while is connected to no server; who lost a tablet says nothing against who has it now."""
    contest = await found_contest(connection)
    judge, began = contest.judges[0], clock.now()
    device_id = await tablet_at(connection, judge)
    late = Hall(pool, Shelf(), now=lambda: began + timedelta(minutes=2))
    here, there = (Hall(pool, Shelf(), now=(began + timedelta(seconds=after)).replace) for after in (0, 1))
    for each in (here, there):
        each.heard((await each.join(judge, device_id)).tablet, status())
    await there.notes.write()
    [lost] = [line.tablet for line in tuple(here._tablets[device_id].lines)]
    lost.lines.clear()
    here.notes.part_from(lost)
    await here.notes.write()
    elsewhere = Hall(pool, Shelf(), now=lambda: began + timedelta(seconds=5))
    for hall_then, is_connected in ((elsewhere, True), (late, False)):
        [line] = await tablets_of(connection, hall_then, contest.event_id)
        assert line.is_connected == is_connected


async def test_sheet_of_another_is_not_named_to_the_desk(connection: Connection, pool: Pool) -> None:
    """A tablet that claims to have a sheet open that is not its judge's is shown without."""
    contest = await found_contest(connection)
    here = Hall(pool, Shelf(), now=clock.now)
    line = await here.join(contest.judges[0], await tablet_at(connection, contest.judges[0]))
    here.heard(line.tablet, status(sheet_id=contest.sheet(contest.codes[0], "B1", 1)))
    [shown] = await tablets_of(connection, here, contest.event_id)
    assert (shown.code, shown.sub_criterion) == (None, None)


async def test_tablet_that_goes_from_page_to_page_is_not_gone(
    connection: Connection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only when no new line was opened for a while the tablet has left; what it said last is then written down at once."""
    monkeypatch.setattr(hall, "PARTING_SECONDS", 0.1)
    monkeypatch.setattr(hall_notes, "LOOK_SECONDS", 60)
    contest = await found_contest(connection)
    here = Hall(pool, Shelf(), now=clock.now)
    device_id = await tablet_at(connection, contest.judges[0])
    async with running(here.notes.run):
        first = await here.join(contest.judges[0], device_id)
        here.heard(first.tablet, status(queued=1))
        here.leave(first)
        second = await here.join(contest.judges[0], device_id)
        await asyncio.sleep(0.2)
        assert (here.tablet(device_id), await connection.fetchval("SELECT count(*) FROM device_status")) == (
            first.tablet,
            0,
        )
        here.leave(second)
        async with asyncio.timeout(10):
            while await connection.fetchval("SELECT count(*) FROM device_status") == 0:  # noqa: ASYNC110 - tells by a row alone
                await asyncio.sleep(0.02)
    assert here.tablet(device_id) is None


async def test_notice_about_one_tablet_puts_only_that_in_doubt(connection: Connection, pool: Pool) -> None:
    """Whether a tablet is still welcome is asked when somebody says so of it, or of all."""
    contest = await found_contest(connection)
    here = Hall(pool, Shelf(), now=clock.now)
    devices = [await tablet_at(connection, judge) for judge in contest.judges]
    joined = [await here.join(judge, device) for judge, device in zip(contest.judges, devices, strict=True)]
    here.notice(HallNotice(event_id=None, what="device", id=devices[1]))
    assert [line.doubt.is_set() for line in joined] == [False, True]
    here.notice(HallNotice(event_id=None, what="device", id=None))
    assert [line.doubt.is_set() for line in joined] == [True, True]
