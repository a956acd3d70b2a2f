"""What is done on stage, over a real database: what is kept, what is refused, what boards are told, and who is written down."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from PIL import Image

from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.results import actions as results
from competition.results.store import Board, boards, boards_of
from competition.staging import actions, reveal, rules, store
from schemas.base import Text
from schemas.boards import BoardKind, BoardSettings, Theme
from schemas.closing import PlacesAward
from schemas.problems import NotFound
from schemas.results import PublicationStatus
from schemas.staging import PassLine, Reveal
from tests.house import NOW, Contest, found_contest, mark_all, seal_all, small_scheme

TITLE = Text(zh="总排名", en="Standings")
PRIZES = msgspec.structs.replace(
    small_scheme(), awards=(PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),)
)


async def counters(connection: Connection) -> tuple[int, int, bool]:
    """The event's revision, what of it is shown, and whether anything is hidden."""
    row = await connection.fetchrow("SELECT revision, shown, is_hidden FROM event")
    assert row is not None
    return row[0], row[1], row[2]


async def audited(connection: Connection, contest: Contest) -> list[tuple[str, bool]]:
    """What was written down last for this event: the verb, and whether it was the organiser."""
    rows = await connection.fetch(
        "SELECT verb, actor_id FROM audit WHERE subject = $1 ORDER BY id", str(contest.event_id)
    )
    return [(row[0], row[1] == contest.organiser.id) for row in rows]


async def open_hall(connection: Connection, contest: Contest, board_id: str = "hall", **changes: Any) -> None:
    """Open a board of the standings."""
    said: dict[str, Any] = {"kind": "standings", "title": TITLE, "settings": BoardSettings()} | changes
    await actions.open_board(
        connection, contest.event_id, board_id, said["kind"], said["title"], said["settings"], person=contest.organiser, now=NOW
    )  # fmt: skip


# Boards ---------------------------------------------------------------------------------------------------------------


async def test_open_board_gives_an_event_an_address(connection: Connection) -> None:
    """Every address and title that is allowed leads to the event, with its kind and settings; boards hear of it."""
    contest = await found_contest(connection)
    before = await counters(connection)
    settings = BoardSettings(columns=("practice", "A"))
    opened: list[tuple[str, BoardKind, BoardSettings]] = [
        ("a", "standings", settings),
        ("cnc-2026", "podium", BoardSettings()),
        ("x" * 64, "benches", BoardSettings(session=1)),
    ]
    for board_id, kind, chosen in opened:
        await open_hall(connection, contest, board_id, kind=kind, settings=chosen)
    expected = {Board(id=board_id, kind=kind, title=TITLE, settings=chosen) for board_id, kind, chosen in opened}
    assert set(await boards_of(connection, contest.event_id)) == set(await boards(connection)) == expected
    assert await boards_of(connection, new_id()) == ()
    assert await counters(connection) == (before[0] + 3, before[1] + 3, False)
    assert (await audited(connection, contest))[-3:] == [("open_board", True)] * 3


async def test_open_board_refuses_what_is_no_address(connection: Connection) -> None:
    """Not empty, not long, no capitals, blanks, dots, slashes, letters beyond ASCII, nor what leads elsewhere."""
    contest = await found_contest(connection)
    for board_id in (
        "",
        "x" * 65,
        "Hall",
        "a b",
        "a.b",
        "a/b",
        "-a",
        "a_b",
        "榜",
        "é",
        "a\n",
        "static",
        "themes",
        "logos",
    ):
        with pytest.raises(rules.BadBoardName):
            await open_hall(connection, contest, board_id)


async def test_open_board_refuses_what_is_no_title(connection: Connection) -> None:
    """A title is needed in both languages, and short enough for a hall's screen."""
    contest = await found_contest(connection)
    for zh, en in (("", "Standings"), ("总排名", " "), ("总" * (rules.MOST_TITLE + 1), "Standings")):
        with pytest.raises(rules.BadBoardTitle):
            await open_hall(connection, contest, title=Text(zh=zh, en=en))
    longest = Text(zh="总" * rules.MOST_TITLE, en="S" * rules.MOST_TITLE)
    await open_hall(connection, contest, title=longest)
    assert await boards_of(connection, contest.event_id) == (Board(id="hall", kind="standings", title=longest),)


async def test_open_board_refuses_what_is_taken_or_belongs_to_nothing(connection: Connection) -> None:
    """An address is taken once for all events; a board without an event is none; one of what the scheme lacks neither."""
    contest = await found_contest(connection)
    await open_hall(connection, contest)
    with pytest.raises(rules.BadBoardName):
        await open_hall(connection, contest)
    with pytest.raises(rules.NoAwardsToShow):
        await open_hall(connection, contest, "medals", kind="medals")
    with pytest.raises(NotFound):
        await actions.open_board(connection, new_id(), "other", "standings", TITLE, person=contest.organiser, now=NOW)
    assert len(await boards(connection)) == 1


async def test_a_board_is_changed_and_closed(connection: Connection) -> None:
    """Title and settings are others, address and kind stay; closed, the address is free again. Another event's is not found."""
    contest = await found_contest(connection)
    await open_hall(connection, contest)
    title, settings = Text(zh="总榜", en="All"), BoardSettings(columns=("B",))
    person = contest.organiser
    await actions.change_board(connection, contest.event_id, "hall", title, settings, person=person, now=NOW)
    changed = Board(id="hall", kind="standings", title=title, settings=settings)
    assert await boards(connection) == (changed,)
    with pytest.raises(rules.NoSuchColumn):
        await actions.change_board(
            connection, contest.event_id, "hall", title, BoardSettings(columns=("Z",)), person=person, now=NOW
        )
    other = await found_contest_beside(connection, contest)
    for verb in (
        actions.change_board(connection, other, "hall", title, BoardSettings(), person=person, now=NOW),
        actions.close_board(connection, other, "hall", person=person, now=NOW),
        actions.change_board(connection, contest.event_id, "none", title, BoardSettings(), person=person, now=NOW),
        actions.close_board(connection, contest.event_id, "none", person=person, now=NOW),
    ):
        with pytest.raises(NotFound):
            await verb
    assert await boards(connection) == (changed,)
    await actions.close_board(connection, contest.event_id, "hall", person=person, now=NOW)
    assert await boards(connection) == ()
    await open_hall(connection, contest)


async def found_contest_beside(connection: Connection, contest: Contest) -> UUID:
    """A second event of the same competition."""
    event_id = new_id()
    await connection.execute(
        """
        INSERT INTO event (id, competition_id, name_zh, name_en, created_at)
        SELECT $2, competition_id, 'x', 'x', created_at FROM event WHERE id = $1
        """,
        contest.event_id,
        event_id,
    )
    return event_id


# Themes ---------------------------------------------------------------------------------------------------------------


def picture(form: str, size: tuple[int, int] = (1000, 250), mode: str = "RGBA") -> bytes:
    """A picture file, half transparent red."""
    file = io.BytesIO()
    Image.new(mode, size, (200, 30, 30, 128)[: len(mode)]).save(file, form)
    return file.getvalue()


async def theme_now(connection: Connection, competition_id: UUID) -> tuple[Theme | None, bytes | None]:
    """The theme as it is kept, and the logo."""
    logo = await connection.fetchval("SELECT logo FROM theme WHERE competition_id = $1", competition_id)
    return await store.theme_of(connection, competition_id), logo


async def test_a_theme_is_kept_with_its_logo_made_anew(connection: Connection) -> None:
    """Whatever picture comes in, a small WebP is kept, under its own digest; all events of the competition are told."""
    contest = await found_contest(connection)
    await found_contest_beside(connection, contest)
    competition_id = await connection.fetchval("SELECT id FROM competition")
    assert await theme_now(connection, competition_id) == (Theme(), None)
    before = await connection.fetch("SELECT revision, shown FROM event ORDER BY id")
    wish = Theme(name=Text(zh="江城杯"), primary="#C81E1E", accent="#0a0a0a", logo="whatever")
    for form, mode in (("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGBA")):
        sent = picture(form, mode=mode)
        kept = await actions.set_theme(connection, competition_id, wish, sent, person=contest.organiser, now=NOW)
        theme, logo = await theme_now(connection, competition_id)
        assert logo is not None
        digest = hashlib.sha256(logo).hexdigest()
        assert theme == kept == Theme(name=Text(zh="江城杯"), primary="#c81e1e", accent="#0a0a0a", logo=digest)
        with Image.open(io.BytesIO(logo)) as made:
            assert (made.format, made.size) == ("WEBP", (640, 160))
            assert (made.getpixel((0, 0))[3:] == (128,)) is (mode == "RGBA")  # type: ignore[index]
    after = await connection.fetch("SELECT revision, shown FROM event ORDER BY id")
    assert [tuple(row) for row in after] == [(row[0] + 3, row[1] + 3) for row in before]
    subjects = await connection.fetch("SELECT verb, actor_id FROM audit WHERE subject = $1", str(competition_id))
    assert [tuple(row) for row in subjects][-3:] == [("set_theme", contest.organiser.id)] * 3


async def test_a_logo_stays_until_it_is_replaced_or_taken_away(connection: Connection) -> None:
    """A theme that names the present logo keeps it; one that names none, or another, has none."""
    contest = await found_contest(connection)
    competition_id = await connection.fetchval("SELECT id FROM competition")

    async def put(theme: Theme, logo: bytes | None = None) -> Theme:
        return await actions.set_theme(connection, competition_id, theme, logo, person=contest.organiser, now=NOW)

    first = await put(Theme(), picture("PNG"))
    renamed = msgspec.structs.replace(first, name=Text(zh="杯"))
    assert await put(renamed) == renamed
    assert (await theme_now(connection, competition_id))[1] is not None
    for digest in ("", "0" * 64):
        await put(Theme(), picture("PNG"))
        assert await put(msgspec.structs.replace(first, logo=digest)) == Theme()
        assert await theme_now(connection, competition_id) == (Theme(), None)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def test_what_is_no_logo_is_refused(connection: Connection) -> None:
    """Drawings with programs in them, floods of pixels, files too large, other kinds, damaged ones: nothing is changed."""
    contest = await found_contest(connection)
    competition_id = await connection.fetchval("SELECT id FROM competition")
    bomb = picture("PNG", (8000, 6000), "L")
    for sent in (SVG, bomb, b"x" * (2 * 1024 * 1024 + 1), picture("GIF", mode="L"), picture("PNG")[:60], b"\x00"):
        with pytest.raises(rules.LogoUnusable):
            await actions.set_theme(connection, competition_id, Theme(), sent, person=contest.organiser, now=NOW)
    with pytest.raises(rules.BadColour):
        await actions.set_theme(connection, competition_id, Theme(primary="red"), person=contest.organiser, now=NOW)
    with pytest.raises(NotFound):
        await actions.set_theme(connection, new_id(), Theme(), person=contest.organiser, now=NOW)
    assert await connection.fetchval("SELECT count(*) FROM theme") == 0


# The reveal -----------------------------------------------------------------------------------------------------------


async def published(connection: Connection, *statuses: PublicationStatus, signed: bool = True) -> Contest:
    """A contest of three whose lists are published."""
    contest, shelf = await found_contest(connection, scheme=PRIZES), Shelf()
    await mark_all(connection, shelf, contest, {contest.codes[0]: {"T1.1": ("100",)}})
    if signed:
        await seal_all(connection, shelf, contest)
    for status in statuses:
        await results.publish(connection, shelf, contest.event_id, status, person=contest.organiser, now=NOW)
    return contest


async def test_a_reveal_is_prepared_from_a_list(connection: Connection) -> None:
    """The script is that of the list, closed and at the curtain; of a draft it is told how many sheets are unsigned."""
    contest = await published(connection, "draft", signed=False)
    prepared = await actions.prepare_reveal(
        connection, contest.event_id, 1, "awards", person=contest.organiser, now=NOW
    )
    publication = await store.publication_with(connection, contest.event_id, 1)
    assert publication is not None
    assert prepared == actions.Prepared(
        reveal=Reveal(
            mode="closed",
            step=0,
            is_paused=False,
            script=reveal.script(1, publication.rows, PRIZES, "awards"),
            rehearsal=reveal.rehearsal(1, publication.rows, PRIZES, "awards"),
        ),
        status="draft",
        open_sheets=12,
    )
    assert await store.reveal_of(connection, contest.event_id) == prepared.reveal
    assert [[row.code for row in step.rows] for step in prepared.reveal.script.steps] == [["A02", "A03"], ["A01"]]
    assert (await audited(connection, contest))[-1] == ("prepare_reveal", True)
    with pytest.raises(NotFound):
        await actions.prepare_reveal(connection, contest.event_id, 2, "awards", person=contest.organiser, now=NOW)


async def test_a_reveal_moves_on_and_back_and_tells_the_boards_once(connection: Connection) -> None:
    """Each move is a revision that everybody sees, though marks are hidden by the published list; asked twice it is one move."""
    contest = await published(connection, "provisional")
    event_id, who = contest.event_id, {"person": contest.organiser, "now": NOW}
    with pytest.raises(rules.NoReveal):
        await actions.step_reveal(connection, event_id, 1, mode="live", **who)  # type: ignore[arg-type]
    closed = (await actions.prepare_reveal(connection, event_id, 1, "places", **who)).reveal  # type: ignore[arg-type]
    revision, shown, is_hidden = await counters(connection)
    assert is_hidden
    moves: list[tuple[Any, dict[str, Any]]] = [
        (actions.set_reveal_mode(connection, event_id, "live", **who), {"mode": "live"}),  # type: ignore[arg-type]
        (actions.step_reveal(connection, event_id, 2, mode="live", **who), {"mode": "live", "step": 2}),  # type: ignore[arg-type]
        (actions.step_reveal(connection, event_id, 1, mode="live", **who), {"mode": "live", "step": 1}),  # type: ignore[arg-type]
        (actions.pause_reveal(connection, event_id, **who), {"mode": "live", "step": 1, "is_paused": True}),  # type: ignore[arg-type]
        (actions.resume_reveal(connection, event_id, **who), {"mode": "live", "step": 1}),  # type: ignore[arg-type]
        (actions.set_reveal_mode(connection, event_id, "rehearsal", **who), {"mode": "rehearsal"}),  # type: ignore[arg-type]
        (actions.set_reveal_mode(connection, event_id, "closed", **who), {}),  # type: ignore[arg-type]
    ]
    for count, (move, changes) in enumerate(moves, start=1):
        moved = await move
        assert moved == await store.reveal_of(connection, event_id) == msgspec.structs.replace(closed, **changes)
        assert await counters(connection) == (revision + count, shown + count, True)
    verbs = [verb for verb, _ in await audited(connection, contest)]
    assert verbs[-7:] == [
        "set_reveal_mode", "step_reveal", "step_reveal", "pause_reveal", "resume_reveal", "set_reveal_mode", "set_reveal_mode",
    ]  # fmt: skip
    at = await counters(connection)
    await actions.set_reveal_mode(connection, event_id, "closed", **who)  # type: ignore[arg-type]
    assert await counters(connection) == at


async def test_a_reveal_on_the_screens_is_not_prepared_anew(connection: Connection) -> None:
    """Nobody changes what the hall is watching; closed, it may be made from a later list."""
    contest = await published(connection, "provisional", "official")
    event_id, person = contest.event_id, contest.organiser
    await actions.prepare_reveal(connection, event_id, 1, "places", person=person, now=NOW)
    await actions.set_reveal_mode(connection, event_id, "rehearsal", person=person, now=NOW)
    with pytest.raises(rules.RevealIsOn):
        await actions.prepare_reveal(connection, event_id, 2, "places", person=person, now=NOW)
    await actions.set_reveal_mode(connection, event_id, "closed", person=person, now=NOW)
    again = await actions.prepare_reveal(connection, event_id, 2, "awards", person=person, now=NOW)
    assert (again.reveal.script.publication, again.reveal.script.order) == (2, "awards")


# Passes ---------------------------------------------------------------------------------------------------------------


async def test_a_pass_is_kept_as_a_digest_and_ends(connection: Connection) -> None:
    """The token is told once; what holds is listed, the newest first, until it has expired or is closed."""
    contest = await found_contest(connection)
    event_id, person = contest.event_id, contest.organiser

    async def give(audience: Any, hours: int, now: datetime) -> str:
        return await actions.open_pass(
            connection, event_id, audience, f"{audience} 1", timedelta(hours=hours), person=person, now=now
        )

    first, second = await give("jury", 1, NOW), await give("presenter", 3, NOW + timedelta(seconds=1))
    assert first != second
    digests = {row[0] for row in await connection.fetch("SELECT token_digest FROM board_pass")}
    assert digests == {hashlib.sha256(token.encode()).digest() for token in (first, second)}
    lines = await actions.passes_of(connection, event_id, now=NOW)
    assert lines == (
        PassLine(id=lines[0].id, audience="presenter", note="presenter 1", expires_at=NOW + timedelta(hours=3, seconds=1)),
        PassLine(id=lines[1].id, audience="jury", note="jury 1", expires_at=NOW + timedelta(hours=1)),
    )  # fmt: skip
    assert await actions.passes_of(connection, event_id, now=NOW + timedelta(hours=1)) == lines[:1]
    await actions.close_pass(connection, event_id, lines[0].id, person=person, now=NOW)
    assert await actions.passes_of(connection, event_id, now=NOW) == lines[1:]
    for of_event, pass_id in ((event_id, lines[0].id), (new_id(), lines[1].id)):
        with pytest.raises(NotFound):
            await actions.close_pass(connection, of_event, pass_id, person=person, now=NOW)
    assert (await audited(connection, contest))[-3:] == [("open_pass", True), ("open_pass", True), ("close_pass", True)]
    told = await connection.fetchval("SELECT string_agg(detail::text, ' ') FROM audit")
    assert first not in told
    assert second not in told
