"""The websockets library's own server and its `broadcast`."""

from __future__ import annotations

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve

from tests.benchmarks.boards.servers.lines import each_line, run

viewers: set[ServerConnection] = set()


async def stay(viewer: ServerConnection) -> None:
    """Keep a viewer until they leave."""
    viewers.add(viewer)
    try:
        await viewer.wait_closed()
    finally:
        viewers.discard(viewer)


async def send(text: str) -> None:
    """Send one frame to everybody."""
    broadcast(viewers, text)
    await asyncio.sleep(0)


async def main() -> None:
    """Serve until stdin ends."""
    async with serve(stay, "127.0.0.1", int(sys.argv[1]), compression=None, ping_interval=None, backlog=4096):
        await each_line(send)


if __name__ == "__main__":
    run(main())
