"""The WebSocket protocol that everything live is served with, and how a conversation on it goes and ends.

The protocol is uvicorn's own, plus a hard way out for peers who never read. A closing handshake needs a peer that reads. To one
that does not, uvicorn's ``close`` waits for a buffer to drain that never will; only aborting the transport gives its socket and
memory back. Leans on a uvicorn internal: a contract test holds it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, cast

from litestar import WebSocket
from litestar.types import WebSocketSendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "leitai.abort"
WRITE_BUFFER_BYTES = 32 * 1024
"""How much may wait for one slow peer in this process; beyond it the peer is left to drain and then skips to the latest."""

KERNEL_BUFFER_BYTES = 128 * 1024
"""How much may wait for it in the kernel, which by itself would keep several megabytes for a peer who never reads."""

TRY_AGAIN_LATER = 1013
UNWANTED_WORDS = 1008

LiveSocket = WebSocket[Any, Any, Any]


class Farewell(NamedTuple):
    """How the server ends a conversation: a code of the WebSocket protocol or of ours (4000 and up), and the reason."""

    code: int
    reason: str


DATABASE_AWAY = Farewell(TRY_AGAIN_LATER, "the database is away")


class LiveProtocol(WebSocketsSansIOProtocol):
    """Offers ``abort`` to the application as the scope's extension ``leitai.abort``."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits for this peer."""
        cast("asyncio.Transport", transport).set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        if connection := transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)
        super().connection_made(transport)

    async def run_asgi(self) -> None:
        """Answer the connection, with the way out in its scope."""
        extensions = cast("dict[str, Any]", self.scope["extensions"])
        extensions[ABORT] = self.abort
        await super().run_asgi()

    def abort(self) -> None:
        """Cut the peer off. Not to linger makes it a reset: the kernel, too, forgets at once what it still had to send."""
        if connection := self.transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def abort_of(scope: Any) -> Callable[[], None]:
    """The way out of a connection; under another server than ours there is none, and nothing happens."""
    extensions = scope.get("extensions") or {}
    return cast("Callable[[], None]", extensions.get(ABORT, _nothing))


async def say(live: LiveSocket, frame: str) -> None:
    """Send one frame."""
    event: WebSocketSendEvent = {"type": "websocket.send", "text": frame, "bytes": None}
    await live.send(event)


async def hear_nothing(live: LiveSocket) -> Farewell | None:
    """Wait until the peer leaves; one that says something, which it has no need to, is sent away."""
    message = await live.receive()
    return (
        None if message["type"] == "websocket.disconnect" else Farewell(UNWANTED_WORDS, "only the server speaks here")
    )


async def converse(live: LiveSocket, *sides: Coroutine[Any, Any, Farewell | None]) -> None:
    """Let the sides of a conversation, such as speaking and hearing, go on at once; the first to end ends it for all.

    It ends with the farewell of that side, without one where the peer has left, and by force where the peer takes nothing (a
    TimeoutError).
    """
    tasks = [asyncio.create_task(side) for side in sides]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        match await asyncio.gather(done.pop(), return_exceptions=True):
            case [Farewell() as farewell]:
                await live.close(code=farewell.code, reason=farewell.reason)
            case [TimeoutError()]:
                abort_of(live.scope)()
            case [None | OSError()]:
                pass  # the peer has left
            case [BaseException() as fault]:
                raise fault
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _nothing() -> None:
    return None
