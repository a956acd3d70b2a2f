"""The WorldSkills scheme that Leitai ships passes through a CIS workbook whole, and everybody's figures are the same."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from competition.schemes.cis.reader import read_cis
from competition.schemes.cis.writer import write_cis
from competition.schemes.files import shipped_scheme
from competition.schemes.rules import faults_of
from competition.scoring.readings import check_reading
from competition.scoring.record import Cell
from competition.scoring.tally import tally
from competition.tabulation.entries import FileMark, FileRecord
from competition.tabulation.tabulate import tabulate
from schemas.aspects import Aspect, Binary, Choice, Count, Judgement, Measurement
from schemas.scheme import Scheme
from tests.competition.schemes.test_examples import EXAMPLES, WORLDSKILLS


@cache
def passed_on() -> Scheme:
    """The shipped scheme, written as a CIS workbook and read back."""
    return read_cis(write_cis(shipped_scheme(WORLDSKILLS)), "x.xlsx")


def test_the_whole_scheme_is_in_the_workbook() -> None:
    """Read back it is without faults: the same sections, criteria, sub-criteria and aspects, with the same points."""
    assert faults_of(passed_on()) == ()
    assert outline(passed_on()) == outline(shipped_scheme(WORLDSKILLS))


def test_the_worked_example_comes_to_the_same() -> None:
    """Totals, places, figures on the scale, criteria and medals from the example's own files."""
    folder = EXAMPLES / WORLDSKILLS
    shipped, read = (
        [
            (line.person.entrant, line.tally.criteria, line.closed.total, line.closed.rank, line.closed.scaled)
            for line in tabulate(scheme, folder / "marks.csv", folder / "entrants.csv", lambda *_: None).lines
        ]
        for scheme in (shipped_scheme(WORLDSKILLS), passed_on())
    )
    assert read == shipped
    assert len(read) == 10


@settings(max_examples=60)
@given(st.data())
def test_any_readings_come_to_the_same(data: st.DataObject) -> None:
    """Every aspect read once, or judged by three: the criteria and the total are those of the scheme itself."""
    shipped = shipped_scheme(WORLDSKILLS)
    marks: dict[Cell, FileMark] = {}
    for sub in shipped.sub_criteria():
        for aspect in sub.aspects:
            for seat in range(aspect.judges or sub.panel.judges):
                values, judge = (data.draw(reading_of(aspect)),), UUID(int=seat + 1)
                check_reading(aspect, values, "marked")
                marks[aspect.id, judge] = FileMark(
                    row=len(marks), judge_id=judge, aspect=aspect.id, values=values, state="marked"
                )
    record = FileRecord(entrant_id=UUID(int=9), marks=marks, penalties={}, disqualified=False)
    own, read = tally(shipped, record), tally(passed_on(), record)
    assert (read.total, read.criteria, read.marked, read.expected) == (own.total, own.criteria, own.marked, len(marks))


def reading_of(aspect: Aspect) -> st.SearchStrategy[Decimal]:
    """Any reading of an aspect; a measured one is near the nominal value, where its ranges begin and end."""
    match aspect:
        case Binary():
            return st.integers(0, 1).map(Decimal)
        case Count(possible=possible):
            return st.integers(0, possible).map(Decimal)
        case Choice(options=steps) | Judgement(levels=steps):
            return st.integers(0, len(steps) - 1).map(Decimal)
        case Measurement(nominal=nominal, places=places):
            return st.integers(-45, 45).map(lambda step: nominal + Decimal(step).scaleb(-places))
    raise AssertionError(aspect)


def outline(scheme: Scheme) -> dict[str, Any]:
    """What a scheme consists of, without its words."""
    return {
        "sections": [(section.id, section.weight) for section in scheme.sections],
        "criteria": [(criterion.id, criterion.points) for criterion in scheme.criteria()],
        "sub-criteria": [(sub.id, sub.points, sub.day) for sub in scheme.sub_criteria()],
        "aspects": [(aspect.id, type(aspect), aspect.points, aspect.section) for aspect in scheme.aspects()],
        "points": sum(stage.points for stage in scheme.stages),
    }
