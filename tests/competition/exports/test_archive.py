"""The archive of signed score sheets: the PDF as a reader of PDF sees it, who may know whom, parts, and what is refused."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import signal
import tempfile
import zipfile
from datetime import timedelta
from typing import IO, TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec
import pypdf
import pytest

from competition.exports import archive as archives
from competition.exports.archive import NoSuchCode, NothingSigned, archive, one_sheet, sheet_with_code
from competition.exports.archive_store import EntrantSheets, sheets_by_entrant
from competition.exports.files import ExportedFile
from competition.exports.score_sheets import printed_file
from competition.exports.store import heading_of
from competition.exports.typesetting import Setting, set_pages
from competition.judging import actions
from competition.judging.store import sheet_with
from competition.ledger.book import Shelf
from competition.ledger.store import head_of
from competition.plumbing.clock import new_id
from schemas.marks import ReopenSheet, RetractMark
from schemas.problems import Busy, NotFound
from tests.competition.exports.signing_story import LATER, PICTURE, found_signed
from tests.house import NOW, Contest, found_contest, mark, mark_all, record, seal, seal_all

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from competition.plumbing.database import Connection
    from competition.plumbing.locale import Language

MADE = LATER + timedelta(hours=1)


def words(page: pypdf.PageObject) -> str:
    """The text of a page without the blanks and breaks of its layout."""
    return re.sub(r"[\s\u200b]", "", page.extract_text())


def pages(file: bytes) -> list[str]:
    """The texts of a PDF's pages."""
    return [words(page) for page in pypdf.PdfReader(io.BytesIO(file)).pages]


async def only_sheet(
    connection: Connection, contest: Contest, sheet_id: UUID, *, language: Language = "en", shows_names: bool = False
) -> str:
    """The text of one sheet, which has one page."""
    file = await one_sheet(connection, contest.event_id, sheet_id, shows_names=shows_names, language=language, now=MADE)
    [text] = pages(file.content)
    return text


async def all_sheets(
    connection: Connection, contest: Contest, *, session: int | None = None, code: str | None = None
) -> ExportedFile:
    """The archive of a contest, of a session or of an entrant, in English, by codes."""
    file = await archive(
        connection, contest.event_id, session=session, code=code, shows_names=False, language="en", now=MADE
    )
    with file.content as content:
        return ExportedFile(name=file.name, media_type=file.media_type, content=content.read())


# One sheet ------------------------------------------------------------------------------------------------------------


async def test_sheet_tells_everything_that_happened_to_it(connection: Connection) -> None:
    """Marks with reading, maximum and points, the history with reasons, who signed when, what is void, digest and checkpoint."""
    contest, sheet_id = await found_signed(connection)
    judge, chief = re.sub(" ", "", contest.judges[0].name), re.sub(" ", "", contest.chief.name)
    sheet, head = await sheet_with(connection, sheet_id), await head_of(connection, contest.event_id)
    assert sheet is not None
    assert sheet.sheet_digest is not None
    assert head is not None
    short = sheet.sheet_digest[:12].upper()
    nine, half = "2026-05-0109:00:00", "2026-05-0109:30:00"
    told = (
        "WuhuWorkers'SkillsContestCNCmachinetoolassemblyandmaintenance:scoresheet",
        "Code:A01", "Sessionandbench:1/1", f"Judge:{judge}", "Criterion:AAssembly", "Sub-criterion:A1UnitA1",
        "Markingscheme:Smallscheme(small1)", f"Signedat:{half}(UTC+08:00)", "Venue:芜湖",
        "No.WhatislookedatReadingPointsinfullPoints",
        "A1.1Spindlerunout0.008mm→within0.010→40.00of40.000.008mm40.0040.00",
        f"#1·0.013mm·replaced·{judge}·{nine}",
        f"#15·0.012mm·replaced·{judge}·{nine}·Copiedwrongly·看错刻度",
        f"#22·0.008mm·inforce·enteredlateby{chief}frompaper·{half}·Typingerror·纸质第7号",
        "A1.2AssemblypracticeLoosescrew:2×5.00=10.00→−10.00−10.00inall→10.00of20.002×Loosescrew20.0010.00",
        f"#16·9×Loosescrew·withouteffect·Asecondvalue;notcounted·{judge}·{nine}",
        "Totalofthissheet60.0050.00",
        f"Reopened#21·{half}(UTC+08:00)·{chief}·读数抄错",
        f"Photographs#23·A1.2·{nine}·SHA-256{hashlib.sha256(PICTURE.jpeg).hexdigest()}",
        f"SignaturesJudge{judge}{half}(UTC+08:00)·#25holdsforthissheet",
        "Competitornosignatureonrecord",
        f"signedbyname:王裁判长Chiefjudge王裁判长{half}(UTC+08:00)·#26holdsforthissheet",
        f"SignaturesthatdonotholdanymoreJudge{judge}{half}(UTC+08:00)·#18voidsince{half}",
        f"CompetitorA01{half}(UTC+08:00)·#19voidsince{half}",
        f"Chiefjudge{chief}{half}(UTC+08:00)·#20voidsince{half}",
        f"Codeofthissheet:{short[:4]}-{short[4:8]}-{short[8:]}",
        f"CNCmachinetoolassemblyandmaintenance·A01·A1UnitA1·{judge}Page1of1",
        f"Digestofthissheet{sheet.sheet_digest},signedasledgerentry24",
        f"Ledgercheckpoint{head.position}:{head.digest.hex()}",
    )  # fmt: skip
    read = await only_sheet(connection, contest, sheet_id)
    assert [line for line in told if line not in read] == []
    assert contest.names["A01"] not in read


async def test_sheet_in_chinese_names_who_may_be_known(connection: Connection) -> None:
    """Every word of the page is Chinese; whoever may see entrants reads number, name and delegation, also under the signature."""
    contest, sheet_id = await found_signed(connection)
    name = contest.names["A01"]
    read = await only_sheet(connection, contest, sheet_id, language="zh-CN", shows_names=True)
    assert (f"{name}" in read, "芜湖市职工职业技能大赛" in read, "裁判长王裁判长" in read) == (True, True, True)
    assert re.findall("Signed|Judge|Code|Page|Total|holds|void|Reopened|Photograph|digest", read) == []


async def test_sheet_that_is_not_signed_says_so(connection: Connection) -> None:
    """Across the page, and at its foot with the digest of what is there; there is nothing to sign and no code."""
    contest, _ = await found_signed(connection)
    read = await only_sheet(connection, contest, contest.sheet("A01", "B1", 1))
    told = ("notsigned", "Thissheetisnotsigned.Itsdigestnow:", "B1.2Powersupyes→30.00of30.00yes30.0030.00")
    assert [line for line in told if line not in read] == []
    assert [line for line in ("Signatures", "Codeofthissheet", "Signedat") if line in read] == []


@pytest.mark.parametrize(
    ("language", "left_out", "taken_back"),
    [
        ("en", "leftoutbythechiefjudge·{chief}:看错了", "takenbackatonce"),
        ("zh-CN", "裁判长裁定不计入·{chief}：看错了", "已当即撤回"),
    ],
)
async def test_mark_that_the_chief_judge_left_out_names_them_and_why(
    connection: Connection, language: Language, left_out: str, taken_back: str
) -> None:
    """It is told from one that the judge took back at once."""
    contest, shelf = await found_contest(connection), Shelf()
    sheet_id, judge = contest.sheet("A01", "A1", 0), contest.judges[0]
    await mark_all(connection, shelf, contest)
    doubt, slip = mark(sheet_id, "A1.2", "9"), mark(sheet_id, "A1.2", "8")
    await record(connection, shelf, contest, judge, doubt, slip)
    await actions.leave_out(connection, shelf, doubt.id, "看错了", person=contest.chief, now=LATER)
    retraction = RetractMark(id=new_id(), mark=slip.id, made_at=NOW)
    await actions.retract_mark(connection, shelf, sheet_id, retraction, person=judge, now=NOW)
    read = await only_sheet(connection, contest, sheet_id, language=language)
    flag = {"en": "Asecondvalue", "zh-CN": "重复录入"}[language]
    assert re.findall(rf"#\d+·([98])×[^·]+·(.+?)·{flag}", read) == [
        ("9", left_out.format(chief=re.sub(" ", "", contest.chief.name))),
        ("8", taken_back),
    ]


async def test_signature_whose_drawing_was_changed_does_not_hold(dsn: str, connection: Connection) -> None:
    """A drawing that is not the one that was recorded is marked as such, and the other signature stays good."""
    contest, sheet_id = await found_signed(connection)
    intruder = await asyncpg.connect(dsn)
    await intruder.execute("SET session_replication_role = replica")
    await intruder.execute(
        "UPDATE drawing SET body = replace(body, '[80,60]', '[80,61]')"
        " WHERE id = (SELECT id FROM ledger WHERE kind = 'signature' ORDER BY position DESC OFFSET 1 LIMIT 1)"
    )
    await intruder.close()
    read = await only_sheet(connection, contest, sheet_id)
    assert (read.count("DOESNOTHOLD:anothercontentwassigned"), read.count("holdsforthissheet")) == (1, 1)


async def test_sheet_of_another_event_is_not_there(connection: Connection) -> None:
    """Neither a sheet of nobody nor one of another event is written."""
    contest, sheet_id = await found_signed(connection)
    for event_id, asked in ((contest.event_id, new_id()), (new_id(), sheet_id)):
        with pytest.raises(NotFound):
            await one_sheet(connection, event_id, asked, shows_names=True, language="en", now=MADE)


async def test_a_long_sheet_counts_its_own_pages(connection: Connection) -> None:
    """What does not fit on a page goes on on the next, under the same headings; the sheet after it begins at one again."""
    contest, sheet_id = await found_signed(connection)
    sheet, head = await sheet_with(connection, sheet_id), await heading_of(connection, contest.event_id)
    assert sheet is not None
    assert head is not None
    part = await archives._read(connection, contest.event_id, [sheet], shows_names=False)
    file = printed_file(part.sheets, part.scheme, heading=head, checkpoint="0:0", language="en")
    [short] = file.sheets
    long = msgspec.structs.replace(short, lines=short.lines * 20)
    inputs = {"file": msgspec.json.encode(msgspec.structs.replace(file, sheets=(long, short))).decode()}
    read = pages(set_pages(Setting(template="score_sheets.typ", inputs=inputs, made_at=MADE, is_archived=True)))
    last = len(read) - 1
    assert last > 1
    assert [re.findall(r"Page\dof\d", page) for page in read] == [
        *([f"Page{place}of{last}"] for place in range(1, last + 1)),
        ["Page1of1"],
    ]
    assert ["".join(read).count(each) for each in ("A1.1Spindlerunout", "Reopened#21")] == [21, 2]
    assert [page.count(f"Digestofthissheet{sheet.sheet_digest}") for page in read] == [1] * len(read)
    assert read[1].startswith("No.WhatislookedatReadingPointsinfullPoints")


# Many -----------------------------------------------------------------------------------------------------------------


async def test_archive_has_every_sheet_that_was_ever_signed_in_order(connection: Connection) -> None:
    """By entrant, then in the scheme's order; each page counts its own sheet; made again it is the same bytes; one may choose."""
    contest, _ = await found_signed(connection)
    shelf = Shelf()
    for code in contest.codes:
        await seal(connection, shelf, contest, contest.sheet(code, "T1", 0))
    file = await all_sheets(connection, contest)
    read = pages(file.content)
    assert (file.name, file.media_type) == ("leitai-score-sheets.pdf", "application/pdf")
    assert [re.findall(r"Code:(A\d\d)Session.*Sub-criterion:(\w\d)Unit.*Page(1of1)", page) for page in read] == [
        [("A01", "T1", "1of1")], [("A01", "A1", "1of1")], [("A02", "T1", "1of1")],
    ]  # fmt: skip
    assert (
        hashlib.sha256((await all_sheets(connection, contest)).content).digest()
        == hashlib.sha256(file.content).digest()
    )
    of_entrant = await all_sheets(connection, contest, code="A02")
    assert (of_entrant.name, len(pages(of_entrant.content))) == ("leitai-score-sheets-A02.pdf", 1)
    of_session = await all_sheets(connection, contest, session=1)
    assert (of_session.name, len(pages(of_session.content))) == ("leitai-score-sheets-session-1.pdf", 3)
    for chosen in ({"session": 2}, {"code": "Z99"}):
        with pytest.raises(NothingSigned):
            await all_sheets(connection, contest, **chosen)


async def test_archive_of_more_sheets_is_a_zip_that_splits_nobody(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts end where an entrant's sheets end; none is lost, and each part is a PDF by itself."""
    monkeypatch.setattr(archives, "MOST_SHEETS", 9)
    contest, shelf = await found_contest(connection, entrants=3), Shelf()
    await mark_all(connection, shelf, contest)
    await seal_all(connection, shelf, contest)
    file = await all_sheets(connection, contest)
    assert (file.name, file.media_type) == ("leitai-score-sheets.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(file.content)) as zipped:
        parts = {
            name: [re.findall(r"Code:(A\d\d)", page)[0] for page in pages(zipped.read(name))]
            for name in zipped.namelist()
        }
    assert parts == {
        "01-A01-A02.pdf": ["A01"] * 4 + ["A02"] * 4,
        "02-A03-A03.pdf": ["A03"] * 4,
    }


async def test_archive_keeps_what_is_open_again(connection: Connection) -> None:
    """A sheet that was reopened and not signed again is in the archive: not signed, its signatures void, with the reason."""
    contest, sheet_id = await found_signed(connection)
    command = ReopenSheet(id=new_id(), reason="再查一遍")
    await actions.reopen_score_sheet(connection, Shelf(), sheet_id, command, person=contest.chief, now=LATER)
    [read] = pages((await all_sheets(connection, contest)).content)
    assert ("notsigned" in read, read.count("voidsince"), "再查一遍" in read) == (True, 5, True)


async def test_only_so_many_set_sheets_at_once(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes while too many wait is told to come again, and holds no connection meanwhile."""
    contest, sheet_id = await found_signed(connection)
    monkeypatch.setattr(archives, "MOST_INSIDE", 0)
    with pytest.raises(Busy):
        await one_sheet(connection, contest.event_id, sheet_id, shows_names=True, language="en", now=MADE)


async def test_whoever_leaves_ends_the_work_and_frees_the_press(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, endless: asyncio.Queue[Process]
) -> None:
    """The process is gone, the temporary file is closed, and the only place is free for the next."""
    files: list[IO[bytes]] = []

    def spool() -> IO[bytes]:
        files.append(tempfile.TemporaryFile())  # noqa: SIM115 - whoever asked for it closes it
        return files[-1]

    monkeypatch.setattr(archives, "TemporaryFile", spool)
    monkeypatch.setattr(archives, "MOST_INSIDE", 1)
    contest, _ = await found_signed(connection)
    leaving = asyncio.create_task(all_sheets(connection, contest))
    process = await endless.get()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert (process.returncode, [file.closed for file in files]) == (-signal.SIGKILL, [True])
    assert (await all_sheets(connection, contest)).name == "leitai-score-sheets.pdf"
    assert [file.closed for file in files] == [True, True]


# Finding, counting ----------------------------------------------------------------------------------------------------


async def test_sheet_is_found_by_its_code_and_by_its_digest(connection: Connection) -> None:
    """As printed, without hyphens, as scanned, and by the digest of a sign-off that holds no more; nothing else leads anywhere."""
    contest, sheet_id = await found_signed(connection)
    digests = await connection.fetch("SELECT body::jsonb ->> 'sheet_digest' FROM ledger WHERE kind = 'seal'")
    assert len({row[0] for row in digests}) == 2
    for row in digests:
        whole: str = row[0]
        short = f"{whole[:4]}-{whole[4:8]}-{whole[8:12]}".upper()
        for asked in (short, f" {short.replace('-', ' ')} ", whole, whole.upper()):
            assert await sheet_with_code(connection, contest.event_id, asked) == sheet_id
        for wrong in (whole[:11], "0" * 12, "", "%", f"{whole}0"):
            with pytest.raises(NoSuchCode):
                await sheet_with_code(connection, contest.event_id, wrong)
        with pytest.raises(NoSuchCode):
            await sheet_with_code(connection, new_id(), whole)


async def test_sheets_are_counted_by_entrant_and_signer(connection: Connection) -> None:
    """What is signed now, and by whom by hand; a signature that is void counts no more."""
    contest, _ = await found_signed(connection)
    await seal(connection, Shelf(), contest, contest.sheet("A02", "T1", 0), now=NOW)
    assert await sheets_by_entrant(connection, contest.event_id) == (
        EntrantSheets(code="A01", session=1, sheets=4, signed=1, competitor=0, chief_judge=1),
        EntrantSheets(code="A02", session=1, sheets=4, signed=1, competitor=0, chief_judge=0),
    )
