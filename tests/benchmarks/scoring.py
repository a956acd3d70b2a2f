"""How fast the engine is: a whole contest computed again, and one mark among all others, against plain sums of floats in numpy.

``python -m tests.benchmarks.scoring`` (or ``make bench-scoring``) makes a contest of measurements, scores, judgements, deductions
and yes-or-no aspects, 100 of them for each entrant, three judges on each. The baseline computes the same points from arrays that
are ready in memory: vectors of floats, means, sums and a sort, without rounding rules, states, traces or shared places. Rounds are
interleaved, figures are medians; ratios travel better between machines than figures.

Measured: see ``README.md`` beside this file.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from competition.ledger.book import Book
from competition.scoring.leaderboard import Leaderboard
from competition.scoring.record import EntrantRecord, fold
from competition.scoring.tally import tally
from competition.scoring.totals import entrant_result
from schemas.aspects import (
    Aspect,
    Binary,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    LinearCredit,
    Measurement,
    Rounding,
    Score,
)
from schemas.base import Message, Text
from schemas.closing import RankKey
from schemas.marks import Mark
from schemas.scheme import Criterion, Panel, Scheme, Stage, SubCriterion

ENTRANTS, TASKS, OF_EACH, JUDGES = 10_000, 10, 2, 3
"""Two aspects of each of five kinds in every task: 100 aspects."""

FULL_TARGET, ONE_MARK_TARGET = 5.0, 0.002
"""Seconds."""

NAME = Text(zh="项", en="item")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
JUDGE_IDS = tuple(UUID(int=seat) for seat in range(1, JUDGES + 1))

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class Contest(Message):
    """A scheme, everybody's record, and the same readings as one array: entrants x aspects x judges."""

    scheme: Scheme
    records: tuple[EntrantRecord, ...]
    readings: Floats


def scheme_of_all_kinds() -> Scheme:
    """Ten tasks of ten aspects."""
    tasks = []
    for task in range(TASKS):
        aspects = tuple(kind(f"{task}.{number}") for number, kind in enumerate(_KINDS * OF_EACH))
        points = sum((aspect.points for aspect in aspects), Decimal(0))
        sub = SubCriterion(id=f"S{task}", name=NAME, points=points, panel=Panel(judges=JUDGES), aspects=aspects)
        tasks.append(Criterion(id=f"C{task}", name=NAME, points=points, sub_criteria=(sub,)))
    points = sum((task.points for task in tasks), Decimal(0))
    stage = Stage(id="P", name=NAME, points=points, weight=Decimal(100), criteria=tuple(tasks))
    return Scheme(
        format="leitai-scheme-1",
        code="bench",
        version="1",
        name=NAME,
        trade=NAME,
        stages=(stage,),
        ranking=(RankKey(of="total"), RankKey(of="criterion", id="C0")),
        rounding=Rounding(places=2),
    )


def contest_of(entrants: int, *, seed: int = 1) -> Contest:
    """Random readings for everybody."""
    chance, scheme = random.Random(seed), scheme_of_all_kinds()
    aspects = tuple(scheme.aspects())
    readings = np.zeros((entrants, len(aspects), JUDGES))
    records = []
    for entrant in range(entrants):
        marks = {}
        for place, aspect in enumerate(aspects):
            for seat, judge in enumerate(JUDGE_IDS):
                value = _reading(aspect, chance)
                readings[entrant, place, seat] = float(value)
                marks[aspect.id, judge] = _mark(entrant, aspect.id, judge, value)
        records.append(EntrantRecord(entrant_id=UUID(int=entrant + 1), marks=marks))
    return Contest(scheme=scheme, records=tuple(records), readings=readings)


def totals_in_floats(readings: Floats) -> Floats:
    """The totals of everybody by vectors: each kind's points, the judges' mean, the sum."""
    points = np.empty_like(readings)
    for place in range(readings.shape[-2]):
        points[..., place, :] = _IN_FLOATS[place % len(_KINDS)](readings[..., place, :])
    totals: Floats = np.round(points.mean(axis=-1).sum(axis=-1) * 100 / _full_points(), 2)
    return totals


def places_in_floats(totals: Floats) -> Floats:
    """Everybody's place, by a sort."""
    order = np.argsort(-totals, kind="stable")
    places = np.empty(len(totals))
    places[order] = np.arange(1, len(totals) + 1)
    return places


@click.command()
@click.option("--entrants", default=ENTRANTS, show_default=True)
@click.option("--rounds", default=5, show_default=True, help="How often everything is computed.")
@click.option("--marks", default=500, show_default=True, help="How many single marks are measured.")
def main(entrants: int, rounds: int, marks: int) -> None:
    """Print the table."""
    console = Console()
    with console.status("making the contest"):
        contest = contest_of(entrants)
    gc.freeze()
    _check(contest)
    table = Table(title=f"{entrants:,} entrants x {TASKS * OF_EACH * len(_KINDS)} aspects x {JUDGES} judges")
    for heading in ("what", "median", "p95", "most", "numpy", "x numpy", "target"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    whole, baseline = _interleaved(rounds, lambda: everybody(contest), lambda: _in_floats(contest))
    _row(table, "everybody's total and place", whole, baseline, f"≤ {FULL_TARGET:.0f} s")
    for what, single in (("one mark: total and places", _single), ("the same in the ledger's book", _in_book)):
        measured, floats = single(contest, marks)
        _row(table, what, measured, floats, f"≤ {ONE_MARK_TARGET * 1000:.0f} ms")
    traces = [_timed(partial(entrant_result, contest.scheme, record)) for record in contest.records[:200]]
    _row(table, "one total with its whole trace", traces, None, "")
    console.print(table)


def everybody(contest: Contest) -> Leaderboard:
    """The whole contest from the marks in force: totals and places."""
    return Leaderboard.of(contest.scheme, [tally(contest.scheme, record) for record in contest.records])


def _in_floats(contest: Contest) -> Floats:
    return places_in_floats(totals_in_floats(contest.readings))


def _single(contest: Contest, marks: int) -> tuple[list[float], list[float]]:
    """One new mark after the other: folded into its record, its entrant's total, everybody's place."""
    chance, aspects = random.Random(2), tuple(contest.scheme.aspects())
    records, board, readings = list(contest.records), everybody(contest), contest.readings.copy()
    totals = totals_in_floats(readings)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(marks):
        who, place, seat = chance.randrange(len(records)), chance.randrange(len(aspects)), chance.randrange(JUDGES)
        value = _reading(aspects[place], chance)
        mark = _mark(who, aspects[place].id, JUDGE_IDS[seat], value)
        begun = time.perf_counter()
        records[who] = fold(records[who], mark)
        board, _ = board.with_tallies((tally(contest.scheme, records[who]),))
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        readings[who, place, seat] = float(value)
        totals[who] = totals_in_floats(readings[who])
        places_in_floats(totals)
        theirs.append(time.perf_counter() - begun)
    return ours, theirs


def _in_book(contest: Contest, marks: int) -> tuple[list[float], list[float]]:
    """The same through the book that a server keeps of an event: chained, restated, revisions told."""
    chance, aspects = random.Random(3), tuple(contest.scheme.aspects())
    book = Book(
        event_id=UUID(int=1),
        scheme=contest.scheme,
        records={record.entrant_id: record for record in contest.records},
    ).restated(1, [record.entrant_id for record in contest.records])
    ours, totals = [], totals_in_floats(contest.readings)
    for revision in range(2, marks + 2):
        who, aspect = chance.randrange(len(contest.records)), chance.choice(aspects)
        mark = _mark(who, aspect.id, chance.choice(JUDGE_IDS), _reading(aspect, chance))
        begun = time.perf_counter()
        book = book.with_entry(mark).restated(revision, [mark.entrant_id])
        ours.append(time.perf_counter() - begun)
    return ours, [_timed(lambda: places_in_floats(totals)) for _ in range(marks)]


def _check(contest: Contest) -> None:
    """Both sums are of the same thing: no total differs by more than the floats' own rounding of a half."""
    few = contest.records[:200]
    exact = [float(tally(contest.scheme, record).total) for record in few]
    assert np.abs(np.array(exact) - totals_in_floats(contest.readings[: len(few)])).max() < 0.0101


def _interleaved(
    rounds: int, one: Callable[[], object], other: Callable[[], object]
) -> tuple[list[float], list[float]]:
    pairs = [(_timed(one), _timed(other)) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _timed(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def _row(table: Table, what: str, measured: Sequence[float], floats: Sequence[float] | None, target: str) -> None:
    ordered = sorted(measured)
    median = statistics.median(ordered)
    baseline = statistics.median(floats) if floats else None
    table.add_row(
        what,
        _said(median),
        _said(ordered[int(0.95 * (len(ordered) - 1))]),
        _said(ordered[-1]),
        "" if baseline is None else _said(baseline),
        "" if baseline is None else f"{median / baseline:.1f}",
        target,
    )


def _said(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def _full_points() -> float:
    return float(scheme_of_all_kinds().stages[0].points)


def _measurement(id_: str) -> Measurement:
    return Measurement(
        id=id_,
        name=NAME,
        points=Decimal(2),
        tolerance=FixedTolerance(allowed=Decimal("0.02")),
        credit=LinearCredit(lose=Decimal("0.5"), per=Decimal("0.01")),
    )


def _score(id_: str) -> Score:
    return Score(id=id_, name=NAME, points=Decimal(10), step=Decimal("0.1"))


def _judgement(id_: str) -> Judgement:
    return Judgement(id=id_, name=NAME, points=Decimal(1), levels=(NAME, NAME, NAME, NAME))


def _deduction(id_: str) -> Deduction:
    return Deduction(id=id_, name=NAME, points=Decimal(2), items=(DeductionItem(name=NAME, each=Decimal("0.5")),))


def _binary(id_: str) -> Binary:
    return Binary(id=id_, name=NAME, points=Decimal(1))


_KINDS: tuple[Callable[[str], Aspect], ...] = (_measurement, _score, _judgement, _deduction, _binary)
_IN_FLOATS: tuple[Callable[[Floats], Floats], ...] = (
    lambda read: np.maximum(2 - 0.5 * np.ceil(np.maximum(np.abs(read) - 0.02, 0).round(6) / 0.01 - 1e-9), 0),
    lambda read: read,
    lambda read: read / 3,
    lambda read: np.maximum(2 - 0.5 * read, 0),
    lambda read: read,
)


def _reading(aspect: Aspect, chance: random.Random) -> Decimal:
    match aspect:
        case Measurement():
            return Decimal(chance.randint(-60, 60)).scaleb(-3)
        case Score():
            return Decimal(chance.randint(0, 100)).scaleb(-1)
        case Judgement():
            return Decimal(chance.randint(0, 3))
        case Deduction():
            return Decimal(chance.randint(0, 4))
        case _:
            return Decimal(chance.randint(0, 1))


def _mark(entrant: int, aspect: str, judge: UUID, value: Decimal) -> Mark:
    return Mark(
        id=judge,
        sheet_id=judge,
        entrant_id=UUID(int=entrant + 1),
        sub_criterion="",
        judge_id=judge,
        device_id=None,
        aspect=aspect,
        values=(value,),
        state="marked",
        base=0,
        made_at=NOW,
        recorded_at=NOW,
        supersedes=None,
        reason=None,
        note="",
        flags=(),
    )


if __name__ == "__main__":
    main()
