"""Litestar's ChannelsPlugin as its documentation shows it: the memory backend, one channel, its own route handler."""

from __future__ import annotations

from litestar import Litestar
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.memory import MemoryChannelsBackend

from tests.benchmarks.boards.servers.lines import run, serve

CHANNEL = "live"

channels = ChannelsPlugin(backend=MemoryChannelsBackend(), channels=[CHANNEL], create_ws_route_handlers=True)
app = Litestar(plugins=[channels], logging_config=None)


async def broadcast(text: str) -> None:
    """Send one frame to everybody; it is JSON already."""
    await channels.wait_published(text.encode(), CHANNEL)


if __name__ == "__main__":
    run(serve(app, broadcast))
