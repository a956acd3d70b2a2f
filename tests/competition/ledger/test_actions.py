"""Writing to the ledger over a real database: what the roles may do, who writes when, and what is kept between transactions."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from competition.ledger import store
from competition.ledger.actions import MOST_WORDS, NoScheme, WordsCannotBeKept, read_book, restate, writing
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, DatabaseRole, open_pool
from competition.plumbing.listening import REVISIONS
from competition.registration.actions import set_entrant_status
from schemas.base import canonical
from schemas.marks import GENESIS, PenaltyGiven
from schemas.problems import NotFound
from tests.house import (
    NOW,
    Contest,
    add_person,
    findings,
    found_contest,
    found_event,
    mark,
    marks_for,
    recomputed_standings,
    record,
    stored_standings,
)

LEDGER_CHANGES = (
    "UPDATE ledger SET body = body",
    "DELETE FROM ledger",
    "TRUNCATE ledger CASCADE",
    "DROP TABLE ledger CASCADE",
    "ALTER TABLE ledger DISABLE TRIGGER ALL",
)


@asynccontextmanager
async def connected(dsn: str, role: DatabaseRole | None = None) -> AsyncIterator[Connection]:
    """A connection of the owner, or of one of the two roles exactly as the server opens it."""
    if role is None:
        owner = await asyncpg.connect(dsn)
        try:
            yield owner
        finally:
            await owner.close()
        return
    async with await open_pool(dsn, role, most=1) as pool, pool.acquire() as connection:
        yield connection


# Rights ---------------------------------------------------------------------------------------------------------------


async def test_the_application_can_only_append_to_the_ledger(dsn: str, connection: Connection) -> None:
    """As the server's own role nothing in the ledger can be changed or removed, and no trigger switched off."""
    contest = await _with_one_mark(connection)
    async with connected(dsn, "leitai_app") as server:
        for statement in LEDGER_CHANGES:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await server.execute(statement)
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 1
    assert await findings(connection, contest) == ()


async def test_the_application_does_not_shed_its_role(dsn: str, connection: Connection) -> None:
    """RESET, which pools send between two uses of a connection, leads back to the role and not to the owner."""
    await _with_one_mark(connection)
    async with connected(dsn, "leitai_app") as server:
        for statement in ("RESET ROLE", "RESET ALL"):
            await server.execute(statement)
            assert await server.fetchval("SELECT current_user") == "leitai_app"
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await server.execute("DELETE FROM ledger")


async def test_the_application_cannot_rewrite_what_was_declared(connection: Connection) -> None:
    """Records, publications, checkpoints and draws are kept for good, like the ledger."""
    for table, column in (("audit", "at"), ("publication", "body"), ("checkpoint", "at"), ("draw", "body")):
        for statement in (f"UPDATE {table} SET {column} = NULL", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_even_the_owner_is_refused_by_the_ledger(dsn: str, connection: Connection) -> None:
    """Whoever owns the database and changes an entry by hand is stopped by the trigger."""
    await _with_one_mark(connection)
    async with connected(dsn) as owner:
        for statement in LEDGER_CHANGES[:3]:
            with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
                await owner.execute(statement)
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 1


BOARD_MAY_NOT = (
    "SELECT document_sealed FROM entrant",
    "SELECT document_digest FROM entrant",
    "SELECT document_masked FROM entrant",
    "SELECT phone_sealed FROM entrant",
    "SELECT phone_masked FROM entrant",
    "SELECT photo FROM entrant",
    "SELECT * FROM entrant",
    "SELECT name FROM account",
    "SELECT pin_hash FROM account",
    "SELECT body FROM ledger",
    "SELECT count(*) FROM ledger",
    "SELECT id FROM score_sheet",
    "SELECT seed FROM draw",
    "SELECT token_digest FROM sign_in",
    "SELECT token_digest FROM device",
    "SELECT detail FROM audit",
    "UPDATE standing SET total = 0",
    "DELETE FROM board",
    "INSERT INTO board (id, event_id, title_zh, title_en, created_at) SELECT 'x', event_id, '', '', now() FROM board",
)


async def test_a_board_reads_only_what_boards_are_made_of(dsn: str, connection: Connection) -> None:
    """No document, phone, account, mark or session can reach a board's process, and it writes nothing."""
    contest = await _with_one_mark(connection)
    async with connected(dsn, "leitai_board") as board:
        for statement in BOARD_MAY_NOT:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await board.execute(statement)
        await board.execute("RESET ROLE")
        assert await board.fetchval("SELECT current_user") == "leitai_board"
        assert {row["entrant_id"] for row in await board.fetch("SELECT * FROM standing")} == set(
            contest.entrants.values()
        )
        assert {row["name"] for row in await board.fetch("SELECT id, event_id, number, name FROM entrant")} == set(
            contest.names.values()
        )


# One entry ------------------------------------------------------------------------------------------------------------


async def test_an_entry_is_written_whole_with_standings_head_and_notice(dsn: str, connection: Connection) -> None:
    """One transaction: the entry with its link, the standings, the event's head, the scheme's lock, and a word to the boards."""
    contest, shelf = await found_contest(connection), Shelf()
    before = await store.head_of(connection, contest.event_id)
    assert before is not None
    heard: asyncio.Queue[object] = asyncio.Queue()
    penalty = _late(contest, contest.codes[0])
    async with connected(dsn) as listener:
        await listener.add_listener(REVISIONS, lambda *told: heard.put_nowait(told[-1]))
        async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
            assert pen.add(penalty) == 1
            assert heard.empty()
        told = await asyncio.wait_for(heard.get(), 5)
    link = hashlib.sha256(GENESIS + (1).to_bytes(8, "big") + canonical(penalty)).digest()
    rows = [tuple(row) for row in await connection.fetch("SELECT * FROM ledger")]
    revision = before.revision + 1
    assert told == str(contest.event_id)
    assert rows == [
        (
            contest.event_id,
            1,
            penalty.id,
            "penalty",
            penalty.entrant_id,
            revision,
            canonical(penalty).decode(),
            link,
        )
    ]
    assert await store.head_of(connection, contest.event_id) == store.Head(revision=revision, position=1, digest=link)
    assert await connection.fetchval("SELECT locked_at FROM scheme") == NOW
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_nothing_added_is_nothing_written(connection: Connection) -> None:
    """A pen that is put down without a word makes no revision; one that announces makes one without an entry."""
    contest, shelf = await found_contest(connection), Shelf()
    before = await store.head_of(connection, contest.event_id)
    assert before is not None
    async with writing(connection, shelf, contest.event_id, now=NOW):
        pass
    assert await store.head_of(connection, contest.event_id) == before
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.announce(is_shown=True)
    assert await store.head_of(connection, contest.event_id) == store.Head(
        revision=before.revision + 1, position=0, digest=GENESIS
    )
    assert await connection.fetchval("SELECT locked_at FROM scheme") is None


async def test_words_that_cannot_be_kept_are_refused(connection: Connection) -> None:
    """A reason with a NUL, a control character or a novel in it would spoil every page that reads it later."""
    contest, shelf = await found_contest(connection), Shelf()
    for words in ("迟到\x00", "\x1b[31m", "x" * (MOST_WORDS + 1)):
        with pytest.raises(WordsCannotBeKept):
            async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
                pen.add(_late(contest, contest.codes[0], reason=words))
    assert await store.entries(connection, contest.event_id) == ()


async def test_words_of_several_lines_and_scripts_are_kept_as_they_are(connection: Connection) -> None:
    """Line breaks, emoji, rare hanzi and right-to-left names come back exactly."""
    contest, shelf = await found_contest(connection), Shelf()
    words = "第一行\r\n\t=HYPERLINK('x') <script> 𠮷👷 שלום \\u0000"
    penalty = _late(contest, contest.codes[0], reason=words)
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.add(penalty)
    assert await store.entries(connection, contest.event_id) == (penalty,)
    assert await findings(connection, contest) == ()


async def test_an_event_that_is_none_or_has_no_scheme_is_not_written(connection: Connection) -> None:
    """There is nothing to write into, and both times the refusal says which; of who competes without a scheme boards are told."""
    event_id, shelf = await found_event(connection, await add_person(connection, "organiser")), Shelf()
    with pytest.raises(NoScheme):
        async with writing(connection, shelf, event_id, now=NOW):
            pass
    with pytest.raises(NotFound):
        async with writing(connection, shelf, new_id(), now=NOW):
            pass
    with pytest.raises(NotFound):
        await read_book(connection, shelf, new_id())
    await restate(connection, shelf, event_id)
    counters = await connection.fetchrow("SELECT revision, shown, ledger_position FROM event")
    assert tuple(counters or ()) == (1, 1, 0)


# Books that are kept --------------------------------------------------------------------------------------------------


async def test_two_processes_writing_in_turn_keep_equal_books(dsn: str, connection: Connection) -> None:
    """Two servers, each with a shelf of its own, write to one event: one ledger that verifies, and the same book in both."""
    contest, shelves = await found_contest(connection), (Shelf(), Shelf())
    async with connected(dsn, "leitai_app") as other:
        connections = (connection, other)
        for turn, (person, command) in enumerate(pair for code in contest.codes for pair in marks_for(contest, code)):
            await record(connections[turn % 2], shelves[turn % 2], contest, person, command)
        first, second = [await read_book(connections[place], shelves[place], contest.event_id) for place in (0, 1)]
    fresh = await read_book(connection, Shelf(), contest.event_id)
    assert first == second == fresh
    assert first.position == 21
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_writers_at_the_same_time_take_turns(dsn: str, connection: Connection) -> None:
    """Twelve writers of two processes at once: every entry has its own position and revision, and all of it verifies."""
    contest, shelves = await found_contest(connection), (Shelf(), Shelf())
    before = (await read_book(connection, Shelf(), contest.event_id)).revision
    async with await open_pool(dsn, "leitai_app", most=6) as pool:

        async def write(number: int) -> int:
            code = contest.codes[number % 3]
            async with pool.acquire() as own, writing(own, shelves[number % 2], contest.event_id, now=NOW) as pen:
                pen.add(_late(contest, code, occurrences=number))
                return pen.revision

        revisions = await asyncio.gather(*(write(number) for number in range(12)))
    assert sorted(revisions) == [before + number for number in range(1, 13)]
    positions = await connection.fetch("SELECT position, revision FROM ledger ORDER BY position")
    assert [tuple(row) for row in positions] == [(number, before + number) for number in range(1, 13)]
    assert await findings(connection, contest) == ()


async def test_a_failed_transaction_leaves_no_book(connection: Connection) -> None:
    """What was never committed is neither in the database nor on the shelf, and the next entry takes its place."""
    contest, shelf = await found_contest(connection), Shelf()
    before = await read_book(connection, shelf, contest.event_id)

    async def fail() -> None:
        async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
            pen.add(_late(contest, contest.codes[0]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await read_book(connection, shelf, contest.event_id) is before
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        assert pen.add(_late(contest, contest.codes[1])) == 1
    assert await read_book(connection, shelf, contest.event_id) == await read_book(
        connection, Shelf(), contest.event_id
    )
    assert await findings(connection, contest) == ()


async def test_a_write_that_the_database_refuses_leaves_no_book(connection: Connection) -> None:
    """An id that the ledger has already fails the statement; the kept book stays that of the database."""
    contest, shelf = await found_contest(connection), Shelf()
    first = _late(contest, contest.codes[0])
    async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.add(first)
    with pytest.raises(asyncpg.UniqueViolationError):
        async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
            pen.add(first)
    assert await read_book(connection, shelf, contest.event_id) == await read_book(
        connection, Shelf(), contest.event_id
    )
    assert await findings(connection, contest) == ()


async def test_a_book_written_inside_another_transaction_is_kept_by_nobody(connection: Connection) -> None:
    """Standings stated inside a larger change that is rolled back in the end leave the shelf as it was."""
    contest, shelf = await found_contest(connection), Shelf()
    before = await read_book(connection, shelf, contest.event_id)

    async def fail() -> None:
        async with connection.transaction():
            await restate(connection, shelf, contest.event_id)
            async with writing(connection, shelf, contest.event_id, now=NOW) as pen:
                pen.add(_late(contest, contest.codes[0]))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await read_book(connection, shelf, contest.event_id) is before
    async with connection.transaction(), writing(connection, shelf, contest.event_id, now=NOW) as pen:
        pen.add(_late(contest, contest.codes[0]))
    after = await read_book(connection, shelf, contest.event_id)
    assert (after.revision, after.position) == (before.revision + 1, 1)
    assert await findings(connection, contest) == ()


async def test_a_withdrawn_entrant_leaves_the_standings_and_may_come_back(connection: Connection) -> None:
    """Who is not marked may withdraw: the row goes, a mark that still comes is kept without effect, and all else stays right."""
    contest, shelf = await found_contest(connection), Shelf()
    gone = contest.entrants[contest.codes[0]]
    for code in contest.codes[1:]:
        await record(connection, shelf, contest, contest.judges[0], mark(contest.sheet(code, "T1", 0), "T1.1", "80"))
    complete = await stored_standings(connection, contest)
    await set_entrant_status(connection, gone, "withdrawn", reason="伤病", actor_id=None, now=NOW)
    await restate(connection, shelf, contest.event_id)
    assert {
        entrant_id: standing.rank for entrant_id, standing in (await stored_standings(connection, contest)).items()
    } == {
        contest.entrants[contest.codes[1]]: 1,
        contest.entrants[contest.codes[2]]: 1,
    }
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    await record(connection, shelf, contest, contest.judges[0], mark(sheet, "T1.1", "1"))
    assert gone not in await stored_standings(connection, contest)
    await set_entrant_status(connection, gone, "eligible", actor_id=None, now=NOW)
    await restate(connection, shelf, contest.event_id)
    back = await stored_standings(connection, contest)
    assert {entrant_id: standing.rank for entrant_id, standing in back.items()} == {
        entrant_id: standing.rank for entrant_id, standing in complete.items()
    }
    assert await read_book(connection, shelf, contest.event_id) == await read_book(
        connection, Shelf(), contest.event_id
    )
    assert await findings(connection, contest) == ()


async def _with_one_mark(connection: Connection) -> Contest:
    contest = await found_contest(connection)
    sheet = contest.sheet(contest.codes[0], "T1", 0)
    await record(connection, Shelf(), contest, contest.judges[0], mark(sheet, "T1.1", "80"))
    return contest


def _late(contest: Contest, code: str, *, occurrences: int = 1, reason: str = "迟到") -> PenaltyGiven:
    return PenaltyGiven(
        id=new_id(),
        entrant_id=contest.entrants[code],
        penalty="late",
        occurrences=occurrences,
        by=contest.chief.id,
        reason=reason,
        recorded_at=NOW,
    )
