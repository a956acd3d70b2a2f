"""The archive of an event's signed score sheets: PDF, set a part at a time in processes of their own, so that memory has a bound.

What is one part is one PDF; more of them come as a ZIP of PDFs, an entrant's sheets always in one. Parts go into a temporary file
as they are set: never is more than one of them in memory.
"""

from __future__ import annotations

import asyncio
import re
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from itertools import groupby
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

import msgspec

from competition.exports import archive_store
from competition.exports.files import ExportedFile, SpooledFile
from competition.exports.score_sheets import Archived, code_of, printed_file
from competition.exports.sheet import Heading
from competition.exports.store import heading_of
from competition.exports.typesetting import Setting, set_apart
from competition.judging import desk_store
from competition.judging.history import Placed
from competition.judging.rules import Sheet
from competition.judging.store import sheet_with, sheets_with
from competition.ledger import store as ledger
from competition.plumbing.database import Connection
from competition.plumbing.locale import Language, speaking
from competition.schemes.store import scheme_of
from competition.scoring.record import EntrantRecord, fold_all
from schemas.base import Message
from schemas.marks import Entry, Revote
from schemas.problems import N_, Busy, NotFound, Problem
from schemas.scheme import Scheme, SubCriterion

MOST_SHEETS = 250
"""How many sheets are set at once: about half a gigabyte, and two or three seconds of one core."""

MOST_INSIDE = 2
"""How many requests set sheets or wait to: each holds a connection to the database meanwhile, and marks need those."""


class _Press:
    """Where sheets are set: for one request at a time, with only so many waiting."""

    def __init__(self) -> None:
        self._turn, self._inside = asyncio.Semaphore(1), 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The turn of a request; raises ``Busy`` when too many wait."""
        if self._inside >= MOST_INSIDE:
            raise Busy
        self._inside += 1
        try:
            async with self._turn:
                yield
        finally:
            self._inside -= 1


_press = _Press()


class NothingSigned(Problem):
    """An archive of sheets of which none was ever signed."""

    status = 404
    sentence = N_("None of these score sheets was signed yet. Sign them off first, or choose others.")


class NoSuchCode(Problem):
    """A code or a digest that no signed sheet of the event has."""

    status = 404
    sentence = N_(
        "No signed sheet of this event has the code {code}. Type it as it stands beside the QR code, all twelve places of it."
    )


class _Part(Message):
    """What one file is made of."""

    sheets: tuple[Archived, ...]
    scheme: Scheme
    heading: Heading
    checkpoint: str


async def archive(
    connection: Connection,
    event_id: UUID,
    *,
    session: int | None = None,
    code: str | None = None,
    shows_names: bool,
    language: Language,
    now: datetime,
) -> SpooledFile:
    """The sheets of an event, a session or an entrant that were ever signed; the connection must not be in a transaction.

    ``shows_names``: whoever reads it may know who the entrants are while marking is blind. Whoever stops waiting for it ends the
    work, and nothing is left of it.
    """
    scheme = await _scheme(connection, event_id)
    order = {sub.id: place for place, sub in enumerate(scheme.sub_criteria())}
    found = await archive_store.signed_sheets(connection, event_id, session=session, code=code)
    sheets = sorted(found, key=lambda sheet: (sheet.code, order.get(sheet.sub_criterion, len(order)), sheet.judge))
    if not sheets:
        raise NothingSigned
    named = f"-session-{session}" if session is not None else f"-{_plain(code)}" if code is not None else ""
    parts = list(_parts(sheets))
    kind = "pdf" if len(parts) == 1 else "zip"
    with ExitStack() as unfinished:
        content = unfinished.enter_context(TemporaryFile())
        async with _press.turn():
            for number, part in enumerate(parts, 1):
                pdf = await _set(connection, event_id, part, shows_names, language, now)
                if kind == "pdf":
                    await asyncio.to_thread(content.write, pdf)
                else:
                    name = f"{number:02}-{_plain(part[0].code)}-{_plain(part[-1].code)}.pdf"
                    await asyncio.to_thread(_add, content, name, pdf, now)
                del pdf  # the next part is set without it
        content.seek(0)
        unfinished.pop_all()
    return SpooledFile(name=f"leitai-score-sheets{named}.{kind}", media_type=f"application/{kind}", content=content)


async def one_sheet(
    connection: Connection, event_id: UUID, sheet_id: UUID, *, shows_names: bool, language: Language, now: datetime
) -> ExportedFile:
    """One score sheet, signed or not; the connection must not be in a transaction."""
    sheet = await sheet_with(connection, sheet_id)
    if sheet is None or sheet.event_id != event_id:
        raise NotFound
    async with _press.turn():
        content = await _set(connection, event_id, [sheet], shows_names, language, now)
    short = f"-{code_of(sheet.sheet_digest)}" if sheet.sheet_digest else ""
    name = f"leitai-score-sheet-{_plain(sheet.code)}-{_plain(sheet.sub_criterion)}{short}.pdf"
    return ExportedFile(name=name, media_type="application/pdf", content=content)


async def sheet_with_code(connection: Connection, event_id: UUID, code: str) -> UUID:
    """The sheet that a printed code or a scanned digest leads to; raises ``NoSuchCode``."""
    start = re.sub(r"[\s-]", "", code).lower()
    if not re.fullmatch("[0-9a-f]{12,64}", start):
        raise NoSuchCode(code=code[:80])
    sheet_id = await archive_store.sheet_with_digest(connection, event_id, start)
    if sheet_id is None:
        raise NoSuchCode(code=code[:80])
    return sheet_id


def _parts(sheets: Sequence[Sheet]) -> Iterator[list[Sheet]]:
    """Sheets, sorted by entrant, in parts of so many at most; only an entrant with more has a larger one."""
    part: list[Sheet] = []
    for _, group in groupby(sheets, key=lambda sheet: (sheet.code, sheet.entrant_id)):
        of_entrant = list(group)
        if part and len(part) + len(of_entrant) > MOST_SHEETS:
            yield part
            part = []
        part += of_entrant
    yield part


async def _set(
    connection: Connection,
    event_id: UUID,
    sheets: Sequence[Sheet],
    shows_names: bool,
    language: Language,
    now: datetime,
) -> bytes:
    part = await _read(connection, event_id, sheets, shows_names)
    return await set_apart(await asyncio.to_thread(_setting, part, language, now))


def _setting(part: _Part, language: Language, now: datetime) -> Setting:
    with speaking(language):
        file = printed_file(
            part.sheets, part.scheme, heading=part.heading, checkpoint=part.checkpoint, language=language
        )
    return Setting(
        template="score_sheets.typ",
        inputs={"file": msgspec.json.encode(file).decode()},
        made_at=now,
        is_archived=True,
    )


async def _read(connection: Connection, event_id: UUID, chosen: Sequence[Sheet], shows_names: bool) -> _Part:
    """Everything about these sheets, as of one moment."""
    ids = [sheet.id for sheet in chosen]
    entrants = {sheet.entrant_id for sheet in chosen}
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        head, heading = await ledger.head_of(connection, event_id), await heading_of(connection, event_id)
        if head is None or heading is None:
            raise NotFound
        scheme = await _scheme(connection, event_id)
        found = await sheets_with(connection, ids)
        written = await archive_store.entries_of(connection, entrants)
        entries = [entry for placed in written.values() for _, entry in placed]
        drawings = await desk_store.drawings_with(connection, (entry.id for entry in entries))
        people = await desk_store.people_with(connection, (named for entry in entries for named in _named_in(entry)))
        names = await archive_store.entrants_named(connection, entrants) if shows_names else {}
    records = {
        entrant_id: fold_all(EntrantRecord(entrant_id=entrant_id), (entry for _, entry in written.get(entrant_id, ())))
        for entrant_id in entrants
    }
    return _Part(
        sheets=tuple(
            Archived(
                sheet=sheet,
                sub_criterion=(sub := _sub_criterion(scheme, sheet)),
                entrant=_entrant(sheet, sub, names.get(sheet.entrant_id)),
                written=_about(sheet, written.get(sheet.entrant_id, ())),
                record=records[sheet.entrant_id],
                drawings=drawings,
                people=people,
            )
            for sheet in (found[sheet_id] for sheet_id in ids if sheet_id in found)
        ),
        scheme=scheme,
        heading=heading,
        checkpoint=f"{head.position}:{head.digest.hex()}",
    )


async def _scheme(connection: Connection, event_id: UUID) -> Scheme:
    stored = await scheme_of(connection, event_id)
    if stored is None:
        raise NothingSigned
    return stored.scheme


def _sub_criterion(scheme: Scheme, sheet: Sheet) -> SubCriterion:
    """What a sheet is marked by; no amendment takes that away."""
    sub = scheme.sub_criterion(sheet.sub_criterion)
    if sub is None:
        raise NotFound
    return sub


def _entrant(sheet: Sheet, sub: SubCriterion, named: archive_store.NamedEntrant | None) -> str:
    """Who a sheet is about: for those who may know, or where marking is not blind."""
    if named is not None:
        return " ".join(part for part in (str(named.number), named.name, named.delegation) if part)
    return "" if sub.blind else sheet.name


def _about(sheet: Sheet, written: Iterable[Placed]) -> tuple[Placed, ...]:
    """The entries about a sheet, and the re-votes of its panel."""
    return tuple(
        (position, entry)
        for position, entry in written
        if getattr(entry, "sheet_id", None) == sheet.id
        or (isinstance(entry, Revote) and entry.sub_criterion == sheet.sub_criterion)
    )


def _named_in(entry: Entry) -> Iterator[UUID]:
    """The accounts that an entry names."""
    for field in ("judge_id", "entered_by", "by"):
        if isinstance(named := getattr(entry, field, None), UUID):
            yield named


def _plain(name: str) -> str:
    """A name with nothing in it that a file's name cannot have."""
    return re.sub("[^0-9A-Za-z]+", "-", name).strip("-") or "x"


def _add(zipped: IO[bytes], name: str, content: bytes, now: datetime) -> None:
    """Put one more file into a ZIP; what is in it is compressed already."""
    with zipfile.ZipFile(zipped, "a") as archive_file:
        archive_file.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content)
