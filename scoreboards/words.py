"""The few words a board says about itself, in the reader's language."""

from __future__ import annotations

from competition.plumbing.locale import Language, text, translate
from schemas.boards import BoardColumn, BoardRow, BoardStatus
from schemas.problems import N_

STATUS_WORDS: dict[BoardStatus, str] = {
    "preparing": N_("PREPARING"),
    "live": N_("LIVE"),
    "frozen": N_("FROZEN"),
    "provisional": N_("PROVISIONAL"),
    "official": N_("OFFICIAL"),
}
TONES: dict[BoardStatus, str] = {
    "preparing": "plain",
    "live": "good",
    "frozen": "note",
    "provisional": "note",
    "official": "good",
}
STATE_WORDS = {"absent": N_("Absent"), "unranked": N_("Not ranked"), "disqualified": N_("Disqualified")}
LONGEST_TAG = 3
LANGUAGE_NAMES: dict[Language, str] = {"zh-CN": "中文", "en": "English"}


def status_word(status: BoardStatus) -> str:
    """What a board is: preparing, live, frozen, provisional or official."""
    return translate(STATUS_WORDS[status])


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
