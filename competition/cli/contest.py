"""The contest at a prompt: rosters, schemes, exports, and the check that results are true."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import get_args
from uuid import UUID

import click
import msgspec

from competition.cli.common import (
    chosen_event,
    data_option,
    database,
    done,
    event_option,
    found_wrong,
    out,
    progress,
    run,
)
from competition.cli.speech import FilePath, argument, command, group, option
from competition.exports.files import Format, exported
from competition.exports.package_file import read_package
from competition.exports.verify import verify_database, verify_package
from competition.ledger.actions import restate
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.locale import current_language, sentence_of, translate
from competition.plumbing.sealing import Sealer
from competition.registration import actions as registration
from competition.registration.roster_file import write_template, write_template_csv
from competition.schemes import actions as schemes
from competition.schemes.files import read_scheme, shipped, shipped_scheme
from competition.schemes.rules import faults_of
from schemas.base import canonical
from schemas.problems import N_, Problem
from schemas.registration import ImportPlan


@group(help=N_("Write the roster template; import a filled one."))
def roster() -> None:
    """Rosters."""


@roster.command("template", help=N_("Write an empty roster to fill in: .xlsx with notes and choices, or .csv."))
@option(
    "-o",
    "--output",
    type=FilePath(path_type=Path, dir_okay=False),
    default=Path("roster.xlsx"),
    show_default=True,
    help=N_("Where to."),
)
def roster_template(output: Path) -> None:
    """Write a roster template in the terminal's language."""
    write = write_template_csv if output.suffix.lower() == ".csv" else write_template
    output.write_bytes(write(current_language()))
    done(translate("{file} is written. Fill it in and import it.", file=output))


@roster.command("import", help=N_("Import a roster (.xlsx or .csv): all of it, or nothing when any cell is wrong."))
@argument("file", type=FilePath(path_type=Path, dir_okay=False, exists=True), help=N_("The filled roster."))
@event_option
@option("--dry-run", is_flag=True, help=N_("Only say what would happen."))
@data_option()
@run
async def import_roster(file: Path, event: UUID | None, dry_run: bool, data: Path) -> None:
    """Import a roster."""
    content = await asyncio.to_thread(file.read_bytes)
    async with database(data) as (connection, settings):
        event_id, sealer = await chosen_event(connection, settings, event), Sealer(settings.secret)
        with progress(translate("Checking the roster")):
            plan = await registration.plan_import(connection, event_id, file.name, content, sealer=sealer)
        _tell_plan(plan)
        if not dry_run:
            with progress(translate("Importing")):
                async with connection.transaction():
                    await registration.import_roster(
                        connection,
                        event_id,
                        file.name,
                        content,
                        file_digest=plan.file_digest,
                        sealer=sealer,
                        now=clock.now(),
                        actor_id=None,
                    )
                    await restate(connection, Shelf(), event_id)
            done(translate("Imported."))


@group(help=N_("Check, import and show marking schemes."))
def scheme() -> None:
    """Marking schemes."""


@scheme.command("check", help=N_("Say everything that is wrong with a scheme file, with its place and remedy."))
@argument("file", type=FilePath(path_type=Path, dir_okay=False, exists=True), help=N_("The scheme as a JSON file."))
def check_scheme(file: Path) -> None:
    """Tell the faults of a scheme file."""
    try:
        scheme = read_scheme(file.read_bytes(), file.name)
    except Problem as problem:
        found_wrong([sentence_of(problem)])
    if faults := faults_of(scheme):
        found_wrong([f"{fault.place}  {translate(fault.sentence, **fault.data)}" for fault in faults])
    done(translate("{file} has no faults.", file=file))


@scheme.command("import", help=N_("Give an event its scheme, until its first mark."))
@argument("file", help=N_("A JSON file, or the name of a shipped scheme; `leitai scheme show` lists them."))
@event_option
@data_option()
@run
async def import_scheme(file: str, event: UUID | None, data: Path) -> None:
    """Give an event its scheme."""
    chosen = shipped_scheme(file) if file in shipped() else read_scheme(_bytes_of(file), file)
    async with database(data) as (connection, settings):
        event_id = await chosen_event(connection, settings, event)
        await schemes.import_scheme(connection, Shelf(), event_id, chosen, actor_id=None, now=clock.now())
    done(translate("The event has its scheme: {name}.", name=chosen.name))


@scheme.command("show", help=N_("List the shipped schemes, or print one as JSON to start from."))
@argument("name", required=False, help=N_("Which one to print."))
def show_scheme(name: str | None) -> None:
    """List the shipped schemes, or print one."""
    if name:
        click.echo(msgspec.json.format(canonical(shipped_scheme(name)), indent=2))
        return
    for known in shipped():
        out.print(f"{known}  {shipped_scheme(known).name.in_language(current_language())}")


@command(help=N_("Write a published result list as CSV, XLSX, JSON package or PDF."))
@option(
    "-f", "--format", type=click.Choice(get_args(Format)), default="xlsx", show_default=True, help=N_("What to write.")
)
@option("-n", "--number", type=int, help=N_("Which publication; the newest if not given."))
@option(
    "-o",
    "--output",
    type=FilePath(path_type=Path, dir_okay=False),
    help=N_("Where to; by default a file named after the event."),
)
@event_option
@data_option()
@run
async def export(format: Format, number: int | None, output: Path | None, event: UUID | None, data: Path) -> None:
    """Write a published result list."""
    async with database(data) as (connection, settings):
        event_id = await chosen_event(connection, settings, event)
        with progress(translate("Writing the results")):
            file = await exported(connection, event_id, format, number=number, language=current_language())
    path = output or Path(file.name)
    path.write_bytes(file.content)
    done(translate("{file} is written.", file=path))


@command(
    help=N_(
        "Check that results are true, in an exported JSON package or in the database.\n\n"
        "The ledger is chained again from its first entry, every total and rank is computed again, and everything is compared "
        "with what was stored, published and printed."
    )
)
@argument(
    "package",
    required=False,
    type=FilePath(path_type=Path, dir_okay=False, exists=True),
    help=N_("The JSON package; without it the database is checked."),
)
@option("--checkpoint", help=N_("A printed checkpoint, as position:digest, to hold the ledger against."))
@event_option
@data_option()
@run
async def verify(package: Path | None, checkpoint: str | None, event: UUID | None, data: Path) -> None:
    """Check that results are true."""
    with progress(translate("Computing everything again")):
        if package:
            found = verify_package(read_package(_bytes_of(package)), printed=checkpoint)
        else:
            async with database(data) as (connection, settings):
                found = await verify_database(
                    connection, await chosen_event(connection, settings, event), printed=checkpoint
                )
    said = translate(
        "{entries} ledger entries; digest {digest}", entries=found.ledger_entries, digest=found.ledger_digest
    )
    out.print(said, soft_wrap=True)
    if not found.is_good():
        found_wrong([translate(finding.sentence, **finding.data) for finding in found.findings])
    done(translate("Everything agrees."))


def _bytes_of(file: str | Path) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as refusal:
        raise click.BadParameter(translate("{file} does not exist or cannot be read.", file=file)) from refusal


def _tell_plan(plan: ImportPlan) -> None:
    counts = Counter(row.change for row in plan.rows)
    out.print(
        translate(
            "{new} new, {changed} changed, {unchanged} unchanged, {bad} bad cells",
            new=counts["new"],
            changed=counts["changed"],
            unchanged=counts["unchanged"],
            bad=len(plan.bad_cells),
        )
    )
    if not plan.is_good():
        found_wrong([
            translate("{sheet}, row {row}, {column}:", sheet=cell.sheet, row=cell.row, column=cell.column)
            + f" {cell.problem} {cell.remedy}"
            for cell in plan.bad_cells
        ])  # fmt: skip
