"""Closing: places, scale, awards, teams and who goes on, all from the same figures."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec
from hypothesis import given

from competition.scoring.closing import close
from competition.scoring.ranking import rank
from competition.scoring.rounding import EXACT, FIGURE
from competition.scoring.tally import Tally
from schemas.aspects import Rounding
from schemas.closing import Advancement, BestOfDelegation, Medals, PercentOfBest, PlacesAward, TeamStanding
from schemas.results import Closed, Closing, Contender, TeamPlace
from schemas.scheme import Cut, Scheme
from tests.competition.scoring.fields import NAME, fields, scheme, schemes, stage, tally

WHOLE = scheme(
    stages=(stage("theory", Cut(top=3)), stage("practice")),
    last_resort="number",
    scale=PercentOfBest(),
    awards=(
        PlacesAward(id="first", name=NAME, percent=Decimal(25), base="entered"),
        Medals(id="m", names=(NAME, NAME, NAME)),
        BestOfDelegation(id="best", name=NAME),
    ),
    teams=(TeamStanding(id="sum", name=NAME), TeamStanding(id="medals", name=NAME, of="medal_points")),
    advancement=Advancement(top=1, substitutes=1),
)
CONTENDERS = (
    Contender(entrant_id=UUID(int=1), number=12, delegation="Wuhu"),
    Contender(entrant_id=UUID(int=2), number=11, delegation="Hefei"),
    Contender(entrant_id=UUID(int=3), number=13, delegation="Wuhu"),
    Contender(entrant_id=UUID(int=4), number=14, delegation="Hefei"),
    Contender(entrant_id=UUID(int=5), number=15, delegation="Bengbu"),
    Contender(entrant_id=UUID(int=6), number=16, delegation=""),
)


def closed(
    number: int,
    place: int | None,
    total: str,
    scaled: str | None,
    awards: str,
    advances: str,
    cut: str | None = None,
) -> Closed:
    """One line of a closing; nobody in it shares a place."""
    return Closed(
        entrant_id=UUID(int=number),
        rank=place,
        shared=False,
        total=Decimal(total),
        scaled=None if scaled is None else Decimal(scaled),
        awards=tuple(awards.split()),
        advances=advances,  # type: ignore[arg-type]
        cut=cut,
    )


def test_close() -> None:
    """Worked out by hand: numbers part the first two, the fourth is cut, the fifth is disqualified, the sixth has no figures.

    25 percent of six entered are 1.5: two first prizes.
    """
    tallies = [
        tally(1, "80", stages={"theory": "90", "practice": "70"}),
        tally(2, "80", stages={"theory": "80", "practice": "80"}),
        tally(3, "60", stages={"theory": "70", "practice": "50"}),
        tally(4, "79", stages={"theory": "65", "practice": "93"}),
        tally(5, "99", stages={"theory": "99"}, state="disqualified"),
    ]
    assert close(WHOLE, tallies, CONTENDERS) == Closing(
        entrants=(
            closed(2, 1, "80", "100", "first m:gold best", "yes"),
            closed(1, 2, "80", "100", "first m:gold best", "substitute"),
            closed(3, 3, "60", "75", "m:bronze", "no"),
            closed(4, 4, "79", "98.75", "", "no", cut="theory"),
            closed(5, None, "99", None, "", "no"),
        ),
        teams={
            "sum": (
                team("Hefei", 1, "159", (2, 4)),
                team("Wuhu", 2, "140", (1, 3)),
                team("Bengbu", None, None, ()),
            ),
            "medals": (
                team("Wuhu", 1, "6", (1, 3)),
                team("Hefei", 2, "4", (2, 4)),
                team("Bengbu", None, None, ()),
            ),
        },
        scale_inputs={"best": Decimal(80)},
    )


def team(delegation: str, place: int | None, combined: str | None, members: tuple[int, ...]) -> TeamPlace:
    """A line of a team standing; nobody in it shares a place."""
    return TeamPlace(
        delegation=delegation,
        rank=place,
        shared=False,
        figure=None if combined is None else Decimal(combined),
        members=tuple(UUID(int=number) for number in members),
    )


def thirds(number: int, count: int) -> Tally:
    """An entrant with so many thirds of a point."""
    total = tally(number, str(FIGURE.divide(count, 3)))
    return msgspec.structs.replace(total, uncut=EXACT.divide(Decimal(count), 3))


def test_close_without_anything_but_places() -> None:
    """A scheme without scale, awards, teams and advancement closes with the places alone, also of somebody unknown."""
    assert close(scheme(), [tally(1, "5")], ()) == Closing(
        entrants=(
            Closed(
                entrant_id=UUID(int=1),
                rank=1,
                shared=False,
                total=Decimal(5),
                scaled=None,
                awards=(),
                advances=None,
                cut=None,
            ),
        ),
        teams={},
        scale_inputs={},
    )


def test_what_is_made_of_totals_is_made_of_thirds_not_of_their_digits() -> None:
    """Of 32, 26, 16 and 4 thirds a window of 2 holds the first two, the third has half of the first, teams whole points."""
    by = scheme(
        scale=PercentOfBest(rounding=Rounding(places=0, mode="down")),
        awards=(Medals(id="m", names=(NAME, NAME, NAME), of="total"),),
        teams=(TeamStanding(id="sum", name=NAME, rounding=Rounding(places=0, mode="down")),),
    )
    field = [thirds(number, count) for number, count in enumerate((32, 26, 16, 4), start=1)]
    delegations = ("Wuhu", "Hefei", "Hefei", "Wuhu")
    people = [
        Contender(entrant_id=UUID(int=number), number=number, delegation=delegation)
        for number, delegation in enumerate(delegations, start=1)
    ]
    closing = close(by, field, people)
    told = [(str(one.total), str(one.scaled), one.awards) for one in closing.entrants]
    assert told == [
        ("10.66666666666666666666666667", "100", ("m:gold",)),
        ("8.666666666666666666666666667", "81", ("m:gold",)),
        ("5.333333333333333333333333333", "50", ("m:bronze",)),
        ("1.333333333333333333333333333", "12", ()),
    ]
    assert [(team.delegation, str(team.figure)) for team in closing.teams["sum"]] == [("Hefei", "14"), ("Wuhu", "12")]


@given(schemes, fields)
def test_closing_has_the_places_of_the_ranking(by: Scheme, field: list[Tally]) -> None:
    """Any field closes in the order and with the places that ranking gives, whatever order it comes in."""
    everybody = [Contender(entrant_id=one.entrant_id, number=one.entrant_id.int % 7, delegation="") for one in field]
    numbers = {contender.entrant_id: contender.number for contender in everybody}
    closing = close(by, field, everybody)
    assert [(one.entrant_id, one.rank, one.shared) for one in closing.entrants] == [
        (row.entrant_id, row.rank, row.shared) for row in rank(by, field, numbers=numbers)
    ]
    assert closing == close(by, reversed(field), reversed(everybody))
