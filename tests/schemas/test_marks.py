"""What tablets send and the ledger holds: the wire form, what is refused, and the chain as a known vector."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

from schemas.base import canonical
from schemas.marks import (
    GENESIS,
    WITHOUT_EFFECT,
    Entry,
    Flag,
    Mark,
    Receipt,
    Receipts,
    RecordMark,
    RecordMarks,
    Refusal,
    Seal,
    Withdrawal,
    chain,
)

MARK = Mark(
    id=UUID(int=1),
    sheet_id=UUID(int=2),
    entrant_id=UUID(int=3),
    sub_criterion="A1",
    judge_id=UUID(int=4),
    device_id=None,
    aspect="A1.1",
    values=(Decimal("0.010"),),
    state="marked",
    base=7,
    made_at=datetime(2026, 5, 1, 1, 0, tzinfo=UTC),
    recorded_at=datetime(2026, 5, 1, 1, 0, 1, tzinfo=UTC),
    supersedes=None,
    reason=None,
    note="复测",
    flags=(),
)
BODY = (
    '{"aspect":"A1.1","base":7,"device_id":null,"entrant_id":"00000000-0000-0000-0000-000000000003","flags":[],'
    '"id":"00000000-0000-0000-0000-000000000001","judge_id":"00000000-0000-0000-0000-000000000004","kind":"mark",'
    '"made_at":"2026-05-01T01:00:00Z","note":"复测","reason":null,"recorded_at":"2026-05-01T01:00:01Z",'
    '"sheet_id":"00000000-0000-0000-0000-000000000002","state":"marked","sub_criterion":"A1","supersedes":null,'
    '"values":["0.010"]}'
)
SEAL = Seal(
    id=UUID(int=5),
    sheet_id=UUID(int=2),
    entrant_id=UUID(int=3),
    sub_criterion="A1",
    judge_id=UUID(int=4),
    device_id=None,
    sheet_digest="0" * 64,
    recorded_at=datetime(2026, 5, 1, 2, 0, tzinfo=UTC),
)


def test_mark_is_written_like_this() -> None:
    """The ledger's form of a mark, byte for byte: what every printed digest rests on."""
    assert canonical(MARK).decode() == BODY
    assert msgspec.json.decode(BODY, type=Entry) == MARK


def test_withdrawal_is_written_like_this() -> None:
    """Beside a disqualification, and not as one: the ledger's form byte for byte."""
    left = Withdrawal(
        id=UUID(int=1),
        entrant_id=UUID(int=3),
        lifted=False,
        by=UUID(int=4),
        reason="伤病",
        recorded_at=datetime(2026, 5, 1, 1, 0, tzinfo=UTC),
    )
    body = (
        '{"by":"00000000-0000-0000-0000-000000000004","entrant_id":"00000000-0000-0000-0000-000000000003",'
        '"id":"00000000-0000-0000-0000-000000000001","kind":"withdrawal","lifted":false,"reason":"伤病",'
        '"recorded_at":"2026-05-01T01:00:00Z"}'
    )
    assert canonical(left).decode() == body
    assert msgspec.json.decode(body, type=Entry) == left


def test_mark_is_written_the_same_by_a_stranger() -> None:
    """Any JSON library that sorts keys and adds no space writes the entry as the ledger holds it."""
    assert as_a_stranger_writes(json.loads(BODY)) == BODY


def test_chain_is_sha256_of_digest_position_and_entry() -> None:
    """Two links by hand, with nothing but SHA-256."""
    seal = as_a_stranger_writes(msgspec.to_builtins(SEAL))
    first = hashlib.sha256(bytes(32) + bytes([0, 0, 0, 0, 0, 0, 0, 1]) + BODY.encode()).digest()
    second = hashlib.sha256(first + bytes([0, 0, 0, 0, 0, 0, 0, 2]) + seal.encode()).digest()
    assert chain(GENESIS, 1, MARK) == first
    assert chain(first, 2, SEAL) == second
    assert first.hex() == "0b170f0aeb5285f8287485ab0a1acfb3390033d76b3d889592d0c878026cce7f"
    assert second.hex() == "58d035c2a9966de075f7c46c394fd6f0c72545c0ca71f10a7089aabe19a6e5ac"


@pytest.mark.parametrize(
    ("flag", "expected"), [("conflict", False), ("late", False), ("clock_skew", True), ("implausible", True)]
)
def test_mark_counts_unless_the_chief_judge_must_decide(flag: Flag, expected: bool) -> None:
    """A conflict and a late mark wait for the chief judge; a strange clock or reading counts all the same."""
    assert msgspec.structs.replace(MARK, flags=(flag,)).has_effect() is expected
    assert set(get_args(Flag)) >= WITHOUT_EFFECT


SENT: dict[str, Any] = {
    "id": str(UUID(int=1)),
    "sheet_id": str(UUID(int=2)),
    "aspect": "A1.1",
    "base": 7,
    "made_at": "2026-05-01T09:00:00+08:00",
}


def test_record_mark_needs_little() -> None:
    """A tablet sends an id, a sheet, an aspect, its revision and its clock; the rest has a meaning when it is not sent."""
    assert msgspec.convert(SENT, RecordMark) == RecordMark(
        id=UUID(int=1),
        sheet_id=UUID(int=2),
        aspect="A1.1",
        base=7,
        made_at=datetime(2026, 5, 1, 1, 0, tzinfo=UTC),
        values=(),
        state="marked",
        supersedes=None,
        reason=None,
        note="",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"points": "5"},
        {"judge_id": str(UUID(int=9))},
        {"made_at": "2026-05-01T09:00:00"},
        {"made_at": "yesterday"},
        {"id": "1"},
        {"values": ["eight"]},
        {"values": "0.1"},
        {"state": "zero"},
        {"reason": "because"},
        {"base": "7"},
        {"note": None},
    ],
)
def test_record_mark_refuses_what_it_cannot_mean(changes: dict[str, Any]) -> None:
    """Unknown fields, moments without a zone, unknown states and reasons are refused, not guessed at."""
    sent = msgspec.json.encode({"sent_at": "2026-05-01T09:00:00+08:00", "marks": [SENT | changes]})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(sent, type=RecordMarks)


def test_readings_are_decimals_on_the_wire() -> None:
    """A reading keeps every digit and place, sent as a string or as a number; a float never touches it."""
    sent = b'["0.10",0.1,"0.30000000000000000004",12]'
    assert [str(value) for value in msgspec.json.decode(sent, type=tuple[Decimal, ...])] == [
        "0.10",
        "0.1",
        "0.30000000000000000004",
        "12",
    ]


def test_receipts_tell_receipt_and_refusal_apart() -> None:
    """Each answer says of which kind it is, so that a tablet clears only what was taken."""
    answer = Receipts(
        results=(
            Receipt(id=UUID(int=1), position=3, revision=2),
            Refusal(id=UUID(int=2), type="no-such-sheet", detail="…"),
        )
    )
    assert msgspec.json.decode(canonical(answer)) == {
        "results": [
            {
                "kind": "receipt",
                "id": str(UUID(int=1)),
                "position": 3,
                "revision": 2,
                "flags": [],
                "points": None,
                "steps": [],
            },
            {"kind": "refusal", "id": str(UUID(int=2)), "type": "no-such-sheet", "detail": "…"},
        ]
    }


def as_a_stranger_writes(value: Any) -> str:
    """Canonical JSON by Python's own library."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
