"""A hall screen left running: a thousand revisions in a real browser, and what they cost it in memory and in frames.

``python -m tests.benchmarks.screen --revisions 1000 --kinds standings teams``: the boards' server, Chromium at 1920 x 1080 with a
board of each kind after the other, thirty entrants, and revisions as fast as boards get them. After each tenth of them the garbage
is collected and what is left is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from playwright.async_api import Browser, CDPSession, async_playwright

from competition.plumbing import clock
from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres
from schemas.base import Text
from schemas.boards import BoardAward, BoardKind, PodiumRow
from schemas.results import TeamPlace
from schemas.staging import Prospect, Reveal, RevealScript, RevealStep, TeamTable, Touch
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import KINDS, House

STANDINGS: BoardKind = "standings"
ENTRANTS = 30
TEAMS = 7
TOUCHED = 12
COLUMNS = ("theory", "A", "B")
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
AWARDS = (
    BoardAward(id="gold", name=Text(zh="金牌", en="Gold"), medal="gold"),
    BoardAward(id="silver", name=Text(zh="银牌", en="Silver"), medal="silver"),
    BoardAward(id="prize", name=Text(zh="优胜奖", en="Prize")),
)


class Contest:
    """Thirty entrants who overtake each other, and all that boards show of it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.chance = Random(5)
        self.revision = 0

    async def found(self) -> None:
        """The event, its entrants, a session that runs, and a board of each kind."""
        self.event_id = await self.house.insert_event(is_blind=False, board=STANDINGS)
        await self.house.insert_boards(self.event_id)
        people = [(f"选手{number}", f"代表队{number % TEAMS}", f"1-{number:02d}") for number in range(1, ENTRANTS + 1)]
        self.entrants = await self.house.insert_entrants(self.event_id, people)
        self.team_of = {entrant: team for entrant, (_, team, _) in zip(self.entrants, people, strict=True)}
        self.totals = dict.fromkeys(self.entrants, 0)
        await self.house.run_clock(self.event_id)

    async def move_on(self) -> None:
        """One more mark, and what it makes of standings, awards, teams and latest marks; the reveal takes a step."""
        marked = self.chance.choice(self.entrants)
        self.totals[marked] += self.chance.randrange(1, 40)
        order = sorted(self.entrants, key=lambda entrant: -self.totals[entrant])
        self.revision = await self.house.stand(
            self.event_id,
            [
                {
                    "entrant_id": entrant,
                    "rank": rank,
                    "total": self.totals[entrant],
                    "criteria": {"A": self.totals[entrant]},
                    "marked": self.chance.randrange(11) if entrant == marked else 5,
                }
                for rank, entrant in enumerate(order, start=1)
            ],
            notify=False,
        )
        await self.house.prospect(self.event_id, self.prospect(order))
        await self.house.reveal(self.event_id, self.reveal(order))

    def prospect(self, order: Sequence[UUID]) -> Prospect:
        """What the standings come to: the first three have medals, the first half a prize, and others were marked last."""
        winners: dict[UUID, tuple[str, ...]] = dict.fromkeys(order[3 : ENTRANTS // 2], ("prize",))
        winners |= {order[0]: ("gold",), order[1]: ("silver",), order[2]: ("silver",)}
        touched = tuple(
            Touch(entrant_id=entrant, column=self.chance.choice(COLUMNS), at=clock.now())
            for entrant in self.chance.sample(self.entrants, TOUCHED)
        )
        table = TeamTable(id="all", name=Text(zh="团体", en="Teams"), measure="total", places=self.teams(order))
        return Prospect(revision=self.revision, awards=AWARDS, winners=winners, teams=(table,), touched=touched)

    def teams(self, order: Sequence[UUID]) -> tuple[TeamPlace, ...]:
        """Each delegation by its best two."""
        members: dict[str, list[UUID]] = {}
        for entrant in order:
            members.setdefault(self.team_of[entrant], []).append(entrant)
        figures = {team: sum(self.totals[entrant] for entrant in of[:2]) for team, of in members.items()}
        return tuple(
            TeamPlace(
                delegation=team,
                rank=rank,
                shared=False,
                figure=Decimal(figures[team]),
                members=tuple(members[team][:2]),
            )
            for rank, team in enumerate(sorted(figures, key=lambda team: -figures[team]), start=1)
        )

    def reveal(self, order: Sequence[UUID]) -> Reveal:
        """A ceremony from the last place to the first and, after the curtain, over again."""
        rows = [
            PodiumRow(
                code=f"p{place}", place=place, rank=place, shared=False, name=f"选手{place}",
                delegation=self.team_of[order[place - 1]], total=Decimal(100 - place), awards=("prize",) if place > 1 else ("gold",),
            )
            for place in range(ENTRANTS, 0, -1)
        ]  # fmt: skip
        steps = tuple(
            RevealStep(heading=Text(zh=f"第{row.place}名", en=f"Place {row.place}"), rows=(row,)) for row in rows
        )
        script = RevealScript(publication=1, order="places", awards=AWARDS, steps=steps)
        step = self.revision % (ENTRANTS + 1)
        return Reveal(mode="live", step=step, is_paused=False, script=script, rehearsal=script)


async def run(revisions: int, kinds: Sequence[BoardKind]) -> None:
    """Serve the boards, show one of each kind after the other, let it move, and print what is left after each part."""
    with tempfile.TemporaryDirectory() as folder:
        postgres = EmbeddedPostgres(Path(folder))
        await postgres.start()
        try:
            await migrate(postgres.dsn)
            connection = await asyncpg.connect(postgres.dsn)
            contest = Contest(House(connection))
            await contest.found()
            async with serving(postgres.dsn) as address, async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox"]
                )
                say("board", "revisions", "heap KB", "nodes", "listeners", "frames/s")
                for kind in kinds:
                    await watch(browser, f"http://{address}/boards/{kind}", contest, kind, revisions)
                await browser.close()
            await connection.close()
        finally:
            await postgres.stop()


async def watch(browser: Browser, address: str, contest: Contest, kind: BoardKind, revisions: int) -> None:
    """Follow a board in Chromium through so many revisions."""
    page = await (await browser.new_context(viewport={"width": 1920, "height": 1080})).new_page()
    inside = await page.context.new_cdp_session(page)
    await inside.send("Performance.enable")
    await page.add_init_script(FRAMES)
    await contest.move_on()
    await page.goto(address)
    await page.wait_for_selector("[data-connection=live]")
    await asyncio.sleep(SETTLE_SECONDS)
    await tell(inside, kind, 0, 0.0)
    for part in range(1, PARTS + 1):
        began, seen = time.monotonic(), await page.evaluate("window.frames_seen")
        for _ in range(revisions // PARTS):
            await contest.move_on()
            await asyncio.sleep(PACE_SECONDS)
        rate = (await page.evaluate("window.frames_seen") - seen) / (time.monotonic() - began)
        await asyncio.sleep(SETTLE_SECONDS)
        await tell(inside, kind, part * (revisions // PARTS), rate)
    await page.context.close()


async def tell(inside: CDPSession, kind: BoardKind, revisions: int, rate: float) -> None:
    """Collect the garbage and print what is left."""
    await inside.send("HeapProfiler.collectGarbage")
    metrics: dict[str, Any] = {
        metric["name"]: metric["value"] for metric in (await inside.send("Performance.getMetrics"))["metrics"]
    }
    say(
        kind,
        revisions,
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
    every = (STANDINGS, *KINDS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--revisions", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=every, default=every)
    options = parser.parse_args()
    asyncio.run(run(options.revisions, options.kinds))
