"""The guard before every handler: it finds out who is asking and refuses whatever is not expressly allowed.

A handler declares what it does as ``may="verb"`` (or ``may=ANYONE``); one that declares nothing is refused to everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler

from competition.access import store
from competition.access.actions import token_digest
from competition.access.rules import ANYONE, TABLET_VERBS, DeviceIsLocked, DeviceIsRevoked, may
from competition.plumbing import clock
from competition.plumbing.database import Connection, Pool
from competition.plumbing.web import is_same_origin
from schemas.access import Person
from schemas.problems import NotAllowed, NotSignedIn

SESSION_COOKIE = "leitai_session"
DEVICE_COOKIE = "leitai_device"
SEEN_EVERY = timedelta(seconds=30)
"""How often it is written down that a tablet was heard of: a mark should not wait for it."""

AnyConnection = ASGIConnection[Any, Any, Any, Any]


async def authorise(connection: AnyConnection, handler: BaseRouteHandler) -> None:
    """Let the request through when the asker's role may do what the handler declares; the asker becomes ``connection.user``."""
    verb = handler.opt.get("may")
    if verb == ANYONE:
        return
    if verb is None:
        raise NotAllowed
    if connection.scope["type"] == ScopeType.WEBSOCKET and not comes_from_here(connection):
        raise NotAllowed
    askers, is_revoked = await _askers(connection)
    person = next(
        (asker for asker in askers if may(asker.role, verb) and (asker.device_id or verb not in TABLET_VERBS)), None
    )
    if person is None:
        if verb in TABLET_VERBS:
            raise DeviceIsRevoked if is_revoked else DeviceIsLocked
        raise NotAllowed if askers else NotSignedIn
    connection.scope["user"] = person


def comes_from_here(connection: AnyConnection) -> bool:
    """Whether a browser opened this connection from a page of ours."""
    base_url = connection.app.state.settings.base_url
    return is_same_origin(connection.headers.get("origin"), connection.headers.get("host", ""), base_url)


async def _askers(connection: AnyConnection) -> tuple[list[Person], bool]:
    """Whoever this request proves to be: a session's account, an unlocked tablet's judge, or both on one machine.

    The second answer is whether it comes from a tablet that was taken out of use; whoever has a session there keeps it.
    """
    session, device = connection.cookies.get(SESSION_COOKIE), connection.cookies.get(DEVICE_COOKIE)
    if not session and not device:
        return [], False
    now = clock.now()
    async with cast("Pool", connection.app.state.pool).acquire() as database:
        by_session = await store.person_signed_in(database, token_digest(session), now) if session else None
        holder = await store.holder_of(database, token_digest(device)) if device else None
        by_device = await _judge_at(database, holder, now) if holder else None
    is_revoked = holder is not None and holder.revoked_at is not None
    return [person for person in (by_session, by_device) if person], is_revoked


async def _judge_at(database: Connection, holder: store.Holder, now: datetime) -> Person | None:
    """The judge of a tablet that is in use and unlocked."""
    if not holder.account.is_active or holder.revoked_at is not None:
        return None
    if holder.unlocked_until is None or holder.unlocked_until <= now:
        return None
    if holder.last_seen_at is None or now - holder.last_seen_at > SEEN_EVERY:
        await store.touch_device(database, holder.device_id, now)
    return holder.person()
