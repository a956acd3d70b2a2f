"""The files of the judge's tablet app, its version, and which modules a page of it needs."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from pathlib import Path

import competition
from competition.plumbing.templating import SHARED_STATIC, SHARED_TEMPLATES

APP = SHARED_STATIC / "judge"
BESIDE = ("tokens.css", "mark.svg", "live.js", "countdown.js")
"""What the app uses of the house's other static files."""

PAGES = ("tablet.html", "outbox.html", "sheet.html", "worker.js")
IMPORTED = re.compile(r'^(?:import|export)\b[^;]*?from "(\.{1,2}/[^"]+)";', re.MULTILINE)
DRAWN_WITH = re.compile(r'{% (?:extends|from|import|include) "([^"]+)"')


def app_files() -> dict[str, str]:
    """The address of every file that the app is kept with, and its digest in the form of subresource integrity."""
    files = sorted(path for path in (*APP.iterdir(), *(SHARED_STATIC / name for name in BESIDE)) if path.is_file())
    return {
        _address(path): f"sha256-{base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()}"
        for path in files
    }


@cache
def app_version() -> str:
    """What names the app as it is served now: another one whenever any of its files, pages or sentences is another."""
    words = resources.files("competition") / "locale" / "zh_CN" / "LC_MESSAGES" / "leitai.po"
    told = hashlib.sha256(repr((competition.__version__, app_files())).encode())
    for source in (*_templates(), words):
        told.update(source.read_bytes())
    return told.hexdigest()[:16]


@cache
def modules_of(script: str) -> tuple[str, ...]:
    """The addresses of all modules that a script of the app imports, however far down, so that a page asks for them at once."""
    modules = _reached(
        [APP / script], lambda module: [module.parent / name for name in IMPORTED.findall(module.read_text())]
    )
    return tuple(sorted(_address(module) for module in modules if module != APP / script))


def _templates() -> list[Path]:
    """The templates that the app's pages are drawn with."""
    pages = [SHARED_TEMPLATES / name for name in PAGES]
    return sorted(
        _reached(pages, lambda page: [SHARED_TEMPLATES / name for name in DRAWN_WITH.findall(page.read_text())])
    )


def _reached(start: Iterable[Path], follow: Callable[[Path], Iterable[Path]]) -> set[Path]:
    """Some files and all that they lead to, however far."""
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        path = waiting.pop().resolve()
        if path not in found:
            found.add(path)
            waiting += follow(path)
    return found


def _address(path: Path) -> str:
    return f"/static/{path.relative_to(SHARED_STATIC).as_posix()}"
