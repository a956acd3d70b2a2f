"""Robot judges: they enrol, give their PIN, mark and sign over HTTP, exactly as a tablet does, at a human pace.

Like a tablet a robot keeps a mark until a receipt names it, and sends the same mark again when the answer is lost.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from random import Random
from uuid import UUID

import httpx
import msgspec

from competition.demo.contest import ROBOT
from competition.demo.readings import reading
from competition.plumbing import clock
from schemas.aspects import Aspect
from schemas.base import Message, canonical
from schemas.marks import Receipt, Receipts, RecordMark, RecordMarks, SealSheet
from schemas.tablet import OwnEvent, OwnSheet, Tablet

RETRY_SECONDS = 0.5
RETRIED = (503, 502, 504)

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
    async with asyncio.TaskGroup() as robots:
        for place, seat in enumerate(seats):
            robot = Robot(seat, pace=pace, chance=Random(f"{seed} {place}"), on_receipt=on_receipt, tablet=tablet)
            robots.create_task(robot.judge())


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
        base_url, _, _ = seat.enrol_url.partition("/judge/")
        self._http = httpx.AsyncClient(base_url=base_url, timeout=30, headers={"accept": "application/json"})

    async def judge(self) -> None:
        """Enrol, then mark and sign every sheet that is open."""
        async with self._http:
            await self.enrol()
            await self.mark_everything()

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

    async def _mark_sheet(self, event: OwnEvent, sheet: OwnSheet) -> None:
        sub = next(sub for sub in event.sub_criteria if sub.id == sheet.sub_criterion)
        # Judges of one entrant see the same workpiece: skill goes by entrant, so that their marks agree more or less.
        skill = Random(f"{event.id} {sheet.code}").betavariate(7, 2.5)
        marks = {mark.aspect: mark.id for mark in sheet.marks}
        for aspect in sub.aspects:
            if aspect.id not in marks and not await self._is_settled(sheet, aspect):
                await asyncio.sleep(self._pace * self._chance.uniform(0.5, 1.5))
                marks[aspect.id] = await self._mark(event, sheet, aspect, skill)
        await asyncio.sleep(self._pace * self._chance.uniform(0.5, 1.5))
        command = SealSheet(id=clock.new_id(), marks=tuple(marks.values()))
        answer = await self._send("POST", f"/score-sheets/{sheet.id}/seal", canonical(command))
        if answer.status_code != httpx.codes.OK:
            log.warning("sheet %s of %s was not signed: %s", sub.id, sheet.code, answer.text)

    async def _is_settled(self, sheet: OwnSheet, aspect: Aspect) -> bool:
        """Whether other judges have by now marked what not the whole panel marks."""
        if aspect.judges is None:
            return False
        tablet = await self._tablet_now()
        return any(aspect.id in own.settled for event in tablet.events for own in event.sheets if own.id == sheet.id)

    async def _tablet_now(self) -> Tablet:
        return msgspec.json.decode((await self._send("GET", "/judge/sheets")).content, type=Tablet)

    async def _mark(self, event: OwnEvent, sheet: OwnSheet, aspect: Aspect, skill: float) -> UUID:
        mark = RecordMark(
            id=clock.new_id(),
            sheet_id=sheet.id,
            aspect=aspect.id,
            base=event.revision,
            made_at=clock.now(),
            values=reading(aspect, skill, self._chance),
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
                if answer.status_code not in RETRIED:
                    answer.raise_for_status()
                    return answer
            except httpx.TransportError:
                pass
            await asyncio.sleep(RETRY_SECONDS * self._chance.uniform(0.5, 1.5))
