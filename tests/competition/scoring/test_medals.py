"""Medals: who shares within the window, and what sharing leaves for the next medal."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.medals import medals_of
from schemas.closing import Medals, SmallField
from tests.competition.scoring.fields import NAME, placed

MEDALS = Medals(id="m", names=(NAME, NAME, NAME))
CHAINED = Medals(id="m", names=(NAME, NAME, NAME), chained=True)
BY_TOTAL = Medals(id="m", names=(NAME, NAME, NAME), of="total", window=Decimal("0.5"))
SMALL = Medals(
    id="m",
    names=(NAME, NAME, NAME),
    small_fields=(SmallField(entrants=4, medals=1), SmallField(entrants=5, medals=2), SmallField(entrants=6, medals=3)),
)


def letters(award: Medals, figures: tuple[str, ...]) -> str:
    """G, S, B or - for each of these figures in order of place."""
    field = [
        placed(number, number, figure if award.of == "total" else "0", scaled=figure)
        for number, figure in enumerate(figures, start=1)
    ]
    medals = medals_of(award, field)
    return "".join(medals.get(who.entrant_id, "m:-").removeprefix("m:")[0].upper() for who in field)


@pytest.mark.parametrize(
    ("award", "figures", "expected"),
    [
        (MEDALS, "", ""),
        (MEDALS, "750", "G"),
        (MEDALS, "750 740", "GS"),
        (MEDALS, "750 740 730 720", "GSB-"),
        (MEDALS, "750 747.99 740 730", "GSB-"),
        # two golds: no silver, bronze to the next and those within the window of it
        (MEDALS, "750 748 740 738 737", "GGBB-"),
        (MEDALS, "750 748 747 746 745 744", "GGBBB-"),
        (MEDALS, "750 748", "GG"),
        # three golds or more: no silver, bronze only within the window of the last gold
        (MEDALS, "750 749 748 746 745", "GGGB-"),
        (MEDALS, "750 749 748 745 744", "GGG--"),
        (MEDALS, "750 750 750 750 748", "GGGGG"),
        # one silver: bronze to the next and those within the window of it
        (MEDALS, "750 740 735 733 732", "GSBB-"),
        # more silvers: bronze only within the window of the last silver
        (MEDALS, "750 747 745 743 742", "GSSB-"),
        (MEDALS, "750 747 745 742", "GSS-"),
        (MEDALS, "750 747 746 745 743 742", "GSSSB-"),
        # chained: each within the window of the one before
        (CHAINED, "750 748 746 744 741", "GGGG-"),
        (CHAINED, "750 748 745 743 741 738", "GGBBB-"),
        (CHAINED, "750 740 738 736 733", "GSSS-"),
        (CHAINED, "750 740 730 728 726 723", "GSBBB-"),
        (MEDALS, "750 740 730 728 726 723", "GSBB--"),
        (BY_TOTAL, "90.5 90 89.9 89.5 89.39", "GGBB-"),
        # somebody cut or ranked last may have more points than the winner: that shares no gold
        (MEDALS, "700 760 699", "GSB"),
        # small fields
        (SMALL, "750 740 730", "---"),
        (SMALL, "750 740 730 720", "G---"),
        (SMALL, "750 749 730 720", "GG--"),
        (SMALL, "750 740 730 720 710", "GS---"),
        (SMALL, "750 749 730 720 710", "GG---"),
        (SMALL, "750 740 730 720 710 700", "GSB---"),
        (SMALL, "750 740 730 720 710 700 690", "GSB----"),
    ],
)
def test_medals(award: Medals, figures: str, expected: str) -> None:
    """These figures, best place first, come to these medals."""
    assert letters(award, tuple(figures.split())) == expected


def test_without_a_scale_there_are_no_medals_by_scale() -> None:
    """Nobody has the figure, nobody has the medal."""
    assert medals_of(MEDALS, [placed(1, 1, "90")]) == {}


def test_a_medal_is_written_with_its_award() -> None:
    """An entrant's medal names the award and the metal."""
    assert medals_of(MEDALS, [placed(7, 1, scaled="750")]) == {UUID(int=7): "m:gold"}


def test_of_those_who_share_a_place_the_higher_figure_comes_first() -> None:
    """Ranked by something else, two share the first place: the medals do not go by whose id is lower."""
    field = [placed(1, 1, scaled="700"), placed(2, 1, scaled="750"), placed(3, 3, scaled="690")]
    assert medals_of(MEDALS, field) == {UUID(int=2): "m:gold", UUID(int=1): "m:silver", UUID(int=3): "m:bronze"}


@given(st.booleans(), st.lists(st.integers(700, 720), min_size=1, max_size=12))
def test_no_medal_skips_anybody(chained: bool, figures: list[int]) -> None:
    """In order of place the medals never get better, end together, and equal figures have the same medal."""
    in_order = sorted(figures, reverse=True)
    got = letters(CHAINED if chained else MEDALS, tuple(map(str, in_order)))
    assert got == "".join(sorted(got, key="GSB-".index))
    assert got[0] == "G"
    assert len(set(zip(in_order, got, strict=True))) == len(set(in_order))
    assert "S" not in got or got.count("G") == 1
