"""What every result sheet shares: its heading, its columns and the words for states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from competition.plumbing.locale import text, translate
from schemas.aspects import Rounding
from schemas.base import Message, Text
from schemas.problems import N_
from schemas.results import EntrantState, Publication, PublicationStatus, PublishedRow
from schemas.scheme import Scheme

Cell = str | int | Decimal | None
"""A text, a whole number, points, or nothing."""

STATUS: dict[PublicationStatus, str] = {
    "draft": N_("Draft"),
    "provisional": N_("Provisional"),
    "official": N_("Official"),
}
STATE: dict[EntrantState, str] = {
    "competing": N_("Competing"),
    "absent": N_("Absent"),
    "unranked": N_("Not ranked"),
    "withdrawn": N_("Withdrawn"),
    "disqualified": N_("Disqualified"),
}


class Heading(Message):
    """What stands above a result list: the competition, the event, the place and the time zone of its clocks."""

    competition: Text
    event: Text
    place: str
    time_zone: str


def places_of(rounding: Rounding | None) -> int:
    """How many decimals a figure is written with at least: those it was rounded to, or two."""
    return 2 if rounding is None else rounding.places


class Column(Message):
    """One column of a result sheet: its stable ``id``, its heading in the current language, and what it says of a row.

    ``about`` is a sentence for the documentation of the exports (an English msgid).
    """

    id: str
    heading: str
    kind: Literal["text", "integer", "points"]
    about: str
    of: Callable[[PublishedRow], Cell]


def row_columns(scheme: Scheme) -> tuple[Column, ...]:
    """The columns of the result list itself, in their order, headed in the current language."""
    return (
        Column(id="rank", heading=translate("Rank"), kind="integer", about=RANK, of=lambda row: row.rank),
        Column(id="shared", heading=translate("Tie"), kind="text", about=SHARED, of=_tie),
        Column(id="code", heading=translate("Code"), kind="text", about=CODE, of=lambda row: row.code),
        Column(id="number", heading=translate("Entrant no."), kind="integer", about=NUMBER, of=lambda row: row.number),
        Column(id="name", heading=translate("Name"), kind="text", about=NAME, of=lambda row: row.name),
        Column(
            id="delegation",
            heading=translate("Delegation"),
            kind="text",
            about=DELEGATION,
            of=lambda row: row.delegation,
        ),
        Column(
            id="state",
            heading=translate("State"),
            kind="text",
            about=STATE_OF,
            of=lambda row: translate(STATE[row.state]),
        ),
        Column(id="total", heading=translate("Total"), kind="points", about=TOTAL, of=lambda row: row.total),
        *(_stage_column(stage.id, text(stage.name)) for stage in scheme.stages),
        *(_criterion_column(criterion.id, text(criterion.name)) for criterion in scheme.criteria()),
    )


def provenance_columns(publication: Publication) -> tuple[Column, ...]:
    """The columns that say where a list comes from; the same in every row."""
    return (
        _constant("publication", translate("Publication no."), "integer", PUBLICATION, publication.number),
        _constant("status", translate("Status"), "text", STATUS_OF, translate(STATUS[publication.status])),
        _constant("revision", translate("Revision"), "integer", REVISION, publication.revision),
        _constant("ledger_position", translate("Ledger position"), "integer", POSITION, publication.ledger_position),
        _constant("ledger_digest", translate("Ledger digest"), "text", LEDGER_DIGEST, publication.ledger_digest),
        _constant("scheme_digest", translate("Scheme digest"), "text", SCHEME_DIGEST, publication.scheme_digest),
    )


def checkpoint_of(publication: Publication) -> str:
    """The checkpoint that a sheet carries, as ``leitai verify`` takes it: position, colon, digest."""
    return f"{publication.ledger_position}:{publication.ledger_digest}"


def local(moment: datetime, heading: Heading) -> datetime:
    """``moment`` by the clocks of the competition."""
    return moment.astimezone(ZoneInfo(heading.time_zone))


def shown(points: Decimal, places: int) -> str:
    """Points for the eye, with ``places`` decimals; the exact value is in the package."""
    return f"{points.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def _tie(row: PublishedRow) -> str:
    return translate("tied") if row.shared else ""


def _stage_column(id: str, heading: str) -> Column:
    return Column(id=f"stage.{id}", heading=heading, kind="points", about=STAGE, of=lambda row: row.stages.get(id))


def _criterion_column(id: str, heading: str) -> Column:
    return Column(
        id=f"criterion.{id}", heading=heading, kind="points", about=CRITERION, of=lambda row: row.criteria.get(id)
    )


def _constant(id: str, heading: str, kind: Literal["text", "integer"], about: str, value: Cell) -> Column:
    return Column(id=id, heading=heading, kind=kind, about=about, of=lambda _row: value)


RANK = N_("The rank; empty for who has no mark yet or does not compete.")
SHARED = N_("Says whether the rank is tied with another entrant's.")
CODE = N_("Session and bench, as the judges knew the entrant.")
NUMBER = N_("The contestant number.")
NAME = N_("The entrant's name.")
DELEGATION = N_("Who sent the entrant.")
STATE_OF = N_("Competing, absent, not ranked, withdrawn or disqualified.")
TOTAL = N_("The total after weights, rounding and penalties.")
STAGE = N_("The points of a stage, before its weight.")
CRITERION = N_("The points of a task.")
PUBLICATION = N_("The number of this publication among those of the event.")
STATUS_OF = N_("Draft, provisional or official.")
REVISION = N_("The revision of the standings that was published.")
POSITION = N_("How many entries of the ledger the results come from.")
LEDGER_DIGEST = N_(
    "The digest of the ledger up to that position; with the position it is the checkpoint to verify against."
)
SCHEME_DIGEST = N_("The digest of the marking scheme.")
