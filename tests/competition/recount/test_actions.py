"""A recount stands between the results and their becoming official."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from competition.ledger.actions import read_book
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.recount.actions import ResultsDiffer, check_recount, recount
from competition.results.actions import publish
from schemas.base import Text
from schemas.results import Publication, PublicationStatus
from tests.house import NOW, Contest, found_contest, mark_all, seal_all


@pytest.fixture
async def intruder(dsn: str) -> AsyncIterator[Connection]:
    """A connection of the database's owner, for whom no trigger stands in the way."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


async def signed_contest(connection: Connection, shelf: Shelf) -> Contest:
    """Three entrants, all marked and signed, with 88.17 each."""
    contest = await found_contest(connection)
    await mark_all(connection, shelf, contest)
    await seal_all(connection, shelf, contest)
    return contest


async def made_public(connection: Connection, shelf: Shelf, contest: Contest, status: PublicationStatus) -> Publication:
    """A publication of the results as they stand."""
    return await publish(connection, shelf, contest.event_id, status, person=contest.organiser, now=NOW)


async def test_results_on_which_both_agree_become_official(connection: Connection) -> None:
    """The official list has the figures of the recount."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    await made_public(connection, shelf, contest, "provisional")
    official = await made_public(connection, shelf, contest, "official")
    recounted = await recount(connection, contest.event_id)
    assert {contest.entrants[row.code]: (row.rank, row.total) for row in official.rows} == {
        one.entrant_id: (one.rank, one.total) for one in recounted.values()
    }


async def test_a_changed_standing_is_named(connection: Connection, intruder: Connection) -> None:
    """Somebody raises a total behind the program's back: what is stored is not what the ledger comes to."""
    contest = await signed_contest(connection, Shelf())
    await intruder.execute("UPDATE standing SET total = 99 WHERE entrant_id = $1", contest.entrants["A02"])
    book = await read_book(connection, Shelf(), contest.event_id)
    with pytest.raises(ResultsDiffer) as refused:
        await check_recount(connection, book, {entrant_id: code for code, entrant_id in contest.entrants.items()})
    told = Text(zh="A02 总分：99 / 88.17", en="A02 total: 99 / 88.17")
    assert refused.value.data == {"count": 1, "first": told}


async def test_a_changed_mark_is_named_by_entrant_and_aspect(connection: Connection, intruder: Connection) -> None:
    """Somebody rewrites a mark that the server has read already: what would become official is not in the ledger."""
    shelf = Shelf()
    contest = await signed_contest(connection, shelf)
    await made_public(connection, shelf, contest, "provisional")
    await _rewrite(intruder, contest.entrants["A03"], '["80"]', '["90"]')
    with pytest.raises(ResultsDiffer) as refused:
        await made_public(connection, shelf, contest, "official")
    assert refused.value.data["first"].en.split("; ")[0] == "A03 aspect T1.1: 80 / 90"
    assert (await recount(connection, contest.event_id))[contest.entrants["A03"]].aspects["T1.1"] == Decimal(90)
    assert await _statuses(connection) == ["provisional"]


async def _rewrite(intruder: Connection, entrant_id: UUID, old: str, new: str) -> None:
    await intruder.execute(
        "UPDATE ledger SET body = replace(body, $2, $3) WHERE entrant_id = $1 AND kind = 'mark'", entrant_id, old, new
    )


async def _statuses(connection: Connection) -> list[str]:
    return [row[0] for row in await connection.fetch("SELECT status FROM publication ORDER BY number")]
