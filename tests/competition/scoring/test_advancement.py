"""Who goes on: numbers, percentages, a line, quotas of delegations, the best of each first, and substitutes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring.advancement import advance_of
from competition.scoring.placed import Placed
from schemas.aspects import Rounding
from schemas.closing import Advancement
from tests.competition.scoring.fields import placed


def letters(rule: Advancement, field: list[Placed]) -> str:
    """Y, S or N for each in order of place."""
    advance = advance_of(rule, field)
    assert advance.keys() == {who.entrant_id for who in field}
    return "".join(advance[who.entrant_id][0].upper() for who in field)


def field(ranks: str, delegations: str = "") -> list[Placed]:
    """Entrants with these places and delegations, a character each (a blank for none); the total is 100 less the place."""
    return [
        placed(number, int(rank), str(100 - int(rank)), delegation=delegations[number - 1 : number].strip())
        for number, rank in enumerate(ranks, start=1)
    ]


@pytest.mark.parametrize(
    ("rule", "ranks", "delegations", "expected"),
    [
        (Advancement(top=2), "12345", "", "YYNNN"),
        (Advancement(top=2, substitutes=2), "12345", "", "YYSSN"),
        (Advancement(top=9, substitutes=1), "12", "", "YY"),
        (Advancement(percent=Decimal(50)), "12345", "", "YYYNN"),  # 2.5
        (Advancement(percent=Decimal(50), rounding=Rounding(places=0, mode="down")), "12345", "", "YYNNN"),
        (Advancement(top=2, percent=Decimal(80)), "12345", "", "YYNNN"),
        (Advancement(at_least=Decimal(98)), "12345", "", "YYNNN"),
        (Advancement(top=3, at_least=Decimal(98), substitutes=1), "12345", "", "YYNNN"),
        # ties at the end of the number, and at the end of the substitutes
        (Advancement(top=2), "12245", "", "YYYNN"),
        (Advancement(top=2, ties="out"), "12245", "", "YNNNN"),
        (Advancement(top=2, substitutes=1), "12245", "", "YYYSN"),
        (Advancement(top=2, substitutes=1), "12335", "", "YYSSN"),
        (Advancement(top=2, substitutes=1, ties="out"), "12335", "", "YYNNN"),
        (Advancement(top=2, substitutes=2, ties="out"), "12245", "", "YSSNN"),
        # at most so many of one delegation, those behind move up, and nobody beyond it stands by
        (Advancement(top=3, most_per_delegation=1, substitutes=1), "12345", "aabab", "YNYNN"),
        (Advancement(top=3, most_per_delegation=2, substitutes=1), "123456", "aaabac", "YYNYNS"),
        (Advancement(top=3, most_per_delegation=1), "12345", "   aa", "YYYNN"),
        (Advancement(top=3, most_per_delegation=1), "1134", "aabb", "YYYN"),
        (Advancement(top=3, most_per_delegation=1, ties="out"), "1134", "aabc", "NNYY"),
        # the best of each delegation first
        (Advancement(top=3, one_of_each=True), "12345", "aaabc", "YNNYY"),
        (Advancement(top=4, one_of_each=True), "12345", "aaabc", "YYNYY"),
        (Advancement(top=2, one_of_each=True, substitutes=2), "12345", "aaabc", "YSNYS"),
        (Advancement(top=3, one_of_each=True), "1134", "aabc", "YYYN"),
        (Advancement(top=2, one_of_each=True), "1234", " aab", "NYNY"),
        (Advancement(top=3, one_of_each=True, at_least=Decimal(97)), "12345", "aaabc", "YYYNN"),
        (Advancement(top=0), "12", "", "NN"),
    ],
)
def test_advance(rule: Advancement, ranks: str, delegations: str, expected: str) -> None:
    """By this rule these places of these delegations go on, stand by, or do not."""
    assert letters(rule, field(ranks, delegations)) == expected


@given(
    st.integers(0, 8),
    st.none() | st.integers(1, 3),
    st.integers(0, 3),
    st.booleans(),
    st.text("abc ", min_size=9, max_size=9),
)
def test_nobody_is_skipped_within_a_delegation(
    top: int, most: int | None, substitutes: int, one_of_each: bool, delegations: str
) -> None:
    """Within a delegation the better placed have the better answer, and the numbers hold."""
    rule = Advancement(top=top, most_per_delegation=most, substitutes=substitutes, one_of_each=one_of_each)
    got = letters(rule, field("123456789", delegations))
    for delegation in "abc":
        own = "".join(answer for answer, of in zip(got, delegations, strict=True) if of == delegation)
        assert own == "".join(sorted(own, key="YSN".index))
        assert most is None or len(own) - own.count("N") <= most
    assert got.count("Y") <= top
    assert got.count("S") <= substitutes
