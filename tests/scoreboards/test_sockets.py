"""The live address of a board, followed through a real server."""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from competition.plumbing import listening
from competition.plumbing.clock import new_id
from competition.plumbing.migrations import migrate
from competition.plumbing.postgres import EmbeddedPostgres
from scoreboards import hub as hub_module
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import House, published_row


@pytest.fixture
async def event(house: House) -> tuple[UUID, list[UUID]]:
    """A blind event with a board and two entrants drawn to benches."""
    event_id = await house.insert_event()
    return event_id, await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01"), ("李娜", "合肥", "1-02")])


async def hear(viewer: ClientConnection, kind: str | None = None) -> dict[str, Any]:
    """The next message; with ``kind``, the next one of it."""
    async with asyncio.timeout(15):
        while True:
            message: dict[str, Any] = json.loads(await viewer.recv())
            if kind in (None, message["type"]):
                return message


async def farewell(viewer: ClientConnection) -> tuple[int, str]:
    """Code and reason with which the server ends a conversation."""
    async with asyncio.timeout(15):
        with suppress(ConnectionClosed):
            async for _ in viewer:
                pass
    return viewer.close_code or 0, viewer.close_reason or ""


async def until(fact: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(15):
        while not fact():  # noqa: ASYNC110 - what is waited for is the kernel's, and rings no bell
            await asyncio.sleep(0.02)


async def open_pass(house: House, event_id: UUID, token: str) -> None:
    """A pass for the jury of an event."""
    await house.connection.execute(
        """
        INSERT INTO board_pass (id, token_digest, event_id, audience, created_at, expires_at)
        VALUES ($1, $2, $3, 'jury', now(), now() + interval '1 hour')
        """,
        new_id(), hashlib.sha256(token.encode()).digest(), event_id,
    )  # fmt: skip


def open_descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def test_viewer_is_told_a_mark_at_once(address: str, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """After a commit the patch with the changed row is there, well before anything would ask for it."""
    event_id, (first, _) = event
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        snapshot = await hear(viewer)
        await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
        began = time.monotonic()
        news = await hear(viewer, "snapshot")
        first_mark = time.monotonic() - began
        await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "41.5", "marked": 6}])
        began = time.monotonic()
        patch = await hear(viewer, "patch")
        assert max(first_mark, time.monotonic() - began) < listening.POLL_SECONDS
    assert (snapshot["revision"], snapshot["board"]["status"]) == (0, "preparing")
    assert (news["revision"], news["board"]["status"]) == (1, "live")
    assert (patch["base"], patch["revision"]) == (1, 2)
    assert [(row["code"], row["place"], row["rank"], row["total"]) for row in patch["rows"]] == [("1-01", 1, 1, "41.5")]


async def test_viewer_resumes_from_its_revision(address: str, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """Coming back with ``since`` a viewer gets the patches it missed; with the latest, a heartbeat; from elsewhere, a snapshot."""
    event_id, (first, second) = event
    live = f"ws://{address}/boards/hall/live"
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    async with websockets.connect(live) as viewer:
        assert (await hear(viewer))["revision"] == 1
        for entrant_id, total in ((second, "50"), (first, "60")):
            await house.stand(event_id, [{"entrant_id": entrant_id, "rank": 1, "total": total, "marked": 6}])
            await hear(viewer, "patch")
    async with websockets.connect(f"{live}?since=1") as viewer:
        assert [((message := await hear(viewer))["base"], message["revision"]) for _ in range(2)] == [(1, 2), (2, 3)]
    async with websockets.connect(f"{live}?since=3") as viewer:
        assert [(message := await hear(viewer))["type"], message["revision"]] == ["status", 3]
    async with websockets.connect(f"{live}?since=77") as viewer:
        assert [(message := await hear(viewer))["type"], message["revision"]] == ["snapshot", 3]


async def test_viewer_hears_a_publication_and_no_mark_after_it(
    address: str, house: House, event: tuple[UUID, list[UUID]]
) -> None:
    """A publication reaches viewers with names; marks made after it do not, until the next publication."""
    event_id, (first, _) = event
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        assert [row["name"] for row in (await hear(viewer))["rows"]] == ["", ""]
        await house.publish(event_id, [published_row(1, "1-02", "李娜", "77")])
        shown = await hear(viewer, "snapshot")
        await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "99", "marked": 9}])
        await house.publish(event_id, [published_row(1, "1-02", "李娜", "78")], number=2, status="official")
        final = await hear(viewer)
        while final["type"] == "status":
            final = await hear(viewer)
    assert [(row["code"], row["name"], row["total"]) for row in shown["rows"]] == [("1-02", "李娜", "77")]
    assert (shown["board"]["status"], shown["revision"]) == ("provisional", 2)
    assert [(row["code"], row["name"], row["total"]) for row in final["rows"]] == [("1-02", "李娜", "78")]
    assert (final["board"]["status"], final["revision"]) == ("official", 3)


async def test_pass_that_ends_ends_what_is_followed_by_it(
    address: str, house: House, event: tuple[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who follows by a pass that is withdrawn or runs out is sent away, by either way; everybody else hears on."""
    monkeypatch.setattr(listening, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(hub_module, "STATUS_SECONDS", 0.1)
    live = f"{address}/boards/hall/live"
    for token in ("withdrawn", "short", "good"):
        await open_pass(house, event[0], token)
    ends = {
        "withdrawn": "DELETE FROM board_pass WHERE token_digest = $1",
        "short": "UPDATE board_pass SET expires_at = now() WHERE token_digest = $1",
    }
    async with (
        websockets.connect(f"ws://{live}") as everybody,
        websockets.connect(f"ws://{live}?pass=good") as other,
        httpx.AsyncClient(timeout=10) as client,
    ):
        for token, end in ends.items():
            address_of_jury = f"{live}?pass={token}"
            async with (
                websockets.connect(f"ws://{address_of_jury}") as viewer,
                client.stream("GET", f"http://{address_of_jury}") as stream,
            ):
                assert (await hear(viewer))["board"]["audience"] == "jury"
                await house.connection.execute(end, hashlib.sha256(token.encode()).digest())
                assert (await farewell(viewer))[0] == 4403
                assert '"code":4403' in (await stream.aread()).decode()
        for socket in (everybody, other):
            assert (await hear(socket, "status"))["status"] == "preparing"


async def test_board_that_cannot_be_made_is_not_called_good(
    address: str, house: House, event: tuple[UUID, list[UUID]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever follows a board that can no longer be read is sent away, and is told the truth as soon as it can."""
    live = f"ws://{address}/boards/hall/live"
    with monkeypatch.context() as broken:
        async with websockets.connect(live) as viewer:
            await hear(viewer)
            broken.setattr(hub_module, "projected", lambda *_: 1 / 0)
            await house.stand(event[0], [{"entrant_id": event[1][0], "rank": 1, "total": "40", "marked": 5}])
            assert (await farewell(viewer))[0] == 1013
    async with websockets.connect(live) as viewer:
        assert [row["total"] for row in (await hear(viewer, "snapshot"))["rows"]] == ["40", "0"]


async def test_many_marks_at_once_are_few_patches(address: str, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """Marks that come faster than ten a second share patches, and the last one says how it ended."""
    event_id, (first, _) = event
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "1", "marked": 1}])
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        state = await hear(viewer)
        for total in range(2, 42):
            await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": str(total), "marked": 1}])
        patches = 0
        while state["revision"] < 41:
            state = await hear(viewer, "patch")
            patches += 1
    assert state["rows"][0]["total"] == "41"
    assert patches < 20


@pytest.mark.usefixtures("event")
async def test_heartbeats_follow_the_polls(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In quiet times a heartbeat says that the revision is good."""
    monkeypatch.setattr(hub_module, "STATUS_SECONDS", 0)
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        assert (await hear(viewer, "status"))["revision"] == 0


async def test_socket_of_an_unknown_board_is_closed_with_its_reason(address: str) -> None:
    """The close code 4404 says that there is no such board."""
    async with websockets.connect(f"ws://{address}/boards/nowhere/live") as viewer:
        assert await farewell(viewer) == (4404, "no such board")


@pytest.mark.usefixtures("event")
@pytest.mark.parametrize("compression", [None, "deflate"])
async def test_compression_is_the_viewer_s_choice(address: str, compression: str | None) -> None:
    """Who offers compression gets every message compressed by itself; who does not, none; to both it is the same message."""
    async with websockets.connect(f"ws://{address}/boards/hall/live", compression=compression) as viewer:
        assert viewer.response is not None
        assert viewer.response.headers.get("sec-websocket-extensions") == (
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"
            if compression
            else None
        )
        assert [row["code"] for row in (await hear(viewer, "snapshot"))["rows"]] == ["1-01", "1-02"]
        await (await viewer.ping(b"still there?"))


async def test_each_audience_and_each_entrant_is_followed_by_itself(
    address: str, house: House, event: tuple[UUID, list[UUID]]
) -> None:
    """An entrant's page has a live address of its own, and a pass chooses the audience; a pass of elsewhere opens nothing."""
    event_id, _ = event
    await open_pass(house, event_id, "jury's")
    other = await house.insert_event(board="other")
    await open_pass(house, other, "other's")
    async with websockets.connect(f"ws://{address}/boards/hall/entrants/1-02/live") as viewer:
        assert (await hear(viewer))["board"]["focus"]["code"] == "1-02"
    async with websockets.connect(f"ws://{address}/boards/hall/live?pass=jury's") as viewer:
        assert (await hear(viewer))["board"]["audience"] == "jury"
    async with websockets.connect(f"ws://{address}/boards/hall/entrants/9-99/live") as viewer:
        assert await farewell(viewer) == (4404, "no such board")
    for token in ("other's", "nobody's"):
        async with websockets.connect(f"ws://{address}/boards/hall/live?pass={token}") as viewer:
            assert await farewell(viewer) == (4403, "this pass is not good for this board")


async def test_stream_tells_the_same(address: str, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """Where sockets are forbidden the same address is a stream of events, from the last one that was seen."""
    event_id, (first, _) = event
    await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=5) as client:
        async with client.stream("GET", "/boards/hall/live") as answer:
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert answer.headers["cache-control"] == "no-cache"
            assert answer.headers["x-content-type-options"] == "nosniff"
            lines = answer.aiter_lines()
            assert [await anext(lines) for _ in range(4)] == ["retry: 2000", "", "id: 1", "event: snapshot"]
            assert json.loads((await anext(lines)).removeprefix("data: "))["revision"] == 1
            await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "41.5", "marked": 6}])
            assert [await anext(lines) for _ in range(3)] == ["", "id: 2", "event: patch"]
            patch = json.loads((await anext(lines)).removeprefix("data: "))
            assert [(row["code"], row["total"]) for row in patch["rows"]] == [("1-01", "41.5")]
        for asked, headers, kind in (
            ("?since=1", {}, "patch"),
            ("?since=1", {"last-event-id": "2"}, "status"),
            ("", {"last-event-id": "x"}, "snapshot"),
        ):
            async with client.stream("GET", f"/boards/hall/live{asked}", headers=headers) as answer:
                lines = answer.aiter_lines()
                assert [await anext(lines) for _ in range(4)][3] == f"event: {kind}"


async def test_stream_that_cannot_be_is_a_problem(address: str, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """A stream of a board that is not there, or by a pass that is not good, is refused as every other address is."""
    await open_pass(house, event[0], "jury's")
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=5) as client:
        answers = [
            (await client.get(path)).status_code
            for path in ("/boards/nowhere/live", "/boards/hall/entrants/9-99/live", "/boards/hall/live?pass=nobody's")
        ]
        assert answers == [404, 404, 403]
        async with client.stream("GET", "/boards/hall/live?pass=jury's") as answer:
            assert answer.headers["cache-control"] == "private, no-store"


async def test_stream_of_a_board_taken_down_says_so(address: str, house: House, event: tuple[UUID, list[UUID]]) -> None:
    """A stream ends in order, with the reason why it need not be opened again."""
    async with (
        httpx.AsyncClient(base_url=f"http://{address}", timeout=5) as client,
        client.stream("GET", "/boards/hall/live") as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        await house.connection.execute("DELETE FROM board")
        await house.stand(event[0], [])
        assert [line async for line in lines][-3:-1] == [
            "event: closed", 'data: {"code":4404,"reason":"this board was taken down"}',
        ]  # fmt: skip


@pytest.mark.usefixtures("event")
async def test_server_that_ends_sends_its_viewers_back_at_once(dsn: str) -> None:
    """When the server ends, its viewers are told to come again, and wait for nothing."""
    async with serving(dsn) as address:
        viewer = await websockets.connect(f"ws://{address}/boards/hall/live")
        await hear(viewer)
    assert await farewell(viewer) == (1012, "this server ends; come back at once")


async def test_crowd_that_vanishes_leaves_nothing(dsn: str, house: House) -> None:
    """Two hundred who vanish at once leave neither descriptors nor tasks, and while they are there no task is theirs."""
    event_id = await house.insert_event()
    [first] = await house.insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
    async with serving(dsn) as address, websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        await hear(viewer)
        descriptors, tasks = open_descriptors(), len(asyncio.all_tasks())
        crowd = await asyncio.gather(*(open_without_reading(address) for _ in range(200)))
        await until(lambda: open_descriptors() == descriptors + 400 and len(asyncio.all_tasks()) == tasks)
        for number, one in enumerate(crowd):
            if number % 2:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.close()
        await house.stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
        await hear(viewer, "snapshot")
        await until(lambda: (open_descriptors(), len(asyncio.all_tasks())) == (descriptors, tasks))


async def test_socket_of_a_board_taken_down_is_closed(
    address: str, house: House, event: tuple[UUID, list[UUID]]
) -> None:
    """Viewers of a board that is deleted are let go."""
    event_id, _ = event
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        await hear(viewer)
        await house.connection.execute("DELETE FROM board")
        await house.stand(event_id, [])
        assert await farewell(viewer) == (4404, "this board was taken down")


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [
        (None, True),
        ("http://{address}", True),
        ("https://boards.example", True),
        ("https://evil.example", False),
        ("null", False),
    ],
)
async def test_socket_opened_by_another_site_is_refused(
    dsn: str, house: House, origin: str | None, is_let_in: bool
) -> None:
    """Programs and pages of this server may follow a board; another site's page may not."""
    await house.insert_event()
    async with serving(dsn, base_url="https://boards.example") as address:
        given = origin.format(address=address) if origin else None
        try:
            async with websockets.connect(f"ws://{address}/boards/hall/live", origin=given) as viewer:  # type: ignore[arg-type]
                was_let_in = (await hear(viewer))["type"] == "snapshot"
        except InvalidStatus as refusal:
            was_let_in = refusal.response.status_code != 403
    assert was_let_in == is_let_in


@pytest.mark.usefixtures("event")
async def test_socket_that_talks_is_closed(address: str) -> None:
    """Boards only speak: a viewer that sends something is told so and closed."""
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        await hear(viewer)
        await viewer.send("hello")
        assert await farewell(viewer) == (1008, "only the server speaks here")


async def test_viewer_that_never_reads_is_cut_off(dsn: str, house: House) -> None:
    """A connection that takes nothing is reset after a bound; others do not notice."""
    event_id = await house.insert_event()
    entrants = await house.insert_entrants(event_id, [(f"选手{n}", "芜湖", f"1-{n:03}") for n in range(300)])
    async with serving(dsn, patience=0.3) as address, asyncio.timeout(30):
        lazy = await open_without_reading(address)
        async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
            await hear(viewer)
            total = 0
            while lazy.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0:
                total = (total + 1) % 97
                standings = [{"entrant_id": one, "rank": 1, "total": str(total), "marked": 5} for one in entrants]
                await house.stand(event_id, standings)
                await hear(viewer)
        lazy.close()


async def open_without_reading(address: str) -> socket.socket:
    """A viewer that shakes hands and then never reads."""
    host, port = address.split(":")
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    lazy.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(lazy, (host, int(port)))
    greeting = (
        f"GET /boards/hall/live HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    await loop.sock_sendall(lazy, greeting.encode())
    return lazy


async def test_boards_survive_a_restart_of_the_database(tmp_path: Path) -> None:
    """When PostgreSQL restarts, the same server goes on: its viewers are told what changed, and nobody lends a hand."""
    async with EmbeddedPostgres(tmp_path) as postgres:
        await migrate(postgres.dsn)
        connection = await asyncpg.connect(postgres.dsn)
        event_id = await House(connection).insert_event()
        [first] = await House(connection).insert_entrants(event_id, [("王伟", "芜湖", "1-01")])
        async with serving(postgres.dsn) as address, websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
            assert json.loads(await viewer.recv())["revision"] == 0
            await postgres.stop()
            await postgres.start()
            connection = await asyncpg.connect(postgres.dsn)
            await House(connection).stand(event_id, [{"entrant_id": first, "rank": 1, "total": "40", "marked": 5}])
            async with asyncio.timeout(15):
                while json.loads(await viewer.recv())["revision"] < 1:
                    pass
            async with httpx.AsyncClient(base_url=f"http://{address}") as client:
                assert (await client.get("/boards/hall/state")).json()["revision"] == 1
        await connection.close()
