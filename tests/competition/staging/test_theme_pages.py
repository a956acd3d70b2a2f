"""The desk's page of a theme through the real server: kept, refused, and how well colours can be read."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from competition.plumbing.database import Connection
from competition.staging import store, theme_pages
from schemas.base import Text
from schemas.boards import Theme
from tests.house import Contest, found_contest
from tests.site import Site, words_of


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest whose boards look as Leitai's own."""
    return await found_contest(connection, entrants=1)


def logo() -> bytes:
    """A small picture."""
    content = io.BytesIO()
    Image.new("RGBA", (40, 20), (200, 30, 30, 128)).save(content, "PNG")
    return content.getvalue()


async def kept_theme(connection: Connection) -> Theme:
    """The theme of the one competition there is."""
    theme = await store.theme_of(connection, await connection.fetchval("SELECT id FROM competition"))
    assert theme is not None
    return theme


async def test_theme_is_kept_with_its_logo_until_that_is_taken_away(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """Names, colours and logo are kept; sent again without a file the logo stays; a tick takes it away."""
    organiser, at = await site.sign_in(), f"/desk/events/{contest.event_id}/theme"
    fields = {"name_zh": "江城杯", "name_en": "Jiangcheng Cup", "primary": "#C81E1E", "accent": ""}
    sent = await organiser.submit(at, fields, files={"logo": ("logo.png", logo(), "image/png")})
    back = f"/desk/events/{contest.event_id}/boards#theme"
    assert (sent.status_code, sent.headers["location"]) == (303, back)
    first = await kept_theme(connection)
    assert re.fullmatch(r"[0-9a-f]{64}", first.logo)
    assert first == Theme(name=Text(zh="江城杯", en="Jiangcheng Cup"), primary="#c81e1e", accent="", logo=first.logo)
    assert f'src="/boards/logos/{first.logo}"' in (await organiser.get(at)).text
    assert (await organiser.get(f"/boards/logos/{first.logo}")).headers["content-type"].startswith("image/")

    await organiser.submit(at, fields | {"accent": "#00aa88"}, files={"logo": ("", b"")})
    assert await kept_theme(connection) == Theme(name=first.name, primary="#c81e1e", accent="#00aa88", logo=first.logo)
    await organiser.submit(at, fields | {"has_no_logo": "true"}, files={"logo": ("", b"")})
    assert (await kept_theme(connection)).logo == ""


async def test_theme_that_cannot_be_comes_back_with_what_was_typed(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """A colour that is none, a name too long, a logo that is no picture: the sentence is said and nothing is kept."""
    organiser, at = await site.sign_in(), f"/desk/events/{contest.event_id}/theme"
    fields = {"name_zh": "江城杯", "name_en": "Cup", "primary": "#c81e1e", "accent": "#00aa88"}
    wrong = [
        ({"primary": "red"}, b"", "red is not a colour"),
        ({"name_en": "x" * 61}, b"", "The name in the masthead may have 60 characters at most"),
        ({}, b"<svg/>", "This logo cannot be used"),
    ]
    for other, body, sentence in wrong:
        sent = fields | other
        answer = await organiser.submit(at, sent, files={"logo": ("logo.png" if body else "", body)})
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        held = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', answer.text))
        assert {name: held[name] for name in sent} == sent
    assert await kept_theme(connection) == Theme()


async def test_colours_in_the_address_are_judged_and_not_kept(
    site: Site, connection: Connection, contest: Contest
) -> None:
    """While somebody chooses, the page says in words how the colours would do."""
    organiser, at = await site.sign_in(), f"/desk/events/{contest.event_id}/theme"
    words = words_of(await organiser.get(at, params={"primary": "#b00020", "accent": "#ffd54a"}))
    assert (
        "Too dark Contrast 2.2 : 1 on the boards: for lines they take the lighter #c44058, for text #d47384." in words
    )
    assert "Reads well Contrast 11.4 : 1 on the boards: it stays as it is, as text too." in words
    assert "No colour Write it as # and six digits" in words_of(await organiser.get(at, params={"primary": "#12"}))
    assert await kept_theme(connection) == Theme()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("#ffffff", ("text", "16.1", "#ffffff", "#ffffff")),
        ("", ("text", "5.3", "#ff5d3a", "#ff5d3a")),
        ("#0a7d5a", ("lines", "3.1", "#0a7d5a", "#3b977b")),
        ("#000080", ("weak", "1.0", "#6666b3", "#8c8cc6")),
    ],
)
def test_verdict_grades_a_colour_by_its_contrast(typed: str, expected: tuple[str, str, str, str]) -> None:
    """4.5 : 1 is enough for text and 3 : 1 for lines; a weaker one is lightened until it is."""
    judged = theme_pages.verdict(typed, "#ff5d3a")
    assert (judged.grade, judged.contrast, judged.line, judged.ink) == expected
