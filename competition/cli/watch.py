"""A board on the terminal."""

from __future__ import annotations

import asyncio

import click
import httpx
from rich.live import Live

from competition.cli.common import out, run
from competition.cli.speech import argument, command, option
from competition.plumbing import clock
from competition.plumbing.settings import is_web_address
from competition.watching.follow import NotABoard, follow
from competition.watching.terminal import drawn
from schemas.problems import N_, Problem

FRAME = 4
"""Lines of the terminal that are no rows of the board."""


class NobodyThere(Problem):
    """Nothing answers at the address."""

    sentence = N_("Nothing answers at {url}. Check the address, and whether the server runs.")


@command(
    help=N_(
        "Follow a board on the terminal until Ctrl+C: give the address of its page.\n\n"
        "It speaks the protocol that every board speaks, so it is also an example for clients of your own."
    )
)
@argument("url", help=N_("The address of the board's page."))
@option("--once", is_flag=True, help=N_("Print the board as it is now, and end."))
@run
async def watch(url: str, once: bool) -> None:
    """Follow a board."""
    if not is_web_address(url):
        raise NotABoard(url=url)
    try:
        if once:
            async for seen in follow(url, now=clock.now):
                if seen.state:
                    out.print(drawn(seen, width=out.width))
                    return
        with Live(console=out, auto_refresh=False, transient=False, vertical_overflow="crop") as live:
            async for seen in follow(url, now=clock.now):
                live.update(drawn(seen, most=max(out.height - FRAME, 1), width=out.width), refresh=True)
    except httpx.InvalidURL as mistyped:
        raise NotABoard(url=url) from mistyped
    except httpx.HTTPError as away:
        raise NobodyThere(url=url) from away
    except asyncio.CancelledError:
        raise click.Abort from None
