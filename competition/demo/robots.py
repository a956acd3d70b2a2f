"""Robot judges: they enrol, give their PIN, mark and sign over HTTP, exactly as a tablet does, at a human pace.

Like a tablet a robot keeps a mark until a receipt names it, and sends the same mark again when the answer is lost. When its panel
is to vote again it does, and signs again what was reopened for it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from uuid import UUID

import httpx
import msgspec
from msgspec import UNSET, UnsetType

from competition.demo.contest import ROBOT
from competition.demo.readings import reading
from competition.plumbing import clock
from schemas.aspects import Aspect, Judgement
from schemas.base import Message, canonical
from schemas.marks import Receipt, Receipts, RecordMark, RecordMarks, SealSheet
from schemas.scheme import SubCriterion
from schemas.tablet import OwnEvent, OwnRevote, OwnSheet, Tablet

RETRY_SECONDS = 0.5
RETRIED = (503, 502, 504)
LOOK_SECONDS = 1.0
"""How often a robot looks whether its panel is to vote again."""

log = logging.getLogger("leitai.robots")


class Seat(Message):
    """What a robot needs to be a judge: a one-time link and a PIN."""

    enrol_url: str
    pin: str


class Acknowledged(Message):
    """A mark that the server said is durable, and how long the robot waited for it (seconds)."""

    mark: RecordMark
    receipt: Receipt
    waited: float


async def run_robots(
    seats: Sequence[Seat],
    *,
    pace: float,
    seed: int,
    on_receipt: Callable[[Acknowledged], None] = lambda _: None,
    tablet: str = ROBOT,
) -> None:
    """Let every seat's robot mark all its sheets; returns when all are signed. ``pace`` is seconds from mark to mark.

    ``tablet`` is the name of their tablets; under another one they stay in use when the demo is started again.
    """
    company = Company(len(seats))
    async with asyncio.TaskGroup() as robots:
        for place, seat in enumerate(seats):
            robot = Robot(seat, pace=pace, chance=Random(f"{seed} {place}"), on_receipt=on_receipt, tablet=tablet)
            robots.create_task(robot.judge(company))


class Company:
    """Robots that judge together: whoever has marked everything stays for re-votes until the last one has."""

    def __init__(self, size: int) -> None:
        self._marking = size
        self._all_have_marked = asyncio.Event()

    def one_has_marked(self) -> None:
        """Note that one more robot has marked all its sheets."""
        self._marking -= 1
        if self._marking == 0:
            self._all_have_marked.set()

    async def all_have_marked(self, *, within: float) -> bool:
        """Whether everybody has, or does within so many seconds."""
        try:
            await asyncio.wait_for(self._all_have_marked.wait(), within)
        except TimeoutError:
            return False
        return True


class Robot:
    """One robot judge on one enrolled tablet."""

    def __init__(
        self,
        seat: Seat,
        *,
        pace: float,
        chance: Random,
        on_receipt: Callable[[Acknowledged], None],
        tablet: str = ROBOT,
    ) -> None:
        self._seat = seat
        self._pace = pace
        self._chance = chance
        self._on_receipt = on_receipt
        self._tablet = tablet
        self._sequence = itertools.count(1)
        self._unsigned: set[UUID] = set()
        self._revotes: set[UUID] = set()
        self._looked_at = time.monotonic()
        base_url, _, _ = seat.enrol_url.partition("/judge/")
        self._http = httpx.AsyncClient(base_url=base_url, timeout=30, headers={"accept": "application/json"})

    async def judge(self, company: Company) -> None:
        """Enrol, mark and sign every sheet that is open, and vote again as long as anybody's mark may call for it."""
        async with self._http:
            await self.enrol()
            await self.mark_everything()
            company.one_has_marked()
            while not await company.all_have_marked(within=LOOK_SECONDS):
                await self.vote_again()
            await self.vote_again()

    async def enrol(self) -> None:
        """Become the judge's tablet."""
        await self._http.get(self._seat.enrol_url)
        await self._form(self._seat.enrol_url, name=self._tablet)
        await self._form("/judge/unlock", pin=self._seat.pin)

    async def mark_everything(self) -> None:
        """Mark all open sheets, in the order of the entrants' codes."""
        for event in (await self._tablet_now()).events:
            for sheet in event.sheets:
                if sheet.sealed_at is None:
                    await self._mark_sheet(event, sheet)
                    if time.monotonic() - self._looked_at > LOOK_SECONDS:
                        await self.vote_again()

    async def vote_again(self) -> None:
        """Answer the re-votes that wait for this judge, and sign what is not signed, or was reopened for one."""
        self._looked_at = time.monotonic()
        for event in (await self._tablet_now()).events:
            for sheet in event.sheets:
                for revote in sheet.revotes:
                    if revote.id not in self._revotes:
                        self._revotes.add(revote.id)
                        self._unsigned.add(sheet.id)
                    if revote.awaits_own:
                        await self._vote(event, sheet, revote)
        if self._unsigned:
            await self._sign_open_sheets()

    async def _sign_open_sheets(self) -> None:
        for event in (await self._tablet_now()).events:
            for sheet in event.sheets:
                if sheet.id in self._unsigned and sheet.sealed_at is None:
                    await self._sign(sheet, tuple(mark.id for mark in sheet.marks))

    async def _mark_sheet(self, event: OwnEvent, sheet: OwnSheet) -> None:
        marks = {mark.aspect: mark.id for mark in sheet.marks}
        for aspect in _sub_of(event, sheet).aspects:
            if aspect.id not in marks and not await self._is_settled(sheet, aspect):
                await asyncio.sleep(self._pace * self._chance.uniform(0.5, 1.5))
                marks[aspect.id] = await self._mark(event, sheet, aspect)
        await asyncio.sleep(self._pace * self._chance.uniform(0.5, 1.5))
        await self._sign(sheet, tuple(marks.values()))

    async def _vote(self, event: OwnEvent, sheet: OwnSheet, revote: OwnRevote) -> None:
        """Judge once more, with the others' first votes in view: of levels the one nearest to their mean."""
        aspect = next(aspect for aspect in _sub_of(event, sheet).aspects if aspect.id == revote.aspect)
        await asyncio.sleep(self._pace * self._chance.uniform(0.5, 1.5))
        first = next(mark.id for mark in sheet.marks if mark.aspect == aspect.id)
        seen = [
            vote.values[0] for view in sheet.panel if view.aspect == aspect.id for vote in view.votes if vote.values
        ]
        level = (Decimal(round(sum(seen) / len(seen))),) if seen and isinstance(aspect, Judgement) else None
        await self._mark(event, sheet, aspect, values=level, supersedes=first, revote=revote.id)

    async def _sign(self, sheet: OwnSheet, marks: tuple[UUID, ...]) -> None:
        """Sign a sheet; it is tried again later when just now another vote is awaited, or was let count."""
        self._unsigned.add(sheet.id)
        command = SealSheet(id=clock.new_id(), marks=marks)
        answer = await self._send("POST", f"/score-sheets/{sheet.id}/seal", canonical(command))
        if answer.status_code == httpx.codes.OK:
            self._unsigned.discard(sheet.id)
        else:
            log.warning("sheet %s of %s was not signed: %s", sheet.sub_criterion, sheet.code, answer.text)

    async def _is_settled(self, sheet: OwnSheet, aspect: Aspect) -> bool:
        """Whether other judges have by now marked what not the whole panel marks."""
        if aspect.judges is None:
            return False
        tablet = await self._tablet_now()
        return any(aspect.id in own.settled for event in tablet.events for own in event.sheets if own.id == sheet.id)

    async def _tablet_now(self) -> Tablet:
        return msgspec.json.decode((await self._send("GET", "/judge/sheets")).content, type=Tablet)

    async def _mark(
        self,
        event: OwnEvent,
        sheet: OwnSheet,
        aspect: Aspect,
        *,
        values: tuple[Decimal, ...] | None = None,
        supersedes: UUID | None = None,
        revote: UUID | UnsetType = UNSET,
    ) -> UUID:
        # Judges of one entrant see the same workpiece: skill goes by entrant, so that their marks agree more or less.
        skill = Random(f"{event.id} {sheet.code}").betavariate(7, 2.5)
        mark = RecordMark(
            id=clock.new_id(),
            sheet_id=sheet.id,
            aspect=aspect.id,
            base=event.revision,
            made_at=clock.now(),
            values=values or reading(aspect, skill, self._chance),
            supersedes=supersedes,
            sequence=next(self._sequence),
            revote=revote,
        )
        began = time.perf_counter()
        answer = await self._send(
            "POST", f"/events/{event.id}/marks", canonical(RecordMarks(sent_at=clock.now(), marks=(mark,)))
        )
        result = msgspec.json.decode(answer.content, type=Receipts).results[0]
        if isinstance(result, Receipt):
            self._on_receipt(Acknowledged(mark=mark, receipt=result, waited=time.perf_counter() - began))
        else:
            log.warning("mark %s of %s was refused: %s", aspect.id, sheet.code, result.detail)
        return mark.id

    async def _form(self, address: str, **fields: str) -> None:
        token = self._http.cookies.get("leitai_csrf") or ""
        answer = await self._http.post(address, data={**fields, "_csrf_token": token})
        if answer.status_code != httpx.codes.SEE_OTHER:
            answer.raise_for_status()

    async def _send(self, method: str, address: str, body: bytes | None = None) -> httpx.Response:
        """Send until there is an answer; a lost one says nothing, so the same goes out again."""
        while True:
            token = self._http.cookies.get("leitai_csrf") or ""
            headers = {"content-type": "application/json", "x-csrftoken": token}
            try:
                answer = await self._http.request(method, address, content=body, headers=headers)
                if answer.status_code == httpx.codes.CONFLICT:
                    return answer
                if answer.status_code not in RETRIED:
                    answer.raise_for_status()
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(RETRY_SECONDS * self._chance.uniform(0.5, 1.5))


def _sub_of(event: OwnEvent, sheet: OwnSheet) -> SubCriterion:
    return next(sub for sub in event.sub_criteria if sub.id == sheet.sub_criterion)
