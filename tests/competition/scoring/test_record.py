"""Folding the ledger: the mark in force is the last one with effect, and nothing that was there before changes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from competition.scoring.record import EntrantRecord, fold, fold_all
from schemas.marks import (
    Disqualification,
    Entry,
    Mark,
    PenaltyGiven,
    Photograph,
    Reopening,
    Retraction,
    Revote,
    Seal,
    Signature,
    Withdrawal,
)

ENTRANT, SHEET, ANNA, BO, CHIEF = (UUID(int=number) for number in range(1, 6))
NOON = datetime(2026, 10, 12, 12, tzinfo=UTC)
EMPTY = EntrantRecord(entrant_id=ENTRANT)

FIRST = Mark(
    id=UUID(int=100),
    sheet_id=SHEET,
    entrant_id=ENTRANT,
    sub_criterion="F1",
    judge_id=ANNA,
    device_id=None,
    aspect="F1.1",
    values=(Decimal("0.016"),),
    state="marked",
    base=0,
    made_at=NOON,
    recorded_at=NOON,
    supersedes=None,
    reason=None,
    note="",
    flags=(),
)
CORRECTION = msgspec.structs.replace(
    FIRST, id=UUID(int=101), values=(Decimal("0.006"),), supersedes=FIRST.id, reason="input"
)
OTHER_JUDGE = msgspec.structs.replace(FIRST, id=UUID(int=102), judge_id=BO)
CONFLICT = msgspec.structs.replace(FIRST, id=UUID(int=103), values=(Decimal("0.001"),), flags=("conflict",))
QUARANTINED = msgspec.structs.replace(FIRST, id=UUID(int=113), flags=("quarantined",))
LATE = msgspec.structs.replace(FIRST, id=UUID(int=104), values=(Decimal("0.002"),), flags=("clock_skew", "late"))
ODD = msgspec.structs.replace(FIRST, id=UUID(int=105), values=(Decimal(16),), flags=("implausible", "stale_base"))
SEAL = Seal(
    id=UUID(int=106),
    sheet_id=SHEET,
    entrant_id=ENTRANT,
    sub_criterion="F1",
    judge_id=ANNA,
    device_id=None,
    sheet_digest="00",
    recorded_at=NOON,
)
REOPENING = Reopening(
    id=UUID(int=107),
    sheet_id=SHEET,
    entrant_id=ENTRANT,
    sub_criterion="F1",
    judge_id=ANNA,
    by=CHIEF,
    reason="slip",
    recorded_at=NOON,
)
PENALTY = PenaltyGiven(
    id=UUID(int=108),
    entrant_id=ENTRANT,
    penalty="safety",
    occurrences=2,
    by=CHIEF,
    reason="no goggles",
    recorded_at=NOON,
)
LESS = msgspec.structs.replace(PENALTY, id=UUID(int=109), occurrences=1)
OVERTIME = msgspec.structs.replace(PENALTY, id=UUID(int=110), penalty="overtime", occurrences=3)
OUT = Disqualification(
    id=UUID(int=111), entrant_id=ENTRANT, lifted=False, by=CHIEF, reason="second damage", recorded_at=NOON
)
IN_AGAIN = msgspec.structs.replace(OUT, id=UUID(int=112), lifted=True)
LEFT = Withdrawal(id=UUID(int=119), entrant_id=ENTRANT, lifted=False, by=CHIEF, reason="ill", recorded_at=NOON)
BACK = msgspec.structs.replace(LEFT, id=UUID(int=120), lifted=True)
TAKEN_BACK = Retraction(
    id=UUID(int=114),
    sheet_id=SHEET,
    entrant_id=ENTRANT,
    sub_criterion="F1",
    judge_id=ANNA,
    device_id=None,
    aspect="F1.1",
    mark=FIRST.id,
    made_at=NOON,
    recorded_at=NOON,
)
CORRECTION_TAKEN_BACK = msgspec.structs.replace(TAKEN_BACK, id=UUID(int=115), mark=CORRECTION.id)
REVOTE = Revote(
    id=UUID(int=116),
    entrant_id=ENTRANT,
    sub_criterion="F1",
    aspect="F1.1",
    votes=(FIRST.id, OTHER_JUDGE.id),
    by=None,
    closes_at=NOON,
    recorded_at=NOON,
)
SIGNATURE = Signature(
    id=UUID(int=117),
    sheet_id=SHEET,
    entrant_id=ENTRANT,
    sub_criterion="F1",
    judge_id=ANNA,
    device_id=None,
    seal=SEAL.id,
    role="competitor",
    by=None,
    sheet_digest="00",
    drawing_digest="00",
    recorded_at=NOON,
)
PHOTOGRAPH = Photograph(
    id=UUID(int=118),
    sheet_id=SHEET,
    entrant_id=ENTRANT,
    sub_criterion="F1",
    judge_id=ANNA,
    device_id=None,
    aspect="F1.1",
    digest="00",
    taken_at=NOON,
    recorded_at=NOON,
)

CELL = ("F1.1", ANNA)
CORRECTED = EntrantRecord(entrant_id=ENTRANT, marks={CELL: CORRECTION}, before={CORRECTION.id: FIRST})


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((), EMPTY),
        ((FIRST,), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST})),
        ((FIRST, CORRECTION), CORRECTED),
        ((FIRST, TAKEN_BACK), EMPTY),
        ((FIRST, CORRECTION, CORRECTION_TAKEN_BACK), msgspec.structs.replace(CORRECTED, marks={CELL: FIRST})),
        ((FIRST, OTHER_JUDGE, TAKEN_BACK), EntrantRecord(entrant_id=ENTRANT, marks={("F1.1", BO): OTHER_JUDGE})),
        ((TAKEN_BACK, FIRST), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST})),
        (
            (FIRST, OTHER_JUDGE, REVOTE, SIGNATURE, PHOTOGRAPH),
            EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST, ("F1.1", BO): OTHER_JUDGE}, revotes={"F1.1": REVOTE}),
        ),
        ((QUARANTINED,), EMPTY),
        ((FIRST, OTHER_JUDGE), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST, ("F1.1", BO): OTHER_JUDGE})),
        ((FIRST, CONFLICT), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST})),
        ((LATE,), EMPTY),
        ((ODD,), EntrantRecord(entrant_id=ENTRANT, marks={CELL: ODD})),
        ((FIRST, SEAL, REOPENING), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST})),
        ((PENALTY, OVERTIME, LESS), EntrantRecord(entrant_id=ENTRANT, penalties={"safety": 1, "overtime": 3})),
        ((FIRST, OUT), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST}, disqualified=True)),
        ((OUT, IN_AGAIN), EMPTY),
        ((LEFT, FIRST), EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST}, withdrawn=True)),
        ((LEFT, OUT, IN_AGAIN), EntrantRecord(entrant_id=ENTRANT, withdrawn=True)),
        ((OUT, LEFT, BACK), EntrantRecord(entrant_id=ENTRANT, disqualified=True)),
        ((LEFT, BACK), EMPTY),
    ],
)
def test_fold_all_gives_what_is_in_force(entries: tuple[Entry, ...], expected: EntrantRecord) -> None:
    """The record after these entries, taken together or one by one, is this."""
    one_by_one = EMPTY
    for entry in entries:
        one_by_one = fold(one_by_one, entry)
    assert (fold_all(EMPTY, entries), one_by_one) == (expected, expected)


def test_fold_leaves_the_record_before_it_alone() -> None:
    """A record that somebody still holds does not change when the next one is made from it."""
    before = fold_all(EMPTY, (FIRST, PENALTY))
    for entry in (CORRECTION, LESS, OUT, LEFT):
        fold(before, entry)
    assert before == EntrantRecord(entrant_id=ENTRANT, marks={CELL: FIRST}, penalties={"safety": 2})
