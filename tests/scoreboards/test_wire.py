"""What viewers may say and how they are answered; the other side is the ``websockets`` library."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.headers import parse_extension
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from competition.plumbing.transport import Farewell
from scoreboards.wire import MOST_CONTROL_BYTES, Heard, agreed_on_compression, closing, framed, pong, read

MASK = b"\x01\x02\x03\x04"
URI = parse_uri("ws://boards.example/boards/hall/live")


def client() -> ClientProtocol:
    """A viewer of the ``websockets`` library, after the handshake."""
    return ClientProtocol(URI, state=OPEN)


def said(opcode: int, payload: bytes = b"", *, fin: bool = True, flags: int = 0, masked: bool = True) -> bytes:
    """One frame of a viewer, right or wrong."""
    first, mask = (0x80 if fin else 0) | flags | opcode, 0x80 if masked else 0
    size = len(payload)
    head = bytes((first, mask | size)) if size < 126 else bytes((first, mask | 126)) + size.to_bytes(2)
    if not masked:
        return head + payload
    return head + MASK + bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))


def farewell_in(frame: bytes | None) -> tuple[int, str] | None:
    """What the ``websockets`` library reads in a closing frame; None for one that says nothing."""
    assert frame is not None
    viewer = client()
    viewer.receive_data(frame)
    close = viewer.close_rcvd
    assert close is not None
    return None if close.code == 1005 else (close.code, close.reason)


@given(st.binary(max_size=70_000))
def test_frame_is_read_by_others(payload: bytes) -> None:
    """A frame of any length is what the ``websockets`` library takes for a frame."""
    viewer = client()
    viewer.receive_data(framed(payload, 0x82))
    assert viewer.events_received() == [Frame(Opcode.BINARY, payload)]


@given(st.lists(st.one_of(st.binary(max_size=125), st.none()), max_size=6), st.data())
def test_pings_and_pongs_come_in_any_pieces(payloads: list[bytes | None], data: st.DataObject) -> None:
    """However a viewer's bytes are cut, the last ping is heard, pongs are let pass, and nothing is left over."""
    viewer, spoken = client(), b""
    for payload in payloads:
        viewer.send_pong(b"unasked") if payload is None else viewer.send_ping(payload)
        spoken += b"".join(viewer.data_to_send())
    cuts = sorted(data.draw(st.lists(st.integers(0, len(spoken)), max_size=8)))
    pings, rest = [], b""
    for begin, end in zip([0, *cuts], [*cuts, len(spoken)], strict=True):
        heard = read(rest + spoken[begin:end], is_compressed=False)
        pings += [heard.ping] if heard.ping is not None else []
        rest = heard.rest
        assert heard.farewell is None
    asked = [payload for payload in payloads if payload is not None]
    assert (pings[-1:], rest) == (asked[-1:], b"")


@given(st.binary(max_size=300), st.booleans())
def test_whatever_is_said_little_is_kept(noise: bytes, is_compressed: bool) -> None:
    """Of any bytes at all, at most the begin of one control frame is kept."""
    heard = read(noise, is_compressed=is_compressed)
    assert len(heard.rest) < 2 + 4 + MOST_CONTROL_BYTES
    assert heard.farewell is None or heard.rest == b""


@given(st.sampled_from([1000, 1001, 1011, 3000, 4999]), st.text(max_size=40))
def test_farewell_is_returned(code: int, reason: str) -> None:
    """A closing frame of the ``websockets`` library is answered with its code."""
    viewer = client()
    viewer.send_close(code, reason[:30])
    assert farewell_in(read(b"".join(viewer.data_to_send()), is_compressed=False).farewell) == (code, "")


def test_farewell_without_words_is_returned_without() -> None:
    """A closing frame that says nothing is answered with one that says nothing."""
    assert farewell_in(read(said(0x8), is_compressed=False).farewell) is None


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (said(0x1, b"hello"), 1008),
        (said(0x2, b"\x00"), 1008),
        (said(0x1, b"begun", fin=False), 1008),
        (said(0x1, b"x" * 60_000)[:2], 1008),
        (b"\x81\xff" + b"\xff" * 8, 1008),
        (said(0x0, b"goes on"), 1002),
        (said(0x3), 1002),
        (said(0xB), 1002),
        (said(0x1, b"hello", flags=0x40), 1002),
        (said(0x9, flags=0x20), 1002),
        (said(0x9, flags=0x10), 1002),
        (said(0x9, masked=False), 1002),
        (said(0x9, fin=False), 1002),
        (said(0x9, b"x" * 126), 1002),
        (said(0x8, b"\x03"), 1002),
        (said(0x8, (999).to_bytes(2)), 1002),
        (said(0x8, (1005).to_bytes(2)), 1002),
        (said(0x8, (1006).to_bytes(2)), 1002),
        (said(0x8, (2999).to_bytes(2)), 1002),
        (said(0x8, (5000).to_bytes(2)), 1002),
        (said(0x8, (1000).to_bytes(2) + b"\xff\xfe"), 1007),
    ],
)
def test_hostile_frame_ends_it(frame: bytes, code: int) -> None:
    """What a viewer must not say ends the conversation with the code that RFC 6455 has for it, even among pings."""
    answer = farewell_in(read(said(0x9, b"?") + frame, is_compressed=False).farewell)
    assert answer is not None
    assert answer[0] == code


@pytest.mark.parametrize(("opcode", "code"), [(0x1, 1008), (0x2, 1008), (0x0, 1002), (0x9, 1002)])
def test_compressed_frame_is_refused_for_what_it_is(opcode: int, code: int) -> None:
    """Once compression is agreed on a compressed message is well formed, and unwanted; a control frame never is compressed."""
    answer = farewell_in(read(said(opcode, b"x", flags=0x40), is_compressed=True).farewell)
    assert answer is not None
    assert answer[0] == code


def test_frame_byte_by_byte_is_judged_by_its_second() -> None:
    """No more is waited for than tells what it is; a control frame is waited for to its end."""
    assert read(b"\x81", is_compressed=False) == Heard(b"\x81")
    assert read(b"\x81\x85", is_compressed=False).farewell is not None
    frame = said(0x9, b"hello")
    assert [read(frame[:end], is_compressed=False).ping for end in range(len(frame))] == [None] * len(frame)


def test_pong_and_closing_are_understood() -> None:
    """The ``websockets`` library takes our pong for the answer, and our closing frame for the end."""
    viewer = client()
    viewer.receive_data(pong(b"still there?"))
    assert viewer.events_received() == [Frame(Opcode.PONG, b"still there?")]
    assert farewell_in(closing(None)) is None
    assert farewell_in(closing(Farewell(4404, "no such board"))) == (4404, "no such board")


@pytest.mark.parametrize(
    ("offer", "is_agreed"),
    [
        ("permessage-deflate", True),
        ("permessage-deflate; client_max_window_bits", True),
        ("permessage-deflate; client_max_window_bits=10; server_max_window_bits=12", True),
        ("permessage-deflate; server_max_window_bits=15; server_no_context_takeover", True),
        ("permessage-deflate; server_max_window_bits=9", False),
        ("permessage-deflate; server_max_window_bits=9, permessage-deflate", True),
        ("permessage-deflate; server_max_window_bits=77", False),
        ("permessage-deflate; what=ever", False),
        ("x-webkit-deflate-frame", False),
        ("permessage-deflate;;;", False),
        ("\x00", False),
        ("", False),
    ],
)
def test_compression_is_agreed_on_where_one_frame_serves_all(offer: str, is_agreed: bool) -> None:
    """Offers that let every message be compressed by itself in a window of 4 KB are taken, and no other."""
    all_alike = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12"
    agreed = agreed_on_compression(offer)
    assert (agreed and agreed.partition("; client_max")[0]) == (all_alike if is_agreed else None)


def test_compression_is_agreed_on_with_others() -> None:
    """What is answered is what the ``websockets`` library, by its usual offer, accepts."""
    factory = ClientPerMessageDeflateFactory(server_max_window_bits=12, client_max_window_bits=12)
    offer = "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"
    [(_, agreed)] = parse_extension(agreed_on_compression(offer) or "")
    extension = factory.process_response_params(agreed, [])
    assert (extension.remote_no_context_takeover, extension.remote_max_window_bits) == (True, 12)
