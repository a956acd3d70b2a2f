"""What may be put on show, and how a reveal moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from competition.staging import rules
from schemas.base import Text
from schemas.boards import BoardKind, BoardSettings, Theme
from schemas.closing import PlacesAward, TeamStanding
from schemas.problems import Problem
from schemas.scheme import Scheme
from schemas.staging import Reveal, RevealScript, RevealStep
from tests.house import small_scheme

TITLE = Text(zh="总排名", en="Standings")
NOW = datetime(2026, 5, 1, tzinfo=UTC)
WITH_ALL = msgspec.structs.replace(
    small_scheme(),
    awards=(PlacesAward(id="first", name=TITLE, count=1),),
    teams=(TeamStanding(id="total", name=TITLE), TeamStanding(id="place", name=TITLE, of="place")),
)

FIT: list[tuple[BoardKind, BoardSettings]] = [
    ("standings", BoardSettings()),
    ("standings", BoardSettings(columns=("practice", "A", "theory"))),
    ("teams", BoardSettings()),
    ("teams", BoardSettings(team="place")),
    ("medals", BoardSettings()),
    ("benches", BoardSettings()),
    ("benches", BoardSettings(session=2)),
    ("ticker", BoardSettings()),
    ("podium", BoardSettings()),
]


@pytest.mark.parametrize(("kind", "settings"), FIT)
def test_every_kind_of_board_fits_a_scheme_that_has_everything(kind: BoardKind, settings: BoardSettings) -> None:
    """Nothing is raised."""
    rules.check_board(WITH_ALL, kind, TITLE, settings, sessions=[1, 2])


UNFIT: list[tuple[Scheme | None, BoardKind, dict[str, Any], type[Problem]]] = [
    (WITH_ALL, "standings", {"columns": ("T",)}, rules.NoSuchColumn),  # the only criterion of its stage is no column
    (WITH_ALL, "standings", {"columns": ("A", "A")}, rules.NoSuchColumn),
    (None, "standings", {"columns": ("A",)}, rules.NoSuchColumn),
    (WITH_ALL, "standings", {"team": "total"}, rules.BoardHasNoSuchChoice),
    (WITH_ALL, "podium", {"session": 1}, rules.BoardHasNoSuchChoice),
    (WITH_ALL, "ticker", {"columns": ("A",)}, rules.BoardHasNoSuchChoice),
    (WITH_ALL, "teams", {"team": "nobody"}, rules.NoSuchTeamStanding),
    (small_scheme(), "teams", {}, rules.NoSuchTeamStanding),
    (None, "teams", {}, rules.NoSuchTeamStanding),
    (small_scheme(), "medals", {}, rules.NoAwardsToShow),
    (None, "medals", {}, rules.NoAwardsToShow),
    (WITH_ALL, "benches", {"session": 3}, rules.NoSuchSessionToShow),
]


@pytest.mark.parametrize(("scheme", "kind", "settings", "problem"), UNFIT)
def test_a_board_of_what_there_is_not_is_refused(
    scheme: Scheme | None, kind: BoardKind, settings: dict[str, Any], problem: type[Problem]
) -> None:
    """Each with its own sentence."""
    with pytest.raises(problem):
        rules.check_board(scheme, kind, TITLE, BoardSettings(**settings), sessions=[1, 2])


def test_a_theme_is_tidied() -> None:
    """Blanks go, and colours are written one way."""
    assert rules.tidied(Theme(name=Text(zh=" 江城杯 ", en=""), primary=" #C81E1E", accent="", logo="x")) == Theme(
        name=Text(zh="江城杯", en=""), primary="#c81e1e", accent="", logo="x"
    )


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "#12345g", "url(x)", "#fff;} body{"])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    """Nothing that a stylesheet could take for something else."""
    for theme in (Theme(primary=colour), Theme(accent=colour)):
        with pytest.raises(rules.BadColour):
            rules.tidied(theme)


@pytest.mark.parametrize("name", ["x" * (rules.MOST_THEME_NAME + 1), "a\nb", "a\x00b"])
def test_a_name_that_no_masthead_holds_is_refused(name: str) -> None:
    """Too long, of two lines, with a control character."""
    for said in (Text(zh=name), Text(en=name)):
        with pytest.raises(rules.BadThemeName):
            rules.tidied(Theme(name=said))


def test_a_freeze_is_near() -> None:
    """Up to sixty days ahead."""
    rules.check_freeze(NOW + rules.FURTHEST_FREEZE, NOW)
    with pytest.raises(rules.FreezeIsTooFar):
        rules.check_freeze(NOW + rules.FURTHEST_FREEZE + timedelta(seconds=1), NOW)


def test_a_pass_has_an_end_and_a_short_note() -> None:
    """From a minute to thirty days."""
    rules.check_pass("", timedelta(minutes=1))
    rules.check_pass("x" * rules.MOST_NOTE, rules.LONGEST_PASS)
    for note, lasts in (
        ("", timedelta()),
        ("", timedelta(days=31)),
        ("x" * 81, timedelta(hours=1)),
        ("a\nb", timedelta(hours=1)),
    ):
        with pytest.raises(rules.BadPass):
            rules.check_pass(note, lasts)


# How a reveal moves ---------------------------------------------------------------------------------------------------


def script(steps: int) -> RevealScript:
    """A script of so many empty steps."""
    return RevealScript(publication=1, order="places", awards=(), steps=(RevealStep(heading=TITLE, rows=()),) * steps)


def reveal(mode: Any, step: int = 0, *, is_paused: bool = False) -> Reveal:
    """A reveal of five steps, with a rehearsal of three."""
    return Reveal(mode=mode, step=step, is_paused=is_paused, script=script(5), rehearsal=script(3))


def test_another_mode_begins_at_the_curtain() -> None:
    """And the same mode again changes nothing: who presses twice does not lose the step."""
    assert rules.in_mode(reveal("rehearsal", 3, is_paused=True), "live") == reveal("live")
    assert rules.in_mode(reveal("live", 3), "closed") == reveal("closed")
    assert rules.in_mode(reveal("live", 3, is_paused=True), "live") == reveal("live", 3, is_paused=True)


def test_steps_are_those_of_the_script_in_force() -> None:
    """From the curtain to the last, on and back, and no further."""
    assert rules.at_step(reveal("live", 2), 5, "live") == reveal("live", 5)
    assert rules.at_step(reveal("live", 2), 0, "live") == reveal("live", 0)
    for shown, step in ((reveal("live"), 6), (reveal("live"), -1), (reveal("rehearsal"), 4)):
        with pytest.raises(rules.NoSuchStep):
            rules.at_step(shown, step, shown.mode)  # type: ignore[arg-type]


def test_another_step_opens_the_curtain() -> None:
    """Nobody's state has what the hall has not seen, so nothing moves behind a closed curtain; asked twice, it stays as it is."""
    closed = reveal("live", 2, is_paused=True)
    assert [rules.at_step(closed, step, "live") for step in (1, 2, 3)] == [reveal("live", 1), closed, reveal("live", 3)]


def test_nobody_steps_in_another_mode_than_they_believe() -> None:
    """A rehearsal that has gone live meanwhile, and a reveal that was closed."""
    for present, believed in (("live", "rehearsal"), ("rehearsal", "live"), ("closed", "live")):
        with pytest.raises(rules.RevealHasMoved):
            rules.at_step(reveal(present), 1, believed)  # type: ignore[arg-type]


def test_a_closed_reveal_has_no_curtain() -> None:
    """Only one on the screens is paused."""
    assert rules.paused(reveal("live", 2), is_paused=True) == reveal("live", 2, is_paused=True)
    with pytest.raises(rules.RevealHasMoved):
        rules.paused(reveal("closed"), is_paused=True)
