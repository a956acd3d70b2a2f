"""Everybody's place, kept up to date: one entrant's new figures move only those between the old place and the new."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from uuid import UUID

from competition.scoring.order import NO_NUMBERS, UNPLACED, Key, Line, key_of, place
from competition.scoring.ranking import places_of, queue, rank
from competition.scoring.tally import Tally
from schemas.results import Ranked
from schemas.scheme import Scheme

_FIRST_ID = UUID(int=0)
_LAST_ID = UUID(int=2**128 - 1)
_MOVES_PER_FIELD = 50
"""When more than one entrant in so many has changed, everybody is put in order anew."""


class Leaderboard(ABC):
    """The same places as ``rank`` gives; nothing changes a leaderboard: an update gives the next one.

    Where an entrant's key is made of the entrant's own figures, an update moves a line in the queue. With a cut or a majority
    among the keys one mark can turn the whole field round: there everybody is ranked again and compared.
    """

    @staticmethod
    def of(scheme: Scheme, tallies: Iterable[Tally], *, numbers: Mapping[UUID, int] = NO_NUMBERS) -> Leaderboard:
        """The leaderboard of these tallies; ``numbers`` as ``rank`` takes them."""
        by_field = any(stage.cut for stage in scheme.stages) or any(key.of == "majority" for key in scheme.ranking)
        return (_RankedAnew if by_field else _Queue).of_all(scheme, tallies, numbers)

    @abstractmethod
    def with_tallies(self, tallies: Iterable[Tally]) -> tuple[Leaderboard, tuple[Ranked, ...]]:
        """The leaderboard with these entrants' new figures, and everybody whose place or sharing changed.

        New entrants may be among them; of two tallies of one entrant the later holds.
        """

    @abstractmethod
    def ranked(self) -> tuple[Ranked, ...]:
        """Everybody in order of place."""

    @abstractmethod
    def place_of(self, entrant_id: UUID) -> Ranked | None:
        """The place of one entrant; None for somebody who is not on the leaderboard."""


class _RankedAnew(Leaderboard):
    """A leaderboard that ranks everybody for each update."""

    def __init__(self, scheme: Scheme, tallies: dict[UUID, Tally], numbers: Mapping[UUID, int]) -> None:
        self._scheme, self._tallies, self._numbers = scheme, tallies, numbers
        self._places = {row.entrant_id: row for row in rank(scheme, tallies.values(), numbers=numbers)}

    @classmethod
    def of_all(cls, scheme: Scheme, tallies: Iterable[Tally], numbers: Mapping[UUID, int]) -> _RankedAnew:
        return cls(scheme, {tally.entrant_id: tally for tally in tallies}, numbers)

    def with_tallies(self, tallies: Iterable[Tally]) -> tuple[Leaderboard, tuple[Ranked, ...]]:
        changed = {tally.entrant_id: tally for tally in tallies}
        after = _RankedAnew(self._scheme, self._tallies | changed, self._numbers)
        return after, _difference(self, after)

    def ranked(self) -> tuple[Ranked, ...]:
        return tuple(self._places.values())

    def place_of(self, entrant_id: UUID) -> Ranked | None:
        return self._places.get(entrant_id)


class _Queue(Leaderboard):
    """A leaderboard as a sorted queue: ``_rows`` are the places of those in ``_lines``, one by one."""

    def __init__(
        self, scheme: Scheme, numbers: Mapping[UUID, int], keys: dict[UUID, Key], lines: list[Line], rows: list[Ranked]
    ) -> None:
        self._scheme, self._numbers = scheme, numbers
        self._keys, self._lines, self._rows = keys, lines, rows
        self._skips = scheme.places != "1223"

    @classmethod
    def of_all(cls, scheme: Scheme, tallies: Iterable[Tally], numbers: Mapping[UUID, int]) -> _Queue:
        return cls._of_lines(scheme, queue(scheme, tallies, numbers=numbers), numbers)

    @classmethod
    def _of_lines(cls, scheme: Scheme, lines: list[Line], numbers: Mapping[UUID, int]) -> _Queue:
        keys = {entrant_id: key for key, entrant_id in lines}
        return cls(scheme, numbers, keys, lines, list(places_of(lines, scheme.places)))

    def with_tallies(self, tallies: Iterable[Tally]) -> tuple[Leaderboard, tuple[Ranked, ...]]:
        changed = {tally.entrant_id: key_of(self._scheme, tally, numbers=self._numbers) for tally in tallies}
        if len(changed) > 1 + len(self._lines) // _MOVES_PER_FIELD:
            lines = sorted((key, entrant_id) for entrant_id, key in (self._keys | changed).items())
            after = self._of_lines(self._scheme, lines, self._numbers)
            return after, _difference(self, after)
        after = _Queue(self._scheme, self._numbers, self._keys.copy(), self._lines.copy(), self._rows.copy())
        moved = [after._move(entrant_id, key) for entrant_id, key in changed.items()]
        if len(moved) == 1:
            return after, tuple(moved[0])
        touched = {row.entrant_id: None for rows in moved for row in rows}
        rows = (after._rows[after._index(entrant_id)] for entrant_id in touched)
        return after, tuple(row for row in rows if self.place_of(row.entrant_id) != row)

    def ranked(self) -> tuple[Ranked, ...]:
        return tuple(self._rows)

    def place_of(self, entrant_id: UUID) -> Ranked | None:
        return self._rows[self._index(entrant_id)] if entrant_id in self._keys else None

    def _index(self, entrant_id: UUID) -> int:
        return bisect_left(self._lines, (self._keys[entrant_id], entrant_id))

    def _move(self, entrant_id: UUID, key: Key) -> list[Ranked]:
        """Move one entrant within this queue, which nobody else has seen yet; gives the rows that changed.

        Three stretches of the queue change: the equals in the old place and those in the new, whose sharing may end or begin,
        and everybody between, whom the move shifts by one. Where no place is skipped (1223), a group that vanishes or comes to be
        shifts everybody behind it.
        """
        was = self._keys.get(entrant_id)
        if was == key:
            return []
        row = Ranked(entrant_id=entrant_id, rank=0, shared=False)  # of somebody new; no place is 0, so that it changes
        if was is not None:
            index = self._index(entrant_id)
            row = self._rows.pop(index)
            del self._lines[index]
        self._keys[entrant_id] = key
        index = bisect_left(self._lines, (key, entrant_id))
        self._lines.insert(index, (key, entrant_id))
        self._rows.insert(index, row)
        return self._renumber(was, key)

    def _renumber(self, was: Key | None, now: Key) -> list[Ranked]:
        old, new = self._equals(was), self._equals(now)
        begun = 1 if self._skips or new[1] - new[0] == 1 else 0
        ended = 1 if self._skips or old[1] == old[0] else 0
        if new < old:
            upper, between, lower = new, begun, old
        else:
            upper, between, lower = old, -ended, new
        return [
            *self._name(*upper),
            *self._shift(upper[1], lower[0], between),
            *self._name(*lower),
            *self._shift(lower[1], len(self._rows), begun - ended),
        ]

    def _equals(self, key: Key | None) -> tuple[int, int]:
        """Where those with this key stand, or would stand; somebody new comes from behind everybody."""
        if key is None:
            return len(self._lines), len(self._lines)
        return bisect_left(self._lines, (key, _FIRST_ID)), bisect_right(self._lines, (key, _LAST_ID))

    def _placed(self) -> int:
        """How many have a place."""
        return bisect_left(self._lines, ((UNPLACED,), _FIRST_ID))

    def _name(self, begin: int, end: int) -> list[Ranked]:
        """Give the equals from ``begin`` to ``end`` their place by where they stand; who stands before them has theirs."""
        rank, shared = None, False
        if begin < self._placed():
            groups = (self._rows[begin - 1].rank or 0) if begin else 0  # so it is where no place is skipped
            rank = place(self._scheme.places, before=begin, sharing=end - begin, groups=groups)
            shared = end - begin > 1
        changed = []
        for index in range(begin, end):
            row = self._rows[index]
            if row.rank != rank or row.shared != shared:
                self._rows[index] = Ranked(entrant_id=row.entrant_id, rank=rank, shared=shared)
                changed.append(self._rows[index])
        return changed

    def _shift(self, begin: int, end: int, by: int) -> list[Ranked]:
        """Move the places of those with a place from ``begin`` to ``end`` by so many."""
        end = min(end, self._placed())
        if not by or begin >= end:
            return []
        shifted = [
            Ranked(entrant_id=row.entrant_id, rank=(row.rank or 0) + by, shared=row.shared)
            for row in self._rows[begin:end]
        ]
        self._rows[begin:end] = shifted
        return shifted


def _difference(before: Leaderboard, after: Leaderboard) -> tuple[Ranked, ...]:
    return tuple(row for row in after.ranked() if before.place_of(row.entrant_id) != row)
