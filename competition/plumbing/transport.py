"""The protocols that everything is served with: how a live conversation goes and ends, and how a connection is handed over.

They are uvicorn's own, plus two things. A hard way out for peers who never read: a closing handshake needs a peer that reads, and
to one that does not, uvicorn's ``close`` waits for a buffer to drain that never will; only aborting the transport gives its socket
and memory back. And the hand-over: once a connection is routed, guarded and answered, its socket is taken out of the web server,
which forgets it as if the peer had left. Leans on uvicorn's internals: contract tests hold them.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any, NamedTuple, cast

from litestar import WebSocket
from litestar.types import HTTPResponseStartEvent, Scope, Send, WebSocketSendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "leitai.abort"
HAND_OVER = "leitai.hand_over"
WRITE_BUFFER_BYTES = 32 * 1024
"""How much may wait for one slow peer in this process; beyond it the peer is left to drain and then skips to the latest."""

KERNEL_BUFFER_BYTES = 128 * 1024
"""How much may wait for it in the kernel, which by itself would keep several megabytes for a peer who never reads."""

SEND_SECONDS = 20.0
"""Who takes nothing for this long is cut off."""

TRY_AGAIN_LATER = 1013
UNWANTED_WORDS = 1008

LiveSocket = WebSocket[Any, Any, Any]
HandOver = Callable[[Callable[[], Awaitable[None]]], Awaitable[socket.socket | None]]


class Farewell(NamedTuple):
    """How the server ends a conversation: a code of the WebSocket protocol or of ours (4000 and up), and the reason."""

    code: int
    reason: str


DATABASE_AWAY = Farewell(TRY_AGAIN_LATER, "the database is away")


class LiveProtocol(WebSocketsSansIOProtocol):
    """Offers the application ``abort`` and ``hand_over`` as its scope's extensions ``leitai.abort`` and ``leitai.hand_over``."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits for this peer."""
        cast("asyncio.Transport", transport).set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        if connection := transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)
        super().connection_made(transport)

    async def run_asgi(self) -> None:
        """Answer the connection, with the ways out in its scope."""
        extensions = cast("dict[str, Any]", self.scope["extensions"])
        extensions |= {ABORT: self.abort, HAND_OVER: self.hand_over}
        await super().run_asgi()

    def abort(self) -> None:
        """Cut the peer off."""
        if connection := self.transport.get_extra_info("socket"):
            forget_at_once(connection)
        self.transport.abort()

    async def hand_over(self, answer: Callable[[], Awaitable[None]]) -> socket.socket | None:
        """Complete the handshake by ``answer`` and give the connection away; None where the peer has left."""
        self.transport.pause_reading()
        await answer()
        self.transport.set_write_buffer_limits(high=0)
        await self.writable.wait()
        return _taken_from(self.transport)


class AnsweringProtocol(HttpToolsProtocol):
    """Offers ``hand_over`` to the application as the scope's extension ``leitai.hand_over``."""

    def on_headers_complete(self) -> None:
        """Begin to answer a request, with the way out in its scope."""
        super().on_headers_complete()
        if self.cycle is not None and self.cycle.scope is self.scope:
            extensions = {HAND_OVER: partial(self.hand_over, self.cycle)}
            cast("dict[str, Any]", self.scope)["extensions"] = extensions

    async def hand_over(
        self, cycle: RequestResponseCycle, answer: Callable[[], Awaitable[None]]
    ) -> socket.socket | None:
        """Send the head of an endless response by ``answer`` and give the connection away; None where the peer has left.

        A peer that has already sent its next request is none to wait for an endless response: it gets nothing more.
        """
        self.flow.pause_reading()
        await answer()
        self.transport.set_write_buffer_limits(high=0)
        await self.flow.drain()
        if self.cycle is not cycle:
            self.transport.abort()
        taken = _taken_from(self.transport)
        # To the server this request has ended as one whose peer has left.
        cycle.disconnected = True
        return taken


async def take_socket(live: LiveSocket, headers: dict[str, str]) -> socket.socket | None:
    """Accept a socket and take its connection from the server, not to block; None where the peer has left meanwhile."""
    return await _hand_over_of(live.scope)(lambda: live.accept(headers=headers))


async def take_stream(scope: Scope, send: Send, *, headers: Iterable[tuple[bytes, bytes]]) -> socket.socket | None:
    """Send the head of an endless response, whose body comes in chunks, and take its connection from the server."""
    event: HTTPResponseStartEvent = {"type": "http.response.start", "status": 200, "headers": list(headers)}
    return await _hand_over_of(scope)(lambda: send(event))


def forget_at_once(connection: socket.socket) -> None:
    """Make closing a reset: the kernel, too, forgets at once what it still had to send."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _hand_over_of(scope: Any) -> HandOver:
    return cast("HandOver", scope["extensions"][HAND_OVER])


def _taken_from(transport: asyncio.Transport) -> socket.socket | None:
    """The connection itself, kept by a descriptor of our own; what is left of the transport ends as if it were cut off."""
    if transport.is_closing():
        return None
    shared = transport.get_extra_info("socket")
    taken = socket.fromfd(shared.fileno(), shared.family, shared.type, shared.proto)
    transport.abort()
    taken.setblocking(False)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER_BYTES)
    return taken


def abort_of(scope: Any) -> Callable[[], None]:
    """The way out of a connection; under another server than ours there is none, and nothing happens."""
    extensions = scope.get("extensions") or {}
    return cast("Callable[[], None]", extensions.get(ABORT, _nothing))


async def say(live: LiveSocket, frame: str) -> None:
    """Send one frame. Raises TimeoutError where the peer takes nothing."""
    event: WebSocketSendEvent = {"type": "websocket.send", "text": frame, "bytes": None}
    async with asyncio.timeout(SEND_SECONDS):
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
