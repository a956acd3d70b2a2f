"""The tablet's app as the server gives it: pages without anybody's data, files with their digests, a version that tells all."""

from __future__ import annotations

import base64
import hashlib
import re

import httpx
import msgspec
import pytest

import competition
from competition.judging.app_files import app_files, app_version, modules_of
from competition.judging.app_pages import VERSION_HEADER
from competition.plumbing.database import Connection
from schemas.scheme_form import scheme_digest
from tests.house import PIN, Contest, found_contest, small_scheme, tablet_of
from tests.site import Browser, Site, words_of

FORM = "/judge/forms/{event}/{digest}/{sub}"
FIRST_SCREEN_BYTES = 150_000


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three whose judges have PINs."""
    return await found_contest(connection, pin=PIN)


@pytest.fixture
async def tablet(site: Site, connection: Connection, contest: Contest) -> Browser:
    """Judge 0's tablet."""
    return await tablet_of(site, connection, contest.judges[0])


def form_of(contest: Contest, sub: str, scheme: str | None = None) -> str:
    """The address of a form."""
    return FORM.format(event=contest.event_id, digest=scheme or scheme_digest(contest.scheme), sub=sub)


async def test_pages_are_the_same_for_every_entrant_and_judge(
    site: Site, connection: Connection, contest: Contest, tablet: Browser
) -> None:
    """What a tablet keeps holds no code, no name and no mark: two judges are given the same bytes."""
    other = await tablet_of(site, connection, contest.judges[1])
    names = {*contest.codes, *contest.names.values(), *(judge.name for judge in contest.judges)}
    for address in ("/judge", "/judge/outbox", form_of(contest, "A1")):
        page = await tablet.get(address)
        assert (page.status_code, page.headers[VERSION_HEADER]) == (200, app_version())
        assert page.content == (await other.get(address)).content
        assert [name for name in names if name in page.text] == []


async def test_form_is_of_its_scheme_and_its_judge(contest: Contest, tablet: Browser) -> None:
    """The form shows the sub-criterion's aspects; another scheme's, another judge's and an unknown one lead back to the list."""
    page = await tablet.get(form_of(contest, "A1"))
    assert "Spindle runout" in words_of(page)
    wrong = [
        form_of(contest, "A1", scheme_digest(small_scheme(measurers=1))),
        form_of(contest, "B1"),
        form_of(contest, "Z9"),
    ]
    answers = [await tablet.get(address) for address in wrong]
    assert [(answer.status_code, answer.headers["location"]) for answer in answers] == [(303, "/judge")] * 3
    assert [VERSION_HEADER in answer.headers for answer in answers] == [False] * 3


async def test_pages_ask_for_the_pin(site: Site, contest: Contest) -> None:
    """Who has not given it gets the PIN's page, which no tablet takes for a page of the app."""
    stranger = await site.visitor()
    for address in ("/judge", "/judge/outbox", form_of(contest, "A1")):
        answer = await stranger.get(address)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/judge/unlock?next={address}")
        assert VERSION_HEADER not in answer.headers


async def test_worker_names_every_file_by_its_digest(tablet: Browser) -> None:
    """The worker may control the judge's pages, is asked for anew each time, and each of its files has the bytes it names."""
    answer = await tablet.get("/judge/worker.js")
    assert (answer.headers["service-worker-allowed"], answer.headers["cache-control"]) == ("/judge", "no-cache")
    assert answer.headers["content-type"].startswith("text/javascript")
    found = re.search(r"Object\.entries\((\{.*?\})\)", answer.text)
    assert found is not None
    files: dict[str, str] = msgspec.json.decode(found[1])
    assert files == app_files()
    assert set(modules_of("sheet.js")) | set(modules_of("tablet.js")) | set(modules_of("outbox-page.js")) < set(files)
    for address, told in files.items():
        body = (await tablet.get(address)).content
        assert told == f"sha256-{base64.b64encode(hashlib.sha256(body).digest()).decode()}", address


async def test_version_is_another_with_every_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files of another release are another app: a tablet takes it whole or not at all."""
    before = app_version()
    monkeypatch.setattr(competition, "__version__", "99.0")
    app_version.cache_clear()
    after = app_version()
    monkeypatch.undo()
    app_version.cache_clear()
    assert (app_version(), after == before) == (before, False)


@pytest.mark.parametrize(("language", "name"), [("en", "Leitai: judge's tablet"), ("zh-CN", "擂台：裁判平板")])
async def test_app_can_be_installed_in_the_readers_language(tablet: Browser, language: str, name: str) -> None:
    """The manifest has what installing asks for, and every icon is there, small and of the size it says."""
    answer = await tablet.get("/judge/manifest.webmanifest", headers={"accept-language": language})
    manifest = answer.json()
    assert [manifest[key] for key in ("name", "start_url", "scope", "display")] == [
        name,
        "/judge",
        "/judge",
        "standalone",
    ]
    sizes = {}
    for icon in manifest["icons"]:
        answer = await tablet.get(icon["src"])
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, icon["type"])
        if icon["type"] == "image/png":
            width, height = (int.from_bytes(answer.content[at : at + 4], "big") for at in (16, 20))
            sizes[icon["sizes"]] = f"{width}x{height}"
            assert len(answer.content) < 10_000
    assert sizes == {"192x192": "192x192", "512x512": "512x512"}


async def test_first_screen_is_small(tablet: Browser) -> None:
    """The list with everything it loads comes to less than 150 KB, and asks for all its modules at once."""
    page = await tablet.get("/judge")
    linked = set(re.findall(r'(?:href|src)="(/[^"]+\.(?:js|css|svg|webmanifest))"', page.text))
    assert set(modules_of("tablet.js")) <= linked
    answers = [page, *[await tablet.get(address) for address in linked], await _sheets(tablet)]
    assert sum(len(answer.content) for answer in answers) < FIRST_SCREEN_BYTES


async def _sheets(tablet: Browser) -> httpx.Response:
    return await tablet.get("/judge/sheets", headers={"accept": "application/json"})
