"""How long ago something was marked, in words. Pure, and the same in ``static/kinds/ticker-line.js``: one table tests both."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from competition.plumbing.locale import translate
from schemas.problems import N_

Unit = Literal["now", "minutes", "hours", "days"]

WORDS: dict[Unit, str] = {
    "now": N_("just now"),
    "minutes": N_("{count} min ago"),
    "hours": N_("{count} h ago"),
    "days": N_("{count} d ago"),
}


def age_of(at: datetime, now: datetime) -> tuple[Unit, int]:
    """How long ago, in the largest unit of which there is a whole one."""
    minutes = int((now - at).total_seconds()) // 60
    if minutes < 1:
        return "now", 0
    if minutes < 60:  # noqa: PLR2004 - an hour
        return "minutes", minutes
    hours = minutes // 60
    return ("hours", hours) if hours < 24 else ("days", hours // 24)  # noqa: PLR2004 - a day


def ago(at: datetime, now: datetime) -> str:
    """How long ago, in words."""
    unit, count = age_of(at, now)
    return translate(WORDS[unit], count=count)


def ago_words() -> dict[Unit, str]:
    """The words for the script to fill."""
    return {unit: translate(word) for unit, word in WORDS.items()}
