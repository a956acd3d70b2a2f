"""A message in the three forms it takes on the wire."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from competition.plumbing.transport import Farewell
from schemas.boards import Status
from scoreboards.frames import LAST_CHUNK, SERVICE_RESTART, Frame, Way, deflated, ending, opening
from scoreboards.wire import COMPRESSED, LAST, TEXT, framed

URI = parse_uri("ws://boards.example/boards/hall/live")
STATUS = {"type": "status", "revision": 7, "status": "live", "at": "2026-05-01T06:00:00Z"}


def frame() -> Frame:
    """A status."""
    return Frame(Status(revision=7, status="live", at=datetime(2026, 5, 1, 6, 0, tzinfo=UTC)))


def viewer(*, is_compressed: bool) -> ClientProtocol:
    """A viewer of the ``websockets`` library, after the handshake."""
    viewer = ClientProtocol(URI, state=OPEN)
    viewer.extensions = [PerMessageDeflate(True, True, 12, 12)] if is_compressed else []
    return viewer


@pytest.mark.parametrize(("way", "is_compressed"), [("socket", False), ("deflated", True)])
def test_frame_is_understood(way: Way, is_compressed: bool) -> None:
    """Plain and compressed, again and again, a frame is the same message to the ``websockets`` library."""
    listening = viewer(is_compressed=is_compressed)
    for _ in range(3):
        listening.receive_data(frame().to(way))
    heard = listening.events_received()
    assert [(one.opcode, json.loads(bytes(one.data))) for one in heard] == [(Opcode.TEXT, STATUS)] * 3  # type: ignore[union-attr]


def test_frame_is_made_once() -> None:
    """Everybody gets the same bytes, not only equal ones."""
    one = frame()
    assert one.to("deflated") is one.to("deflated")


@given(st.text(max_size=20_000))
def test_any_text_survives_compression(text: str) -> None:
    """Whatever is compressed comes out as it was."""
    listening = viewer(is_compressed=True)
    listening.receive_data(framed(deflated(text.encode()), LAST | COMPRESSED | TEXT))
    [heard] = listening.events_received()
    assert bytes(heard.data).decode() == text  # type: ignore[union-attr]


def test_stream_tells_id_kind_and_data() -> None:
    """In a stream a message is one event in one chunk; its id is the revision."""
    size, _, rest = frame().to("stream").partition(b"\r\n")
    event = rest.removesuffix(b"\r\n")
    assert int(size, 16) == len(event)
    assert event.splitlines(keepends=True) == [b"id: 7\n", b"event: status\n", b"data: " + frame().text + b"\n", b"\n"]


def test_stream_opens_with_when_to_come_again() -> None:
    """Browsers are told how soon to open a lost stream again; sockets are told nothing."""
    assert (opening("socket"), opening("deflated"), opening("stream")) == (b"", b"", b"d\r\nretry: 2000\n\n\r\n")


def test_stream_ends_with_the_reason_where_it_is_over_for_good() -> None:
    """A board that is gone says so; a server that ends lets the browser come back."""
    gone = ending("stream", Farewell(4404, "this board was taken down"))
    assert b'event: closed\ndata: {"code":4404,"reason":"this board was taken down"}\n\n' in gone
    assert gone.endswith(LAST_CHUNK)
    assert ending("stream", SERVICE_RESTART) == LAST_CHUNK
