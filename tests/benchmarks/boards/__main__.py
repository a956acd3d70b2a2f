"""What the boards cost, how late the last viewer is, what a crowd leaves behind, and what a revision costs.

``python -m tests.benchmarks.boards`` (or ``make bench-boards``) prints four tables: fan-out, latency, crowd, revision. Servers
run on one core and everything else on another; all have the same viewers, a program in C (`viewers`). Rounds are interleaved,
figures are medians of the rounds; ratios travel better between machines than figures.

Measured: see ``README.md`` one folder up.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.benchmarks.boards import crowd, fan_out, latency, revision
from tests.benchmarks.boards.contenders import CONTENDERS, Contender, install_packages
from tests.benchmarks.boards.machine import VIEWERS, compiled, load_core, raise_limits

TABLES = ("fan-out", "latency", "crowd", "revision")


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    viewers: tuple[int, ...] = (1_000, 5_000, 10_000)
    rounds: int = 5
    seconds: float = 1.0
    marking: float = 15.0
    stay: float = 30.0
    returning: int = 1_000
    leaving_rounds: int = 100


QUICK = Plan(viewers=(100, 1_000), rounds=3, seconds=0.3, marking=5.0, stay=3.0, returning=200, leaving_rounds=10)


@click.command()
@click.option("--table", "tables", multiple=True, type=click.Choice(TABLES), help="Only this table (may be repeated).")
@click.option("--only", multiple=True, help="Only contenders with this in their name, and the floor (may be repeated).")
@click.option("--viewers", multiple=True, type=click.IntRange(2), help="How many viewers (may be repeated).")
@click.option("--rounds", type=int, help="Interleaved rounds; figures are their medians.")
@click.option("--seconds", type=float, help="How long each measurement of a round takes.")
@click.option("--quick", is_flag=True, help="Few viewers, short rounds: a minute.")
@click.option("--with-npm", is_flag=True, help="Install the npm packages ws, socket.io and bun first, into .tools.")
def main(
    tables: Sequence[str],
    only: Sequence[str],
    viewers: Sequence[int],
    rounds: int | None,
    seconds: float | None,
    quick: bool,
    with_npm: bool,
) -> None:
    """Measure and print the tables."""
    usual = QUICK if quick else Plan()
    plan = Plan(
        viewers=tuple(sorted(viewers)) or usual.viewers,
        rounds=rounds or usual.rounds,
        seconds=seconds or usual.seconds,
        marking=usual.marking,
        stay=usual.stay,
        returning=usual.returning,
        leaving_rounds=usual.leaving_rounds,
    )
    if sys.platform != "linux":
        raise click.ClickException("What servers use is read from /proc, which Linux alone has.")
    if with_npm:
        install_packages()
    raise_limits(max(plan.viewers))
    os.sched_setaffinity(0, {load_core()})
    asyncio.run(measure(tables or TABLES, plan, [one for one in CONTENDERS if is_wanted(one, only)]))


def is_wanted(contender: Contender, only: Sequence[str]) -> bool:
    """Whether a contender is to be measured: the floor always, the others as asked for."""
    return contender is CONTENDERS[0] or not only or any(part.lower() in contender.name.lower() for part in only)


async def measure(tables: Sequence[str], plan: Plan, contenders: Sequence[Contender]) -> None:
    """Measure and print, table by table."""
    out = Console(width=150)
    with tempfile.TemporaryDirectory(prefix="leitai-boards-") as name:
        folder = Path(name)
        viewers = compiled(VIEWERS, folder)
        for table in tables:
            home = folder / table
            home.mkdir()
            match table:
                case "fan-out":
                    out.print(await fan_out_of(contenders, viewers, home, plan, out))
                case "latency":
                    middle = fan_out.middle_of(plan.viewers)
                    out.print(latency.waits(await latency.measure(viewers, home, viewers=middle, seconds=plan.marking)))
                case "crowd":
                    findings = await crowd.measure(
                        viewers,
                        home,
                        viewers=plan.viewers[-1],
                        stay=plan.stay,
                        returning=plan.returning,
                        rounds=plan.leaving_rounds,
                    )
                    out.print(crowd.table_of(findings))
                case "revision":
                    out.print(revision.table_of(await revision.measure(home)))


async def fan_out_of(contenders: Sequence[Contender], viewers: Path, home: Path, plan: Plan, out: Console) -> Table:
    """The table of those contenders that are on this machine; of the others it is told what is missing."""
    present = []
    for contender in contenders:
        if missing := contender.lacks():
            out.print(f"left out: {contender.name}; missing is the {missing}")
        else:
            present.append(contender)
    rows = await fan_out.measure(present, viewers, home, sizes=plan.viewers, rounds=plan.rounds, seconds=plan.seconds)
    return fan_out.costs(rows, plan.viewers)


if __name__ == "__main__":
    main()
