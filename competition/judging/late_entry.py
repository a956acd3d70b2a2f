"""Late entry from paper (补录): what the form of a score sheet sends, as marks, or what is wrong with it, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, get_args
from uuid import UUID

import msgspec

from competition.schemes.trying import reading
from competition.scoring.readings import check_reading
from schemas.aspects import Aspect, Time
from schemas.base import Message
from schemas.marks import CorrectionReason, MarkState, Moment, RecordMark
from schemas.problems import N_, Problem
from schemas.scheme import SubCriterion

STATES: tuple[MarkState, ...] = (
    "marked",
    "not_measured",
    "absent",
    "not_attempted",
    "did_not_finish",
    "disqualified",
    "excluded",
)
REASONS: tuple[CorrectionReason, ...] = get_args(CorrectionReason)


class PaperIsEmpty(Problem):
    """A paper sheet of which nothing was entered."""

    sentence = N_("Nothing was entered. Type what the paper sheet says, at least for one aspect.")


class PaperIsUnnamed(Problem):
    """A late entry that does not say which paper it comes from."""

    sentence = N_("Say which paper sheet this comes from, such as its number, so that it can be found again.")


class PaperStateUnknown(Problem):
    """A state that no mark has; only a form that was tampered with sends one."""

    sentence = N_("This is none of the states there are. Choose one of the list.")


class PaperField(Message):
    """What one aspect's fields of the form hold, as typed: readings, or a state that says why there are none.

    ``id`` is the mark's to be, so that a form that is sent twice enters nothing twice; ``supersedes`` is the mark that the form was
    shown over, and ``reason`` why that is corrected.
    """

    id: UUID
    values: tuple[str, ...] = ()
    state: str = "marked"
    supersedes: UUID | None = None
    reason: str = ""

    def is_empty(self) -> bool:
        """Whether nothing was entered for the aspect."""
        return self.state == "marked" and not any(value.strip() for value in self.values)


class PaperSheet(Message):
    """A paper sheet as it was typed in: the fields of each aspect, which paper it is, and when and over what the form was shown."""

    fields: dict[str, PaperField]
    note: str
    base: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    shown_at: Moment


class PaperHasFaults(Problem):
    """A paper sheet of which something cannot be taken: nothing is, and each fault stands beside its field."""

    sentence = N_("Nothing was entered yet: correct what is marked below, then send the sheet once more.")

    def __init__(self, *, faults: Mapping[str, Problem]) -> None:
        self.faults = faults
        super().__init__()


def commands_of(paper: PaperSheet, sheet_id: UUID, sub: SubCriterion) -> tuple[RecordMark, ...]:
    """The marks of a paper sheet, in the scheme's order; raises ``PaperHasFaults`` with everything that is wrong with it."""
    if not paper.note.strip():
        raise PaperIsUnnamed
    entered = [aspect for aspect in sub.aspects if (field := paper.fields.get(aspect.id)) and not field.is_empty()]
    if not entered:
        raise PaperIsEmpty
    commands, faults = [], {}
    for aspect in entered:
        try:
            commands.append(_command(aspect, paper.fields[aspect.id], paper, sheet_id))
        except Problem as problem:
            faults[aspect.id] = problem
    if faults:
        raise PaperHasFaults(faults=faults)
    return tuple(commands)


def _command(aspect: Aspect, field: PaperField, paper: PaperSheet, sheet_id: UUID) -> RecordMark:
    state = next((state for state in STATES if state == field.state), None)
    if state is None:
        raise PaperStateUnknown
    is_typed = any(value.strip() for value in field.values)
    values = _values(aspect, field.values) if is_typed else ()
    check_reading(aspect, values, state)
    return RecordMark(
        id=field.id,
        sheet_id=sheet_id,
        aspect=aspect.id,
        base=paper.base,
        made_at=paper.shown_at,
        values=values,
        state=state,
        supersedes=field.supersedes,
        reason=next((reason for reason in REASONS if reason == field.reason), None),
        note=paper.note.strip(),
    )


def _values(aspect: Aspect, written: Sequence[str]) -> tuple[Decimal, ...]:
    given = [each for each in written if each.strip()] if isinstance(aspect, Time) else written
    return tuple(reading(aspect, each) for each in given)
