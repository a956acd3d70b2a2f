"""The desk's page of accounts: who may sign in or mark on a tablet, and taking somebody out of use or back in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from competition.access import actions, store
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import sentence_of
from competition.plumbing.templating import page
from competition.plumbing.web_done import done
from schemas.access import Person, Role
from schemas.base import Message, Text
from schemas.problems import N_, NotFound, Problem

AnyRequest = Request[Person, Any, Any]

ROLE_NAMES: dict[Role, Text] = {
    "organiser": Text(zh="组织者", en="Organiser"),
    "chief_judge": Text(zh="裁判长", en="Chief judge"),
    "judge": Text(zh="裁判", en="Judge"),
    "scorekeeper": Text(zh="记分员", en="Scorekeeper"),
    "code_keeper": Text(zh="加密员", en="Code keeper"),
    "supervisor": Text(zh="监督员", en="Supervisor"),
    "presenter": Text(zh="主持人", en="Presenter"),
    "competitor": Text(zh="选手", en="Competitor"),
    "spectator": Text(zh="观众", en="Spectator"),
}


class AccountLine(Message):
    """An account as the list shows it, with how many tablets are in use."""

    account: store.Account
    role: Text
    tablets: int


class AccountsPage(Message):
    """Every account, those in use first."""

    person: Person
    accounts: tuple[AccountLine, ...]
    problem: str = ""


@get("/desk/accounts", may="manage_accounts")
async def accounts_page(request: AnyRequest, connection: NamedDependency[Connection]) -> Template:
    """Every account, and whether it is in use."""
    return await _accounts(request, connection)


@post("/desk/accounts/{account_id:uuid}/deactivate", may="manage_accounts")
async def deactivate(
    request: AnyRequest, connection: NamedDependency[Connection], account_id: FromPath[UUID]
) -> Redirect | Template:
    """Take an account out of use, at once and everywhere."""
    try:
        account = await actions.deactivate(connection, account_id, actor_id=request.user.id, now=clock.now())
    except NotFound:
        raise
    except Problem as problem:
        return await _accounts(request, connection, problem=problem)
    said = N_(
        "{name} is out of use: sessions and tablets have ended, marks stay."
        " Board passes they made stay valid until they are revoked at Boards."
    )
    return done(request, f"/desk/accounts#account-{account_id}", said, name=account.name)


@post("/desk/accounts/{account_id:uuid}/reactivate", may="manage_accounts")
async def reactivate(
    request: AnyRequest, connection: NamedDependency[Connection], account_id: FromPath[UUID]
) -> Redirect:
    """Put an account back into use."""
    account = await actions.reactivate(connection, account_id, actor_id=request.user.id, now=clock.now())
    said = N_("{name} is in use again. A tablet needs a new QR code.")
    return done(request, f"/desk/accounts#account-{account_id}", said, name=account.name)


HANDLERS = (accounts_page, deactivate, reactivate)


async def _accounts(request: AnyRequest, connection: Connection, *, problem: Problem | None = None) -> Template:
    devices = [device for device in await store.devices(connection) if device.revoked_at is None]
    lines = [
        AccountLine(
            account=account,
            role=ROLE_NAMES[account.role],
            tablets=sum(device.account_id == account.id for device in devices),
        )
        for account in await store.accounts(connection)
    ]
    content = AccountsPage(
        person=request.user,
        accounts=tuple(sorted(lines, key=lambda line: not line.account.is_active)),
        problem=sentence_of(problem) if problem else "",
    )
    return page("accounts.html", content, status_code=problem.status if problem else 200)
