"""What can be done on stage: boards, themes, freezes, reveals, passes; each in one transaction, written down with who did it."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg
import msgspec

from competition.access.actions import token_digest
from competition.access.store import insert_audit
from competition.ledger.actions import NoScheme, locked
from competition.ledger.store import announce, scheme_of, scheme_with, settle_hidden, take_freeze
from competition.plumbing import pictures
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.results.store import Board, open_sheets
from competition.staging import reveal, rules, store
from competition.timetable.store import sessions_of
from schemas.access import Person
from schemas.base import Message, Text
from schemas.boards import BoardKind, BoardSettings, Theme
from schemas.problems import NotFound
from schemas.results import PublicationStatus
from schemas.staging import FreezeLine, PassLine, Reveal, RevealOrder

MOST_LOGO_MEGABYTES = 2
LOGO_SIZE = (640, 320)

PassAudience = Literal["jury", "presenter"]
RevealMode = Literal["closed", "rehearsal", "live"]


class Prepared(Message):
    """A reveal that was prepared, and what to know before it is shown: its list's status, and how many sheets are unsigned now."""

    reveal: Reveal
    status: PublicationStatus
    open_sheets: int


# Boards ---------------------------------------------------------------------------------------------------------------


async def open_board(
    connection: Connection,
    event_id: UUID,
    board_id: str,
    kind: BoardKind,
    title: Text,
    settings: BoardSettings = BoardSettings(),  # noqa: B008 - it cannot be changed
    *,
    person: Person,
    now: datetime,
) -> None:
    """Open a board of an event under an address of its own."""
    rules.check_address(board_id)
    board = Board(id=board_id, kind=kind, title=title, settings=settings)
    async with connection.transaction():
        await locked(connection, event_id)
        await _check(connection, event_id, board)
        try:
            await store.insert_board(connection, event_id, board, now=now)
        except asyncpg.UniqueViolationError:
            raise rules.BadBoardName(id=board_id) from None
        await _tell(connection, event_id, "open_board", {"id": board_id, "kind": kind}, person=person, now=now)


async def change_board(
    connection: Connection,
    event_id: UUID,
    board_id: str,
    title: Text,
    settings: BoardSettings,
    *,
    person: Person,
    now: datetime,
) -> None:
    """Give a board another title or other settings; its address and its kind stay."""
    async with connection.transaction():
        await locked(connection, event_id)
        board = await store.board_with(connection, event_id, board_id)
        if board is None:
            raise NotFound
        board = msgspec.structs.replace(board, title=title, settings=settings)
        await _check(connection, event_id, board)
        await store.update_board(connection, board)
        await _tell(connection, event_id, "change_board", {"id": board_id}, person=person, now=now)


async def close_board(connection: Connection, event_id: UUID, board_id: str, *, person: Person, now: datetime) -> None:
    """Close a board: its address leads nowhere until somebody opens it again."""
    async with connection.transaction():
        await locked(connection, event_id)
        if not await store.delete_board(connection, event_id, board_id):
            raise NotFound
        await _tell(connection, event_id, "close_board", {"id": board_id}, person=person, now=now)


async def set_theme(
    connection: Connection,
    competition_id: UUID,
    theme: Theme,
    logo: bytes | None = None,
    *,
    person: Person,
    now: datetime,
) -> Theme:
    """Dress the boards of a competition; returns the theme as it is kept.

    ``logo`` is a picture as it was sent; it is made anew. Without one the logo whose digest the theme names stays, if it is the
    present one; a theme that names none has none.
    """
    theme = rules.tidied(theme)
    picture = await asyncio.to_thread(_logo, logo) if logo else None
    async with connection.transaction():
        events = await store.events_of_competition(connection, competition_id)
        for event_id in events:
            await locked(connection, event_id)
        present = await store.theme_of(connection, competition_id)
        if present is None:
            raise NotFound
        if picture is not None:
            theme = msgspec.structs.replace(theme, logo=hashlib.sha256(picture).hexdigest())
        elif theme.logo != present.logo:
            theme = msgspec.structs.replace(theme, logo="")
        await store.put_theme(connection, competition_id, theme, picture, now=now)
        await insert_audit(
            connection, "set_theme", str(competition_id), msgspec.to_builtins(theme), actor_id=person.id, now=now
        )
        for event_id in events:
            await announce(connection, event_id)
    return theme


# Freezes --------------------------------------------------------------------------------------------------------------


async def freeze(
    connection: Connection, event_id: UUID, due_at: datetime | None = None, *, person: Person, now: datetime
) -> FreezeLine:
    """Freeze the boards of an event for everybody but the jury: now, or from a time on."""
    due_at = max(due_at or now, now)
    rules.check_freeze(due_at, now)
    line = FreezeLine(id=new_id(), due_at=due_at, taken_at=None if due_at > now else now, by=person.name)
    async with connection.transaction():
        await locked(connection, event_id)
        if await store.freeze_of(connection, event_id):
            raise rules.FreezeIsOn
        await store.insert_freeze(connection, event_id, line, by=person.id, now=now)
        if due_at > now:
            await store.set_freeze_due(connection, event_id, due_at)
        else:
            await take_freeze(connection, event_id)
        detail = {"freeze": line.id, "due_at": due_at}
        is_shown = line.taken_at is not None
        await _tell(connection, event_id, "freeze", detail, is_shown=is_shown, person=person, now=now)
    return line


async def lift_freeze(connection: Connection, event_id: UUID, *, person: Person, now: datetime) -> None:
    """Lift the freeze of an event, or call off the one that is set."""
    async with connection.transaction():
        await locked(connection, event_id)
        frozen = await store.freeze_of(connection, event_id)
        if frozen is None:
            raise rules.NothingIsFrozen
        await store.lift_freeze(connection, frozen.id, by=person.id, now=now)
        await store.set_freeze_due(connection, event_id, None)
        await settle_hidden(connection, event_id)
        is_shown = frozen.taken_at is not None
        await _tell(
            connection, event_id, "lift_freeze", {"freeze": frozen.id}, is_shown=is_shown, person=person, now=now
        )


# The reveal -----------------------------------------------------------------------------------------------------------


async def prepare_reveal(
    connection: Connection, event_id: UUID, number: int, order: RevealOrder, *, person: Person, now: datetime
) -> Prepared:
    """Make the script of a reveal, and one to rehearse, from a result list, a draft too; an earlier one is forgotten."""
    async with connection.transaction():
        await locked(connection, event_id)
        present = await store.reveal_of(connection, event_id)
        if present and present.mode != "closed":
            raise rules.RevealIsOn
        publication = await store.publication_with(connection, event_id, number)
        if publication is None:
            raise NotFound
        scheme = await scheme_with(connection, event_id, publication.scheme_digest)
        if scheme is None:
            raise NoScheme
        prepared = Reveal(
            mode="closed",
            step=0,
            is_paused=False,
            script=reveal.script(publication.number, publication.rows, scheme, order),
            rehearsal=reveal.rehearsal(publication.number, publication.rows, scheme, order),
        )
        await store.put_reveal(connection, event_id, prepared, by=person.id, now=now)
        detail = {"publication": number, "order": order}
        await _tell(connection, event_id, "prepare_reveal", detail, is_shown=False, person=person, now=now)
        unsigned = await open_sheets(connection, event_id)
    return Prepared(reveal=prepared, status=publication.status, open_sheets=unsigned)


async def set_reveal_mode(
    connection: Connection, event_id: UUID, mode: RevealMode, *, person: Person, now: datetime
) -> Reveal:
    """Rehearse the reveal, show it for real, or close it; each begins at the curtain."""
    async with connection.transaction():
        before = await _reveal(connection, event_id)
        return await _move(
            connection, event_id, "set_reveal_mode", before, rules.in_mode(before, mode), person=person, now=now
        )


async def step_reveal(
    connection: Connection,
    event_id: UUID,
    to: int,
    *,
    mode: Literal["rehearsal", "live"],
    person: Person,
    now: datetime,
) -> Reveal:
    """Let all screens show a step of the reveal, on or back; asked twice it is there already.

    ``mode`` is what whoever asks believes to be on: nobody reveals for real who meant to rehearse.
    """
    async with connection.transaction():
        before = await _reveal(connection, event_id)
        return await _move(
            connection, event_id, "step_reveal", before, rules.at_step(before, to, mode), person=person, now=now
        )


async def pause_reveal(connection: Connection, event_id: UUID, *, person: Person, now: datetime) -> Reveal:
    """Put the curtain before the screens; the reveal stays at its step."""
    async with connection.transaction():
        before = await _reveal(connection, event_id)
        return await _move(
            connection, event_id, "pause_reveal", before, rules.paused(before, is_paused=True), person=person, now=now
        )


async def resume_reveal(connection: Connection, event_id: UUID, *, person: Person, now: datetime) -> Reveal:
    """Take the curtain away again."""
    async with connection.transaction():
        before = await _reveal(connection, event_id)
        return await _move(
            connection, event_id, "resume_reveal", before, rules.paused(before, is_paused=False), person=person, now=now
        )


# Passes ---------------------------------------------------------------------------------------------------------------


async def open_pass(
    connection: Connection,
    event_id: UUID,
    audience: PassAudience,
    note: str,
    lasts: timedelta,
    *,
    person: Person,
    now: datetime,
) -> str:
    """Let whoever has the token that is returned see the boards of an event as the jury or the presenter does, for so long."""
    rules.check_pass(note, lasts)
    token = secrets.token_urlsafe(24)
    line = PassLine(id=new_id(), audience=audience, note=note.strip(), expires_at=now + lasts)
    async with connection.transaction():
        await locked(connection, event_id)
        await store.insert_pass(connection, event_id, line, token_digest(token), by=person.id, now=now)
        detail = {"pass": line.id, "audience": audience, "expires_at": line.expires_at}
        await insert_audit(connection, "open_pass", str(event_id), detail, actor_id=person.id, now=now)
    return token


async def close_pass(connection: Connection, event_id: UUID, pass_id: UUID, *, person: Person, now: datetime) -> None:
    """End a pass before its time."""
    async with connection.transaction():
        if not await store.delete_pass(connection, event_id, pass_id):
            raise NotFound
        await _tell(connection, event_id, "close_pass", {"pass": pass_id}, is_shown=False, person=person, now=now)


async def passes_of(connection: Connection, event_id: UUID, *, now: datetime) -> tuple[PassLine, ...]:
    """The passes of an event that hold, the newest first."""
    return await store.passes_of(connection, event_id, now)


# What all of them do --------------------------------------------------------------------------------------------------


async def _check(connection: Connection, event_id: UUID, board: Board) -> None:
    scheme = await scheme_of(connection, event_id)
    sessions = [session.number for session in await sessions_of(connection, event_id)]
    rules.check_board(scheme, board.kind, board.title, board.settings, sessions=sessions)


def _logo(body: bytes) -> bytes:
    """A logo made anew, as WebP."""
    if len(body) > MOST_LOGO_MEGABYTES * 1024 * 1024:
        raise rules.LogoUnusable(most=MOST_LOGO_MEGABYTES)
    try:
        return pictures.webp(pictures.upright(body, within=LOGO_SIZE))
    except (pictures.NotAPicture, pictures.PictureHasTooManyPixels) as refusal:
        raise rules.LogoUnusable(most=MOST_LOGO_MEGABYTES) from refusal


async def _reveal(connection: Connection, event_id: UUID) -> Reveal:
    await locked(connection, event_id)
    present = await store.reveal_of(connection, event_id)
    if present is None:
        raise rules.NoReveal
    return present


async def _move(
    connection: Connection, event_id: UUID, verb: str, before: Reveal, after: Reveal, *, person: Person, now: datetime
) -> Reveal:
    """Keep where a reveal is now; nothing is written where it was there before."""
    if after != before:
        await store.move_reveal(connection, event_id, after, now=now)
        detail = {"mode": after.mode, "step": after.step, "is_paused": after.is_paused}
        await _tell(connection, event_id, verb, detail, person=person, now=now)
    return after


async def _tell(
    connection: Connection,
    event_id: UUID,
    verb: str,
    detail: dict[str, Any],
    *,
    is_shown: bool = True,
    person: Person,
    now: datetime,
) -> None:
    """Write down who did what, and tell the boards; ``is_shown``: whether everybody may see what it did."""
    await insert_audit(connection, verb, str(event_id), detail, actor_id=person.id, now=now)
    await announce(connection, event_id, is_shown=is_shown)
