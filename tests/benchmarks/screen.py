"""A hall screen left running: a thousand revisions in a real browser, and what they cost it in memory and in frames.

``python -m tests.benchmarks.screen --revisions 1000``: the boards' server, Chromium at 1920 x 1080 with a board of thirty, and
revisions as fast as boards get them. After each tenth of them the garbage is collected and what is left is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from playwright.async_api import CDPSession, async_playwright

from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import House

ENTRANTS = 30
PACE_SECONDS = 0.1
"""Boards get ten patches a second at the most."""

SETTLE_SECONDS = 3.0
"""Until what moved and glowed is at rest, so that only what stays is counted."""

PARTS = 10
FRAMES = """
window.frames_seen = 0;
const count = () => { window.frames_seen += 1; requestAnimationFrame(count); };
requestAnimationFrame(count);
"""


async def run(revisions: int) -> None:
    """Serve a board, show it, let it move, and print what is left after each part."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = EmbeddedPostgres(Path(folder))
        await postgres.start()
        try:
            await migrate(postgres.dsn)
            connection = await asyncpg.connect(postgres.dsn)
            async with serving(postgres.dsn) as address:
                await watch(f"http://{address}/boards/hall", House(connection), revisions)
            await connection.close()
        finally:
            await postgres.stop()


async def watch(board: str, house: House, revisions: int) -> None:
    """Follow a board in Chromium while its entrants overtake each other."""
    event_id = await house.insert_event(is_blind=False)
    people = [(f"选手{number}", f"代表队{number % 7}", f"1-{number:02d}") for number in range(1, ENTRANTS + 1)]
    entrants = await house.insert_entrants(event_id, people)
    totals, chance = dict.fromkeys(entrants, 0), Random(5)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = await (await browser.new_context(viewport={"width": 1920, "height": 1080})).new_page()
        inside = await page.context.new_cdp_session(page)
        await inside.send("Performance.enable")
        await page.add_init_script(FRAMES)
        await page.goto(board)
        await page.wait_for_selector("[data-connection=live]")
        say("revisions", "heap KB", "nodes", "listeners", "frames/s")
        await tell(inside, 0, 0.0)
        for _part in range(PARTS):
            began, seen = time.monotonic(), await page.evaluate("window.frames_seen")
            for _ in range(revisions // PARTS):
                totals[chance.choice(entrants)] += chance.randrange(1, 40)
                order = sorted(entrants, key=lambda entrant: -totals[entrant])
                revision = await house.stand(
                    event_id,
                    [
                        {"entrant_id": entrant, "rank": rank, "total": totals[entrant], "marked": 5}
                        for rank, entrant in enumerate(order, start=1)
                    ],
                )
                await asyncio.sleep(PACE_SECONDS)
            rate = (await page.evaluate("window.frames_seen") - seen) / (time.monotonic() - began)
            await asyncio.sleep(SETTLE_SECONDS)
            await tell(inside, revision, rate)
        await browser.close()


async def tell(inside: CDPSession, revision: int, rate: float) -> None:
    """Collect the garbage and print what is left."""
    await inside.send("HeapProfiler.collectGarbage")
    metrics: dict[str, Any] = {
        metric["name"]: metric["value"] for metric in (await inside.send("Performance.getMetrics"))["metrics"]
    }
    say(
        revision,
        int(metrics["JSHeapUsedSize"] / 1024),
        int(metrics["Nodes"]),
        int(metrics["JSEventListeners"]),
        f"{rate:.1f}",
    )


def say(*figures: object) -> None:
    """One line of the table."""
    sys.stdout.write("  ".join(f"{figure:>10}" for figure in figures) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=int, default=1000)
    asyncio.run(run(parser.parse_args().revisions))
