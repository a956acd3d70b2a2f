"""What every page of an event begins with: which event it is, and at which address people reach this server."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request

from competition.plumbing.database import Connection
from competition.registration.store import EventHead, event_head
from schemas.problems import NotFound


async def event_on(connection: Connection, event_id: UUID) -> EventHead:
    """The event of a page; ``NotFound`` when there is none."""
    event = await event_head(connection, event_id)
    if event is None:
        raise NotFound
    return event


def address_of(request: Request[Any, Any, Any]) -> str:
    """The address people reach this server at: the configured one, or the one this request came to."""
    configured: str | None = request.app.state.settings.base_url
    return configured or str(request.base_url).rstrip("/")
