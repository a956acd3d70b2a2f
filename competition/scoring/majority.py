"""The majority of the judges: who of two is better is what more judges say, and who wins more such comparisons comes first.

Everybody is compared with everybody. So that a thousand equals take milliseconds and not a minute, a set of entrants is one whole
number with a bit for each of them, and all comparisons of one entrant are made at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby, zip_longest
from uuid import UUID

Panel = dict[UUID, Decimal]
"""What each judge gave one entrant in all."""

Entrants = int
"""A set of entrants: bit 0 for the first of them, bit 1 for the second."""


def wins(panels: Sequence[Panel]) -> list[int]:
    """How many of the others each of these wins against: more of the judges who judged both gave more points than gave fewer."""
    behind: list[list[Entrants]] = [[] for _ in panels]
    ahead: list[list[Entrants]] = [[] for _ in panels]
    for judge in {judge for panel in panels for judge in panel}:
        points = {entrant: panel[judge] for entrant, panel in enumerate(panels) if judge in panel}
        judged, below = _together(points), 0
        for _, equals in groupby(sorted(points, key=points.__getitem__), key=points.__getitem__):
            level = list(equals)
            up_to = below | _together(level)
            for entrant in level:
                behind[entrant].append(below)
                ahead[entrant].append(judged ^ up_to)
            below = up_to
    return [_in_more(won, lost).bit_count() for won, lost in zip(behind, ahead, strict=True)]


def _together(entrants: Iterable[int]) -> Entrants:
    everybody = 0
    for entrant in entrants:
        everybody |= 1 << entrant
    return everybody


def _in_more(some: Iterable[Entrants], others: Iterable[Entrants]) -> Entrants:
    """Who is in more of some sets than of others: the binary digits of both counts, compared from the highest down."""
    more, undecided = 0, -1
    for ours, theirs in reversed(list(zip_longest(_counts(some), _counts(others), fillvalue=0))):
        more |= undecided & ours & ~theirs
        undecided &= ~(ours ^ theirs)
    return more


def _counts(sets: Iterable[Entrants]) -> list[Entrants]:
    """In how many of the sets each entrant is, as binary digits, lowest first: who has a one there."""
    digits: list[Entrants] = []
    for carry in sets:
        for place, digit in enumerate(digits):
            digits[place], carry = digit ^ carry, digit & carry  # noqa: PLW2901 - a carry goes on to the next digit
        if carry:
            digits.append(carry)
    return digits
