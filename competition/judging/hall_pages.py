"""The live addresses: a tablet's own, by which it hears what changes and says how it is, and the desk's for one event."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast
from uuid import UUID

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.params import FromPath

from competition.access.doubts import Doubts
from competition.access.guards import authorise
from competition.access.rules import DeviceIsRevoked
from competition.judging.app_files import app_version
from competition.judging.hall import Hall
from competition.judging.hall_store import revisions
from competition.judging.lines import Frame, Line, frame_of
from competition.plumbing.database import UNREACHABLE, Pool
from competition.plumbing.transport import DATABASE_AWAY, UNWANTED_WORDS, Farewell, converse, hear_nothing, say
from schemas.access import Person
from schemas.hall import DeskHears, Hello, OutOfUse, TabletStatus
from schemas.problems import NotAllowed, NotSignedIn

HELLO_SECONDS = 5.0
"""How often everybody is told that the connection, the server and its database are well."""

RETRY_SECONDS = 1.0
HINT_SECONDS = 0.5
"""At the most two hints a second to a page of the desk: it fetches itself anew for each."""

SILENCE_SECONDS = 40.0
"""A tablet says how it is every fifteen seconds; one that says nothing for this long has lost its network."""

WELCOME_SECONDS = 60.0
"""How often it is asked whether whoever is connected may still be: sessions end, and tablets are locked or taken out of use."""

LOCKED = Farewell(4401, "locked, or the session has ended")
REVOKED = Farewell(4403, "taken out of use")
NO_SUCH_EVENT = Farewell(4404, "no such event")
NO_STATUS = Farewell(UNWANTED_WORDS, "this is not how a tablet says how it is")

MOST_LETTERS = 64
YEARS = range(1970, 2200)
PERCENT = range(101)
COUNTS = range(1_000_000)

AnySocket = WebSocket[Person, Any, Any]

_status = msgspec.json.Decoder(TabletStatus)


@websocket("/judge/live", may="mark")
async def tablet_live(socket: AnySocket, state: State) -> None:
    """Follow what concerns a judge's tablet, for as long as its judge may mark on it."""
    await socket.accept()
    hall, person = cast("Hall", state.hall), socket.user
    assert person.device_id is not None  # noqa: S101 - whoever may mark came by an enrolled tablet
    try:
        line = await hall.join(person, person.device_id)
    except UNREACHABLE:
        await socket.close(*DATABASE_AWAY)
        return
    try:
        await converse(
            socket,
            _speak(socket, hall, line.bell, line.take),
            _hear(socket, hall, line),
            _stay_welcome(socket, line.doubt),
        )
    finally:
        hall.leave(line)


@websocket("/desk/events/{event_id:uuid}/live", may="see_desk")
async def desk_live(socket: AnySocket, state: State, event_id: FromPath[UUID]) -> None:
    """Follow an event from the desk: hints that something changed, after which the page fetches its parts anew."""
    await socket.accept()
    hall = cast("Hall", state.hall)
    try:
        async with cast("Pool", state.pool).acquire() as connection:
            revision = (await revisions(connection, [event_id])).get(event_id)
    except UNREACHABLE:
        await socket.close(*DATABASE_AWAY)
        return
    if revision is None:
        await socket.close(*NO_SUCH_EVENT)
        return

    def hint() -> tuple[Frame]:
        return (frame_of(DeskHears(event_id=event_id, revision=hall.revision(event_id))),)

    with hall.following(event_id, revision) as bell, cast("Doubts", state.doubts).bell() as doubt:
        await converse(
            socket,
            _speak(socket, hall, bell, hint, pause=HINT_SECONDS),
            hear_nothing(socket),
            _stay_welcome(socket, doubt),
        )


HANDLERS = (tablet_live, desk_live)


async def _speak(
    socket: AnySocket, hall: Hall, bell: asyncio.Event, news: Callable[[], Iterable[Frame]], *, pause: float = 0
) -> Farewell:
    """Greet at once and every few seconds, and say the news whenever the bell rings; then pause for others to join the next."""
    loop, greet_at = asyncio.get_running_loop(), 0.0
    while hall.is_current():
        if loop.time() >= greet_at:
            await say(socket, frame_of(Hello(server_time=hall.now(), version=app_version())))
            greet_at = loop.time() + HELLO_SECONDS
        if await _rings(bell, greet_at):
            for frame in news():
                await say(socket, frame)
            await asyncio.sleep(pause)
    return DATABASE_AWAY


async def _hear(socket: AnySocket, hall: Hall, line: Line) -> Farewell | None:
    """Hear how the tablet is until it leaves. Raises TimeoutError when it has been silent for too long."""
    while True:
        async with asyncio.timeout(SILENCE_SECONDS):
            message = cast("dict[str, Any]", await socket.receive())
        if message["type"] == "websocket.disconnect":
            return None
        try:
            status = _status.decode(message.get("text") or "")
        except msgspec.DecodeError:
            return NO_STATUS
        if not _can_be(status):
            return NO_STATUS
        hall.heard(line.tablet, status)


async def _stay_welcome(socket: AnySocket, doubt: asyncio.Event) -> Farewell:
    """Ask now and then, and whenever there is doubt, whether who is connected would still be let in; wait until not."""
    while True:
        await _rings(doubt, asyncio.get_running_loop().time() + WELCOME_SECONDS)
        try:
            await authorise(socket, socket.route_handler)
        except DeviceIsRevoked:
            await say(socket, frame_of(OutOfUse()))
            return REVOKED
        except (NotSignedIn, NotAllowed):
            return LOCKED
        except UNREACHABLE:
            await asyncio.sleep(RETRY_SECONDS)
            doubt.set()


async def _rings(bell: asyncio.Event, until: float) -> bool:
    """Whether the bell rings until then, by the loop's clock."""
    try:
        async with asyncio.timeout_at(until):
            await bell.wait()
    except TimeoutError:
        return False
    bell.clear()
    return True


def _can_be(status: TabletStatus) -> bool:
    """Whether these are figures that a tablet can have: the desk shows them."""
    moments = [moment for moment in (status.clock, status.oldest_at) if moment is not None]
    counts = (status.queued, status.refused, status.photographs, *status.on_tablet.values())
    return (
        all(moment.year in YEARS for moment in moments)
        and all(count in COUNTS for count in counts)
        and (status.battery is None or status.battery in PERCENT)
        and len(status.version) <= MOST_LETTERS
        and status.version.isprintable()
    )
