"""What the boards read of an event with a board's own rights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace

from competition.plumbing.database import Connection
from schemas.base import Text
from schemas.boards import BoardSession, BoardSettings, Theme
from scoreboards import store
from scoreboards.facts import (
    BoardSign,
    EntrantFacts,
    EventFacts,
    FreezeFacts,
    Outlook,
    PlaceFacts,
    Projection,
    columns_of,
)
from scoreboards.store import Counters, facts_of
from scoreboards.visibility import project
from tests.scoreboards.house import KINDS, NOW, House, published_row, small_scheme
from tests.scoreboards.readings import prospect, reveal, standing

BEFORE = ["theory", "practice", "A", "B"]
AFTER = ["theory", "practice", "A", "C", "D"]


@pytest.fixture
async def board(dsn: str) -> AsyncIterator[Connection]:
    """A connection with the rights of the boards."""
    connection = await asyncpg.connect(dsn, server_settings={"role": "leitai_board", "timezone": "UTC"})
    yield connection
    await connection.close()


async def shown(board: Connection, event_id: UUID) -> Projection:
    """What the event's board shows."""
    reading = await facts_of(board, event_id)
    assert reading is not None
    projection = project(reading.signs[0], reading.facts)
    assert projection is not None
    return projection


def columns(projection: Projection) -> list[str]:
    """The columns of a board by id."""
    return [column.id for column in projection.head.columns]


async def test_published_list_keeps_the_columns_of_the_scheme_it_names(board: Connection, house: House) -> None:
    """An amendment after a list changes nothing on the board; the next list has the columns of the new scheme."""
    event_id = await house.insert_event()
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")])
    before = await shown(board, event_id)
    await house.amend(event_id, small_scheme(("A", "C", "D")))
    assert (columns(before), await shown(board, event_id)) == (BEFORE, before)
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "91")], number=2)
    assert columns(await shown(board, event_id)) == AFTER


async def test_frozen_board_keeps_the_columns_of_the_scheme_it_was_frozen_by(board: Connection, house: House) -> None:
    """An amendment behind a freeze changes nothing but the jury's board; once the freeze is lifted everybody has its columns."""
    event_id = await house.insert_event()
    (first,) = await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
    await house.stand(
        event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5, "criteria": {"A": "7", "B": "8"}}]
    )
    await house.freeze(event_id)
    before = await shown(board, event_id)
    await house.amend(event_id, small_scheme(("A", "C", "D")))
    reading = await facts_of(board, event_id)
    assert reading is not None
    jury = project(reading.signs[0], reading.facts, "jury")
    assert jury is not None
    assert (columns(before), await shown(board, event_id), columns(jury)) == (BEFORE, before, AFTER)
    await house.lift(event_id)
    assert columns(await shown(board, event_id)) == AFTER


async def test_live_board_follows_the_scheme_in_force(board: Connection, house: House) -> None:
    """Before any list, a draft being none, the board has the columns by which marks are scored now."""
    event_id = await house.insert_event()
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], status="draft")
    before = await shown(board, event_id)
    await house.amend(event_id, small_scheme(("A", "C", "D")))
    assert (columns(before), columns(await shown(board, event_id))) == (BEFORE, AFTER)


@pytest.mark.parametrize("column", ["reason", "by"])
async def test_boards_read_no_reason_of_an_amendment(board: Connection, column: str) -> None:
    """Of a scheme's versions a board reads what gives its columns, not who amended it and why."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await board.execute(f"SELECT {column} FROM scheme_version")


async def facts_read(board: Connection, event_id: UUID) -> EventFacts:
    """The facts of an event that there is."""
    reading = await facts_of(board, event_id)
    assert reading is not None
    return reading.facts


async def furnished(house: House) -> tuple[UUID, list[UUID]]:
    """A blind event with everything a board can be made of: frozen before the second mark, with a reveal and a theme."""
    event_id = await house.insert_event()
    entrants = await house.insert_entrants(
        event_id, [("王伟", "芜湖", "1-01"), ("李娜", "合肥", "1-02"), ("赵敏", "芜湖", None)]
    )
    await house.stand(event_id, [{"entrant_id": entrants[0], "rank": 1, "total": "40", "marked": 5}])
    await house.prospect(event_id, prospect(revision=1))
    await house.freeze(event_id, due_at=NOW, taken_at=NOW + timedelta(minutes=1))
    await house.stand(event_id, [{"entrant_id": entrants[1], "rank": 1, "total": "60", "marked": 7}])
    await house.prospect(event_id, prospect(revision=3))
    await house.reveal(event_id, reveal("closed", 1))
    await house.dress(event_id, Theme(primary="#102030", logo="abc"), b"RIFF")
    await house.run_clock(event_id, paused_at=NOW + timedelta(minutes=9), stopped=30)
    await house.give_back(event_id, 2, 120)
    await house.give_back(event_id, 2, -30)
    return event_id, entrants


async def test_facts_are_everything_there_is(board: Connection, house: House) -> None:
    """Hidden or not, in one reading; the freeze is as of when it was due, and has what the boards showed then."""
    event_id, (first, second, third) = await furnished(house)
    given: dict[str, Any] = {"stages": {}, "criteria": {}}
    taken = replace(standing(1, 1, "40", **given), entrant_id=first)
    later = replace(standing(2, 1, "60", marked=7, **given), entrant_id=second, revision=3)
    facts = await facts_read(board, event_id)
    assert replace(facts, entrants=tuple(sorted(facts.entrants, key=lambda one: one.number))) == EventFacts(
        id=event_id,
        name=Text(zh="数控机床装调维修工", en="CNC machine tool assembly and maintenance"),
        is_blind=True,
        revision=8,
        shown=7,
        columns=columns_of(small_scheme()),
        entrants=(
            entrant_read(first, 1, "1-01", "王伟", "芜湖", "D1"),
            entrant_read(second, 2, "1-02", "李娜", "合肥", "D2"),
            entrant_read(third, 3, None, "赵敏", "芜湖", "D1"),
        ),
        standings=(taken, later),
        by_total=True,
        outlook=Outlook(prospect=prospect(revision=3), shown=1),
        outlook_number=2,
        freeze=FreezeFacts(
            since=NOW, standings=(taken,), columns=columns_of(small_scheme()),
            outlook=Outlook(prospect=prospect(revision=1), shown=1),
        ),
        sessions=(
            BoardSession(
                number=1, starts_at=NOW, ends_at=NOW + timedelta(hours=3), seconds=10800, started_at=NOW,
                paused_at=NOW + timedelta(minutes=9), stopped=30,
            ),
        ),
        places=(
            PlaceFacts(entrant_id=first, session=1, bench=1),
            PlaceFacts(entrant_id=second, session=1, bench=2, extra=90),
        ),
        reveal=reveal("closed", 1),
        theme=Theme(primary="#102030", logo="abc"),
    )  # fmt: skip


def entrant_read(id: UUID, number: int, code: str | None, name: str, delegation: str, short: str) -> EntrantFacts:
    """An entrant as registered."""
    return EntrantFacts(
        id=id, number=number, code=code, name=name, delegation=delegation, delegation_code=short, status="eligible"
    )


async def test_facts_of_a_freeze_end_when_it_is_lifted(board: Connection, house: House) -> None:
    """A freeze that is due later does not count yet, one that is lifted no more."""
    event_id, _ = await furnished(house)
    await house.lift(event_id)
    lifted = await facts_read(board, event_id)
    await house.freeze(event_id, due_at=NOW + timedelta(hours=9), taken_at=None)
    planned = await facts_read(board, event_id)
    assert (lifted.freeze, planned.freeze, lifted.shown) == (None, None, 8)


async def test_facts_of_a_publication_come_with_its_own_prospect(board: Connection, house: House) -> None:
    """What is worked out after a list is the live prospect, not the list's."""
    event_id, _ = await furnished(house)
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], status="draft")
    drafted = await facts_read(board, event_id)
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "91")], number=2)
    await house.prospect(event_id, prospect(revision=11))
    facts = await facts_read(board, event_id)
    assert (drafted.publication, drafted.published_outlook) == (None, Outlook())
    assert facts.publication is not None
    assert (facts.publication.number, facts.publication.rows[0].total) == (2, Decimal(91))
    assert facts.published_outlook == Outlook(prospect=prospect(revision=3), shown=1)
    assert (facts.outlook, facts.outlook_number) == (Outlook(prospect=prospect(revision=11), shown=1), 3)


async def test_reading_takes_few_statements_however_many_compete(board: Connection, house: House) -> None:
    """One look at an event with everything is nine statements, the same for two entrants more; without a freeze one less."""
    counts = []
    for people in ([("王伟", "芜湖", "1-01")], [(f"选手{n}", f"队{n}", f"1-{n:02}") for n in range(1, 4)]):
        event_id = await house.insert_event(board=f"hall-{len(people)}")
        entrants = await house.insert_entrants(event_id, people)
        await house.stand(event_id, [{"entrant_id": one, "rank": 1, "total": "40", "marked": 5} for one in entrants])
        for is_frozen in (False, True):
            if is_frozen:
                await house.freeze(event_id)
            sent: list[str] = []
            with board.query_logger(lambda query, sent=sent: sent.append(query.query)):
                await facts_of(board, event_id)
            await asyncio.sleep(0)
            counts.append(sum("SELECT" in statement for statement in sent))
    assert counts == [8, 9, 8, 9]


async def test_signs_have_a_kind_and_settings(board: Connection, house: House) -> None:
    """Every board says what it shows and what was chosen for it."""
    event_id = await house.insert_event()
    await house.insert_board(event_id, "benches", "benches", BoardSettings(session=2))
    reading = await facts_of(board, event_id)
    assert reading is not None
    title = Text(zh="实时排名", en="Live standings")
    assert reading.signs == (
        BoardSign(id="benches", title=title, kind="benches", settings=BoardSettings(session=2)),
        BoardSign(id="hall", title=title),
    )


async def test_counters_move_with_whatever_a_board_may_show(board: Connection, house: House) -> None:
    """Marks behind a freeze and prospects count: the jury's boards change by them."""
    event_id = await house.insert_event()
    (first,) = await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
    seen = [await store.counters(board)]
    await house.freeze(event_id)
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    seen.append(await store.counters(board))
    await house.prospect(event_id, prospect())
    seen.append(await store.counters(board))
    reading = await facts_of(board, event_id)
    assert reading is not None
    assert seen == [
        {event_id: Counters(revision=revision, outlook=outlook)} for revision, outlook in [(0, 0), (2, 0), (2, 1)]
    ]
    assert reading.counters == seen[-1][event_id]


async def test_list_of_boards_says_what_everybody_sees(board: Connection, house: House) -> None:
    """A status for each kind in one statement: a freeze before marks, a list before a freeze; a podium goes by the reveal."""

    async def listed() -> set[tuple[str, str]]:
        sent: list[str] = []
        with board.query_logger(lambda query: sent.append(query.query)):
            lines = await store.boards(board)
        await asyncio.sleep(0)
        assert len(sent) == 1
        assert {line.kind for line in lines} == {"standings", *KINDS}
        return {("podium" if line.kind == "podium" else "others", line.status) for line in lines}

    event_id = await house.insert_event()
    await house.insert_boards(event_id)
    (first,) = await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
    seen = [await listed()]
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    await house.reveal(event_id, reveal("closed"))
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], status="draft")
    seen.append(await listed())
    await house.freeze(event_id)
    await house.reveal(event_id, reveal("rehearsal"))
    seen.append(await listed())
    await house.publish(event_id, [published_row(1, "1-01", "王伟", "90")], number=2)
    await house.reveal(event_id, reveal("live"))
    seen.append(await listed())
    assert seen == [
        {("others", "preparing"), ("podium", "preparing")},
        {("others", "live"), ("podium", "preparing")},
        {("others", "frozen"), ("podium", "rehearsal")},
        {("others", "provisional"), ("podium", "live")},
    ]


async def test_pass_is_good_until_it_expires(board: Connection, house: House) -> None:
    """For its own event and audience; neither an unknown token nor one out of time says more than nothing."""
    event_id = await house.insert_event()
    token = await house.open_pass(event_id, "jury", expires_at=NOW + timedelta(hours=1))
    times = [NOW, NOW + timedelta(minutes=59), NOW + timedelta(hours=1)]
    assert [await store.audience_of(board, token, now) for now in times] == [
        (event_id, "jury"),
        (event_id, "jury"),
        None,
    ]
    assert await store.audience_of(board, "pass-nobody-has", NOW) is None


async def test_theme_and_logo_are_read_by_their_addresses(board: Connection, house: House) -> None:
    """The theme by its competition, the logo by its digest."""
    event_id, _ = await furnished(house)
    reading = await facts_of(board, event_id)
    assert reading is not None
    assert await store.theme_of(board, reading.venue.competition_id) == Theme(primary="#102030", logo="abc")
    assert (
        await store.theme_of(board, event_id),
        await store.logo_of(board, "abc"),
        await store.logo_of(board, ""),
    ) == (
        None,
        b"RIFF",
        None,
    )


@pytest.mark.parametrize("query", ["reason FROM time_back", "note FROM board_pass", "code FROM display"])
async def test_boards_read_nothing_that_no_board_shows(board: Connection, query: str) -> None:
    """Why time was given back, whom a pass is for, and where screens hang."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await board.execute(f"SELECT {query}")
