"""Marking schemes at a prompt: checked, tried, shown, converted from one kind of file to another, given to an event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import get_args
from uuid import UUID

import click
import msgspec
from rich.markup import escape

from competition.cli.common import (
    bytes_of,
    chosen_event,
    data_option,
    database,
    done,
    event_option,
    found_wrong,
    out,
    run,
)
from competition.cli.speech import FilePath, argument, group, option
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.locale import current_language, sentence_of, translate
from competition.schemes import actions
from competition.schemes.cells import WorkbookHasFaults
from competition.schemes.check.everywhere import of_figures
from competition.schemes.check.places import Fault, aspects, most_total
from competition.schemes.cis.writer import write_cis
from competition.schemes.files import read_scheme, shipped, shipped_scheme
from competition.schemes.json_schema import scheme_schema
from competition.schemes.rules import faults_of
from competition.schemes.template import write_template
from competition.schemes.text_file import write_json, write_toml
from competition.schemes.trying import most_of_judge, tried_readings
from competition.scoring.explain import mark_points
from competition.scoring.readings import check_reading
from competition.scoring.rounding import shown
from competition.tabulation.words import read_values
from schemas.aspects import Aspect
from schemas.base import Text
from schemas.marks import WithoutReading
from schemas.problems import N_, Problem
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest

_PLACES = 2
"""Decimals that points are written with, at least."""

_EVERYTHING = Text(zh="按评分方案的规定 → 得满分", en="by the scheme's rule for this state → all points")


class NoAspectToTry(Problem):
    """A value is to be tried on an aspect that the scheme does not have."""

    status = 404
    sentence = N_("The scheme has no aspect {aspect}. Choose one of these: {aspects}.")


class UnknownKindOfFile(Problem):
    """A scheme is to be written to a file whose name does not say what kind it is."""

    sentence = N_("It is not clear from {file} what to write. Give it an ending: .json, .toml or .xlsx.")


@group(help=N_("Check, try, convert, import and show marking schemes."))
def scheme() -> None:
    """Marking schemes."""


scheme_argument = argument("file", help=N_("A scheme's file (.json, .toml, .xlsx), or the name of a shipped scheme."))


@scheme.command("check", help=N_("Say everything that is wrong with a scheme file, with its place and remedy."))
@scheme_argument
def check_scheme(file: str) -> None:
    """Tell the faults of a scheme file, and what the scheme comes to."""
    try:
        checked = _scheme_in(file)
    except Problem as problem:
        found_wrong([sentence_of(problem)])
    faults = faults_of(checked)
    out.print(escape(_extent(checked)), soft_wrap=True)
    if faults:
        found_wrong([_sentence(fault) for fault in faults])
    out.print(translate("digest {digest}", digest=scheme_digest(checked)), soft_wrap=True)
    done(translate("{file} has no faults.", file=file))


@scheme.command(
    "try",
    help=N_(
        "Show what one judge's readings of an aspect give, step by step.\n\n"
        "They are written as in a table of marks: the text of an option or level, yes or no, a time as seconds, m:ss.00 or "
        "h:mm:ss.00, a measured value with its unit or without."
    ),
    context_settings={"ignore_unknown_options": True},
)
@scheme_argument
@argument("aspect", help=N_("The aspect's id."))
@argument("values", nargs=-1, help=N_("The readings, in order."))
@option("--state", type=click.Choice(get_args(WithoutReading)), help=N_("Try why there is no reading, instead of one."))
def try_scheme(file: str, aspect: str, values: tuple[str, ...], state: WithoutReading | None) -> None:
    """Show what readings give."""
    chosen = _scheme_in(file)
    found_at, found = next(((at, one) for at, one in aspects(chosen) if one.id == aspect), ("", None))
    if found is None:
        raise NoAspectToTry(aspect=aspect, aspects=", ".join(one.id for one in chosen.aspects()))
    if faults := [*of_figures(chosen), *(fault for fault in faults_of(chosen) if fault.place.startswith(found_at))]:
        found_wrong([_sentence(fault) for fault in faults])
    if state is not None:
        points, steps = _by_state(chosen, found, values, state)
        most, is_implausible = most_of_judge(found), False
    else:
        outcome = tried_readings(found, _readings(found, values))
        points, steps = outcome.points, outcome.steps
        most, is_implausible = outcome.most, outcome.is_implausible
    language = current_language()
    for line in (
        f"{found.id}  {found.name.in_language(language)}",
        *(f"  {step.in_language(language)}" for step in steps),
    ):
        out.print(escape(line), soft_wrap=True)
    if is_implausible:
        out.print(translate("This looks like a slip of the finger or the unit. It would be flagged, and count."))
    done(translate("{points} of {most} points", points=shown(points, _PLACES), most=shown(most, _PLACES)))


@scheme.command("schema", help=N_("Print the JSON Schema of scheme files."))
def print_schema() -> None:
    """Print the JSON Schema."""
    click.echo(msgspec.json.format(msgspec.json.encode(scheme_schema()), indent=2))


@scheme.command("template", help=N_("Write an XLSX template to fill in: empty, or with a scheme in it."))
@argument(
    "file", required=False, help=N_("A scheme's file, or the name of a shipped scheme; without it, an empty one.")
)
@option(
    "-o",
    "--output",
    type=FilePath(path_type=Path, dir_okay=False),
    default=Path("scheme.xlsx"),
    show_default=True,
    help=N_("Where to."),
)
def scheme_template(file: str | None, output: Path) -> None:
    """Write a template in the terminal's language."""
    output.write_bytes(write_template(_scheme_in(file) if file else None, current_language()))
    done(translate("{file} is written. Fill it in and import it.", file=output))


@scheme.command(
    "convert", help=N_("Write a scheme as another kind of file, which the ending names: .json, .toml, .xlsx.")
)
@scheme_argument
@argument("output", type=FilePath(path_type=Path, dir_okay=False), help=N_("Where to."))
@option("--cis", is_flag=True, help=N_("Write the .xlsx as a workbook of the WorldSkills CIS, not as our template."))
def convert_scheme(file: str, output: Path, cis: bool) -> None:
    """Write a scheme as another kind of file."""
    chosen = _scheme_in(file)
    with _places_told():
        output.write_bytes(_written(chosen, output, cis=cis))
    done(translate("{file} is written.", file=output))


@scheme.command("import", help=N_("Give an event its scheme, until its first mark."))
@scheme_argument
@event_option
@data_option()
@run
async def import_scheme(file: str, event: UUID | None, data: Path) -> None:
    """Give an event its scheme."""
    chosen = _scheme_in(file)
    async with database(data) as (connection, settings):
        event_id = await chosen_event(connection, settings, event)
        await actions.import_scheme(connection, Shelf(), event_id, chosen, actor_id=None, now=clock.now())
    done(translate("The event has its scheme: {name}.", name=chosen.name))


@scheme.command("show", help=N_("List the shipped schemes, or print one to start from."))
@argument("name", required=False, help=N_("Which one to print."))
@option(
    "-f",
    "--format",
    type=click.Choice(["json", "toml"]),
    default="json",
    show_default=True,
    help=N_("How to print it."),
)
def show_scheme(name: str | None, format: str) -> None:
    """List the shipped schemes, or print one."""
    if name:
        write = write_toml if format == "toml" else write_json
        click.echo(write(shipped_scheme(name)), nl=False)
        return
    for known in shipped():
        out.print(f"{known}  {shipped_scheme(known).name.in_language(current_language())}")


def _scheme_in(file: str) -> Scheme:
    if file in shipped():
        return shipped_scheme(file)
    with _places_told():
        return read_scheme(bytes_of(file), Path(file).name)


@contextmanager
def _places_told() -> Iterator[None]:
    """Tell every place of a file that is wrong, or every part of a scheme that has none in one, and end."""
    try:
        yield
    except WorkbookHasFaults as problem:
        found_wrong([f"{fault.cell}  {translate(fault.sentence, **fault.data)}" for fault in problem.faults])


def _sentence(fault: Fault) -> str:
    return f"{fault.place}  {translate(fault.sentence, **fault.data)}"


def _extent(scheme: Scheme) -> str:
    """What a scheme comes to, in one line."""
    return translate(
        "{name}. Stages: {stages}, criteria: {criteria}, sub-criteria: {sub_criteria}, aspects: {aspects}, points: {points}.",
        name=scheme.name,
        stages=len(scheme.stages),
        criteria=sum(1 for _ in scheme.criteria()),
        sub_criteria=sum(1 for _ in scheme.sub_criteria()),
        aspects=sum(1 for _ in scheme.aspects()),
        points=most_total(scheme),
    )


def _readings(aspect: Aspect, written: tuple[str, ...]) -> tuple[Decimal, ...]:
    """Readings as tables of marks are read, one in each argument."""
    return tuple(value for one in written for value in read_values(aspect, one, "", is_item=True))


def _by_state(
    scheme: Scheme, aspect: Aspect, values: tuple[str, ...], state: WithoutReading
) -> tuple[Decimal, tuple[Text, ...]]:
    """What a state instead of readings gives: nothing, or by the scheme's rule all points."""
    check_reading(aspect, tuple(Decimal(0) for _ in values), state)
    rule = next((rule for rule in scheme.states if rule.state == state), None)
    if rule is None or rule.gives == "nothing":
        return mark_points(aspect, (), state)
    return aspect.points, (_EVERYTHING,)


def _written(scheme: Scheme, output: Path, *, cis: bool) -> bytes:
    match output.suffix.lower():
        case ".xlsx":
            return write_cis(scheme) if cis else write_template(scheme, current_language())
        case ".json":
            return write_json(scheme)
        case ".toml":
            return write_toml(scheme)
        case _:
            raise UnknownKindOfFile(file=output)
