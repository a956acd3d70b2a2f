"""The reveal and an entrant's page: the same scene from server and script, and pages that are right before any script runs."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.plumbing.locale import Language, speaking
from schemas.base import Message, Text
from schemas.boards import (
    BoardAward,
    BoardColumn,
    BoardHead,
    BoardRow,
    Focus,
    Need,
    PodiumRow,
    Prompt,
    RevealStage,
    Row,
)
from scoreboards import app, forms, podium, prospects
from scoreboards.readings import Venue

HERE = Path(__file__).parent
NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
FIRST = BoardAward(id="first", name=Text(zh="一等奖", en="First prize"))
LATIN = "Maximiliano-Alexander von Hohenzollern-Sigmaringen"


class SceneBoard(Message):
    """What of a head a scene is made of."""

    awards: tuple[BoardAward, ...]
    reveal: RevealStage | None


class SceneCase(Message):
    """A board at a step, and what its screens show: groups by the id of their award."""

    name: str
    board: SceneBoard
    rows: tuple[PodiumRow, ...]
    scene: dict[str, Any]


class ProspectsBoard(Message):
    """What of a head an entrant's prospects are made of."""

    focus: Focus


class ProspectsCase(Message):
    """An entrant's page, and what it draws."""

    name: str
    board: ProspectsBoard
    rows: tuple[BoardRow, ...]
    prospects: dict[str, Any]


class Cases(Message):
    """The table that server and script share."""

    scenes: tuple[SceneCase, ...]
    prospects: tuple[ProspectsCase, ...]


CASES = msgspec.json.decode((HERE / "podium.json").read_bytes(), type=Cases)


def head(kind: Any = "podium", **changes: Any) -> BoardHead:
    """The head of a board; a podium at the first of two steps unless told otherwise."""
    usual: dict[str, Any] = {
        "id": "stage", "kind": kind, "title": Text(zh="颁奖台", en="Podium"), "event": Text(zh="数控", en="CNC"),
        "status": "live", "has_names": True, "awards": (FIRST,),
    }  # fmt: skip
    return BoardHead(**usual | changes)


def at(step: int, *codes: str, **changes: Any) -> RevealStage:
    """A step of two that brought these codes."""
    usual: dict[str, Any] = {"is_paused": False, "heading": Text(zh=f"第{step}步", en=f"Step {step}")}
    return RevealStage(step=step, steps=2, codes=codes, **usual | changes)


def winner(place: int, name: str, *awards: str) -> PodiumRow:
    """A row of the podium."""
    return PodiumRow(
        code=f"A{place:02}", place=place, rank=place, shared=False, name=name, delegation="浙江", total=Decimal("98.5"),
        awards=awards,
    )  # fmt: skip


def rendered(
    board: BoardHead, rows: tuple[Row, ...], form: forms.Form = "board", *, query: str = "", language: Language = "en"
) -> str:
    """The page of a board in one of its forms, as the server makes it."""
    page = forms.BoardPage(
        board=board,
        rows=rows,
        revision=7,
        venue=Venue(
            competition_id=UUID(int=1),
            competition=Text(zh="大赛", en="Contest"),
            place="Wuhan",
            time_zone="Asia/Shanghai",
        ),
        shape=forms.Shape(form=form),
        changed_at=NOW,
        as_of=NOW,
        now=NOW,
        is_current=True,
        path="/boards/stage",
        query=query,
        address="https://leitai.example.org/boards/stage",
        other_language="zh-CN",
    )
    engine = app._templates().instance
    assert engine is not None
    template = form if form in {"overlay", "print"} else "board"
    with speaking(language):
        return engine.get_template(f"{template}.html").render(page=page)


def words(page: str) -> str:
    """What a page says, without what it keeps for its script."""
    return re.sub(r"(<template.*?</template>|<[^>]+>|\s)+", " ", page, flags=re.DOTALL)


# One table for server and script ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES.scenes, ids=lambda case: case.name)
def test_scene_is_what_the_table_says(case: SceneCase) -> None:
    """Whom the stage shows how large, whether as a podium, and who stands beside."""
    scene = podium.scene_of(head(awards=case.board.awards, reveal=case.board.reveal), case.rows)
    assert {
        "view": scene.view,
        "is_closed": scene.is_closed,
        "is_last": scene.is_last,
        "latest": [row.code for row in scene.latest],
        "podium": [row.code for row in scene.podium],
        "crowd": scene.crowd,
        "groups": [[group.award and group.award.id, [row.code for row in group.rows]] for group in scene.groups],
        "named": list(scene.named),
    } == case.scene


@pytest.mark.parametrize("case", CASES.prospects, ids=lambda case: case.name)
def test_prospects_are_what_the_table_says(case: ProspectsCase) -> None:
    """What may still come, drawn on its line, and how far the neighbours are."""
    made = prospects.prospects_of(head("entrant", focus=case.board.focus), case.rows)
    told = msgspec.to_builtins(made)
    assert {
        **told,
        "own": made.own.code,
        "gaps": {code: gap if gap is None else str(gap) for code, gap in made.gaps.items()},
    } == (case.prospects)


def test_scripts_say_the_same() -> None:
    """Every case of the table, and the rules of the entrance, where scripts run."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the boards' scripts are not tested")
    run = subprocess.run(
        [node, "--test", str(HERE / "podium.test.mjs")], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_so_many_winners_are_set_so_large() -> None:
    """The more come in one step, the smaller; more than thirty stand in lines of names."""
    crowds = [podium.crowd_of(count) for count in (0, 1, 2, 3, 4, 6, 7, 12, 13, 30, 31)]
    assert crowds == [
        "one", "one", "few", "few", "some", "some", "many", "many", "throng", "throng", "host",
    ]  # fmt: skip


# Pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["board", "embed", "overlay"])
def test_page_of_a_step_is_right_without_a_script(form: forms.Form) -> None:
    """The heading, those of this step, and those before them by award: every name whole, whatever its length."""
    rows = (winner(1, LATIN, "first"), winner(4, "欧阳修文"))
    page = rendered(head(reveal=at(2, "A01")), rows, form)
    assert 'data-view="podium" data-curtain="open"' in page
    told = words(page)
    assert f"1 {LATIN} 浙江 First prize 98.50" in told.partition("Step 2")[2]
    assert f"First prize 1 {LATIN} 浙江 98.50 4 欧阳修文 浙江 98.50" in told


def test_curtain_tells_nothing_but_the_occasion() -> None:
    """Before the first step there is nobody in the page, nor what the steps are about."""
    page = rendered(head(reveal=at(0, heading=Text())), ())
    assert 'data-view="curtain" data-curtain="closed"' in page
    assert [word for word in ("Contest", "CNC") if word not in words(page)] == []
    assert "First prize" not in words(page)


@pytest.mark.parametrize("form", ["board", "embed", "overlay", "print"])
def test_rehearsal_has_its_watermark_in_every_form(form: forms.Form) -> None:
    """Over the whole page, hidden only where it is no rehearsal; the status says so besides."""
    for status, is_hidden in (("rehearsal", False), ("live", True)):
        page = rendered(head(status=status, reveal=at(1, "A04")), (winner(4, "欧阳修文"),), form)
        assert re.findall(r"<div[^>]*data-watermark[^>]*>", page) == [
            f'<div class="reveal-watermark" data-watermark aria-hidden="true"{" hidden" if is_hidden else ""}>'
        ]
        assert ("REHEARSAL" in words(page)) is not is_hidden


def test_presenter_alone_has_a_prompter() -> None:
    """What comes next is marked as private; where nothing more comes, it says so; the public page has no place for it."""
    prompt = Prompt(heading=FIRST.name, rows=(winner(1, LATIN, "first"),))
    rows = (winner(4, "欧阳修文"),)
    private = words(rendered(head(audience="presenter", prompt=prompt, reveal=at(1, "A04")), rows))
    assert f"Only you see this Next First prize 1 {LATIN} 浙江 98.50" in private
    end = rendered(head(audience="presenter", reveal=at(2, "A04")), rows)
    assert '<p class="prompter-end" data-prompt-end>Nothing more comes after this.</p>' in end
    public = rendered(head(reveal=at(1, "A04")), rows)
    assert "prompter" not in public


def test_sheet_lists_who_is_revealed_with_their_awards() -> None:
    """One line each, with rank, delegation, awards and total; an empty sheet says why."""
    page = words(rendered(head(reveal=at(2, "A01")), (winner(1, LATIN, "first"), winner(4, "欧阳修文")), "print"))
    assert f"1 {LATIN} 浙江 First prize 98.50 4 欧阳修文 浙江 98.50" in page
    assert "Nothing is revealed yet." in words(rendered(head(reveal=at(0)), (), "print"))


def test_entrants_page_says_what_is_still_possible_in_words() -> None:
    """Place, total, what each of the first three places takes, the range, and how far the neighbours are."""

    def line(place: int, name: str, total: str) -> BoardRow:
        return BoardRow(
            code=f"A{place:02}", place=place, rank=place, shared=False, name=name, delegation="浙江", total=Decimal(total),
            figures=(Decimal("16.5"), None), progress=64, state="competing",
        )  # fmt: skip

    columns = (
        BoardColumn(id="theory", kind="stage", name=Text(zh="理论", en="Theory"), points=Decimal(20)),
        BoardColumn(id="practice", kind="stage", name=Text(zh="实操", en="Practice"), points=Decimal(80)),
    )
    needs = (
        Need(place=1, points=Decimal("12.55"), is_possible=False),
        Need(place=2, points=Decimal("0.00"), is_possible=True),
        Need(place=3, points=Decimal("1.25"), is_possible=True),
    )
    focus = Focus(code="A04", least=Decimal("59.95"), most=Decimal("84.95"), best=2, worst=9, needs=needs)
    rows = (line(3, "李小明", "61.20"), line(4, LATIN, "59.95"), line(5, "王芳", "59.95"))
    board = head("entrant", columns=columns, focus=focus, status="frozen", frozen_at=NOW)
    told = words(rendered(board, rows, query="?pass=secret"))
    for sentence in (
        f"Place 4 {LATIN} 浙江 A04 Total 59.95",
        "The boards are frozen: this is how it stood then.",
        "1st place out of reach: 12.55 short 2nd place level on points 3rd place 1.25 more needed",
        "Place 2 – 9 Total 59.95 – 84.95",
        f"3 李小明 1.25 more 61.20 4 {LATIN} 59.95 5 王芳 level 59.95",
        "Theory 16.50 / 20 Practice – / 80",
    ):
        assert sentence in told
    official = rendered(
        head(
            "entrant", columns=columns, focus=Focus(code="A04", least=None, most=None, best=None, worst=None, needs=())
        ),
        rows,
    )
    assert re.findall(r"<section[^>]*data-chances[^>]*>", official) == [
        '<section class="entrant-chances" data-chances aria-labelledby="chances" hidden>'
    ]
