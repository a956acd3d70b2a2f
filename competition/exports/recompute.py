"""The sheet that computes again: each stage, total and place as a formula over the published points, beside the published.

The formulas read the sheet of results by contestant number, so that sorting it, or changing a cell in it, is followed.
What is in no published row comes from the trace: occurrences of penalties, figures of sub-criteria, aspects and times by which the
scheme ranks, and what a state does. Each figure also has what its formula gives. Where no formula over one row can say who comes
first (after a cut, or by a majority of judges), and for places without gaps, the places are as published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Literal

from xlsxwriter.utility import xl_col_to_name

from competition.exports.again import NOISE, again_of, ranks_of
from competition.exports.sheet import Cell, row_columns
from competition.plumbing.locale import text, translate
from competition.scoring.order import is_ascending
from competition.scoring.plan import fullest
from competition.scoring.rounding import rounded
from schemas.aspects import Rounding
from schemas.base import Message
from schemas.closing import RankKey
from schemas.results import EntrantResult, Publication, PublishedRow
from schemas.scheme import Scheme, Stage

Traces = Mapping[int, EntrantResult]
"""The results opened down to the marks, by contestant number."""

MOST_ROW, EACH_ROW, HEADING_ROW, FIRST_ROW = 2, 3, 4, 5
"""Rows as a spreadsheet counts them: the constants of the scheme, the headings, the first entrant."""


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


def figures(publication: Publication, scheme: Scheme, traces: Traces, *, results: str) -> tuple[Figure, ...]:
    """The columns of the sheet, in the current language; ``results`` is the name of the sheet of published figures."""
    return tuple(_Columns(publication, scheme, traces, results).figures())


class _Columns:
    """The columns in the making: each knows the letters of all others."""

    def __init__(self, publication: Publication, scheme: Scheme, traces: Traces, results: str) -> None:
        self.scheme, self.rows = scheme, publication.rows
        self.again = tuple(again_of(row, scheme, traces.get(row.number)) for row in self.rows)
        self.ranks = ranks_of(self.rows, self.again, scheme)
        self.own = tuple(_keys_of_their_own(scheme, self.rows))
        self.letters = {name: xl_col_to_name(place) for place, name in enumerate(_ids(scheme, self.own))}
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
        values = tuple(again.stages[stage.id] for again in self.again)
        yield self._column(text(stage.name), values, self._stage_formula(stage), most=stage.points)
        heading = translate("{stage}: contribution", stage=stage.name)
        values = tuple(again.contributions[stage.id] for again in self.again)
        weighted = f"{points}#" if stage.weight is None else f"{points}#*{share}${MOST_ROW}/{points}${MOST_ROW}"
        yield self._column(heading, values, weighted, most=stage.weight)

    def _stage_formula(self, stage: Stage) -> str:
        """A stage's points over the columns of its criteria; a gate that looks at no column leaves them as published."""
        points = self.letters[f"stage.{stage.id}"]
        tasks = [self.letters[f"criterion.{criterion.id}"] for criterion in stage.criteria]
        formula = f"SUM({tasks[0]}#:{tasks[-1]}#)" if tasks else "0"
        if stage.fit == "scale":
            formula = f"{formula}*{points}${MOST_ROW}/{fullest(stage)}"
        formula = f"MAX(MIN({formula},{points}${MOST_ROW}),{stage.floor})"
        if stage.rounding is not None:
            formula = _rounding(formula, stage.rounding)
        if stage.gate is None:
            return formula
        gate = self.letters.get(f"{stage.gate.of}.{stage.gate.id}")
        return f"IF({gate}#>={stage.gate.at_least},{formula},0)" if gate else self._published(f"stage.{stage.id}")

    def _penalties(self) -> Iterable[Figure]:
        for penalty in self.scheme.penalties:
            times, taken = self.letters[f"times.{penalty.id}"], self.letters[f"taken.{penalty.id}"]
            heading = translate("{penalty}: occurrences", penalty=penalty.name)
            counts = tuple(again.times.get(penalty.id, 0) for again in self.again)
            yield Figure(heading=heading, kind="integer", values=counts, each=penalty.each)
            heading = translate("{penalty}: taken", penalty=penalty.name)
            values = tuple(again.taken[penalty.id] for again in self.again)
            formula = f"{times}#*{times}${EACH_ROW}"
            if penalty.cap is not None:
                formula = f"MIN({formula},{taken}${MOST_ROW})"
            yield self._column(heading, values, formula, most=penalty.cap)
        if self.scheme.penalties:
            sums = "+".join(f"{self.letters[f'taken.{penalty.id}']}#" for penalty in self.scheme.penalties)
            cap = self.scheme.penalty_cap
            capped = sums if cap is None else f"MIN({sums},{self.letters['penalties.']}${MOST_ROW})"
            values = tuple(again.all_taken for again in self.again)
            yield self._column(translate("Penalties taken"), values, capped, most=cap)

    def _total(self) -> Iterable[Figure]:
        shares = "+".join(f"{self.letters[f'contribution.{stage.id}']}#" for stage in self.scheme.stages) or "0"
        taken = f"-{self.letters['penalties.']}#" if self.scheme.penalties else ""
        total, published = self.letters["total"], self.letters["published_total"]
        formula = f"MAX({shares}{taken},{self.scheme.floor})"
        if _can_be_zeroed(self.scheme):
            values = tuple(int(again.stands) for again in self.again)
            yield Figure(heading=translate("Total stands"), kind="integer", values=values)
            formula = f"IF({self.letters['stands']}#=1,{formula},0)"
        if self.scheme.rounding is not None:
            formula = _rounding(formula, self.scheme.rounding)
        yield self._column(
            translate("Total by formula"), tuple(again.total for again in self.again), formula, kind="total"
        )
        yield self._column(
            translate("Total as published"),
            tuple(row.total for row in self.rows),
            self._published("total"),
            kind="total",
        )
        agree = tuple(
            rounded(again.total - row.total, NOISE) == 0 for again, row in zip(self.again, self.rows, strict=True)
        )
        yield self._column(
            translate("Totals agree"), agree, f"ROUND({total}#-{published}#,{NOISE.places})=0", kind="check"
        )

    def _place(self) -> Iterable[Figure]:
        source, published = self._published("rank"), self.letters["published_rank"]
        as_published = self._column(
            translate("Rank as published"),
            tuple(row.rank for row in self.rows),
            f'IF({source}="","",{source})',
            kind="integer",
        )
        if not _is_ranked_by_rows(self.scheme):
            yield as_published
            return
        for place in self.own:
            key = self.scheme.ranking[place]
            values = tuple(again.keys[place] for again in self.again)
            yield Figure(
                heading=translate("Key {number}: {id}", number=place + 1, id=key.id), kind="points", values=values
            )
        group, place_letter = self.letters["group"], self.letters["rank"]
        yield Figure(heading=translate("Ranked"), kind="integer", values=tuple(again.group for again in self.again))
        ahead, equal = self._ahead(), self._equal()
        counted = f"({ahead})+({equal})" if self.scheme.places == "1334" else ahead
        first = "" if self.scheme.places == "1334" else "1+"
        before = f"({self._all(group)}>0)*(({self._all(group)}<{group}#)+({self._all(group)}={group}#)*({counted}))"
        formula = f'IF({group}#>0,{first}SUMPRODUCT({before}),"")'
        yield self._column(translate("Rank by formula"), self.ranks, formula, kind="integer")
        yield as_published
        agree = tuple(rank == row.rank for rank, row in zip(self.ranks, self.rows, strict=True))
        yield self._column(translate("Ranks agree"), agree, f"{place_letter}#={published}#", kind="check")

    def _ahead(self) -> str:
        """For everybody 1 where they come before the entrant of the row, by the first key that parts the two; else 0."""
        formula = "0"
        for letter, sign in reversed(self._key_letters()):
            others, own = f"ROUND({self._all(letter)},{NOISE.places})", f"ROUND({letter}#,{NOISE.places})"
            formula = f"({others}{sign}{own})+({others}={own})*({formula})"
        return formula

    def _equal(self) -> str:
        """For everybody 1 where every key is that of the entrant of the row."""
        return "*".join(
            f"(ROUND({self._all(letter)},{NOISE.places})=ROUND({letter}#,{NOISE.places}))"
            for letter, _ in self._key_letters()
        )

    def _key_letters(self) -> list[tuple[str, str]]:
        """The column of each key of the ranking, and the sign by which a figure in it comes before another."""
        letters = [
            (self.letters[self._key_id(place, key)], "<" if is_ascending(key) else ">")
            for place, key in enumerate(self.scheme.ranking)
        ]
        return [*letters, (self.letters["number"], "<")] if self.scheme.last_resort == "number" else letters

    def _key_id(self, place: int, key: RankKey) -> str:
        """The column of a key of the ranking."""
        if place in self.own:
            return f"key.{place}"
        return "total" if key.of == "total" else f"{key.of}.{key.id}"

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


def _ids(scheme: Scheme, own: tuple[int, ...]) -> Iterable[str]:
    yield from ("number", "code", "name")
    for stage in scheme.stages:
        yield from (f"criterion.{criterion.id}" for criterion in stage.criteria)
        yield from (f"stage.{stage.id}", f"contribution.{stage.id}")
    for penalty in scheme.penalties:
        yield from (f"times.{penalty.id}", f"taken.{penalty.id}")
    if scheme.penalties:
        yield "penalties."
    if _can_be_zeroed(scheme):
        yield "stands"
    yield from ("total", "published_total", "totals_agree")
    if _is_ranked_by_rows(scheme):
        yield from (f"key.{place}" for place in own)
        yield from ("group", "rank", "published_rank", "ranks_agree")
    else:
        yield "published_rank"


def _can_be_zeroed(scheme: Scheme) -> bool:
    """Whether a state can make a total zero."""
    return any(rule.total == "zero" for rule in scheme.states)


def _is_ranked_by_rows(scheme: Scheme) -> bool:
    """Whether comparing two rows says which of them comes first, and counting such rows gives the place."""
    by_field = any(stage.cut for stage in scheme.stages) or any(key.of == "majority" for key in scheme.ranking)
    return not by_field and scheme.places != "1223"


def _keys_of_their_own(scheme: Scheme, rows: Iterable[PublishedRow]) -> Iterable[int]:
    """The keys of the ranking, by their places in it, that no other column has as they are compared.

    Where somebody has no figure for a stage or a criterion, its column says 0 and the ranking puts them last.
    """
    ranked = [row for row in rows if row.rank is not None]
    for place, key in enumerate(scheme.ranking):
        match key.of:
            case "total":
                continue
            case "penalties" if scheme.penalties:
                continue
            case "stage" if all(key.id in row.stages for row in ranked):
                continue
            case "criterion" if all(key.id in row.criteria for row in ranked):
                continue
        yield place


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
