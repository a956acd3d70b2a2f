"""What a judge shows and says beside the marks: photographs, and problems with the chief judge's answer."""

from __future__ import annotations

import io
from pathlib import Path

import asyncpg
from PIL import Image
from playwright.async_api import expect

from schemas.marks import Photograph
from tests.journeys.conftest import Opening
from tests.journeys.sheets import card, every_kind_demo, ledger_of, open_sheet
from tests.site import Site

GPS = 0x8825
CAMERA = (3000, 2000)


async def test_photograph_waits_without_network_and_arrives_small_and_bare(
    site: Site, tmp_path: Path, open_browser: Opening
) -> None:
    """A camera's large picture is shown while it waits, is sent by itself, and has lost its size and where it was taken."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    shown = card(page, "B1.1").locator("[data-pictures] li")
    await page.context.set_offline(True)
    await (
        card(page, "B1.1")
        .locator("[data-picture]")
        .set_input_files({"name": "bench.jpg", "mimeType": "image/jpeg", "buffer": _photograph()})
    )
    await expect(shown).to_contain_text("on this tablet")
    await expect(shown.locator("img")).to_have_js_property("naturalWidth", 1600)
    await page.context.set_offline(False)
    await expect(shown).to_contain_text("received", timeout=20_000)
    [entry] = await ledger_of(site)
    assert isinstance(entry, Photograph)
    assert entry.aspect == "B1.1"
    connection = await asyncpg.connect(site.dsn)
    [kept] = await connection.fetch("SELECT picture, width, height FROM photograph")
    await connection.close()
    assert (kept["width"], kept["height"]) == (1600, 1067)
    assert dict(Image.open(io.BytesIO(kept["picture"])).getexif()) == {}


async def test_file_that_is_no_picture_is_told(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """Nothing is kept of it, and the card says what to do."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    await (
        card(page, "B1.1")
        .locator("[data-picture]")
        .set_input_files({"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    )
    await expect(card(page, "B1.1").locator("[data-picture-fault]")).to_contain_text("Take another one.")
    await expect(card(page, "B1.1").locator("[data-pictures] li")).to_have_count(0)


async def test_problem_is_signalled_from_a_card(site: Site, tmp_path: Path, open_browser: Opening) -> None:
    """It is about that aspect unless the judge says otherwise, needs words, and stays on the sheet to be read."""
    page = await open_sheet(await every_kind_demo(site, tmp_path), open_browser, "B1")
    await card(page, "B1.2").locator("[data-problem]").click()
    dialog = page.locator("[data-problem-dialog]")
    await expect(dialog.locator("[data-problem-about]")).to_have_value("B1.2")
    await dialog.locator("[data-problem-send]").click()
    await expect(dialog.locator("[data-problem-fault]")).to_have_text("Say in a few words what is wrong.")
    await dialog.locator("[data-problem-words]").fill("The guard is missing.")
    await dialog.locator("[data-problem-send]").click()
    await expect(page.locator("[data-thread] li p")).to_have_text("The guard is missing.")
    await expect(page.locator("[data-thread] li small")).not_to_contain_text("on this tablet")
    connection = await asyncpg.connect(site.dsn)
    rows = await connection.fetch("SELECT kind, aspect, words FROM message")
    await connection.close()
    assert [tuple(row) for row in rows] == [("problem", "B1.2", "The guard is missing.")]


def _photograph() -> bytes:
    """A JPEG as a camera takes it: large, and with the place where it was taken."""
    picture = Image.effect_noise(CAMERA, 40).convert("RGB")
    exif = Image.Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010F] = "A camera"
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=85, exif=exif)
    return data.getvalue()
