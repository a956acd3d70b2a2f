"""Proposing, previewing, applying and dropping an amendment in a real database: for everybody at once, or not at all."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from competition.amendments import actions, store
from competition.amendments.actions import (
    AmendmentNeedsReason,
    MarksAreBlocking,
    NothingIsAmended,
    NothingProposed,
    NotLocked,
    PreviewIsOld,
)
from competition.amendments.rules import Amended, SheetsWouldDiffer
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import REVISIONS
from competition.schemes.actions import SchemeHasFaults
from competition.schemes.store import scheme_of
from schemas.problems import NotFound, Problem
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest
from tests.competition.amendments.drafts import coarser_paper, faulty, milder, more_judges, renamed
from tests.competition.amendments.steps import LATER, REASON, amend, applied, proposed, shown
from tests.house import (
    NOW,
    Contest,
    findings,
    found_contest,
    mark,
    recomputed_standings,
    record,
    small_scheme,
    stored_standings,
)


async def everything(connection: Connection) -> dict[str, list[asyncpg.Record]]:
    """All that an amendment could change."""
    tables = ("event", "scheme", "scheme_version", "scheme_proposal", "standing", "ledger", "checkpoint", "audit")
    return {table: await connection.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables}


# Proposing ------------------------------------------------------------------------------------------------------------


async def test_proposal_changes_nothing_but_itself(connection: Connection, contest: Contest) -> None:
    """A proposal is kept with who made it and when; event, scheme and standings stay untouched."""
    before = await everything(connection)
    await proposed(connection, contest, milder())
    after = await everything(connection)
    assert {table for table in before if before[table] != after[table]} == {"scheme_proposal", "audit"}
    proposal = await store.proposal_of(connection, contest.event_id)
    assert proposal == store.Proposal(
        scheme=milder(), digest=scheme_digest(milder()), by=contest.organiser.name, at=LATER
    )


async def test_newer_proposal_takes_the_place_of_the_older(connection: Connection, contest: Contest) -> None:
    """There is one proposal at a time; a preview of the older one can no longer be applied or dropped."""
    await proposed(connection, contest, milder())
    old = await shown(connection, contest)
    await proposed(connection, contest, milder(each="3"))
    assert (await shown(connection, contest)).proposal.scheme == milder(each="3")
    before = await everything(connection)
    with pytest.raises(PreviewIsOld):
        await applied(connection, contest, old)
    with pytest.raises(PreviewIsOld):
        await actions.drop_proposal(connection, contest.event_id, digest=old.proposal.digest, actor_id=None, now=LATER)
    assert await everything(connection) == before


@pytest.mark.parametrize(
    ("scheme", "problem"),
    [(faulty(), SchemeHasFaults), (more_judges(), SheetsWouldDiffer), (small_scheme(), NothingIsAmended)],
)
async def test_proposals_that_are_refused(
    connection: Connection, contest: Contest, scheme: Scheme, problem: type[Problem]
) -> None:
    """A scheme with faults, one with other sheets, and the one in force already are not kept as proposals."""
    before = await everything(connection)
    with pytest.raises(problem):
        await proposed(connection, contest, scheme)
    assert await everything(connection) == before


async def test_scheme_that_is_not_locked_is_not_amended(connection: Connection) -> None:
    """Before the first mark a scheme is replaced, not amended; an event that is not there has none."""
    contest = await found_contest(connection, entrants=1)
    with pytest.raises(NotLocked):
        await proposed(connection, contest, milder())
    with pytest.raises(NotFound):
        await actions.propose(connection, new_id(), milder(), actor_id=None, now=LATER)
    with pytest.raises(NotFound):
        await actions.drop_proposal(connection, new_id(), digest="", actor_id=None, now=LATER)


# Previewing -----------------------------------------------------------------------------------------------------------


async def test_preview_tells_what_would_change(connection: Connection, contest: Contest) -> None:
    """By codes: both judges' marks of everybody with a loose screw, and the totals that follow; A01 has none and stays."""
    await proposed(connection, contest, milder())
    preview = await shown(connection, contest)
    codes = {entrant_id: code for code, entrant_id in contest.entrants.items()}
    told = preview.amended
    assert sorted((codes[one.entrant_id], one.aspect, one.before, one.after) for one in told.marks) == [
        (code, "A1.2", Decimal(15), Decimal(16)) for code in ("A02", "A02", "A03", "A03")
    ]
    assert sorted((codes[one.entrant_id], one.before.total, one.after.total) for one in told.entrants) == [
        (code, Decimal("88.17"), Decimal("88.87")) for code in ("A02", "A03")
    ]
    assert (told.teams, told.blocking) == ((), ())
    assert preview.revision == await connection.fetchval("SELECT revision FROM event")


async def test_nothing_proposed_has_no_preview(connection: Connection, contest: Contest) -> None:
    """Without a proposal there is nothing to show, to apply or to drop."""
    assert await actions.preview(connection, Shelf(), contest.event_id) is None
    with pytest.raises(NothingProposed):
        await actions.drop_proposal(connection, contest.event_id, digest="", actor_id=None, now=LATER)
    with pytest.raises(NothingProposed):
        await actions.apply_proposal(
            connection, Shelf(), contest.event_id, digest="", revision=0, reason=REASON, actor_id=None, now=LATER
        )


# Applying -------------------------------------------------------------------------------------------------------------


async def test_applied_amendment_is_in_force_for_everybody_at_once(connection: Connection, contest: Contest) -> None:
    """One revision later every standing follows the new scheme, as if marking had begun by it; those unchanged keep theirs."""
    revision = await connection.fetchval("SELECT revision FROM event")
    amended = await amend(connection, contest, milder())
    assert await stored_standings(connection, amended) == await recomputed_standings(connection, amended)
    standings = await ledger.standings_of(connection, contest.event_id)
    assert {code: standings[entrant_id].total for code, entrant_id in contest.entrants.items()} == {
        "A01": Decimal("91.67"),
        "A02": Decimal("88.87"),
        "A03": Decimal("88.87"),
    }
    moved = {code for code, entrant_id in contest.entrants.items() if standings[entrant_id].revision == revision + 1}
    assert moved == {"A02", "A03"}
    assert await connection.fetchval("SELECT revision FROM event") == revision + 1
    stored = await scheme_of(connection, contest.event_id)
    assert stored is not None
    assert (stored.scheme, stored.digest) == (milder(), scheme_digest(milder()))
    assert stored.locked_at == NOW


async def test_applied_amendment_is_on_record(connection: Connection, contest: Contest) -> None:
    """Both versions are kept with reason and ledger position, a checkpoint is written down, and who did what is in the audit."""
    head = await ledger.head_of(connection, contest.event_id)
    assert head is not None
    await amend(connection, contest, milder())
    assert await store.versions_of(connection, contest.event_id) == (
        store.Version(number=1, digest=scheme_digest(small_scheme()), position=0, reason="", by="", at=NOW),
        store.Version(
            number=2,
            digest=scheme_digest(milder()),
            position=head.position,
            reason=REASON,
            by=contest.organiser.name,
            at=LATER,
        ),
    )
    assert await store.proposal_of(connection, contest.event_id) is None
    checkpoints = await connection.fetch("SELECT position, digest, reason, at FROM checkpoint")
    assert [tuple(row) for row in checkpoints] == [(head.position, head.digest, "amendment:2", LATER)]
    rows = await connection.fetch(
        "SELECT verb, subject, detail, actor_id FROM audit WHERE verb ~ 'amend' ORDER BY at, id"
    )
    digest = scheme_digest(milder())
    assert [(row[0], row[1], msgspec.json.decode(row[2]), row[3]) for row in rows] == [
        ("propose_amendment", str(contest.event_id), {"digest": digest}, contest.organiser.id),
        (
            "amend_scheme",
            str(contest.event_id),
            {"number": 2, "digest": digest, "reason": REASON},
            contest.organiser.id,
        ),
    ]


async def test_boards_are_told(connection: Connection, contest: Contest, dsn: str) -> None:
    """Whoever listens for revisions hears of the amendment, when it is committed."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(dsn)
    await proposed(connection, contest, renamed())
    preview = await shown(connection, contest)
    await listener.add_listener(REVISIONS, lambda *said: heard.put_nowait(said[3]))
    await applied(connection, contest, preview)
    assert await asyncio.wait_for(heard.get(), 5) == str(contest.event_id)
    await listener.close()


async def test_schemes_can_be_amended_again_and_back(connection: Connection, contest: Contest) -> None:
    """A third version may be the first one again; each stays on record, and the standings follow each time."""
    first = await stored_standings(connection, contest)
    await amend(connection, contest, milder())
    await amend(connection, contest, small_scheme())
    assert await stored_standings(connection, contest) == first
    versions = await store.versions_of(connection, contest.event_id)
    one, two = scheme_digest(small_scheme()), scheme_digest(milder())
    assert [(version.number, version.digest) for version in versions] == [(1, one), (2, two), (3, one)]
    assert await findings(connection, contest) == ()


async def test_words_alone_can_be_amended(connection: Connection, contest: Contest) -> None:
    """Other words are an amendment: every figure stays, the scheme's name is the new one."""
    before = await ledger.standings_of(connection, contest.event_id)
    await proposed(connection, contest, renamed())
    preview = await shown(connection, contest)
    assert preview.amended == Amended(marks=(), entrants=(), teams=(), blocking=())
    await applied(connection, contest, preview)
    assert await ledger.standings_of(connection, contest.event_id) == before


async def test_mark_between_preview_and_answer_makes_the_preview_old(connection: Connection) -> None:
    """What is applied is exactly what was shown: after any mark it must be looked at again."""
    contest = await found_contest(connection, entrants=2)
    await record(connection, Shelf(), contest, contest.judges[0], mark(contest.sheet("A01", "T1", 0), "T1.1", "80"))
    await proposed(connection, contest, milder())
    old = await shown(connection, contest)
    await record(connection, Shelf(), contest, contest.judges[0], mark(contest.sheet("A02", "T1", 0), "T1.1", "70"))
    before = await everything(connection)
    with pytest.raises(PreviewIsOld):
        await applied(connection, contest, old)
    assert await everything(connection) == before
    await applied(connection, contest, await shown(connection, contest))


async def test_blocking_marks_keep_it_from_being_applied(connection: Connection, contest: Contest) -> None:
    """Marks that the new scheme could not score are counted, and nothing is changed."""
    await proposed(connection, contest, coarser_paper())
    preview = await shown(connection, contest)
    assert [one.aspect for one in preview.amended.blocking] == ["T1.1"] * 3
    before = await everything(connection)
    with pytest.raises(MarksAreBlocking) as refused:
        await applied(connection, contest, preview)
    assert refused.value.data == {"count": 3}
    assert await everything(connection) == before


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, "a\x00b"])
async def test_amendment_without_a_reason_is_refused(connection: Connection, contest: Contest, reason: str) -> None:
    """Everybody will ask why: a reason is written, in words that a page can show."""
    await proposed(connection, contest, milder())
    with pytest.raises(AmendmentNeedsReason):
        await applied(connection, contest, await shown(connection, contest), reason=reason)


async def test_two_who_apply_at_once_apply_once(connection: Connection, contest: Contest, dsn: str) -> None:
    """The second answer to one preview finds it answered."""
    await proposed(connection, contest, milder())
    preview = await shown(connection, contest)
    other = await asyncpg.connect(dsn, server_settings={"role": "leitai_app", "timezone": "UTC"})
    outcomes = await asyncio.gather(
        applied(connection, contest, preview), applied(other, contest, preview), return_exceptions=True
    )
    await other.close()
    assert [type(outcome) for outcome in outcomes if outcome] == [NothingProposed]
    assert len(await store.versions_of(connection, contest.event_id)) == 2


# Dropping -------------------------------------------------------------------------------------------------------------


async def test_dropped_amendment_leaves_only_its_record(connection: Connection, contest: Contest) -> None:
    """Dropping forgets the proposal whole; the audit says that it was there."""
    before = await everything(connection)
    await proposed(connection, contest, milder())
    digest = scheme_digest(milder())
    await actions.drop_proposal(connection, contest.event_id, digest=digest, actor_id=contest.organiser.id, now=LATER)
    after = await everything(connection)
    assert {table for table in before if before[table] != after[table]} == {"audit"}
    rows = await connection.fetch("SELECT verb FROM audit WHERE verb ~ 'amend' ORDER BY at, id")
    assert [row[0] for row in rows] == ["propose_amendment", "drop_amendment"]
