"""What a board is told: a snapshot, then patches, each with its revision; the HTTP state is a snapshot too.

A client keeps the rows by ``code`` and shows them by ``place``. It takes a patch whose ``base`` is the revision it has; on any gap
it fetches the state again. Every word of a board is public to its audience: what an audience may not know is in none of them.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from schemas.base import Command, Message, Text

BoardKind = Literal["standings", "teams", "medals", "benches", "ticker", "podium", "entrant"]
"""``standings`` of an event; ``teams``: a standing of delegations; ``medals``: awards by delegation; ``benches``: the sessions'
benches with their clocks; ``ticker``: what was marked last; ``podium``: the reveal, step by step; ``entrant``: one entrant's own
page, which every board of standings has for each of its rows."""

BoardStatus = Literal["preparing", "live", "frozen", "rehearsal", "provisional", "official"]

Audience = Literal["public", "jury", "presenter"]
"""Who looks: everybody; the jury, for whom nothing is frozen, though what is blind stays blind; or who presents a reveal, and is
told what the next step shows."""


class BoardSettings(Command):
    """What the organiser chose for a board.

    ``columns`` (standings): the ids of the columns to show, in the scheme's order; empty for all. ``team`` (teams): the id of the
    scheme's team standing; empty for its first. ``session`` (benches): the session's number; None for the one of the hour.
    """

    columns: tuple[str, ...] = ()
    team: str = ""
    session: int | None = None


class Theme(Message):
    """How a competition dresses its boards: two colours (``#rrggbb``; empty for Leitai's own) and the digest of its logo.

    ``name`` stands in the masthead instead of the competition's name where it is given.
    """

    name: Text = Text()
    primary: str = ""
    accent: str = ""
    logo: str = ""


# Heads ----------------------------------------------------------------------------------------------------------------


class BoardColumn(Message):
    """One column of figures: a stage or a criterion, with the most it can give."""

    id: str
    kind: Literal["stage", "criterion"]
    name: Text
    points: Decimal


class BoardAward(Message):
    """One award, the best first; ``medal`` where it is one."""

    id: str
    name: Text
    medal: Literal["gold", "silver", "bronze"] | None = None


class BoardSession(Message):
    """A session's clock. It runs from ``started_at`` for ``seconds``, less what it stood still.

    Before it is started ``starts_at`` is when it is due to. ``stopped`` is how many seconds it has stood still in all before this
    pause; ``paused_at`` is when it stopped, None while it runs: ``seconds - (now or paused_at - started_at) + stopped`` are left.
    """

    number: int
    starts_at: datetime
    ends_at: datetime
    seconds: int
    started_at: datetime | None = None
    paused_at: datetime | None = None
    stopped: int = 0


class Need(Message):
    """What an entrant lacks to stand in a place as the others stand now: ``points`` (None when it is theirs already).

    ``is_possible``: the marks that are missing may still give as much.
    """

    place: int
    points: Decimal | None
    is_possible: bool


class Focus(Message):
    """One entrant's page: what is still possible, and what is needed for the first three places.

    ``least`` and ``most`` total, ``best`` and ``worst`` place; None when nothing can change any more, or it may not be told.
    """

    code: str
    least: Decimal | None
    most: Decimal | None
    best: int | None
    worst: int | None
    needs: tuple[Need, ...]


class RevealStage(Message):
    """How far a reveal is. Screens follow ``step``: 0 is the curtain, ``steps`` the last one; whoever joins late lands on it.

    How many there are is for the presenter alone, for it tells of ties: to others ``steps`` is the next one until there is none.
    ``heading`` says what is being revealed, such as an award; ``codes`` are the rows that this very step brought. ``is_paused``
    puts the curtain before the screens without losing the step.
    """

    step: int
    steps: int
    is_paused: bool
    heading: Text
    codes: tuple[str, ...]


class Prompt(Message):
    """What the next step shows: for the presenter alone."""

    heading: Text
    rows: tuple[PodiumRow, ...]


class BoardHead(Message):
    """What changes rarely: which board this is, its title, columns and status, and what its kind needs besides rows.

    ``has_names``: rows carry names and delegations; while marking is blind they do not. ``frozen_at`` while it is frozen;
    ``published_at`` once a list is out. ``awards``: medals and podium. ``measure``: what the figure of a team is made of.
    """

    id: str
    kind: BoardKind
    title: Text
    event: Text
    status: BoardStatus
    has_names: bool
    audience: Audience = "public"
    columns: tuple[BoardColumn, ...] = ()
    published_at: datetime | None = None
    frozen_at: datetime | None = None
    theme: Theme = Theme()
    awards: tuple[BoardAward, ...] = ()
    measure: Literal["total", "scale", "place", "medal_points"] | None = None
    sessions: tuple[BoardSession, ...] = ()
    focus: Focus | None = None
    reveal: RevealStage | None = None
    prompt: Prompt | None = None


# Rows: by ``code``, shown in the order of ``place`` ---------------------------------------------------------------------


class Row(Message):
    """What all rows have: a ``code`` that stays theirs, and the ``place`` at which they stand, from 1 on."""

    code: str
    place: int


class BoardRow(Row):
    """One entrant as this audience may see them. ``name`` and ``delegation`` are empty while marking is blind.

    ``place`` orders the rows (1 is first, ties in a fixed order); ``rank`` is what is shown, None before any mark.
    A figure is None while nothing of its column is marked: unmarked never looks like the lowest score. ``progress`` is the
    share of readings that are in, 0 to 100, and 100 only when all are.
    """

    rank: int | None
    shared: bool
    name: str
    delegation: str
    total: Decimal
    figures: tuple[Decimal | None, ...]
    progress: int
    state: str


class TeamRow(Row):
    """One delegation; ``code`` is its own. ``figure`` and ``rank`` are None with too few members; ``members`` are who counts."""

    rank: int | None
    shared: bool
    name: str
    figure: Decimal | None
    members: tuple[TeamMember, ...]


class TeamMember(Message):
    """A member that counts, in order of place."""

    code: str
    name: str


class MedalRow(Row):
    """One delegation's awards: ``counts`` in the order of the head's ``awards``; ranked by the first, equals by the next."""

    rank: int
    shared: bool
    name: str
    counts: tuple[int, ...]


class BenchRow(Row):
    """One bench of one session, and who works there. ``extra`` are seconds given back for a fault that was not theirs."""

    session: int
    bench: int
    name: str
    delegation: str
    state: str
    progress: int
    extra: int


class TickerRow(Row):
    """What was marked last, the latest first: an entrant and a column, with the points it has come to.

    ``code`` is the entrant's and the column's id, joined by a slash; ``column`` the id of one of the head's columns.
    """

    entrant: str
    name: str
    delegation: str
    column: str
    points: Decimal | None
    total: Decimal
    rank: int | None
    at: datetime


class PodiumRow(Row):
    """One entrant as revealed so far; ``awards`` are ids of the head's awards."""

    rank: int | None
    shared: bool
    name: str
    delegation: str
    total: Decimal
    awards: tuple[str, ...]


ROWS: dict[BoardKind, type[Row]] = {
    "standings": BoardRow,
    "teams": TeamRow,
    "medals": MedalRow,
    "benches": BenchRow,
    "ticker": TickerRow,
    "podium": PodiumRow,
    "entrant": BoardRow,
}
"""What the rows of each kind of board are; an entrant's page has their row, and the rows before and behind it."""

R = TypeVar("R", bound=Row)


# Messages -------------------------------------------------------------------------------------------------------------


class Snapshot(Message, Generic[R], tag="snapshot", tag_field="type"):
    """Everything a board shows at one revision, rows in their order."""

    board: BoardHead
    revision: int
    at: datetime
    rows: tuple[R, ...]


class Patch(Message, Generic[R], tag="patch", tag_field="type"):
    """The rows that changed from ``base`` to ``revision``, whole, and the codes of those that are ``gone``; all others stay."""

    base: int
    revision: int
    at: datetime
    rows: tuple[R, ...]
    gone: tuple[str, ...] = ()


class Status(Message, tag="status", tag_field="type"):
    """Nothing changed: the connection, the revision and the status are good as of ``at``. It comes at least every ten seconds."""

    revision: int
    status: BoardStatus
    at: datetime


LiveMessage = Snapshot[Row] | Patch[Row] | Status
