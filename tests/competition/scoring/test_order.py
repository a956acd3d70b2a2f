"""The key of one entrant: the group, then the figures so that the lowest comes first."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from competition.scoring.order import MISSING, NO_NUMBERS, Key, key_of, place
from competition.scoring.tally import Tally
from schemas.closing import Places, RankKey
from tests.competition.scoring.fields import scheme, tally

KEYS = (
    RankKey(of="total"),
    RankKey(of="time", id="assembly"),
    RankKey(of="penalties"),
    RankKey(of="aspect", id="shaft", order="ascending"),
    RankKey(of="time", id="run", order="descending"),
)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (tally(1, "80", "61.5", "3", "0.02", "9"), (0, Decimal(-80), Decimal("61.5"), 3, Decimal("0.02"), -9)),
        (tally(1, "80", None, None, None, None), (0, Decimal(-80), MISSING, MISSING, MISSING, MISSING)),
        (tally(1, "80", "1", "1", "1", "1", last=True), (1, Decimal(-80), 1, 1, 1, -1)),
        (tally(1, "0", "1", "1", "1", "1", marked=0), (2,)),
        (tally(1, "0", "1", "1", "1", "1", state="absent"), (3,)),
        (tally(1, "9", "1", "1", "1", "1", state="unranked"), (4,)),
        (tally(1, "9", "1", "1", "1", "1", state="withdrawn"), (5,)),
        (tally(1, "9", "1", "1", "1", "1", state="disqualified", last=True), (6,)),
    ],
)
def test_key_of(one: Tally, expected: Key) -> None:
    """Times, penalties and ascending keys as they are, all others turned round; who has no place has only a group."""
    assert key_of(scheme(ranking=KEYS), one, numbers=NO_NUMBERS) == expected


def test_key_keeps_every_digit() -> None:
    """Turning a figure round does not round it, however many digits it has."""
    long = "1." + "0" * 60 + "1"
    assert key_of(scheme(), tally(1, long), numbers=NO_NUMBERS) == (0, Decimal(f"-{long}"))


def test_number_is_the_last_resort() -> None:
    """The entrant number ends the key only where it is the last resort; who has none comes behind those who have."""
    by_number = scheme(last_resort="number")
    numbers = {UUID(int=1): 17}
    assert key_of(by_number, tally(1, "5"), numbers=numbers) == (0, Decimal(-5), 17)
    assert key_of(by_number, tally(2, "5"), numbers=numbers) == (0, Decimal(-5), MISSING)
    assert key_of(scheme(), tally(1, "5"), numbers=numbers) == (0, Decimal(-5))


@pytest.mark.parametrize(("style", "expected"), [("1224", 4), ("1223", 3), ("1334", 6)])
def test_place(style: Places, expected: int) -> None:
    """Three equals behind three others, who stand in two groups."""
    assert place(style, before=3, sharing=3, groups=2) == expected
