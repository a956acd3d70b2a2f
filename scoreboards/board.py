"""A board: its latest state, and the last patches that led to it. Pure but for those who follow it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from schemas.base import Message
from schemas.boards import Patch, Row, Snapshot, Status
from scoreboards.facts import Projection
from scoreboards.frames import Frame
from scoreboards.readings import Venue

PATCHES_KEPT = 64


class State(Message):
    """A board at one revision."""

    revision: int
    at: datetime
    projection: Projection


class Step(Message):
    """A patch that was sent, the revision it leads on from, and whether it takes anybody out."""

    base: int
    frame: Frame
    takes_out: bool


class Board:
    """One board for one audience. ``venue`` is what its page says about the occasion."""

    def __init__(self, projection: Projection, venue: Venue, at: datetime) -> None:
        self.venue = venue
        self._steps: deque[Step] = deque(maxlen=PATCHES_KEPT)
        self._show(projection, projection.revision, at)

    @property
    def revision(self) -> int:
        """The revision it is at."""
        return self.state.revision

    @property
    def snapshot(self) -> bytes:
        """The latest state, as every viewer and every state request gets it."""
        return self._frame.text

    def advance(self, projection: Projection, at: datetime) -> bool:
        """Move to a new projection; False when nothing in it is new: then the revision, too, stays.

        The revision only ever grows. Should something visible have changed without one, the board counts on by itself.
        """
        before = self.state
        if (projection.head, projection.rows) == (before.projection.head, before.projection.rows):
            return False
        self._show(projection, max(projection.revision, before.revision + 1), at)
        patch = patch_between(before, self.state)
        if patch is None:
            self._steps.clear()
        else:
            self._steps.append(Step(base=patch.base, frame=Frame(patch), takes_out=bool(patch.gone)))
        return True

    def news_since(self, revision: int | None) -> tuple[Frame, ...]:
        """What leads from ``revision`` to the latest state: nothing, patches, or the snapshot if shorter or if no patch fits."""
        if revision == self.revision:
            return ()
        steps = [step for step in self._steps if revision is not None and step.base >= revision]
        if steps and steps[0].base == revision and self._are_shorter(steps):
            return tuple(step.frame for step in steps)
        return (self._frame,)

    def status(self, at: datetime) -> Frame:
        """That nothing has changed: connection, revision and status are good."""
        return Frame(Status(revision=self.revision, status=self.state.projection.head.status, at=at))

    def _are_shorter(self, steps: Sequence[Step]) -> bool:
        """Whether patches are shorter than the snapshot: a single one always is, having no head, unless it names who is gone."""
        if len(steps) == 1 and not steps[0].takes_out:
            return True
        return sum(len(step.frame.text) for step in steps) < len(self.snapshot)

    def _show(self, projection: Projection, revision: int, at: datetime) -> None:
        self._frame = Frame(Snapshot(board=projection.head, revision=revision, at=at, rows=projection.rows))
        self.state = State(revision=revision, at=at, projection=projection)


def patch_between(before: State, after: State) -> Patch[Row] | None:
    """The rows that differ, whole, and which are gone; None where a patch cannot tell it: the head is another."""
    if before.projection.head != after.projection.head:
        return None
    old = {row.code: row for row in before.projection.rows}
    rows = after.projection.rows
    changed = tuple(row for row in rows if (was := old.get(row.code)) is not row and was != row)
    left = {row.code for row in rows}
    gone = tuple(code for code in old if code not in left)
    return Patch(base=before.revision, revision=after.revision, at=after.at, rows=changed, gone=gone)
