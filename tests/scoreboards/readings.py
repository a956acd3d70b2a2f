"""Readings of a small event, written by hand: what the pure tests of the boards are given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from schemas.base import Text
from schemas.boards import (
    Audience,
    BoardAward,
    BoardColumn,
    BoardKind,
    BoardRow,
    BoardSession,
    BoardSettings,
    PodiumRow,
)
from schemas.results import Publication, PublicationStatus, PublishedRow, Reach, Standing, TeamPlace
from schemas.staging import Prospect, Reveal, RevealScript, RevealStep, TeamTable, Touch
from scoreboards.facts import BoardSign, EntrantFacts, EventFacts, FreezeFacts, Outlook, PlaceFacts, Projection
from scoreboards.visibility import project

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
EVENT = UUID(int=99)
TITLE = Text(zh="实时排名", en="Live standings")
NAME = Text(zh="装调", en="Assembly")
COLUMNS = (
    BoardColumn(id="theory", kind="stage", name=Text(zh="理论", en="Theory"), points=Decimal(10)),
    BoardColumn(id="A", kind="criterion", name=Text(zh="任务A", en="Task A"), points=Decimal(10)),
)
KINDS: tuple[BoardKind, ...] = ("standings", "teams", "medals", "benches", "ticker", "podium")
AWARDS = (
    BoardAward(id="m:gold", name=Text(zh="金牌", en="Gold"), medal="gold"),
    BoardAward(id="m:silver", name=Text(zh="银牌", en="Silver"), medal="silver"),
    BoardAward(id="best", name=Text(zh="最佳", en="Best of delegation")),
)
SESSION = BoardSession(
    number=1, starts_at=NOW, ends_at=NOW + timedelta(hours=3), seconds=10800, started_at=NOW + timedelta(minutes=2)
)


def sign(kind: BoardKind = "standings", **settings: Any) -> BoardSign:
    """A board of this kind."""
    return BoardSign(id="hall", title=TITLE, kind=kind, settings=BoardSettings(**settings))


def entrant(number: int, code: str | None, name: str = "", **other: Any) -> EntrantFacts:
    """An entrant whose id follows from the number."""
    given = {
        "name": name or f"选手{number}",
        "delegation": "芜湖",
        "delegation_code": "D1",
        "status": "eligible",
        **other,
    }
    return EntrantFacts(id=UUID(int=number), number=number, code=code, **given)


def standing(number: int, rank: int | None, total: str, **other: Any) -> Standing:
    """An entrant's standing; half of the readings are in unless it says otherwise."""
    given: dict[str, Any] = {
        "shared": False, "state": "competing", "stages": {"theory": Decimal(8)}, "criteria": {}, "marked": 5, "expected": 10,
    } | other  # fmt: skip
    return Standing(entrant_id=UUID(int=number), revision=1, rank=rank, total=Decimal(total), **given)


def facts(**other: Any) -> EventFacts:
    """An event with two entrants, the second leading."""
    given: dict[str, Any] = {
        "is_blind": True,
        "revision": 9,
        "shown": 7,
        "columns": COLUMNS,
        "published_columns": COLUMNS,
        "entrants": (
            entrant(1, "1-02", "王伟"),
            entrant(2, "1-01", "李娜", delegation="合肥", delegation_code="D2"),
        ),
        "standings": (standing(1, 2, "40"), standing(2, 1, "60.5")),
        "outlook": Outlook(prospect=prospect(), shown=3),
        "outlook_number": 5,
        "sessions": (SESSION,),
        "places": (
            PlaceFacts(entrant_id=UUID(int=2), session=1, bench=1),
            PlaceFacts(entrant_id=UUID(int=1), session=1, bench=2, extra=90),
        ),
    } | other
    return EventFacts(id=EVENT, name=NAME, **given)


def prospect(**other: Any) -> Prospect:
    """What the standings of two entrants come to: gold for the second, whom the first may still pass."""
    given: dict[str, Any] = {
        "revision": 9,
        "awards": AWARDS,
        "winners": {UUID(int=1): ("m:silver", "best"), UUID(int=2): ("m:gold", "best")},
        "teams": (
            TeamTable(
                id="team",
                name=Text(zh="团体", en="Teams"),
                measure="total",
                places=(team("合肥", 1, "60.5", 2), team("芜湖", 2, "40", 1)),
            ),
        ),
        "reaches": (reach(1, "40", "80", 1, 2), reach(2, "60.5", "90", 1, 2)),
        "touched": (
            Touch(entrant_id=UUID(int=1), column="theory", at=NOW + timedelta(minutes=9)),
            Touch(entrant_id=UUID(int=2), column="theory", at=NOW),
        ),
    } | other
    return Prospect(**given)


def team(delegation: str, rank: int | None, figure: str | None, *members: int, shared: bool = False) -> TeamPlace:
    """A delegation's place, of these members."""
    return TeamPlace(
        delegation=delegation,
        rank=rank,
        shared=shared,
        figure=Decimal(figure) if figure else None,
        members=tuple(UUID(int=number) for number in members),
    )


def reach(number: int, least: str, most: str, best: int, worst: int) -> Reach:
    """What an entrant can still come to."""
    return Reach(entrant_id=UUID(int=number), least=Decimal(least), most=Decimal(most), best=best, worst=worst)


def freeze(*standings: Standing, **other: Any) -> FreezeFacts:
    """A freeze that took these standings."""
    return FreezeFacts(
        since=NOW,
        standings=standings,
        columns=COLUMNS,
        outlook=Outlook(prospect=prospect(**{"touched": (), **other}), shown=2),
    )


def publication(status: PublicationStatus, *rows: PublishedRow, revision: int = 5) -> Publication:
    """A result list."""
    return Publication(
        event_id=EVENT, number=1, status=status, revision=revision, ledger_position=3, ledger_digest="", scheme_digest="",
        published_at=NOW, rows=rows,
    )  # fmt: skip


def published(rank: int, code: str, name: str, total: str, **other: Any) -> PublishedRow:
    """A line of a result list."""
    given: dict[str, Any] = {"number": rank, "delegation": "合肥", "state": "competing", "shared": False} | other
    return PublishedRow(
        rank=rank, code=code, name=name, total=Decimal(total), stages={"theory": Decimal(9)}, criteria={"A": Decimal(7)}, **given
    )  # fmt: skip


def reveal(mode: str = "live", step: int = 1, *, is_paused: bool = False) -> Reveal:
    """A reveal in two steps, silver first, and its rehearsal."""
    return Reveal(
        mode=mode,  # type: ignore[arg-type]
        step=step,
        is_paused=is_paused,
        script=script(podium_row(2, "1-02", "王伟", "77"), podium_row(1, "1-01", "李娜", "88")),
        rehearsal=script(podium_row(2, "X-2", "乙", "50"), podium_row(1, "X-1", "甲", "60")),
    )


def script(*rows: PodiumRow) -> RevealScript:
    """A step for each row."""
    steps = tuple(RevealStep(heading=Text(zh=f"第{row.rank}名", en=f"Place {row.rank}"), rows=(row,)) for row in rows)
    return RevealScript(publication=1, order="places", awards=AWARDS, steps=steps)


def podium_row(rank: int, code: str, name: str, total: str, *awards: str) -> PodiumRow:
    """A revealed row; with silver or gold unless it says otherwise."""
    return PodiumRow(
        code=code, place=rank, rank=rank, shared=False, name=name, delegation="合肥", total=Decimal(total),
        awards=awards or ("m:gold" if rank == 1 else "m:silver",),
    )  # fmt: skip


def row(place: int, code: str, rank: int | None, total: str, **other: Any) -> BoardRow:
    """A row of a blind board."""
    given: dict[str, Any] = {
        "shared": False, "name": "", "delegation": "", "figures": (Decimal(8), None), "progress": 50, "state": "competing",
    } | other  # fmt: skip
    return BoardRow(place=place, code=code, rank=rank, total=Decimal(total), **given)


def projected(board: BoardSign, given: EventFacts, audience: Any = "public", entrant: str | None = None) -> Projection:
    """The projection of a board that there is."""
    projection = project(board, given, audience, entrant)
    assert projection is not None
    return projection


def board_rows(projection: Projection) -> tuple[BoardRow, ...]:
    """The rows of a board of standings."""
    rows = tuple(row for row in projection.rows if isinstance(row, BoardRow))
    assert rows == projection.rows
    return rows


def shown(given: EventFacts, audience: Audience = "public") -> bytes:
    """Everything that an audience can get of an event: all kinds of boards, and the pages of all codes."""
    boards = [project(sign(kind), given, audience) for kind in KINDS]
    codes = ["1-01", "1-02", "#1", "#2", "#101", "#102"]
    return msgspec.json.encode([*boards, *(project(sign(), given, audience, code) for code in codes)])
