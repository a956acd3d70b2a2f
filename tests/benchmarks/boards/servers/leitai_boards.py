"""Leitai's boards of a real database, run apart from the contest: ``leitai_boards DSN PORT``.

Each line on stdin is answered with how many tasks the event loop has.
"""

from __future__ import annotations

import asyncio
import sys

import uvicorn

from competition.plumbing.web import Edge
from competition.server import web_config
from scoreboards.app import create_scoreboards
from tests.benchmarks.boards.servers.lines import each_line, run


async def main() -> None:
    """Serve until stdin ends."""
    config = web_config(Edge(create_scoreboards(sys.argv[1])))
    config.port = int(sys.argv[2])
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def tell(_: str) -> None:
        sys.stdout.write(f"{len(asyncio.all_tasks())}\n")
        sys.stdout.flush()

    await each_line(tell)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    run(main())
