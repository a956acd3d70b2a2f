"""The script of a reveal: who is shown when, by places and by awards, and what a rehearsal gives away (nothing)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.staging.reveal import FEWEST_SINGLE, MOST_STEPS, rehearsal, script
from competition.staging.rules import NoAwardsToShow, NothingToReveal
from schemas.base import Text
from schemas.boards import BoardAward, PodiumRow
from schemas.closing import BestOfDelegation, Line, Medals, PlacesAward
from schemas.results import PublishedRow
from schemas.scheme import Scheme
from schemas.staging import RevealScript, RevealStep
from tests.house import small_scheme

FIRST, SECOND, THIRD = (Text(zh=f"{number}等奖", en=f"{prize} prize") for number, prize in (("一", "First"), ("二", "Second"), ("三", "Third")))  # fmt: skip
METALS = (Text(zh="金牌", en="Gold"), Text(zh="银牌", en="Silver"), Text(zh="铜牌", en="Bronze"))
MEDALLION = Text(zh="优胜奖", en="Medallion")
BEST = Text(zh="代表队最佳选手", en="Best of the delegation")


def scheme(*awards: Any) -> Scheme:
    """The small scheme with these awards."""
    return msgspec.structs.replace(small_scheme(), awards=awards)


PRIZES = scheme(
    PlacesAward(id="first", name=FIRST, count=1),
    PlacesAward(id="second", name=SECOND, count=2),
    PlacesAward(id="third", name=THIRD, count=3),
)


def published(place: int, rank: int | None, total: str, *, shared: bool = False, delegation: str = "") -> PublishedRow:
    """A line of a list, whoever it is."""
    return PublishedRow(
        rank=rank, shared=shared, code=f"A{place:02}", number=100 + place, name=f"选手{place}", delegation=delegation or f"D{place}",
        state="competing" if rank else "absent", total=Decimal(total), stages={}, criteria={},
    )  # fmt: skip


def ranked(count: int) -> list[PublishedRow]:
    """So many with a place of their own, the best with 99 points."""
    return [published(place, place, str(100 - place)) for place in range(1, count + 1)]


def told(made: RevealScript) -> list[tuple[str, list[str]]]:
    """The headings in English, each with the codes of its rows."""
    return [(step.heading.en, [row.code for row in step.rows]) for step in made.steps]


def test_places_come_from_the_last_to_the_first_whole() -> None:
    """Every word of a script of three, two of whom share a place, with the awards they have; who has no place is nowhere."""
    rows = [
        published(1, 1, "90.50"),
        published(2, 2, "80.00", shared=True),
        published(3, 2, "80.00", shared=True),
        published(4, None, "0"),
    ]
    first = PodiumRow(code="A01", place=1, rank=1, shared=False, name="选手1", delegation="D1", total=Decimal("90.50"), awards=("first",))  # fmt: skip
    second, third = (
        PodiumRow(code=f"A0{place}", place=place, rank=2, shared=True, name=f"选手{place}", delegation=f"D{place}", total=Decimal("80.00"), awards=("second",))
        for place in (2, 3)
    )  # fmt: skip
    assert script(7, rows, PRIZES, "places") == RevealScript(
        publication=7,
        order="places",
        awards=(
            BoardAward(id="first", name=FIRST),
            BoardAward(id="second", name=SECOND),
            BoardAward(id="third", name=THIRD),
        ),
        steps=(
            RevealStep(heading=Text(zh="第2名", en="2nd place"), rows=(second, third)),
            RevealStep(heading=Text(zh="第1名", en="1st place"), rows=(first,)),
        ),
    )


def test_prizes_come_from_the_least_to_the_best_and_then_the_podium() -> None:
    """Third prizes together; the first three, whatever prize they have, one after the other at the end."""
    assert told(script(1, ranked(8), PRIZES, "awards")) == [
        ("Third prize", ["A04", "A05", "A06"]),
        ("3rd place", ["A03"]),
        ("2nd place", ["A02"]),
        ("1st place", ["A01"]),
    ]


def test_medals_come_bronze_silver_gold() -> None:
    """Nobody is shown for a lesser award who has a better one, nor anybody without any but for the podium."""
    medals = scheme(
        Medals(id="medal", names=METALS, of="total", window=Decimal(1)),
        Line(id="medallion", name=MEDALLION, of="total", at_least=Decimal(90)),
        BestOfDelegation(id="best", name=BEST),
    )
    rows = [published(place, place, str(100 - 2 * place), delegation=f"D{place % 4}") for place in range(1, 8)]
    made = script(1, rows, medals, "awards")
    assert [(award.id, award.medal) for award in made.awards] == [
        ("medal:gold", "gold"), ("medal:silver", "silver"), ("medal:bronze", "bronze"), ("medallion", None), ("best", None),
    ]  # fmt: skip
    assert told(made) == [
        ("Medallion", ["A04", "A05"]),
        ("3rd place", ["A03"]),
        ("2nd place", ["A02"]),
        ("1st place", ["A01"]),
    ]
    assert [row.awards for step in made.steps for row in step.rows] == [
        ("medallion", "best"), ("medallion",), ("medal:bronze", "best"), ("medal:silver", "best"), ("medal:gold", "best"),
    ]  # fmt: skip
    behind = [*rows[:3], published(4, 4, "50", delegation="D9")]
    assert told(script(1, behind, medals, "awards"))[0] == ("Best of the delegation", ["A04"])


def test_the_best_of_a_delegation_is_not_given_away() -> None:
    """Wherever the scheme lists it, it ranks behind all other awards: who has both is shown with the other."""
    both = scheme(BestOfDelegation(id="best", name=BEST), PlacesAward(id="first", name=FIRST, count=5))
    assert told(script(1, ranked(6), both, "awards"))[:2] == [
        ("Best of the delegation", ["A06"]),
        ("First prize", ["A04", "A05"]),
    ]


def test_a_long_list_begins_with_all_who_have_no_award() -> None:
    """With too many places for a ceremony those behind the awards come first, at once; without awards the first ten are single."""
    rows = ranked(MOST_STEPS + 20)
    many = scheme(PlacesAward(id="first", name=FIRST, count=25))
    assert told(script(1, rows, many, "places"))[:2] == [
        ("26th place and below", [f"A{place}" for place in range(26, MOST_STEPS + 21)]),
        ("25th place", ["A25"]),
    ]
    assert len(script(1, rows, scheme(), "places").steps) == FEWEST_SINGLE + 1
    everybody = scheme(PlacesAward(id="first", name=FIRST, count=99))
    assert len(script(1, rows, everybody, "places").steps) == MOST_STEPS
    assert told(script(1, ranked(MOST_STEPS), scheme(), "places"))[0] == ("40th place", ["A40"])


def test_ordinals_are_english() -> None:
    """11th to 13th are no 1st to 3rd, and neither are 111th to 113th."""
    headings = [heading for heading, _ in told(script(1, ranked(24), scheme(), "places"))]
    assert headings[::-1][9:13] + headings[::-1][20:24] == [
        "10th place", "11th place", "12th place", "13th place", "21st place", "22nd place", "23rd place", "24th place",
    ]  # fmt: skip


def test_what_cannot_be_revealed_is_refused() -> None:
    """Nobody with a place, or awards where there are none."""
    with pytest.raises(NothingToReveal):
        script(1, [published(1, None, "0")], PRIZES, "places")
    with pytest.raises(NothingToReveal):
        rehearsal(1, [], PRIZES, "places")
    with pytest.raises(NoAwardsToShow):
        script(1, ranked(2), scheme(), "awards")


def test_no_exponent_reaches_a_screen() -> None:
    """A total is written with digits only."""
    made = script(1, [published(1, 1, "1E+2"), published(2, 2, "0E-10")], scheme(), "places")
    assert [str(step.rows[0].total) for step in made.steps] == ["0", "100"]


@given(st.integers(1, 130), st.sampled_from(["places", "awards"]), st.randoms())
def test_nothing_of_a_rehearsal_is_true(count: int, order: Any, chance: Any) -> None:
    """The same for any two lists of the same length: their names, codes, totals and delegations change nothing in it."""
    first, other = (
        [
            published(place, place, str(chance.randrange(10_000)), delegation=str(chance.random()))
            for place in range(1, count + 1)
        ]
        for _ in range(2)
    )
    made = rehearsal(3, first, PRIZES, order)
    assert made == rehearsal(3, [*other, published(999, None, "0")], PRIZES, order)
    rows = [row for step in made.steps for row in step.rows]
    assert len({row.code for row in rows}) == len(rows)
    assert {row.name for row in rows} == {f"选手 Entrant {row.code[1:]}" for row in rows}
    if order == "places":
        assert sorted((row.rank or 0) for row in rows) == list(range(1, count + 1))
    assert all(later.total < sooner.total for later, sooner in zip(rows_of(made)[1:], rows_of(made), strict=False))


def rows_of(made: RevealScript) -> list[PodiumRow]:
    """All rows of a script in order of place."""
    return sorted((row for step in made.steps for row in step.rows), key=lambda row: row.place)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=60), st.sampled_from(["places", "awards"]))
def test_everybody_is_shown_once_and_nobody_before_the_lesser(totals: list[int], order: Any) -> None:
    """By places everybody with a place comes exactly once, from the back; by awards everybody with an award does."""
    ordered = sorted(totals, reverse=True)
    rows = [
        published(place, ordered.index(total) + 1, str(total), shared=ordered.count(total) > 1)
        for place, total in enumerate(ordered, start=1)
    ]
    made = script(1, rows, PRIZES, order)
    shown = [row for step in made.steps for row in step.rows]
    assert len({row.code for row in shown}) == len(shown)
    if order == "places":
        assert {row.code for row in shown} == {row.code for row in rows}
    else:
        assert {row.code for row in shown} == {row.code for row in shown if row.awards or (row.rank or 0) <= 3}
    firsts = [step.rows[0].rank or 0 for step in made.steps]
    assert firsts == sorted(firsts, reverse=True)
    assert all(step.rows for step in made.steps)
