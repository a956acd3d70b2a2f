"""Accounts: who signs in at the desk."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click
from rich.table import Table

from competition.access import actions as access
from competition.access import store as accounts
from competition.cli.common import data_option, database, done, out, run
from competition.cli.speech import argument, group, option
from competition.plumbing import clock
from competition.plumbing.locale import translate
from schemas.access import Role
from schemas.problems import N_

password_option = option(
    "--password",
    envvar="LEITAI_PASSWORD",
    prompt=N_("Password"),
    hide_input=True,
    confirmation_prompt=True,
    help=N_("The password; asked for if not given."),
)


@group(help=N_("Add people who sign in at the desk, change their passwords, take them out of use, list them."))
def user() -> None:
    """Accounts."""


@user.command("add", help=N_("Add an account."))
@argument("username", help=N_("What they sign in with."))
@option(
    "--role", type=click.Choice(get_args(Role)), default="organiser", show_default=True, help=N_("What they may do.")
)
@option("--name", default="", help=N_("Their name as others see it; the user name if not given."))
@password_option
@data_option()
@run
async def add_user(username: str, role: Role, name: str, password: str, data: Path) -> None:
    """Add an account."""
    async with database(data) as (connection, _):
        await access.add_account(
            connection, name or username, role, username=username, password=password, now=clock.now()
        )
    done(translate("{username} can sign in now.", username=username))


@user.command("passwd", help=N_("Give an account a new password; its sessions end."))
@argument("username", help=N_("What they sign in with."))
@password_option
@data_option()
@run
async def change_password(username: str, password: str, data: Path) -> None:
    """Give an account a new password; its sessions end."""
    async with database(data) as (connection, _):
        await access.change_password(connection, username, password)
    done(translate("The password of {username} is changed.", username=username))


@user.command("deactivate", help=N_("Take an account out of use; its sessions and tablets end, its marks stay."))
@argument("username", help=N_("What they sign in with."))
@data_option()
@run
async def deactivate_user(username: str, data: Path) -> None:
    """Take an account out of use."""
    async with database(data) as (connection, _):
        account = await access.account_of(connection, username)
        await access.deactivate(connection, account.id, actor_id=None, now=clock.now())
    done(translate("{username} is out of use.", username=username))


@user.command("reactivate", help=N_("Put an account back into use."))
@argument("username", help=N_("What they sign in with."))
@data_option()
@run
async def reactivate_user(username: str, data: Path) -> None:
    """Put an account back into use."""
    async with database(data) as (connection, _):
        account = await access.account_of(connection, username)
        await access.reactivate(connection, account.id, actor_id=None, now=clock.now())
    done(translate("{username} can sign in again.", username=username))


@user.command("list", help=N_("List all accounts, judges included."))
@data_option()
@run
async def list_users(data: Path) -> None:
    """List all accounts, judges included."""
    async with database(data) as (connection, _):
        table = Table(
            translate("User name"), translate("Name"), translate("Role"), translate("Employer"), translate("State")
        )
        for account in await accounts.accounts(connection):
            state = translate("in use") if account.is_active else translate("out of use")
            table.add_row(account.username or "–", account.name, account.role, account.employer, state)
    out.print(table)
