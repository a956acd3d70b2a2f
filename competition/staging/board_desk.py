"""The desk's page of an event's boards, as several handlers answer with it: boards, freeze, passes, theme, what everybody sees."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request
from litestar.response import Template

from competition.ledger.store import scheme_of
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import current_language, sentence_of
from competition.plumbing.templating import page
from competition.registration.frame import address_of, event_on
from competition.registration.store import EventHead
from competition.results.store import Board, boards_of
from competition.staging import actions, desk_store, kinds, rules, store
from competition.timetable.store import sessions_of
from schemas.access import Person
from schemas.base import Command, Message, Text
from schemas.boards import BoardKind, BoardSettings, Theme
from schemas.problems import Problem
from schemas.scheme import Scheme
from schemas.staging import PassLine

SOON = timedelta(minutes=30)
"""When a freeze that is set is proposed to begin."""

MINUTE = "%Y-%m-%dT%H:%M"
"""How a browser writes a day and a time."""

AnyRequest = Request[Person, Any, Any]
Place = Literal["freeze", "passes", "new", "board"]


class BoardFields(Command):
    """What the form of a board sends; columns come one alone as a value, several as a list, and count where not all are shown."""

    title_zh: str
    title_en: str
    id: str = ""
    kind: BoardKind = "standings"
    shows: Literal["", "all", "chosen"] = ""
    columns: str | list[str] = []  # noqa: RUF012 - msgspec gives each form its own
    team: str = ""
    session: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")

    def title(self) -> Text:
        """The title in both languages."""
        return Text(zh=self.title_zh.strip(), en=self.title_en.strip())

    def settings(self) -> BoardSettings:
        """What was chosen; a board with all columns names none, so that it follows a scheme that is given another.

        Raises ``NoColumnChosen`` where only those that are ticked are to be shown, and none is.
        """
        ticked = tuple(self.columns if isinstance(self.columns, list) else [self.columns])
        if self.shows == "chosen" and not ticked:
            raise rules.NoColumnChosen
        session = int(self.session) if self.session.isdecimal() else None
        return BoardSettings(columns=() if self.shows == "all" else ticked, team=self.team, session=session)


class FreezeFields(Command):
    """What the form of a freeze sends: day and time at the venue; none for now."""

    due_at: str = ""
    csrf: str = msgspec.field(default="", name="_csrf_token")


class PassFields(Command):
    """What the form of a pass sends."""

    audience: Literal["jury", "presenter"] = "jury"
    note: str = ""
    hours: int = 12
    csrf: str = msgspec.field(default="", name="_csrf_token")


class BoardCard(Message):
    """A board with all its addresses; ``form`` is what its form holds."""

    board: Board
    forms: tuple[kinds.BoardForm, ...]
    snippet: str
    form: BoardFields


class Choices(Message):
    """What the boards of an event can be set to: the scheme's columns and team standings, and the sessions."""

    columns: dict[str, Text]
    teams: dict[str, Text]
    sessions: tuple[int, ...]


class BoardsPage(Message):
    """An event's boards and what is done with them.

    ``hidden`` is how much has come in behind what everybody sees, None while they see everything. ``new`` is the form of a further
    board, if one is asked for. ``problem`` says what could not be done ``at`` which place of the page (``board_id``: which board).
    """

    person: Person
    event: EventHead
    boards: tuple[BoardCard, ...]
    kinds: dict[BoardKind, kinds.KindWords]
    choices: Choices
    new: BoardFields | None
    theme: Theme
    passes: tuple[PassLine, ...]
    list_out: desk_store.ListOut | None
    hidden: int | None
    freeze_form: FreezeFields
    pass_form: PassFields
    now: datetime
    at: Place | None = None
    board_id: str = ""
    problem: str = ""


async def boards_answer(
    request: AnyRequest,
    connection: Connection,
    event_id: UUID,
    *,
    kind: BoardKind | None = None,
    at: Place | None = None,
    problem: Problem | None = None,
    board: BoardFields | None = None,
    freeze: FreezeFields | None = None,
    a_pass: PassFields | None = None,
) -> Template:
    """The page of an event's boards; with the form of a new board of a ``kind``, or with what kept something from being done."""
    event, now = await event_on(connection, event_id), clock.now()
    scheme = await scheme_of(connection, event_id)
    boards = await boards_of(connection, event_id)
    listed = await desk_store.list_out(connection, event_id) if event.published else None
    new = board if at == "new" else None
    if new is None and kind is not None:
        new = await _proposed(connection, kind, event, scheme)
    content = BoardsPage(
        person=request.user,
        event=event,
        boards=tuple(_card(known, board if at == "board" else None, address_of(request)) for known in boards),
        kinds=kinds.KINDS,
        choices=await _choices(connection, event_id, scheme),
        new=new,
        theme=await store.theme_of(connection, event.competition_id) or Theme(),
        passes=await actions.passes_of(connection, event_id, now=now),
        list_out=listed,
        hidden=await _hidden(connection, event, listed),
        freeze_form=freeze or FreezeFields(due_at=(now + SOON).astimezone(ZoneInfo(event.time_zone)).strftime(MINUTE)),
        pass_form=a_pass or PassFields(),
        now=now,
        at=at,
        board_id=board.id if board and at == "board" else "",
        problem=sentence_of(problem) if problem else "",
    )
    return page("event_boards.html", content, status_code=problem.status if problem else 200)


def _card(board: Board, sent: BoardFields | None, base_url: str) -> BoardCard:
    kept = BoardFields(
        id=board.id,
        kind=board.kind,
        title_zh=board.title.zh,
        title_en=board.title.en,
        shows="chosen" if board.settings.columns else "all",
        columns=list(board.settings.columns),
        team=board.settings.team,
        session="" if board.settings.session is None else str(board.settings.session),
    )
    return BoardCard(
        board=board,
        forms=kinds.forms_of(board, base_url),
        snippet=kinds.snippet(board, base_url, current_language()),
        form=sent if sent and sent.id == board.id else kept,
    )


async def _proposed(connection: Connection, kind: BoardKind, event: EventHead, scheme: Scheme | None) -> BoardFields:
    """The form of a new board with a good default for everything."""
    title = kinds.title_for(kind, event.name, scheme)
    return BoardFields(
        kind=kind,
        id=kinds.address_for(kind, event.name, await desk_store.addresses_taken(connection)),
        title_zh=title.zh,
        title_en=title.en,
        shows="all",
    )


async def _choices(connection: Connection, event_id: UUID, scheme: Scheme | None) -> Choices:
    names = {part.id: part.name for stage in scheme.stages for part in (stage, *stage.criteria)} if scheme else {}
    return Choices(
        columns={column: names[column] for column in rules.column_ids(scheme)} if scheme else {},
        teams={team.id: team.name for team in scheme.teams} if scheme else {},
        sessions=tuple(session.number for session in await sessions_of(connection, event_id)),
    )


async def _hidden(connection: Connection, event: EventHead, listed: desk_store.ListOut | None) -> int | None:
    if listed is not None:
        return await desk_store.came_since_list(connection, event.id, listed.revision)
    if event.freeze is not None and event.freeze.taken_at is not None:
        return await desk_store.came_since_freeze(connection, event.id, event.freeze.id)
    return None
