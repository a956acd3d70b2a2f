"""A recount stands between the results and their becoming official."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.ledger.actions import read_book
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.recount.actions import ResultsDiffer, check_recount, recount
from competition.results.actions import publish
from competition.results.store import contenders_of
from schemas.aspects import Rounding
from schemas.base import Text, canonical
from schemas.closing import Advancement, Medals, PercentOfBest, PlacesAward, TeamStanding
from schemas.results import Publication, PublicationStatus
from schemas.scheme import Cut, Scheme
from tests.house import NOW, Contest, found_contest, mark_all, seal_all, small_scheme


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
        one.entrant_id: (one.rank, one.total) for one in recounted.entrants.values()
    }


async def test_a_changed_standing_is_named(connection: Connection, intruder: Connection) -> None:
    """Somebody raises a total behind the program's back: what is stored is not what the ledger comes to."""
    contest = await signed_contest(connection, Shelf())
    await intruder.execute("UPDATE standing SET total = 99 WHERE entrant_id = $1", contest.entrants["A02"])
    book = await read_book(connection, Shelf(), contest.event_id)
    contenders = await contenders_of(connection, contest.event_id)
    with pytest.raises(ResultsDiffer) as refused:
        await check_recount(
            connection, book, contenders, {entrant_id: code for code, entrant_id in contest.entrants.items()}
        )
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
    recounted = await recount(connection, contest.event_id)
    assert recounted.entrants[contest.entrants["A03"]].aspects["T1.1"] == Decimal(90)
    assert await _statuses(connection) == ["provisional"]


def generous_scheme() -> Scheme:
    """The small scheme with everything that can be made of totals; theory cuts off nobody."""
    scheme = small_scheme()
    theory, practice = scheme.stages
    name = Text(zh="名", en="name")
    return msgspec.structs.replace(
        scheme,
        stages=(msgspec.structs.replace(theory, cut=Cut(top=3)), practice),
        scale=PercentOfBest(),
        awards=(PlacesAward(id="first", name=name, count=1), Medals(id="m", names=(name, name, name))),
        teams=(TeamStanding(id="sum", name=name, best=1, rounding=Rounding(places=0)),),
        advancement=Advancement(top=1, substitutes=1),
    )


TEAMS = (("芜湖市代表队", 94), ("马鞍山市代表队", 93), ("合肥市代表队", 88))
ALTERED: tuple[tuple[str, Any, str], ...] = (
    ("scale,rounding,places", 1, "A03 scaled figure: 98.41 / 98.4; A01 scaled figure: 93.63 / 93.6"),
    ("stages,0,cut,top", 2, "A01 cut after: – / theory"),
    ("awards,0,count", 2, "A03 awards: m:gold / first, m:gold"),
    ("awards,1,window", "0", "A03 awards: m:gold / m:silver"),
    ("advancement,top", 2, "A03 going on: substitute / yes; A01 going on: no / substitute"),
    ("teams,0,fewest", 2, "; ".join(f"{name} figure in the team standing sum: {figure} / –" for name, figure in TEAMS)),
)
"""Where the stored scheme is altered, to what, and what the refusal names."""


async def test_whatever_is_made_of_the_totals_is_recounted(connection: Connection, intruder: Connection) -> None:
    """Somebody alters a rule in the stored scheme: scale, cut, awards, who goes on or teams come out differently, and are named."""
    shelf, scheme = Shelf(), generous_scheme()
    contest = await found_contest(connection, scheme=scheme)
    await mark_all(connection, shelf, contest, {"A02": {"T1.1": ("100",)}, "A03": {"T1.1": ("95",)}})
    book = await read_book(connection, shelf, contest.event_id)
    contenders = await contenders_of(connection, contest.event_id)
    names = {entrant_id: code for code, entrant_id in contest.entrants.items()}
    await check_recount(connection, book, contenders, names)
    told = []
    for path, value, _ in ALTERED:
        await _alter_scheme(intruder, path, value)
        with pytest.raises(ResultsDiffer) as refused:
            await check_recount(connection, book, contenders, names)
        told.append(refused.value.data["first"].en)
        await intruder.execute("UPDATE scheme SET body = $1", canonical(scheme).decode())
    assert told == [told for _, _, told in ALTERED]


async def test_a_delegation_that_was_renamed_is_named(connection: Connection, intruder: Connection) -> None:
    """What was read of delegations is no longer what is stored: the team standing is not what would become official."""
    contest = await found_contest(connection, entrants=1, scheme=generous_scheme())
    await mark_all(connection, Shelf(), contest)
    book = await read_book(connection, Shelf(), contest.event_id)
    contenders = await contenders_of(connection, contest.event_id)
    await intruder.execute("UPDATE delegation SET name = '江城市代表队'")
    with pytest.raises(ResultsDiffer) as refused:
        await check_recount(connection, book, contenders, {})
    assert refused.value.data == {
        "count": 2,
        "first": Text(
            zh="芜湖市代表队 团体排名中的代表队 sum：True / False；江城市代表队 团体排名中的代表队 sum：False / True",
            en="芜湖市代表队 delegation in the team standing sum: True / False; "
            "江城市代表队 delegation in the team standing sum: False / True",
        ),
    }


async def _alter_scheme(intruder: Connection, path: str, value: object) -> None:
    await intruder.execute(
        "UPDATE scheme SET body = jsonb_set(body, $1, $2)", path.split(","), msgspec.json.encode(value).decode()
    )


async def _rewrite(intruder: Connection, entrant_id: UUID, old: str, new: str) -> None:
    await intruder.execute(
        "UPDATE ledger SET body = replace(body, $2, $3) WHERE entrant_id = $1 AND kind = 'mark'", entrant_id, old, new
    )


async def _statuses(connection: Connection) -> list[str]:
    return [row[0] for row in await connection.fetch("SELECT status FROM publication ORDER BY number")]
