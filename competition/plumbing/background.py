"""What runs beside the answering of requests, for as long as the program does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

PAUSE_SECONDS = 1.0

log = logging.getLogger("leitai")


@asynccontextmanager
async def running(*works: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Let these go on at once until the block is left."""
    tasks = [asyncio.create_task(_keep_running(work)) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(work: Callable[[], Awaitable[None]]) -> None:
    """Run for ever. A fault is told in the log and stops neither this work nor the program around it."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("%s stumbled and goes on", work.__qualname__)
        await asyncio.sleep(PAUSE_SECONDS)
