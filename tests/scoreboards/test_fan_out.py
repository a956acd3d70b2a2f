"""Every viewer gets every frame, once and whole: counted by the viewers of the benchmark, who notice when it is not so."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.benchmarks.boards.contenders import Server, floor, frame_of, hub
from tests.benchmarks.boards.machine import VIEWERS, compiled
from tests.benchmarks.boards.swarm import Swarm, swarming

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="the viewers are written in C")

CROWD = 20


@pytest.fixture(scope="module")
def swarm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The viewers' program."""
    return compiled(VIEWERS, tmp_path_factory.mktemp("viewers"))


async def test_every_viewer_of_a_board_is_told_everything_once(swarm: Path, tmp_path: Path) -> None:
    """Whether they stay, come back with the revision they had, or never read: nobody misses a frame or gets one twice."""
    async with hub(tmp_path) as server, swarming(swarm, server.target) as viewers:
        await viewers.open(CROWD)
        assert await told(server, viewers, times=3)
        await viewers.drop(CROWD // 2)
        assert await told(server, viewers, times=2)
        await viewers.open(CROWD // 2, since=3)
        await viewers.stall(2)
        assert await told(server, viewers, times=1)
        seen = await viewers.seen()
    assert (seen.readers, seen.stalled, seen.newest, seen.faults()) == (CROWD, 2, 6, 0)


async def test_viewers_notice_what_is_lost_doubled_or_garbled(swarm: Path, tmp_path: Path) -> None:
    """A server that leaves a frame out, sends one twice and one that is none is found out by each of its viewers."""
    async with floor(tmp_path) as server, swarming(swarm, server.target) as viewers:
        await viewers.open(CROWD)
        for text in (frame_of(1), frame_of(2), frame_of(4), frame_of(4), '{"type":"patch"}'):
            await server.say(text)
        async with asyncio.timeout(5):
            while (seen := await viewers.seen()).frames < 5 * CROWD:
                pass
    assert (seen.lost, seen.doubled, seen.garbled, seen.closed, seen.behind) == (CROWD, CROWD, CROWD, 0, 0)


async def told(server: Server, viewers: Swarm, *, times: int) -> bool:
    """Publish so many times, each when the last frame has come to every viewer; whether all came."""
    return all([await viewers.all_at(await server.publish()) for _ in range(times)])
