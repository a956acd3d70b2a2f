"""Awards: numbers and percentages that follow each other, pass lines, ties at the end of a number, lines, bests of delegations."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.awards import awards_of
from competition.scoring.placed import Placed
from schemas.aspects import Rounding
from schemas.closing import Award, BestOfDelegation, Line, Medals, PlacesAward, Ties
from tests.competition.scoring.fields import NAME, placed


def count(id: str, number: int | None, ties: Ties = "in", at_least: str | None = None) -> PlacesAward:
    """An award for so many places."""
    line = None if at_least is None else Decimal(at_least)
    return PlacesAward(id=id, name=NAME, count=number, ties=ties, at_least=line)


def percent(
    id: str, share: str, *, base: str = "ranked", at_least: str | None = None, mode: str = "half_up"
) -> PlacesAward:
    """An award for so many percent of the base."""
    return PlacesAward(
        id=id,
        name=NAME,
        percent=Decimal(share),
        base=base,  # type: ignore[arg-type]
        at_least=None if at_least is None else Decimal(at_least),
        rounding=Rounding(places=0, mode=mode),  # type: ignore[arg-type]
    )


def field(ranks: Sequence[int]) -> list[Placed]:
    """Entrants with these places; the total is 100 less the place."""
    return [placed(number, rank, str(100 - rank)) for number, rank in enumerate(ranks, start=1)]


def letters(awards: Sequence[Award], who: Sequence[Placed], *, entered: int | None = None) -> str:
    """What each in order of place gets, ids of several awards joined by +; - for nothing."""
    got = awards_of(awards, who, entered=len(who) if entered is None else entered)
    return " ".join("+".join(got.get(one.entrant_id, ("-",))) for one in who)


THREE_PRIZES = (percent("a", "10"), percent("b", "20"), percent("c", "30"))


def test_percent_of_twenty_seven() -> None:
    """Of 27 teams 10, 20 and 30 percent, half up, are 3, 5 and 8 (2.7, 5.4 and 8.1)."""
    got = letters(THREE_PRIZES, field(range(1, 28)))
    assert got == " ".join("aaabbbbbcccccccc") + " -" * 11


def test_percent_of_sixty_with_excellence() -> None:
    """5, 15 and 30 percent and 10 percent of excellence prizes: of 60, 3, 9, 18 and 6."""
    awards = (percent("a", "5"), percent("b", "15"), percent("c", "30"), percent("x", "10"))
    assert letters(awards, field(range(1, 61))) == " ".join("a" * 3 + "b" * 9 + "c" * 18 + "x" * 6) + " -" * 24


@pytest.mark.parametrize(
    ("awards", "ranks", "expected"),
    [
        ((count("a", 1), count("b", 2), count("c", 1)), (1, 2, 3, 4, 5), "a b b c -"),
        # two share the first place: both have the first prize, and one second prize is left
        ((count("a", 1), count("b", 2)), (1, 1, 3, 4), "a a b -"),
        ((count("a", 1, "out"), count("b", 2, "out")), (1, 1, 3, 4), "b b b -"),
        ((count("a", 1, "out"), count("b", 2)), (1, 1, 1, 1, 5), "b b b b -"),
        ((count("a", 1), count("b", 1), count("c", 1)), (1, 1, 1, 4), "a a a -"),
        # a tie at the last number
        ((count("a", 1), count("b", 2)), (1, 2, 3, 3, 5), "a b b b -"),
        ((count("a", 1), count("b", 2, "out")), (1, 2, 3, 3, 5), "a b - - -"),
        ((count("a", 1, "out"), count("b", 2, "out")), (1, 2, 3, 3, 5), "a b - - -"),
        # the same whatever shared places are called
        ((count("a", 2, "out"), count("b", 2)), (1, 2, 2, 3), "a b b b"),
        ((count("a", 2), count("b", 2)), (1, 3, 3, 4), "a a a b"),
        # the pass line: the place of who is below it stays empty, and the next award looks again
        ((count("a", 2, at_least="99"), count("b", 1)), (1, 2, 3, 4), "a b b -"),
        ((count("a", 2, at_least="98"), count("b", 2, at_least="97")), (1, 2, 3, 4), "a a b -"),
        # without a number: all others at or above the line
        ((count("a", 1), count("x", None, at_least="97")), (1, 2, 3, 4), "a x x -"),
        ((count("a", 1), count("x", None), count("y", 1)), (1, 2, 3), "a x x"),
        ((), (1, 2), "- -"),
    ],
)
def test_places_follow_each_other(awards: tuple[Award, ...], ranks: tuple[int, ...], expected: str) -> None:
    """These awards go to these places; the total is 100 less the place."""
    assert letters(awards, field(ranks)) == expected


@pytest.mark.parametrize(
    ("award", "expected"),
    [
        (percent("a", "50", base="entered"), "a a a a"),  # of ten: five
        (percent("a", "50", base="ranked"), "a a - -"),
        (percent("a", "50", base="passed", at_least="97"), "a a - -"),  # of three: 1.5, two
        (percent("a", "50", base="passed", at_least="97", mode="down"), "a - - -"),
        (percent("a", "100", base="ranked", at_least="97"), "a a a -"),
        (percent("a", "100", base="passed"), "a a a a"),
    ],
)
def test_base_of_a_percentage(award: PlacesAward, expected: str) -> None:
    """Ten entered, four are ranked, with 99, 98, 97 and 96 points."""
    assert letters([award], field((1, 2, 3, 4)), entered=10) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line(id="l", name=NAME), "l - - -"),
        (Line(id="l", name=NAME, above=True), "- - - -"),
        (Line(id="l", name=NAME, at_least=Decimal(690)), "l l - -"),
        (Line(id="l", name=NAME, at_least=Decimal(690), above=True), "l - - -"),
        (Line(id="l", name=NAME, of="total", at_least=Decimal(70)), "l - - -"),
    ],
)
def test_line(line: Line, expected: str) -> None:
    """The line is for those without a medal: at or above it, or only above it; without a figure it is the median."""
    figures = ("740", "730", "720", "700", "690", "680", "670")
    who = [placed(number, number, figure[:2], scaled=figure) for number, figure in enumerate(figures, start=1)]
    medals = Medals(id="m", names=(NAME, NAME, NAME))
    assert letters([medals, line], who) == f"m:gold m:silver m:bronze {expected}"


def test_line_without_a_scale() -> None:
    """Without a scaled figure nobody reaches a line of the scale."""
    assert letters([Line(id="l", name=NAME)], field((1, 2))) == "- -"


def test_line_looks_only_at_the_awards_before_it() -> None:
    """An award that the scheme names later takes nothing from a line."""
    line = Line(id="l", name=NAME, of="total", at_least=Decimal(0))
    assert letters([line, count("a", 1)], field((1, 2))) == "l+a l"
    assert letters([count("a", 1), line], field((1, 2))) == "a l"


def test_best_of_delegation() -> None:
    """The best ranked of each delegation, shared by equals, beside other awards; who belongs to none is nobody's best."""
    who = [
        placed(1, 1, delegation="Wuhu"),
        placed(2, 2),
        placed(3, 3, delegation="Hefei"),
        placed(4, 3, delegation="Hefei"),
        placed(5, 5, delegation="Wuhu"),
        placed(6, 6, delegation="Bengbu"),
    ]
    assert letters([count("a", 1), BestOfDelegation(id="best", name=NAME)], who) == "a+best - best best - best"


ranked_fields = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 100)), min_size=1, max_size=12).map(
    lambda groups: [
        placed(10 * rank + number, rank, str(points))
        for rank, (size, points) in enumerate(groups, start=1)
        for number in range(size)
    ]
)
places_awards = st.lists(
    st.builds(
        count,
        st.sampled_from("abcdef"),
        st.integers(0, 6),
        st.sampled_from(["in", "out"]),
        st.none() | st.integers(0, 100).map(str),
    ),
    max_size=5,
    unique_by=lambda award: award.id,
)


@given(ranked_fields, places_awards)
def test_no_award_skips_somebody_better(who: list[Placed], awards: list[PlacesAward]) -> None:
    """Whoever is better placed than a winner has an award at least as good, unless below its line; equals get the same."""
    order = {award.id: index for index, award in enumerate(awards)}
    got = awards_of(awards, who, entered=len(who))
    best = {one.entrant_id: order[got[one.entrant_id][0]] if one.entrant_id in got else len(awards) for one in who}
    for index, one in enumerate(who):
        for other in who[:index]:
            if best[one.entrant_id] == len(awards):
                continue
            line = awards[best[one.entrant_id]].at_least
            assert best[other.entrant_id] <= best[one.entrant_id] or (line is not None and other.total < line)
    for _, equals in groupby(who, key=lambda one: one.rank):
        assert len({got.get(one.entrant_id) for one in equals}) == 1


@given(ranked_fields, st.lists(st.integers(0, 6), min_size=1, max_size=5))
def test_ties_out_never_give_more_than_the_numbers(who: list[Placed], numbers: list[int]) -> None:
    """With ties out, the first so many awards together never go to more people than their numbers; with ties in to no fewer."""
    for ties in ("in", "out"):
        awards = [count(str(index), number, ties) for index, number in enumerate(numbers)]
        got = awards_of(awards, who, entered=len(who))
        for index in range(len(numbers)):
            winners = sum(int(ids[0]) <= index for ids in got.values())
            number = min(sum(numbers[: index + 1]), len(who))
            assert winners >= number if ties == "in" else winners <= number
