"""What the rows of a table of marks say: entries, one reading put together from its items, and marks as scoring knows them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import msgspec

from competition.scoring.compute import GRAVEST_FIRST
from competition.scoring.readings import check_instrument, check_reading, expected_readings
from competition.scoring.record import Cell
from schemas.aspects import Aspect, Deduction, Time
from schemas.base import Message
from schemas.marks import MarkState


class FileMark(Message, gc=False):
    """A mark as scoring knows it; its id is the number of its row (and of its sheet, above 32 bits)."""

    row: int
    judge_id: UUID
    aspect: str
    values: tuple[Decimal, ...]
    state: MarkState

    @property
    def id(self) -> UUID:
        """What a trace calls it."""
        return UUID(int=self.row)


class FileRecord(Message):
    """Everything that a file says about one entrant."""

    entrant_id: UUID
    marks: dict[Cell, FileMark]
    penalties: Mapping[str, int]
    disqualified: bool
    withdrawn: bool = False


class Entry(Message, gc=False):
    """What one row says of its cell: a whole reading, one item of it, or why there is none.

    ``is_faulty``: something is wrong with it and was told; its cell is taken all the same.
    """

    values: tuple[Decimal, ...] = ()
    state: MarkState = "marked"
    item: int = 0
    vote: int = 1
    confirmed: bool = False
    is_faulty: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the row is all that there is to say of its cell."""
        return not self.item and self.vote == 1 and not self.is_faulty


def entry_of_items(aspect: Aspect, items: Mapping[int, Entry]) -> Entry:
    """One reading from its items. Faults without a row did not occur; a run without a time is no run where the best counts.

    Where all items are needed, one without a reading leaves the whole without.
    """
    read = {item: one for item, one in items.items() if one.state == "marked"}
    if not read or (len(read) < len(items) and not _can_do_with_fewer(aspect)):
        without = {one.state: one for one in items.values()}
        return next(msgspec.structs.replace(without[state], item=0) for state in GRAVEST_FIRST if state in without)
    if isinstance(aspect, Deduction):
        values = tuple(
            read[item].values[0] if item in read else Decimal(0) for item in range(1, expected_readings(aspect) + 1)
        )
    else:
        values = tuple(read[item].values[0] for item in sorted(read))
    check_reading(aspect, values, "marked")
    check_instrument(aspect, tuple(one.values[0] for one in read.values() if not one.confirmed))
    return msgspec.structs.replace(next(iter(read.values())), values=values, item=0)


def _can_do_with_fewer(aspect: Aspect) -> bool:
    return isinstance(aspect, Deduction) or (isinstance(aspect, Time) and aspect.take == "best")
