"""The WebSocket protocol that boards are served with: uvicorn's own, plus a hard way out for viewers who never read.

A closing handshake needs a peer that reads. To one that does not, uvicorn's ``close`` waits for a buffer to drain that never
will; only aborting the transport gives its socket and memory back. Leans on a uvicorn internal: a contract test holds it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = "leitai.abort"
WRITE_BUFFER_BYTES = 32 * 1024
"""How much may wait for one slow viewer in this process; beyond it the viewer is left to drain and then skips to the latest."""

KERNEL_BUFFER_BYTES = 128 * 1024
"""How much may wait for it in the kernel, which by itself would keep several megabytes for a viewer who never reads."""


class BoardProtocol(WebSocketsSansIOProtocol):
    """Offers ``abort`` to the application as the scope's extension ``leitai.abort``."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits for this viewer."""
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
        """Cut the viewer off. Not to linger makes it a reset: the kernel, too, forgets at once what it still had to send."""
        if connection := self.transport.get_extra_info("socket"):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def abort_of(scope: Any) -> Callable[[], None]:
    """The way out of a connection; under another server than ours there is none, and nothing happens."""
    extensions = scope.get("extensions") or {}
    return cast("Callable[[], None]", extensions.get(ABORT, _nothing))


def _nothing() -> None:
    return None
