"""The `leitai` command: serve, show the demo, and what an organiser does at a prompt.

Exit codes: 0 done; 1 what was asked for is not possible, and the message says why; 2 the command was mistyped; 3 a check found
something wrong (`verify`, `scheme check`, `roster import`).
"""

from __future__ import annotations

import locale
import os
import sys

import click
from rich.markup import escape

import competition
from competition.cli import accounts, contest, schemes, serving
from competition.cli.common import err
from competition.cli.score import score
from competition.cli.speech import Group, Option, group
from competition.cli.watch import watch
from competition.plumbing.locale import Language, sentence_of, speaking, translate
from schemas.problems import N_, Problem


def main() -> None:
    """Run the command line; what goes wrong is told in one sentence, in the reader's language."""
    with speaking(_language()):
        try:
            leitai()
        except Problem as problem:
            err.print(f"[bold red]✗[/] {escape(sentence_of(problem))}", soft_wrap=True)
            sys.exit(1)


class _Leitai(Group):
    """The main command, whose help ends with what most people type first."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click calls it
        """Examples to copy."""
        with formatter.section(translate("Examples")):
            formatter.write_dl([
                ("leitai demo", translate("Try it.")),
                ("leitai user add alice --role organiser", translate("Add an organiser.")),
                ("leitai serve --host 0.0.0.0 --port 8000", translate("Run it for the whole hall.")),
                ("leitai verify package.json", translate("Check a result.")),
            ], col_max=40)  # fmt: skip


@group(
    _Leitai,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=N_(
        "Leitai 擂台 runs skills competitions: entrants, judges' tablets, live boards, results anyone can check.\n\n"
        "Without DATABASE_URL a PostgreSQL of its own runs over the data folder."
    ),
)
@click.version_option(
    competition.__version__,
    prog_name="leitai",
    message="%(prog)s %(version)s",
    cls=Option,
    help=N_("Show the version and exit."),
)
def leitai() -> None:
    """Leitai at a prompt."""


for command in (
    serving.serve,
    serving.demo,
    contest.roster,
    schemes.scheme,
    score,
    contest.export,
    contest.verify,
    watch,
    accounts.user,
):
    leitai.add_command(command)


def _language() -> Language:
    """The terminal's language, by the same variables as every other program."""
    said = (
        os.environ.get("LEITAI_LANGUAGE")
        or os.environ.get("LC_ALL")
        or os.environ.get("LC_MESSAGES")
        or os.environ.get("LANG")
    )
    return "zh-CN" if (said or locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
