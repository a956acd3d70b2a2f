"""Both languages throughout: every sentence has its Chinese, keeps its placeholders, and is chosen for the right reader.

The sentences are extracted here as `make messages` extracts them.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import pkgutil
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

import competition
import schemas
import scoreboards
from competition.access.rules import WrongPin
from competition.plumbing.locale import (
    LANGUAGES,
    Language,
    catalogue,
    current_language,
    negotiate,
    sentence_of,
    speaking,
    text,
    translate,
)
from competition.plumbing.templating import create_environment
from schemas.base import Text
from schemas.problems import Busy, NotFound, Problem

HOUSE = Path(competition.__file__).parents[1]
PACKAGES = (schemas, scoreboards, competition)
CATALOGUE = HOUSE / "competition" / "locale" / "zh_CN" / "LC_MESSAGES" / "leitai.po"
TEMPLATES = sorted(HOUSE.glob("*/templates/**/*.html"))
# The preview says the engine's steps in both languages, as the engine itself does; its own test holds the two equal.
SCRIPTS = sorted(set(HOUSE.glob("*/static/**/*.js")) - set(HOUSE.glob("competition/static/judge/preview*.js")))
SOURCES = sorted(path for package in PACKAGES for path in Path(str(package.__file__)).parent.rglob("*.py"))

HAN = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")
PERCENT_FIELD = re.compile(r"%\((\w+)\)s")


# What is said, and its Chinese --------------------------------------------------------------------------------------


@cache
def sentences() -> dict[str, tuple[str, ...]]:
    """Every sentence that the program says, with the places that say it (``file:line``)."""
    mappings = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]["mappings"]
    methods = [(pattern, mapping["method"]) for mapping in mappings for pattern in mapping["pattern"]]
    options = {
        pattern: {name: value for name, value in mapping.items() if name not in {"method", "pattern"}}
        for mapping in mappings
        for pattern in mapping["pattern"]
    }
    marks = re.findall(r" -k (\w+)", (HOUSE / "Makefile").read_text("utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for file, line, message, _, _ in extract_from_dir(
        str(HOUSE),
        methods,
        options,
        keywords=DEFAULT_KEYWORDS | dict.fromkeys(marks),
        directory_filter=lambda folder: (
            Path(folder).relative_to(HOUSE).parts[0] in {"competition", "scoreboards", "schemas"}
        ),
    ):
        assert isinstance(message, str), (
            f"{file}:{line} needs a plural form; say it with a figure behind a colon instead"
        )
        found[message] = (*found.get(message, ()), f"{file}:{line}")
    return found


@cache
def chinese() -> Catalog:
    """The Chinese catalogue as it lies in the repository."""
    with CATALOGUE.open("rb") as file:
        return pofile.read_po(file, locale="zh_CN")


def translated() -> dict[str, str]:
    """Every entry of the catalogue: the sentence and its Chinese."""
    return {str(entry.id): str(entry.string) for entry in chinese() if entry.id}


def header(path: Path) -> set[str]:
    """The lines of a catalogue's own entry."""
    return set(re.findall(r'^"(.*)\\n"$', path.read_text("utf-8").split("\n\n")[0], flags=re.MULTILINE))


def test_every_sentence_has_its_chinese() -> None:
    """Whatever the program says, the catalogue has a translation of it that is not guessed."""
    ready = {sentence for sentence, said in translated().items() if said.strip()}
    lacking = [f"{places[0]}: {sentence}" for sentence, places in sentences().items() if sentence not in ready]
    assert lacking == []
    assert [entry.id for entry in chinese() if entry.fuzzy and entry.id] == []


def test_the_catalogue_holds_nothing_that_is_no_longer_said() -> None:
    """Every entry belongs to a sentence of the program, and none is kept as a comment."""
    assert sorted(translated().keys() - sentences().keys()) == []
    assert [entry.id for entry in chinese().obsolete.values()] == []


def test_the_catalogue_is_as_make_messages_writes_it() -> None:
    """To collect the sentences again changes nothing but what is new: sorted, one line each, without places."""
    written = io.BytesIO()
    pofile.write_po(written, chinese(), width=0, no_location=True, sort_output=True, ignore_obsolete=True)
    assert CATALOGUE.read_bytes() == written.getvalue()
    assert {"Language: zh_CN", "Content-Type: text/plain; charset=utf-8"} <= header(CATALOGUE)


# Placeholders -------------------------------------------------------------------------------------------------------


def braces(sentence: str) -> set[str]:
    """The names of the ``{placeholders}`` of ``sentence``."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def percents(sentence: str) -> set[str]:
    """The names of the ``%(placeholders)s`` of ``sentence``."""
    return set(PERCENT_FIELD.findall(sentence))


def test_translations_keep_the_placeholders() -> None:
    """A translation fills in exactly what its sentence fills in."""
    differing = [
        f"{sentence!r} → {said!r}"
        for sentence, said in translated().items()
        if (braces(sentence), percents(sentence)) != (braces(said), percents(said))
    ]
    assert differing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled(language: Language) -> None:
    """In both languages: ``format`` fills each, and ``%`` fills those of templates, where Jinja applies it to every one."""
    for sentence, places in sentences().items():
        said = catalogue(language).gettext(sentence)
        filled = said.format(**{name: f"<{name}>" for name in braces(sentence)})
        assert {name for name in braces(sentence) if f"<{name}>" not in filled} == set(), said
        if any(".html:" in place for place in places):
            filled = said % {name: f"<{name}>" for name in percents(sentence)}
            assert {name for name in percents(sentence) if f"<{name}>" not in filled} == set(), said


FORMS = {"Page {page} of {pages}"}
"""What is translated as a form that somebody else fills in: the printed sheet, whose pages are counted as it is set."""


def test_sentences_are_given_what_they_name() -> None:
    """Where a problem is raised or a sentence translated, every placeholder is given; a problem may carry more."""
    of_problems = {kind.__name__: braces(kind.sentence) for kind in problems() if kind.__init__ is Problem.__init__}
    wrong = []
    for path in SOURCES:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or None in {keyword.arg for keyword in call.keywords}:
                continue
            given = {str(keyword.arg) for keyword in call.keywords}
            match call:
                case ast.Call(func=ast.Name("translate"), args=[ast.Constant(str(sentence))]) if sentence not in FORMS:
                    named = braces(sentence)
                case ast.Call(func=ast.Name(kind) | ast.Attribute(attr=kind), args=[]) if kind in of_problems:
                    named = of_problems[kind]
                case _:
                    continue
            if not named <= given:
                wrong.append(
                    f"{path.relative_to(HOUSE)}:{call.lineno}: names {sorted(named)}, is given {sorted(given)}"
                )
    assert wrong == []


# How the Chinese is set ---------------------------------------------------------------------------------------------


def test_chinese_punctuation_is_full_width() -> None:
    """Beside Chinese characters stand Chinese marks, and a sentence ends with one where the English does."""
    half_width = [
        said for said in translated().values() if re.search(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]", said)
    ]
    assert half_width == []
    unlike = [
        f"{sentence} → {said}"
        for sentence, said in translated().items()
        if sentence.endswith((".", "!", "?")) != said.endswith(("。", "！", "？"))
        and not sentence.lower().endswith("no.")
    ]
    assert unlike == []


def test_the_glossary_is_kept() -> None:
    """A word of the glossary that stands alone is said by its Chinese there."""
    rows = re.findall(r"^(\w[\w, -]*?) +((?:[\u4e00-\u9fff]+(?:, )?)+) ", schemas.__doc__ or "", flags=re.MULTILINE)
    glossary = {
        word: said for words, terms in rows for word, said in zip(words.split(", "), terms.split(", "), strict=True)
    }
    assert glossary["chief judge"] == "裁判长"
    unlike = {
        sentence: said
        for sentence, said in translated().items()
        if (word := sentence.lower()) not in ELSEWHERE
        and glossary.get(word, glossary.get(word.removesuffix("s"), said)) != said
    }
    assert unlike == {}


ELSEWHERE = {"points", "publications", "sessions"}
"""Words whose Chinese depends on what they stand beside."""


# Templates and scripts ----------------------------------------------------------------------------------------------

BRANDS = {"Leitai", "English", "JSON"}
"""What is the same in both languages; PIN and QR go through the catalogue all the same."""

SPOKEN = re.compile(
    r"title|placeholder|alt|label|summary|aria-(label|description|valuetext)|data-(label|blank|confirm|copy|copied|[a-z-]*word.*)"
)
"""Attributes that people read or hear, some of them by way of a script."""

UNSEEN = (["block", "body_class"], ["block", "theme"])
"""Blocks of the templates that stand inside a tag."""

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "source", "wbr", "area", "base", "embed", "track"})


class BareText(HTMLParser):
    """Finds what a page says without asking for its translation: in text, in spoken attributes, in data blocks."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(without_jinja(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes; what has its own ``lang`` is meant to be in that language."""
        attributes = dict(attrs)
        own = "lang" in attributes and tag != "html"
        for name, value in attributes.items():
            if SPOKEN.fullmatch(name) and value and not (own or self._is_meant):
                self._note(value)
        if attributes.get("type") in {"submit", "button", "reset"} and tag == "input":
            self._note(attributes.get("value") or "")
        if tag not in VOID:
            self._open.append((tag, own or self._is_meant))

    def handle_endtag(self, tag: str) -> None:
        """Leave the element; branches of a template may open one twice."""
        while self._open:
            if self._open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        """Look at text; of a script only at its data, of attributes that a macro gives to a tag elsewhere at what is spoken."""
        inside = {tag for tag, _ in self._open}
        if "style" in inside or self._is_meant:
            return
        values = re.findall(r"\"\w+\":\s*\"([^\"]*)\"", data)
        labels = [value for name, value in re.findall(r"([\w-]+)=\"([^\"]*)\"", data) if SPOKEN.fullmatch(name)]
        rest = re.sub(r"\"\w+\":(\s*\"[^\"]*\")?|[\w-]+=\"[^\"]*\"", "", data)
        for said in (*values, *labels, *(() if "script" in inside else (rest,))):
            self._note(said)

    @property
    def _is_meant(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _note(self, said: str) -> None:
        if set(WORD.findall(said)) - BRANDS or HAN.search(said.replace("擂台", "")):
            self.found.append(f"{self.getpos()[0]}: {' '.join(said.split())}")


def without_jinja(source: str) -> str:
    """The bare HTML of a template, every line where it was: expressions become ``·``, and translated blocks nothing."""
    environment = create_environment([], static="")
    kept: list[str] = []
    names: list[str] = []
    is_said = True
    for _, kind, value in environment.lex(source):
        if kind == "data" and is_said:
            kept.append(value)
            continue
        kept.append("\n" * value.count("\n") + ("·" if kind == "variable_begin" and is_said else ""))
        match kind:
            case "block_begin":
                names = []
            case "name":
                names.append(value)
            case "block_end" if names[0] == "trans" or names in UNSEEN:
                is_said = False
            case "block_end" if names[0] in {"endtrans", "endblock"}:
                is_said = True
    return "".join(kept)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_says_nothing_untranslated(template: Path) -> None:
    """No text, label or data block of a template bypasses the catalogue."""
    assert BareText(template.read_text("utf-8")).found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Reload</p>", ["1: Reload"]),
        ("<p>{{ _('Reload') }} · A1 {% trans n=2 %}all {{ n }}{% endtrans %}</p>", []),
        ("{% if x %}\n<p>\n{{ x }} points</p>{% endif %}", ["2: · points"]),
        ('<img alt="A board"><input placeholder="D01" value="here">', ["1: A board"]),
        ('<p data-word-stale="Stale" data-connection-word data-live="Yes">{{ 1 }}</p>', ["1: Stale"]),
        ('<input type="submit" value="Send">', ["1: Send"]),
        ('<span lang="zh-CN">重新加载</span><b>重新</b>', ["1: 重新"]),
        ('<script type="application/json">{"gone": "Gone", "n": {{ _("Now") | tojson }}}</script>', ["1: Gone"]),
        ('<a href="/desk" class="button" data-kind="quiet">Leitai 擂台</a><style>p { color: red }</style>', []),
    ],
)
def test_bare_text_is_found(source: str, found: list[str]) -> None:
    """The search of the test above finds what it is meant to find, and no more."""
    assert BareText(source).found == found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_asks_for_the_sentences_that_were_extracted(template: Path) -> None:
    """Pages look sentences up by the very text that `make messages` collects, line breaks and percent signs included."""
    environment = create_environment([], static="")
    found = environment.extract_translations(template.read_text("utf-8"))  # type: ignore[attr-defined]
    asked = {message if isinstance(message, str) else message[0] for _, _, message in found}
    at = f"{template.relative_to(HOUSE)}:"
    assert asked == {
        sentence for sentence, places in sentences().items() if any(place.startswith(at) for place in places)
    }


HOLE = r"\$\{(?:[^{}`]|`[^`]*`|\{[^{}]*\})*\}"
LITERAL = rf"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.|\$(?!\{{)|{HOLE})*`"
SHOWN = (
    r"(?:(?:textContent|innerText|innerHTML|title|placeholder|ariaLabel) = "
    r"|(?:alert|confirm|prompt|setAttribute\(\"(?:aria-label|title|placeholder)\", )\(?)$"
)
PROSE = r"^[A-Z][a-z]+,? [a-z]+|[a-z] [a-z]+[.!?…]$"


def spoken_literals(source: str) -> list[str]:
    """String literals of a script that read like a sentence, or words that are put before the reader."""
    found = []
    for literal in re.finditer(rf"//[^\n]*|/\*.*?\*/|{LITERAL}", source, flags=re.DOTALL):
        said = re.sub(HOLE, "·", literal[0][1:-1])
        is_shown = WORD.search(said) and re.search(SHOWN, source[: literal.start()])
        if not literal[0].startswith("/") and (is_shown or HAN.search(said) or re.search(PROSE, said)):
            found.append(said)
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_script_says_nothing_of_its_own(script: Path) -> None:
    """A script's sentences come from the page, already in the reader's language."""
    assert spoken_literals(script.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('line.textContent = "Saved";', ["Saved"]),
        ("const offline = `You are offline, ${name}`; // Told to the judge.", ["You are offline, ·"]),
        ('window.confirm("Sure?"); /* "Never shown here." */', ["Sure?"]),
        ('const word = "正在发送";', ["正在发送"]),
        ('card.querySelector("fieldset button").textContent = `${n}: ${value}`; fetch("/desk/events")', []),
        ('part("title").textContent = said(words, "why", `${a} ${b || "–"}`); b.setAttribute("aria-busy", "true")', []),
        ('button.setAttribute("aria-label", "less"); button.dataset.tone = "good"', ["less"]),
    ],
)
def test_spoken_literals_are_found(source: str, found: list[str]) -> None:
    """The search of the test above finds what it is meant to find, and no more."""
    assert spoken_literals(source) == found


# Problems -----------------------------------------------------------------------------------------------------------


def modules(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of a package but the one that runs it."""
    yield package
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


@cache
def problems() -> tuple[type[Problem], ...]:
    """Every kind of problem of the house."""
    for package in PACKAGES:
        assert all(modules(package))
    kinds, further = set[type[Problem]](), [Problem]
    while further:
        kind = further.pop()
        kinds.add(kind)
        further += kind.__subclasses__()
    return tuple(
        sorted((kind for kind in kinds if kind.__module__.split(".")[0] != "tests"), key=lambda kind: kind.__name__)
    )


def test_every_problem_speaks_both_languages() -> None:
    """The sentence of each problem comes out in Chinese and in English, filled with the same data."""
    assert len(problems()) > 50
    for kind in problems():
        data = {name: f"<{name}>" for name in braces(kind.sentence)}
        with speaking("en"):
            assert translate(kind.sentence, **data) == kind.sentence.format(**data)
        with speaking("zh-CN"):
            said = translate(kind.sentence, **data)
        assert HAN.search(said), kind.__name__
        assert set(re.findall(r"<(\w+)>", said)) == data.keys(), kind.__name__


@pytest.mark.parametrize(
    ("problem", "english", "said"),
    [
        (
            NotFound(),
            "There is nothing at this address. Check the link, or start from the first page.",
            "此地址没有内容。请检查链接，或从首页进入。",
        ),
        (
            Busy(),
            "The server is busy or its database is restarting. Nothing is lost; it will be tried again.",
            "服务器繁忙或数据库正在重启。数据没有丢失，稍后会自动重试。",
        ),
        (
            WrongPin(name="王伟"),
            "This is not the PIN of 王伟. Check the slip you were given, or ask the organiser for a new one.",
            "这不是 王伟 的 PIN。请核对裁判单，或向组织者索取新的 PIN。",
        ),
    ],
)
def test_a_problem_is_told_in_the_readers_language(problem: Problem, english: str, said: str) -> None:
    """The same problem tells an English and a Chinese reader what to do; its own text stays English, for the log."""
    with speaking("en"):
        assert sentence_of(problem) == english
    with speaking("zh-CN"):
        assert sentence_of(problem) == said
    assert str(problem) == english


# The reader's language ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "accept_language", "language"),
    [
        (None, "", "en"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        (None, "en-GB,en;q=0.9,zh-CN;q=0.8", "en"),
        (None, "de-DE,de;q=0.9,zh;q=0.5,en;q=0.4", "zh-CN"),
        (None, "en;q=0.4, zh-Hans-CN;q=0.7", "zh-CN"),
        (None, "zh-TW", "zh-CN"),
        (None, "ZH-cn", "zh-CN"),
        (None, "zh;q=0.5,en;q=0.5", "zh-CN"),
        (None, "zh-CN;q=0,en;q=0.1", "en"),
        (None, "zh;q=0", "en"),
        (None, "zh;q=much,en;q=0.1", "en"),
        (None, "fr-FR,*;q=0.5", "en"),
        (None, ",;,q=", "en"),
        ("en", "zh-CN", "en"),
        ("zh-CN", "en", "zh-CN"),
        ("fr", "zh-CN", "zh-CN"),
        ("", "zh-CN", "zh-CN"),
        ("zh-cn", "en", "en"),
    ],
)
def test_negotiate(chosen: str | None, accept_language: str, language: Language) -> None:
    """The reader's own choice counts, then the browser's order of wishes, then English."""
    assert negotiate(chosen, accept_language) == language


def test_a_language_is_spoken_within_its_block_only() -> None:
    """Blocks nest, and what was spoken before is spoken again after, also after an error."""
    assert current_language() == "en"
    with speaking("zh-CN"):
        with contextlib.suppress(ZeroDivisionError), speaking("en"):
            assert translate("Judges") == "Judges"
            raise ZeroDivisionError
        assert translate("Judges") == "裁判"
    assert translate("Judges") == "Judges"


def test_a_text_of_the_data_is_said_in_the_readers_language() -> None:
    """A text that fills a sentence comes in the sentence's language, and in its other one where that is empty."""
    where = Text(zh="第 1 号公布", en="Publication 1")
    with speaking("zh-CN"):
        assert translate("{where}: {entrant} is missing.", where=where, entrant="A01") == "第 1 号公布：缺少 A01。"
        assert text(Text(zh="", en="Hall 3")) == "Hall 3"
    assert translate("{where}: {entrant} is missing.", where=where, entrant="A01") == "Publication 1: A01 is missing."


def test_a_sentence_that_nobody_translated_is_said_as_it_is() -> None:
    """What the catalogue does not know stays English; nothing fails."""
    with speaking("zh-CN"):
        assert translate("A sentence of {n} words.", n=5) == "A sentence of 5 words."
