"""Late entry from paper: what the form of a sheet sends as marks, and every fault of it beside its field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from competition.judging.late_entry import (
    PaperField,
    PaperHasFaults,
    PaperIsEmpty,
    PaperIsUnnamed,
    PaperSheet,
    PaperStateUnknown,
    commands_of,
)
from competition.scoring.readings import NotANumber, ReadingsWithoutMarking, TooManyDecimals
from schemas.marks import RecordMark
from tests.every_kind import every_kind
from tests.house import NOW, small_scheme

SHEET = UUID(int=7)
SUB = small_scheme().sub_criterion("A1")
assert SUB is not None


def paper(note: str = "第 7 张", **fields: PaperField) -> PaperSheet:
    """A paper sheet with these fields; ``A1_1`` is the aspect A1.1."""
    named = {name.replace("_", "."): field for name, field in fields.items()}
    return PaperSheet(fields=named, note=note, base=4, shown_at=NOW)


def field(number: int, *values: str, **changes: Any) -> PaperField:
    """What was typed for an aspect."""
    return PaperField(id=UUID(int=number), values=values, **changes)


def command(number: int, aspect: str, *values: str, **changes: Any) -> RecordMark:
    """The mark that is to come of it."""
    return RecordMark(
        **{
            "id": UUID(int=number),
            "sheet_id": SHEET,
            "aspect": aspect,
            "base": 4,
            "made_at": NOW,
            "values": tuple(Decimal(value) for value in values),
            "note": "第 7 张",
            **changes,
        }
    )


def test_what_was_typed_becomes_marks_in_the_schemes_order() -> None:
    """Readings as people write them; what stays empty is not entered; blanks around the note are not kept."""
    assert SUB is not None
    typed = paper(A1_2=field(2, " 1 "), A1_1=field(1, "０.０08"), note=" 第 7 张 ")
    assert commands_of(typed, SHEET, SUB) == (command(1, "A1.1", "0.008"), command(2, "A1.2", "1"))
    assert commands_of(paper(A1_1=field(1, "  "), A1_2=field(2, "0")), SHEET, SUB) == (command(2, "A1.2", "0"),)


def test_a_state_says_why_there_is_no_reading() -> None:
    """It comes without values; a value beside it is a fault, for one of the two must be wrong."""
    assert SUB is not None
    gone = field(1, "", state="not_measured")
    assert commands_of(paper(A1_1=gone), SHEET, SUB) == (command(1, "A1.1", state="not_measured"),)
    both = field(1, "0.008", state="not_measured")
    with pytest.raises(PaperHasFaults) as faults:
        commands_of(paper(A1_1=both), SHEET, SUB)
    assert {aspect: type(fault) for aspect, fault in faults.value.faults.items()} == {"A1.1": ReadingsWithoutMarking}


def test_a_correction_names_what_it_corrects_and_why() -> None:
    """The mark that was shown, and a reason of the list; any other word is none."""
    assert SUB is not None
    fixed = field(1, "0.004", supersedes=UUID(int=99), reason="transfer")
    wanted = command(1, "A1.1", "0.004", supersedes=UUID(int=99), reason="transfer")
    assert commands_of(paper(A1_1=fixed), SHEET, SUB) == (wanted,)
    odd = field(1, "0.004", supersedes=UUID(int=99), reason="because")
    assert [made.reason for made in commands_of(paper(A1_1=odd), SHEET, SUB)] == [None]


def test_every_fault_is_told_at_once() -> None:
    """Each beside its aspect; then nothing of the sheet is a mark."""
    assert SUB is not None
    with pytest.raises(PaperHasFaults) as faults:
        commands_of(paper(A1_1=field(1, "0.00812"), A1_2=field(2, "one")), SHEET, SUB)
    kinds = {aspect: type(fault) for aspect, fault in faults.value.faults.items()}
    assert kinds == {"A1.1": TooManyDecimals, "A1.2": NotANumber}
    with pytest.raises(PaperHasFaults) as faults:
        commands_of(paper(A1_1=field(1, state="asleep")), SHEET, SUB)
    assert {aspect: type(fault) for aspect, fault in faults.value.faults.items()} == {"A1.1": PaperStateUnknown}


def test_a_sheet_needs_its_name_and_something_on_it() -> None:
    """Without a note nobody finds the paper again; an empty form enters nothing."""
    assert SUB is not None
    with pytest.raises(PaperIsUnnamed):
        commands_of(paper(A1_1=field(1, "0.008"), note="  "), SHEET, SUB)
    with pytest.raises(PaperIsEmpty):
        commands_of(paper(A1_1=field(1, "")), SHEET, SUB)
    with pytest.raises(PaperIsEmpty):
        commands_of(paper(B1_1=field(1, "2")), SHEET, SUB)


@pytest.mark.parametrize(
    ("aspect_id", "typed", "read"),
    [("B1.1", ("2", ""), ("2", "0")), ("A2.6", ("1:05.5", "", "70"), ("65.5", "70"))],
)
def test_fields_left_empty_beside_others(aspect_id: str, typed: tuple[str, ...], read: tuple[str, ...]) -> None:
    """Of faults none were counted; a run that was not made is not there."""
    sub = next(sub for sub in every_kind().sub_criteria() if aspect_id in {aspect.id for aspect in sub.aspects})
    made = PaperSheet(fields={aspect_id: field(1, *typed)}, note="7", base=4, shown_at=NOW)
    assert [entered.values for entered in commands_of(made, SHEET, sub)] == [tuple(Decimal(value) for value in read)]
