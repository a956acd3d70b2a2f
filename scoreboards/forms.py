"""The forms of a board: its page, a frame in another site, a widget over a picture, a sheet of paper; and what each shows."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from urllib.parse import quote

from competition.plumbing.locale import Language, text
from schemas.base import Message, Text
from schemas.boards import BoardHead, BoardKind, Row
from schemas.problems import N_, NotFound
from scoreboards.readings import Venue

Form = Literal["board", "embed", "overlay", "print"]
Widget = Literal["list", "focus", "ticker", "clock", "podium"]

WIDGETS: dict[BoardKind, tuple[Widget, ...]] = {
    "standings": ("list", "focus"),
    "teams": ("list",),
    "medals": ("list",),
    "benches": ("clock", "list"),
    "ticker": ("ticker",),
    "podium": ("podium",),
}
"""What of a kind of board can be laid over a picture; the first is meant where none is asked for."""
TOP, MOST_TOP = 5, 20


class NoSuchWidget(NotFound):
    """The address names a widget that this kind of board does not have."""

    sentence = N_("This board cannot be laid over a picture as {widget}. Choose one of: {widgets}.")


class Shape(Message):
    """In which form a board is asked for: over a picture as which widget, of how many rows at the most, or of which entrant."""

    form: Form
    widget: str = ""
    top: int = TOP
    entrant: str | None = None
    is_light: bool = False


class BoardPage(Message):
    """One board as a page shows it.

    ``as_of`` is when the database last confirmed it. ``path`` is where its state and its stream are, ``query`` the pass that goes
    with every address of its audience; ``address`` is what the QR code says, and never has a pass.
    """

    board: BoardHead
    rows: tuple[Row, ...]
    revision: int
    venue: Venue
    shape: Shape
    changed_at: datetime
    as_of: datetime
    now: datetime
    is_current: bool
    path: str
    query: str
    address: str
    other_language: Language

    @property
    def form(self) -> Form:
        """In which form it is asked for."""
        return self.shape.form

    @property
    def widget(self) -> Widget | None:
        """As what it is laid over a picture. Raises NoSuchWidget where this kind of board cannot be that."""
        return widget_of(self.board.kind, self.shape.widget) if self.form == "overlay" else None

    @property
    def entrant(self) -> str | None:
        """Whom alone it shows."""
        return self.shape.entrant if self.widget == "focus" else None

    @property
    def top(self) -> int | None:
        """How many rows it has at the most; None for all."""
        if self.widget == "list":
            return min(max(self.shape.top, 1), MOST_TOP)
        return 1 if self.widget == "focus" else None

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows that it has."""
        rows = [row for row in self.rows if self.entrant in (None, row.code)]
        return tuple(rows[: self.top])

    @property
    def occasion(self) -> Text:
        """What the competition calls itself on its boards."""
        return self.board.theme.name if text(self.board.theme.name) else self.venue.competition

    def entrant_address(self, code: str) -> str:
        """Where the page of one entrant is; ``{code}`` stays what it is, for a script to fill in."""
        return f"/boards/{self.board.id}/entrants/{quote(code, safe='{}')}{self.query}"

    def in_language(self, language: Language) -> str:
        """This page in another language."""
        return f"{self.path}?lang={language}{self.query.replace('?', '&', 1)}"


def widget_of(kind: BoardKind, asked: str) -> Widget:
    """The widget that was asked for, or a kind's first. Raises NoSuchWidget."""
    widgets = WIDGETS.get(kind, ())
    for widget in widgets:
        if asked in ("", widget):
            return widget
    raise NoSuchWidget(widget=asked, widgets=", ".join(widgets))
