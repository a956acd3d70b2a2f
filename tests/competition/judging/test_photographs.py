"""Photographs: what is left of a file that was sent, and how a picture is bound to the ledger."""

from __future__ import annotations

import asyncio
import hashlib
import io
import struct
import zlib
from datetime import timedelta

import asyncpg
import msgspec
import pytest
from PIL import Image, ImageChops

from competition.exports import findings as say
from competition.exports.findings import finding
from competition.exports.verify import verify_database
from competition.judging import actions, photographs, rules
from competition.judging.papers_store import AlteredPaper, Picture, altered_papers, photographs_of, picture_with
from competition.judging.photographs import Shot, Studio, developed, keep_photograph
from competition.judging.store import sheet_with
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing import pictures
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Person
from schemas.marks import Photograph, Receipt
from schemas.problems import Busy, Problem
from schemas.tablet import OwnPhotograph
from tests.house import (
    NOW,
    Contest,
    add_person,
    findings,
    found_contest,
    mark_all,
    seal,
    stored_standings,
)

LATER = NOW + timedelta(minutes=30)
SECRET = b"31.2304N 121.4737E"


# Made anew ------------------------------------------------------------------------------------------------------------


def test_a_picture_is_made_upright_and_small() -> None:
    """A telephone's photograph lies on its side: turned as its EXIF says, and no side is longer than is of use."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn a quarter clockwise
    lying = halves(2400, 1800)
    picture = developed(file_of(lying, "JPEG", exif=exif))
    with Image.open(io.BytesIO(picture.jpeg)) as kept:
        assert (picture.width, picture.height) == kept.size == (1200, 1600)
        assert is_like(kept, turned(lying).resize((1200, 1600)))


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_kept(format: str) -> None:
    """Of place, comment, colour profile, text and what hangs on behind the picture not a byte is left (acceptance 32)."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    extra = {"comment": SECRET} if format == "JPEG" else {"xmp": SECRET}
    sent = file_of(halves(90, 60), format, exif=exif, icc_profile=SECRET, **extra) + b"PK\x03\x04<script>" + SECRET
    assert SECRET in sent
    picture = developed(sent)
    with Image.open(io.BytesIO(picture.jpeg)) as kept:
        assert (kept.format, kept.size, kept.mode) == ("JPEG", (90, 60), "RGB")
        assert set(kept.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not kept.getexif()
        assert is_like(kept, halves(90, 60))
    assert SECRET not in picture.jpeg
    assert picture.jpeg.endswith(b"\xff\xd9")
    assert developed(picture.jpeg).jpeg[:3] == b"\xff\xd8\xff"


def test_white_shines_through_where_a_picture_is_transparent() -> None:
    """A drawing without a ground stands on white; one with a palette too."""
    clear = Image.new("RGBA", (40, 40), (200, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 20, 40))
    for sent in (clear, clear.quantize(4)):
        with Image.open(io.BytesIO(developed(file_of(sent, "PNG")).jpeg)) as kept:
            assert [kept.getpixel((5, 20)), kept.getpixel((35, 20))] == [(0, 0, 0), (255, 255, 255)]


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        b"\xff\xd8\xff" + bytes(100),
        b"RIFF\x04\0\0\0WEBP",
    ],
)
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    """Nothing, another kind of file, a beginning that promises a picture."""
    with pytest.raises(pictures.NotAPicture):
        developed(sent)


def test_a_damaged_picture_is_refused() -> None:
    """A picture cut short, and one whose text unpacks to far more than any text."""
    whole = file_of(halves(900, 600), "JPEG")
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(20_000_000)))
    for sent in (whole[: len(whole) // 2], png(10, 10, before=bomb)):
        with pytest.raises(pictures.NotAPicture):
            developed(sent)


@pytest.mark.parametrize(
    ("width", "height"), [(8000, 5001), (10_000, 10_000), (50_000, 50_000), (2**31 - 1, 2**31 - 1)]
)
def test_a_flood_of_pixels_is_not_even_read(width: int, height: int) -> None:
    """A small file that claims more than 40 million pixels is refused by its header."""
    with pytest.raises(pictures.PictureHasTooManyPixels):
        developed(png(width, height))


async def test_the_studio_takes_only_so_many_at_once() -> None:
    """Whoever comes while all places are taken is told to come again; a place that is left is free."""
    studio, gone = Studio(), asyncio.Event()

    async def wait() -> None:
        async with studio.place():
            await gone.wait()

    waiting = [asyncio.create_task(wait()) for _ in range(photographs.MOST_AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(Busy):
        async with studio.place():
            pass
    gone.set()
    await asyncio.gather(*waiting)
    async with studio.place():
        assert (await studio.develop(file_of(halves(90, 60), "PNG"))).width == 90


async def test_the_studio_waits_for_no_picture_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that does not arrive is to be sent again, and its place is free."""
    monkeypatch.setattr(photographs, "MOST_SECONDS", 0.01)
    studio = Studio()
    for _ in range(photographs.MOST_AT_ONCE + 1):
        with pytest.raises(Busy):
            async with studio.place():
                await asyncio.sleep(10)


# In the ledger --------------------------------------------------------------------------------------------------------


async def test_a_photograph_is_an_entry_with_the_digest_of_what_is_kept(connection: Connection) -> None:
    """Entry and picture are written together; sent again, freshly made, it is the same photograph; standings do not move."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    before = await stored_standings(connection, contest)
    judge = msgspec.structs.replace(contest.judges[0], device_id=new_id())
    shot = shot_of(contest)
    picture = developed(file_of(halves(90, 60), "JPEG"))
    receipt = await keep_photograph(connection, shelf, shot, picture, person=judge, now=LATER)
    again = await keep_photograph(connection, Shelf(), shot, _other(), person=judge, now=LATER + timedelta(hours=1))
    *_, entry = await ledger.entries(connection, contest.event_id)
    assert again == receipt == Receipt(id=shot.id, position=receipt.position, revision=receipt.revision)
    assert entry == Photograph(
        id=shot.id,
        sheet_id=shot.sheet_id,
        entrant_id=contest.entrants[contest.codes[0]],
        sub_criterion="A1",
        judge_id=judge.id,
        device_id=judge.device_id,
        aspect="A1.2",
        digest=hashlib.sha256(picture.jpeg).hexdigest(),
        taken_at=NOW,
        recorded_at=LATER,
    )
    assert [tuple(row) for row in await connection.fetch("SELECT * FROM photograph")] == [
        (shot.id, contest.event_id, shot.sheet_id, "A1.2", picture.jpeg, 90, 60, NOW, LATER)
    ]
    assert await stored_standings(connection, contest) == before
    assert await findings(connection, contest) == ()


async def test_a_photograph_is_kept_when_its_sheet_is_signed_and_leaves_it_signed(connection: Connection) -> None:
    """Evidence is never refused for being late, and does not change what was signed."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    shot = shot_of(contest)
    await seal(connection, shelf, contest, shot.sheet_id)
    newcomer = await add_person(connection, "judge")
    await actions.seat_panel(connection, contest.event_id, "A1", [newcomer.id], actor_id=contest.organiser.id, now=NOW)
    signed = await sheet_with(connection, shot.sheet_id)
    await keep_photograph(connection, shelf, shot, _other(), person=contest.judges[0], now=LATER)
    assert await sheet_with(connection, shot.sheet_id) == signed
    assert signed is not None
    assert signed.is_sealed()


async def test_a_photograph_that_cannot_be_entered_leaves_nothing(connection: Connection) -> None:
    """Somebody else's sheet, no sheet, no such aspect, an id of something else: each is refused with its own sentence."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, other = contest.judges
    shot = shot_of(contest)
    await keep_photograph(connection, shelf, shot, _other(), person=judge, now=NOW)
    change = msgspec.structs.replace
    assert [
        await _refused(connection, change(shot, id=new_id()), other),
        await _refused(connection, change(shot, id=new_id()), contest.chief),
        await _refused(connection, change(shot, id=new_id(), sheet_id=new_id()), judge),
        await _refused(connection, change(shot, id=new_id(), aspect="B1.1"), judge),
        await _refused(connection, change(shot, aspect="A1.1"), judge),
        await _refused(connection, change(shot, taken_at=LATER), judge),
        await _refused(connection, shot, other),
        await _refused(connection, change(shot, sheet_id=contest.sheet(contest.codes[1], "A1", 0)), judge),
    ] == [
        rules.NoSuchSheet,
        rules.NoSuchSheet,
        rules.NoSuchSheet,
        rules.NoSuchAspect,
        rules.EntryIdReused,
        rules.EntryIdReused,
        rules.EntryIdReused,
        rules.EntryIdReused,
    ]
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 1
    assert await connection.fetchval("SELECT count(*) FROM photograph") == 1


async def test_an_aspect_has_six_photographs_at_most(connection: Connection) -> None:
    """The seventh of one aspect is refused; another aspect has its own six, and so has another sheet."""
    contest, shelf = await found_contest(connection), Shelf()
    judge = contest.judges[0]
    for _ in range(6):
        await keep_photograph(connection, shelf, shot_of(contest), _other(), person=judge, now=NOW)
    assert await _refused(connection, shot_of(contest), judge) is photographs.EnoughPhotographs
    for shot in (shot_of(contest, aspect="A1.1"), shot_of(contest, place=1)):
        await keep_photograph(connection, shelf, shot, _other(), person=judge, now=NOW)
    assert await connection.fetchval("SELECT count(*) FROM photograph") == 8


async def test_seven_photographs_at_once_are_six(dsn: str, connection: Connection) -> None:
    """The count is taken under the event's lock: whoever comes together does not slip by together."""
    contest = await found_contest(connection)
    others = [await asyncpg.connect(dsn, server_settings={"role": "leitai_app"}) for _ in range(7)]
    outcomes = await asyncio.gather(
        *(
            keep_photograph(each, Shelf(), shot_of(contest), _other(), person=contest.judges[0], now=NOW)
            for each in others
        ),
        return_exceptions=True,
    )
    for each in others:
        await each.close()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EnoughPhotographs"] + ["Receipt"] * 6
    assert await findings(connection, contest) == ()


async def test_photographs_are_told_by_sheet_and_shown_to_their_judge(
    connection: Connection, statements: list[str]
) -> None:
    """Many sheets cost one question; the picture is its judge's own, and anybody's who asks without a judge."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, other = contest.judges
    late, early = shot_of(contest), shot_of(contest)
    early = msgspec.structs.replace(early, taken_at=NOW - timedelta(minutes=1))
    elsewhere = shot_of(contest, place=1)
    for shot in (late, early, elsewhere):
        await keep_photograph(connection, shelf, shot, _other(), person=judge, now=NOW)
    statements.clear()
    assert await photographs_of(connection, [late.sheet_id, elsewhere.sheet_id, new_id()]) == {
        late.sheet_id: tuple(
            OwnPhotograph(id=shot.id, aspect=shot.aspect, taken_at=shot.taken_at) for shot in (early, late)
        ),
        elsewhere.sheet_id: (OwnPhotograph(id=elsewhere.id, aspect="A1.2", taken_at=NOW),),
    }
    assert len(statements) == 1
    assert [
        await picture_with(connection, late.id, judge_id=judge.id),
        await picture_with(connection, late.id, judge_id=None),
        await picture_with(connection, late.id, judge_id=other.id),
        await picture_with(connection, new_id(), judge_id=None),
    ] == [_other().jpeg, _other().jpeg, None, None]


async def test_a_photograph_changed_behind_the_ledger_is_named(dsn: str, connection: Connection) -> None:
    """Another picture, another aspect, another sheet, another time, none at all: each is found, by its entry."""
    contest, shelf = await found_contest(connection), Shelf()
    shots = [shot_of(contest, aspect="A1.1") for _ in range(6)]
    for shot in shots:
        await keep_photograph(connection, shelf, shot, _other(), person=contest.judges[0], now=NOW)
    assert await altered_papers(connection, contest.event_id) == ()
    owner = await asyncpg.connect(dsn)
    await owner.execute("UPDATE photograph SET picture = picture || '\\x00' WHERE id = $1", shots[0].id)
    await owner.execute("UPDATE photograph SET aspect = 'A1.2' WHERE id = $1", shots[1].id)
    sheet_id = contest.sheet(contest.codes[1], "A1", 0)
    await owner.execute("UPDATE photograph SET sheet_id = $2 WHERE id = $1", shots[2].id, sheet_id)
    await owner.execute("UPDATE photograph SET taken_at = $2 WHERE id = $1", shots[3].id, LATER)
    await owner.execute("DELETE FROM photograph WHERE id = $1", shots[4].id)
    await owner.close()
    assert await altered_papers(connection, contest.event_id) == tuple(
        AlteredPaper(position=place + 1, id=shots[place].id, kind="photograph", is_missing=place == 4)
        for place in range(5)
    )
    found = (await verify_database(connection, contest.event_id, printed=None)).findings
    assert found == tuple(
        finding(
            say.PAPER_MISSING if place == 4 else say.PAPER_ALTERED, position=place + 1, kind=say.PAPERS["photograph"]
        )
        for place in range(5)
    )


def shot_of(contest: Contest, *, aspect: str = "A1.2", place: int = 0) -> Shot:
    """A photograph as judge 0's tablet sends it."""
    sheet_id = contest.sheet(contest.codes[place], "A1", 0)
    return Shot(id=new_id(), sheet_id=sheet_id, aspect=aspect, taken_at=NOW)


def halves(width: int, height: int) -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), (220, 20, 20))
    picture.paste((20, 20, 220), (width // 2, 0, width, height))
    return picture


def turned(picture: Image.Image) -> Image.Image:
    """A picture a quarter clockwise."""
    return picture.transpose(Image.Transpose.ROTATE_270)


def is_like(picture: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures are the same to the eye, as far as a JPEG can be."""
    return max(ImageChops.difference(picture.reduce(10), other.reduce(10)).tobytes()) < 24


def file_of(picture: Image.Image, format: str, **extra: object) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    picture.save(file, format, **extra)
    return file.getvalue()


def png(width: int, height: int, *, before: bytes = b"") -> bytes:
    """A PNG that claims this size and has no pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + before + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _other() -> Picture:
    """A picture that is no picture, which no store looks into."""
    return Picture(jpeg=b"\xff\xd8\xff", width=1, height=1)


async def _refused(connection: Connection, shot: Shot, person: Person) -> type[Problem]:
    with pytest.raises(Problem) as refused:
        await keep_photograph(connection, Shelf(), shot, _other(), person=person, now=NOW)
    return refused.type
