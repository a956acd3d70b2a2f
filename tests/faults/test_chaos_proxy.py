"""The network that misbehaves on purpose really does: each fault is looked at from both of its ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import websockets

from competition.access.guards import DEVICE_COOKIE
from tests.faults.chaos import PORTAL, PORTAL_PAGE, Answered, Chaos, Fault, evenly
from tests.faults.cutter import message
from tests.program import LOOPBACK

BODY = b"x" * 1_000


class Server:
    """Answers every request with ``BODY``; ``heard`` is what reached it, in order."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.port = 0

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Serve until the block is left."""
        server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            while request := await message(reader):
                self.heard.append(request.body)
                writer.write(b"HTTP/1.1 503 Busy\r\nretry-after: 2\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """The server that the proxy stands in front of."""
    server = Server()
    async with server.listening():
        yield server


@pytest.fixture
async def chaos(server: Server) -> AsyncIterator[Chaos]:
    """A proxy that has no faults yet."""
    chaos = Chaos(LOOPBACK, server.port, seed=1)
    async with chaos.listening():
        yield chaos


@pytest.fixture
async def tablet(chaos: Chaos) -> AsyncIterator[httpx.AsyncClient]:
    """A tablet behind the proxy."""
    async with tablet_at(chaos, "a") as tablet:
        yield tablet


async def test_requests_pass_and_are_noted(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """Without faults what is sent arrives as it was, and so does the answer; its status is kept."""
    answer = await tablet.post("/marks?at=once", content=b"one")
    assert (server.heard, answer.status_code, answer.content) == ([b"one"], 503, BODY)
    assert chaos.answers == [Answered("POST", "/marks", 503, has_retry_after=True)]
    assert (chaos.refusals(), chaos.met) == ({503: 1}, {})


async def test_dropped_request_never_arrives(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """The tablet's connection is reset, and the server has heard nothing."""
    chaos.shares = {Fault.DROP: 1}
    with pytest.raises(httpx.TransportError):
        await tablet.post("/marks", content=b"one")
    assert (server.heard, chaos.met) == ([], {Fault.DROP: 1})


async def test_delayed_request_arrives_later(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """Meanwhile the server has heard nothing; then the answer comes as always."""
    chaos.shares = {Fault.DELAY: 1}
    sending = asyncio.create_task(tablet.post("/marks", content=b"one"))
    await asyncio.sleep(0.1)
    assert (server.heard, chaos.met) == ([], {Fault.DELAY: 1})
    assert ((await sending).content, server.heard) == (BODY, [b"one"])


async def test_duplicated_request_arrives_twice(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """The server hears the same request twice, the tablet one answer."""
    chaos.shares = {Fault.DUPLICATE: 1}
    answer = await tablet.post("/marks", content=b"one")
    assert (answer.content, server.heard, chaos.met) == (BODY, [b"one", b"one"], {Fault.DUPLICATE: 1})


async def test_reordered_request_arrives_after_a_later_one(
    chaos: Chaos, server: Server, tablet: httpx.AsyncClient
) -> None:
    """What was sent first is heard second, and both are answered."""
    chaos.shares = {Fault.REORDER: 1}
    first = asyncio.create_task(tablet.post("/marks", content=b"one"))
    await asyncio.sleep(0.1)
    chaos.shares = {}
    await tablet.post("/marks", content=b"two")
    assert ((await first).content, server.heard, chaos.met) == (BODY, [b"two", b"one"], {Fault.REORDER: 1})


async def test_straggling_request_arrives_when_nobody_waits_for_it(
    chaos: Chaos, server: Server, tablet: httpx.AsyncClient
) -> None:
    """The tablet believes it lost; the server hears it once this tablet, and no other, has sent something later."""
    chaos.shares = {Fault.STRAGGLE: 1}
    with pytest.raises(httpx.TransportError):
        await tablet.post("/marks", content=b"one")
    chaos.shares = {}
    async with tablet_at(chaos, "b") as other:
        await other.post("/marks", content=b"other")
    assert (server.heard, chaos.met) == ([b"other"], {})
    await tablet.post("/marks", content=b"two")
    await eventually(lambda: len(chaos.answers) == 3)
    assert (server.heard, chaos.met) == ([b"other", b"two", b"one"], {Fault.STRAGGLE: 1})


async def test_cut_request_has_arrived(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """The server has heard and answered, and the tablet gets nothing."""
    chaos.shares = {Fault.CUT: 1}
    with pytest.raises(httpx.TransportError):
        await tablet.post("/marks", content=b"one")
    assert (server.heard, len(chaos.answers), chaos.met) == ([b"one"], 1, {Fault.CUT: 1})


async def test_answer_is_cut_in_the_middle(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """The tablet gets the head and half of the body, then its connection breaks."""
    chaos.shares = {Fault.HALVE: 1}
    answer, got = await halved(tablet)
    assert (got, answer.status_code, server.heard, chaos.met) == (500, 503, [b"one"], {Fault.HALVE: 1})


async def test_captive_portal_answers_in_the_servers_place(
    chaos: Chaos, server: Server, tablet: httpx.AsyncClient
) -> None:
    """Either with a page, or by sending the tablet to one on another site; nothing reaches the server."""
    chaos.shares = {Fault.PORTAL_PAGE: 1}
    answer = await tablet.post("/marks", content=b"one")
    chaos.shares = {Fault.PORTAL_REDIRECT: 1}
    elsewhere = await tablet.post("/marks", content=b"two")
    assert (answer.status_code, answer.headers["content-type"], answer.content) == (200, "text/html", PORTAL_PAGE)
    assert (elsewhere.status_code, elsewhere.headers["location"]) == (
        302,
        f"{chaos.address.replace(LOOPBACK, 'localhost')}{PORTAL}",
    )
    assert (await tablet.get(PORTAL)).content == PORTAL_PAGE
    assert (server.heard, chaos.met) == ([], {Fault.PORTAL_PAGE: 1, Fault.PORTAL_REDIRECT: 1})


async def test_nothing_passes_while_out(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """New connections and those that are open are reset, until the network is back."""
    await tablet.post("/marks", content=b"one")
    chaos.go_out()
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await tablet.post("/marks", content=b"two")
    chaos.come_back()
    await tablet.post("/marks", content=b"three")
    assert server.heard == [b"one", b"three"]


async def test_silence_tells_nobody(chaos: Chaos, server: Server, tablet: httpx.AsyncClient) -> None:
    """A request that is sent into silence has no answer, not even once the network is back; the next has."""
    chaos.fall_silent()
    with pytest.raises(httpx.ReadTimeout):
        await tablet.post("/marks", content=b"one", timeout=0.1)
    chaos.come_back()
    await tablet.post("/marks", content=b"two")
    assert (server.heard, chaos.swallowed) == ([b"two"], 1)


async def test_sockets_pass_until_they_are_cut() -> None:
    """A WebSocket works through the proxy in both directions, and can be cut off."""
    async with websockets.serve(echo, LOOPBACK, 0) as server:
        chaos = Chaos(LOOPBACK, server.sockets[0].getsockname()[1], shares={Fault.DROP: 0})
        async with chaos.listening() as address, websockets.connect(address.replace("http", "ws")) as tablet:
            await tablet.send("one")
            assert await tablet.recv() == "one"
            assert chaos.sockets() == 1
            chaos.cut_sockets()
            with pytest.raises(websockets.ConnectionClosedError):
                await tablet.recv()
            await eventually(lambda: chaos.sockets() == 0)


def test_faults_come_in_their_shares() -> None:
    """At twenty in a hundred, about so many requests meet a fault, and every kind of fault comes about as often."""
    chaos = Chaos(LOOPBACK, 0, seed=1, shares=evenly(0.2))
    drawn = [chaos._draw() for _ in range(9_000)]
    counts = {fault: drawn.count(fault) for fault in Fault}
    assert all(150 < count < 250 for count in counts.values()), counts
    assert 7_000 < drawn.count(None) < 7_400


def tablet_at(chaos: Chaos, name: str) -> httpx.AsyncClient:
    """A tablet that the proxy knows by its cookie."""
    return httpx.AsyncClient(base_url=chaos.address, cookies={DEVICE_COOKIE: name})


async def halved(tablet: httpx.AsyncClient) -> tuple[httpx.Response, int]:
    """An answer that breaks off, and how many bytes of its body came before that."""
    got = 0
    async with tablet.stream("POST", "/marks", content=b"one") as answer:
        with contextlib.suppress(httpx.TransportError):
            async for some in answer.aiter_bytes():
                got += len(some)
            pytest.fail("the whole answer came")
    return answer, got


async def echo(socket: websockets.ServerConnection) -> None:
    """Say everything again."""
    async for words in socket:
        await socket.send(words)


async def eventually(so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(5):
        while not so():  # noqa: ASYNC110 - told by nothing but itself
            await asyncio.sleep(0.01)
