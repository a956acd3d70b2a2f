"""The live addresses of hall screens: a screen's own, by which it hears what to show and says how it is, and the desk's list's."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

import asyncpg
import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State

import competition
from competition.access.actions import token_digest
from competition.access.doubts import Doubts
from competition.access.guards import authorise, comes_from_here
from competition.access.rules import ANYONE
from competition.plumbing.database import UNREACHABLE, Pool
from competition.plumbing.listening import tell_hall
from competition.plumbing.sealing import Sealer
from competition.plumbing.transport import (
    DATABASE_AWAY,
    TRY_AGAIN_LATER,
    UNWANTED_WORDS,
    Farewell,
    converse,
    hear_nothing,
    say,
)
from competition.staging import displays_store as store
from competition.staging.displays import order_for, parted
from competition.staging.screens import Screens, TooManyWindows
from schemas.base import Message, canonical
from schemas.hall import Hello
from schemas.problems import NotAllowed, NotSignedIn
from schemas.staging import DisplayReport, DisplaysChanged

SCREEN_COOKIE = "leitai_screen"

HELLO_SECONDS = 5.0
"""How often everybody is told that connection, server and database are well; a screen's order is read anew each time."""

LIST_SECONDS = 5.0
"""How often a list of screens is told to look again, if nothing else happens: what screens report changes all the time."""

SILENCE_SECONDS = 35.0
"""A screen says how it is every ten seconds; one that says nothing for this long has lost its network."""

LEAST_SECONDS = 0.5
"""How much at least lies between two reports of a screen that are written down."""

WELCOME_SECONDS = 60.0

UNKNOWN = Farewell(4404, "no such screen")
LOCKED = Farewell(4401, "the session has ended")
NO_REPORT = Farewell(UNWANTED_WORDS, "this is not how a screen says how it is")
CROWDED = Farewell(TRY_AGAIN_LATER, "too many windows")

MOST_LETTERS = 500
MOST_NUMBER = 2**53

AnySocket = WebSocket[Any, Any, Any]

_report = msgspec.json.Decoder(DisplayReport)


@websocket("/screen/live", may=ANYONE)
async def screen_live(socket: AnySocket, state: State) -> None:
    """Follow what a hall screen is to show, and hear how it is."""
    if not comes_from_here(socket):
        raise NotAllowed
    await socket.accept()
    screens, pool = cast("Screens", state.screens), cast("Pool", state.pool)
    digest = token_digest(socket.cookies.get(SCREEN_COOKIE, ""))
    try:
        async with pool.acquire() as connection:
            display = await store.display_of(connection, digest, screens.now())
    except UNREACHABLE:
        await socket.close(*DATABASE_AWAY)
        return
    if display is None:
        await socket.close(*UNKNOWN)
        return
    try:
        with screens.window(display.id) as bell:
            show = _show(socket, screens, pool, state.sealer, display.id, bell)
            await converse(socket, show, _hear(socket, screens, pool, display.id))
    except TooManyWindows:
        await socket.close(*CROWDED)
        return
    if not screens.is_here(display.id):
        await _note_gone(screens, pool, display.id)


@websocket("/desk/displays/live", may="see_desk")
async def displays_live(socket: AnySocket, state: State) -> None:
    """Follow the list of hall screens: hints that something changed, after which the page fetches its parts anew."""
    await socket.accept()
    screens = cast("Screens", state.screens)
    with screens.listed() as bell, cast("Doubts", state.doubts).bell() as doubt:
        await converse(socket, _hint(socket, bell), hear_nothing(socket), _stay_welcome(socket, doubt))


HANDLERS = (screen_live, displays_live)


async def _show(
    socket: AnySocket, screens: Screens, pool: Pool, sealer: Sealer, display_id: UUID, bell: asyncio.Event
) -> Farewell:
    """Say the order at once and whenever it is another; greet every few seconds."""
    told = None
    while True:
        bell.clear()
        try:
            async with pool.acquire() as connection:
                display = await store.display_with(connection, display_id, screens.now())
        except UNREACHABLE:
            return DATABASE_AWAY
        if display is None:
            return UNKNOWN
        order = order_for(display, sealer)
        if order != told:
            told = order
            await _say(socket, told)
        await _say(socket, Hello(server_time=screens.now(), version=competition.__version__))
        await _rings(bell, HELLO_SECONDS)


async def _hear(socket: AnySocket, screens: Screens, pool: Pool, display_id: UUID) -> Farewell | None:
    """Hear how the screen is until it leaves, and write it down. Raises TimeoutError when it has been silent for too long."""
    while True:
        async with asyncio.timeout(SILENCE_SECONDS):
            message = cast("dict[str, Any]", await socket.receive())
        if message["type"] == "websocket.disconnect":
            return None
        try:
            report = _report.decode(message.get("text") or "")
            kept = msgspec.structs.replace(report, address=parted(report.address)[0])
        except ValueError:  # no JSON, or an address that is none
            return NO_REPORT
        if not _can_be(report):
            return NO_REPORT
        try:
            async with pool.acquire() as connection:
                if await store.note_report(connection, display_id, kept, screens.id, screens.now()):
                    await tell_hall(connection, None, "display", display_id)
        except UNREACHABLE:
            return DATABASE_AWAY
        await asyncio.sleep(LEAST_SECONDS)


async def _note_gone(screens: Screens, pool: Pool, display_id: UUID) -> None:
    """Write down that a screen has left; while the database is away, that it is not heard of will tell."""
    with suppress(*UNREACHABLE, asyncpg.PostgresError):
        async with pool.acquire() as connection:
            await store.note_gone(connection, display_id, screens.id)
            await tell_hall(connection, None, "display", display_id)


async def _hint(socket: AnySocket, bell: asyncio.Event) -> Farewell:
    while True:
        await _say(socket, DisplaysChanged())
        await asyncio.sleep(LEAST_SECONDS)
        await _rings(bell, LIST_SECONDS)
        bell.clear()


async def _stay_welcome(socket: AnySocket, doubt: asyncio.Event) -> Farewell:
    """Ask now and then, and whenever there is doubt, whether who looks at the list would still be let in; wait until not."""
    while True:
        await _rings(doubt, WELCOME_SECONDS)
        doubt.clear()
        try:
            await authorise(socket, socket.route_handler)
        except (NotSignedIn, NotAllowed):
            return LOCKED
        except UNREACHABLE:
            await asyncio.sleep(LEAST_SECONDS)
            doubt.set()


async def _say(socket: AnySocket, message: Message) -> None:
    await say(socket, canonical(message).decode())


async def _rings(bell: asyncio.Event, seconds: float) -> None:
    """Wait until the bell rings, or for so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await bell.wait()


def _can_be(report: DisplayReport) -> bool:
    """Whether these are figures that a screen can have: the desk shows them."""
    numbers = (report.page, report.pages, report.revision or 0, report.width, report.height)
    words = (report.address, report.version)
    return all(0 <= number < MOST_NUMBER for number in numbers) and all(
        len(word) <= MOST_LETTERS and word.isprintable() for word in words
    )
