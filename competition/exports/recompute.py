"""The sheet that computes again: each stage, total and place as a formula over the published points, beside the published.

The formulas read the sheet of results by contestant number, so that sorting it, or changing a cell in it, is followed.
Penalties are in no published row, so their occurrences come from the trace. Each figure also has what its formula gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Literal

from xlsxwriter.utility import xl_col_to_name

from competition.exports.sheet import Cell, row_columns
from competition.plumbing.locale import text, translate
from competition.scoring.rounding import rounded
from schemas.base import Message
from schemas.results import EntrantResult, Publication, PublishedRow
from schemas.scheme import RankKey, Rounding, Scheme, Stage

Traces = Mapping[int, EntrantResult]
"""The results opened down to the marks, by contestant number."""

MOST_ROW, EACH_ROW, HEADING_ROW, FIRST_ROW = 2, 3, 4, 5
"""Rows as a spreadsheet counts them: the constants of the scheme, the headings, the first entrant."""

NOISE = Rounding(places=9)
"""Binary numbers are off by some 1E-13; rounded here before the declared rounding, a half is a half again."""


class Figure(Message):
    """One column: its heading, the scheme's constants above it, and for every entrant a formula and what it gives.

    ``most`` is a cap, the points in full or a weight; ``each`` the points an occurrence takes. Without ``formulas`` the
    values are given, not computed.
    """

    heading: str
    kind: Literal["text", "integer", "points", "total", "check"]
    values: tuple[Cell, ...]
    formulas: tuple[str, ...] | None = None
    most: Decimal | None = None
    each: Decimal | None = None


class _Again(Message):
    """One entrant's figures as the formulas give them."""

    stages: dict[str, Decimal]
    contributions: dict[str, Decimal]
    times: dict[str, int]
    taken: dict[str, Decimal]
    total: Decimal
    is_ranked: bool


def figures(publication: Publication, scheme: Scheme, traces: Traces, *, results: str) -> tuple[Figure, ...]:
    """The columns of the sheet, in the current language; ``results`` is the name of the sheet of published figures."""
    return tuple(_Columns(publication, scheme, traces, results).figures())


class _Columns:
    """The columns in the making: each knows the letters of all others."""

    def __init__(self, publication: Publication, scheme: Scheme, traces: Traces, results: str) -> None:
        self.scheme, self.rows = scheme, publication.rows
        self.again = tuple(_again(row, scheme, traces.get(row.number)) for row in self.rows)
        self.ranks = _ranks(self.rows, self.again, scheme)
        self.letters = {name: xl_col_to_name(place) for place, name in enumerate(_ids(scheme))}
        self.sources = {column.id: xl_col_to_name(place) for place, column in enumerate(row_columns(scheme))}
        self.results = "'" + results.replace("'", "''") + "'"

    def figures(self) -> Iterable[Figure]:
        """Every column, in the order of ``_ids``."""
        yield Figure(heading=translate("Entrant no."), kind="integer", values=tuple(row.number for row in self.rows))
        yield Figure(heading=translate("Code"), kind="text", values=tuple(row.code for row in self.rows))
        yield Figure(heading=translate("Name"), kind="text", values=tuple(row.name for row in self.rows))
        for stage in self.scheme.stages:
            yield from self._stage(stage)
        yield from self._penalties()
        yield from self._total()
        yield from self._place()

    def _stage(self, stage: Stage) -> Iterable[Figure]:
        for criterion in stage.criteria:
            values = tuple(row.criteria.get(criterion.id, Decimal(0)) for row in self.rows)
            yield self._column(
                text(criterion.name), values, self._published(f"criterion.{criterion.id}"), most=criterion.points
            )
        points, share = self.letters[f"stage.{stage.id}"], self.letters[f"contribution.{stage.id}"]
        tasks = [self.letters[f"criterion.{criterion.id}"] for criterion in stage.criteria]
        capped = f"MIN(SUM({tasks[0]}#:{tasks[-1]}#),{points}${MOST_ROW})" if tasks else "0"
        formula = _rounding(capped, stage.rounding) if stage.rounding else capped
        yield self._column(
            text(stage.name), tuple(again.stages[stage.id] for again in self.again), formula, most=stage.points
        )
        heading = translate("{stage}: contribution", stage=stage.name)
        values = tuple(again.contributions[stage.id] for again in self.again)
        yield self._column(heading, values, f"{points}#*{share}${MOST_ROW}/{points}${MOST_ROW}", most=stage.weight)

    def _penalties(self) -> Iterable[Figure]:
        for penalty in self.scheme.penalties:
            times, taken = self.letters[f"times.{penalty.id}"], self.letters[f"taken.{penalty.id}"]
            heading = translate("{penalty}: occurrences", penalty=penalty.name)
            counts = tuple(again.times.get(penalty.id, 0) for again in self.again)
            yield Figure(heading=heading, kind="integer", values=counts, each=penalty.each)
            heading = translate("{penalty}: taken", penalty=penalty.name)
            values = tuple(again.taken[penalty.id] for again in self.again)
            yield self._column(
                heading, values, f"MIN({times}#*{times}${EACH_ROW},{taken}${MOST_ROW})", most=penalty.cap
            )

    def _total(self) -> Iterable[Figure]:
        shares = "".join(f"+{self.letters[f'contribution.{stage.id}']}#" for stage in self.scheme.stages)
        taken = "".join(f"-{self.letters[f'taken.{penalty.id}']}#" for penalty in self.scheme.penalties)
        total, published = self.letters["total"], self.letters["published_total"]
        formula = _rounding(f"MAX(0{shares}{taken},0)", self.scheme.rounding)
        yield self._column(
            translate("Total by formula"), tuple(again.total for again in self.again), formula, kind="total"
        )
        yield self._column(
            translate("Total as published"),
            tuple(row.total for row in self.rows),
            self._published("total"),
            kind="total",
        )
        agree = tuple(again.total == row.total for again, row in zip(self.again, self.rows, strict=True))
        yield self._column(
            translate("Totals agree"), agree, f"ROUND({total}#-{published}#,{NOISE.places})=0", kind="check"
        )

    def _place(self) -> Iterable[Figure]:
        ranked, place, published = self.letters["ranked"], self.letters["rank"], self.letters["published_rank"]
        yield Figure(
            heading=translate("Ranked"), kind="integer", values=tuple(int(again.is_ranked) for again in self.again)
        )
        keys = [self.letters[_key_id(key)] for key in self.scheme.ranking if _key_id(key) in self.letters]
        better = _better(keys, self._all)
        formula = f'IF({ranked}#=1,1+SUMPRODUCT(({self._all(ranked)}=1)*({better})),"")'
        yield self._column(translate("Rank by formula"), self.ranks, formula, kind="integer")
        source = self._published("rank")
        yield self._column(
            translate("Rank as published"),
            tuple(row.rank for row in self.rows),
            f'IF({source}="","",{source})',
            kind="integer",
        )
        agree = tuple(rank == row.rank for rank, row in zip(self.ranks, self.rows, strict=True))
        yield self._column(translate("Ranks agree"), agree, f"{place}#={published}#", kind="check")

    def _column(
        self,
        heading: str,
        values: tuple[Cell, ...],
        formula: str,
        *,
        kind: Literal["integer", "points", "total", "check"] = "points",
        most: Decimal | None = None,
    ) -> Figure:
        """A column of one formula, in which ``#`` stands for the row."""
        formulas = tuple(formula.replace("#", str(FIRST_ROW + place)) for place in range(len(self.rows)))
        return Figure(heading=heading, kind=kind, values=values, formulas=formulas, most=most)

    def _published(self, id: str) -> str:
        """The published figure of the entrant whose number stands first in the row."""
        column, numbers, last = self.sources[id], self.sources["number"], len(self.rows) + 1
        sheet = self.results
        return f"INDEX({sheet}!${column}$2:${column}${last},MATCH(${self.letters['number']}#,{sheet}!${numbers}$2:${numbers}${last},0))"

    def _all(self, letter: str) -> str:
        """A column over all entrants."""
        return f"${letter}${FIRST_ROW}:${letter}${FIRST_ROW + len(self.rows) - 1}"


def _ids(scheme: Scheme) -> Iterable[str]:
    yield from ("number", "code", "name")
    for stage in scheme.stages:
        yield from (f"criterion.{criterion.id}" for criterion in stage.criteria)
        yield from (f"stage.{stage.id}", f"contribution.{stage.id}")
    for penalty in scheme.penalties:
        yield from (f"times.{penalty.id}", f"taken.{penalty.id}")
    yield from ("total", "published_total", "totals_agree", "ranked", "rank", "published_rank", "ranks_agree")


def _rounding(formula: str, rounding: Rounding) -> str:
    """``formula`` rounded as the scheme says; without half-even in spreadsheets, a half is rounded as twice its half."""
    exact, places = f"ROUND({formula},{NOISE.places})", rounding.places
    match rounding.mode:
        case "half_up":
            return f"ROUND({exact},{places})"
        case "down":
            return f"ROUNDDOWN({exact},{places})"
        case "half_even":
            scaled = f"{exact}*10^{places}"
            is_half = f"ROUND(MOD({scaled},1),6)=0.5"
            return f"IF({is_half},2*ROUND({scaled}/2,0)/10^{places},ROUND({exact},{places}))"


def _better(keys: list[str], everybody: Callable[[str], str]) -> str:
    """For everybody 1 where they come before the entrant of the row, by the first key that parts the two; else 0."""
    formula = "0"
    for letter in reversed(keys):
        others, own = f"ROUND({everybody(letter)},{NOISE.places})", f"ROUND({letter}#,{NOISE.places})"
        formula = f"({others}>{own})+({others}={own})*({formula})"
    return formula


def _key_id(key: RankKey) -> str:
    return "total" if key.of == "total" else f"{key.of}.{key.id}"


def _again(row: PublishedRow, scheme: Scheme, trace: EntrantResult | None) -> _Again:
    times = {penalty.penalty: penalty.occurrences for penalty in trace.penalties} if trace else {}
    taken = {penalty.id: min(penalty.each * times.get(penalty.id, 0), penalty.cap) for penalty in scheme.penalties}
    stages = {stage.id: _stage_points(row, stage) for stage in scheme.stages}
    contributions = {stage.id: stages[stage.id] * stage.weight / stage.points for stage in scheme.stages}
    exact = max(sum(contributions.values(), Decimal(0)) - sum(taken.values(), Decimal(0)), Decimal(0))
    return _Again(
        stages=stages,
        contributions=contributions,
        times=times,
        taken=taken,
        total=rounded(rounded(exact, NOISE), scheme.rounding),
        is_ranked=row.state == "competing" and (trace.marked > 0 if trace else row.rank is not None),
    )


def _stage_points(row: PublishedRow, stage: Stage) -> Decimal:
    exact = min(
        sum((row.criteria.get(criterion.id, Decimal(0)) for criterion in stage.criteria), Decimal(0)), stage.points
    )
    return rounded(rounded(exact, NOISE), stage.rounding) if stage.rounding else exact


def _ranks(rows: tuple[PublishedRow, ...], again: tuple[_Again, ...], scheme: Scheme) -> tuple[int | None, ...]:
    """Everybody's place by the formula: one more than those who come before."""
    keys = [_keys(row, own, scheme) for row, own in zip(rows, again, strict=True)]
    in_order = sorted((key for key, own in zip(keys, again, strict=True) if own.is_ranked), reverse=True)
    first = {key: place for place, key in reversed(list(enumerate(in_order, start=1)))}
    return tuple(first[key] if own.is_ranked else None for key, own in zip(keys, again, strict=True))


def _keys(row: PublishedRow, again: _Again, scheme: Scheme) -> tuple[Decimal, ...]:
    figures = {"total": again.total} | {f"stage.{stage}": points for stage, points in again.stages.items()}
    figures |= {f"criterion.{criterion}": points for criterion, points in row.criteria.items()}
    return tuple(rounded(figures.get(_key_id(key), Decimal(0)), NOISE) for key in scheme.ranking)
