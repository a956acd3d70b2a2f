"""Which audience a board's address is for: everybody, or whom the pass that goes with it was opened for."""

from __future__ import annotations

from datetime import datetime

from competition.plumbing.database import Pool
from schemas.boards import Audience
from schemas.problems import N_, NotAllowed
from scoreboards import store

PASS = "pass"  # noqa: S105 - what the pass is called in an address


class PassRefused(NotAllowed):
    """A pass that is not known, not for this board, or no longer good."""

    sentence = N_(
        "This link was closed, or it is for another board. Ask the organiser for a new one; "
        "the address without its pass shows what everybody may see."
    )


async def audience_for(pool: Pool, board_id: str, token: str | None, now: datetime) -> Audience:
    """For whom a board is asked for: the public without a ``token``. Raises PassRefused where the token does not fit."""
    if token is None:
        return "public"
    async with pool.acquire() as connection:
        found = await store.audience_of(connection, token, now)
        if found is None or found[0] != await store.event_of_board(connection, board_id):
            raise PassRefused
    return found[1]
