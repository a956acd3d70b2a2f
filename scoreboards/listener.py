"""The listener: hears of commits on a connection of its own, and asks every two seconds in case it did not hear.

A notification is only a hint. The poll on the same connection proves that it is alive and finds whatever was missed; when the
connection is lost, for whatever reason, it is opened again and again, so that a restart of the database needs nobody's hand.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from uuid import UUID

import asyncpg

from competition.plumbing.database import UNREACHABLE
from scoreboards import store

POLL_SECONDS = 2.0
ANSWER_SECONDS = 4.0
"""How long the database may take to answer a poll before the connection is taken for lost."""

RETRY_FIRST_SECONDS = 0.1
RETRY_MOST_SECONDS = 2.0
APPLICATION = "leitai listener"

log = logging.getLogger("leitai.boards")


class Listener:
    """Tells ``hear`` the id of an event that changed, and ``compare`` the revisions of all events, until cancelled."""

    def __init__(
        self, dsn: str, *, hear: Callable[[UUID], None], compare: Callable[[Mapping[UUID, int]], None]
    ) -> None:
        self._dsn = dsn
        self._hear = hear
        self._compare = compare

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
            # A little chance, so that many board processes do not all come back in the same instant.
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
            wait = min(wait * 2, RETRY_MOST_SECONDS)

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(
            self._dsn,
            timeout=ANSWER_SECONDS,
            command_timeout=ANSWER_SECONDS,
            server_settings={"role": "leitai_board", "application_name": APPLICATION},
        )

    async def _listen(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(store.CHANNEL, self._notified)
        while not lost.is_set():
            self._compare(await store.revisions(connection))
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await lost.wait()
            except TimeoutError:
                continue

    def _notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            self._hear(UUID(str(payload)))
        except ValueError:
            log.warning("a notification that is no event: %r", payload)
