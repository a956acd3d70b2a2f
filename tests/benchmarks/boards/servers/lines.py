"""What every server of the benchmark in Python has in common: each line on stdin is a frame to send to everybody."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import uvicorn
import uvloop

MOST_BYTES = 1 << 20


async def each_line(do: Callable[[str], Awaitable[None]]) -> None:
    """Do something with each line, one after another, until stdin ends."""
    reader = asyncio.StreamReader(limit=MOST_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async for line in reader:
        await do(line.decode().rstrip("\n"))


async def serve(app: Any, do: Callable[[str], Awaitable[None]], **settings: Any) -> None:
    """Serve an ASGI app on the port that the command line names until stdin ends, set up as Leitai's own server is."""
    config = {
        "port": int(sys.argv[1]), "loop": "none", "http": "httptools", "ws": "websockets-sansio", "ws_per_message_deflate": False,
        "ws_ping_interval": None, "log_config": None, "access_log": False, "backlog": 4096, "timeout_graceful_shutdown": 1,
    }  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(app, **{**config, **settings}))
    running = asyncio.create_task(server.serve())
    await each_line(do)
    server.should_exit = True
    await running


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a server on uvloop."""
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
