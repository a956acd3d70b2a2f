"""Whatever is done to an event: boards made of what is read bit by bit are, byte by byte, those made of what is read afresh."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import get_args

import pytest

from competition.plumbing.database import Connection, open_pool
from competition.staging import actions as staging
from schemas.base import Text
from schemas.boards import Audience, BoardKind
from scoreboards.board import Board
from scoreboards.hub import Key, projected
from scoreboards.readings import EventReading, facts_after, facts_of
from tests.house import NOW, found_contest
from tests.scoreboards.deeds import DEEDS, SCHEME, Hall

KINDS: tuple[BoardKind, ...] = tuple(kind for kind in get_args(BoardKind) if kind != "entrant")
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
STEPS = 45


def shown(reading: EventReading | None, codes: tuple[str, ...]) -> dict[Key, bytes]:
    """Every board of an event and every entrant's page, for every audience, as it would be sent."""
    assert reading is not None
    keys = [
        Key(sign.id, audience, entrant)
        for sign in reading.signs
        for audience in AUDIENCES
        for entrant in (None, *codes)
    ]
    boards = {key: projected(reading, key) for key in keys}
    return {key: Board(made, reading.venue, NOW).snapshot if made else b"" for key, made in boards.items()}


@pytest.mark.parametrize("seed", range(3))
async def test_what_is_kept_is_what_would_be_read_afresh(dsn: str, board: Connection, seed: int) -> None:
    """After one deed or several; and most of the time only what has changed was read."""
    chance = Random(seed)
    done: Counter[str] = Counter()
    async with await open_pool(dsn, "leitai_app", most=3) as pool, pool.acquire() as connection:
        contest = await found_contest(connection, scheme=SCHEME, entrants=4)
        hall = Hall(contest, pool, chance)
        for kind in KINDS:
            await staging.open_board(connection, contest.event_id, kind, kind, Text(zh="榜", en="Board"), **hall.who)
        reading = await facts_of(board, contest.event_id)
        for _ in range(STEPS):
            since = [await hall.do(connection) for _ in range(chance.choice((1, 1, 1, 3)))]
            assert reading is not None
            shown(reading, contest.codes[: chance.randrange(3)])
            before, reading = reading, await facts_after(board, reading)
            assert shown(reading, contest.codes) == shown(await facts_of(board, contest.event_id), contest.codes), since
            done.update(since)
            done["kept"] += reading is not None and reading.facts.entrants is before.facts.entrants
    assert done["kept"] > STEPS // 4
    assert sum(done[name] > 0 for name in DEEDS) > len(DEEDS) // 2
