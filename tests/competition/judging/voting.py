"""A contest with a panel of three who vote: the wiring's workmanship (B1.1) is judged again when levels are two apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from competition.judging import actions
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from schemas.aspects import Judgement
from schemas.marks import Mark, Receipt, Revote
from schemas.scheme import Scheme
from tests.house import NOW, Contest, found_contest, mark, receipt_of, record, sheets_of, small_scheme

VOTERS = (0, 1, 2)


def voting_scheme(*, voters: int | None = None, revote_from: int = 2) -> Scheme:
    """The small scheme whose wiring is judged by three; ``voters``: how many of them judge the workmanship, where not all do."""
    scheme = small_scheme()
    stage = scheme.stages[1]
    wiring = stage.criteria[1]
    [sub] = wiring.sub_criteria
    finish, power = sub.aspects
    assert isinstance(finish, Judgement)
    change = msgspec.structs.replace
    finish = change(finish, revote_from=revote_from, judges=voters)
    sub = change(sub, panel=change(sub.panel, judges=3), aspects=(finish, power))
    stage = change(stage, criteria=(stage.criteria[0], change(wiring, sub_criteria=(sub,))))
    return change(scheme, stages=(scheme.stages[0], stage))


async def found_panel(
    connection: Connection,
    *,
    entrants: int = 1,
    pin: str | None = None,
    employers: Sequence[str] = ("", "", ""),
    voters: int | None = None,
    revote_from: int = 2,
) -> Contest:
    """A contest whose three judges all sit on the panel of B1."""
    contest = await found_contest(
        connection,
        entrants=entrants,
        pin=pin,
        employers=employers,
        scheme=voting_scheme(voters=voters, revote_from=revote_from),
    )
    judges = [judge.id for judge in contest.judges]
    await actions.seat_panel(connection, contest.event_id, "B1", judges, actor_id=contest.organiser.id, now=NOW)
    await actions.lay_out_sheets(connection, contest.event_id)
    return replace(contest, sheets=await sheets_of(connection, contest.event_id, contest.judges))


async def vote(
    connection: Connection,
    shelf: Shelf,
    contest: Contest,
    judge: int,
    level: int,
    *,
    code: str | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> Receipt:
    """A judge's vote on the workmanship."""
    made = mark(contest.sheet(code or contest.codes[0], "B1", judge), "B1.1", str(level), made_at=now, **changes)
    [outcome] = await record(connection, shelf, contest, contest.judges[judge], made, now=now)
    return receipt_of(outcome)


async def vote_all(
    connection: Connection, shelf: Shelf, contest: Contest, levels: Sequence[int], *, code: str | None = None
) -> list[UUID]:
    """Everybody's vote in turn; returns the marks' ids."""
    return [(await vote(connection, shelf, contest, judge, level, code=code)).id for judge, level in enumerate(levels)]


async def revotes_in(connection: Connection, contest: Contest) -> list[Revote]:
    """The re-votes of the contest, in order."""
    return [entry for entry in await ledger.entries(connection, contest.event_id) if isinstance(entry, Revote)]


async def votes_in_force(connection: Connection, contest: Contest) -> dict[int, tuple[int, UUID]]:
    """By judge the level that counts of the first entrant's workmanship, and its mark."""
    places = {judge.id: place for place, judge in enumerate(contest.judges)}
    found: dict[int, tuple[int, UUID]] = {}
    for entry in await ledger.entries(connection, contest.event_id):
        if isinstance(entry, Mark) and entry.aspect == "B1.1" and entry.has_effect():
            found[places[entry.judge_id]] = (int(entry.values[0]), entry.id)
    return found
