"""A small proxy that loses replies: the request arrives, is answered, and the answer is thrown away with the connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from itertools import chain
from typing import NamedTuple

import msgspec

from schemas.marks import Receipts, RecordMarks


class Sent(NamedTuple):
    """One HTTP message: its first line, its whole head, and its body."""

    start: str
    head: bytes
    body: bytes

    def whole(self) -> bytes:
        """The message as it came."""
        return self.head + self.body


class Cutter:
    """Forwards everything to ``port``; of the first ``most`` requests with marks it loses the reply, once each.

    ``lost`` keeps what was never delivered: request body → reply body. ``delivered`` is what came in its place.
    """

    def __init__(self, host: str, port: int, *, most: int) -> None:
        self.host = host
        self.port = port
        self.most = most
        self.lost: dict[bytes, bytes] = {}
        self.delivered: dict[bytes, bytes] = {}
        self._open: dict[asyncio.Task[None] | None, tuple[asyncio.StreamWriter, ...]] = {}

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The proxy's own base URL, for as long as it listens."""
        server = await asyncio.start_server(self._serve, self.host, 0)
        async with server:
            yield f"http://{self.host}:{server.sockets[0].getsockname()[1]}"
        for writer in chain.from_iterable(self._open.values()):
            writer.close()
        await asyncio.gather(*(task for task in self._open if task))

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        upstream, to_upstream = await asyncio.open_connection(self.host, self.port)
        self._open[asyncio.current_task()] = (to_client, to_upstream)
        try:
            while request := await message(client):
                to_upstream.write(request.whole())
                reply = await message(upstream)
                if reply is None or self._loses(request, reply):
                    break
                to_client.write(reply.whole())
        finally:
            to_client.close()
            to_upstream.close()
            del self._open[asyncio.current_task()]

    def _loses(self, request: Sent, reply: Sent) -> bool:
        """Whether this reply gets lost; by now the server has committed what it tells."""
        if not (request.start.startswith("POST ") and request.start.split()[1].endswith("/marks")):
            return False
        marks = _marks_of(request)
        if marks not in self.lost and len(self.lost) < self.most:
            self.lost[marks] = _receipts_of(reply)
            return True
        if marks in self.lost:
            self.delivered[marks] = _receipts_of(reply)
        return False


async def message(reader: asyncio.StreamReader) -> Sent | None:
    """The next message with a body of a known length; None when the other side has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    start, *lines = head.decode("latin-1").split("\r\n")
    lengths = [line.split(":")[1] for line in lines if line.lower().startswith("content-length:")]
    return Sent(start, head, await reader.readexactly(int(lengths[0]) if lengths else 0))


def _marks_of(request: Sent) -> bytes:
    """The ids of the marks in a request."""
    return b" ".join(mark.id.bytes for mark in msgspec.json.decode(request.body, type=RecordMarks).marks)


def _receipts_of(reply: Sent) -> bytes:
    """The receipts of a reply; raises when it is no such reply."""
    msgspec.json.decode(reply.body, type=Receipts)
    return reply.body
