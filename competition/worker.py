"""``python -m competition.worker``: one of several server processes; see ``competition.workers``, which starts it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import msgspec
import uvloop

from competition import server
from competition.cli.serving import log_to_terminal
from competition.workers import READY, Order


def main() -> None:
    """Read the order and serve until standard input ends."""
    log_to_terminal(f"[{sys.argv[1]}] %(message)s")
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(order))


async def _work(order: Order) -> None:
    with server.until_told() as tell:
        watching = asyncio.create_task(_until_input_ends(tell))
        await server.serve_one(order.settings(), order.dsn, when_ready=_say_ready)
    watching.cancel()


async def _say_ready() -> None:
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()


async def _until_input_ends(tell: Callable[[], None]) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    tell()


if __name__ == "__main__":
    main()
