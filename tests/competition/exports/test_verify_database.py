"""Verification of a database: a true one agrees, and every change made behind the application's back is found."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

import asyncpg
import msgspec
import pytest

from competition.exports import findings as say
from competition.exports.checkpoint import Checkpoint
from competition.exports.findings import STANDINGS, Finding, Verification, finding, publication_named
from competition.exports.store import heading_of, package_of, publication_of
from competition.exports.verify import verify_database
from competition.ledger.store import head_of, insert_checkpoint
from competition.plumbing.clock import new_id
from competition.plumbing.locale import speaking, translate
from schemas.base import Text, canonical, digest
from schemas.marks import GENESIS, Entry, chain
from schemas.problems import NotFound

if TYPE_CHECKING:
    from uuid import UUID

    from competition.plumbing.database import Connection
    from tests.competition.exports.conftest import World

WHERE = publication_named(1)


@pytest.fixture
async def intruder(dsn: str, event_id: UUID) -> AsyncIterator[Connection]:  # noqa: ARG001 - the contest is to be there
    """A connection of the database's owner, for whom no trigger stands in the way."""
    connection = await asyncpg.connect(dsn)
    await connection.execute("SET session_replication_role = replica")
    yield connection
    await connection.close()


@pytest.fixture
def printed(world: World) -> str:
    """The checkpoint on the sheet that was printed when the results were published."""
    return f"{world.publication.ledger_position}:{world.publication.ledger_digest}"


async def sentences(connection: Connection, event_id: UUID, printed: str | None = None) -> tuple[str, ...]:
    """The sentences of what a verification finds, each of which can be said."""
    found = (await verify_database(connection, event_id, printed=printed)).findings
    assert not any("{" in translate(one.sentence, **one.data) for one in found)
    return tuple(one.sentence for one in found)


async def test_true_database_agrees(connection: Connection, event_id: UUID, world: World, printed: str) -> None:
    """Ledger, head, checkpoint, publication and standings of an untouched database agree with each other and with paper."""
    assert await verify_database(connection, event_id, printed=printed) == Verification(
        ledger_entries=len(world.package.ledger),
        ledger_digest=world.publication.ledger_digest,
        lists=2,
        checkpoints=4,
        findings=(),
    )


async def test_event_without_marks_agrees(connection: Connection, event_id: UUID) -> None:
    """An event that nobody marked yet has an empty ledger, and nothing to find."""
    empty = new_id()
    await connection.execute(
        "INSERT INTO event (id, competition_id, name_zh, name_en, created_at)"
        " SELECT $1, competition_id, '空', 'Empty', created_at FROM event WHERE id = $2",
        empty,
        event_id,
    )
    assert await verify_database(connection, empty, printed=f"0:{GENESIS.hex()}") == Verification(
        ledger_entries=0, ledger_digest=GENESIS.hex(), lists=1, checkpoints=2, findings=()
    )


async def test_event_that_is_not_there_is_a_problem(connection: Connection) -> None:
    """A wrong event is not a clean one."""
    with pytest.raises(NotFound):
        await verify_database(connection, new_id(), printed=None)


async def test_written_checkpoint_is_the_head_and_is_compared(
    connection: Connection, intruder: Connection, event_id: UUID, world: World, printed: str
) -> None:
    """A checkpoint says where the ledger stands; changed later, it is found."""
    now = world.publication.published_at
    position, reached = world.publication.ledger_position, world.publication.ledger_digest
    head = await head_of(connection, event_id)
    assert head is not None
    await insert_checkpoint(connection, event_id, head, reason="开赛", now=now.replace(minute=45))
    written = Checkpoint(position=head.position, digest=head.digest.hex(), reason="开赛", at=now.replace(minute=45))
    assert (written.position, written.digest, written.printed()) == (position, reached, printed)
    assert await sentences(connection, event_id) == ()
    await intruder.execute("UPDATE checkpoint SET digest = $1 WHERE reason = '开赛'", GENESIS)
    expected = finding(
        say.CHECKPOINT_DIFFERS, stated=f"{position}:{GENESIS.hex()}", at="2026-11-22T08:45:00+00:00", reason="开赛"
    )
    assert (await verify_database(connection, event_id, printed=None)).findings == (expected,)


def test_reason_of_a_checkpoint_is_said_in_words() -> None:
    """A publication's code is said as the publication is named; what somebody put stays as it is."""
    assert say.reason_said("publication:3") == publication_named(3)
    assert say.reason_said("publication:") == "publication:"
    assert say.reason_said("开赛") == "开赛"


async def test_application_cannot_touch_the_ledger(connection: Connection, event_id: UUID) -> None:
    """The application's own role may not change, delete or empty what it has written."""
    for statement in ("UPDATE ledger SET body = ''", "DELETE FROM ledger", "TRUNCATE ledger"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    assert await sentences(connection, event_id) == ()


EDITED = 'UPDATE ledger SET body = replace(body, \'"values":["80"]\', \'"values":["95"]\') WHERE position = 2'
FIGURES = (say.TOTAL_DIFFERS, say.POINTS_DIFFER, say.POINTS_DIFFER)
BAND_SIDE = "{stages,1,criteria,0,sub_criteria,0,aspects,0,credit,bands,0,side}"
PLACES = (say.RANK_DIFFERS,) * 3
MOVED = (*FIGURES, *PLACES)
CHANGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "value edited": (EDITED, (say.LINK_BROKEN, *FIGURES, *FIGURES)),
    "blank added": (
        "UPDATE ledger SET body = replace(body, '{', '{ ') WHERE position = 2",
        (say.LINK_BROKEN, say.ENTRY_REWORDED),
    ),
    "entry made unreadable": (
        "UPDATE ledger SET body = '' WHERE position = 9",
        (say.LINK_BROKEN, say.ENTRY_UNREADABLE),
    ),
    "digest edited": (
        "UPDATE ledger SET digest = decode(repeat('00', 32), 'hex') WHERE position = 5",
        (say.LINK_BROKEN, say.LINK_BROKEN),
    ),
    "id edited": ("UPDATE ledger SET id = gen_random_uuid() WHERE position = 5", (say.COLUMN_DIFFERS,)),
    "kind edited": ("UPDATE ledger SET kind = 'seal' WHERE position = 5", (say.COLUMN_DIFFERS,)),
    "entrant edited": (
        "UPDATE ledger SET entrant_id = (SELECT id FROM entrant WHERE number = 7) WHERE position = 5",
        (say.COLUMN_DIFFERS,),
    ),
    "revision edited": (
        "UPDATE ledger SET revision = 99 WHERE position = 5",
        (say.REVISION_DIFFERS, say.REVISION_DIFFERS),
    ),
    "moved to the end": (
        "UPDATE ledger SET position = 99 WHERE position = 9",
        (say.ENTRIES_MISSING, say.ENTRIES_MISSING, say.HEAD_DIFFERS, say.SEAL_DIFFERS),
    ),
    "last entry deleted": (
        "DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger)",
        (say.HEAD_DIFFERS, say.CHECKPOINT_DIFFERS, say.LENGTH_DIFFERS, say.STATE_DIFFERS, say.RANK_DIFFERS),
    ),
    "first entry deleted": ("DELETE FROM ledger WHERE position = 1", (say.ENTRIES_MISSING, say.SEAL_DIFFERS)),
    "entry in the middle deleted": (
        "DELETE FROM ledger WHERE position = 2",
        (say.ENTRIES_MISSING, *MOVED, *FIGURES, say.COUNT_DIFFERS, *PLACES),
    ),
    "several deleted": ("DELETE FROM ledger WHERE position BETWEEN 9 AND 10", (say.ENTRIES_MISSING,)),
    "head edited": ("UPDATE event SET ledger_position = 3", (say.HEAD_DIFFERS,)),
    "head's digest edited": ("UPDATE event SET ledger_digest = decode(repeat('00', 32), 'hex')", (say.HEAD_DIFFERS,)),
    "checkpoint edited": ("UPDATE checkpoint SET position = 3", (say.CHECKPOINT_DIFFERS,)),
    "standing's total edited": (
        "UPDATE standing SET total = 99 WHERE rank = 2",
        (say.TOTAL_DIFFERS,),
    ),
    "standing's rank edited": ("UPDATE standing SET rank = 1 WHERE rank = 2", (say.RANK_DIFFERS,)),
    "standing's points edited": (
        'UPDATE standing SET stages = stages || \'{"theory": "99"}\' WHERE rank = 2',
        (say.POINTS_DIFFER,),
    ),
    "standing's count edited": ("UPDATE standing SET marked = 0 WHERE rank = 2", (say.COUNT_DIFFERS,)),
    "standing made unreadable": (
        "UPDATE standing SET criteria = '[]' WHERE rank = 2",
        (say.UNREADABLE,),
    ),
    "standing deleted": ("DELETE FROM standing WHERE rank = 2", (say.ENTRANT_MISSING,)),
    "withdrawn entrant left in the standings": (
        "UPDATE entrant SET status = 'withdrawn' WHERE number = 7",
        (say.ENTRANT_UNKNOWN,),
    ),
    "publication's rows edited": (
        "UPDATE publication SET body = replace(body, '\"87.00\"', '\"97.00\"')",
        (say.PUBLICATION_REWRITTEN, say.TOTAL_DIFFERS),
    ),
    "publication's name edited": (
        "UPDATE publication SET body = replace(body, '李明', '李四')",
        (say.PUBLICATION_REWRITTEN,),
    ),
    "publication's status edited": (
        "UPDATE publication SET status = 'official'",
        (say.PUBLICATION_COLUMN_DIFFERS,),
    ),
    "publication's digest edited": (
        "UPDATE publication SET digest = repeat('0', 64)",
        (say.PUBLICATION_REWRITTEN,),
    ),
    "publication made unreadable": (
        "UPDATE publication SET body = '{}'",
        (say.PUBLICATION_REWRITTEN, say.UNREADABLE),
    ),
    "scheme edited": (
        'UPDATE scheme SET body = body || \'{"version": "2"}\'',
        (say.SCHEME_DIFFERS, say.SCHEME_DIFFERS),
    ),
    "scheme made unreadable": ("UPDATE scheme SET body = '{}'", (say.UNREADABLE, say.SCHEME_MISSING)),
    "scheme deleted": ("DELETE FROM scheme", (say.SCHEME_MISSING,)),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_change_by_sql_is_found(
    connection: Connection, intruder: Connection, event_id: UUID, change: str
) -> None:
    """Each change by a hand that no trigger holds gives exactly the findings that name it."""
    statement, expected = CHANGES[change]
    await intruder.execute(statement)
    assert await sentences(connection, event_id) == expected


async def test_what_cannot_be_read_is_told_in_the_readers_language(
    connection: Connection, intruder: Connection, event_id: UUID
) -> None:
    """Where it is and what is wrong there, in no decoder's words."""
    await intruder.execute("UPDATE ledger SET body = replace(body, '\"mark\"', '\"smudge\"') WHERE position = 2")
    await intruder.execute("UPDATE ledger SET body = '' WHERE position = 9")
    await intruder.execute("UPDATE scheme SET body = '{}'")
    await intruder.execute("UPDATE standing SET criteria = '[]' WHERE rank = 2")
    await intruder.execute("UPDATE publication SET body = '{}'")
    found = (await verify_database(connection, event_id, printed=None)).findings
    unread = [one for one in found if one.sentence in (say.UNREADABLE, say.ENTRY_UNREADABLE)]
    with speaking("en"):
        assert [translate(one.sentence, **one.data) for one in unread] == [
            "The scheme's record cannot be read: $.format is missing, unknown or of another kind.",
            "The standings cannot be read: $.criteria is missing, unknown or of another kind.",
            "Publication 1 cannot be read: $.event_id is missing, unknown or of another kind.",
            "Ledger entry 2 (A02) cannot be read: $.kind is missing, unknown or of another kind.",
            "Ledger entry 9 (A01) cannot be read: it is not whole JSON.",
        ]
    with speaking("zh-CN"):
        assert [translate(one.sentence, **one.data) for one in unread] == [
            "评分方案的记录无法读取：$.format 缺失、不认识或类型不符。",
            "现行排名无法读取：$.criteria 缺失、不认识或类型不符。",
            "第 1 号公布无法读取：$.event_id 缺失、不认识或类型不符。",
            "台账第 2 条（A02）无法读取：$.kind 缺失、不认识或类型不符。",
            "台账第 9 条（A01）无法读取：不是完整的 JSON。",
        ]


async def test_emptied_ledger_is_found(connection: Connection, intruder: Connection, event_id: UUID) -> None:
    """Without its entries nothing agrees: the head, the checkpoint, the publication, and the standing of everybody marked."""
    await intruder.execute("TRUNCATE ledger CASCADE")
    found = (await verify_database(connection, event_id, printed=None)).findings
    assert [one.sentence for one in found[:3]] == [say.HEAD_DIFFERS, say.CHECKPOINT_DIFFERS, say.LENGTH_DIFFERS]
    assert {one.data["entrant"] for one in found[3:]} == {"A01", "A02", "A03", "B01", "B02", "B03"}


async def test_finding_names_position_and_entrant(connection: Connection, intruder: Connection, event_id: UUID) -> None:
    """Whoever reads a finding knows where to look, in the ledger and on the floor."""
    await intruder.execute(EDITED)
    found = (await verify_database(connection, event_id, printed=None)).findings
    assert found[0] == finding(say.LINK_BROKEN, position=2, entrant="A02")
    assert found[-3] == finding(say.TOTAL_DIFFERS, where=STANDINGS, entrant="A02", stated="87.00", computed="91.50")


def said(part: object) -> str:
    """The English of what a finding names."""
    assert isinstance(part, Text)
    return part.en


async def test_results_that_come_out_differently_a_second_time_are_found(
    connection: Connection, intruder: Connection, event_id: UUID
) -> None:
    """The scheme's text loses what is usual there anyway: all digests agree, and the recount alone reads something else."""
    await intruder.execute(f"UPDATE scheme SET body = body #- '{BAND_SIDE}'")
    found = (await verify_database(connection, event_id, printed=None)).findings
    assert {one.sentence for one in found} == {say.RECOUNT_DIFFERS}
    assert [
        (said(one.data["part"]), said(one.data["entrant"]), one.data["stated"], one.data["computed"]) for one in found
    ] == [
        ("aspect A1.1", "A02", "30", "20"),
        ("rank", "A02", "2", "4"),
        ("rank", "A03", "3", "2"),
        ("rank", "B01", "3", "2"),
    ]


Forging = Callable[["Connection", "World"], Awaitable[None]]


async def rewrite(intruder: Connection, world: World) -> None:
    """Change the first entry and write the ledger, its head, its checkpoints and its publications anew, all in agreement."""
    first = msgspec.structs.replace(world.package.ledger[0], note="x")
    await write_anew(intruder, (first, *world.package.ledger[1:]), world)


async def rewrite_without_the_last(intruder: Connection, world: World) -> None:
    """Leave the disqualification out, and write everything anew without it, standings included."""
    await write_anew(intruder, world.package.ledger[:-1], world)
    await intruder.execute("UPDATE standing SET state = 'competing', rank = 5 WHERE state = 'disqualified'")


async def write_anew(intruder: Connection, entries: tuple[Entry, ...], world: World) -> None:
    """A ledger of these entries, with everything that refers to it."""
    await intruder.execute("CREATE TEMPORARY TABLE revisions AS SELECT position, revision FROM ledger")
    await intruder.execute("DELETE FROM ledger")
    reached = GENESIS
    for position, entry in enumerate(entries, start=1):
        reached = chain(reached, position, entry)
        await intruder.execute(
            "INSERT INTO ledger (event_id, position, id, kind, entrant_id, revision, body, digest)"
            " SELECT $1, $2, $3, $4, $5, revision, $6, $7 FROM revisions WHERE position = $2",
            world.publication.event_id,
            position,
            entry.id,
            entry.__struct_config__.tag,
            entry.entrant_id,
            canonical(entry).decode(),
            reached,
        )
    await intruder.execute("UPDATE event SET ledger_position = $1, ledger_digest = $2", len(entries), reached)
    await intruder.execute("DELETE FROM checkpoint")
    await intruder.execute("DELETE FROM publication")


async def empty_out(intruder: Connection, _world: World) -> None:
    """Remove every trace of the ledger and of what came of it."""
    await intruder.execute("TRUNCATE ledger, checkpoint, publication CASCADE")
    await intruder.execute("UPDATE event SET ledger_position = 0, ledger_digest = decode(repeat('00', 32), 'hex')")
    await intruder.execute(
        "UPDATE standing SET rank = NULL, shared = false, state = 'competing', total = 0.00, marked = 0,"
        " stages = '{}', criteria = '{}'"
    )


@pytest.mark.parametrize("forge", [rewrite, rewrite_without_the_last, empty_out])
async def test_ledger_rewritten_as_a_whole_is_found_by_paper_alone(
    connection: Connection, intruder: Connection, event_id: UUID, world: World, printed: str, forge: Forging
) -> None:
    """A forger who makes everything in the database agree cannot make the printed sheet agree."""
    await forge(intruder, world)
    assert await sentences(connection, event_id) == ()
    found = (await verify_database(connection, event_id, printed=printed)).findings
    assert found == (finding(say.PRINTED_DIFFERS, stated=printed),)


@pytest.mark.parametrize("change", ["value edited", "last entry deleted", "first entry deleted"])
async def test_paper_adds_a_finding_only_where_it_differs(
    connection: Connection, intruder: Connection, event_id: UUID, printed: str, change: str
) -> None:
    """The printed checkpoint is reported missing when its position is gone; a broken link before it is reported as that."""
    await intruder.execute(CHANGES[change][0])
    found = await sentences(connection, event_id, printed)
    assert (say.PRINTED_DIFFERS in found) == (change == "last entry deleted")
    assert found != ()


async def test_printed_publication_digest_pins_the_names(
    connection: Connection, intruder: Connection, event_id: UUID, world: World
) -> None:
    """Names are not in the ledger; the digest of the publication, printed, pins them."""
    printed = digest(world.publication)
    assert await sentences(connection, event_id, printed) == ()
    await intruder.execute(
        "UPDATE publication SET body = replace(body, '李明', '李四'),"
        " digest = encode(sha256(convert_to(replace(body, '李明', '李四'), 'UTF8')), 'hex')"
    )
    assert await sentences(connection, event_id) == ()
    assert await sentences(connection, event_id, printed) == (say.PRINTED_DIFFERS,)


async def test_package_from_the_database_is_the_contest(connection: Connection, event_id: UUID, world: World) -> None:
    """What is exported is exactly what was registered, marked and published."""
    assert await package_of(connection, event_id, 1) == world.package
    assert await package_of(connection, event_id) == world.package
    assert await publication_of(connection, event_id) == world.publication
    assert await heading_of(connection, event_id) == world.heading


async def test_nothing_to_export_is_none(connection: Connection, event_id: UUID) -> None:
    """A publication that does not exist is None, and so is everything of an event that does not."""
    assert await package_of(connection, event_id, 2) is None
    assert await package_of(connection, new_id()) is None
    assert await publication_of(connection, event_id, 2) is None
    assert await heading_of(connection, new_id()) is None


async def test_name_corrected_later_leaves_the_package(connection: Connection, event_id: UUID, world: World) -> None:
    """A publication stays what it was when a name is corrected after it; so do its exports, and both still verify."""
    await connection.execute("UPDATE entrant SET name = '李小明' WHERE number = 3")
    assert await package_of(connection, event_id, 1) == world.package
    found: tuple[Finding, ...] = (await verify_database(connection, event_id, printed=None)).findings
    assert found == ()
