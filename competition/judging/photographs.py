"""Photographs as evidence: made anew from whatever was sent, so that nothing but the picture is kept, and entered in the ledger.

A photograph does not change what a sheet says: it is taken while the sheet is open, after it is signed, and late from a tablet.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from competition.judging import papers_store, rules, store
from competition.judging.actions import event_of, written
from competition.judging.papers_store import Picture
from competition.ledger.actions import writing
from competition.ledger.book import Shelf
from competition.plumbing import pictures
from competition.plumbing.database import Connection
from schemas.access import Person
from schemas.base import Message
from schemas.marks import Entry, Moment, Photograph, Receipt
from schemas.problems import N_, Busy, Problem

LONG_SIDE = 1600
QUALITY = 80
MOST_OF_AN_ASPECT = 6
MOST_AT_ONCE = 12
"""Pictures that are read or wait to be made anew: each is up to 8 MB, and marks share the machine."""
MOST_SECONDS = 60
"""How long a picture may be on its way: over worse wifi it is tried again, and others have its place meanwhile."""


class EnoughPhotographs(Problem):
    """One more photograph of an aspect than are kept."""

    status = 409
    sentence = N_("There are {most} photographs of {aspect} on the sheet {code} already, the most that are kept.")


class Shot(Message):
    """What a tablet says of a photograph: its id, the sheet and aspect it is about, and when it was taken by the tablet's clock."""

    id: UUID
    sheet_id: UUID
    aspect: str
    taken_at: Moment


class Studio:
    """Where pictures are made anew: one at a time in a thread of its own, and only so many waiting."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio")
        self._inside = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one picture, from before it is read to when it is made anew.

        Raises ``Busy`` when there is none, or when the picture takes too long.
        """
        if self._inside >= MOST_AT_ONCE:
            raise Busy
        self._inside += 1
        try:
            async with asyncio.timeout(MOST_SECONDS):
                yield
        except TimeoutError:
            raise Busy from None
        finally:
            self._inside -= 1

    async def develop(self, body: bytes) -> Picture:
        """The picture in ``body`` made anew."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, developed, body)


async def keep_photograph(
    connection: Connection, shelf: Shelf, shot: Shot, picture: Picture, *, person: Person, now: datetime
) -> Receipt:
    """Enter a photograph of the judge's own sheet and keep the picture beside it; sent again it gets the same receipt."""
    event_id = await event_of(connection, shot.sheet_id)
    async with writing(connection, shelf, event_id, now=now) as pen:
        if again := await written(connection, shot.id):
            if not _is_same(again.entry, shot, person):
                raise rules.EntryIdReused
            return Receipt(id=shot.id, position=again.position, revision=again.revision)
        sheet = await store.sheet_with(connection, shot.sheet_id)
        if sheet is None or sheet.judge_id != person.id:
            raise rules.NoSuchSheet
        aspect = rules.aspect_on(sheet, pen.book.scheme, shot.aspect)
        if await papers_store.count_photographs(connection, sheet.id, aspect.id) >= MOST_OF_AN_ASPECT:
            raise EnoughPhotographs(most=MOST_OF_AN_ASPECT, aspect=aspect.name, code=sheet.code)
        entry = Photograph(
            id=shot.id,
            sheet_id=sheet.id,
            entrant_id=sheet.entrant_id,
            sub_criterion=sheet.sub_criterion,
            judge_id=sheet.judge_id,
            device_id=person.device_id,
            aspect=aspect.id,
            digest=hashlib.sha256(picture.jpeg).hexdigest(),
            taken_at=shot.taken_at,
            recorded_at=now,
        )
        position = pen.add(entry)
        await papers_store.insert_photograph(connection, event_id, entry, picture)
    return Receipt(id=shot.id, position=position, revision=pen.revision)


def developed(body: bytes) -> Picture:
    """A picture made anew: upright, no larger than is of use, on white, a JPEG of its pixels and nothing else."""
    picture = pictures.on_white(pictures.upright(body, within=(LONG_SIDE, LONG_SIDE)))
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=QUALITY)
    return Picture(jpeg=jpeg.getvalue(), width=picture.width, height=picture.height)


def _is_same(entry: Entry, shot: Shot, person: Person) -> bool:
    """Whether a photograph that comes again is the one on record; its bytes are not compared, for none of those are kept."""
    return isinstance(entry, Photograph) and (
        entry.sheet_id, entry.aspect, entry.taken_at, entry.judge_id
    ) == (shot.sheet_id, shot.aspect, shot.taken_at, person.id)  # fmt: skip
