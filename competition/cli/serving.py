"""Serving: the server, and the demo with its robots."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import click
from rich.logging import RichHandler
from rich.table import Table

from competition import server
from competition.access import store as accounts
from competition.cli.common import DEMO_FOLDER, connect, data_option, done, err, out, run
from competition.cli.speech import command, option
from competition.demo.contest import DEMO_FILE, Demo, enrol_url, prepare_demo, run_clock
from competition.demo.robots import Seat, run_robots
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.locale import translate
from competition.plumbing.sealing import Sealer
from competition.plumbing.settings import read_settings
from schemas.problems import N_

host_option = option(
    "--host", default="127.0.0.1", show_default=True, help=N_("Address to listen at; 0.0.0.0 for the whole hall.")
)
port_option = option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help=N_("Port to listen at; 0 takes a free one."),
)
workers_option = option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help=N_("How many server processes share the port; one for each core where thousands watch."),
)


def log_to_terminal(line: str = "%(message)s") -> None:
    """Tell what happens on the terminal, a line each."""
    handler = RichHandler(console=err, show_path=False, rich_tracebacks=False)
    logging.basicConfig(level=logging.INFO, format=line, handlers=[handler])
    for quiet in ("httpx", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    # Our own lines tell that the database is away; the pool would add a page of traceback to each.
    logging.getLogger("asyncpg.pool").setLevel(logging.ERROR)


@command(help=N_("Run the server until Ctrl+C."))
@host_option
@port_option
@workers_option
@data_option()
@run
async def serve(host: str, port: int, workers: int, data: Path) -> None:
    """Run the server."""
    log_to_terminal()
    settings = read_settings(data, host=host, port=port)

    async def tell(dsn: str, base_url: str) -> None:
        done(translate("Leitai is ready at {url}", url=base_url))
        async with connect(dsn) as connection:
            if not await accounts.accounts(connection):
                out.print(translate("Nobody can sign in yet. Add an organiser: leitai user add NAME --role organiser"))

    await server.serve(settings, workers=workers, when_ready=tell)


@command(
    help=N_(
        "Serve a demo competition in which robot judges mark through the real HTTP interface.\n\n"
        "All addresses, the organiser's password and the judges' links and PINs are written to demo.json in the data folder. "
        "The first judge in the list is left to you; the robots are all the others."
    )
)
@host_option
@port_option
@workers_option
@data_option(DEMO_FOLDER, shown=N_("demo in the user data folder"))
@option(
    "--pace",
    default=4.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help=N_("Seconds from a robot's mark to its next."),
)
@option(
    "--judges", default=12, show_default=True, type=click.IntRange(1, 60), help=N_("How many robot judges there are.")
)
@option("--seed", default=1, show_default=True, help=N_("Decides names, skills and marks of a new demo."))
@option("--no-robots", is_flag=True, help=N_("Only serve; nobody marks."))
@option(
    "--all-robots", is_flag=True, help=N_("Robots play every judge, yours too, so that the contest comes to its end.")
)
@run
async def demo(
    host: str,
    port: int,
    workers: int,
    data: Path,
    pace: float,
    judges: int,
    seed: int,
    no_robots: bool,
    all_robots: bool,
) -> None:
    """Serve a demo competition."""
    log_to_terminal()
    settings = read_settings(data, host=host, port=port)
    demos: list[Demo] = []
    seats: list[Seat] = []
    robots: list[asyncio.Task[None]] = []

    async def set_up(dsn: str, base_url: str) -> None:
        async with connect(dsn) as connection:
            shelf, now = Shelf(), clock.now()
            made = await prepare_demo(
                connection, shelf, Sealer(settings.secret), data, base_url=base_url, seed=seed, judges=judges, now=now
            )
            await run_clock(connection, made, now=now)
            ids = {account.name: account.id for account in await accounts.accounts(connection)}
            for judge in made.judges[0 if all_robots else 1 : judges + 1]:
                url = await enrol_url(connection, base_url, ids[judge.name], now=now)
                seats.append(Seat(enrol_url=url, pin=judge.pin))
        demos.append(made)

    async def begin(_dsn: str, _base_url: str) -> None:
        _tell_demo(demos[0], data / DEMO_FILE)
        if not no_robots:
            robots.append(asyncio.create_task(_let_mark(seats, pace=pace, seed=seed)))

    try:
        await server.serve(settings, workers=workers, before=set_up, when_ready=begin)
    finally:
        for task in robots:
            task.cancel()
        await asyncio.gather(*robots, return_exceptions=True)


async def _let_mark(seats: list[Seat], *, pace: float, seed: int) -> None:
    await run_robots(seats, pace=pace, seed=seed)
    out.print(translate("All robots have signed all their sheets."))


def _tell_demo(made: Demo, path: Path) -> None:
    done(translate("The demo competition is open at {url}", url=made.base_url))
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_row(translate("Board"), made.boards[0].url)
    table.add_row(translate("Desk"), f"{made.base_url}/desk   {made.organiser.username} / {made.organiser.password}")
    table.add_row(translate("Your tablet"), f"{made.judges[0].enrol_url}   PIN {made.judges[0].pin}")
    table.add_row(translate("Everything"), str(path))
    out.print(table, soft_wrap=True)
