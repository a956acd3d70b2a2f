"""The words of a reading: everything a board could be made of, hidden or not. What of it an audience sees is decided elsewhere."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

import msgspec

from schemas.base import Message, Text
from schemas.boards import BoardColumn, BoardHead, BoardKind, BoardSession, BoardSettings, Row, Theme
from schemas.registration import EntrantStatus
from schemas.results import Publication, PublicationStatus, Standing
from schemas.scheme import Criterion, Scheme, Stage
from schemas.staging import Prospect, Reveal


class BoardSign(Message):
    """A board as it was set up: its id, its title, what it shows, and what was chosen for it."""

    id: str
    title: Text
    kind: BoardKind = "standings"
    settings: BoardSettings = BoardSettings()


class EntrantFacts(Message):
    """What is known of an entrant that a board could show. ``code`` is None before the draw."""

    id: UUID
    number: int
    code: str | None
    name: str
    delegation: str
    delegation_code: str
    status: EntrantStatus


class PlaceFacts(Message):
    """A bench of a session, who was drawn to it, and how many seconds they were given back."""

    entrant_id: UUID
    session: int
    bench: int
    extra: int = 0


class Outlook(Message):
    """What standings came to when it was last worked out. ``shown`` counts how often that changed before everybody's eyes."""

    prospect: Prospect = Prospect(revision=0)
    shown: int = 0


class FreezeFacts(Message):
    """A freeze that was taken and is not lifted, with what it took: the standings as they were ``since`` then.

    ``columns`` and ``by_total`` are those of the scheme of then, whatever is amended behind it.
    """

    since: datetime
    standings: tuple[Standing, ...]
    columns: tuple[BoardColumn, ...]
    by_total: bool = True
    outlook: Outlook = Outlook()


class EventFacts(Message, dict=True):
    """Everything a board of an event is made of, hidden or not, as one moment's reading of the database.

    ``revision`` counts everything that happens, ``shown`` what everybody may see of it; ``outlook_number`` counts the writings of
    the live ``outlook``. ``columns`` and ``by_total`` (a higher total is always a better place) are those of the scheme in force.
    ``publication`` is the newest that is no draft; ``published_columns`` (its scheme's) and ``published_outlook`` belong to it.
    """

    id: UUID
    name: Text
    is_blind: bool
    revision: int
    shown: int
    columns: tuple[BoardColumn, ...]
    entrants: tuple[EntrantFacts, ...]
    standings: tuple[Standing, ...]
    by_total: bool = True
    outlook: Outlook = Outlook()
    outlook_number: int = 0
    freeze: FreezeFacts | None = None
    publication: Publication | None = None
    published_columns: tuple[BoardColumn, ...] = ()
    published_outlook: Outlook = Outlook()
    sessions: tuple[BoardSession, ...] = ()
    places: tuple[PlaceFacts, ...] = ()
    reveal: Reveal | None = None
    theme: Theme = Theme()

    @cached_property
    def sights(self) -> dict[Hashable, Message]:
        """What was made of these facts, kept for the next board: there may be a page for each of hundreds of entrants."""
        return {}

    @cached_property
    def lines(self) -> dict[UUID, Message]:
        """What was made of each entrant and their standing; good while the standing is the same."""
        return {}

    @cached_property
    def frozen_lines(self) -> dict[UUID, Message]:
        """The same of each entrant and their frozen standing."""
        return {}

    def moved(self, **moved: Any) -> EventFacts:
        """These facts after a mark: with other counters, standings and outlook, and nothing else. Lines are kept."""
        after = msgspec.structs.replace(self, **moved)
        after.lines.update(self.lines)
        after.frozen_lines.update(self.frozen_lines)
        return after


class Glimpse(Message):
    """What the status of an event's boards depends on."""

    published: PublicationStatus | None = None
    is_frozen: bool = False
    is_marked: bool = False
    reveal: Literal["closed", "rehearsal", "live"] = "closed"


class Projection(Message):
    """A board as its audience may see it; ``revision`` is the number of what the audience could see until now."""

    head: BoardHead
    revision: int
    rows: tuple[Row, ...]


def columns_of(scheme: Scheme | None) -> tuple[BoardColumn, ...]:
    """The columns of figures: every stage, each followed by its criteria where there are several."""
    columns: list[BoardColumn] = []
    for stage in scheme.stages if scheme else ():
        columns.append(_column("stage", stage))
        if len(stage.criteria) > 1:
            columns += [_column("criterion", criterion) for criterion in stage.criteria]
    return tuple(columns)


def goes_by_total(scheme: Scheme | None) -> bool:
    """Whether a higher total is always a better place, so that points can be told that a place lacks."""
    if scheme is None or not scheme.ranking:
        return False
    first = scheme.ranking[0]
    return first.of == "total" and first.order != "ascending" and all(stage.cut is None for stage in scheme.stages)


def _column(kind: Literal["stage", "criterion"], part: Stage | Criterion) -> BoardColumn:
    return BoardColumn(id=part.id, kind=kind, name=part.name, points=part.points)
