"""What can be done with hall screens: let one in, name it by the code it shows, and tell it what to show.

A screen is a browser with a token in a cookie. It may show boards, which anybody may see; so nobody need sign in on it.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from competition.access.actions import token_digest
from competition.access.store import insert_audit
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import tell_hall
from competition.plumbing.sealing import Sealer
from competition.staging import displays_store as store
from schemas.access import Person
from schemas.base import Text
from schemas.problems import N_, NotFound, Problem
from schemas.staging import DisplayLine, DisplayOrder

LETTERS = "346789ACDEFGHJKMNPQRTUWXY"
"""What codes are made of: no two of these look alike from the other end of a hall."""

CODE_LENGTH = 6
MOST_WAITING = 200
"""How many screens may wait for their name: anybody may open the page of a screen, and nobody shall fill the table by it."""

MOST_FROM_ONE = 40
"""How many of them may have asked from one address: more than hang in a hall."""

WAITS_FOR = timedelta(days=1)
HEARD_LATELY = timedelta(seconds=30)
MOST_NAME = 60
MOST_MESSAGE = 200
MOST_ADDRESS = 500
PASS = "pass"  # noqa: S105 - what it is called in an address
PAGE = re.compile(r"/boards/(?P<board>[a-z0-9][a-z0-9-]*)(/embed|/overlay|/print|/entrants/(?P<entrant>[^/]+))?")
"""The path of a page of a board."""


class NoSuchCode(Problem):
    """No screen shows this code."""

    status = 404
    sentence = N_(
        "No screen shows the code {code}. Look at the screen again; it has a new code after each day without a name."
    )


class BadDisplayName(Problem):
    """A name that a list could not show."""

    sentence = N_("A screen needs a name of 1 to {most} characters, such as where it hangs.")


class BadDisplayAddress(Problem):
    """An address that is not one of ours, or none that may stand in a frame."""

    sentence = N_(
        "{address} is no board of this server. Choose one from the list, or paste the address of a board's page."
    )


class MessageTooLong(Problem):
    """More than can be read from afar."""

    sentence = N_("A message on a hall screen has at most {most} characters in each language. Shorten it.")


async def let_in(
    connection: Connection, token: str | None, *, asked_from: str, now: datetime
) -> tuple[DisplayLine, str | None]:
    """The screen that has this token; or a new one that waits for its name, with the token that it is to keep.

    A new one always gets a code. Where there are too many, one that is not connected gives way, or else the oldest: of this
    address, if it has its share, or of the address that has the most.
    """
    known = await store.display_of(connection, token_digest(token), now) if token else None
    if known is not None:
        return known, None
    fresh, display_id = secrets.token_urlsafe(32), new_id()
    async with connection.transaction():
        await store.forget_waiting(connection, created_before=now - WAITS_FOR)
        await store.make_room(connection, asked_from, most=MOST_FROM_ONE, heard_since=now - HEARD_LATELY)
        await store.make_room(connection, None, most=MOST_WAITING, heard_since=now - HEARD_LATELY)
        await store.insert_display(connection, display_id, token_digest(fresh), new_code(), asked_from, now)
    made = await store.display_with(connection, display_id, now)
    assert made is not None  # noqa: S101 - it was made just now
    return made, fresh


def new_code() -> str:
    """A code that is easy to read from afar and to type."""
    return "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))


def code_in(typed: str) -> str:
    """A code as it was typed: in whatever case, with whatever between the letters."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


async def pair(connection: Connection, typed: str, name: str, *, person: Person, now: datetime) -> UUID:
    """Name the screen that shows this code; from then on it can be told what to show."""
    async with connection.transaction():
        display_id = await store.name_waiting(connection, code_in(typed), _name(name))
        if display_id is None:
            raise NoSuchCode(code=code_in(typed)[:CODE_LENGTH] or "–")
        await _tell(connection, "name_display", display_id, {"name": name}, person, now)
    return display_id


async def rename(connection: Connection, display_id: UUID, name: str, *, person: Person, now: datetime) -> None:
    """Call a screen otherwise."""
    async with connection.transaction():
        _expect(await store.rename(connection, display_id, _name(name)), display_id)
        await _tell(connection, "name_display", display_id, {"name": name}, person, now)


async def point(
    connection: Connection, display_id: UUID, address: str, *, sealer: Sealer, person: Person, now: datetime
) -> None:
    """Let a screen show this page of a board; an empty address lets it show none. A pass in it is kept sealed."""
    chosen, token = parted(address_in(address)) if address.strip() else (None, "")
    if chosen and not await store.has_board(connection, board_at(chosen)):
        raise BadDisplayAddress(address=address)
    async with connection.transaction():
        sealed = sealer.seal(token) if token else None
        _expect(await store.set_address(connection, display_id, chosen, sealed), display_id)
        await _tell(connection, "point_display", display_id, {"path": chosen and urlsplit(chosen).path}, person, now)


def address_in(typed: str) -> str:
    """The path and query of a board's page, whatever name of this server it was given with."""
    try:
        parts = urlsplit(typed.strip())
    except ValueError:
        parts = None
    if parts is None or not PAGE.fullmatch(parts.path) or len(typed) > MOST_ADDRESS or not typed.isprintable():
        raise BadDisplayAddress(address=typed[:MOST_ADDRESS])
    return parts._replace(scheme="", netloc="", fragment="").geturl()


def parted(address: str) -> tuple[str, str]:
    """An address without its pass, and the pass ("" where it has none)."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True)
    rest = urlencode([(name, value) for name, value in query if name != PASS])
    return parts._replace(query=rest).geturl(), next((value for name, value in query if name == PASS), "")


def order_for(line: DisplayLine, sealer: Sealer) -> DisplayOrder:
    """What a screen itself is told: its order, with the pass in the address again.

    A pass that a server with another key has sealed is none: the screen shows what everybody may see until it is pointed again.
    """
    if line.order.address is None or line.sealed_pass is None:
        return line.order
    try:
        token = sealer.open(line.sealed_pass)
    except InvalidTag:
        return line.order
    joint = "&" if urlsplit(line.order.address).query else "?"
    return msgspec.structs.replace(line.order, address=f"{line.order.address}{joint}{urlencode({PASS: token})}")


def board_at(address: str) -> str:
    """The board whose page is at this address."""
    found = PAGE.fullmatch(urlsplit(address).path)
    return found["board"] if found else ""


def entrant_at(address: str) -> str | None:
    """The code of the entrant whose page it is, if it is one's."""
    found = PAGE.fullmatch(urlsplit(address).path)
    return unquote(found["entrant"]) if found and found["entrant"] else None


async def blank(
    connection: Connection, display_id: UUID | None, is_blank: bool, *, person: Person, now: datetime
) -> None:
    """Make a screen, or all (None), black, or let them show what they have again."""
    async with connection.transaction():
        _expect(await store.set_blank(connection, display_id, is_blank), display_id)
        await _tell(connection, "blank_display", display_id, {"is_blank": is_blank}, person, now)


async def say(connection: Connection, display_id: UUID | None, message: Text, *, person: Person, now: datetime) -> None:
    """Put a message over what a screen, or all (None), show; an empty one takes it away."""
    said = Text(zh=message.zh.strip(), en=message.en.strip())
    if max(len(said.zh), len(said.en)) > MOST_MESSAGE:
        raise MessageTooLong(most=MOST_MESSAGE)
    async with connection.transaction():
        _expect(await store.set_message(connection, display_id, said), display_id)
        await _tell(connection, "say_on_display", display_id, {"zh": said.zh, "en": said.en}, person, now)


async def reload(connection: Connection, display_id: UUID | None, *, person: Person, now: datetime) -> None:
    """Let a screen, or all (None), load everything anew."""
    async with connection.transaction():
        _expect(await store.ask_to_reload(connection, display_id), display_id)
        await _tell(connection, "reload_display", display_id, {}, person, now)


async def forget(connection: Connection, display_id: UUID, *, person: Person, now: datetime) -> None:
    """Let a screen go: if it is still there, it shows a new code and waits for a name."""
    async with connection.transaction():
        _expect(await store.delete_display(connection, display_id), display_id)
        await _tell(connection, "forget_display", display_id, {}, person, now)


def _name(name: str) -> str:
    if not 0 < len(name.strip()) <= MOST_NAME:
        raise BadDisplayName(most=MOST_NAME)
    return name.strip()


def _expect(is_done: bool, display_id: UUID | None) -> None:
    """That there is no screen at all is no reason to complain to who speaks to all of them."""
    if display_id is not None and not is_done:
        raise NotFound


async def _tell(
    connection: Connection, verb: str, display_id: UUID | None, detail: dict[str, object], person: Person, now: datetime
) -> None:
    """Write down who did it, and let every server look what its screens are to do now."""
    subject = str(display_id) if display_id else "all"
    await insert_audit(connection, verb, subject, detail, actor_id=person.id, now=now)
    await tell_hall(connection, None, "display", display_id)
