"""Click in both languages: help texts are msgids that are translated as they are shown, and click's own words go the same way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import click
from click import core, decorators, exceptions, formatting, parser, termui, types
from rich.cells import cell_len

from competition.plumbing.locale import translate
from schemas.problems import N_

CLICKS_WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Positional arguments"),
    N_("default: {default}"),
    N_("Show this message and exit."),
    N_("Repeat for confirmation"),
    N_("Aborted!"),
    N_("Error: {message}"),
    N_("Error: The two entered values do not match."),
    N_("Try '{command} {option}' for help."),
    N_("Did you mean {possibility}?"),
    N_("(Did you mean one of: {possibilities}?)"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Got unexpected extra argument ({args})"),
    N_("Got unexpected extra arguments ({args})"),
    N_("Option {name!r} requires an argument."),
    N_("Option {name!r} does not take a value."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not one of {choices}."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value!r} is not a valid UUID."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
)
"""What click says by itself to who mistypes a command or asks for help."""

METAVARS = (
    N_("ARGS"), N_("ASPECT"), N_("COMMAND"), N_("DIRECTORY"), N_("FILE"), N_("FLOAT RANGE"), N_("INTEGER"), N_("INTEGER RANGE"), N_("NAME"),
    N_("MARKS"), N_("OPTIONS"), N_("OUTPUT"), N_("PACKAGE"), N_("SCHEME"), N_("TEXT"), N_("URL"), N_("USERNAME"), N_("VALUES"), N_("directory"), N_("file"),
)  # fmt: skip
"""What stands for a value in usage lines, and how errors call paths."""

_UNBROKEN = re.compile(r"\s*(?:[\u2e80-\uffff][，。、；：！？”）)\]]*|[^\s\u2e80-\uffff]+)")
"""What no line break goes through: a word with the blanks before it, a Chinese character with the marks after it."""


def _lend_words() -> None:
    """Let click look its words up in our catalogue: the standard library's gettext would want a file for each language."""
    for module in (core, decorators, exceptions, formatting, parser, termui, types):
        vars(module).update(_=translate, ngettext=lambda one, many, n: translate(one if n == 1 else many))


_lend_words()


class _Said:
    """An attribute that holds a msgid and reads in the terminal's language; what is no text stays as it is."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.kept_as = f"_msgid_of_{name}"

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        kept = vars(instance).get(self.kept_as)
        return translate(kept) if isinstance(kept, str) and kept else kept

    def __set__(self, instance: object, value: object) -> None:
        vars(instance)[self.kept_as] = value


def _said() -> Any:
    return _Said()


class Formatter(click.HelpFormatter):
    """Help as a terminal shows it, where a Chinese character takes two cells and a line may end after any of them."""

    def write_heading(self, heading: str) -> None:
        """A heading with the colon of its language."""
        self.write(" " * self.current_indent + translate("{heading}:", heading=heading) + "\n")

    def write_text(self, text: str) -> None:
        """Paragraphs, folded to the width."""
        for n, paragraph in enumerate(text.split("\n\n")):
            lines = _folded(paragraph, self.width - self.current_indent)
            self.write("\n" * bool(n) + "".join(f"{'':{self.current_indent}}{line}\n" for line in lines))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Terms, and what is said of each beside it."""
        rows = list(rows)
        term_width = min(max(cell_len(term) for term, _ in rows), col_max)
        said_at = self.current_indent + term_width + col_spacing
        for term, said in rows:
            self.write(" " * self.current_indent + term)
            gap = term_width - cell_len(term)
            self.write(" " * (gap + col_spacing) if gap >= 0 else "\n" + " " * said_at)
            self.write(f"\n{'':{said_at}}".join(_folded(said, self.width - said_at)) + "\n")


class Context(click.Context):
    """A command being run, whose help is set by our formatter."""

    formatter_class = Formatter


class Command(click.Command):
    """A command whose ``help`` is a msgid."""

    context_class = Context
    help = _said()

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The usage line's words for values and options."""
        return [_metavar(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click would cut there
        """The first sentence, whole: cut at its words it would say nothing in Chinese."""
        return _first_sentence(self.help)


class Group(click.Group):
    """A group of such commands, itself with a msgid for its ``help``."""

    context_class = Context
    command_class = Command
    help = _said()

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The usage line's words for values and options."""
        return [_metavar(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click would cut there
        """The first sentence, whole."""
        return _first_sentence(self.help)


class Option(click.Option):
    """An option whose ``help``, ``prompt`` and word for its default are msgids."""

    help = _said()
    prompt = _said()
    show_default = _said()

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for its value."""
        return _metavar(super().make_metavar(ctx))


class Argument(click.Argument):
    """An argument whose ``help`` is a msgid."""

    help = _said()

    def make_metavar(self, ctx: click.Context) -> str:
        """What stands for it."""
        return _metavar(super().make_metavar(ctx))


class FilePath(click.Path):
    """The path of a file or folder, called so by errors in the terminal's language."""

    name = _said()


def command(**settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of what follows."""
    return click.command(cls=Command, **settings)


def group(cls: type[Group] = Group, **settings: Any) -> Callable[[Callable[..., Any]], Group]:
    """Make a group of what follows."""
    return click.group(cls=cls, **settings)


option = partial(click.option, cls=Option)
argument = partial(click.argument, cls=Argument)


def _metavar(piece: str) -> str:
    return re.sub(r"[A-Z]+( [A-Z]+)?", lambda word: translate(word[0]), piece)


def _first_sentence(text: str) -> str:
    return re.split(r"\.(?:\s|$)|。", text)[0]


def _folded(text: str, width: int) -> list[str]:
    lines = [""]
    for word in _UNBROKEN.findall(text):
        if lines[-1] and cell_len(lines[-1] + word) > width:
            lines.append(word.lstrip())
        else:
            lines[-1] += word
    return lines
