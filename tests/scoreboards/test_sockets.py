"""The live address of a board, followed through a real server."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import websockets
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

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
    async with asyncio.timeout(5):
        while True:
            message: dict[str, Any] = json.loads(await viewer.recv())
            if kind in (None, message["type"]):
                return message


async def test_viewer_is_told_a_mark_within_half_a_second(
    address: str, house: House, event: tuple[UUID, list[UUID]]
) -> None:
    """After a commit the patch with the changed row is there in well under 500 ms."""
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
        assert max(first_mark, time.monotonic() - began) < 0.5
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
        assert [(message := await hear(viewer))["type"], message["revision"]] == ["heartbeat", 3]
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
        while final["type"] == "heartbeat":
            final = await hear(viewer)
    assert [(row["code"], row["name"], row["total"]) for row in shown["rows"]] == [("1-02", "李娜", "77")]
    assert (shown["board"]["status"], shown["revision"]) == ("provisional", 2)
    assert [(row["code"], row["name"], row["total"]) for row in final["rows"]] == [("1-02", "李娜", "78")]
    assert (final["board"]["status"], final["revision"]) == ("official", 4)


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
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0)
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        assert (await hear(viewer, "heartbeat"))["revision"] == 0


async def test_socket_of_an_unknown_board_is_closed_with_its_reason(address: str) -> None:
    """The close code 4404 says that there is no such board."""
    async with websockets.connect(f"ws://{address}/boards/nowhere/live") as viewer:
        with pytest.raises(ConnectionClosed) as closed:
            await viewer.recv()
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4404, "no such board")


async def test_socket_of_a_board_taken_down_is_closed(
    address: str, house: House, event: tuple[UUID, list[UUID]]
) -> None:
    """Viewers of a board that is deleted are let go."""
    event_id, _ = event
    async with websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
        await hear(viewer)
        await house.connection.execute("DELETE FROM board")
        await house.stand(event_id, [])
        with pytest.raises(ConnectionClosed) as closed:
            await viewer.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4404


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
        with pytest.raises(ConnectionClosed) as closed:
            await viewer.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


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
            await house.stand(event_id, [])
            while (await hear(viewer, "patch"))["rows"]:
                pass
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
        async with serving(postgres.dsn) as address, websockets.connect(f"ws://{address}/boards/hall/live") as viewer:
            assert json.loads(await viewer.recv())["revision"] == 0
            await postgres.stop()
            await postgres.start()
            connection = await asyncpg.connect(postgres.dsn)
            await House(connection).stand(event_id, [])
            async with asyncio.timeout(5):
                while json.loads(await viewer.recv())["revision"] < 1:
                    pass
            async with httpx.AsyncClient(base_url=f"http://{address}") as client:
                assert (await client.get("/boards/hall/state")).json()["revision"] == 1
        await connection.close()
