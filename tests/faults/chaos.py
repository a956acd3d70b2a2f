"""A network that misbehaves on purpose: a proxy between tablets and the server that drops, delays, doubles, reorders and cuts.

Each request meets at most one fault, drawn by a seed in the shares that are set just then; each that happened is counted, so that
a trial can show that there was something to survive. WebSockets pass as they are, until they are cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import socket
import struct
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

from competition.access.guards import DEVICE_COOKIE
from tests.faults.cutter import Sent, message

MOST_DELAY_SECONDS = 2.0
HELD_SECONDS = 3.0
"""How long a request waits at most to be overtaken; then it goes on in order after all."""

SETTLE_SECONDS = 0.05
"""Between half an answer and the reset: a reset that is too quick takes back what was sent before it."""

PORTAL = "/sign-in-to-the-wifi"
PORTAL_PAGE = b"<!doctype html><title>Welcome</title><p>Welcome to the wifi of this venue. Please accept our terms."


class Fault(enum.StrEnum):
    """What can happen to a request on its way."""

    DROP = "drop"
    """The connection is reset before anything has reached the server."""
    DELAY = "delay"
    """It takes up to ``MOST_DELAY_SECONDS`` to the server."""
    DUPLICATE = "duplicate"
    """It reaches the server twice at the same time, and is answered once."""
    REORDER = "reorder"
    """It reaches the server after a request that was sent later."""
    STRAGGLE = "straggle"
    """The connection is reset, yet the request reaches the server after all: once a later one of the same tablet has."""
    CUT = "cut"
    """The server has answered, and the connection is reset without a byte of it."""
    HALVE = "halve"
    """The connection is reset in the middle of the answer."""
    PORTAL_PAGE = "portal_page"
    """The venue's wifi answers in the server's place: 200 and a page of its own."""
    PORTAL_REDIRECT = "portal_redirect"
    """The venue's wifi sends the tablet to its own page."""


PORTALS = (Fault.PORTAL_PAGE, Fault.PORTAL_REDIRECT)

Shares = Mapping[Fault, float]
"""Which share of all requests meets a fault; what is left to 1 passes."""


def evenly(share: float) -> Shares:
    """Every fault as often as any other, ``share`` of all requests in all."""
    return dict.fromkeys(Fault, share / len(Fault))


class Answered(NamedTuple):
    """What the server said to a request, and whether it told when to come back."""

    method: str
    path: str
    status: int
    has_retry_after: bool


class Reset(Exception):
    """The connection is to be reset, after the bytes in ``sent`` if there are any."""

    def __init__(self, sent: bytes = b"") -> None:
        self.sent = sent
        super().__init__()


class Chaos:
    """Forwards everything to ``port``, with faults in ``shares``.

    ``met`` counts the faults that happened, ``swallowed`` what was sent into silence; ``answers`` keeps what the server said, in
    order.
    """

    def __init__(self, host: str, port: int, *, seed: int = 0, shares: Shares | None = None) -> None:
        self.shares: Shares = shares or {}
        self.met: Counter[Fault] = Counter()
        self.answers: list[Answered] = []
        self.swallowed = 0
        self.address = ""
        self._host = host
        self._port = port
        self._chance = Random(seed)
        self._is_out = False
        self._is_silent = False
        self._passed = asyncio.Event()
        self._stragglers: defaultdict[str, list[Sent]] = defaultdict(list)
        self._lines: set[asyncio.StreamWriter] = set()
        self._sockets: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[object]] = set()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """The proxy's own base URL, for as long as it listens."""
        server = await asyncio.start_server(self._serve, self._host, 0)
        async with server:
            self.address = f"http://{self._host}:{server.sockets[0].getsockname()[1]}"
            yield self.address
        self.go_out()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def go_out(self) -> None:
        """Nothing passes any more, and what was under way is reset."""
        self._is_out = True
        for line in self._lines:
            _reset(line)

    def fall_silent(self) -> None:
        """Nothing passes any more, and nobody is told: what is under way or comes meanwhile is never answered."""
        self._is_silent = True

    def come_back(self) -> None:
        """What comes from now on passes again."""
        self._is_out = False
        self._is_silent = False

    def sockets(self) -> int:
        """How many WebSockets are open."""
        return len(self._sockets)

    def cut_sockets(self) -> None:
        """Reset every WebSocket that is open."""
        for tablet in self._sockets:
            _reset(tablet)

    def refusals(self) -> Counter[int]:
        """How often the server answered with which status of an error."""
        return Counter(answer.status for answer in self.answers if answer.status >= 400)

    async def _serve(self, tablet: asyncio.StreamReader, to_tablet: asyncio.StreamWriter) -> None:
        self._track(asyncio.current_task())
        self._lines.add(to_tablet)
        try:
            while not self._is_out and (request := await message(tablet)):
                await self._heard()
                fault = self._draw()
                if "\r\nupgrade: websocket" in request.head.decode("latin-1").lower() and fault not in (
                    Fault.DROP,
                    *PORTALS,
                ):
                    await self._tunnel(request, tablet, to_tablet)
                    return
                to_tablet.write(await self._answer(request, fault))
                await to_tablet.drain()
            _reset(to_tablet)
        except Reset as reset:
            if reset.sent:
                to_tablet.write(reset.sent)
                await asyncio.sleep(SETTLE_SECONDS)
            _reset(to_tablet)
        except (OSError, asyncio.IncompleteReadError):
            _reset(to_tablet)
        finally:
            self._lines.discard(to_tablet)
            to_tablet.close()

    async def _heard(self) -> None:
        """Nothing, unless all is silent: then this never ends."""
        if self._is_silent:
            self.swallowed += 1
            await asyncio.Event().wait()

    def _draw(self) -> Fault | None:
        drawn = self._chance.random()
        for fault, share in self.shares.items():
            if drawn < share:
                return fault
            drawn -= share
        return None

    async def _answer(self, request: Sent, fault: Fault | None) -> bytes:
        """What the tablet is answered; raises ``Reset`` where it is not, or only by half."""
        if request.start.split()[1].startswith(PORTAL):
            return _page(b"200 OK")
        if foreign := await self._before(request, fault):
            return foreign
        twice = fault is Fault.DUPLICATE
        answer, *_ = await asyncio.gather(*(self._forward(request) for _ in range(1 + twice)))
        await self._heard()
        if fault in (Fault.DUPLICATE, Fault.CUT, Fault.HALVE):
            self.met[fault] += 1
        if fault is Fault.CUT:
            raise Reset
        if fault is Fault.HALVE:
            raise Reset(answer.whole()[: len(answer.head) + len(answer.body) // 2] if answer.body else answer.head[:-4])
        return answer.whole()

    async def _before(self, request: Sent, fault: Fault | None) -> bytes | None:
        """What happens to a request on its way to the server; the answer where another gives it."""
        if fault in (Fault.DELAY, Fault.DROP, *PORTALS):
            self.met[fault] += 1
        match fault:
            case Fault.REORDER:
                await self._overtaken()
            case Fault.DELAY:
                await asyncio.sleep(self._chance.uniform(0, MOST_DELAY_SECONDS))
            case Fault.STRAGGLE:
                self._stragglers[_tablet_of(request)].append(request)
                raise Reset
            case Fault.DROP:
                raise Reset
            case Fault.PORTAL_PAGE:
                return _page(b"200 OK")
            case Fault.PORTAL_REDIRECT:
                # By another name, so that to the browser it is another site.
                elsewhere = self.address.replace(self._host, "localhost") + PORTAL
                return _page(b"302 Found", f"location: {elsewhere}\r\n".encode())
        return None

    async def _overtaken(self) -> None:
        """Wait until the server has answered another request."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._passed.wait(), HELD_SECONDS)
            self.met[Fault.REORDER] += 1

    async def _forward(self, request: Sent) -> Sent:
        """The server's answer to a request; raises ``Reset`` when it has none."""
        server, to_server = await asyncio.open_connection(self._host, self._port)
        try:
            to_server.write(request.whole())
            answer = await message(server)
        finally:
            to_server.close()
        if answer is None:
            raise Reset
        self._note(request, answer)
        return answer

    def _note(self, request: Sent, answer: Sent) -> None:
        method, path, _ = request.start.split()
        has_retry_after = b"\r\nretry-after:" in answer.head.lower()
        self.answers.append(Answered(method, path.partition("?")[0], int(answer.start.split()[1]), has_retry_after))
        self._passed.set()
        self._passed = asyncio.Event()
        for straggler in self._stragglers.pop(_tablet_of(request), ()):
            self._track(asyncio.create_task(self._arrive(straggler)))

    async def _arrive(self, straggler: Sent) -> None:
        """A request that was held up reaches the server, and nobody hears the answer."""
        with contextlib.suppress(Reset, OSError):
            await self._forward(straggler)
            self.met[Fault.STRAGGLE] += 1

    async def _tunnel(self, request: Sent, tablet: asyncio.StreamReader, to_tablet: asyncio.StreamWriter) -> None:
        """Pass a WebSocket in both directions until either side ends it."""
        server, to_server = await asyncio.open_connection(self._host, self._port)
        self._sockets.add(to_tablet)
        try:
            to_server.write(request.whole())
            ways = [
                asyncio.create_task(self._pump(tablet, to_server)),
                asyncio.create_task(self._pump(server, to_tablet)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._sockets.discard(to_tablet)
            to_server.close()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while some := await source.read(65_536):
            await self._heard()
            sink.write(some)
            await sink.drain()

    def _track(self, task: asyncio.Task[object] | None) -> None:
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@contextlib.asynccontextmanager
async def network(base_url: str) -> AsyncIterator[Chaos]:
    """The network between tablets and the server at ``base_url``; it works well until it is told otherwise."""
    address = urlsplit(base_url)
    assert address.hostname is not None
    assert address.port is not None
    chaos = Chaos(address.hostname, address.port, seed=4)
    async with chaos.listening():
        yield chaos


def _reset(line: asyncio.StreamWriter) -> None:
    """Close a connection as one that breaks: not to linger makes it a reset."""
    if connection := line.get_extra_info("socket"):
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.transport.abort()


def _page(status: bytes, more: bytes = b"") -> bytes:
    """An answer of the venue's wifi."""
    length = b"content-length: %d\r\n" % len(PORTAL_PAGE)
    return b"HTTP/1.1 " + status + b"\r\ncontent-type: text/html\r\n" + more + length + b"\r\n" + PORTAL_PAGE


def _tablet_of(request: Sent) -> str:
    """Which tablet a request comes from, by its cookie; empty for what is none."""
    _, _, rest = request.head.decode("latin-1").partition(f"{DEVICE_COOKIE}=")
    return rest.partition("\r\n")[0].partition(";")[0]
