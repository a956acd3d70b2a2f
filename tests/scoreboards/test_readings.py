"""What the boards read of an event with a board's own rights."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from competition.plumbing.database import Connection
from schemas.base import Text
from schemas.boards import BoardSession, BoardSettings, Theme
from schemas.results import PublicationStatus
from scoreboards import readings
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
from scoreboards.readings import Counters, EventReading, facts_after, facts_of
from scoreboards.visibility import project
from tests.scoreboards.house import NOW, House, published_row, small_scheme
from tests.scoreboards.readings import prospect, reveal, standing

BEFORE = ["theory", "practice", "A", "B"]
AFTER = ["theory", "practice", "A", "C", "D"]


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
    """One look at an event with everything is nine statements, the same for two entrants more; without a freeze one less.

    After a mark it is one.
    """
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
                reading = await facts_of(board, event_id)
            await asyncio.sleep(0)
            counts.append(sum("SELECT" in statement for statement in sent))
        assert reading is not None
        await house.stand(event_id, [{"entrant_id": entrants[0], "rank": 1, "total": "41", "marked": 6}])
        await house.prospect(event_id, prospect())
        sent.clear()
        with board.query_logger(lambda query, sent=sent: sent.append(query.query)):
            await facts_after(board, reading)
        await asyncio.sleep(0)
        counts.append(len(sent))
    assert counts == [8, 9, 1, 8, 9, 1]


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
    seen = [await readings.counters(board)]
    await house.freeze(event_id)
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    seen.append(await readings.counters(board))
    await house.prospect(event_id, prospect())
    seen.append(await readings.counters(board))
    reading = await facts_of(board, event_id)
    assert reading is not None
    assert seen == [
        {event_id: Counters(revision=revision, outlook=outlook)} for revision, outlook in [(0, 0), (2, 0), (2, 1)]
    ]
    assert reading.counters == seen[-1][event_id]


# What has changed since a reading ----------------------------------------------------------------------------------------

CHANGES = (
    "UPDATE event SET name_zh = '钳工'",
    "UPDATE event SET name_en = 'Fitting'",
    "UPDATE event SET is_blind = false",
    "UPDATE competition SET name_zh = '另一场'",
    "UPDATE competition SET name_en = 'Another'",
    "UPDATE competition SET place = '合肥'",
    "UPDATE competition SET time_zone = 'UTC'",
    'UPDATE theme SET body = body || \'{"accent": "#ff0000"}\'',
    "UPDATE entrant SET name = '欧阳' WHERE number = 1",
    "UPDATE entrant SET status = 'withdrawn' WHERE number = 3",
    "UPDATE entrant SET number = 30 WHERE number = 3",
    "UPDATE entrant SET delegation_id = (SELECT id FROM delegation WHERE code = 'D2') WHERE number = 1",
    "UPDATE delegation SET name = '芜湖市' WHERE code = 'D1'",
    "UPDATE delegation SET code = 'D9' WHERE code = 'D1'",
    "UPDATE place_drawn SET code = '1-77' WHERE code = '1-02'",
    "UPDATE bench SET number = number + 50",
    "INSERT INTO bench (id, event_id, number) SELECT gen_random_uuid(), id, 99 FROM event",
    "UPDATE place_drawn SET bench_id = (SELECT id FROM bench WHERE number = 99) WHERE code = '1-01'",
    "INSERT INTO session (id, event_id, number, starts_at, ends_at) SELECT gen_random_uuid(), id, 3, now(), now() + interval '1 h' FROM event",
    "UPDATE place_drawn SET session_id = (SELECT id FROM session WHERE number = 3) WHERE code = '1-01'",
    "UPDATE place_drawn SET entrant_id = (SELECT id FROM entrant WHERE name = '赵敏') WHERE code = '1-01'",
    "UPDATE session SET number = 2 WHERE number = 1",
    "UPDATE session SET starts_at = starts_at - interval '1 minute'",
    "UPDATE session SET ends_at = ends_at + interval '1 minute'",
    "UPDATE session_clock SET started_at = started_at + interval '1 minute'",
    "UPDATE session_clock SET stopped = 31",
    "UPDATE session_clock SET paused_at = NULL",
    "DELETE FROM session_clock",
    "UPDATE time_back SET seconds = seconds + 1 WHERE seconds > 0",
    "DELETE FROM time_back WHERE seconds < 0",
    "UPDATE board SET title_zh = '榜'",
    "UPDATE board SET title_en = 'Board'",
    'UPDATE board SET settings = \'{"columns": ["A"]}\'',
    "UPDATE board SET kind = 'benches'",
    "INSERT INTO board (id, event_id, kind, title_zh, title_en, created_at) SELECT 'more', id, 'ticker', '', '', now() FROM event",
    "DELETE FROM board WHERE id = 'more'",
    "UPDATE scheme SET digest = 'another', body = jsonb_set(body, '{stages,0,points}', '\"99\"')",
    "UPDATE reveal SET mode = 'rehearsal'",
    "UPDATE reveal SET step = 2",
    "UPDATE reveal SET is_paused = true",
    "UPDATE reveal SET script = replace(script, '合肥', '安庆')",
    "UPDATE reveal SET rehearsal = replace(rehearsal, '合肥', '安庆')",
    "DELETE FROM reveal",
    "UPDATE board_freeze SET due_at = due_at + interval '1 minute'",
    "UPDATE board_freeze SET prospect = NULL, prospect_shown = prospect_shown + 1",
    "UPDATE board_freeze SET lifted_at = now()",
    "DELETE FROM theme",
    "DELETE FROM standing WHERE revision = 3",
    "UPDATE event SET revision = revision - 1",
)
"""Whatever a reading is made of, changed by itself, and told to nobody by any counter."""


def outline(reading: EventReading | None) -> EventReading:
    """A reading with what the database gives in any order in an order."""
    assert reading is not None
    facts = replace(
        reading.facts,
        entrants=tuple(sorted(reading.facts.entrants, key=lambda one: one.id)),
        standings=tuple(sorted(reading.facts.standings, key=lambda one: one.entrant_id)),
    )
    return replace(reading, facts=facts)


async def test_every_change_of_what_a_board_is_made_of_is_found(board: Connection, house: House) -> None:
    """Also one that no revision tells of: what is read after it is what is read afresh."""
    event_id, _ = await furnished(house)
    reading, missed = await facts_of(board, event_id), []
    for change in CHANGES:
        assert reading is not None
        await house.connection.execute(change)
        after, afresh = await facts_after(board, reading), await facts_of(board, event_id)
        if not outline(reading) != outline(after) == outline(afresh):
            missed.append(change)
        reading = afresh
    assert missed == []


STATUSES: tuple[PublicationStatus, ...] = ("draft", "provisional", "draft", "official")


async def test_publication_is_found_and_a_draft_is_not(board: Connection, house: House) -> None:
    """A list that is out is another setting, and so is the next one; a draft is for nobody's eyes."""
    event_id, _ = await furnished(house)
    reading = await facts_of(board, event_id)
    seen = []
    for number, status in enumerate(STATUSES, start=1):
        assert reading is not None
        rows = [published_row(1, "1-01", "王伟", f"9{number}")]
        await house.publish(event_id, rows, status=status, number=number)
        after = await facts_after(board, reading)
        assert after is not None
        assert outline(after) == outline(await facts_of(board, event_id))
        seen.append((after.setting != reading.setting, after.facts.publication and after.facts.publication.number))
        reading = after
    assert seen == [(False, None), (True, 2), (False, 2), (True, 4)]


async def test_mark_sends_its_standings_alone(board: Connection, house: House) -> None:
    """All others stay the very objects they were, and so do entrants and prospect; who is marked first comes to them."""
    event_id, (first, second, third) = await furnished(house)
    reading = await facts_of(board, event_id)
    assert reading is not None
    await house.stand(
        event_id,
        [
            {"entrant_id": second, "rank": 2, "total": "61", "marked": 8},
            {"entrant_id": third, "rank": 1, "total": "70", "marked": 8},
        ],
    )
    after = await facts_after(board, reading)
    assert after is not None
    assert outline(after) == outline(await facts_of(board, event_id))
    was, now = ({one.entrant_id: one for one in one.facts.standings} for one in (reading, after))
    assert [entrant for entrant in now if was.get(entrant) is not now[entrant]] == [second, third]
    assert now[first] is was[first]
    assert (after.facts.entrants, after.facts.outlook) == (reading.facts.entrants, reading.facts.outlook)
    assert after.facts.outlook is reading.facts.outlook


async def test_standing_that_is_gone_is_missed_also_where_another_came(board: Connection, house: House) -> None:
    """Who is no longer ranked leaves the standings, even if somebody else enters them in the same moment."""
    event_id, (first, _, third) = await furnished(house)
    reading = await facts_of(board, event_id)
    assert reading is not None
    await house.connection.execute("DELETE FROM standing WHERE entrant_id = $1", first)
    await house.stand(event_id, [{"entrant_id": third, "rank": 2, "total": "50", "marked": 8}])
    after = await facts_after(board, reading)
    assert outline(after) == outline(await facts_of(board, event_id))
    assert first not in {one.entrant_id for one in outline(after).facts.standings}


async def test_prospect_is_sent_when_it_is_another(board: Connection, house: House) -> None:
    """A new one, one that says the same of a later revision, and none any more."""
    event_id, _ = await furnished(house)
    reading = await facts_of(board, event_id)
    changes = (
        "UPDATE prospect SET number = number + 1, shown = shown + 1",
        "UPDATE prospect SET revision = 4, body = replace(body, '\"revision\":3', '\"revision\":4')",
        "UPDATE prospect SET number = number + 1, body = replace(body, '金牌', '冠军')",
        "DELETE FROM prospect",
    )
    for change in changes:
        assert reading is not None
        await house.connection.execute(change)
        after = await facts_after(board, reading)
        assert outline(reading) != outline(after) == outline(await facts_of(board, event_id))
        reading = after


async def test_event_that_is_gone_is_none(board: Connection, house: House) -> None:
    """There is nothing after an event that was deleted."""
    event_id = await house.insert_event()
    reading = await facts_of(board, event_id)
    assert reading is not None
    await house.connection.execute("DELETE FROM event")
    assert await facts_after(board, reading) is None
