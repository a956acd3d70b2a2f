"""Which marks are still to come: none of somebody who is out, of one of several alternatives, of what has a state."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from schemas.scheme import Cut, Penalty, Scheme, Stage, StateRule
from tests.competition.tabulation.world import SCHEME, both, score, with_aspect, with_sub

HEAD = "entrant,aspect,judge,item,value,unit,state\n"
ALTERNATIVES = with_sub(exclusive=(("speech", "thought"),))
JOINT = with_aspect("speech", judges=1)


def test_expected_are_the_marks_that_are_there_and_those_to_come(tmp_path: Path) -> None:
    """Of alternatives one; of somebody who is out no more than they have."""
    rows = "1,goggles,,,1,,\n1,speech,A,,1,,\n1,speech,B,,1,,\n2,goggles,,,1,,\n2,,,,,,disqualified\n"
    lines = score(tmp_path, HEAD + rows, scheme=ALTERNATIVES).lines
    assert [(line.tally.marked, line.missing, line.expected) for line in lines] == [(3, 8, 11), (1, 0, 1)]


def missing(folder: Path, rows: str, scheme: Scheme = SCHEME) -> Mapping[str, int]:
    """How many marks each entrant lacks."""
    return {line.person.entrant: line.missing for line in score(folder, HEAD + rows, scheme=scheme).lines}


@pytest.mark.parametrize(
    ("rows", "lacks"),
    [
        ("1,goggles,,,1,,\n", 13),
        ("1,speech,A,,1,,\n", 13),
        ("1,speech,A,,1,,\n1,speech,B,,,,absent\n", 12),
        ("1,bore,,,,,absent\n", 0),
        ("1,speech,A,,,,absent\n1,speech,B,,,,absent\n", 0),
        ("1,goggles,,,1,,\n1,speech,A,,,,not attempted\n", 10),
        ("1,goggles,,,1,,\n1,time,,,,,dnf\n", 12),
        ("1,goggles,,,1,,\n1,,,,,,disqualified\n", 0),
        ("1,goggles,,,1,,\n1,,,,,,withdrawn\n", 0),
        ("1,goggles,,,1,,\n1,time,,,,,dsq\n", 0),
    ],
)
def test_what_has_a_state_is_not_missing(tmp_path: Path, rows: str, lacks: int) -> None:
    """One row with a state stands for the panel; who was absent from everything, or is out, has no more marks to come."""
    assert missing(tmp_path, rows) == {"1": lacks}


@pytest.mark.parametrize(
    ("rule", "lacks"),
    [
        (StateRule(state="did_not_finish", rank="none"), 0),
        (StateRule(state="did_not_finish", total="zero"), 0),
        (StateRule(state="did_not_finish", rank="last"), 12),
    ],
)
def test_who_has_no_place_or_no_points_is_done(tmp_path: Path, rule: StateRule, lacks: int) -> None:
    """By what the scheme says of not finishing; behind all others one is still marked."""
    scheme = msgspec.structs.replace(SCHEME, states=(rule,))
    assert missing(tmp_path, "1,goggles,,,1,,\n1,time,,,,,dnf\n", scheme) == {"1": lacks}


def test_a_penalty_that_disqualifies_ends_the_marking(tmp_path: Path) -> None:
    """As the jury's disqualification does."""
    out = Penalty(id="breach", name=both("Breach", "违规"), each=Decimal(1), out_at=2)
    scheme = msgspec.structs.replace(SCHEME, penalties=(out,))
    assert missing(tmp_path, "1,goggles,,,1,,\n1,breach,,,2,,\n2,goggles,,,1,,\n2,breach,,,1,,\n", scheme) == {
        "1": 0,
        "2": 13,
    }


@pytest.mark.parametrize(
    ("rows", "lacks"),
    [
        ("", 5 + 3 + 3),
        ("1,speech,A,,1,,\n1,speech,B,,1,,\n1,speech,C,,1,,\n", 5 + 3),
        ("1,speech,A,,1,,\n1,thought,B,,1,,\n", 5 + 3 + 1),
        ("1,speech,A,,1,,\n1,thought,A,,0,,\n", 5 + 3 + 2),
        ("1,thought,A,,,,not attempted\n", 5 + 3),
    ],
)
def test_of_alternatives_a_judge_marks_one(tmp_path: Path, rows: str, lacks: int) -> None:
    """The other aspects of an exclusive list are not missing; unmarked, the list counts once."""
    assert missing(tmp_path, f"1,screws,,,4,,\n{rows}", ALTERNATIVES) == {"1": lacks - 1}


def test_an_aspect_that_one_judge_marks_lacks_one_mark(tmp_path: Path) -> None:
    """However large the panel is."""
    assert missing(tmp_path, "1,screws,,,4,,\n2,screws,,,4,,\n2,speech,,,1,,\n", JOINT) == {"1": 11, "2": 10}


def test_who_was_cut_is_marked_up_to_there(tmp_path: Path) -> None:
    """What they lack in later stages does not come; what they lack before the cut does."""
    (stage,) = SCHEME.stages
    first, second = stage.criteria
    stages = (
        Stage(id="heat", name=stage.name, points=Decimal(20), criteria=(first,), cut=Cut(top=1)),
        Stage(id="final", name=stage.name, points=Decimal(10), criteria=(second,)),
    )
    scheme = msgspec.structs.replace(SCHEME, stages=stages)
    assert missing(tmp_path, "1,screws,,,4,,\n2,screws,,,3,,\n", scheme) == {"1": 4 + 9, "2": 4}
