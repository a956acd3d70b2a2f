"""What may be put on show: addresses, titles and settings of boards, themes, freezes, passes; and how a reveal moves. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from schemas.base import Text
from schemas.boards import BoardKind, BoardSettings, Theme
from schemas.problems import N_, Problem
from schemas.scheme import Scheme
from schemas.staging import Reveal

MOST_TITLE = 120
"""How long the title of a board may be, in characters."""

MOST_THEME_NAME = 60
"""How long the name in a masthead may be, in characters."""

MOST_NOTE = 80
"""How long the note on a pass may be, in characters."""

FURTHEST_FREEZE = timedelta(days=60)
"""A freeze that is to come later than this is a slip of the finger."""

LONGEST_PASS = timedelta(days=30)

ADDRESS = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
COLOUR = re.compile(r"#[0-9a-f]{6}")

RESERVED_BOARDS = frozenset({"static", "themes", "logos"})
"""Addresses below the boards that lead elsewhere."""

CHOICES: dict[BoardKind, frozenset[str]] = {"standings": frozenset({"columns"}), "teams": frozenset({"team"}), "benches": frozenset({"session"})}  # fmt: skip
"""Which settings a kind of board has; the others have none."""


class BadBoardName(Problem):
    """A board's address that cannot be one, or is taken."""

    sentence = N_(
        "The board address {id} cannot be used: take small letters, digits and hyphens, and one that is not taken."
    )


class BadBoardTitle(Problem):
    """A title that a board could not show."""

    sentence = N_(
        "A board needs a title of 1 to {most} characters in both languages. Write both, and shorter if need be."
    )


class BoardHasNoSuchChoice(Problem):
    """A setting that belongs to another kind of board."""

    sentence = N_("This kind of board has nothing to choose there. Leave the setting empty, or open another kind.")


class NoColumnChosen(Problem):
    """Only chosen columns, and none of them."""

    sentence = N_("No column is chosen. Tick those that the board is to show, or let it show all.")


class NoSuchColumn(Problem):
    """A column that the scheme does not have, or one twice."""

    sentence = N_("The scheme has no column {column}, or it is named twice. Choose among the scheme's columns.")


class NoSuchTeamStanding(Problem):
    """A board of teams where the scheme ranks none, or not by this standing."""

    sentence = N_("The scheme has no such standing of delegations. Choose one of its own, or add it to the scheme.")


class NoAwardsToShow(Problem):
    """A board or a reveal of awards where the scheme gives none."""

    sentence = N_("The scheme gives no awards, so there are none to show. Add them to the scheme, or go by places.")


class NoSuchSessionToShow(Problem):
    """A board of the benches of a session that is not laid."""

    sentence = N_("There is no session {session}. Choose one of the timetable, or none to follow the hour.")


class BadThemeName(Problem):
    """A name too long for a masthead, or one that no page could show."""

    sentence = N_("The name in the masthead may have {most} characters at most, on one line. Write it shorter.")


class BadColour(Problem):
    """A colour that is none."""

    sentence = N_("{colour} is not a colour: write it as # and six digits, such as #c81e1e, or leave it empty.")


class LogoUnusable(Problem):
    """A logo that is no picture of the kinds that are read, or is too large."""

    sentence = N_(
        "This logo cannot be used: send a PNG, JPEG or WebP picture of at most {most} MB. Save a drawing such as SVG as PNG first."
    )


class FreezeIsOn(Problem):
    """One more freeze of an event that has one."""

    status = 409
    sentence = N_("A freeze is set already. Lift it or call it off first, then set another.")


class FreezeIsTooFar(Problem):
    """A freeze that is to come in a far future."""

    sentence = N_("A freeze can be set for the next {days} days only. Check the date.")


class NothingIsFrozen(Problem):
    """A freeze that is to be lifted where there is none."""

    status = 409
    sentence = N_("Nothing is frozen, and no freeze is set: somebody has lifted it already.")


class NothingToReveal(Problem):
    """A reveal of a list on which nobody has a place."""

    status = 409
    sentence = N_("Nobody on this list has a place, so there is nothing to reveal. Choose a later list.")


class NoReveal(Problem):
    """A reveal that was not prepared."""

    status = 409
    sentence = N_("No reveal is prepared yet. Prepare one from a result list first.")


class RevealIsOn(Problem):
    """A reveal that is to be prepared anew while the hall is watching one."""

    status = 409
    sentence = N_("A reveal is on the screens right now. Close it first, then prepare another.")


class RevealHasMoved(Problem):
    """A step of a reveal that has meanwhile been closed, or gone live, by somebody else."""

    status = 409
    sentence = N_("Somebody has started, ended or rehearsed this reveal meanwhile. Look at where it is now.")


class NoSuchStep(Problem):
    """A step before the curtain or behind the last."""

    sentence = N_("The reveal has the steps 0 to {steps}; {step} is none of them.")


class BadPass(Problem):
    """A pass with a note too long, or that lasts too long or not at all."""

    sentence = N_("A pass lasts from one minute to {days} days, and its note has {most} characters at most. Change it.")


def check_board(
    scheme: Scheme | None,
    kind: BoardKind,
    title: Text,
    settings: BoardSettings,
    *,
    sessions: Collection[int],
) -> None:
    """Raise when an event with this scheme and these sessions has nothing to show on such a board, or it no fit title."""
    if not all(said.strip() and len(said) <= MOST_TITLE for said in (title.zh, title.en)):
        raise BadBoardTitle(most=MOST_TITLE)
    chosen = {name for name, value in msgspec.structs.asdict(settings).items() if value not in ((), "", None)}
    if not chosen <= CHOICES.get(kind, frozenset()):
        raise BoardHasNoSuchChoice
    match kind:
        case "standings":
            _check_columns(scheme, settings.columns)
        case "teams":
            known = {team.id for team in scheme.teams} if scheme else set()
            if not known or (settings.team and settings.team not in known):
                raise NoSuchTeamStanding
        case "medals":
            if scheme is None or not scheme.awards:
                raise NoAwardsToShow
        case "benches":
            if settings.session is not None and settings.session not in sessions:
                raise NoSuchSessionToShow(session=settings.session)
        case _:
            pass


def check_address(id: str) -> None:
    """Raise when a board cannot have this address."""
    if not ADDRESS.fullmatch(id) or id in RESERVED_BOARDS:
        raise BadBoardName(id=id)


def tidied(theme: Theme) -> Theme:
    """A theme with its names trimmed and its colours in small letters; raises when it cannot be one."""
    name = Text(zh=theme.name.zh.strip(), en=theme.name.en.strip())
    for said in (name.zh, name.en):
        if len(said) > MOST_THEME_NAME or not said.isprintable():
            raise BadThemeName(most=MOST_THEME_NAME)
    primary, accent = (colour.strip().lower() for colour in (theme.primary, theme.accent))
    for colour in (primary, accent):
        if colour and not COLOUR.fullmatch(colour):
            raise BadColour(colour=colour)
    return Theme(name=name, primary=primary, accent=accent, logo=theme.logo)


def check_freeze(due_at: datetime, now: datetime) -> None:
    """Raise when a freeze is set for a far future."""
    if due_at - now > FURTHEST_FREEZE:
        raise FreezeIsTooFar(days=FURTHEST_FREEZE.days)


def check_pass(note: str, lasts: timedelta) -> None:
    """Raise when a pass cannot have this note or last so long."""
    if not timedelta(minutes=1) <= lasts <= LONGEST_PASS or len(note) > MOST_NOTE or not note.isprintable():
        raise BadPass(days=LONGEST_PASS.days, most=MOST_NOTE)


# How a reveal moves ---------------------------------------------------------------------------------------------------


def in_mode(reveal: Reveal, mode: Literal["closed", "rehearsal", "live"]) -> Reveal:
    """The reveal closed, rehearsed or live; another mode than before begins at the curtain."""
    return reveal if reveal.mode == mode else msgspec.structs.replace(reveal, mode=mode, step=0, is_paused=False)


def at_step(reveal: Reveal, step: int, mode: Literal["rehearsal", "live"]) -> Reveal:
    """The reveal at a step of the script that is in force, as whoever asks believes it to be: rehearsal or live.

    Another step opens the curtain: what is behind a closed one is in every state, and must have been seen before.
    """
    if reveal.mode != mode:
        raise RevealHasMoved
    steps = len((reveal.script if mode == "live" else reveal.rehearsal).steps)
    if not 0 <= step <= steps:
        raise NoSuchStep(step=step, steps=steps)
    return reveal if step == reveal.step else msgspec.structs.replace(reveal, step=step, is_paused=False)


def paused(reveal: Reveal, *, is_paused: bool) -> Reveal:
    """The reveal with or without the curtain before its step; a closed one has none."""
    if reveal.mode == "closed":
        raise RevealHasMoved
    return msgspec.structs.replace(reveal, is_paused=is_paused)


def _check_columns(scheme: Scheme | None, columns: Collection[str]) -> None:
    known = column_ids(scheme) if scheme else ()
    seen: set[str] = set()
    for column in columns:
        if column not in known or column in seen:
            raise NoSuchColumn(column=column)
        seen.add(column)


def column_ids(scheme: Scheme) -> tuple[str, ...]:
    """The ids of the columns of figures that boards have: every stage, each followed by its criteria where there are several."""
    return tuple(
        part.id for stage in scheme.stages for part in (stage, *(stage.criteria if len(stage.criteria) > 1 else ()))
    )
