"""What counts as a difference, and which of several is named."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from competition.recount.figures import Recounted, RecountedEntrant, RecountedTeam
from competition.recount.rules import Difference, agree, differences, told
from schemas.base import Text
from schemas.results import Closed, Closing, EntrantResult, Standing, TeamPlace
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
    cut=None,
    scaled=Decimal(700),
    awards=("first", "m:gold"),
    advances="yes",
)
CLOSED = Closed(
    entrant_id=entrant(1),
    rank=1,
    shared=False,
    total=Decimal(10),
    scaled=Decimal(700),
    awards=("first", "m:gold"),
    advances="yes",
    cut=None,
)
TEAM: dict[str, Any] = {"rank": 1, "shared": False, "figure": Decimal(10), "members": (entrant(1),)}
CLOSING = Closing(
    entrants=(CLOSED,), teams={"sum": (TeamPlace(delegation="芜湖", **TEAM),)}, scale_inputs={"median": Decimal(10)}
)
TEAMS = {"sum": {"芜湖": RecountedTeam(**TEAM)}}
NAMES = {entrant(1): "A01"}


def found(
    results: dict[Any, EntrantResult] | None = None, standings: dict[Any, Standing] | None = None, **changes: Any
) -> tuple[Difference, ...]:
    """What differs from a recount with these changes of its only entrant."""
    recounted = of_all({entrant(1): msgspec.structs.replace(RECOUNTED, **changes)})
    return differences(recounted, results or RESULTS, BOOK.standings if standings is None else standings, CLOSING)


def of_all(
    entrants: dict[Any, RecountedEntrant],
    teams: dict[str, dict[str, RecountedTeam]] = TEAMS,
    median: str = "10",
) -> Recounted:
    """A recount of these entrants."""
    return Recounted(entrants=entrants, teams=teams, scale_inputs={"median": Decimal(median)})


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
    assert differences(of_all({}), RESULTS, BOOK.standings, CLOSING) == (difference("entrant", True, False),)


def test_what_is_made_of_the_total_is_named_behind_all_it_comes_from() -> None:
    """A scaled figure, awards, going on and a cut, each by entrant, behind totals and places."""
    changes: dict[str, Any] = {"scaled": Decimal(701), "awards": ("m:gold",), "advances": "substitute", "cut": "theory"}
    differing = found(**changes, aspects={"A": Decimal(5), "B": Decimal(4)}, rank=2)
    assert differing == (
        difference("aspect", Decimal(6), Decimal(5), "A"),
        difference("rank", 1, 2),
        difference("cut", None, "theory"),
        difference("scaled", Decimal(700), Decimal(701)),
        difference("awards", ("first", "m:gold"), ("m:gold",)),
        difference("advances", "yes", "substitute"),
    )
    assert told(differing[4:], NAMES) == Text(
        zh="A01 奖项：first, m:gold / m:gold；A01 晋级：yes / substitute",
        en="A01 awards: first, m:gold / m:gold; A01 going on: yes / substitute",
    )


def test_a_team_is_named_by_delegation_and_standing() -> None:
    """Figure, place, sharing and members of a delegation, and one that stands on one side only."""
    other = RecountedTeam(rank=2, shared=True, figure=Decimal(9), members=())
    teams = {"sum": {"芜湖": other, "合肥": other}}
    differing = differences(of_all({entrant(1): RECOUNTED}, teams), RESULTS, BOOK.standings, CLOSING)
    assert differing == (
        Difference(delegation="合肥", part="team", id="sum", scored=False, recounted=True),
        Difference(delegation="芜湖", part="team_figure", id="sum", scored=Decimal(10), recounted=Decimal(9)),
        Difference(delegation="芜湖", part="team_rank", id="sum", scored=1, recounted=2),
        Difference(delegation="芜湖", part="team_shared", id="sum", scored=False, recounted=True),
        Difference(delegation="芜湖", part="team_members", id="sum", scored=(entrant(1),), recounted=()),
    )
    assert told(differing[1::3], NAMES) == Text(
        zh="芜湖 团体成绩 sum：10 / 9；芜湖 团体计分选手 sum：A01 / –",
        en="芜湖 figure in the team standing sum: 10 / 9; 芜湖 members counted in the team standing sum: A01 / –",
    )
    missing = differences(of_all({entrant(1): RECOUNTED}, {}), RESULTS, BOOK.standings, CLOSING)
    assert missing == (Difference(delegation="芜湖", part="team", id="sum", scored=True, recounted=False),)


def test_what_a_scale_is_made_from_is_everybodys() -> None:
    """The median differs: nobody alone is named."""
    differing = differences(of_all({entrant(1): RECOUNTED}, median="11"), RESULTS, BOOK.standings, CLOSING)
    assert differing == (Difference(part="scale_input", id="median", scored=Decimal(10), recounted=Decimal(11)),)
    assert told(differing, NAMES) == Text(
        zh="全体选手 标准分依据 median：10 / 11", en="the field basis of the scale median: 10 / 11"
    )


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
    assert told((third, difference("rank", 1, 2)), NAMES) == Text(
        zh="A01 评分点 A1：– / 0.3333333333333333333333333333；A01 名次：1 / 2",
        en="A01 aspect A1: – / 0.3333333333333333333333333333; A01 rank: 1 / 2",
    )
