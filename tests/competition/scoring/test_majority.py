"""The majority of judges: comparisons of two, won by whom more judges gave more."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.majority import Panel, wins


@pytest.mark.parametrize(
    ("panels", "expected"),
    [
        ((), []),
        (("777",), [0]),
        (("998", "876", "689"), [2, 0, 1]),  # 998 beats 876 by 3:0 and 689 by 2:1; 689 beats 876 by 2:1
        (("12", "21"), [0, 0]),  # one judge each way: nobody wins
        (("123", "231", "312"), [1, 1, 1]),  # each beats one: the majority goes round in a circle
        (("55", "55", "44"), [1, 1, 0]),
        (("55", "44", "44"), [2, 0, 0]),
    ],
)
def test_wins(panels: tuple[str, ...], expected: list[int]) -> None:
    """So many comparisons each of these panels wins; a digit is what a judge gave."""
    given = [{UUID(int=judge): Decimal(points) for judge, points in enumerate(panel)} for panel in panels]
    assert wins(given) == expected


def test_only_judges_of_both_compare_two() -> None:
    """A judge who marked one of the two says nothing about which is better."""
    one, two, three = (UUID(int=judge) for judge in (1, 2, 3))
    panels = [{one: Decimal(5), two: Decimal(9)}, {one: Decimal(6), three: Decimal(9)}, {three: Decimal(1)}]
    assert wins(panels) == [0, 2, 0]


def won(panel: Panel, other: Panel) -> bool:
    """One comparison, as a person makes it."""
    both = panel.keys() & other.keys()
    return sum(panel[judge] > other[judge] for judge in both) > sum(panel[judge] < other[judge] for judge in both)


panels = st.lists(
    st.dictionaries(st.integers(1, 9).map(lambda judge: UUID(int=judge)), st.integers(0, 3).map(Decimal)), max_size=12
)


@given(panels)
def test_wins_are_those_of_all_comparisons_one_by_one(field: list[Panel]) -> None:
    """Counted for everybody at once, the wins are those of comparing each with each."""
    assert wins(field) == [sum(won(panel, other) for other in field) for panel in field]
