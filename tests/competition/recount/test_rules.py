"""What counts as a difference, and which of several is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from competition.recount.figures import RecountedEntrant
from competition.recount.rules import Difference, agree, differences, told
from schemas.base import Text
from schemas.results import EntrantResult, Standing
from tests.competition.recount.literal import contest, entrant, one_sheet, yes
from tests.recount import scored

BOOK = scored(contest(one_sheet(yes("A", "6"), yes("B", "4")), {"A": [["1"]], "B": [["1"]]}))
RESULTS = {entrant(1): BOOK.result(entrant(1))}
RECOUNTED = RecountedEntrant(
    entrant_id=entrant(1),
    state="competing",
    total=Decimal(10),
    marked=2,
    expected=2,
    rank=1,
    shared=False,
    last=False,
    penalties={},
    stages={"stage": Decimal(10)},
    criteria={"C": Decimal(10)},
    sub_criteria={"S": Decimal(10)},
    aspects={"A": Decimal(6), "B": Decimal(4)},
    times={},
)


def found(
    results: dict[Any, EntrantResult] | None = None, standings: dict[Any, Standing] | None = None, **changes: Any
) -> tuple[Difference, ...]:
    """What differs from a recount with these changes."""
    recounted = {entrant(1): msgspec.structs.replace(RECOUNTED, **changes)}
    return differences(recounted, results or RESULTS, BOOK.standings if standings is None else standings)


def difference(part: Any, scored: Any, recounted: Any, id: str = "") -> Difference:
    """A difference of the only entrant."""
    return Difference(entrant_id=entrant(1), part=part, id=id, scored=scored, recounted=recounted)


def test_scorers_that_agree_have_no_differences() -> None:
    """The same figures, whatever zeros they are written with."""
    assert found() == ()
    assert found(total=Decimal("10.000")) == ()


def test_the_deepest_part_that_differs_is_named() -> None:
    """A wrong aspect explains everything above it; a criterion is named where all below it agrees; places stand for themselves."""
    above: dict[str, Any] = {
        "sub_criteria": {"S": Decimal(9)},
        "criteria": {"C": Decimal(9)},
        "stages": {"stage": Decimal(9)},
    }
    aspects = {"A": Decimal(5), "B": Decimal(4)}
    assert found(**above, aspects=aspects, total=Decimal(9), rank=2) == (
        difference("aspect", Decimal(6), Decimal(5), "A"),
        difference("rank", 1, 2),
    )
    assert found(criteria={"C": Decimal(9)}, total=Decimal(9)) == (
        difference("criterion", Decimal(10), Decimal(9), "C"),
    )
    assert found(penalties={"late": Decimal(1)}, total=Decimal(9)) == (difference("penalty", None, Decimal(1), "late"),)
    assert found(total=Decimal(9), state="absent") == (
        difference("total", Decimal(10), Decimal(9)),
        difference("state", "competing", "absent"),
    )


def test_a_standing_that_is_not_its_result_differs() -> None:
    """What boards and lists show is compared as well as what it should come from."""
    standing = msgspec.structs.replace(BOOK.standings[entrant(1)], total=Decimal(11))
    assert found(standings={entrant(1): standing}) == (difference("total", Decimal(11), Decimal(10)),)


def test_an_entrant_on_one_side_only_is_a_difference() -> None:
    """Nobody is left out by either scorer without a word."""
    assert found(standings={}) == (difference("entrant", False, True),)
    assert differences({}, RESULTS, BOOK.standings) == (difference("entrant", True, False),)


@pytest.mark.parametrize(
    ("scored", "recounted", "is_agreed"),
    [
        ("0.6666666666666666666666666667", "0." + 149 * "6" + "7", True),
        ("0.6666666666666666666666666666", "0." + 149 * "6" + "7", True),
        ("0.6666666666666666666666666660", "0." + 149 * "6" + "7", False),
        ("0.6666666666666666666666666667", "0.67", False),
        ("12.50", "12.5", True),
        ("12.500000000000000000000000001", "12.5", False),
    ],
)
def test_figures_agree_as_they_are_written(scored: str, recounted: str, is_agreed: bool) -> None:
    """Exactly where a figure has a last decimal; to the last digit written where it has none."""
    assert agree(Decimal(scored), Decimal(recounted)) is is_agreed


def test_differences_are_told_in_both_languages() -> None:
    """Entrant, part and both figures, without the recount's hundred decimals."""
    third = difference("aspect", None, Decimal("0." + 150 * "3"), "A1")
    assert told((third, difference("rank", 1, 2)), {entrant(1): "A01"}) == Text(
        zh="A01 评分点 A1：– / 0.3333333333333333333333333333；A01 名次：1 / 2",
        en="A01 aspect A1: – / 0.3333333333333333333333333333; A01 rank: 1 / 2",
    )
