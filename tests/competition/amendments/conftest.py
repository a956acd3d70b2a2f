"""What tests of amendments stand on: a contest whose scheme is locked."""

from __future__ import annotations

import pytest

from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from tests.house import Contest, found_contest, mark_all, seal_all


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three, all marked and signed: A01 leads with no loose screw; A02 and A03 share the second place."""
    contest = await found_contest(connection)
    shelf = Shelf()
    await mark_all(connection, shelf, contest, {"A01": {"A1.2": ("0",)}})
    await seal_all(connection, shelf, contest)
    return contest
