"""Setting pages with Typst: the template, the fonts, QR codes, and names that find a place to break.

What Typst has set it keeps in memory for as long as its process lives; a file of hundreds of pages is therefore set apart, in a
process that ends with it (``set_apart``).
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from asyncio.subprocess import PIPE
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec
import segno
import typst

from schemas.base import Message
from schemas.problems import N_, Problem

_UNBROKEN = re.compile(r"[!-,.-~]{12}(?=[!-~])")
"""Latin text without a place to break; Chinese breaks anywhere."""

SETTING_SECONDS = 300
"""How long one file may be set: a hundred times what a full part takes, for marks come first and the machine may be slow."""


class Setting(Message):
    """What is to be set: a template of this folder, the texts it asks for, and when the file says it was made.

    ``is_archived``: as PDF/A-2u, which is to be read in decades, and without the structure that screen readers use, which triples
    a large file.
    """

    template: str
    inputs: dict[str, str]
    made_at: datetime
    is_archived: bool = False


class SettingTookTooLong(Problem):
    """A file that was not set within ``SETTING_SECONDS``."""

    status = 503
    sentence = N_(
        "The pages were not set within {seconds} seconds, and setting them was ended. "
        "Try again when the server has less to do, or ask for one session or one entrant."
    )


class SettingFailed(RuntimeError):
    """The process that was to set a file ended without one."""


def set_pages(setting: Setting) -> bytes:
    """The PDF; it takes a tenth of a second and more: call it off the event loop."""
    pdf: bytes = typst.compile(
        (resources.files("competition.exports") / setting.template).read_bytes(),
        font_paths=_fonts(),
        sys_inputs=setting.inputs,
        timestamp=setting.made_at.replace(microsecond=0),
        pdf_standards="a-2u" if setting.is_archived else [],
        pdf_tags=not setting.is_archived,
    )
    return pdf


async def set_apart(setting: Setting) -> bytes:
    """The PDF, set by a process of its own; whoever stops waiting for it ends that process. Raises ``SettingTookTooLong``."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "competition.exports.setter", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(SETTING_SECONDS):
            pdf, said = await process.communicate(msgspec.json.encode(setting))
    except TimeoutError:
        raise SettingTookTooLong(seconds=SETTING_SECONDS) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise SettingFailed(said.decode(errors="replace"))
    return pdf


def breakable(name: str) -> str:
    """A name with places to break in a Latin word that is longer than its column."""
    return _UNBROKEN.sub("\\g<0>\u200b", name)


def qr(content: str) -> str:
    """A QR code as SVG; in capitals, which QR packs closer and whatever reads digests here takes alike."""
    drawn = io.BytesIO()
    segno.make(content.upper(), error="m", micro=False).save(drawn, kind="svg", border=0)
    return drawn.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans in its four East Asian cuts; a character in none of them is looked for in this machine's fonts."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[_font_folder()])


def _font_folder() -> str:
    return str(Path(str(resources.files("justmytype_intl_cjk"))) / "fonts" / "ofl")
