"""The archive at the desk and at a prompt: how far signing has come, files, a sheet by its code, and who may have any of it."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import tempfile
from typing import TYPE_CHECKING

import pypdf
import pytest

from competition.exports import archive as archives
from competition.exports.archive import MOST_SHEETS
from competition.exports.archive_pages import CHUNK_BYTES, _chunks
from competition.judging.store import sheet_with
from competition.ledger.book import Shelf
from tests.competition.exports.signing_story import found_signed
from tests.house import PIN, Contest, seal, tablet_of
from tests.site import Site, words_of
from tests.terminal import Terminal

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from pathlib import Path
    from uuid import UUID

    from competition.plumbing.database import Connection
    from schemas.access import Role


@pytest.fixture
async def signed(connection: Connection) -> tuple[Contest, UUID]:
    """A contest of two with one signed sheet, and that sheet."""
    return await found_signed(connection, pin=PIN)


def text_of(file: bytes) -> str:
    """What a PDF says, without blanks."""
    return re.sub(r"[\s\u200b]", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages))


async def test_page_tells_how_far_signing_has_come(
    site: Site, connection: Connection, signed: tuple[Contest, UUID]
) -> None:
    """What is missing, by entrant; once everything is signed it says so; a session without sheets has no file; results lead there.

    The check of the ledger counts what holds.
    """
    contest, _ = signed
    organiser, here = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}/archive"
    before = await organiser.get(here)
    assert "7 of 8 sheets are not signed" in words_of(before)
    assert re.findall(r"(A0\d) 1 4 (\d)(?: (\d) unsigned)? (\d) (\d)(?: PDF (A0\d))?", words_of(before)) == [
        ("A01", "1", "3", "0", "1", "A01"),
        ("A02", "0", "4", "0", "0", ""),
    ]
    assert f"more than {MOST_SHEETS} sheets" in words_of(before)
    nothing = await organiser.get(f"{here}/sheets", params={"session": 7})
    assert (nothing.status_code, "None of these score sheets was signed yet." in words_of(nothing)) == (404, True)
    checked = words_of(await organiser.get(f"/desk/events/{contest.event_id}/verification"))
    assert "Signed score sheets that hold 1 Signatures by hand under them 2" in checked
    for (code, sub_criterion, judge), sheet_id in contest.sheets.items():
        if (code, sub_criterion, judge) != ("A01", "A1", 0):
            await seal(connection, Shelf(), contest, sheet_id)
    after = await organiser.get(here)
    assert "All 8 sheets are signed" in words_of(after)
    assert "unsigned" not in words_of(after)
    results = await organiser.get(f"/desk/events/{contest.event_id}/results")
    assert f'href="{here}"' in results.text


async def test_files_name_entrants_only_to_who_may_know_them(site: Site, signed: tuple[Contest, UUID]) -> None:
    """The organiser reads names, the chief judge codes, in the archive and in one sheet; the download has a name and is noted."""
    contest, sheet_id = signed
    at = f"/desk/events/{contest.event_id}"
    known = {}
    roles: tuple[Role, ...] = ("organiser", "chief_judge")
    for role in roles:
        person = await site.sign_in(role)
        for path in (f"{at}/archive/sheets?entrant=A01", f"{at}/sheets/{sheet_id}/file"):
            answer = await person.get(path)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
            read = text_of(answer.content)
            known[role, path.rpartition("/")[2][:4]] = (contest.names["A01"] in read, "Code:A01" in read)
    assert known == {
        ("organiser", "shee"): (True, True),
        ("organiser", "file"): (True, True),
        ("chief_judge", "shee"): (False, True),
        ("chief_judge", "file"): (False, True),
    }
    assert answer.headers["content-disposition"].startswith('attachment; filename="leitai-score-sheet-A01-A1-')


async def test_whoever_leaves_ends_the_work_of_the_server(
    site: Site, signed: tuple[Contest, UUID], monkeypatch: pytest.MonkeyPatch, endless: asyncio.Queue[Process]
) -> None:
    """A closed connection ends the process that sets the sheets, and the only place is free for the next."""
    monkeypatch.setattr(archives, "MOST_INSIDE", 1)
    contest, _ = signed
    organiser, path = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}/archive/sheets"
    leaving = asyncio.create_task(organiser.get(path))
    process = await endless.get()
    assert (await organiser.get(path)).status_code == 503
    leaving.cancel()
    assert await process.wait() == -signal.SIGKILL
    while (answer := await organiser.get(path)).status_code == 503:
        pass
    assert (answer.status_code, "Code:A01" in text_of(answer.content)) == (200, True)


async def test_a_large_file_is_sent_in_pieces_and_closed() -> None:
    """At its end, and as well when nobody reads on."""
    whole = b"%PDF" * (CHUNK_BYTES // 4) + b"end"
    files = [tempfile.TemporaryFile() for _ in range(2)]  # noqa: SIM115 - whoever sends them closes them
    for file in files:
        file.write(whole)
        file.seek(0)
    assert [piece async for piece in _chunks(files[0])] == [whole[:CHUNK_BYTES], b"end"]
    left = _chunks(files[1])
    assert await anext(left) == whole[:CHUNK_BYTES]
    await left.aclose()
    assert [file.closed for file in files] == [True, True]


async def test_nobody_else_has_the_archive(site: Site, connection: Connection, signed: tuple[Contest, UUID]) -> None:
    """Page, archive and single sheet are refused, to a judge's tablet also the own sheet: others' are one page further."""
    contest, sheet_id = signed
    roles: tuple[Role, ...] = ("scorekeeper", "code_keeper", "presenter")
    readers = [await site.sign_in(role) for role in roles]
    readers.append(await tablet_of(site, connection, contest.judges[0]))
    at = f"/desk/events/{contest.event_id}"
    for path in (f"{at}/archive", f"{at}/archive/sheets", f"{at}/sheets/{sheet_id}/file"):
        answers = [await reader.get(path) for reader in readers]
        assert [answer.status_code for answer in answers] == [403, 403, 403, 403]


async def test_a_printed_code_leads_to_its_sheet(
    site: Site, connection: Connection, signed: tuple[Contest, UUID]
) -> None:
    """Typed or scanned; a wrong one is told with what to do, and stays in its field."""
    contest, sheet_id = signed
    organiser, here = await site.sign_in("organiser"), f"/desk/events/{contest.event_id}/archive"
    sheet = await sheet_with(connection, sheet_id)
    assert sheet is not None
    assert sheet.sheet_digest is not None
    found = await organiser.get(here, params={"code": sheet.sheet_digest[:12].upper()})
    assert (found.status_code, found.headers["location"]) == (303, f"/desk/events/{contest.event_id}/sheets/{sheet_id}")
    page = await organiser.get(found.headers["location"])
    assert f'href="/desk/events/{contest.event_id}/sheets/{sheet_id}/file"' in page.text
    wrong = await organiser.get(here, params={"code": 'A"1'})
    assert wrong.status_code == 404
    assert 'No signed sheet of this event has the code A"1.' in words_of(wrong)
    assert 'value="A&#34;1"' in wrong.text


async def test_archive_and_check_at_a_prompt(
    dsn: str, connection: Connection, tmp_path: Path, signed: tuple[Contest, UUID]
) -> None:
    """`leitai export -f sheets` writes a sheet by its code, `leitai verify --sheets` tells each with its signers."""
    contest, sheet_id = signed
    terminal, sheet = Terminal(dsn, tmp_path), await sheet_with(connection, sheet_id)
    assert sheet is not None
    assert sheet.sheet_digest is not None
    short = sheet.sheet_digest[:12]
    written = await terminal.leitai("export", "-f", "sheets", "--sheet", short, "-o", "one.pdf")
    assert written == (0, "✓ one.pdf is written.")
    assert contest.names["A01"] in text_of((tmp_path / "one.pdf").read_bytes())
    written = await terminal.leitai("export", "-f", "sheets", "--session", "1")
    assert written == (0, "✓ leitai-score-sheets-session-1.pdf is written.")
    assert "Code:A01" in text_of((tmp_path / "leitai-score-sheets-session-1.pdf").read_bytes())
    code, printed = await terminal.leitai("verify", "--sheets")
    assert (code, printed.splitlines()[1:]) == (
        0,
        [
            f"A01 A1 · {contest.judges[0].name} · #24 · {sheet.sheet_digest} · Judge, Chief judge · holds",
            "1 score sheets signed, 1 of them as they are now; 2 signatures by hand under those",
            "✓ Everything agrees.",
        ],
    )
