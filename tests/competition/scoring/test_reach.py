"""What can still change: ranges worked by hand, and the promise that no completion of the marks leaves them."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.scoring.ranking import rank
from competition.scoring.reach import reach
from competition.scoring.record import EntrantRecord, fold
from competition.scoring.tally import tally
from schemas.closing import RankKey
from schemas.results import Ranked, Reach
from schemas.scheme import Gate, Panel, Scheme
from tests.competition.scoring.test_compute import left, one_task, paper, scheme, score, stage, sub, task
from tests.random_contests import random_contest

RULES = one_task(sub("u", "20", score("a"), score("b"), panel=Panel(judges=2)), points="20")


def reached(*papers: dict[str, str]) -> list[tuple[str, str, int, int]]:
    """Least and most total, best and worst place of each of these."""
    records = [msgspec.structs.replace(paper(**given), entrant_id=UUID(int=at)) for at, given in enumerate(papers)]
    found = reach(RULES, records)
    assert [one.entrant_id for one in found] == [record.entrant_id for record in records]
    return [(str(one.least), str(one.most), one.best, one.worst) for one in found]


def test_reach_tells_what_each_can_still_get() -> None:
    """One has everything, one lacks the second aspect, one has a single reading; nobody without marks is forgotten.

    17 is done. 8 with up to 10 more may reach 18; 4 of one judge is 2 to 7 for the aspect, and up to 17 with the other.
    """
    assert reached({"a": "9 9", "b": "8 8"}, {"a": "8 8"}, {"a": "4"}, {}) == [
        ("17", "17", 1, 4),
        ("8", "18", 1, 4),
        ("2", "17", 1, 4),
        ("0", "20", 1, 4),
    ]


def test_reach_narrows_as_marks_come_in() -> None:
    """Who is sure to be ahead, and who cannot come up any more, is counted."""
    assert reached({"a": "10 10", "b": "9 9"}, {"a": "8 8"}, {"a": "1 1", "b": "5"}) == [
        ("19", "19", 1, 1),
        ("8", "18", 2, 3),
        ("3.5", "8.5", 2, 3),
    ]


def test_reach_of_a_full_sheet_is_the_place() -> None:
    """With nothing missing, everybody's best and worst place is the place, shared ones too."""
    assert reached({"a": "9 9", "b": "8 8"}, {"a": "8 8", "b": "9 9"}, {"a": "1 1", "b": "1 1"}) == [
        ("17", "17", 1, 1),
        ("17", "17", 1, 1),
        ("2", "2", 3, 3),
    ]


def test_who_withdrew_is_out_of_reach() -> None:
    """Whatever is missing of theirs: no total, no place, and nobody has them ahead."""
    other = msgspec.structs.replace(paper(a="8 8", b="9 9"), entrant_id=UUID(int=7))
    assert reach(RULES, (left(paper(a="10 10")), other)) == (
        Reach(entrant_id=UUID(int=7), least=Decimal(17), most=Decimal(17), best=1, worst=1),
    )


def test_equals_with_nothing_missing_keep_their_order() -> None:
    """Two full sheets that a later key parts stay in that order, whatever a third still gets."""
    rules = msgspec.structs.replace(RULES, ranking=(RankKey(of="total"), RankKey(of="aspect", id="a")))
    records = [
        msgspec.structs.replace(paper(**given), entrant_id=UUID(int=at))
        for at, given in enumerate(({"a": "8 8", "b": "9 9"}, {"a": "9 9", "b": "8 8"}, {"a": "5 5"}))
    ]
    assert [(one.best, one.worst) for one in reach(rules, records)] == [(2, 2), (1, 1), (3, 3)]


def test_a_gate_that_may_open_lets_a_loss_through() -> None:
    """A group that has lost 3 counts only once another has 1 point: its loss may still come, or the gate stay shut."""
    below: dict[str, Any] = {"floor": Decimal(-5)}
    gate = Gate(of="sub_criterion", id="q", at_least=Decimal(1))
    loss = sub("n", "10", score("b", least=Decimal(-5)), gate=gate, **below)
    rules = scheme(stage("s", "20", task("c", "20", sub("q", "10", score("a")), loss, **below), **below), **below)
    foreseen = [(str(one.least), str(one.most)) for one in reach(rules, [paper(b="-3"), paper(a="9", b="-3")])]
    assert foreseen == [("-3", "10"), ("6", "6")]


@pytest.mark.parametrize("seed", range(150))
def test_no_completion_leaves_the_reach(seed: int) -> None:
    """Readings taken away from a random contest: what it came to with them lies within what could be foreseen without."""
    contest, chance = random_contest(seed), random.Random(seed)
    whole = {entrant_id: EntrantRecord(entrant_id=entrant_id) for entrant_id in contest.entrants}
    for entry in contest.entries:
        whole[entry.entrant_id] = fold(whole[entry.entrant_id], entry)
    whole = {entrant_id: _not_crowded(contest.scheme, record) for entrant_id, record in whole.items()}
    parts = [_without_some(record, chance) for record in whole.values()]
    tallies = [tally(contest.scheme, record) for record in whole.values()]
    places = {one.entrant_id: one for one in rank(contest.scheme, tallies, numbers=contest.entrants)}
    totals = {one.entrant_id: one.total for one in tallies if one.state == "competing"}
    for one in reach(contest.scheme, parts, numbers=contest.entrants):
        if one.entrant_id in totals:
            assert one.least <= totals[one.entrant_id] <= one.most
            assert _is_within(one, places[one.entrant_id])


def _not_crowded(scheme: Scheme, record: EntrantRecord) -> EntrantRecord:
    """No more judges of a sub-criterion, and marks of an aspect, than there should be: further ones are not foreseen."""
    marks = {}
    for sheet in scheme.sub_criteria():
        ids = {aspect.id: aspect.judges or sheet.panel.judges for aspect in sheet.aspects}
        panel = list(dict.fromkeys(judge for aspect, judge in record.marks if aspect in ids))[: sheet.panel.judges]
        left = Counter(ids)
        for cell, mark in record.marks.items():
            if left[mark.aspect] > 0 and mark.judge_id in panel:
                left[mark.aspect] -= 1
                marks[cell] = mark
    return msgspec.structs.replace(record, marks=marks)


def _without_some(record: EntrantRecord, chance: random.Random) -> EntrantRecord:
    """Some readings away; states stay, for what they do to a total is not foreseen."""
    kept = {cell: mark for cell, mark in record.marks.items() if mark.state != "marked" or chance.random() < 0.7}
    return msgspec.structs.replace(record, marks=kept)


def _is_within(one: Reach, place: Ranked) -> bool:
    return place.rank is None or one.best <= place.rank <= one.worst
