"""Telling of changes and hearing of them: the database's notifications, and a connection of its own that listens for them.

A notification is only a hint. The poll on the same connection proves that it is alive and finds whatever was missed; when the
connection is lost, for whatever reason, it is opened again and again, so that a restart of the database needs nobody's hand.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from competition.plumbing.database import UNREACHABLE, Connection, DatabaseRole
from schemas.base import Message, canonical

REVISIONS = "leitai_revision"
"""What is notified at every commit that moves an event's revision; the payload is the event's id."""

HALL = "leitai_hall"
"""What is notified when something else changes that tablets or the desk should hear of; the payload is a ``HallNotice``."""

POLL_SECONDS = 2.0
ANSWER_SECONDS = 4.0
"""How long the database may take to answer a poll before the connection is taken for lost."""

RETRY_FIRST_SECONDS = 0.1
RETRY_MOST_SECONDS = 2.0
APPLICATION = "leitai listener"

What = Literal["message", "tablet", "sheets", "device", "display", "account"]
"""``message``: something was said. ``tablet``: how a tablet is. ``sheets``: the panels, the draw, a session or the scheme.
``device``: a tablet was locked or taken out of use. ``display``: a hall screen has another order, or came, or went.
``account``: somebody is out of use."""

log = logging.getLogger("leitai")


class HallNotice(Message):
    """A hint of what changed, and at which event, or at any; ``id`` is the message's, the tablet's or the hall screen's."""

    event_id: UUID | None
    what: What
    id: UUID | None


read_notice = msgspec.json.Decoder(HallNotice).decode


async def tell_hall(connection: Connection, event_id: UUID | None, what: What, id: UUID | None = None) -> None:
    """Tell every server of this database that something changed, as soon as the transaction at hand is committed."""
    notice = HallNotice(event_id=event_id, what=what, id=id)
    await connection.execute("SELECT pg_notify($1, $2)", HALL, canonical(notice).decode())


def _nothing() -> None:
    return None


class Listener:
    """Passes what its channels notify on to ``hear`` (by channel) and asks by ``poll`` every two seconds, until cancelled.

    Both work under ``role``. ``missed`` is called whenever it listens again after a loss: what was told meanwhile, nobody heard.
    """

    def __init__(
        self,
        dsn: str,
        role: DatabaseRole,
        *,
        hear: Mapping[str, Callable[[str], None]],
        poll: Callable[[Connection], Awaitable[None]],
        missed: Callable[[], None] = _nothing,
    ) -> None:
        self._dsn = dsn
        self._role = role
        self._hear = hear
        self._poll = poll
        self._missed = missed
        self._has_lost = False

    async def run(self) -> None:
        """Listen; reconnect after every loss, at once at first, then at growing intervals."""
        wait = RETRY_FIRST_SECONDS
        while True:
            try:
                connection = await self._connect()
                wait = RETRY_FIRST_SECONDS
                try:
                    await self._listen(connection)
                finally:
                    connection.terminate()
            except (*UNREACHABLE, asyncpg.PostgresError, OSError) as error:
                log.info("the listener lost the database: %r", error)
            finally:
                self._has_lost = True
            # A little chance, so that many processes do not all come back in the same instant.
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
            wait = min(wait * 2, RETRY_MOST_SECONDS)

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(
            self._dsn,
            timeout=ANSWER_SECONDS,
            command_timeout=ANSWER_SECONDS,
            server_settings={"role": self._role, "application_name": APPLICATION},
        )

    async def _listen(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        for channel in self._hear:
            await connection.add_listener(channel, self._notified)
        if self._has_lost:
            self._missed()
        while not lost.is_set():
            await self._poll(connection)
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await lost.wait()
            except TimeoutError:
                continue

    def _notified(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        try:
            self._hear[channel](str(payload))
        except (ValueError, msgspec.DecodeError):
            log.warning("a notification of %s that cannot be read: %r", channel, payload)
