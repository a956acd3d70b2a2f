"""Tablets and the desk at the same time: two tablets on one sheet, two marks in one cell, and what is told to a tablet at once."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from playwright.async_api import expect

from competition.demo.contest import Demo, DemoJudge
from competition.demo.robots import Acknowledged, Seat, run_robots
from competition.plumbing import clock
from schemas.aspects import Aspect
from schemas.tablet import OwnEvent, OwnSheet
from tests.faults.chaos import Chaos
from tests.journeys.conftest import Opening, Tell, found_demo
from tests.journeys.tablets import TabletInHand, another_link, cells_of, form_of, holds, in_hand, owned, sealed
from tests.site import Browser, Site, words_of

ENTRANTS = 4
VOTED = "C3"
"""A sub-criterion of the demo with two aspects that a panel votes on."""

LIVE_SECONDS = 5.0
"""Far above what it takes, which is printed: a busy machine fails no test."""

SOON_MS = 10_000
SAYS = "(words) => JSON.stringify(trial.tablet.snapshot).includes(words)"
SHARED = "open on another tablet too"


async def test_two_tablets_on_one_sheet_are_both_warned(site: Site, demo: Demo, open_browser: Opening) -> None:
    """Each names the other while both have the sheet open; once one leaves it, the other is told nothing any more."""
    judge = demo.judges[0]
    one = await in_hand(await open_browser(), judge, site.base_url)
    other = await in_hand(await open_browser(), await another_link(site, judge), site.base_url)
    event, sheet, _ = cells_of(await one.snapshot())[0]
    for tablet in (one, other):
        await tablet.open(f"{site.base_url}{form_of(event, sheet)}")
    for tablet in (one, other):
        await expect(tablet.page.locator("[data-warnings]")).to_contain_text(SHARED)
    await other.open(f"{site.base_url}/judge")
    await expect(one.page.locator("[data-warnings]")).not_to_contain_text(SHARED)


async def test_two_marks_in_one_cell_are_both_kept(site: Site, demo: Demo, open_browser: Opening) -> None:
    """Two tablets of one judge that know nothing of each other: the first mark counts, the second is put before the chief judge."""
    one = await in_hand(await open_browser(), demo.judges[0], site.base_url)
    other = await in_hand(await open_browser(), await another_link(site, demo.judges[0]), site.base_url, seed=1)
    event, sheet, aspect = cells_of(await one.snapshot())[0]
    first, second = one.mark(event, sheet, aspect, "0", "0"), other.mark(event, sheet, aspect, "2", "0")
    await one.enter_these([(event, first)])
    await one.cleared()
    await other.enter_these([(event, second)])
    await other.cleared()
    await holds(site, one, other)
    flags = [told.receipt.flags for tablet in (one, other) for told in tablet.acknowledged]
    assert ["conflict" in each for each in flags] == [False, True]
    chief = await site.sign_in("chief_judge")
    assert "A second value; not counted" in words_of(await chief.get(f"/desk/events/{event.id}/judging"))


async def test_what_the_desk_does_reaches_the_tablet_at_once(
    site: Site, tmp_path: Path, chaos: Chaos, open_browser: Opening, tell: Tell
) -> None:
    """Reopened sheets, re-votes and messages are on the tablet within a second, also after its connection was cut."""
    demo = await found_demo(site, tmp_path, entrants=ENTRANTS)
    judge = await one_of_the_panel(site, demo, VOTED)
    tablet = await in_hand(await open_browser(), judge, chaos.address)
    robots: list[Acknowledged] = []
    seats = [Seat(enrol_url=other.enrol_url, pin=other.pin) for other in demo.judges if other is not judge]
    await run_robots(seats, pace=0, seed=1, on_receipt=robots.append)
    cells = cells_of(await tablet.snapshot())
    await tablet.enter(len(cells))
    await tablet.cleared()
    desk = Desk(await site.sign_in("chief_judge"), tablet, cells[0][0])
    voted = [(event, sheet, aspect) for event, sheet, aspect in cells if sheet.sub_criterion == VOTED]
    for turn, (event, sheet, aspect) in enumerate(voted):
        if turn == len(voted) // 2:
            chaos.cut_sockets()
            await reconnected(chaos)
        if turn % 2 == 0:
            await sealed(tablet, event, sheet)
            await desk.reopen(sheet, f"reason {turn}")
        await desk.say(f"words {turn}")
        await desk.open_revote(sheet, aspect, await entrant_of(site, sheet))
    await holds(site, tablet, robots=robots)
    for what, waited in desk.waited.items():
        figures = f"median {statistics.median(waited):.3f} s, most {max(waited):.3f} s"
        tell(f"{what} ×{len(waited)}: on the tablet after {figures}")
    assert max(max(waited) for waited in desk.waited.values()) < LIVE_SECONDS


async def test_what_the_desk_did_meanwhile_is_told_after_a_reconnect(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening, tell: Tell
) -> None:
    """What happened while the tablet had no connection it hears once it has one again."""
    tablet = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    event, sheet, _ = cells_of(await tablet.snapshot())[0]
    await tablet.enter(len([cell for cell in cells_of(await tablet.snapshot()) if cell[1].id == sheet.id]))
    await sealed(tablet, event, sheet)
    chief = await site.sign_in("chief_judge")
    chaos.go_out()
    await chief.submit(f"/desk/score-sheets/{sheet.id}/reopen", {"reason": "reopened meanwhile"})
    await chief.submit(f"/desk/events/{event.id}/messages", {"id": str(clock.new_id()), "words": "said meanwhile"})
    chaos.come_back()
    began = time.perf_counter()
    for words in ("reopened meanwhile", "said meanwhile"):
        await tablet.page.wait_for_function(SAYS, arg=words, timeout=SOON_MS)
    tell(f"what happened meanwhile is on the tablet {time.perf_counter() - began:.2f} s after the network is back")
    await holds(site, tablet)


class Desk:
    """A chief judge at work, and how long a tablet took to hear of it; by what was done, in seconds."""

    def __init__(self, chief: Browser, tablet: TabletInHand, event: OwnEvent) -> None:
        self.waited: defaultdict[str, list[float]] = defaultdict(list)
        self._chief = chief
        self._tablet = tablet
        self._at = f"/desk/events/{event.id}"

    async def reopen(self, sheet: OwnSheet, reason: str) -> None:
        """Reopen a signed sheet."""
        reopened = "(reason) => trial.tablet.snapshot.events[0].sheets.some((sheet) => sheet.reopened_for === reason)"
        await self._do("reopened", f"/desk/score-sheets/{sheet.id}/reopen", {"reason": reason}, reopened, reason)

    async def say(self, words: str) -> None:
        """Tell all judges something."""
        message = {"id": str(clock.new_id()), "words": words}
        await self._do("message", f"{self._at}/messages", message, SAYS, words)

    async def open_revote(self, sheet: OwnSheet, aspect: Aspect, entrant_id: UUID) -> None:
        """Let a panel vote again."""
        awaits = """([sheet_id, aspect]) => trial.tablet.snapshot.events[0].sheets
          .find(({ id }) => id === sheet_id).revotes.some((revote) => revote.aspect === aspect && revote.awaits_own)"""
        form = {"entrant_id": str(entrant_id), "aspect": aspect.id}
        await self._do("re-vote", f"{self._at}/revotes", form, awaits, [str(sheet.id), aspect.id])

    async def _do(self, what: str, address: str, form: Mapping[str, str], so: str, arg: Any) -> None:
        """Send a form, and wait until ``so`` is true on the tablet."""
        knowing = asyncio.create_task(self._tablet.page.wait_for_function(so, arg=arg, timeout=SOON_MS))
        began = time.perf_counter()
        answer = await self._chief.submit(address, form)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        await knowing
        self.waited[what].append(time.perf_counter() - began)


async def one_of_the_panel(site: Site, demo: Demo, sub_criterion: str) -> DemoJudge:
    """A judge who marks this sub-criterion."""
    async with owned(site) as connection:
        name = await connection.fetchval(
            "SELECT name FROM score_sheet JOIN account ON account.id = judge_id WHERE sub_criterion = $1 LIMIT 1",
            sub_criterion,
        )
    return next(judge for judge in demo.judges if judge.name == name)


async def entrant_of(site: Site, sheet: OwnSheet) -> UUID:
    """Whose sheet this is."""
    async with owned(site) as connection:
        entrant_id: UUID = await connection.fetchval("SELECT entrant_id FROM score_sheet WHERE id = $1", sheet.id)
    return entrant_id


async def reconnected(chaos: Chaos) -> None:
    """Wait until the tablet's connection is there again."""
    async with asyncio.timeout(SOON_MS / 1_000):
        while not chaos.sockets():  # noqa: ASYNC110 - another process sets no Event
            await asyncio.sleep(0.01)
