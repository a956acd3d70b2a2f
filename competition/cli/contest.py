"""The contest at a prompt: rosters, exports, and the check that results are true."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args
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
from competition.exports.archive import archive, one_sheet, sheet_with_code
from competition.exports.files import ExportedFile, Format, SpooledFile, exported
from competition.exports.findings import SignedSheet
from competition.exports.package_file import read_package
from competition.exports.sheet_words import SIGNER
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


@command(help=N_("Write a published result list as CSV, XLSX, JSON package or PDF, or the signed score sheets as PDF."))
@option(
    "-f",
    "--format",
    type=click.Choice((*get_args(Format), "sheets")),
    default="xlsx",
    show_default=True,
    help=N_("What to write."),
)
@option("-n", "--number", type=int, help=N_("Which publication; the newest if not given."))
@option("--session", type=int, help=N_("Score sheets: those of one session."))
@option("--entrant", help=N_("Score sheets: those of the entrant with this code."))
@option("--sheet", help=N_("Score sheets: the one with this printed code."))
@option(
    "-o",
    "--output",
    type=FilePath(path_type=Path, dir_okay=False),
    help=N_("Where to; by default a file named after what is written."),
)
@event_option
@data_option()
@run
async def export(
    format: Format | Literal["sheets"],
    number: int | None,
    session: int | None,
    entrant: str | None,
    sheet: str | None,
    output: Path | None,
    event: UUID | None,
    data: Path,
) -> None:
    """Write a published result list, or signed score sheets."""
    async with database(data) as (connection, settings):
        event_id = await chosen_event(connection, settings, event)
        language, now = current_language(), clock.now()
        file: ExportedFile | SpooledFile
        if format != "sheets":
            with progress(translate("Writing the results")):
                file = await exported(connection, event_id, format, number=number, language=language)
        elif sheet is not None:
            sheet_id = await sheet_with_code(connection, event_id, sheet)
            file = await one_sheet(connection, event_id, sheet_id, shows_names=True, language=language, now=now)
        else:
            with progress(translate("Setting the score sheets")):
                file = await archive(
                    connection, event_id, session=session, code=entrant, shows_names=True, language=language, now=now
                )
    path = output or Path(file.name)
    file.write_to(path)
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
@option("--sheets", is_flag=True, help=N_("Tell of every signed score sheet who signed it, and whether that holds."))
@event_option
@data_option()
@run
async def verify(package: Path | None, checkpoint: str | None, sheets: bool, event: UUID | None, data: Path) -> None:
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
    _tell_sheets(found.sheets, each=sheets)
    if not found.is_good():
        found_wrong([translate(finding.sentence, **finding.data) for finding in found.findings])
    done(translate("Everything agrees."))


def _tell_sheets(sheets: Sequence[SignedSheet], *, each: bool) -> None:
    """How many sheets are signed and whether the signatures hold; with ``each`` a line for every one."""
    for sheet in sheets if each else ():
        verdict = translate("holds") if sheet.holds else translate("does not hold")
        roles = [translate(SIGNER[given.role]) for given in sheet.signatures]
        who = translate(", ").join(roles) or translate("no signature by hand")
        judge = sheet.judge or str(sheet.judge_id)
        line = f"{sheet.entrant} {sheet.sub_criterion} · {judge} · #{sheet.position} · {sheet.sheet_digest} · {who} · {verdict}"
        out.print(line, soft_wrap=True)
    hold = [sheet for sheet in sheets if sheet.holds]
    out.print(
        translate(
            "{signed} score sheets signed, {hold} of them as they are now; {signatures} signatures by hand under those",
            signed=len(sheets),
            hold=len(hold),
            signatures=sum(len(sheet.signatures) for sheet in hold),
        )
    )


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
