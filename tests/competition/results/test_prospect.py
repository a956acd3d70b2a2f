"""What standings come to so far: awards, teams, what can still change, and what was marked last."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from competition.ledger.book import Book
from competition.results.prospect import MOST_TOUCHED, board_awards, encoded, prospect_of, touched
from competition.scoring.record import EntrantRecord
from schemas.base import Text
from schemas.boards import BoardAward
from schemas.closing import BestOfDelegation, Medals, PlacesAward, TeamStanding
from schemas.marks import Mark
from schemas.results import Contender, Reach, TeamPlace
from schemas.scheme import Scheme
from schemas.staging import Prospect, TeamTable, Touch
from tests.house import GOOD, NOW, small_scheme

METALS = (Text(zh="金牌", en="Gold"), Text(zh="银牌", en="Silver"), Text(zh="铜牌", en="Bronze"))
NAME = Text(zh="名", en="Name")
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
JUDGES = (UUID(int=91), UUID(int=92))
SUB_OF = {"T1.1": ("T1", (0,)), "A1.1": ("A1", (0, 1)), "A1.2": ("A1", (0, 1)), "B1.1": ("B1", (1,)), "B1.2": ("B1", (1,))}  # fmt: skip
CONTENDERS = (
    Contender(entrant_id=ONE, number=1, delegation="芜湖"),
    Contender(entrant_id=TWO, number=2, delegation="合肥"),
    Contender(entrant_id=THREE, number=3, delegation="芜湖"),
)


def scheme() -> Scheme:
    """The small scheme with medals, a prize and a standing of delegations."""
    return msgspec.structs.replace(
        small_scheme(),
        awards=(
            Medals(id="medal", names=METALS, of="total", window=Decimal(0)),
            PlacesAward(id="first", name=NAME, count=1),
        ),
        teams=(TeamStanding(id="team", name=NAME, of="total", best=1),),
    )


def mark(entrant_id: UUID, aspect: str, judge: int, value: str, *, at: int = 0) -> Mark:
    """A mark of a judge, so many seconds after the first."""
    return Mark(
        id=UUID(int=entrant_id.int * 1000 + sum(map(ord, aspect)) + judge), sheet_id=UUID(int=0), entrant_id=entrant_id,
        sub_criterion=SUB_OF[aspect][0], judge_id=JUDGES[judge], device_id=None, aspect=aspect, values=(Decimal(value),),
        state="marked", base=0, made_at=NOW, recorded_at=NOW + timedelta(seconds=at), supersedes=None, reason=None, note="", flags=(),
    )  # fmt: skip


def record_of(entrant_id: UUID, **readings: str) -> EntrantRecord:
    """A record with these readings by all who mark them; ``T1_1`` for the aspect T1.1."""
    marks = {}
    for named, value in readings.items():
        aspect = named.replace("_", ".")
        for judge in SUB_OF[aspect][1]:
            marks[aspect, JUDGES[judge]] = mark(entrant_id, aspect, judge, value)
    return EntrantRecord(entrant_id=entrant_id, marks=marks)


def complete(entrant_id: UUID, paper: str) -> EntrantRecord:
    """Everything marked, with this paper."""
    good = {aspect.replace(".", "_"): value for aspect, (value,) in GOOD.items()}
    return record_of(entrant_id, **{**good, "T1_1": paper})


def book(*records: EntrantRecord) -> Book:
    """A book of three with these records."""
    return Book(
        event_id=UUID(int=0),
        scheme=scheme(),
        revision=7,
        numbers={one.entrant_id: one.number for one in CONTENDERS},
        records={record.entrant_id: record for record in records},
    )


def test_a_complete_contest_comes_to_awards_and_teams_and_nothing_is_open() -> None:
    """Every word of the prospect; of two of one delegation the better counts."""
    made = prospect_of(book(complete(ONE, "100"), complete(TWO, "80"), complete(THREE, "60")), CONTENDERS)
    assert msgspec.structs.replace(made, touched=()) == Prospect(
        revision=7,
        awards=(
            BoardAward(id="medal:gold", name=METALS[0], medal="gold"),
            BoardAward(id="medal:silver", name=METALS[1], medal="silver"),
            BoardAward(id="medal:bronze", name=METALS[2], medal="bronze"),
            BoardAward(id="first", name=NAME),
        ),
        winners={ONE: ("medal:gold", "first"), TWO: ("medal:silver",), THREE: ("medal:bronze",)},
        teams=(
            TeamTable(
                id="team",
                name=NAME,
                measure="total",
                places=(
                    TeamPlace(delegation="芜湖", rank=1, shared=False, figure=Decimal("94.17"), members=(ONE,)),
                    TeamPlace(delegation="合肥", rank=2, shared=False, figure=Decimal("88.17"), members=(TWO,)),
                ),
            ),
        ),
    )


def test_nobody_has_anything_before_a_mark() -> None:
    """Whoever is not marked yet wins nothing and counts for nobody, though all could still come to everything."""
    made = prospect_of(book(), CONTENDERS)
    assert made.winners == {}
    assert [(place.delegation, place.rank) for place in made.teams[0].places] == [("合肥", None), ("芜湖", None)]
    assert made.reaches == tuple(
        Reach(entrant_id=entrant_id, least=Decimal(0), most=Decimal(100), best=1, worst=3)
        for entrant_id in (ONE, TWO, THREE)
    )
    assert made.touched == ()
    begun = prospect_of(book(record_of(TWO, T1_1="80")), CONTENDERS)
    assert begun.winners == {TWO: ("medal:gold", "first")}


def test_what_can_change_is_told_until_nothing_can() -> None:
    """One mark is missing: everybody's reach is told, also of who is complete."""
    incomplete = record_of(THREE, T1_1="60", A1_1="0.008", A1_2="1", B1_1="2")
    made = prospect_of(book(complete(ONE, "100"), complete(TWO, "80"), incomplete), CONTENDERS)
    assert [(one.entrant_id, str(one.least), str(one.most), one.best, one.worst) for one in made.reaches] == [
        (ONE, "94.17", "94.17", 1, 1), (TWO, "88.17", "88.17", 2, 2), (THREE, "61.17", "82.17", 3, 3),
    ]  # fmt: skip


def test_who_does_not_compete_is_in_nothing() -> None:
    """Somebody who withdrew has neither awards nor reach, and nothing of theirs was marked last."""
    gone = msgspec.structs.replace(CONTENDERS[0])
    made = prospect_of(
        Book(event_id=UUID(int=0), scheme=scheme(), numbers={TWO: 2}, records={ONE: complete(ONE, "100"), TWO: record_of(TWO, T1_1="80")}),
        (gone, CONTENDERS[1]),
    )  # fmt: skip
    assert set(made.winners) == {TWO} == {one.entrant_id for one in made.reaches}
    assert made.touched == (Touch(entrant_id=TWO, column="theory", at=NOW),)


def test_what_was_marked_last_is_by_entrant_and_column() -> None:
    """A stage of one criterion is its own column; several aspects of one column are one; the latest comes first."""
    marks = [
        mark(ONE, "T1.1", 0, "80", at=5),
        mark(ONE, "A1.1", 0, "0.008", at=1),
        mark(ONE, "A1.2", 1, "1", at=9),
        mark(TWO, "B1.1", 1, "2", at=7),
    ]
    records = [
        EntrantRecord(
            entrant_id=one,
            marks={(each.aspect, each.judge_id): each for each in marks if each.entrant_id == one},
        )
        for one in (ONE, TWO)
    ]
    assert touched(scheme(), records) == (
        Touch(entrant_id=ONE, column="A", at=NOW + timedelta(seconds=9)),
        Touch(entrant_id=TWO, column="B", at=NOW + timedelta(seconds=7)),
        Touch(entrant_id=ONE, column="theory", at=NOW + timedelta(seconds=5)),
    )


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.randoms())
def test_marks_of_one_moment_are_told_in_one_order(seconds: list[int], chance: object) -> None:
    """However the records are ordered, the same thirty are told in the same order."""
    records = [
        EntrantRecord(
            entrant_id=UUID(int=number),
            marks={("T1.1", JUDGES[0]): mark(UUID(int=number), "T1.1", 0, "80", at=second)},
        )
        for number, second in enumerate(seconds, start=1)
    ]
    told = touched(scheme(), records)
    chance.shuffle(records)  # type: ignore[attr-defined]
    assert touched(scheme(), records) == told
    assert len(told) == min(len(seconds), MOST_TOUCHED)
    assert [touch.at for touch in told] == sorted((touch.at for touch in told), reverse=True)


def test_awards_keep_the_schemes_order() -> None:
    """Medals are one award each; all else is one."""
    awards = (BestOfDelegation(id="best", name=NAME), Medals(id="m", names=METALS))
    assert [award.id for award in board_awards(msgspec.structs.replace(scheme(), awards=awards))] == [
        "best", "m:gold", "m:silver", "m:bronze",
    ]  # fmt: skip


def test_a_prospect_is_kept_as_it_is() -> None:
    """What is written can be read back, decimals exact."""
    made = prospect_of(book(complete(ONE, "100"), record_of(TWO, T1_1="80")), CONTENDERS)
    assert msgspec.json.decode(encoded(made), type=Prospect) == made
