"""What all commands share: where the data lies, a connection to it, which event is meant, and how things are told."""

from __future__ import annotations

import shlex
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, ParamSpec, TypeVar, cast
from uuid import UUID

import asyncpg
import click
import uvloop
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from competition import server
from competition.cli.speech import FilePath, option
from competition.plumbing.database import Connection
from competition.plumbing.locale import current_language, translate
from competition.plumbing.postgres import CLUSTER
from competition.plumbing.settings import Settings, default_data_folder, read_settings
from competition.registration.store import every_event
from schemas.problems import N_, Problem

DEMO_FOLDER = "demo"
"""Where the demo's data lies, within the folder that all other commands take."""

FOUND_SOMETHING = 3
"""The exit code of a check that found something wrong."""

MOST_TOLD = 100
"""How many findings are told one by one."""

P = ParamSpec("P")
R = TypeVar("R")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class NoEvent(Problem):
    """A command about an event where none has been added."""

    sentence = N_("There is no event yet. Start the server and add one at the desk, under “Competitions”.")


class NoEventButDemo(NoEvent):
    """The same, beside the demo's data: that is what was meant, most likely."""

    sentence = N_(
        "There is no event yet in {folder}. If you mean the demo competition, add this to the command: --data {demo}."
    )


class WhichEvent(Problem):
    """A command about one event where there are several."""

    sentence = N_("Say which event with --event ID. There are: {events}")


def data_option(
    folder: str = "", *, shown: str = N_("the user data folder")
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option that says where the data lies; ``shown`` is how help calls the folder that is taken without it."""
    return option(
        "--data",
        type=FilePath(path_type=Path, file_okay=False),
        default=lambda: default_data_folder() / folder,
        show_default=shown,
        help=N_("Folder of the embedded database and the secret key."),
    )


event_option = option(
    "--event", type=click.UUID, help=N_("Which event, by its id; not needed while there is only one.")
)


def run(command: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, R]:
    """Let a command be a coroutine."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        return uvloop.run(command(*args, **kwargs))

    return wrapper


@asynccontextmanager
async def database(data: Path) -> AsyncIterator[tuple[Connection, Settings]]:
    """A connection to the database that the server on this data folder uses, or to the configured one."""
    settings = read_settings(data)
    async with server.database(settings) as dsn, connect(dsn) as connection:
        yield connection, settings


@asynccontextmanager
async def connect(dsn: str) -> AsyncIterator[Connection]:
    """A connection with the rights of the application, no more."""
    connection = await asyncpg.connect(dsn, server_settings={"role": "leitai_app", "timezone": "UTC"})
    try:
        yield connection
    finally:
        await connection.close()


async def chosen_event(connection: Connection, settings: Settings, given: UUID | None) -> UUID:
    """The event that is meant: the given one, or the only one there is."""
    events = await every_event(connection)
    if not events:
        demo = settings.data / DEMO_FOLDER
        if settings.database_url is None and (demo / CLUSTER).is_dir():
            raise NoEventButDemo(folder=settings.data, demo=shlex.quote(str(demo)))
        raise NoEvent
    if given is None and len(events) == 1:
        return events[0].id
    if any(event.id == given for event in events):
        return cast("UUID", given)
    listed = "; ".join(f"{event.id} {event.name.in_language(current_language())}" for event in events)
    raise WhichEvent(events=listed)


@contextmanager
def progress(what: str) -> Iterator[None]:
    """A moving bar with the time passed, on terminals only, while something long runs."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=err, transient=True
    ) as bar:
        bar.add_task(what, total=None)
        yield


def done(sentence: str) -> None:
    """Tell that something is done."""
    out.print(f"[bold green]✓[/] {escape(sentence)}", soft_wrap=True)


def found_wrong(sentences: list[str]) -> NoReturn:
    """Tell what a check found, a line each, and end with the exit code for that."""
    for sentence in sentences[:MOST_TOLD]:
        out.print(f"[bold red]✗[/] {escape(sentence)}", soft_wrap=True)
    if len(sentences) > MOST_TOLD:
        out.print(translate("… and {count} more like these.", count=len(sentences) - MOST_TOLD))
    sys.exit(FOUND_SOMETHING)


def bytes_of(file: str | Path) -> bytes:
    """What is in a file that a command was given; who mistyped its name is told."""
    try:
        return Path(file).read_bytes()
    except OSError as refusal:
        raise click.BadParameter(translate("{file} does not exist or cannot be read.", file=file)) from refusal
