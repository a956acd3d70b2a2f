"""The tablet's live reading against the engine: ``python -m tests.preview --cases 100000`` (or ``--seed N --cases 1``).

Each case is an aspect and readings from a seed of its own. The page's own module computes them in one process of Node, many at a
time; a test does the same in a browser. Points are compared as written out, steps letter by letter.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from competition.scoring.explain import mark_points
from competition.scoring.readings import check_reading
from schemas.base import Message, Text, canonical
from tests.random_readings import Case, random_case

MODULE = Path(__file__).parents[1] / "competition" / "static" / "judge" / "preview.js"
AT_ONCE = 5000
MOST_TOLD = 10

SCRIPT = """async ([address, cases]) => {
  const { preview } = await import(address);
  const begun = performance.now();
  const previews = cases.map(({ aspect, values, state }) => preview(aspect, values, state));
  return { previews, milliseconds: performance.now() - begun };
}"""
"""What a page or Node runs: all cases through the module at an address."""


class Previewed(Message, frozen=True, kw_only=True):
    """What a reading gives: the points written out plainly, and the steps to them."""

    points: str
    steps: tuple[Text, ...]


class Run(Message, frozen=True, kw_only=True):
    """What the page's module made of a batch, and in how many milliseconds."""

    previews: tuple[Previewed, ...]
    milliseconds: float


class Difference(Message, frozen=True, kw_only=True):
    """A case in which the page says something else than the engine."""

    seed: int
    case: Case
    by_engine: Previewed
    by_page: Previewed


def engine_previews(case: Case) -> Previewed:
    """What the engine says of a case, which the server must take."""
    check_reading(case.aspect, case.values, case.state)
    points, steps = mark_points(case.aspect, case.values, case.state)
    return Previewed(points=f"{points:f}", steps=steps)


def as_sent(case: Case, seed: int) -> dict[str, Any]:
    """A case in the JSON that the tablet holds; in every second one, fields that only repeat a default are left out."""
    whole: dict[str, Any] = json.loads(canonical(case))
    return whole | {"aspect": _sparse(case.aspect)} if Random(seed).random() < 1 / 2 else whole


def node_previews(cases: Sequence[dict[str, Any]]) -> Run:
    """What the page's module makes of these cases in Node."""
    script = (
        'import { readFileSync } from "node:fs";'
        f"const run = {SCRIPT};"
        'const cases = JSON.parse(readFileSync(0, "utf8"));'
        f"console.log(JSON.stringify(await run([{json.dumps(MODULE.as_uri())}, cases])));"
    )
    command = ["node", "--input-type=module", "--eval", script]
    run = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, timeout=600, check=True)
    return msgspec.json.decode(run.stdout, type=Run)


def differences(seeds: Sequence[int], run: Run) -> list[Difference]:
    """Where the page and the engine differ; ``run`` is what the page made of the cases of ``seeds``."""
    found = []
    for seed, by_page in zip(seeds, run.previews, strict=True):
        case = random_case(seed)
        by_engine = engine_previews(case)
        if by_page != by_engine:
            found.append(Difference(seed=seed, case=case, by_engine=by_engine, by_page=by_page))
    return found


def sent(seeds: Sequence[int]) -> list[dict[str, Any]]:
    """The cases of these seeds, as the tablet holds them."""
    return [as_sent(random_case(seed), seed) for seed in seeds]


@click.command()
@click.option("--cases", default=20_000, show_default=True, help="How many readings to compare.")
@click.option("--seed", default=0, show_default=True, help="The seed of the first; each next has the next number.")
def main(cases: int, seed: int) -> None:
    """Compare the tablet's live reading with the engine's on random aspects, and list where they differ."""
    begun, milliseconds = time.perf_counter(), 0.0
    found: list[Difference] = []
    for start in range(seed, seed + cases, AT_ONCE):
        batch = range(start, min(start + AT_ONCE, seed + cases))
        run = node_previews(sent(batch))
        milliseconds += run.milliseconds
        found += differences(batch, run)
    console = Console()
    table = Table("readings", "seconds", "ms a preview", "that differ", title="Live reading and engine")
    seconds = round(time.perf_counter() - begun)
    table.add_row(f"{cases:,}", f"{seconds:,}", f"{milliseconds / cases:.4f}", f"{len(found):,}")
    console.print(table)
    for one in found[:MOST_TOLD]:
        console.print_json(canonical(one).decode())
    sys.exit(1 if found else 0)


def _sparse(part: Any) -> Any:
    """A Struct as JSON would hold it, without the fields that have their default."""
    match part:
        case tuple():
            return [_sparse(each) for each in part]
        case msgspec.Struct():
            fields = msgspec.structs.fields(part)
            told = {field.name: getattr(part, field.name) for field in fields}
            kept = {field.name: _sparse(told[field.name]) for field in fields if told[field.name] != field.default}
            config = part.__struct_config__
            return kept | ({str(config.tag_field): config.tag} if config.tag else {})
        case _:
            return json.loads(canonical(part))


if __name__ == "__main__":
    main()
