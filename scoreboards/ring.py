"""Writing the same to a thousand sockets by one call of the kernel: Linux's io_uring, by ctypes. Where there is none, do without.

What a delivery costs is the kernel's work for one ``send``; a fifth of that is the call itself, which is saved here. Every send is
asked not to wait, so all of them are over when the call returns, and nothing of ours is read by the kernel afterwards.

The figures below are named in the headers of Linux (``linux/io_uring.h``, ``sys/socket.h``).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import mmap
import os
import socket
import sys
from array import array
from collections.abc import Sequence

SLOTS = 1024
"""How many sends one call takes."""

IO_URING_SETUP, IO_URING_ENTER = 425, 426
SINGLE_MAP = 1 << 0
SENDS_OFFSET = 0x10000000
SEND_OPERATION = 26
GET_EVENTS = 1
DO_NOT_WAIT, NO_SIGNAL = 0x40, 0x4000

SEND_BYTES, EVENT_BYTES = 64, 16
INT, LONG = 4, 8
DESCRIPTOR, LENGTH, FLAGS = 4 // INT, 24 // INT, 28 // INT
ADDRESS, MARK = 16 // LONG, 32 // LONG
EVENT_RESULT = 8 // INT

AGAIN = (errno.EINTR, errno.EAGAIN, errno.EBUSY)
TRIES = 1000
"""How often the kernel may say that it has to be asked again; usually it does not."""

WRAP = 1 << 32
BROKEN = -1


class _Queue(ctypes.Structure):
    """Where the parts of a queue lie in the shared memory, in bytes."""

    _fields_ = (
        *(
            (name, ctypes.c_uint32)
            for name in ("head", "tail", "mask", "entries", "flags", "dropped", "items", "unused")
        ),
        ("address", ctypes.c_uint64),
    )


class _Events(ctypes.Structure):
    _fields_ = (
        *(
            (name, ctypes.c_uint32)
            for name in ("head", "tail", "mask", "entries", "overflow", "items", "flags", "unused")
        ),
        ("address", ctypes.c_uint64),
    )


class _Setup(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("sends", "events", "flags", "cpu", "idle", "features", "shared")),
        ("reserved", ctypes.c_uint32 * 3),
        ("send_queue", _Queue),
        ("event_queue", _Events),
    )


class NoRing(Exception):
    """This system has no io_uring, or does not let us use it."""


class Ring:
    """One io_uring, for one thread. Raises ``NoRing`` where there is none."""

    def __init__(self) -> None:
        if sys.platform != "linux" or sys.byteorder != "little":
            raise NoRing
        self._system = ctypes.CDLL(None, use_errno=True)
        setup = _Setup()
        self._descriptor = self._system.syscall(IO_URING_SETUP, SLOTS, ctypes.byref(setup))
        if self._descriptor < 0:
            raise NoRing(os.strerror(ctypes.get_errno()))
        try:
            self._map(setup)
            self._try_out()
        except (NoRing, OSError, ValueError) as refusal:
            os.close(self._descriptor)
            raise NoRing(str(refusal)) from refusal

    def send(self, connections: Sequence[socket.socket], data: bytes) -> list[tuple[socket.socket, int]]:
        """Write the same to all; gives those who took less, and how much (-1: broken)."""
        short: list[tuple[socket.socket, int]] = []
        for begin in range(0, len(connections), SLOTS):
            some = connections[begin : begin + SLOTS]
            short += [(some[place], taken) for place, taken in self._send(some, data)]
        return short

    def close(self) -> None:
        """Give the ring back."""
        for view in (self._events, self._numbers, self._slots, self._long_slots):
            view.release()
        for shared in self._shared:
            shared.close()
        os.close(self._descriptor)

    def _map(self, setup: _Setup) -> None:
        if not setup.features & SINGLE_MAP:
            raise NoRing
        sends, events = setup.send_queue, setup.event_queue
        size = max(sends.items + setup.sends * INT, events.items + setup.events * EVENT_BYTES)
        shared = mmap.mmap(self._descriptor, size)
        slots = mmap.mmap(self._descriptor, setup.sends * SEND_BYTES, offset=SENDS_OFFSET)
        self._shared = (shared, slots)
        self._numbers = memoryview(shared).cast("I")
        self._slots, self._long_slots = memoryview(slots).cast("I"), memoryview(slots).cast("Q")
        self._tail, self._head, self._seen = (place // INT for place in (sends.tail, events.head, events.tail))
        self._mask = setup.events - 1
        self._first_item = sends.items // INT
        first = events.items // INT
        self._events = self._numbers[first : first + setup.events * EVENT_BYTES // INT].cast("B").cast("i")
        self._first_slots(setup)

    def _first_slots(self, setup: _Setup) -> None:
        """What never changes: each slot is a send that does not wait, stands in its own place, and is marked by it."""
        width, long_width = SEND_BYTES // INT, SEND_BYTES // LONG
        self._slots[0::width] = array("I", [SEND_OPERATION]) * setup.sends
        self._slots[FLAGS::width] = array("I", [DO_NOT_WAIT | NO_SIGNAL]) * setup.sends
        self._long_slots[MARK::long_width] = array("Q", range(setup.sends))
        self._places = array("I", range(setup.sends)) * 2

    def _try_out(self) -> None:
        """Some systems refuse only when it is used."""
        near, far = socket.socketpair()
        with near, far:
            if self._send([near], b"?") or far.recv(1) != b"?":
                raise NoRing

    def _send(self, connections: Sequence[socket.socket], data: bytes) -> list[tuple[int, int]]:
        """Write to as many as there are slots; gives the places of those who took less, and how much."""
        count = len(connections)
        self._fill(array("I", map(socket.socket.fileno, connections)), data)
        self._submit(count)
        first = self._numbers[self._head] & self._mask
        places, results = [], []
        for begin, end in ((first, min(first + count, self._mask + 1)), (0, first + count - self._mask - 1)):
            if end > begin:
                places += self._events[begin * 4 : end * 4 : 4].tolist()
                results += self._events[begin * 4 + EVENT_RESULT : end * 4 : 4].tolist()
        self._numbers[self._head] = self._numbers[self._seen]
        if results.count(len(data)) == count:
            return []
        return [(place, _taken(result)) for place, result in zip(places, results, strict=True) if result != len(data)]

    def _fill(self, descriptors: array[int], data: bytes) -> None:
        """Say to whom and what. The slots are used from the first one on: what was asked for before is over."""
        count, width, long_width = len(descriptors), SEND_BYTES // INT, SEND_BYTES // LONG
        address = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0
        self._slots[DESCRIPTOR : count * width : width] = descriptors
        self._slots[LENGTH : count * width : width] = array("I", [len(data)]) * count
        self._long_slots[ADDRESS : count * long_width : long_width] = array("Q", [address]) * count
        turn = SLOTS - self._numbers[self._tail] % SLOTS
        self._numbers[self._first_item : self._first_item + SLOTS] = self._places[turn : turn + SLOTS]

    def _submit(self, count: int) -> None:
        """Let the kernel do it, and come back when all of it is done."""
        self._numbers[self._tail] = (self._numbers[self._tail] + count) % WRAP
        asked = done = 0
        for _ in range(TRIES):
            if asked == done == count:
                return
            taken = self._system.syscall(
                IO_URING_ENTER, self._descriptor, count - asked, count - done, GET_EVENTS, None, 0
            )
            if taken < 0 and ctypes.get_errno() not in AGAIN:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            asked += max(taken, 0)
            done = (self._numbers[self._seen] - self._numbers[self._head]) % WRAP
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))


def _taken(result: int) -> int:
    return 0 if result == -errno.EAGAIN else max(result, BROKEN)


def open_ring() -> Ring | None:
    """A ring, where this system has one."""
    with contextlib.suppress(NoRing):
        return Ring()
    return None
