"""Registration: delegations, entrants, and what a roster import says before it is done."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from schemas.base import Message

Sex = Literal["male", "female"]
DocumentKind = Literal["resident_id", "passport", "other"]
EntrantStatus = Literal["registered", "eligible", "withdrawn"]
RowChange = Literal["new", "changed", "unchanged"]


class RosterRow(Message):
    """One entrant as a roster gives them, every field already checked and normalised."""

    name: str
    sex: Sex
    document_kind: DocumentKind
    document: str
    phone: str
    employer: str
    delegation: str
    skill_level: str
    mentor: str
    leader: str


class BadCell(Message):
    """One thing wrong with a roster: where it stands and what to do, in the reader's language.

    ``row`` is the row number as a spreadsheet shows it (1 is the heading); ``column`` is the heading's text, with its letter.
    """

    sheet: str
    row: int
    column: str
    problem: str
    remedy: str


class PlannedRow(Message):
    """What the import would do with one row; ``changes`` are the headings whose values differ from what is registered."""

    row: int
    name: str
    document_masked: str
    delegation: str
    change: RowChange
    changes: tuple[str, ...] = ()
    sheet: str = ""


class ImportPlan(Message):
    """A dry run: either bad cells, and then nothing may be written, or what each row would do.

    ``ignored`` are headings and sheets of the file that no roster has; what stands there is not read.
    """

    file_digest: str
    bad_cells: tuple[BadCell, ...]
    rows: tuple[PlannedRow, ...]
    ignored: tuple[str, ...] = ()

    def is_good(self) -> bool:
        """Whether the import may be confirmed."""
        return not self.bad_cells


class Delegation(Message):
    """A delegation and how many entrants it may send to the event."""

    id: UUID
    code: str
    name: str
    quota: int
    entrants: int


class EntrantLine(Message):
    """An entrant as staff see them in a list: document and phone masked. ``has_left``: the ledger says that they withdrew."""

    id: UUID
    number: int
    name: str
    sex: Sex
    document_masked: str
    phone_masked: str
    employer: str
    delegation: str
    skill_level: str
    mentor: str
    leader: str
    status: EntrantStatus
    has_photo: bool
    code: str | None
    status_reason: str = ""
    has_left: bool = False
