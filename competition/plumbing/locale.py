"""Language: zh-CN and en, decided per request, and the catalogue that turns an English msgid into the reader's sentence."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Literal

from babel.messages import mofile, pofile

from schemas.base import Text
from schemas.problems import Phrase, Problem

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")
COOKIE = "leitai_language"

_current: ContextVar[Language] = ContextVar("language", default="en")


def current_language() -> Language:
    """The language of the request being answered; English outside of any."""
    return _current.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Answer in ``language`` within this block."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def negotiate(chosen: str | None, accept_language: str) -> Language:
    """The user's own choice if there is one, else the first of the browser's languages that we speak, else English."""
    if chosen in LANGUAGES:
        return "zh-CN" if chosen == "zh-CN" else "en"
    wishes = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, quality = part.strip().partition(";q=")
        wishes.append((-_quality(quality), place, tag.lower()))
    for refused, _, tag in sorted(wishes):
        if refused == 0:
            continue
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return "en"


def translate(sentence: str, /, **data: object) -> str:
    """``sentence`` (an English msgid with ``{placeholders}``) in the current language, filled with ``data``."""
    translated = catalogue(current_language()).gettext(sentence)
    return translated.format(**{name: _said(value) for name, value in data.items()}) if data else translated


def sentence_of(problem: Problem) -> str:
    """What ``problem`` tells the reader, in the current language."""
    return translate(problem.sentence, **problem.data)


def text(value: Text) -> str:
    """A text of the data (a scheme, a title) in the current language."""
    return value.in_language(current_language())


@cache
def catalogue(language: Language) -> NullTranslations:
    """The catalogue of a language, compiled from its ``.po`` file when first asked for."""
    if language == "en":
        return NullTranslations()
    source = resources.files("competition") / "locale" / language.replace("-", "_") / "LC_MESSAGES" / "leitai.po"
    compiled = io.BytesIO()
    with source.open("rb") as file:
        mofile.write_mo(compiled, pofile.read_po(file, locale=language.replace("-", "_")))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _said(value: object) -> object:
    match value:
        case Text():
            return text(value)
        case Phrase():
            return translate(value)
        case _:
            return value


def _quality(written: str) -> float:
    try:
        return float(written) if written else 1.0
    except ValueError:
        return 0.0
