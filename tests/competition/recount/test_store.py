"""The second scorer alone: contests written out, figures worked by hand."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.recount import store
from competition.recount.figures import Contest, RecountedEntrant
from schemas.aspects import (
    Aspect,
    Band,
    BandedCredit,
    Choice,
    Count,
    Deduction,
    DeductionItem,
    External,
    FixedTolerance,
    GradedCredit,
    Judgement,
    Limits,
    LinearCredit,
    Measurement,
    Option,
    Range,
    RangedCredit,
    Rounding,
    Score,
    SizeStep,
    Time,
    TimeBand,
    TimeBands,
    TimeItself,
    TimeLeft,
    TimeOver,
    ToleranceByLength,
    ToleranceBySize,
)
from schemas.closing import RankKey
from schemas.marks import Disqualification, Entry, Withdrawal, WithoutReading
from schemas.scheme import Cut, Gate, Panel, Penalty, Scheme, StateRule
from tests.competition.recount.literal import (
    NAME,
    NOW,
    contest,
    criterion,
    entrant,
    mark,
    one_sheet,
    penalty,
    scheme,
    stage,
    sub,
    yes,
)
from tests.house import found_contest, mark_all

HALF = Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5"))
TWO_PLACES = Rounding(places=2)


async def recount(connection: Connection, *contests: Contest) -> tuple[dict[UUID, RecountedEntrant], ...]:
    """What the contests come to, by entrant."""
    await store.prepare(connection)
    return tuple(each.entrants for each in await store.recount_of_contests(connection, contests))


async def only(connection: Connection, given: Contest) -> RecountedEntrant:
    """What the first entrant of a contest comes to."""
    (recounted,) = await recount(connection, given)
    return recounted[entrant(1)]


async def places(connection: Connection, given: Contest) -> list[tuple[int, int | None, bool]]:
    """Entrants' numbers with place and sharing, in order of place."""
    (recounted,) = await recount(connection, given)
    return [(one.entrant_id.int, one.rank, one.shared) for one in recounted.values()]


# Readings ---------------------------------------------------------------------------------------------------------------


def measured(points: str = "4", **fields: Any) -> Measurement:
    """A measured value that may be off by 0.010."""
    given = {"tolerance": FixedTolerance(allowed=Decimal("0.010")), **fields}
    return Measurement(id="A", name=NAME, points=Decimal(points), **given)


def timed(credit: Any, points: str = "5", **fields: Any) -> Time:
    """A time, for five points."""
    return Time(id="A", name=NAME, points=Decimal(points), credit=credit, **fields)


COMMON: dict[str, Any] = {"id": "A", "name": NAME, "points": Decimal(6)}
BY_SIZE = ToleranceBySize(
    size=Decimal(501),
    steps=(
        SizeStep(up_to=Decimal(500), allowed=Decimal("0.010")),
        SizeStep(up_to=Decimal(800), allowed=Decimal("0.015")),
    ),
)
GRADES = GradedCredit(grades=(Decimal("0.8"), Decimal("1.6"), Decimal("3.2")), keep=(Decimal("0.5"),))
ON_EITHER_SIDE = BandedCredit(
    bands=(
        Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5"), side="above"),
        Band(over_up_to=Decimal("0.005"), keep=Decimal("0.25"), side="below"),
    )
)
ROUGHNESS = measured(tolerance=None, credit=GRADES, nominal=Decimal("0.8"))
LEVELS = (NAME, NAME, NAME, NAME)
GRAVEST_FIRST: tuple[WithoutReading, ...] = (
    "disqualified", "did_not_finish", "absent", "not_attempted", "not_measured", "excluded",
)  # fmt: skip

READINGS: tuple[tuple[Aspect, tuple[str, ...], str], ...] = (
    (yes("A", "6"), ("1",), "6"),
    (yes("A", "6"), ("0",), "0"),
    (Count(**COMMON, possible=4), ("3",), "4.5"),
    (Choice(**COMMON, options=(Option(name=NAME, points=Decimal(5)), Option(name=NAME, keep=Decimal("0.3")))), ("1",), "1.8"),
    (Judgement(**COMMON, levels=LEVELS), ("2",), "4"),
    (Score(**COMMON, most=Decimal(12), factor=Decimal("0.5")), ("7",), "3.5"),
    (External(**COMMON, out_of=Decimal(100)), ("75",), "4.5"),
    (
        Deduction(**COMMON, items=(DeductionItem(name=NAME, each=Decimal("0.5"), cap=Decimal(2)), DeductionItem(name=NAME, each=Decimal(1)))),
        ("9", "1"),
        "3",
    ),
    (Deduction(**COMMON, items=(DeductionItem(name=NAME, each=Decimal(1)),)), ("9",), "0"),
    (measured(), ("0.010",), "4"),
    (measured(), ("-0.011",), "0"),
    (measured(credit=BandedCredit(bands=(HALF,))), ("0.015",), "2"),
    (measured(credit=BandedCredit(bands=(HALF,))), ("0.016",), "0"),
    (measured(tolerance=Limits(lower=Decimal("-0.1")), nominal=Decimal(1)), ("9",), "4"),
    (measured(tolerance=BY_SIZE), ("0.015",), "4"),
    (measured(tolerance=ToleranceByLength(allowed=Decimal("0.01"), per=Decimal(300), length=Decimal(500))), ("0.017",), "0"),
    (measured(credit=LinearCredit(lose=Decimal(1), per=Decimal("0.01"))), ("0.025",), "2"),
    (measured(credit=LinearCredit(lose=Decimal(1), per=Decimal("0.01"), count="full")), ("0.025",), "3"),
    (measured(credit=LinearCredit(lose=Decimal(1), per=Decimal("0.01"), count="exact")), ("0.025",), "2.5"),
    (measured(readings=3), ("0", "0.02", "-0.01"), "0"),
    (measured(readings=3, take="best"), ("0", "0.02", "-0.01"), "4"),
    (measured(readings=3, take="mean"), ("0.01", "0.02", "0"), "4"),
    (measured(readings=2, credit=ON_EITHER_SIDE), ("0.012", "-0.012"), "2"),
    (measured(readings=2, credit=ON_EITHER_SIDE), ("-0.012", "0.012"), "2"),
    (measured(readings=2, take="best", credit=ON_EITHER_SIDE), ("0.012", "-0.012"), "1"),
    (measured(readings=2, take="best", credit=ON_EITHER_SIDE), ("-0.012", "0.012"), "1"),
    (measured(tolerance=None, credit=RangedCredit(ranges=(Range(lower=Decimal(-1), upper=Decimal(1), keep=Decimal("0.5")),))), ("1",), "2"),
    (ROUGHNESS, ("0.4",), "4"),
    (ROUGHNESS, ("1.2",), "2"),
    (ROUGHNESS, ("3.2",), "0"),
    (timed(TimeLeft(limit=Decimal(600), gain=Decimal("0.5"), per=Decimal(60))), ("419",), "1.5"),
    (timed(TimeLeft(limit=Decimal(600), gain=Decimal("0.5"), per=Decimal(60))), ("600",), "0"),
    (timed(TimeOver(limit=Decimal(600), lose=Decimal(1), per=Decimal(180))), ("781",), "3"),
    (timed(TimeBands(bands=(TimeBand(up_to=Decimal(30), keep=Decimal(1)), TimeBand(up_to=Decimal(60), keep=Decimal("0.2"))))), ("60",), "1"),
    (timed(TimeOver(limit=Decimal(600), lose=Decimal(1), per=Decimal(180)), stop=Decimal(900)), ("901",), "0"),
)  # fmt: skip


async def test_each_kind_of_aspect_gives_what_its_words_say(connection: Connection) -> None:
    """Readings on limits, beyond them and within, for every kind."""
    given = [contest(one_sheet(aspect), {"A": [readings]}) for aspect, readings, _ in READINGS]
    recounted = await recount(connection, *given)
    assert [str(one[entrant(1)].aspects["A"]) for one in recounted] == [points for _, _, points in READINGS]


async def test_a_thirds_three_parts_are_one(connection: Connection) -> None:
    """Figures without a last decimal are carried exactly enough: three thirds pass a gate at one, and round as one."""
    thirds = tuple(Count(id=id_, name=NAME, points=Decimal(1), possible=3) for id_ in "ABC")
    gate = Gate(of="sub_criterion", id="S", at_least=Decimal(1))
    tasks = (sub("S", *thirds, rounding=Rounding(places=0, mode="down")), sub("T", yes("D", "5"), gate=gate))
    own = await only(
        connection,
        contest(
            scheme(stage("stage", criterion("C", *tasks))), {"A": [["1"]], "B": [["1"]], "C": [["1"]], "D": [["1"]]}
        ),
    )
    assert (own.sub_criteria, own.total) == ({"S": Decimal(1), "T": Decimal(5)}, Decimal(6))


async def test_a_loss_in_proportion_to_a_length_is_carried_whole(connection: Connection) -> None:
    """0.7 of 10 points off for each 0.3 over 0.1 per 300 on 700 mm: 8.444…, 8.677…, 8.677… have the mean 8.6, also when cut."""
    straightness = measured(
        points="10",
        tolerance=ToleranceByLength(allowed=Decimal("0.1"), per=Decimal(300), length=Decimal(700)),
        credit=LinearCredit(lose=Decimal("0.7"), per=Decimal("0.3"), count="exact"),
        places=1,
    )
    rules = one_sheet(straightness, panel=Panel(judges=3), rounding=Rounding(places=1, mode="down"))
    own = await only(connection, contest(rules, {"A": [["0.9"], ["-0.8"], ["0.8"]]}))
    assert own.sub_criteria == {"S": Decimal("8.6")}


# Panels -----------------------------------------------------------------------------------------------------------------


def scored(**fields: Any) -> Score:
    """A score of up to ten points."""
    return Score(id="A", name=NAME, points=Decimal(10), **fields)


async def test_a_panel_drops_of_those_present_and_never_all(connection: Connection) -> None:
    """Of five judges the highest and lowest go; of two nobody; of three scores the middle stays; one is too few for two."""
    panel = Panel(judges=5, drop_highest=1, drop_lowest=1)
    all_five: list[Any] = [["9"], ["8"], ["7.5"], ["7"], ["1"]]
    cases = (
        (panel, all_five, Decimal("7.5")),
        (panel, [["9"], "absent", ["8"], "absent", ["1"]], Decimal(8)),
        (panel, [["9"], ["8"]], Decimal("8.5")),
        (Panel(judges=4, combine="median"), [["9"], ["2"], ["7"], ["8"]], Decimal("7.5")),
        (Panel(judges=3, fewest=2), [["9"], "absent"], None),
        (Panel(judges=3, fewest=2), ["absent", "absent"], Decimal(0)),
        (Panel(judges=3, each=Rounding(places=0)), [["8.5"], ["7.4"]], Decimal(8)),
        (Panel(judges=3, rounding=Rounding(places=1, mode="half_even")), [["8.5"], ["8.4"]], Decimal("8.4")),
    )
    recounted = await recount(
        connection, *(contest(one_sheet(scored(), panel=panel), {"A": given}) for panel, given, _ in cases)
    )
    assert [one[entrant(1)].aspects["A"] for one in recounted] == [points for _, _, points in cases]


async def test_a_panel_by_sheet_combines_the_judges_sums(connection: Connection) -> None:
    """Sums of 15, 12 and 3: the lowest is dropped, the mean of the others is 13.5, although by aspect it would be another."""
    panel = Panel(judges=3, drop_lowest=1, by="sheet", rounding=Rounding(places=1))
    aspects = (scored(), Score(id="B", name=NAME, points=Decimal(10)))
    readings: dict[str, list[Any]] = {"A": [["9"], ["2"], ["3"]], "B": [["6"], ["10"], ["0"]]}
    own = await only(connection, contest(one_sheet(*aspects, panel=panel), readings))
    assert (own.total, own.marked, own.expected) == (Decimal("13.5"), 6, 6)


async def test_on_a_sheet_every_judge_gives_what_a_state_gives_in_full(connection: Connection) -> None:
    """An excluded aspect of 5 is in both judges' sums: 14 and 12 have the mean 13."""
    given = scheme(
        stage("stage", criterion("C", sub("S", scored(), yes("B", "5"), panel=Panel(judges=2, by="sheet")))),
        states=(StateRule(state="excluded", gives="everything"),),
    )
    own = await only(connection, contest(given, {"A": [["9"], ["7"]], "B": ["excluded", "excluded"]}))
    assert (own.aspects, own.total) == ({"A": Decimal(8), "B": Decimal(5)}, Decimal(13))


# Groups and totals --------------------------------------------------------------------------------------------------------


async def test_groups_are_capped_scaled_floored_and_gated(connection: Connection) -> None:
    """10 of 12 capped at 8; 8 of 10 scaled to 4; a gate that looks at a later criterion; faults not below the floor."""
    faults = Deduction(
        id="F", name=NAME, points=Decimal(0), least=Decimal(-9), items=(DeductionItem(name=NAME, each=Decimal(1)),)
    )
    capped = criterion("capped", sub("S1", yes("A", "10"), yes("B", "2")), points=Decimal(8), fit="cap")
    scaled = criterion("scaled", sub("S2", yes("C", "8"), yes("D", "2")), points=Decimal(4), fit="scale")
    gated = criterion(
        "gated", sub("S3", yes("E", "3")), gate=Gate(of="criterion", id="scaled", at_least=Decimal("3.3"))
    )
    floored = criterion("floored", sub("S4", faults, yes("G", "1"), floor=Decimal(-2)), floor=Decimal(-5))
    given = scheme(stage("stage", gated, capped, scaled, floored))
    readings: dict[str, Any] = {"A": [["1"]], "C": [["1"]], "D": [["0"]], "E": [["1"]], "F": [["7"]]}
    own = await only(connection, contest(given, readings))
    assert own.criteria == {"capped": 8, "scaled": Decimal("3.2"), "gated": 0, "floored": -2}
    assert own.total == Decimal("9.2")


async def test_of_exclusive_aspects_only_the_best_counts(connection: Connection) -> None:
    """Ten and four exclude each other: ten and the three beside them."""
    given = one_sheet(yes("A", "4"), yes("B", "10"), yes("C", "3"), exclusive=(("A", "B"),), points=Decimal(13))
    own = await only(connection, contest(given, {"A": [["1"]], "B": [["1"]], "C": [["1"]]}))
    assert (own.aspects, own.total) == ({"A": Decimal(4), "B": Decimal(10), "C": Decimal(3)}, Decimal(13))


async def test_weights_penalties_and_rounding_make_the_total(connection: Connection) -> None:
    """8 of 10 at 30 % and 5 of 20 at 70 % are 41.5; penalties 2 (of 3, capped) and 1.5, together no more than 3: 38.5."""
    theory = stage("theory", criterion("T", sub("T1", yes("A", "8"), yes("B", "2"))), weight=Decimal(30))
    practice = stage("practice", criterion("P", sub("P1", yes("C", "5"), yes("D", "15"))), weight=Decimal(70))
    given = scheme(
        theory,
        practice,
        penalties=(
            Penalty(id="late", name=NAME, each=Decimal(1), cap=Decimal(2)),
            Penalty(id="rude", name=NAME, each=Decimal("1.5"), out_at=2),
        ),
        penalty_cap=Decimal(3),
        rounding=Rounding(places=0, mode="half_even"),
    )
    marks = {"A": [["1"]], "C": [["1"]]}
    penalties = ((1, "late", 9), (1, "late", 3), (1, "rude", 1), (2, "rude", 2))
    (recounted,) = await recount(connection, contest(given, marks, marks, {}, penalties=penalties))
    told = {one.entrant_id.int: (one.state, one.total, one.rank, one.penalties) for one in recounted.values()}
    assert told == {
        1: ("competing", Decimal(38), 1, {"late": Decimal(2), "rude": Decimal("1.5")}),
        2: ("disqualified", Decimal(38), None, {"rude": Decimal(3)}),
        3: ("competing", Decimal(0), None, {}),
    }


async def test_states_do_what_the_scheme_says(connection: Connection) -> None:
    """Excluded gives everything, absent makes the total zero, unfinished comes last, not attempted has no place."""
    rules = (
        StateRule(state="excluded", gives="everything"),
        StateRule(state="absent", total="zero"),
        StateRule(state="did_not_finish", rank="last"),
        StateRule(state="not_attempted", rank="none"),
    )
    given = scheme(stage("stage", criterion("C", sub("S", yes("A", "6"), yes("B", "4")))), states=rules)
    states = ("excluded", "absent", "did_not_finish", "not_attempted", "disqualified")
    marks: list[Any] = [{"A": [state], "B": [["1"]]} for state in states]
    (recounted,) = await recount(connection, contest(given, *marks))
    told = {one.entrant_id.int: (one.state, one.total, one.rank) for one in recounted.values()}
    assert told == {
        1: ("competing", Decimal(10), 1),
        2: ("competing", Decimal(0), 2),
        3: ("competing", Decimal(4), 3),
        4: ("unranked", Decimal(4), None),
        5: ("disqualified", Decimal(4), None),
    }


async def test_of_judges_different_states_the_gravest_holds(connection: Connection) -> None:
    """From disqualified to excluded, whichever judge gave it: only the graver of two neighbours is what ranks last."""
    given: list[Contest] = []
    for graver, lighter in pairwise(GRAVEST_FIRST):
        aspect = sub("S", yes("A"), panel=Panel(judges=2))
        last = scheme(stage("stage", criterion("C", aspect)), states=(StateRule(state=graver, rank="last"),))
        given += [contest(last, {"A": states}) for states in ([graver, lighter], [lighter, graver])]
    recounted = await recount(connection, *given)
    assert [one[entrant(1)].last for one in recounted] == [True] * len(given)


# The ledger ---------------------------------------------------------------------------------------------------------------


async def test_the_last_mark_with_effect_stands(connection: Connection) -> None:
    """A correction replaces; what came in conflict or late does nothing; a lifted disqualification neither."""
    words = [
        Disqualification(id=entrant(0), entrant_id=entrant(1), lifted=lifted, by=entrant(0), reason="", recorded_at=NOW)
        for lifted in (False, True)
    ]
    entries: tuple[Entry, ...] = (
        mark(1, "A", 0, ["9"]),
        mark(1, "A", 0, ["7"], ("implausible",)),
        mark(1, "A", 0, ["1"], ("conflict",)),
        mark(1, "A", 0, ["2"], ("clock_skew", "late")),
        penalty(1, "late", 3),
        penalty(1, "late", 0),
        *words,
    )
    own = await only(connection, Contest(scheme=one_sheet(scored()), entrants={entrant(1): 1}, entries=entries))
    assert (own.state, own.total, own.marked, own.expected) == ("competing", Decimal(7), 1, 1)


async def test_who_withdrew_has_the_total_without_a_place(connection: Connection) -> None:
    """Taken back, they compete again; who is disqualified as well, by jury, penalty or mark, is that first."""
    rude = Penalty(id="rude", name=NAME, each=Decimal(1), out_at=2)
    given = scheme(stage("stage", criterion("C", sub("S", yes("A", "6"), yes("B", "4")))), penalties=(rude,))
    marks: list[Any] = [
        {"A": [["1"]], "B": [["1"]]},
        *({"A": [["1"]]} for _ in range(4)),
        {"A": [["1"]], "B": ["disqualified"]},
    ]
    said: list[tuple[int, type[Withdrawal | Disqualification], bool]] = [
        (2, Withdrawal, False),
        (3, Withdrawal, False),
        (3, Withdrawal, True),
        (6, Withdrawal, False),
    ]
    said += [(4, Disqualification, False), (4, Withdrawal, False), (5, Withdrawal, False)]
    words = tuple(
        kind(id=entrant(0), entrant_id=entrant(number), lifted=lifted, by=entrant(0), reason="", recorded_at=NOW)
        for number, kind, lifted in said
    )
    told = contest(given, *marks, penalties=[(5, "rude", 2)])
    (recounted,) = await recount(connection, replace(told, entries=(*told.entries, *words)))
    assert {one.entrant_id.int: (one.state, one.total, one.rank) for one in recounted.values()} == {
        1: ("competing", Decimal(10), 1),
        2: ("withdrawn", Decimal(6), None),
        3: ("competing", Decimal(6), 2),
        4: ("disqualified", Decimal(6), None),
        5: ("disqualified", Decimal(4), None),
        6: ("disqualified", Decimal(6), None),
    }


async def test_an_event_is_recounted_from_its_own_ledger(connection: Connection) -> None:
    """The house's small contest: 80 points of theory at 0.3 and 81.666… of practice at 0.7, rounded to 81.17."""
    shelf = Shelf()
    founded = await found_contest(connection)
    await mark_all(connection, shelf, founded, {"A01": {"T1.1": ("100",)}})
    await store.prepare(connection)
    recounted = await store.recount_of_event(connection, founded.event_id)
    codes = {entrant_id: code for code, entrant_id in founded.entrants.items()}
    assert {codes[one.entrant_id]: (one.total, one.rank, one.shared) for one in recounted.entrants.values()} == {
        "A01": (Decimal("94.17"), 1, False),
        "A02": (Decimal("88.17"), 2, True),
        "A03": (Decimal("88.17"), 2, True),
    }


# Places -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("style", "ranks"), [("1224", [1, 2, 2, 4]), ("1223", [1, 2, 2, 3]), ("1334", [1, 3, 3, 4])])
async def test_shared_places_count_in_the_schemes_style(connection: Connection, style: Any, ranks: list[int]) -> None:
    """Two share a place; what the next one is called is the scheme's."""
    given = scheme(stage("stage", criterion("C", sub("S", scored()))), places=style)
    marks = [{"A": [[score]]} for score in ("6", "8", "8", "9")]
    assert await places(connection, contest(given, *marks)) == [
        (4, ranks[0], False),
        (2, ranks[1], True),
        (3, ranks[2], True),
        (1, ranks[3], False),
    ]


async def test_keys_part_equals_in_order_and_who_lacks_a_figure_comes_last(connection: Connection) -> None:
    """All have 5: the shorter time is first, who has no time last, and the lower number parts the rest."""
    run = Time(id="T", name=NAME, points=Decimal(0), credit=TimeItself())
    given = scheme(
        stage("stage", criterion("C", sub("S", yes("A", "5"), run))),
        ranking=(RankKey(of="total"), RankKey(of="time", id="T")),
        last_resort="number",
    )
    times: list[Any] = [["50"], ["40"], "not_measured", ["40"]]
    marks = [{"A": [["1"]], "T": [time]} for time in times]
    assert await places(connection, contest(given, *marks)) == [
        (2, 1, False),
        (4, 2, False),
        (1, 3, False),
        (3, 4, False),
    ]


async def test_a_majority_of_judges_parts_equals(connection: Connection) -> None:
    """The same mean of 6: two of three judges prefer the second."""
    panel = Panel(judges=3)
    given = scheme(
        stage("stage", criterion("C", sub("S", scored(), panel=panel))),
        ranking=(RankKey(of="total"), RankKey(of="majority", id="S")),
    )
    marks: tuple[Any, ...] = ({"A": [["10"], ["4"], ["4"]]}, {"A": [["8"], ["5"], ["5"]]})
    assert await places(connection, contest(given, *marks)) == [(2, 1, False), (1, 2, False)]


async def test_a_majority_compares_what_each_judge_gave_as_rounded(connection: Connection) -> None:
    """By aspect a judge's points are rounded before the factor: 6.4 gives 3, 6.6 gives 3.5, 8.4 gives 4, none rounded again."""
    half = Score(id="A", name=NAME, points=Decimal(5), most=Decimal(10), factor=Decimal("0.5"), step=Decimal("0.1"))
    given = scheme(
        stage("stage", criterion("C", sub("S", half, panel=Panel(judges=1, each=Rounding(places=0))))),
        ranking=(RankKey(of="majority", id="S"),),
    )
    marks = [{"A": [[score]]} for score in ("6.4", "6.6", "8.4")]
    assert await places(connection, contest(given, *marks)) == [(3, 1, False), (2, 2, False), (1, 3, False)]


async def test_who_is_cut_stands_behind_all_who_go_on(connection: Connection) -> None:
    """Two go on from theory; the third has more in all and stays third; with ties out the two who share second do not go on."""
    theory = stage("theory", criterion("T", sub("T1", scored())), cut=Cut(top=2))
    practice = stage("practice", criterion("P", sub("P1", Score(id="B", name=NAME, points=Decimal(10)))))
    marks = [{"A": [[theory]], "B": [[practice]]} for theory, practice in (("9", "1"), ("8", "2"), ("7", "10"))]
    assert await places(connection, contest(scheme(theory, practice), *marks)) == [
        (1, 1, True),
        (2, 1, True),
        (3, 3, False),
    ]
    out = stage("theory", criterion("T", sub("T1", scored())), cut=Cut(top=2, ties="out"))
    marks = [{"A": [[theory]], "B": [[practice]]} for theory, practice in (("9", "1"), ("8", "2"), ("8", "10"))]
    assert await places(connection, contest(scheme(out, practice), *marks)) == [
        (1, 1, False),
        (3, 2, False),
        (2, 3, False),
    ]


def three_stages(first: Cut | None, second: Cut | None = None, **fields: Any) -> Scheme:
    """Theory, practice and a final, each of one score: ``A``, ``B`` and ``C``."""
    stages = (
        stage(id_, criterion(id_, sub(id_, Score(id=id_, name=NAME, points=Decimal(10)))), cut=cut)
        for id_, cut in (("A", first), ("B", second), ("C", None))
    )
    return scheme(*stages, **fields)


OUT = Penalty(id="out", name=NAME, each=Decimal(0), out_at=1)


@pytest.mark.parametrize(
    ("cut", "theory", "order"),
    [
        (Cut(top=2), "9", [2, 3, 4]),
        (Cut(top=2), "6.5", [3, 2, 4]),  # the points of theory gave no seat: two others went on
        (Cut(top=2), "7", [3, 2, 4]),
        (Cut(top=2, ties="out"), "7", [2, 3, 4]),
        (Cut(percent=Decimal(75)), "5", [4, 3, 2]),  # three of four who took part
        (Cut(percent=Decimal(75)), "6.5", [3, 2, 4]),
        (Cut(top=2, at_least=Decimal("6.5")), "7.5", [2, 3, 4]),
    ],
)
async def test_who_had_gone_on_leaves_no_seat(connection: Connection, cut: Cut, theory: str, order: list[int]) -> None:
    """The first is thrown out in practice, or not ranked: the others stand as the cut before it was."""
    marks: list[Any] = [
        {"A": [[theory]], "B": [["0"]]},
        {"A": [["8"]], "B": [["0"]]},
        {"A": [["7"]], "B": [["5"]]},
        {"A": [["6"]], "B": [["10"]]},
    ]
    unfinished = [marks[0] | {"B": ["did_not_finish"]}, *marks[1:]]
    unranked = three_stages(cut, states=(StateRule(state="did_not_finish", rank="none"),))
    recounted = await recount(
        connection,
        contest(three_stages(cut, penalties=(OUT,)), *marks, penalties=((1, "out", 1),)),
        contest(unranked, *unfinished),
    )
    for own, state in zip(recounted, ("disqualified", "unranked"), strict=True):
        assert [one.entrant_id.int for one in own.values()] == [*order, 1]
        assert (own[entrant(1)].state, own[entrant(1)].rank) == (state, None)


async def test_each_cut_counts_who_had_gone_on_from_it(connection: Connection) -> None:
    """Out in practice: a seat from theory, none from practice; out in the final: a seat from both; before: none."""
    given = three_stages(Cut(top=5), Cut(top=3), penalties=(OUT,))
    marks: tuple[Any, ...] = (
        {"A": [["9"]], "B": [["10"]]},
        {"A": [["8.5"]], "B": [["9.5"]], "C": [["0"]]},
        {"A": [["8"]], "B": [["9"]], "C": [["0"]]},
        {"A": [["7"]], "B": [["8"]], "C": [["9"]]},
        {"A": [["7.5"]], "B": [["7"]], "C": [["10"]]},
        {"A": [["6"]], "B": [["10"]], "C": [["10"]]},
        {"A": [["10"]]},
    )
    out = ((1, "out", 1), (2, "out", 1), (7, "out", 1))
    assert await places(connection, contest(given, *marks, penalties=out)) == [
        (4, 1, False),
        (3, 2, False),
        (5, 3, False),
        (6, 4, False),
        (1, None, False),
        (2, None, False),
        (7, None, False),
    ]


async def test_a_cut_that_nobody_has_marked_cuts_nobody(connection: Connection) -> None:
    """Without a mark in theory the cut after practice decides alone: its best is first, whatever the final gave the other."""
    marks: list[Any] = [{"B": [["9"]], "C": [["1"]]}, {"B": [["8"]], "C": [["10"]]}]
    assert await places(connection, contest(three_stages(Cut(top=1), Cut(top=1)), *marks)) == [
        (1, 1, False),
        (2, 2, False),
    ]
