"""The clock and new ids: the only places where time and chance enter. Actions are handed ``now``; they never ask for it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A new UUIDv7: unique anywhere, and sorting by the moment it was made."""
    return uuid_utils.compat.uuid7()
