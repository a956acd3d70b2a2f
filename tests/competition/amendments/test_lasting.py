"""What an amendment leaves standing: the lock, the record, other processes' books, and the lists from before it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from competition.exports import findings as say
from competition.exports.findings import version_named
from competition.exports.store import package_of
from competition.exports.verify import verify_database, verify_package
from competition.ledger.actions import read_book, writing
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.results.actions import publish
from competition.schemes.actions import SchemeIsLocked, import_scheme
from schemas.problems import Problem
from schemas.scheme_form import scheme_digest
from tests.competition.amendments.drafts import milder, renamed
from tests.competition.amendments.steps import LATER, amend
from tests.house import (
    Contest,
    findings,
    found_contest,
    mark,
    recomputed_standings,
    record,
    small_scheme,
    stored_standings,
)

# What stands in the way of anything else ------------------------------------------------------------------------------


@pytest.fixture
async def owner(dsn: str) -> AsyncIterator[Connection]:
    """A connection with all rights; triggers hold for it too."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "digest = 'another'",
        'body = body || \'{"code": "other"}\'',
        "locked_at = NULL",
        "locked_at = locked_at + interval '1 day'",
        "(body, digest) = (SELECT body, digest FROM scheme_version WHERE number = 1)",
    ],
)
async def test_locked_scheme_changes_into_nothing_but_the_newest_version(
    connection: Connection, contest: Contest, owner: Connection, change: str
) -> None:
    """Not even the database's owner gives a locked scheme another body, digest or lock, or an older version back."""
    await amend(connection, contest, milder())
    for who in (connection, owner):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await who.execute(f"UPDATE scheme SET {change}")
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await who.execute("DELETE FROM scheme")
    with pytest.raises(SchemeIsLocked):
        await import_scheme(connection, Shelf(), contest.event_id, renamed(), actor_id=None, now=LATER)


async def test_versions_are_never_rewritten(connection: Connection, contest: Contest) -> None:
    """The application may add versions and read them, no more."""
    await amend(connection, contest, milder())
    for statement in ("UPDATE scheme_version SET reason = 'none'", "DELETE FROM scheme_version"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


# Other processes, old lists -------------------------------------------------------------------------------------------


async def test_another_process_sees_the_new_scheme(connection: Connection, contest: Contest) -> None:
    """A server that kept a book by the old scheme reads and writes by the new one; so does the one that applied it."""
    here, there = Shelf(), Shelf()
    for shelf in (here, there):
        assert (await read_book(connection, shelf, contest.event_id)).scheme == small_scheme()
    amended = await amend(connection, contest, milder(), shelf=here)
    for shelf in (here, there):
        async with writing(connection, shelf, contest.event_id, now=LATER) as pen:
            assert (pen.book.scheme, pen.book.scheme_digest) == (milder(), scheme_digest(milder()))
        assert (await read_book(connection, shelf, contest.event_id)).scheme == milder()
    assert await stored_standings(connection, amended) == await recomputed_standings(connection, amended)


async def test_marks_after_it_are_scored_by_it(connection: Connection) -> None:
    """A process with an old book takes the next mark by the new scheme, and the standings follow it alone."""
    contest = await found_contest(connection, entrants=2)
    there, judge = Shelf(), contest.judges[0]
    await record(connection, there, contest, judge, mark(contest.sheet("A01", "A1", 0), "A1.2", "1"))
    amended = await amend(connection, contest, milder())
    await record(connection, there, contest, judge, mark(contest.sheet("A02", "A1", 0), "A1.2", "2"))
    assert await stored_standings(connection, amended) == await recomputed_standings(connection, amended)
    assert await findings(connection, amended) == ()


async def test_old_lists_are_verified_by_the_scheme_they_name(connection: Connection, contest: Contest) -> None:
    """After an amendment the database agrees with itself, and each package carries the scheme its list was made by."""
    shelf = Shelf()
    await publish(connection, shelf, contest.event_id, "provisional", person=contest.organiser, now=LATER)
    await amend(connection, contest, milder(), shelf=shelf)
    await publish(connection, shelf, contest.event_id, "provisional", person=contest.organiser, now=LATER)
    assert await findings(connection, contest) == ()
    packages = [await package_of(connection, contest.event_id, number) for number in (1, 2)]
    assert [package.scheme for package in packages if package] == [small_scheme(), milder()]
    assert [verify_package(package, printed=None).findings for package in packages if package] == [(), ()]


async def test_list_from_before_cannot_become_official(connection: Connection, contest: Contest) -> None:
    """An amendment after the provisional list asks for a new one, even where no figure changed."""
    shelf = Shelf()
    await publish(connection, shelf, contest.event_id, "provisional", person=contest.organiser, now=LATER)
    await amend(connection, contest, renamed())
    with pytest.raises(Problem, match="since list 1"):
        await publish(connection, shelf, contest.event_id, "official", person=contest.organiser, now=LATER)
    await publish(connection, shelf, contest.event_id, "provisional", person=contest.organiser, now=LATER)
    await publish(connection, shelf, contest.event_id, "official", person=contest.organiser, now=LATER)


async def test_rewritten_version_is_found(connection: Connection, contest: Contest, owner: Connection) -> None:
    """A version changed behind the application's back does not have the digest it is kept by."""
    await amend(connection, contest, milder())
    await owner.execute('UPDATE scheme_version SET body = body || \'{"code": "other"}\' WHERE number = 1')
    found = (await verify_database(connection, contest.event_id, printed=None)).findings
    assert [(one.sentence, one.data["stated"]) for one in found] == [
        (
            "{where} states the scheme digest {stated}; the marking scheme comes to {computed}.",
            scheme_digest(small_scheme()),
        )
    ]


def test_checkpoint_of_an_amendment_has_a_name() -> None:
    """What a checkpoint was written down for is said in words."""
    assert say.reason_said("amendment:2") == version_named(2)
