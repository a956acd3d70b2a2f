"""The protocols of live connections keep their contract with the web server, on every loop that it runs on."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
import uvloop
import websockets
from litestar import Litestar, get, websocket
from litestar.types import ASGIApp, Receive, Scope, Send

from competition.plumbing.transport import (
    KERNEL_BUFFER_BYTES,
    AnsweringProtocol,
    LiveProtocol,
    LiveSocket,
    abort_of,
    take_socket,
    take_stream,
)

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
GREETING = (
    b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)

Scenario = Callable[["House"], Awaitable[None]]


class House:
    """A server that gives every connection away, and the connections that were taken."""

    def __init__(self, server: uvicorn.Server, taken: list[socket.socket | None]) -> None:
        self.server = server
        self.taken = taken

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self.server.servers[0].sockets[0].getsockname()[:2]
        return host, port

    async def next_taken(self) -> socket.socket | None:
        """The connection that was just taken, once the server has forgotten it."""
        state = self.server.server_state
        async with asyncio.timeout(5):
            while not self.taken or state.connections or state.tasks:  # noqa: ASYNC110 - they ring no bell
                await asyncio.sleep(0.005)
        return self.taken.pop()


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """A server over a small app, in the loop at hand."""
    taken: list[socket.socket | None] = []

    @websocket("/socket")
    async def follow(socket: LiveSocket) -> None:
        taken.append(await take_socket(socket, {"x-taken": "yes"}))

    @websocket("/abort")
    async def abort(socket: LiveSocket) -> None:
        await socket.accept()
        abort_of(socket.scope)()

    @get("/stream")
    async def stream() -> ASGIApp:
        async def answer(scope: Scope, _: Receive, send: Send) -> None:
            taken.append(await take_stream(scope, send, headers=[(b"content-type", b"text/event-stream")]))

        return answer

    @get("/plain")
    async def plain() -> str:
        return "plain"

    app = Litestar(route_handlers=[follow, abort, stream, plain], openapi_config=None, logging_config=None)
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=0, http=AnsweringProtocol, ws=LiveProtocol, ws_per_message_deflate=False, loop="none",
            lifespan="on", log_config=None, timeout_graceful_shutdown=1,
        )
    )  # fmt: skip
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells by this flag alone
        await asyncio.sleep(0.01)
    try:
        yield House(server, taken)
    finally:
        server.should_exit = True
        await running


@pytest.fixture(params=LOOPS)
def play(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Callable[[Scenario], None]:
    """Play a scenario in a loop of its own; afterwards nothing must have been logged as an error."""

    async def in_house(scenario: Scenario) -> None:
        async with house() as one:
            await scenario(one)

    def run(scenario: Scenario) -> None:
        with asyncio.Runner(loop_factory=LOOPS[request.param]) as runner:
            runner.run(in_house(scenario))
        assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []

    return run


def test_socket_is_handed_over(play: Callable[[Scenario], None]) -> None:
    """After the handshake the server has forgotten the connection, and whoever took it speaks to the peer."""

    async def scenario(house: House) -> None:
        host, port = house.address
        async with websockets.connect(f"ws://{host}:{port}/socket") as viewer:
            taken = await house.next_taken()
            assert viewer.response is not None
            assert viewer.response.headers["x-taken"] == "yes"
            assert taken is not None
            assert not taken.getblocking()
            assert taken.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * KERNEL_BUFFER_BYTES
            taken.send(b"\x81\x05hello")
            assert await viewer.recv() == "hello"
            taken.send(b"\x88\x00")
            taken.close()

    play(scenario)


def test_bytes_said_at_once_are_not_lost(play: Callable[[Scenario], None]) -> None:
    """What a peer says while it is handed over is heard by who takes it."""

    async def scenario(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(GREETING)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x89\x80\x01\x02\x03\x04")
        taken = await house.next_taken()
        assert taken is not None
        assert await asyncio.get_running_loop().sock_recv(taken, 100) == b"\x89\x80\x01\x02\x03\x04"
        writer.close()
        assert await asyncio.get_running_loop().sock_recv(taken, 100) == b""
        taken.close()

    play(scenario)


def test_stream_is_handed_over(play: Callable[[Scenario], None]) -> None:
    """The head is the server's, the body is whoever's took the connection; also after other requests on it."""

    async def scenario(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(b"GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
        assert await reader.readexactly(5) == b"plain"
        writer.write(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"content-type: text/event-stream\r\n" in head
        assert b"transfer-encoding: chunked\r\n" in head
        taken = await house.next_taken()
        assert taken is not None
        taken.send(b"3\r\nabc\r\n0\r\n\r\n")
        taken.close()
        assert await reader.read() == b"3\r\nabc\r\n0\r\n\r\n"
        writer.close()

    play(scenario)


@pytest.mark.parametrize("greeting", [GREETING, b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"], ids=["socket", "stream"])
def test_peer_who_left_is_not_handed_over(play: Callable[[Scenario], None], greeting: bytes) -> None:
    """Whoever leaves at once is forgotten by the server, or given away as a connection that ends."""

    async def scenario(house: House) -> None:
        _, writer = await asyncio.open_connection(*house.address)
        writer.write(greeting)
        writer.transport.abort()
        taken = await house.next_taken()
        if taken is not None:
            taken.close()

    play(scenario)


def test_peer_who_asks_for_more_after_a_stream_gets_nothing(play: Callable[[Scenario], None]) -> None:
    """An endless response is the last on its connection: with a next request already there it is not begun."""

    async def scenario(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\nGET /plain HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await house.next_taken() is None
        assert b"plain" not in await reader.read()
        writer.close()

    play(scenario)


def test_peer_is_cut_off(play: Callable[[Scenario], None]) -> None:
    """The way out ends the connection without a word; where there is none, nothing happens."""
    abort_of({"type": "websocket"})()

    async def scenario(house: House) -> None:
        host, port = house.address
        async with websockets.connect(f"ws://{host}:{port}/abort") as viewer:
            with pytest.raises(websockets.ConnectionClosedError) as closed:
                await viewer.recv()
        assert closed.value.rcvd is None

    play(scenario)
