"""What boards of teams, medals, benches and latest marks show at first paint, and that their scripts show the same."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec
import pytest
from litestar.plugins.jinja import JinjaTemplateEngine

from competition.plumbing.locale import Language, speaking
from schemas.base import Message, Text
from schemas.boards import (
    BenchRow,
    BoardAward,
    BoardColumn,
    BoardHead,
    BoardKind,
    BoardSession,
    MedalRow,
    Row,
    TeamMember,
    TeamRow,
    TickerRow,
)
from schemas.results import EntrantState
from scoreboards.app import _templates
from scoreboards.benches import bench_scene, extra_face
from scoreboards.forms import BoardPage, Form, Shape
from scoreboards.readings import Venue
from scoreboards.ticker import age_of
from scoreboards.words import STATE_WORDS

HERE = Path(__file__).parent
NOW = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
VENUE = Venue(
    competition_id=UUID(int=1), competition=Text(zh="市赛", en="City contest"), place="芜湖", time_zone="Asia/Shanghai"
)


class Scene(Message):
    """What a board of benches shows."""

    number: int
    phase: str
    left: int
    spent: int
    ends_at: datetime
    going_on: int
    codes: tuple[str, ...]


class SceneCase(Message):
    """Sessions and benches at a moment, what is shown of them, and what each bench's own clock says."""

    what: str
    sessions: tuple[BoardSession, ...]
    rows: tuple[BenchRow, ...]
    now: datetime
    scene: Scene | None
    extras: tuple[str, ...]


class Cases(Message):
    """The table."""

    scenes: tuple[SceneCase, ...]
    ages: tuple[tuple[datetime, datetime, str, int], ...]
    figures: tuple[tuple[Decimal | None, Literal["total", "scale", "place", "medal_points"], str], ...]


CASES = msgspec.json.decode((HERE / "kinds.json").read_bytes(), type=Cases)


@pytest.fixture(scope="module")
def engine() -> JinjaTemplateEngine:
    """The boards' templates."""
    engine = _templates().instance
    assert isinstance(engine, JinjaTemplateEngine)
    return engine


@pytest.mark.parametrize("case", CASES.scenes, ids=lambda case: case.what)
def test_benches_of_a_moment(case: SceneCase) -> None:
    """The session of the hour, its clock, and what each bench has more, follow from the moment."""
    found = bench_scene(head("benches", sessions=case.sessions), case.rows, case.now)
    if found is None:
        assert case.scene is None
        return
    told = Scene(
        number=found.session.number,
        phase=found.phase,
        left=found.left,
        spent=found.spent,
        ends_at=found.ends_at,
        going_on=found.going_on,
        codes=tuple(row.code for row in found.rows),
    )
    assert (told, tuple(extra_face(row, found) for row in found.rows)) == (case.scene, case.extras)


@pytest.mark.parametrize(("at", "now", "unit", "count"), CASES.ages)
def test_age_of_a_mark(at: datetime, now: datetime, unit: str, count: int) -> None:
    """How long ago is told in the largest whole unit."""
    assert age_of(at, now) == (unit, count)


def test_scripts_show_the_same() -> None:
    """The scripts keep to the same table."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the boards' scripts are not tested")
    run = subprocess.run(
        [node, "--test", str(HERE / "kinds.test.mjs")], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("kind", ["standings", "benches", "entrant"])
def test_pages_and_scripts_have_a_word_for_every_state(kind: BoardKind) -> None:
    """The page carries for its script the very words that it is painted with: who withdrew is not called disqualified."""
    template = files("scoreboards").joinpath(f"templates/kinds/{kind}.html").read_text("utf-8")
    states = "|".join(get_args(EntrantState))
    assert dict(re.findall(rf"""data-word-({states})="{{{{ _\('([^']+)'\) }}}}\"""", template)) == STATE_WORDS
    assert {"competing", *STATE_WORDS} == set(get_args(EntrantState))


def test_teams_are_told_with_the_members_that_count(engine: JinjaTemplateEngine) -> None:
    """Rank, delegation, members and figure, ties marked; who has too few members has no place, and the page says why."""
    members = (TeamMember(code="A03", name="王伟"), TeamMember(code="B01", name="Li Na"))
    rows = (
        TeamRow(code="AH", place=1, rank=1, shared=True, name="合肥", figure=Decimal("252.5"), members=members),
        TeamRow(code="WH", place=2, rank=1, shared=True, name="芜湖", figure=Decimal("252.5"), members=members[:1]),
        TeamRow(code="MA", place=3, rank=None, shared=False, name="马鞍山", figure=None, members=members[:1]),
    )
    assert cells(painted(engine, head("teams", measure="total"), rows)) == [
        ["Rank", "Delegation", "Members that count", "Points"],
        ["1", "合肥", "王伟 · Li Na", "252.50"],
        ["1", "芜湖", "王伟", "252.50"],
        ["–", "马鞍山", "not enough members with a rank", "–"],
    ]


@pytest.mark.parametrize(("value", "measure", "shown"), CASES.figures)
def test_team_figure_follows_its_measure(
    engine: JinjaTemplateEngine,
    value: Decimal | None,
    measure: Literal["total", "scale", "place", "medal_points"],
    shown: str,
) -> None:
    """Points have two places at least, places stand as they are."""
    row = TeamRow(code="AH", place=1, rank=1, shared=False, name="合肥", figure=value, members=())
    assert cells(painted(engine, head("teams", measure=measure), (row,)))[1][-1] == shown


def test_medals_are_counted(engine: JinjaTemplateEngine) -> None:
    """A column for each award, the best first, and how many in all; none is a nought, not a blank."""
    awards = (
        BoardAward(id="gold", name=Text(zh="金牌", en="Gold"), medal="gold"),
        BoardAward(id="first", name=Text(zh="一等奖", en="First prize")),
    )
    rows = (MedalRow(code="AH", place=1, rank=1, shared=False, name="合肥", counts=(2, 0)),)
    page = painted(engine, head("medals", awards=awards), rows)
    assert cells(page) == [
        ["Rank", "Delegation", "Gold", "First prize", "In all"],
        ["1", "合肥", "Gold 2", "First prize 0", "2"],
    ]
    assert re.findall(r'data-lit data-medal="(\w*)"( data-none)?', page)[:2] == [("gold", ""), ("", " data-none")]


@pytest.mark.parametrize("kind", ["teams", "medals"])
def test_delegations_are_hidden_with_the_names(engine: JinjaTemplateEngine, kind: BoardKind) -> None:
    """While marking is blind the board says why it is empty; with names it says that nothing is there yet."""
    hidden = painted(engine, head(kind, has_names=False), ())
    assert 'data-named="no"' in hidden
    for page in (hidden, painted(engine, head(kind), ())):
        assert "data-nobody>" in page
        assert len(re.findall(r'data-while="(?:un)?named">\w', page)) == 2


@pytest.mark.parametrize(
    ("language", "word"), [("en", "last ten minutes, until 10:05"), ("zh-CN", "最后十分钟，10:05 结束")]
)
def test_clock_is_right_before_any_script(engine: JinjaTemplateEngine, language: Language, word: str) -> None:
    """The session of the hour, what is left, until when, and the benches of that session alone with what they have more."""
    page = painted(engine, head("benches", sessions=sessions()), benches(), language=language)
    said = re.search(
        r'data-phase="(\w+)".*?data-session-face[^>]*>([^<]*)<.*?data-session-word[^>]*>([^<]*)<', page, re.DOTALL
    )
    assert said is not None
    assert said.groups() == ("last", "5:00", word)
    states = {"en": ("100%", "Absent"), "zh-CN": ("100%", "缺赛")}[language]
    assert cells(page)[1:] == [["1", "+4:30", "A01 王伟 合肥", states[0]], ["2", "", "A02 Li Na 芜湖", states[1]]]


def test_benches_without_a_session(engine: JinjaTemplateEngine) -> None:
    """Before anything is laid the board says so."""
    page = painted(engine, head("benches"), ())
    assert "No session is laid yet." in page
    assert "Nobody has a bench yet." in page


@pytest.mark.parametrize("form", ["board", "embed", "overlay", "print"])
def test_benches_in_every_form(engine: JinjaTemplateEngine, form: Form) -> None:
    """The clock is on every form, a print too."""
    page = painted(engine, head("benches", sessions=sessions()), benches(), form=form)
    assert "data-session-face" in page
    assert ">5:00<" in page


def test_latest_marks_are_told(engine: JinjaTemplateEngine) -> None:
    """Who, what, how many points, what it comes to, which place, and how long ago."""
    page = painted(engine, head("ticker", columns=columns()), marks())
    assert cells(page) == [
        ["When", "Entrant", "What was marked", "Points", "Total", "Rank"],
        ["just now", "A01 王伟 合肥", "Assembly", "8.33", "Total 71.50", "Rank 2"],
        ["3 min ago", "A02 Li Na 芜湖", "Theory", "–", "Total 0.00", "Rank –"],
    ]


def test_latest_marks_as_a_line(engine: JinjaTemplateEngine) -> None:
    """Over a picture the marks are one line, by name where there is one."""
    page = painted(engine, head("ticker", columns=columns()), marks(), form="overlay")
    lines = [plain(line) for line in re.findall(r'<li data-code="A.*?</li>', page, re.DOTALL)]
    assert lines == ["王伟 合肥 Assembly 8.33 Total 71.50 Rank 2", "Li Na 芜湖 Theory – Total 0.00 Rank –"]


def test_nothing_is_marked_yet(engine: JinjaTemplateEngine) -> None:
    """An empty list says what will be there."""
    assert "Nothing is marked yet." in painted(engine, head("ticker", columns=columns()), ())


def head(kind: BoardKind, **facts: Any) -> BoardHead:
    """The head of a board of this kind."""
    title = Text(zh="大屏", en="Board")
    return BoardHead(
        **{"id": "hall", "kind": kind, "title": title, "event": title, "status": "live", "has_names": True, **facts}
    )


def painted(
    engine: JinjaTemplateEngine,
    board: BoardHead,
    rows: tuple[Row, ...],
    *,
    form: Form = "board",
    language: Language = "en",
) -> str:
    """A board's page as the server writes it."""
    page = BoardPage(
        board=board,
        rows=rows,
        revision=7,
        venue=VENUE,
        shape=Shape(form=form),
        changed_at=NOW,
        as_of=NOW,
        now=NOW,
        is_current=True,
        path="/boards/hall",
        query="",
        address="http://127.0.0.1/boards/hall",
        other_language="zh-CN",
    )
    template = "board.html" if form in {"board", "embed"} else f"{form}.html"
    with speaking(language):
        return engine.get_template(template).render(page=page)


def cells(page: str) -> list[list[str]]:
    """What the rows of the page's table say, head first, without the empty form that the script fills."""
    shown = re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", shown, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd] .*?</t[hd]>", row, re.DOTALL)] for row in rows]


def plain(markup: str) -> str:
    """The text of markup in single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def sessions() -> tuple[BoardSession, ...]:
    """Two hours since five to eight by the venue's clock, paused for ten minutes; and the session after it."""
    begun = NOW - timedelta(hours=2, minutes=5)
    first = BoardSession(
        number=1, starts_at=begun, ends_at=begun + timedelta(hours=2), seconds=7200, started_at=begun, stopped=600
    )
    later = NOW + timedelta(hours=3)
    return first, BoardSession(number=2, starts_at=later, ends_at=later + timedelta(hours=2), seconds=7200)


def benches() -> tuple[BenchRow, ...]:
    """Two who work now, one of them done and one absent, and one of the next session."""
    one = BenchRow(
        code="A01",
        place=1,
        session=1,
        bench=1,
        name="王伟",
        delegation="合肥",
        state="competing",
        progress=100,
        extra=270,
    )
    two = msgspec.structs.replace(
        one, code="A02", place=2, bench=2, name="Li Na", delegation="芜湖", state="absent", progress=0, extra=0
    )
    return one, two, msgspec.structs.replace(two, code="B01", place=3, session=2, bench=1)


def columns() -> tuple[BoardColumn, ...]:
    """Two columns of figures."""
    return (
        BoardColumn(id="theory", kind="stage", name=Text(zh="理论", en="Theory"), points=Decimal(100)),
        BoardColumn(id="A", kind="criterion", name=Text(zh="装调", en="Assembly"), points=Decimal(15)),
    )


def marks() -> tuple[TickerRow, ...]:
    """Two marks: one just given, one taken back three minutes ago."""
    one = TickerRow(
        code="A01/A",
        place=1,
        entrant="A01",
        name="王伟",
        delegation="合肥",
        column="A",
        points=Decimal("8.333333"),
        total=Decimal("71.5"),
        rank=2,
        at=NOW,
    )
    return one, msgspec.structs.replace(
        one,
        code="A02/theory",
        place=2,
        entrant="A02",
        name="Li Na",
        delegation="芜湖",
        column="theory",
        points=None,
        total=Decimal(0),
        rank=None,
        at=NOW - timedelta(minutes=3, seconds=20),
    )
