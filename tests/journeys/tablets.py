"""Judges' tablets in a real Chromium, as trials work them: marks go in through the page's own tablet, and are counted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import asyncpg
import msgspec
from playwright.async_api import BrowserContext, Page

from competition.demo.contest import DemoJudge, enrol_url
from competition.demo.readings import reading
from competition.demo.robots import Acknowledged
from competition.plumbing import clock
from competition.plumbing.database import Connection
from schemas.aspects import Aspect
from schemas.base import Message, canonical
from schemas.marks import Receipt, RecordMark
from schemas.tablet import OwnEvent, OwnSheet, Tablet
from tests.faults import oracles
from tests.journeys.conftest import Opening
from tests.site import Site

PATIENCE = 60.0
POLLING_MS = 50
AT_ONCE = 4
"""How many tablets are opened at the same time: they share the machine with the server."""

LISTENING = """
(() => {
  const listen = EventTarget.prototype.addEventListener;
  globalThis.trial = { tablet: null, entered: new Map(), heard: [], told: [] };
  const note = ({ type, detail }) => {
    trial.told.push({ type, at: Date.now(), what: detail?.type ?? null, id: detail?.message?.id ?? null });
    if (type !== "entry" || detail.entry.kind !== "mark" || !["receipt", "refusal"].includes(detail.type)) return;
    const { entry: { command, refusal = null }, receipt = null } = detail;
    trial.heard.push({ command, receipt, refusal, waited: performance.now() - (trial.entered.get(command.id) ?? NaN) });
  };
  EventTarget.prototype.addEventListener = function (...args) {
    const target = this ?? globalThis;
    if (trial.tablet === null && "snapshot" in target && typeof target.addPhotograph === "function") {
      trial.tablet = target;
      for (const name of ["entry", "link", "snapshot", "message", "slot", "update"]) listen.call(target, name, note);
    }
    return listen.apply(target, args);
  };
})();
"""
"""Finds the tablet that the page's own scripts open, the first time that they listen to it, and hears what they hear."""

KEPT = "() => trial.tablet?.upkeep.offline === 'ready'"
"""Whether all pages of the tablet are kept for the time without network."""

ENTER = """
async ([entries, pause]) => {
  const entered = [];
  for (const { event_id, sheet_id, command } of entries) {
    trial.entered.set(command.id, performance.now());
    await trial.tablet.add("mark", { event_id, sheet_id, command });
    entered.push(command.id);
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
  }
  return entered;
}
"""


class Heard(Message):
    """What a page heard about a mark, and how many milliseconds after it was entered; None where that was before a reload."""

    command: RecordMark
    receipt: Receipt | None
    refusal: dict[str, str] | None
    waited: float | None


class TabletInHand:
    """A judge's tablet.

    Its clock runs ``ahead`` of the server's. ``made`` are the ids of all marks entered on it, ``standing`` the last of each cell;
    ``listen`` brings ``acknowledged`` and ``refused`` up to date.
    """

    def __init__(
        self, context: BrowserContext, judge: DemoJudge, *, seed: int = 0, ahead: timedelta = timedelta()
    ) -> None:
        self.context = context
        self.judge = judge
        self.ahead = ahead
        self.made: list[UUID] = []
        self.acknowledged: list[Acknowledged] = []
        self.refused: dict[UUID, str] = {}
        self._listening: BrowserContext | None = None
        self._chance = Random(seed)
        self.standing: dict[tuple[UUID, str], UUID] = {}

    @property
    def page(self) -> Page:
        """The page that was opened last."""
        return self.context.pages[-1]

    async def enrol(self, address: str) -> None:
        """Become the judge's tablet by the link and the PIN, without opening their pages, at this address of the server."""
        _, _, token = self.judge.enrol_url.rpartition("/")
        await self._submit(f"{address}/judge/enrol/{token}", name=self.judge.name)
        await self.unlock(address)

    async def unlock(self, address: str) -> None:
        """Give the PIN."""
        await self._submit(f"{address}/judge/unlock", pin=self.judge.pin)

    async def open(self, url: str) -> None:
        """Open a page of the tablet; it works once this returns, and would open without network."""
        await self.visit(url)
        await self.ready()

    async def visit(self, url: str) -> None:
        """Open a page of the tablet, and wait for nothing but the page itself."""
        if self._listening is not self.context:
            self._listening = self.context
            self.context.set_default_timeout(PATIENCE * 1_000)
            await self.context.add_init_script(clock_ahead(self.ahead) + LISTENING)
        if not self.context.pages:
            await self.context.new_page()
        await self.page.goto(url)

    async def ready(self) -> None:
        """Wait until the page has its data and would open without network."""
        await self.page.wait_for_function(
            "() => globalThis.trial?.tablet?.snapshot != null && navigator.serviceWorker.controller"
        )

    async def snapshot(self) -> Tablet:
        """What the page works with."""
        kept: str = await self.page.evaluate("() => JSON.stringify(trial.tablet.snapshot)")
        return msgspec.json.decode(kept, type=Tablet)

    async def enter(self, count: int, *, pause: float = 0) -> None:
        """Enter so many marks, cell after cell and from the first again; ``pause`` is how many seconds lie between two."""
        cells = cells_of(await self.snapshot())
        turns = [cells[(len(self.made) + turn) % len(cells)] for turn in range(count)]
        await self.enter_these(
            [(event, self.mark(event, sheet, aspect)) for event, sheet, aspect in turns], pause=pause
        )

    def mark(self, event: OwnEvent, sheet: OwnSheet, aspect: Aspect, *values: str) -> RecordMark:
        """A mark, as the page would make it: a correction where this judge has marked before; ``values`` or plausible ones."""
        before = {mark.aspect: mark.id for mark in sheet.marks}.get(aspect.id)
        supersedes = self.standing.get((sheet.id, aspect.id), before)
        mark = RecordMark(
            id=clock.new_id(),
            sheet_id=sheet.id,
            aspect=aspect.id,
            base=event.revision,
            made_at=clock.now() + self.ahead,
            values=tuple(Decimal(value) for value in values) or reading(aspect, 0.8, self._chance),
            supersedes=supersedes,
            reason="input" if supersedes else None,
        )
        self.standing[sheet.id, aspect.id] = mark.id
        return mark

    async def enter_these(self, marks: Sequence[tuple[OwnEvent, RecordMark]], *, pause: float = 0) -> None:
        """Enter these marks, one after the other; raises when this browser could not keep one."""
        entries = [
            {"event_id": str(event.id), "sheet_id": str(mark.sheet_id), "command": json.loads(canonical(mark))}
            for event, mark in marks
        ]
        entered: list[str] = await self.page.evaluate(ENTER, [entries, pause * 1_000])
        self.made += [UUID(mark_id) for mark_id in entered]

    async def queued(self) -> int:
        """How many entries wait on this tablet."""
        waiting: int = await self.page.evaluate("() => trial.tablet.entries.length")
        return waiting

    async def link(self) -> str:
        """How the page says it reaches the server."""
        link: str = await self.page.evaluate("() => trial.tablet.link")
        return link

    async def listen(self, page: Page | None = None) -> None:
        """Take note of what the page, or another of this tablet, has heard since it was last asked."""
        heard: str = await (page or self.page).evaluate("() => JSON.stringify(trial.heard.splice(0))")
        for one in msgspec.json.decode(heard, type=list[Heard]):
            if one.receipt is not None:
                waited = (one.waited or 0) / 1_000
                self.acknowledged.append(Acknowledged(mark=one.command, receipt=one.receipt, waited=waited))
            elif one.refusal is not None:
                self.refused[one.command.id] = one.refusal["type"]

    async def cleared(self, *, within: float = PATIENCE) -> float:
        """Wait until nothing waits on this tablet any more, and nothing is refused; returns how many seconds that took."""
        began = time.perf_counter()
        await self.page.wait_for_function(
            "() => trial.tablet.entries.every((entry) => entry.refusal)", timeout=within * 1_000, polling=POLLING_MS
        )
        took = time.perf_counter() - began
        assert await self.page.evaluate("() => trial.tablet.entries.map((entry) => entry.refusal)") == []
        await self.listen()
        return took

    async def _submit(self, url: str, **fields: str) -> None:
        await self.context.request.get(url)
        token = next(cookie["value"] for cookie in await self.context.cookies() if cookie["name"] == "leitai_csrf")
        answer = await self.context.request.post(url, form={**fields, "_csrf_token": token}, max_redirects=0)
        assert answer.status == 303, await answer.text()


def clock_ahead(ahead: timedelta) -> str:
    """A script that sets the clock of a page, where it is not right."""
    if not ahead:
        return ""
    return f"""
    globalThis.Date = class extends Date {{
      static now() {{ return super.now() + {ahead // timedelta(milliseconds=1)}; }}
      constructor(...parts) {{ parts.length ? super(...parts) : super(new.target.now()); }}
    }};
    """


def form_of(event: OwnEvent, sheet: OwnSheet) -> str:
    """The address of a sheet's page."""
    return f"/judge/forms/{event.id}/{event.scheme_digest}/{sheet.sub_criterion}#{sheet.id}"


async def fetched(tablet: TabletInHand, address: str) -> Tablet:
    """What the server has for this tablet, asked past its pages."""
    answer = await tablet.context.request.get(f"{address}/judge/sheets", headers={"accept": "application/json"})
    return msgspec.json.decode(await answer.body(), type=Tablet)


def cells_of(tablet: Tablet) -> list[tuple[OwnEvent, OwnSheet, Aspect]]:
    """Everything that can be marked on a tablet, sheet by sheet."""
    subs = {(event.id, sub.id): sub for event in tablet.events for sub in event.sub_criteria}
    return [
        (event, sheet, aspect)
        for event in tablet.events
        for sheet in event.sheets
        if sheet.sealed_at is None
        for aspect in subs[event.id, sheet.sub_criterion].aspects
    ]


async def in_hand(context: BrowserContext, judge: DemoJudge, address: str, *, seed: int = 0) -> TabletInHand:
    """This browser as the judge's tablet, on its list of sheets, with all its pages kept for the time without network."""
    tablet = TabletInHand(context, judge, seed=seed)
    await tablet.enrol(address)
    await tablet.open(f"{address}/judge")
    await tablet.page.wait_for_function(KEPT)
    return tablet


async def fleet(opening: Opening, judges: Sequence[DemoJudge], address: str) -> list[TabletInHand]:
    """A tablet in the hand of each judge, each in a browser of its own."""
    door = asyncio.Semaphore(AT_ONCE)

    async def open_one(seed: int, judge: DemoJudge) -> TabletInHand:
        async with door:
            return await in_hand(await opening(), judge, address, seed=seed)

    return await asyncio.gather(*(open_one(seed, judge) for seed, judge in enumerate(judges)))


async def sealed(tablet: TabletInHand, event: OwnEvent, sheet: OwnSheet) -> None:
    """Sign a sheet on this tablet, and wait until the server has it."""
    marks = [str(mark) for (sheet_id, _), mark in tablet.standing.items() if sheet_id == sheet.id]
    entry = {
        "event_id": str(event.id),
        "sheet_id": str(sheet.id),
        "command": {"id": str(clock.new_id()), "marks": marks},
    }
    await tablet.page.evaluate("(entry) => trial.tablet.add('seal', entry).then(() => null)", entry)
    await tablet.cleared()


async def another_link(site: Site, judge: DemoJudge) -> DemoJudge:
    """The judge with a fresh link, for another tablet."""
    async with owned(site) as connection:
        account_id = await connection.fetchval("SELECT id FROM account WHERE name = $1", judge.name)
        link = await enrol_url(connection, site.base_url, account_id, now=clock.now())
    return msgspec.structs.replace(judge, enrol_url=link)


@contextlib.asynccontextmanager
async def owned(site: Site) -> AsyncIterator[Connection]:
    """A connection to the database of a site with the rights of its owner."""
    connection = await asyncpg.connect(site.dsn, server_settings={"timezone": "UTC"})
    try:
        yield connection
    finally:
        await connection.close()


async def holds(site: Site, *tablets: TabletInHand, robots: Sequence[Acknowledged] = ()) -> None:
    """Both oracles, on the database of a site."""
    async with owned(site) as connection:
        await hold(connection, tablets, robots)


async def hold(connection: Connection, tablets: Sequence[TabletInHand], robots: Sequence[Acknowledged] = ()) -> None:
    """Both oracles: what was entered is in the ledger once, as the receipts say, and what is stored is what the ledger comes to."""
    acknowledged = [*robots, *(one for tablet in tablets for one in tablet.acknowledged)]
    assert await oracles.lost(connection, acknowledged) == {}
    assert await oracles.faults_found(connection) == ()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        assert await oracles.recomputed(connection) == await oracles.stored(connection)
    in_ledger = {mark_id: len(found) for mark_id, found in (await oracles.recorded(connection)).items()}
    made = [*(one.mark.id for one in robots), *(mark_id for tablet in tablets for mark_id in tablet.made)]
    assert in_ledger == dict.fromkeys(made, 1)


def p95(seconds: Iterable[float]) -> float:
    """What 95 in 100 do not exceed."""
    ordered = sorted(seconds)
    return ordered[int(0.95 * (len(ordered) - 1))]
