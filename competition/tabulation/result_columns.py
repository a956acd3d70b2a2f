"""The columns of a result list, the same on the terminal, in CSV and in a workbook."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from competition.plumbing.locale import text, translate
from competition.scoring.awards import award_names
from competition.tabulation.flags import WORDS, can_flag
from competition.tabulation.tabulate import Line
from schemas.base import Message, Text
from schemas.problems import N_
from schemas.results import EntrantState
from schemas.scheme import Scheme

Value = str | int | Decimal | None

STATE: dict[EntrantState, str] = {
    "competing": N_("Competing"),
    "absent": N_("Absent"),
    "unranked": N_("Not ranked"),
    "withdrawn": N_("Withdrawn"),
    "disqualified": N_("Disqualified"),
}

ADVANCES = {"yes": N_("goes on"), "substitute": N_("substitute"), "no": ""}


class ResultColumn(Message):
    """A column: its stable ``id``, its heading in the current language, and what it says of an entrant."""

    id: str
    heading: str
    kind: Literal["text", "integer", "points"]
    of: Callable[[Line], Value]


def result_columns(scheme: Scheme) -> tuple[ResultColumn, ...]:
    """The columns in their order; scale, awards and who goes on only where the scheme has them."""
    awards = award_names(scheme)
    return (
        _column("rank", translate("Rank"), "integer", lambda line: line.closed.rank),
        _column("shared", translate("Tie"), "text", lambda line: translate("tied") if line.closed.shared else ""),
        _column("entrant", translate("Entrant"), "text", lambda line: line.person.entrant),
        _column("number", translate("Entrant no."), "integer", lambda line: line.person.number),
        _column("name", translate("Name"), "text", lambda line: line.person.name),
        _column("delegation", translate("Delegation"), "text", lambda line: line.person.delegation),
        _column("state", translate("State"), "text", lambda line: translate(STATE[line.tally.state])),
        _column("total", translate("Total"), "points", lambda line: line.closed.total),
        *([_column("scaled", translate("Scaled"), "points", lambda line: line.closed.scaled)] if scheme.scale else []),
        *([_column("awards", translate("Awards"), "text", lambda line: _awards(line, awards))] if awards else []),
        *([_column("advances", translate("Goes on"), "text", _advances)] if scheme.advancement else []),
        *([_column("cut", translate("Cut after"), "text", lambda line: line.closed.cut)] if has_cut(scheme) else []),
        *(_stage_column(stage.id, text(stage.name)) for stage in scheme.stages),
        *(_criterion_column(criterion.id, text(criterion.name)) for criterion in scheme.criteria()),
        _column("marked", translate("Marks"), "integer", lambda line: line.tally.marked),
        _column("expected", translate("Marks expected"), "integer", lambda line: line.expected),
        _column("missing", translate("Marks missing"), "integer", lambda line: line.missing),
        *([_column("flags", translate("Flags"), "text", _flags)] if can_flag(scheme) else []),
    )


def has_cut(scheme: Scheme) -> bool:
    """Whether a stage decides who goes on within the event."""
    return any(stage.cut for stage in scheme.stages)


def _column(
    id: str, heading: str, kind: Literal["text", "integer", "points"], of: Callable[[Line], Value]
) -> ResultColumn:
    return ResultColumn(id=id, heading=heading, kind=kind, of=of)


def _stage_column(id: str, heading: str) -> ResultColumn:
    return _column(f"stage.{id}", heading, "points", lambda line: line.tally.stages.get(id))


def _criterion_column(id: str, heading: str) -> ResultColumn:
    return _column(f"criterion.{id}", heading, "points", lambda line: line.tally.criteria.get(id))


def _awards(line: Line, names: dict[str, Text]) -> str:
    return ", ".join(text(names[award]) for award in line.closed.awards)


def _flags(line: Line) -> str:
    return "; ".join(f"{flagged.id}: {translate(WORDS[flagged.flag])}" for flagged in line.flags)


def _advances(line: Line) -> str:
    said = ADVANCES[line.closed.advances or "no"]
    return translate(said) if said else ""
