"""What a mark must be to be taken, what is flagged about it, and when a sheet may be signed: no database, no clock."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.judging import rules
from competition.judging.rules import Sheet
from competition.scoring.readings import NotALevel, ReadingsWithoutMarking, ScoreOutOfRange, WrongNumberOfReadings
from competition.scoring.record import EntrantRecord, fold_all
from schemas.access import Person
from schemas.base import canonical
from schemas.marks import Flag, Mark, RecordMark, Reopening, Revote, Seal
from schemas.problems import Problem
from schemas.scheme import Scheme, SubCriterion
from tests.house import small_scheme

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
ENTRANT = UUID(int=3)
JUDGE = Person(id=UUID(int=4), role="judge", name="裁判 陆", device_id=UUID(int=5))
OTHER = Person(id=UUID(int=6), role="judge", name="裁判 方")
SCHEME = small_scheme()
SHEET = Sheet(
    id=UUID(int=2),
    event_id=UUID(int=1),
    entrant_id=ENTRANT,
    code="A01",
    sub_criterion="A1",
    judge_id=JUDGE.id,
    sealed_at=None,
)
EMPTY = EntrantRecord(entrant_id=ENTRANT)


def asked(aspect: str = "A1.1", *values: str, **changes: Any) -> RecordMark:
    """A tablet's command, with id 10."""
    readings = tuple(Decimal(value) for value in values or ("0.010",))
    command = RecordMark(
        id=UUID(int=10), sheet_id=SHEET.id, aspect=aspect, base=0, made_at=NOW - timedelta(hours=26), values=readings
    )
    return msgspec.structs.replace(command, **changes)


def judged(
    command: RecordMark,
    *,
    sheet: Sheet | None = SHEET,
    record: EntrantRecord | None = EMPTY,
    person: Person = JUDGE,
    sent_at: datetime = NOW,
) -> Mark:
    """The mark that a command becomes at ``NOW``."""
    return rules.judged(command, sheet, SCHEME, record, person=person, sent_at=sent_at, now=NOW)


def test_judged_copies_the_command_and_adds_who_where_and_when() -> None:
    """A mark is what was sent, word for word, with what only the server knows."""
    command = asked("A1.2", "2", base=17, note="两处", state="marked")
    assert judged(command) == Mark(
        id=UUID(int=10),
        sheet_id=SHEET.id,
        entrant_id=ENTRANT,
        sub_criterion="A1",
        judge_id=JUDGE.id,
        device_id=JUDGE.device_id,
        aspect="A1.2",
        values=(Decimal(2),),
        state="marked",
        base=17,
        made_at=NOW - timedelta(hours=26),
        recorded_at=NOW,
        supersedes=None,
        reason=None,
        note="两处",
        flags=(),
    )


@pytest.mark.parametrize(
    ("command", "changes", "problem"),
    [
        (asked(), {"sheet": None}, rules.NoSuchSheet),
        (asked(), {"record": None}, rules.NoSuchSheet),
        (asked(), {"person": OTHER}, rules.NoSuchSheet),
        (asked("T1.1", "80"), {}, rules.NoSuchAspect),
        (asked("nothing"), {}, rules.NoSuchAspect),
        (asked(), {"sheet": msgspec.structs.replace(SHEET, sub_criterion="X")}, rules.NoSuchAspect),
        (asked("A1.1", "0.01", "0.02"), {}, WrongNumberOfReadings),
        (asked("A1.1", values=()), {}, WrongNumberOfReadings),
        (asked(state="absent"), {}, ReadingsWithoutMarking),
        (asked(supersedes=UUID(int=9)), {}, rules.CorrectionNeedsReason),
    ],
)
def test_judged_refuses_what_cannot_be_taken(
    command: RecordMark, changes: dict[str, Any], problem: type[Problem]
) -> None:
    """Another's sheet, another sheet's aspect, a reading that is none, a correction without a reason."""
    with pytest.raises(problem):
        judged(command, **changes)


def test_judged_tells_nobody_that_a_sheet_is_anothers() -> None:
    """A sheet that does not exist and a sheet of another judge are refused by the same words."""
    said = set()
    for changes in ({"sheet": None}, {"person": OTHER}):
        with pytest.raises(rules.NoSuchSheet) as refused:
            judged(asked(), **changes)
        said.add(str(refused.value))
    assert len(said) == 1


STANDING = judged(asked(id=UUID(int=9)))
MARKED = fold_all(EMPTY, [STANDING])
SEALED = msgspec.structs.replace(SHEET, sealed_at=NOW)


@pytest.mark.parametrize(
    ("command", "changes", "expected"),
    [
        (asked(), {}, ()),
        (asked(), {"record": MARKED}, ("conflict",)),
        (asked(supersedes=STANDING.id, reason="input"), {"record": MARKED}, ()),
        (asked(supersedes=STANDING.id, reason="input"), {}, ("conflict",)),
        (asked(supersedes=UUID(int=8), reason="input"), {"record": MARKED}, ("conflict",)),
        (asked(), {"sheet": SEALED}, ("late",)),
        (asked(), {"sheet": SEALED, "record": MARKED}, ("conflict", "late")),
        (asked(), {"sent_at": NOW - timedelta(minutes=2)}, ()),
        (asked(), {"sent_at": NOW - timedelta(minutes=2, seconds=1)}, ("clock_skew",)),
        (asked(), {"sent_at": NOW + timedelta(hours=26)}, ("clock_skew",)),
        (asked("A1.1", "0.100"), {}, ()),
        (asked("A1.1", "0.101"), {}, ("implausible",)),
        (asked("A1.1", "8"), {"sheet": SEALED, "record": MARKED, "sent_at": NOW + timedelta(days=1)}, ("conflict", "late", "clock_skew", "implausible")),
        (asked("A1.1", values=(), state="absent"), {}, ()),
    ],
)  # fmt: skip
def test_judged_flags_what_the_chief_judge_should_know(
    command: RecordMark, changes: dict[str, Any], expected: tuple[Flag, ...]
) -> None:
    """Conflict, late, clock and slips are noted on the mark, which is taken all the same."""
    assert judged(command, **changes).flags == expected


def test_judged_keeps_marks_of_a_tablet_out_of_use_without_effect() -> None:
    """Quarantined stands beside whatever else was noticed; nothing of it counts."""
    mark = rules.judged(asked(), SEALED, SCHEME, EMPTY, person=JUDGE, sent_at=NOW, now=NOW, is_quarantined=True)
    assert mark.flags == ("late", "quarantined")
    assert not mark.has_effect()


def test_judged_keeps_what_newer_tablets_say() -> None:
    """The tablet's own count and the judge's confirmation are on the mark; older tablets' marks have neither."""
    newer = judged(asked("A1.1", "0.101", sequence=7, confirmed=True))
    assert (newer.sequence, newer.confirmed, newer.flags) == (7, True, ("implausible",))
    assert b"sequence" not in canonical(judged(asked()))


def test_judged_keeps_another_judges_mark_apart() -> None:
    """Two judges' marks of one aspect are two cells; neither is in the other's way."""
    sheet = msgspec.structs.replace(SHEET, id=UUID(int=22), judge_id=OTHER.id)
    assert judged(asked(), sheet=sheet, record=MARKED, person=OTHER).flags == ()


@pytest.mark.parametrize(
    "change",
    [
        {"sheet_id": UUID(int=99)},
        {"aspect": "A1.2"},
        {"values": (Decimal("0.011"),)},
        {"state": "not_measured"},
        {"base": 1},
        {"made_at": NOW},
        {"supersedes": UUID(int=99)},
        {"reason": "input"},
        {"note": "x"},
        {"sequence": 1},
        {"revote": UUID(int=99)},
        {"confirmed": True},
    ],
)
def test_is_same_notices_any_other_body(change: dict[str, Any]) -> None:
    """A command under a known id is the same only when nothing in it differs."""
    command, mark = asked(), judged(asked())
    assert rules.is_same(command, mark, JUDGE)
    assert not rules.is_same(msgspec.structs.replace(command, **change), mark, JUDGE)
    assert not rules.is_same(command, mark, OTHER)


def test_is_same_knows_the_same_moment_and_number_written_otherwise() -> None:
    """A tablet that writes the same moment in its own zone, or a nought more, did not send another mark."""
    mark = judged(asked())
    again = msgspec.json.decode(
        msgspec.json.encode(asked("A1.1", "0.0100")).replace(b"2026-04-29T23:00:00Z", b"2026-04-30T07:00:00+08:00"),
        type=RecordMark,
    )
    assert rules.is_same(again, mark, JUDGE)


def test_a_reopening_is_the_same_for_its_sheet_and_author_only() -> None:
    """What stands under an id is this reopening, or it is something else."""
    seal = Seal(
        id=UUID(int=7),
        sheet_id=SHEET.id,
        entrant_id=ENTRANT,
        sub_criterion="A1",
        judge_id=JUDGE.id,
        device_id=None,
        sheet_digest="",
        recorded_at=NOW,
    )
    reopening = Reopening(
        id=UUID(int=7),
        sheet_id=SHEET.id,
        entrant_id=ENTRANT,
        sub_criterion="A1",
        judge_id=JUDGE.id,
        by=OTHER.id,
        reason="抄错",
        recorded_at=NOW,
    )
    reopened = [
        rules.is_same_reopening(entry, sheet_id, person)
        for entry, sheet_id, person in (
            (reopening, SHEET.id, OTHER),
            (reopening, UUID(int=99), OTHER),
            (reopening, SHEET.id, JUDGE),
            (seal, SHEET.id, OTHER),
        )
    ]
    assert reopened == [True, False, False, False]


# Signing --------------------------------------------------------------------------------------------------------------

FULL = fold_all(
    EMPTY,
    [judged(asked("A1.2", "1", id=UUID(int=12))), judged(asked(id=UUID(int=11)))],
)


def sub_criterion() -> SubCriterion:
    """The sheet's sub-criterion."""
    sub = SCHEME.sub_criterion("A1")
    assert sub is not None
    return sub


def test_missing_names_aspects_in_the_schemes_order() -> None:
    """What this judge has not marked, whoever else has."""
    assert [aspect.id for aspect in rules.missing(sub_criterion(), EMPTY, JUDGE.id)] == ["A1.1", "A1.2"]
    assert [aspect.id for aspect in rules.missing(sub_criterion(), MARKED, JUDGE.id)] == ["A1.2"]
    assert [aspect.id for aspect in rules.missing(sub_criterion(), FULL, OTHER.id)] == ["A1.1", "A1.2"]
    assert rules.missing(sub_criterion(), FULL, JUDGE.id) == ()


def test_what_others_marked_for_the_panel_is_settled() -> None:
    """Where one judge measures for both, the other need not; who did has a mark, and nothing is settled while nobody has."""
    sub = small_scheme(measurers=1).sub_criterion("A1")
    assert sub is not None
    settled = [
        [aspect.id for aspect in rules.settled(sub, record, judge.id)]
        for record, judge in ((EMPTY, OTHER), (FULL, OTHER), (FULL, JUDGE))
    ]
    assert settled == [[], ["A1.1"], []]
    assert [aspect.id for aspect in rules.missing(sub, FULL, OTHER.id)] == ["A1.2"]
    assert rules.settled(sub_criterion(), FULL, OTHER.id) == ()


def test_check_sign_off_is_bound_to_exactly_what_was_read_back() -> None:
    """The digest is SHA-256 over the sheet and each aspect's mark, state and values, as anybody can compute it."""
    signed = rules.check_sign_off(SHEET, sub_criterion(), FULL, [UUID(int=12), UUID(int=11)], now=NOW)
    readings = {
        "A1.1": {"mark": str(UUID(int=11)), "state": "marked", "values": ["0.010"]},
        "A1.2": {"mark": str(UUID(int=12)), "state": "marked", "values": ["1"]},
    }
    body = json.dumps({"sheet": str(SHEET.id), "readings": readings}, sort_keys=True, separators=(",", ":"))
    assert signed == hashlib.sha256(body.encode()).hexdigest()


@pytest.mark.parametrize(
    ("sheet", "record", "signed", "problem"),
    [
        (SEALED, FULL, (11, 12), rules.SheetIsSealed),
        (SHEET, EMPTY, (), rules.SheetIsIncomplete),
        (SHEET, MARKED, (9,), rules.SheetIsIncomplete),
        (SHEET, FULL, (), rules.SheetHasChanged),
        (SHEET, FULL, (11,), rules.SheetHasChanged),
        (SHEET, FULL, (11, 9), rules.SheetHasChanged),
        (SHEET, FULL, (11, 12, 13), rules.SheetHasChanged),
    ],
)
def test_check_sign_off_refuses_anything_else(
    sheet: Sheet, record: EntrantRecord, signed: tuple[int, ...], problem: type[Problem]
) -> None:
    """A sheet is signed once, whole, and as it was shown."""
    with pytest.raises(problem):
        rules.check_sign_off(sheet, sub_criterion(), record, [UUID(int=number) for number in signed], now=NOW)


@pytest.mark.parametrize(
    ("votes", "now", "is_refused"),
    [
        ((11,), NOW, True),
        ((11,), NOW + timedelta(minutes=2), False),
        ((99,), NOW, False),
    ],
)
def test_check_sign_off_waits_for_the_own_vote_in_a_revote(
    votes: tuple[int, ...], now: datetime, is_refused: bool
) -> None:
    """While there is time and the own vote is among those that are repeated; others' re-votes are none of this judge's."""
    revote = Revote(
        id=UUID(int=30),
        entrant_id=ENTRANT,
        sub_criterion="A1",
        aspect="A1.1",
        votes=tuple(UUID(int=vote) for vote in votes),
        by=None,
        closes_at=NOW + timedelta(minutes=2),
        recorded_at=NOW,
    )
    record, signed = fold_all(FULL, [revote]), [UUID(int=11), UUID(int=12)]
    if is_refused:
        with pytest.raises(rules.VoteIsAwaited):
            rules.check_sign_off(SHEET, sub_criterion(), record, signed, now=now)
    else:
        assert rules.check_sign_off(SHEET, sub_criterion(), record, signed, now=now)


def test_problems_of_signing_say_what_to_do() -> None:
    """The sentence names the code, the missing aspects, the moment of the signature."""
    with pytest.raises(rules.SheetIsIncomplete) as incomplete:
        rules.check_sign_off(SHEET, sub_criterion(), MARKED, [], now=NOW)
    with pytest.raises(rules.SheetIsSealed) as sealed:
        rules.check_sign_off(SEALED, sub_criterion(), FULL, [], now=NOW)
    assert incomplete.value.data == {"code": "A01", "count": 1, "aspects": "A1.2"}
    assert sealed.value.data == {"code": "A01", "at": "01:00"}


# Panels ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judge", "entrant", "expected"),
    [
        ("长淮机床厂", "长淮机床厂", True),
        (" 长淮机床厂 ", "长淮机床厂", True),
        ("Chery Auto", "CHERY AUTO", True),
        ("长淮机床厂", "长淮机床二厂", False),
        ("", "", False),
        ("", "长淮机床厂", False),
        ("  ", " ", False),
    ],
)
def test_recused_is_who_has_the_entrants_employer(judge: str, entrant: str, expected: bool) -> None:
    """The same employer, however it is spaced or written; an unknown one recuses nobody."""
    assert rules.recused(judge, entrant) is expected


def test_readings_are_checked_by_their_aspects_kind() -> None:
    """Judging asks scoring what a reading must be: a level from 0 to 3, a score within its points."""
    blind = msgspec.structs.replace(SHEET, sub_criterion="B1")
    theory = msgspec.structs.replace(SHEET, sub_criterion="T1")
    with pytest.raises(NotALevel):
        judged(asked("B1.1", "4"), sheet=blind)
    with pytest.raises(ScoreOutOfRange):
        judged(asked("T1.1", "100.5"), sheet=theory)
    assert isinstance(SCHEME, Scheme)
