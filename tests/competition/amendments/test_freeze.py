"""A freeze that falls due while an amendment is put in force: taken before it or after it, never in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from competition.amendments.actions import PreviewIsOld
from competition.ledger.actions import locked
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.schemes.actions import import_scheme
from competition.staging import actions
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest
from tests.competition.amendments.drafts import milder, renamed
from tests.competition.amendments.steps import amend, applied, proposed, shown
from tests.house import NOW, Contest, found_contest, small_scheme

AN_HOUR = timedelta(hours=1)


async def falls_due_with(dsn: str, table: str) -> None:
    """From now on a freeze that is set falls due in the very moment in which something is written to this table."""
    owner = await asyncpg.connect(dsn)
    await owner.execute(
        f"""
        CREATE FUNCTION fall_due() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            UPDATE event SET freeze_due_at = clock_timestamp() WHERE freeze_due_at IS NOT NULL;
            RETURN NULL;
        END
        $$;
        CREATE TRIGGER fall_due AFTER INSERT OR UPDATE ON {table} EXECUTE FUNCTION fall_due();
        """
    )
    await owner.close()


async def set_freeze(connection: Connection, contest: Contest) -> None:
    """Set a freeze that is not due by itself while a test runs."""
    now = datetime.now(UTC)
    await actions.freeze(connection, contest.event_id, now + AN_HOUR, person=contest.chief, now=now)


async def kept(connection: Connection) -> tuple[str, list[tuple[object, ...]]]:
    """What the freeze has kept: by which scheme, and the standings."""
    rows = await connection.fetch("SELECT entrant_id, total, criteria FROM frozen_standing ORDER BY entrant_id")
    return await connection.fetchval("SELECT scheme_digest FROM board_freeze"), [tuple(row) for row in rows]


async def standing(connection: Connection, scheme: Scheme) -> tuple[str, list[tuple[object, ...]]]:
    """What a freeze would keep now, when this scheme is in force."""
    rows = await connection.fetch("SELECT entrant_id, total, criteria FROM standing ORDER BY entrant_id")
    return scheme_digest(scheme), [tuple(row) for row in rows]


async def test_a_freeze_that_falls_due_while_the_amendment_is_written_keeps_all_of_it(
    dsn: str, connection: Connection, contest: Contest
) -> None:
    """The amendment began before its time, and so is in: the next writer takes the freeze, the new standings by the new scheme."""
    await set_freeze(connection, contest)
    await falls_due_with(dsn, "scheme")
    await amend(connection, contest, milder())
    assert await connection.fetchval("SELECT taken_at FROM board_freeze") is None
    async with connection.transaction():
        await locked(connection, contest.event_id)
    assert await kept(connection) == await standing(connection, milder())


async def test_a_freeze_that_falls_due_before_the_amendment_is_written_keeps_nothing_of_it(
    connection: Connection, contest: Contest
) -> None:
    """What was looked at before its time must be looked at again, and put in force it changes nothing that everybody sees."""
    await set_freeze(connection, contest)
    await proposed(connection, contest, milder())
    preview, then = await shown(connection, contest), await standing(connection, small_scheme())
    await connection.execute("UPDATE event SET freeze_due_at = clock_timestamp()")
    with pytest.raises(PreviewIsOld):
        await applied(connection, contest, preview)
    async with connection.transaction():
        await locked(connection, contest.event_id)
    await applied(connection, contest, await shown(connection, contest))
    assert await kept(connection) == then
    assert await standing(connection, milder()) != then


async def test_a_scheme_that_replaces_another_is_before_a_freeze_or_behind_it(connection: Connection) -> None:
    """Also before anything is marked: a freeze that is due when the scheme comes is by the one that was there."""
    contest = await found_contest(connection)
    await set_freeze(connection, contest)
    then = await standing(connection, small_scheme())
    await connection.execute("UPDATE event SET freeze_due_at = clock_timestamp()")
    await import_scheme(connection, Shelf(), contest.event_id, renamed(), actor_id=None, now=NOW)
    assert await kept(connection) == then
