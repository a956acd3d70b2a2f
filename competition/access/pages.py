"""The doors: signing in and out at the desk, enrolling and unlocking a tablet, choosing a language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from litestar import Request, get, post
from litestar.datastructures import Cookie, State
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template

from competition.access import actions, rules, store
from competition.access.guards import DEVICE_COOKIE, SESSION_COOKIE
from competition.access.rules import ANYONE
from competition.plumbing import clock
from competition.plumbing.database import Connection, Pool
from competition.plumbing.listening import tell_hall
from competition.plumbing.locale import COOKIE, LANGUAGES
from competition.plumbing.templating import page
from competition.plumbing.web import asked_from
from schemas.base import Command, Message

YEAR = 365 * 24 * 3600


async def provide_at_the_door(state: State) -> AsyncIterator[Connection]:
    """A connection for those who give a password or a PIN: few at a time, so that guessing never takes them from judges."""
    async with state.door, cast("Pool", state.pool).acquire() as connection:
        yield connection


AT_THE_DOOR = {"connection": Provide(provide_at_the_door)}

AnyRequest = Request[Any, Any, Any]


class SignInPage(Message):
    """The sign-in form: where to go afterwards."""

    next: str


class EnrolPage(Message):
    """The one-time link's page: whose tablet this will be."""

    token: str
    judge: str


class UnlockPage(Message):
    """The PIN page: whose tablet this is (None: not enrolled), and where to go afterwards."""

    judge: str | None
    next: str


class SignInForm(Command):
    """What the sign-in form sends."""

    username: str
    password: str
    next: str = "/desk"
    csrf: str = msgspec.field(default="", name="_csrf_token")


class EnrolForm(Command):
    """What the enrolment page sends: the tablet's name."""

    name: str = "tablet"
    csrf: str = msgspec.field(default="", name="_csrf_token")


class UnlockForm(Command):
    """What the PIN page sends."""

    pin: str
    next: str = "/judge"
    csrf: str = msgspec.field(default="", name="_csrf_token")


@get("/sign-in", may=ANYONE)
async def sign_in_page(next: FromQuery[str] = "/desk") -> Template:
    """The sign-in form of the organiser's desk."""
    return page("sign_in.html", SignInPage(next=_local(next)))


@post("/sign-in", may=ANYONE, dependencies=AT_THE_DOOR)
async def sign_in(
    connection: NamedDependency[Connection], request: AnyRequest, data: URLEncodedBody[SignInForm]
) -> Redirect:
    """Begin a session; who may not see the desk but present goes to the reveal at once."""
    now = clock.now()
    token = await actions.sign_in(
        connection,
        data.username,
        data.password,
        asked_from=asked_from(request.client.host if request.client else None),
        now=now,
    )
    person = await store.person_signed_in(connection, actions.token_digest(token), now)
    only_presents = person is not None and not rules.may(person.role, "see_desk") and rules.may(person.role, "present")
    way = "/desk/reveal" if only_presents and data.next == "/desk" else _local(data.next)
    lasts = int(rules.SIGN_IN_LASTS.total_seconds())
    return Redirect(way, status_code=303, cookies=[_cookie(request, SESSION_COOKIE, token, lasts)])


@post("/sign-out", may=ANYONE)
async def sign_out(connection: NamedDependency[Connection], request: AnyRequest) -> Redirect:
    """End the session."""
    if token := request.cookies.get(SESSION_COOKIE):
        await actions.sign_out(connection, token)
    return Redirect("/", status_code=303, cookies=[_cookie(request, SESSION_COOKIE, "", 0)])


@get("/judge/enrol/{token:str}", may=ANYONE)
async def enrol_page(connection: NamedDependency[Connection], token: FromPath[str]) -> Template:
    """Show whose tablet this will be; opening the link alone spends nothing, since link previews open links too."""
    account = await store.enrolment_open(connection, actions.token_digest(token), clock.now())
    if account is None:
        raise rules.EnrolmentIsSpent
    return page("enrol.html", EnrolPage(token=token, judge=account.name))


@post("/judge/enrol/{token:str}", may=ANYONE)
async def enrol(
    connection: NamedDependency[Connection], request: AnyRequest, token: FromPath[str], data: URLEncodedBody[EnrolForm]
) -> Redirect:
    """Make this browser the judge's tablet; the PIN comes next."""
    device_token = await actions.enrol_device(connection, token, data.name, now=clock.now())
    return Redirect("/judge/unlock", status_code=303, cookies=[_cookie(request, DEVICE_COOKIE, device_token, YEAR)])


@get("/judge/unlock", may=ANYONE)
async def unlock_page(
    connection: NamedDependency[Connection], request: AnyRequest, next: FromQuery[str] = "/judge"
) -> Template:
    """Ask for the PIN."""
    token = request.cookies.get(DEVICE_COOKIE)
    holder = await store.holder_of(connection, actions.token_digest(token)) if token else None
    if holder is not None and holder.revoked_at is not None:
        raise rules.DeviceIsRevoked
    return page("unlock.html", UnlockPage(judge=holder.account.name if holder else None, next=_local(next)))


@post("/judge/unlock", may=ANYONE, dependencies=AT_THE_DOOR)
async def unlock(
    connection: NamedDependency[Connection], request: AnyRequest, data: URLEncodedBody[UnlockForm]
) -> Redirect:
    """Open the tablet for its judge."""
    await actions.unlock_device(connection, request.cookies.get(DEVICE_COOKIE, ""), data.pin, now=clock.now())
    return Redirect(_local(data.next), status_code=303)


@post("/judge/lock", may="mark")
async def lock(connection: NamedDependency[Connection], request: AnyRequest) -> Redirect:
    """Lock the tablet; the PIN opens it again."""
    async with connection.transaction():
        await store.lock(connection, request.user.device_id)
        await tell_hall(connection, None, "device", request.user.device_id)
    return Redirect("/judge/unlock", status_code=303)


@get("/language/{language:str}", may=ANYONE)
async def choose_language(request: AnyRequest, language: FromPath[str], next: FromQuery[str] = "/") -> Redirect:
    """Keep the reader's own choice of language."""
    chosen = language if language in LANGUAGES else LANGUAGES[0]
    return Redirect(_local(next), status_code=303, cookies=[_cookie(request, COOKIE, chosen, YEAR)])


HANDLERS = (sign_in_page, sign_in, sign_out, enrol_page, enrol, unlock_page, unlock, lock, choose_language)


def _cookie(request: AnyRequest, key: str, value: str, lasts: int) -> Cookie:
    return Cookie(
        key=key,
        value=value,
        max_age=lasts,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _local(address: str) -> str:
    """Only a path on this server is followed, never another site."""
    parts = urlsplit(address)
    is_path = (
        address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return address if is_path else "/"
