"""The panels whose votes the chief judge should see: apart, voting again, or settled; no database, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from competition.judging.panel_votes import disputed_panels, votes_to_see
from competition.judging.rules import Sheet
from competition.ledger.book import Book
from schemas.desk import PanelVotes, VoteLine
from schemas.marks import Entry, Revote
from tests.competition.judging.test_progress import CODES, FANG, LU, NOW, mark
from tests.competition.judging.voting import voting_scheme

WU = UUID(int=3)
NAMES = {LU: "陆师傅", FANG: "方师傅", WU: "吴师傅", UUID(int=4): "裁判长"}
CLOSES = NOW + timedelta(minutes=2)
LATER = CLOSES + timedelta(seconds=1)


def sheet(number: int, judge: UUID, sub_criterion: str = "B1") -> Sheet:
    """A sheet of the first entrant."""
    return Sheet(
        id=UUID(int=number),
        event_id=UUID(int=9),
        entrant_id=CODES["A01"],
        code="A01",
        sub_criterion=sub_criterion,
        judge_id=judge,
        judge=NAMES[judge],
        sealed_at=None,
    )


PANEL = (sheet(101, LU), sheet(102, FANG), sheet(103, WU))
OTHERS = (sheet(104, LU, "A1"), sheet(105, FANG, "A1"))
FIRST = tuple(mark(number, own, "B1.1", level) for number, own, level in zip((1, 2, 3), PANEL, (0, 2, 3), strict=True))
REVOTE = Revote(
    id=UUID(int=50),
    entrant_id=CODES["A01"],
    sub_criterion="B1",
    aspect="B1.1",
    votes=tuple(vote.id for vote in FIRST),
    by=UUID(int=4),
    closes_at=CLOSES,
    recorded_at=NOW,
)


def seen(*entries: Entry, now: datetime = NOW) -> tuple[PanelVotes, ...]:
    """What the chief judge sees after these entries."""
    book = Book(event_id=UUID(int=9), scheme=voting_scheme())
    for entry in entries:
        book = book.with_entry(entry)
    return votes_to_see((*PANEL, *OTHERS), book, NAMES, now)


def again(place: int, level: int) -> Entry:
    """A judge's second vote."""
    return mark(60 + place, PANEL[place], "B1.1", level, supersedes=FIRST[place].id, revote=REVOTE.id)


def line(judge: UUID, level: int, *, first: int | None = None) -> VoteLine:
    """What a judge gave, and before it."""
    return VoteLine(
        judge=NAMES[judge],
        values=(Decimal(level),),
        state="marked",
        first=None if first is None else (Decimal(first),),
        has_answered=first is not None,
    )


def test_votes_are_seen_once_all_have_voted_and_are_apart() -> None:
    """Two of three say nothing yet; levels one apart are nobody's concern; three apart are shown with everybody's vote."""
    assert seen(*FIRST[:2]) == ()
    assert seen(FIRST[1], FIRST[2], mark(9, PANEL[0], "B1.1", 2)) == ()
    [votes] = seen(*FIRST)
    assert votes == PanelVotes(
        entrant_id=CODES["A01"],
        code="A01",
        sub_criterion="B1",
        aspect="B1.1",
        votes=(line(LU, 0), line(FANG, 2), line(WU, 3)),
        is_apart=True,
        is_open=False,
        closes_at=None,
        asked_by="",
    )


def test_open_revote_tells_who_has_answered() -> None:
    """While it runs it is seen though the votes may have come together; both votes of who answered are told."""
    [votes] = seen(*FIRST, REVOTE, again(0, 2))
    assert votes.votes == (line(LU, 2, first=0), line(FANG, 2), line(WU, 3))
    assert (votes.is_apart, votes.is_open, votes.closes_at, votes.asked_by) == (False, True, CLOSES, "裁判长")


def test_revote_is_over_when_all_answered_or_its_time_is_up() -> None:
    """Then only a panel that is still apart is seen."""
    together = (*FIRST, REVOTE, again(0, 2), again(1, 2), again(2, 2))
    assert seen(*together) == ()
    assert seen(*FIRST, REVOTE, again(0, 2), now=LATER) == ()
    [votes] = seen(*FIRST, REVOTE, now=LATER)
    assert (votes.is_apart, votes.is_open, votes.closes_at) == (True, False, CLOSES)


@pytest.mark.parametrize(
    ("entries", "now", "is_disputed"),
    [
        (FIRST, NOW, True),
        ((*FIRST, REVOTE), NOW, True),
        ((*FIRST, REVOTE, again(0, 2)), NOW, True),
        ((*FIRST, REVOTE), LATER, False),
    ],
)
def test_panel_is_disputed_until_it_has_voted_again(
    entries: tuple[Entry, ...], now: datetime, is_disputed: bool
) -> None:
    """Apart or voting again: all sheets of the panel are; once the time is up the second votes stand. No other sheet ever is."""
    wanted = {own.id for own in PANEL} if is_disputed else set()
    assert disputed_panels(seen(*entries, now=now), (*PANEL, *OTHERS)) == wanted


def test_points_may_be_too_far_apart_as_well() -> None:
    """Where the panel says by how many points judges may differ, that is shown for whatever they give points for."""
    scheme = voting_scheme()
    stage = scheme.stages[1]
    [sub] = stage.criteria[0].sub_criteria
    sub = msgspec.structs.replace(sub, panel=msgspec.structs.replace(sub.panel, most_apart=Decimal(5)))
    assembly = msgspec.structs.replace(stage.criteria[0], sub_criteria=(sub,))
    stage = msgspec.structs.replace(stage, criteria=(assembly, stage.criteria[1]))
    book = Book(event_id=UUID(int=9), scheme=msgspec.structs.replace(scheme, stages=(scheme.stages[0], stage)))
    for entry in (mark(1, OTHERS[0], "A1.2", 0), mark(2, OTHERS[1], "A1.2", 2)):
        book = book.with_entry(entry)
    assert [votes.aspect for votes in votes_to_see(OTHERS, book, NAMES, NOW)] == ["A1.2"]
