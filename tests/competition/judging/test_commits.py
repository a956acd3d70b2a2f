"""Shared commits: what comes while one commit is in flight goes into the next, and nobody pays for a neighbour."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from competition.judging import rules
from competition.judging.commits import MOST_MARKS_PER_COMMIT, MOST_MARKS_WAITING, SharedCommits
from competition.ledger.actions import NoScheme
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, Pool, open_pool
from schemas.access import Person
from schemas.marks import Receipt, RecordMark
from schemas.problems import Busy, NotFound
from tests.house import (
    Contest,
    add_person,
    findings,
    found_contest,
    found_event,
    mark,
    marks_for,
    receipt_of,
    recomputed_standings,
    sent,
    stored_standings,
)

PAUSE = 0.05
"""Seconds in which a writer that can go on does."""
NEVER = 30
"""Seconds after which an answer that has not come will not come."""


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """The pool that the server would use over this test's database."""
    async with await open_pool(dsn, "leitai_app", most=10) as pool:
        yield pool


@pytest.fixture
async def owner(dsn: str) -> AsyncIterator[Connection]:
    """A connection of whoever owns the database."""
    owner = await asyncpg.connect(dsn)
    yield owner
    await owner.close()


@asynccontextmanager
async def held(owner: Connection, event_id: UUID) -> AsyncIterator[None]:
    """Within the block the event is locked by somebody else, so that nothing can be committed for it."""
    async with owner.transaction():
        await owner.execute("SELECT FROM event WHERE id = $1 FOR UPDATE", event_id)
        yield


async def settled(*submissions: Awaitable[Any], return_exceptions: bool = False) -> list[Any]:
    """What becomes of these submissions; it is a fault when one of them is never told."""
    return await asyncio.wait_for(asyncio.gather(*submissions, return_exceptions=return_exceptions), NEVER)


async def test_many_submitters_share_few_commits(connection: Connection, pool: Pool) -> None:
    """168 requests of 168 marks at once take a handful of transactions, and each gets its own receipt."""
    contest = await found_contest(connection, entrants=24)
    commits = SharedCommits(pool, Shelf())
    made = [pair for code in contest.codes for pair in marks_for(contest, code)]
    outcomes = await settled(*(commits.submit(contest.event_id, sent(*pair)) for pair in made))
    receipts = [receipt_of(outcome) for [outcome] in outcomes]
    assert [receipt.id for receipt in receipts] == [command.id for _, command in made]
    assert sorted(receipt.position for receipt in receipts) == list(range(1, 169))
    assert len({receipt.revision for receipt in receipts}) <= 3
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_a_lone_mark_is_committed_at_once(connection: Connection, pool: Pool) -> None:
    """One after the other, each in a transaction of its own: nobody waits for company."""
    contest = await found_contest(connection)
    commits = SharedCommits(pool, Shelf())
    receipts = [
        receipt_of((await commits.submit(contest.event_id, sent(*pair)))[0])
        for pair in marks_for(contest, contest.codes[0])
    ]
    first = receipts[0].revision
    assert [(receipt.position, receipt.revision) for receipt in receipts] == [
        (number + 1, first + number) for number in range(7)
    ]


async def test_what_waits_is_committed_in_order_and_in_bounded_batches(
    connection: Connection, pool: Pool, owner: Connection
) -> None:
    """Behind a slow commit 2,500 marks gather; they go in batches of a thousand, in the order they came."""
    contest = await found_contest(connection)
    commits, judge = SharedCommits(pool, Shelf()), contest.judges[0]
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    requests = [[mark(sheet, "T1.1", "80")]] + [[mark(sheet, "T1.1", "80") for _ in range(500)] for _ in range(5)]
    async with held(owner, contest.event_id):
        waiting = [asyncio.create_task(commits.submit(contest.event_id, sent(judge, *marks))) for marks in requests]
        await asyncio.sleep(PAUSE)
    receipts = [receipt_of(outcome) for outcomes in await settled(*waiting) for outcome in outcomes]
    assert [receipt.position for receipt in receipts] == list(range(1, 2502))
    first = receipts[0].revision
    shared = Counter(receipt.revision - first for receipt in receipts)
    assert shared == {0: MOST_MARKS_PER_COMMIT + 1, 1: MOST_MARKS_PER_COMMIT, 2: 500}
    assert await findings(connection, contest) == ()


async def test_a_poisoned_request_fails_alone(connection: Connection, pool: Pool, owner: Connection) -> None:
    """One request that the database refuses fails with its own error; all that shared its commit are durable."""
    contest = await found_contest(connection)
    commits = SharedCommits(pool, Shelf())
    made = [pair for code in contest.codes for pair in marks_for(contest, code)]
    poisoned = made[10][1].id
    await _poison(owner, poisoned)
    outcomes = await settled(*(commits.submit(contest.event_id, sent(*pair)) for pair in made), return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {tuple: 20, asyncpg.RaiseError: 1}
    assert isinstance(outcomes[10], asyncpg.RaiseError)
    assert await _ids(connection) == {command.id for _, command in made if command.id != poisoned}
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()
    await owner.execute("DROP TRIGGER poison ON ledger")
    [again] = await commits.submit(contest.event_id, sent(*made[10]))
    assert receipt_of(again).position == 21


async def test_a_cancelled_request_loses_neither_its_neighbours_nor_its_marks(
    connection: Connection, pool: Pool, owner: Connection
) -> None:
    """A tablet that goes away while it waits: its neighbours get their receipts, and its own mark is there when it comes back."""
    contest = await found_contest(connection)
    commits = SharedCommits(pool, Shelf())
    made = marks_for(contest, contest.codes[0])
    async with held(owner, contest.event_id):
        waiting = [asyncio.create_task(commits.submit(contest.event_id, sent(*pair))) for pair in made]
        await asyncio.sleep(PAUSE)
        for gone in (0, 3):
            waiting[gone].cancel()
        await asyncio.sleep(0)
    outcomes = await settled(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        asyncio.CancelledError if place in {0, 3} else tuple for place in range(7)
    ]
    assert await _ids(connection) == {command.id for _, command in made}
    [again] = await commits.submit(contest.event_id, sent(*made[3]))
    assert receipt_of(again).id == made[3][1].id
    assert len(await _ids(connection)) == 7
    assert await findings(connection, contest) == ()


async def test_too_much_waiting_is_told_to_come_again(connection: Connection, pool: Pool, owner: Connection) -> None:
    """With 20,000 marks waiting the next is refused as busy, while what waits is answered and the event goes on."""
    contest = await found_contest(connection)
    commits, judge = SharedCommits(pool, Shelf()), contest.judges[0]
    nowhere = [mark(new_id(), "T1.1", "80") for _ in range(500)]
    last = mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80")
    async with held(owner, contest.event_id):
        first = asyncio.create_task(commits.submit(contest.event_id, sent(judge, nowhere[0])))
        await asyncio.sleep(PAUSE)
        waiting = [
            asyncio.create_task(commits.submit(contest.event_id, sent(judge, *nowhere)))
            for _ in range(MOST_MARKS_WAITING // 500)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await commits.submit(contest.event_id, sent(judge, last))
    outcomes = [*await first, *(outcome for row in await settled(*waiting) for outcome in row)]
    assert Counter(type(outcome) for outcome in outcomes) == {rules.NoSuchSheet: MOST_MARKS_WAITING + 1}
    [taken] = await commits.submit(contest.event_id, sent(judge, last))
    assert receipt_of(taken).position == 1


async def test_one_request_carries_five_hundred_marks_at_most(connection: Connection, pool: Pool) -> None:
    """A mark too many and the whole request is sent back before anything is queued."""
    contest = await found_contest(connection)
    commits, judge = SharedCommits(pool, Shelf()), contest.judges[0]
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    with pytest.raises(rules.TooManyMarks) as refused:
        await commits.submit(contest.event_id, sent(judge, *(mark(sheet, "T1.1", "80") for _ in range(501))))
    assert (refused.value.status, refused.value.data) == (413, {"most": 500})
    assert await _ids(connection) == set()
    assert await commits.submit(contest.event_id, sent(judge)) == ()
    outcomes = await commits.submit(contest.event_id, sent(judge, *(mark(sheet, "T1.1", "80") for _ in range(500))))
    assert [isinstance(outcome, Receipt) for outcome in outcomes] == [True] * 500


async def test_a_lost_database_is_told_to_all_at_once_and_loses_nothing(
    connection: Connection, pool: Pool, owner: Connection
) -> None:
    """The connection dies under a commit of twenty requests: all are told to come again, and then each is recorded once."""
    contest = await found_contest(connection)
    commits = SharedCommits(pool, Shelf())
    made = [pair for code in contest.codes for pair in marks_for(contest, code)]

    async def submit_all() -> list[Any]:
        return await settled(*(commits.submit(contest.event_id, sent(*pair)) for pair in made), return_exceptions=True)

    async with held(owner, contest.event_id):
        everybody = asyncio.create_task(submit_all())
        killed = 0
        while not everybody.done():
            killed += await _kill_waiting(owner)
            await asyncio.sleep(0.01)
    assert [type(outcome) for outcome in everybody.result()] == [Busy] * 21
    assert killed <= 3
    assert await _ids(connection) == set()
    outcomes = await submit_all()
    assert [type(outcome) for outcome in outcomes] == [tuple] * 21
    assert await _ids(connection) == {command.id for _, command in made}
    assert await findings(connection, contest) == ()


async def test_events_do_not_wait_for_each_other(connection: Connection, pool: Pool, owner: Connection) -> None:
    """While one event's commit hangs, another's marks are acknowledged."""
    slow, other = await found_contest(connection), await found_contest(connection)
    commits = SharedCommits(pool, Shelf())
    async with held(owner, slow.event_id):
        hanging = asyncio.create_task(commits.submit(slow.event_id, sent(*_first(slow))))
        [taken] = await commits.submit(other.event_id, sent(*_first(other)))
        assert receipt_of(taken).position == 1
        assert not hanging.done()
    assert receipt_of((await hanging)[0]).position == 1


async def test_an_event_that_cannot_be_marked_says_why_to_each(connection: Connection, pool: Pool) -> None:
    """No event, or one without a scheme: everybody who asked hears the reason, and the queue goes on."""
    judge = await add_person(connection, "judge")
    event_id = await found_event(connection, await add_person(connection, "organiser"))
    commits = SharedCommits(pool, Shelf())
    for place, problem in ((new_id(), NotFound), (event_id, NoScheme)):
        outcomes = await settled(
            *(commits.submit(place, sent(judge, mark(new_id(), "T1.1", "80"))) for _ in range(3)),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [problem] * 3


async def test_closing_waits_for_what_is_on_its_way(connection: Connection, pool: Pool, owner: Connection) -> None:
    """A server that stops answers whoever waits already."""
    contest = await found_contest(connection)
    commits = SharedCommits(pool, Shelf())
    async with held(owner, contest.event_id):
        waiting = [
            asyncio.create_task(commits.submit(contest.event_id, sent(*pair)))
            for pair in marks_for(contest, contest.codes[0])
        ]
        await asyncio.sleep(PAUSE)
        closing = asyncio.create_task(commits.close())
        await asyncio.sleep(PAUSE)
        assert not closing.done()
    await closing
    assert all([receipt_of((await task)[0]).id for task in waiting])
    assert len(await _ids(connection)) == 7


def _first(contest: Contest) -> tuple[Person, RecordMark]:
    return marks_for(contest, contest.codes[0])[0]


async def _poison(owner: Connection, mark_id: UUID) -> None:
    """Let the database refuse one entry, as a full disk or a fault of ours might."""
    await owner.execute(
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$"
    )
    await owner.execute(
        f"CREATE TRIGGER poison BEFORE INSERT ON ledger FOR EACH ROW WHEN (NEW.id = '{mark_id}') EXECUTE FUNCTION poison()"
    )


async def _kill_waiting(owner: Connection) -> int:
    """End every connection of the application that waits for a lock, as a restart of the database would."""
    killed = await owner.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'leitai leitai_app'"
    )
    return len(killed)


async def _ids(connection: Connection) -> set[UUID]:
    return {row["id"] for row in await connection.fetch("SELECT id FROM ledger")}
