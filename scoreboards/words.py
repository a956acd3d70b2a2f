"""The few words a board says about itself, in the reader's language."""

from __future__ import annotations

from competition.plumbing.locale import Language, text, translate
from schemas.boards import Audience, BoardColumn, BoardKind, BoardRow, BoardStatus
from schemas.problems import N_

STATUS_WORDS: dict[BoardStatus, str] = {
    "preparing": N_("PREPARING"),
    "live": N_("LIVE"),
    "frozen": N_("FROZEN"),
    "rehearsal": N_("REHEARSAL"),
    "provisional": N_("PROVISIONAL"),
    "official": N_("OFFICIAL"),
}
TONES: dict[BoardStatus, str] = {
    "preparing": "plain",
    "live": "good",
    "frozen": "note",
    "rehearsal": "wait",
    "provisional": "note",
    "official": "good",
}
AUDIENCE_WORDS: dict[Audience, str] = {
    "public": N_("For everybody"),
    "jury": N_("FOR THE JURY ONLY"),
    "presenter": N_("FOR THE PRESENTER ONLY"),
}
KIND_WORDS: dict[BoardKind, str] = {
    "standings": N_("Standings"),
    "teams": N_("Team standing"),
    "medals": N_("Medal table"),
    "benches": N_("Benches and clocks"),
    "ticker": N_("Latest marks"),
    "podium": N_("Podium"),
    "entrant": N_("Entrant"),
}
STATE_WORDS = {
    "absent": N_("Absent"),
    "unranked": N_("Not ranked"),
    "withdrawn": N_("Withdrawn"),
    "disqualified": N_("Disqualified"),
}
LONGEST_TAG = 3
LANGUAGE_NAMES: dict[Language, str] = {"zh-CN": "中文", "en": "English"}


def status_word(status: BoardStatus) -> str:
    """What a board is: preparing, live, frozen, a rehearsal, provisional or official."""
    return translate(STATUS_WORDS[status])


def audience_word(audience: Audience) -> str:
    """For whom a board is."""
    return translate(AUDIENCE_WORDS[audience])


def kind_word(kind: BoardKind) -> str:
    """What a kind of board shows."""
    return translate(KIND_WORDS[kind])


def tone(status: BoardStatus) -> str:
    """The tone in which a status is set; its word says it in any case."""
    return TONES[status]


def state_word(row: BoardRow) -> str:
    """How far an entrant is marked, or why there is nothing to mark."""
    return f"{row.progress}%" if row.state == "competing" else translate(STATE_WORDS[row.state])


def tag(column: BoardColumn) -> str:
    """What a column is called in the least space: a criterion by its letter where it has one, all else by name."""
    return column.id if column.kind == "criterion" and len(column.id) <= LONGEST_TAG else text(column.name)


def language_name(language: Language) -> str:
    """A language's own name for itself."""
    return LANGUAGE_NAMES[language]
