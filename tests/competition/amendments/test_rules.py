"""What an amendment would change: marks, places, awards and teams, each before and after; and what it may not touch."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.amendments.rules import (
    Amended,
    ChangedEntrant,
    ChangedMark,
    ChangedTeam,
    SheetsWouldDiffer,
    amended,
    check_sheets,
)
from competition.scoring.record import EntrantRecord, fold_all
from schemas.base import Text
from schemas.closing import BestOfDelegation
from schemas.marks import Mark
from schemas.results import Closed, Contender, TeamPlace
from schemas.scheme import Scheme
from tests.competition.amendments.drafts import (
    awarding,
    coarser_paper,
    milder,
    more_judges,
    other_sheet,
    renamed,
    with_aspect,
)
from tests.house import GOOD, small_scheme
from tests.random_contests import random_contest

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
JUDGE = UUID(int=9)
ANNA, BO = UUID(int=1), UUID(int=2)
CONTENDERS = (
    Contender(entrant_id=ANNA, number=1, delegation="奇瑞"),
    Contender(entrant_id=BO, number=2, delegation="埃夫特"),
)


def record(entrant_id: UUID, **changes: tuple[str, ...]) -> EntrantRecord:
    """One judge's good marks of everything, but for these readings (``A1_2`` is A1.2)."""
    readings = {**GOOD, **{id_.replace("_", "."): given for id_, given in changes.items()}}
    marks = (mark(entrant_id, aspect, *values) for aspect, values in readings.items())
    return EntrantRecord(entrant_id=entrant_id, marks={(one.aspect, one.judge_id): one for one in marks})


def mark(entrant_id: UUID, aspect: str, *values: str) -> Mark:
    """A mark as the ledger has it."""
    return Mark(
        id=UUID(int=entrant_id.int * 1000 + sum(aspect.encode())),
        sheet_id=UUID(int=7),
        entrant_id=entrant_id,
        sub_criterion=aspect[:2],
        judge_id=JUDGE,
        device_id=None,
        aspect=aspect,
        values=tuple(Decimal(value) for value in values),
        state="marked",
        base=0,
        made_at=NOON,
        recorded_at=NOON,
        supersedes=None,
        reason=None,
        note="",
        flags=(),
    )


RECORDS = (record(ANNA, A1_2=("1",)), record(BO, A1_2=("0",), T1_1=("72",)))
"""Anna: one loose screw. Bo: none, with 8 points less of theory. By five points a screw Bo leads, by four they still do."""


def closed(entrant_id: UUID, rank: int, total: str, *awards: str, shared: bool = False) -> Closed:
    """An entrant's end where the scheme has neither scale nor advancement."""
    return Closed(
        entrant_id=entrant_id,
        rank=rank,
        shared=shared,
        total=Decimal(total),
        scaled=None,
        awards=awards,
        advances=None,
        cut=None,
    )


def place(delegation: str, rank: int, figure: str, member: UUID) -> TeamPlace:
    """The place of a delegation of one."""
    return TeamPlace(delegation=delegation, rank=rank, shared=False, figure=Decimal(figure), members=(member,))


def test_every_change_of_mark_place_award_and_team_is_told() -> None:
    """Screws at half a point: the leader changes, and the first prize and both team places with it."""
    before = awarding()
    assert amended(before, milder(before, "0.5"), RECORDS, CONTENDERS) == Amended(
        marks=(ChangedMark(entrant_id=ANNA, aspect="A1.2", judge_id=JUDGE, before=Decimal(15), after=Decimal("19.5")),),
        entrants=(
            ChangedEntrant(entrant_id=ANNA, before=closed(ANNA, 2, "88.17"), after=closed(ANNA, 1, "91.32", "first")),
            ChangedEntrant(entrant_id=BO, before=closed(BO, 1, "89.27", "first"), after=closed(BO, 2, "89.27")),
        ),
        teams=(
            ChangedTeam(
                team="team",
                delegation="奇瑞",
                before=place("奇瑞", 2, "88.17", ANNA),
                after=place("奇瑞", 1, "91.32", ANNA),
            ),
            ChangedTeam(
                team="team",
                delegation="埃夫特",
                before=place("埃夫特", 1, "89.27", BO),
                after=place("埃夫特", 2, "89.27", BO),
            ),
        ),
        blocking=(),
    )


def test_team_standing_that_goes_or_comes_is_a_change() -> None:
    """A team standing that the amendment drops is told with what was, one that it adds with what will be."""
    with_teams = awarding()
    without = msgspec.structs.replace(with_teams, teams=())
    rows = (place("埃夫特", 1, "89.27", BO), place("奇瑞", 2, "88.17", ANNA))
    assert amended(with_teams, without, RECORDS, CONTENDERS).teams == tuple(
        ChangedTeam(team="team", delegation=row.delegation, before=row, after=None) for row in rows
    )
    assert amended(without, with_teams, RECORDS, CONTENDERS).teams == tuple(
        ChangedTeam(team="team", delegation=row.delegation, before=None, after=row) for row in rows
    )


def test_award_alone_is_a_change() -> None:
    """An added award changes no mark and no total, and is told of everybody who would have it."""
    best = BestOfDelegation(id="best", name=Text(zh="单位第一", en="Best of the delegation"))
    after = msgspec.structs.replace(small_scheme(), awards=(best,))
    assert amended(small_scheme(), after, RECORDS, CONTENDERS) == Amended(
        marks=(),
        entrants=(
            ChangedEntrant(entrant_id=BO, before=closed(BO, 1, "89.27"), after=closed(BO, 1, "89.27", "best")),
            ChangedEntrant(entrant_id=ANNA, before=closed(ANNA, 2, "88.17"), after=closed(ANNA, 2, "88.17", "best")),
        ),
        teams=(),
        blocking=(),
    )


def test_mark_that_cannot_be_scored_blocks() -> None:
    """Readings beyond a lowered maximum are listed with what they gave and why they cannot be scored, and nothing else is."""
    found = amended(small_scheme(), coarser_paper(), RECORDS, CONTENDERS)
    assert [(one.entrant_id, one.aspect, one.before, one.after, str(one.problem)) for one in found.blocking] == [
        (
            ANNA,
            "T1.1",
            Decimal(80),
            None,
            "Aspect T1.1: 80 is not between 0 and 50. Enter a score within the range.",
        ),
        (
            BO,
            "T1.1",
            Decimal(72),
            None,
            "Aspect T1.1: 72 is not between 0 and 50. Enter a score within the range.",
        ),
    ]
    assert (found.marks, found.entrants, found.teams) == ((), (), ())


@pytest.mark.parametrize(("after", "place"), [(other_sheet(), "B1"), (more_judges(), "B1")])
def test_other_sheets_are_refused(after: Scheme, place: str) -> None:
    """Another kind of aspect or another number of judges is another score sheet than the one being signed."""
    with pytest.raises(SheetsWouldDiffer) as refused:
        amended(small_scheme(), after, RECORDS, CONTENDERS)
    assert refused.value.data == {"place": place}


def test_sheet_that_comes_or_goes_is_refused() -> None:
    """A sub-criterion that is added or left out is one sheet more or less."""
    whole = small_scheme()
    theory_only = msgspec.structs.replace(whole, stages=whole.stages[:1])
    for before, after in ((whole, theory_only), (theory_only, whole)):
        with pytest.raises(SheetsWouldDiffer) as refused:
            check_sheets(before, after)
        assert refused.value.data == {"place": "A1"}


def test_judges_may_be_counted_where_they_were_understood() -> None:
    """An aspect that names the number of judges which its panel has anyway asks for the same sheet."""
    check_sheets(small_scheme(), with_aspect(small_scheme(), "A1.2", judges=2))


def test_words_change_nothing() -> None:
    """Other names are an amendment that moves no figure."""
    assert amended(small_scheme(), renamed(), RECORDS, CONTENDERS) == Amended(
        marks=(), entrants=(), teams=(), blocking=()
    )


@given(st.integers(0, 10_000))
def test_amending_to_itself_changes_nothing(seed: int) -> None:
    """Whatever the scheme and the marks, the same scheme changes and blocks nothing."""
    contest = random_contest(seed)
    entries = list(contest.entries)
    records = [
        fold_all(EntrantRecord(entrant_id=one), [entry for entry in entries if entry.entrant_id == one])
        for one in contest.entrants
    ]
    contenders = [
        Contender(entrant_id=one, number=number, delegation=str(number % 2)) for one, number in contest.entrants.items()
    ]
    assert amended(contest.scheme, contest.scheme, records, contenders) == Amended(
        marks=(), entrants=(), teams=(), blocking=()
    )
