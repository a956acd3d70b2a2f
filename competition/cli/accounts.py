"""Accounts: who signs in at the desk."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click
from rich.table import Table

from competition.access import actions as access
from competition.access import store as accounts
from competition.cli.common import data_option, database, done, out, run
from competition.plumbing import clock
from competition.plumbing.locale import translate
from schemas.access import Role


@click.group()
def user() -> None:
    """Add people who sign in at the desk, change their passwords, list them."""


@user.command("add")
@click.argument("username")
@click.option(
    "--role", type=click.Choice(get_args(Role)), default="organiser", show_default=True, help="What they may do."
)
@click.option("--name", default="", help="Their name as others see it; the user name if not given.")
@click.option(
    "--password",
    envvar="LEITAI_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for if not given.",
)
@data_option()
@run
async def add_user(username: str, role: Role, name: str, password: str, data: Path) -> None:
    """Add an account."""
    async with database(data) as (connection, _):
        await access.add_account(
            connection, name or username, role, username=username, password=password, now=clock.now()
        )
    done(translate("{username} can sign in now.", username=username))


@user.command("passwd")
@click.argument("username")
@click.option(
    "--password",
    envvar="LEITAI_PASSWORD",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Asked for if not given.",
)
@data_option()
@run
async def change_password(username: str, password: str, data: Path) -> None:
    """Give an account a new password; its sessions end."""
    async with database(data) as (connection, _):
        await access.change_password(connection, username, password)
    done(translate("The password of {username} is changed.", username=username))


@user.command("list")
@data_option()
@run
async def list_users(data: Path) -> None:
    """List all accounts, judges included."""
    async with database(data) as (connection, _):
        table = Table(translate("User name"), translate("Name"), translate("Role"), translate("Employer"))
        for account in await accounts.accounts(connection):
            table.add_row(account.username or "–", account.name, account.role, account.employer)
    out.print(table)
