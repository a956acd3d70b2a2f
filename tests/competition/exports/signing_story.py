"""What tests of the archive share: a contest of which one sheet is signed twice, with all that may befall a sheet in between."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from competition.judging import actions, papers_store, signing
from competition.judging.papers_store import Picture
from competition.ledger.actions import writing
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Person
from schemas.marks import Drawing, Photograph, ReopenSheet, SealSheet, Signer, SignSheet
from tests.house import NOW, Contest, found_contest, mark, mark_all, marks_in_force, record

DRAWN = Drawing(
    width=600,
    height=200,
    strokes=(
        ((80, 60), (140, 50), (200, 58), (150, 110), (100, 150)),
        ((60, 100), (220, 96)),
        ((300, 40), (310, 90), (296, 160)),
        ((260, 90), (360, 84), (420, 120), (350, 150), (470, 60), (540, 130)),
    ),
)
NAMED = Drawing(width=1, height=1, strokes=(), name="王裁判长")
PICTURE = Picture(jpeg=b"\xff\xd8\xff", width=1, height=1)
LATER = NOW + timedelta(minutes=30)


async def found_signed(connection: Connection, *, entrants: int = 2, **founded: Any) -> tuple[Contest, UUID]:
    """A contest with every mark made, and the sheet A1 of judge 0 for the first entrant.

    It is corrected, signed by three, reopened for a reading, entered late from paper, photographed, and signed again by judge and
    chief judge, who writes a name.
    """
    contest, shelf = await found_contest(connection, entrants=entrants, **founded), Shelf()
    judge, chief, code = contest.judges[0], contest.chief, contest.codes[0]
    sheet_id = contest.sheet(code, "A1", 0)
    await mark_all(connection, shelf, contest, {code: {"A1.1": ("0.013",), "A1.2": ("2",)}})
    [runout] = [one for one in await marks_in_force(connection, contest.event_id, sheet_id) if one.aspect == "A1.1"]
    fixed = mark(sheet_id, "A1.1", "0.012", supersedes=runout.id, reason="transfer", note="看错刻度")
    doubt = mark(sheet_id, "A1.2", "9")
    await record(connection, shelf, contest, judge, fixed, doubt)
    first = await seal_by_hand(connection, shelf, contest, sheet_id, judge)
    await sign(connection, shelf, sheet_id, first, "competitor", tablet_of(judge))
    await sign(connection, shelf, sheet_id, first, "chief_judge", chief)
    reopening = ReopenSheet(id=new_id(), reason="读数抄错")
    await actions.reopen_score_sheet(connection, shelf, sheet_id, reopening, person=chief, now=LATER)
    paper = mark(sheet_id, "A1.1", "0.008", supersedes=fixed.id, reason="input", note="纸质第 7 号")
    await actions.record_paper(connection, shelf, sheet_id, (paper,), person=chief, now=LATER)
    await photograph(connection, shelf, contest, sheet_id, judge)
    second = await seal_by_hand(connection, shelf, contest, sheet_id, judge)
    await sign(connection, shelf, sheet_id, second, "chief_judge", chief, drawing=NAMED)
    return contest, sheet_id


async def seal_by_hand(connection: Connection, shelf: Shelf, contest: Contest, sheet_id: UUID, judge: Person) -> UUID:
    """Sign a sheet off with the judge's drawing; returns the sign-off's id."""
    in_force = await marks_in_force(connection, contest.event_id, sheet_id)
    command = SealSheet(id=new_id(), marks=tuple(one.id for one in in_force), drawing=DRAWN)
    await signing.seal_score_sheet(connection, shelf, sheet_id, command, person=tablet_of(judge), now=LATER)
    return command.id


async def sign(
    connection: Connection,
    shelf: Shelf,
    sheet_id: UUID,
    seal_id: UUID,
    role: Signer,
    person: Person,
    *,
    drawing: Drawing = DRAWN,
) -> UUID:
    """Sign under a sign-off; returns the signature's id."""
    command = SignSheet(id=new_id(), seal=seal_id, role=role, drawing=drawing)
    await signing.sign_score_sheet(connection, shelf, sheet_id, command, person=person, now=LATER)
    return command.id


async def photograph(connection: Connection, shelf: Shelf, contest: Contest, sheet_id: UUID, judge: Person) -> None:
    """A photograph of the assembly practice, as its ledger entry and its picture."""
    async with writing(connection, shelf, contest.event_id, now=LATER) as pen:
        entry = Photograph(
            id=new_id(),
            sheet_id=sheet_id,
            entrant_id=contest.entrants[contest.codes[0]],
            sub_criterion="A1",
            judge_id=judge.id,
            device_id=None,
            aspect="A1.2",
            digest=hashlib.sha256(PICTURE.jpeg).hexdigest(),
            taken_at=NOW,
            recorded_at=LATER,
        )
        pen.add(entry)
        await papers_store.insert_photograph(connection, contest.event_id, entry, PICTURE)


def tablet_of(judge: Person) -> Person:
    """The judge with a tablet in hand."""
    return Person(id=judge.id, role=judge.role, name=judge.name, employer=judge.employer, device_id=UUID(int=77))
