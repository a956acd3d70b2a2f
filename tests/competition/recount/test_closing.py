"""What the second scorer makes of the totals: scales, awards, who goes on and teams, worked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from competition.plumbing.database import Connection
from competition.recount import store
from competition.recount.figures import Contest, Recounted
from competition.recount.rules import agree
from schemas.aspects import Aspect, Count, Rounding, Score
from schemas.closing import (
    Advancement,
    Award,
    BestOfDelegation,
    Line,
    Medals,
    PercentOfBest,
    PlacesAward,
    Scale,
    SmallField,
    TeamStanding,
    WorldSkillsLike,
    ZScore,
)
from schemas.scheme import Cut
from tests.competition.recount.literal import NAME, contest, criterion, scheme, stage, sub

HUNDRED = Score(id="A", name=NAME, points=Decimal(100), step=Decimal("0.1"))
THIRDS = Count(id="A", name=NAME, points=Decimal(100), possible=300)
"""A count of which each gives a third of a point."""

WHOLE = Rounding(places=0)
DOWN = Rounding(places=0, mode="down")
FIVES = "5 5 5 5 9"


async def recounted(connection: Connection, *contests: Contest) -> tuple[Recounted, ...]:
    """What the contests come to."""
    await store.prepare(connection)
    return await store.recount_of_contests(connection, contests)


def having(readings: str, *, of: Aspect = HUNDRED, delegations: str = "", **fields: Any) -> Contest:
    """A contest of entrants with these readings of one aspect, of delegations a letter each; a dash is no mark, or nobody's."""
    made = scheme(stage("stage", criterion("C", sub("S", of))), **fields)
    marks: list[Any] = [{} if reading == "-" else {"A": [[reading]]} for reading in readings.split()]
    return contest(made, *marks, delegations=[name.strip("-") for name in delegations.split(",")])


def by_number(given: Recounted, field: str) -> list[Any]:
    """What everybody has of a field, by entrant number."""
    return [getattr(one, field) for one in sorted(given.entrants.values(), key=lambda one: one.entrant_id.int)]


SCALES: tuple[tuple[Scale, str, str, dict[str, str]], ...] = (
    (PercentOfBest(), "90 60 45 -", "100 66.67 50 –", {"best": "90"}),
    (PercentOfBest(), "0 0", "0 0", {"best": "0"}),
    (WorldSkillsLike(), "40 50 60", "680 700 720", {"median": "50", "mad": "10"}),
    (WorldSkillsLike(), "1 2 3 4 90 0", "680 693 707 720 1000 666", {"median": "2.5", "mad": "1.5"}),
    (WorldSkillsLike(least=Decimal(690), most=Decimal(710)), "40 50 60", "690 700 710", {"median": "50", "mad": "10"}),
    (WorldSkillsLike(), FIVES, "700 700 700 700 700", {"median": "5", "mad": "0"}),
    (  # 700 + 30 x 4 / (1.253314 x 0.8) = 819.68…
        WorldSkillsLike(when_flat="mean_deviation"),
        FIVES,
        "700 700 700 700 820",
        {"median": "5", "mad": "0", "mean_deviation": "0.8"},
    ),
    (  # the mean is 5.8, the variance (4 x 0.64 + 10.24) / 5 = 2.56: 700 + 30 x 4 / 1.6
        WorldSkillsLike(when_flat="standard_deviation"),
        FIVES,
        "700 700 700 700 775",
        {"median": "5", "mad": "0", "standard_deviation": "1.6"},
    ),
    (
        WorldSkillsLike(when_flat="standard_deviation"),
        "70 70",
        "700 700",
        {"median": "70", "mad": "0", "standard_deviation": "0"},
    ),
    (ZScore(), "2 4 4 4 5 5 7 9", "-1.5 -0.5 -0.5 -0.5 0 0 1 2", {"mean": "5", "deviation": "2"}),
    (ZScore(of="sample"), "6 6", "0 0", {"mean": "6", "deviation": "0"}),
    (ZScore(of="sample"), "1 2", "-0.71 0.71", {"mean": "1.5", "deviation": "0.7071067811865475244008443621"}),
    (ZScore(), "-", "–", {}),
)


async def test_totals_on_a_scale(connection: Connection) -> None:
    """Figures and what they were made from; nobody without a place has one."""
    made = await recounted(connection, *(having(totals, scale=scale) for scale, totals, _, _ in SCALES))
    figures = [" ".join("–" if figure is None else str(figure) for figure in by_number(one, "scaled")) for one in made]
    assert figures == [figures for _, _, figures, _ in SCALES]
    for one, (_, _, _, inputs) in zip(made, SCALES, strict=True):
        assert one.scale_inputs.keys() == inputs.keys()
        assert all(agree(Decimal(figure), one.scale_inputs[name]) for name, figure in inputs.items())


async def test_a_scale_is_made_of_thirds_not_of_their_digits(connection: Connection) -> None:
    """A third of eight thirds is 12.5 percent, and rounds to 13."""
    (one,) = await recounted(connection, having("8 1", of=THIRDS, scale=PercentOfBest(rounding=WHOLE)))
    assert by_number(one, "scaled") == [100, 13]


def prize(id: str, **fields: Any) -> PlacesAward:
    """An award for places."""
    return PlacesAward(id=id, name=NAME, **fields)


def medals(**fields: Any) -> Medals:
    """Medals by the total."""
    return Medals(id="m", names=(NAME, NAME, NAME), of="total", **fields)


def line(**fields: Any) -> Line:
    """A line in points of the total."""
    return Line(id="line", name=NAME, of="total", **fields)


FIRST, BEST = prize("1st", count=1), BestOfDelegation(id="best", name=NAME)
AWARDS: tuple[tuple[tuple[Award, ...], str, str], ...] = (
    ((FIRST, prize("2nd", count=2)), "9 8 8 7", "1st 2nd 2nd –"),
    ((FIRST, prize("2nd", count=1)), "9 8 8 7", "1st 2nd 2nd –"),
    ((prize("1st", count=2, ties="out"), prize("2nd", count=2)), "9 8 8 7 6", "1st 2nd 2nd 2nd –"),
    ((prize("1st", percent=Decimal(30), base="entered"),), "9 8 7 6 -", "1st 1st – – –"),  # 1.5 of 5
    ((prize("1st", percent=Decimal(30), base="entered", rounding=DOWN),), "9 8 7 6 -", "1st – – – –"),
    ((prize("1st", percent=Decimal(30)),), "9 8 7 6 -", "1st – – – –"),  # 1.2 of 4
    ((prize("1st", percent=Decimal(50), base="passed", at_least=Decimal(60)),), "90 70 60 50 40", "1st 1st – – –"),
    ((prize("1st", count=3, at_least=Decimal(65)), prize("2nd", count=1)), "90 70 60 50", "1st 1st 2nd 2nd"),
    ((medals(),), "90 85 80", "m:gold m:silver m:bronze"),
    ((medals(),), "90 89 80 79 70", "m:gold m:gold m:bronze m:bronze –"),
    ((medals(),), "90 89 88 87 86 85", "m:gold m:gold m:gold m:bronze m:bronze –"),
    ((medals(window=Decimal(1), chained=True),), "90 89 88 87.5 80", "m:gold m:gold m:gold m:gold –"),
    ((medals(),), "90 85 84 82.5 80", "m:gold m:silver m:silver m:bronze –"),
    ((medals(small_fields=(SmallField(entrants=4, medals=3),)),), "90 80 70", "– – –"),
    ((medals(small_fields=(SmallField(entrants=2, medals=1),)),), "90 80 70", "m:gold – –"),
    ((FIRST, line()), "90 80 70 60", "1st line – –"),  # the median is 75
    ((line(at_least=Decimal(80)),), "90 80 70", "line line –"),
    ((line(at_least=Decimal(80), above=True),), "90 80 70", "line – –"),
    ((line(at_least=Decimal(80)), FIRST, Line(id="low", name=NAME, of="total")), "90 70 70", "line+1st low low"),
)


def told_awards(given: Recounted) -> str:
    """Everybody's awards in a row."""
    return " ".join("+".join(awards) or "–" for awards in by_number(given, "awards"))


async def test_awards_by_place_medal_and_line(connection: Connection) -> None:
    """Ties at the number, pass lines, shares of whom, windows and what they leave, small fields, lines reached or passed."""
    made = await recounted(connection, *(having(totals, awards=awards) for awards, totals, _ in AWARDS))
    assert [told_awards(one) for one in made] == [told for _, _, told in AWARDS]


async def test_a_window_of_thirds_is_exact(connection: Connection) -> None:
    """Ten and two thirds is two above eight and two thirds."""
    (one,) = await recounted(connection, having("32 26 25", of=THIRDS, awards=(medals(),)))
    assert told_awards(one) == "m:gold m:gold m:bronze"


async def test_the_best_of_each_delegation_shares_with_equals(connection: Connection) -> None:
    """Two of one delegation are equal, and who belongs to none is nobody's best."""
    (one,) = await recounted(connection, having("90 80 90 95 70", delegations="a,b,a,-,b", awards=(BEST,)))
    assert told_awards(one) == "best best best – –"


GOING: tuple[tuple[dict[str, Any], str, str, str], ...] = (
    ({"top": 2}, "90 80 80 70", "", "yes yes yes no"),
    ({"top": 2, "ties": "out", "substitutes": 1}, "90 80 80 70", "", "yes no no no"),
    ({"top": 2, "ties": "out", "substitutes": 2}, "90 80 80 70", "", "yes substitute substitute no"),
    ({"percent": Decimal(50), "rounding": DOWN, "substitutes": 1}, "9 8 7 6 5 -", "", "yes yes substitute no no no"),
    ({"top": 2, "most_per_delegation": 1}, "90 80 70 60", "a,a,b,b", "yes no yes no"),
    ({"top": 2, "most_per_delegation": 1}, "90 80 70", "-,-,b", "yes yes no"),
    ({"top": 2, "one_of_each": True, "substitutes": 1}, "90 80 70 60", "a,a,b,a", "yes substitute yes no"),
    ({"top": 4, "at_least": Decimal(75)}, "90 75 70", "", "yes yes no"),
)


async def test_who_goes_on_and_who_stands_by(connection: Connection) -> None:
    """A number or a share, ties in or out, no more than some of each delegation, the best of each first, nobody below the line."""
    given = [
        having(totals, delegations=delegations, advancement=Advancement(**rule))
        for rule, totals, delegations, _ in GOING
    ]
    made = await recounted(connection, having("90 80"), *given)
    assert by_number(made[0], "advances") == [None, None]
    assert [" ".join(by_number(one, "advances")) for one in made[1:]] == [told for _, _, _, told in GOING]


async def test_a_cut_is_told_of_who_did_not_go_on(connection: Connection) -> None:
    """The second did not go on from theory; who has no place was not cut."""
    theory = stage("theory", criterion("T", sub("T1", HUNDRED)), cut=Cut(top=1))
    practice = stage("practice", criterion("P", sub("P1", Score(id="B", name=NAME, points=Decimal(100)))))
    marks: tuple[Any, ...] = ({"A": [["90"]]}, {"A": [["80"]]}, {})
    (one,) = await recounted(connection, contest(scheme(theory, practice), *marks))
    assert by_number(one, "cut") == [None, "theory", None]


def standing(**fields: Any) -> TeamStanding:
    """A standing of delegations."""
    return TeamStanding(id="team", name=NAME, **fields)


FIELD = "90 80 70 60 -"
TEAMS: tuple[tuple[str, TeamStanding, dict[str, Any], str], ...] = (
    (FIELD, standing(), {}, "a 1 240 123, b 2 60 4, c – – "),
    (FIELD, standing(best=2), {}, "a 1 170 12, b 2 60 4, c – – "),
    (FIELD, standing(combine="mean", fewest=2, rounding=WHOLE), {}, "a 1 80 123, b – – , c – – "),
    (FIELD, standing(of="place", best=1), {}, "a 1 1 1, b 2 4 4, c – – "),
    (FIELD, standing(of="place", combine="mean"), {"places": "1334"}, "a 1 2 123, b 2 4 4, c – – "),
    (FIELD, standing(of="scale"), {"scale": PercentOfBest()}, "a 1 266.67 123, b 2 66.67 4, c – – "),
    (
        FIELD,
        standing(of="medal_points"),
        {"awards": (medals(), line(at_least=Decimal(60)))},
        "a 1 9 123, b 2 1 4, c – – ",
    ),
    ("90 80 70 90 -", standing(best=1), {}, "a =1 90 1, b =1 90 4, c – – "),
)


async def test_delegations_stand_by_their_members(connection: Connection) -> None:
    """Sums, means and the best, of totals, scaled figures, places and medals; too few members have no place."""
    given = [having(totals, delegations="a,a,a,b,c", teams=(team,), **fields) for totals, team, fields, _ in TEAMS]
    assert [told_teams(one) for one in await recounted(connection, *given)] == [told for _, _, _, told in TEAMS]


def told_teams(given: Recounted) -> str:
    """The only team standing: delegations with place, figure and members."""
    return ", ".join(
        f"{name} {'=' * team.shared}{team.rank or '–'} {'–' if team.figure is None else team.figure} "
        + "".join(str(member.int) for member in team.members)
        for name, team in sorted(given.teams["team"].items())
    )
