"""Team standings: what counts of each member, how many count, and the places of the delegations."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from competition.scoring.teams import medal_points_of, team_places
from schemas.aspects import Rounding
from schemas.closing import Award, Line, Medals, Places, PlacesAward, TeamStanding
from schemas.results import TeamPlace
from tests.competition.scoring.fields import NAME, placed

FIELD = (
    placed(1, 1, "90", scaled="740", delegation="Wuhu"),
    placed(2, 2, "85", scaled="720", delegation="Hefei"),
    placed(3, 3, "80", scaled="710", delegation="Hefei"),
    placed(4, 4, "70", scaled="700", delegation="Wuhu"),
    placed(5, 5, "69", scaled="699", delegation=""),
    placed(6, 6, "60", scaled="680", delegation="Bengbu"),
    placed(7, 7, "45", scaled="650", delegation="Hefei"),
)
DELEGATIONS = ("Wuhu", "Hefei", "Bengbu", "Anqing")
MEDAL_POINTS = {UUID(int=1): Decimal(4), UUID(int=2): Decimal(3), UUID(int=3): Decimal(2), UUID(int=4): Decimal(1)}

Short = tuple[str, int | None, bool, str | None, tuple[int, ...]]


def standing(**fields: object) -> TeamStanding:
    """A standing with these fields."""
    return TeamStanding(id="t", name=NAME, **fields)  # type: ignore[arg-type]


def short(teams: tuple[TeamPlace, ...]) -> tuple[Short, ...]:
    """A team standing in short."""
    return tuple(
        (
            team.delegation,
            team.rank,
            team.shared,
            None if team.figure is None else str(team.figure),
            tuple(member.int for member in team.members),
        )
        for team in teams
    )


NOBODY = ("Anqing", None, False, None, ())


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (
            standing(),
            (
                ("Hefei", 1, False, "210", (2, 3, 7)),
                ("Wuhu", 2, False, "160", (1, 4)),
                ("Bengbu", 3, False, "60", (6,)),
                NOBODY,
            ),
        ),
        (
            standing(combine="mean"),
            (
                ("Wuhu", 1, False, "80", (1, 4)),
                ("Hefei", 2, False, "70", (2, 3, 7)),
                ("Bengbu", 3, False, "60", (6,)),
                NOBODY,
            ),
        ),
        (
            standing(best=2, fewest=2),
            (
                ("Hefei", 1, False, "165", (2, 3)),
                ("Wuhu", 2, False, "160", (1, 4)),
                NOBODY,
                ("Bengbu", None, False, None, ()),
            ),
        ),
        (
            standing(of="scale", combine="mean", rounding=Rounding(places=1)),
            (
                ("Wuhu", 1, False, "720", (1, 4)),
                ("Hefei", 2, False, "693.3", (2, 3, 7)),
                ("Bengbu", 3, False, "680", (6,)),
                NOBODY,
            ),
        ),
        (  # the lower sum of places first
            standing(of="place", best=2, fewest=2),
            (
                ("Hefei", 1, True, "5", (2, 3)),
                ("Wuhu", 1, True, "5", (1, 4)),
                NOBODY,
                ("Bengbu", None, False, None, ()),
            ),
        ),
        (
            standing(of="place", combine="mean"),
            (
                ("Wuhu", 1, False, "2.5", (1, 4)),
                ("Hefei", 2, False, "4", (2, 3, 7)),
                ("Bengbu", 3, False, "6", (6,)),
                NOBODY,
            ),
        ),
        (
            standing(of="medal_points"),
            (
                ("Hefei", 1, True, "5", (2, 3, 7)),
                ("Wuhu", 1, True, "5", (1, 4)),
                ("Bengbu", 3, False, "0", (6,)),
                NOBODY,
            ),
        ),
        (
            standing(of="medal_points", combine="mean"),
            (
                ("Wuhu", 1, False, "2.5", (1, 4)),
                ("Hefei", 2, False, "1.666666666666666666666666667", (2, 3, 7)),
                ("Bengbu", 3, False, "0", (6,)),
                NOBODY,
            ),
        ),
    ],
)
def test_team_places(of: TeamStanding, expected: tuple[Short, ...]) -> None:
    """Seven ranked, one of them without a delegation; Anqing's people have no place."""
    teams = team_places(of, FIELD, delegations=DELEGATIONS, medal_points=MEDAL_POINTS, places="1224")
    assert short(teams) == expected


@pytest.mark.parametrize(("places", "expected"), [("1224", (1, 1, 3)), ("1223", (1, 1, 2)), ("1334", (2, 2, 3))])
def test_teams_share_places_as_the_scheme_says(places: Places, expected: tuple[int, ...]) -> None:
    """Two delegations with the same figure share the place; what it is called is the scheme's."""
    field = (placed(1, 1, "9", delegation="a"), placed(2, 1, "9.0", delegation="b"), placed(3, 3, "8", delegation="c"))
    teams = team_places(standing(), field, delegations=("c", "b", "a"), medal_points={}, places=places)
    assert tuple(team.rank for team in teams) == expected


def test_a_standing_by_a_scale_that_is_not_there() -> None:
    """Without scaled figures no delegation has members that count."""
    teams = team_places(
        standing(of="scale"), [placed(1, 1, "9", delegation="a")], delegations=["a"], medal_points={}, places="1224"
    )
    assert short(teams) == (("a", None, False, None, ()),)


def test_medal_points() -> None:
    """Gold, silver, bronze and a line award have their points, of several the best; a prize for places has none."""
    awards: tuple[Award, ...] = (
        Medals(id="m", names=(NAME, NAME, NAME)),
        Line(id="excellence", name=NAME),
        PlacesAward(id="first", name=NAME, count=1),
    )
    got = {
        UUID(int=1): ("m:gold", "first"),
        UUID(int=2): ("m:silver",),
        UUID(int=3): ("m:bronze", "excellence"),
        UUID(int=4): ("excellence",),
        UUID(int=5): ("first",),
    }
    assert medal_points_of(standing(), awards, got) == {
        UUID(int=number): Decimal(points) for number, points in enumerate((4, 3, 2, 1, 0), start=1)
    }
