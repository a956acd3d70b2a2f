"""The contest at a prompt: rosters, exports, and the check that results are true."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import get_args
from uuid import UUID

import click

from competition.cli.common import (
    bytes_of,
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
from competition.plumbing.locale import current_language, translate
from competition.plumbing.sealing import Sealer
from competition.registration import actions as registration
from competition.registration.roster_file import write_template, write_template_csv
from schemas.problems import N_
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
            found = verify_package(read_package(bytes_of(package)), printed=checkpoint)
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
