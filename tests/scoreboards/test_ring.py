"""One call of the kernel for a thousand sockets: who takes how much is told exactly."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from scoreboards.ring import BROKEN, SLOTS, Ring, open_ring

FRAME = bytes(range(256)) * 8


@pytest.fixture
def ring() -> Iterator[Ring]:
    """A ring, where this system has one."""
    ring = open_ring()
    if ring is None:
        pytest.skip("this system has no io_uring, or does not let us use it")
    yield ring
    ring.close()


@contextmanager
def pairs(count: int) -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """So many connections, our end and the far one."""
    with ExitStack() as stack:
        made = [socket.socketpair() for _ in range(count)]
        for near, far in made:
            stack.enter_context(near).setblocking(False)
            stack.enter_context(far).setblocking(False)
        yield made


@pytest.mark.parametrize("count", [0, 1, 3, SLOTS, SLOTS + 7])
def test_everybody_gets_the_frame(ring: Ring, count: int) -> None:
    """As often as it is sent, each gets exactly that, however many there are."""
    with pairs(count) as made:
        near = [one for one, _ in made]
        for times in range(3):
            frame = FRAME[times:]
            assert ring.send(near, frame) == []
            assert all(far.recv(2 * len(FRAME)) == frame for _, far in made)


def test_who_takes_less_is_told(ring: Ring) -> None:
    """One whose buffer is full takes nothing, one who has left is broken; the others do not notice."""
    with pairs(4) as made:
        (slow, slow_far), (gone, gone_far), *good = made
        sent = 0
        while not (short := ring.send([slow], FRAME)):
            sent += len(FRAME)
        [(who, taken)] = short
        assert who is slow
        assert 0 <= taken < len(FRAME)
        gone_far.close()
        short = ring.send([good[0][0], slow, gone, good[1][0]], FRAME)
        assert dict(short) == {slow: 0, gone: BROKEN}
        assert [far.recv(2 * len(FRAME)) for _, far in good] == [FRAME, FRAME]
        left = 0
        while left < sent + taken:
            left += len(slow_far.recv(1 << 20))
        assert left == sent + taken


def test_ring_goes_round(ring: Ring) -> None:
    """However often it is used, its counters lead to the right places: nothing is sent twice, or to somebody else."""
    with pairs(5) as made:
        near = [one for one, _ in made]
        for times in range(2 * SLOTS // 3):
            chosen = near[: times % 5 + 1]
            frame = b"%08d" % times
            assert ring.send(chosen, frame) == []
            got = [far.recv(100) for _, far in made[: len(chosen)]]
            assert got == [frame] * len(chosen)


def test_ring_gives_everything_back(ring: Ring) -> None:
    """A ring that is closed leaves no descriptor behind."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        Ring().close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert ring.send([], FRAME) == []
